"""Fixtures shared by all tests: where the real data lie."""

import os
from pathlib import Path

import pytest


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
