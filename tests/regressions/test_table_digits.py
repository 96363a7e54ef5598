"""Numbers are printed as outreg2 prints them."""

import pytest

from regressions.tables.digits import format_automatic, format_fixed, stars_of

# As printed in Dong et al. (2022), tables 3 to 8: estimates and standard errors.
PRINTED = [
    "-0.000645", "0.000115", "0.0612", "-0.164", "1.859", "0.998", "-0.0924", "0.0650",
    "0.00519", "0.00127", "-3.907", "0.447", "0.000212", "5.823", "0.155", "1.353",
]  # fmt: skip


@pytest.mark.parametrize("text", PRINTED)
def test_automatic_digits_give_back_the_printed_numbers(text: str) -> None:
    assert format_automatic(float(text)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.99996, "1.000"),  # rounding carries into the next power of ten
        (9.99999, "10.00"),
        (99.9999, "100.0"),
        (86.1607, "86.16"),
        (3597.09, "3,597"),
        (16278.78, "16,279"),
        (0.0001, "0.000100"),
        (0.00009996, "0.000100"),
        (0.00009, "9.00e-05"),
        (-2.5e-12, "-2.50e-12"),
        (4.2e10, "4.20e+10"),
        (0.0, "0"),
        (float("nan"), "."),
        (float("inf"), "."),
    ],
)
def test_automatic_digits_at_the_borders(value: float, text: str) -> None:
    assert format_automatic(value) == text


def test_fixed_digits_have_no_negative_zero() -> None:
    assert format_fixed(-0.0004, 3) == "0.000"
    assert format_fixed(-0.0006, 3) == "-0.001"
    assert format_fixed(-1234567.891, 1) == "-1,234,567.9"
    assert format_fixed(float("nan"), 2) == "."


def test_a_star_for_every_level_strictly_undercut() -> None:
    levels = (0.1, 0.01, 0.05)
    assert [stars_of(p, levels) for p in (0.0099, 0.01, 0.0499, 0.0999, 0.1)] == [
        "***", "**", "**", "*", "",
    ]  # fmt: skip
    assert stars_of(float("nan"), levels) == ""
