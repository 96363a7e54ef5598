"""A study file that is no TOML, or holds what no study can, gets one sentence: where, what to type.

Every key of both kinds is tried with a value of every wrong type.
"""

import dataclasses
import typing
from pathlib import Path

import pytest

from ioecon.errors import StudyError
from ioecon.study import Study, TransferStudy, examine_study, load_study
from ioecon.study.toml_text import read_toml


def file(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "s.toml"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        b'\xef\xbb\xbftitle = "T"\n',
        b'title = "T"\r\n[tables]\r\n',
        b'title\t=\t"T"',
        'title = "T"  # “注释”，：'.encode(),
    ],
    ids=["mark", "CRLF", "tabs", "comment"],
)
def test_what_editors_write_is_read(tmp_path: Path, data: bytes) -> None:
    assert load_study(file(tmp_path, data)).title == "T"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("title = “T”", "line 1, character 9", r"'“' \(U\+201C\) is no sign of TOML; type '\"'"),
        ('\ntitle = "T”', "line 2, character 11", r"'”' .*type '\"'"),
        ("title = ‘T’", "line 1, character 9", "type"),
        ('notes = ["a"，"b"]', "line 1, character 13", r"type ','"),
        ('title ＝ "T"', "line 1, character 7", "type '='"),
        ("[tables］", "line 1, character 8", r"type '\]'"),
        ("title\u00a0= 1", "line 1, character 6", "type a space"),
        ("title =\u30001", "line 1, character 8", "type a space"),
        ("top = ５", "line 1, character 7", "type '5'"),
        ('[tables]\npath = "C:\\data"', "line 2, character 11", r"single quotes, such as 'C:\\"),
        ('[tables]\npath = "C:\\Users"', "line 2, character 11", "backslash"),
        ('title = "a"\ntitle = "b"', "line 2", "stands twice"),
        ("[tables]\n[tables]", "line 2", "stands twice"),
        ("标题 = 'x'", "line 1", "stands in quotation marks"),
        ("title = True", "line 1, character 9", "write true"),
        ("title = mine", "line 1, character 9", "a text stands in quotation marks"),
        ("title = 'x", "line 1", "no closing|Expected"),
        ("a = 1\rb = 2", "line 1", "carriage return"),
        (".".join("a" * 100_000) + " = 1", "line 1", "more than 40 parts"),
    ],
)
def test_the_place_and_what_to_type(tmp_path: Path, text: str, where: str, what: str) -> None:
    with pytest.raises(StudyError, match=what) as caught:
        read_toml(file(tmp_path, text.encode()))
    assert where in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (
            'title = "中国"'.encode("gbk"),
            r"line 1, character 10: .*in GBK .*中国.*Save it as",
        ),
        ('title = "x"'.encode("utf-16"), "in UTF-16; save it as UTF-8"),
        (b"a = " + b"[" * 100_000, "brackets within brackets"),
        (b"a = " + b"{a=" * 50_000, "brackets within brackets"),
        (b"top = " + b"9" * 5000, "too many digits"),
        (b"a" * 1_100_000, "larger than 1 MB"),
        (b"\xff\xfe\x00", "UTF-16"),
    ],
)
def test_bytes_that_are_no_study(tmp_path: Path, data: bytes, what: str) -> None:
    with pytest.raises(StudyError, match=what):
        load_study(file(tmp_path, data))


def test_a_folder_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="is no file"):
        load_study(tmp_path)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("kind = []", "there is no kind of study a list"),
        ("preset = 3", "there is no preset 3"),
        ('[tables]\npath = "~nouser/x"', "names the home of a user"),
        ('[tables]\npath = "a\\u0000b"', r"U\+0000"),
        ('[tables]\npath = "C:\\new"', r"U\+000A .*write paths with / or in single quotes"),
        ("[tables]\nyears = 1e19", "years must be a range"),
        ("[tables]\nyears = [10000000000000000000]", "years are from 1 to 9999"),
        ("[tables]\nyears = 2000-01-01", "not the date or time 2000-01-01"),
        ("[tables]\ntolerance = nan", "must be a finite number, not nan"),
        ("[tables]\ntolerance = inf", "must be a finite number, not inf"),
        (f"[tables]\ntolerance = {'9' * 400}", "too large a number"),
        ('[labels]\nln_iti = "a\\u202eb"', r"U\+202E"),
        ('[labels]\nln_iti = "a\\u0007b"', r"U\+0007"),
        ('[labels]\n"a\\u202eb" = "x"', r"U\+202E"),
        ('title = "a\\u2066b"', r"U\+2066"),
        ("[emissions]\nwhere = { a = { b = 1 } }", r"where\.a must be a text, a number or a list"),
        ("[emissions]\nwhere = { a = [[1]] }", r"where\.a must be a text, a number or a list"),
    ],
)
def test_values_that_no_study_can_have(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(StudyError, match=what):
        load_study(file(tmp_path, text.encode()))


def test_notes_may_have_several_lines(tmp_path: Path) -> None:
    assert load_study(file(tmp_path, b'notes = ["""a\n  b"""]')).notes == ("a b",)


WRONG = (
    "[]", "[1]", "[[1]]", "{}", "{ a = 1 }", "true", "nan", "-inf", "9" * 30, "-1", "0", "''",
    "2000-01-01", "12:00:00", "['']", "[{}]",
)  # fmt: skip


def keys(kind: type, above: str = "") -> list[str]:
    """Every key of a kind, as a dotted path; lists of sections by their own keys."""
    found = []
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        name = f"{above}{field.name}"
        found.append(name)
        for inner in (hints[field.name], *typing.get_args(hints[field.name])):
            if dataclasses.is_dataclass(inner):
                found += keys(inner, f"{name}.")  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("kind", [Study, TransferStudy])
def test_every_key_with_every_wrong_type(kind: type, tmp_path: Path) -> None:
    name = typing.get_args(typing.get_type_hints(kind)["kind"])[0]
    tried = 0
    for key in keys(kind):
        if key == "kind":
            continue
        for value in WRONG:
            head = "" if key == "kind" else f"kind = '{name}'\n"
            path = file(tmp_path, f"{head}{key} = {value}\n".encode())
            _, problems = examine_study(path)
            tried += 1
            for problem in problems:
                assert "\n" not in str(problem)
                assert "Error" not in str(problem)
                assert str(problem).endswith((".", "?")), (key, value, str(problem))
                assert len(str(problem)) < 900, (key, value, str(problem))
    assert tried > 500
