"""Data that come with the package: a fictional world, fictional regions, groups of countries."""

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
]
