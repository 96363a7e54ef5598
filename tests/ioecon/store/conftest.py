"""Files of WIOD in miniature, as the tests of readers make them."""

from tests.ioecon.readers.conftest import cache_dir, folder_of, miniature

__all__ = ["cache_dir", "folder_of", "miniature"]
