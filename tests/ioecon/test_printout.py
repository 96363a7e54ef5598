"""Results in a notebook: tables with the numbers of the text, every label escaped."""

import html5lib
import numpy as np
import pandas as pd
import pytest

import ioecon

REGIONS = ("<b>x</b>", 'R&D "q"', "中国")


@pytest.fixture(scope="module")
def results(make_table):
    tables = [make_table(4, year=year).replace(countries=REGIONS) for year in (2002, 2007)]
    index = pd.MultiIndex.from_product([REGIONS, (2002, 2007)], names=["country", "year"])
    emissions = pd.Series(np.linspace(900, 4000, 6), index=index)
    moved = ioecon.transfers(*tables)
    k = pd.Series(np.linspace(0.1, 2, tables[0].n), index=tables[0].index)
    groups = dict(zip(REGIONS, ("a<i>", "b", "b"), strict=True))
    return {
        "Effects": ioecon.decompose(ioecon.IOSeries({t.year: t for t in tables}), emissions),
        "CarbonAccounts": ioecon.carbon_accounts(tables[0], emissions),
        "Transfers": moved,
        "CarbonTransfers": ioecon.carbon_transfer(moved, k),
        "Leakage": ioecon.leakage(moved, k),
        "LeakageDifference": ioecon.leakage_as_difference(moved, k),
        "AggregationComparison": ioecon.aggregation_error(*tables, regions=groups),
    }


NAMES = [
    "Effects", "CarbonAccounts", "Transfers", "CarbonTransfers", "Leakage", "LeakageDifference",
    "AggregationComparison",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_result_is_a_table_of_the_same_numbers(results, name):
    result = results[name]
    assert type(result).__name__ == name
    html = result._repr_html_()
    parsed = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html)
    cells = ["".join(cell.itertext()) for cell in parsed.iter("td")]
    assert cells
    text = str(result)
    assert all(cell in text for cell in cells)
    assert not [*parsed.iter("b"), *parsed.iter("i"), *parsed.iter("pre")]
    words = "".join(parsed.itertext())
    assert text.splitlines()[0] in words
    if name not in ("Effects", "AggregationComparison"):
        assert all(region in words for region in REGIONS)
