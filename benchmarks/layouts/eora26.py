"""Synthetic tables in the layout of Eora26: matrices without labels, and lists of labels.

python benchmarks/layouts/eora26.py FOLDER --countries 189
"""

from __future__ import annotations

import argparse
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

if __package__:
    from benchmarks.layouts.balanced import Array, BalancedTable
else:
    from balanced import Array, BalancedTable

Country = tuple[str, str]

#: Names and codes of some of the 189 countries, with those whose codes are not ISO's.
COUNTRIES: tuple[Country, ...] = (
    ("Austria", "AUT"),
    ("Netherlands Antilles", "ANT"),
    ("China", "CHN"),
    ("Gaza Strip", "GAZ"),
    ("South Sudan", "SDS"),
    ("Sudan", "SUD"),
    ("Former USSR", "USR"),
    ("UAE", "ARE"),
)
SECTORS = (
    "Agriculture",
    "Fishing",
    "Mining and Quarrying",
    "Food & Beverages",
    "Textiles and Wearing Apparel",
    "Wood and Paper",
    "Petroleum, Chemical and Non-Metallic Mineral Products",
    "Metal Products",
    "Electrical and Machinery",
    "Transport Equipment",
    "Other Manufacturing",
    "Recycling",
    "Electricity, Gas and Water",
    "Construction",
    "Maintenance and Repair",
    "Wholesale Trade",
    "Retail Trade",
    "Hotels and Restraurants",
    "Transport",
    "Post and Telecommunications",
    "Finacial Intermediation and Business Activities",
    "Public Administration",
    "Education, Health and Other Services",
    "Private Households",
    "Others",
    "Re-export & Re-import",
)
DEMAND = (
    ("Household final consumption P.3h", 0.55),
    ("Non-profit institutions serving households P.3n", 0.02),
    ("Government final consumption P.3g", 0.18),
    ("Gross fixed capital formation P.51", 0.22),
    ("Changes in inventories P.52", 0.02),
    ("Acquisitions less disposals of valuables P.53", 0.01),
)
INPUTS = (
    ("Compensation of employees D.1", 0.5),
    ("Taxes on production D.29", 0.05),
    ("Subsidies on production D.39", -0.01),
    ("Net operating surplus B.2n", 0.26),
    ("Net mixed income B.3n", 0.1),
    ("Consumption of fixed capital K.1", 0.1),
)
#: Group with its unit, item, and amount per thousand USD of output.
STRESSORS = (
    ("Energy Usage (TJ)", "Natural Gas", 2e-4),
    ("I-GHG-CO2 emissions (Gg)", "Public electricity and heat production", 3e-4),
    ("I-GHG-CO2 emissions (Gg)", "Transport", 1e-4),
    ("I-GHG-CH4 emissions (Gg)", "Enteric fermentation", 2e-6),
    ("Employment", "Total", 1e-5),
)
FOREIGN = 3e-4  # sector TOTAL of ROW beside the others


def write_eora26(
    folder: str | Path,
    *,
    year: int = 2010,
    valuation: str = "basic",
    countries: Sequence[Country] = COUNTRIES,
    sectors: Sequence[str] = SECTORS[:4],
    seed: int = 0,
    zipped: bool = True,
    labels: str = "within",
    rest: bool = True,
    commodities: Sequence[str] = ("CHN",),
) -> Path:
    """Write one year.

    Parameters
    ----------
    folder : path
        Where ``Eora26_YYYY_bp.zip``, or the folder of that name, is put.
    year : int
    valuation : {"basic", "purchasers"}
    countries : sequence of (str, str)
        Names and codes.
    sectors : sequence of str
    seed : int
    zipped : bool
    labels : {"within", "indices.zip", "none"}
        Where the lists of labels are: beside the matrices, in a zip next to theirs, or nowhere.
    rest : bool
        Whether there is the line ROW.
    commodities : sequence of str
        Codes of the countries whose sectors are called commodities.

    Returns
    -------
    Path
        Of the zip or the folder.
    """
    price = {"basic": "bp", "purchasers": "pp"}[valuation]
    places = [(name, code, s) for name, code in countries for s in sectors]
    uses = [(name, code, use) for name, code in countries for use, _ in DEMAND]
    shares = np.tile([share for _, share in DEMAND], len(countries))
    if rest:
        places.append(("ROW", "ROW", "TOTAL"))
        uses += [("ROW", "ROW", use) for use, _ in DEMAND]
        shares = np.append(shares, FOREIGN * np.array([share for _, share in DEMAND]))
    table = BalancedTable(len(places), shares, seed=seed, zeros=0.2, year=year)
    if rest:
        table.target[-1] = FOREIGN * table.target.sum()
    stem = f"Eora26_{year}_{price}"
    demand = np.empty((len(places), len(uses)))
    with _Writer(Path(folder), stem, zipped) as writer:
        with writer.open(f"{stem}_T.txt") as text:
            for i, (flows, final) in enumerate(table.rows()):
                print(_join(flows), file=text)
                demand[i] = final
        writer.matrix(f"{stem}_FD.txt", demand)
        added = np.array([[share] for _, share in INPUTS]) * table.value_added
        writer.matrix(f"{stem}_VA.txt", added)
        rng = np.random.default_rng(seed + 1)
        amounts = [table.output * s * rng.lognormal(0, 1, len(places)) for _, _, s in STRESSORS]
        writer.matrix(f"{stem}_Q.txt", np.array(amounts))
        households = np.array([use.endswith("P.3h") for _, _, use in uses])
        direct = [a.mean() * households * rng.uniform(0.5, 2, len(uses)) for a in amounts]
        writer.matrix(f"{stem}_QY.txt", np.array(direct))
        lists = _lists(places, uses, set(commodities))
        if labels == "within":
            for name, content in lists.items():
                with writer.open(name) as text:
                    text.write(content)
    if labels == "indices.zip":
        with zipfile.ZipFile(Path(folder) / "indices.zip", "w") as archive:
            for name, content in lists.items():
                archive.writestr(name, content)
    return writer.place


def _lists(
    places: Sequence[tuple[str, str, str]],
    uses: Sequence[tuple[str, str, str]],
    commodities: set[str],
) -> dict[str, str]:
    """Content of the lists of labels; some end their lines with a tab."""
    kinds = {code: "Commodities" if code in commodities else "Industries" for _, code, _ in places}
    rows = {
        "labels_T.txt": [f"{name}\t{code}\t{kinds[code]}\t{s}" for name, code, s in places],
        "labels_FD.txt": [f"{name}\t{code}\tFinal demand\t{use}" for name, code, use in uses],
        "labels_VA.txt": [f"Primary inputs\t{label}\t" for label, _ in INPUTS],
        "labels_Q.txt": [f"{group}\t{item}\t" for group, item, _ in STRESSORS],
    }
    return {name: "\n".join(lines) + "\n" for name, lines in rows.items()}


def _join(values: Array) -> str:
    return "\t".join([repr(value) for value in values.tolist()])


class _Writer:
    """Files of one table, in a folder or streamed into a zip."""

    def __init__(self, folder: Path, stem: str, zipped: bool) -> None:
        self.place = folder / (f"{stem}.zip" if zipped else stem)
        (folder if zipped else self.place).mkdir(parents=True, exist_ok=True)
        self._zip = zipfile.ZipFile(self.place, "w", zipfile.ZIP_DEFLATED) if zipped else None

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    @contextmanager
    def open(self, name: str) -> Iterator[io.TextIOWrapper]:
        """Open a file for text."""
        if self._zip is not None:
            binary = self._zip.open(name, "w", force_zip64=True)
        else:
            binary = (self.place / name).open("wb")
        with io.TextIOWrapper(binary, encoding="utf-8", newline="\n") as text:
            yield text

    def matrix(self, name: str, rows: Array) -> None:
        """Write a matrix that is held."""
        with self.open(name) as text:
            for row in rows:
                print(_join(row), file=text)


def main(arguments: list[str] | None = None) -> None:
    """Write one table with made-up codes."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--countries", type=int, default=189)
    given = options.parse_args(arguments)
    codes = [f"X{chr(65 + k // 26)}{chr(65 + k % 26)}" for k in range(given.countries)]
    print(write_eora26(given.folder, countries=[(c, c) for c in codes], sectors=SECTORS))


if __name__ == "__main__":
    main()
