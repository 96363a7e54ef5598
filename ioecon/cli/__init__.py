"""The command line: ``ioecon check``, ``run``, ``init``, ``template``, ``audit`` and ``data``.

Exit codes
----------
0   done
1   an error that ioecon did not foresee
2   wrong use, or a study file that cannot be used (also a formula or option in it)
3   input data that are missing, damaged or unsound
4   a computation that failed: an identity broken, a model that cannot be estimated
5   a folder or file that is already there or cannot be written
130 interrupted
143 told to end (SIGTERM)
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ioecon import __version__
from ioecon.cli.console import open_console
from ioecon.cli.data import data_app
from ioecon.cli.failures import DATA, Debug, exit_code, failures
from ioecon.progress import name_amount, watching
from ioecon.terminal import print_on_any_terminal

if TYPE_CHECKING:
    from ioecon.emissions.by_sector import Emissions
    from ioecon.study.results import StudyResults

__all__ = ["app", "exit_code", "main"]

app = typer.Typer(
    name="ioecon",
    help="From world input-output tables to panel regressions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=(
        "Exit codes: 0 done, 2 usage or study file, 3 input data, 4 computation, 5 what is to be "
        "written, 1 anything else."
    ),
)
app.add_typer(data_app)
_NAMES = "separated by , or ;, or how many, or @FILE with one a line"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ioecon {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """From world input-output tables to panel regressions."""
    print_on_any_terminal()


@app.command()
def run(
    study: Annotated[
        Path | None,
        typer.Argument(help="Study file; the embedded, fictional world without one."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("results"),
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace results that are already there.")
    ] = False,
    cache: Annotated[
        bool,
        typer.Option(
            "--cache/--no-cache", help="Take what earlier runs read, computed and drew, or nothing."
        ),
    ] = True,
    debug: Debug = False,
) -> None:
    """Run a study: tables, decomposition, index, panel, regressions and a results page."""
    with failures(debug):
        from ioecon.study import embedded_study, run_study

        chosen = study if study is not None else embedded_study()
        with _progress() as report, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # those of a run are in its results
            results = run_study(chosen, out, overwrite=overwrite, cache=cache, report=report)
    with failures(debug, writes=False):  # everything is written by now
        _report(results)


@app.command()
def check(
    studies: Annotated[list[Path], typer.Argument(help="Study files.")],
    debug: Debug = False,
) -> None:
    """Check study files without running them: all that is wrong, before a table is read."""
    codes = []
    with failures(debug, writes=False):
        from ioecon.study import examine_study
        from ioecon.study.kinds import kind_of

        for file in studies:
            study, problems = examine_study(file)
            for problem in problems:
                typer.echo(str(problem))
                codes.append(exit_code(problem.error()))
            if study is not None and not problems:
                typer.echo(f"{file}: nothing wrong. It would run {kind_of(study).plan(study)}.")
    if codes:
        raise typer.Exit(min(codes))


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("study.toml"),
    kind: Annotated[
        str, typer.Option("--kind", help="Kind of study, such as xiao2014 or panel.")
    ] = "dong2022",
    debug: Debug = False,
) -> None:
    """Write a study file with every key explained; it runs as it is."""
    with failures(debug):
        from ioecon.study import write_template

        written = write_template(path, kind)
        typer.echo(f"Wrote {written}. Run it with: ioecon run {written}")


@app.command()
def template(
    path: Annotated[
        Path, typer.Argument(help="A folder, or a file ending in .xlsx or .csv.")
    ] = Path("regional_table"),
    regions: Annotated[
        str, typer.Option("--regions", help=f"Names of the regions, {_NAMES}.")
    ] = "8",
    sectors: Annotated[
        str, typer.Option("--sectors", help=f"Names of the sectors, {_NAMES}.")
    ] = "17",
    categories: Annotated[
        str, typer.Option("--categories", help=f"Categories of final demand, {_NAMES}.")
    ] = "households, government, investment",
    years: Annotated[
        str | None, typer.Option("--years", help='Years, for example "2002, 2007".')
    ] = None,
    debug: Debug = False,
) -> None:
    """Write an empty regional table and emission coefficients to be filled in."""
    with failures(debug):
        from ioecon.errors import ArgumentError
        from ioecon.writers import write_regional_template

        wanted = [] if years is None else years.replace(";", ",").split(",")
        try:
            chosen = [int(year) for year in wanted]
        except ValueError:
            raise ArgumentError(f"--years is {years!r}; write years such as 2002, 2007.") from None
        written = write_regional_template(
            path,
            regions=_names(regions, "Region"),
            sectors=_names(sectors, "Sector"),
            categories=_names(categories, "Category"),
            years=chosen,
        )
        for file in written:
            typer.echo(f"Wrote {file}.")


def _names(given: str, kind: str) -> list[str]:
    """Names from an option: a list, a number of them, or the lines of a file.

    Examples
    --------
    >>> _names("Textiles; Electricity, gas and water", "Sector")
    ['Textiles', 'Electricity, gas and water']
    >>> _names("2", "Region")
    ['Region 1', 'Region 2']
    """
    from ioecon.errors import ReadError

    text = given.strip()
    if text.isascii() and text.isdecimal():
        return [f"{kind} {number}" for number in range(1, int(text) + 1)]
    if text.startswith("@"):
        try:
            lines = Path(text[1:]).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ReadError(f"The names in {text[1:]} cannot be read: {error}.") from error
        return [" ".join(line.split()) for line in lines if line.strip()]
    return [" ".join(name.split()) for name in text.split(";" if ";" in text else ",")]


@app.command()
def audit(
    path: Annotated[Path, typer.Argument(help="Folder or file of the tables.")],
    format: Annotated[
        str, typer.Option("--format", help="Format of the tables, for example wiod2013-rdata.")
    ] = "auto",
    years: Annotated[
        str | None, typer.Option("--years", help='Years, for example "2000-2009" or "2005".')
    ] = None,
    emissions: Annotated[
        Path | None,
        typer.Option(
            "--emissions",
            help="Emissions whose intensities are audited too: a CSV file with columns iso3, year, "
            "co2_kt and perhaps sector, or an account as published (WIOD, JRC and others).",
        ),
    ] = None,
    stressor: Annotated[
        str | None,
        typer.Option("--stressor", help="Which account of several in the file of emissions."),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", help="Encoding of the CSV files, for example gbk; else UTF-8."),
    ] = None,
    separator: Annotated[
        str | None,
        typer.Option("--separator", help="Character between the columns of the CSV files, or tab."),
    ] = None,
    decimal: Annotated[
        str, typer.Option("--decimal", help='Decimal mark of the CSV files: "." or ",".')
    ] = ".",
    option: Annotated[
        list[str] | None,
        typer.Option("--option", help="Option of the format, such as system=pxp; may be repeated."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Print what the audit finds in tables; the exit code is 3 if any finding is an error."""
    with failures(debug, writes=False):
        from ioecon.audit import audit_years
        from ioecon.errors import StudyError
        from ioecon.readers import read_series
        from ioecon.readers.reading import takes_text_options
        from ioecon.study.settings import parse_years
        from ioecon.study.steps import Steps

        try:
            wanted = parse_years(years) if years is not None else None
        except ValueError as error:
            raise StudyError(f"--years {error}") from None
        steps = Steps()
        text: dict[str, Any] = {"encoding": encoding, "decimal": decimal}
        if separator is not None:
            text["separator"] = "\t" if separator in ("tab", "\\t") else separator
        with steps("Reading the tables", path):
            of_csv = emissions is not None and not _is_published(emissions)
            idle = of_csv and not takes_text_options(path, format=format)
            own = _split_options(option or [])
            series = read_series(path, format=format, years=wanted, **({} if idle else text), **own)
        account = None
        if emissions is not None:
            with steps("Reading the emissions", emissions):
                account = _read_emissions(emissions, text, stressor)
        sound = True
        for year in series.years:
            with steps(f"Auditing {year}", path):
                report = series[year].audit(account)
            sound = sound and report.ok
            _print_audit(report.title, report.to_frame())
        if len(series) > 1:
            with steps("Comparing the years", path):
                report = audit_years(series)
            _print_audit(report.title, report.to_frame())
    if not sound:
        raise typer.Exit(DATA)


def _split_options(given: list[str]) -> dict[str, Any]:
    """Options of a format from texts such as ``system=pxp``."""
    from ioecon.errors import ArgumentError
    from ioecon.readers.registry import require_known_options

    options: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.isidentifier():
            raise ArgumentError(f"--option is NAME=VALUE, such as system=pxp, not {text!r}.")
        options[name] = value
    require_known_options(options)
    return options


def _is_published(emissions: Path) -> bool:
    """Whether a file is named like an account as published, which is no CSV file."""
    from ioecon.emissions.registry import ACCOUNTS

    published = [entry for entry in ACCOUNTS.values() if not entry.fallback]
    return any(entry.is_named_like(emissions) for entry in published)


def _read_emissions(path: Path, text: dict[str, Any], stressor: str | None) -> Emissions:
    """Account or national totals, in the form that the file's name and columns say."""
    from ioecon.delimited import read_delimited
    from ioecon.emissions import read_account, read_emissions

    if _is_published(path) or stressor is not None:
        return read_account(path, stressor=stressor, **({} if _is_published(path) else text))
    columns = read_delimited(path, "emissions", **text).columns
    return read_emissions(path, sector="sector" if "sector" in columns else None, **text)


def _print_audit(title: str, findings: object) -> None:
    import pandas as pd
    from rich.markup import escape
    from rich.table import Table

    assert isinstance(findings, pd.DataFrame)
    console = open_console()
    if findings.empty:
        console.print(f"{title}: nothing to report.", markup=False)
        return
    table = Table(title=escape(title), title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("severity")
    table.add_column("check")
    table.add_column("places", justify="right")
    table.add_column("finding", ratio=1)
    styles = {"error": "bold red", "warning": "yellow", "note": "dim"}
    for line in findings.itertuples(index=False):
        style = styles[line.severity]
        cells = [line.severity, line.check.replace("_", " "), str(line.count), line.message]
        table.add_row(f"[{style}]{cells[0]}[/]", *(escape(cell) for cell in cells[1:]))
    console.print(table)
    console.print()


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show steps on standard error: a live line with the time on a terminal, else plain lines."""
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = open_console(error=True)
    if not console.is_terminal:
        yield lambda name: console.print(name, markup=False)
        return
    columns = (SpinnerColumn(finished_text="✓"), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        begun: list = []
        steps: list[str] = []

        def report(name: str) -> None:
            finish()
            steps.append(escape(name))
            begun.append(progress.add_task(steps[-1], total=1))

        def watch(name: str, done: int, total: int, kind: str) -> None:
            if begun:
                read = escape(f"{name}, {name_amount(done, total, kind)}")
                progress.update(begun[-1], description=f"{steps[-1]} · {read}")

        def finish() -> None:
            if begun:
                progress.update(begun[-1], description=steps[-1], completed=1)

        with watching(watch):
            yield report
        finish()


def _report(results: StudyResults) -> None:
    """Say what was computed, in a few lines."""
    for text in results.warnings:
        typer.echo(f"Warning: {text}", err=True)
    typer.echo(results.study.title)
    for line in results.headline():
        typer.echo(line)
    typer.echo(f"Results: {results.folder / 'index.html'}")


def main() -> None:
    """Entry point of the command ``ioecon``."""
    print_on_any_terminal()
    app(prog_name="ioecon")
