"""One file with values in it: on disk, or inside a zip."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ioecon.errors import ReadError
from ioecon.files.archives import Archive

__all__ = ["PathLike", "SourceFile"]

PathLike = str | os.PathLike[str]


@dataclass(frozen=True)
class SourceFile:
    """One file: on disk, or inside a zip."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """Name for messages and for the table's source."""
        if self.member is None:
            return self.path.name
        return f"{self.path.name}/{PurePosixPath(self.member).name}"

    def read(self) -> bytes:
        """Content of the file; a member of a zip is read in memory and never written to disk.

        Raises
        ------
        ReadError
            If the file is missing, unreadable or damaged.
        """
        try:
            if self.member is None:
                return self.path.read_bytes()
            with Archive(self.path, self.path.name) as archive:
                return archive.read(self.member)
        except FileNotFoundError as error:
            raise ReadError(f"There is no file {self.path}.") from error
        except OSError as error:
            raise ReadError(f"{self.path} cannot be read: {error.strerror or error}.") from error
        except KeyError as error:
            raise ReadError(f"{self.path} holds no {self.member} any more.") from error
