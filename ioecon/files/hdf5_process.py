"""The process in which HDF5 and MATLAB files are decoded, run as a script by ``hdf5.py``.

The libraries can die of a damaged file. Here nothing is lost with them. Nothing outside the file
is opened: links to other files, data kept elsewhere and filters that would be loaded from a
library are refused.
"""

from __future__ import annotations

import os
import sys
from typing import Any, BinaryIO

os.environ["HDF5_PLUGIN_PRELOAD"] = "::"  # no filter is loaded from a library
os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"
sys.path.append(os.path.dirname(__file__))  # behind all others

from decoder_process import answer, limit_resources, run

_MOST_LINKS = 1000  # data sets and groups of one group; groups of MATLAB's own are not listed
_OWN = ("#refs#", "#subsystem#")
_FILTERS = (1, 2, 3)  # deflate, shuffle, checksum
_LONGEST_TEXT, _MOST_TEXTS = 2000, 100_000
_RATIO, _ALWAYS = 200, 2**26  # a data set may unpack to so many times its size, or to these bytes
_CACHE = 2**28  # bytes of unpacked pieces that are kept, for slabs that cut through them


_MATLAB_NUMBERS = (
    "double",
    "single",
    *(f"{u}int{bits}" for u in ("", "u") for bits in (8, 16, 32, 64)),
)


class RefusalError(ValueError):
    """Something that the file should not hold; its words are for the user."""


def _list_datasets(group: Any, prefix: str, depth: int) -> dict[str, Any]:
    """List data sets of a group and of the groups within, by path."""
    import h5py

    found: dict[str, Any] = {}
    if len(group) > _MOST_LINKS:
        raise RefusalError(f"it holds more than {_MOST_LINKS} data sets")
    for name in group:
        if name in _OWN:
            continue
        path = f"{prefix}{name}"
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise RefusalError(f"{path} is a link to another place, not data")
        entry = group.get(name)
        if isinstance(entry, h5py.Dataset):
            found[path] = entry
        elif isinstance(entry, h5py.Group) and depth:
            found |= _list_datasets(entry, f"{path}/", depth - 1)
    return found


def _check_dataset(dataset: Any, name: str) -> None:
    """Refuse data that lie elsewhere, or unpack to more than any table."""
    if dataset.is_virtual or dataset.external:
        raise RefusalError(f"the data of {name} lie in another file")
    plist = dataset.id.get_create_plist()
    for k in range(plist.get_nfilters()):
        if plist.get_filter(k)[0] not in _FILTERS:
            raise RefusalError(f"{name} is packed with a filter that is not known")
    size = dataset.dtype.itemsize
    for length in dataset.shape:
        size *= int(length)
    if size > max(_ALWAYS, _RATIO * dataset.id.get_storage_size()):
        raise RefusalError(f"{name} would unpack to {size / 2**20:,.0f} MB, which its size denies")


def _describe(dataset: Any) -> dict[str, Any]:
    import h5py

    kind = "other"
    if h5py.check_ref_dtype(dataset.dtype) is h5py.Reference:
        kind = "references"
    elif dataset.dtype.kind in "fiu" and dataset.dtype.itemsize <= 8 and not dataset.dtype.subdtype:
        kind = "numbers"
    return {
        "kind": kind,
        "shape": [int(length) for length in dataset.shape],
        "chunks": None if dataset.chunks is None else list(dataset.chunks),
    }


def _read_texts(file: Any, dataset: Any, name: str) -> list[str]:
    """Texts that a list of references leads to: arrays of UTF-16 codes, as MATLAB keeps them."""
    import h5py

    if dataset.size > _MOST_TEXTS:
        raise RefusalError(f"{name} has more than {_MOST_TEXTS} texts")
    texts = []
    for reference in dataset[()].ravel():
        if not reference:
            raise RefusalError(f"{name} has an empty reference in place of a text")
        target = file[reference]
        codes = isinstance(target, h5py.Dataset) and target.dtype.kind == "u"
        if not codes or target.size > _LONGEST_TEXT:
            raise RefusalError(f"{name} refers to something that is no text")
        _check_dataset(target, name)
        units = target[()].ravel().astype("<u2").tobytes() if target.shape else b""
        texts.append(units.decode("utf-16-le"))
    return texts


def _send_slab(out: BinaryIO, dataset: Any, axis: int, start: int, stop: int) -> None:
    """Send rows (axis 0) or columns (axis 1, turned into rows) as float64."""
    import numpy as np

    part = dataset[start:stop] if axis == 0 else dataset[:, start:stop].T
    data = np.ascontiguousarray(part, dtype="<f8")
    answer(out, size=data.nbytes)
    out.write(data.data)
    out.flush()


class _Matlab5Variable:
    """A matrix in a file of MATLAB 5 to 7, read when its numbers are asked for."""

    def __init__(self, path: str, name: str) -> None:
        self._path, self._name = path, name

    def __getitem__(self, at: Any) -> Any:
        from scipy.io import loadmat

        return loadmat(self._path, variable_names=[self._name], squeeze_me=False)[self._name][at]


def _list_matlab5(path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """List the variables of a file of MATLAB 5 to 7, and what is known of each."""
    from scipy.io import whosmat

    variables, known = {}, {}
    for name, shape, kind in whosmat(path):
        size = 8
        for length in shape:
            size *= int(length)
        if size > max(_ALWAYS, _RATIO * os.path.getsize(path)):
            raise RefusalError(f"{name} would unpack to {size / 2**20:,.0f} MB")
        variables[name] = _Matlab5Variable(path, name)
        kind = "numbers" if kind in _MATLAB_NUMBERS else "other"
        known[name] = {"kind": kind, "shape": [int(length) for length in shape], "chunks": None}
    return variables, known


def _serve(questions: BinaryIO, out: BinaryIO) -> None:
    import json

    file: Any = None
    datasets: dict[str, Any] = {}
    while line := questions.readline():
        question = json.loads(line)
        try:
            if "path" in question:
                limit_resources(question["seconds"], question["memory"])
                if question["matlab5"]:
                    datasets, known = _list_matlab5(question["path"])
                    answer(out, datasets=known)
                    continue
                import h5py

                file = h5py.File(question["path"], "r", rdcc_nbytes=_CACHE, rdcc_nslots=100_003)
                datasets = _list_datasets(file, "", 1)
                answer(out, datasets={name: _describe(d) for name, d in datasets.items()})
                continue
            dataset = datasets[question["name"]]
            if file is not None:
                _check_dataset(dataset, question["name"])
            if "axis" in question:
                where = question["axis"], question["start"], question["stop"]
                _send_slab(out, dataset, *where)
            else:
                answer(out, texts=_read_texts(file, dataset, question["name"]))
        except RefusalError as refusal:
            answer(out, refusal=str(refusal))


if __name__ == "__main__":
    sys.exit(run(_serve))
