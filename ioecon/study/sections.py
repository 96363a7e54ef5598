"""From the tables of a TOML file to frozen dataclasses: every key known, every type right.

The dataclass is the schema. What a field may hold is read from its type; a message always names
the section and the key as they stand in the file. Everything that is wrong is found in one pass.
"""

from __future__ import annotations

import datetime
import math
import os
import re
import types
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from ioecon.errors import StudyError
from ioecon.study.problems import Problem, as_error
from ioecon.wording import near_words, suggest

__all__ = [
    "Place",
    "describe",
    "expand_environment",
    "nearest",
    "read_section",
    "refuse_hidden_signs",
    "shown",
]

Section = TypeVar("Section")

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_WORDS: Mapping[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
_LARGEST = 2**53  # beyond it a whole number is no longer exact as a float
_SHOWN = 60
_MOST = 50  # problems; a file with more is another file
# Marks that turn the direction of the text that follows, and the byte order mark.
_DECEPTIVE = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


class _WrongValueError(ValueError):
    """A value that cannot stand where it stands; its text is a sentence."""


@dataclass(frozen=True)
class Place:
    """Where in which file a value stands; paths are relative to the file's folder."""

    file: str
    folder: Path
    section: str = ""

    def within(self, name: str) -> Place:
        """Place of a subsection."""
        section = f"{self.section}.{name}" if self.section else name
        return Place(self.file, self.folder, section)

    def problem(self, message: str, key: str = "") -> Problem:
        """Problem at this place."""
        return Problem(self.file, self.section, key, message)

    def error(self, message: str) -> StudyError:
        """Error that names the file and the section."""
        return StudyError(str(self.problem(message)))


def read_section(
    kind: type[Section], given: object, place: Place, found: list[Problem] | None = None
) -> Section | None:
    """Read one section of a study file.

    Parameters
    ----------
    kind : type
        A dataclass; a field may carry ``metadata={"parse": function}`` for a value whose type in
        the file differs from the field's; the function raises ValueError with a sentence.
    given : mapping
        What the file holds.
    place : Place
        Where it stands.
    found : list of Problem, optional
        Takes everything that is wrong; without it, a problem is an error.

    Returns
    -------
    object or None
        An instance of ``kind``; what is wrong has its default. None if a needed key is not there.

    Raises
    ------
    StudyError
        Without ``found``, if keys are unknown (the nearest is suggested), missing or of the wrong
        type.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Window:
    ...     width: int
    >>> read_section(Window, {"width": 3}, Place("study.toml", Path("."), "window"))
    Window(width=3)
    >>> wrong = []
    >>> read_section(Window, {"widht": 3}, Place("study.toml", Path("."), "window"), wrong)
    >>> print(wrong[0])
    study.toml, section [window]: there is no key 'widht'; did you mean 'width'?
    """
    if found is None:
        own: list[Problem] = []
        section = read_section(kind, given, place, own)
        if own:
            raise as_error(own)
        return section
    if not isinstance(given, Mapping):
        found.append(place.problem(f"this must be a section with keys, not {describe(given)}."))
        return None
    known = {field.name: field for field in fields(kind) if field.init}  # type: ignore[arg-type]
    hints = get_type_hints(kind)
    misspelt = set()
    for key in given:
        if key not in known and len(found) < _MOST:
            found.append(place.problem(f"there is no key {shown(key)}; {nearest(key, known)}", key))
            misspelt |= {*near_words(key, known)}
    values, complete = {}, True
    for name, field in known.items():
        needed = field.default is MISSING and field.default_factory is MISSING
        if name in given:
            before = len(found)
            value = _read_value(
                hints[name], field.metadata.get("parse"), given[name], name, place, found
            )
            if value is not None or len(found) == before:
                values[name] = value
                continue
        elif needed and name not in misspelt:
            found.append(place.problem(f"the key {name!r} is missing.", name))
        complete = complete and not needed
    return kind(**values) if complete else None


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the nearest of the known names, or list them, as the end of a sentence.

    Examples
    --------
    >>> nearest("tabels", ["tables", "panel"])
    "did you mean 'tables'?"
    >>> nearest("x", ["tables", "panel"])
    'known are panel, tables.'
    """
    return suggest(name, known)


def describe(value: object) -> str:
    """Describe a value of a file for a sentence, however long or deep it is.

    Examples
    --------
    >>> describe("2000"), describe(True), describe([1])
    ("the text '2000'", 'the truth value True', 'a list')
    """
    if isinstance(value, datetime.date | datetime.time):
        return f"the date or time {value}"
    words = {str: "the text", bool: "the truth value", int: "the number", float: "the number"}
    return f"{words[type(value)]} {shown(value)}" if type(value) in words else shown(value)


def expand_environment(text: str, name: str, place: Place) -> str:
    """Replace ``${NAME}`` by the environment variable of that name.

    Raises
    ------
    StudyError
        If the variable is not set.
    """
    try:
        return _expand_variables(text, name)
    except _WrongValueError as error:
        raise place.error(str(error)) from None


def _expand_variables(text: str, name: str) -> str:
    def variable(match: re.Match[str]) -> str:
        value = os.environ.get(match[1])
        if not value:
            raise _WrongValueError(
                f"{name} = {text!r} needs the environment variable {match[1]}, which is not set; "
                f"set it, for example: export {match[1] or 'NAME'}=/folder/with/data"
            )
        return value

    return _VARIABLE.sub(variable, text)


def _read_value(
    hint: Any,
    parse: Callable[[Any], Any] | None,
    value: Any,
    name: str,
    place: Place,
    found: list[Problem],
) -> Any:
    """Value of a key, or None where it cannot be used; what is wrong goes into ``found``."""
    try:
        if parse is None:
            return _convert_value(hint, value, name, place, found)
        return parse(value)
    except _WrongValueError as error:
        message = str(error)
    except ValueError as error:
        message = f"{name} {error}"
    except OverflowError:
        message = f"{name} is too large a number: {describe(value)}."
    found.append(place.problem(message, name))
    return None


def _convert_value(hint: Any, value: Any, name: str, place: Place, found: list[Problem]) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = next(argument for argument in arguments if argument is not type(None))
        return _convert_value(inner, value, name, place, found)
    if origin is Literal:
        if not isinstance(value, str) or value not in arguments:
            known = [str(argument) for argument in arguments]
            raise _WrongValueError(f"{name} = {shown(value)} is not known; {nearest(value, known)}")
        return value
    if origin is tuple:
        return _convert_items(arguments[0], value, name, place, found)
    if origin is not None and issubclass(origin, Mapping):
        return _convert_mapping(arguments[1], value, name, place, found)
    if is_dataclass(hint):
        return read_section(hint, value, place.within(name), found)  # type: ignore[arg-type]
    if hint is Path:
        return _convert_path(value, name, place)
    if hint is Any:
        return _check_plain_value(value, name)
    return _convert_plain(hint, value, name)


def _convert_path(value: Any, name: str, place: Place) -> Path:
    text = _expand_variables(_convert_plain(str, value, name), name)
    try:
        return place.folder / Path(text).expanduser()
    except RuntimeError:
        raise _WrongValueError(
            f"{name} = {shown(value)} names the home of a user that this computer does not have; "
            "write the folder out."
        ) from None


def _convert_items(
    inner: Any, value: Any, name: str, place: Place, found: list[Problem]
) -> tuple[Any, ...]:
    if not isinstance(value, list):
        what = "a list of sections ([[...]])" if is_dataclass(inner) else "a list in brackets"
        raise _WrongValueError(f"{name} must be {what}, not {describe(value)}.")
    if is_dataclass(inner):
        sections = (
            read_section(inner, item, place.within(f"{name}[{number}]"), found)  # type: ignore[arg-type]
            for number, item in enumerate(value, start=1)
        )
        return tuple(section for section in sections if section is not None)
    return tuple(_convert_value(inner, item, f"each of {name}", place, found) for item in value)


def _convert_mapping(
    inner: Any, value: Any, name: str, place: Place, found: list[Problem]
) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _WrongValueError(
            f"{name} must be a section of names and values, not {describe(value)}."
        )
    for key in value:
        refuse_hidden_signs(key, f"a name in {name}")
    read = {
        key: _read_value(inner, None, item, f"{name}.{key}", place, found)
        for key, item in value.items()
    }
    return {key: item for key, item in read.items() if item is not None}


def _check_plain_value(value: Any, name: str) -> Any:
    """Text, number, truth value, or a list of them: what an option or a cell can be."""
    if isinstance(value, list) and not any(isinstance(item, list) for item in value):
        return [_check_plain_value(item, f"each of {name}") for item in value]
    for kind in (bool, str, int, float):
        if isinstance(value, kind):
            return _convert_plain(kind, value, name)
    raise _WrongValueError(f"{name} must be a text, a number or a list, not {describe(value)}.")


def _convert_plain(hint: Any, value: Any, name: str) -> Any:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not (hint is float and whole) and (
        not isinstance(value, hint) or (hint is not bool and isinstance(value, bool))
    ):
        raise _WrongValueError(f"{name} must be {_WORDS[hint]}, not {describe(value)}.")
    if whole and abs(value) > _LARGEST:
        raise _WrongValueError(f"{name} is too large a number: {describe(value)}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise _WrongValueError(f"{name} must be a finite number, not {value}.")
    if isinstance(value, str):
        refuse_hidden_signs(value, name)
    return float(value) if hint is float else value


def refuse_hidden_signs(text: str, name: str) -> None:
    """Refuse signs that cannot be seen and would spoil a table, a page or the name of a file.

    Parameters
    ----------
    text, name : str
        What is looked at, and what it is called in the error.

    Raises
    ------
    ValueError
        Control characters, line breaks, and marks that turn the direction of writing.
    """
    for sign in text:
        if sign in _DECEPTIVE or unicodedata.category(sign) in ("Cc", "Zl", "Zp"):
            break
    else:
        return
    where = f"{text[:_SHOWN]!r}" if sign.isascii() else ascii(text[:_SHOWN])
    hint = (
        "; in double quotes \\n, \\t and the like are such signs: write paths with / or in single "
        "quotes, 'C:\\data'"
        if sign.isascii()
        else ""
    )
    raise _WrongValueError(
        f"{name} has the invisible character U+{ord(sign):04X} in {where}; take it out{hint}."
    )


def shown(value: object) -> str:
    """Value as it can stand in a sentence, however long or deep it is."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**_SHOWN:
        return f"a number of more than {_SHOWN} digits"
    if isinstance(value, list | Mapping):
        return "a list" if isinstance(value, list) else "a section"
    text = repr(value)
    return text if len(text) <= 2 * _SHOWN else f"{text[:_SHOWN]}…"
