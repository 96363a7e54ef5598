"""Read a study file: TOML, a preset beneath it if it names one, and strict checks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from ioecon.errors import StudyError
from ioecon.study.sections import Place, nearest, read_section
from ioecon.study.settings import WORLD, Study

__all__ = ["embedded_study", "load_study", "presets", "write_template"]

_PRESETS = files("ioecon.study").joinpath("presets")
_TEMPLATE = "template"  # what `ioecon init` writes; also the study that runs without a file


def presets() -> tuple[str, ...]:
    """Names of the presets that a study file can start from.

    Examples
    --------
    >>> presets()
    ('dong2022',)
    """
    names = (entry.name.removesuffix(".toml") for entry in _PRESETS.iterdir())
    return tuple(sorted(name for name in names if name != _TEMPLATE))


def load_study(path: str | Path) -> Study:
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
    Study

    Raises
    ------
    StudyError
        If the file is missing or no TOML, a key is unknown (the nearest is suggested), a value
        has the wrong type, an environment variable is not set, or parts do not fit together.

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
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StudyError(
            f"There is no study file {path}; 'ioecon init {path}' writes one to start from."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"The study file {path} cannot be read: {error}.") from error
    return _study(_toml(text, path.name), Place(path.name, path.resolve().parent))


def embedded_study() -> Study:
    """Study of the embedded, fictional world: what ``ioecon run`` does without a study file."""
    text = _PRESETS.joinpath(f"{_TEMPLATE}.toml").read_text(encoding="utf-8")
    return _study(_toml(text, "study.toml"), Place("study.toml", Path.cwd()))


def write_template(path: str | Path) -> Path:
    """Write a study file with every key explained; it runs as it is, on the embedded world.

    Raises
    ------
    StudyError
        If the file is already there, or cannot be written.
    """
    path = Path(path)
    text = _PRESETS.joinpath(f"{_TEMPLATE}.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise StudyError(
            f"{path} is already there and is not replaced; choose another name."
        ) from None
    except OSError as error:
        raise StudyError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{name} is not valid TOML: {error}.") from error


def _study(given: dict[str, Any], place: Place) -> Study:
    name = given.get("preset")
    if name is not None:
        if name not in presets():
            raise place.error(f"there is no preset {name!r}; {nearest(str(name), presets())}")
        text = _PRESETS.joinpath(f"{name}.toml").read_text(encoding="utf-8")
        # The file's own keys are checked alone first, so that a message is about the file.
        read_section(Study, _partial(given), place)
        given = _laid_over(_toml(text, f"{name}.toml"), given)
    study = read_section(Study, given, place)
    for problem in _problems(study):
        raise place.error(problem)
    return study


def _partial(given: Mapping[str, Any]) -> dict[str, Any]:
    """Take what can be checked without the preset, which may hold the rest of a section."""
    required: dict[str, dict[str, Any]] = {
        "controls": {"columns": {}},
        "groups": {"columns": {}},
        "descriptives": {"variables": []},
        "choice": {"dependent": "", "regressors": []},
    }
    return {
        key: {**required.get(key, {}), **value} if isinstance(value, Mapping) else value
        for key, value in given.items()
    }


def _laid_over(beneath: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(beneath)
    for key, value in above.items():
        under = merged.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        # Names mapped to columns belong to the file they are read from: replaced as a whole.
        merged[key] = _laid_over(under, value) if both and key != "columns" else value  # type: ignore[arg-type]
    return merged


def _problems(study: Study) -> Iterator[str]:
    """Say what the parts of a study get wrong about each other."""
    embedded = study.tables.format == WORLD
    if embedded and study.tables.path is not None:
        yield 'tables.path goes with a format; name it (format = "world" is the embedded world).'
    if embedded and study.tables.output == "printed":
        yield "tables.output: the embedded world has row sums only, no printed output."
    if not embedded and study.tables.path is None:
        yield f"tables.format = {study.tables.format!r} needs tables.path, the folder of its files."
    if not embedded and study.emissions.file is None:
        yield "emissions.file is missing: only the embedded world brings its own emissions."
    if not embedded and study.controls is not None and study.controls.file is None:
        yield "controls.file is missing: only the embedded world brings its own controls."
    if study.tables.tolerance < 0:
        yield f"tables.tolerance is a share of world output, not {study.tables.tolerance:g}."
    if study.emissions.format != "csv" and (study.emissions.fill or study.emissions.rest_of_world):
        yield "emissions.fill and emissions.rest_of_world go with national totals from CSV only."
    if len(study.figures.scatter) != 2:
        yield "figures.scatter names two variables of the panel: horizontal, then vertical."
    keys = [regression.key for regression in study.regressions]
    for regression in study.regressions:
        if not regression.key.replace("_", "").replace("-", "").isalnum():
            yield f"the key {regression.key!r} names files: use letters, digits, '-' and '_' only."
        if keys.count(regression.key) > 1:
            yield f"two regression tables have the key {regression.key!r}."
        if regression.sample is not None:
            yield from _unknown_group(study, regression.key, regression.sample)
    if study.figures.mark is not None:
        yield from _unknown_group(study, "figures.mark", study.figures.mark)


def _unknown_group(study: Study, where: str, sample: str) -> Iterator[str]:
    group = sample.removeprefix("not ")
    known = study.groups.columns if study.groups is not None else {}
    if group not in known:
        hint = nearest(group, known) if known else "there is no section [groups]."
        yield f"{where} uses the group {group!r}, which [groups] does not have; {hint}"
