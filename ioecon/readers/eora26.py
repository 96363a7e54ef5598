"""Eora26: the simplified Eora, 189 countries with 26 sectors each and a line ROW, 1990 on.

A zip or folder of a year, ``Eora26_YYYY_bp`` or ``_pp``, with the matrices T, FD and VA and their
labels, or ``indices.zip`` beside it. Countries are known by their names, since some of Eora's
codes are not ISO's. ROW, sector TOTAL, is what balances the table and no country: its column is
kept as discrepancies and its row as a primary input, or, on request, its uses as exports.
The full Eora, in which every country has sectors of its own, is refused. No original was at hand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.countries import to_iso3
from ioecon.errors import IoeconWarning, LabelError, ReadError
from ioecon.files.file_set import FileSet
from ioecon.number_rows import number_rows, text_lines
from ioecon.readers.eora26_files import EoraFiles
from ioecon.readers.labels import agreed_year
from ioecon.readers.options import ReadOptions
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user
from ioecon.wording import listed

__all__ = ["EoraLabels", "country_codes", "parse_files"]

Order = NDArray[np.intp]
Place = tuple[str, str]

#: Names of Eora's that are no country of ISO 3166, or that the general reading of names lacks.
OWN_NAMES = {
    "netherlands antilles": "XAN",
    "former ussr": "XSU",
    "ussr": "XSU",
    "dr yemen": "XYD",
    "democratic yemen": "XYD",
    "gaza strip": "PSE",
    "uae": "ARE",
}
_OWN_CODES = {"ANT", "DYE", "GAZ", "SDS", "SUD", "USR"}  # not ISO's: the name tells
_REST = "ROW"
_REST_INPUT = "ROW (statistical discrepancy)"
_MADE_UP = re.compile(r"region \d+", re.IGNORECASE)
_COMMODITY = "Commodit"
_CATEGORY = re.compile(r".*\b(P\.\d+\w?)")
_LARGEST = 20_000  # rows; four times those of Eora26
_UNBALANCED = 0.01  # part of output by which inputs may miss it unmentioned


@dataclass(frozen=True)
class EoraLabels:
    """Labels of the rows and columns of T and FD.

    Parameters
    ----------
    countries : tuple of str
        Codes, without ROW.
    sectors : tuple of str
    kinds : tuple of str
        What the sectors of each country are called: ``Industries`` or ``Commodities``.
    categories, category_names : tuple of str
        Of final demand, in short and as the file has them.
    rows : list of (str, str)
        Country and sector of every row of T as the file has them.
    demand_columns : list of str
        Country and category of every column of FD, for messages.
    own, rest : ndarray of int
        Rows of T that belong to countries, and to ROW.
    uses, rest_uses : ndarray of int
        Columns of FD that belong to countries, and to ROW.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    kinds: tuple[str, ...]
    categories: tuple[str, ...]
    category_names: tuple[str, ...]
    rows: list[tuple[str, str]]
    demand_columns: list[str]
    own: Order
    rest: Order
    uses: Order
    rest_uses: Order

    @classmethod
    def of(cls, files: EoraFiles) -> EoraLabels:
        """Read labels_T and labels_FD.

        Raises
        ------
        ReadError
            If countries have different sectors or categories, or one is not known.
        """
        lines = files.cells("T", 4)
        file = files.list_name("T")
        if len(lines) > _LARGEST:
            raise ReadError(
                f"{file} has {len(lines):,} rows, where Eora26 has 4,915; the full Eora, in which "
                "each country has sectors of its own, is not read."
            )
        is_rest = np.array([_is_rest(name, code) for name, code, _, _ in lines])
        own = np.flatnonzero(~is_rest)
        places = [(lines[k][0], lines[k][1]) for k in own]
        names = tuple(dict.fromkeys(places))
        sectors = _require_same(
            [((lines[k][0], lines[k][1]), lines[k][3]) for k in own], names, "sector", file
        )
        codes = country_codes(names, file)
        uses = files.cells("FD", 4)
        from_rest = np.array([_is_rest(name, code) for name, code, _, _ in uses])
        final = np.flatnonzero(~from_rest)
        labels = [((uses[k][0], uses[k][1]), uses[k][3]) for k in final]
        demand_file = files.list_name("FD")
        if tuple(dict.fromkeys(place for place, _ in labels)) != names:
            raise ReadError(
                f"{demand_file} and {file} do not list the same countries in one order."
            )
        categories = _require_same(labels, names, "category", demand_file)
        kind = {(line[0], line[1]): line[2] for line in lines}
        return cls(
            countries=codes,
            sectors=sectors,
            kinds=tuple(kind[place] for place in names),
            categories=_shorten(categories),
            category_names=categories,
            rows=[(line[1], line[3]) for line in lines],
            demand_columns=[f"{line[1]} {line[3]}" for line in uses],
            own=own,
            rest=np.flatnonzero(is_rest),
            uses=final,
            rest_uses=np.flatnonzero(from_rest),
        )

    @cached_property
    def columns(self) -> list[str]:
        """Country and sector of every column of T, for messages."""
        return [" ".join(row) for row in self.rows]

    @cached_property
    def place(self) -> Order:
        """Row of the table that each row of T is; -1 for ROW."""
        place = np.full(len(self.rows), -1)
        place[self.own] = np.arange(len(self.own))
        return place

    @property
    def system(self) -> str:
        """What rows and columns are, in words."""
        odd = [c for c, kind in zip(self.countries, self.kinds, strict=True) if _COMMODITY in kind]
        if len(odd) == len(self.countries):
            return "product × product"
        return "industry × industry" + (f"; product × product in {listed(odd, 6)}" if odd else "")


def _is_rest(name: str, code: str) -> bool:
    return code.upper() == _REST or name.upper() == _REST


def _require_same(
    labels: Sequence[tuple[Place, str]], names: Sequence[Place], what: str, file: str
) -> tuple[str, ...]:
    """Labels that every country has, in one order; countries stand one after the other."""
    each: dict[Place, list[str]] = {name: [] for name in names}
    for place, label in labels:
        each[place].append(label)
    first = each[names[0]] if names else []
    for place in names:
        twice = [label for label, count in Counter(each[place]).items() if count > 1]
        if twice:
            raise ReadError(f"{file} has the {what} {twice[0]!r} of {place[0]} more than once.")
        if each[place] != first:
            odd = sorted(set(first).symmetric_difference(each[place])) or each[place]
            raise ReadError(
                f"{file}: {place[0]} has {len(each[place])} {what} labels and {names[0][0]} "
                f"{len(first)}, or others ({odd[0]!r}); in Eora26 every country has the same. The "
                "full Eora, where each has its own, is not read."
            )
    order = [place for name in names for place in [name] * len(first)]
    if [place for place, _ in labels] != order:
        raise ReadError(f"{file}: the rows of a country do not stand together.")
    if not first:
        raise ReadError(f"{file} names no country.")
    return tuple(first)


def _shorten(categories: tuple[str, ...]) -> tuple[str, ...]:
    """Codes P.3h, P.3n, … where every category has its own."""
    found = [_CATEGORY.fullmatch(name) for name in categories]
    codes = tuple(match[1] for match in found if match)
    return codes if len({*codes}) == len(categories) else categories


def country_codes(places: Sequence[Place], file: str) -> tuple[str, ...]:
    """ISO 3166 codes of countries by their names, some of whose codes in Eora are others.

    Parameters
    ----------
    places : sequence of (str, str)
        Names and Eora's codes.
    file : str
        For messages.

    Raises
    ------
    ReadError
        If a country is not known by its name, or name and code tell different ones.
    """
    if places and all(_MADE_UP.fullmatch(name) for name, _ in places) and len(places) <= 26:
        codes = tuple(f"AA{chr(ord('A') + k)}" for k in range(len(places)))
        warn_user(
            f"{file} names no countries but {places[0][0]} and others: it is no table of Eora's, "
            f"and its regions are called {listed(codes, 3)}.",
            IoeconWarning,
        )
        return codes
    found = []
    for name, code in places:
        by_name = OWN_NAMES.get(name.lower()) or _try_code(name)
        by_code = None if code.upper() in _OWN_CODES else _try_code(code)
        if by_name is None and by_code is None:
            raise ReadError(f"{file}: the country {name!r} ({code}) is not known.")
        if None not in (by_name, by_code) and by_name != by_code:
            raise ReadError(
                f"{file}: the country {name!r} is {by_name}, but its code {code} is {by_code}."
            )
        found.append(by_name or by_code or "")
    twice = [code for code, count in Counter(found).items() if count > 1]
    if twice:
        names = [name for (name, _), code in zip(places, found, strict=True) if code == twice[0]]
        raise ReadError(f"{file}: the countries {' and '.join(names)} are both {twice[0]}.")
    return tuple(found)


def _try_code(name: str) -> str | None:
    try:
        return to_iso3([name])[0]
    except LabelError:
        return None


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one year of Eora26.

    Parameters
    ----------
    files : FileSet
        Zip or folder of the year, or as :func:`ioecon.readers.eora26_files.find_sets` has them.
    year : int or None
        Year it should be of.
    options : ReadOptions
        ``own["valuation"]``, ``own["rest"]``, ``empty_cells`` and ``dtype`` are heeded.

    Returns
    -------
    IOTable
        In thousand USD.

    Raises
    ------
    ReadError
        If a file is missing, damaged, or does not fit its labels.
    """
    part = EoraFiles.of(files, options.own.get("valuation", "basic"), year)
    labels = EoraLabels.of(part)
    inputs = [label for _, label in part.cells("VA", 2)]
    flows = _Flows.read(part, labels, options)
    pieces = list(_rows(part, "VA", len(inputs), labels.columns, options))
    added = np.concatenate([values for _, values in pieces])
    _warn_of_imbalance(flows, added.sum(axis=0), labels, part)
    primary = added[:, labels.own]
    keep = options.own.get("rest", "report") == "keep"
    has_rest = labels.rest.size > 0
    if has_rest:
        primary = np.vstack([primary, flows.from_rest])
        inputs.append(_REST if keep else _REST_INPUT)
        if not keep:
            _warn_of_rest(flows, labels, part)
    return IOTable(
        Z=flows.Z,
        Y=flows.Y,
        countries=labels.countries,
        sectors=labels.sectors,
        sector_names=labels.sectors,
        categories=labels.categories,
        primary_inputs=primary,
        primary_labels=tuple(inputs),
        exports=flows.to_rest[:, None] if has_rest and keep else None,
        export_labels=(_REST,) if has_rest and keep else (),
        discrepancies=flows.to_rest if has_rest and not keep else None,
        year=agreed_year(part.year, year, files.name),
        unit="thousand",
        currency="USD",
        system=labels.system,
        valuation={"basic": "basic prices", "purchasers": "purchasers' prices"}[part.valuation],
        edition="Eora26",
    )


@dataclass
class _Flows:
    """Flows of a table, what goes to and comes from ROW, and the sums of T and FD.

    Parameters
    ----------
    Z, Y : ndarray
    to_rest, from_rest : ndarray, shape (n,)
        Deliveries of each row to ROW, and of ROW to each column of Z.
    beyond : float
        Deliveries of ROW to final demand of the countries.
    row_sums, column_sums : ndarray
        Of every row of T and FD, and of every column of T; ROW is among them.
    """

    Z: Array
    Y: Array
    to_rest: Array
    from_rest: Array
    beyond: float
    row_sums: Array
    column_sums: Array

    @classmethod
    def read(cls, part: EoraFiles, labels: EoraLabels, options: ReadOptions) -> _Flows:
        """Take the rows of T and FD into their places."""
        n, m, width = len(labels.own), len(labels.uses), len(labels.rows)
        Z, Y = np.empty((n, n), options.dtype), np.empty((n, m), options.dtype)
        to_rest, from_rest, beyond = np.zeros(n), np.zeros(n), 0.0
        row_sums, column_sums = np.zeros(width), np.zeros(width)
        for first, values in _rows(part, "T", width, labels.columns, options):
            at = slice(first, first + len(values))
            row_sums[at] += values.sum(axis=1)
            column_sums += values.sum(axis=0)
            to, own = labels.place[at], labels.place[at] >= 0
            Z[to[own]] = values[np.ix_(own, labels.own)]
            to_rest[to[own]] += values[np.ix_(own, labels.rest)].sum(axis=1)
            from_rest += values[np.ix_(~own, labels.own)].sum(axis=0)
        for first, values in _rows(part, "FD", width, labels.demand_columns, options):
            at = slice(first, first + len(values))
            row_sums[at] += values.sum(axis=1)
            to, own = labels.place[at], labels.place[at] >= 0
            Y[to[own]] = values[np.ix_(own, labels.uses)]
            to_rest[to[own]] += values[np.ix_(own, labels.rest_uses)].sum(axis=1)
            beyond += float(values[np.ix_(~own, labels.uses)].sum())
        for array in (Z, Y):
            array.setflags(write=False)
        return cls(Z, Y, to_rest, from_rest, beyond, row_sums, column_sums)


def _rows(
    part: EoraFiles, name: str, count: int, columns: Sequence[str], options: ReadOptions
) -> Iterator[tuple[int, Array]]:
    """First position and values of pieces of a matrix, which has so many rows."""
    file = part.name_of(name)
    got = 0
    with part.matrices.open(part.names[name]) as stream:
        for piece in number_rows(
            text_lines(stream, file),
            file=file,
            columns=len(columns),
            separator="\t",
            empty=options.empty_cells,
            column_name=columns.__getitem__,
        ):
            got += len(piece.values)
            if got <= count:
                yield piece.first, piece.values
    if got != count:
        what = "VA" if name == "VA" else "T"
        raise ReadError(
            f"{file} has {got} rows, and {part.list_name(what)} names {count}; get the files again."
        )


def _warn_of_imbalance(flows: _Flows, added: Array, labels: EoraLabels, part: EoraFiles) -> None:
    """Warn where uses and inputs of sectors differ, which they should not when ROW is counted."""
    inputs = flows.column_sums + added
    off = np.abs(flows.row_sums - inputs)
    wrong = off > _UNBALANCED * np.maximum(np.abs(flows.row_sums), np.abs(inputs))
    if wrong.any():
        worst = int(np.argmax(np.where(wrong, off, 0)))
        warn_user(
            f"{part.matrices.name}: uses and inputs differ by more than {_UNBALANCED:.0%} in "
            f"{int(wrong.sum())} of {len(inputs)} rows, most in {labels.columns[worst]}, whose "
            f"uses (T and FD) are {flows.row_sums[worst]:,.0f} and inputs (T and VA) "
            f"{inputs[worst]:,.0f} thousand USD; output is the sum of uses.",
            IoeconWarning,
        )


def _warn_of_rest(flows: _Flows, labels: EoraLabels, part: EoraFiles) -> None:
    """Say how much the line ROW takes from the table."""
    to, of = np.abs(flows.to_rest), np.abs(flows.from_rest)
    output = np.abs(flows.row_sums[labels.own]).sum()
    share = (to.sum() + of.sum()) / (2 * output) if output else 0.0
    most = [labels.columns[labels.own[int(np.argmax(side))]] for side in (to, of)]
    warn_user(
        f"{part.matrices.name}: the line ROW, no country but what balances the table, takes "
        f"{to.sum():,.0f} thousand USD (most from {most[0]}) and gives {of.sum():,.0f} (most to "
        f"{most[1]}), {share:.2%} of output. It is kept as discrepancies and as the primary input "
        f"{_REST_INPUT!r}; the {flows.beyond:,.0f} that it gives to final demand are left out. "
        "rest='keep' counts it as exports and primary input ROW.",
        IoeconWarning,
    )
