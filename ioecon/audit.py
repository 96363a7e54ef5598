"""Audit of a table: every break of an accounting identity is found, none is repaired.

:func:`audit` reports; :func:`sound_table` decides whether a computation may go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from itertools import pairwise
from numbers import Real
from weakref import ReferenceType, WeakKeyDictionary, WeakSet, ref

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.column_labels import label_columns
from ioecon.emissions.by_sector import Emissions, check_emissions, lay_out
from ioecon.errors import IoeconWarning, LabelError, RoundingWarning, UnsoundTableError
from ioecon.flow_sums import FlowSums, MarginalSums
from ioecon.leontief import RECENT, Leontief
from ioecon.stray_inputs import TableWithInputsMoved
from ioecon.suspicions import (
    Suspicion,
    basic_suspicions,
    impossible_intensities,
    slips,
    suspicions,
)
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user

__all__ = ["Audit", "Finding", "audit", "audit_years", "note_warned_about", "sound_table"]

LARGE_DISCREPANCIES = 0.01  # share of world output that the publisher could not place
ROUNDING = 1e-6  # breaks up to this share of world output pass for rounding of the source
_ROUNDS, _STRIP = 12, 512  # of inputs that are followed; rows that are multiplied at once
_FINDING = {
    "check": "Name of the check",
    "severity": "error, warning or note",
    "count": "Number of places",
    "place": "Place of the largest",
    "size": "Its size, in the unit of the table",
    "relative": "Its size relative to what it is measured against",
    "message": "All this in a sentence",
}
_SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """One kind of break in one table.

    Parameters
    ----------
    check : str
        Name of the check.
    severity : {"error", "warning", "note"}
        ``error``: computations refuse the table; ``warning``: they go on and say so;
        ``note``: usual in published tables.
    count : int
        In how many places.
    place : str
        Where the largest is.
    size : float
        Its size, in the unit of the table (for column sums of A: the sum).
    relative : float
        Its size relative to what it is measured against.
    message : str
        All this in a sentence.
    """

    check: str
    severity: str
    count: int
    place: str
    size: float
    relative: float
    message: str


@dataclass(frozen=True, eq=False)
class Audit:
    """What the audit of one table found.

    Parameters
    ----------
    title : str
        Year and file of the table.
    findings : tuple of Finding
        Worst first; empty when the table is clean.
    places : pandas.DataFrame
        Every single place: columns check, place, size.
    """

    title: str
    findings: tuple[Finding, ...]
    places: pd.DataFrame

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return all(finding.severity != "error" for finding in self.findings)

    def __getitem__(self, check: str) -> Finding:
        for finding in self.findings:
            if finding.check == check:
                return finding
        raise KeyError(check)

    def __contains__(self, check: str) -> bool:
        return any(finding.check == check for finding in self.findings)

    def to_frame(self) -> pd.DataFrame:
        """One row per finding."""
        frame = pd.DataFrame(
            [[getattr(finding, column) for column in _FINDING] for finding in self.findings],
            columns=[*_FINDING],
        )
        return label_columns(frame, f"Audit of {self.title}", _FINDING)

    def summary(self) -> str:
        """Text for people."""
        if not self.findings:
            return f"{self.title}: nothing to report."
        lines = [f"{finding.severity:8} {finding.message}" for finding in self.findings]
        return "\n".join([f"{self.title}:", *lines])

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.title)}</p>" + self.to_frame().to_html(escape=True, index=False)


def audit(table: IOTable, emissions: Emissions | None = None) -> Audit:
    """Check a table against the accounting identities and common sense; repair nothing.

    Checks: non-finite values; duplicate or missing labels; row balance (x against Z + Y);
    published output against row sums; columns (inputs plus primary inputs against output);
    negative flows and output; sectors without output, without inputs, with inputs but no output;
    column sums of A of one or more; whether A is productive (Hawkins and Simon 1949). Besides, what
    no identity shows: labels that are the total of the others, coefficients in place of flows, Z
    turned round, rows or columns that stand twice, discrepancies, impossible intensities; see
    :mod:`ioecon.suspicions` for the thresholds.

    Parameters
    ----------
    table : IOTable
        Any table, sound or not.
    emissions : Series or Account, optional
        Emissions, or another stressor, whose intensities are looked at too; see
        :func:`ioecon.decompose`.

    Returns
    -------
    Audit

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [-800, 3000]],
    ...                 countries=["AAA", "BBB"], sectors=["all"], categories=["final"], year=2005)
    >>> print(table.audit())
    Table of 2005:
    note     1 negative final demand, the largest of -800 at BBB all → AAA final.
    """
    collected = _Findings(table)
    Z, Y, x = collected.finite("Z", table.Z), collected.finite("Y", table.Y), table.x
    x = collected.finite("x", x)
    sums = table.flow_sums if Z is table.Z and Y is table.Y else FlowSums.of(Z, Y)
    _audit_labels(table, collected)
    _audit_balances(table, collected, sums.Z.columns, x)
    _audit_flows(table, collected, Z, Y)
    _audit_output(table, collected, sums.Z, x)
    _audit_coefficients(table, collected, Z, sums.Z, x)
    for suspicion in suspicions(table, Z, Y, sums):
        collected.suspect(suspicion)
    if emissions is not None and "non_finite" not in collected.checks():
        checked = check_emissions(emissions)
        c = lay_out(checked, table, "leave_out")
        found = impossible_intensities(
            table, c, national=not checked.by_sector, stressor=checked.stressor
        )
        for suspicion in found:
            collected.suspect(suspicion)
    return collected.audit()


def audit_years(series: Mapping[int, IOTable]) -> Audit:
    """Compare the tables of consecutive years: output that jumps as units do, not economies.

    Parameters
    ----------
    series : IOSeries

    Returns
    -------
    Audit

    Examples
    --------
    >>> import ioecon
    >>> print(audit_years(ioecon.datasets.load_world().series))
    Tables of 2000 to 2009: nothing to report.
    """
    years = list(series)
    collected = _Findings(series[years[0]])
    for first, last in pairwise(years):
        for suspicion in slips(series[first], series[last]):
            collected.suspect(suspicion)
    found = collected.audit()
    return replace(found, title=f"Tables of {years[0]} to {years[-1]}")


class _Findings:
    """Findings as they come in, with the sentence made from place and size."""

    def __init__(self, table: IOTable) -> None:
        self.table = table
        self.findings: list[Finding] = []
        self.places: list[tuple[str, str, float]] = []
        self.world = float(np.nansum(np.abs(table.x))) or 1.0

    def finite(
        self, name: str, values: Array, check: str = "non_finite", severity: str = "error"
    ) -> Array:
        """Values with non-finite ones, now reported, taken as zero in the checks that follow."""
        bad = ~np.isfinite(values)
        if not bad.any():
            return values
        where = [self.cell(name, spot) for spot in np.argwhere(bad)]
        self.places += [(check, place, np.nan) for place in where]
        self.findings.append(
            Finding(
                check, severity, len(where), where[0], np.nan, np.nan,
                f"{len(where)} values of {name} are not finite numbers, the first at {where[0]}.",
            )
        )  # fmt: skip
        return np.where(bad, 0.0, values)

    def cell(self, name: str, spot: NDArray[np.intp]) -> str:
        row = self.table.place(int(spot[0]))
        if spot.size == 1:
            return f"{name} of {row}"
        column = int(spot[1])
        to = self.table.place(column) if name == "Z" else self.table.final_demand_place(column)
        return f"{row} → {to}"

    def add(
        self,
        check: str,
        severity: str,
        where: list[str],
        sizes: Array,
        text: str,
        base: Array | float | None = None,
    ) -> None:
        """Report the places of one check; ``text`` is formatted with count, place, size, share."""
        if not where:
            return
        worst = int(np.argmax(np.abs(sizes)))
        against = self.world if base is None else np.broadcast_to(base, sizes.shape)[worst]
        relative = float(abs(sizes[worst]) / abs(against)) if against else np.inf
        self.places += [(check, place, float(s)) for place, s in zip(where, sizes, strict=True)]
        message = text.format(
            count=len(where), place=where[worst], size=float(sizes[worst]), share=relative
        )
        self.findings.append(
            Finding(
                check, severity, len(where), where[worst], float(sizes[worst]), relative, message
            )
        )

    def suspect(self, suspicion: Suspicion) -> None:
        """Report what looks wrong; sizes have the meaning that its sentence gives them."""
        self.add(suspicion.check, "warning", suspicion.places, suspicion.sizes, suspicion.text, 1.0)

    def checks(self) -> set[str]:
        return {finding.check for finding in self.findings}

    @property
    def title(self) -> str:
        """Year and file of the table."""
        file = f" ({self.table.source.path})" if self.table.source else ""
        return f"Table of {self.table.year}{file}"

    def messages(self) -> dict[str, str]:
        """Sentence of each check that found something."""
        return {finding.check: finding.message for finding in self.findings}

    def audit(self) -> Audit:
        ranked = sorted(self.findings, key=lambda finding: _SEVERITIES.index(finding.severity))
        places = pd.DataFrame(self.places, columns=["check", "place", "size"])
        return Audit(self.title, tuple(ranked), places)


def _audit_labels(table: IOTable, found: _Findings) -> None:
    for kind in ("countries", "sectors", "categories"):
        labels = getattr(table, kind)
        twice = [label for label, count in Counter(labels).items() if count > 1 and label.strip()]
        if twice:
            counts = np.array([labels.count(label) for label in twice], dtype=float)
            text = "{count} " + kind + " stand more than once, the most often {place}."
            found.add("duplicate_labels", "error", twice, counts, text)
        missing = [str(i + 1) for i, label in enumerate(labels) if label.strip() in ("", "nan")]
        if missing:
            text = "{count} " + kind + " have no label, the first at position {place}."
            found.add("missing_labels", "error", missing, np.ones(len(missing)), text)


def _audit_balances(table: IOTable, found: _Findings, inputs: Array, x: Array) -> None:
    sums = np.nan_to_num(table.row_sums())
    tiny = 1e-9 * max(found.world / table.n, 1e-300)
    unit = f"{table.unit} {table.currency}"

    def compare(check: str, values: Array, against: Array, text: str) -> None:
        misses = values - against
        rows = np.flatnonzero(np.abs(misses) > tiny)
        worst = np.max(np.abs(misses), initial=0.0)
        severity = "warning" if worst > ROUNDING * found.world else "note"
        where = [table.place(row) for row in rows]
        found.add(check, severity, where, misses[rows], text, against[rows])

    text = f"of {{size:,.6g}} {unit} at {{place}} ({{share:.2g}} of it)."
    unplaced = 0.0 if table.discrepancies is None else np.nan_to_num(table.discrepancies)
    is_printed = table.output == "printed"
    if is_printed:
        compare(
            "row_balance",
            x - unplaced,
            sums,
            f"{{count}} rows of x miss Z + Y, the largest miss {text}",
        )
    elif table.printed_output is not None:
        # Not used by any computation, so a warning.
        printed = found.finite(
            "printed output", table.printed_output, "non_finite_printed", "warning"
        )
        compare(
            "printed_output", printed - unplaced, sums,
            f"{{count}} printed outputs differ from the row sums in use, the largest miss {text}",
        )  # fmt: skip
    if table.discrepancies is not None:
        _audit_discrepancies(table, found, unit)
    if table.primary_inputs is not None and len(table.primary_inputs):
        primary = table.primary_inputs.sum(axis=0)
        found.finite("primary inputs", primary, "non_finite_primary", "warning")
        # What inputs pay for is the publisher's output, discrepancies included; a column whose
        # primary inputs are not known cannot miss it.
        paid = x if is_printed else x + unplaced
        columns = np.where(np.isfinite(primary), inputs + primary, paid)
        compare(
            "column_balance", columns, paid,
            f"{{count}} columns (inputs and primary inputs) miss output, the largest miss {text}",
        )  # fmt: skip


def _audit_discrepancies(table: IOTable, found: _Findings, unit: str) -> None:
    """Report what the publisher's output holds beyond the uses: no use, so not in row sums."""
    assert table.discrepancies is not None
    check = "non_finite_discrepancies"
    values = found.finite("discrepancies", table.discrepancies, check, "warning")
    rows = np.flatnonzero(values)
    share = np.abs(values).sum() / found.world
    text = (
        "{count} rows have discrepancies, which are no use and stay out of the row sums "
        f"({share:.2g} of world output in all), the largest of {{size:,.6g}} {unit} at {{place}}."
    )
    severity = "warning" if share > LARGE_DISCREPANCIES else "note"
    where = [table.place(row) for row in rows]
    found.add("discrepancies", severity, where, values[rows], text)


def _audit_flows(table: IOTable, found: _Findings, Z: Array, Y: Array) -> None:
    for name, values, severity, words in (
        ("Z", Z, "warning", "intermediate flows"),
        ("Y", Y, "note", "final demand"),
    ):
        spots = np.argwhere(values < 0)
        where = [found.cell(name, spot) for spot in spots]
        sizes = values[tuple(spots.T)]
        text = f"{{count}} negative {words}, the largest of {{size:,.6g}} at {{place}}."
        found.add(f"negative_{name}", severity, where, sizes, text)


def _audit_output(table: IOTable, found: _Findings, flows: MarginalSums, x: Array) -> None:
    negative = np.flatnonzero(x < 0)
    severity = "error" if x.min(initial=0.0) < -ROUNDING * found.world else "warning"
    text = "{count} sectors have negative output, the largest of {size:,.6g} at {place}."
    found.add("negative_output", severity, [table.place(i) for i in negative], x[negative], text)

    idle = np.flatnonzero(x == 0)
    text = "{count} sectors have no output, the first {place}."
    found.add("zero_output", "note", [table.place(i) for i in idle], np.zeros(len(idle)), text)
    bare = np.flatnonzero((flows.columns == 0) & (x != 0))
    text = "{count} sectors with output have no inputs, the largest output {size:,.6g} at {place}."
    found.add("no_inputs", "note", [table.place(i) for i in bare], x[bare], text)
    stray = idle[flows.column_sizes[idle] > 0]
    used = flows.column_sizes[stray]
    severity = "error" if used.max(initial=0.0) > ROUNDING * found.world else "warning"
    text = "{count} sectors have inputs but no output, the largest inputs {size:,.6g} at {place}."
    found.add("inputs_without_output", severity, [table.place(i) for i in stray], used, text)


def _audit_coefficients(
    table: IOTable, found: _Findings, Z: Array, flows: MarginalSums, x: Array
) -> None:
    inputs = flows.columns
    sums = _sum_coefficients(inputs, x)
    # Sums of one are common where a source rounds to whole units; the last bits do not count.
    full = np.flatnonzero(sums >= 1 - 1e-12)
    excess = np.max(inputs[full] - x[full], initial=0.0)
    severity = "error" if excess > ROUNDING * found.world else "warning"
    text = "{count} columns of A sum to one or more, the largest to {size:.4g} at {place}."
    found.add("column_sums", severity, [table.place(i) for i in full], sums[full], text, 1.0)
    if flows.column_sizes[x == 0].any():
        return  # not decidable here
    # A sound table's own factorisation is kept, and serves the computations that follow.
    own = Z is table.Z and x is table.x
    factorise = table.leontief if own else partial(Leontief, Z, x)
    _audit_productivity(found, Z, sums, x, flows.least, factorise)


def _audit_productivity(
    found: _Findings,
    Z: Array,
    sums: Array,
    x: Array,
    least: float,
    factorise: Callable[[], Leontief],
) -> None:
    """Tell whether A is productive; ``sums`` are those of its columns, ``least`` is Z's least."""
    full = np.flatnonzero(sums >= 1 - 1e-12)
    if not full.size or _inputs_die_out(Z, x, least):
        return  # with every sum below one, A is productive
    try:
        productive = factorise().is_productive()
    except UnsoundTableError:
        productive = False
    if not productive:
        text = "A is not productive: inputs along some chain exceed output (worst column {place})."
        worst = full[[int(np.argmax(sums[full]))]]
        found.add("productive", "error", [found.table.place(int(worst[0]))], sums[worst], text, 1.0)


def _sum_coefficients(inputs: Array, x: Array) -> Array:
    """Columns of A summed, zero where there is no output."""
    return np.divide(inputs, x, out=np.zeros_like(x), where=x > 0)


def _inputs_die_out(Z: Array, x: Array, least: float) -> bool:
    """Whether a few rounds of inputs leave less than there was of every product, for A ≥ 0.

    Columns of Aᵏ that sum to less than one bound the spectral radius of A below one, which makes A
    productive, at the cost of k products with a vector in place of a factorisation. Where this
    cannot tell, a factorisation must.
    """
    if min(least, x.min(initial=0.0)) < 0:
        return False
    per_output = np.divide(1.0, x, out=np.zeros_like(x), where=x != 0)
    left = np.ones_like(x)
    for _ in range(_ROUNDS):
        # Strips, since a product of two types would widen all of Z.
        rounds = range(0, len(x), _STRIP)
        left = per_output * sum(
            left[k : k + _STRIP] @ np.asarray(Z[k : k + _STRIP], dtype=float) for k in rounds
        )
        if left.max(initial=0.0) < 0.999:
            return True
    return False


def sound_table(table: IOTable, *, tolerance: float = ROUNDING) -> IOTable:
    """Return a table that the equations hold for, or raise.

    A break no larger than ``tolerance`` of world output is the rounding of the source: it is
    carried, with one :class:`~ioecon.errors.RoundingWarning` that names it. Negative output and
    columns of A that sum to one or more are carried as they are, since the equations stay exact.
    Inputs of a sector without output are counted as final use (last category) of its country,
    which keeps every row sum.

    Parameters
    ----------
    table : IOTable
    tolerance : float
        Largest share of world output to carry; 0 refuses every break, ``inf`` carries all.

    Returns
    -------
    IOTable
        The same object when nothing had to be moved.

    Raises
    ------
    LabelError
        If a label stands twice or is missing.
    UnsoundTableError
        If a number is not finite, or a break is larger than the tolerance; country and sector
        are named.
    """
    _refuse_bad_labels(table)
    if not (isinstance(tolerance, Real) and tolerance >= 0):
        raise UnsoundTableError(
            f"tolerance is a share of world output, a number of 0 or more, not {tolerance!r}."
        )
    known = _TABLES_IN_USE.soundness(table)
    if known.refusal:
        raise UnsoundTableError(f"{known.title}: {known.refusal}")
    limit = tolerance * float(np.abs(table.x).sum())
    for size, message in known.breaks:
        if size > limit:
            raise UnsoundTableError(
                f"{known.title}: {message} Correct the table, or pass a larger "
                f"tolerance than {tolerance:g} of world output to carry it as it is."
            )
    sound = _TABLES_IN_USE.with_inputs_moved(table) if known.stray else table
    if _TABLES_IN_USE.was_warned_about(table):
        return sound
    for concern in known.concerns:
        warn_user(f"{known.title}: {concern}", IoeconWarning)
    if known.breaks:
        carried = " ".join(message for _, message in known.breaks)
        warn_user(f"{known.title}: {carried}", RoundingWarning)
    return sound


def note_warned_about(table: IOTable) -> bool:
    """Tell whether a table was warned about before; it counts as such from now on."""
    return _TABLES_IN_USE.was_warned_about(table)


@dataclass(frozen=True)
class _Soundness:
    """What a computation must know of a table; found once, since it may cost a factorisation.

    ``refusal`` tells why no tolerance helps, ``breaks`` are sizes with their messages, ``stray``
    whether sectors without output have inputs, ``concerns`` are what makes every result wrong
    without breaking anything.
    """

    title: str
    refusal: str = ""
    breaks: tuple[tuple[float, str], ...] = ()
    stray: bool = False
    concerns: tuple[str, ...] = ()


class _TablesInUse:
    """Remember, as long as a table lives, how sound it is and whether it was warned about."""

    def __init__(self) -> None:
        self._soundness: WeakKeyDictionary[IOTable, _Soundness] = WeakKeyDictionary()
        self._warned_about: WeakSet[IOTable] = WeakSet()
        self._moved: WeakKeyDictionary[IOTable, ReferenceType[IOTable]] = WeakKeyDictionary()
        self._held: WeakKeyDictionary[IOTable, IOTable] = WeakKeyDictionary()

    def soundness(self, table: IOTable) -> _Soundness:
        """Tell how sound a table is; found once."""
        known = self._soundness.get(table)
        if known is None:
            known = self._soundness[table] = _judge(table)
        return known

    def with_inputs_moved(self, table: IOTable) -> IOTable:
        """Return the table with stray inputs in final use, the same object while it lives.

        It holds flows, so no more of them stay than factorisations may, and none longer than the
        table.
        """
        reference = self._moved.get(table)
        moved = None if reference is None else reference()
        if moved is None:
            moved = TableWithInputsMoved(table)
            self._moved[table] = ref(moved)
            self._held[table] = moved
            while sum(each.flows_to_scale.nbytes for each in self._held.values()) > RECENT.budget:
                del self._held[next(iter(self._held))]
        return moved

    def was_warned_about(self, table: IOTable) -> bool:
        """Tell whether this was asked before: a table is warned about once, however often used."""
        before = table in self._warned_about
        self._warned_about.add(table)
        return before


_TABLES_IN_USE = _TablesInUse()


def _judge(table: IOTable) -> _Soundness:
    """Look at what a computation needs of a table, and no further, as the audit does."""
    sums = table.flow_sums
    with np.errstate(invalid="ignore"):
        total = sums.Z.rows.sum() + sums.Y.rows.sum() + table.x.sum()
    if not np.isfinite(total):
        report = audit(table)
        return _Soundness(report.title, refusal=report["non_finite"].message)
    inputs = sums.Z.columns
    sizes = {check: size for check, size in _measure_breaks(table, sums.Z).items() if size > 0}
    concerns = tuple(map(_put_in_words, basic_suspicions(table, table.Z, table.Y, sums)))
    found = _Findings(table)
    if not sizes:
        return _Soundness(f"Table of {table.year}", concerns=concerns)
    if "row_balance" in sizes:
        _audit_balances(table, found, inputs, table.x)
    _audit_output(table, found, sums.Z, table.x)
    _audit_coefficients(table, found, table.Z, sums.Z, table.x)
    messages = found.messages()
    if "productive" in messages:
        return _Soundness(found.title, refusal=messages["productive"])
    stray = "inputs_without_output" in messages
    if stray:  # whether A is productive can be told only now
        moved = _TABLES_IN_USE.with_inputs_moved(table)
        after = _Findings(moved)
        of_columns = _sum_coefficients(inputs, moved.x)
        _audit_productivity(
            after, moved.flows_to_scale, of_columns, moved.x, sums.Z.least, moved.leontief
        )
        if "productive" in after.messages():
            return _Soundness(found.title, refusal=after.messages()["productive"])
    breaks = tuple((size, messages[check]) for check, size in sizes.items() if check in messages)
    return _Soundness(found.title, "", breaks, stray, concerns)


def _put_in_words(suspicion: Suspicion) -> str:
    worst = int(np.argmax(np.abs(suspicion.sizes)))
    return suspicion.text.format(
        count=len(suspicion.places), place=suspicion.places[worst], size=suspicion.sizes[worst]
    )


def _refuse_bad_labels(table: IOTable) -> None:
    for kind in ("countries", "sectors", "categories"):
        labels = getattr(table, kind)
        if len(set(labels)) < len(labels) or any(label.strip() in ("", "nan") for label in labels):
            report = audit(table)
            check = "duplicate_labels" if "duplicate_labels" in report else "missing_labels"
            raise LabelError(f"{report.title}: {report[check].message}")


def _measure_breaks(table: IOTable, flows: MarginalSums) -> dict[str, float]:
    """Largest size of each break that a tolerance can carry, in the unit of the table."""
    idle = table.x == 0
    printed = table.output == "printed"
    misses = table.row_sums() - table.x if printed else np.zeros(1)
    return {
        "negative_output": float(-table.x.min(initial=0.0)),
        "inputs_without_output": float(flows.column_sizes[idle].max(initial=0.0)),
        "column_sums": float((flows.columns - table.x)[table.x > 0].max(initial=0.0)),
        "row_balance": float(np.abs(misses).max()),
    }
