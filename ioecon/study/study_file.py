"""Read a study file: TOML, a preset beneath it if it names one, and strict checks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ioecon.errors import OutputError, StudyError
from ioecon.study.kinds import DEFAULT_KIND, KINDS, AnyStudy, Kind
from ioecon.study.preset_files import preset, presets, template_text
from ioecon.study.problems import Problem, as_error, problems_found
from ioecon.study.sections import Place, nearest, read_section, shown
from ioecon.study.toml_text import parse_toml, read_toml

__all__ = ["embedded_study", "examine_settings", "load_study", "presets", "write_template"]

# Replaced as a whole: names of columns belong to their file, and choices to one another.
_WHOLE = frozenset(
    ["columns", "dependents", "interest", "control_sets", "samples", "estimators", "covariances"]
)


def load_study(path: str | Path) -> AnyStudy:
    r"""Read and check a study file.

    Paths in the file are relative to it; ``${NAME}`` stands for an environment variable. A study
    that names a ``preset`` starts from it: its own sections are laid over the preset's key by
    key, lists are replaced as a whole.

    Parameters
    ----------
    path : path
        A TOML file; ``ioecon init`` writes one with every key explained.

    Returns
    -------
    Study or TransferStudy
        Of the kind that the file names.

    Raises
    ------
    StudyError
        If the file is missing or no TOML, a key is unknown (the nearest is suggested), a value
        has the wrong type, an environment variable is not set, or parts do not fit together:
        all that is wrong, one sentence each.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "study.toml"
    ...     _ = file.write_text('title = "Mine"\npreset = "dong2022"', encoding="utf-8")
    ...     study = load_study(file)
    >>> study.title, study.tables.format, study.regressions[0].columns[1]
    ('Mine', 'world', 'ln_iti + d_urban')
    """
    study, problems = examine_settings(path)
    if study is None or problems:
        raise as_error(problems)
    return study


def embedded_study(kind: str = DEFAULT_KIND) -> AnyStudy:
    """Study of embedded, fictional data: what ``ioecon run`` does without a study file.

    Raises
    ------
    StudyError
        If there is no such kind.
    """
    place = Place("study.toml", Path.cwd())
    study, problems = _study(parse_toml(_template(kind), place.file), place)
    assert study is not None
    assert not problems, problems
    return study


def write_template(path: str | Path, kind: str = DEFAULT_KIND) -> Path:
    """Write a study file with every key explained; it runs as it is, on embedded data.

    Raises
    ------
    StudyError
        If there is no such kind.
    OutputError
        If the file is already there or cannot be written.
    """
    path = Path(path)
    text = _template(kind)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError(
            f"{path} is already there and is not replaced; choose another name."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"{path} cannot be written: {reason}.") from error
    return path


def _template(kind: str) -> str:
    if kind not in KINDS:
        raise StudyError(f"There is no kind of study {kind!r}; {nearest(kind, KINDS)}")
    return template_text(kind)


def examine_settings(path: str | Path) -> tuple[AnyStudy | None, list[Problem]]:
    """Read a study file, and find everything that is wrong in it and between its parts.

    Returns
    -------
    study : Study, TransferStudy or None
        What can be used of the file; None if nothing can.
    problems : list of Problem
    """
    path = Path(path)
    try:
        return _study(read_toml(path), Place(path.name, path.resolve().parent))
    except StudyError as error:
        return None, [Problem("", "", "", str(error))]


def _study(given: dict[str, Any], place: Place) -> tuple[AnyStudy | None, list[Problem]]:
    name = given.get("preset")
    beneath: dict[str, Any] = {}
    if name is not None:
        if name not in presets():
            raise place.error(f"there is no preset {shown(name)}; {nearest(name, presets())}")
        beneath = preset(name)
    kind = _kind(given, beneath, place)
    found: list[Problem] = []
    if beneath:
        # The file's own keys are checked alone first, so that a message is about the file.
        read_section(kind.settings, _partial(given, kind), place, found)
        given = _laid_over(beneath, given)
    study: AnyStudy | None = read_section(kind.settings, given, place, found)
    if study is not None:
        broken = {problem.part for problem in found}
        found += problems_found(kind.checks, study, place.file, broken)
    return study, [*dict.fromkeys(found)]


def _kind(given: Mapping[str, Any], beneath: Mapping[str, Any], place: Place) -> Kind:
    under = beneath.get("kind", DEFAULT_KIND)
    name = given.get("kind", under)
    if not isinstance(name, str) or name not in KINDS:
        raise place.error(f"there is no kind of study {shown(name)}; {nearest(name, KINDS)}")
    if beneath and name != under:
        raise place.error(f"the preset is of the kind {under!r}, the study of the kind {name!r}.")
    return KINDS[name]


def _partial(given: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """Take what can be checked without the preset, which may hold the rest of a section."""
    return {
        key: {**kind.required.get(key, {}), **value} if isinstance(value, Mapping) else value
        for key, value in given.items()
    }


def _laid_over(beneath: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(beneath)
    for key, value in above.items():
        under = merged.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        merged[key] = _laid_over(under, value) if both and key not in _WHOLE else value  # type: ignore[arg-type]
    return merged
