"""Country names in the forms that databases use become ISO 3166 alpha-3 codes."""

import logging
import subprocess
import sys

import pytest

from ioecon.countries import to_iso3
from ioecon.errors import LabelError


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ROM", "ROU"),
        ("ROU", "ROU"),
        ("RoW", "ROW"),
        ("rest of the world", "ROW"),
        ("Rest of World (ROW)", "ROW"),
        ("Rest-of-World", "ROW"),
        ("UK", "GBR"),
        ("Great Britain", "GBR"),
        ("EL", "GRC"),
        ("Taiwan", "TWN"),
        ("Taiwan, China", "TWN"),
        ("Chinese Taipei", "TWN"),
        ("China, mainland", "CHN"),
        ("PRC", "CHN"),
        ("Hong Kong SAR, China", "HKG"),
        ("Korea", "KOR"),
        ("Korea, Rep.", "KOR"),
        ("Korea, Dem. People's Rep.", "PRK"),
        ("Czechia", "CZE"),
        ("Czech Republic", "CZE"),
        ("Slovak Republic", "SVK"),
        ("Russian Federation", "RUS"),
        ("Türkiye", "TUR"),
        ("Bosnia and Herzegovina", "BIH"),
        ("Trinidad & Tobago", "TTO"),
        ("NA", "NAM"),
        ("usa", "USA"),
        ("it", "ITA"),
        ("840", "USA"),
        ("  New \n Zealand ", "NZL"),
        ("AUS\u00a0", "AUS"),
        ("\uff21\uff35\uff33", "AUS"),
        ("Taipei,China", "TWN"),
        ("TAP", "TWN"),
        ("ROWORLD", "ROW"),
        ("FIGW1", "ROW"),
        ("WRL_REST", "ROW"),
        ("ZAR", "COD"),
        ("BUR", "MMR"),
        ("KOS", "XKX"),
        ("036", "AUS"),
        ("Guinea", "GIN"),
        ("Papua New Guinea", "PNG"),
        ("Equatorial Guinea", "GNQ"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
        ("Congo", "COG"),
        ("DR Congo", "COD"),
        ("Dominica", "DMA"),
        ("South Africa", "ZAF"),
        ("Central African Republic", "CAF"),
        ("The former Yugoslav Republic of Macedonia", "MKD"),
        ("Saint-Martin (French part)", "MAF"),
        ("WLF", "WLF"),
    ],
)
def test_usual_forms(name, code):
    assert to_iso3([name]) == [code]


def test_wiod_codes_stay_as_they_are():
    codes = [
        "AUS",
        "AUT",
        "BEL",
        "BGR",
        "BRA",
        "CAN",
        "CHE",
        "CHN",
        "CYP",
        "CZE",
        "DEU",
        "DNK",
        "ESP",
        "EST",
        "FIN",
        "FRA",
        "GBR",
        "GRC",
        "HRV",
        "HUN",
        "IDN",
        "IND",
        "IRL",
        "ITA",
        "JPN",
        "KOR",
        "LTU",
        "LUX",
        "LVA",
        "MEX",
        "MLT",
        "NLD",
        "NOR",
        "POL",
        "PRT",
        "ROU",
        "RUS",
        "SVK",
        "SVN",
        "SWE",
        "TUR",
        "TWN",
        "USA",
        "ROW",
    ]
    assert to_iso3(codes) == codes


def test_order_and_repetition_are_kept():
    assert to_iso3(iter(["FRA", "Germany", "FRA"])) == ["FRA", "DEU", "FRA"]


@pytest.mark.parametrize(
    "name", ["World", "South Asia", "Euro area", "", "nan", None, "FRA1", "Total", "USA and Canada"]
)
def test_what_is_no_country_is_refused(name):
    with pytest.raises(LabelError):
        to_iso3(["FRA", name])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *((code, "EXIOBASE's rest regions") for code in ("WA", "WE", "WF", "WL", "WM", "wf")),
        *((code, "OECD's ICIO") for code in ("CN1", "CN2", "MX1", "MX2")),
        *(
            (name, "a former country, today")
            for name in ("AN", "ANT", "SCG", "YUG", "SUN", "CSK", "Czechoslovakia", "USSR", "DDR")
        ),
        *(
            (name, "not one whole country")
            for name in (
                "Rest of China",
                "India (rest)",
                "China excl. Hong Kong",
                "France incl. DOM",
                "Former Sudan",
                "Sum of Germany",
                "Other Asia",
                "England",
                "GB-ENG",
            )
        ),
        ("Oceania excl Australia", "not one whole country"),
        ("Southern Africa", "South Africa is ZAF"),
        ("Guiana", "Guyana GUY"),
        ("Rest of Africa", "not one whole country"),
        ("EU27", "'EU27'"),
        ("North", "'North'"),
        ("Papua", "'Papua'"),
        ("nan", "a missing value written as text"),
        ("None", "a missing value written as text"),
        (float("nan"), "an empty name"),
        ("A\u202eUS", r"U\+202E \(right-to-left override\), which cannot be seen"),
        ("AUS\u200b", r"U\+200B"),
        ("A\0US", r"U\+0000"),
    ],
)
def test_codes_of_databases_and_parts_of_countries_are_refused_with_the_reason(name, reason):
    with pytest.raises(LabelError, match=reason):
        to_iso3(["FRA", name])


def test_every_official_name_is_its_own_country():
    from ioecon.countries import _load_converter

    known = _load_converter().data
    for column in ("name_short", "name_official", "ISO3"):
        names = known.loc[known[column] != "Guiana", column]
        assert to_iso3(names) == known.loc[names.index, "ISO3"].to_list()


def test_the_error_lists_every_unknown_name_with_suggestions():
    with pytest.raises(LabelError) as caught:
        to_iso3(["FRA", "Swizerland", "Middle-earth", "Gremany", "Swizerland"])
    message = str(caught.value)
    assert message.startswith("3 of 4 country names")
    assert "'Swizerland' (CHE" in message
    assert "'Gremany' (DEU" in message
    assert "'Middle-earth'" in message


def test_nothing_is_logged(caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(LabelError):
        to_iso3(["Atlantis"])
    assert not caplog.records


def test_importing_ioecon_loads_neither_the_load_converter_nor_matplotlib():
    code = (
        "import sys, ioecon, ioecon.countries, ioecon.readers;"
        "print([m for m in ('country_load_converter', 'matplotlib', 'rdata', 'xarray') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


def test_a_name_longer_than_any_is_cut():
    with pytest.raises(LabelError, match=r"'a{80}'… \(5,000 letters, longer than any name\)"):
        to_iso3(["a" * 5000])
