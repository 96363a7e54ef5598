"""Pictures of earlier runs: found only where everything they are drawn from is the same."""

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from ioecon.study import drawing, drawing_beside, kept_pictures, run_study
from ioecon.study.drawing import Drawing
from ioecon.study.fingerprint import UnknownValueError, fingerprint
from ioecon.study.kept_files import KeptFiles
from ioecon.study.palette import Palette


@dataclass(frozen=True)
class Point:
    x: float
    y: Any = None


FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
PAIRS = [
    (1, 1.0), (1, True), (0.0, -0.0), ("a", b"a"), (["ab", "c"], ["a", "bc"]), ([1, [2]], [[1], 2]),
    (None, "None"), ((1, 2), [1, 2]), ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    (Point(1), Point(1.0)), (Point(1, [2]), (1, [2])),
    (np.zeros(2), np.zeros(2, np.float32)), (np.zeros((2, 3)), np.zeros((3, 2))),
    (np.array([1.0, 2]), np.array([1.0, 2 + 4e-16])),
    (FRAME, FRAME.iloc[::-1]), (FRAME, FRAME.rename(columns={"a": "c"})),
    (FRAME, FRAME.set_index(pd.Index([0, 2]))), (FRAME, FRAME.astype({"a": "float32"})),
    (FRAME["a"], FRAME["a"].rename("z")), (FRAME["a"], FRAME[["a"]]),
    (pd.Series([True, None], dtype="boolean"), pd.Series([True, False], dtype="boolean")),
    (pd.Categorical(["a"], ["a", "b"]), pd.Categorical(["a"], ["b", "a"])),
    (pd.MultiIndex.from_tuples([("a", 1)]), pd.MultiIndex.from_tuples([("a", 2)])),
    (partial(fingerprint, 1), partial(fingerprint, 2)), (fingerprint, run_study),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_different_values_have_different_fingerprints(one: Any, other: Any) -> None:
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) == fingerprint(one)


def test_what_is_not_known_has_none() -> None:
    for value in (lambda: 1, object(), {1, 2}, [object()], FRAME.assign(c=[object(), 1])):
        with pytest.raises(UnknownValueError):
            fingerprint(value)


def paint(height: float, palette: Palette) -> Figure:
    figure = Figure(figsize=(1, 1), layout="constrained")
    figure.subplots().bar([1], [height], color=palette.accent)
    return figure


def draw(height: float = 1.0) -> Drawing:
    return Drawing("key", "title", "", "", partial(paint, height))


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which palettes were drawn, all in this process, the cache being empty."""
    monkeypatch.setenv("IOECON_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(drawing_beside, "_has_second_core", lambda: False)
    found: list[str] = []
    real = Drawing._draw

    def note(self: Drawing, palette: Palette, *more: Any, **named: Any) -> Any:
        found.append(palette.paper)
        return real(self, palette, *more, **named)

    monkeypatch.setattr(Drawing, "_draw", note)
    return found


def parts(picture: drawing.Picture) -> tuple[bytes, bytes, bytes]:
    return picture.light, picture.dark, picture.pdf


def test_the_same_picture_is_drawn_once(drawn: list[str]) -> None:
    first = draw().render(cache=True)
    again = draw().render(cache=True)
    assert len(drawn) == 2
    assert parts(again) == parts(first) == parts(draw().render())
    assert len(drawn) == 4  # without the cache it was drawn


@pytest.mark.parametrize("what", ["value", "settings", "code", "library", "damage", "cut", "other"])
def test_anything_else_is_drawn(
    what: str, drawn: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = draw().render(cache=True)
    (kept,) = (tmp_path / "cache" / "pictures").iterdir()
    height = 1.0
    if what == "value":
        height = np.nextafter(1.0, 2)
    elif what == "settings":
        monkeypatch.setitem(mpl.rcParams, "lines.linewidth", 9.0)
    elif what == "code":
        monkeypatch.setattr(kept_pictures, "code_fingerprint", lambda: "other")
    elif what == "library":
        monkeypatch.setattr(kept_pictures, "version", lambda name: "0")
    elif what == "damage":
        content = bytearray(kept.read_bytes())
        content[-1] ^= 1
        kept.write_bytes(content)
    elif what == "cut":
        kept.write_bytes(kept.read_bytes()[:-10])
    else:
        kept.write_bytes(b"[" * 4000)
    found = draw(height).render(cache=True)
    assert len(drawn) == 4
    if what in ("damage", "cut", "other"):
        assert parts(found) == parts(plain)


def test_the_oldest_go_first(drawn: list[str]) -> None:
    kept = KeptFiles("pictures", 1000)
    for number in range(5):
        kept.keep(f"{number:064}", [b"x" * 60])
    there = [kept.find(f"{number:064}") is not None for number in range(5)]
    assert there[-1]
    assert not there[0]
    kept.keep("f" * 64, [b"x" * 1001])  # more than all may have
    assert kept.find("f" * 64) is None


def test_a_cache_that_cannot_be_written_is_no_failure(
    drawn: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("IOECON_CACHE_DIR", str(tmp_path / "file"))
    assert parts(draw().render(cache=True)) == parts(draw().render(cache=True))
    assert len(drawn) == 4


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"  # says which steps came from the cache
    }


def test_a_study_is_the_same_bytes_with_a_cache_and_without(
    small_study: Any, drawn: list[str], tmp_path: Path
) -> None:
    study = small_study()
    run_study(study, tmp_path / "plain", cache=False)
    assert not (tmp_path / "cache").exists()  # neither tables nor figures
    plain = len(drawn)
    run_study(study, tmp_path / "first")
    assert len(drawn) == 2 * plain
    run_study(study, tmp_path / "second")
    assert len(drawn) == 2 * plain  # nothing was drawn again
    assert hashes(tmp_path / "plain") == hashes(tmp_path / "first") == hashes(tmp_path / "second")
