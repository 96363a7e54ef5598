"""Signs that the figures' font lacks come from another font, or are said to be missing."""

import warnings

import matplotlib
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from ioecon.errors import IoeconWarning
from ioecon.study import fonts
from ioecon.study.drawing import Drawing
from ioecon.study.fonts import OWN, fonts_for, warn_of_missing_signs
from ioecon.study.palette import Palette

ELSEWHERE = "\u1d8e"  # in STIXGeneral, which matplotlib brings, and not in DejaVu Sans
NOWHERE = "\u0378"  # not a sign at all


def drawing(text: str) -> Drawing:
    def paint(palette: Palette) -> Figure:
        figure = Figure(figsize=(1, 1))
        figure.subplots().set_xticks([0.5], [text])
        return figure

    return Drawing("key", "title", "caption", "alternative", paint)


def test_own_font_is_enough_for_most() -> None:
    assert fonts_for("Île-de-France, Übersee, Россия → +1.5") == ((), "")


def test_another_installed_font_is_found() -> None:
    found, missing = fonts_for(f"a{ELSEWHERE}")
    assert found
    assert not missing
    assert OWN not in found


def test_a_font_installed_after_matplotlib_made_its_list_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stix = f"{matplotlib.get_data_path()}/fonts/ttf/STIXGeneral.ttf"
    own = [font for font in fontManager.ttflist if font.name == OWN]
    monkeypatch.setattr(fontManager, "ttflist", own)
    looked: list[int] = []

    def installed() -> list[str]:
        looked.append(1)
        return [stix]

    monkeypatch.setattr(fonts, "findSystemFonts", installed)
    fonts._take_new_fonts.cache_clear()
    assert fonts_for("plain") == ((), "")
    assert looked == []
    assert fonts_for(ELSEWHERE) == (("STIXGeneral",), "")
    assert fonts_for(NOWHERE) == ((), NOWHERE)
    assert looked == [1]
    fonts._take_new_fonts.cache_clear()


def test_figures_are_drawn_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        there = drawing(ELSEWHERE).render().light
        own = [font for font in fontManager.ttflist if font.name == OWN]
        monkeypatch.setattr(fontManager, "ttflist", own)
        monkeypatch.setattr(fonts, "findSystemFonts", lambda: [])
        assert fonts_for(ELSEWHERE) == ((), ELSEWHERE)
        assert drawing(ELSEWHERE).render().light != there


def test_what_no_font_has_is_said_once() -> None:
    with pytest.warns(IoeconWarning, match=f"No font on this machine has {NOWHERE}: fig") as found:
        warn_of_missing_signs(f"a {NOWHERE} b {NOWHERE}\n")
    assert len(found) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_missing_signs("Tables in Latin letters.\n")
