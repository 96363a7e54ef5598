"""Units as people write them; what cannot be read is refused, and labels are always right."""

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.emissions.provenance import Provenance
from ioecon.errors import EmissionsError, IoeconWarning
from ioecon.units import currency_code, kilotonnes_per, read_amount, read_money, read_ratio


@pytest.mark.parametrize(
    ("unit", "kilotonnes"),
    [
        ("kg", 1e-6),
        ("t", 1e-3),
        ("tonnes", 1e-3),
        ("metric tons", 1e-3),
        ("吨", 1e-3),
        ("公斤", 1e-6),
        ("kt", 1),
        ("kt CO2", 1),
        ("kt CO₂", 1),
        ("Gg", 1),
        ("千吨", 1),
        ("1,000 t", 1),
        ("10^3 t", 1),
        ("10³ t", 1),
        ("thousand tonnes", 1),
        ("万吨", 10),
        ("10,000 t", 10),
        ("Mt", 1e3),
        ("MtCO2", 1e3),
        ("Tg", 1e3),
        ("million t", 1e3),
        ("百万吨", 1e3),
        ("亿吨", 1e5),
        ("Gt", 1e6),
        ("Pg", 1e6),
        ("tC", 3.664e-3),
        ("t C", 3.664e-3),
        ("MtC", 3664),
        ("百万吨碳", 3664),
        ("ｋｔ", 1),
    ],
)
def test_kilotonnes_of_co2(unit, kilotonnes):
    assert kilotonnes_per(unit) == pytest.approx(kilotonnes, rel=1e-15)


@pytest.mark.parametrize(
    "unit",
    [
        "mt",
        "KT",
        "Kt",
        "kT",
        "MT",
        "ton",
        "tons",
        "kiloton",
        "banana",
        "",
        " ",
        "kt kt",
        "2 kt",
        "k t",
        "CO2",
        "C",
        "USD",
        "kt per USD",
        None,
        np.nan,
        3,
        ["kt"],
        "1" * 5000,
        "吨吨",
        "t/t",
    ],
)
def test_what_is_no_unit_of_emissions(unit):
    with pytest.raises(EmissionsError, match="not known; give one of kg, t, kt"):
        kilotonnes_per(unit)


@pytest.mark.parametrize("unit", ["kt CO2e", "Mt CO2-eq", "kt CO2 eq", "t SO2", "TJ", "万吨标准煤"])
def test_other_gases_and_energy_are_not_co2(unit):
    with pytest.raises(EmissionsError, match="is not CO2"):
        kilotonnes_per(unit)


@pytest.mark.parametrize(
    ("unit", "kind", "of", "size", "symbol"),
    [
        ("TJ", "energy", "", 1e12, "TJ"),
        ("GWh", "energy", "", 3.6e12, "GWh"),
        ("ktoe", "energy", "", 4.1868e13, "ktoe"),
        ("tce", "energy", "", 2.93076e10, "tce"),
        ("吨标准煤", "energy", "", 2.93076e10, "tce"),
        ("万吨标准煤", "energy", "", 2.93076e14, "10,000 tce"),
        ("亿千瓦时", "energy", "", 3.6e14, "100,000,000 kWh"),
        ("吨", "mass", "CO2", 1e6, "t"),
        ("万吨二氧化碳", "mass", "CO2", 1e10, "10,000 t CO2"),
        ("kt CO2e", "mass", "CO2e", 1e9, "kt CO2e"),
        ("kt SO2", "mass", "SO2", 1e9, "kt SO2"),
        ("t C", "mass", "C", 1e6, "t C"),
    ],
)
def test_amounts(unit, kind, of, size, symbol):
    amount = read_amount(unit)
    assert (amount.kind, amount.of, amount.symbol) == (kind, of, symbol)
    assert amount.size == pytest.approx(size, rel=1e-14)


@pytest.mark.parametrize(
    ("unit", "currency", "size"),
    [
        ("USD", "USD", 1),
        ("one USD", "USD", 1),
        ("1000 USD", "USD", 1e3),
        ("thousand USD", "USD", 1e3),
        ("kUSD", "USD", 1e3),
        ("million USD", "USD", 1e6),
        ("USD mn", "USD", 1e6),
        ("US$ million", "USD", 1e6),
        ("10^6 US dollars", "USD", 1e6),
        ("million EUR", "EUR", 1e6),
        ("mil. of euro", "EUR", 1e6),
        ("(mil. of euro)", "EUR", 1e6),
        ("mio EUR", "EUR", 1e6),
        ("Mio. €", "EUR", 1e6),
        ("M.EUR", "EUR", 1e6),
        ("MEUR", "EUR", 1e6),
        ("EURm", "EUR", 1e6),
        ("€m", "EUR", 1e6),
        ("Mrd EUR", "EUR", 1e9),
        ("bn USD", "USD", 1e9),
        ("10,000 yuan", "CNY", 1e4),
        ("万元", "CNY", 1e4),
        ("百万元", "CNY", 1e6),
        ("亿元", "CNY", 1e8),
        ("100 million CNY", "CNY", 1e8),
        ("万亿元", "CNY", 1e12),
        ("万美元", "USD", 1e4),
        ("RMB 10k", None, None),
        ("100 million florins", "florins", 1e8),
        ("million USD USD", "USD", 1e6),
        ("million $", None, None),
        ("2010 USD", None, None),
        ("milion USD", None, None),
        ("USD EUR", None, None),
        ("MM USD", None, None),
        ("million", None, None),
    ],
)
def test_money(unit, currency, size):
    if currency is None:
        with pytest.raises(EmissionsError, match="cannot be read"):
            read_money(unit)
    else:
        money = read_money(unit)
        assert (money.of, money.size) == (currency, size)


@pytest.mark.parametrize(
    "unit",
    ["bananas", "t", "t/USD/year", "kt per", "per USD", "kt/milion USD", "ton/USD", "kt per $"],
)
def test_what_is_no_ratio(unit):
    with pytest.raises(EmissionsError, match=r"cannot be read|short text"):
        read_ratio(unit)


T0 = ioecon.IOTable(
    Z=[[20, 10], [10, 20]],
    Y=[[60, 10], [30, 40]],
    countries=["North", "South"],
    sectors=["Goods"],
    categories=["h"],
    year=2002,
)
T1 = T0.replace(year=2007, Y=[[70, 15], [20, 60]])


def coefficients(unit):
    index = pd.MultiIndex.from_tuples([("North", "Goods"), ("South", "Goods")])
    series = pd.Series([0.4, 0.7], index=index)
    if unit is not None:
        series.attrs["unit"] = unit
    return series


def moved(unit="million", currency="USD"):
    return ioecon.transfers(*(table.replace(unit=unit, currency=currency) for table in (T0, T1)))


VALUATIONS = pytest.mark.parametrize(
    "value", [ioecon.carbon_transfer, ioecon.leakage, ioecon.leakage_as_difference]
)


@VALUATIONS
@pytest.mark.parametrize(
    ("unit", "table", "label"),
    [
        ("kt per million USD", ("million", "USD"), "kt"),
        ("t/million USD", ("million", "USD"), "t"),
        ("kg CO2/USD", ("one", "USD"), "kg CO2"),
        ("Mt C per mil. USD", ("million", "USD"), "Mt C"),
        ("吨/万元", ("10,000", "yuan"), "t"),
        ("t/万元", ("万元", "CNY"), "t"),
        ("吨/亿元", ("100 million", "CNY"), "t"),
        ("万吨/亿元", ("亿元", "元"), "10,000 t"),
        ("kt/million CNY", ("million", "RMB"), "kt"),
        ("TJ/M.EUR", ("million", "EUR"), "TJ"),
        ("kt per 100 million florins", ("100 million", "florins"), "kt"),
        ("kt per bananas USD", ("bananas", "USD"), "kt"),
    ],
)
def test_the_label_is_what_the_coefficients_give(value, unit, table, label):
    assert value(moved(*table), coefficients(unit)).unit == label


@VALUATIONS
@pytest.mark.parametrize(
    ("unit", "table"),
    [
        ("kt/million USD", ("thousand", "USD")),
        ("kt per million CNY", ("million", "USD")),
        ("吨/万元", ("million", "CNY")),
        ("吨/万元", ("million", "USD")),
        ("kg CO2/USD", ("thousand", "USD")),
        ("kt per million florins", ("million", "USD")),
        ("kt per million USD", ("pieces", "of silver")),
    ],
)
def test_coefficients_per_other_money_are_refused(value, unit, table):
    with pytest.raises(EmissionsError, match=r"the flows in .*: convert the coefficients"):
        value(moved(*table), coefficients(unit))


@VALUATIONS
@pytest.mark.parametrize(
    "unit", ["bananas", "kt", "", "carts per million USD", 3, "mt/million USD"]
)
def test_a_unit_that_cannot_be_read_is_never_ignored(value, unit):
    with pytest.raises(EmissionsError, match=r"cannot be read|short text"):
        value(moved(), coefficients(unit))


@pytest.mark.parametrize(
    ("named", "fits"), [("t", True), ("tonnes", True), ("kt", False), ("tC", False)]
)
def test_the_unit_that_is_named_must_be_that_of_the_coefficients(named, fits):
    if fits:
        result = ioecon.carbon_transfer(moved(), coefficients("t/million USD"), unit=named)
        assert result.unit == "t"
    else:
        with pytest.raises(EmissionsError, match="coefficients give t, not"):
            ioecon.carbon_transfer(moved(), coefficients("t/million USD"), unit=named)


def test_a_unit_that_nobody_names_is_kt_with_a_warning():
    with pytest.warns(IoeconWarning, match="taken as kt per million USD"):
        assert ioecon.carbon_transfer(moved(), coefficients(None)).unit == "kt"
    with pytest.raises(EmissionsError, match="'bananas' cannot be read"):
        ioecon.carbon_transfer(moved(), coefficients(None), unit="bananas")


def test_currencies_have_one_name():
    assert {currency_code(name) for name in ("CNY", "RMB", "yuan", "元", "人民币")} == {"CNY"}
    Provenance(currency="RMB").require_currency("CNY")
    with pytest.raises(EmissionsError, match="tables in EUR"):
        Provenance(currency="EUR").require_currency("USD")


def test_a_file_of_coefficients_says_a_unit_that_can_be_read(tmp_path):
    file = tmp_path / "k.csv"
    file.write_bytes("unit;吨/万元\nsector;North;South\nGoods;0,4;0,7\n".encode("gbk"))
    read = ioecon.read_coefficients(file, encoding="gbk", decimal=",", unit="t per 10,000 CNY")
    assert read.to_list() == [0.4, 0.7]
    assert read.attrs["unit"] == "吨/万元"
    with pytest.raises(EmissionsError, match=r"k\.csv says that its unit is '吨/万元'"):
        ioecon.read_coefficients(file, encoding="gbk", decimal=",", unit="kt/万元")
    file.write_text("sector,North,South\nGoods,0.4,0.7\n")
    with pytest.raises(EmissionsError, match=r"k\.csv: .*'bananas' cannot be read"):
        ioecon.read_coefficients(file, unit="bananas")
