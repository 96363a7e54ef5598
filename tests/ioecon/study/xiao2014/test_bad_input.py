"""A study of transfers refuses what cannot be compared, and leaves nothing behind."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.errors import EmissionsError, LabelError, ReadError, StudyError, TableError
from ioecon.study import TransferResults, results_files, run_study
from ioecon.study.steps import failed_step

NAMES = ("AUT", "BEL", "CHE", "DEU")
SECTORS = ("a", "b")
STUDY = """
kind = "xiao2014"
title = "Small"

[tables]
format = "regional"
path = "tables"
"""
FROM_EMISSIONS = '\n[emissions]\nfile = "co2.csv"\n'
FROM_FILE = '\n[coefficients]\nfile = "k.csv"\nunit = "kt per million USD"\n'
Write = Callable[..., Path]


def table(year: int, *, exports: bool = False, names: tuple[str, ...] = NAMES) -> ioecon.IOTable:
    draw = np.random.default_rng(year)
    n = len(names) * len(SECTORS)
    return ioecon.IOTable(
        Z=draw.uniform(1, 10, (n, n)),
        Y=draw.uniform(40, 90, (n, len(names))),
        countries=names,
        sectors=SECTORS,
        categories=("final",),
        year=year,
        exports=draw.uniform(5, 20, n) if exports else None,
    )


def coefficients(names: tuple[str, ...] = NAMES) -> pd.DataFrame:
    rows = [(name, sector, 0.5 + k) for k, name in enumerate(names) for sector in SECTORS]
    return pd.DataFrame(rows, columns=["region", "sector", "coefficient"])


@pytest.fixture
def small(tmp_path: Path) -> Write:
    """Write a small study of two tables in ioecon's own format; return the study file."""

    def write(
        text: str = FROM_FILE,
        *,
        tables: tuple[ioecon.IOTable, ...] | None = None,
        k: pd.DataFrame | None = None,
    ) -> Path:
        folder = tmp_path / "study"
        folder.mkdir()
        for each in tables or (table(2002), table(2007)):
            ioecon.write_table(each, folder / "tables" / str(each.year))
        (coefficients() if k is None else k).to_csv(folder / "k.csv", index=False)
        keys = pd.MultiIndex.from_product([NAMES, (2002, 2007)], names=["iso3", "year"])
        draw = np.random.default_rng(5).uniform(900, 1100, len(keys))
        pd.Series(draw, index=keys, name="co2_kt").to_csv(folder / "co2.csv")
        file = folder / "study.toml"
        top, _, sections = text.partition("---")
        head = STUDY.replace("[tables]", f"{top if sections else ''}\n[tables]")
        body = sections or text
        file.write_text(head.replace('"regional"', '"ioecon"') + body, encoding="utf-8")
        return file

    return write


def run(file: Path, tmp_path: Path) -> TransferResults:
    found = run_study(file, tmp_path / "results")
    assert isinstance(found, TransferResults)
    return found


def test_the_small_study_runs(small: Write, tmp_path: Path) -> None:
    found = run(small(), tmp_path)
    assert found.regions == NAMES
    assert {item.name for item in found.inputs} >= {"study.toml", "k.csv"}
    assert not found.accounts  # emissions of the base year are not known
    assert not (found.folder / "published.md").exists()
    assert "both years at the coefficients of 2007" in (
        found.folder / "tables" / "table5.txt"
    ).read_text(encoding="utf-8")


def test_emissions_in_place_of_coefficients(small: Write, tmp_path: Path) -> None:
    found = run(small(FROM_EMISSIONS), tmp_path)
    assert set(found.accounts) == {2002, 2007}
    emitted = pd.read_csv(tmp_path / "study" / "co2.csv").groupby("year")["co2_kt"].sum()
    assert found.emissions["Total"].last.sum() == pytest.approx(emitted[2007])


@pytest.mark.parametrize(
    ("tables", "error", "message"),
    [
        (
            (table(2002), table(2007, names=("AUT", "BEL", "CHE", "ESP"))),
            LabelError,
            "only in 2002: DEU; only in 2007: ESP",
        ),
        (
            (table(2002), table(2007).replace(price_basis="previous-year")),
            TableError,
            "price basis of 2002 is 'current', of 2007 'previous-year'",
        ),
    ],
)
def test_tables_that_cannot_be_compared(
    small: Write,
    tmp_path: Path,
    tables: tuple[ioecon.IOTable, ...],
    error: type[Exception],
    message: str,
) -> None:
    file = small(tables=tables)
    with pytest.raises(error, match=message) as caught:
        run(file, tmp_path)
    assert str(failed_step(caught.value)).startswith("Reading the tables")
    assert {path.name for path in tmp_path.iterdir()} == {"study"}


@pytest.mark.parametrize("years", [(2002, 2005, 2007), (2002,)])
def test_two_years_are_named_before_a_table_is_read(
    small: Write, tmp_path: Path, years: tuple[int, ...]
) -> None:
    file = small(tables=tuple(map(table, years)))
    there = ", ".join(map(str, years))
    with pytest.raises(StudyError, match=f"and the tables have {there}; name two") as caught:
        run(file, tmp_path)
    assert failed_step(caught.value) == "Checking the study (study.toml)"
    assert {path.name for path in tmp_path.iterdir()} == {"study"}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda k: k[k["region"] != "CHE"], EmissionsError, "2 emission .* missing: CHE a, CHE b"),
        (lambda k: k.drop(index=1), EmissionsError, "there is no emission coefficient of AUT b"),
        (
            lambda k: k.assign(coefficient=-k["coefficient"]),
            EmissionsError,
            "negative is the emission coefficient of AUT a",
        ),
        (lambda k: pd.concat([k, k.head(1)]), EmissionsError, "more than once .* of AUT a"),
        (lambda k: k.assign(coefficient="x"), ReadError, "AUT a, .* holds 'x' instead of a number"),
        (
            lambda k: k.assign(remark=1.0),
            ReadError,
            "should be one column of coefficients, not coefficient, remark",
        ),
    ],
)
def test_coefficients_that_cannot_be_used(
    small: Write,
    tmp_path: Path,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    error: type[Exception],
    message: str,
) -> None:
    file = small(k=change(coefficients()))
    with pytest.raises(error, match=message) as caught:
        run(file, tmp_path)
    steps = ("Checking the study (study.toml)", "Reading the coefficients (k.csv)")
    assert failed_step(caught.value) in steps  # what needs the table to be known comes second
    assert not (tmp_path / "results").exists()


EXPORTS = FROM_FILE + '[[drivers]]\nname = "Sold abroad"\ndriven_by = "exports"\n'
GROUPS = '[regions]\ngroups = { West = ["AUT", "BEL"], East = ["CHE", "DEU"] }\n'


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (EXPORTS, StudyError, r"drivers\[1\].driven_by: the tables have no column of exports"),
        (EXPORTS.replace("exports", "fnal"), StudyError, "names 'fnal'; did you mean 'final'"),
        (
            EXPORTS.replace('"exports"', '["final_demand", "final"]'),
            StudyError,
            "both contain final; the total would count it twice",
        ),
        (
            FROM_EMISSIONS + GROUPS.replace('"DEU"', '"FRA"'),
            LabelError,
            "countries the table lacks: FRA",
        ),
        (
            'analysed = ["Wset"]\n---' + FROM_EMISSIONS + GROUPS,
            StudyError,
            "analysed names 'Wset', which is no region; did you mean 'West'",
        ),
        (FROM_EMISSIONS.replace("co2.csv", "none.csv"), ReadError, r"none\.csv"),
        (
            '[regions]\nfile = "none.csv"\n' + FROM_EMISSIONS,
            ReadError,
            r"regions\.file: there is no",
        ),
    ],
)
def test_a_mistake_in_the_study_leaves_nothing(
    small: Write, tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    file = small(text)
    with pytest.raises(error, match=message):
        run(file, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"study"}


def test_emissions_that_are_missing_are_named(small: Write, tmp_path: Path) -> None:
    file = small(FROM_EMISSIONS)
    path = file.parent / "co2.csv"
    pd.read_csv(path).query("iso3 != 'BEL'").to_csv(path, index=False)
    with pytest.raises(EmissionsError, match="BEL"):
        run(file, tmp_path)


def test_groups_are_computed_from_the_grouped_table(small: Write, tmp_path: Path) -> None:
    found = run(small(FROM_EMISSIONS + GROUPS), tmp_path)
    assert found.regions == ("West", "East")
    groups = {"AUT": "West", "BEL": "West", "CHE": "East", "DEU": "East"}
    first, last = (table(year).aggregate(regions=groups) for year in (2002, 2007))
    moved = ioecon.transfers(first, last)
    np.testing.assert_allclose(found.transfers["Total"].net(), moved.net())
    assert found.aggregation is not None
    after = ioecon.transfers(table(2002), table(2007)).net().groupby(groups, sort=False).sum()
    compared = found.aggregation.by_region()["net_transfer"]
    np.testing.assert_allclose(compared["summed_afterwards"], after)
    np.testing.assert_allclose(compared["aggregated_first"], moved.net())
    assert "aggregation" in found.tables


def test_exports_to_those_not_analysed(small: Write, tmp_path: Path) -> None:
    text = 'analysed = ["West"]\n---' + FROM_EMISSIONS
    text += '[regions]\ngroups = { West = ["AUT"], North = ["BEL"], East = ["CHE", "DEU"] }\n'
    text = text.replace('["West"]', '["West", "North"]') + '[destinations]\nOver = ["East"]\n'
    found = run(small(text), tmp_path)
    assert list(found.transfers) == ["Final demand", "Exports", "Total"]
    inside = [table(year).within(["AUT", "BEL"]) for year in (2002, 2007)]
    moved = ioecon.transfers(*inside, driven_by="exports")
    np.testing.assert_allclose(found.transfers["Exports"].net(), moved.net())


def test_each_years_own_coefficients(small: Write, tmp_path: Path) -> None:
    found = run(small(FROM_EMISSIONS + '[coefficients]\nat = "each"\n'), tmp_path)
    np.testing.assert_allclose(found.carbon["Total"].first, found.emissions["Total"].first)
    assert "at each year's coefficients" in (found.folder / "tables" / "table3.txt").read_text(
        encoding="utf-8"
    )


def test_a_failure_at_the_last_step_leaves_nothing(
    small: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = small()

    def fail(_: object) -> str:
        raise MemoryError("no room")

    monkeypatch.setattr(results_files, "page_html", fail)
    with pytest.raises(MemoryError) as caught:
        run(file, tmp_path)
    assert failed_step(caught.value) == "Drawing and writing"
    assert {path.name for path in tmp_path.iterdir()} == {"study"}


def test_names_are_escaped(small: Write, tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script>"
    found = run(small(f'notes = ["{nasty}"]\n---{FROM_FILE}[labels]\na = "{nasty}"\n'), tmp_path)
    source = (found.folder / "index.html").read_text(encoding="utf-8")
    assert "<script" not in source
    assert "&lt;script&gt;" in source


def test_each_years_coefficients_need_a_column_of_years(small: Write, tmp_path: Path) -> None:
    file = small(FROM_FILE + 'at = "each"\n')
    with pytest.raises(EmissionsError, match="these have no column 'year'"):
        run(file, tmp_path)


def test_the_unit_of_coefficients_is_never_assumed(small: Write, tmp_path: Path) -> None:
    with pytest.raises(EmissionsError, match="does not say the unit of its coefficients"):
        run(small(FROM_FILE.replace("unit = ", "# ")), tmp_path)


def test_coefficients_per_another_unit_than_the_flows_are_refused(
    small: Write, tmp_path: Path
) -> None:
    with pytest.raises(EmissionsError, match="in kt per billion USD, the flows in million USD"):
        run(small(FROM_FILE.replace("million", "billion")), tmp_path)


def test_exports_of_one_year_alone_are_a_gap(small: Write, tmp_path: Path) -> None:
    pair = (table(2002), table(2007, exports=True))
    with pytest.raises(StudyError, match="table of 2002 has no exports and that of the other"):
        run(small(tables=pair), tmp_path)
