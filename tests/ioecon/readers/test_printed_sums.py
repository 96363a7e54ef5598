"""Printed sums against what was read: rounding passes, a lost number does not."""

import numpy as np
import pytest

from ioecon.errors import ReadError
from ioecon.readers.printed_sums import require_printed_sums

NAMES = ["AUS c1", "AUS c2", "FRA c1"]


def check(printed, *parts):
    require_printed_sums(
        np.array(printed, float), tuple(np.array(part, float) for part in parts),
        NAMES.__getitem__, file="a.xlsx", what="output",
    )  # fmt: skip


def test_the_sums_of_all_parts_count():
    check([3.5, 7.25, 4], [[1.5, 1], [3.25, 2], [2, 2]], [1, 2, 0])


@pytest.mark.parametrize("miss", [0.9e-4, -0.9e-4])
def test_a_small_share_passes(miss):
    check([1000.5 * (1 + miss), 7.25, 4], [[1000.5], [7.25], [4]])


@pytest.mark.parametrize("miss", [1.2e-4, -1.2e-4])
def test_a_larger_share_is_refused(miss):
    with pytest.raises(ReadError, match=r"a.xlsx: the output of AUS c2 is .* sums to 2000.5"):
        check([1000.5, 2000.5 * (1 + miss), 4], [[1000.5], [2000.5], [4]])


def test_the_largest_is_named_and_the_others_counted():
    with pytest.raises(ReadError, match=r"of FRA c1 is 9, .* sums to 4.5 \(1 more differ\)"):
        check([3.5, 8, 9], [[1.5, 2], [5, 2.25], [2.5, 2]])


def test_whole_numbers_may_be_rounded_and_others_not():
    flows = [[2, 2, 2, 2], [1, 1, 1, 1], [2, 2, 2, 2]]
    check([9, 5, 7], flows)  # four numbers are rounded by at most a half each
    for printed, read in (([12, 4, 8], flows), ([9, 5, 7], [[2, 2, 2, 2.1], *flows[1:]])):
        with pytest.raises(ReadError, match=r"AUS c1|AUS c2|FRA c1"):
            check(printed, read)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(ReadError, match="the output of AUS c2, or what it is the sum of, is no"):
        check([1, value, 1], [[1], [2], [1]])
    with pytest.raises(ReadError, match="AUS c2"):
        check([1, 2, 1], [[1], [value], [1]])
