"""Which format the files under a path have, and what to do where none is found there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.files.folders import list_folder
from ioecon.files.source_file import PathLike
from ioecon.files.web_page import is_unfinished, why_no_file
from ioecon.readers.options import ReadOptions
from ioecon.readers.registry import FORMATS, STORE, FileFormat, file_format
from ioecon.readers.sources import Origin, find_sources, undated_files
from ioecon.store.folders import find_stored, is_header, is_series_store, is_table_store
from ioecon.table import IOTable
from ioecon.wording import listed

__all__ = ["add_format", "find_dated", "find_stored_years", "look_up_format", "name_place"]

_NONE_GIVEN: Mapping[str, object] = {}
_DEEPEST, _MOST = 3, 60  # levels, and folders and zips, that are looked into for tables
_SHOWN = 3


def look_up_format(
    path: PathLike | Mapping[int, PathLike], name: str, own: Mapping[str, object] = _NONE_GIVEN
) -> FileFormat | None:
    """Format of that name, or None for ioecon's own store; ``"auto"`` looks at the names.

    Raises
    ------
    ReadError
        If there is no such format, or files of none or of several are there.
    """
    if name == STORE:
        return None
    if name != "auto":
        return file_format(name)
    examples = list(path.values())[:1] if isinstance(path, Mapping) else [path]
    if examples and _is_store(Path(examples[0])):
        return None
    fitting = [form for example in examples for form in _find_fitting(Path(example), own)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        which = " and ".join(form.name for form in fitting)
        raise ReadError(f"{name_place(path)} holds files of {which}; pass format=.")
    why = _explain(Path(examples[0]), None, own) if examples else None
    raise ReadError(
        f"The format of {name_place(path)} cannot be told from its file names"
        + (f": {why}" if why else f"; pass format=, one of {', '.join([*FORMATS, STORE])}.")
    )


def find_dated(
    path: PathLike | Mapping[int, PathLike], form: FileFormat, options: ReadOptions
) -> Mapping[int, Origin]:
    """Files of a format by year.

    Raises
    ------
    ReadError
        If there are none; it says what is there instead, or where they are.
    """
    if isinstance(path, Mapping):
        return find_sources(path, form, options)
    place = Path(path)
    try:
        found = find_sources(place, form, options)
    except ReadError as error:
        raise ReadError(add_format(error, place, form)) from error
    if found:
        return found
    undated = [str(file) for file in undated_files(place, form)]
    if undated:
        raise ReadError(
            f"{place} holds no file that is named by its year, like {form.looks_like}; pass "
            f"the file itself, which may be {' or '.join(undated)}."
        )
    why = _explain(place, form, options.own)
    raise ReadError(f"{place} holds no file like {form.looks_like}" + (f": {why}" if why else "."))


def find_stored_years(
    path: PathLike | Mapping[int, PathLike], *, output: str | None = None, cache: bool = True
) -> Mapping[int, Callable[[], IOTable]]:
    """Find stored tables by year, as :func:`ioecon.store.folders.find_stored` finds them.

    Raises
    ------
    ReadError
        If there are none; it says what is there instead, or where they are.
    """
    if isinstance(path, Mapping) or not (place := Path(path)).exists():
        return find_stored(path, output=output, cache=cache)
    found = find_stored(place, output=output, cache=cache) if place.is_dir() else {}
    if found:
        return found
    why = _suggest_format(place, None) or _explain(place, None, _NONE_GIVEN)
    raise ReadError(
        f"{place} holds no file like YYYY/table.json of a folder that ioecon wrote"
        + (f": {why}" if why else ".")
    )


def add_format(error: ReadError, place: Path, form: FileFormat) -> str:
    """Add to the message of a file which other format it is named as, unless that is told."""
    message = str(error)
    if form.year_of(place.name) is not None or "format=" in message or not place.is_file():
        return message
    hint = _suggest_format(place, form)
    return f"{message} {hint[0].upper()}{hint[1:]}" if hint else message


def name_place(path: PathLike | Mapping[int, PathLike]) -> str:
    """Path for messages."""
    return "The mapping" if isinstance(path, Mapping) else str(path)


# -- which formats have files there ------------------------------------------------------------


def _find_fitting(place: Path, own: Mapping[str, object]) -> list[FileFormat]:
    """Find the formats with files there, by name; by content where several have such names."""
    fitting = [form for form in FORMATS.values() if _has_files_named_so(place, form, own)]
    fitting = fitting or [form for form in FORMATS.values() if undated_files(place, form)]
    if len(fitting) > 1:
        fitting = [form for form in fitting if _recognises(form, place, own)]
    return fitting or [form for form, _ in _find_packed(place, FORMATS.values())][:1]


def _has_files_named_so(place: Path, form: FileFormat, own: Mapping[str, object]) -> bool:
    """Whether files of that format are there, going by their names alone."""
    if form.parse_files is not None:
        return place.exists() and bool(find_sources(place, form, _choose_own(form, own)))
    if place.is_file() and place.suffix.lower() != ".zip":
        return form.year_of(place.name) is not None
    return bool(find_sources(place, form, ReadOptions()))


def _recognises(form: FileFormat, place: Path, own: Mapping[str, object]) -> bool:
    """Whether a format whose file names fit knows the first of the files as its own."""
    if form.recognises is None:
        return True
    found = find_sources(place, form, _choose_own(form, own))
    first = next(iter(found.values()), None)
    return isinstance(first, FileSet) and form.recognises(first)


def _choose_own(form: FileFormat, own: Mapping[str, object]) -> ReadOptions:
    """Options of a format that may not be the one meant: those given that it has."""
    fitting = {name: value for name, value in own.items() if value in form.options.get(name, ())}
    return ReadOptions(own=form.complete_options(fitting))


def _find_packed(place: Path, forms: Iterable[FileFormat]) -> Iterator[tuple[FileFormat, str]]:
    """Find formats of which a zip holds what cannot be read within it; the first of each."""
    names = _list_members(place)
    for form in forms:
        packed = next((name for name in names if form.year_of(name) is not None), None)
        if packed is not None:
            yield form, packed


def _list_members(place: Path) -> list[str]:
    """Names, without folders, of what is in a zip; none of any other file."""
    if not place.is_file() or place.suffix.lower() != ".zip":
        return []
    return [PurePosixPath(name).name for name in FileSet.of(place).names]


def _is_store(place: Path) -> bool:
    return is_table_store(place) or is_series_store(place)


# -- what to do where no format has files ------------------------------------------------------


def _suggest_format(path: PathLike, form: FileFormat | None) -> str:
    """Words on the one other format whose names a path's files have; empty if there is none."""
    place = Path(path)
    if form is not None and _is_store(place):
        return f"ioecon wrote that folder: pass format={STORE!r}."
    try:
        fitting = _find_fitting(place, _NONE_GIVEN)
    except ReadError:
        return ""
    if len(fitting) != 1 or (form is not None and fitting[0].name == form.name):
        return ""
    named = "its files are named as those" if place.is_dir() else "its name is that"
    return f"{named} of {fitting[0].name}: pass format={fitting[0].name!r}."


def _explain(place: Path, form: FileFormat | None, own: Mapping[str, object]) -> str | None:
    """Say why no table, or none of a format, is found at a path that exists, and what to do."""
    if not place.exists():
        return None
    if place.is_dir():
        return _explain_folder(place, form, own)
    why = why_no_file(place)
    if why:
        return why
    packed = [
        (name, one.name)
        for one, name in _find_packed(place, FORMATS.values())
        if not _has_files_named_so(place, one, own)
    ]
    packed += [(name, STORE) for name in _list_members(place) if is_header(name)]
    if packed:
        name, of = packed[0]
        return (
            f"it holds {name}, a table of {of}, which is not read while it lies in a zip; unpack "
            f"{place.name} and give the folder."
        )
    other = _suggest_format(place, form)
    if other:
        return other
    above = _find_above(place, form, own)
    if above:
        return above
    if form is not None:
        return (
            f"{place.name} tells no year by its name; rename it so if it is such a file, or pass "
            "year= to read_table, a mapping of the year to the file to read_series."
        )
    return _list_likely([place.suffix], "it is not named as published")


def _explain_folder(place: Path, form: FileFormat | None, own: Mapping[str, object]) -> str | None:
    entries = [entry for entry in list_folder(place) if not entry.name.startswith(".")]
    if not entries:
        return "the folder is empty."
    files = [entry for entry in entries if entry.is_file()]
    unfinished = [entry.name for entry in files if is_unfinished(entry)]
    if files and len(unfinished) == len(entries):
        return f"it holds only downloads that were not finished, such as {unfinished[0]}."
    if form is not None:
        other = _suggest_format(place, form)
        if other:
            return other
    below = list(_find_below(place, form, own)) or list(_find_below(place, None, own))
    if below:
        return _name_below(place, below)
    above = _find_above(place, form, own)
    if above or form is not None:
        return above
    endings = [entry.suffix for entry in files if entry.name not in unfinished]
    return _list_likely(endings, "its files are not named as published")


def _find_below(
    place: Path, form: FileFormat | None, own: Mapping[str, object]
) -> Iterator[tuple[Path, str]]:
    """Folders and zips under a folder that hold tables of one format, the nearest of a branch."""
    waiting = [(entry, 1) for entry in list_folder(place)]
    looked = 0
    while waiting and looked < _MOST:
        entry, depth = waiting.pop(0)
        packed = entry.suffix.lower() == ".zip" and entry.is_file()
        if entry.name.startswith((".", "__MACOSX")) or entry.is_symlink():
            continue
        if not packed and not entry.is_dir():
            continue
        looked += 1
        try:
            fitting = [STORE] if _is_store(entry) else [f.name for f in _find_fitting(entry, own)]
            within = [] if packed or depth >= _DEEPEST else list_folder(entry)
        except ReadError:  # a folder that cannot be listed, a damaged zip: not what is looked for
            continue
        if len(fitting) == 1 and (form is None or form.name == fitting[0]):
            yield entry, fitting[0]
        elif not fitting:
            waiting += [(inner, depth + 1) for inner in within]


def _name_below(place: Path, below: list[tuple[Path, str]]) -> str:
    names = [entry.relative_to(place).as_posix() for entry, _ in below]
    forms = listed(dict.fromkeys(name for _, name in below))
    kind = "folder" if below[0][0].is_dir() else "zip"
    if len(below) == 1:
        return f"its {kind} {names[0]} holds tables of {forms}; give that path, {below[0][0]}."
    return f"its {kind}s {listed(names, _SHOWN)} hold tables of {forms}; give the path of one."


def _find_above(place: Path, form: FileFormat | None, own: Mapping[str, object]) -> str | None:
    """Say which folder above has the table of which the path is a part."""
    for folder in list(place.absolute().parents)[:2]:
        for one in FORMATS.values() if form is None else [form]:
            if one.parse_files is None:
                continue
            try:
                found = find_sources(folder, one, _choose_own(one, own))
            except ReadError:
                continue
            if any(_is_part(place.absolute(), origin) for origin in found.values()):
                return f"it is a part of a table of {one.name}; give the folder {folder}."
    return None


def _is_part(place: Path, origin: Origin) -> bool:
    if not isinstance(origin, FileSet) or not origin.path.is_dir():
        return False
    return place in origin.places or (origin.path in place.parents and place.is_dir())


def _list_likely(endings: Iterable[str], what: str) -> str | None:
    """Say how files with such endings are called, by format; None if no format has them."""
    wanted = {ending.lower() for ending in endings if ending}
    likely = {
        form.name: form.looks_like
        for form in FORMATS.values()
        if wanted & {*re.findall(r"\.\w+", form.looks_like.split(" beside ")[0].lower())}
    }
    if not likely:
        return None
    called = "; ".join(f"{looks_like} of {name}" for name, looks_like in likely.items())
    return (
        f"{what}, such as {called}. Rename it so, or pass format= (one of {', '.join(likely)}) and "
        "year= to read_table."
    )
