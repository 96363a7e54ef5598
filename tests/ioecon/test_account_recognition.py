"""``format="auto"`` on files of accounts: known as themselves, taken for no other, or told where.

A format of the registry is tested without being named here, by the name that its files have; the
miniatures are those that the module of its database in ``benchmarks/layouts`` writes.
"""

import importlib
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

import ioecon
from ioecon.emissions.registry import ACCOUNTS
from ioecon.errors import EmissionsError, ReadError

PAGE = b"<!DOCTYPE html>\n<html><head><title>Login</title></head><body>Log in</body></html>\n"
NOT_WRITTEN = ("wiod-sea", "figaro-e3", "emerging-co2")  # by the module of the database
WITH_LAYOUT = [
    name
    for name in ACCOUNTS
    if name not in NOT_WRITTEN and find_spec(f"benchmarks.layouts.{name.partition('-')[0]}")
]


def write(name: str, folder: Path) -> Path:
    """Miniature of an account: the path of one year."""
    database = name.partition("-")[0]
    module = importlib.import_module(f"benchmarks.layouts.{database}")
    writer = getattr(module, "write_emissions", None) or getattr(module, f"write_{database}")
    return Path(writer(folder))


@pytest.fixture(scope="session")
def miniature_of(tmp_path_factory):
    """Function of a format's name: path and folder of its miniature, written once."""
    written = {}

    def make(name):
        if name not in written:
            folder = tmp_path_factory.mktemp("above") / "accounts"
            folder.mkdir()
            written[name] = (write(name, folder), folder)
        return written[name]

    return make


def named_as(name: str) -> str:
    """Name that a file of a format has."""
    shown = re.split(r" or |, | \(or| beside", ACCOUNTS[name].looks_like)[0]
    return shown.replace("YYYY", "2018")


@pytest.mark.parametrize("form", ["auto", "named"])
@pytest.mark.parametrize("name", ACCOUNTS)
@pytest.mark.parametrize(
    ("content", "message"), [(PAGE, r"is a web page \(HTML\)"), (b"", r"is empty \(it has 0 bytes")]
)
def test_a_web_page_or_nothing_is_called_so(tmp_path, name, form, content, message):
    file = tmp_path / named_as(name)
    file.write_bytes(content)
    with pytest.raises(ReadError, match=re.escape(file.name) + " " + message) as refused:
        ioecon.stressors(file, format=name if form == "named" else form)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ACCOUNTS)
def test_an_unfinished_download_is_called_so(tmp_path, name):
    file = tmp_path / f"{named_as(name)}.crdownload"
    file.write_bytes(b"PK")
    with pytest.raises(ReadError, match="is a download that was not finished"):
        ioecon.stressors(file)


@pytest.mark.parametrize("name", WITH_LAYOUT)
@pytest.mark.filterwarnings("ignore")
def test_a_miniature_is_recognised_and_found_below(miniature_of, name):
    path, folder = miniature_of(name)
    there = ioecon.stressors(path, format=name)
    for place in (path, folder):
        assert ioecon.stressors(place).equals(there)
    message = rf"it holds accounts, an account of {name}; give that path, .*accounts\."
    with pytest.raises(ReadError, match=message):
        ioecon.stressors(folder.parent)


def read_first(place, form):
    """Account of the first stressor that a format lists."""
    there = ioecon.stressors(place, format=form)
    return ioecon.read_account(place, format=form, stressor=there["name"].iloc[0])


@pytest.mark.parametrize("asked", ACCOUNTS)
@pytest.mark.parametrize("name", WITH_LAYOUT)
@pytest.mark.filterwarnings("ignore")
def test_no_format_takes_the_account_of_another(miniature_of, name, asked):
    if asked == name:
        return
    for place in miniature_of(name):
        with pytest.raises((ReadError, EmissionsError)) as refused:
            read_first(place, asked)
        sentence = str(refused.value)
        assert "\n" not in sentence
        assert place.name in sentence
