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


@pytest.mark.parametrize("package", ["ioecon", "regressions"])
def test_a_package_waits_with_all_but_the_names(package):
    code = f"import sys, {package}; print('numpy' in sys.modules, {package}.__all__[0])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "False"


def test_a_name_that_there_is_not_is_missed_as_ever():
    with pytest.raises(ImportError, match="decomposed"):
        from ioecon import decomposed  # noqa: F401
    import ioecon

    assert not hasattr(ioecon, "decomposed")
    assert {"decompose", "datasets", "run_study"} <= set(dir(ioecon))
