"""Importing a package is quick: heavy libraries wait until something is computed with them."""

import subprocess
import sys

import pytest

HEAVY = ("joblib", "linearmodels", "matplotlib", "scipy.stats", "statsmodels", "xarray")


@pytest.mark.parametrize("package", ["ioecon", "ioecon.cli", "regressions", "diagnostics"])
def test_a_package_loads_no_heavy_library(package):
    code = f"import sys, {package}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []
