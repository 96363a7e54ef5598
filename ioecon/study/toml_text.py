"""The text of a study file: UTF-8 and TOML, and what to type where it is neither."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ioecon.errors import StudyError

__all__ = ["parse_toml", "read_toml"]

_LARGEST = 1_000_000
_SHOWN = 60
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|$)|\'[^\']*+(?:\'|$)|#.*')
# tomllib needs memory that grows with the square of a key's parts.
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP_KEY = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{40}}")
_BACKSLASH = re.compile(r'"[^"]*\\[^"\n]*')
_BARE_WORD = re.compile(r"=\s*(True|False|TRUE|FALSE|None|null|yes|no|[^\W\d]\S*)")
# What keyboards and word processors put in place of the signs of TOML.
_MEANT = {
    **dict.fromkeys("“”„‟″＂«»", '"'),
    **dict.fromkeys("‘’‚‛′＇", "'"),
    **dict.fromkeys("，、", ","),
    **dict.fromkeys("＝", "="),
    **dict.fromkeys("．。", "."),
    **dict.fromkeys("［【", "["),
    **dict.fromkeys("］】", "]"),
    **dict.fromkeys("｛", "{"),
    **dict.fromkeys("｝", "}"),
    **dict.fromkeys("＃", "#"),
    **dict.fromkeys("－–—−", "-"),
    **dict.fromkeys("：", "="),
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u200b\u202f\u3000\ufeff", "a space"),
}
_REASONS = {
    "Invalid value": "this is no value: a text stands in quotation marks, a list in brackets",
    "Expected '=' after a key": "a line is a key, '=' and a value; a section stands in brackets",
    "Invalid statement": "a line is a key, '=' and a value; a section stands in brackets",
    "Expected newline or end of document after a statement": (
        "there is more on the line than a key and its value"
    ),
    "Unterminated string": "a text has no closing quotation mark",
    "Unclosed array": "a list has no closing bracket, or a comma is missing in it",
    "Unclosed inline table": "a section in braces is not closed, or a comma is missing in it",
}
_TWICE = ("Cannot overwrite a value", "Cannot declare", "Duplicate inline table key")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a byte order mark, tabs and the line ends of any system are welcome.

    Raises
    ------
    StudyError
        If the file is missing, too large, not in UTF-8 or no TOML: one sentence with line,
        character, and what to type.
    """
    try:
        if path.exists() and not path.is_file():
            raise StudyError(f"{path} is no file; name the study file in it.")
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise StudyError(
            f"There is no study file {path}; 'ioecon init {path}' writes one to start from."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StudyError(f"The study file {path} cannot be read: {reason}.") from error
    if len(data) > _LARGEST:
        raise StudyError(
            f"{path.name} is larger than {_LARGEST // 1_000_000} MB, which no study file is; "
            "name the study file, not its data."
        )
    return parse_toml(_decode_text(data, path.name), path.name)


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Parse the text of a TOML file of that name.

    Raises
    ------
    StudyError
        If it is no TOML.

    Examples
    --------
    >>> parse_toml("title = “Mine”", "study.toml")
    Traceback (most recent call last):
    ioecon.errors.StudyError: study.toml is not valid TOML: line 1, character 9: '“' (U+201C) is
    no sign of TOML; type '"'.
    """
    if deep := _DEEP_KEY.search(text):
        raise StudyError(
            f"{name}, line {text.count(chr(10), 0, deep.start()) + 1}: a key of more than 40 parts "
            "has no place in a study file."
        )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{name} is not valid TOML: {_explain_error(text, str(error))}") from error
    except RecursionError:
        raise StudyError(
            f"{name} has brackets within brackets to a depth that cannot be read."
        ) from None
    except ValueError as error:
        raise StudyError(f"{name} has a number of too many digits.") from error


def _decode_text(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        raise StudyError(
            f"{name} is in UTF-16; save it as UTF-8 (in the editor: Save as, encoding UTF-8)."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", errors="replace")
        line, character = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise StudyError(
            f"{name}, line {line}, character {character}: the file is not in UTF-8"
            f"{_name_other_encoding(data, line)}. Save it as UTF-8 (in the editor: Save as, "
            "encoding UTF-8)."
        ) from None


def _name_other_encoding(data: bytes, line: int) -> str:
    for encoding, name in (("gb18030", "GBK"), ("big5", "Big5"), ("cp1252", "Windows-1252")):
        try:
            found = data.decode(encoding).split("\n")[line - 1].strip()
        except UnicodeDecodeError:
            continue
        return f"; in {name} the line reads {found[:_SHOWN]!r}"
    return ""


def _explain_error(text: str, message: str) -> str:
    """Say what is wrong with a text that tomllib refuses, where, and what to type."""
    lines = text.replace("\r\n", "\n").split("\n")
    match = _POSITION.search(message)
    reason = message[: match.start()] if match else message
    line, character = len(lines), len(lines[-1]) + 1
    if match and match[1]:
        line, character = int(match[1]), int(match[2])
    before = range(line - 1, 0, -1) if reason.startswith("Un") else ()
    for number in (line, *before):
        for place, sign in _find_foreign_signs(lines[number - 1]):
            meant = _MEANT[sign]
            typed = "type a space" if meant == "a space" else f"type {meant!r}"
            return (
                f"line {number}, character {place}: {sign!r} (U+{ord(sign):04X}) is no sign of "
                f"TOML; {typed}."
            )
    there = lines[line - 1]
    where = f"line {line}, character {character}"
    if reason.startswith(_TWICE):
        what = there.strip()[:_SHOWN]
        return f"line {line}: the key or section of {what!r} stands twice in the file; keep one."
    if "\\" in there and _BACKSLASH.search(there):
        place = there.index("\\") + 1
        return (
            f"line {line}, character {place}: in double quotes a backslash begins an escape; "
            "write a path with / or in single quotes, such as 'C:\\data'."
        )
    if (first := there.strip()[:1]) and not first.isascii() and "=" in there:
        return f"{where}: a name with signs such as {first!r} stands in quotation marks."
    if "\r" in there:
        return f"{where}: a line ends with a lone carriage return; save the file with LF or CRLF."
    if (word := _BARE_WORD.search(there)) and reason == "Invalid value":
        return f"{where}: {word[1][:_SHOWN]!r} is no value; {_suggest_instead(word[1])}."
    known = next((told for begin, told in _REASONS.items() if reason.startswith(begin)), None)
    return f"{where}: {known or reason} ({there.strip()[:_SHOWN]!r})."


def _suggest_instead(word: str) -> str:
    if word.lower() in ("true", "yes"):
        return "write true"
    if word.lower() in ("false", "no"):
        return "write false"
    if word.lower() in ("none", "null"):
        return "leave the key out"
    return "a text stands in quotation marks"


def _find_foreign_signs(line: str) -> Iterator[tuple[int, str]]:
    """Signs outside texts and comments that TOML does not have, with their places from 1."""

    def blank(found: re.Match[str]) -> str:
        closed = (len(found[0]) > 1 and found[0][0] == found[0][-1]) or found[0].startswith("#")
        return " " * len(found[0]) if closed else found[0]

    outside = _STRING_OR_COMMENT.sub(blank, line)
    for place, sign in enumerate(outside, start=1):
        if sign in _MEANT:
            yield place, sign
