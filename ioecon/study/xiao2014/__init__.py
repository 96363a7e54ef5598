"""The second paper's kind of study: transfers between regions, their carbon, weak leakage."""

from ioecon.study.kind import Kind
from ioecon.study.xiao2014.body import body_of
from ioecon.study.xiao2014.checks import FILE_CHECKS, SETTINGS_CHECKS, plan_of
from ioecon.study.xiao2014.compute import compute
from ioecon.study.xiao2014.data_files import write_data
from ioecon.study.xiao2014.drawings import drawings_of
from ioecon.study.xiao2014.inputs import read_inputs
from ioecon.study.xiao2014.results import Xiao2014Results
from ioecon.study.xiao2014.settings import Xiao2014Study
from ioecon.study.xiao2014.tables import tables_of

__all__ = ["KIND", "Xiao2014Results", "Xiao2014Study"]

KIND = Kind(
    name="xiao2014",
    package=__name__,
    settings=Xiao2014Study,
    checks=SETTINGS_CHECKS,
    file_checks=FILE_CHECKS,
    plan=plan_of,
    read=read_inputs,
    compute=compute,
    tables=tables_of,
    results=Xiao2014Results,
    write_data=write_data,
    drawings=drawings_of,
    body=body_of,
)
