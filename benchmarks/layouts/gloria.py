"""A synthetic year of GLORIA in the official layout, region by region, so that it can be full size.

Supply and use tables of every region in one matrix T without labels, final demand Y, value added V,
satellites TQ and YQ, and the labels in ``GLORIA_ReadMe_059.xlsx``. Uses and supply of every product
agree, and so do inputs and output of every industry.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import openpyxl
from numpy.typing import NDArray

__all__ = ["FINAL_DEMAND", "VALUE_ADDED", "write_gloria"]

VALUE_ADDED = (
    "Compensation of employees D.1",
    "Taxes on production D.29",
    "Subsidies on production D.39",
    "Net operating surplus B.2n",
    "Net mixed income B.3n",
    "Consumption of fixed capital K.1",
)
FINAL_DEMAND = (
    "Household final consumption P.3h",
    "Non-profit institutions serving households P.3n",
    "Government final consumption P.3g",
    "Gross fixed capital formation P.51",
    "Changes in inventories P.52",
    "Acquisitions less disposals of valuables P.53",
)
VALUATIONS = ("Basic prices", "Trade margins", "Transport margins", "Taxes on products",
              "Subsidies on products")  # fmt: skip
_VALUE_SHARES = np.array([0.5, 0.08, -0.03, 0.25, 0.08, 0.12])
_POOL = 20_000  # different numbers among the uses, formatted once

Floats = NDArray[np.float64]


def write_gloria(
    folder: Path,
    *,
    year: int = 2022,
    regions: Sequence[str] = ("AUS", "AUT", "XAM"),
    sectors: Sequence[str] = ("Wheat", "Coal", "Steel", "Power"),
    seed: int = 1,
    secondary: float = 0.0,
    empty: Sequence[str] = (),
    satellites: Sequence[tuple[str, str, str]] = (
        ("Emissions (EDGAR)", "'co2_excl_short_cycle_org_c_total_EDGAR_consistent'", "kilotonnes"),
        ("Employment", "'Female'", "1000 p"),
    ),
    release: str = "059",
    zipped: bool = False,
    readme: bool = True,
) -> Path:
    """Write one year and return ``folder``, which then holds what the publisher offers.

    Parameters
    ----------
    folder : Path
        Where the folders (or zips) of the year and the ReadMe go.
    year : int
    regions, sectors : sequence of str
        Acronyms and names.
    seed : int
    secondary : float
        Share of every product that industries other than its own supply; GLORIA has none.
    empty : sequence of str
        Regions without any flow, as GLORIA's former countries are.
    satellites : sequence of (str, str, str)
        Head indicator, indicator and unit of every row of TQ.
    release : str
        Number of the release, in three digits; ``a`` behind it stands in no file of the matrices.
    zipped : bool
        Two zips instead of two folders.
    readme : bool
        Whether to write the labels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if readme:
        _write_readme(folder / f"GLORIA_ReadMe_{release}.xlsx", regions, sectors, satellites)
    plain = release.rstrip("a")
    money = folder / f"GLORIA_MRIOs_{release.lstrip('0')}_{year}"
    accounts = folder / f"GLORIA_SatelliteAccounts_{release}_{year}"
    for place in (money, accounts):
        place.mkdir(exist_ok=True)
    name = (
        "20240111_120secMother_AllCountries_002_{}-Results_" + f"{year}_{plain}_Markup001(full).csv"
    )
    made = _World(regions, sectors, empty, secondary, seed)
    with (
        (money / name.format("T")).open("wb") as flows,
        (money / name.format("Y")).open("wb") as demand,
    ):
        for place_of_region in range(len(regions)):
            made.write_region(place_of_region, flows, demand)
    with (money / name.format("V")).open("wb") as values:
        made.write_value_added(values)
    with (
        (accounts / name.format("TQ")).open("wb") as production,
        (accounts / name.format("YQ")).open("wb") as households,
    ):
        made.write_satellites(len(satellites), production, households)
    if zipped:
        for place in (money, accounts):
            _pack(place)
    return folder


class _World:
    """Draws one region after the other and keeps what the rows of all must add up to."""

    def __init__(
        self,
        regions: Sequence[str],
        sectors: Sequence[str],
        empty: Sequence[str],
        secondary: float,
        seed: int,
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.regions, self.sectors = len(regions), len(sectors)
        self.used = np.array([region not in empty for region in regions])
        self.secondary = secondary
        n = self.regions * self.sectors
        self.inputs, self.output = np.zeros(n), np.zeros(n)
        sizes = self.rng.gamma(0.3, 30.0, _POOL) + 0.001
        self._texts = np.array([b"%.5g" % size for size in sizes], dtype=object)
        self._sizes = np.array([float(text) for text in self._texts])
        self._zeros = b",".join([b"0"] * self.sectors)

    def _draw_supply(self, products: Floats) -> Floats:
        """Supply of one region, industries × products: each product mostly by its own industry."""
        shares = np.eye(self.sectors)
        if self.sectors > 1 and self.secondary:
            others = self.rng.random((self.sectors, self.sectors)) * (1 - np.eye(self.sectors))
            others *= self.secondary / others.sum(axis=0)
            shares = (1 - self.secondary) * shares + others
        return shares * products

    def write_region(self, place: int, flows: BinaryIO, demand: BinaryIO) -> None:
        """Write the rows of a region's industries, then those of its products."""
        S, R = self.sectors, self.regions
        uses, picks, final = np.zeros((S, R * S)), None, np.zeros((S, R * len(FINAL_DEMAND)))
        if self.used[place]:
            columns = np.repeat(self.used, S)
            picks = self.rng.integers(0, _POOL, (S, R * S))
            uses = np.where(columns, self._sizes[picks], 0.0)
            final = self.rng.gamma(0.5, 60.0 * S / len(FINAL_DEMAND), final.shape).round(4)
            final *= np.repeat(self.used, len(FINAL_DEMAND))
        supply = self._draw_supply(uses.sum(axis=1) + final.sum(axis=1))
        at = slice(place * S, (place + 1) * S)
        self.inputs += uses.sum(axis=0)
        self.output[at] = supply.sum(axis=1)
        for row in supply:
            cells = [self._zeros] * (2 * R)
            cells[2 * place + 1] = b",".join(b"%.12g" % value for value in row)
            flows.write(b",".join(cells) + b"\n")
        for row in range(S):
            cells = [self._zeros] * (2 * R)
            if picks is not None:
                for region in np.flatnonzero(self.used):
                    chosen = picks[row, region * S : (region + 1) * S]
                    cells[2 * region] = b",".join(self._texts[chosen].tolist())
            flows.write(b",".join(cells) + b"\n")
        nothing = b",".join([b"0"] * final.shape[1]) + b"\n"
        demand.write(nothing * S)
        np.savetxt(demand, final, fmt="%.12g", delimiter=",")

    def write_value_added(self, out: BinaryIO) -> None:
        """Write what output leaves above inputs, by category; a region's rows under its columns."""
        added = self.output - self.inputs
        for region in range(self.regions):
            at = slice(region * self.sectors, (region + 1) * self.sectors)
            for share in _VALUE_SHARES:
                cells = [self._zeros] * (2 * self.regions)
                cells[2 * region] = b",".join(b"%.12g" % value for value in share * added[at])
                out.write(b",".join(cells) + b"\n")

    def write_satellites(self, count: int, production: BinaryIO, households: BinaryIO) -> None:
        """Write rows in proportion to output, with a factor of each industry."""
        for row in range(count):
            amounts = (row + 1) * self.rng.random(len(self.output)) * self.output / 1000
            cells = [self._zeros] * (2 * self.regions)
            for region in range(self.regions):
                at = slice(region * self.sectors, (region + 1) * self.sectors)
                cells[2 * region] = b",".join(b"%.12g" % value for value in amounts[at])
            production.write(b",".join(cells) + b"\n")
            direct = np.zeros((self.regions, len(FINAL_DEMAND)))
            direct[:, 0] = self.used * (row + 1.0)
            np.savetxt(households, direct.reshape(1, -1), fmt="%.12g", delimiter=",")


def _write_readme(
    path: Path,
    regions: Sequence[str],
    sectors: Sequence[str],
    satellites: Sequence[tuple[str, str, str]],
) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets: dict[str, list[tuple[str, ...]]] = {
        "Regions": [("Region_acronyms", "Region_names"), *((code, code) for code in regions)],
        "Sectors": [("Sector_names",), *((sector,) for sector in sectors)],
        "Value added and final demand": [
            ("Value_added_names", "Final_demand_names"),
            *zip(VALUE_ADDED, FINAL_DEMAND, strict=True),
        ],
        "Valuations": [("Valuation_names",), *((name,) for name in VALUATIONS)],
        "Satellites": [("Sat_head_indicator", "Sat_indicator", "Sat_unit"), *satellites],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows):
            sheet.append(["Lfd_Nr" if number == 0 else number, *row])
    book.save(path)


def _pack(folder: Path) -> None:
    """Put the files of a folder into a zip beside it, and remove them."""
    with zipfile.ZipFile(folder.with_name(f"{folder.name}.zip"), "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(folder.iterdir()):
            out.write(file, file.name)
            file.unlink()
    folder.rmdir()
