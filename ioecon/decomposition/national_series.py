"""Index decomposition of national series: what drove a sum of products (Kaya and others)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from ioecon.arrays import TOLERANCE, Array
from ioecon.column_labels import label_columns
from ioecon.decomposition.index_methods import (
    EXACT,
    METHODS,
    OTHER_NAMES,
    effects_of_groups,
    ratio_effects,
)
from ioecon.decomposition.logarithmic_mean import changes_sign
from ioecon.decomposition.national_frame import NationalSeries, read_national_series
from ioecon.errors import ArgumentError, IdentityError
from ioecon.printout import Printout
from ioecon.wording import suggest

__all__ = ["IndexEffects", "index_decomposition"]

Form = Literal["additive", "multiplicative"]
_MOST_FACTORS = 12  # Shapley evaluates 2ⁿ mixtures of the two years


@dataclass(frozen=True, eq=False)
class IndexEffects:
    """What drove a national total, by factor and reporting year.

    Made by :func:`index_decomposition`. It reads like its frame: ``effects["people"]``,
    ``effects.loc[2001]`` and ``effects.to_numpy()`` are those of :meth:`to_frame`.

    Parameters
    ----------
    factors : tuple of str
    periods : tuple of (int, int)
        Base year and reporting year; results are labelled by the reporting year.
    values : ndarray, shape (periods, factors)
        Effects: in ``unit`` if additive, ratios if multiplicative.
    totals : ndarray, shape (periods, 2)
        The sum over groups in base and reporting year, in ``unit``.
    method : str
    form : {"additive", "multiplicative"}
    unit : str
        Of the product of the factors.
    groups : Index
        Groups that were summed.
    group_values : ndarray, shape (periods, groups, factors), optional
        Additive effects before groups were summed.
    time : str
        Name of the years in frames.
    """

    factors: tuple[str, ...]
    periods: tuple[tuple[int, int], ...]
    values: Array
    totals: Array
    method: str
    form: Form
    unit: str
    groups: pd.Index
    group_values: Array | None = None
    time: str = "year"

    def __post_init__(self) -> None:
        for array in (self.values, self.totals, self.group_values):
            if array is not None:
                array.setflags(write=False)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.values, dtype=dtype, copy=copy)

    def __getitem__(self, factor: Any) -> Any:
        return self.to_frame()[factor]

    @property
    def loc(self) -> Any:
        """Rows of :meth:`to_frame` by reporting year."""
        return self.to_frame().loc

    def to_numpy(self) -> Array:
        """Effects without labels, shape (periods, factors)."""
        return np.array(self.values)

    @property
    def years(self) -> tuple[int, ...]:
        """Reporting years."""
        return tuple(last for _, last in self.periods)

    @property
    def change(self) -> pd.Series:
        """Change of the total by reporting year: a difference if additive, a ratio if not."""
        first, last = self.totals.T
        change = last - first if self.form == "additive" else last / first
        return self._state(pd.Series(change, index=self._index(), name="change"))

    @property
    def residual(self) -> pd.Series:
        """What the effects leave of the change: change − Σ effects, or change / Π effects.

        Rounding only (0, or 1) but for the methods that have a residual.
        """
        change = self.change.to_numpy()
        if self.form == "additive":
            left = change - self.values.sum(axis=1)
        else:
            left = change / self.values.prod(axis=1)
        return self._state(pd.Series(left, index=self._index(), name="residual"))

    def to_frame(self) -> pd.DataFrame:
        """Effects, groups summed.

        Returns
        -------
        DataFrame
            A row for each reporting year, a column for each factor.
        """
        frame = pd.DataFrame(self.values, index=self._index(), columns=list(self.factors))
        form = "Effect of" if self.form == "additive" else "Ratio by the effect of"
        return label_columns(
            frame,
            self._printout().title,
            {factor: f"{form} {factor}" for factor in self.factors},
            units=dict.fromkeys(self.factors, self._unit_of_effects()),
            method=self.method,
            form=self.form,
            unit=self._unit_of_effects(),
        )

    def by_group(self) -> pd.DataFrame:
        """Additive effects on each group.

        Returns
        -------
        DataFrame
            Index (group, year), a column for each factor; in ``unit``.

        Raises
        ------
        ArgumentError
            For ratios, which belong to the total.
        """
        if self.group_values is None:
            raise ArgumentError("Ratios belong to the total: take form='additive' for groups.")
        names = [*self.groups.names, self.time]
        keys = [
            (*(key if isinstance(key, tuple) else (key,)), year)
            for key in self.groups
            for year in self.years
        ]
        values = np.swapaxes(self.group_values, 0, 1).reshape(-1, len(self.factors))
        index = pd.MultiIndex.from_tuples(keys, names=names)
        return pd.DataFrame(values, index=index, columns=list(self.factors))

    def chained(self) -> IndexEffects:
        """Effects from the first year to each later one: sums, or products, over the years between.

        Returns
        -------
        IndexEffects
            Its periods all begin in the first year. Beside it stands the unchained form, which
            compares the two years alone: ``index_decomposition(..., base=first)``.

        Raises
        ------
        ArgumentError
            If the periods do not follow each other.
        """
        first = self.periods[0][0]
        if any(a[1] != b[0] for a, b in zip(self.periods, self.periods[1:], strict=False)):
            raise ArgumentError(
                f"These effects compare every year with {first}: there is nothing to chain. Leave "
                "base out of index_decomposition."
            )
        add = np.add if self.form == "additive" else np.multiply
        summed = None if self.group_values is None else np.cumsum(self.group_values, axis=0)
        start = np.full_like(self.totals[:, 0], self.totals[0, 0])
        return replace(
            self,
            periods=tuple((first, last) for _, last in self.periods),
            values=np.asarray(add.accumulate(self.values, axis=0)),
            totals=np.stack([start, self.totals[:, 1]], axis=1),
            group_values=summed,
        )

    def summary(self) -> str:
        """Text for people."""
        return self._printout().text()

    def _printout(self) -> Printout:
        table = pd.DataFrame(self.values, index=self._index(), columns=list(self.factors))
        if self.method not in EXACT:
            table["residual"] = self.residual
        table["change"] = self.change
        first, last = self.periods[0][0], self.periods[-1][1]
        bases = {base for base, _ in self.periods}
        against = f"against {first}" if len(bases) == 1 else "against the year before"
        unit = f", {self._unit_of_effects()}" if self._unit_of_effects() else ""
        groups = f", {len(self.groups)} groups summed" if len(self.groups) > 1 else ""
        title = (
            f"Index decomposition ({self.method}, {self.form}), {first}–{last}, {against}{groups}"
            f"{unit}"
        )
        fine = self.form == "multiplicative" or np.abs(self.values).max(initial=0.0) < 10
        return Printout(title, {"": table}, f"{METHODS[self.method]}", decimals=4 if fine else 1)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()

    def _index(self) -> pd.Index:
        return pd.Index(self.years, name=self.time)

    def _unit_of_effects(self) -> str:
        return self.unit if self.form == "additive" else ""

    def _state(self, series: pd.Series) -> pd.Series:
        series.attrs = {"unit": self._unit_of_effects()}
        return series


def index_decomposition(
    frame: pd.DataFrame,
    factors: Sequence[str],
    *,
    time: str = "year",
    group: str | Sequence[str] | None = "sector",
    method: str = "lmdi",
    form: Form = "additive",
    base: int | None = None,
    total: str | None = None,
    unit: str = "",
) -> IndexEffects:
    """Index decomposition of a sum of products of factors, year by year.

    V = Σᵢ xᵢ¹ xᵢ² … xᵢᵏ, i the groups (sectors, fuels, …): the Kaya identity, or any other.

    Parameters
    ----------
    frame : DataFrame
        One row for each year and group, one column for each factor. ``time`` and ``group`` are
        columns or levels of the index.
    factors : sequence of str
        Columns whose product, summed over groups, is decomposed.
    time : str
        Where the years are.
    group : str, sequence of str or None
        Where the groups are; None where there is one row a year.
    method : str
        ``"lmdi"`` (LMDI-I, Ang 2005), ``"lmdi2"`` (LMDI-II, weights of Sato and Vartia),
        ``"shapley"`` (mean of all orderings of the factors; Sun 1998), ``"two_polar"`` (mean of the
        order of ``factors`` and its reverse; Dietzenbacher and Los 1998), which leave no residual;
        ``"laspeyres"``, ``"paasche"`` and ``"marshall_edgeworth"``, which leave one.
    form : {"additive", "multiplicative"}
        Effects that add up to V₁ − V₀, or ratios that multiply to V₁ / V₀.
    base : int, optional
        Year with which every later year is compared (unchained). By default each year is compared
        with the one before it; see :meth:`IndexEffects.chained` for their sums over time.
    total : str, optional
        Column of what is decomposed, to be checked: in each row the product of the factors.
    unit : str
        Of the product, for print.

    Returns
    -------
    IndexEffects
        :meth:`~IndexEffects.to_frame` has a row for each reporting year and a column for each
        factor.

    Raises
    ------
    ArgumentError
        If a column is missing, a year or group is missing or there twice, a value is no finite
        number, the product is not ``total`` (units), the method is unknown, or one that needs
        logarithms meets a change of sign; the year, group and column are named.
    IdentityError
        If the effects of an exact method miss the change by more than 1e-10 of the largest term.

    Notes
    -----
    With L(a, b) = (a − b) / ln(a / b), the effects of LMDI-I are Σᵢ L(Vᵢ₁, Vᵢ₀) ln(xᵢ₁ / xᵢ₀), and
    in the multiplicative form exp Σᵢ L(Vᵢ₁, Vᵢ₀) / L(V₁, V₀) ln(xᵢ₁ / xᵢ₀). They do not depend on
    the order of factors, and at zero they are their exact limits (Ang and Liu 2007). The
    ratios of ``"shapley"`` are the generalised Fisher index (Ang, Liu and Chung 2004).

    A group without activity has no intensity of its own, 0/0: enter that of its other year, and
    what it emits when it appears is an effect of its activity alone.

    References
    ----------
    Ang, B. W. (2015). LMDI decomposition approach: A guide for implementation. Energy Policy 86,
    233–238.

    Ang, B. W., Liu, F. L. and Chung, H. S. (2004). A generalized Fisher index approach to energy
    decomposition analysis. Energy Economics 26, 757–763.

    Sun, J. W. (1998). Changes in energy consumption and energy intensity: A complete decomposition
    model. Energy Economics 20, 85–100.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"year": [2000, 2001], "people": [10.0, 11.0], "each": [2.0, 3.0]})
    >>> effects = index_decomposition(frame, ["people", "each"], group=None)
    >>> effects.loc[2001].round(3).to_dict()
    {'people': 2.474, 'each': 10.526}
    >>> effects.change.to_list()
    [13.0]
    """
    _require_choice(method, form)
    series = read_national_series(frame, factors, time=time, group=group, total=total)
    if len(series.factors) > _MOST_FACTORS:
        raise ArgumentError(f"{len(series.factors)} factors; at most {_MOST_FACTORS} are taken.")
    pairs = series.pairs(base)
    values = np.empty((len(pairs), len(series.factors)))
    by_group = np.empty((len(pairs), len(series.groups), len(series.factors)))
    totals = np.empty((len(pairs), 2))
    for at, (first, last) in enumerate(pairs):
        x0, x1 = series.of(first), series.of(last)
        _require_defined(series, first, last, method, form)
        totals[at] = x0.prod(axis=1).sum(), x1.prod(axis=1).sum()
        if form == "additive":
            by_group[at] = effects_of_groups(x0, x1, method)
            values[at] = by_group[at].sum(axis=0)
        else:
            values[at] = _require_ratios(ratio_effects(x0, x1, method), first, last, method)
        if method in EXACT:
            _require_identity(values[at], x0, x1, form, (first, last))
    return IndexEffects(
        factors=series.factors,
        periods=pairs,
        values=values,
        totals=totals,
        method=method,
        form=form,
        unit=unit,
        groups=series.groups,
        group_values=by_group if form == "additive" else None,
        time=series.time,
    )


def _require_choice(method: str, form: str) -> None:
    if form not in ("additive", "multiplicative"):
        raise ArgumentError(f"form is 'additive' or 'multiplicative', not {form!r}.")
    if method in METHODS:
        return
    known = OTHER_NAMES.get(str(method).lower().replace("-", "_").replace(" ", "_"))
    if known:
        raise ArgumentError(f"{method!r} is here called {known!r}: {METHODS[known]}.")
    raise ArgumentError(f"There is no method {method!r}: {suggest(method, METHODS)}")


def _require_defined(series: NationalSeries, first: int, last: int, method: str, form: str) -> None:
    """Refuse what has no logarithm: a change of sign, or a total that is not positive."""
    x0, x1 = series.of(first), series.of(last)
    V0, V1 = x0.prod(axis=1), x1.prod(axis=1)
    if method in ("lmdi", "lmdi2"):
        wrong = np.argwhere(changes_sign(x0, x1, V0, V1))
        if len(wrong):
            row, column = wrong[0]
            raise ArgumentError(
                f"{series.factors[column]}{series.of_group(row)} changes its sign from {first} "
                f"({x0[row, column]:g}) to {last} ({x1[row, column]:g}), so it has no logarithmic "
                "change: take method='shapley', which needs no logarithms."
            )
    if form == "multiplicative" or method == "lmdi2":
        for year, V in ((first, V0), (last, V1)):
            if not V.sum() > 0:
                raise ArgumentError(
                    f"The sum over groups in {year} is {V.sum():g}, and no ratio or share is made "
                    "of it: take form='additive' and method='lmdi' or 'shapley'."
                )
    if method == "lmdi2" and not np.any((V0 > 0) & (V1 > 0)):
        raise ArgumentError(
            f"No group is there in both {first} and {last}, so shares of both years have no "
            "logarithmic mean: take method='lmdi'."
        )


def _require_ratios(ratios: Array, first: int, last: int, method: str) -> Array:
    if not np.all(np.isfinite(ratios) & (ratios > 0)):
        raise ArgumentError(
            f"With some factors of {first} and others of {last} the sum over groups is zero or "
            f"negative, so method={method!r} has no ratios: take form='additive', or method='lmdi'."
        )
    return ratios


def _require_identity(
    effects: Array, x0: Array, x1: Array, form: str, period: tuple[int, int]
) -> None:
    V0, V1 = x0.prod(axis=1), x1.prod(axis=1)
    if form == "additive":
        scale = max(np.abs(V0).sum(), np.abs(V1).sum(), np.abs(effects).max())
        miss = abs(effects.sum() - (V1.sum() - V0.sum()))
    else:
        scale, miss = 1.0, abs(effects.prod() / (V1.sum() / V0.sum()) - 1)
    if not miss <= TOLERANCE * max(scale, np.finfo(float).tiny):
        raise IdentityError(
            f"The effects of {period[0]}–{period[1]} miss the change by {miss:.1e}: factors of "
            "very different sizes cancel out. Take them in other units."
        )
