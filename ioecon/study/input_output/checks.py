"""What tables and emissions can get wrong, found before a table is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ioecon.emissions import account_formats
from ioecon.errors import IoeconError
from ioecon.readers import formats, years_offered
from ioecon.readers.options import ReadOptions
from ioecon.readers.registry import FORMATS, require_known_options
from ioecon.study.checks import content_problems
from ioecon.study.input_output.inputs import emissions_from_csv
from ioecon.study.input_output.settings import EmissionData, Tables
from ioecon.study.inputs import text_options
from ioecon.study.problems import about
from ioecon.study.sections import nearest
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


def emission_problems(emissions: EmissionData) -> Iterator[str]:
    """Check that the options of emissions go together."""
    known = ["csv", *account_formats()]
    if emissions.format not in known:
        yield (
            f"emissions.format = {emissions.format!r} is not known; "
            f"{nearest(emissions.format, known)}"
        )
    elif emissions.format == "csv" and emissions.stressor is not None:
        yield "emissions.stressor goes with an account as published; name the format of the file."
    elif emissions.format != "csv":
        if emissions.fill or emissions.rest_of_world:
            yield "emissions.fill and emissions.rest_of_world go with totals from CSV only."
        if emissions.sector or emissions.where:
            yield (
                f"emissions.sector and emissions.where go with CSV, not with the account "
                f"{emissions.format!r}, which has its own layout."
            )
    elif emissions.sector and (emissions.fill or emissions.rest_of_world):
        yield (
            "emissions.fill and emissions.rest_of_world go with national totals, not with an "
            "account by sector; leave emissions.sector out."
        )
    for number, fill in enumerate(emissions.fill, start=1):
        if not fill.countries:
            yield f"emissions.fill[{number}].countries is empty; name the countries to take."
        if fill.file is None and not fill.where:
            yield (
                f"emissions.fill[{number}] takes the same rows of the same file again; give where "
                "or file."
            )


def emission_file_problems(emissions: EmissionData | None) -> Iterator[IoeconError]:
    """Read emissions in CSV, and the files that complete them."""
    if emissions is None or emissions.format != "csv":
        return
    wanted = [("emissions", emissions.file, emissions.where)]
    for number, fill in enumerate(emissions.fill, start=1):
        wanted.append((f"emissions.fill[{number}]", fill.file or emissions.file, fill.where))
    for key, file, where in wanted:
        if file is not None:
            read = partial(emissions_from_csv, emissions, file, where)
            yield from content_problems(key, emissions, file, read)
