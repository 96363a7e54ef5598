"""Codes of countries for synthetic tables: China and Mexico first, then the others by name."""

from __future__ import annotations

__all__ = ["COUNTRIES"]

# fmt: off
COUNTRIES = (
    "CHN", "MEX", "AGO", "ARE", "ARG", "AUS", "AUT", "BEL", "BGD", "BGR", "BLR", "BRA", "BRN",
    "CAN", "CHE", "CHL", "CIV", "CMR", "COD", "COL", "CRI", "CYP", "CZE", "DEU", "DNK", "EGY",
    "ESP", "EST", "FIN", "FRA", "GBR", "GRC", "HKG", "HRV", "HUN", "IDN", "IND", "IRL", "ISL",
    "ISR", "ITA", "JOR", "JPN", "KAZ", "KHM", "KOR", "LAO", "LTU", "LUX", "LVA", "MAR", "MLT",
    "MMR", "MYS", "NGA", "NLD", "NOR", "NZL", "PAK", "PER", "PHL", "POL", "PRT", "ROU", "RUS",
    "SAU", "SEN", "SGP", "STP", "SVK", "SVN", "SWE", "THA", "TUN", "TUR", "TWN", "UKR", "USA",
    "VNM", "ZAF",
)
# fmt: on
