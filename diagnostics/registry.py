"""How a function becomes a test of this package, and where a battery of tests has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from diagnostics.errors import DiagnosticError
from regressions.options import by_name

__all__ = ["QUESTIONS", "BatteryPlace", "entries_for", "specification_test"]

P = ParamSpec("P")
R = TypeVar("R")

QUESTIONS = (
    "Effects",
    "Equal slopes",
    "Serial correlation",
    "Cross-section dependence",
    "Heteroskedasticity",
    "Normality",
    "Functional form",
    "Collinearity",
)
"""Questions that a battery asks, in order."""


@dataclass(frozen=True)
class BatteryPlace:
    """Where a battery has a test.

    Attributes
    ----------
    question : str
        One of `QUESTIONS`.
    name : str
        Name of the test in the table, unlike any other.
    rank : int
        Order among the tests of the question, lowest first.
    estimators : tuple of str
        Estimators whose models are tested.
    options : mapping
        Options of the test.
    """

    question: str
    name: str
    rank: int
    estimators: tuple[str, ...] = ("pooled", "fixed", "random")
    options: Mapping[str, Any] = field(default_factory=dict)


_PLACES: dict[str, tuple[BatteryPlace, Callable[..., Any]]] = {}
"""The places of all tests by name, filled by `specification_test` as modules are loaded."""


def specification_test(*places: BatteryPlace) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a test: misspelled options are answered, and batteries have it.

    Parameters
    ----------
    *places : BatteryPlace
        Where a battery has it; none if it takes more than one model or no model.

    Raises
    ------
    ValueError
        If a question is unknown or a name of a place is taken.

    Examples
    --------
    >>> @specification_test()
    ... def my_test(model): ...
    >>> my_test(modle=1)
    Traceback (most recent call last):
    diagnostics.errors.DiagnosticError: my_test has no option 'modle'; did you mean 'model'?; its \
options are model
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        test = by_name(error=DiagnosticError)(function)
        for place in places:
            if place.question not in QUESTIONS:
                raise ValueError(f"unknown question {place.question!r} of {place.name!r}")
            owner = _PLACES.get(place.name, (place, test))[1]
            if (owner.__module__, owner.__name__) != (test.__module__, test.__name__):
                raise ValueError(f"{place.name!r} is the name of {owner.__name__} already")
            _PLACES[place.name] = place, test  # a module that is loaded again replaces itself
        return test

    return register


def entries_for(estimator: str) -> tuple[tuple[BatteryPlace, Callable[..., Any]], ...]:
    """List the tests that a battery runs on models of an estimator, in the order of its table."""
    entries = [entry for entry in _PLACES.values() if estimator in entry[0].estimators]
    entries.sort(key=lambda entry: (QUESTIONS.index(entry[0].question), entry[0].rank))
    return tuple(entries)
