"""Published accounts are found by name, or by the name of their file."""

import re

import pytest

import ioecon
from ioecon.emissions import account_formats, registry
from ioecon.emissions.account_format import AccountFormat
from ioecon.errors import ReadError
from ioecon.study.preset_files import template_text

NAMES = ["wiod2013-co2-zip", "jrc-co2-xlsx"]


def test_every_account_is_named_with_a_sentence():
    assert {*NAMES} <= {*account_formats()}
    assert all(text.endswith(".") for text in account_formats().values())


@pytest.mark.parametrize(
    ("file", "name"),
    [("CO2_may12.zip", NAMES[0]), ("x.ZIP", NAMES[0]), ("CO2 emissions.xlsx", NAMES[1])],
)
def test_an_account_is_told_from_the_name_of_its_file(file, name):
    fitting = [entry.name for entry in registry.ACCOUNTS.values() if entry.is_named_like(file)]
    assert fitting == [name]


@pytest.mark.parametrize("file", ["co2.csv", "CO2_may12"])
def test_a_file_that_no_account_is_called_like_is_refused(file):
    with pytest.raises(ReadError, match=r"pass format=\. Known are .*CO2_may12\.zip"):
        ioecon.read_account(file)


@pytest.mark.parametrize(
    ("format", "message"),
    [
        ("wiod2013-co2", "no account 'wiod2013-co2'; did you mean 'wiod2013-co2-zip'?"),
        ("csv", f"no account 'csv'; known are {', '.join(sorted(account_formats()))}."),
        ("", f"no account ''; known are {', '.join(sorted(account_formats()))}."),
    ],
)
def test_an_unknown_account_is_refused_with_what_may_have_been_meant(format, message):
    with pytest.raises(ReadError, match=re.escape(message)):
        ioecon.read_account("CO2_may12.zip", format=format)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_named_must_be_there(name, tmp_path):
    with pytest.raises(ReadError, match="There is no file"):
        ioecon.read_account(tmp_path / "gone", format=name)


def test_one_entry_is_read_named_and_offered_in_templates(monkeypatch):
    toy = AccountFormat("toy-txt", "A toy.", "toy.txt", (".txt",), read=lambda path: path)
    monkeypatch.setattr(registry, "ACCOUNTS", {**registry.ACCOUNTS, toy.name: toy})
    assert account_formats()["toy-txt"] == "A toy."
    assert ioecon.read_account("some.txt") == "some.txt"
    for kind in ("dong2022", "xiao2014"):
        assert '"toy-txt"' in template_text(f"ioecon.study.{kind}")
