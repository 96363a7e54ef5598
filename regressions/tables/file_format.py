"""What a file format of tables is: one table as text, or one document of several tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regressions.tables.table import Table

__all__ = ["DocumentFormat", "TextFormat"]


@dataclass(frozen=True)
class TextFormat:
    """A format that prints one table as text.

    Attributes
    ----------
    suffix : str
        Of its files: ``".tex"``.
    text_of : callable
        From a table, and options of the format, to its text without a final newline.
    method : str
        The method of `Table` that writes it.
    preamble : str
        What a file begins with.
    """

    suffix: str
    text_of: Callable[..., str]
    method: str = "to_file"
    preamble: str = ""


@dataclass(frozen=True)
class DocumentFormat:
    """A format whose files hold several tables.

    Attributes
    ----------
    suffix : str
        Of its files: ``".docx"``.
    content_of : callable
        From tables by name to the bytes of the file.
    package : str
        The module that makes it; it comes with an extra.
    method : str
        The method of `Table` that writes it.
    """

    suffix: str
    content_of: Callable[[Mapping[str, Table]], bytes]
    package: str
    method: str = "to_file"

    @property
    def installed(self) -> bool:
        """Whether the package that it needs is there."""
        return find_spec(self.package) is not None
