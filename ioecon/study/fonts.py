"""Fonts for signs that the figures' own font lacks, such as Chinese names of regions."""

from __future__ import annotations

from functools import cache

from matplotlib.font_manager import FontEntry, findfont, findSystemFonts, fontManager
from matplotlib.ft2font import FT2Font

from ioecon.errors import IoeconWarning
from ioecon.user_warnings import warn_user

__all__ = ["OWN", "fonts_for", "warn_of_missing_signs"]

OWN = "DejaVu Sans"
_SHOWN = 20
_PLACEHOLDERS = "last resort"  # matplotlib's own font that has a box for every sign


@cache
def _read_signs(path: str) -> frozenset[int]:
    try:
        return frozenset(FT2Font(path).get_charmap())
    except (OSError, RuntimeError):  # a damaged font has no signs
        return frozenset()


def fonts_for(text: str) -> tuple[tuple[str, ...], str]:
    """Find installed fonts for the signs of a text that :data:`OWN` lacks.

    Parameters
    ----------
    text : str

    Returns
    -------
    fonts : tuple of str
        Families, the one that has most of the signs first.
    missing : str
        Signs that no installed font has, in the order of the text.

    Examples
    --------
    >>> fonts_for("North and Süd")
    ((), '')
    """
    own = _read_signs(findfont(OWN))
    wanted = {ord(sign) for sign in text if not sign.isspace()} - own
    fonts: list[str] = []
    if wanted and not _is_covered(wanted):
        _take_new_fonts()
    if wanted:
        there = sorted(_list_fonts(), key=_plainest_first)
        while wanted and there:
            best = max(there, key=lambda font: len(wanted & _read_signs(font.fname)))
            if not wanted & _read_signs(best.fname):
                break
            fonts.append(best.name)
            wanted -= _read_signs(best.fname)
    return tuple(fonts), "".join(dict.fromkeys(sign for sign in text if ord(sign) in wanted))


def _is_covered(wanted: set[int]) -> bool:
    """Whether the fonts that matplotlib knows have all signs."""
    left = set(wanted)
    for font in _list_fonts():
        left -= _read_signs(font.fname)
        if not left:
            return True
    return False


def _list_fonts() -> list[FontEntry]:
    return [font for font in fontManager.ttflist if _PLACEHOLDERS not in font.name.lower()]


@cache
def _take_new_fonts() -> None:
    """Tell matplotlib of fonts installed since it made its list, once a run."""
    known = {font.fname for font in fontManager.ttflist}
    for path in sorted({*findSystemFonts()} - known):
        try:
            fontManager.addfont(path)
        except (OSError, RuntimeError, ValueError):  # a damaged font is none
            continue


def _plainest_first(font: FontEntry) -> tuple[bool, bool, bool, str, str]:
    upright = font.style == "normal"
    regular = font.weight in (400, "normal", "regular", "book")
    return not upright, not regular, "sans" not in font.name.lower(), font.name, font.fname


def warn_of_missing_signs(text: str) -> None:
    """Warn, once, of signs that figures cannot show on this machine."""
    _, missing = fonts_for(text)
    if missing:
        some = missing[:_SHOWN] + ("…" if len(missing) > _SHOWN else "")
        warn_user(
            f"No font on this machine has {some}: figures show empty boxes in their place; tables "
            "and the page's text are as they should be. Install a font that has them (for Chinese "
            "Noto Sans CJK, package fonts-noto-cjk), or give other names under [labels].",
            IoeconWarning,
        )
