"""Blocks of a sheet's numbers: copied, or taken in their own memory."""

import numpy as np
import pytest

from ioecon import IOTable
from ioecon.readers.blocks import copy_block, take_block

ROWS, COLUMNS = 5, 4


def sheet(seed=0):
    return np.random.default_rng(seed).random((ROWS + 2, COLUMNS + 7))


@pytest.mark.parametrize("m", [1, COLUMNS, COLUMNS + 7])
def test_a_block_that_comes_first_stays_in_its_memory(m):
    values, good = sheet(), sheet()
    block = take_block(values, np.arange(ROWS), np.arange(m))
    np.testing.assert_array_equal(block, good[:ROWS, :m])
    assert np.shares_memory(block, values)
    assert block.flags.c_contiguous
    assert not block.flags.writeable
    assert not values.flags.writeable


@pytest.mark.parametrize(
    ("rows", "columns"), [([1, 0, 2], [0, 1]), ([0, 1], [1, 2]), ([0, 1], [1, 0])]
)
def test_any_other_block_is_copied(rows, columns):
    values, good = sheet(), sheet()
    block = take_block(values, np.array(rows), np.array(columns))
    np.testing.assert_array_equal(block, good[np.ix_(rows, columns)])
    assert not np.shares_memory(block, values)
    np.testing.assert_array_equal(copy_block(values, np.array(rows), np.array(columns)), block)
    np.testing.assert_array_equal(values, good)


def test_a_table_keeps_it_without_a_copy():
    values = sheet()[: ROWS - 1]
    block = take_block(values, np.arange(4), np.arange(4))
    table = IOTable(
        Z=block, Y=np.ones((4, 2)), countries=("AAA", "BBB"), sectors=("a", "b"),
        categories=("final",), year=2000,
    )  # fmt: skip
    assert np.shares_memory(table.Z, values)
