"""The Leontief system (E − A), factorised once and solved as often as needed. Arrays only.

Equations 1 to 5 of Dong, Wang and Dong: A = Z diag(x)⁻¹, L = (E − A)⁻¹, x = L y. The inverse is
never formed: every use of L is a solve against one LU factorisation.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike

from ioecon.arrays import Array
from ioecon.errors import UnsoundTableError

__all__ = [
    "RECENT",
    "Leontief",
    "RecentFactorisations",
    "block_row_sums",
    "set_factorisation_memory",
    "technical_coefficients",
]


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
    return flows * _per_unit_of_output(flows, output)


def _per_unit_of_output(Z: Array, x: Array) -> Array:
    """1/x, and zero for a column without output, which must then have no inputs."""
    idle = x == 0
    if idle.any():
        used = np.flatnonzero(idle)[np.any(Z[:, idle] != 0, axis=0)]
        if used.size:
            raise UnsoundTableError(
                f"Columns {used.tolist()[:10]} have inputs but no output, so no technical "
                "coefficient describes them; move their inputs to final use or correct the output."
            )
    return np.divide(1.0, x, out=np.zeros_like(x), where=~idle)


class Leontief:
    """(E − A) of one table, factorised by LU with partial pivoting.

    Parameters
    ----------
    Z : array_like, shape (n, n)
        Intermediate flows.
    x : array_like, shape (n,)
        Gross output.

    Raises
    ------
    UnsoundTableError
        If a column without output has inputs, or (E − A) is singular.

    Notes
    -----
    A row-major (E − A) is the transpose of a column-major matrix, so LAPACK factorises its
    transpose in place, without a copy; :meth:`solve` and :meth:`solve_transposed` swap roles
    accordingly. Memory: one n × n matrix.

    Examples
    --------
    Miller and Blair (2009), section 2.3: two sectors, final demand 600 and 1500.

    >>> system = Leontief([[150, 500], [200, 100]], [1000, 2000])
    >>> system.solve([600, 1500]).round(1)
    array([1247.5, 1841.6])
    """

    def __init__(self, Z: ArrayLike, x: ArrayLike) -> None:
        flows = np.asarray(Z)
        scale = -_per_unit_of_output(flows, np.asarray(x, dtype=float))
        matrix = np.multiply(flows, scale, dtype=float, order="C")  # float32 is widened here
        np.einsum("ii->i", matrix)[:] += 1.0  # the diagonal, as a view
        with warnings.catch_warnings():
            warnings.simplefilter("error", scipy.linalg.LinAlgWarning)
            try:
                self._factors = scipy.linalg.lu_factor(
                    matrix.T, overwrite_a=True, check_finite=False
                )
            except (scipy.linalg.LinAlgWarning, scipy.linalg.LinAlgError) as error:
                raise UnsoundTableError(
                    "(E − A) is singular: some group of sectors uses up its whole output within "
                    "the group, so no output level serves a final demand. Audit the table for "
                    "columns of A that sum to one or more."
                ) from error

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self._factors[0].shape[0])

    @property
    def nbytes(self) -> int:
        """Bytes held by the factorisation."""
        return int(self._factors[0].nbytes + self._factors[1].nbytes)

    def solve(self, b: ArrayLike) -> Array:
        """L b = (E − A)⁻¹ b.

        Parameters
        ----------
        b : array_like, shape (n,) or (n, m)
            Right-hand sides, for example final demand.

        Returns
        -------
        ndarray, shape of ``b``
            Output that the right-hand sides call for, direct and indirect.
        """
        return self._solve_system(b, trans=1)

    def solve_transposed(self, b: ArrayLike) -> Array:
        """L' b = (E − A')⁻¹ b: multipliers, for example of emission intensities.

        Parameters
        ----------
        b : array_like, shape (n,) or (n, m)
            Right-hand sides, for example emissions per unit of output.

        Returns
        -------
        ndarray, shape of ``b``
            Content per unit of final demand, direct and indirect.
        """
        return self._solve_system(b, trans=0)

    def _solve_system(self, b: ArrayLike, trans: int) -> Array:
        # A column-major copy is made once here and then overwritten by LAPACK.
        rhs = np.array(b, dtype=float, order="F")
        solution: Array = scipy.linalg.lu_solve(
            self._factors, rhs, trans=trans, overwrite_b=True, check_finite=False
        )
        return solution

    def is_productive(self) -> bool:
        """Whether L exists and has no negative entry (Hawkins and Simon 1949), for A ≥ 0.

        One solve decides: with p = L'1, p > 0 and p'(E − A) = 1' > 0 are together necessary and
        sufficient.
        """
        multipliers = self.solve_transposed(np.ones(self.n))
        # Multipliers of 1/ε are what rounding leaves of a singular matrix.
        most = 1 / (self.n * np.finfo(float).eps)
        return bool(np.all(multipliers > 0) and np.all(multipliers < most))


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
    sums: Array = np.einsum("rbs,bs->rb", Z.reshape(n, blocks, -1), weights.reshape(blocks, -1))
    return sums


class RecentFactorisations:
    """Factorisations of the tables used last, within a budget of bytes (never fewer than two)."""

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
            while len(self._held) > 1 and self._bytes_held() + owner.Z.nbytes > self.budget:
                self._held.popitem(last=False)
            system = make()
            reference = weakref.ref(owner, lambda _: self._forget(key))
            self._held[key] = (reference, system)
            return system

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

    The two that border a period are always kept, whatever the budget.

    Parameters
    ----------
    megabytes : float
        Budget; 1024 at the start. One table of n rows takes 8n² bytes.

    Examples
    --------
    >>> set_factorisation_memory(1024)
    """
    if not megabytes >= 0:
        raise ValueError(f"The memory for factorisations is {megabytes}; give 0 or more.")
    RECENT.budget = int(megabytes * 2**20)
