"""EXIOBASE 3: each edition's files, what pymrio reads from them too, and files that do not fit."""

import json
import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pymrio
import pytest

import ioecon
from benchmarks.layouts.exiobase3 import CATEGORIES, FACTORS, write_exiobase3
from ioecon.errors import ArgumentError, IoeconWarning, ReadError

REGIONS = ("AT", "RO", "WF", "WM")
CODES = ("AUT", "ROU", "XWF", "XWM")
EDITIONS = ("3.9.6", "3.8.2", "3.4")
SHORT = ("F_HOUS", "F_NPSH", "F_GOVE", "I_GFCF", "I_CHIN", "I_CHVA", "X_TOTA")
MINIATURES = Path(os.environ.get("IOECON_DATA", "")) / "formats"


def write(folder, **options):
    options = {"regions": REGIONS, "sectors": 3, "zipped": False} | options
    return write_exiobase3(folder, **options)


def read(path, **options):
    return ioecon.read_table(path, **{"format": "exiobase3", "cache": False} | options)


def change(path, name, old, new, count=-1):
    """Change the text of a file; a text that is not there is a fault of the test."""
    text = (path / name).read_text("utf-8")
    assert old in text
    (path / name).write_text(text.replace(old, new, count), "utf-8")


# -- what is read --------------------------------------------------------------------------------


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("system", ["ixi", "pxp"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_is_what_pymrio_reads(tmp_path, edition, system, zipped):
    path = write(tmp_path, edition=edition, system=system, zipped=zipped)
    table, theirs = read(path), pymrio.parse_exiobase3(path).calc_all()
    np.testing.assert_allclose(table.Z, theirs.Z, rtol=1e-12)
    np.testing.assert_array_equal(table.Y, theirs.Y)
    np.testing.assert_allclose(table.x, theirs.x["indout"], rtol=1e-12)
    assert table.countries == CODES
    assert table.sector_names == tuple(theirs.get_sectors())
    assert table.categories == SHORT
    assert (table.year, table.unit, table.currency) == (2019, "million", "EUR")
    assert (table.valuation, table.edition) == ("basic prices", f"EXIOBASE {edition}")
    words = {"ixi": "industry × industry, fixed", "pxp": "product × product, industry technology"}
    assert table.system.startswith(words[system])
    assert not table.audit().findings


@pytest.mark.parametrize(
    ("edition", "folder"), [("3.9.6", "factor_inputs"), ("3.8.2", "satellite")]
)
def test_factor_inputs_are_kept_and_close_the_columns(tmp_path, edition, folder):
    path = write(tmp_path, edition=edition)
    table, theirs = read(path), getattr(pymrio.parse_exiobase3(path), folder)
    assert table.primary_labels == FACTORS
    np.testing.assert_array_equal(table.primary_inputs, theirs.F.loc[list(FACTORS)])
    np.testing.assert_array_equal(table.final_inputs, theirs.F_Y.loc[list(FACTORS)])
    assert table.final_inputs[0].any()
    np.testing.assert_allclose(table.Z.sum(0) + table.primary_inputs.sum(0), table.x, rtol=1e-12)


def test_codes_come_from_the_lists_and_are_names_without_them(tmp_path):
    coded = read(write(tmp_path / "a", edition="3.8.2", system="pxp"))
    assert coded.sectors == ("p01.a", "p02.a", "p03.a")
    bare = read(write(tmp_path / "b", edition="3.9.6"))
    assert bare.sectors == bare.sector_names
    assert bare.sectors[0].startswith("Manufacture of goods nec")


def test_a_list_that_lacks_a_sector_is_warned_of(tmp_path):
    path = write(tmp_path, edition="3.8.2")
    change(path, "industries.txt", "kind 1 (11)", "kind one (11)")
    with pytest.warns(IoeconWarning, match=r"industries\.txt has no code of .Manufacture.*kind 1"):
        table = read(path)
    assert table.sectors == table.sector_names


@pytest.mark.parametrize("edition", EDITIONS)
def test_float32_is_the_same_to_seven_digits(tmp_path, edition):
    path = write(tmp_path, edition=edition)
    single, double = read(path, dtype="float32"), read(path)
    assert single.Z.dtype == single.Y.dtype == np.float32
    np.testing.assert_allclose(single.Z, double.Z, rtol=1e-6)
    np.testing.assert_allclose(single.x, double.x, rtol=1e-6)


def test_output_is_solved_where_only_coefficients_are_there(tmp_path):
    path = write(tmp_path, edition="3.9.6", matrices=("Z", "A"), sectors=12)
    whole = read(path)
    (path / "Z.txt").unlink()
    np.testing.assert_allclose(read(path).Z, whole.Z, rtol=1e-12)  # with x.txt
    (path / "x.txt").unlink()
    solved = read(path)
    np.testing.assert_allclose(solved.Z, whole.Z, rtol=1e-9)
    np.testing.assert_allclose(solved.x, whole.x, rtol=1e-9)
    assert solved.printed_output is None


def test_rows_and_columns_in_another_order_are_put_right(tmp_path):
    path = write(tmp_path)
    whole = read(path)
    for name, labels in (("Z.txt", 2), ("Y.txt", 2)):
        lines = [line.split("\t") for line in (path / name).read_text().splitlines()]
        columns = [*range(labels), *reversed(range(labels, len(lines[0])))]
        lines = [[cells[k] for k in columns] for cells in (*lines[:3], *reversed(lines[3:]))]
        (path / name).write_text("\n".join("\t".join(cells) for cells in lines) + "\n")
    turned = read(path)
    assert turned.countries == CODES[::-1]
    order = np.arange(whole.n)[::-1]
    np.testing.assert_array_equal(turned.Z, whole.Z[np.ix_(order, order)])
    np.testing.assert_allclose(turned.F, whole.F[::-1, ::-1], rtol=1e-14)


def test_windows_line_ends_quotation_marks_and_a_byte_order_mark(tmp_path):
    path = write(tmp_path)
    whole = read(path)
    for name in ("Z.txt", "Y.txt", "x.txt", "unit.txt"):
        text = (path / name).read_text().replace("AT\t", '"AT"\t').replace("\n", "\r\n")
        (path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    np.testing.assert_array_equal(read(path).Z, whole.Z)


@pytest.mark.skipif(not MINIATURES.is_dir(), reason="IOECON_DATA is not set")
def test_pymrios_miniature_of_3_4_is_read():
    path = MINIATURES / "exio3_mock"
    with pytest.warns(IoeconWarning, match="is no edition, and the table is taken to be in mil"):
        table = read(path)
    theirs = pymrio.parse_exiobase3(path).calc_all()
    np.testing.assert_allclose(table.Z, theirs.Z, rtol=1e-8, atol=1e-6)
    assert table.countries == ("AUS", "BRA", "FIN", "FRA", "KOR", "XWF")
    assert (table.year, table.currency) == (2009, "USD")


@pytest.mark.skipif(not MINIATURES.is_dir(), reason="IOECON_DATA is not set")
def test_the_miniature_of_3_9_is_read():
    table = read(MINIATURES / "exiobase39_mini", format="auto")
    assert (table.n, table.countries, table.edition) == (4, ("AUT", "XWF"), "EXIOBASE 3.9.6")
    np.testing.assert_allclose(table.Z.sum(0) + table.primary_inputs.sum(0), table.x, rtol=1e-9)


# -- which files ---------------------------------------------------------------------------------


def test_years_and_systems_side_by_side(tmp_path):
    for year in (2010, 2011):
        for system in ("ixi", "pxp"):
            write(tmp_path, year=year, system=system, zipped=year == 2010)
    with pytest.raises(ReadError, match=r"industry × industry \(ixi\) and product × product"):
        ioecon.read_series(tmp_path, format="exiobase3", cache=False)
    series = ioecon.read_series(tmp_path, format="exiobase3", system="pxp", cache=False)
    assert series.years == (2010, 2011)
    assert series[2011].system.startswith("product × product")
    found = read(tmp_path, year=2011, system="ixi")
    assert found.system.startswith("industry × industry")
    assert found.year == 2011


def test_the_system_asked_for_must_be_there(tmp_path):
    write(tmp_path, system="ixi", zipped=True)
    with pytest.raises(ReadError, match="tables of the system 'ixi' only, not 'pxp'"):
        read(tmp_path, system="pxp")
    with pytest.raises(ArgumentError, match=r"system of the format 'exiobase3' is 'auto', 'ixi'"):
        read(tmp_path, system="iot")


def test_a_folder_goes_before_its_zip_if_they_are_equal(tmp_path):
    write(tmp_path, zipped=True)
    folder = write(tmp_path, zipped=False)
    with pytest.warns(IoeconWarning, match=r"2019 twice.*: IOT_2019_ixi is read, and IOT_2"):
        read(tmp_path)
    factors = folder / "Y.txt"
    factors.write_text(factors.read_text().replace("1", "2", 1))
    with pytest.raises(ReadError, match=r"two different tables of 2019: IOT_2019_ixi and"):
        read(tmp_path)


def test_a_renamed_zip_tells_year_and_system_inside(tmp_path):
    path = write(tmp_path, zipped=True).rename(tmp_path / "exio.zip")
    assert read(path).year == 2019
    assert read(path, format="auto").system.startswith("industry")


def test_a_renamed_folder_is_known_by_its_metadata(tmp_path):
    path = write(tmp_path).rename(tmp_path / "mine")
    assert (read(path).year, read(path, format="auto").n) == (2019, 12)
    (path / "metadata.json").unlink()
    with pytest.raises(
        ReadError, match=r"mine holds no file like IOT_YYYY_ixi\.zip \(or _pxp, or the folder"
    ):
        read(path)
    mapped = {2019: path}
    with pytest.raises(ReadError, match="does not tell whether it is industry × industry"):
        ioecon.read_series(mapped, format="exiobase3", cache=False)
    series = ioecon.read_series(mapped, format="exiobase3", cache=False, system="pxp")
    assert series[2019].system.startswith("product")


def test_a_table_is_cached_and_read_anew_when_a_file_changed(tmp_path):
    path = write(tmp_path)
    first = read(path, cache=True)
    np.testing.assert_array_equal(read(path, cache=True).Z, first.Z)
    change(path, "Y.txt", "\t0.0\t", "\t0.001\t", 1)
    with pytest.raises(ReadError, match=r"has 0\.001 in 'Exports: Total \(fob\)' of AT"):
        read(path, cache=True)


# -- what does not fit ---------------------------------------------------------------------------

FAULTS = {
    "no Y": (lambda p: (p / "Y.txt").unlink(), "holds no file like IOT_YYYY_ixi.zip"),
    "no flows": (lambda p: (p / "Z.txt").unlink(), "holds no file like IOT_YYYY_ixi.zip"),
    "no unit": (lambda p: (p / "unit.txt").unlink(), "IOT_2019_ixi holds no unit.txt"),
    "flows cut at a line": (
        lambda p: cut(p / "Z.txt", -1),
        r"Z\.txt has no row WM Manu.*may be cut off",
    ),
    "flows cut within a line": (lambda p: cut(p / "Z.txt", -0.5), r"Z\.txt, line 15 has \d+ num"),
    "demand cut": (lambda p: cut(p / "Y.txt", -2), r"Y\.txt has no row WM .* \(and 1 more\)"),
    "output cut": (lambda p: cut(p / "x.txt", -1), r"x\.txt has no row WM"),
    "units cut": (lambda p: cut(p / "unit.txt", -1), r"unit\.txt has no unit of WM"),
    "no number": (
        lambda p: change(p, "Z.txt", "\t0.0", "\tn/a", 1),
        r"Z\.txt, line 4, column \w\w Manufacture .* holds 'n/a', which is no number",
    ),
    "decimal comma": (lambda p: change(p, "Y.txt", ".", ",", 60), r"Y\.txt.*decimal comma"),
    "an empty cell": (lambda p: change(p, "Z.txt", "\t0.0", "\t", 1), r"Z\.txt, line 4.*is empty"),
    "another unit": (
        lambda p: change(p, "unit.txt", "M.EUR", "EUR"),
        r"unit\.txt says that the table is in 'EUR'; those of EXIOBASE 3 are in M\.EUR",
    ),
    "another currency": (lambda p: change(p, "unit.txt", "M.EUR", "M.USD"), "is in 'M.USD'"),
    "mixed units": (
        lambda p: change(p, "unit.txt", "M.EUR", "tonnes", 1),
        r"mixes units \('tonnes' of AT Manu.*, 'M.EUR' of AT",
    ),
    "a region too many": (
        lambda p: change(p, "unit.txt", "WM\t", "WX\t", 1),
        r"unit\.txt: WX Manufacture.* is in no column of IOT_2019_ixi/Z\.txt",
    ),
    "an unknown region": (
        lambda p: [change(p, f"{n}.txt", "WM", "W9") for n in ("Z", "Y", "x", "unit")],
        r"Z\.txt: 1 of 3 country names are not recognised: 'W9'",
    ),
    "a region of two names": (
        lambda p: [change(p, f"{n}.txt", "RO", "AUT") for n in ("Z", "Y", "x", "unit")],
        "the regions AT and AUT are both AUT",
    ),
    "a sector of one region only": (
        lambda p: change(p, "Z.txt", "kind 2 (12)", "kind 9 (12)", 1),
        r"not every region has the same sectors: AT lacks 1 of 4.*kind 2 \(12\)",
    ),
    "a column twice": (
        lambda p: change(p, "Z.txt", "kind 1 (11)", "kind 0 (10)", 1),
        r"Z\.txt: column AT Manufacture.*kind 0 .* stands there more than once",
    ),
    "a row twice": (
        lambda p: swap_label(p / "Z.txt", 4, 3),
        r"Z\.txt: row AT Manufacture.* stands there more than once",
    ),
    "a row of another region": (
        lambda p: change(p, "Z.txt", "\nWM\t", "\nWX\t", 1),
        r"Z\.txt: row WX Manufacture.* fits no column",
    ),
    "sums that do not match": (
        lambda p: change_output(p, 1.1),
        r"x\.txt: the output of WF Manu.* is [\d.]+, but what was read sums to [\d.]+ "
        r"\(11 more differ\)",
    ),
    "a category without a region": (
        lambda p: change(p, "Y.txt", "\tWM\t", "\t\t", 1),
        r"Y\.txt: column \d+ of numbers has no region or no category",
    ),
    "no header": (
        lambda p: cut_head(p / "Z.txt"),
        "line 1 should hold the region of each column",
    ),
    "metadata of another year": (
        lambda p: change(p, "metadata.json", "IOT_2019", "IOT_2018"),
        "named like a table of 2019, but its metadata.json says 2018",
    ),
    "metadata of another system": (
        lambda p: change(p, "metadata.json", '"system": "ixi"', '"system": "pxp"'),
        "named like a table of ixi, but its metadata.json says pxp",
    ),
    "metadata damaged": (
        lambda p: (p / "metadata.json").write_text('{"name": '),
        r"metadata\.json is no complete JSON file",
    ),
    "factor inputs in another unit": (
        lambda p: change(p, "factor_inputs/unit.txt", "M.EUR", "kg", 1),
        r"factor_inputs/unit\.txt has 'Taxes less.*' in 'kg'; factor inputs are in M\.EUR",
    ),
    "a factor input lost": (
        lambda p: cut(p / "factor_inputs/F.txt", -1),
        r"factor_inputs/F\.txt has no row 'Operating surplus: Remaining",
    ),
    "factor inputs of other sectors": (
        lambda p: change(p, "factor_inputs/F.txt", "kind 2 (12)", "kind 9 (12)", 1),
        r"factor_inputs/F\.txt has the column AT .*kind 9.*, IOT_2019_ixi/Z\.txt has not",
    ),
    "binary": (lambda p: (p / "Z.txt").write_bytes(bytes(range(256)) * 9), "Z.txt"),
    "empty": (lambda p: (p / "Z.txt").write_bytes(b""), r"Z\.txt: line 1 has no labels"),
}


def cut(file, lines):
    """Take lines away at the end; half a line for -0.5."""
    text = file.read_text().splitlines(keepends=True)
    kept = text[: int(lines)] if lines <= -1 else [*text[:-1], text[-1][: len(text[-1]) // 2]]
    file.write_text("".join(kept))


def cut_head(file):
    file.write_text("".join(file.read_text().splitlines(keepends=True)[3:]))


def swap_label(file, line, other):
    rows = [row.split("\t") for row in file.read_text().splitlines()]
    rows[line][:2] = rows[other][:2]
    file.write_text("\n".join("\t".join(row) for row in rows) + "\n")


def change_output(path, factor):
    head, *rows = (path / "x.txt").read_text().splitlines()
    cells = [row.split("\t") for row in rows]
    lines = [f"{r}\t{s}\t{float(x) * factor}" for r, s, x in cells]
    (path / "x.txt").write_text("\n".join([head, *lines]) + "\n")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_sentence(tmp_path, fault):
    damage, says = FAULTS[fault]
    path = write(tmp_path)
    damage(path)
    with pytest.raises(ReadError, match=says) as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_a_small_difference_of_output_is_told_by_the_audit_only(tmp_path):
    path = write(tmp_path)
    change_output(path, 1 + 1e-5)
    table = read(path)
    np.testing.assert_allclose(table.printed_output, table.x * (1 + 1e-5), rtol=1e-9)


def test_a_zip_without_a_member_or_cut_off(tmp_path):
    path = write(tmp_path, zipped=True)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            if not name.endswith("unit.txt"):
                archive.writestr(name, data)
    with pytest.raises(ReadError, match=r"IOT_2019_ixi\.zip holds no unit\.txt"):
        read(path)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ReadError, match="not a complete zip archive"):
        read(path)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("mrIot_version2.2.2.txt", "it is EXIOBASE 2"),
        ("MR_HSUTs_2011_v3_3_18_extensions.xlsx", "it is the hybrid EXIOBASE"),
        ("MRSUT_2011/supply.csv", "it is supply and use tables of EXIOBASE"),
        ("2020.csv", r"there is no Y\.txt in it"),
    ],
)
def test_another_database_is_named(tmp_path, name, says):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("region\t\tAT\n")
    with pytest.raises(ReadError, match=f"is no table of EXIOBASE 3: {says}"):
        ioecon.read_series({2011: tmp_path}, format="exiobase3", cache=False)


def test_one_of_the_files_alone(tmp_path):
    path = write(tmp_path)
    with pytest.raises(ReadError, match=r"Z\.txt is no table of EXIOBASE 3: it is one of its fil"):
        read(path / "Z.txt")


def test_coefficients_that_no_output_solves(tmp_path):
    path = write(tmp_path, edition="3.4")
    lines = [line.split("\t") for line in (path / "A.txt").read_text().splitlines()]
    for k, cells in enumerate(lines[3:], start=2):
        cells[2:] = ["0.0"] * (len(cells) - 2)
        cells[k] = "1.0"  # it takes all of a product to make it
    (path / "A.txt").write_text("\n".join("\t".join(cells) for cells in lines) + "\n")
    with pytest.raises(ReadError, match=r"no x\.txt, and output cannot be solved"):
        read(path)


def test_a_header_of_too_many_columns_is_refused_before_memory_is_taken(tmp_path):
    path = write(tmp_path)
    sectors = "\t".join(f"s{k}" for k in range(30_000))
    head = "region\t\t" + "\t".join(["AT"] * 30_000) + "\nsector\t\t" + sectors + "\n"
    (path / "Z.txt").write_text(head)
    with pytest.raises(ReadError, match="1 regions × 30000 sectors, which no edition"):
        read(path)


def test_categories_are_those_of_the_layout():
    assert len(CATEGORIES) == len(SHORT)


def test_metadata_of_another_shape_is_no_fault(tmp_path):
    path = write(tmp_path)
    (path / "metadata.json").write_text(json.dumps(["IOT_2018_ixi"]))
    assert read(path).edition == "EXIOBASE 3, edition not told"
    shutil.rmtree(path / "factor_inputs")
    assert read(path).primary_inputs is None
