"""Objects of an RData file, as plain dictionaries and arrays. No R code is ever run."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.errors import ReadError
from ioecon.files.archives import decompress, reason_of
from ioecon.files.rdata_check import require_data
from ioecon.files.web_page import require_content

__all__ = ["numeric_array", "read_objects", "text_list"]

_ALWAYS_LENGTH = 1_000_000  # of a sequence that R keeps as its first and last number


def read_objects(data: bytes, file: str) -> dict[str, Any]:
    """Objects saved in an RData file by name; lists and data frames become dictionaries.

    Raises
    ------
    ReadError
        If the bytes are not a complete RData file.
    """
    import rdata
    from rdata.conversion import DEFAULT_CLASS_MAP
    from rdata.parser import DEFAULT_ALTREP_MAP

    require_content(data, file)
    data = decompress(data, file, "RData file")
    sequences = {
        name: _bound_expansion(expand, len(data)) if name.startswith(b"compact") else expand
        for name, expand in DEFAULT_ALTREP_MAP.items()
    }

    # a data frame as its columns: with thousands of them pandas' detour costs more than the file
    classes = {**DEFAULT_CLASS_MAP, "data.frame": lambda columns, attributes: columns}
    try:
        require_data(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # unknown classes are returned as plain lists
            objects = rdata.read_rda(
                io.BytesIO(data), altrep_constructor_dict=sequences, constructor_dict=classes
            )
    except Exception as error:  # a damaged file can fail anywhere in the decoder
        raise ReadError(
            f"{file} is not a complete RData file ({reason_of(error)}); download it again."
        ) from error
    if not isinstance(objects, Mapping):
        raise ReadError(f"{file} holds one unnamed R object instead of a saved workspace.")
    return {str(name): _as_plain(value) for name, value in objects.items()}


def _bound_expansion(expand: Callable[[Any], Any], size: int) -> Callable[[Any], Any]:
    """Expand 1:n as ``expand`` does, unless it is longer than any file of the size holds."""

    def expand_if_short(state: Any) -> Any:
        if not state.value[0] <= max(_ALWAYS_LENGTH, size):
            raise ValueError(f"a sequence of {state.value[0]:.0f} numbers")
        return expand(state)

    return expand_if_short


def _as_plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): item for name, item in value.items()}
    return value


def numeric_array(values: object, what: str, file: str) -> NDArray[np.float64]:
    """Float array of an R vector or matrix; R's NA becomes NaN."""
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.filled(values.astype(float), np.nan)
    array = np.asarray(values)
    if array.dtype.kind not in "iufb":
        raise ReadError(f"{file}: {what} holds {_show_example(array)} instead of numbers.")
    return np.asarray(array, dtype=float)


def text_list(values: object, what: str, file: str) -> list[str]:
    """Strings of an R character vector, factor or whole-number vector."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.getmaskarray(values).any():
        raise ReadError(f"{file}: {what} has missing values.")
    array = np.asarray(values)
    if array.ndim != 1:
        raise ReadError(f"{file}: {what} is not a vector of labels.")
    if array.dtype.kind == "f":
        if not np.array_equal(array, np.rint(array)):
            raise ReadError(f"{file}: {what} holds {_show_example(array)} instead of labels.")
        array = array.astype(np.int64)
    return [str(item).strip() for item in array.tolist()]


def _show_example(array: NDArray[Any]) -> str:
    return repr(array.ravel()[0].item()) if array.size else "nothing"
