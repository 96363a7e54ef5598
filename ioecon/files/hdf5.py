"""HDF5 and MATLAB files as arrays: the one door to them.

MATLAB 7.3 writes HDF5, which h5py reads, an extra; scipy reads what older ones write. They run in a
process of their own with a limit of time and memory (``hdf5_process.py``), because they can die of
a damaged file.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import ReadError
from ioecon.files.decoder import Decoder
from ioecon.files.web_page import require_content
from ioecon.progress import report_part

__all__ = ["Dataset", "Hdf5Reader", "is_hdf5"]

_SCRIPT = Path(__file__).with_name("hdf5_process.py")
_SIGN = b"\x89HDF\r\n\x1a\n"
_PLACES = (0, 512, 1024, 2048)  # where the sign may stand; MATLAB puts 512 bytes of text before it
_MATLAB_5 = b"MATLAB 5.0"
_SECONDS, _SECONDS_PER_MB = 10, 0.1  # of processor time, per MB unpacked
_PATIENCE = 5  # seconds of the clock for each of processor time
_MEMORY, _SLAB = 2**31, 2**28  # bytes of the process; bytes that are sent at once


@dataclass(frozen=True)
class Dataset:
    """What is known of a data set without reading it.

    Parameters
    ----------
    name : str
        With the group before it, if there is one.
    kind : str
        ``"numbers"``, ``"references"`` (to texts) or ``"other"``.
    shape : tuple of int
    chunks : tuple of int or None
        Pieces in which it is packed.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    chunks: tuple[int, ...] | None


def is_hdf5(path: Path) -> bool:
    """Whether a file begins as HDF5's do."""
    start = _read_start(path)
    return any(start[place : place + len(_SIGN)] == _SIGN for place in _PLACES)


def _read_start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_PLACES[-1] + len(_SIGN))
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror or error}.") from error


class Hdf5Reader:
    """Reads one HDF5 file, or one of MATLAB 5 to 7, in a process beside this one.

    A context manager: the process ends with it.

    Parameters
    ----------
    path : Path
    extra : str
        The extra of this package that installs what it needs, for messages.

    Raises
    ------
    ReadError
        If h5py is not installed, or the file is none, is damaged or refers to other files.
    """

    def __init__(self, path: Path, extra: str) -> None:
        self.name, self._path = path.name, path
        start = _read_start(path)
        require_content(start, path.name)
        self.is_matlab5 = start.startswith(_MATLAB_5)
        self._decoder = Decoder(_SCRIPT, "file", self._refusal_error)
        if not self.is_matlab5:
            if importlib.util.find_spec("h5py") is None:
                raise ReadError(
                    f"{path.name} is an HDF5 file, which h5py reads; install it with "
                    f"pip install 'ioecon[{extra}]'."
                )
            if not is_hdf5(path):
                raise self._refusal_error("it begins as no HDF5 file does")
        self.datasets: dict[str, Dataset] = {}

    def __enter__(self) -> Hdf5Reader:
        size = self._path.stat().st_size / 2**20
        seconds = _SECONDS + _SECONDS_PER_MB * 50 * size  # a sparse matrix may unpack to 50 times
        self._decoder.start(math.ceil(seconds * _PATIENCE))
        question = {
            "path": str(self._path),
            "matlab5": self.is_matlab5,
            "seconds": seconds,
            "memory": _MEMORY,
        }
        told = self._ask(question)["datasets"]
        self.datasets = {
            name: Dataset(
                name,
                each["kind"],
                tuple(each["shape"]),
                None if each["chunks"] is None else tuple(each["chunks"]),
            )
            for name, each in told.items()
        }
        return self

    def __exit__(self, *_: object) -> None:
        self._decoder.stop()

    def texts(self, name: str) -> list[str]:
        """Texts that a data set of references leads to, in its order.

        Raises
        ------
        ReadError
            If it refers to something else.
        """
        return [str(text) for text in self._ask({"name": name})["texts"]]

    def array(self, name: str) -> Array:
        """Whole array of numbers, of two dimensions.

        Raises
        ------
        ReadError
            If it is damaged.
        """
        rows = self.datasets[name].shape[0]
        return self._slab(name, 0, 0, rows).reshape(self.datasets[name].shape)

    def slabs(self, name: str, axis: int, size: int) -> Iterator[tuple[int, Array]]:
        """Rows of a matrix (axis 0), or of the transposed one (axis 1), some at a time.

        Parameters
        ----------
        name : str
        axis : {0, 1}
        size : int
            Rows come in multiples of these.

        Yields
        ------
        first : int
            Position of the first row.
        rows : ndarray
        """
        data = self.datasets[name]
        count, width = data.shape[axis], data.shape[1 - axis]
        thick = size if data.chunks is None else size * math.ceil(data.chunks[axis] / size)
        most = max(size, _SLAB // (8 * max(width, 1)) // size * size)
        step = min(thick, most)
        for first in range(0, count, step):
            report_part(f"{self.name} {name}", first, count)
            yield first, self._slab(name, axis, first, min(first + step, count))

    def best_axis(self, name: str) -> int:
        """Axis along which slabs cut through the fewest pieces of a packed matrix."""
        chunks = self.datasets[name].chunks
        return 0 if chunks is None or chunks[0] <= chunks[1] else 1

    def _slab(self, name: str, axis: int, start: int, stop: int) -> Array:
        told = self._ask({"name": name, "axis": axis, "start": start, "stop": stop})
        data = self._decoder.receive(told["size"])
        return np.frombuffer(data, dtype="<f8").reshape(stop - start, -1)

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        told = self._decoder.ask(question)
        if "refusal" in told:
            raise ReadError(f"{self._path.name}: {told['refusal']}; such a file is not read.")
        return told

    def _refusal_error(self, reason: str) -> ReadError:
        kind = "MATLAB" if self.is_matlab5 else "HDF5"
        return ReadError(
            f"{self._path.name} is not a complete {kind} file ({reason}); download it again."
        )
