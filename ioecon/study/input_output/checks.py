"""What tables and emissions can get wrong, found before a table is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from ioecon.emissions import account_formats
from ioecon.emissions.registry import ACCOUNTS, require_stressors
from ioecon.errors import IoeconError
from ioecon.readers import formats, years_offered
from ioecon.readers.options import ReadOptions
from ioecon.readers.registry import FORMATS, require_known_options
from ioecon.stressor import Stressor
from ioecon.study.checks import content_problems, unit_problems
from ioecon.study.input_output.inputs import account_options, emissions_from_csv
from ioecon.study.input_output.settings import EmissionData, Tables
from ioecon.study.inputs import text_options
from ioecon.study.problems import about
from ioecon.study.sections import nearest
from ioecon.units import kilotonnes_per
from ioecon.wording import spans

__all__ = ["emission_file_problems", "emission_problems", "table_problems", "year_problems"]


def table_problems(tables: Tables, embedded: Sequence[str]) -> Iterator[str | IoeconError]:
    """Check that format, path, years and tolerance go together."""
    if tables.format in embedded:
        if tables.path is not None:
            yield (
                f"tables.path goes with a format, and {tables.format!r} is embedded; name the "
                "format of the files."
            )
        if tables.output == "printed":
            yield f"tables.output: the embedded {tables.format} has row sums only, none printed."
        yield from _idle_text_options(tables)
        for key in ("empty_cells", "dtype", "options"):
            if getattr(tables, key) != getattr(Tables(), key):
                yield f"tables.{key} goes with files; the embedded {tables.format} is in none."
    else:
        known = [*embedded, *formats(), "auto"]
        if tables.format not in known:
            yield f"tables.format = {tables.format!r} is not known; {nearest(tables.format, known)}"
        if tables.path is None:
            yield f"tables.format = {tables.format!r} needs tables.path, the folder of its files."
        yield from _own_option_problems(tables)
    if not 0 <= tables.tolerance < 1:
        yield f"tables.tolerance is a share of world output, not {tables.tolerance:g}."


def _own_option_problems(tables: Tables) -> Iterator[IoeconError]:
    """Options of the one format, which it must have."""
    try:
        require_known_options(tables.options)
        if tables.format in FORMATS:
            FORMATS[tables.format].complete_options(tables.options)
    except IoeconError as error:
        yield about("tables", error)


def _idle_text_options(tables: Tables) -> Iterator[str | IoeconError]:
    """Options of CSV files beside embedded tables, which are in no file."""
    try:
        given = ReadOptions(**text_options(tables)).given_for_text()
    except IoeconError as error:
        yield about("tables", error)
        return
    for name in given:
        yield f"tables.{name} goes with tables in CSV; the embedded {tables.format} is in no file."


def year_problems(
    tables: Tables, embedded: Mapping[str, Sequence[int]]
) -> Iterator[str | IoeconError]:
    """Check that the years are there, by the names of the files."""
    if tables.format in embedded:
        there = embedded[tables.format]
        for year in tables.years:
            if year not in there:
                yield f"tables.years names {year}; the embedded {tables.format} has {spans(there)}."
    elif tables.path is not None and tables.format in (*formats(), "auto"):
        if next(_own_option_problems(tables), None) is not None:
            return
        try:
            years_offered(
                tables.path,
                format=tables.format,
                years=tables.years or None,
                **text_options(tables),
                **tables.options,
            )
        except IoeconError as error:
            yield about("tables", error)


def emission_problems(emissions: EmissionData) -> Iterator[str | IoeconError]:
    """Check that the options of emissions go together."""
    known = ["csv", "auto", *account_formats()]
    if emissions.format not in known:
        yield (
            f"emissions.format = {emissions.format!r} is not known; "
            f"{nearest(emissions.format, known)}"
        )
    elif emissions.format != "csv":
        yield from _account_problems(emissions)
    else:
        yield from _csv_problems(emissions)
    if emissions.inputs and emissions.file is not None:
        yield "emissions.inputs and emissions.file both give the account; keep one of them."
    if emissions.aggregate is not None and emissions.split is not None:
        yield "emissions.aggregate and emissions.split go opposite ways; keep one of them."
    for number, fill in enumerate(emissions.fill, start=1):
        if not fill.countries:
            yield f"emissions.fill[{number}].countries is empty; name the countries to take."
        if fill.file is None and not fill.where:
            yield (
                f"emissions.fill[{number}] takes the same rows of the same file again; give where "
                "or file."
            )


def _stressor_problems(emissions: EmissionData, file: Path) -> Iterator[IoeconError]:
    """Look for the stressors in an account that is there."""
    if not file.exists():
        return  # named among the files that are not there
    try:
        require_stressors(
            file,
            format=emissions.format,
            stressor=emissions.stressor or None,
            gwp=emissions.gwp,
            name=emissions.name,
            **account_options(emissions),
        )
    except IoeconError as error:
        yield about("emissions", error)


def _account_problems(emissions: EmissionData) -> Iterator[str | IoeconError]:
    """Name what does not go with an account as published."""
    if emissions.fill or emissions.rest_of_world:
        yield "emissions.fill and emissions.rest_of_world go with totals from CSV only."
    if emissions.sector or emissions.where:
        yield (
            f"emissions.sector and emissions.where go with CSV, not with the account "
            f"{emissions.format!r}, which has its own layout."
        )
    if emissions.unit is not None:
        yield f"emissions.unit goes with CSV; the account {emissions.format!r} says its own."
    known = dict.fromkeys(name for entry in ACCOUNTS.values() for name in entry.options)
    for name in emissions.options:
        if name not in known:
            yield f"emissions.options.{name}: no account has it; {nearest(name, list(known))}"


def _csv_problems(emissions: EmissionData) -> Iterator[str | IoeconError]:
    """Name what does not go with values from CSV, or with inputs of the tables."""
    if emissions.sector and (emissions.fill or emissions.rest_of_world):
        yield (
            "emissions.fill and emissions.rest_of_world go with national totals, not with an "
            "account by sector; leave emissions.sector out."
        )
    for key in ("stressor", "gwp", "options"):
        if getattr(emissions, key):
            yield (
                f"emissions.{key} goes with an account as published (emissions.format); what the "
                "values of a CSV file are is said by emissions.name and emissions.unit."
            )
    by_sector = emissions.sector is not None or emissions.inputs
    for key in ("aggregate", "split"):
        if getattr(emissions, key) is not None and not by_sector:
            yield f"emissions.{key} goes with an account by sector; national totals have none."
    if emissions.inputs:
        return
    if emissions.name is not None and emissions.unit is None:
        yield f"emissions.unit is missing: say in which unit {emissions.name!r} is."
    if emissions.name is None:
        yield from unit_problems("emissions.unit", emissions.unit, kilotonnes_per)
    else:
        yield from unit_problems(
            "emissions.unit", emissions.unit, partial(Stressor, emissions.name)
        )


def emission_file_problems(emissions: EmissionData | None) -> Iterator[IoeconError]:
    """Read emissions in CSV and the files that complete them; look for stressors of accounts."""
    if emissions is None or emissions.file is None:
        return
    if emissions.format != "csv":
        yield from _stressor_problems(emissions, emissions.file)
        return
    wanted = [("emissions", emissions.file, emissions.where)]
    for number, fill in enumerate(emissions.fill, start=1):
        wanted.append((f"emissions.fill[{number}]", fill.file or emissions.file, fill.where))
    for key, file, where in wanted:
        if file is not None:
            read = partial(emissions_from_csv, emissions, file, where)
            yield from content_problems(key, emissions, file, read)
