"""Value added in exports, output and final demand: published figures and explicit inverses."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import ioecon
from ioecon.errors import ArgumentError


@pytest.mark.parametrize(
    ("of", "first", "last"),
    [("exports", 28.52278, 34.74382), ("output", 66.75361799, 96.78316785)],
)
def test_published_diagonal_of_the_leather_table(leather, of, first, last):
    values = ioecon.factor_content(leather, of=of).to_numpy()
    assert (values[0, 0], values[-1, -1]) == pytest.approx((first, last), abs=5e-6)


def test_published_content_of_final_demand_of_the_leather_table(leather):
    content = ioecon.factor_content(leather, of="final_demand")
    at_home = content.loc[("Argentina", "Agriculture"), "Argentina"]
    assert at_home == pytest.approx(24.33458237, abs=5e-9)
    assert_allclose(content.sum(), leather.F.sum(axis=0))


@pytest.mark.parametrize("of", ["exports", "output", "final_demand"])
def test_content_is_that_of_an_explicit_inverse(make_table, of):
    table = make_table(5)
    L = np.linalg.inv(np.eye(table.n) - table.Z / table.x)
    v = 1 - table.Z.sum(axis=0) / table.x
    home = np.repeat(np.arange(3), 4)
    abroad = home[:, None] != home
    exports = (table.Z * abroad).sum(axis=1) + table.F.sum(axis=1) - table.F[range(12), home]
    sold = {"exports": np.diag(exports), "output": np.diag(table.x), "final_demand": table.F}[of]
    content = ioecon.factor_content(table, of=of)
    assert_allclose(content, v[:, None] * L @ sold, rtol=1e-11)
    assert content.attrs["unit"] == "million USD"


def test_exports_are_those_of_the_decomposition(make_table):
    table = make_table(6)
    content = ioecon.factor_content(table).T.groupby("selling_country").sum().T
    domestic = content.groupby("country").sum()
    terms = ioecon.decompose_exports(table).by_exporter()
    assert_allclose(np.diag(domestic), terms["DC"])
    assert_allclose(domestic.sum(), terms["EXGR"])


def test_another_use_is_refused(make_table):
    with pytest.raises(ArgumentError, match="not 'imports'"):
        ioecon.factor_content(make_table(5), of="imports")
