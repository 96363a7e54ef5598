"""The formats that can be read: their names, what their files are called and who parses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ioecon.errors import ArgumentError, ReadError
from ioecon.files.file_set import FileSet
from ioecon.readers import (
    adb,
    ceads,
    emerging,
    eora26,
    eora26_files,
    exiobase3,
    exiobase3_files,
    figaro,
    gloria,
    icio,
    oecd_national,
    regional,
    sparse_npz,
    wiod2013_rdata,
    wiod2013_xlsx,
    wiod2016_national,
    wiod2016_pyp,
    wiod2016_rdata,
    wiod2016_xlsx,
    wiod_longrun,
)
from ioecon.readers.options import ReadOptions, complete_options
from ioecon.table import IOTable
from ioecon.wording import did_you_mean, near_words, suggest

__all__ = ["FORMATS", "STORE", "FileFormat", "file_format", "formats", "require_known_options"]

STORE = "ioecon"


@dataclass(frozen=True)
class FileFormat:
    """A published database: what its files are called and who makes a table of a year of them.

    A format has ``parse`` where a year is one file that fits in memory, ``parse_files`` where it
    is a folder, a zip or a large file.

    Parameters
    ----------
    name, description : str
        What users call it and what it is, in one sentence.
    looks_like : str
        File (or folder) name of one year, for messages.
    pattern : re.Pattern
        The same as an expression with the group ``year`` (four digits) or ``yy`` (two).
    archives : tuple of str
        Names under which the publisher bundles the files in a zip.
    parse : callable
        ``parse(data, name, year, options) -> IOTable`` from the bytes of one file; ``name``
        is for messages and ``year`` the one expected, or None.
    parse_files : callable, optional
        ``parse_files(files, year, options) -> IOTable`` from the files of one year.
    find_sets : callable, optional
        ``find_sets(path, options) -> dict of int to FileSet``: the years under a path, where
        names that ``pattern`` knows do not tell which files belong together.
    recognises : callable, optional
        ``recognises(files) -> bool``: whether files whose names fit are of this format.
    options : mapping of str to tuple of str
        Options of this format alone, each with its allowed values, the default first.
    name_tells : bool
        Whether the name of a file may tell more of the table than its year: country, edition,
        prices. Without it, a copy under another name is not parsed again.
    aggregates_itself : bool
        Whether ``parse_files`` sums over ``options.regions`` and ``options.sectors`` as it reads;
        otherwise that is done to the whole table.
    version : int
        Raised when the reader's results change, so that cached tables are read anew.
    years_in : callable, optional
        ``years_in(data, name, options) -> tuple of int`` for a format whose files may hold
        several years.
    undated : re.Pattern, optional
        Names of such files that do not tell a year.
    text : bool
        Whether files may be CSV, to which encoding, separator and decimal mark belong.
    """

    name: str
    description: str
    looks_like: str
    pattern: re.Pattern[str]
    archives: tuple[str, ...]
    parse: Callable[[bytes, str, int | None, ReadOptions], IOTable] | None = None
    version: int = 1
    years_in: Callable[[bytes, str, ReadOptions], tuple[int, ...]] | None = None
    undated: re.Pattern[str] | None = None
    text: bool = False
    parse_files: Callable[[FileSet, int | None, ReadOptions], IOTable] | None = None
    find_sets: Callable[[Path, ReadOptions], Mapping[int, FileSet]] | None = None
    recognises: Callable[[FileSet], bool] | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aggregates_itself: bool = False
    name_tells: bool = True

    def complete_options(self, given: Mapping[str, object]) -> dict[str, str]:
        """Every option of the format with its value: the given one, or the default.

        Raises
        ------
        ArgumentError
            If the format lacks an option that is given, or the option that value.
        """
        return complete_options(self.options, given, what="Tables", form=self.name)

    def year_of(self, file_name: str) -> int | None:
        """Year that a file's name tells, or None when it is not a file of this format."""
        match = self.pattern.fullmatch(file_name)
        if match is None:
            return None
        groups = match.groupdict()
        if "year" in groups:
            return int(groups["year"])
        short = int(groups["yy"])
        return short + (1900 if short >= 50 else 2000)


def _compile_pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


FORMATS: Mapping[str, FileFormat] = {
    entry.name: entry
    for entry in (
        FileFormat(
            name="wiod2013-rdata",
            description="WIOD 2013 release as R lists (data of the R package wiod), 1995–2011.",
            looks_like="wiot_YYYY.RData",
            pattern=_compile_pattern(r"wiot_(?P<year>\d{4})\.(rdata|rda)"),
            archives=(),
            parse=wiod2013_rdata.parse,
            name_tells=False,
        ),
        FileFormat(
            name="wiod2013-xlsx",
            description="WIOD 2013 release as published in Excel, 1995–2011.",
            looks_like="WIOTyy_ROW_Apr12.xlsx (yy: the year's last two digits)",
            pattern=_compile_pattern(r"wiot(?P<yy>\d{2})_row_\w+\.xls[xb]"),
            archives=("WIOTS_in_EXCEL.zip",),
            parse_files=wiod2013_xlsx.parse_files,
        ),
        FileFormat(
            name="wiod2016-rdata",
            description="WIOD 2016 release as published in R data frames, 2000–2014.",
            looks_like="WIOTYYYY_October16_ROW.RData",
            pattern=_compile_pattern(r"wiot(?P<year>\d{4})_\w+_row\.(rdata|rda)"),
            archives=("WIOTS_in_R.zip",),
            parse_files=wiod2016_rdata.parse_files,
            name_tells=False,
        ),
        FileFormat(
            name="wiod2016-xlsx",
            description="WIOD 2016 release as published in Excel (xlsb or xlsx), 2000–2014.",
            looks_like="WIOTYYYY_Nov16_ROW.xlsb (or .xlsx)",
            pattern=_compile_pattern(r"wiot(?P<year>\d{4})_(?!pyp_)\w+(?<!_pyp)_row\.xls[xb]"),
            archives=("WIOTS_in_EXCEL.zip",),
            parse_files=wiod2016_xlsx.parse_files,
        ),
        FileFormat(
            name="wiod2016-pyp",
            description="WIOD 2016 release in prices of the previous year, in Excel, 2001–2014.",
            looks_like="WIOTYYYY_PYP_Nov16_ROW.xlsb (or .xlsx)",
            pattern=_compile_pattern(r"wiot(?P<year>\d{4})_(pyp_\w+|\w+_pyp)_row\.xls[xb]"),
            archives=("WIOTS_PYP_in_EXCEL.zip",),
            parse_files=wiod2016_pyp.parse_files,
        ),
        FileFormat(
            name="wiod2016-national",
            description="WIOD 2016 release, national tables, one country a workbook, 2000–2014.",
            looks_like="XXX_NIOT_nov16.xlsx (XXX: the country), or NIOTS.zip",
            pattern=_compile_pattern(r"(?!)(?P<year>\d{4})"),  # a file has all years
            archives=(),
            parse_files=wiod2016_national.parse_files,
            find_sets=wiod2016_national.find_sets,
            options=wiod2016_national.OPTIONS,
        ),
        FileFormat(
            name="wiod-longrun",
            description="Long-run WIOD, 1965–2000, in its long form, all years in one file.",
            looks_like="lr_wiod_wiot_final_filled.csv",
            pattern=_compile_pattern(r"(?!)(?P<year>\d{4})"),  # the file has all years
            archives=(),
            parse_files=wiod_longrun.parse_files,
            find_sets=wiod_longrun.find_sets,
        ),
        FileFormat(
            name="adb",
            description="ADB's multiregional tables in Excel, 62 to 75 economies, 2000 on.",
            looks_like="ADB-MRIO-YYYY….xlsx",
            pattern=adb.FILE_NAME,
            archives=(),
            parse_files=adb.parse_files,
        ),
        FileFormat(
            name="ceads",
            description="CEADs' tables of Chinese provinces in Excel, 2012-2020.",
            looks_like="MRIO YYYY.xlsx",
            pattern=ceads.FILE_NAME,
            archives=(),
            parse_files=ceads.parse_files,
        ),
        FileFormat(
            name="icio",
            description="OECD ICIO, editions of 2016, 2018, 2021, 2023 and 2025.",
            looks_like="YYYY.csv, YYYY_SML.csv or ICIO2021_YYYY.csv (2016, 2018, 2021)",
            pattern=icio.FILE_NAME,
            archives=(),
            parse_files=icio.parse_files,
            find_sets=icio.find_sets,
            recognises=icio.recognises,
            options=icio.OPTIONS,
        ),
        FileFormat(
            name="oecd-national",
            description="OECD's national tables of total use, one country and year a file.",
            looks_like="BEL2020ttl.csv (country, year)",
            pattern=oecd_national.FILE_NAME,
            archives=(),
            parse_files=oecd_national.parse_files,
        ),
        FileFormat(
            name="sparse-npz",
            description="Any world table as NumPy arrays, Z compressed by rows (scipy's CSR).",
            looks_like="NAME_YYYY.npz",
            pattern=_compile_pattern(r".*[_-](?P<year>\d{4})\.npz"),
            archives=(),
            parse=sparse_npz.parse,
        ),
        FileFormat(
            name="eora26",
            description="Eora26, the simplified Eora: 189 countries × 26 sectors, 1990 on.",
            looks_like="Eora26_YYYY_bp.zip (or _pp, or the folder), with indices.zip",
            pattern=_compile_pattern(r"Eora26_(?P<year>\d{4})_[bp]p(\.zip|_T\.txt)?"),
            archives=(),
            parse_files=eora26.parse_files,
            find_sets=eora26_files.find_sets,
            recognises=eora26_files.recognises,
            options=eora26_files.OPTIONS,
        ),
        FileFormat(
            name="exiobase3",
            description="EXIOBASE 3 as published, industries or products, editions 3.4–3.10.",
            looks_like="IOT_YYYY_ixi.zip (or _pxp, or the folder of that name)",
            pattern=_compile_pattern(r"IOT_(?P<year>\d{4})_(ixi|pxp)(\.zip)?"),
            archives=(),
            parse_files=exiobase3.parse_files,
            find_sets=exiobase3_files.find_sets,
            recognises=exiobase3_files.recognises,
            options={"system": ("auto", "ixi", "pxp")},
        ),
        FileFormat(
            name="figaro",
            description="Eurostat's FIGARO, editions of 2022 to 2026, matrix or flat file.",
            looks_like="matrix_eu-ic-io_ind-by-ind_25ed_YYYY.csv (or flatfile_…, or .zip)",
            pattern=figaro.FILE_NAME,
            archives=(),
            parse_files=figaro.parse_files,
            find_sets=figaro.find_sets,
            options=figaro.OPTIONS,
        ),
        FileFormat(
            name="regional",
            description="Any regional table in ioecon's labelled layout ('ioecon template').",
            looks_like="regional_YYYY.xlsx (or .csv)",
            pattern=_compile_pattern(r"(.*[ _.-])?regional[ _.-]?(?P<year>\d{4})\.(xls[xmb]?|csv)"),
            archives=(),
            parse=regional.parse,
            name_tells=False,
            years_in=regional.years_in,
            undated=_compile_pattern(r"(.*[ _.-])?regional\.(xls[xmb]?|csv)"),
            text=True,
        ),
        FileFormat(
            name="emerging",
            description="EMERGING versions 1 and 2 and EMERGING-E (MATLAB files), 2010 on.",
            looks_like="global_mrio_YYYY.mat, EMERGING_V2_YYYY_m.mat or EMERGING_E_YYYY.mat",
            pattern=emerging.NAME,
            archives=(),
            parse_files=emerging.parse_files,
            find_sets=emerging.find_sets,
            aggregates_itself=True,
        ),
        FileFormat(
            name="gloria",
            description="GLORIA 059 and later, made into a square table, 1990 on.",
            looks_like="GLORIA_MRIOs_59_YYYY (or .zip) beside GLORIA_ReadMe_059.xlsx",
            pattern=_compile_pattern(
                r"(GLORIA_MRIOs_\d{2,3}[a-z]?_|.*_T-Results_)(?P<year>\d{4})(?!\d)"
                r"(\.zip|_\d{2,3}[a-z]?_Markup001\(full\)\.csv)?"
            ),
            archives=(),
            parse_files=gloria.parse_files,
            find_sets=gloria.find_sets,
            options=gloria.OPTIONS,
            aggregates_itself=True,
        ),
    )
}

# Databases that users ask for, by what they call them.
_OTHER_DATABASES = {
    "gtap": "GTAP",
    "useeio": "USEEIO",
    "cier": "the inter-regional table of SIC and CIER",
    "drc": "the inter-regional table of DRC",
    "igsnrr": "the inter-regional table of IGSNRR",
}
# Databases that are read, by what else they are called.
_ALSO_CALLED = {
    "icio": "icio",
    "oecd": "icio",
    "figaro": "figaro",
    "eurostat": "figaro",
    "niot": "wiod2016-national",
}
_BY_ENDING = {
    "xlsx": ("wiod2013-xlsx", "wiod2016-xlsx", "regional"),
    "xlsb": ("wiod2016-xlsx",),
    "excel": ("wiod2013-xlsx", "wiod2016-xlsx", "regional"),
    "csv": ("regional",),
    "rdata": ("wiod2013-rdata", "wiod2016-rdata"),
    "rda": ("wiod2013-rdata",),
    "r": ("wiod2013-rdata", "wiod2016-rdata"),
    "parquet": (STORE,),
    "folder": (STORE,),
}

_STORE_DESCRIPTION = "ioecon's own lossless folders, as written by write_table and write_series."


def formats() -> dict[str, str]:
    """Names of the formats that can be read, each with one sentence on what it is.

    Examples
    --------
    >>> formats()["ioecon"]
    "ioecon's own lossless folders, as written by write_table and write_series."
    """
    return {name: entry.description for name, entry in FORMATS.items()} | {
        STORE: _STORE_DESCRIPTION
    }


def require_known_options(names: Iterable[str]) -> None:
    """Refuse names that are an option of no format, before they are passed on as keywords.

    Raises
    ------
    ArgumentError
        Naming the first, with a suggestion.
    """
    known = list(dict.fromkeys(name for form in FORMATS.values() for name in form.options))
    for name in names:
        if name not in known:
            raise ArgumentError(f"No format has an option {name!r}; {suggest(name, known)}")


def file_format(name: str) -> FileFormat:
    """Format of that name.

    Raises
    ------
    ReadError
        If there is none; the message suggests the nearest.
    """
    if name in FORMATS:
        return FORMATS[name]
    known = [*formats(), "auto"]
    word = re.sub(r"[^a-z0-9]", "", str(name).lower())
    other = next((title for part, title in _OTHER_DATABASES.items() if part in word), None)
    if other is not None:
        raise ReadError(
            f"There is no format {name!r}: {other} is not read by this version, which reads "
            f"{', '.join(known)}. Any table can be put into the layout of 'regional', or given "
            "as an IOTable."
        )
    meant = did_you_mean(_find_near(word, known))
    hint = f"; {meant} Known" if meant else "; known"
    raise ReadError(f"There is no format {name!r}{hint} are {', '.join(known)}.")


def _find_near(word: str, known: list[str]) -> list[str]:
    """Find the formats that a word may have meant: by its beginning, its ending or its spelling."""
    plain = {re.sub(r"[^a-z0-9]", "", entry): entry for entry in known}
    if word in _ALSO_CALLED:
        return [_ALSO_CALLED[word]]
    begun = [entry for letters, entry in plain.items() if word and letters.startswith(word)]
    if begun:
        return begun
    called = [entry for part, entry in _ALSO_CALLED.items() if part in word]
    if called:
        return called[:1]
    if word in _BY_ENDING:
        return list(_BY_ENDING[word])
    release = re.fullmatch(r".*(2013|2016).*", word)
    if release and "wiod" in word:
        return [entry for entry in known if entry.startswith(f"wiod{release[1]}")]
    if word.startswith(("wiod", "wiot")):
        return [entry for entry in known if entry.startswith("wiod")]
    return [plain[match] for match in near_words(word, plain, cutoff=0.7)]
