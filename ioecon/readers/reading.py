"""``read_table`` and ``read_series``: from files to tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ioecon.errors import ArgumentError, ReadError
from ioecon.files.source_file import PathLike
from ioecon.progress import report_progress
from ioecon.readers.copies import settle_copies
from ioecon.readers.options import ReadOptions
from ioecon.readers.recognition import (
    add_format,
    find_dated,
    find_stored_years,
    look_up_format,
    name_place,
)
from ioecon.readers.registry import STORE, FileFormat
from ioecon.readers.sources import Origin, choose_years, find_origin, warn_of_uneven_years
from ioecon.series import IOSeries, check_agreement
from ioecon.store.cache import load as load_cached
from ioecon.store.folders import is_table_store, read_stored
from ioecon.table import IOTable
from ioecon.wording import listed

__all__ = ["read_series", "read_table", "takes_text_options", "years_offered"]

Loader = Callable[[], IOTable]
_HELD_BYTES = 2**29  # a series up to this size is kept in memory, a larger one read when needed
_OUTPUTS = (None, "row_sums", "printed")


def read_table(
    path: PathLike,
    *,
    format: str,
    year: int | None = None,
    output: str | None = None,
    cache: bool = True,
    empty_cells: str = "error",
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str = ".",
    dtype: str = "float64",
    regions: Any = None,
    sectors: Any = None,
    progress: bool = True,
    **own: str,
) -> IOTable:
    """Read one input-output table.

    Parameters
    ----------
    path : path
        The file; with ``year`` also a folder or a zip as published. For the format ``"ioecon"``
        the folder that :func:`write_table` wrote.
    format : str
        One of :func:`formats`, or ``"auto"`` to tell it from the file names.
    year : int, optional
        Year the table should be of; it is checked against the file's content.
    output : {"row_sums", "printed"}, optional
        Which gross output ``x`` is. Row sums unless asked otherwise; the format ``"ioecon"``
        remembers what the table had.
    cache : bool
        Whether to look in the cache and to add to it (folder ``IOECON_CACHE_DIR`` or the user's
        cache folder).
    empty_cells : {"error", "zero"}
        What an empty cell among the flows of a workbook means.
    encoding, separator, decimal : str, optional
        Of CSV files of the format ``"regional"``: the encoding (UTF-8 by default), the character
        between columns (found by default) and the decimal mark (``"."`` or ``","``).
    dtype : {"float64", "float32"}
        Of the flows that are kept; float32 takes half the memory and seven digits. Sums are
        made in float64; solves are refined to it, see :class:`ioecon.leontief.Leontief`.
    regions, sectors : concordance, optional
        Groups that flows are summed over, as in :meth:`IOTable.aggregate`; the largest databases
        do it while they read, and never hold the whole table.
    progress : bool
        Whether to show how far the reading is; only ever on a terminal.
    **own
        Options of the one format, for example ``system="pxp"`` of ``"exiobase3"``; see its
        section in the documentation.

    Returns
    -------
    IOTable
        In the source's unit, countries as ISO 3166 alpha-3 codes and ``ROW``.

    Raises
    ------
    ReadError
        If there is no such file or format, or the file is damaged or laid out otherwise.
    ArgumentError
        If the format does not have an option.

    Examples
    --------
    >>> import tempfile, ioecon
    >>> table = ioecon.IOTable(
    ...     Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]], countries=["FRA", "DEU"],
    ...     sectors=["all"], categories=["final"], year=2005)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     stored = ioecon.write_table(table, f"{folder}/table")
    ...     read_table(stored, format="ioecon").x
    array([1000., 2000.])
    """
    options = ReadOptions(empty_cells, encoding, separator, decimal, dtype, regions, sectors)
    _check_output(output)
    form, options = _find_format(path, format, options, own)
    if form is None:
        if year is None and is_table_store(Path(path)):
            return _apply(options, read_stored(path, output=output, cache=cache))
        loader = _make_stored_loaders(path, year, output, options, cache)
        return next(iter(loader.values()))()
    place = Path(path)
    if place.is_file() and place.suffix.lower() != ".zip":
        year = year if year is not None else form.year_of(place.name)
        source: Origin = find_origin(place, form, options, year)
    else:
        found = find_dated(place, form, options)
        (year,) = _choose_one_year(found, year, place, form)
        settle_copies(place, form, options, found, [year])
        source = found[year]
    with report_progress(progress, total=1) as begin:
        begin(f"Reading {place.name}")
        return _make_loader(source, form, year, output, options, cache)()


def read_series(
    path: PathLike | Mapping[int, PathLike],
    *,
    format: str,
    years: Iterable[int] | int | None = None,
    output: str | None = None,
    progress: bool = True,
    cache: bool = True,
    empty_cells: str = "error",
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str = ".",
    dtype: str = "float64",
    regions: Any = None,
    sectors: Any = None,
    **own: str,
) -> IOSeries:
    """Read the tables of several years.

    Every file is read, checked and (with ``cache``) kept parsed in the cache once. A series that
    takes more than half a GiB is then read from there table by table when needed.

    Parameters
    ----------
    path : path, or mapping of int to path
        Folder with files named as published, a zip as published, or one file for every year. For
        the format ``"ioecon"`` the folder that :func:`write_series` wrote.
    format : str
        One of :func:`formats`, or ``"auto"`` to tell it from the file names.
    years : iterable of int, optional
        Years to read, for example ``range(2000, 2010)``; all that are there by default.
    output : {"row_sums", "printed"}, optional
        Which gross output ``x`` is. Row sums unless asked otherwise; the format ``"ioecon"``
        remembers what the tables had.
    progress : bool
        Whether to show years and how far each file is in a progress bar; only ever on a terminal.
    cache : bool
        Whether to look in the cache and to add to it (folder ``IOECON_CACHE_DIR`` or the user's
        cache folder).
    empty_cells : {"error", "zero"}
        What an empty cell among the flows of a workbook means.
    encoding, separator, decimal : str, optional
        Of CSV files of the format ``"regional"``: the encoding (UTF-8 by default), the character
        between columns (found by default) and the decimal mark (``"."`` or ``","``).
    dtype : {"float64", "float32"}
        Of the flows that are kept; float32 takes half the memory and seven digits. Sums are
        made in float64; solves are refined to it, see :class:`ioecon.leontief.Leontief`.
    regions, sectors : concordance, optional
        Groups that flows are summed over, as in :meth:`IOTable.aggregate`; the largest databases
        do it while they read, and never hold the whole table.
    **own
        Options of the one format, for example ``system="pxp"`` of ``"exiobase3"``; see its
        section in the documentation.

    Returns
    -------
    IOSeries
        In the source's unit, countries as ISO 3166 alpha-3 codes and ``ROW``.

    Raises
    ------
    ReadError
        If a year or the format is missing, or a file is damaged or laid out otherwise.
    ArgumentError
        If the format does not have an option.
    LabelError, TableError
        If countries, sectors, categories, unit or currency differ between years.

    Examples
    --------
    >>> import tempfile, ioecon
    >>> table = ioecon.IOTable(
    ...     Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]], countries=["FRA", "DEU"],
    ...     sectors=["all"], categories=["final"], year=2005)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     series = ioecon.IOSeries({2005: table, 2006: table.replace(year=2006)})
    ...     stored = ioecon.write_series(series, f"{folder}/series")
    ...     read_series(stored, format="ioecon", years=range(2005, 2007)).years
    (2005, 2006)
    """
    options = ReadOptions(empty_cells, encoding, separator, decimal, dtype, regions, sectors)
    _check_output(output)
    form, options = _find_format(path, format, options, own)
    if form is None:
        loaders = _make_stored_loaders(path, years, output, options, cache)
        can_reload = True
    else:
        found = find_dated(path, form, options)
        chosen = choose_years(found, years, place=name_place(path), looks_like=form.looks_like)
        settle_copies(path, form, options, found, chosen)
        loaders = {
            year: _make_loader(found[year], form, year, output, options, cache) for year in chosen
        }
        can_reload = cache
    tables: dict[int, IOTable | Loader] = {}
    first: IOTable | None = None
    with report_progress(progress, total=len(loaders)) as begin:
        for year, loader in loaders.items():
            begin(f"Reading {year}")
            table = loader()
            if table.year != year:
                raise ReadError(f"The table given for {year} is of {table.year}.")
            first = table if first is None else first
            check_agreement(first, table)
            large = (table.Z.nbytes + table.Y.nbytes) * len(loaders) > _HELD_BYTES
            tables[year] = _require_unchanged(loader, table) if large and can_reload else table
    if years is None and not isinstance(path, Mapping):
        warn_of_uneven_years(tuple(tables), name_place(path))
    return IOSeries(tables, labels=first)


def years_offered(
    path: PathLike,
    *,
    format: str,
    years: Iterable[int] | int | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str = ".",
    **own: str,
) -> tuple[int, ...]:
    """Years that :func:`read_series` would read, told from the names of files; none is read.

    Parameters
    ----------
    path, format, years, encoding, separator, decimal, **own
        As for :func:`read_series`.

    Returns
    -------
    tuple of int
        Empty for one workbook of several years, which must be read to tell them.

    Raises
    ------
    ReadError
        If a year or the format is missing.
    ArgumentError
        If the format has no such options.
    """
    place = Path(path)
    if not place.exists():
        raise ReadError(f"There is no file or folder {place}.")
    options = ReadOptions(encoding=encoding, separator=separator, decimal=decimal)
    form, options = _find_format(place, format, options, own)
    if form is None:
        return choose_years(
            find_stored_years(place), years, place=str(place), looks_like="YYYY/table.json"
        )
    if form.years_in is not None and place.is_file() and form.year_of(place.name) is None:
        return ()
    found = find_dated(place, form, options)
    return choose_years(found, years, place=str(place), looks_like=form.looks_like)


def takes_text_options(path: PathLike, *, format: str) -> bool:
    """Whether files may be CSV, so that ``encoding``, ``separator`` and ``decimal`` apply.

    Raises
    ------
    ReadError
        If the format is not known, or cannot be told.
    """
    form = look_up_format(path, format)
    return form is not None and form.text


def _check_output(output: str | None) -> None:
    if output not in _OUTPUTS:
        raise ReadError(f"output is 'row_sums' or 'printed', not {output!r}.")


def _find_format(
    path: PathLike | Mapping[int, PathLike],
    name: str,
    options: ReadOptions,
    own: Mapping[str, object],
) -> tuple[FileFormat | None, ReadOptions]:
    """Format of that name (None for ioecon's own store) and its options, which it must have."""
    form = look_up_format(path, name, own)
    given = options.given_for_text()
    if given and (form is None or not form.text):
        named = listed([f"{option}=" for option in given])
        raise ArgumentError(
            f"Tables of the format {STORE if form is None else form.name!r} are no CSV files, to "
            f"which {named} belong{'s' if len(given) == 1 else ''}; leave {named} out."
        )
    if form is None:
        for name in own:
            raise ArgumentError(f"Tables of the format {STORE!r} have no option {name}=.")
        return None, options
    return form, replace(options, own=form.complete_options(own))


def _choose_one_year(
    found: Mapping[int, Origin], year: int | None, place: Path, form: FileFormat
) -> tuple[int, ...]:
    years = choose_years(found, year, place=str(place), looks_like=form.looks_like)
    if len(years) > 1:
        raise ReadError(
            f"{place} has tables of {', '.join(map(str, years))}; pass year=, or use read_series."
        )
    return years


def _make_loader(
    source: Origin,
    form: FileFormat,
    year: int | None,
    output: str | None,
    options: ReadOptions,
    cache: bool,
) -> Loader:
    def load() -> IOTable:
        whole = replace(options, regions=None, sectors=None)
        reading = options if form.aggregates_itself else whole
        try:
            table = load_cached(source, form, year, options=reading, cache=cache)
        except ReadError as error:
            raise ReadError(add_format(error, source.path, form)) from error
        table = table if output in (None, table.output) else table.replace(output=output)
        return table if form.aggregates_itself else _apply(options, table)

    return load


def _apply(options: ReadOptions, table: IOTable) -> IOTable:
    """Table with its countries and sectors put together as the options say."""
    if not options.aggregated:
        return table
    return table.aggregate(regions=options.regions, sectors=options.sectors)


def _require_unchanged(loader: Loader, first: IOTable) -> Loader:
    """Loader that refuses a file which is no longer the one read first."""
    source, year = first.source, first.year

    def load() -> IOTable:
        table = loader()
        if table.source != source or table.year != year:
            name = "of that year" if source is None else source.path
            raise ReadError(
                f"The table {name} was changed after the series had been read; read it again."
            )
        return table

    return load


def _make_stored_loaders(
    path: PathLike | Mapping[int, PathLike],
    years: Iterable[int] | int | None,
    output: str | None,
    options: ReadOptions,
    cache: bool,
) -> dict[int, Loader]:
    found = find_stored_years(path, output=output, cache=cache)
    chosen = choose_years(found, years, place=name_place(path), looks_like="YYYY/table.json")
    return {year: partial(_load_stored, found[year], options) for year in chosen}


def _load_stored(load: Loader, options: ReadOptions) -> IOTable:
    return _apply(options, load())
