"""The Leontief system (E − A), factorised once and solved as often as needed. Arrays only.

Equations 1 to 5 of Dong, Wang and Dong: A = Z diag(x)⁻¹, L = (E − A)⁻¹, x = L y. The inverse is
never formed: every use of L is a solve against one LU factorisation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from ioecon.arrays import Array
from ioecon.errors import ArgumentError, PrecisionError, UnsoundTableError
from ioecon.factorisation import (
    Namespace,
    SingularMatrixError,
    choose_namespace,
    chosen_namespace,
    factorise,
)
from ioecon.flow_products import multiply, multiply_transposed, read_strips

__all__ = [
    "RECENT",
    "Leontief",
    "RecentFactorisations",
    "block_row_sums",
    "set_array_namespace",
    "set_factorisation_memory",
    "technical_coefficients",
]

_MOST_CORRECTIONS = 50
_PROBES = 4
_USE_LAPACK = "Factorise it with LAPACK: ioecon.leontief.set_array_namespace(None)."


def technical_coefficients(Z: ArrayLike, x: ArrayLike) -> Array:
    """Technical coefficients A = Z diag(x)⁻¹.

    Parameters
    ----------
    Z : array_like, shape (n, n)
        Intermediate flows, rows deliver to columns.
    x : array_like, shape (n,)
        Gross output, in the currency and unit of ``Z``.

    Returns
    -------
    ndarray, shape (n, n)
        Input per unit of output (no unit). A column without output has zero coefficients.

    Raises
    ------
    UnsoundTableError
        If a column without output has inputs: no coefficient describes it.

    Examples
    --------
    >>> technical_coefficients([[150, 500], [200, 100]], [1000, 2000])
    array([[0.15, 0.25],
           [0.2 , 0.05]])
    """
    flows, output = np.asarray(Z, dtype=float), np.asarray(x, dtype=float)
    _refuse_stray_inputs(flows, output)
    return flows * _per_unit_of_output(output)


def _per_unit_of_output(x: Array) -> Array:
    """1/x, and zero for a column without output."""
    return np.divide(1.0, x, out=np.zeros_like(x), where=x != 0)


def _refuse_stray_inputs(Z: Array, x: Array) -> None:
    idle = x == 0
    if idle.any():
        used = np.flatnonzero(idle)[np.any(Z[:, idle] != 0, axis=0)]
        if used.size:
            raise UnsoundTableError(
                f"Columns {used.tolist()[:10]} have inputs but no output, so no technical "
                "coefficient describes them; move their inputs to final use or correct the output."
            )


class Leontief:
    """(E − A) of one table, factorised by LU with partial pivoting.

    Parameters
    ----------
    Z : array_like, shape (n, n)
        Intermediate flows.
    x : array_like, shape (n,)
        Gross output.
    stray_inputs : {"raise", "leave_out"}
        What becomes of inputs of a column without output: they are refused, or not looked at, as
        if there were none.

    Raises
    ------
    UnsoundTableError
        If a column without output has inputs that are not left out, or (E − A) is singular.

    Attributes
    ----------
    residual : float or None
        For flows in float32: the largest residual that any solve so far was refined to, relative
        to the largest numbers of its column; None for flows in float64.
    last_residual : float or None
        The same of the last solve alone.

    Notes
    -----
    Flows in float32 are factorised in float32, in half the memory and time. Every solve is then
    refined against the flows as they are stored, in float64, until its residual is that of double
    precision (Wilkinson 1963; Higham 2002, chapter 12); where it does not become so,
    :class:`~ioecon.errors.PrecisionError` is raised. Nothing is ever factorised in another
    precision than the flows have.

    Memory: one n × n matrix of the type of the flows. LAPACK factorises it in place; see
    :func:`set_array_namespace` for other devices.

    Examples
    --------
    Miller and Blair (2009), section 2.3: two sectors, final demand 600 and 1500.

    >>> system = Leontief([[150, 500], [200, 100]], [1000, 2000])
    >>> system.solve([600, 1500]).round(1)
    array([1247.5, 1841.6])
    """

    def __init__(
        self,
        Z: ArrayLike,
        x: ArrayLike,
        *,
        stray_inputs: Literal["raise", "leave_out"] = "raise",
    ) -> None:
        flows = np.asarray(Z)
        if flows.dtype != np.float32:
            flows = np.asarray(flows, dtype=float)
        output = np.asarray(x, dtype=float)
        if stray_inputs not in ("raise", "leave_out"):
            raise ArgumentError(f"stray_inputs is 'raise' or 'leave_out', not {stray_inputs!r}.")
        if stray_inputs == "raise":
            _refuse_stray_inputs(flows, output)
        per_output = _per_unit_of_output(output)
        self.residual: float | None = None
        self.last_residual: float | None = None
        self._refinement = None
        if flows.dtype == np.float32:
            self.residual = 0.0
            self._refinement = _Refinement(flows, per_output)
        by_blocks = chosen_namespace() is not None
        if by_blocks and self._refinement is None:  # blocks are no match for pivoting
            self._refinement = _Refinement(flows, per_output)
        try:
            self._factors = factorise(_form_system(flows, per_output))
        except SingularMatrixError as error:
            if by_blocks:
                raise PrecisionError(f"A block of (E − A) is singular. {_USE_LAPACK}") from error
            raise UnsoundTableError(
                "(E − A) is singular: some group of sectors uses up its whole output within "
                "the group, so no output level serves a final demand. Audit the table for "
                "columns of A that sum to one or more."
            ) from error

    @property
    def n(self) -> int:
        """Number of rows."""
        return self._factors.n

    @property
    def nbytes(self) -> int:
        """Bytes held by the factorisation."""
        return self._factors.nbytes

    @property
    def refines(self) -> bool:
        """Whether solves are refined against the flows, all columns of one together."""
        return self._refinement is not None

    def solve(self, b: ArrayLike, *, overwrite_b: bool = False) -> Array:
        """L b = (E − A)⁻¹ b.

        Parameters
        ----------
        b : array_like, shape (n,) or (n, m)
            Right-hand sides, for example final demand.
        overwrite_b : bool
            Whether a column-major ``b`` may be overwritten by the solution.

        Returns
        -------
        ndarray, shape of ``b``
            Output that the right-hand sides call for, direct and indirect.
        """
        return self._solve_system(b, overwrite_b, transposed=False)

    def solve_transposed(self, b: ArrayLike, *, overwrite_b: bool = False) -> Array:
        """L' b = (E − A')⁻¹ b: multipliers, for example of emission intensities.

        Parameters
        ----------
        b : array_like, shape (n,) or (n, m)
            Right-hand sides, for example emissions per unit of output.
        overwrite_b : bool
            As for :meth:`solve`.

        Returns
        -------
        ndarray, shape of ``b``
            Content per unit of final demand, direct and indirect.
        """
        return self._solve_system(b, overwrite_b, transposed=True)

    def _solve_system(self, b: ArrayLike, overwrite_b: bool, *, transposed: bool) -> Array:
        # A column-major copy is made once here, where it must be, and overwritten by LAPACK.
        rhs = np.array(b, dtype=float, order="F", copy=None if overwrite_b else True)
        if self._refinement is None:
            return self._factors.solve(rhs, transposed=transposed)
        columns = rhs.reshape(self.n, -1, order="F")
        # Some columns at a time: refinement holds several arrays of their size.
        some = max(self.n // 32, 64)
        largest = 0.0
        for start in range(0, columns.shape[1], some):
            part = columns[:, start : start + some]
            part[:], residual = self._refinement.solve(
                part, partial(self._factors.solve, transposed=transposed), transposed=transposed
            )
            largest = max(largest, residual)
        if self.residual is not None:
            self.residual, self.last_residual = max(self.residual, largest), largest
        return rhs

    def is_productive(self) -> bool:
        """Whether L exists and has no negative entry (Hawkins and Simon 1949), for A ≥ 0.

        One solve decides: with p = L'1, p > 0 and p'(E − A) = 1' > 0 are together necessary and
        sufficient.
        """
        multipliers = self.solve_transposed(np.ones(self.n))
        # Multipliers of 1/ε are what rounding leaves of a singular matrix.
        most = 1 / (self.n * np.finfo(float).eps)
        return bool(np.all(multipliers > 0) and np.all(multipliers < most))


def _form_system(flows: Array, per_output: Array) -> Array:
    """(E − A) in the precision of the flows, row-major, made by strips of rows."""
    single = flows.dtype == np.float32
    matrix: Array = np.empty(flows.shape, dtype=np.float32 if single else np.float64)
    if single:
        with np.errstate(over="ignore"):  # what overflows does not converge, and is refused
            for rows, values in read_strips(flows):
                matrix[rows] = np.multiply(values, -per_output, out=values)
    else:
        np.multiply(flows, -per_output, out=matrix)
    np.einsum("ii->i", matrix)[:] += 1.0  # the diagonal, as a view
    return matrix


class _Refinement:
    """Iterative refinement of solves against the stored flows, in float64."""

    def __init__(self, flows: Array, per_output: Array) -> None:
        self._flows, self._per_output = flows, per_output[:, None]

    def solve(
        self, b: Array, substitute: Callable[[Any], Array], *, transposed: bool
    ) -> tuple[Array, float]:
        """Solution in float64 and the relative residual it was refined to, or PrecisionError."""
        (n, m), dtype = b.shape, self._flows.dtype
        single = dtype == np.float32
        goal = 2 * np.finfo(float).eps * max(np.sqrt(max(n, m)), 10.0)
        solution, miss, before, residual = np.zeros_like(b), b, np.inf, np.inf
        size = largest = np.abs(b).max(axis=0, initial=0.0)
        expected = np.inf if single else 0.0  # a solve in float32 is never enough
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for corrected in range(_MOST_CORRECTIONS):
                # Columns are scaled to one, so that no correction is too small for float32.
                scale = np.abs(miss).max(axis=0, initial=0.0)
                if corrected:  # the first correction gains about what the first solve did
                    expected = (scale / largest).max(initial=0.0) ** 2 if corrected == 1 else 0.0
                scale[scale == 0] = 1.0
                solution += substitute(np.asarray(miss / scale, dtype, order="F")) * scale
                largest = size + np.abs(solution).max(axis=0, initial=0.0)
                largest[largest == 0] = 1.0
                if not expected > goal:
                    residual = self._probe(b / largest, solution / largest, transposed)
                    if residual <= goal:
                        return solution, residual
                    if not residual < before / 2:
                        break
                    before = residual
                miss = b - self._apply(solution, transposed)
        cause = "flows in float32" if single else "a factorisation by blocks"
        advice = "Read the table with dtype='float64'." if single else _USE_LAPACK
        raise PrecisionError(
            f"(E − A) is too badly conditioned for {cause}: iterative refinement of a "
            f"solve ends at a residual of {residual:.1e} of its largest number, where {goal:.1e} "
            f"is double precision. {advice}"
        )

    def _probe(self, b: Array, solution: Array, transposed: bool) -> float:
        """Largest residual, of each of a few columns or of random ± sums of many.

        A sum of all columns with random signs hides no column's miss, and four of them cost
        next to nothing beside the residual of every column.
        """
        if b.shape[1] > _PROBES:
            rng = np.random.default_rng(0)
            signs = rng.choice([-1.0, 1.0], size=(b.shape[1], _PROBES))
            b, solution = b @ signs, solution @ signs
        return float(np.abs(b - self._apply(solution, transposed)).max(initial=0.0))

    def _apply(self, vectors: Array, transposed: bool) -> Array:
        """(E − A) or (E − A') times column vectors."""
        if transposed:
            return vectors - self._per_output * multiply_transposed(self._flows, vectors)
        return vectors - multiply(self._flows, self._per_output * vectors)


def block_row_sums(Z: Array, weights: Array, blocks: int) -> Array:
    """Row sums of Z diag(weights) within each block of columns: (n, blocks).

    Parameters
    ----------
    Z : ndarray, shape (n, n)
        Flows, columns ordered by block (country) and then sector.
    weights : ndarray, shape (n,)
        Weight of each column.
    blocks : int
        Number of blocks of equal size.

    Returns
    -------
    ndarray, shape (n, blocks)
        Entry (r, c) is the weighted sum of row r over the columns of block c.

    Examples
    --------
    >>> block_row_sums(np.arange(16.0).reshape(4, 4), np.array([1.0, 1, 1, 2]), 2)
    array([[ 1.,  8.],
           [ 9., 20.],
           [17., 32.],
           [25., 44.]])
    """
    n = Z.shape[0]
    # A sum over one axis of a reshaped view: n² multiplications and no n × n temporary.
    each = weights.reshape(blocks, -1)
    sums = np.empty((n, blocks))
    for rows, values in read_strips(Z):
        part = values.reshape(-1, blocks, each.shape[1])
        np.einsum("rbs,bs->rb", part, each, out=sums[rows])
    return sums


def solve_domestic(matrices: Array, b: Array) -> Array:
    """Solve the domestic (E − A) of one country or exporter, or of several stacked.

    Parameters
    ----------
    matrices : ndarray, shape (…, s, s)
    b : ndarray, shape (…, s) or (…, s, k)

    Raises
    ------
    UnsoundTableError
        If one of them is singular.
    """
    try:
        return np.asarray(np.linalg.solve(matrices, b))
    except np.linalg.LinAlgError as error:
        raise UnsoundTableError(
            "The domestic part of some country's (E − A) is singular: some group of its sectors "
            "uses up its whole output within the group. Audit the table for columns of A that "
            "sum to one or more."
        ) from error


class RecentFactorisations:
    """Factorisations of the tables used last, within a budget of bytes (never fewer than one)."""

    def __init__(self, budget: int) -> None:
        import threading
        from collections import OrderedDict

        self.budget = budget
        self._lock = threading.RLock()
        self._held: OrderedDict[int, tuple[Any, Leontief]] = OrderedDict()

    def get(self, owner: Any, make: Callable[[], Leontief]) -> Leontief:
        """Return the factorisation of a table, made now if it is not held."""
        import weakref

        key = id(owner)
        with self._lock:
            held = self._held.get(key)
            if held is not None and held[0]() is owner:
                self._held.move_to_end(key)
                return held[1]
            # Room is made first: the new factorisation never stands beside more than it must.
            while self._held and self._bytes_held() + owner.flows_to_scale.nbytes > self.budget:
                self._held.popitem(last=False)
            system = make()
            reference = weakref.ref(owner, lambda _: self._forget(key))
            self._held[key] = (reference, system)
            return system

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._held.clear()

    def _bytes_held(self) -> int:
        return sum(system.nbytes for _, system in self._held.values())

    def _forget(self, key: int) -> None:
        with self._lock:
            held = self._held.get(key)
            if held is not None and held[0]() is None:
                del self._held[key]


RECENT = RecentFactorisations(budget=2**30)  # of this process


def set_factorisation_memory(megabytes: float) -> None:
    """Set how much memory the factorisations of recently used tables may hold together.

    The last one is always kept, whatever the budget: a decomposition needs one at a time.

    Parameters
    ----------
    megabytes : float
        Budget; 1024 at the start. One table of n rows takes 8n² bytes, in float32 half of that.

    Examples
    --------
    >>> set_factorisation_memory(1024)
    """
    if not megabytes >= 0:
        raise ValueError(f"The memory for factorisations is {megabytes}; give 0 or more.")
    RECENT.budget = int(megabytes * 2**20)


def set_array_namespace(name: str | None, *, device: str | None = None) -> None:
    """Set which library factorises (E − A) and solves: on a GPU, CuPy's or PyTorch's.

    Parameters
    ----------
    name : str or None
        Library of the Python array API standard, by what it is imported as: ``"cupy"``,
        ``"torch"``, ``"array_api_strict"``. None is LAPACK, in this process and at the start.
    device : str, optional
        As the library's ``asarray`` takes it, for example ``"cuda:1"``; by default the first GPU
        of PyTorch where there is one, else the library's own choice.

    Raises
    ------
    ArgumentError
        If the library is not installed, or lacks what is needed.

    Notes
    -----
    The device holds one n × n matrix of the type of the flows. It is factorised by blocks, without
    pivoting between them; every solve is refined against the flows in float64, and refused
    (:class:`~ioecon.errors.PrecisionError`) where its residual does not become that of double
    precision. Results are those of LAPACK but for the last bits.

    Examples
    --------
    >>> set_array_namespace(None)
    """
    choose_namespace(None if name is None else Namespace(name, device))
    RECENT.clear()
