"""Where published and computed results differ, in plain words, and why they may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ioecon.panel.outcomes import PAPER_OUTCOMES, Outcome, describe_outcome
from ioecon.study.dong2022.published import published_descriptives
from ioecon.study.models.choosing import EffectsComparison, PrintedChoice

__all__ = ["statements_on"]

_INDICES = ("ln_iti", "ln_iti_foreign")


def statements_on(
    descriptives: pd.DataFrame,
    implied: pd.DataFrame,
    coefficients: pd.DataFrame,
    panel: pd.DataFrame,
    choice: EffectsComparison | PrintedChoice | None,
    outcomes: Mapping[str, Outcome],
    *,
    fictional: bool,
) -> tuple[str, ...]:
    """Say how far the computed results agree with the paper's.

    Parameters
    ----------
    descriptives, implied, coefficients : DataFrame
        As in :class:`ioecon.study.dong2022.comparison.Comparison`.
    panel : DataFrame
    choice : EffectsComparison or PrintedChoice, optional
    outcomes : mapping of str to tuple of EffectSum
        What the outcomes of the panel add up.
    fictional : bool
        Whether the data are the embedded world's.
    """
    if coefficients.empty:
        return ("The study has none of the published tables, so nothing can be compared.",)
    if fictional:
        return (
            "The computed numbers come from a fictional world and cannot agree with the "
            "published ones except by chance; the comparison shows the layout only.",
        )
    return (
        _on_agreement(coefficients),
        *_on_outcomes(outcomes),
        *_on_sample(panel),
        *_on_moments(descriptives, panel, outcomes),
        *_on_foreign_index(implied),
        *_on_estimator(choice),
        "What the paper calls energy use per unit of GDP is GDP per unit of energy use: that "
        "series reproduces its printed moments. GDP per capita is the World Bank's, though the "
        "text names the IMF. The series of alternative and nuclear energy differs for Norway.",
        "The header of table 8 prints ΔTfC, its text says foreign demand; foreign demand is "
        "computed.",
        "The paper does not print which 23 countries it calls developed (tables 6 and 7): 22 are "
        "advanced in all four classifications that it names, the 23rd is an assumption.",
    )


def _on_agreement(coefficients: pd.DataFrame) -> str:
    slopes = coefficients.loc[coefficients["regressor"] != "Intercept"]
    index = slopes.loc[slopes["regressor"].isin(_INDICES)]
    return (
        f"Of {len(slopes)} slopes in tables 3 to 8, {slopes['same_sign'].sum()} have the published "
        f"sign and {slopes['within'].sum()} lie within the published 95 % confidence interval; of "
        f"the {len(index)} on the transfer indices, {index['same_sign'].sum()} and "
        f"{index['within'].sum()}."
    )


def _on_sample(panel: pd.DataFrame) -> tuple[str, ...]:
    countries = panel.index.get_level_values("country").nunique()
    printed = int(published_descriptives()["obs"].iloc[0])
    if len(panel) == printed:
        return ()
    return (
        f"The sample differs: the paper has 42 countries × 9 periods = {printed} rows, this study "
        f"{countries} countries and {len(panel)} rows. The paper uses the 2016 release of WIOD "
        "(56 sectors); with another release index and decomposition differ even for the same "
        "country.",
    )


def _on_outcomes(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """Name outcomes that the study reads in another way than the paper's equations."""
    for name, sums in outcomes.items():
        literal = PAPER_OUTCOMES.get(name)
        if literal is not None and sums != literal:
            yield (
                f"The outcome {name} of this study is {describe_outcome(sums)}; the paper's "
                f"equations say {describe_outcome(literal)}."
            )


def _on_moments(
    descriptives: pd.DataFrame, panel: pd.DataFrame, outcomes: Mapping[str, Outcome]
) -> tuple[str, ...]:
    statements = []
    if "ln_iti" in descriptives.index:
        statements.append(f"ln(ITI) has {_moments_of(descriptives, 'ln_iti')}.")
    literal = outcomes.get("ddfc") == PAPER_OUTCOMES["ddfc"]
    literal = literal and "ln_ddfc" in descriptives.index
    if literal and descriptives.loc["ln_ddfc", ("mean", "computed")] > 0:
        rises = (panel["ddfc"] > 0).mean()
        statements.append(
            f"Emissions driven by foreign demand differ: ln(ΔDfC) has "
            f"{_moments_of(descriptives, 'ln_ddfc')}. Here they rise in {rises:.0%} of all rows. "
            "The published range fits the carbon_table accounting, but the published mean does "
            "not fit equations 13 to 25 as they are printed. Where the dependent variable differs "
            "this much, its coefficients (tables 3 and 5 to 8) cannot be expected to agree; which "
            "sums of effects come closer is a table of its own. Whether the 2016 tables would "
            "give the published mean is open."
        )
    return tuple(statements)


def _moments_of(frame: pd.DataFrame, name: str) -> str:
    row = frame.loc[name]
    return (
        f"mean {row['mean', 'computed']:.3f}, standard deviation {row['sd', 'computed']:.3f} "
        f"(published {row['mean', 'published']:.3f}, {row['sd', 'published']:.3f})"
    )


def _on_foreign_index(implied: pd.DataFrame) -> tuple[str, ...]:
    if "ln_iti_foreign" not in implied.index:
        return ()
    row = implied.loc["ln_iti_foreign"]
    printed, computed = row["sd", "published"], row["sd", "computed"]
    if 0.8 < printed / computed < 1.25:
        return ()
    return (
        f"The standard error in table 8, column 1, implies that the published ln(ITI(f)) has a "
        f"standard deviation of {printed:.1f}; computed is {computed:.1f}. It was scaled or "
        "transformed in another way than ln(ITI), so its coefficients are not on the same scale.",
    )


def _on_estimator(choice: EffectsComparison | PrintedChoice | None) -> tuple[str, ...]:
    if choice is None:
        return ()
    rejected = [pvalue for pvalue in choice.pvalues if pvalue < 0.05]
    if not rejected:
        return (
            "The paper reports, without numbers, that Hausman and LM tests favour pooled OLS; "
            "here too no test rejects it.",
        )
    return (
        "The paper reports, without numbers, that Hausman and LM tests favour pooled OLS. Here "
        f"{len(rejected)} of {len(choice.pvalues)} F, LM and Hausman tests speak against it at 5 % "
        f"(p up to {max(rejected):.2g}). The tables stay pooled, as "
        "printed, with classical standard errors, which may mislead.",
    )
