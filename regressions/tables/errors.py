"""What can go wrong while a table is put together."""

from regressions.errors import RegressionError

__all__ = ["TableContentError"]


class TableContentError(RegressionError):
    """A publication table cannot be built from what was given; the message says what to change."""
