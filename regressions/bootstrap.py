"""Wild cluster bootstrap of one coefficient (Cameron, Gelbach and Miller 2008), vectorised.

Only cluster sums are resampled: with restricted residuals u, cluster weights v_g and the influence
``a = x (x'x)^-1 e_j``, a draw has

    b* - b0 = sum_g v_g a_g'u_g,
    z_g     = v_g a_g'u_g - sum_h v_h a_g'P u_h,
    t*      = (b* - b0) / sqrt(c sum_g z_g^2),

P the projection on the regressors and on effects that cut across the clusters, u_h the residuals
of one cluster. The cost of a draw does not depend on the number of rows (Roodman, MacKinnon,
Nielsen and Webb 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from html import escape

import numpy as np
import pandas as pd

from regressions.column_space import ClusterLinks, column_space
from regressions.degenerate import CANCELLED, fits_exactly
from regressions.equation import estimating_equation
from regressions.errors import OptionError
from regressions.model import FittedModel
from regressions.names import given_names, level_of, nearest, require_unambiguous
from regressions.options import by_name
from regressions.sample import check_same_rows

WEIGHTS = ("rademacher", "webb")
_WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])
_POINTS = {"rademacher": np.array([1.0, -1.0]), "webb": _WEBB}
_TIE = 1e-9
_CELLS = 8_000_000
_FAR = 1e6
_PRECISION = 1e-9


@dataclass(frozen=True, eq=False)
class _ClusterSums:
    """Everything a draw needs, by cluster (G clusters).

    The residuals under ``b_j = r`` are ``u - r w``; sums are kept for u and w apart.
    """

    own: np.ndarray  # (G, 2): a_g'u_g, a_g'w_g
    links: ClusterLinks  # a_g'P u_h, a_g'P w_h
    factor: float

    def profile(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Numerators and squared denominators of t* as polynomials in the null r.

        Parameters
        ----------
        weights : ndarray, shape (G, B)

        Returns
        -------
        ndarray, shape (2, B)
            ``n_0 - r n_1``.
        ndarray, shape (3, B)
            ``s_0 - 2 r s_1 + r^2 s_2``.
        """
        numerators = self.own.T @ weights
        scores = [
            own[:, None] * weights - self.links.spread(directions, weights)
            for own, directions in zip(
                self.own.T, np.moveaxis(self.links.directions, 2, 0), strict=True
            )
        ]
        squares = [(scores[i] * scores[j]).sum(axis=0) for i, j in ((0, 0), (0, 1), (1, 1))]
        return numerators, self.factor * np.stack(squares)

    def statistics(self, null: float, weights: np.ndarray) -> np.ndarray:
        """Bootstrap t statistics, shape (B,), for weights of shape (G, B)."""
        own = self.own[:, 0] - null * self.own[:, 1]
        directions = self.links.directions[:, :, 0] - null * self.links.directions[:, :, 1]
        scores = own[:, None] * weights - self.links.spread(directions, weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            return (own @ weights) / np.sqrt(self.factor * (scores**2).sum(axis=0))


@dataclass(frozen=True, eq=False)
class WildBootstrap:
    """Result of a wild cluster bootstrap of one coefficient.

    Attributes
    ----------
    parameter : str
    null : float
        Value of the coefficient under the null.
    estimate, std_error, statistic : float
        Coefficient, CR1 standard error and t statistic of the sample.
    pvalue : float
        Share of draws with ``|t*| >= |t|`` (ties count: the exact test).
    pvalue_strict : float
        Share with ``|t*| > |t|``, as in boottest and wildboottest.
    pvalue_equal_tailed : float
        Twice the smaller tail.
    pvalue_upper : float
        Share with ``t* >= t``.
    draws : int
    exact : bool
        Whether all 2^G sign patterns were enumerated.
    weights : str
        "rademacher" or "webb".
    restricted : bool
        Whether the null was imposed on the residuals (WCR), or not (WCU).
    clusters : int
        G.
    cluster : str
        Cluster variable.
    seed : int or None
    t_draws : ndarray, shape (draws,)
    """

    parameter: str
    null: float
    estimate: float
    std_error: float
    statistic: float
    pvalue: float
    pvalue_strict: float
    pvalue_equal_tailed: float
    pvalue_upper: float
    draws: int
    exact: bool
    weights: str
    restricted: bool
    clusters: int
    cluster: str
    seed: int | None
    t_draws: np.ndarray = field(repr=False)
    _sums: _ClusterSums = field(repr=False)

    def conf_int(self, level: float = 0.95) -> tuple[float, float]:
        """Confidence interval: the values that the two-tailed test does not reject.

        Parameters
        ----------
        level : float

        Returns
        -------
        tuple of float
            Lower and upper end; infinite where the test never rejects.

        Raises
        ------
        OptionError
            If `level` is not between 0 and 1.
        """
        if not 0.0 < level < 1.0:
            raise OptionError(f"the level of an interval is between 0 and 1, not {level!r}")
        if not self.restricted:
            quantile = float(np.quantile(np.abs(self.t_draws), level))
            half = quantile * self.std_error
            return self.estimate - half, self.estimate + half
        points = _draw_points(self.clusters, self.weights, self.draws, self.seed, self.exact)
        parts = [self._sums.profile(v) for v in _weights_by_blocks(points, self.weights)]
        numerators, squares = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))

        def accepted(value: float) -> bool:
            spread = squares[0] - 2.0 * value * squares[1] + value**2 * squares[2]
            with np.errstate(divide="ignore", invalid="ignore"):
                draws = np.abs((numerators[0] - value * numerators[1]) / np.sqrt(spread))
            statistic = abs(self.estimate - value) / self.std_error
            return bool(np.mean(_reaches(draws, statistic)) >= 1.0 - level)

        return (
            self.estimate - self.std_error * _boundary(accepted, self.estimate, -self.std_error),
            self.estimate + self.std_error * _boundary(accepted, self.estimate, self.std_error),
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: parameter, null, estimate, statistic, p-values, draws and options."""
        columns = [f.name for f in fields(self) if f.name not in ("t_draws", "_sums")]
        return pd.DataFrame({name: [getattr(self, name)] for name in columns})

    def summary(self) -> str:
        """Two lines: the test and how it was made."""
        kind = "restricted" if self.restricted else "unrestricted"
        how = f"all {self.draws}" if self.exact else f"{self.draws:,}"
        return (
            f"Wild cluster bootstrap of {self.parameter} = {self.null:g}: "
            f"t = {self.statistic:.4g}, p = {self.pvalue:.4g}\n"
            f"{how} {self.weights} draws, {kind}, {self.clusters} clusters of {self.cluster}"
        )

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.summary())}</pre>"


@by_name()
def wild_cluster_bootstrap(
    model: FittedModel,
    parameter: str,
    *,
    null: float = 0.0,
    clusters: str | pd.Series | None = None,
    weights: str = "rademacher",
    restricted: bool = True,
    draws: int = 9999,
    seed: int | None = 0,
) -> WildBootstrap:
    """Test one coefficient by the wild cluster bootstrap.

    Parameters
    ----------
    model : FittedModel
        Random effects are bootstrapped given the estimated theta.
    parameter : str
        Coefficient to test.
    null : float
    clusters : str or Series, optional
        "entity", "time", a cluster variable of the model, or a Series with the groups of the
        model's rows; by default the model's only cluster variable, else the entity.
    weights : {"rademacher", "webb"}
        Signs, or Webb's six points for very few clusters.
    restricted : bool
        Impose the null on the residuals (recommended).
    draws : int
        If all 2^G sign patterns are not more than this, they are enumerated instead.
    seed : int or None

    Returns
    -------
    WildBootstrap

    Raises
    ------
    OptionError
        If the coefficient, the clusters or the weights are unknown, or there is one cluster; if
        many clusters are cut across by effects with many groups (more than 40 million pairs).

    Examples
    --------
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(8), range(2000, 2010)])
    >>> data = pd.DataFrame(rng.normal(size=(80, 2)), index=index, columns=["x", "y"])
    >>> test = wild_cluster_bootstrap(fit("y ~ x", data), "x")
    >>> test.draws, test.exact
    (256, True)
    """
    if parameter not in model.params.index:
        known = [str(name) for name in model.params.index]
        raise OptionError(f"unknown coefficient {parameter!r}{nearest(parameter, known)}")
    if weights not in WEIGHTS:
        raise OptionError(f"weights are 'rademacher' or 'webb', not {weights!r}")
    if draws < 99:
        raise OptionError(f"at least 99 draws are needed for a p-value, not {draws!r}")
    name, codes = _clusters(model, clusters)
    sums, estimate, error = _cluster_sums(model, parameter, codes, restricted)
    groups = len(sums.own)
    exact = weights == "rademacher" and groups < 31 and 2**groups <= draws
    count = 2**groups if exact else draws
    points = _draw_points(groups, weights, count, seed, exact)
    imposed = null if restricted else 0.0
    t_draws = np.concatenate(
        [sums.statistics(imposed, v) for v in _weights_by_blocks(points, weights)]
    )
    t = (estimate - null) / error
    upper = float(np.mean(_reaches(t_draws, t)))
    lower = float(np.mean(_reaches(-t_draws, -t)))
    return WildBootstrap(
        parameter=parameter,
        null=null,
        estimate=estimate,
        std_error=error,
        statistic=t,
        pvalue=float(np.mean(_reaches(np.abs(t_draws), abs(t)))),
        pvalue_strict=float(np.mean(~_reaches(-np.abs(t_draws), -abs(t)))),
        pvalue_equal_tailed=min(1.0, 2.0 * min(upper, lower)),
        pvalue_upper=upper,
        draws=count,
        exact=exact,
        weights=weights,
        restricted=restricted,
        clusters=groups,
        cluster=name,
        seed=None if exact else seed,
        t_draws=t_draws,
        _sums=sums,
    )


def _boundary(accepted: Callable[[float], bool], start: float, unit: float) -> float:
    """Units from `start` to where acceptance ends: doubling the bracket, then bisecting."""
    low, high = 0.0, 2.0
    while accepted(start + high * unit):
        low, high = high, 2.0 * high
        if high > _FAR:
            return float("inf")
    while high - low > _PRECISION * max(1.0, high):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if accepted(start + middle * unit) else (low, middle)
    return 0.5 * (low + high)


def _reaches(draws: np.ndarray, statistic: float) -> np.ndarray:
    """``draws >= statistic`` up to rounding: the sample itself is one of the enumerated draws."""
    return draws >= statistic - _TIE * max(1.0, abs(statistic))


def _clusters(model: FittedModel, clusters: str | pd.Series | None) -> tuple[str, np.ndarray]:
    index = model.endog.index
    if isinstance(clusters, pd.Series):
        check_same_rows(clusters, index, "the clusters")
        return str(clusters.name or "clusters"), pd.factorize(clusters.reindex(index))[0]
    own = model.cluster_codes
    if clusters is None:
        name = str(own.columns[0]) if own.shape[1] == 1 else "entity"
    else:
        (name, *more) = given_names(clusters, "clusters")
        if more:
            raise OptionError("the wild cluster bootstrap takes one cluster variable")
        require_unambiguous([name], getattr(model.design_spec, "shadowed", ()), index)
    if name in own.columns:
        return name, own[name].to_numpy()
    level = level_of(name, index)
    if level is not None:
        return name, pd.factorize(index.get_level_values(level))[0]
    raise OptionError(
        f"unknown clusters {clusters!r}: give 'entity', 'time', a cluster variable of the model or "
        "a Series with the groups of its rows"
    )


def _cluster_sums(
    model: FittedModel, parameter: str, codes: np.ndarray, restricted: bool
) -> tuple[_ClusterSums, float, float]:
    """Compute the sums by cluster, the estimate and its CR1 standard error."""
    equation = estimating_equation(model)
    if model.kind.averages:
        raise OptionError("the between model has one row per group: it cannot be cluster-resampled")
    codes = pd.factorize(codes[model.endog.index.get_indexer(equation.rows)])[0]
    groups = int(codes.max()) + 1
    if groups < 2:
        raise OptionError("the wild cluster bootstrap needs at least two clusters")
    n, k = equation.x.shape
    j = model.params.index.get_loc(parameter)
    influence = equation.x @ equation.bread[:, j]
    others = np.delete(equation.x, j, axis=1)
    others = others / np.sqrt((others**2).sum(axis=0))
    free = equation.residuals(model.params.to_numpy())
    if restricted:
        both = np.column_stack([equation.y, equation.x[:, j]])
        residuals = both - others @ np.linalg.lstsq(others, both, rcond=None)[0]
    else:
        residuals = np.column_stack([free, np.zeros(n)])

    def summed(values: np.ndarray) -> np.ndarray:
        return np.bincount(codes, values, minlength=groups)

    own = np.stack([summed(influence * u) for u in residuals.T], axis=1)
    factor = groups / (groups - 1) * (n - 1) / (n - k)
    error = float(np.sqrt(factor * (summed(influence * free) ** 2).sum()))
    if fits_exactly(model) or error <= CANCELLED * np.linalg.norm(influence * free):
        raise OptionError(
            f"{parameter!r} has no standard error to resample: its scores add up to zero within "
            "every cluster, or the model fits exactly"
        )
    links = column_space(model, equation, codes).links(influence, residuals, codes)
    return _ClusterSums(own, links, factor), float(model.params.iloc[j]), error


def _draw_points(
    groups: int, weights: str, draws: int, seed: int | None, exact: bool
) -> np.ndarray:
    """Draw the number of a point for each cluster and draw, one byte each, shape (G, B).

    Clusters are drawn in blocks; the stream of numbers is that of one draw of the whole.
    """
    if exact:
        patterns = np.arange(draws)[None, :] >> np.arange(groups)[:, None]
        return (patterns & 1).astype(np.uint8)
    rng = np.random.default_rng(seed)
    points = np.empty((groups, draws), dtype=np.uint8)
    step = max(1, _CELLS // draws)
    for start in range(0, groups, step):
        block = points[start : start + step]
        block[:] = rng.integers(len(_POINTS[weights]), size=block.shape)
    return points


def _weights_by_blocks(points: np.ndarray, weights: str) -> Iterator[np.ndarray]:
    """Weights of all clusters in a block of draws, shape (G, b)."""
    step = max(1, _CELLS // len(points))
    for start in range(0, points.shape[1], step):
        yield _POINTS[weights][points[:, start : start + step]]
