"""Studies: one file says what is computed, one folder holds everything that came out."""

from ioecon.study.check import check_study, examine_study
from ioecon.study.preset_files import presets
from ioecon.study.results import StudyResults
from ioecon.study.run import run_study
from ioecon.study.settings import Study
from ioecon.study.study_file import embedded_study, load_study, write_template
from ioecon.study.xiao2014 import TransferResults, TransferStudy

__all__ = [
    "Study",
    "StudyResults",
    "TransferResults",
    "TransferStudy",
    "check_study",
    "embedded_study",
    "examine_study",
    "load_study",
    "presets",
    "run_study",
    "write_template",
]
