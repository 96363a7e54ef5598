"""Getting data: which databases there are, and their files from where they are published.

``ioecon.databases()`` lists them, ``ioecon.download(name, ...)`` fetches files. Nothing that comes
is unpacked or run; a checksum that is known is tested, and one that is not is noted.
"""

from ioecon.data_sources.download import Download, data_folder, databases, download

__all__ = ["Download", "data_folder", "databases", "download"]
