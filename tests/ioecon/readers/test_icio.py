"""OECD ICIO: every edition, parts of countries, bundles, and what is refused.

Files are made by ``benchmarks/layouts/icio.py``; what they should give is worked out from the text
of the file, cell by cell.
"""

import csv
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata

from benchmarks.layouts.icio import FINAL, PARTS, write_icio
from ioecon.errors import ArgumentError, IoeconWarning, ReadError
from ioecon.readers import read_series, read_table
from ioecon.store import cache_folder

EDITIONS = tuple(FINAL)
EXTENDED_2023 = "OECD ICIO, edition of 2023, extended, MX1, MX2, CN1, CN2 put together"


def cells_of(path: Path) -> dict[tuple[str, str], str]:
    """Every cell of a file by the labels of its row and column."""
    header, *rows = csv.reader(path.read_text().splitlines())
    return {(row[0], label): cell for row in rows for label, cell in zip(header, row, strict=True)}


def number(cells, row, column) -> float:
    return float(cells[row, column] or 0)


def regions_of(country: str, cells) -> list[str]:
    """Regions whose flows are those of a country: its parts, or itself."""
    start = {"CHN": "CN", "MEX": "MX"}.get(country)
    named = {row.split("_")[0] for row, _ in cells}
    return sorted(r for r in named if start and re.fullmatch(rf"{start}\d", r)) or [country]


@pytest.mark.parametrize("split", [True, False], ids=["extended", "small"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_flows_of_every_edition(tmp_path, edition, split):
    path = write_icio(tmp_path, edition=edition, split=split, year=2010, discrepancy=1.5)
    table = read_table(path, format="icio", cache=False)
    cells = cells_of(path)
    assert table.countries == ("AUS", "CHN", "MEX", "ROW")
    assert table.sectors == ("A01_02", "C10T12")
    assert table.categories == FINAL[edition]
    assert (table.year, table.unit, table.currency) == (2010, "million", "USD")
    assert (table.system, table.valuation) == ("industry × industry", "basic prices")
    old = edition == "2016"
    for i, (country, sector) in enumerate(table.index):
        rows = [f"{region}_{sector}" for region in regions_of(country, cells)]
        for j, (to, using) in enumerate(table.index):
            columns = [f"{region}_{using}" for region in regions_of(to, cells)]
            flow = sum(number(cells, row, column) for row in rows for column in columns)
            assert table.Z[i, j] == pytest.approx(flow, abs=1e-12)
        for j, (to, category) in enumerate(
            (c, k) for c in table.countries for k in table.categories
        ):
            column = f"{category}_{to}" if old else f"{to}_{category}"
            use = sum(number(cells, row, column) for row in rows)
            assert table.Y[i, j] == pytest.approx(use, abs=1e-12)
        last = "TOTAL" if edition == "2018" else "OUT"
        output = (
            sum(number(cells, "OUT", row) for row in rows)
            if old
            else sum(number(cells, row, last) for row in rows)
        )
        assert table.printed_output[i] == pytest.approx(output)
        assert table.x[i] + (1.5 * len(rows) if old else 0) == pytest.approx(output)
    whole = {"CHN", "MEX"} if split else set()
    if old:
        parts = {"CHN": 4, "MEX": 3}
        per_row = [1.5 * (parts[c] if c in whole else 1) for c, _ in table.index]
        np.testing.assert_allclose(table.discrepancies, per_row)
    else:
        assert table.discrepancies is None
        np.testing.assert_allclose(table.Z.sum(0) + table.primary_inputs.sum(0), table.x)
        assert "column_balance" not in table.audit()


@pytest.mark.parametrize(
    ("edition", "labels"),
    [
        ("2016", ("VA+TAXSUB",)),
        ("2018", ("AUS_TAXSUB", "CHN_TAXSUB", "MEX_TAXSUB", "ROW_TAXSUB", "VALU")),
        ("2021", ("TLS", "VA")),
        ("2023", ("TLS", "VA")),
        ("2025", ("TLS", "VA")),
    ],
)
def test_rows_below_are_primary_inputs(tmp_path, edition, labels):
    path = write_icio(tmp_path, edition=edition)
    table = read_table(path, format="icio", year=2019, cache=False)
    cells = cells_of(path)
    assert table.primary_labels == labels
    for label, row in zip(labels, table.primary_inputs, strict=True):
        parts = [number(cells, label, f"{region}_C10T12") for region in regions_of("CHN", cells)]
        assert row[3] == pytest.approx(sum(parts))
        assert row[0] == number(cells, label, "AUS_A01_02")


def test_parts_are_kept_on_request(tmp_path):
    path = write_icio(tmp_path)
    merged = read_table(path, format="icio", cache=False)
    kept = read_table(path, format="icio", split="keep", cache=False)
    assert kept.countries == (*merged.countries, *PARTS["2023"])
    assert "MX1, MX2, CN1, CN2 kept" in kept.edition
    cells = cells_of(path)
    at = kept.index.get_loc(("CN2", "C10T12"))
    assert kept.Z[at, at] == number(cells, "CN2_C10T12", "CN2_C10T12")
    assert kept.Y[at, kept.categories.index("GFCF")] == number(cells, "CN2_C10T12", "AUS_GFCF")
    # Parts have no final demand of their own; the country has nothing else.
    assert not kept.F[:, kept.countries.index("CN1")].any()
    assert kept.F[:, kept.countries.index("CHN")].any()
    assert not kept.Z[kept.index.get_loc("CHN")].any()
    whole = {part: {"CN": "CHN", "MX": "MEX"}.get(part[:2], part) for part in kept.countries}
    together = kept.aggregate(regions=whole | {"CHN": "CHN"})
    np.testing.assert_allclose(together.Z, merged.Z)
    np.testing.assert_allclose(together.Y, merged.Y)


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path):
    path = write_icio(tmp_path)
    table = read_table(path, format="icio", cache=False)
    header, *rows = csv.reader(path.read_text().splitlines())
    order = [0, *np.random.default_rng(1).permutation(np.arange(1, len(header) - 1)), -1]
    shuffled = [[row[k] for k in order] for row in (header, *reversed(rows))]
    path.write_text("\r\n".join(map(",".join, shuffled)))
    again = read_table(path, format="icio", cache=False)
    countries = {c: again.countries.index(c) for c in table.countries}
    assert sorted(again.countries) == sorted(table.countries)
    rows = [again.index.get_loc(label) for label in table.index]
    np.testing.assert_allclose(again.Z[np.ix_(rows, rows)], table.Z)
    np.testing.assert_allclose(again.F[np.ix_(rows, list(countries.values()))], table.F)


def test_single_precision(tmp_path):
    path = write_icio(tmp_path)
    table = read_table(path, format="icio", cache=False)
    single = read_table(path, format="icio", dtype="float32", cache=False)
    assert single.Z.dtype == np.float32
    np.testing.assert_allclose(single.Z, table.Z, rtol=1e-6)
    np.testing.assert_array_equal(single.printed_output, table.printed_output)


# -- files --------------------------------------------------------------------------------------


def pack(path: Path, *members: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.write(member, member.name)
    return path


@pytest.mark.parametrize("nested", [False, True], ids=["zip", "zips in a zip"])
def test_a_bundle_of_years(tmp_path, nested):
    files = [write_icio(tmp_path, year=year, seed=year) for year in (2016, 2017)]
    single = [read_table(file, format="icio", cache=False) for file in files]
    if nested:
        files = [pack(tmp_path / f"{file.stem}.zip", file) for file in files]
    (tmp_path / "bundles").mkdir()
    bundle = pack(tmp_path / "bundles" / "2016-2020.zip", *files)
    for path in (bundle, bundle.parent):
        series = read_series(path, format="icio", progress=False)
        assert series.years == (2016, 2017)
        for table in single:
            np.testing.assert_array_equal(series[table.year].Z, table.Z)
    assert read_table(bundle, format="auto", year=2017).edition.startswith("OECD ICIO")
    name = "2016-2020.zip/2017.csv"
    assert read_table(bundle, format="icio", year=2017).source.path == name


def test_a_zip_of_one_year(tmp_path):
    file = write_icio(tmp_path, edition="2018", year=2010)
    packed = pack(tmp_path / "ICIO2018_2010.zip", file)
    table = read_table(packed, format="icio", cache=False)
    np.testing.assert_array_equal(table.Z, read_table(file, format="icio").Z)


def test_two_files_of_a_year(tmp_path):
    for split in (True, False):
        write_icio(tmp_path, split=split)
    with pytest.raises(ReadError, match=r"2019.csv and 2019_SML.csv; pass the one that is meant"):
        read_series(tmp_path, format="icio")
    assert read_series({2019: tmp_path / "2019_SML.csv"}, format="auto").years == (2019,)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("split", [True, False])
def test_the_edition_is_told(tmp_path, edition, split):
    sectors = ("A01", "A02") if edition == "2025" else ("A01_02", "C10T12")
    path = write_icio(tmp_path, edition=edition, split=split, sectors=sectors)
    words = read_table(path, format="auto", year=2019, cache=False).edition
    assert words.startswith(f"OECD ICIO, edition of {edition}, {'extended' if split else 'small'}")
    assert "4 countries × 2 industries of the published" in words


# -- bad input ----------------------------------------------------------------------------------


def change(path: Path, row: str, column: str, cell: str) -> None:
    """Put another text into a cell."""
    table = list(csv.reader(path.read_text().splitlines()))
    at = table[0].index(column)
    next(line for line in table if line[0] == row)[at] = cell
    path.write_text("\n".join(map(",".join, table)))


def refused(path: Path, words: str, **options) -> str:
    with pytest.raises(ReadError, match=words) as caught:
        read_table(path, format="icio", **options)
    message = str(caught.value)
    assert message.startswith(path.name)
    assert "\n" not in message
    assert not (cache_folder() / "tables").exists()
    return message


@pytest.mark.parametrize(
    ("edition", "row", "column", "words"),
    [
        ("2023", "AUS_A01_02", "CN1_C10T12", "OUT does not match: row AUS_A01_02 sums to"),
        ("2023", "ROW_C10T12", "CHN_GFCF", "OUT does not match: row ROW_C10T12 sums to"),
        ("2023", "AUS_A01_02", "OUT", "OUT does not match: row AUS_A01_02 sums to"),
        ("2023", "VA", "MX1_A01_02", "OUT does not match: column MX1_A01_02 sums to"),
        ("2023", "TLS", "MX1_A01_02", "OUT does not match: column MX1_A01_02 sums to"),
        ("2023", "OUT", "AUS_A01_02", "OUT does not match: column AUS_A01_02 sums to"),
        ("2023", "OUT", "AUS_HFCE", "OUT does not match: column AUS_HFCE sums to"),
        ("2018", "AUS_A01_02", "TOTAL", "TOTAL does not match: row AUS_A01_02 sums to"),
        ("2018", "OUTPUT", "ROW_A01_02", "OUTPUT does not match: column ROW_A01_02 sums to"),
        ("2016", "VA+TAXSUB", "CN4_A01_02", "OUT does not match: column CN4_A01_02 sums to"),
        ("2016", "AUS_A01_02", "HFCE_ROW", "output does not match in 1 of 22 rows: at AUS_A01_02"),
        ("2016", "AUS_A01_02", "DISC", "output does not match in 1 of 22 rows: at AUS_A01_02"),
    ],
)
def test_sums_that_do_not_match(tmp_path, edition, row, column, words):
    path = write_icio(tmp_path, edition=edition)
    before = number(cells_of(path), row, column)
    change(path, row, column, str(before + 1))
    refused(path, words, year=2019)


def test_output_by_rows_and_columns_that_differs_in_one_place(tmp_path):
    path = write_icio(tmp_path)
    cells = cells_of(path)
    for row in ("VA", "OUT"):
        change(path, row, "AUS_A01_02", str(number(cells, row, "AUS_A01_02") + 2))
    words = "output does not match in 1 of 16 rows: at AUS_A01_02 column OUT is"
    assert "Numbers were changed or lost" in refused(path, words)


def test_a_copy_without_decimal_points(tmp_path):
    path = write_icio(tmp_path)
    header, rest = path.read_text().split("\n", 1)
    without = re.sub(r"[.]([0-9]{3})", r"\1", rest)
    path.write_text(f"{header}\n{without}")
    refused(path, r"OUT does not match.*\(\d+ of 16 rows do not fit\).*without decimal points")


def test_a_table_that_was_never_balanced_is_named(tmp_path):
    path = write_icio(tmp_path)
    cells = cells_of(path)
    for column in [label for row, label in cells if row == "VA" and "_" in label][:16]:
        for row in ("VA", "OUT"):
            change(path, row, column, str(number(cells, row, column) + 5))
    with pytest.warns(IoeconWarning, match="output does not match in 16 of 16 rows"):
        table = read_table(path, format="icio", cache=False)
    assert "column_balance" in table.audit()


@pytest.mark.parametrize("part", [0.0, 0.02, 0.3, 0.8, 0.97, 0.999])
def test_truncated(tmp_path, part):
    path = write_icio(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    refused(path, "is empty|cut off|where there should be|ends with the column|OUT")


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_row_is_missing(tmp_path, edition):
    path = write_icio(tmp_path, edition=edition)
    lines = path.read_text().splitlines()
    for at in range(1, len(lines)):
        label = lines[at].split(",")[0].strip('"')
        path.write_text("\n".join([*lines[:at], *lines[at + 1 :]]))
        expected = "sums to" if "TAXSUB" in label and "VA" not in label else f"no row {label}"
        refused(path, expected.replace("+", "[+]"), year=2019)


def test_a_column_is_missing(tmp_path):
    path = write_icio(tmp_path)
    table = list(csv.reader(path.read_text().splitlines()))
    for column, words in (
        ("CN1_C10T12", "there is no column of intermediate use CN1 C10T12"),
        ("AUS_GFCF", "there is no column of final demand AUS GFCF"),
        ("OUT", "ends with the column 'ROW_DPABR'"),
    ):
        at = table[0].index(column)
        path.write_text("\n".join(",".join(row[:at] + row[at + 1 :]) for row in table))
        refused(path, words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("AUS_C10T12", "AUS_A01_02", "column 'AUS_A01_02' is there 2 times"),
        ("AUS_A01_02", "XYZZ_A01_02", "there is no column of intermediate use XYZZ C10T12"),
        ("AUS_A01_02", "AUSA01", "no label such as AUS_C10T12"),
        ("AUS_A01_02", "AUS_A03", "there is no column of intermediate use AUS A01_02"),
        ("ROW_A01_02", "CN3_A01_02", "there is no column of intermediate use"),
    ],
)
def test_labels_that_do_not_fit(tmp_path, old, new, words):
    path = write_icio(tmp_path)
    text = path.read_text()
    path.write_text(text.replace(f",{old},", f",{new},").replace(f"\n{old},", f"\n{new},"))
    refused(path, words)


@pytest.mark.parametrize(
    ("find", "put", "words"),
    [
        ("\nAUS_C10T12,", "\nAUS_A01_02,", "row AUS_A01_02 is there more than once"),
        ("\nTLS,", "\nVA,", "row VA is there more than once"),
        ("\nTLS,", "\nSUBSIDIES,", "row 'SUBSIDIES' is unknown"),
        ("\nAUS_C10T12,", "\nAUS_C99,", "row 'AUS_C99' is unknown"),
    ],
)
def test_rows_that_do_not_fit(tmp_path, find, put, words):
    path = write_icio(tmp_path)
    path.write_text(path.read_text().replace(find, put))
    refused(path, words)


def test_flows_of_a_country_beside_its_parts(tmp_path):
    path = write_icio(tmp_path)
    cells = cells_of(path)
    change(path, "CHN_A01_02", "AUS_HFCE", "7")
    change(path, "CHN_A01_02", "OUT", "7")
    change(path, "OUT", "AUS_HFCE", str(number(cells, "OUT", "AUS_HFCE") + 7))
    refused(path, "row CHN_A01_02 is not zero, although the table has parts of CHN")


def test_a_header_of_a_huge_table(tmp_path):
    path = tmp_path / "2019.csv"
    path.write_text(",".join(["V1", *(f"AUS_A{k}" for k in range(30_000)), "OUT"]))
    refused(path, "has 30,001 columns, which no table of its kind has")


def test_a_region_that_is_no_country(tmp_path):
    path = write_icio(tmp_path)
    path.write_text(path.read_text().replace("AUS_", "OZ_"))
    refused(path, "'OZ'")


def test_parts_of_a_country_that_is_not_there(tmp_path):
    path = write_icio(tmp_path, regions=("AUS", "CHN", "ROW"))
    path.write_text(path.read_text().replace("CHN_", "NZL_"))
    refused(path, "the region CN1, a part of CHN, and no CHN")


@pytest.mark.parametrize("cell", ["", "n/a", "nan", "inf", "1e999", "12 5", "#REF!"])
def test_cells_that_are_no_numbers(tmp_path, cell):
    path = write_icio(tmp_path)
    change(path, "AUS_A01_02", "AUS_C10T12", cell)
    message = refused(path, "line 2, column AUS_C10T12")
    assert ("is empty" in message) == (cell == "")


def test_empty_cells_are_zero_on_request(tmp_path):
    path = write_icio(tmp_path)
    change(path, "CHN_A01_02", "AUS_C10T12", "")
    refused(path, "column AUS_C10T12 is empty")
    assert read_table(path, format="icio", empty_cells="zero").year == 2019
    change(path, "TLS", "AUS_HFCE", "")
    with pytest.raises(ReadError, match="column AUS_HFCE is empty"):
        read_table(path, format="icio", cache=False)
    change(path, "VA", "AUS_C10T12", "")
    with pytest.raises(ReadError, match="OUT does not match: column AUS_C10T12"):
        read_table(path, format="icio", empty_cells="zero")


@pytest.mark.parametrize("split", ["merge", "keep"])
def test_taxes_on_final_demand_are_kept(tmp_path, split):
    path = write_icio(tmp_path)
    cells = cells_of(path)
    table = read_table(path, format="icio", split=split, cache=False)
    taxes = pd.Series(
        table.final_inputs[table.primary_labels.index("TLS")],
        index=pd.MultiIndex.from_product([table.countries, table.categories]),
    )
    assert taxes["CHN", "GFCF"] == number(cells, "TLS", "CHN_GFCF") > 0
    assert not table.final_inputs[table.primary_labels.index("VA")].any()
    if split == "keep":
        assert not taxes["CN1"].any()
    assert read_table(write_icio(tmp_path, edition="2016"), format="icio").final_inputs is None


def test_a_decimal_comma(tmp_path):
    path = write_icio(tmp_path)
    text = path.read_text()
    path.write_text(text.replace(",", ";").replace(".", ","))
    refused(path, "separated by ';'")
    quoted = re.sub(r"(?<=,)(\d+)[.](\d+)", r'"\1,\2"', text)
    path.write_text(quoted)
    refused(path, "where there should be 41")


@pytest.mark.parametrize(
    ("written", "named", "words"),
    [
        ("2018", "ICIO2016_2019.csv", "named as the edition of 2016 and laid out as that of 2018"),
        ("2016", "ICIO2021_2019.csv", "named as the edition of 2021 and laid out as that of 2016"),
        ("2023", "ICIO2018_2019.CSV", "laid out as that of 2021 or 2023 or 2025"),
    ],
)
def test_the_wrong_edition(tmp_path, written, named, words):
    path = write_icio(tmp_path, edition=written)
    refused(path.rename(tmp_path / named), words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("rowLabels,AT_A01,AT_P3_S14\nAT_A01,1,2\n", "FIGARO"),
        ("icioiRow,icioiCol,obsValue\nAT_A01,AT_A01,1\n", "FIGARO"),
        ("country,sector,year,value\nAUS,A,2019,1\n", "ends with the column 'value'"),
        ("<html><body>not found, sorry</body></html>\n", "is a web page"),
    ],
)
def test_files_of_something_else(tmp_path, content, words):
    path = tmp_path / "2019.csv"
    path.write_text(content)
    refused(path, words)


def test_the_year_is_named_by_the_file(tmp_path):
    path = write_icio(tmp_path).rename(tmp_path / "icio.csv")
    refused(path, "neither the file nor its name tells the year")
    assert read_table(path, format="icio", year=2019).year == 2019


def test_a_zip_without_a_table(tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("see oe.cd/icio")
    packed = pack(tmp_path / "2016-2020.zip", notes)
    with pytest.raises(ReadError, match=r"holds no file like YYYY.csv"):
        read_series(packed, format="icio")
    write_icio(tmp_path, year=2016)
    pack(packed, tmp_path / "2016.csv")
    with pytest.raises(ReadError, match=r"no table of 2017: .*there: 2016"):
        read_series(packed, format="icio", years=[2016, 2017])


def test_an_option_of_another_format(tmp_path):
    path = write_icio(tmp_path)
    with pytest.raises(ArgumentError, match="have no option system="):
        read_table(path, format="icio", system="pxp")
    with pytest.raises(ArgumentError, match="split of the format 'icio' is 'merge'"):
        read_table(path, format="icio", split="both")


# -- from a file to a regression ------------------------------------------------------------------


def test_the_aggregate_of_a_real_table_comes_back(tmp_path, data_root):
    content = np.load(
        data_root / "formats" / "icio2023_2019_20x20" / "icio_oecd2023_2019_isic_g20.npz"
    )
    countries, sectors = list(content["country_codes"]), list(content["sector_codes"])
    Z = content["data"][:400, :400]
    Y = np.zeros((400, len(countries) * 6))
    for k, category in enumerate((0, 3, 5)):  # HFCE, GFCF, DPABR
        Y[:, category::6] = content["data"][:400, 400:460][:, k::3]
    path = write_icio(
        tmp_path, regions=countries, sectors=sectors, split=False, flows=(Z, Y), seed=1
    )
    table = read_table(path, format="icio", cache=False)
    np.testing.assert_array_equal(table.Z, Z)
    np.testing.assert_array_equal(table.Y, Y)
    assert table.countries == tuple(countries)


def test_the_toy_of_exvatools_comes_back(tmp_path, data_root):
    toy = rdata.read_rda(data_root / "formats" / "gvc_toy" / "iciotest_data.rda")["iciotest_data"]
    labels = [str(label) for label in toy.dim_0.values]
    regions = tuple(dict.fromkeys(label.split("_")[0] for label in labels))
    Z, uses = toy.values[:, :30], toy.values[:, 30:]
    Y = np.zeros((30, 36))
    Y[:, 0::6], Y[:, 3::6] = uses[:, 0::2], uses[:, 1::2]
    sectors = tuple(dict.fromkeys(label.split("_", 1)[1] for label in labels))
    path = write_icio(tmp_path, regions=regions[:6], sectors=sectors, flows=(Z, Y))
    kept = read_table(path, format="icio", split="keep", cache=False)
    np.testing.assert_array_equal(kept.Z, Z)
    np.testing.assert_array_equal(kept.Y[:, :36], Y)
    merged = read_table(path, format="icio", cache=False)
    china = [labels.index(f"{part}_10T39") for part in ("CN1", "CN2")]
    assert merged.Z[13, 0] == pytest.approx(Z[china, 0].sum())
    assert merged.Z[13, 13] == pytest.approx(Z[np.ix_(china, china)].sum())
    assert merged.x.sum() == pytest.approx(Z.sum() + Y.sum())


@pytest.mark.parametrize(
    ("name", "year", "edition"),
    [
        ("icio_mini/2019.csv", 2019, EXTENDED_2023),
        ("icio_mini/2019_SML.csv", 2019, "OECD ICIO, edition of 2023, small"),
        ("oecd_mock/ICIO2016_2003.csv", 2003, "OECD ICIO, edition of 2016, extended, CN1, CN2"),
        ("oecd_mock/ICIO2018_2010.CSV", 2010, "OECD ICIO, edition of 2018, extended, MX1 put"),
        ("oecd_mock/ICIO2018_2010.zip", 2010, "OECD ICIO, edition of 2018, extended, MX1 put"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*this table is not balanced")
def test_the_miniatures(data_root, name, year, edition):
    table = read_table(data_root / "formats" / name, format="auto", cache=False)
    assert table.year == year
    assert table.edition.startswith(edition)
    if "mock" in name:
        return  # random numbers, of which only what they print of sums fits
    assert not [finding for finding in table.audit().findings if finding.severity == "error"]
    np.testing.assert_allclose(table.x, table.printed_output)


@pytest.mark.filterwarnings("ignore:.*this table is not balanced")
def test_the_mock_of_2016_keeps_its_discrepancies(data_root):
    table = read_table(data_root / "formats" / "oecd_mock" / "ICIO2016_2003.csv", format="icio")
    found = dict(zip(table.index, table.discrepancies, strict=True))
    assert found["PER", "C01T05AGR"] == 9999
    assert table.categories == ("HFCE", "NPS", "GGFC", "GFCF", "INV", "DIRP")


def test_pymrio_reads_the_same(data_root):
    pymrio = pytest.importorskip("pymrio")
    folder = data_root / "formats" / "oecd_mock"
    theirs = pymrio.parse_oecd(folder, year=2010)
    with pytest.warns(IoeconWarning, match="not balanced"):
        ours = read_table(folder / "ICIO2018_2010.CSV", format="icio", cache=False)
    labels = list(ours.index)
    np.testing.assert_allclose(theirs.Z.loc[labels, labels].to_numpy(), ours.Z)
