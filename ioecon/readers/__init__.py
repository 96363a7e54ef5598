"""Readers of input-output tables and coefficients, one file per database."""

from ioecon.moved import getattr_of_moved
from ioecon.readers.reading import read_series, read_table, years_offered
from ioecon.readers.regional_coefficients import read_coefficients
from ioecon.readers.registry import formats

__all__ = ["formats", "read_coefficients", "read_series", "read_table", "years_offered"]

_STORE = ("cache_folder", "clear_cache", "write_series", "write_table")
_WRITERS = ("write_regional", "write_regional_template")

__getattr__ = getattr_of_moved(
    __name__, dict.fromkeys(_STORE, "ioecon.store") | dict.fromkeys(_WRITERS, "ioecon.writers")
)
