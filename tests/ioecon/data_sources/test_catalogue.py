"""The catalogue: complete, honest about what is known, and strict with others' catalogues."""

from datetime import date
from pathlib import Path

import pytest

import ioecon
from ioecon.data_sources.by_hand import instructions
from ioecon.data_sources.catalogue import load_catalogue
from ioecon.data_sources.listings import is_plain_name
from ioecon.data_sources.selection import Request, select
from ioecon.emissions import account_formats
from ioecon.errors import ReadError
from ioecon.readers import formats

CATALOGUE = load_catalogue()


def test_all_databases_of_the_readers_are_listed() -> None:
    assert {
        "wiod2013", "wiod2016", "exiobase3", "icio", "figaro", "emerging", "eora26", "gloria",
        "adb", "ceads", "worldbank",
    } <= set(CATALOGUE)  # fmt: skip
    listed = ioecon.databases()
    assert listed.index.tolist() == list(CATALOGUE)
    assert (listed[["title", "what", "years", "size", "licence", "page", "cite"]] != "").all(
        axis=None
    )
    assert listed.loc[["eora26", "gloria", "gtap"], "access"].eq("login").all()


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_entry_says_when_its_addresses_worked(name: str) -> None:
    for edition in CATALOGUE[name].editions:
        assert edition.known == "undated" or date(2020, 1, 1) < edition.known <= date.today()
        assert edition.known_from
        assert len({(f.name, f.system, f.part) for f in edition.files}) == len(edition.files)


@pytest.mark.parametrize("name", [name for name, entry in CATALOGUE.items() if not entry.api])
def test_whatever_can_be_chosen_names_files(name: str) -> None:
    database = CATALOGUE[name]
    for edition in database.editions:
        years = [year for entry in edition.files if entry.years for year in entry.years]
        first = edition.first_year or min(years, default=2015)
        for system in edition.systems or (None,):
            for part in edition.parts or (None,):
                parts = None if part is None else (part,)
                found = select(database, edition, Request((first,), system, parts))
                assert found
                for item in found:
                    assert "{" not in item.name + item.address
                    assert not item.address or is_plain_name(item.name)


def test_formats_that_are_named_exist() -> None:
    entries = [entry for d in CATALOGUE.values() for e in d.editions for entry in e.files]
    for named in (*CATALOGUE.values(), *entries):
        assert not named.tables or named.tables in formats()
        assert not named.account or named.account in account_formats()


def test_what_to_fetch_by_hand() -> None:
    gloria = CATALOGUE["gloria"]
    words = instructions(gloria, gloria.edition(None), Request((2010,)))
    assert words is not None
    assert "GLORIA_MRIOs_59_2010.zip" in words
    assert gloria.page in words
    exiobase = CATALOGUE["exiobase3"]
    assert instructions(exiobase, exiobase.edition(None), Request((2010,))) is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('title = "Toy base"', "", "lacks 'title'"),
        ('title = "Toy base"', "title = 3", "title cannot be 3"),
        ('title = "Toy base"', 'titel = "x"\ntitle = ""', "did you mean 'title'"),
        ('access = "open"', 'access = "free"', "access is one of open"),
        ("https://toys.example/page", "javascript:alert(1)", "begins with https"),
        ("known = 2026-01-02", "known = 2026", 'a date or "undated"'),
        ('system = "ixi"', "", None),
        ('part = "labels"', 'part = "lable"', "parts do not name lable"),
        ('address = "http', 'address = "file', "begins with https"),
        ('part = "labels"', 'part = "labels"\nhash = "md5:1"', "a checksum is"),
        ('part = "labels"', 'part = "labels"\nyears = [2012, 2010]', "first and the last"),
        ("[toy]", "[toy", "no TOML"),
    ],
)
def test_a_catalogue_of_ones_own_is_tested(catalogue: Path, old: str, new: str, words) -> None:
    catalogue.write_text(catalogue.read_text().replace(old, new, 1))
    if words is None:
        assert load_catalogue(catalogue)
        return
    with pytest.raises(ReadError, match=words):
        load_catalogue(catalogue)


def test_a_catalogue_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        load_catalogue(tmp_path / "none.toml")
