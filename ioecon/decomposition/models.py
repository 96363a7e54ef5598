"""Models of a decomposition: which factors the emissions of every row are a product of.

Every model reads c = e ∘ L(A) y, and writes e, A and y each as a chain of ratios whose totals
cancel out, for example final demand as population times (country / population) times (row /
country). What a model says is thus an equation, which is checked when it is made; no factor needs
code of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ioecon.errors import ArgumentError

__all__ = [
    "MODELS",
    "PLACES",
    "Factor",
    "Model",
    "demand_categories",
    "dong2022",
    "energy_intensity",
    "find_model",
    "intensity_structure",
    "trade_technology",
]

PLACES = ("intensity", "inputs", "demand")
MOST_FACTORS = 12
"""Of a model: 2ⁿ states are looked at."""

_ROWS = ("product", "row")
_CATEGORY = " of category"
_DEMAND_TOTALS = ("world", "country", "category", *_ROWS, *(f"{name}{_CATEGORY}" for name in _ROWS))
_ENDS = {"intensity": ("emissions",), "inputs": ("row",), "demand": ("row", f"row{_CATEGORY}")}


@dataclass(frozen=True)
class Factor:
    """A factor of a model: a ratio of two totals.

    Parameters
    ----------
    name : str
        For example ``"mix"``.
    place : {"intensity", "inputs", "demand"}
        What it is a factor of: emissions per unit of output, e; input coefficients, A; or final
        demand, y. So it is told whose change it was: that of the country of the row (intensity),
        of the country that uses the inputs (inputs), or of the destination (demand).
    ratio : str
        ``"total"`` or ``"total / coarser total"``. Totals of

        - demand: ``world`` and ``country`` (of destination) are final demand summed; ``category``
          keeps its categories; ``product`` sums over the countries of origin; ``row`` is by country
          of origin and product; ``product of category`` and ``row of category`` keep categories
          too. Any other name is a variable by country, for example ``population``;
        - inputs: ``product`` (each column's inputs summed over origins) and ``row``;
        - intensity: ``emissions``, ``output``, or any other name, a variable by row such as
          ``energy``.

    Examples
    --------
    >>> Factor("per-capita level", "demand", "country / population").totals
    ('country', 'population')
    """

    name: str
    place: str
    ratio: str

    def __post_init__(self) -> None:
        if self.place not in PLACES:
            raise ArgumentError(f"Factor {self.name!r} is in one of {PLACES}, not {self.place!r}.")
        parts = [part.strip() for part in str(self.ratio).split("/")]
        if len(parts) > 2 or not all(parts) or not self.name:
            raise ArgumentError(
                f"The ratio of factor {self.name!r} is 'total' or 'total / coarser total', "
                f"not {self.ratio!r}."
            )

    @property
    def totals(self) -> tuple[str, str | None]:
        """Numerator and denominator; None where there is none."""
        numerator, _, denominator = (part.strip() for part in self.ratio.partition("/"))
        return numerator, denominator or None


@dataclass(frozen=True)
class Model:
    """A model of a decomposition: its factors, in the order in which results show them.

    Parameters
    ----------
    name : str
    factors : sequence of Factor
        Of each place, the totals must cancel out along a chain: those of demand to ``row`` (or
        ``row of category``), those of inputs to ``row``, those of intensity to
        ``emissions / output``. A chain is followed from its coarsest total; the order of the
        factors is that of the results, and of the methods that take one.
    nesting : sequence, optional
        Names of the factors in groups, as tuples in tuples, for ``method="two_polar"``: each group
        is averaged over its own two orders, and stands in the group above as one factor. Without
        it all factors stand side by side.

    Raises
    ------
    ArgumentError
        If the totals do not cancel out, names stand twice, or there are more than twelve factors.

    Examples
    --------
    Final demand per unit of world population, and where it falls:

    >>> model = Model("per head", (
    ...     Factor("intensity", "intensity", "emissions / output"),
    ...     Factor("technology", "inputs", "row"),
    ...     Factor("population", "demand", "population"),
    ...     Factor("affluence", "demand", "country / population"),
    ...     Factor("basket", "demand", "row / country"),
    ... ))
    >>> model.variables
    ('population',)
    """

    name: str
    factors: tuple[Factor, ...]
    nesting: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "factors", tuple(self.factors))
        names = self.names
        if len(set(names)) < len(names):
            raise ArgumentError(f"Model {self.name!r} has two factors of one name: {names}.")
        if len(names) > MOST_FACTORS:
            raise ArgumentError(
                f"Model {self.name!r} has {len(names)} factors; {MOST_FACTORS} is the most, for "
                f"which {2**MOST_FACTORS} states are looked at."
            )
        for place in PLACES:
            self.chain(place)
        shared = [name for name in self.variables if len(self._places_of(name)) > 1]
        if shared:
            raise ArgumentError(
                f"The variable {shared[0]!r} of model {self.name!r} is by country in final demand "
                "and by row in the intensity: give it two names."
            )
        if self.nesting and sorted(_flatten(self.nesting)) != sorted(names):
            raise ArgumentError(f"The nesting of model {self.name!r} has other names than {names}.")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the factors."""
        return tuple(factor.name for factor in self.factors)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of what is asked of the user beside tables and emissions."""
        known = {"demand": _DEMAND_TOTALS, "inputs": _ROWS, "intensity": ("emissions", "output")}
        names = [
            total
            for factor in self.factors
            for total in factor.totals
            if total is not None and total not in known[factor.place]
        ]
        return tuple(dict.fromkeys(names))

    def _places_of(self, variable: str) -> set[str]:
        return {factor.place for factor in self.factors if variable in factor.totals}

    def chain(self, place: str) -> tuple[Factor, ...]:
        """Factors of one place, from the coarsest total to the finest.

        Raises
        ------
        ArgumentError
            If they do not lead from one to the other.
        """
        own = [factor for factor in self.factors if factor.place == place]
        if not own and place == "intensity":
            return ()  # of a table that is multiplied by its intensities
        at = "output" if place == "intensity" else None
        found: list[Factor] = []
        while len(found) < len(own):
            following = [factor for factor in own if factor.totals[1] == at]
            if len(following) != 1 or following[0] in found:
                break
            found.append(following[0])
            at = following[0].totals[0]
        if len(found) < len(own) or at not in _ENDS[place]:
            wanted = " or ".join(map(repr, _ENDS[place]))
            start = "'… / output'" if place == "intensity" else "a total without denominator"
            raise ArgumentError(
                f"The factors of {place} in model {self.name!r}, "
                f"{', '.join(repr(factor.ratio) for factor in own) or 'none'}, are no chain of "
                f"ratios from {start} to {wanted} whose totals cancel out."
            )
        _require_finer(self.name, place, found)
        return tuple(found)

    def without_intensity(self) -> Model:
        """Model of a table whose flows are emissions already: a carbon table.

        Raises
        ------
        ArgumentError
            If inputs or rows of final demand are told apart further: rows of a carbon table are
            weighted, and have no sum over origins.
        """
        if len(self.chain("inputs")) > 1 or sum(map(has_rows, self.chain("demand"))) > 1:
            raise ArgumentError(
                f"Model {self.name!r} needs accounting='satellite': it sums over countries of "
                "origin, whose rows a carbon table weighs differently."
            )
        gone = {factor.name for factor in self.chain("intensity")}
        kept = tuple(factor for factor in self.factors if factor.name not in gone)
        return Model(self.name, kept, _leave_out(self.nesting, gone))


def has_rows(factor: Factor) -> bool:
    """Whether a factor of demand differs from row to row."""
    return factor.totals[0].removesuffix(_CATEGORY) in _ROWS


def has_categories(factor: Factor) -> bool:
    """Whether a factor of demand differs from category to category."""
    return factor.totals[0] == "category" or factor.totals[0].endswith(_CATEGORY)


def _require_finer(name: str, place: str, found: list[Factor]) -> None:
    """Refuse a chain that comes back from rows or categories to something coarser."""
    if place == "inputs" and any(factor.totals[0] not in _ROWS for factor in found):
        raise ArgumentError(f"Model {name!r} divides inputs by something other than 'product'.")
    if place != "demand":
        return
    if any(factor.totals[0] == "world" and factor.totals[1] for factor in found):
        raise ArgumentError(
            f"The world total in model {name!r} has a denominator; it is split by country as it is."
        )
    for asked in (has_rows, has_categories):
        told = [asked(factor) for factor in found]
        if told != sorted(told):
            raise ArgumentError(
                f"The chain of final demand of model {name!r}, "
                f"{' · '.join(factor.ratio for factor in found)}, must go from coarse to fine."
            )


def _flatten(nesting: tuple[Any, ...]) -> Iterator[str]:
    return chain.from_iterable(
        _flatten(part) if isinstance(part, tuple) else (part,) for part in nesting
    )


def _leave_out(nesting: tuple[Any, ...], gone: set[str]) -> tuple[Any, ...]:
    kept = tuple(
        _leave_out(part, gone) if isinstance(part, tuple) else part
        for part in nesting
        if part not in gone
    )
    return kept[0] if len(kept) == 1 and isinstance(kept[0], tuple) else kept


_INTENSITY = Factor("intensity", "intensity", "emissions / output")
_TECHNOLOGY = Factor("technology", "inputs", "row")
_LEVEL = Factor("level", "demand", "world")
_DISTRIBUTION = Factor("distribution", "demand", "country / world")

dong2022 = Model(
    "dong2022",
    (
        _TECHNOLOGY,
        _LEVEL,
        Factor("mix", "demand", "row / country"),
        _DISTRIBUTION,
        _INTENSITY,
    ),
    nesting=("intensity", ("technology", ("level", "mix", "distribution"))),
)
"""Technology, and level, mix and distribution of final demand: Dong, Wang and Dong (2022)."""

intensity_structure = Model(
    "intensity_structure",
    (_INTENSITY, _TECHNOLOGY, Factor("final demand", "demand", "row")),
)
"""Intensity, technology (the Leontief inverse) and final demand: the shortest of all."""

trade_technology = Model(
    "trade_technology",
    (
        _INTENSITY,
        Factor("input coefficients", "inputs", "product"),
        Factor("origins of inputs", "inputs", "row / product"),
        Factor("origins of final goods", "demand", "row / product"),
        Factor("product mix", "demand", "product / country"),
        Factor("per-capita level", "demand", "country / population"),
        Factor("population", "demand", "population"),
    ),
)
"""Technology and trade apart: Xu and Dietzenbacher (2014), Arto and Dietzenbacher (2014)."""

demand_categories = Model(
    "demand_categories",
    (
        _INTENSITY,
        _TECHNOLOGY,
        _LEVEL,
        _DISTRIBUTION,
        Factor("categories", "demand", "category / country"),
        Factor("mix", "demand", "row of category / category"),
    ),
)
"""As ``dong2022``, with the shares of households, government, investment … told from their mix."""

energy_intensity = Model(
    "energy_intensity",
    (
        Factor("carbon per energy", "intensity", "emissions / energy"),
        Factor("energy per output", "intensity", "energy / output"),
        *dong2022.factors[:-1],
    ),
)
"""As ``dong2022``, with an energy account: fuel mix and energy intensity apart."""

MODELS = {
    model.name: model
    for model in (
        dong2022,
        intensity_structure,
        trade_technology,
        demand_categories,
        energy_intensity,
    )
}
"""Models by name."""


def find_model(model: str | Model) -> Model:
    """Look up a model by name; a model is taken as it is."""
    if isinstance(model, Model):
        return model
    if model not in MODELS:
        raise ArgumentError(
            f"model is a Model or one of {', '.join(map(repr, MODELS))}, not {model!r}."
        )
    return MODELS[model]
