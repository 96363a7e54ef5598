"""How far each database goes from its files to a regression table, on years of a few rows.

Files are made by ``benchmarks/layouts``. Tables and account are read as a user would, audited,
decomposed, measured by the transfer index, put into a panel and regressed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

import ioecon
import regressions
from benchmarks.layouts import (
    adb,
    ceads,
    emerging,
    eora26,
    exiobase3,
    figaro,
    gloria,
    icio,
    oecd_national,
    wiod,
    wiod_longrun,
    wiod_national,
)
from ioecon import Account, IOSeries, IOTable
from ioecon.errors import IoeconError

__all__ = ["CHAINS", "STEPS", "Chain", "Walk", "checks_of", "walk"]

STEPS = ("audit", "decomposition", "transfer index", "panel", "regression table")
YEARS = range(2010, 2014)
CHECKS = ("labels", "printed output", "sums", "audit")
SEED = 5
_ISO3 = ("AUS", "CHN", "DEU", "FRA", "GBR", "USA", "ROW")


@dataclass(frozen=True)
class Chain:
    """A database: its files, how tables and account are read, and how far they go.

    Parameters
    ----------
    form : str
        Name of the format of its tables.
    write : callable
        ``write(folder, year)``: make the files of a year, those of its account too.
    account : str or tuple of str
        Format of the account that comes with the tables; or the rows of primary inputs that are
        taken for one.
    regions, sectors : int
        How many the files have.
    stressor : str, optional
        Of the account.
    reach : str
        The last of ``STEPS`` that is taken.
    years : sequence of int
    options : mapping
        Of the format of the tables.
    pairs : bool
        Whether a year is compared with the year before in current prices, which is read as
        ``wiod2016-xlsx``.
    """

    form: str
    write: Callable[[Path, int], Any]
    account: str | tuple[str, ...]
    regions: int
    sectors: int
    stressor: str | None = None
    reach: str = STEPS[-1]
    years: Sequence[int] = YEARS
    options: Mapping[str, str] = field(default_factory=dict)
    pairs: bool = False


@dataclass(frozen=True)
class Walk:
    """What was found on the way: checks, the account, the last step, and why there was no next.

    Parameters
    ----------
    checks : dict
        "yes", "no" or "not in the file" by each of ``CHECKS``; the worst of all years.
    account : str
        Name and unit.
    residual : float
        Largest residual of the decomposition.
    steps : list of str
        Those of ``STEPS`` that were taken.
    reason : str
        The error that the next step raised.
    panel : DataFrame or None
    models : list
        The regression, where there is one.
    table : str
        Its table as text.
    """

    checks: dict[str, str]
    account: str = ""
    residual: float = 0.0
    steps: list[str] = field(default_factory=list)
    reason: str = ""
    panel: pd.DataFrame | None = None
    models: list[Any] = field(default_factory=list)
    table: str = ""


def _write_adb(folder: Path, year: int) -> None:
    made = {"year": year, "economies": ("AUS", "PRC", "TAP", "GER", "IND", "UKG"), "sectors": 3}
    adb.write_adb(folder, **made)
    adb.write_emissions(folder, **made)


def _write_emerging(folder: Path, year: int) -> None:
    emerging.write_emerging(folder, year=year, regions=_ISO3, seed=year)
    emerging.write_emerging_co2(folder, year=year, n=len(_ISO3) * 4, seed=year)


def _write_eora26(folder: Path, year: int) -> None:
    eora26.write_eora26(folder, year=year, seed=year)


def _exiobase3(system: str, edition: str = "3.9.6") -> Chain:
    def write(folder: Path, year: int) -> None:
        regions = ("AT", "CN", "DE", "FR", "GB", "US", "WA")
        exiobase3.write_exiobase3(
            folder, year=year, system=system, regions=regions, sectors=4, seed=year, edition=edition
        )

    stressor = "CO2 - combustion - air"
    return Chain("exiobase3", write, "exiobase3-extensions", 7, 4, stressor)


def _figaro(form: str) -> Chain:
    def write(folder: Path, year: int) -> None:
        regions = ("AT", "BE", "DE", "EL", "ES", "FIGW1", "FR", "IT")
        figaro.write_figaro(folder, year=year, form=form, regions=regions, seed=SEED)

    return Chain("figaro", write, ("W2_D1", "W2_D29X39", "W2_B2A3G"), 8, 3)


def _gloria(construct: str) -> Chain:
    def write(folder: Path, year: int) -> None:
        gloria.write_gloria(
            folder,
            year=year,
            regions=[*_ISO3[:-1], "XAM"],
            sectors=("Wheat", "Coal", "Power"),
            seed=year,
            secondary=0.2,
            satellites=[("Emissions (EDGAR)", "'co2_total'", "kilotonnes")],
        )

    options = {"construct": construct}
    return Chain("gloria", write, "gloria-satellites", 7, 3, "co2_total", options=options)


def _icio(edition: str) -> Chain:
    def write(folder: Path, year: int) -> None:
        regions = ("AUS", "CHN", "DEU", "FRA", "GBR", "MEX", "USA", "ROW")
        icio.write_icio(folder, year=year, edition=edition, regions=regions, seed=SEED)

    row = {"2016": "VA+TAXSUB", "2018": "VALU"}.get(edition, "VA")
    return Chain("icio", write, (row,), 8, 2)


def _wiod(form: str, file: str, release: int = 2016, prices: str = "") -> Chain:
    made = {"release": release, "countries": _ISO3, "seed": SEED}

    def write(folder: Path, year: int) -> None:
        wiod.write_wiod(folder, form=file, year=year, **made)
        if prices:
            wiod.write_wiod(folder, form=file, year=year, prices=prices, **made)

    years = range(2006, 2010)
    return Chain(form, write, (wiod.VALUE_ADDED,), 7, 4, years=years, pairs=bool(prices))


def _write_longrun(folder: Path, year: int) -> None:
    if year == 2000:  # one file has all years
        regions = ("AUS", "CHN", "DEU", "FRA", "USA", "xROW")
        wiod_longrun.write_wiod_longrun(folder, years=range(1997, 2001), regions=regions)


def _write_wiod_national(folder: Path, year: int) -> None:
    if year == 2000:  # one file has all years
        wiod_national.write_wiod_national(folder, years=range(2000, 2004))


CHAINS: Mapping[str, Chain] = {
    "adb": Chain("adb", _write_adb, "adb-air-emissions", 7, 3, "CO2", years=range(2017, 2020)),
    "ceads": Chain(
        "ceads",
        lambda folder, year: ceads.write_ceads(folder, year=year, provinces=6, seed=year),
        "ceads-co2", 6, 2, reach="audit", years=(2015, 2017, 2018),
    ),
    "emerging": Chain("emerging", _write_emerging, "emerging-co2", 7, 4, years=YEARS[:3]),
    "eora26": Chain(
        "eora26", _write_eora26, "eora26-satellites", 8, 4, "I-GHG-CO2 emissions: Transport"
    ),
    "exiobase3 ixi": _exiobase3("ixi"),
    "exiobase3 pxp": _exiobase3("pxp"),
    "exiobase3 pxp, A alone": _exiobase3("pxp", "3.4"),
    "figaro matrix": _figaro("matrix"),
    "figaro flat": _figaro("flatfile"),
    "gloria, model D": _gloria("fixed-product-sales"),
    "gloria, model B": _gloria("industry-technology"),
    **{f"icio {edition}": _icio(edition) for edition in icio.FINAL},
    "oecd-national": Chain(
        "oecd-national",
        lambda folder, year: oecd_national.write_oecd_national(folder, year=year),
        ("VALU",), 1, 4, reach="audit",
    ),
    "wiod2013 xlsx": _wiod("wiod2013-xlsx", "xlsx", release=2013),
    "wiod2016 xlsx": _wiod("wiod2016-xlsx", "xlsx"),
    "wiod2016 xlsb": _wiod("wiod2016-xlsx", "xlsb"),
    "wiod2016 rdata": _wiod("wiod2016-rdata", "rdata"),
    "wiod2016-pyp": _wiod("wiod2016-pyp", "xlsb", prices="previous year prices"),
    "wiod2016-national": Chain(
        "wiod2016-national", _write_wiod_national, (wiod.VALUE_ADDED,), 1, 4, reach="audit",
        years=range(2000, 2004),
    ),
    "wiod-longrun": Chain(
        "wiod-longrun", _write_longrun, ("VA",), 6, 3, years=range(1997, 2001)
    ),
}  # fmt: skip
"""Databases and their forms."""


def checks_of(table: IOTable, chain: Chain) -> dict[str, str]:
    """Which checks a table passes: "yes", "no", or "not in the file".

    Labels are as many as were written, none twice; printed output is that of the rows; inputs and
    primary inputs sum to output, but for rounding; the audit finds no error.
    """
    audit = table.audit()

    def fits(check: str) -> bool:
        return check not in audit or audit[check].severity == "note"

    labels = (len(set(table.countries)), len(set(table.sectors))) == (chain.regions, chain.sectors)
    found = {
        "labels": labels,
        "printed output": None if table.printed_output is None else fits("printed_output"),
        "sums": None if table.primary_inputs is None else fits("column_balance"),
        "audit": audit.ok,
    }
    words = {None: "not in the file", True: "yes", False: "no"}
    return {check: words[value] for check, value in found.items()}


def _read(chain: Chain, folder: Path) -> tuple[list[IOSeries], Account]:
    """Series to be compared within, and the account of all of them."""
    series = ioecon.read_series(
        folder, format=chain.form, cache=False, progress=False, **chain.options
    )
    parts = [series]
    if chain.pairs:
        before = ioecon.read_series(folder, format="wiod2016-xlsx", cache=False, progress=False)
        parts = [IOSeries([before[year - 1], series[year]]) for year in series.years[1:]]
        series = before
    if isinstance(chain.account, tuple):
        return parts, ioecon.account_of_inputs(series, chain.account, name="value added")
    account = ioecon.read_account(
        folder, format=chain.account, stressor=chain.stressor, **chain.options
    )
    return parts, account


def walk(chain: Chain, folder: Path) -> Walk:
    """Write the files of a chain, read them, and go on until the regression table."""
    for year in chain.years:
        chain.write(folder, year)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts, account = _read(chain, folder)
        tables = [part[year] for part in parts for year in part.years]
        found = [checks_of(table, chain) for table in tables]
        worst = ("no", "not in the file", "yes")
        checks = {name: min((one[name] for one in found), key=worst.index) for name in CHECKS}
        done = Walk(checks, f"{account.name} ({account.unit})")
        try:
            return _go_on(done, parts, account)
        except IoeconError as error:
            return Walk(checks, done.account, done.residual, done.steps, str(error))


def _go_on(done: Walk, parts: list[IOSeries], account: Account) -> Walk:
    done.steps.append(STEPS[0])
    effects = [ioecon.decompose(part, account) for part in parts]
    done.steps.append(STEPS[1])
    indices = [ioecon.transfer_index(part) for part in parts]
    done.steps.append(STEPS[2])
    panel = pd.concat(
        ioecon.build_panel(part, account, effects=effect, index=index)
        for part, effect, index in zip(parts, effects, indices, strict=True)
    ).sort_index()
    done.steps.append(STEPS[3])
    model = regressions.fit("ddfc ~ iti", panel, estimator="fixed", effects=["entity", "time"])
    text = regressions.regression_table([model]).to_text()
    done.steps.append(STEPS[4])
    residual = max(float(abs(effect.residuals).max().max()) for effect in effects)
    return Walk(done.checks, done.account, residual, done.steps, "", panel, [model], text)
