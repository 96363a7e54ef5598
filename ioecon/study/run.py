"""Run a study: from its inputs to a complete results folder."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ioecon.errors import IoeconWarning
from ioecon.study.check import examine_study
from ioecon.study.fonts import warn_of_missing_signs
from ioecon.study.kinds import kind_of
from ioecon.study.manifest import InputFile, sha256_of
from ioecon.study.problems import as_error
from ioecon.study.results import StudyResults
from ioecon.study.results_files import write_results
from ioecon.study.results_folder import results_folder
from ioecon.study.settings import StudySettings
from ioecon.study.steps import Steps
from ioecon.threads import one_thread
from regressions import RegressionWarning

__all__ = ["run_study"]


def run_study(
    study: StudySettings | str | Path,
    out: str | Path,
    *,
    overwrite: bool = False,
    cache: bool = True,
    report: Callable[[str], None] | None = None,
) -> StudyResults:
    """Run a study and write its results folder.

    Parameters
    ----------
    study : StudySettings or path
        Settings, or the study file.
    out : path
        Results folder. It appears when it is complete; a failure leaves nothing behind.
    overwrite : bool
        Whether earlier results in ``out`` may be replaced.
    cache : bool
        Whether to take tables, results of steps and figures that an earlier run read, computed
        and drew of the same from the cache folder, and to keep new ones. All files are the same
        bytes with it and without, but for the list of these steps in ``manifest.json``.
    report : callable, optional
        Called with the name of each step as it begins.

    Returns
    -------
    StudyResults
        Of the study's kind.

    Raises
    ------
    StudyError
        If the study file is wrong: all that can be known before a table is read.
    OutputError
        If ``out`` is there already, or cannot be written; known before anything is computed.
    IoeconError, RegressionError, DiagnosticError
        If a step fails; the error carries the step's name as a note.

    Examples
    --------
    >>> import tempfile
    >>> from ioecon.study import embedded_study, run_study
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run_study(embedded_study(), f"{folder}/results")
    ...     (results.folder / "index.html").is_file()
    True
    """
    steps = Steps(report, cache=cache)
    place = Path(study) if isinstance(study, str | Path) else None
    with steps("Reading the study file", place):
        settings, problems = examine_study(study)
        if settings is None:
            raise as_error(problems)
        study_files = (InputFile("study", place.name, sha256_of(place)),) if place else ()
    with steps("Checking the study", place):
        if problems:
            raise as_error(problems)
    kind = kind_of(settings)
    with ExitStack() as stack:
        with steps("Opening the results folder"):
            folder = stack.enter_context(results_folder(Path(out), overwrite=overwrite))
        stack.enter_context(one_thread())
        with _gather_warnings() as gathered:
            inputs = kind.read(settings, steps)
            findings = kind.compute(settings, inputs, steps)
            with steps("Making the tables"):
                tables = kind.tables(findings)
            warn_of_missing_signs("".join(map(str, tables.values())))
        results = kind.results(
            **vars(findings),
            tables=tables,
            inputs=(*study_files, *inputs.files),
            warnings=tuple(gathered),
            folder=Path(out).expanduser().resolve(),
        )
        with steps("Drawing and writing"):
            write_results(kind, results, folder, cache=cache, kept=steps.kept)
    return results


@contextmanager
def _gather_warnings() -> Iterator[list[str]]:
    """Gather warnings of ioecon and regressions, each once; let others go their way."""
    gathered: dict[str, None] = {}
    found: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        for category in (IoeconWarning, RegressionWarning):
            warnings.simplefilter("always", category)
        yield found
    for warning in caught:
        if issubclass(warning.category, IoeconWarning | RegressionWarning):
            gathered[str(warning.message)] = None
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    found.extend(gathered)
