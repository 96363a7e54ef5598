"""Errors of the specification tests."""

__all__ = ["DiagnosticError"]


class DiagnosticError(ValueError):
    """A test cannot be run on what it was given; the message says why and what to do instead."""
