"""What the panel's columns are: unit, meaning, equation, and the transforms made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ioecon.panel.outcomes import PAPER_OUTCOMES, Outcome, describe_outcome
from ioecon.panel.record import Entry
from ioecon.stressor import Stressor
from ioecon.transforms import INDEX_SCALE, asinh, signed_log

__all__ = [
    "INDICES",
    "TRANSFORMS",
    "Variable",
    "describe_columns",
    "entry",
    "names_twice",
    "panel_columns",
    "scale_of",
    "transform_entry",
]


@dataclass(frozen=True)
class Variable:
    """A computed column: unit, meaning, and the equation of Dong, Wang and Dong."""

    unit: str
    meaning: str
    source: str


_OF_THE_PAPER = {
    "ddfc": Variable("{unit}", "Change in {what} driven by foreign final demand", "eq. 24"),
    "dtfc": Variable("{unit}", "Change in {what} driven by foreign technology", "eq. 25"),
    "dfc": Variable(
        "{unit}", "Change in {what} driven by foreign demand and technology", "eq. 24 + 25"
    ),
}
"""Unit and name are those of the stressor that was decomposed."""
INDICES = {
    "iti": Variable("per year", "Industrial transfer index of gross output", "eq. 26-29"),
    "iti_foreign": Variable(
        "per year", "Industrial transfer index of embodied foreign intermediate input", "eq. 31"
    ),
}
TRANSFORMS: Mapping[str, tuple[Callable[..., Any], str]] = {
    "ln": (signed_log, "sign(v)·ln|v|"),
    "asinh": (asinh, "asinh(v)"),
}


def panel_columns(
    controls: Iterable[str], outcomes: Iterable[str] = tuple(PAPER_OUTCOMES)
) -> tuple[str, ...]:
    """Names of the panel's columns, those of groups aside; known before anything is computed.

    Parameters
    ----------
    controls, outcomes : iterable of str
        Names of the controls and of the outcomes.

    Returns
    -------
    tuple of str
        In the order of the panel; a name stands twice where two columns would have it.

    Examples
    --------
    >>> panel_columns(["urban"])[5:9]
    ('urban', 'd_urban', 'ln_ddfc', 'ln_dtfc')
    """
    levels, sums = [*controls], [*outcomes]
    changes = [f"d_{name}" for name in levels]
    transformed = (*sums, *INDICES, *changes)
    made = (f"{prefix}_{name}" for prefix in TRANSFORMS for name in transformed)
    return (*sums, *INDICES, *levels, *changes, *made)


def names_twice(
    controls: Iterable[str],
    outcomes: Iterable[str] = tuple(PAPER_OUTCOMES),
    groups: Iterable[str] = (),
) -> tuple[str, ...]:
    """Names that two columns of the panel would have."""
    counted = Counter([*panel_columns(controls, outcomes), *groups])
    return tuple(name for name, times in counted.items() if times > 1)


def scale_of(name: str) -> float:
    """Factor applied before a transform: 10^4 for transfer indices, 1 for the rest."""
    return INDEX_SCALE if name in INDICES else 1.0


def describe_columns(
    outcomes: Mapping[str, Outcome],
    controls: Iterable[str],
    units: Mapping[str, str],
    stressor: Stressor,
) -> dict[str, Entry]:
    """Entries of outcomes, in the unit of the stressor, indices, and controls with changes."""
    entries = {}
    for name, sums in outcomes.items():
        if PAPER_OUTCOMES.get(name) != sums:
            meaning = f"Change in {stressor.phrase} driven by {describe_outcome(sums)}"
            entries[name] = entry(stressor.unit, meaning, "sum of effects")
    printed = {name: _OF_THE_PAPER[name] for name in outcomes if name not in entries}
    for name, variable in (printed | INDICES).items():
        unit = variable.unit.replace("{unit}", stressor.unit)
        meaning = variable.meaning.replace("{what}", stressor.phrase)
        entries[name] = entry(unit, meaning, f"Dong, Wang and Dong, {variable.source}")
    for name in controls:
        unit = units.get(name, "")
        entries[name] = entry(unit, f"{name} in the reporting year", "control")
        entries[f"d_{name}"] = entry(
            unit, f"Change of {name} over the period", "control, reporting year less base year"
        )
    return entries


def transform_entry(prefix: str, name: str, origin: Entry) -> Entry:
    """Entry of a transformed column."""
    scale = scale_of(name)
    times = f" × {scale:.0f}" if scale != 1 else ""
    return entry(
        f"{prefix} of {origin['unit'] or 'its unit'}{times}",
        f"{origin['meaning']}, transformed",
        origin["source"],
        f"{TRANSFORMS[prefix][1]} of v = {name}{times}",
    )


def entry(unit: str, meaning: str, source: str, transform: str = "none") -> Entry:
    """One line of the codebook."""
    return {"unit": unit, "meaning": meaning, "source": source, "transform": transform}
