"""What a result prints: text for people, and the same numbers as tables for notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

__all__ = ["Printout"]


@dataclass(frozen=True, eq=False)
class Printout:
    """A title, tables under their headings, and a last line.

    Attributes
    ----------
    title : str
    tables : mapping of str to DataFrame
        By heading; an empty heading prints none.
    note : str
    decimals : int
        Of every number, with separators of thousands.
    index : bool
        Whether the index of the tables is printed.

    Examples
    --------
    >>> frame = pd.DataFrame({"net": [1234.56]}, index=["R&D"])
    >>> print(Printout("Transfers", {"": frame}).text())
    Transfers
            net
    R&D 1,234.6
    >>> "<th>R&amp;D</th>" in Printout("Transfers", {"": frame}).html()
    True
    """

    title: str
    tables: Mapping[str, pd.DataFrame]
    note: str = ""
    decimals: int = 1
    index: bool = True

    def _format_number(self, value: float) -> str:
        return f"{value:,.{self.decimals}f}"

    def text(self) -> str:
        """Print with columns in line in a typewriter's letters."""
        lines = [self.title]
        for heading, frame in self.tables.items():
            lines += [f"\n{heading}"] if heading else []
            lines.append(frame.to_string(index=self.index, float_format=self._format_number))
        return "\n".join([*lines, self.note] if self.note else lines)

    def html(self) -> str:
        """Print as HTML tables, every text escaped."""
        parts = [f"<p>{escape(self.title)}</p>"]
        with pd.option_context("display.max_colwidth", None):
            for heading, frame in self.tables.items():
                parts += [f"<p>{escape(heading)}</p>"] if heading else []
                parts.append(
                    frame.to_html(index=self.index, float_format=self._format_number, border=0)
                )
        return "\n".join([*parts, f"<p>{escape(self.note)}</p>"] if self.note else parts)
