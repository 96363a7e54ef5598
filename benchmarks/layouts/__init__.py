"""Synthetic tables in the layouts in which databases are published, of any size."""
