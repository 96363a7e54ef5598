"""The embedded regions: a complete folder, the same bytes each time, numbers that add up."""

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.study import TransferResults, embedded_study, run_study
from ioecon.study.xiao2014.figures import _landing_angles, _lay_out_circle, largest_flows

TABLES = {
    *(f"table{k}" for k in range(1, 6)),
    "leakage", "leakage_by_sector", "carbon_flows", "accounts_2002", "accounts_2007", "audit",
    "identities",
}  # fmt: skip
FIGURES = {
    "flows", "flows_by_driver", "carbon_flows", "carbon_flows_by_driver", "net", "leakage",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> TransferResults:
    found = run_study(embedded_study("xiao2014"), tmp_path_factory.mktemp("regions") / "results")
    assert isinstance(found, TransferResults)
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_second_run_gives_the_same_bytes(results: TransferResults, tmp_path: Path) -> None:
    again = run_study(embedded_study("xiao2014"), tmp_path / "again")
    first, second = files(results.folder), files(again.folder)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_folder_is_complete(results: TransferResults) -> None:
    found = files(results.folder)
    assert set(results.tables) == TABLES
    for key in TABLES:
        for suffix in ("txt", "md", "html", "tex"):
            assert found[f"tables/{key}.{suffix}"].strip()
    for key in FIGURES:
        assert found[f"figures/{key}.png"].startswith(b"\x89PNG")
        assert found[f"figures/{key}.pdf"].startswith(b"%PDF")
    assert {"index.html", "manifest.json", "published.md", "transfers.csv"} <= set(found)


def test_the_manifest_has_every_identity_and_file(results: TransferResults) -> None:
    found = files(results.folder)
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest["outputs"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in found.items()
    }
    identities = manifest["identity_residuals"]
    assert {
        "Transfers solve and sum to zero", "Carbon transfers sum to zero", "Leakage is symmetric",
        "Leakage is the difference of two valuations", "Accounts add up",
        "Drivers explain all output",
    } == set(identities)  # fmt: skip
    assert max(max(each.values()) for each in identities.values()) < 1e-10
    assert manifest["options"]["kind"] == "xiao2014"


def test_the_numbers_are_those_of_the_functions(results: TransferResults) -> None:
    regions = ioecon.datasets.load_regions()
    first, last = regions.tables[2002], regions.tables[2007]
    for name, driven_by in (("Final demand", "final_demand"), ("Exports", "exports")):
        moved = ioecon.transfers(first, last, driven_by=driven_by)
        leaked = ioecon.leakage(moved, regions.coefficients)
        np.testing.assert_allclose(results.transfers[name].net(), moved.net())
        np.testing.assert_allclose(results.leakage[name].matrix(), leaked.matrix())
    whole = ioecon.transfers(first, last, driven_by="all")
    np.testing.assert_allclose(results.transfers["Total"].change, whole.change, atol=1e-8)
    assert results.covered == pytest.approx(1)


def test_leakage_is_what_was_planted(results: TransferResults) -> None:
    truth = ioecon.datasets.load_regions().truth
    for name, driven_by in (("Final demand", "final_demand"), ("Exports", "exports")):
        np.testing.assert_allclose(
            results.leakage[name].matrix(), truth.leakage(driven_by), rtol=1e-6, atol=1e-4
        )


def test_emissions_by_driver_are_those_of_production(results: TransferResults) -> None:
    emissions = ioecon.datasets.load_regions().emissions
    for year in (2002, 2007):
        by_region = emissions.xs(year, level="year").groupby(level="country").sum()
        table5 = results.emissions["Total"].by_region()[f"total_{year}"]
        np.testing.assert_allclose(table5, by_region[list(results.regions)])
        np.testing.assert_allclose(
            results.accounts[year].by_country()["pba"], by_region[list(results.regions)]
        )


def test_tables_print_sums(results: TransferResults) -> None:
    net = (results.folder / "tables" / "table3.txt").read_text(encoding="utf-8")
    assert re.search(r"^Sum(\s+0(\.0+)?)+\s*$", net, re.MULTILINE)
    shares = (results.folder / "tables" / "table4.txt").read_text(encoding="utf-8")
    assert re.search(r"^Sum(\s+100\.00)+\s*$", shares, re.MULTILINE)


def test_flows_can_be_read_back(results: TransferResults) -> None:
    frame = pd.read_csv(results.folder / "transfers.csv")
    total = frame[frame["driven_by"] == "Total"].groupby("region", sort=False)["net"].sum()
    np.testing.assert_allclose(total, results.transfers["Total"].net(), rtol=1e-9, atol=1e-6)


def test_the_page_says_what_is_measured(results: TransferResults) -> None:
    source = (results.folder / "index.html").read_text(encoding="utf-8")
    assert source.count("weak leakage") >= 2
    assert "whatever moved it" in source
    assert "fictional" in source
    assert "<script" not in source
    assert not re.search(r"url\(|@import|https?://", source)
    for table in results.tables.values():
        assert table.title in source
    targets = set(re.findall(r'href="#([^"]+)"', source))
    assert targets <= set(re.findall(r'id="([^"]+)"', source))
    ids = re.findall(r' id="([^"]+)"', source)
    assert len(ids) == len(set(ids))
    assert all(re.findall(r'<img [^>]*alt="[^"]+"', source))


def test_the_largest_flows_come_first(results: TransferResults) -> None:
    net = results.carbon["Total"].net_matrix()
    flows = largest_flows(net, 100)
    assert len(flows) == 28  # every pair once
    assert [amount for *_, amount in flows] == sorted((f[2] for f in flows), reverse=True)
    start, end, amount = flows[0]
    assert net.loc[end, start] == amount == net.to_numpy().max()


def test_headline(results: TransferResults) -> None:
    first, second = results.headline()
    assert first.startswith("8 regions, 2002 to 2007, 2 drivers")
    assert "weak leakage" in second


@pytest.mark.parametrize("count", [2, 9, 31])
def test_arrows_of_a_region_stay_on_its_arc(count: int) -> None:
    draw = np.random.default_rng(count).lognormal(0, 2, (count, count))
    names = [f"r{k}" for k in range(count)]
    net = pd.DataFrame(draw - draw.T, index=names, columns=names)
    angles, wide = _lay_out_circle([net, -net / 2], 20)
    assert list(angles) == names
    turns = -np.diff([*angles.values(), angles[names[0]] - 2 * np.pi])
    assert turns.min() > 0  # clockwise, none on top of another
    assert turns.sum() == pytest.approx(2 * np.pi)
    landings = _landing_angles(largest_flows(net, 20), angles, wide)
    start = angles[names[0]] + turns[-1] / 2  # between the last region and the first
    clockwise = sorted(landings, key=lambda ends: (start - landings[ends]) % (2 * np.pi))
    order = [names.index(here) for here, _ in clockwise]
    assert order == sorted(order)  # no arrow lands among those of another region
