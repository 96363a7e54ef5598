"""What stands behind a footprint: supply paths, hypothetical extraction, linkages."""

from ioecon.supply_chains.change_result import PathChanges
from ioecon.supply_chains.extraction import Extraction, extraction
from ioecon.supply_chains.linkages import linkages
from ioecon.supply_chains.path_changes import path_changes
from ioecon.supply_chains.path_result import SupplyPaths
from ioecon.supply_chains.paths import structural_paths

__all__ = [
    "Extraction",
    "PathChanges",
    "SupplyPaths",
    "extraction",
    "linkages",
    "path_changes",
    "structural_paths",
]
