"""Sentences that the tests for serial correlation share."""

from __future__ import annotations

__all__ = ["SERIAL_ALTERNATIVE", "SERIAL_KEPT", "SERIAL_NULL", "SERIAL_REJECTED"]

SERIAL_NULL = "errors are not serially correlated"
SERIAL_ALTERNATIVE = "errors are serially correlated"
SERIAL_REJECTED = (
    "errors are serially correlated, so conventional standard errors are wrong; "
    "cluster by entity or use a Driscoll-Kraay covariance"
)
SERIAL_KEPT = "no serial correlation is detected"
