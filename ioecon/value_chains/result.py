"""Exports of every country by origin and final use of their content; labelled results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.column_labels import label_columns
from ioecon.errors import ArgumentError
from ioecon.printout import Printout
from ioecon.stressor import Labelled, state_stressor
from ioecon.value_chains.koopman_wang_wei import NINE_TERMS

__all__ = ["ExportContent"]

_MEANINGS = {
    "EXGR": "Content of gross exports: DC + FC",
    "DC": "Domestic content: DVA + DDC",
    "DVA": "Domestic, counted once: VAX + REF",
    "VAX": "Domestic, consumed abroad",
    "REF": "Domestic, consumed at home after its return (reflection)",
    "DDC": "Domestic, counted again when it leaves another time",
    "FC": "Foreign content: FVA + FDC",
    "FVA": "Foreign, counted once",
    "FDC": "Foreign, counted again when it leaves another time",
    "GVC": "In global value chains: GVCB + GVCF",
    "GVCB": "Backward participation: FC + DDC",
    "GVCF": "Forward participation: DVA that the importer sends on",
}
_SUMS = {
    "DC": ("DVA", "DDC"), "FC": ("FVA", "FDC"), "EXGR": ("DC", "FC"), "GVCB": ("FC", "DDC"),
    "GVC": ("GVCB", "GVCF"),
}  # fmt: skip
_DIFFERENCES = {"VAX": ("DVA", "REF"), "GVCF": ("DVA", "DAVAX")}


@dataclass(frozen=True, eq=False)
class ExportContent:
    """Value added, or another account, in the exports of every country of one table.

    Made by :func:`ioecon.decompose_exports`. I countries, S sectors, n = I·S rows; G exporters:
    the countries, or groups of them.

    Parameters
    ----------
    countries, sectors : tuple of str
        Labels of the rows.
    exporters : tuple of str
        Labels of exporters, which are also the destinations.
    home : tuple of str
        Exporter of each country.
    year : int
    approach : {"source", "sink"}
        Whether content is counted when it first leaves its country or when it last does.
    terms : mapping of str to ndarray, shape (n, G)
        By exporting sector and destination, in ``unit``: EXGR, DC, DVA, VAX, REF, DDC, FC, FVA,
        FDC and, for ``source``, GVC, GVCB, GVCF, as :meth:`to_frame` explains them.
    nine_terms : ndarray, shape (G, 9)
        Those of Koopman, Wang and Wei (2014).
    exports : ndarray, shape (n, G)
        Gross exports, in ``currency``.
    currency : str
        Unit of exports, such as ``"million USD"``.
    misses : mapping of str to float
        Relative miss of every identity that was checked.
    unit, stressor : str
        Unit and name of what was followed: by default value added.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    exporters: tuple[str, ...]
    home: tuple[str, ...]
    year: int
    approach: str
    terms: Mapping[str, Array]
    nine_terms: Array
    exports: Array
    currency: str
    misses: Mapping[str, float]
    unit: str
    stressor: str

    def __post_init__(self) -> None:
        for array in (*self.terms.values(), self.nine_terms, self.exports):
            array.setflags(write=False)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # arrays come back from a pickle writeable

    @property
    def residual(self) -> float:
        """Largest relative miss of any identity."""
        return max(self.misses.values())

    def by_exporter(self) -> pd.DataFrame:
        """All terms of every exporter.

        Returns
        -------
        DataFrame
            Index exporter, a column for each term; in ``unit``.
        """
        sums = {
            name: self._sum_exporters(values.sum(axis=1)) for name, values in self.terms.items()
        }
        return self._state(pd.DataFrame(sums, index=pd.Index(self.exporters, name="exporter")))

    def by_sector(self) -> pd.DataFrame:
        """All terms by the country and sector that exports: index (country, sector)."""
        sums = {name: values.sum(axis=1) for name, values in self.terms.items()}
        index = pd.MultiIndex.from_product(
            [self.countries, self.sectors], names=["country", "sector"]
        )
        return self._state(pd.DataFrame(sums, index=index))

    def bilateral(self, term: str = "DVA") -> pd.DataFrame:
        """One term of every pair.

        Parameters
        ----------
        term : str
            One of those of :meth:`by_exporter`.

        Returns
        -------
        DataFrame, shape (G, G)
            Rows export, columns buy; in ``unit``.
        """
        if term not in self.terms:
            raise ArgumentError(f"There is no term {term!r}; there are {', '.join(self.terms)}.")
        frame = pd.DataFrame(
            self._sum_exporters(self.terms[term]),
            index=pd.Index(self.exporters, name="exporter"),
            columns=pd.Index(self.exporters, name="destination"),
        )
        return self._state(frame)

    def participation(self) -> pd.DataFrame:
        """Participation in global value chains: GVC, GVCB and GVCF as shares of EXGR.

        Returns
        -------
        DataFrame
            Index exporter; missing where nothing is exported.
        """
        if self.approach != "source":
            raise ArgumentError("Participation is defined for approach='source'.")
        frame = self.by_exporter()
        total = frame["EXGR"].where(frame["EXGR"] != 0)
        shares = frame[["GVC", "GVCB", "GVCF"]].div(total, axis=0)
        shares.attrs = {"stressor": self.stressor, "unit": "share of EXGR"}
        return shares

    def koopman_wang_wei(self) -> pd.DataFrame:
        """Give exports in the nine terms of Koopman, Wang and Wei (2014), in their order.

        Returns
        -------
        DataFrame
            Index exporter; columns DVA_FIN, DVA_INT, DVA_INTREX, RDV_FIN, RDV_INT, DDC_KWW,
            FVA_FIN, FVA_INT, FDC_KWW, which sum to EXGR. Terms 7 to 9 sum to FC and 1 to 6 to DC;
            what is double counted is not what Borin and Mancini say is, hence the names.
        """
        frame = pd.DataFrame(
            self.nine_terms,
            index=pd.Index(self.exporters, name="exporter"),
            columns=list(NINE_TERMS),
        )
        title = f"{self._title()}, nine terms of Koopman, Wang and Wei"
        units = dict.fromkeys(NINE_TERMS, self.unit)
        return label_columns(self._state(frame), title, NINE_TERMS, units=units)

    def to_frame(self) -> pd.DataFrame:
        """Tidy table: one row per exporter and destination, a column for each term.

        Returns
        -------
        DataFrame
            Columns exporter, destination and the terms (in ``unit``); ``attrs`` says what each is.
        """
        size = len(self.exporters)
        pairs = np.array([(s, r) for s in range(size) for r in range(size) if s != r]).reshape(
            -1, 2
        )
        exporter, destination = pairs.T
        names = np.array(self.exporters, dtype=object)
        frame = pd.DataFrame(
            {
                "exporter": names[exporter],
                "destination": names[destination],
                **{
                    name: self._sum_exporters(values)[exporter, destination]
                    for name, values in self.terms.items()
                },
            }
        )
        meanings = {
            "exporter": "Country, or group, that exports",
            "destination": "Country, or group, that buys",
            **{name: _MEANINGS[name] for name in self.terms},
        }
        units = dict.fromkeys(self.terms, self.unit)
        return label_columns(self._state(frame), self._title(), meanings, units=units)

    def summary(self) -> str:
        """Text for people: the largest exporters."""
        return self._printout().text()

    def _printout(self) -> Printout:
        frame = self.by_exporter()
        largest = frame.sort_values("EXGR", ascending=False, kind="stable").head(10)
        note = f"Largest relative miss of the identities: {self.residual:.1e}"
        return Printout(f"{self._title()}, {self.unit}", {"": largest}, note)

    def _title(self) -> str:
        return (
            f"{self.stressor} in the exports of {len(self.exporters)} exporters in {self.year}, "
            f"{self.approach}-based"
        )

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()

    def _sum_exporters(self, values: Array) -> Array:
        """Sum rows over those of each exporter: (n, ...) to (G, ...)."""
        by_country = values.reshape(len(self.countries), len(self.sectors), *values.shape[1:])
        sums = np.zeros((len(self.exporters), *values.shape[1:]))
        members = [self.exporters.index(name) for name in self.home]
        np.add.at(sums, members, by_country.sum(axis=1))
        return sums

    def _state(self, values: Labelled) -> Labelled:
        return state_stressor(values, self.stressor, self.unit)


def complete_terms(found: Mapping[str, Array]) -> dict[str, Array]:
    """Add sums and differences to the measured terms, in the order of the field's tables."""
    terms = dict(found)
    for name, (whole, part) in _DIFFERENCES.items():
        if part in terms:
            terms[name] = terms[whole] - terms[part]
    for name, (first, second) in _SUMS.items():
        if first in terms and second in terms:
            terms[name] = terms[first] + terms[second]
    if "GVCF" not in terms:  # backward participation alone would be half a measure
        terms.pop("GVCB", None)
    return {name: terms[name] for name in _MEANINGS if name in terms}
