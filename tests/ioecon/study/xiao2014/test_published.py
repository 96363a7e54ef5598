"""The second paper's own arithmetic: what holds, what does not, and only that."""

import pandas as pd
import pytest

from ioecon.study.xiao2014.arithmetic import Arithmetic, check_arithmetic
from ioecon.study.xiao2014.published import published


@pytest.fixture(scope="module")
def found() -> Arithmetic:
    return check_arithmetic()


def check(found: Arithmetic, where: str, name: str) -> pd.Series:
    return found.checks.set_index(["where", "check"]).loc[(where, name)]


def test_exports_do_not_sum_to_zero(found: Arithmetic) -> None:
    for name, total in (("output, exports", 449.97), ("carbon, exports", -1435.60)):
        line = check(found, "Table 3", f"sum of {name}")
        assert line["recomputed"] == pytest.approx(total, abs=0.005)
        assert not line["holds"]


def test_consumption_sums_to_zero_for_carbon_but_not_for_output(found: Arithmetic) -> None:
    assert check(found, "Table 3", "sum of carbon, consumption")["holds"]
    line = check(found, "Table 3", "sum of output, consumption")
    assert line["recomputed"] == pytest.approx(-470.00, abs=0.005)
    assert not line["holds"]


def test_one_row_would_mend_the_sums_of_output(found: Arithmetic) -> None:
    table = published("table3")
    mended = table.copy()
    mended.loc["Beijing-Tianjin", ["consumption_transfer", "export_transfer"]] = [
        12376.88,
        -1491.31,
    ]
    assert abs(mended["consumption_transfer"].sum()) < 0.05
    assert abs(mended["export_transfer"].sum()) < 0.05
    said = next(text for text in found.statements if "One row would mend" in text)
    assert "12,376.88" in said
    assert "−1,491.31" in said
    assert "Beijing-Tianjin" in said


def test_leakage_totals(found: Arithmetic) -> None:
    east = check(found, "Leakage", "East Coast to all its partners")
    central = check(found, "Leakage", "Central to all its partners")
    assert (east["recomputed"], central["recomputed"]) == pytest.approx((2787.92, 38.65))
    assert east["holds"]
    assert central["holds"]
    parts = check(found, "Leakage", "Central to Northwest, consumption + exports")
    assert parts["recomputed"] == pytest.approx(294.43)
    assert not parts["holds"]
    assert any("the other way round: 309.02 + 207.31" in text for text in found.statements)


def test_shares(found: Arithmetic) -> None:
    coast = check(found, "Table 3", "East Coast in the coasts' outflow, %")
    assert coast["recomputed"] == pytest.approx(91.4445, abs=1e-4)
    assert coast["holds"]
    shares = found.checks.query("where == 'Table 4'").set_index("check")
    assert list(shares.index[~shares["holds"]]) == ["sum of total, output, %"]
    assert shares.loc["sum of total, output, %", "recomputed"] == pytest.approx(101.15)


def test_emissions_of_table5(found: Arithmetic) -> None:
    lines = found.checks.query("where == 'Table 5' and not holds")
    assert set(lines["check"]) == {"sum of consumption, 2002", "Northeast, total 2002"}
    assert any("2.49-fold" in text for text in found.statements)


def test_totals_of_carbon_hold_in_one_row_only(found: Arithmetic) -> None:
    rows = found.checks[found.checks["check"].str.endswith(", total carbon")]
    assert list(rows.loc[rows["holds"], "check"]) == ["Southwest, total carbon"]


def test_table1_is_impossible_in_places(found: Arithmetic) -> None:
    broken = found.bounds.loc[~found.bounds["holds"], "about"]
    assert {about[:2] for about in broken} == {"No", "04", "07", "17"}
    said = next(text for text in found.statements if text.startswith("Table 1 cannot"))
    assert "With 923.87 in place of its largest number, 9,238.71" in said
    assert "become possible: Northwest, 04" in said
    assert "Central 11 out" in said  # not readable in the scan


def test_unreadable_numbers_leave_no_bound(found: Arithmetic) -> None:
    bounds = found.bounds.set_index("about")
    assert bounds.loc["South Coast", "most"] == float("inf")
    assert bounds.loc["Central", "least"] == -float("inf")
    assert bounds.loc["Northeast"].isin([float("inf"), -float("inf")]).sum() == 0


def test_every_line_is_printed(found: Arithmetic) -> None:
    text = found.to_markdown()
    for line in found.checks.itertuples(index=False):
        assert line.check in text
    for statement in found.statements:
        assert statement in text
    assert "weak leakage" in text
