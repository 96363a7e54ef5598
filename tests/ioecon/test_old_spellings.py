"""Names that have moved work as before, and say where they are now."""

import importlib
import warnings

import numpy as np
import pytest

import ioecon

TABLE = ioecon.IOTable(
    Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]], countries=["AUS", "NZL"],
    sectors=["all"], categories=["final"], year=2005,
)  # fmt: skip

MOVED = [
    ("ioecon.regions", "aggregate", "ioecon.views"),
    ("ioecon.regions", "within", "ioecon.views"),
    ("ioecon.regions", "domestic", "ioecon.views"),
    ("ioecon.accounts", "leakage_as_difference", "ioecon.interregional"),
    ("ioecon.accounts", "LeakageDifference", "ioecon.interregional"),
    ("ioecon.readers", "cache_folder", "ioecon.store"),
    ("ioecon.readers", "clear_cache", "ioecon.store"),
    ("ioecon.readers", "write_series", "ioecon.store"),
    ("ioecon.readers", "write_table", "ioecon.store"),
    ("ioecon.readers", "write_regional", "ioecon.writers"),
    ("ioecon.readers", "write_regional_template", "ioecon.writers"),
]


@pytest.mark.parametrize(("module", "name", "now"), MOVED)
def test_a_name_that_moved_is_found_at_its_old_place(module, name, now):
    with pytest.deprecated_call(match=f"use {now}.{name}."):
        found = getattr(importlib.import_module(module), name)
    assert found is getattr(importlib.import_module(now), name)


@pytest.mark.parametrize("module", sorted({module for module, _, _ in MOVED}))
def test_a_name_that_never_was_is_no_attribute(module):
    with pytest.raises(AttributeError, match="no attribute 'agregate'"):
        importlib.import_module(module).agregate  # noqa: B018


def test_tables_and_series_still_write_and_read_themselves(tmp_path):
    with pytest.deprecated_call(match="ioecon.write_table"):
        folder = TABLE.write(tmp_path / "table")
    with pytest.deprecated_call(match="ioecon.read_table") as caught:
        again = ioecon.IOTable.read(folder)
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(again.Z, TABLE.Z)
    with pytest.deprecated_call(match="ioecon.write_series"):
        folder = ioecon.IOSeries([TABLE]).write(tmp_path / "series")
    with pytest.deprecated_call(match="ioecon.read_series"):
        assert ioecon.IOSeries.read(folder).years == (2005,)


def test_the_names_of_today_warn_of_nothing(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ioecon.write_table(TABLE, tmp_path / "table")
        TABLE.aggregate(regions={"AUS": "Oceania", "NZL": "Oceania"})
        _ = ioecon.leakage_as_difference


def test_refused_arguments_are_caught_by_the_old_name_of_their_error():
    with pytest.raises(ioecon.errors.OptionError, match="accounting is"):
        ioecon.decompose(ioecon.IOSeries([TABLE]), None, accounting="both")
