"""A walk over the objects of an RData file before they are made: what they are and how many.

In R's binary form (XDR) every object is a word of flags, its own data, and the objects within it
one after the other, so that the walk needs no more than a count of those still to come. The
layout is that of *R Internals*, section "Serialization Formats".
"""

from __future__ import annotations

import struct

__all__ = ["require_data"]

_MOST = 300_000  # objects; the largest published table has some 15,000
_VERSIONS = {b"RDX2\nX\n": 2, b"RDX3\nX\n": 3}
_HAS_ATTRIBUTES, _HAS_TAG = 0x200, 0x400
_CHAR, _ENVIRONMENT, _ALTREP = 9, 4, 238
_BYTES_EACH = {10: 4, 13: 4, 14: 8, 15: 16, 24: 1}  # logical, integer, real, complex, raw
_LISTS = (16, 19, 20)  # of strings, objects, expressions
_PAIRS = (2, 3, 5, 6, 17)  # attributes, tag, first and rest
_BUILT_IN = (7, 8)
_NAMED = (247, 249, 250)  # persistent names, namespaces, packages
_OBJECTS_WITHIN = {1: 1, 22: 2, 23: 0, 25: 0}  # symbol, pointer, weak reference, S4
_NOTHING_WITHIN = (0, 241, 242, 251, 252, 253, 254, 255)


def require_data(data: bytes) -> None:
    """Refuse what no saved table is: compiled code, too many objects, lengths beyond the end.

    Raises
    ------
    ValueError
        With the reason.
    struct.error
        If the data end too early.
    """
    version = _VERSIONS.get(data[:7])
    if version is None:
        raise ValueError("it does not begin as what R's save() writes in binary form")
    at = 7 + 12
    if version == 3:
        at += 4 + _read_length(data, at)
    awaited, seen = 1, 0
    while awaited:
        seen += 1
        if seen > _MOST:
            raise ValueError(f"it holds more than {_MOST:,} objects, as no table does")
        (flags,) = struct.unpack_from(">I", data, at)
        at += 4
        size, within = _measure_contents(data, at, flags)
        at += size
        awaited += within - 1
        if at > len(data):
            raise ValueError("it ends within an object")


def _measure_contents(data: bytes, at: int, flags: int) -> tuple[int, int]:
    """Bytes of an object's own data, and the number of objects that follow within it."""
    kind = flags & 0xFF
    attributes = 1 if flags & _HAS_ATTRIBUTES else 0
    if kind in _NOTHING_WITHIN:
        return 0, 0
    if kind in _PAIRS:
        return 0, 2 + attributes + (1 if flags & _HAS_TAG else 0)
    if kind == _CHAR:
        return 4 + max(0, struct.unpack_from(">i", data, at)[0]), attributes
    if kind in _BYTES_EACH:
        return 4 + _BYTES_EACH[kind] * _read_length(data, at), attributes
    if kind in _LISTS:
        return 4, _read_length(data, at) + attributes
    if kind in _OBJECTS_WITHIN:
        return 0, _OBJECTS_WITHIN[kind] + attributes
    if kind == _ALTREP:
        return 0, 3
    if kind == _ENVIRONMENT:
        return 4, 4
    if kind in _BUILT_IN:
        return 4 + _read_length(data, at), 0
    if kind in _NAMED:
        return 8, _read_length(data, at + 4)
    raise ValueError(f"it holds an object of kind {kind}, which is no data")


def _read_length(data: bytes, at: int) -> int:
    length = int(struct.unpack_from(">i", data, at)[0])
    if length < 0:
        raise ValueError("it holds an object of negative length")
    return length
