"""Where ioecon keeps tables: lossless folders of its own, and the cache of parsed tables."""

from ioecon.store.cache import clear_cache
from ioecon.store.folders import write_series, write_table
from ioecon.store.known_hashes import cache_folder

__all__ = ["cache_folder", "clear_cache", "write_series", "write_table"]
