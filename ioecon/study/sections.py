"""From the tables of a TOML file to frozen dataclasses: every key known, every type right.

The dataclass is the schema. What a field may hold is read from its type; a message always names
the section and the key as they stand in the file.
"""

from __future__ import annotations

import difflib
import os
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from ioecon.errors import StudyError

__all__ = ["Place", "expand_environment", "nearest", "read_section"]

Section = TypeVar("Section")

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_WORDS: Mapping[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


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

    def error(self, message: str) -> StudyError:
        """Error that names the file and the section."""
        where = f", section [{self.section}]" if self.section else ""
        return StudyError(f"{self.file}{where}: {message}")


def read_section(kind: type[Section], given: object, place: Place) -> Section:
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

    Returns
    -------
    object
        An instance of ``kind``.

    Raises
    ------
    StudyError
        If a key is unknown (the nearest is suggested), missing or of the wrong type.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Window:
    ...     width: int
    >>> read_section(Window, {"width": 3}, Place("study.toml", Path("."), "window"))
    Window(width=3)
    >>> read_section(Window, {"widht": 3}, Place("study.toml", Path("."), "window"))
    Traceback (most recent call last):
    ioecon.errors.StudyError: study.toml, section [window]: there is no key 'widht'; did you mean
    'width'?
    """
    if not isinstance(given, Mapping):
        raise place.error(f"this must be a section with keys, not {_described(given)}.")
    known = {field.name: field for field in fields(kind) if field.init}  # type: ignore[arg-type]
    hints = get_type_hints(kind)
    for key in given:
        if key not in known:
            raise place.error(f"there is no key {key!r}; {nearest(key, known)}")
    values = {}
    for name, field in known.items():
        if name in given:
            parse = field.metadata.get("parse")
            values[name] = (
                _parsed(parse, given[name], name, place)
                if parse
                else _value(hints[name], given[name], name, place)
            )
        elif field.default is MISSING and field.default_factory is MISSING:
            raise place.error(f"the key {name!r} is missing.")
    return kind(**values)


def nearest(name: str, known: object) -> str:
    """Suggest the nearest of the known names, or list them, as the end of a sentence.

    Examples
    --------
    >>> nearest("tabels", ["tables", "panel"])
    "did you mean 'tables'?"
    >>> nearest("x", ["tables", "panel"])
    'known are panel, tables.'
    """
    names = sorted(str(item) for item in known)  # type: ignore[attr-defined]
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(names)}."


def expand_environment(text: str, name: str, place: Place) -> str:
    """Replace ``${NAME}`` by the environment variable of that name.

    Raises
    ------
    StudyError
        If the variable is not set.
    """

    def variable(match: re.Match[str]) -> str:
        value = os.environ.get(match[1])
        if not value:
            raise place.error(
                f"{name} = {text!r} needs the environment variable {match[1]}, which is not set; "
                f"set it, for example: export {match[1] or 'NAME'}=/folder/with/data"
            )
        return value

    return _VARIABLE.sub(variable, text)


def _parsed(parse: Callable[[Any], Any], value: Any, name: str, place: Place) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        raise place.error(f"{name} {error}") from None


def _value(hint: Any, value: Any, name: str, place: Place) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = next(argument for argument in arguments if argument is not type(None))
        return _value(inner, value, name, place)
    if origin is Literal:
        if value not in arguments or isinstance(value, bool):
            known = [str(argument) for argument in arguments]
            raise place.error(f"{name} = {value!r} is not known; {nearest(value, known)}")
        return value
    if origin is tuple:
        return _items(arguments[0], value, name, place)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(arguments[1], value, name, place)
    if is_dataclass(hint):
        return read_section(hint, value, place.within(name))  # type: ignore[arg-type]
    if hint is Path:
        text = expand_environment(_value(str, value, name, place), name, place)
        return place.folder / Path(text).expanduser()
    if hint is Any:
        return value
    return _plain(hint, value, name, place)


def _items(inner: Any, value: Any, name: str, place: Place) -> tuple[Any, ...]:
    if not isinstance(value, list):
        what = "a list of sections ([[...]])" if is_dataclass(inner) else "a list in brackets"
        raise place.error(f"{name} must be {what}, not {_described(value)}.")
    if is_dataclass(inner):
        return tuple(
            read_section(inner, item, place.within(f"{name}[{number}]"))  # type: ignore[arg-type]
            for number, item in enumerate(value, start=1)
        )
    return tuple(_value(inner, item, f"each of {name}", place) for item in value)


def _mapping(inner: Any, value: Any, name: str, place: Place) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise place.error(f"{name} must be a section of names and values, not {_described(value)}.")
    return {key: _value(inner, item, f"{name}.{key}", place) for key, item in value.items()}


def _plain(hint: Any, value: Any, name: str, place: Place) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        raise place.error(f"{name} must be {_WORDS[hint]}, not {_described(value)}.")
    return value


def _described(value: object) -> str:
    words = {str: "the text", bool: "the truth value", int: "the number", float: "the number"}
    for kind, word in words.items():
        if type(value) is kind:
            return f"{word} {value!r}"
    if isinstance(value, Mapping):
        return "a section"
    return "a list" if isinstance(value, list) else f"{value!r}"
