"""Where ioecon keeps tables: lossless folders of its own, and the cache of parsed tables."""

from ioecon.cache_folder import cache_folder
from ioecon.store.cache import clear_cache
from ioecon.store.folders import write_series, write_table

__all__ = ["cache_folder", "clear_cache", "write_series", "write_table"]
