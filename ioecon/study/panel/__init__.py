"""Studies of any panel from a file: descriptives, regressions, tests and figures."""

from ioecon.study.kind import Kind
from ioecon.study.models.settings import REQUIRED, WHOLE
from ioecon.study.panel.body import body_of
from ioecon.study.panel.checks import FILE_CHECKS, SETTINGS_CHECKS, plan_of
from ioecon.study.panel.compute import compute
from ioecon.study.panel.data_files import write_data
from ioecon.study.panel.drawings import drawings_of
from ioecon.study.panel.inputs import read_inputs
from ioecon.study.panel.results import PanelResults
from ioecon.study.panel.settings import PanelStudy
from ioecon.study.panel.tables import tables_of

__all__ = ["KIND", "PanelResults", "PanelStudy"]

KIND = Kind(
    name="panel",
    package=__name__,
    settings=PanelStudy,
    checks=SETTINGS_CHECKS,
    file_checks=FILE_CHECKS,
    plan=plan_of,
    read=read_inputs,
    compute=compute,
    tables=tables_of,
    results=PanelResults,
    write_data=write_data,
    drawings=drawings_of,
    body=body_of,
    required=REQUIRED,
    whole=WHOLE,
)
