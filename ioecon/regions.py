"""Deprecated spelling of :mod:`ioecon.views`."""

from ioecon.moved import getattr_of_moved

__getattr__ = getattr_of_moved(
    __name__, dict.fromkeys(("aggregate", "domestic", "within"), "ioecon.views")
)
