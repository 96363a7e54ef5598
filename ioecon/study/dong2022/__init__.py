"""The first paper's kind of study: decomposition, transfer index, panel and regressions."""

from ioecon.study.dong2022.body import body_of
from ioecon.study.dong2022.checks import FILE_CHECKS, SETTINGS_CHECKS, plan_of
from ioecon.study.dong2022.compute import compute
from ioecon.study.dong2022.data_files import write_data
from ioecon.study.dong2022.drawings import drawings_of
from ioecon.study.dong2022.inputs import read_inputs
from ioecon.study.dong2022.results import Dong2022Results
from ioecon.study.dong2022.settings import Dong2022Study
from ioecon.study.dong2022.tables import tables_of
from ioecon.study.kind import Kind
from ioecon.study.models.settings import REQUIRED, WHOLE

__all__ = ["KIND", "Dong2022Results", "Dong2022Study"]

KIND = Kind(
    name="dong2022",
    package=__name__,
    settings=Dong2022Study,
    checks=SETTINGS_CHECKS,
    file_checks=FILE_CHECKS,
    plan=plan_of,
    read=read_inputs,
    compute=compute,
    tables=tables_of,
    results=Dong2022Results,
    write_data=write_data,
    drawings=drawings_of,
    body=body_of,
    # Names of columns belong to their file.
    required={"controls": {"columns": {}}, "groups": {"columns": {}}, **REQUIRED},
    whole=("columns", *WHOLE),
)
