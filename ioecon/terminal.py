"""Output on any terminal: a sign that it cannot print is replaced, never the end of a run."""

from __future__ import annotations

import codecs
import sys

__all__ = ["print_on_any_terminal"]

_HANDLER = "ioecon-plain"
_PLAIN = {
    "–": "-", "—": "-", "−": "-", "‑": "-", "…": "...", "×": "x", "·": ".", "→": "->",
    "“": '"', "”": '"', "‘": "'", "’": "'", "Δ": "d", "²": "2", "½": "1/2", "≤": "<=", "≥": ">=",
    "₂": "2", "✓": "+", "•": "*", "\u00a0": " ", "\u2009": " ", "\u202f": " ",
    "━": "-", "─": "-", "│": "|", "╸": "-", "╺": "-",
}  # fmt: skip


def _replace_signs(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign, "?") for sign in signs), error.end


def print_on_any_terminal() -> None:
    """Let standard output and error replace signs that their encoding does not have.

    Examples
    --------
    >>> print_on_any_terminal()
    >>> "2000–2009: 3 × 4".encode("ascii", "ioecon-plain")
    b'2000-2009: 3 x 4'
    """
    codecs.register_error(_HANDLER, _replace_signs)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_HANDLER)
