"""``IOTable.from_frames``: labels are taken from the frames, and everything is aligned by them."""

import numpy as np
import pandas as pd
import pytest

from ioecon import IOTable
from ioecon.errors import LabelError, TableError

COUNTRIES, SECTORS, CATEGORIES = ("NZL", "AUS"), ("farms", "power", "rest"), ("hh", "gov")
ROWS = pd.MultiIndex.from_product([COUNTRIES, SECTORS], names=["region", "sector"])
USES = pd.MultiIndex.from_product([COUNTRIES, CATEGORIES], names=["region", "category"])


def frames() -> dict:
    draws = np.random.default_rng(3)
    return {
        "Z": pd.DataFrame(draws.uniform(1, 9, (6, 6)), ROWS, ROWS),
        "Y": pd.DataFrame(draws.uniform(1, 9, (6, 4)), ROWS, USES),
        "exports": pd.DataFrame(draws.uniform(1, 9, (6, 2)), ROWS, ["EU", "other"]),
        "imports": pd.Series(draws.uniform(0, 1, 6), ROWS),
        "printed_output": pd.Series(draws.uniform(50, 60, 6), ROWS),
        "discrepancies": pd.Series(draws.uniform(0, 1, 6), ROWS),
        "primary_inputs": pd.DataFrame(draws.uniform(1, 9, (2, 6)), ["wages", "taxes"], ROWS),
        "final_inputs": pd.DataFrame(draws.uniform(1, 9, (2, 4)), ["wages", "taxes"], USES),
    }


def direct() -> IOTable:
    given = {name: frame.to_numpy() for name, frame in frames().items()}
    return IOTable(
        **given,
        countries=COUNTRIES,
        sectors=SECTORS,
        categories=CATEGORIES,
        primary_labels=("wages", "taxes"),
        export_labels=("EU", "other"),
        year=2005,
        unit="thousand",
        currency="EUR",
        price_basis="constant 2000",
        sector_names=("Farms", "Power", "Rest"),
    )


def require_same(table: IOTable, wanted: IOTable) -> None:
    for name in ("countries", "sectors", "categories", "export_labels", "sector_names", "unit",
                 "currency", "price_basis", "year"):  # fmt: skip
        assert getattr(table, name) == getattr(wanted, name), name
    for name in ("Z", "Y", "x", "exports", "imports", "printed_output", "discrepancies"):
        np.testing.assert_array_equal(getattr(table, name), getattr(wanted, name))
    order = [table.primary_labels.index(label) for label in wanted.primary_labels]
    np.testing.assert_array_equal(table.primary_inputs[order], wanted.primary_inputs)
    np.testing.assert_array_equal(table.final_inputs[order], wanted.final_inputs)


SETTINGS = {"year": 2005, "unit": "thousand", "currency": "EUR", "price_basis": "constant 2000"}
NAMES = {"rest": "Rest", "farms": "Farms", "power": "Power"}


@pytest.mark.parametrize("seed", range(4))
def test_frames_in_any_order_give_the_same_table(seed: int) -> None:
    mixed = frames()
    for number, (name, frame) in enumerate(mixed.items()):
        rows = "sample" if name != "Z" else "copy"  # Z's rows set the order of the labels
        draw = {"frac": 1, "random_state": 10 * seed + number} if rows == "sample" else {}
        frame = getattr(frame, rows)(**draw)
        if frame.ndim == 2 and name not in ("Y", "exports"):
            frame = frame.sample(frac=1, axis=1, random_state=seed)
        mixed[name] = frame
    mixed["Y"] = mixed["Y"].iloc[:, [2, 0, 1, 3]]
    table = IOTable.from_frames(**mixed, **SETTINGS, sector_names=NAMES)
    assert table.categories == CATEGORIES
    require_same(table, direct())


@pytest.mark.parametrize(
    "relabel",
    [
        lambda index: index.set_names([None, None]),
        lambda index: index.swaplevel(),
        lambda index: index.set_names(["Country", "industry"]),
        lambda index: index.to_flat_index(),
    ],
    ids=["no names", "swapped but named", "other names", "tuples"],
)
def test_levels_go_by_their_names_or_their_places(relabel) -> None:
    given = frames()
    given["Z"] = given["Z"].set_axis(relabel(ROWS)).set_axis(relabel(ROWS), axis=1)
    table = IOTable.from_frames(**given, **SETTINGS, sector_names=NAMES)
    require_same(table, direct())


def test_single_precision_is_widened_without_loss() -> None:
    given = {name: frame.astype("float32") for name, frame in frames().items()}
    given["Z"] = given["Z"].sample(frac=1, axis=1, random_state=1)
    table = IOTable.from_frames(**given, **SETTINGS, sector_names=NAMES)
    assert table.Z.dtype == table.Y.dtype == table.x.dtype == np.float64
    np.testing.assert_array_equal(table.Z, direct().Z.astype("float32"))
    np.testing.assert_array_equal(table.final_inputs, direct().final_inputs.astype("float32"))


def test_final_inputs_by_country_or_without_labels() -> None:
    given = {name: frames()[name] for name in ("Z", "primary_inputs")}
    given["Y"] = frames()["Y"].T.groupby(level=0).sum().T
    given["final_inputs"] = frames()["final_inputs"].T.groupby(level=0).sum().T
    table = IOTable.from_frames(**given, year=2005)
    assert table.final_inputs[0, 0] == frames()["final_inputs"].loc["wages", "NZL"].sum()
    given["final_inputs"] = pd.DataFrame(given["final_inputs"].to_numpy())
    with pytest.raises(LabelError, match="columns of final inputs are numbered and carry no"):
        IOTable.from_frames(**given, year=2005)


def test_numbers_as_codes_and_one_category() -> None:
    rows = pd.MultiIndex.from_product([["AUS"], [1, 2]])
    table = IOTable.from_frames(
        pd.DataFrame([[1, 2], [3, 4]], rows, rows), pd.DataFrame({"AUS": [5, 6]}, rows), year="2005"
    )
    assert (table.sectors, table.categories) == (("1", "2"), ("final demand",))
    np.testing.assert_array_equal(table.x, [8.0, 13.0])


def change(name, function):
    def changed():
        given = frames()
        given[name] = function(given[name])
        return given

    return changed


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (change("Z", lambda z: z.drop(index=("AUS", "power"))), "AUS power"),
        (change("Z", lambda z: z.drop(columns=("AUS", "rest"))), "columns of Z.* lack AUS rest"),
        (change("Y", lambda y: y.drop(index=("NZL", "rest"))), "rows of Y.* lack NZL rest"),
        (change("Y", lambda y: y.drop(columns=("AUS", "gov"))), "columns of Y.* lack AUS gov"),
        (change("Y", lambda y: y.drop(columns=["AUS"], level=0)), "lack the countries AUS"),
        (
            change("Y", lambda y: y.rename(columns={"AUS": "AUT"})),
            "lack the countries AUS and name countries that Z's rows lack: AUT",
        ),
        (
            change("Y", lambda y: y.rename_axis(columns=[None, None]).swaplevel(axis=1)),
            r"labelled \(category, country\)",
        ),
        (
            change("Z", lambda z: z.rename_axis(index=[None, None]).swaplevel()),
            r"rows of Z are labelled \(sector, country\)",
        ),
        (change("Z", lambda z: z.reset_index(drop=True)), "rows of Z are numbered"),
        (change("Z", lambda z: z.droplevel(0)), r"1 level\(s\), farms; .*pandas.concat"),
        (change("Z", lambda z: z.rename(index={"rest": np.nan})), "no sector at position 3"),
        (change("imports", lambda m: m.drop(("AUS", "rest"))), "imports of 2005 lack AUS rest"),
        (change("exports", lambda e: e.rename(index={"rest": "all"})), "have NZL all, AUS all"),
        (change("exports", pd.DataFrame.to_numpy), "exports is a ndarray without labels"),
        (change("printed_output", lambda x: x.reset_index(drop=True)), "printed output are numb"),
        (
            change("primary_inputs", lambda p: pd.concat([p, p.loc[["taxes"]]])),
            "have taxes more than once",
        ),
        (change("primary_inputs", lambda p: p.reset_index(drop=True)), "primary inputs are numb"),
        (
            change("primary_inputs", lambda p: p.set_axis(USES[:2])),
            "labelled by 2 levels, for example NZL hh",
        ),
    ],
)
def test_labels_that_do_not_fit_are_named(given, words: str) -> None:
    with pytest.raises((LabelError, TableError), match=words):
        IOTable.from_frames(**given(), year=2005)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"farms": "Farms"}, "no name for the sectors power, rest"),
        ({**NAMES, "sea": "Sea"}, "sectors the table lacks: sea"),
        (["Farms", "Power", "Rest"], "is a list: give a mapping"),
    ],
)
def test_names_of_sectors_are_complete(names, words: str) -> None:
    with pytest.raises(LabelError, match=words):
        IOTable.from_frames(**frames(), year=2005, sector_names=names)


def test_arrays_are_pointed_to_the_constructor() -> None:
    with pytest.raises(TableError, match=r"Z is a ndarray: .*ioecon.IOTable\(Z="):
        IOTable.from_frames(frames()["Z"].to_numpy(), frames()["Y"], year=2005)
