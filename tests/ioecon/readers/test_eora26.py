"""Eora26: zips and folders, labels of their own or of indices.zip, the line ROW, and faults."""

import os
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pymrio
import pytest

import ioecon
from benchmarks.layouts.eora26 import COUNTRIES, INPUTS, SECTORS, write_eora26
from ioecon.errors import ArgumentError, IoeconWarning, ReadError
from ioecon.readers.eora26 import country_codes

CODES = ("AUT", "XAN", "CHN", "PSE", "SSD", "SDN", "XSU", "ARE")
MINIATURES = Path(os.environ.get("IOECON_DATA", "")) / "formats"
STEM = "Eora26_2010_bp"


def write(folder, **options):
    return write_eora26(folder, **{"zipped": False} | options)


def read(path, **options):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(?s).*the line ROW", IoeconWarning)
        return ioecon.read_table(path, **{"format": "eora26", "cache": False} | options)


def theirs_of(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pymrio.parse_eora26(path, year=2010)


def matrix(path, part, stem=STEM):
    return np.loadtxt(path / f"{stem}_{part}.txt", delimiter="\t", ndmin=2)


def change(path, name, old, new, count=-1):
    """Change the text of a file; a text that is not there is a fault of the test."""
    text = (path / name).read_text("utf-8")
    assert old in text
    (path / name).write_text(text.replace(old, new, count), "utf-8")


def rename(path, old, new):
    for part in ("T", "FD"):
        change(path, f"labels_{part}.txt", old, new)


def cut(path, name, lines=-1):
    text = (path / name).read_text().splitlines(keepends=True)
    (path / name).write_text("".join(text[:lines]))


# -- what is read --------------------------------------------------------------------------------


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("labels", ["within", "indices.zip"])
def test_flows_are_those_that_pymrio_reads(tmp_path, zipped, labels):
    path = write(tmp_path, zipped=zipped, labels=labels)
    table = read(path)
    assert (table.countries, table.sectors) == (CODES, SECTORS[:4])
    assert table.categories == ("P.3h", "P.3n", "P.3g", "P.51", "P.52", "P.53")
    assert (table.year, table.unit, table.currency) == (2010, "thousand", "USD")
    assert (table.valuation, table.edition) == ("basic prices", "Eora26")
    assert table.system == "industry × industry; product × product in CHN"
    if zipped or labels == "within":
        theirs = theirs_of(path if labels == "within" else tmp_path)
        np.testing.assert_array_equal(table.Z, theirs.Z)
        np.testing.assert_array_equal(table.Y, theirs.Y)
        np.testing.assert_array_equal(table.primary_inputs[:-1], theirs.VA.F)


def test_the_line_row_is_reported_and_kept_beside_the_flows(tmp_path):
    path = write(tmp_path)
    T, FD = matrix(path, "T"), matrix(path, "FD")
    with pytest.warns(IoeconWarning, match=r"line ROW, no country but what balances.*of output"):
        table = ioecon.read_table(path, format="eora26", cache=False)
    np.testing.assert_allclose(table.discrepancies, T[:-1, -1] + FD[:-1, -6:].sum(1), rtol=1e-12)
    np.testing.assert_array_equal(table.primary_inputs[-1], T[-1, :-1])
    assert table.primary_labels[-1] == "ROW (statistical discrepancy)"
    np.testing.assert_allclose(table.x, table.Z.sum(1) + table.Y.sum(1), rtol=1e-12)
    assert table.exports is None


def test_the_line_row_is_kept_as_exports_on_request_and_balances(tmp_path):
    path = write(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = ioecon.read_table(path, format="eora26", cache=False, rest="keep")
    assert (table.export_labels, table.primary_labels[-1]) == (("ROW",), "ROW")
    assert table.discrepancies is None
    whole = matrix(path, "T")[:-1].sum(1) + matrix(path, "FD")[:-1].sum(1)
    np.testing.assert_allclose(table.x, whole, rtol=1e-12)
    np.testing.assert_allclose(table.Z.sum(0) + table.primary_inputs.sum(0), whole, rtol=1e-12)
    assert not table.audit().findings


def test_a_table_without_the_line_row(tmp_path):
    path = write(tmp_path, rest=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = ioecon.read_table(path, format="eora26", cache=False)
    assert table.discrepancies is table.exports is None
    assert table.primary_labels == tuple(label for label, _ in INPUTS)
    assert not table.audit().findings


def test_the_line_row_need_not_be_the_last(tmp_path):
    path = write(tmp_path)
    whole = read(path)
    for name in ("labels_T.txt", f"{STEM}_T.txt", f"{STEM}_FD.txt"):
        *rows, last = (path / name).read_text().splitlines()
        (path / name).write_text("\n".join([last, *rows]) + "\n")
    for part in ("T", "VA"):
        rows = [r.split("\t") for r in (path / f"{STEM}_{part}.txt").read_text().splitlines()]
        text = "\n".join("\t".join([r[-1], *r[:-1]]) for r in rows)
        (path / f"{STEM}_{part}.txt").write_text(text)
    turned = read(path)
    for name in ("Z", "Y", "discrepancies", "primary_inputs"):
        np.testing.assert_array_equal(getattr(turned, name), getattr(whole, name))


def test_negative_values_stay_and_are_told_by_the_audit(tmp_path):
    path = write(tmp_path)
    T = matrix(path, "T")
    T[0, 1] = -5.0
    np.savetxt(path / f"{STEM}_T.txt", T, fmt="%.17g", delimiter="\t")
    table = read(path)
    assert table.Z[0, 1] == -5.0
    assert any("negative" in finding.message for finding in table.audit().findings)


def test_float32(tmp_path):
    path = write(tmp_path)
    single, double = read(path, dtype="float32"), read(path)
    assert single.Z.dtype == np.float32
    np.testing.assert_allclose(single.x, double.x, rtol=1e-6)


@pytest.mark.skipif(not MINIATURES.is_dir(), reason="IOECON_DATA is not set")
def test_pymrios_miniature_is_read():
    path = MINIATURES / "eora26_mock"
    with pytest.warns(IoeconWarning) as caught:
        table = ioecon.read_table(path, format="auto", cache=False)
    words = [str(warning.message) for warning in caught]
    assert any("names no countries but Region 1" in text for text in words)
    assert any("uses and inputs differ by more than 1% in 40 of 48 rows" in text for text in words)
    theirs = theirs_of(path)
    np.testing.assert_array_equal(table.Z, theirs.Z)
    np.testing.assert_array_equal(table.Y, theirs.Y)
    assert table.countries == ("AAA", "AAB", "AAC", "AAD", "AAE", "AAF")


# -- which files ---------------------------------------------------------------------------------


def test_years_in_both_prices_with_one_indices_zip(tmp_path):
    for year in (2010, 2011):
        for valuation in ("basic", "purchasers"):
            write(tmp_path, year=year, valuation=valuation, zipped=True, labels="indices.zip")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IoeconWarning)
        for form in ("eora26", "auto"):
            series = ioecon.read_series(tmp_path, format=form, valuation="purchasers", cache=False)
            assert series.years == (2010, 2011)
            assert series[2011].valuation == "purchasers' prices"
    assert read(tmp_path, year=2011).valuation == "basic prices"


@pytest.mark.parametrize("form", ["eora26", "auto"])
def test_other_prices_than_those_asked_for_are_refused(tmp_path, form):
    path = write(tmp_path, valuation="purchasers", zipped=True)
    with pytest.raises(ReadError, match=r"in purchasers' prices \(pp\) only, not in basic prices"):
        read(path, format=form)
    assert read(path, format=form, valuation="purchasers").valuation == "purchasers' prices"
    with pytest.raises(ArgumentError, match="valuation of the format 'eora26' is 'basic'"):
        read(path, valuation="pp")


@pytest.mark.parametrize("labels", ["within", "indices.zip"])
@pytest.mark.parametrize("zipped", [True, False])
def test_a_mapping_of_years_finds_the_labels_too(tmp_path, zipped, labels):
    path = write(tmp_path, zipped=zipped, labels=labels)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IoeconWarning)
        series = ioecon.read_series({2010: path}, format="eora26", cache=False)
    np.testing.assert_array_equal(series[2010].Z, read(path).Z)


def test_loose_files_of_several_years_in_one_folder(tmp_path):
    for year in (2010, 2011):
        for file in write(tmp_path / "made", year=year).iterdir():
            file.rename(tmp_path / file.name)
    assert read(tmp_path, year=2011).year == 2011
    one = read(tmp_path / "Eora26_2010_bp_T.txt")
    np.testing.assert_array_equal(one.Z, matrix(tmp_path, "T")[:-1, :-1])


def test_other_labels_are_another_table_for_the_cache(tmp_path):
    path = write(tmp_path, zipped=True, labels="indices.zip")
    assert read(path, cache=True).countries == CODES
    write(tmp_path, countries=(("Belgium", "BEL"), *COUNTRIES[1:]), zipped=True, labels="none")
    again = write(
        tmp_path / "b", countries=(("Belgium", "BEL"), *COUNTRIES[1:]), labels="indices.zip"
    )
    (again.parent / "indices.zip").replace(tmp_path / "indices.zip")
    assert read(path, cache=True).countries[0] == "BEL"


# -- what does not fit ---------------------------------------------------------------------------

FAULTS = {
    "no T": (lambda p: (p / f"{STEM}_T.txt").unlink(), "holds no file like Eora26_YYYY_bp.zip"),
    "no FD": (lambda p: (p / f"{STEM}_FD.txt").unlink(), "holds no Eora26_2010_bp_FD.txt"),
    "no VA": (lambda p: (p / f"{STEM}_VA.txt").unlink(), "holds no Eora26_2010_bp_VA.txt"),
    "no labels": (
        lambda p: (p / "labels_T.txt").unlink(),
        "has no labels_T.txt, and there is no indices.zip beside it",
    ),
    "no labels of FD": (lambda p: (p / "labels_FD.txt").unlink(), "holds no labels_FD.txt; Eora"),
    "no labels of VA": (lambda p: (p / "labels_VA.txt").unlink(), "holds no labels_VA.txt"),
    "T cut": (lambda p: cut(p, f"{STEM}_T.txt"), r"_T\.txt has 32 rows, and .*labels_T\.txt na"),
    "FD cut": (lambda p: cut(p, f"{STEM}_FD.txt"), r"_FD\.txt has 32 rows, and .*labels_T\.txt"),
    "VA cut": (lambda p: cut(p, f"{STEM}_VA.txt"), r"_VA\.txt has 5 rows, and .*labels_VA\.txt"),
    "a row too many": (
        lambda p: cut(p, "labels_VA.txt"),
        r"_VA\.txt has 6 rows, and .*labels_VA\.txt names 5",
    ),
    "labels cut": (
        lambda p: cut(p, "labels_T.txt", -3),
        r"labels_T\.txt: UAE has 2 sector labels and Austria 4",
    ),
    "a country without labels": (
        lambda p: cut(p, "labels_T.txt", -5),
        r"labels_FD\.txt and .*labels_T\.txt do not list the same countries",
    ),
    "a category too few": (
        lambda p: cut(p, "labels_FD.txt", -7),
        r"labels_FD\.txt: UAE has 5 category labels and Austria 6",
    ),
    "no number": (
        lambda p: change(p, f"{STEM}_T.txt", "\t", "\tx", 1),
        r"_T\.txt, line 1, column AUT Fishing holds 'x",
    ),
    "decimal comma": (
        lambda p: change(p, f"{STEM}_FD.txt", ".", ","),
        r"_FD\.txt, line 1, column AUT Household.* holds '.*decimal comma",
    ),
    "a column too many": (
        lambda p: change(p, f"{STEM}_FD.txt", "\n", "\t1\n", 1),
        r"_FD\.txt, line 1 has 55 numbers where there should be 54",
    ),
    "an unknown country": (
        lambda p: rename(p, "Austria\tAUT", "Atlantis\tATL"),
        r"the country 'Atlantis' \(ATL\) is not known",
    ),
    "a country of two names": (
        lambda p: rename(p, "UAE\tARE", "Palestine\tPSE"),
        "the countries Gaza Strip and Palestine are both PSE",
    ),
    "name and code disagree": (
        lambda p: rename(p, "Austria\tAUT", "Austria\tAUS"),
        "the country 'Austria' is AUT, but its code AUS is AUS",
    ),
    "a sector twice": (
        lambda p: change(p, "labels_T.txt", "Industries\tFishing", "Industries\tAgriculture", 1),
        r"labels_T\.txt has the sector 'Agriculture' of Austria more than once",
    ),
    "sectors of their own": (
        lambda p: change(p, "labels_T.txt", "Fishing", "Wine", 1),
        r"has 4 sector labels and Austria 4, or others \('Fishing'\).*full Eora",
    ),
    "a label lost": (
        lambda p: change(p, "labels_T.txt", "\tFishing", "", 1),
        r"labels_T\.txt, line 2 should hold 4 labels separated by tabs",
    ),
    "binary": (lambda p: (p / f"{STEM}_T.txt").write_bytes(bytes(range(256))), r"_T\.txt"),
    "empty": (lambda p: (p / "labels_T.txt").write_text(""), r"labels_T\.txt is empty"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_sentence(tmp_path, fault):
    damage, says = FAULTS[fault]
    path = write(tmp_path)
    damage(path)
    with pytest.raises(ReadError, match=says) as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_sums_that_do_not_match_are_warned_of_by_name(tmp_path):
    path = write(tmp_path)
    T = matrix(path, "T")
    T[:, 4] *= 3
    np.savetxt(path / f"{STEM}_T.txt", T, fmt="%.17g", delimiter="\t")
    with pytest.warns(
        IoeconWarning, match=r"differ by more than 1% in \d+ of 33 rows, most in ANT "
    ):
        read(path)


def test_a_zip_without_a_member_or_cut_off(tmp_path):
    path = write(tmp_path, zipped=True)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            if not name.endswith("_VA.txt"):
                archive.writestr(name, data)
    with pytest.raises(ReadError, match=r"Eora26_2010_bp\.zip holds no Eora26_2010_bp_VA\.txt"):
        read(path)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ReadError, match="not a complete zip archive"):
        read(path)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Eora_2010_T.txt", "it seems to be the full Eora"),
        ("Eora26_2011_bp_T.txt", r"Eora26_2011_bp_T\.txt is in it, of another year"),
        ("IOT_2010_ixi.csv", r"there is no Eora26_YYYY_bp_T\.txt in it"),
    ],
)
def test_another_database_is_named(tmp_path, name, says):
    (tmp_path / name).write_text("1\t2\n")
    with pytest.raises(ReadError, match=f"is no table of Eora26: {says}"):
        ioecon.read_series({2010: tmp_path}, format="eora26", cache=False)


def test_countries_are_known_by_their_names():
    places = [("Yemen", "YEM"), ("DR Yemen", "DYE"), ("TFYR Macedonia", "MKD"), ("Sudan", "SUD")]
    assert country_codes(places, "labels") == ("YEM", "XYD", "MKD", "SDN")
