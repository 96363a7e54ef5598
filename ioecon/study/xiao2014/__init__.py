"""The second paper's kind of study: transfers between regions, their carbon, weak leakage."""

from ioecon.study.xiao2014.compute import compute
from ioecon.study.xiao2014.results import TransferResults
from ioecon.study.xiao2014.settings import TransferStudy
from ioecon.study.xiao2014.writing import write_results

__all__ = ["TransferResults", "TransferStudy", "compute", "write_results"]
