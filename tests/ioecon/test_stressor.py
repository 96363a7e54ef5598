"""Names and units of accounts: what is CO2 and what is not, and the words made of them."""

import pytest

from ioecon.errors import EmissionsError
from ioecon.stressor import Stressor, require_same


@pytest.mark.parametrize("name", ["CO2", "CO₂", "co2", "Carbon dioxide", "二氧化碳"])
@pytest.mark.parametrize("unit", ["kt", "Gg", "kt CO2", "1000 t"])
def test_co2_in_kilotonnes_has_one_name_and_one_unit(name, unit):
    stressor = Stressor(name, unit)
    assert (stressor.name, stressor.unit, stressor.column) == ("CO2", "kt", "co2_kt")
    assert stressor == Stressor()


@pytest.mark.parametrize("unit", ["kt CO2e", "ktC", "TJ", "kt CH4", "persons", "million USD"])
def test_what_is_not_co2_does_not_pass_as_co2(unit):
    with pytest.raises(EmissionsError, match="CO2 is measured in units of its mass"):
        Stressor("CO2", unit)


@pytest.mark.parametrize(
    ("name", "unit", "symbol", "column", "phrase", "subject"),
    [
        ("CO2", "Mt", "CO₂", "co2_mt", "emissions", "Emissions"),
        ("CH4", "t", "CH₄", "ch4_t", "emissions of CH4", "Emissions of CH4"),
        ("CO2-eq", "kt", "CO₂e", "co2e_kt", "emissions of CO2e", "Emissions of CO2e"),
        ("Value added", "million USD", "Value added", "value_added_million_usd", "Value added",
         "Values of Value added"),
        ("2-wheelers", "1000", "2-wheelers", "_2_wheelers_1000", "2-wheelers",
         "Values of 2-wheelers"),
    ],
)  # fmt: skip
def test_words_are_made_of_name_and_unit(name, unit, symbol, column, phrase, subject):
    stressor = Stressor(name, unit)
    assert (stressor.symbol, stressor.column) == (symbol, column)
    assert (stressor.phrase, stressor.subject) == (phrase, subject)


@pytest.mark.parametrize("unit", ["%", "per cent of output", "index 1995=100", "t/million USD"])
def test_what_cannot_be_summed_is_refused(unit):
    with pytest.raises(EmissionsError, match="is a ratio, which cannot be summed"):
        Stressor("Water", unit)


@pytest.mark.parametrize("unit", ["t/yr", "kg per year", "Mm3", "1000 m3", "kg PO4--- eq."])
def test_amounts_in_a_year_can_be_summed(unit):
    assert Stressor("Water", unit).unit == unit


@pytest.mark.parametrize("name", ["", "  ", None, 3, "x" * 201])
def test_a_name_is_a_short_text(name):
    with pytest.raises(EmissionsError, match="The name of a stressor is a short text"):
        Stressor(name, "t")


@pytest.mark.parametrize(
    ("name", "unit", "other", "factor"),
    [
        ("Energy", "TJ", "PJ", 1e-3),
        ("CH4", "t", "kt", 1e-3),
        ("CH4 - agriculture", "kg", "t CH4", 1e-3),
        ("CO2", "kt", "Mt", 1e-3),
        ("Employment", "1000 p.", "persons", 1e3),
        ("Hours", "M.hr", "mill hours", 1.0),
        ("Land", "1000 ha", "km2", 10.0),
        ("Water", "1000 m3", "Mm3", 1e-3),
        ("Value added", "M.EUR", "EUR", 1e6),
    ],
)
def test_units_of_one_quantity_are_converted(name, unit, other, factor):
    assert Stressor(name, unit).convert(other) == pytest.approx(factor, rel=1e-15)


@pytest.mark.parametrize(
    ("name", "unit", "other"),
    [
        ("HFC", "kg CO2e", "kg"),  # an equivalent never becomes a plain mass
        ("CH4", "t", "t CO2e"),
        ("Energy", "TJ", "kt"),
        ("Value added", "million USD", "million EUR"),
        ("Anything", "points", "1000 points of another kind"),
    ],
)
def test_other_quantities_are_not_converted(name, unit, other):
    with pytest.raises(EmissionsError, match="cannot be converted"):
        Stressor(name, unit).convert(other)


def test_two_stressors_or_units_in_one_computation_are_refused():
    require_same(Stressor("CO2", "kt"), Stressor("CO2", "Gg"), "It")
    for other in (Stressor("CH4", "kt"), Stressor("CO2", "Mt")):
        with pytest.raises(EmissionsError, match=r"^It is .*, the rest CO2 \(kt\)"):
            require_same(Stressor(), other, "It")


def test_names_with_characters_that_cannot_be_seen_are_refused():
    with pytest.raises(EmissionsError, match=r"U\+202E"):
        Stressor("Wa\u202eter", "m3")


@pytest.mark.parametrize(
    ("name", "substance"),
    [
        ("CO2 - combustion - air", "CO2"),
        ("co2_excl_short_cycle_org_c", "CO2"),
        ("CH4, agriculture", "CH4"),
        ("Carbon stock", ""),
        ("Coal", ""),
        ("I-GHG-CO2 emissions", ""),
    ],
)
def test_the_substance_is_what_the_name_begins_with(name, substance):
    assert Stressor(name, "t").substance == substance
