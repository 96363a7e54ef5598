"""Read a study file: TOML, a preset beneath it if it names one, and strict checks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from ioecon.errors import OutputError, StudyError
from ioecon.study.kinds import DEFAULT_KIND, KINDS, AnyStudy, Kind
from ioecon.study.sections import Place, nearest, read_section

__all__ = ["embedded_study", "load_study", "presets", "write_template"]

_PRESETS = files("ioecon.study").joinpath("presets")
# Replaced as a whole: names of columns belong to their file, and choices to one another.
_WHOLE = frozenset(
    ["columns", "dependents", "interest", "control_sets", "samples", "estimators", "covariances"]
)
_TEMPLATE = "template_"  # what `ioecon init` writes, by kind; the first also runs without a file


def presets() -> tuple[str, ...]:
    """Names of the presets that a study file can start from.

    Examples
    --------
    >>> presets()
    ('dong2022',)
    """
    names = (entry.name.removesuffix(".toml") for entry in _PRESETS.iterdir())
    return tuple(sorted(name for name in names if not name.startswith(_TEMPLATE)))


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


def embedded_study(kind: str = DEFAULT_KIND) -> AnyStudy:
    """Study of embedded, fictional data: what ``ioecon run`` does without a study file.

    Raises
    ------
    StudyError
        If there is no such kind.
    """
    text = _template(kind)
    return _study(_toml(text, "study.toml"), Place("study.toml", Path.cwd()))


def write_template(path: str | Path, kind: str = DEFAULT_KIND) -> Path:
    """Write a study file with every key explained; it runs as it is, on embedded data.

    Raises
    ------
    StudyError
        If there is no such kind, or the file is already there.
    OutputError
        If it cannot be written.
    """
    path = Path(path)
    text = _template(kind)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise StudyError(
            f"{path} is already there and is not replaced; choose another name."
        ) from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def _template(kind: str) -> str:
    if kind not in KINDS:
        raise StudyError(f"There is no kind of study {kind!r}; {nearest(kind, KINDS)}")
    return _PRESETS.joinpath(f"{_TEMPLATE}{kind}.toml").read_text(encoding="utf-8")


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{name} is not valid TOML: {error}.") from error


def _study(given: dict[str, Any], place: Place) -> AnyStudy:
    name = given.get("preset")
    beneath: dict[str, Any] = {}
    if name is not None:
        if name not in presets():
            raise place.error(f"there is no preset {name!r}; {nearest(str(name), presets())}")
        text = _PRESETS.joinpath(f"{name}.toml").read_text(encoding="utf-8")
        beneath = _toml(text, f"{name}.toml")
    kind = _kind(given, beneath, place)
    if beneath:
        # The file's own keys are checked alone first, so that a message is about the file.
        read_section(kind.settings, _partial(given, kind), place)
        given = _laid_over(beneath, given)
    study: AnyStudy = read_section(kind.settings, given, place)
    for problem in kind.problems(study):
        raise place.error(problem)
    return study


def _kind(given: Mapping[str, Any], beneath: Mapping[str, Any], place: Place) -> Kind:
    under = beneath.get("kind", DEFAULT_KIND)
    name = given.get("kind", under)
    if name not in KINDS:
        raise place.error(f"there is no kind of study {name!r}; {nearest(str(name), KINDS)}")
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
