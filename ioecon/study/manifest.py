"""The manifest: with what, from what and under which options the results were made."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ioecon.threads import blas_in_use

__all__ = ["InputFile", "manifest", "options", "sha256_of", "to_json", "versions"]

_LIBRARIES = (
    "ioecon", "numpy", "scipy", "pandas", "formulaic", "linearmodels", "statsmodels", "matplotlib",
    "pillow",
)  # fmt: skip


@dataclass(frozen=True)
class InputFile:
    """A file that was read: what for, its name without folder, and its SHA-256."""

    role: str
    name: str
    sha256: str


def manifest(
    study: Any,
    inputs: Iterable[InputFile],
    residuals: Mapping[str, Mapping[str, float]],
    folder: Path,
    *,
    counted: Mapping[str, str] | None = None,
    kept: Iterable[str] = (),
) -> dict[str, Any]:
    """Everything needed to tell whether two runs should agree, and whether they do.

    No clock time and no folder names: the same inputs give the same manifest where versions,
    platform and BLAS are the same, but for the steps that came from the cache.

    Parameters
    ----------
    study : Study or TransferStudy
    inputs : iterable of InputFile
    residuals : mapping
        What was checked, to year or driver, to relative miss of the identity.
    folder : Path
        Folder of the finished outputs, which are listed with their SHA-256.
    counted : mapping, optional
        Stressor and unit that the study counts, also where its file leaves that at the default.
    kept : iterable of str
        Steps whose results an earlier run had computed.

    Returns
    -------
    dict
        Plain values.
    """
    return {
        "versions": versions(),
        "options": options(study),
        **({"counted": dict(counted)} if counted else {}),
        "inputs": [asdict(item) for item in inputs],
        "identity_residuals": residuals,
        "steps_from_cache": list(kept),
        "outputs": {
            path.relative_to(folder).as_posix(): sha256_of(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }


def versions() -> dict[str, str]:
    """Versions of ioecon, of the libraries that compute, of BLAS, Python and the platform."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    found["blas"] = blas_in_use()
    return {**found, "python": platform.python_version(), "platform": platform.platform()}


def options(study: Any) -> dict[str, Any]:
    """Give the settings of a study as plain values; files by their names."""
    plain = _as_plain_values(asdict(study))
    assert isinstance(plain, dict)
    return plain


def _as_plain_values(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _as_plain_values(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_plain_values(item) for item in value]
    return value.name if isinstance(value, Path) else value


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def to_json(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys and a final newline."""
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"
