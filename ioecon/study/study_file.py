"""Read a study file: TOML, a preset beneath it if it names one, and strict checks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ioecon.errors import OutputError, StudyError
from ioecon.study.kind import Kind
from ioecon.study.kinds import DEFAULT_KIND, KINDS
from ioecon.study.preset_files import preset, presets_of, template_text
from ioecon.study.problems import Problem, as_error, problems_found
from ioecon.study.sections import Place, nearest, read_section, shown
from ioecon.study.settings import StudySettings
from ioecon.study.toml_text import parse_toml, read_toml

__all__ = ["embedded_study", "examine_settings", "load_study", "presets", "write_template"]


def presets() -> tuple[str, ...]:
    """Names of the presets that a study file can start from.

    Examples
    --------
    >>> presets()
    ('dong2022',)
    """
    return tuple(sorted(name for kind in KINDS.values() for name in presets_of(kind.package)))


def load_study(path: str | Path) -> StudySettings:
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
    StudySettings
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


def embedded_study(kind: str = DEFAULT_KIND) -> StudySettings:
    """Study of embedded, fictional data: what ``ioecon run`` does without a study file.

    Raises
    ------
    StudyError
        If there is no such kind.
    """
    place = Place("study.toml", Path.cwd())
    study, problems = _read_settings(parse_toml(_template_of(kind), place.file), place)
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
    text = _template_of(kind)
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


def _template_of(kind: str) -> str:
    if kind not in KINDS:
        raise StudyError(f"There is no kind of study {kind!r}; {nearest(kind, KINDS)}")
    return template_text(KINDS[kind].package)


def examine_settings(path: str | Path) -> tuple[StudySettings | None, list[Problem]]:
    """Read a study file, and find everything that is wrong in it and between its parts.

    Returns
    -------
    study : StudySettings or None
        What can be used of the file; None if nothing can.
    problems : list of Problem
    """
    path = Path(path)
    try:
        return _read_settings(read_toml(path), Place(path.name, path.resolve().parent))
    except StudyError as error:
        return None, [Problem("", "", "", str(error))]


def _read_settings(
    given: dict[str, Any], place: Place
) -> tuple[StudySettings | None, list[Problem]]:
    name = given.get("preset")
    beneath: dict[str, Any] = {}
    under = DEFAULT_KIND
    if name is not None:
        if name not in presets():
            raise place.error(f"there is no preset {shown(name)}; {nearest(name, presets())}")
        under = next(kind.name for kind in KINDS.values() if name in presets_of(kind.package))
        beneath = preset(KINDS[under].package, name)
    kind = _kind_of_file(given, under, place, from_preset=name is not None)
    found: list[Problem] = []
    if beneath:
        # The file's own keys are checked alone first, so that a message is about the file.
        read_section(kind.settings, _complete_sections(given, kind), place, found)
        given = _lay_over(beneath, given, kind.whole)
    study: StudySettings | None = read_section(kind.settings, given, place, found)
    if study is not None:
        broken = {problem.part for problem in found}
        found += problems_found(kind.checks, study, place.file, broken)
    return study, [*dict.fromkeys(found)]


def _kind_of_file(given: Mapping[str, Any], under: str, place: Place, *, from_preset: bool) -> Kind:
    name = given.get("kind", under)
    if not isinstance(name, str) or name not in KINDS:
        raise place.error(f"there is no kind of study {shown(name)}; {nearest(name, KINDS)}")
    if from_preset and name != under:
        raise place.error(f"the preset is of the kind {under!r}, the study of the kind {name!r}.")
    return KINDS[name]


def _complete_sections(given: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """Complete sections with empty values of what the preset may hold, to check them alone."""
    return {
        key: {**kind.required.get(key, {}), **value} if isinstance(value, Mapping) else value
        for key, value in given.items()
    }


def _lay_over(
    beneath: Mapping[str, Any], above: Mapping[str, Any], whole: Collection[str]
) -> dict[str, Any]:
    merged = dict(beneath)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping) and key not in whole:
            merged[key] = _lay_over(under, value, whole)
        else:
            merged[key] = value
    return merged
