"""Where ioecon keeps tables: lossless folders of its own, and the cache of parsed tables."""

from ioecon.store.cache import cache_folder, clear_cache
from ioecon.store.folders import write_series, write_table

__all__ = ["cache_folder", "clear_cache", "write_series", "write_table"]
