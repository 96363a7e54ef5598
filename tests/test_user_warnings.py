"""Warnings of all three packages point at the user's line, and come once per line."""

import functools
import re
import runpy
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import diagnostics
import ioecon
import ioecon.user_warnings
import regressions
import regressions.user_warnings
from ioecon import Account, carbon_accounts
from ioecon.emissions import emissions_by_sector
from ioecon.errors import IoeconWarning

PACKAGES = [Path(package.__file__).parent for package in (regressions, diagnostics, ioecon)]


def panel(entities: int = 8, periods: int = 10) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product(
        [range(entities), range(2000, 2000 + periods)], names=["id", "year"]
    )
    data = pd.DataFrame(rng.normal(size=(len(index), 3)), index=index, columns=["x", "z", "y"])
    data["region"] = np.where(index.get_level_values(0) < entities // 2, "north", "south")
    return data


def table_with_stray_inputs() -> ioecon.IOTable:
    """The last sector has inputs of a rounding's size and no output."""
    Z = np.full((4, 4), 1.0)
    Y = np.full((4, 2), 20.0)
    Z[3], Z[:, 3], Y[3] = 0, 0, 0
    Z[0, 3] = 1e-5
    return ioecon.IOTable(
        Z=Z,
        Y=Y,
        countries=["AUS", "BRA"],
        sectors=["s1", "s2"],
        categories=["final"],
        year=2000,
    )


def emissions(table: ioecon.IOTable) -> Account:
    index = pd.MultiIndex.from_product(
        [table.countries, table.sectors, [2000]], names=["country", "sector", "year"]
    )
    return Account(pd.Series(1.0, index=index))


def singleton() -> pd.DataFrame:
    return panel().drop(index=[(0, year) for year in range(2001, 2010)])


def with_gap() -> pd.DataFrame:
    return panel().drop(index=[(0, 2004)])


CALLS = {
    "few clusters": lambda: regressions.fit("y ~ x", panel(), cov="clustered"),
    "random effects": lambda: regressions.fit(
        "y ~ x", panel(), estimator="random", cov="clustered"
    ),
    "singletons": lambda: regressions.fit("y ~ x", singleton(), estimator="fixed"),
    "gaps": lambda: regressions.fit("y ~ x", with_gap(), cov="ac"),
    "nested effects": lambda: regressions.fit(
        "y ~ x", panel(), estimator="fixed", effects=["entity", "region"]
    ),
    "fit_many": lambda: regressions.fit_many("y ~ x", panel(), split="region", cov="clustered"),
    "stepwise": lambda: regressions.stepwise("y ~ x", panel(), ["z"], cov="clustered"),
    "fit_split": lambda: regressions.fit_split("y ~ x", panel(), "region", cov="clustered"),
    "specification_curve": lambda: regressions.specification_curve(
        panel(), dependent="y", interest="x", covariances=["clustered"]
    ),
    "hausman": lambda: diagnostics.hausman(
        regressions.fit("y ~ x", singleton(), estimator="fixed"),
        regressions.fit("y ~ x", singleton(), estimator="random"),
    ),
    "rounding": lambda: (
        ioecon.leontief_of(table_with_stray_inputs())
        if hasattr(ioecon, "leontief_of")
        else ioecon.audit.sound_table(table_with_stray_inputs())
    ),
    "carbon_accounts": lambda: carbon_accounts(
        table_with_stray_inputs(),
        emissions(table_with_stray_inputs()),
        without_output="leave_out",
    ),
    "emissions_by_sector": lambda: emissions_by_sector(
        emissions(table_with_stray_inputs()),
        table_with_stray_inputs(),
        without_output="leave_out",
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_warnings_point_at_the_file_that_called(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    ours = [
        w for w in caught if issubclass(w.category, regressions.RegressionWarning | IoeconWarning)
    ]
    assert ours
    assert {w.filename for w in ours} == {__file__}


def test_no_warning_counts_frames_by_hand():
    """A number of frames is wrong as soon as a function is called from elsewhere."""
    found = [
        f"{file}:{number}"
        for package in PACKAGES
        for file in package.rglob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"stacklevel|warnings\.warn\(|import warn\b", line)
    ]
    assert found == []


@pytest.mark.parametrize("module", [regressions.user_warnings, ioecon.user_warnings])
class TestWarnUser:
    def test_a_loop_shows_a_text_once_although_filters_change(self, module):
        globals().pop("__warningregistry__", None)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            for _ in range(50):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)
                module.warn_user("the same", UserWarning)
            module.warn_user("the same", UserWarning)  # another line
        assert [str(w.message) for w in caught] == ["the same", "the same"]
        assert caught[0].lineno != caught[1].lineno

    @pytest.mark.parametrize(("action", "count"), [("always", 3), ("ignore", 0)])
    def test_filters_of_the_user_hold(self, module, action, count):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter(action)
            for _ in range(3):
                module.warn_user("told thrice", UserWarning)
        assert len(caught) == count

    def test_an_error_filter_raises(self, module):
        with warnings.catch_warnings():
            warnings.simplefilter("error", IoeconWarning)
            for _ in range(2):
                with pytest.raises(IoeconWarning, match="stop"):
                    module.warn_user("stop", IoeconWarning)

    def test_frames_of_libraries_on_the_way_are_passed_over(self, module):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            pd.Series([1]).map(functools.partial(module.warn_user, category=UserWarning))
        assert [w.filename for w in caught] == [__file__]

    def test_a_script_is_named(self, module, tmp_path):
        script = tmp_path / "mine.py"
        script.write_text(f"from {module.__name__} import warn_user\n\nwarn_user('x', UserWarning)")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            runpy.run_path(str(script))
        assert [(w.filename, w.lineno) for w in caught] == [(str(script), 3)]


def test_a_loop_over_fits_prints_one_warning():
    """Estimation changes the filters on its way, and Python then forgets what it has shown."""
    code = (
        "import numpy as np, pandas as pd, regressions\n"
        "index = pd.MultiIndex.from_product([range(6), range(5)])\n"
        "data = pd.DataFrame(np.random.default_rng(1).normal(size=(30, 2)), index, ['x', 'y'])\n"
        "for _ in range(3):\n"
        "    regressions.fit('y ~ x', data, cov='clustered')\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stderr
    assert shown.count("FewClustersWarning") == 1
    assert "<string>:5" in shown


def test_many_models_count_those_that_a_warning_concerns():
    data = panel(24).query("region == 'north' or id < 20")
    with pytest.warns(regressions.FewClustersWarning) as caught:
        regressions.fit_many("y ~ x", data, split="region", full=True, cov="clustered")
    texts = [str(w.message) for w in caught]
    assert len(texts) == 2
    assert all(text.endswith("(in 1 of 3 models)") for text in texts)
    with pytest.warns(regressions.FewClustersWarning) as caught:
        regressions.fit_many({"a": "y ~ x", "b": "y ~ z"}, panel(), cov="clustered")
    assert len(caught) == 1
    assert "models)" not in str(caught[0].message)


def test_many_texts_of_one_kind_are_counted_not_shown():
    told = [[(UserWarning, f"text {k}")] for k in range(9)]
    with pytest.warns(UserWarning, match="text|further") as caught:
        regressions.user_warnings.warn_user_of_many(told, "models")
    assert len(caught) == 6
    assert str(caught[-1].message).startswith("4 further warnings")


def test_an_old_spelling_can_be_imported_in_a_script():
    # Python's own first filter names the script as plain text, not as a pattern.
    code = "from ioecon import EmissionAccount\nfrom ioecon import EmissionAccount"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.count("EmissionAccount is deprecated") == 2
