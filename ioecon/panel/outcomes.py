"""Outcomes of the panel: sums of effects of a decomposition, under the names that users give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ioecon.errors import PanelError
from ioecon.panel.labels import KEYS
from ioecon.wording import listed, suggest

__all__ = [
    "ORIGINS",
    "PAPER_OUTCOMES",
    "EffectSum",
    "Outcome",
    "describe_outcome",
    "plain_outcomes",
    "read_outcomes",
    "sum_outcomes",
    "unknown_factors",
]

ORIGINS: Mapping[str, tuple[str, ...]] = {
    "domestic": ("domestic",),
    "foreign": ("foreign",),
    "both": ("domestic", "foreign"),
}
"""Whose changes count: a country's own, all others', or all."""


@dataclass(frozen=True)
class EffectSum:
    """Effects of some factors, of the country itself, of all others, or both.

    Attributes
    ----------
    factors : tuple of str
        Of a decomposition; see :attr:`ioecon.Effects.factors`.
    origin : {"both", "domestic", "foreign"}
    """

    factors: tuple[str, ...]
    origin: str = "both"

    @property
    def effects(self) -> tuple[tuple[str, str], ...]:
        """Columns of :meth:`ioecon.Effects.by_country` that are added up, in this order."""
        return tuple((name, origin) for name in self.factors for origin in ORIGINS[self.origin])


Outcome = tuple[EffectSum, ...]
"""Sums that are added up in turn."""

# Added up in this order: a sum of other order differs in its last digits.
_DEMAND = ("level", "mix", "distribution")
PAPER_OUTCOMES: Mapping[str, Outcome] = {
    "ddfc": (EffectSum(_DEMAND, "foreign"),),
    "dtfc": (EffectSum(("technology",), "foreign"),),
    "dfc": (EffectSum((*_DEMAND, "technology"), "foreign"),),
}
"""ΔDfC (24), ΔTfC (25) and their sum ΔFC of Dong, Wang and Dong."""


def read_outcomes(given: object) -> Mapping[str, Outcome]:
    """Read outcomes as users write them, in Python or in a study file.

    Parameters
    ----------
    given : mapping
        Name to ``{"factors": [...], "origin": "foreign"}``, or to a list of such, which are added
        up. ``origin`` is ``"domestic"``, ``"foreign"`` or ``"both"``, which it is by default.

    Returns
    -------
    mapping of str to tuple of EffectSum

    Raises
    ------
    PanelError
        A sentence after the word "outcomes" on what cannot be used. Whether a decomposition has
        the factors is not known here; see :func:`unknown_factors`.

    Examples
    --------
    >>> read_outcomes({"mix": {"factors": ["mix"], "origin": "domestic"}})
    {'mix': (EffectSum(factors=('mix',), origin='domestic'),)}
    """
    if not isinstance(given, Mapping) or not given:
        raise PanelError(
            "outcomes must give one name or more with the factors that are added up, such as "
            'mine = { factors = ["mix"], origin = "foreign" }.'
        )
    return {name: _read_outcome(name, terms) for name, terms in given.items()}


def _read_outcome(name: object, given: Any) -> Outcome:
    if not isinstance(name, str) or not name.isidentifier() or name in (*KEYS, "iso3"):
        raise PanelError(
            f"outcomes cannot name a column {_short(name)}: use letters, digits and '_', and none "
            f"of {listed(KEYS)}."
        )
    terms = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    if not terms:
        raise PanelError(f"outcomes gives {name!r} nothing to add up.")
    sums = tuple(term if isinstance(term, EffectSum) else _read_sum(name, term) for term in terms)
    effects = [effect for each in sums for effect in each.effects]
    for place, (factor, origin) in enumerate(effects):
        if (factor, origin) in effects[:place]:
            raise PanelError(
                f"outcomes counts the {origin} effect of {factor!r} in {name!r} twice."
            )
    return sums


def _read_sum(name: str, given: object) -> EffectSum:
    if not isinstance(given, Mapping):
        raise PanelError(
            f"outcomes gives {name!r} {_short(given)}, which is no sum of effects; write "
            '{ factors = ["mix"], origin = "foreign" }.'
        )
    for key in given:
        if key not in ("factors", "origin"):
            raise PanelError(
                f"outcomes gives {name!r} the key {_short(key)}, which there is not; "
                f"{suggest(key, ('factors', 'origin'))}"
            )
    factors, origin = given.get("factors", ()), given.get("origin", "both")
    if (
        not isinstance(factors, Sequence)
        or isinstance(factors, str)
        or not factors
        or not all(isinstance(factor, str) for factor in factors)
    ):
        raise PanelError(
            f'outcomes gives {name!r} no list of factors; write factors = ["mix"], for example.'
        )
    if not isinstance(origin, str) or origin not in ORIGINS:
        raise PanelError(
            f"outcomes gives {name!r} the origin {_short(origin)}; {suggest(origin, ORIGINS)}"
        )
    return EffectSum(tuple(factors), origin)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def unknown_factors(
    outcomes: Mapping[str, Outcome], factors: Iterable[str], model: str, accounting: str
) -> list[str]:
    """Say which factors of outcomes a decomposition does not have, one sentence each.

    Parameters
    ----------
    outcomes : mapping of str to tuple of EffectSum
    factors : iterable of str
        Those that it has.
    model, accounting : str
        Of the decomposition.

    Examples
    --------
    >>> print(unknown_factors(PAPER_OUTCOMES, ["technology"], "mine", "satellite")[0])
    outcomes: 'ddfc' adds up the factor 'level', which the accounting 'satellite' of the model \
'mine' does not have; known are technology.
    """
    what = f"the accounting {accounting!r} of the model {model!r}"
    known = tuple(factors)
    wanted = [(name, factor) for name, sums in outcomes.items() for factor in _factors_of(sums)]
    return [
        f"outcomes: {name!r} adds up the factor {_short(factor)}, which {what} does not have; "
        f"{suggest(factor, known)}"
        for name, factor in wanted
        if factor not in known
    ]


def sum_outcomes(by_country: pd.DataFrame, outcomes: Mapping[str, Outcome]) -> pd.DataFrame:
    """Add up effects, in the order in which an outcome names them.

    Parameters
    ----------
    by_country : DataFrame
        See :meth:`ioecon.Effects.by_country`.
    outcomes : mapping of str to tuple of EffectSum

    Returns
    -------
    DataFrame
        Index as given, one column per outcome.
    """
    columns = {}
    for name, sums in outcomes.items():
        total = pd.Series(0.0, by_country.index)
        for effect in (effect for each in sums for effect in each.effects):
            total = total + by_country[effect]
        columns[name] = total
    return pd.DataFrame(columns)


def describe_outcome(sums: Outcome) -> str:
    """Put a sum of effects into words.

    Examples
    --------
    >>> describe_outcome(PAPER_OUTCOMES["ddfc"])
    'foreign level, mix and distribution'
    >>> describe_outcome((EffectSum(("mix",)), EffectSum(("level",), "domestic")))
    'domestic and foreign mix; domestic level'
    """
    return "; ".join(
        f"{' and '.join(ORIGINS[each.origin])} {_join_with_and(each.factors)}" for each in sums
    )


def plain_outcomes(outcomes: Mapping[str, Outcome]) -> dict[str, list[dict[str, Any]]]:
    """Outcomes as plain values, fit for JSON and to be read again."""
    return {
        name: [{"factors": [*each.factors], "origin": each.origin} for each in sums]
        for name, sums in outcomes.items()
    }


def _factors_of(sums: Outcome) -> Iterable[str]:
    return dict.fromkeys(factor for each in sums for factor in each.factors)


def _join_with_and(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
