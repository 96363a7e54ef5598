"""The second paper's method on WIOD in nine regions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.study import TransferResults, run_study

STUDIES = Path(__file__).parents[4] / "studies"
REGIONS = pd.read_csv(STUDIES / "xiao2014_regions_of_the_world.csv").set_index("iso3")["region"]


@pytest.fixture(scope="module")
def results(data_root: Path, tmp_path_factory: pytest.TempPathFactory) -> TransferResults:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IOECON_DATA", str(data_root))
        found = run_study(
            STUDIES / "xiao2014_wiod2013.toml", tmp_path_factory.mktemp("wiod") / "results"
        )
    assert isinstance(found, TransferResults)
    return found


def test_identities(results: TransferResults) -> None:
    assert len(results.residuals) == 6
    assert results.residual < 1e-12
    for found in (results.transfers, results.carbon):
        for each in found.values():
            assert abs(each.net().sum()) < 1e-9 * np.abs(each.net()).sum()


def test_emissions_are_those_of_the_accounts(results: TransferResults, data_root: Path) -> None:
    account = ioecon.read_wiod_co2(data_root / "wiod2013" / "CO2_may12.zip")
    for year in (2002, 2007):
        by_region = account.totals().xs(year, level="year").groupby(REGIONS).sum()
        table5 = results.emissions["Total"].by_region()[f"total_{year}"]
        # What sectors without output emit is left out: at most 0.01 per cent.
        np.testing.assert_allclose(table5, by_region[list(results.regions)], rtol=2e-4)


def test_china_gains_and_the_west_loses(results: TransferResults) -> None:
    net = results.carbon["Total"].net() / 1e3
    assert net.idxmax() == "China"
    assert net["China"] == pytest.approx(1170, abs=1)
    assert net["Western Europe"] == pytest.approx(-642, abs=1)
    assert results.transfers["Total"].net()["Western Europe"] > 0  # output gained, carbon lost


def test_grouping_first_differs_from_computing_first(results: TransferResults) -> None:
    assert results.aggregation is not None
    found = results.aggregation.by_region()["net_carbon_transfer"]
    np.testing.assert_allclose(
        found["aggregated_first"], results.carbon["Total"].net(), rtol=1e-4, atol=2
    )
    assert found["percent"].abs().max() > 10
    assert abs(found.loc["China", "percent"]) < 1


def test_what_is_carried_is_said(results: TransferResults) -> None:
    assert any("without output" in text for text in results.warnings)
    note = (results.folder / "tables" / "table3.txt").read_text(encoding="utf-8")
    assert "transfers at current prices contain changes of prices" in note


def test_exports_to_the_rest_of_the_world(data_root: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IOECON_DATA", str(data_root))
        found = run_study(STUDIES / "xiao2014_wiod2013_exports.toml", tmp_path / "results")
    assert isinstance(found, TransferResults)
    assert list(found.transfers) == ["Final demand", "Exports", "Total"]
    assert "Rest of the world" not in found.regions
    assert found.covered == pytest.approx(1)
    assert found.residual < 1e-12
