"""Which sum of effects comes closest to the published outcome: all of them, table by table.

With their equations read literally, the paper's coefficients do not come out. So every sum of its
four factors, each left out, domestic, foreign or both, is put in the place of the outcome: 255.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from ioecon import datasets
from ioecon.arrays import Array
from ioecon.panel.outcomes import ORIGINS, PAPER_OUTCOMES
from ioecon.study.dong2022.published import published_regressions
from ioecon.transforms import signed_log
from regressions import FittedModel

__all__ = [
    "FACTORS",
    "PAPER_ROWS",
    "Readings",
    "compare_readings",
    "count_shared_rows",
    "is_near_the_paper",
    "name_reading",
]

FACTORS = ("technology", "level", "mix", "distribution")
_CHOICES = ("", "domestic", "foreign", "both")
_EFFECTS = tuple((factor, origin) for factor in FACTORS for origin in ("domestic", "foreign"))
_SHARED_OUTCOME = (3, 6, 7, 8)  # the published tables of ln(ΔDfC)
_FIRST, _LAST = 2001, 2009  # reporting years of the paper
_NOT_IN_THE_PAPER = "TWN"  # of the 43 countries of WIOD 2016
PAPER_ROWS = 378


@dataclass(frozen=True, eq=False)
class Readings:
    """All sums of effects in the place of the published outcome.

    Attributes
    ----------
    ranking : DataFrame
        One row per published table and reading, the closest first: ``table`` (the last are
        several together), ``rank``, ``reading``, one column per factor (``"domestic"``,
        ``"foreign"``, ``"both"`` or empty), ``literal``, ``distance`` (root mean square of the
        differences between computed and published coefficients, constants among them, in
        published standard errors), ``distance_slopes`` (without constants), ``coefficients``
        (how many), ``nobs``, moments of ln(reading) in the table's sample, and ``interest_1``, …
        the coefficient of the table's first regressor in its columns.
    coefficients : DataFrame
        One row per published coefficient: table, column, regressor, published, literal and closest
        with their standard errors.
    shared, rows : int
        Rows of the panel that are the paper's, and all.
    """

    ranking: pd.DataFrame
    coefficients: pd.DataFrame
    shared: int
    rows: int

    def literal(self, table: str) -> pd.Series:
        """Row of the literal reading of the equations."""
        found = self.ranking.loc[self.ranking["table"].eq(table) & self.ranking["literal"]]
        return found.iloc[0]

    def closest(self, table: str, count: int = 1) -> pd.DataFrame:
        """Rows of the closest readings."""
        return self.ranking.loc[self.ranking["table"].eq(table)].head(count)

    @property
    def tables(self) -> tuple[str, ...]:
        """Published tables that could be compared, single ones first."""
        return tuple(dict.fromkeys(self.ranking["table"]))


def count_shared_rows(panel: pd.DataFrame) -> int:
    """How many rows of a panel, by country and reporting year, are the paper's 378."""
    countries = datasets.groups().index.drop(_NOT_IN_THE_PAPER)
    years = panel.index.get_level_values("year")
    of_the_paper = panel.index.get_level_values("country").isin(countries)
    return int((of_the_paper & (years >= _FIRST) & (years <= _LAST)).sum())


def is_near_the_paper(panel: pd.DataFrame) -> bool:
    """Whether a panel has at least half of the paper's rows; of others no reading can be told."""
    return count_shared_rows(panel) >= PAPER_ROWS / 2


def name_reading(choice: Sequence[str]) -> str:
    """Name a reading by its effects; a factor without a word is domestic and foreign.

    Parameters
    ----------
    choice : sequence of str
        For each of :data:`FACTORS`.

    Examples
    --------
    >>> name_reading(["", "domestic", "both", ""])
    'domestic level + mix'
    """
    return " + ".join(
        name if origin == "both" else f"{origin} {name}"
        for name, origin in zip(FACTORS, choice, strict=True)
        if origin
    )


def compare_readings(
    by_country: pd.DataFrame,
    panel: pd.DataFrame,
    models: Mapping[str, Sequence[FittedModel]],
) -> Readings | None:
    """Estimate the published tables with every sum of effects as the outcome, and rank them.

    Parameters
    ----------
    by_country : DataFrame
        See :meth:`ioecon.Effects.by_country`; it must have the four factors of the paper.
    panel : DataFrame
    models : mapping
        ``"table3"`` to ``"table8"``; their samples and regressors are taken. Columns with other
        regressors than the published ones are left out.

    Returns
    -------
    Readings or None
        None where no column can be compared.

    Notes
    -----
    Every column is pooled least squares, as printed. The regressors of a column are the same for
    all readings, so one factorisation of them serves all 255.
    """
    choices = [choice for choice in product(_CHOICES, repeat=len(FACTORS)) if any(choice)]
    values = pd.DataFrame(
        by_country[[*_EFFECTS]].to_numpy() @ _selection(choices).T, by_country.index
    )
    logs = signed_log(values.reindex(panel.index))
    compared = [
        table
        for number, lines in published_regressions().groupby("table")
        if (table := _compare_table(number, lines, logs, models.get(f"table{number}", ())))
    ]
    if not compared:
        return None
    together = [table for table in compared if table.number in _SHARED_OUTCOME]
    rankings = [_rank([table], choices) for table in compared]
    if len(together) > 1:
        rankings.append(_rank(together, choices))
    return Readings(
        pd.concat(rankings, ignore_index=True),
        pd.concat([_compare_coefficients(table, choices) for table in compared]),
        count_shared_rows(panel),
        len(panel),
    )


@dataclass(frozen=True, eq=False)
class _Compared:
    """One published table with every reading; arrays have a column per reading."""

    number: int
    outcome: str
    lines: pd.DataFrame  # published coefficients that could be computed
    estimates: Array
    errors: Array
    interest: Mapping[int, Array]  # of the first regressor, by column of the table
    logs: pd.DataFrame

    @property
    def misses(self) -> Array:
        """Computed less published coefficients, in published standard errors."""
        published, errors = (
            self.lines[name].to_numpy()[:, None] for name in ("estimate", "std_error")
        )
        return np.asarray((self.estimates - published) / errors)


def _selection(choices: Sequence[Sequence[str]]) -> Array:
    """Zeros and ones: which effects each reading adds up."""
    return np.array(
        [
            [origin in ORIGINS.get(word, ()) for word in choice for origin in ORIGINS["both"]]
            for choice in choices
        ],
        dtype=float,
    )


def _compare_table(
    number: Hashable, lines: pd.DataFrame, logs: pd.DataFrame, models: Sequence[FittedModel]
) -> _Compared | None:
    kept, estimates, errors, interest = [], [], [], {}
    sample: pd.Index | None = None
    lines = lines.loc[lines["regressor"].ne("R2")]
    first = lines["regressor"].iloc[0]
    for column, printed in lines.groupby("column"):
        names = [*printed["regressor"]]
        place = int(column) - 1
        if place >= len(models) or {*models[place].exog.columns} != {*names}:
            continue
        exog = models[place].exog[names]
        outcomes = logs.loc[exog.index].to_numpy()
        found, spread = _fit_pooled(exog.to_numpy(), outcomes)
        kept.append(printed)
        estimates.append(found)
        errors.append(spread)
        interest[place + 1] = found[names.index(first)]
        sample = exog.index if sample is None else sample
    if sample is None:
        return None
    return _Compared(
        number=int(number),  # type: ignore[call-overload]
        outcome=str(lines["dependent"].iloc[0]).removeprefix("ln_"),
        lines=pd.concat(kept),
        estimates=np.vstack(estimates),
        errors=np.vstack(errors),
        interest=interest,
        logs=logs.loc[sample],
    )


def _fit_pooled(exog: Array, outcomes: Array) -> tuple[Array, Array]:
    """Least squares of many outcomes on the same regressors: estimates and standard errors."""
    q, r = np.linalg.qr(exog)
    estimates = np.linalg.solve(r, q.T @ outcomes)
    residuals = outcomes - exog @ estimates
    variances = (residuals**2).sum(axis=0) / (exog.shape[0] - exog.shape[1])
    inverse = np.linalg.inv(r)
    return estimates, np.sqrt(np.outer((inverse**2).sum(axis=1), variances))


def _rank(tables: Sequence[_Compared], choices: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """Rank the readings of one published table, or of several together."""
    base = max(tables, key=lambda table: len(table.logs))  # moments are of the whole sample
    misses = np.vstack([table.misses for table in tables])
    slopes = np.concatenate([table.lines["regressor"].ne("Intercept") for table in tables])
    literal = _literal_choice(base.outcome)
    frame = pd.DataFrame(
        {
            "table": ", ".join(str(table.number) for table in tables),
            "rank": 0,
            "reading": [name_reading(choice) for choice in choices],
            **{name: [choice[k] for choice in choices] for k, name in enumerate(FACTORS)},
            "literal": [choice == literal for choice in choices],
            "distance": np.sqrt((misses**2).mean(axis=0)),
            "distance_slopes": np.sqrt((misses[slopes] ** 2).mean(axis=0)),
            "coefficients": len(misses),
            "nobs": len(base.logs),
            "mean": base.logs.mean().to_numpy(),
            "sd": base.logs.std().to_numpy(),
            "min": base.logs.min().to_numpy(),
            "max": base.logs.max().to_numpy(),
            **{f"interest_{column}": found for column, found in base.interest.items()},
        }
    )
    if len(tables) > 1:  # other regressors and samples than the first table's
        frame = frame.drop(columns=[f"interest_{column}" for column in base.interest])
    frame = frame.sort_values("distance", kind="stable", ignore_index=True)
    frame["rank"] = np.arange(1, len(frame) + 1)
    return frame


def _literal_choice(outcome: str) -> tuple[str, ...]:
    """Literal reading of an outcome: for each factor, whose changes count."""
    words = {name: each.origin for each in PAPER_OUTCOMES[outcome] for name in each.factors}
    return tuple(words.get(name, "") for name in FACTORS)


def _compare_coefficients(table: _Compared, choices: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """Set published coefficients beside those of the literal and of the closest reading."""
    places = {
        "literal": choices.index(_literal_choice(table.outcome)),
        "closest": int((table.misses**2).mean(axis=0).argmin()),
    }
    frame = table.lines[["table", "column", "regressor"]].assign(
        published=table.lines["estimate"], published_se=table.lines["std_error"]
    )
    for name, place in places.items():
        frame[name] = table.estimates[:, place]
        frame[f"{name}_se"] = table.errors[:, place]
    frame["reading"] = name_reading(choices[places["closest"]])
    return frame.reset_index(drop=True)
