"""Studies: one file says what is computed, one folder holds everything that came out."""

from ioecon.study.check import check_study, examine_study
from ioecon.study.dong2022 import Dong2022Results, Dong2022Study
from ioecon.study.panel import PanelResults, PanelStudy
from ioecon.study.results import StudyResults
from ioecon.study.run import run_study
from ioecon.study.study_file import embedded_study, load_study, presets, write_template
from ioecon.study.xiao2014 import Xiao2014Results, Xiao2014Study

# Earlier names of the settings and results of the two kinds.
Study = Dong2022Study
TransferStudy = Xiao2014Study
TransferResults = Xiao2014Results

__all__ = [
    "Dong2022Results",
    "Dong2022Study",
    "PanelResults",
    "PanelStudy",
    "Study",
    "StudyResults",
    "TransferResults",
    "TransferStudy",
    "Xiao2014Results",
    "Xiao2014Study",
    "check_study",
    "embedded_study",
    "examine_study",
    "load_study",
    "presets",
    "run_study",
    "write_template",
]
