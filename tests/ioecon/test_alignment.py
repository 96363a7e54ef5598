"""Labels of frames and series count, and what counts as a number is decided once."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import IOSeries, IOTable
from ioecon.errors import IoeconError, LabelError, TableError

COUNTRIES, SECTORS, USES = ["AUS", "NZL"], ["a", "b"], ["final", "stocks"]
ROWS = pd.MultiIndex.from_product([COUNTRIES, SECTORS])
DEMAND = pd.MultiIndex.from_product([COUNTRIES, USES])
Z = pd.DataFrame(np.arange(16.0).reshape(4, 4) + 1, index=ROWS, columns=ROWS)
Y = pd.DataFrame(np.arange(16.0).reshape(4, 4) + 100, index=ROWS, columns=DEMAND)
X = pd.Series(np.arange(4.0) + 7, index=ROWS)
SHUFFLED = [2, 0, 3, 1]


def table(**changes) -> IOTable:
    given = {
        "Z": Z, "Y": Y, "countries": COUNTRIES, "sectors": SECTORS, "categories": USES,
        "year": 2005,
    }  # fmt: skip
    return IOTable(**(given | changes))


@pytest.mark.parametrize("own", [SHUFFLED, [3, 2, 1, 0], [0, 1, 2, 3]])
@pytest.mark.parametrize("other", [SHUFFLED[::-1], [0, 1, 2, 3]])
def test_rows_and_columns_are_aligned_each_by_its_own_labels(own: list, other: list) -> None:
    mixed = table(
        Z=Z.iloc[own, other],
        Y=Y.iloc[other, own],
        printed_output=X.iloc[own],
        imports=X.iloc[other],
        exports=X.iloc[own],
        primary_inputs=pd.DataFrame([X, 2 * X], index=["tax", "wages"]).iloc[::-1, other],
        primary_labels=["tax", "wages"],
    )
    np.testing.assert_array_equal(mixed.Z, Z)
    np.testing.assert_array_equal(mixed.Y, Y)
    np.testing.assert_array_equal(mixed.printed_output, X)
    np.testing.assert_array_equal(mixed.imports, X)
    np.testing.assert_array_equal(mixed.exports[:, 0], X)
    np.testing.assert_array_equal(mixed.primary_inputs, [X, 2 * X])


def test_exports_by_destination_are_aligned() -> None:
    exports = pd.DataFrame({"EU": X, "China": 10 * X}).iloc[SHUFFLED]
    mixed = table(exports=exports, export_labels=["China", "EU"])
    np.testing.assert_array_equal(mixed.exports, np.column_stack([10 * X, X]))
    one = table(exports=X.rename("abroad").to_frame().iloc[SHUFFLED])
    np.testing.assert_array_equal(one.exports[:, 0], X)


def relabelled(frame: pd.DataFrame, rows: object = None, columns: object = None) -> pd.DataFrame:
    frame = frame if rows is None else frame.set_axis(rows, axis=0)
    return frame if columns is None else frame.set_axis(columns, axis=1)


WRONG = pd.MultiIndex.from_product([COUNTRIES, ["a", "c"]])
TWICE = ROWS[[0, 0, 2, 3]]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (relabelled(Z, WRONG), "rows of Z of 2005 lack AUS b, NZL b and have AUS c, NZL c"),
        (relabelled(Z, None, WRONG), "columns of Z of 2005 lack AUS b"),
        (relabelled(Z, TWICE), "AUS a more than once"),
        (Z.drop(("NZL", "b")), "lack NZL b"),
        (relabelled(Z, ROWS.swaplevel()), r"levels are swapped.*\(country, sector\)"),
        (relabelled(Z, range(4)), "labels on one axis and none on its rows"),
        (relabelled(Z, None, range(4)), "none on its columns"),
        (relabelled(Z, [f"{c}_{s}" for c, s in ROWS]), r"labelled by 1 level\(s\).*AUS_a"),
        (relabelled(Z, range(1, 5), range(1, 5)), "labelled by 1 level.*1"),
        (relabelled(Z, [2, 0, 1, 3], [2, 0, 1, 3]), "labelled by 1 level"),
        (relabelled(Z, [*ROWS[:3], (np.nan, "b")]), "no label at position 4"),
        (relabelled(Z, pd.MultiIndex.from_product([COUNTRIES, SECTORS, [1]])), "3 level"),
    ],
)
def test_labels_that_do_not_fit_are_refused(frame: pd.DataFrame, words: str) -> None:
    with pytest.raises(LabelError, match=words):
        table(Z=frame)


def test_names_of_levels_tell_them_apart_where_labels_do_not() -> None:
    labels = ["1", "2"]
    index = pd.MultiIndex.from_product([labels, labels], names=["country", "sector"])
    frame = pd.DataFrame(np.arange(16.0).reshape(4, 4), index=index, columns=index)
    turned = frame.swaplevel(axis=0).swaplevel(axis=1)
    given = {"countries": labels, "sectors": labels, "Y": np.ones((4, 4))}
    np.testing.assert_array_equal(table(**given, Z=turned).Z, frame)
    named = frame.rename_axis(index=["region", "industry"]).swaplevel(axis=0)
    np.testing.assert_array_equal(table(**given, Z=named).Z, frame)
    unnamed = frame.rename_axis(index=[None, None], columns=[None, None])
    np.testing.assert_array_equal(table(**given, Z=unnamed).Z, frame)


def test_plain_numbering_is_no_label_and_codes_may_be_numbers() -> None:
    np.testing.assert_array_equal(table(Z=pd.DataFrame(Z.to_numpy())).Z, Z)
    rows = pd.MultiIndex.from_product([COUNTRIES, [2, 1]])
    numbered = table(sectors=[1, 2], Z=relabelled(Z, rows, rows), Y=Y.to_numpy())
    np.testing.assert_array_equal(numbered.Z, Z.to_numpy()[np.ix_([1, 0, 3, 2], [1, 0, 3, 2])])


def test_one_country_or_one_sector_needs_one_level() -> None:
    one = IOTable(
        Z=pd.DataFrame([[1, 2], [3, 4]], index=["b", "a"], columns=["b", "a"]),
        Y=pd.DataFrame({"final": [5, 6]}, index=["b", "a"]),
        countries=["AUS"], sectors=["a", "b"], categories=["final"], year=2005,
    )  # fmt: skip
    np.testing.assert_array_equal(one.Z, [[4, 3], [2, 1]])
    np.testing.assert_array_equal(one.Y, [[6], [5]])


@pytest.mark.parametrize(
    "convert",
    [
        lambda v: v.astype("int8"), lambda v: v.astype("uint16"), lambda v: v.astype("float32"),
        lambda v: v.astype(object), lambda v: v.astype("Int64"), lambda v: v.astype("Float64"),
        lambda v: v.astype("int64[pyarrow]"), lambda v: v.map(lambda n: Decimal(int(n))),
        lambda v: v.map(lambda n: Fraction(int(n))), lambda v: v.astype(np.longdouble),
    ],
)  # fmt: skip
def test_numbers_of_any_width_are_numbers(convert) -> None:
    np.testing.assert_array_equal(table(printed_output=convert(X)).printed_output, X)
    wide = Z.apply(convert)
    assert table(Z=wide).Z.dtype == np.float64
    np.testing.assert_array_equal(table(Z=wide).Z, Z)


@pytest.mark.parametrize(
    "convert",
    [
        lambda v: v > 8, lambda v: (v > 8).astype("boolean"), lambda v: (v > 8).astype(object),
        lambda v: v.astype(str), lambda v: v.astype("string"), lambda v: v.astype("category"),
        lambda v: v + 0j, lambda v: (v + 0j).astype(object), lambda v: pd.to_datetime(v),
        lambda v: pd.to_timedelta(v), lambda v: v.astype(int).map(bytes),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_everywhere(convert) -> None:
    odd = convert(X)
    for field in ("printed_output", "imports", "exports"):
        with pytest.raises(TableError, match="must be numbers"):
            table(**{field: odd})
        if odd.dtype != "category":  # whose values are numbers
            with pytest.raises(TableError, match="must be numbers"):
                table(**{field: odd.to_numpy()})
    with pytest.raises(TableError, match="must be numbers"):
        table(Z=Z.apply(convert))


def test_missing_numbers_are_left_to_the_audit_which_names_them() -> None:
    gap = X.astype("Int64")
    gap.iloc[2] = pd.NA
    assert "NZL a" in table(printed_output=gap).audit()["non_finite_printed"].place
    assert "AUS b" in table(Z=Z.astype(object).mask(Z == 5, None)).audit()["non_finite"].place


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.ma.masked_less(Z.to_numpy(), 5), "masked"),
        ([Z.iloc[k] for k in range(4)], "pandas.concat"),
        (Z.to_dict(), "dict"),
        (pd.concat([Z] * 2), "more than once"),
        (X, r"shape \(4,\)"),
    ],
)
def test_containers_that_would_lose_labels_are_refused(values, words) -> None:
    with pytest.raises(TableError, match=words):
        table(Z=values)


def test_labels_of_other_libraries_are_not_dropped() -> None:
    xarray = pytest.importorskip("xarray")
    with pytest.raises(TableError, match="to_pandas"):
        table(Z=xarray.DataArray(Z.to_numpy()))


COUNTS = pd.MultiIndex.from_product([COUNTRIES, [2005]], names=["country", "year"])
CO2 = pd.Series([8.0, 20.0], index=COUNTS)


@pytest.mark.parametrize(
    ("emissions", "right"),
    [
        (CO2.iloc[::-1], True), (CO2.swaplevel(), True), (CO2.astype("Int64"), True),
        (CO2.map(lambda v: Decimal(int(v))), True), (CO2.astype(str), False),
        (CO2 > 9, False), (CO2.astype(object) > 9, False), (CO2 + 0j, False),
        (CO2.rename_axis(["sector", "year"]), False), (CO2.droplevel("year"), False),
        (CO2.astype("category"), False),
    ],
)  # fmt: skip
def test_emissions_go_by_their_labels(emissions, right) -> None:
    if right:
        k = ioecon.emission_coefficients(table(), emissions)
        assert (k * table().x).groupby(level=0).sum().tolist() == pytest.approx([8, 20])
    else:
        with pytest.raises(IoeconError):
            ioecon.emission_coefficients(table(), emissions)


@pytest.fixture(scope="module")
def moved(make_table) -> ioecon.Transfers:
    same = {"countries": 2, "sectors": 2}
    first, last = make_table(3, year=2000, **same), make_table(3, year=2001, **same)
    labels = {"countries": ["1", "2"], "sectors": ["1", "2"]}
    return ioecon.transfers(first.replace(**labels), last.replace(**labels))


LABELS = pd.MultiIndex.from_product([["1", "2"], ["1", "2"]], names=["region", "sector"])
K = pd.Series([1.0, 2.0, 3.0, 4.0], index=LABELS)


def test_coefficients_go_by_the_names_of_their_levels(moved) -> None:
    right = ioecon.carbon_transfer(moved, K).coefficients0
    square = pd.DataFrame(right, index=["1", "2"], columns=["1", "2"])
    named = square.rename_axis(index="region", columns="sector")
    np.testing.assert_array_equal(right, [[1, 2], [3, 4]])
    for same in (
        K.swaplevel(), K.iloc[::-1], named, named.T, named.rename_axis(columns=None),
        K.rename_axis([None, None]), K.astype("Int64"),
        K.set_axis(pd.MultiIndex.from_product([[1, 2], [1.0, 2.0]])),
        pd.concat({2000: K, 2001: K}, names=["year"]),
    ):  # fmt: skip
        np.testing.assert_array_equal(ioecon.carbon_transfer(moved, same).coefficients0, right)
    with pytest.raises(IoeconError, match=r"cannot be told.*rename_axis"):
        ioecon.carbon_transfer(moved, square)
    more = pd.concat([K, pd.Series([9.0], index=pd.MultiIndex.from_tuples([("2", "3")]))])
    with pytest.raises(IoeconError, match="2 3, sectors that the flows do not have"):
        ioecon.carbon_transfer(moved, more)
    for odd in (K > 2, K.astype(str), K + 0j, K.astype("category")):
        with pytest.raises(IoeconError, match="must be numbers"):
            ioecon.carbon_transfer(moved, odd)


def test_given_numbers_of_the_index_go_by_their_labels(make_world) -> None:
    series, _ = make_world(seed=23)
    output = pd.DataFrame({year: t.x for year, t in series.items()}, index=series[2000].index)
    right = ioecon.transfer_index(series).by_country()
    for same in (
        output.iloc[::-1], output[[2002, 2000, 2001]], output.swaplevel(),
        output.rename(columns=str), output.assign(**{"1999": 1.0}),
    ):  # fmt: skip
        pd.testing.assert_frame_equal(ioecon.transfer_index(series, of=same).by_country(), right)
    extra = pd.concat([output, output.iloc[:1].rename(index={"s1": "s9"})])
    for odd, words in (
        (extra, "s9, which the table lacks"), (output.astype(str), "must be numbers"),
        (output.rename_axis([None, None]).swaplevel(), "swapped"), (output[2000], "a Series"),
        (output > 50, "must be numbers"),
    ):  # fmt: skip
        with pytest.raises(TableError, match=words):
            ioecon.transfer_index(series, of=odd)


def test_a_list_of_tables_is_a_series() -> None:
    first = table()
    last = first.replace(year=2006)
    for given in (
        [last, first],
        (first, last),
        iter([first, last]),
        pd.Series([first, last], [2005, 2006]),
    ):
        assert IOSeries(given).years == (2005, 2006)
    assert IOSeries([last, first])[2005] is first


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([table(), table()], "Two tables are of 2005"),
        ({2005: table(), "2005": table()}, "Two tables are of 2005"),
        ({2005.5: table()}, "whole number"),
        ({True: table()}, "whole number"),
        (table(), "not of IOTable"),
        ([1, 2], "not of int"),
        ({2005: "wiot.xlsx"}, "not of str"),
        ([lambda: table()], "not of function"),
        (None, "not of NoneType"),
        ([], "at least one"),
    ],
)  # fmt: skip
def test_what_is_no_series_is_refused_in_one_sentence(given, words) -> None:
    with pytest.raises(TableError, match=words):
        IOSeries(given)
