"""Studies: one file says what is computed, one folder holds everything that came out."""

from ioecon.study.results import StudyResults
from ioecon.study.run import run_study
from ioecon.study.settings import Study
from ioecon.study.study_file import embedded_study, load_study, presets, write_template
from ioecon.study.xiao2014 import TransferResults, TransferStudy

__all__ = [
    "Study",
    "StudyResults",
    "TransferResults",
    "TransferStudy",
    "embedded_study",
    "load_study",
    "presets",
    "run_study",
    "write_template",
]
