"""LU factorisations of one matrix: by LAPACK, or by blocks on the device of an array library.

The standard of array libraries (data-apis.org) knows solves and products, no LU factorisation. By
blocks these two are enough: every block on the diagonal is solved with pivoting inside it, and the
rest are products. Without pivoting between blocks this is stable where the diagonal dominates, as
in (E − A) it does (Higham 2002, section 13.2.1); who uses it must look at the residuals of solves.
"""

from __future__ import annotations

import importlib
import warnings
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import scipy.linalg

from ioecon.arrays import Array
from ioecon.errors import ArgumentError

__all__ = [
    "BlockFactors",
    "Factors",
    "LapackFactors",
    "Namespace",
    "SingularMatrixError",
    "choose_namespace",
    "chosen_namespace",
    "factorise",
]

_BLOCK = 512  # rows: enough for products to be nearly all of the work


class SingularMatrixError(ArithmeticError):
    """A matrix, or a block of it, without an inverse."""


class Factors(Protocol):
    """A factorised matrix, n × n."""

    n: int
    nbytes: int

    def solve(self, rhs: Array, *, transposed: bool) -> Array:
        """Solve for column-major right-hand sides, which may be overwritten."""


class LapackFactors:
    """Factors of LAPACK, in the memory of the matrix.

    A row-major matrix is the transpose of a column-major one, so LAPACK factorises its transpose
    in place, without a copy, and solves swap roles.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        Row-major; overwritten.
    """

    def __init__(self, matrix: Array) -> None:
        self.n = len(matrix)
        with warnings.catch_warnings():
            warnings.simplefilter("error", scipy.linalg.LinAlgWarning)
            try:
                self._factors = scipy.linalg.lu_factor(
                    matrix.T, overwrite_a=True, check_finite=False
                )
            except (scipy.linalg.LinAlgWarning, scipy.linalg.LinAlgError) as error:
                raise SingularMatrixError(str(error)) from error
        self.nbytes = int(self._factors[0].nbytes + self._factors[1].nbytes)

    def solve(self, rhs: Array, *, transposed: bool) -> Array:
        """Solve for column-major right-hand sides, which are overwritten."""
        solution: Array = scipy.linalg.lu_solve(
            self._factors, rhs, trans=0 if transposed else 1, overwrite_b=True, check_finite=False
        )
        return solution


@dataclass(frozen=True)
class Namespace:
    """An array library, and the device that it computes on.

    Parameters
    ----------
    name : str
        What it is imported as: ``"cupy"``, ``"torch"``, ``"array_api_strict"``.
    device : str, optional
        As the library's ``asarray`` takes it; by default the first GPU of ``torch`` where there is
        one, else the library's own.
    """

    name: str
    device: str | None = None

    def load(self) -> Any:
        """Import the library, or ArgumentError."""
        try:
            library = importlib.import_module(self.name)
        except ImportError as error:
            raise ArgumentError(
                f"{self.name} cannot be imported ({error}); install it, or compute with LAPACK: "
                "set_array_namespace(None)."
            ) from error
        lacking = [name for name in ("asarray", "linalg.solve") if not _has_function(library, name)]
        if lacking:
            raise ArgumentError(
                f"{self.name} is no library of the array API: it has no {lacking[0]}."
            )
        return library

    def place(self, library: Any, array: Array) -> Any:
        """Copy an array to the device."""
        device = self.device
        if device is None and self.name == "torch" and library.cuda.is_available():
            device = "cuda"
        return library.asarray(array, **({} if device is None else {"device": device}))


class BlockFactors:
    """Factors by blocks on a device, in one matrix there.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
    namespace : Namespace
    """

    def __init__(self, matrix: Array, namespace: Namespace) -> None:
        self.n, self.nbytes = len(matrix), matrix.nbytes
        self._namespace, self._library = namespace, namespace.load()
        self._blocks = [slice(k, min(k + _BLOCK, self.n)) for k in range(0, self.n, _BLOCK)]
        self._factors = namespace.place(self._library, matrix)
        M = self._factors
        for number, own in enumerate(self._blocks[:-1]):
            rest = slice(own.stop, self.n)
            M[own, rest] = self._solve_block(M[own, own], M[own, rest])
            for rows in self._blocks[number + 1 :]:
                M[rows, rest] = M[rows, rest] - M[rows, own] @ M[own, rest]

    def solve(self, rhs: Array, *, transposed: bool) -> Array:
        """Solve for right-hand sides, which are sent to the device and back."""
        b = np.ascontiguousarray(rhs).reshape(self.n, -1)
        x = self._namespace.place(self._library, b.copy() if b is rhs else b)
        (self._substitute_transposed if transposed else self._substitute)(x)
        return _bring_back(x).reshape(rhs.shape)

    def _substitute(self, x: Any) -> None:
        M, every = self._factors, slice(None)
        for own in self._blocks:
            before = slice(0, own.start)
            right = x[own, every] - M[own, before] @ x[before, every]
            x[own, every] = self._solve_block(M[own, own], right)
        for own in reversed(self._blocks[:-1]):
            rest = slice(own.stop, self.n)
            x[own, every] = x[own, every] - M[own, rest] @ x[rest, every]

    def _substitute_transposed(self, x: Any) -> None:
        M, every = self._factors, slice(None)
        for own in self._blocks[1:]:
            before = slice(0, own.start)
            x[own, every] = x[own, every] - M[before, own].T @ x[before, every]
        for own in reversed(self._blocks):
            rest = slice(own.stop, self.n)
            right = x[own, every] - M[rest, own].T @ x[rest, every]
            x[own, every] = self._solve_block(M[own, own].T, right)

    def _solve_block(self, block: Any, right: Any) -> Any:
        try:
            return self._library.linalg.solve(block, right)
        except Exception as error:
            if not type(error).__name__.endswith("LinAlgError"):  # each library has its own
                raise
            raise SingularMatrixError(str(error)) from error


def _has_function(library: Any, name: str) -> bool:
    for part in name.split("."):
        library = getattr(library, part, None)
    return callable(library)


def _bring_back(array: Any) -> Array:
    """Copy an array of a device to memory: of CuPy, of PyTorch, of any other library."""
    if hasattr(array, "get"):
        return np.asarray(array.get())
    return np.asarray(array.cpu() if hasattr(array, "cpu") else array)


_chosen: Namespace | None = None


def choose_namespace(namespace: Namespace | None) -> None:
    """Set where matrices are factorised from now on: by LAPACK, or by a library that is there."""
    global _chosen
    if namespace is not None:
        namespace.load()
    _chosen = namespace


def chosen_namespace() -> Namespace | None:
    """Tell where matrices are factorised; None is by LAPACK."""
    return _chosen


def factorise(matrix: Array) -> Factors:
    """Factorise a row-major matrix, which is overwritten, or raise SingularMatrixError."""
    return LapackFactors(matrix) if _chosen is None else BlockFactors(matrix, _chosen)
