"""Structural decomposition of one period, on arrays: any model, any method that is weights.

c = e ∘ L(A) y. Each of e, A and y is a product of factors, and a state says which of them are those
of the reporting year already. The step of a factor in a state S is linear in the columns of what
changed, and so belongs to countries exactly:

    inputs     e(S) ∘ L(A + ΔA) ΔA_c L(A) y(S), with ΔA_c the columns of ΔA of country c,
    demand     e(S) ∘ L(A) Δy(S)_c, with Δy(S)_c the column of destination c,
    intensity  Δe(S) ∘ L(A) y(S), of the country of the row.

An effect is the mean of a factor's steps over states, with the weights of the method
(:mod:`ioecon.decomposition.weights`). The weights are known before anything is solved: so states
are combined first, and a state of A costs one factorisation and few right-hand sides. No matrix is
inverted, and no two are factorised at once: what is needed of a lower state of A is a few vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ioecon.arrays import Array
from ioecon.decomposition.demand import DemandOfYear, DemandStates, fill_from
from ioecon.decomposition.plan import Edge, Plan
from ioecon.leontief import Leontief, block_row_sums

__all__ = ["Economy", "Period", "solve_year"]


@dataclass(frozen=True, eq=False)
class Economy:
    """What is held of one year, in arrays.

    Parameters
    ----------
    demand : ndarray, shape (K, n, I)
        Final demand by category (one, where they are not told apart) and destination.
    x : ndarray, shape (n,)
        Gross output.
    intensity : ndarray, shape (n,)
        Emissions per unit of output; NaN where there is no output to relate them to.
    ratios : tuple of ndarray, shape (n,)
        Factors of the intensity along their chain; NaN likewise.
    variables : mapping of str to ndarray, shape (I,)
        What final demand is related to beside its own totals.
    """

    demand: Array
    x: Array
    intensity: Array
    ratios: tuple[Array, ...]
    variables: dict[str, Array]

    @property
    def emissions(self) -> Array:
        """Emissions of each row, shape (n,)."""
        return np.where(self.x == 0, 0.0, self.intensity * self.x)


class Period:
    """Effects on emissions from one year to another; :func:`solve_year` fills them in.

    For a carbon table, rows are multiplied by the emission intensity of their producer,
    Zᶜ = diag(e) Z, Fᶜ = diag(e) F, xᶜ = c, and those tables are decomposed. The Leontief inverse
    of a carbon table is diag(e) L diag(e)⁻¹, so the factorisation of the plain table serves.

    Parameters
    ----------
    first, last : Economy
        Base year and reporting year.
    plan : Plan
        For a carbon table intensities are positive.
    effects : ndarray, shape (factors, n, I)
        Filled in when both years are solved: emissions of row r driven by country c's change.
    states : ndarray, shape (2**factors, I)
        Filled in likewise: emissions of each country in every state.

    Attributes
    ----------
    residual : float or None
        What all solves were refined to, where flows are in float32.
    """

    def __init__(
        self, first: Economy, last: Economy, plan: Plan, effects: Array, states: Array
    ) -> None:
        self.first, self.last, self.plan = first, last, plan
        self.effects, self._states = effects, states
        self.residual: float | None = None
        n, countries = len(first.x), first.demand.shape[2]
        self._own = np.arange(n), np.repeat(np.arange(countries), n // countries)
        weights = np.ones(n), np.ones(n)
        self._intensities = np.ones((n, 1))
        if plan.carbon_table:
            # What a sector emits when it appears or vanishes is then an effect of output.
            weights = fill_from(first.intensity, last.intensity, 1.0)
        for pair in zip(first.ratios, last.ratios, strict=True):
            filled = np.stack(fill_from(*pair, 1.0))
            self._intensities = np.concatenate(
                [self._intensities * each[:, None] for each in filled], axis=1
            )
        self._weights = [each[:, None] for each in weights]
        w0, w1 = self._weights
        self._demand = DemandStates(
            plan,
            *(
                DemandOfYear(
                    economy.demand if not plan.carbon_table else w * economy.demand,
                    economy.variables,
                )
                for w, economy in ((w0, first), (w1, last))
            ),
        )
        self._by_place = np.zeros((*plan.shape, countries))
        self._below: dict[tuple[int, int], tuple[Array, list[Array]]] = {}

    def asked_of_first(self) -> list[Array]:
        """Give what L of the base year is applied to beside its own final demand, each (n, I)."""
        self.effects[...] = 0.0
        w0 = self._weights[0]
        return [block / w0 for profile in self._demand.profiles[1:] for block in profile]

    def leave_first(self, own: list[Array], others: list[Array], Z: Array) -> None:
        """Take L of the base year applied to its own final demand and to what was asked."""
        w0 = self._weights[0]
        for each in others:
            each *= w0
        self._take_demand(0, [*(w0 * each for each in own), *others])
        self._leave(0, Z, self.first.x, w0[:, 0])

    def pass_between(self, at: int, M: Array, system: Leontief) -> None:
        """Take a state of A that is of neither year: its coefficients, and their factorisation."""
        edges, ones = self._edges_into(at), np.ones(len(M))
        changes = self._changes_of_inputs(at, M, ones, ones)
        blocks = [block for profile in self._demand.profiles for block in profile]
        (solved,) = _solve_together(system, [[*changes, *blocks]])
        self.note_residual(system.last_residual)
        self._take_inputs(edges, solved[: len(changes)])
        self._take_demand(at, solved[len(changes) :])
        self._leave(at, M, ones, ones)

    def asked_of_last(self, Z: Array) -> list[Array]:
        """Give what L of the reporting year is applied to beside its own final demand."""
        w1 = self._weights[1]
        at = self.plan.shape[0] - 1
        changes = self._changes_of_inputs(at, Z, self.last.x, w1[:, 0])
        blocks = [block for profile in self._demand.profiles[:-1] for block in profile]
        return [each / w1 for each in (*changes, *blocks)]

    def finish(self, own: list[Array], asked: list[Array]) -> None:
        """Take L of the reporting year applied to its own final demand and to what was asked."""
        w1 = self._weights[1]
        at = self.plan.shape[0] - 1
        edges = self._edges_into(at)
        steps = sum(len(edge.directions) for edge in edges)
        for each in asked:
            each *= w1
        self._take_inputs(edges, asked[:steps])
        self._take_demand(at, [*asked[steps:], *(w1 * each for each in own)])
        self._states[...] = self.plan.in_order(self._by_place)

    def note_residual(self, residual: float | None) -> None:
        """Keep the largest residual that a solve was refined to."""
        if residual is not None:
            self.residual = max(self.residual or 0.0, residual)

    def _edges_into(self, at: int) -> list[Edge]:
        return [edge for edge in self.plan.edges if edge.upper == at]

    def _sum_inputs(self, Z: Array, x: Array, w: Array, vectors: Array) -> list[Array]:
        """Sum A diag(v) of the weighted table over the columns of each country: (n, I) each."""
        countries, found = self.effects.shape[2], []
        for v in vectors.T:
            per_output = np.divide(v / w, x, out=np.zeros_like(v), where=x != 0)
            found.append(w[:, None] * block_row_sums(Z, per_output, countries))
        return found

    def _leave(self, at: int, Z: Array, x: Array, w: Array) -> None:
        """Keep what steps from this state of A need of it."""
        for edge in self.plan.edges:
            if edge.lower == at:
                vectors = self._outputs @ edge.directions.T
                sums = self._sum_inputs(Z, x, w, vectors)
                self._below[edge.factor, edge.upper] = vectors, sums

    def _changes_of_inputs(self, at: int, Z: Array, x: Array, w: Array) -> list[Array]:
        """ΔA_c L(A) y for the steps into a state of A, by country c of the columns."""
        found = []
        for edge in self._edges_into(at):
            vectors, before = self._below.pop((edge.factor, at))
            after = self._sum_inputs(Z, x, w, vectors)
            found += [one - other for one, other in zip(after, before, strict=True)]
        return found

    def _take_inputs(self, edges: list[Edge], solved: Sequence[Array]) -> None:
        answers = iter(solved)
        for edge in edges:
            shares = self._intensities @ edge.multiples
            for number in range(len(edge.directions)):
                self.effects[edge.factor] += shares[:, number, None] * next(answers)

    def _take_demand(self, at: int, solved: list[Array]) -> None:
        """Take L(A) of all profiles: effects of demand and intensity in this state of A."""
        plan, demand = self.plan, self._demand
        categories = len(demand.profiles[0])
        stacked = [
            solved[start][None] if categories == 1 else np.stack(solved[start : start + categories])
            for start in range(0, len(solved), categories)
        ]
        solved.clear()  # its columns are in the profiles now
        profiles = demand.scale_solved(stacked)
        stacked.clear()
        by_category = demand.scales.transpose(1, 2, 0)
        outputs = [np.matmul(each, by_category).sum(axis=0) for each in profiles]
        self._outputs = np.concatenate(outputs, axis=1)
        self._sum_states(at)
        self._take_intensity(at)
        for bit, factor in enumerate(plan.profiles):
            k = plan.position(factor)
            for p in range(plan.shape[2]):
                if p >> bit & 1:
                    continue
                counts = np.einsum("iq,qkc->kic", plan.by_place[k, at, :, p], demand.scales)
                if counts.any():
                    self._add(k, profiles[p | 1 << bit] - profiles[p], counts)
        for bit, factor in enumerate(plan.scales):
            self._take_scale(at, bit, plan.position(factor), factor.totals[0], profiles)

    def _take_scale(self, at: int, bit: int, k: int, total: str, profiles: list[Array]) -> None:
        scales = self._demand.scales
        before = [q for q in range(len(scales)) if not q >> bit & 1]
        steps = scales[[q | 1 << bit for q in before]] - scales[before]
        weights = self.plan.by_place[k, at][:, :, before]
        if total != "world":
            for p, profile in enumerate(profiles):
                self._add(k, profile, np.einsum("iq,qkc->kic", weights[:, p], steps))
            return
        # Δf B D is split by whose final demand it was that changed, Δf = Σ_c Δf_c.
        level = self._demand.level
        counts = np.einsum("ipq,qkc->pikc", weights, scales[before] / level)
        driven = sum(
            np.einsum("nc,nc->n", category, self._per_intensity(count))
            for profile, of_profile in zip(profiles, counts, strict=True)
            for category, count in zip(profile, of_profile.swapaxes(0, 1), strict=True)
        )
        self.effects[k] += np.outer(driven, self._demand.change_of_level)

    def _add(self, k: int, profile: Array, counts: Array) -> None:
        """Add a profile (K, n, I) to an effect, as often as it counts: (K, intensities, I)."""
        for category, count in zip(profile, counts, strict=True):
            self.effects[k] += category * self._per_intensity(count)

    def _per_intensity(self, count: Array) -> Array:
        """Intensities times what counts in each state; one row where all intensities are ones."""
        return count if not self.plan.intensity else self._intensities @ count

    def _take_intensity(self, at: int) -> None:
        plan, e = self.plan, self._intensities
        for bit, factor in enumerate(plan.intensity):
            k = plan.position(factor)
            for state in range(plan.shape[1]):
                if not state >> bit & 1:
                    counted = self._outputs @ plan.by_place[k, at, state].ravel()
                    step = e[:, state | 1 << bit] - e[:, state]
                    self.effects[k][self._own] += step * counted

    def _sum_states(self, at: int) -> None:
        countries = self.effects.shape[2]
        e, x = (
            each.reshape(countries, -1, each.shape[1])
            for each in (self._intensities, self._outputs)
        )
        found = e.transpose(0, 2, 1) @ x
        self._by_place[at] = np.moveaxis(found, 0, -1).reshape(self._by_place[at].shape)


def solve_year(
    Z: Array,
    economy: Economy,
    system: Leontief,
    ending: Sequence[Period],
    starting: Sequence[Period],
    elsewhere: tuple[int, int] = (0, 0),
) -> None:
    """Solve all that the periods which end or start in a year ask of it.

    Parameters
    ----------
    Z : ndarray, shape (n, n)
        Intermediate flows of the year.
    economy : Economy
    system : Leontief
        (E − A) of the year, factorised.
    ending : sequence of Period
        Their base years are solved; they are finished here.
    starting : sequence of Period
    elsewhere : tuple of int
        How many periods that end, and that start, in the year are solved elsewhere. Results are
        those of solving all here, to the last bit.
    """
    own_demand = list(economy.demand)
    asked = [own_demand, *(period.asked_of_last(Z) for period in ending)]
    asked += [period.asked_of_first() for period in starting]
    if not system.refines:
        # The last bits of a column depend on where it stands: zeros stand where others would.
        plan = (*ending, *starting)[0].plan
        of_first, of_last = plan.count_asked(len(own_demand))
        nothing = np.zeros_like(economy.demand[0])
        asked[1:1] = [[nothing] * of_last] * elsewhere[0]
        asked += [[nothing] * of_first] * elsewhere[1]
        solved = _solve_together(system, asked)
        del solved[1 : 1 + elsewhere[0]]
    else:
        # Refinement goes on until all columns of a solve are exact: no period waits for others'.
        solved, reached = [], []
        while asked:
            solved += _solve_together(system, [asked.pop(0)])
            reached.append(system.last_residual)
        for period, residual in zip((*ending, *starting), reached[1:], strict=True):
            if residual is not None:
                period.note_residual(max(reached[0] or 0.0, residual))
    answers = iter(solved)
    own = next(answers)
    for period in ending:
        period.finish(own, next(answers))
    for period in starting:
        period.leave_first(own, next(answers), Z)


def _solve_together(system: Leontief, asked: list[list[Array]]) -> list[list[Array]]:
    """L applied to groups of matrices (n, I), in one solve; what was asked is let go."""
    sizes = [len(group) for group in asked]
    n, countries = asked[0][0].shape
    # Column-major, as LAPACK solves in place.
    sides = np.empty((n, sum(sizes) * countries), order="F")
    np.concatenate([side for group in asked for side in group], axis=1, out=sides)
    asked.clear()
    answers = iter(np.hsplit(system.solve(sides, overwrite_b=True), sum(sizes)))
    return [list(islice(answers, size)) for size in sizes]
