"""Results of earlier runs: taken only where all they follow from is the same, warnings included."""

import io
import json
import warnings
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ioecon.errors import IoeconWarning, RoundingWarning
from ioecon.store import clear_cache
from ioecon.store.array_files import StoredArray, write_array_file
from ioecon.study import kept_steps, run_study
from ioecon.study.fingerprint import UnknownValueError, fingerprint
from ioecon.study.input_output.audits import audit_series
from ioecon.study.kept_steps import KEPT_STEPS, take_step
from ioecon.study.plain_form import from_plain_files, to_plain_files
from ioecon.user_warnings import warn_user
from regressions.errors import FewClustersWarning

CALLS: list[Any] = []


@pytest.fixture(autouse=True)
def cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    CALLS.clear()
    monkeypatch.setenv("IOECON_CACHE_DIR", str(tmp_path / "cache"))


CATEGORIES = {
    found.__name__: found
    for found in (IoeconWarning, RoundingWarning, FewClustersWarning, RuntimeWarning)
}


def double(values: Any, category: str = "") -> Any:
    CALLS.append(values)
    if category:
        warnings.warn("few of them", CATEGORIES[category], stacklevel=1)
    return 2 * values


FRAME = pd.DataFrame(
    {"a": [1.0, np.nan], "b": ["x", None], "c": pd.array([True, None], dtype="boolean")},
    index=pd.MultiIndex.from_tuples([("AUT", 2000), ("AUT", 2001)], names=["country", "year"]),
)
FRAME.attrs = {"units": {"a": "kt"}, "dropped": FRAME[["a"]]}
PLAIN = [
    b"\x00PK", np.float64(0.1),
    None, True, 3, -0.0, float("nan"), float("inf"), "é\ud800", [1, (2,)], {1: "a", "b": None},
    np.arange(6.0).reshape(2, 3).T, np.float32(0.1), np.array([["a", None]], dtype=object),
    np.zeros((0, 3)), FRAME, FRAME["b"], FRAME.reset_index(), FRAME.index, pd.RangeIndex(3),
    pd.Categorical(["a", "b"], ["b", "a", "c"], ordered=True), pd.Index([1, 2], name="k"),
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=[type(value).__name__ for value in PLAIN])
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    back = from_plain_files(to_plain_files(value))
    assert type(back) is type(value)
    assert fingerprint(back) == fingerprint(value)


@pytest.mark.parametrize("value", [object(), {1, 2}, Path("x"), [lambda: 1], FRAME.assign(d=1j)])
def test_what_has_no_plain_form_is_refused(value: Any) -> None:
    if isinstance(value, pd.DataFrame):  # complex numbers have one
        assert fingerprint(from_plain_files(to_plain_files(value))) == fingerprint(value)
        return
    with pytest.raises(UnknownValueError):
        to_plain_files(value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[" * 10**5,
        b'["made", ["os:system", {"command": "true"}]]',
        b'["array", 7]',
        b'["x", 1]',
    ],
)
def test_other_files_give_no_value(content: bytes) -> None:
    with pytest.raises((UnknownValueError, RecursionError)):
        from_plain_files([content])


def test_an_array_of_objects_is_never_unpickled() -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([object()]), allow_pickle=True)
    with pytest.raises(UnknownValueError, match="Object arrays"):
        from_plain_files([b'["array", 0]', buffer.getvalue()])


def test_the_same_call_is_made_once() -> None:
    call = partial(double, np.arange(3.0))
    first, second = take_step(call, cache=True), take_step(call, cache=True)
    assert (first[1], second[1]) == (False, True)
    np.testing.assert_array_equal(second[0], [0, 2, 4])
    assert take_step(call, cache=False)[1] is False
    assert len(CALLS) == 2


@pytest.mark.parametrize("what", ["value", "code", "library", "damage", "cut", "moved", "other"])
def test_anything_else_is_computed(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.arange(3.0)
    take_step(partial(double, values), cache=True)
    (place,) = (tmp_path / "cache" / "steps").iterdir()
    content = place.read_bytes()
    if what == "value":
        values = np.nextafter(values, 9)
    elif what == "code":
        monkeypatch.setattr(kept_steps, "code_fingerprint", lambda: "other")
    elif what == "library":
        monkeypatch.setattr(kept_steps, "versions", lambda: {"numpy": "0"})
    elif what == "damage":
        place.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif what == "cut":
        place.write_bytes(content[:-10])
    elif what == "moved":  # what was kept of another call
        take_step(partial(double, values + 1), cache=True)
        (other,) = {*place.parent.iterdir()} - {place}
        place.write_bytes(other.read_bytes())
        CALLS.pop()
    else:
        place.unlink()
        KEPT_STEPS.keep(place.name, [b'["made", ["os:system", {"command": "true"}]]'])
    result, kept = take_step(partial(double, values), cache=True)
    assert not kept
    assert len(CALLS) == 2
    np.testing.assert_array_equal(result, 2 * values)


@pytest.mark.parametrize("category", [IoeconWarning, RoundingWarning, FewClustersWarning])
def test_warnings_are_given_again(category: type[Warning]) -> None:
    call = partial(double, 2.5, category.__name__)
    for kept in (False, True):
        with pytest.warns(category, match="few of them") as caught:
            assert take_step(call, cache=True) == (5.0, kept)
        assert [warning.category for warning in caught] == [category]


def test_what_warned_of_something_unknown_is_not_kept() -> None:
    call = partial(double, 2.5, "RuntimeWarning")
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="few of them"):
            assert take_step(call, cache=True) == (5.0, False)


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_large_array_is_the_same_in_memory_and_in_its_file(order: Any, tmp_path: Path) -> None:
    array = np.asarray(np.random.default_rng(3).normal(size=(400, 400)), order=order)
    digest = write_array_file(tmp_path / "Z.npy", array)
    stored = StoredArray(tmp_path / "Z.npy", array.shape, digest).read()
    assert fingerprint(stored) == fingerprint(array)
    changed = array.copy(order="K")
    changed[399, 399] = np.nextafter(changed[399, 399], 9)
    assert fingerprint(changed) != fingerprint(array)
    (tmp_path / "Z.npy").unlink()  # it is no longer known what the file has
    assert fingerprint(stored) == fingerprint(array)


def test_what_cannot_be_told_apart_is_computed() -> None:
    for _ in range(2):
        assert take_step(partial(lambda: 1), cache=True) == (1, False)


def files_of(folder: Path) -> dict[str, bytes]:
    """Files of results; of the manifest all but which steps came from the cache."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    manifest = json.loads(found["manifest.json"])
    manifest.pop("steps_from_cache")
    return found | {"manifest.json": json.dumps(manifest).encode()}


def kept_of(folder: Path) -> list[str]:
    found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    steps: list[str] = found["steps_from_cache"]
    return steps


OF_TABLES = ["Auditing the tables", "Decomposing emissions (carbon_table)", "Transfer indices"]


def test_a_changed_regression_leaves_the_other_steps(
    small_study: Callable[..., Path], tmp_path: Path
) -> None:
    study = small_study()
    run_study(study, tmp_path / "first")
    assert kept_of(tmp_path / "first") == []
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace('columns = [["iti"]]', 'columns = [["iti", "urban"]]'))
    run_study(study, tmp_path / "again")
    assert set(kept_of(tmp_path / "again")) >= {*OF_TABLES, "Building the panel"}
    run_study(study, tmp_path / "plain", cache=False)
    assert kept_of(tmp_path / "plain") == []
    again = files_of(tmp_path / "again")
    assert again == files_of(tmp_path / "plain")
    assert again["tables/base.txt"] != files_of(tmp_path / "first")["tables/base.txt"]


def test_a_changed_input_is_computed_anew(small_study: Callable[..., Path], tmp_path: Path) -> None:
    study = small_study()
    run_study(study, tmp_path / "first")
    co2 = study.parent / "co2.csv"
    lines = co2.read_text().splitlines()
    lines[1] = lines[1].rpartition(",")[0] + ",950.0"
    co2.write_text("\n".join(lines) + "\n")
    run_study(study, tmp_path / "again")
    kept = kept_of(tmp_path / "again")
    assert {OF_TABLES[0], OF_TABLES[2]} <= set(kept)
    assert not {OF_TABLES[1], "Building the panel"} & set(kept)
    run_study(study, tmp_path / "plain", cache=False)
    assert files_of(tmp_path / "again") == files_of(tmp_path / "plain")


def test_a_run_says_again_what_a_kept_step_warned_of(
    small_study: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute = import_module("ioecon.study.dong2022.compute")
    monkeypatch.setattr(compute, "audit_series", audit_and_warn)
    study = small_study()
    runs = [run_study(study, tmp_path / name) for name in ("first", "second")]
    assert [run.warnings for run in runs] == [("not quite sound",)] * 2
    assert OF_TABLES[0] in kept_of(tmp_path / "second")
    assert files_of(tmp_path / "first") == files_of(tmp_path / "second")


def audit_and_warn(series: Any) -> Any:
    warn_user("not quite sound", IoeconWarning)
    return audit_series(series)


def test_clearing_the_cache_forgets(tmp_path: Path) -> None:
    call = partial(double, 1)
    take_step(call, cache=False)
    assert not (tmp_path / "cache").exists()
    take_step(call, cache=True)
    clear_cache()
    assert not (tmp_path / "cache" / "steps").exists()
    assert take_step(call, cache=True) == (2, False)
