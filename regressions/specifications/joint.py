r"""Joint inference on a specification curve (Simonsohn, Simmons and Nelson 2020).

One curve holds many estimates of one thing from one sample: their p-values are far from
independent. The question is how the whole curve would look if the effect were zero in every
specification. Each draw makes a curve under that null: in every specification the residuals of
the restricted regression (the variable of interest left out) are resampled, the same way in all
of them, and estimate and p-value are computed again.

bootstrap
    The restricted residuals of an entity keep or change their sign together (wild cluster
    bootstrap; Cameron, Gelbach and Miller 2008). Keeps every design, unbalanced panels,
    heteroskedasticity and any dependence within entities. Assumes that entities are independent
    given the regressors and effects.
permutation
    Whole series of restricted residuals change hands between entities observed in the same
    periods (Freedman and Lane 1983). Keeps dependence within entities and between entities of one
    period. Assumes that the entities are exchangeable, which excludes heteroskedasticity between
    them.

With ``blocks="time"`` the roles of entities and periods are exchanged.

With a the influence of the variable of interest, ``b = a'y``, P the projection on regressors and
effects and w the resampled residuals, a draw has

    b* = a'w,   e* = w - P w,   t* = b* / sqrt(c V(e*)),

V the covariance estimator of the specification without its constants and c the constant that
makes it the reported variance at the residuals of the sample. Nothing is fitted again; random
effects keep their estimated theta.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
import pandas as pd
import scipy

from regressions.column_space import ColumnSpace, column_space
from regressions.covariances.covariance import Variance
from regressions.equation import estimating_equation
from regressions.errors import OptionError
from regressions.model import FittedModel

__all__ = [
    "ALPHA",
    "BLOCKS",
    "METHODS",
    "STATISTICS",
    "JointTests",
    "NullRegression",
    "Resampling",
    "curve_statistics",
    "draw_null",
    "joint_tests",
    "null_draws",
]

METHODS = ("bootstrap", "permutation")
BLOCKS = ("entity", "time")
ALPHA = 0.05
STATISTICS = ("median estimate", "share significant", "Stouffer Z")
_CELLS_AT_ONCE = 4_000_000
_ASSUMPTIONS = {
    "bootstrap": "{blocks} are independent given regressors and effects",
    "permutation": "{blocks} observed over the same {others} are exchangeable",
}


@dataclass(frozen=True, eq=False)
class Resampling:
    """What every specification shares: one random key for each block and draw.

    Attributes
    ----------
    method : {"bootstrap", "permutation"}
    blocks : {"entity", "time"}
    labels : Index, shape (G,)
        Blocks of all data.
    keys : ndarray, shape (G, B)
        Uniform between 0 and 1.
    """

    method: str
    blocks: str
    labels: pd.Index
    keys: np.ndarray

    @classmethod
    def draw(
        cls, frames: Sequence[pd.DataFrame], *, method: str, blocks: str, draws: int, seed: int
    ) -> Resampling:
        """Draw the keys.

        Raises
        ------
        OptionError
            If an option is unknown, or the draws are too few.
        """
        if method not in METHODS:
            raise OptionError(f"inference is 'bootstrap', 'permutation' or None, not {method!r}")
        if blocks not in BLOCKS:
            raise OptionError(f"blocks are 'entity' or 'time', not {blocks!r}")
        if draws < 99:
            raise OptionError(f"at least 99 draws are needed for a p-value, not {draws!r}")
        level = BLOCKS.index(blocks)
        blocks_of_all = {one for frame in frames for one in frame.index.get_level_values(level)}
        labels = pd.Index(sorted(blocks_of_all))
        keys = np.random.default_rng(seed).random((len(labels), draws))
        return cls(method, blocks, labels, keys)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.keys.shape[1]

    def resample(self, residuals: np.ndarray, rows: pd.Index) -> Iterator[np.ndarray]:
        """Resample residuals, some draws at a time, shape (n, b).

        Raises
        ------
        OptionError
            If no two blocks of the rows can change places.
        """
        blocks, others = self.blocks_and_places(rows)
        names, codes = np.unique(self.labels.get_indexer(blocks), return_inverse=True)
        step = max(1, _CELLS_AT_ONCE // len(residuals))
        groups = _find_interchangeable_rows(codes, others) if self.method == "permutation" else []
        if self.method == "permutation" and all(len(group) < 2 for group in groups):
            raise OptionError(
                f"no two blocks ({self.blocks}) of a sample are observed in the same places: "
                "nothing can be permuted; use inference='bootstrap'"
            )
        for start in range(0, self.draws, step):
            keys = self.keys[names, start : start + step]
            if self.method == "bootstrap":
                yield np.where(keys < 0.5, -1.0, 1.0)[codes] * residuals[:, None]
                continue
            moved = np.repeat(residuals[:, None], keys.shape[1], axis=1)
            for group in groups:
                order = np.argsort(keys[codes[group[:, 0]]], axis=0)
                moved[group.T] = residuals[group][order].transpose(2, 0, 1)
            yield moved

    def require_exchangeable(self, weighted: bool) -> None:
        """Refuse to permute weighted rows.

        Raises
        ------
        OptionError
        """
        if self.method == "permutation" and weighted:
            raise OptionError("weighted rows are not exchangeable: use inference='bootstrap'")

    def blocks_and_places(self, rows: pd.Index) -> tuple[pd.Index, np.ndarray]:
        """Return the block of each row, and its place on the other axis."""
        if isinstance(rows, pd.MultiIndex):
            level = BLOCKS.index(self.blocks)
            other = pd.factorize(rows.get_level_values(1 - level), sort=True)[0]
            return rows.get_level_values(level), other
        if not rows.isin(self.labels).all():
            raise OptionError(
                f"blocks={self.blocks!r} do not exist in a between model over the other axis"
            )
        return rows, np.zeros(len(rows), dtype=int)


def _find_interchangeable_rows(codes: np.ndarray, others: np.ndarray) -> list[np.ndarray]:
    """Find rows of blocks with the same places on the other axis, shape (blocks, places) each."""
    by_block = np.lexsort((others, codes))
    starts = np.flatnonzero(np.r_[True, np.diff(codes[by_block]) != 0])
    patterns: dict[bytes, list[np.ndarray]] = {}
    for rows in np.split(by_block, starts[1:]):
        patterns.setdefault(others[rows].tobytes(), []).append(rows)
    return [np.stack(members) for members in patterns.values()]


@dataclass(frozen=True, eq=False)
class NullRegression:
    """One specification without the variable of interest, and what a draw is judged by.

    Attributes
    ----------
    rows : Index, shape (n,)
    influence : ndarray, shape (n,)
        The estimate is ``influence @ y``.
    restricted : ndarray, shape (n,)
        Residuals of the regression without the variable of interest.
    space : ColumnSpace
        Of regressors and of the effects that cut across the blocks.
    variances : mapping of str to (Variance, float)
        By covariance: the variance of the estimate, and the degrees of freedom of t.
    weighted : bool
    """

    rows: pd.Index
    influence: np.ndarray
    restricted: np.ndarray
    space: ColumnSpace
    variances: Mapping[str, tuple[Variance, float]]
    weighted: bool

    @classmethod
    def of_models(
        cls, models: Mapping[str, FittedModel], parameter: str, resampling: Resampling
    ) -> NullRegression:
        """Take one estimate under several covariances, and the name of its coefficient.

        Raises
        ------
        OptionError
            If the model cannot be resampled.
        """
        model = next(iter(models.values()))
        resampling.require_exchangeable(model.weights is not None)
        equation = estimating_equation(model)
        j = int(model.params.index.get_loc(parameter))
        blocks, _ = resampling.blocks_and_places(equation.rows)
        space = column_space(model, equation, pd.factorize(blocks)[0])
        influence = equation.x @ equation.bread[:, j]
        others = np.delete(equation.x, j, axis=1)
        others = others / np.sqrt((others**2).sum(axis=0))
        restricted = equation.y - others @ np.linalg.lstsq(others, equation.y, rcond=None)[0]
        free = equation.residuals(model.params.to_numpy())[:, None]
        variances = {}
        for label, one in models.items():
            variance = one.covariance_kind.variance_function(one, equation, influence, j)
            constant = float(one.std_errors[parameter]) ** 2 / float(variance(free)[0])
            variances[label] = _scale_variance(variance, constant), float(one.df_t[parameter])
        weighted = model.weights is not None
        return cls(equation.rows, influence, restricted, space, variances, weighted)


def null_draws(
    models: Mapping[str, FittedModel], parameter: str, resampling: Resampling
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Draw estimates and p-values of one coefficient of fitted models under its null.

    Parameters
    ----------
    models : mapping of str to FittedModel
        One estimate under several covariances.
    parameter : str
    resampling : Resampling

    Returns, raises
        As :func:`draw_null`.
    """
    return draw_null(NullRegression.of_models(models, parameter, resampling), resampling)


def draw_null(
    regression: NullRegression, resampling: Resampling
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Draw estimates and p-values of one coefficient under its null.

    Parameters
    ----------
    regression : NullRegression
    resampling : Resampling

    Returns
    -------
    ndarray, shape (B,)
        Estimates.
    dict of str to ndarray, shape (B,)
        Two-sided p-values by covariance; missing where a variance is not positive.

    Raises
    ------
    OptionError
        If the rows cannot be resampled this way.
    """
    resampling.require_exchangeable(regression.weighted)
    variances = regression.variances
    estimates: list[np.ndarray] = []
    squares: dict[str, list[np.ndarray]] = {label: [] for label in variances}
    for drawn in resampling.resample(regression.restricted, regression.rows):
        estimates.append(regression.influence @ drawn)
        left = drawn - regression.space.project(drawn)
        for label, (variance, _) in variances.items():
            squares[label].append(variance(left))
    b = np.concatenate(estimates)
    pvalues = {}
    for label, (_, df) in variances.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.abs(b) / np.sqrt(np.concatenate(squares[label]))
        pvalues[label] = 2.0 * scipy.stats.t.sf(t, df)
    return b, pvalues


def _scale_variance(variance: Variance, constant: float) -> Variance:
    return lambda residuals: constant * variance(residuals)


@dataclass(frozen=True, eq=False)
class JointTests:
    """Tests of the whole curve against no effect in any specification.

    Attributes
    ----------
    table : DataFrame
        Rows "median estimate", "share significant" (at 5 %, with the sign of the curve's median)
        and "Stouffer Z" (signed z of each p-value, summed over the root of their number); columns
        observed, null_median (of the absolute value), pvalue (two-sided,
        ``(1 + draws at least as extreme) / (1 + draws)``), specifications.
    method, blocks : str
    draws : int
    seed : int
    assumptions : str
        What the p-values rest on.
    null : DataFrame, shape (draws, 3)
        The three statistics of each draw.
    """

    table: pd.DataFrame
    method: str
    blocks: str
    draws: int
    seed: int
    assumptions: str
    null: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the three tests as a frame."""
        return self.table.copy()

    def _title(self) -> str:
        count = int(self.table["specifications"].iloc[0])
        return (
            f"Joint tests of no effect in any of {count} specifications: {self.method} by "
            f"{self.blocks}, {self.draws:,} draws, seed {self.seed}; assumes that "
            f"{self.assumptions}"
        )

    def summary(self) -> str:
        """Describe the tests as text."""
        lines = [self._title()]
        lines += [
            f"  {name:<18} {row['observed']:>9.4g}   under the null {row['null_median']:>9.4g}   "
            f"p = {row['pvalue']:.4f}"
            for name, row in self.table.iterrows()
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        columns = self.table[["observed", "null_median", "pvalue"]]
        table = columns.to_html(border=0, float_format=lambda value: f"{value:.4g}")
        return f"<p>{escape(self._title())}</p>\n{table}"


def joint_tests(
    estimates: np.ndarray,
    pvalues: np.ndarray,
    null_estimates: np.ndarray,
    null_pvalues: np.ndarray,
    resampling: Resampling,
    seed: int,
) -> JointTests:
    """Compare a curve with curves under the null.

    Parameters
    ----------
    estimates, pvalues : ndarray, shape (S,)
    null_estimates, null_pvalues : ndarray, shape (S, B)
    resampling : Resampling
    seed : int

    Returns
    -------
    JointTests
    """
    observed = curve_statistics(estimates[:, None], pvalues[:, None])[:, 0]
    null = curve_statistics(null_estimates, null_pvalues)
    extreme = np.abs(null) >= np.abs(observed)[:, None] * (1.0 - 1e-12)
    table = pd.DataFrame(
        {
            "observed": observed,
            "null_median": np.median(np.abs(null), axis=1),
            "pvalue": (1 + extreme.sum(axis=1)) / (1 + null.shape[1]),
            "specifications": len(estimates),
        },
        index=pd.Index(STATISTICS, name="statistic"),
    )
    words = {"entity": ("entities", "periods"), "time": ("periods", "entities")}
    blocks, others = words[resampling.blocks]
    return JointTests(
        table=table,
        method=resampling.method,
        blocks=resampling.blocks,
        draws=resampling.draws,
        seed=seed,
        assumptions=_ASSUMPTIONS[resampling.method].format(blocks=blocks, others=others),
        null=pd.DataFrame(null.T, columns=list(STATISTICS)),
    )


def curve_statistics(estimates: np.ndarray, pvalues: np.ndarray) -> np.ndarray:
    """Compute the median estimate, the share significant with its sign, and Stouffer's Z of curves.

    Parameters
    ----------
    estimates, pvalues : ndarray, shape (S, B)
        A column per curve; a missing p-value counts as one.

    Returns
    -------
    ndarray, shape (3, B)

    Examples
    --------
    >>> b, p = np.array([[1.0], [2.0], [-1.0]]), np.array([[0.01], [0.2], [0.01]])
    >>> curve_statistics(b, p).round(3).ravel().tolist()
    [1.0, 0.333, 0.74]
    """
    p = np.where(np.isnan(pvalues), 1.0, np.maximum(pvalues, np.finfo(float).tiny))
    median = np.median(estimates, axis=0)
    same = np.sign(estimates) == np.sign(median)
    share = ((p < ALPHA) & same).mean(axis=0)
    z = (np.sign(estimates) * scipy.stats.norm.isf(p / 2.0)).sum(axis=0) / np.sqrt(len(p))
    return np.stack([median, share, z])
