"""World tables in the layouts of WIOD's releases of 2013 and 2016, made up.

    python benchmarks/layouts/wiod.py FOLDER --form xlsb --countries 44 --sectors 56

Excel as published (xlsb) or saved as xlsx, and the data frame of R; none of the numbers is WIOD's.
Workbooks are written row by row, so that a table of full size takes little memory.
"""

from __future__ import annotations

import argparse
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

if __package__:
    from benchmarks.layouts import wiod_national
    from benchmarks.layouts.balanced import BalancedTable
else:
    import wiod_national
    from balanced import BalancedTable

Cells = list[Any]
# fmt: off
COUNTRIES = (
    "AUS", "AUT", "BEL", "BGR", "BRA", "CAN", "CHE", "CHN", "CYP", "CZE", "DEU", "DNK", "ESP",
    "EST", "FIN", "FRA", "GBR", "GRC", "HRV", "HUN", "IDN", "IND", "IRL", "ITA", "JPN", "KOR",
    "LTU", "LUX", "LVA", "MEX", "MLT", "NLD", "NOR", "POL", "PRT", "ROU", "RUS", "SVK", "SVN",
    "SWE", "TUR", "TWN", "USA", "ROW",
)
NOT_IN_2013 = ("CHE", "HRV", "NOR")
SECTORS_2013 = (
    "AtB", "C", "15t16", "17t18", "19", "20", "21t22", "23", "24", "25", "26", "27t28", "29",
    "30t33", "34t35", "36t37", "E", "F", "50", "51", "52", "H", "60", "61", "62", "63", "64", "J",
    "70", "71t74", "L", "M", "N", "O", "P",
)
# fmt: on
COUNTRIES_2013 = tuple(code for code in COUNTRIES if code not in NOT_IN_2013)
SECTORS_2016 = wiod_national.SECTORS
FINAL = {
    2013: ((37, "c37"), (38, "c38"), (39, "c39"), (41, "c41"), (42, "c42")),
    2016: tuple(enumerate(wiod_national.FINAL, start=57)),
}
SHARES = np.array([0.55, 0.02, 0.2, 0.21, 0.02])
VALUE_ADDED = wiod_national.BELOW[4][1]
BELOW = tuple(
    (code, name, number, {"VA": 0.93, "TXSP": 0.05, "IntTTM": 0.02}.get(code, 0.0))
    for number, (code, name, _) in enumerate(wiod_national.BELOW, start=66)
)


def wiod_rows(
    *,
    year: int = 2000,
    release: int = 2016,
    countries: Sequence[str] = ("AUS", "CHN", "ROW"),
    sectors: Sequence[str] = (),
    prices: str = "current prices",
    seed: int = 0,
) -> Iterator[Cells]:
    """Yield the cells of the sheet row by row; four labels come first, an empty cell is None.

    Parameters
    ----------
    year : int
    release : {2013, 2016}
    countries, sectors : sequence of str
        Codes; by default the first four sectors.
    prices : str
        What the title says of them.
    seed : int
        Of the numbers.
    """
    old = release == 2013
    sectors = sectors or (SECTORS_2013 if old else SECTORS_2016)[:4]
    rows = [(c, s, k) for c in countries for k, s in enumerate(sectors, start=1)]
    heads: list[tuple[str | None, ...]] = [(s, f"name of {s}", c, f"c{k}") for c, s, k in rows]
    heads += [
        (None if old else name, f"name of {name}", c, f"c{k}")
        for c in countries
        for k, name in FINAL[release]
    ]
    heads += [(None, "Total output", None, None) if old else ("GO", "Total output", "TOT", "c62")]
    titles = (
        "Intercountry Input-Output Table",
        f"synthetic, in {prices}",
        "(industry-by-industry)",
        "(millions of US$)",
        None,
        None,
    )
    for line, title in enumerate(titles):
        yield [title, None, None, None, *(head[line - 2] for head in heads if line >= 2)]
    shares = np.tile(SHARES / len(countries), len(countries))
    table = BalancedTable(len(rows), shares, seed=seed, year=year)
    for (c, s, k), (flows, demand) in zip(rows, table.rows(), strict=True):
        output = float(flows.sum() + demand.sum())
        mark = "c" if old else "r"
        yield [s, f"name of {s}", c, f"{mark}{k}", *flows.tolist(), *demand.tolist(), output]
    country, rest = (None if old else "TOT"), [None] * (len(shares) + 1)
    yield ["II_fob", "Total intermediate consumption", "TOT", "r65", *table.inputs.tolist(), *rest]
    for code, name, number, share in BELOW:
        values = (share * table.value_added).tolist()
        yield [None if old else code, name, country, f"r{number}", *values, *rest]
    yield ["GO", "Output at basic prices", country, "r73", *table.output.tolist(), *rest]


def write_wiod(
    folder: Path, *, form: str = "xlsx", year: int = 2000, release: int = 2016, **made: Any
) -> Path:
    """Write one table and return its path.

    Parameters
    ----------
    folder : Path
    form : {"xlsx", "xlsb", "rdata"}
        The last of the release of 2016 alone.
    year, release : int
    **made
        Further arguments of :func:`wiod_rows`; with ``prices`` of the previous year, the file is
        named so.
    """
    rows = wiod_rows(year=year, release=release, **made)
    if form == "rdata":
        return _write_frame(folder / f"WIOT{year}_October16_ROW.RData", year, rows)
    basis = "PYP_" if "previous" in made.get("prices", "") else ""
    name = f"WIOT{year % 100:02d}_ROW_Apr12" if release == 2013 else f"WIOT{year}_{basis}Nov16_ROW"
    write = {"xlsx": _write_xlsx, "xlsb": _write_xlsb}[form]
    return write(folder / f"{name}.{form}", f"WIOT_{year}" if release == 2013 else str(year), rows)


def _write_frame(path: Path, year: int, rows: Iterator[Cells]) -> Path:
    """Write the data frame ``wiot``: columns of countries and numbers, rows as on the sheet."""
    import rdata

    cells = [*rows]
    names = ["TOT" if c == "TOT" else f"{c}{k[1:]}" for c, k in zip(*cells[4:6], strict=True) if c]
    body = cells[6:]
    columns: dict[str, Any] = {
        label: pd.Series([row[j] for row in body], dtype=object)
        for j, label in enumerate(("IndustryCode", "IndustryDescription", "Country"))
    }
    columns["RNr"] = np.array([float(row[3][1:]) for row in body])
    columns["Year"] = np.full(len(body), float(year))
    numbers = np.array([row[4:] for row in body], dtype=float)
    columns |= dict(zip(names, np.nan_to_num(numbers).T, strict=True))
    rdata.write_rda(path, {"wiot": pd.DataFrame(columns)})
    return path


def _pack(path: Path, kind: str, book: bytes, cells: Callable[[Any], None]) -> Path:
    """Write a workbook of one sheet: the parts of the package, and the cells by ``cells``."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    listed = "http://schemas.openxmlformats.org/package/2006"
    main = {
        "xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml",
        "bin": "application/vnd.ms-excel.{}",
    }[kind]
    sheets = {"xml": ("sheet.main", "worksheet"), "bin": ("sheet.binary.macroEnabled.main",
                                                         "worksheet")}[kind]  # fmt: skip
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    links = f'{head}<Relationships xmlns="{listed}/relationships"><Relationship Id="rId1" '
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'{head}<Types xmlns="{listed}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.{kind}" ContentType="{main.format(sheets[0])}"/>'
            f'<Override PartName="/xl/worksheets/sheet1.{kind}" '
            f'ContentType="{main.format(sheets[1])}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'{links}Type="{relation}/officeDocument" Target="xl/workbook.{kind}"/>'
            "</Relationships>",
        )
        archive.writestr(
            f"xl/_rels/workbook.{kind}.rels",
            f'{links}Type="{relation}/worksheet" Target="worksheets/sheet1.{kind}"/>'
            "</Relationships>",
        )
        archive.writestr(f"xl/workbook.{kind}", book)
        with archive.open(f"xl/worksheets/sheet1.{kind}", "w") as file:
            cells(file)
    return path


_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _write_xlsx(path: Path, sheet: str, rows: Iterator[Cells]) -> Path:
    from openpyxl.utils import get_column_letter

    letters = [get_column_letter(j) for j in range(1, 16_385)]

    def write(file: Any) -> None:
        file.write(f'<worksheet xmlns="{_SPREADSHEET}"><sheetData>'.encode())
        for i, cells in enumerate(rows, start=1):
            parts = [f'<row r="{i}">']
            for letter, cell in zip(letters, cells, strict=False):
                if isinstance(cell, str):
                    text = f'r="{letter}{i}" t="inlineStr"><is><t>{escape(cell)}</t></is>'
                    parts.append(f"<c {text}</c>")
                elif cell is not None:
                    parts.append(f'<c r="{letter}{i}"><v>{cell!r}</v></c>')
            file.write("".join([*parts, "</row>"]).encode())
        file.write(b"</sheetData></worksheet>")

    book = (
        f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="http://schemas.openxmlformats.org/'
        f'officeDocument/2006/relationships"><sheets><sheet name="{sheet}" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>'
    )
    return _pack(path, "xml", book.encode(), write)


def _record(kind: int, content: bytes = b"") -> bytes:
    """Make a record of the binary format: number and length stand in groups of seven bits."""
    head, length = bytearray(), len(content)
    head += bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    while length > 127:
        head.append(length & 127 | 128)
        length >>= 7
    return bytes([*head, length]) + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


_REAL = np.dtype([("kind", "u1"), ("length", "u1"), ("column", "<u4"), ("style", "<u4"),
                  ("value", "<f8")])  # fmt: skip


def _write_xlsb(path: Path, sheet: str, rows: Iterator[Cells]) -> Path:
    def write(file: Any) -> None:
        file.write(_record(129) + _record(148, struct.pack("<4I", 0, 4_000, 0, 4_000)))
        file.write(_record(145))
        for i, cells in enumerate(rows):
            file.write(_record(0, struct.pack("<IIHBBBI", i, 0, 300, 0, 0, 0, 0)))
            numbers = {j: cell for j, cell in enumerate(cells) if isinstance(cell, float)}
            for j, cell in enumerate(cells):
                if isinstance(cell, str):
                    file.write(_record(6, struct.pack("<II", j, 0) + _wide(cell)))
            records = np.zeros(len(numbers), _REAL)
            records["kind"], records["length"] = 5, 16
            records["column"] = np.fromiter(numbers, dtype=np.uint32)
            records["value"] = np.fromiter(numbers.values(), dtype=float)
            file.write(records.tobytes())
        file.write(_record(146) + _record(130))

    bundle = struct.pack("<II", 0, 1) + _wide("rId1") + _wide(sheet)
    book = _record(131) + _record(143) + _record(156, bundle) + _record(144) + _record(132)
    return _pack(path, "bin", book, write)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--form", default="xlsb", choices=("xlsx", "xlsb", "rdata"))
    options.add_argument("--release", type=int, default=2016, choices=(2013, 2016))
    options.add_argument("--countries", type=int, default=44)
    options.add_argument("--sectors", type=int, default=56)
    given = options.parse_args()
    sectors = (SECTORS_2013 if given.release == 2013 else SECTORS_2016)[: given.sectors]
    countries = (*COUNTRIES[: given.countries - 1], "ROW")
    given.folder.mkdir(parents=True, exist_ok=True)
    made = {"countries": countries, "sectors": sectors}
    print(write_wiod(given.folder, form=given.form, release=given.release, **made))


if __name__ == "__main__":
    main()
