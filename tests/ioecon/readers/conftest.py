"""A miniature world written in the official layouts, and a cache folder of the test's own."""

import importlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openpyxl
import pandas as pd
import pytest
import rdata
import scipy.sparse

import ioecon


@pytest.fixture(autouse=True)
def cache_dir(tmp_path_factory, monkeypatch) -> Path:
    """Empty cache folder; no test reads or fills the user's."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("IOECON_CACHE_DIR", str(folder))
    return folder


BELOW = (
    ("TXSP", "taxes less subsidies on products", 66),
    ("EXP_adj", "Cif/ fob adjustments on exports", 67),
    ("PURR", "Direct purchases abroad by residents", 68),
    ("PURNR", "Purchases on the domestic territory by non-residents ", 69),
    ("VA", "Value added at basic prices", 70),
    ("IntTTM", "International Transport Margins", 71),
)
FINAL_2013 = ((37, "c37"), (38, "c38"), (39, "c39"), (41, "c41"), (42, "c42"))
FINAL_2016 = ((57, "CONS_h"), (58, "CONS_np"), (59, "CONS_g"), (60, "GFCF"), (61, "INVEN"))
CODES_2013 = ("AtB", "C", "15t16", "17t18")


@dataclass(frozen=True)
class MiniatureTable:
    """Three countries with four sectors; the formulas are those of fixtures/make_wiot_xlsb.js."""

    year: int = 2000
    countries: tuple[str, ...] = ("AUS", "ROU", "ROW")
    sectors: tuple[str, ...] = ("A01", "A02", "A03", "B")
    scale: float = 1.0

    @property
    def n(self) -> int:
        return len(self.countries) * len(self.sectors)

    @property
    def Z(self) -> np.ndarray:
        i, j = np.indices((self.n, self.n))
        return self.scale * (10 + (7 * i + 13 * j) % 29 + 0.125 * (i % 3))

    @property
    def Y(self) -> np.ndarray:
        i, k = np.indices((self.n, 5 * len(self.countries)))
        return self.scale * (
            100.0 + (5 * i + 11 * k) % 17 - np.where((k % 5 == 4) & (i % 4 == 0), 150, 0)
        )

    @property
    def x(self) -> np.ndarray:
        return self.Z.sum(axis=1) + self.Y.sum(axis=1)

    @property
    def below(self) -> np.ndarray:
        r, j = np.indices((len(BELOW), self.n))
        return 1000.0 * (r + 1) + j + 0.5

    @property
    def rows(self) -> list[tuple[str, str, int]]:
        """Country, sector and number of each row."""
        return [(c, s, k) for c in self.countries for k, s in enumerate(self.sectors, start=1)]

    # -- the two layouts in R ------------------------------------------------------------------

    def list_2013(self) -> dict:
        """The list of the 2013 release: whole numbers, sectors c1, c2 …"""
        return {
            "year": np.array([self.year], dtype=np.int32),
            "countries": np.array(self.countries),
            "industries": np.array([f"c{k}" for k in range(1, len(self.sectors) + 1)]),
            "final": np.rint(self.Y).astype(np.int32),
            "output": np.rint(self.x).astype(np.int32),
            "inter": np.rint(self.Z).astype(np.int32),
        }

    def frame_2016(self) -> pd.DataFrame:
        """The data frame of the 2016 release."""
        labels = [(s, f"name of {s}", c, k) for c, s, k in self.rows]
        labels += [("II_fob", "Total intermediate consumption", "TOT", 65)]
        labels += [(code, name, "TOT", number) for code, name, number in BELOW]
        labels += [("GO", "Output at basic prices", "TOT", 73)]
        columns: dict = {
            "IndustryCode": pd.Series([row[0] for row in labels], dtype=object),
            "IndustryDescription": pd.Series([row[1] for row in labels], dtype=object),
            "Country": pd.Series([row[2] for row in labels], dtype=object),
            "RNr": np.array([row[3] for row in labels], dtype=float),
            "Year": np.full(len(labels), float(self.year)),
        }
        flows = np.vstack([self.Z, self.Z.sum(axis=0), self.below, self.x])
        for (country, _, number), column in zip(self.rows, flows.T, strict=True):
            columns[f"{country}{number}"] = column
        final = np.vstack([self.Y, np.zeros((len(BELOW) + 2, self.Y.shape[1]))]).T
        names = [f"{c}{number}" for c in self.countries for number, _ in FINAL_2016]
        columns |= dict(zip(names, final, strict=True))
        columns["TOT"] = np.append(self.x, np.zeros(len(BELOW) + 2))
        return pd.DataFrame(columns)

    def write_2013_rdata(self, folder: Path) -> Path:
        path = folder / f"wiot_{self.year}.RData"
        rdata.write_rda(path, {f"wiot_{self.year}": self.list_2013()})
        return path

    def write_2016_rdata(self, folder: Path) -> Path:
        path = folder / f"WIOT{self.year}_October16_ROW.RData"
        rdata.write_rda(path, {"wiot": self.frame_2016()})
        return path

    # -- the two layouts in Excel --------------------------------------------------------------

    def grid(self, release: int) -> list[list]:
        """Cells of the sheet of a release (2013 or 2016)."""
        old = release == 2013
        code = dict(zip(self.sectors, CODES_2013, strict=True)) if old else {}
        final = FINAL_2013 if old else FINAL_2016
        heads = [(code.get(s, s), f"name of {s}", c, f"c{k}") for c, s, k in self.rows]
        heads += [
            ("" if old else name, f"name of {name}", c, f"c{number}")
            for c in self.countries
            for number, name in final
        ]
        heads += [("", "Total output", "", "")] if old else [("GO", "Total output", "TOT", "c62")]
        titles = (
            "Intercountry Input-Output Table",
            "miniature, in current prices",
            "(industry-by-industry)",
            "(millions of US$)",
            "",
            "",
        )
        grid: list[list] = [[title, "", "", ""] for title in titles]
        for level in range(4):
            grid[level + 2] += [head[level] for head in heads]
        mark = "c" if old else "r"
        for (c, s, k), z, y, x in zip(self.rows, self.Z, self.Y, self.x, strict=True):
            grid.append([code.get(s, s), f"name of {s}", c, f"{mark}{k}", *z, *y, x])
        country = "" if old else "TOT"
        empty = [""] * (self.Y.shape[1] + 1)
        total = self.Z.sum(axis=0)
        grid.append(["II_fob", "Total intermediate consumption", "TOT", "r65", *total, *empty])
        for (name, words, number), values in zip(BELOW, self.below, strict=True):
            grid.append(["" if old else name, words, country, f"r{number}", *values, *empty])
        grid.append(["GO", "Output at basic prices", country, "r73", *self.x, *empty])
        return grid

    def write_xlsx(self, folder: Path, release: int) -> Path:
        name = (
            f"WIOT{self.year % 100:02d}_ROW_Sep12.xlsx"
            if release == 2013
            else f"WIOT{self.year}_Nov16_ROW.xlsx"
        )
        sheet = f"WIOT_{self.year}" if release == 2013 else str(self.year)
        return write_grid(folder / name, self.grid(release), sheet)


def write_grid(path: Path, grid: list[list], sheet: str) -> Path:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for row in grid:
        page.append([None if isinstance(cell, str) and cell == "" else cell for cell in row])
    book.save(path)
    return path


@pytest.fixture
def miniature() -> MiniatureTable:
    return MiniatureTable()


@pytest.fixture
def write_sheet():
    """Function (path, grid, sheet name) that writes a workbook."""
    return write_grid


@pytest.fixture
def write_frame():
    """Function (path, objects) that writes an RData file."""

    def write(path: Path, **objects) -> Path:
        rdata.write_rda(path, objects)
        return path

    return write


@pytest.fixture
def folder_of():
    """Function (folder, years, layout) that writes one miniature table a year."""

    def write(folder: Path, years, layout: str) -> Path:
        folder.mkdir(exist_ok=True)
        for year in years:
            table = replace(MiniatureTable(), year=year, scale=1 + (year - 2000) / 8)
            if layout.endswith("xlsx"):
                table.write_xlsx(folder, int(layout[4:8]))
            else:
                getattr(table, f"write_{layout[4:8]}_rdata")(folder)
        return folder

    return write


# -- a miniature of every format ----------------------------------------------------------------


def small_table(year: int = 2005) -> ioecon.IOTable:
    return ioecon.IOTable(
        Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]], countries=["FRA", "DEU"],
        sectors=["all"], categories=["final"], year=year, unit="million", currency="USD",
    )  # fmt: skip


def write_pyp(folder: Path) -> Path:
    grid = replace(MiniatureTable(), year=2001).grid(2016)
    grid[1][0] = "miniature, in previous year prices"
    return write_grid(folder / "WIOT2001_PYP_Nov16_ROW.xlsx", grid, "2001")


def write_npz(folder: Path) -> Path:
    rows = scipy.sparse.csr_array(np.array([[0, 25], [3, 0]]))
    path = folder / "tiny_2003.npz"
    np.savez_compressed(
        path, Z_data=rows.data, Z_indices=rows.indices, Z_indptr=rows.indptr,
        F=np.array([[9, 1], [2, 8]]), countries=np.array(["AUS", "ROU"]), sectors=np.array(["A"]),
        year=np.int64(2003), scale=np.float64(1),
    )  # fmt: skip
    return path


# Miniatures of formats without a module of that name in benchmarks/layouts.
OTHER: dict[str, Callable[[Path], Path]] = {
    "wiod2013-rdata": MiniatureTable().write_2013_rdata,
    "wiod2016-rdata": MiniatureTable().write_2016_rdata,
    "wiod2013-xlsx": lambda folder: MiniatureTable().write_xlsx(folder, 2013),
    "wiod2016-xlsx": lambda folder: MiniatureTable().write_xlsx(folder, 2016),
    "wiod2016-pyp": write_pyp,
    "wiod2016-national": lambda folder: _write_layout("wiod_national", folder),
    "sparse-npz": write_npz,
    "regional": lambda folder: Path(
        ioecon.write_regional(small_table(), folder / "regional_2005.xlsx")
    ),
    "ioecon": lambda folder: Path(ioecon.write_series({2005: small_table()}, folder / "store")),
}


def _write_layout(name: str, folder: Path) -> Path:
    module = importlib.import_module(f"benchmarks.layouts.{name}")
    return Path(getattr(module, f"write_{name}")(folder))


class Made(NamedTuple):
    """Miniature of a format: the path of one year, the folder around it, the folder as a zip."""

    file: Path
    folder: Path
    zip: Path


@pytest.fixture(scope="session")
def miniature_of(tmp_path_factory) -> Callable[[str], Made]:
    """Function of a format's name: its miniature, written when it is first asked for."""
    written: dict[str, Made] = {}

    def make(name: str) -> Made:
        if name not in written:
            root = tmp_path_factory.mktemp(name)
            folder = root / "tables"
            folder.mkdir()
            writer = OTHER.get(name, lambda f: _write_layout(name.replace("-", "_"), f))
            file = writer(folder)
            written[name] = Made(file, folder, zip_folder(folder, root / "bundle.zip"))
        return written[name]

    return make


def zip_folder(folder: Path, path: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, inside + file.relative_to(folder).as_posix())
    return path
