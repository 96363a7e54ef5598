"""What a cell of a spreadsheet holds, and why it is no number: the same for every Excel reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["DateCell", "FaultyCell", "is_empty", "misfit"]


@dataclass(frozen=True)
class DateCell:
    """A cell that shows a date or a time."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class FaultyCell:
    """A cell that is not empty and yet has no value: an error, or a formula never computed.

    Parameters
    ----------
    holds : str
        What it holds, in words: ``the error #REF!``.
    advice : str
        What to do about it.
    """

    holds: str
    advice: str

    @classmethod
    def error(cls, sign: str) -> FaultyCell:
        """Cell that shows an error such as ``#DIV/0!``."""
        return cls(f"the error {sign}", "Correct it in the spreadsheet, and save it again.")

    @classmethod
    def formula(cls) -> FaultyCell:
        """Cell with a formula that no program has computed yet."""
        return cls(
            "a formula without a stored value",
            "Open the file in Excel or LibreOffice, which computes it, and save it again.",
        )

    @classmethod
    def empty_text(cls) -> FaultyCell:
        """Cell with a formula whose result is text of no length."""
        return cls("a formula whose value is empty text", "Let it give a number.")

    def __str__(self) -> str:
        return self.holds


def is_empty(cell: Any) -> bool:
    """Whether nothing stands in a cell.

    Examples
    --------
    >>> is_empty(""), is_empty(" "), is_empty(0.0), is_empty(FaultyCell.error("#N/A"))
    (True, False, False, False)
    """
    return cell is None or (isinstance(cell, str) and not cell)


def misfit(cell: Any) -> str | None:
    """Why a cell is no number, as the end of a sentence; None when it is one.

    Examples
    --------
    >>> misfit(2.5), misfit(""), misfit(True)
    (None, 'is empty.', 'holds the truth value TRUE instead of a number.')
    >>> misfit("n/a")
    "holds 'n/a' instead of a number."
    >>> misfit(FaultyCell.error("#REF!"))
    'holds the error #REF! instead of a number. Correct it in the spreadsheet, and save it again.'
    """
    if is_empty(cell):
        return "is empty."
    if isinstance(cell, bool):
        return f"holds the truth value {str(cell).upper()} instead of a number."
    if isinstance(cell, float | int):
        return None
    if isinstance(cell, FaultyCell):
        return f"holds {cell.holds} instead of a number. {cell.advice}"
    if isinstance(cell, DateCell):
        return f"holds the date or time {cell} instead of a number."
    if isinstance(cell, str) and _is_numeric(cell):
        return (
            f"holds {cell!r} instead of a number: it is a number stored as text. Convert it to a "
            "number in the spreadsheet."
        )
    return f"holds {cell!r} instead of a number."


def _is_numeric(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True
