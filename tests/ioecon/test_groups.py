"""Country groupings: sizes, membership that is certain, sources."""

import json

import pandas as pd

from ioecon.datasets.country_groups import groups

GROUPINGS = ["imf_advanced", "wb_high_income", "oecd", "hdi_very_high", "developed_dong2022"]
LISTS = GROUPINGS[:4]


def members(column):
    table = groups()
    return set(table.index[table[column].fillna(False).astype(bool)])


def test_countries_are_those_of_the_2016_release(data_root):
    table = groups()
    published = pd.read_csv(data_root / "wiod2016/output_va_2000_2014.csv.gz")
    column = next(name for name in published.columns if name.lower() in ("country", "iso3"))
    assert set(table.index) == set(published[column])
    assert len(table) == 43
    assert list(table.columns) == ["name", *GROUPINGS]


def test_sizes():
    assert [len(members(column)) for column in GROUPINGS] == [28, 31, 28, 26, 23]


def test_dong2022_is_23_and_19_of_42_without_taiwan():
    column = groups()["developed_dong2022"]
    assert column.isna().sum() == 1
    assert pd.isna(column["TWN"])
    assert (int(column.sum()), int((~column).sum())) == (23, 19)


def test_the_23_are_what_all_four_lists_contain_and_czechia_is_the_assumption():
    common = set.intersection(*(members(column) for column in LISTS))
    assert members("developed_dong2022") == common
    before_2009 = common - {"CZE"}
    assert len(before_2009) == 22


def test_lists_differ_where_they_are_known_to():
    assert members("wb_high_income") - members("imf_advanced") == {"EST", "HRV", "HUN"}
    assert members("oecd") - members("wb_high_income") == {"MEX", "POL", "TUR"}
    assert members("imf_advanced") - members("oecd") == {"CYP", "MLT", "SVN", "TWN"}
    assert members("imf_advanced") - members("hdi_very_high") == {"SVK", "TWN"}
    assert members("hdi_very_high") <= members("imf_advanced")


def test_oecd_members_agree_with_the_accession_years_of_country_converter():
    from importlib.resources import files

    data = files("country_converter").joinpath("country_data.tsv")
    with data.open(encoding="utf-8") as stream:
        accession = pd.read_csv(stream, sep="\t", index_col="ISO3")["OECD"]
    joined = pd.to_numeric(accession.reindex(groups().index))
    assert set(joined.index[joined <= 2009]) == members("oecd")


def test_every_grouping_has_source_and_year():
    table = groups()
    sources = table.attrs["sources"]
    assert set(sources) == set(GROUPINGS)
    assert {entry["year"] for entry in sources.values()} == {2009}
    assert all(len(entry["source"]) > 20 and entry["title"] for entry in sources.values())
    assert "ASSUMPTION" in sources["developed_dong2022"]["note"]
    assert json.loads(json.dumps(table.attrs)) == table.attrs
