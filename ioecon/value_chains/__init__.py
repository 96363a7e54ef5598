"""What stands behind exports: domestic and foreign content, of value added or of any account."""

from ioecon.value_chains.content import factor_content
from ioecon.value_chains.decompose import decompose_exports
from ioecon.value_chains.per_unit_of_demand import multipliers
from ioecon.value_chains.result import ExportContent

__all__ = ["ExportContent", "decompose_exports", "factor_content", "multipliers"]
