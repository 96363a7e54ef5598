"""Fixtures shared by all tests and doctests: where the real data lie, a cache of their own."""

import os
from collections.abc import Iterator
from pathlib import Path

# Before numpy is loaded: tests run in parallel, so each keeps to one core.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import pytest  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def _cache_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Send parsed tables and downloads to temporary folders, never to those of the user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IOECON_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("IOECON_DATA_DIR", str(tmp_path_factory.mktemp("data") / "ioecon"))
        yield


@pytest.fixture(scope="session")
def data_root() -> Path:
    """Folder of the real data (``IOECON_DATA``); the test is skipped, and says so, without it."""
    root = os.environ.get("IOECON_DATA")
    if not root:
        pytest.skip("IOECON_DATA is not set: this test needs the real data")
    path = Path(root).resolve()
    if not path.is_dir():
        pytest.fail(f"IOECON_DATA points to {path}, which is not a folder")
    return path


@pytest.fixture(scope="session")
def reference_root(data_root: Path) -> Path:
    """Folder with R's answers, beside the data folder."""
    path = data_root.parent / "reference"
    if not path.is_dir():
        pytest.skip(f"no folder {path}: this test needs R's answers")
    return path


@pytest.fixture(scope="session")
def shared_cases(data_root: Path) -> Path:
    """Folder of small panels with known answers, beside the data folder."""
    path = data_root.parent / "cases" / "panel" / "data"
    if not path.is_dir():
        pytest.skip(f"no folder {path}: this test needs the shared cases")
    return path
