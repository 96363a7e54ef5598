"""Lagrange multiplier tests for effects, from pooled residuals; balanced and unbalanced panels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import PanelSample, panel_sample
from diagnostics.transformation import Codes, Floats

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["lm_effects"]

_KINDS = {
    "breusch-pagan": "Breusch and Pagan (1980), Rev. Econ. Studies 47; "
    "unbalanced: Baltagi and Li (1990), Econometric Reviews 9",
    "honda": "Honda (1985), Rev. Econ. Studies 52; unbalanced: Baltagi, Chang and Li (1998)",
    "king-wu": "King and Wu (1997), J. Econometrics 76; unbalanced: Baltagi, Chang and Li (1998)",
    "ghm": "Gourieroux, Holly and Monfort (1982), Econometrica 50; "
    "Baltagi, Chang and Li (1992), J. Econometrics 54",
}


_TITLES = {
    "breusch-pagan": "Breusch-Pagan",
    "honda": "Honda",
    "king-wu": "King-Wu",
    "ghm": "Gourieroux-Holly-Monfort",
}


_EFFECTS = {"entity": "entity", "time": "time", "twoway": "two-way"}


@specification_test(
    BatteryPlace("Effects", "Breusch-Pagan LM, entity", 10, ("pooled",)),
    BatteryPlace("Effects", "Honda, time", 20, ("pooled",), {"effect": "time", "kind": "honda"}),
    BatteryPlace("Effects", "GHM, two-way", 30, ("pooled",), {"effect": "twoway", "kind": "ghm"}),
)
def lm_effects(
    pooled: FittedModel,
    effect: str = "entity",
    kind: str = "breusch-pagan",
    *,
    alternative: str | None = None,
) -> TestResult:
    r"""Lagrange multiplier test for entity, time or two-way effects.

    With pooled residuals u, n rows, :math:`A_1 = 1 - \sum_i (\sum_t u_{it})^2 / u'u` and
    :math:`M_1 = \sum_i T_i^2` (A_2, M_2 likewise over periods), the signed statistics are

    .. math:: H_j = -A_j \, n / \sqrt{2 (M_j - n)}, \qquad LM_j = H_j^2 .

    Parameters
    ----------
    pooled : regressions.FittedModel
        Pooled model, balanced or not, unweighted.
    effect : {"entity", "time", "twoway"}
        Effect tested.
    kind : {"breusch-pagan", "honda", "king-wu", "ghm"}
        Breusch-Pagan: LM_1, LM_2 or their sum. Honda: H_1, H_2 or (H_1 + H_2)/√2. King-Wu: the
        same for one effect; H weighted by √(M_j - n) for two. "ghm" (two-way only):
        max(0, H_1)² + max(0, H_2)².
    alternative : {"one-sided", "two-sided"}, optional
        A variance cannot be negative, so the default is one-sided wherever the statistic allows:
        chi-bar-square (½χ²(0) + ½χ²(1)) for a one-way Breusch-Pagan statistic, as in Stata's
        xttest0; N(0, 1) upper tail for Honda and King-Wu; ¼χ²(0) + ½χ²(1) + ¼χ²(2) for "ghm".
        The two-way Breusch-Pagan statistic has only the two-sided χ²(2); its one-sided
        counterpart is "ghm". "two-sided" gives plm's χ²(1).

    Returns
    -------
    TestResult
        `statistic` is always the computed LM or signed root. When H_j is negative the variance
        estimate is at its bound: one-sided, p = 1 and `details["boundary_statistic"]` is 0.

    Raises
    ------
    DiagnosticError
        If the model is not pooled or is weighted, if no group has two observations, or if the
        combination of kind, effect and alternative does not exist.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> lm_effects(fit("y ~ x", data, estimator="pooled"), "entity", "honda").pvalue < 0.001
    True
    """
    if kind not in _KINDS:
        raise DiagnosticError(f"unknown kind {kind!r} of LM test; one of {', '.join(_KINDS)}")
    if effect not in _EFFECTS:
        raise DiagnosticError(f"unknown effect {effect!r}; one of {', '.join(_EFFECTS)}")
    sided = _choose_alternative(kind, effect, alternative)
    test = f"the {_TITLES[kind]} LM test"
    sample = panel_sample(pooled, test, estimators=("pooled",))
    signed = _signed_roots(sample, test, effect)
    warnings = _warn_of_bounds(sample, signed)
    statistic, distribution, df, pvalue = _combine_roots(kind, signed, sided)
    details: dict[str, Any] = {
        "honda": {name: part.honda for name, part in signed.items()},
        "lm": {name: part.honda**2 for name, part in signed.items()},
    }
    if kind == "breusch-pagan" and sided == "one-sided":
        details["boundary_statistic"] = max(0.0, next(iter(signed.values())).honda) ** 2
    words = _EFFECTS[effect]
    return TestResult(
        name=f"{_TITLES[kind]} LM test for {words} effects",
        statistic=statistic,
        distribution=distribution,
        df=df,
        pvalue=pvalue,
        null=f"no {words} effects: their variance is zero",
        alternative="at least one variance is positive"
        if effect == "twoway" and sided == "one-sided"
        else f"the variance of the {words} effects is "
        + ("positive" if sided == "one-sided" else "not zero"),
        variant=f"{kind}, {sided}, {'balanced' if sample.balanced else 'unbalanced'}",
        verdict=decide(
            pvalue,
            f"{words} effects are present, so pooled least squares is not efficient and its "
            "conventional standard errors are wrong",
            f"{words} effects are not detected",
        ),
        details=details,
        warnings=warnings,
        reference=_KINDS[kind],
    )


@dataclass(frozen=True)
class _Signed:
    honda: float
    spread: float
    """sqrt(M_j - n)."""


def _choose_alternative(kind: str, effect: str, alternative: str | None) -> str:
    if alternative not in (None, "one-sided", "two-sided"):
        raise DiagnosticError(
            f"alternative must be 'one-sided' or 'two-sided', not {alternative!r}"
        )
    if kind == "ghm":
        if effect != "twoway":
            raise DiagnosticError(
                "the Gourieroux-Holly-Monfort test is for two-way effects; "
                "for one effect use kind='honda'"
            )
        if alternative == "two-sided":
            raise DiagnosticError("the Gourieroux-Holly-Monfort test has no two-sided form")
        return "one-sided"
    if kind == "breusch-pagan" and effect == "twoway":
        if alternative == "one-sided":
            raise DiagnosticError(
                "the two-way Breusch-Pagan statistic has no one-sided form; use kind='ghm'"
            )
        return "two-sided"
    return alternative or "one-sided"


def _signed_roots(sample: PanelSample, test: str, effect: str) -> dict[str, _Signed]:
    parts = {}
    if effect in ("entity", "twoway"):
        parts["entity"] = _compute_honda(sample.resid, sample.entity, test, "entity")
    if effect in ("time", "twoway"):
        parts["time"] = _compute_honda(sample.resid, sample.period, test, "period")
    return parts


def _compute_honda(u: Floats, codes: Codes, test: str, group: str) -> _Signed:
    n = u.size
    excess = float(np.sum(np.bincount(codes).astype(float) ** 2)) - n
    if excess == 0:
        raise DiagnosticError(
            f"{test} needs at least one {group} with two observations; every {group} has one"
        )
    share = 1.0 - float(np.sum(np.bincount(codes, weights=u) ** 2) / (u @ u))
    return _Signed(honda=-share * n / np.sqrt(2 * excess), spread=np.sqrt(excess))


def _combine_roots(
    kind: str, signed: dict[str, _Signed], sided: str
) -> tuple[float, str, tuple[float, ...], float]:
    hondas = np.array([part.honda for part in signed.values()])
    if kind == "breusch-pagan":
        lm = float(hondas @ hondas)
        if sided == "two-sided":
            return lm, "chi2", (hondas.size,), float(scipy.stats.chi2.sf(lm, hondas.size))
        pvalue = 0.5 * float(scipy.stats.chi2.sf(lm, 1)) if hondas[0] > 0 else 1.0
        return lm, "chibar2", (0, 1), pvalue
    if kind == "ghm":
        s = float(np.sum(np.maximum(hondas, 0.0) ** 2))
        pvalue = (
            0.5 * scipy.stats.chi2.sf(s, 1) + 0.25 * scipy.stats.chi2.sf(s, 2) if s > 0 else 1.0
        )
        return s, "chibar2", (0, 1, 2), float(pvalue)
    weights = np.ones(hondas.size)
    if kind == "king-wu":
        weights = np.array([part.spread for part in signed.values()])
    z = float(weights @ hondas / np.linalg.norm(weights))
    pvalue = (
        float(scipy.stats.norm.sf(z))
        if sided == "one-sided"
        else 2 * float(scipy.stats.norm.sf(abs(z)))
    )
    return z, "N", (), pvalue


def _warn_of_bounds(sample: PanelSample, signed: dict[str, _Signed]) -> tuple[str, ...]:
    found = [
        f"the signed statistic for {name} effects is negative ({part.honda:.3g}): the estimated "
        "variance is at its bound of zero, and a two-sided p-value would mislead"
        for name, part in signed.items()
        if part.honda < 0
    ]
    singles = int(np.sum(sample.lengths == 1))
    if "entity" in signed and singles:
        found.append(f"{singles} entities are observed once and say nothing about entity effects")
    return tuple(found)
