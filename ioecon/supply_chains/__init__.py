"""What stands behind a footprint: supply paths, hypothetical extraction, linkages."""

from ioecon.supply_chains.path_result import SupplyPaths
from ioecon.supply_chains.paths import structural_paths

__all__ = ["SupplyPaths", "structural_paths"]
