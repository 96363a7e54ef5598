"""Unit roots of the series of a panel."""
