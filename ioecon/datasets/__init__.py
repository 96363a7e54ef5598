"""Data that come with the package: the embedded fictional world and groupings of countries."""

from ioecon.datasets.country_groups import groups
from ioecon.datasets.world import Truth, World, load_world

__all__ = ["Truth", "World", "groups", "load_world"]
