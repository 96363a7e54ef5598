"""GLORIA: both constructs against explicit matrices, groups while reading, where files may lie."""

import shutil
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pymrio
import pytest

from benchmarks.layouts.gloria import FINAL_DEMAND, VALUE_ADDED, write_gloria
from ioecon.errors import ArgumentError, IoeconWarning, ReadError
from ioecon.readers import read_series, read_table

REGIONS, SECTORS = ("AUS", "AUT", "DYE", "XAM"), ("Wheat", "Coal", "Power")
CONSTRUCTS = ("fixed-product-sales", "industry-technology")


@pytest.fixture
def written(tmp_path):
    """A year with secondary production and a region without flows."""
    return write_gloria(
        tmp_path / "g", regions=REGIONS, sectors=SECTORS, secondary=0.2, empty=("DYE",)
    )


def matrix(folder: Path, part: str) -> np.ndarray:
    (file,) = folder.glob(f"GLORIA_*/*_{part}-Results_*_Markup001*.csv")
    return np.loadtxt(file, delimiter=",", ndmin=2)


def change(folder: Path, part: str, edit) -> Path:
    """Rewrite a matrix of the miniature."""
    (file,) = folder.glob(f"GLORIA_*/*_{part}-Results_*_Markup001*.csv")
    values = matrix(folder, part)
    values = edit(values)
    np.savetxt(file, values, fmt="%.12g", delimiter=",")
    return folder


def read(place, **options):
    return read_table(place, format="gloria", cache=False, **options)


def quietly(place, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IoeconWarning)
        return read(place, **options)


def blocks(folder: Path):
    """V, U, Y and W of the regions with flows, cut out of the whole matrices with labels."""
    rows = pd.MultiIndex.from_product([REGIONS, ("Industry", "Product"), SECTORS])
    kept = [region for region in REGIONS if region != "DYE"]
    industries = rows[(rows.get_level_values(1) == "Industry") & rows.isin(kept, level=0)]
    products = rows[(rows.get_level_values(1) == "Product") & rows.isin(kept, level=0)]
    T = pd.DataFrame(matrix(folder, "T"), rows, rows)
    users = pd.MultiIndex.from_product([REGIONS, FINAL_DEMAND])
    Y = pd.DataFrame(matrix(folder, "Y"), rows, users).drop(columns="DYE", level=0)
    W = pd.DataFrame(matrix(folder, "V"), pd.MultiIndex.from_product([REGIONS, VALUE_ADDED]), rows)
    W = W.groupby(level=1, sort=False).sum()
    return (
        T.loc[industries, products].to_numpy(),
        T.loc[products, industries].to_numpy(),
        Y.loc[products].to_numpy(),
        W[industries].to_numpy(),
    )


def explicit(folder: Path, construct: str):
    """Z, Y, primary inputs and output by the textbook's formulas, with whole matrices."""
    V, U, Y, W = blocks(folder)
    q, g = V.sum(axis=0), V.sum(axis=1)
    if construct == "fixed-product-sales":
        D = V @ np.linalg.inv(np.diag(q))
        return D @ U, D @ Y, W, g
    C = np.linalg.inv(np.diag(g)) @ V
    return U @ C, Y, W @ C, q


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_constructs_are_those_of_explicit_matrices(written, construct):
    with pytest.warns(IoeconWarning, match="DYE has no flow in 2022 and is left out"):
        table = read(written, construct=construct)
    Z, Y, W, output = explicit(written, construct)
    assert table.countries == ("AUS", "AUT", "XAM")
    assert table.sectors == SECTORS
    assert table.categories == FINAL_DEMAND
    assert table.primary_labels == VALUE_ADDED
    assert (table.unit, table.currency, table.valuation) == ("thousand", "USD", "basic prices")
    assert table.edition == "GLORIA 059"
    for ours, theirs in ((table.Z, Z), (table.Y, Y), (table.primary_inputs, W)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * Z.max())
    np.testing.assert_allclose(table.printed_output, output, rtol=1e-10)
    np.testing.assert_allclose(table.x, output, rtol=1e-9)
    np.testing.assert_allclose(table.Z.sum(axis=0) + W.sum(axis=0), output, rtol=1e-9)


def test_the_system_says_which_construct_it_is(written):
    assert "industry × industry, fixed product sales structure (model D)" in repr(quietly(written))
    by_product = quietly(written, construct="industry-technology")
    assert by_product.system == "product × product, industry technology (model B)"


@pytest.mark.parametrize("construct", CONSTRUCTS)
@pytest.mark.parametrize(
    ("regions", "sectors"),
    [
        ({"AUS": "Oceania", "AUT": "rest", "XAM": "rest"}, None),
        (None, {"Wheat": "food", "Coal": "energy", "Power": "energy"}),
        ({"XAM": "America", "AUS": "East", "AUT": "East"},
         {"Coal": "energy", "Power": "energy", "Wheat": "food"}),
        (None, {"Wheat": {"food": 0.7, "feed": 0.3}, "Coal": {"coal": 1}, "Power": {"power": 1}}),
        ({"XAM": "XAM", "AUT": "AUT", "AUS": "AUS"}, None),
    ],
)  # fmt: skip
def test_groups_while_reading_are_groups_afterwards(written, construct, regions, sectors):
    whole = quietly(written, construct=construct).aggregate(regions=regions, sectors=sectors)
    ours = quietly(written, construct=construct, regions=regions, sectors=sectors)
    assert (ours.countries, ours.sectors) == (whole.countries, whole.sectors)
    for name in ("Z", "Y", "x", "printed_output", "primary_inputs"):
        np.testing.assert_allclose(getattr(ours, name), getattr(whole, name), rtol=1e-12)
    assert ours.system == whole.system


def test_a_group_may_name_a_region_without_flows(written):
    groups = {"AUS": "A", "AUT": "A", "XAM": "X", "DYE": "former"}
    assert quietly(written, regions=groups).countries == ("A", "X")


def test_a_region_without_a_group_is_refused(written):
    with pytest.raises(ReadError, match="gives no group for the countries XAM"):
        quietly(written, regions={"AUS": "A", "AUT": "A"})


def test_single_precision(written):
    double, single = quietly(written), quietly(written, dtype="float32")
    assert single.Z.dtype == single.Y.dtype == np.float32
    np.testing.assert_allclose(single.Z, double.Z, rtol=1e-6)


# -- against pymrio --------------------------------------------------------------------------------


def theirs(folder, construct):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pymrio.parse_gloria(folder, year=2022, version=59, construct=construct)


@pytest.mark.parametrize(("ours", "letter"), [*zip(CONSTRUCTS, "DB", strict=True)])
def test_pymrio_makes_the_same_of_a_diagonal_supply(tmp_path, ours, letter):
    folder = write_gloria(tmp_path / "g", regions=REGIONS, sectors=SECTORS, empty=("DYE",))
    table, other = quietly(folder, construct=ours), theirs(folder, letter)
    np.testing.assert_allclose(table.Z / table.x, other.A.to_numpy(), rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(table.Y, other.Y.to_numpy(), rtol=1e-9)


def test_pymrio_agrees_on_model_b_with_secondary_production(written):
    table, other = quietly(written, construct="industry-technology"), theirs(written, "B")
    np.testing.assert_allclose(table.Z / table.x, other.A.to_numpy(), rtol=1e-9, atol=1e-15)


def test_pymrio_divides_by_products_in_model_d_so_that_inputs_do_not_make_output(written):
    table, other = quietly(written), theirs(written, "D")
    _, U, _, W = blocks(written)
    _, _, _, g = explicit(written, "fixed-product-sales")
    np.testing.assert_allclose(table.Z.sum(axis=0) + W.sum(axis=0), g)
    q = U.sum(axis=1) + blocks(written)[2].sum(axis=1)
    np.testing.assert_allclose(other.A.to_numpy() * q, table.Z, rtol=1e-9)  # D U q̂⁻¹, not ĝ⁻¹
    assert np.abs(other.A.to_numpy() * g - table.Z).max() > 0.01 * table.Z.max()


# -- the publisher's layout ------------------------------------------------------------------------


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("release", ["059", "060", "059a"])
def test_folders_and_zips_of_any_release(tmp_path, zipped, release):
    folder = write_gloria(tmp_path / "g", zipped=zipped, release=release)
    expected = read(folder)
    assert expected.year == 2022
    (year,) = folder.glob("GLORIA_MRIOs_*")
    np.testing.assert_array_equal(read(year).Z, expected.Z)
    np.testing.assert_array_equal(read_table(folder, format="auto", cache=False).Z, expected.Z)


def test_a_zip_of_another_name_with_the_labels_in_it(tmp_path):
    for year in (2021, 2022):
        write_gloria(tmp_path / "g", year=year, seed=year)
    expected = read(tmp_path / "g", year=2021)
    shutil.make_archive(str(tmp_path / "all"), "zip", tmp_path / "g")
    shutil.rmtree(tmp_path / "g")
    np.testing.assert_array_equal(read(tmp_path / "all.zip", year=2021).Z, expected.Z)
    assert read_series(tmp_path / "all.zip", format="gloria", progress=False).years == (2021, 2022)


def test_one_matrix_stands_for_its_year(tmp_path):
    folder = write_gloria(tmp_path / "g")
    (file,) = folder.glob("GLORIA_MRIOs_*/*_T-*.csv")
    np.testing.assert_array_equal(read(file).Z, read(folder).Z)


def test_a_series_in_the_folders_of_a_release(tmp_path):
    for year in (2021, 2022):
        write_gloria(tmp_path / "GLORIA_MRIO_Loop059_part_I_MRIOdatabase", year=year, seed=year)
    for readme in tmp_path.glob("*/GLORIA_ReadMe_059.xlsx"):
        shutil.copy(readme, tmp_path)
        readme.unlink()
    series = read_series(tmp_path, format="gloria", progress=False)
    assert series.years == (2021, 2022)
    assert series[2021].source != series[2022].source
    assert read_series(tmp_path, format="gloria", years=[2022], progress=False).years == (2022,)


def test_the_cache_knows_construct_and_groups(tmp_path):
    folder = write_gloria(tmp_path / "g", secondary=0.3)
    sectors = dict.fromkeys(("Wheat", "Coal", "Steel", "Power"), "all")
    options = [{}, {"construct": "industry-technology"}, {"sectors": sectors}, {}]
    tables = [read_table(folder, format="gloria", **each) for each in options]
    assert len({table.Z.tobytes() for table in tables}) == 3
    np.testing.assert_array_equal(tables[0].Z, tables[3].Z)
    assert tables[3].system == tables[0].system


def test_the_excerpt_of_the_publishers_data(data_root):
    with pytest.warns(IoeconWarning, match=r"use and supply of products differ by 66\.63%"):
        table = read(data_root / "formats" / "gloria_mock")
    assert table.countries == ("AUS", "AUT", "AZE")
    assert table.sectors[0] == "Forestry and logging"
    assert table.Z[0, 1] == 0.26391
    assert table.printed_output[0] == 5295100.0
    assert table.primary_inputs[0, 3] == 225180.0


# -- files that do not fit -------------------------------------------------------------------------


def test_uses_of_a_product_that_nobody_supplies_stay_with_its_own_industry(written):
    def without_coal(T):
        T[:3, 4] = 0  # the supply of Coal in AUS
        return T

    change(written, "T", without_coal)
    with pytest.warns(IoeconWarning, match="Uses of products that nobody supplies are kept with "):
        table = read(written)
    V, U, Y, _ = blocks(written)
    assert table.x.sum() == pytest.approx(U.sum() + Y.sum())
    D = np.divide(V, V.sum(axis=0), where=V.any(axis=0), out=np.zeros_like(V))
    D[1, 1] = 1
    np.testing.assert_allclose(table.Z, D @ U, rtol=1e-12, atol=1e-12)


def test_inputs_of_an_industry_without_output_stay_with_its_own_product(written):
    def without_coal(T):
        T[1, 3:6] = 0  # the products of Coal in AUS
        return T

    change(written, "T", without_coal)
    with pytest.warns(IoeconWarning, match="Inputs of industries without output are kept with "):
        table = read(written, construct="industry-technology")
    _, U, _, W = blocks(written)
    assert table.Z.sum() == pytest.approx(U.sum())
    assert table.primary_inputs.sum() == pytest.approx(W.sum())


def put(row, column, value):
    def edit(values):
        values = values.copy()
        values[row, column] = value
        return values

    return edit


@pytest.mark.parametrize(
    ("part", "edit", "says"),
    [
        ("T", lambda T: T[:-2], "has 22 rows where GLORIA_ReadMe_059.xlsx calls for 24"),
        ("T", lambda T: np.vstack([T, T[:1]]), "has 25 rows where .* calls for 24"),
        ("T", lambda T: T[:, :-1], "has 23 columns where GLORIA_ReadMe_059.xlsx calls for 24"),
        ("Y", lambda Y: Y[:, :-1], "has 23 columns where GLORIA_ReadMe_059.xlsx calls for 24"),
        ("T", put(0, 0, 5), "row 1, AUS industry Wheat, holds 5 in the column of AUS industry "
         "Wheat; it should deliver to products of its own region only"),
        ("T", put(1, 9, 5), "row 2, AUS industry Coal, holds 5 in the column of AUT product Wheat"),
        ("T", put(4, 23, 7), "row 5, AUS product Coal, holds 7 in the column of XAM product Power; "
         "it should deliver to industries only"),
        ("T", put(13, 15, 5), "DYE has flows in rows of DYE, but neither value added nor final"),
        ("T", put(3, 12, 5), "DYE has flows in rows of AUS, but neither value added nor final"),
        ("Y", put(0, 0, 5), "row 1, AUS industry Wheat, has final demand"),
        ("Y", lambda Y: Y[:-1], "Y-Results.* has 23 rows where"),
        ("V", put(2, 3, 5), "row 3 holds 5 in the column of AUS product Wheat, where no product"),
        ("V", lambda V: V[:-1], "V-Results.* has 23 rows where"),
    ],
)  # fmt: skip
def test_matrices_that_do_not_fit_their_labels(written, part, edit, says):
    change(written, part, edit)
    with pytest.raises(ReadError, match=says):
        quietly(written)


@pytest.mark.parametrize("more", [{"regions": (*REGIONS, "NZL")}, {"sectors": (*SECTORS, "Steel")}])
def test_labels_of_a_region_or_sector_too_many(written, tmp_path, more):
    sizes = {"regions": REGIONS, "sectors": SECTORS} | more
    write_gloria(tmp_path / "other", **sizes)
    shutil.copy(tmp_path / "other" / "GLORIA_ReadMe_059.xlsx", written)
    says = r"V-Results.* has 24 columns where GLORIA_ReadMe_059\.xlsx calls for (30|32) \("
    with pytest.raises(ReadError, match=says):
        quietly(written)


@pytest.mark.parametrize("sheet", ["Regions", "Sectors", "Value added and final demand"])
def test_a_readme_without_a_sheet_or_column(written, sheet):
    import openpyxl

    path = written / "GLORIA_ReadMe_059.xlsx"
    book = openpyxl.load_workbook(path)
    heading = book[sheet].cell(1, 2).value
    book[sheet].cell(1, 2).value = "renamed"
    book.save(path)
    with pytest.raises(ReadError, match=f"sheet '{sheet}' has no column {heading}"):
        quietly(written)
    del book[sheet]
    book.save(path)
    with pytest.raises(ReadError, match=f"has no sheet '{sheet}'"):
        quietly(written)


def test_a_readme_whose_first_valuation_is_another(written):
    import openpyxl

    path = written / "GLORIA_ReadMe_059.xlsx"
    book = openpyxl.load_workbook(path)
    book["Valuations"].cell(2, 2).value = "Trade margins"
    book.save(path)
    with pytest.raises(ReadError, match="Markup001, should be basic prices"):
        quietly(written)


def test_numbers_with_a_decimal_comma(written):
    (file,) = written.glob("GLORIA_MRIOs_*/*_T-*.csv")
    file.write_text(file.read_text().replace(",", ";").replace(".", ","))
    with pytest.raises(
        ReadError, match=r"line 1 has 4 numbers where there should be 24\. .*between ';'"
    ):
        quietly(written)


def test_a_cut_off_file(written):
    (file,) = written.glob("GLORIA_MRIOs_*/*_T-*.csv")
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(ReadError, match="line 24 has"):
        quietly(written)


@pytest.mark.parametrize("part", ["T", "Y", "V"])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_matrix_that_is_missing(tmp_path, part, zipped):
    folder = write_gloria(tmp_path / "g")
    (place,) = folder.glob("GLORIA_MRIOs_*")
    next(place.glob(f"*_{part}-*")).unlink()
    if zipped:
        shutil.make_archive(str(place), "zip", place)
        shutil.rmtree(place)
    with pytest.raises(ReadError, match=f"one file …{part}-Results_…_Markup001"):
        read(folder, year=2022)


def test_without_the_labels(tmp_path):
    folder = write_gloria(tmp_path / "g", readme=False)
    with pytest.raises(ReadError, match=r"There is no GLORIA_ReadMe_059\.xlsx beside"):
        read(folder)
    write_gloria(tmp_path / "g", release="057")
    shutil.rmtree(folder / "GLORIA_MRIOs_57_2022")
    with pytest.raises(ReadError, match=r"there is GLORIA_ReadMe_057\.xlsx, but the matrices "):
        read(folder)


def test_an_older_release_is_warned_of(tmp_path):
    folder = write_gloria(tmp_path / "g", release="057")
    with pytest.warns(IoeconWarning, match="is of release 057"):
        read(folder)


def test_files_of_another_database(tmp_path):
    (tmp_path / "Z.txt").write_text("region\tsector\n")
    with pytest.raises(ReadError, match="holds no file like GLORIA_MRIOs_59_YYYY"):
        read(tmp_path)
    with pytest.raises(ReadError, match=r"Z\.txt is no matrix or zip of GLORIA"):
        read(tmp_path / "Z.txt")


def test_labels_that_stand_twice(tmp_path):
    folder = write_gloria(tmp_path / "g", sectors=("Wheat", "Coal", "Coal"))
    with pytest.raises(ReadError, match="names the sector Coal more than once"):
        read(folder)
    folder = write_gloria(tmp_path / "h", regions=("AUS", "AU", "AUT"))
    with pytest.raises(ReadError, match="the regions AUS, AU are all the country AUS"):
        read(folder)


def test_a_region_that_is_no_country_keeps_its_acronym(tmp_path):
    folder = write_gloria(tmp_path / "g", regions=("AUS", "CSK", "USR", "DYE"), empty=("DYE",))
    with pytest.warns(IoeconWarning, match="the regions CSK are no country of ISO 3166"):
        table = read(folder)
    assert table.countries == ("AUS", "CSK", "XSU")


def test_a_year_that_is_there_twice(tmp_path):
    folder = write_gloria(tmp_path / "g")
    (place,) = folder.glob("GLORIA_MRIOs_*")
    shutil.make_archive(str(place), "zip", place)
    with pytest.warns(IoeconWarning, match=r"has 2022 twice, with equal content: GLORIA_MRIOs"):
        read(folder)
    shutil.copytree(place, folder / "GLORIA_again")
    with pytest.raises(ReadError, match="has a year of GLORIA twice"):
        read(folder)


def test_options_by_name(tmp_path):
    folder = write_gloria(tmp_path / "g")
    with pytest.raises(ReadError, match="GLORIA at purchasers' prices is not read: Markup002 to"):
        read(folder, valuation="purchasers")
    with pytest.raises(ArgumentError, match="construct of the format 'gloria' is"):
        read(folder, construct="D")
    with pytest.raises(ReadError, match="has no table of 2021"):
        read(folder, year=2021)
