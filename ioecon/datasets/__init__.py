"""Data that come with the package: fictional world and regions, groups of countries and sectors."""

from ioecon.datasets.common_sectors import wiod_common_sectors
from ioecon.datasets.country_groups import groups
from ioecon.datasets.regions import Regions, RegionsTruth, load_regions
from ioecon.datasets.world import Truth, World, load_world

__all__ = [
    "Regions",
    "RegionsTruth",
    "Truth",
    "World",
    "groups",
    "load_regions",
    "load_world",
    "wiod_common_sectors",
]
