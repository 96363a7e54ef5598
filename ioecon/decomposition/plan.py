"""What is to be computed of every period: a model, a method's weights, and their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ioecon.arrays import Array
from ioecon.decomposition.models import Factor, Model, dong2022, has_categories, has_rows
from ioecon.decomposition.weights import weights_of
from ioecon.errors import ArgumentError

__all__ = ["Edge", "Plan", "factors_of", "make_plan"]


@dataclass(frozen=True, eq=False)
class Edge:
    """A step of a factor of inputs, from one state of A to the next.

    Parameters
    ----------
    factor : int
        Its position in the model.
    lower, upper : int
        States of A before and after.
    directions : ndarray, shape (r, 2**demand factors)
        Weights of the states of final demand, without those that are multiples of others.
    multiples : ndarray, shape (2**intensity factors, r)
        What each state of intensity takes of them.
    """

    factor: int
    lower: int
    upper: int
    directions: Array
    multiples: Array


@dataclass(frozen=True, eq=False)
class Plan:
    """A model and a method, with the states of factors told apart by place.

    Parameters
    ----------
    model : Model
    method : str
    weights : ndarray, shape (factors, 2**factors)
        See :mod:`ioecon.decomposition.weights`.
    carbon_table : bool
        Whether tables are multiplied by their intensities first.
    """

    model: Model
    method: str
    weights: Array
    carbon_table: bool

    @cached_property
    def intensity(self) -> tuple[Factor, ...]:
        """Factors of intensity along their chain."""
        return self.model.chain("intensity")

    @cached_property
    def inputs(self) -> tuple[Factor, ...]:
        """Factors of A along their chain."""
        return self.model.chain("inputs")

    @cached_property
    def profiles(self) -> tuple[Factor, ...]:
        """Factors of final demand that differ from row to row."""
        return tuple(filter(has_rows, self.model.chain("demand")))

    @cached_property
    def scales(self) -> tuple[Factor, ...]:
        """Factors of final demand that multiply whole columns."""
        return tuple(each for each in self.model.chain("demand") if not has_rows(each))

    @cached_property
    def by_category(self) -> bool:
        """Whether categories of final demand are told apart."""
        return any(map(has_categories, self.model.chain("demand")))

    @cached_property
    def shape(self) -> tuple[int, int, int, int]:
        """Number of states of inputs, intensity, profiles and scales."""
        sizes = [2 ** len(each) for each in self._places]
        return sizes[0], sizes[1], sizes[2], sizes[3]

    @cached_property
    def by_place(self) -> Array:
        """Weights, shape (factors, *shape)."""
        n = len(self.model.factors)
        cube = self.weights.reshape(n, *(2,) * n)
        return cube.transpose(0, *(1 + axis for axis in self._axes)).reshape(n, *self.shape)

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All steps of factors of inputs that count."""
        found = []
        for bit, factor in enumerate(self.inputs):
            k = self.position(factor)
            for lower in range(self.shape[0]):
                if not lower >> bit & 1:
                    weights = self.by_place[k, lower].reshape(self.shape[1], -1)
                    directions, multiples = _directions_of(weights)
                    if len(directions):
                        found.append(Edge(k, lower, lower | 1 << bit, directions, multiples))
        return tuple(found)

    def position(self, factor: Factor) -> int:
        """Place of a factor in the model's order."""
        return self.model.factors.index(factor)

    def count_asked(self, categories: int) -> tuple[int, int]:
        """Matrices (n, I) that a period asks of its base year and of its reporting year.

        Parameters
        ----------
        categories : int
            Of final demand, where they are told apart; else 1.
        """
        others = categories * (self.shape[2] - 1)
        last = self.shape[0] - 1
        return others, others + sum(len(e.directions) for e in self.edges if e.upper == last)

    def in_order(self, by_place: Array) -> Array:
        """Put an array (*shape, …) by places in the model's order of states, (2**factors, …)."""
        n, beyond = len(self.model.factors), by_place.shape[4:]
        cube = by_place.reshape(*(2,) * n, *beyond)
        back = np.argsort(self._axes)
        return cube.transpose(*back, *range(n, n + len(beyond))).reshape(2**n, *beyond)

    @property
    def _places(self) -> tuple[tuple[Factor, ...], ...]:
        return self.inputs, self.intensity, self.profiles, self.scales

    @property
    def _axes(self) -> list[int]:
        """Axis of each factor in a cube of states, in the order of places, highest bits first."""
        n = len(self.model.factors)
        return [n - 1 - self.position(each) for place in self._places for each in place[::-1]]


def _directions_of(weights: Array) -> tuple[Array, Array]:
    """Rows of a matrix as multiples of some: (r, columns), and (rows, r)."""
    directions: list[Array] = []
    multiples = np.zeros((len(weights), len(weights)))
    for number, row in enumerate(weights):
        size = row.sum()
        if size == 0:
            continue
        scaled = row / size
        same = [np.allclose(scaled, other, rtol=1e-12, atol=0) for other in directions]
        if not any(same):
            directions.append(scaled)
            same.append(True)
        multiples[number, same.index(True)] = size
    found = np.array(directions).reshape(len(directions), weights.shape[1])
    return found, multiples[:, : len(directions)]


def make_plan(
    model: Model,
    accounting: str | None,
    method: str | None,
    sequence: Sequence[str] | None,
) -> Plan:
    """Plan of a model and a method.

    Parameters
    ----------
    model : Model
    accounting : {"carbon_table", "satellite"}, optional
        By default the carbon table for :data:`~ioecon.decomposition.models.dong2022`, else the
        satellite.
    method, sequence
        See :func:`ioecon.decomposition.weights.weights_of`.
    """
    if accounting is None:
        accounting = "carbon_table" if model == dong2022 else "satellite"
    if accounting not in ("carbon_table", "satellite"):
        raise ArgumentError(f"accounting is 'carbon_table' or 'satellite', not {accounting!r}.")
    carbon_table = accounting == "carbon_table"
    if carbon_table:
        model = model.without_intensity()
    elif not model.chain("intensity"):
        raise ArgumentError(
            f"Model {model.name!r} has no factor of intensity: give it one, 'emissions / output', "
            "or take accounting='carbon_table'."
        )
    name, weights = weights_of(model, method, sequence)
    return Plan(model, name, weights, carbon_table)


def factors_of(accounting: str) -> tuple[str, ...]:
    """Names of the factors of :data:`~ioecon.decomposition.models.dong2022`.

    Parameters
    ----------
    accounting : {"carbon_table", "satellite"}
    """
    return make_plan(dong2022, accounting, None, None).model.names
