"""Damage files in many ways and see what each reader makes of them.

    python benchmarks/fuzz_readers.py --minutes 10 --seed 1
    python benchmarks/fuzz_readers.py --count 2000 --only xlsb

Each case changes a good miniature file: single bytes, a cut end, bytes inside compressed members
that are packed again with the right checksum, or structure (counts made huge, parts swapped or
repeated). What follows is put in one of these classes:

same      the good table
refused   one sentence, of the kind that the package promises
changed   another table: damage inside valid content, which nothing can notice
SILENT    another table although a checksum of the file is wrong
TRACEBACK another exception, or a message of several lines
DIED      the process ended, or a panic passed every ``except Exception``
HUNG      no answer within the limit

The classes in capitals are faults: each is printed with what repeats it, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import io
import multiprocessing
import random
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BAD = ("SILENT", "TRACEBACK", "DIED", "HUNG")
HANG = 30.0  # seconds
ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests" / "ioecon" / "readers"


@dataclass(frozen=True)
class Target:
    """A good file and its reader.

    Parameters
    ----------
    file : str
        Name of the file, which some readers look at.
    make : callable
        Content of the good file, made in a folder.
    read : callable
        What the reader makes of a path.
    checked : bool
        Whether the form has a checksum for all that the reader uses.
    """

    file: str
    make: Callable[[Path], bytes]
    read: Callable[[Path], Any]
    checked: bool


# -- the good files ------------------------------------------------------------------------------


def _miniature() -> Any:
    import importlib.util

    name = "miniature_world"
    if name not in sys.modules:
        found = importlib.util.spec_from_file_location(name, TESTS / "conftest.py")
        assert found is not None
        assert found.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(found)
        found.loader.exec_module(sys.modules[name])
    return sys.modules[name].MiniatureTable()


def _layouts(name: str) -> Any:
    """Import a module of ``benchmarks/layouts``, also where this file runs as a script."""
    import importlib

    if sys.path[0] != str(ROOT):  # the folder of this script has a diagnostics.py
        sys.path.insert(0, str(ROOT))
    return importlib.import_module(f"benchmarks.layouts.{name}")


def _written(write: Callable[[Path], Path]) -> Callable[[Path], bytes]:
    return lambda folder: write(folder).read_bytes()


def _regional_table() -> Any:
    import ioecon

    return ioecon.IOTable(
        Z=[[20, 10, 1, 2], [10, 20, 3, 4], [1, 2, 10, 20], [3, 4, 20, 10]],
        Y=[[60, 10], [30, 40], [20, 30], [10, 50]],
        countries=("North", "South"),
        sectors=("goods", "services"),
        categories=("final",),
        exports=[5, 6, 7, 8],
        printed_output=[108, 113, 90, 105],
        primary_inputs=[[50, 60, 40, 50]],
        primary_labels=("value added",),
        year=2002,
    )


def _regional(ending: str) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        import ioecon

        return Path(
            ioecon.write_regional(_regional_table(), folder / f"good.{ending}")
        ).read_bytes()

    return make


def _zipped(*members: tuple[str, Callable[[Path], bytes]]) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        return _packed({name: content(folder) for name, content in members})

    return make


def _sparse_npz(_: Path) -> bytes:
    import numpy as np
    import scipy.sparse

    rows = scipy.sparse.csr_array(np.diag([5, 6, 7, 8]) + np.eye(4, k=1, dtype=int))
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        Z_data=rows.data,
        Z_indices=rows.indices,
        Z_indptr=rows.indptr,
        F=np.arange(8).reshape(4, 2) + 20,
        countries=np.array(["AUS", "ROW"]),
        sectors=np.array(["A", "B"]),
        year=np.int64(2000),
        scale=np.float64(0.1),
    )
    return stream.getvalue()


CONCORDANCE = [["sector", "group", "weight"], ["a", "x", 0.25], ["a", "y", 0.75], ["b", "y", 1]]


def _concordance_csv(_: Path) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in CONCORDANCE).encode()


def _concordance_xlsx(folder: Path) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in CONCORDANCE:
        book.active.append(row)
    book.save(folder / "c.xlsx")
    return (folder / "c.xlsx").read_bytes()


def _concordance(path: Path) -> Any:
    import ioecon

    return ioecon.read_concordance(path, ["a", "b"], "sectors").to_frame().to_csv()


def _coefficients(folder: Path) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["unit", "kt per million USD"], ["sector", "A", "B"], ["s", 0.4, 1], ["t", 2, 3.5]):
        book.active.append(row)
    book.save(folder / "k.xlsx")
    return (folder / "k.xlsx").read_bytes()


def _jrc(folder: Path) -> bytes:
    import openpyxl

    from ioecon.emissions.jrc import SECTORS

    book = openpyxl.Workbook()
    book.active.title = "AUT"
    for row in [[None, "2000", "2001"], *([c, 1.5, None] for c in (*SECTORS, "FC_HH"))]:
        book.active.append(row)
    book.save(folder / "jrc.xlsx")
    return (folder / "jrc.xlsx").read_bytes()


def _wiod_accounts(_: Path) -> bytes:
    import openpyxl

    from ioecon.emissions.wiod2013 import ACCOUNT_CODES

    book = openpyxl.Workbook()
    book.active.title = "2000"
    n = len(ACCOUNT_CODES)
    below = [("secTOT", n), ("FC_HH", 5), ("total", n + 5)]
    for row in [
        ["", "", "TOTAL"],
        *(["", c, v] for c, v in [*((c, 1) for c in ACCOUNT_CODES), *below]),
    ]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return _packed({"AUS_CO2_May12.xls": stream.getvalue()})


def _wiod_air(_: Path) -> bytes:
    import openpyxl

    from ioecon.emissions.wiod2013 import ACCOUNT_CODES

    book = openpyxl.Workbook()
    book.active.title = "2000"
    n = len(ACCOUNT_CODES)
    for row in [
        ["", "", "CO2", "CH4"],
        *(["", code, 1, 2] for code in ACCOUNT_CODES),
        ["", "secTOT", n, 2 * n], ["", "FC_HH", 5, 5], ["", "total", n + 5, 2 * n + 5],
    ]:  # fmt: skip
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return _packed({"AUS_AIR_May12.xls": stream.getvalue()})


def _wiod_sea(_: Path) -> bytes:
    import openpyxl

    from ioecon.emissions.wiod2013 import ACCOUNT_CODES

    book = openpyxl.Workbook()
    book.active.title = "DATA"
    codes = [code.removeprefix("sec") for code in ACCOUNT_CODES]
    for row in [
        ["Country", "Variable", "Description", "Code", "_1995"],
        ["AUS", "EMP", "all", "TOT", len(codes)],
        *(["AUS", "EMP", "one", code, 1] for code in codes),
    ]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _long_table(form: str) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        import pandas as pd

        rows = [("AUS", "a", y, "Water", "Mm3", 1.5 + y) for y in (2000, 2001)]
        names = ["country", "sector", "year", "stressor", "unit", "value"]
        frame, file = pd.DataFrame(rows, columns=names), folder / f"made.{form}"
        {"csv": frame.to_csv, "xlsx": frame.to_excel, "parquet": frame.to_parquet}[form](
            file, index=False
        )
        return file.read_bytes()

    return make


def _warming(path: Path) -> Any:
    import ioecon

    return ioecon.read_account(path, gwp="AR5")


def _gloria(kind: str) -> Callable[[Path], bytes]:
    """Matrices and labels of a year in one zip."""

    def make(folder: Path) -> bytes:
        place = _layouts("gloria").write_gloria(folder / "gloria")
        files = [*place.glob(f"GLORIA_{kind}_*/*"), *place.glob("*.xlsx")]
        return _packed({file.name: file.read_bytes() for file in files})

    return make


def _emerging_co2(hdf5: bool) -> Callable[[Path], bytes]:
    """CO2 of a table that lies two folders above, where the damaged file will be put."""

    def make(folder: Path) -> bytes:
        _layouts("emerging").write_emerging(folder.parent)
        return _layouts("emerging").write_emerging_co2(folder, n=12, hdf5=hdf5).read_bytes()

    return make


def _account(path: Path) -> Any:
    import ioecon

    first = ioecon.stressors(path)["name"].iloc[0]
    return ioecon.read_account(path, stressor=first)


def _eurostat(folder: Path) -> bytes:
    from ioecon.emissions.nace import INDUSTRIES

    rows = [
        f"A,CO2,{code},THS_T,{geo}\t{k + 1}.5 \t{k + 2} p"
        for geo in ("AT", "EL")
        for k, code in enumerate((*INDUSTRIES, "HH"))
    ]
    return "\n".join(["freq,airpol,nace_r2,unit,geo\\TIME_PERIOD\t2018 \t2019 ", *rows]).encode()


def _figaro_e3(_: Path) -> bytes:
    rows = [
        f"CO2,{region},{code},2015,Gg,{k}.25"
        for region in ("AT", "FIGW1")
        for k, code in enumerate(("A01", "D35", "HH"))
    ]
    return "\n".join(["codeIndicator,refArea,colPi,timePeriod,unit,obsValue", *rows]).encode()


def _csv(_: Path) -> bytes:
    rows = [f"{c},{y},{100.5 + i}" for i, c in enumerate(("AUS", "FRA")) for y in (2000, 2001)]
    return "\n".join(["iso3,year,co2_kt", *rows]).encode()


def _study(_: Path) -> bytes:
    from ioecon.study.study_file import write_template

    with tempfile.TemporaryDirectory() as folder:
        return write_template(Path(folder) / "s.toml").read_bytes()


FORMULAS = (
    b"y ~ x + lag(z, 1) + C(g)",
    b"np.log(y) ~ x*z + I(x**2)",
    b"y ~ (x + z + g)**2 - x:z",
    b"d.y ~ L.x + center(z)",
)


def _table(form: str, year: int | None = None) -> Callable[[Path], Any]:
    def read(path: Path) -> Any:
        import ioecon

        return ioecon.read_table(path, format=form, year=year, cache=False)

    return read


def _tables(path: Path) -> Any:
    import ioecon

    return ioecon.read_series(path, format="regional", cache=False, progress=False)


def _emissions(path: Path) -> Any:
    import ioecon

    return ioecon.read_emissions(path)


def _call(name: str) -> Callable[[Path], Any]:
    def read(path: Path) -> Any:
        import ioecon

        return getattr(ioecon, name)(path)

    return read


def _formula(path: Path) -> Any:
    import numpy as np
    import pandas as pd

    import regressions

    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_product([list("abcdefgh"), range(2000, 2008)], names=["e", "t"])
    data = pd.DataFrame(rng.random((64, 3)) + 1, index=index, columns=["y", "x", "z"])
    data["g"] = np.tile(["u", "v"], 32)
    model = regressions.fit(path.read_text("utf-8", "replace"), data, estimator="pooled")
    return model.params.to_csv()


def _exiobase(folder: Path) -> Path:
    write = _layouts("exiobase3").write_exiobase3
    return write(folder, regions=("AT", "WF"), sectors=3, matrices=("Z", "A"))


TARGETS: dict[str, Target] = {
    "wiod2013-rdata": Target(
        "wiot_2000.RData",
        _written(lambda folder: _miniature().write_2013_rdata(folder)),
        _table("wiod2013-rdata"),
        checked=True,
    ),
    "wiod2016-rdata": Target(
        "WIOT2000_October16_ROW.RData",
        _written(lambda folder: _miniature().write_2016_rdata(folder)),
        _table("wiod2016-rdata"),
        checked=True,
    ),
    "wiod2013-xlsx": Target(
        "WIOT00_ROW_Sep12.xlsx",
        _written(lambda folder: _miniature().write_xlsx(folder, 2013)),
        _table("wiod2013-xlsx"),
        checked=True,
    ),
    "wiod2016-xlsx": Target(
        "WIOT2000_Nov16_ROW.xlsx",
        _written(lambda folder: _miniature().write_xlsx(folder, 2016)),
        _table("wiod2016-xlsx"),
        checked=True,
    ),
    "wiod2016-xlsb": Target(
        "WIOT2000_Nov16_ROW.xlsb",
        lambda _: (TESTS / "fixtures" / "WIOT2000_Nov16_ROW.xlsb").read_bytes(),
        _table("wiod2016-xlsx"),
        checked=True,
    ),
    "adb": Target(
        "ADB-MRIO-2019_Dec2022.xlsx", _written(_layouts("adb").write_adb), _table("adb"), True
    ),
    "wiod2016-pyp": Target(
        "WIOT2000_PYP_Nov16_ROW.xlsb",
        lambda _: (TESTS / "fixtures" / "WIOT2000_Nov16_ROW.xlsb").read_bytes(),
        _table("wiod2016-pyp"),
        checked=True,
    ),
    "wiod2016-national": Target(
        "AUS_NIOT_nov16.xlsx",
        _written(_layouts("wiod_national").write_wiod_national),
        _table("wiod2016-national", 2000),
        checked=True,
    ),
    "wiod-longrun": Target(
        "lr_wiod_wiot_final_filled.csv",
        _written(_layouts("wiod_longrun").write_wiod_longrun),
        _table("wiod-longrun", 2000),
        checked=False,
    ),
    "oecd-national": Target(
        "BEL2020ttl.csv",
        _written(_layouts("oecd_national").write_oecd_national),
        _table("oecd-national"),
        checked=False,
    ),
    "icio": Target("2019.csv", _written(_layouts("icio").write_icio), _table("icio"), False),
    "icio-zip": Target(
        "2016-2020.zip",
        _zipped(("2019.csv", _written(_layouts("icio").write_icio))),
        _table("icio"),
        checked=True,
    ),
    "emerging": Target(
        "EMERGING_V2_2018_m.mat",
        _written(_layouts("emerging").write_emerging),
        _table("emerging"),
        checked=False,
    ),
    "emerging-co2": Target("EMERGING_CO2_2018.mat", _emerging_co2(False), _account, checked=False),
    "emerging-co2-hdf5": Target("EMERGING_CO2_2018.mat", _emerging_co2(True), _account, False),
    "gloria": Target("GLORIA_MRIOs_59_2022.zip", _gloria("MRIOs"), _table("gloria"), checked=True),
    "gloria-satellites": Target(
        "GLORIA_SatelliteAccounts_059_2022.zip", _gloria("SatelliteAccounts"), _account, True
    ),
    "exiobase3": Target("IOT_2019_ixi.zip", _written(_exiobase), _table("exiobase3"), True),
    "exiobase3-extensions": Target("IOT_2019_ixi.zip", _written(_exiobase), _account, True),
    "eora26-satellites": Target(
        "Eora26_2010_bp.zip", _written(_layouts("eora26").write_eora26), _account, True
    ),
    "eora26": Target(
        "Eora26_2010_bp.zip", _written(_layouts("eora26").write_eora26), _table("eora26"), True
    ),
    "concordance-csv": Target("nace.csv", _concordance_csv, _concordance, checked=False),
    "concordance-xlsx": Target("nace.xlsx", _concordance_xlsx, _concordance, checked=True),
    "sparse-npz": Target("small_2000.npz", _sparse_npz, _table("sparse-npz"), checked=True),
    "adb-air": Target(
        "2019 EE-MRIOT (Air Emissions).xlsx",
        _written(_layouts("adb").write_emissions),
        _call("read_account"),
        True,
    ),
    "ceads-co2": Target(
        "MRIO 2018.xlsx", _written(_layouts("ceads").write_ceads), _call("read_account"), True
    ),
    "ceads": Target(
        "MRIO 2018.xlsx", _written(_layouts("ceads").write_ceads), _table("ceads"), True
    ),
    "figaro": Target(
        "matrix_eu-ic-io_ind-by-ind_25ed_2019.csv",
        _written(_layouts("figaro").write_figaro),
        _table("figaro"),
        checked=False,
    ),
    "figaro-flat": Target(
        "flatfile_eu-ic-io_ind-by-ind_25ed_2019.csv",
        _written(lambda folder: _layouts("figaro").write_figaro(folder, form="flatfile")),
        _table("figaro"),
        checked=False,
    ),
    "figaro-zip": Target(
        "flatfile_eu-ic-io_ind-by-ind_25ed_2019.zip",
        _written(
            lambda folder: _layouts("figaro").write_figaro(folder, form="flatfile", zipped=True)
        ),
        _table("figaro"),
        checked=True,
    ),
    "regional-xlsx": Target("regional_2002.xlsx", _regional("xlsx"), _table("regional"), True),
    "regional-csv": Target("regional_2002.csv", _regional("csv"), _table("regional"), False),
    "zip-of-tables": Target(
        "tables.zip",
        _zipped(("a/regional_2002.csv", _regional("csv")), ("notes.txt", lambda _: b"notes")),
        _tables,
        checked=True,
    ),
    "coefficients": Target("k.xlsx", _coefficients, _call("read_coefficients"), checked=True),
    "jrc": Target("CO2 emissions.xlsx", _jrc, _call("read_jrc_co2"), checked=True),
    "wiod-accounts": Target("CO2.zip", _wiod_accounts, _call("read_wiod_co2"), checked=True),
    "xls": Target(
        "regional_2002.xls",
        lambda _: (TESTS / "fixtures" / "regional_2002.xls").read_bytes(),
        _table("regional"),
        checked=False,
    ),
    "wiod-air": Target("AIR_may12.zip", _wiod_air, _warming, checked=True),
    "wiod-sea": Target("WIOD_SEA_July14.xlsx", _wiod_sea, _call("read_account"), checked=True),
    "long-csv": Target("water.csv", _long_table("csv"), _call("read_account"), checked=False),
    "long-xlsx": Target("water.xlsx", _long_table("xlsx"), _call("read_account"), checked=True),
    "long-parquet": Target(
        "water.parquet", _long_table("parquet"), _call("read_account"), checked=False
    ),
    "eurostat-air": Target("env_ac_ainah_r2.tsv", _eurostat, _call("read_account"), False),
    "figaro-e3": Target(
        "flatfile_FIGARO-e_AEM_Gg_CO2e_2015.csv", _figaro_e3, _call("read_account"), False
    ),
    "emissions-csv": Target("co2.csv", _csv, _emissions, checked=False),
    "emissions-csv-gz": Target(
        "co2.csv.gz", lambda folder: gzip.compress(_csv(folder), mtime=0), _emissions, True
    ),
    "study": Target("study.toml", _study, _call("load_study"), checked=False),
    "formula": Target("formula.txt", lambda _: FORMULAS[0], _formula, checked=False),
}


# -- damage --------------------------------------------------------------------------------------


def _bytes_changed(data: bytes, rng: random.Random) -> bytes:
    """Change one to eight bytes."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        if changed:
            changed[rng.randrange(len(changed))] = rng.choice((0, 255, rng.randrange(256)))
    return bytes(changed)


def _cut(data: bytes, rng: random.Random) -> bytes:
    """Lose the end, or a part in the middle."""
    start = rng.randrange(len(data) + 1)
    end = rng.randrange(start, len(data) + 1) if rng.random() < 0.3 else len(data)
    return data[:start] + data[end:]


def _structure(data: bytes, rng: random.Random) -> bytes:
    """Make a count huge, or swap, repeat or remove a part."""
    size = len(data)
    if size < 16:
        return data * rng.randrange(2, 2000)
    at, other = sorted(rng.randrange(size - 8) for _ in range(2))
    length = rng.randrange(1, 1 + min(400, size // 4))
    part = data[at : at + length]
    kind = rng.randrange(6)
    if kind == 0:
        huge = rng.choice((b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x40"))
        return data[:at] + huge + data[at + 4 :]
    if kind == 1:
        return data[:at] + data[other : other + length] + data[at + length : other] + part
    if kind == 2:
        return data[:other] + part * rng.choice((1, 2, 2000)) + data[other:]
    if kind == 3:
        return data[:at] + data[at + length :]
    if kind == 4:
        return data[:at] + bytes(length) + data[at + length :]
    digits = [i for i, byte in enumerate(data) if 48 <= byte <= 57] or [at]
    place = rng.choice(digits)
    number = rng.choice((b"9" * 19, b"1048576", b"-1", b"1e308", b"1e999", b"", b"nan"))
    return data[:place] + number + data[place + 1 :]


OUTER = {"bytes": _bytes_changed, "cut": _cut, "structure": _structure}


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def _inside(data: bytes, rng: random.Random) -> tuple[str, bytes]:
    """Damage what is compressed, and pack it again with the right checksum."""
    name, damage = rng.choice([*OUTER.items()])
    if data.startswith(b"PK"):
        members = _members(data)
        sizes = [len(content) if rng.random() < 0.7 else 100 for content in members.values()]
        member = rng.choices([*members], sizes)[0]
        members[member] = damage(members[member], rng)
        return f"inner {name}", _packed(members)
    return f"inner {name}", gzip.compress(damage(gzip.decompress(data), rng), mtime=0)


def damaged(target: str, good: bytes, seed: int) -> tuple[str, bytes]:
    """Kind of damage and damaged content; the same for the same seed."""
    rng = random.Random(f"{target} {seed}")
    if target == "formula":
        good = rng.choice(FORMULAS)
    if good.startswith((b"PK", b"\x1f\x8b")) and rng.random() < 0.6:
        return _inside(good, rng)
    name, damage = rng.choice([*OUTER.items()])
    return name, damage(good, rng)


# -- what a reader makes of it -------------------------------------------------------------------


def _digest(found: Any) -> str:
    """Hash of all numbers and labels of a result."""
    import ioecon

    sums = hashlib.sha256()

    def add(item: Any) -> None:
        if isinstance(item, ioecon.IOSeries):
            for year in item.years:
                add(item[year])
        elif isinstance(item, ioecon.IOTable):
            for part in ("Z", "Y", "x", "exports", "imports", "primary_inputs"):
                value = getattr(item, part)
                sums.update(b"-" if value is None else value.tobytes())
            for part in ("countries", "sectors", "categories", "year", "unit", "currency"):
                sums.update(repr(getattr(item, part)).encode())
        elif isinstance(item, ioecon.Account):
            add(item.values)
            add(item.households)
        elif hasattr(item, "to_csv"):
            sums.update(item.to_csv().encode())
            sums.update(repr(item.attrs.get("unit")).encode())
        else:
            sums.update(repr(item).encode())

    add(found)
    return sums.hexdigest()


def outcome(target: str, path: Path, good: str | None, kind: str) -> tuple[str, str]:
    """Class of what happens, and words about it."""
    from ioecon.errors import IoeconError
    from regressions import RegressionError

    entry = TARGETS[target]
    try:
        found = _digest(entry.read(path))
    except (IoeconError, RegressionError) as error:
        words = str(error)
        tidy = words and "\n" not in words.strip() and len(words) < 2000
        several = target == "study"  # all problems of a study file at once, one a line
        return ("refused" if tidy or several else "TRACEBACK"), f"{type(error).__name__}: {words}"
    except Exception as error:
        return "TRACEBACK", f"{type(error).__name__}: {error}"
    except BaseException as error:  # pyo3's PanicException
        return "DIED", f"{type(error).__name__}: {error}"
    if found == good:
        return "same", ""
    noticed = entry.checked and not kind.startswith("inner")
    return ("SILENT" if noticed else "changed"), ""


def _work(pipe: Any) -> None:
    """Answer cases one after the other, in a process that may die."""
    warnings.simplefilter("ignore")
    goods: dict[str, tuple[bytes, str | None]] = {}
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(EOFError):
        while True:
            target, seed = pipe.recv()
            entry = TARGETS[target]
            path = Path(folder) / entry.file
            if target not in goods:
                content = entry.make(Path(tempfile.mkdtemp(dir=folder)))
                path.write_bytes(content)
                try:
                    goods[target] = content, _digest(entry.read(path))
                except ValueError:  # the xls holds no table
                    goods[target] = content, None
            content, good = goods[target]
            kind, data = damaged(target, content, seed)
            path.write_bytes(data)
            pipe.send((kind, *outcome(target, path, good, kind)))


class Bench:
    """A process that answers cases, and another when that one is lost."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._process: Any = None

    def ask(self, target: str, seed: int) -> tuple[str, str, str]:
        """Kind of damage, class and words."""
        if self._process is None:
            self._pipe, theirs = self._context.Pipe()
            self._process = self._context.Process(target=_work, args=(theirs,), daemon=False)
            self._process.start()
            theirs.close()
            self._first = True
        self._pipe.send((target, seed))
        limit = HANG * (4 if self._first else 1)  # the first also imports everything
        self._first = False
        try:
            if self._pipe.poll(limit):
                return self._pipe.recv()
            result = "unknown", "HUNG", f"no answer in {limit:.0f} s"
        except EOFError:
            self._process.join()
            result = "unknown", "DIED", f"exit code {self._process.exitcode}"
        self.close()
        return result

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None


def cases(seed: int, only: str = "") -> Iterator[tuple[str, int]]:
    """Targets in turn, each with a number of its own."""
    names = [name for name in TARGETS if only in name]
    number = seed * 1_000_000
    while True:
        for name in names:
            yield name, number
        number += 1


def main(arguments: list[str] | None = None) -> int:
    """Run for some minutes or cases, print the counts, and tell by the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--minutes", type=float, default=1.0)
    options.add_argument("--count", type=int, help="stop after so many cases")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="", help="part of the name of targets")
    options.add_argument("--case", type=int, help="number of the one case to repeat")
    options.add_argument("--keep", type=Path, help="folder for the files of faults")
    given = options.parse_args(arguments)
    bench, counts, end = Bench(), Counter[tuple[str, str]](), time.monotonic() + 60 * given.minutes
    for done, (target, number) in enumerate(cases(given.seed, given.only)):
        if done == given.count or (given.count is None and time.monotonic() > end):
            break
        number = number if given.case is None else given.case
        kind, found, words = bench.ask(target, number)
        counts[target, found] += 1
        if found in BAD or given.case is not None:
            print(f"{found} {target} --case {number} ({kind}): {words[:200]}", flush=True)
            if given.keep is not None:
                given.keep.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory() as folder:
                    content = TARGETS[target].make(Path(folder))
                name = f"{target}-{found}-{number}-{TARGETS[target].file}"
                (given.keep / name).write_bytes(damaged(target, content, number)[1])
        if given.case is not None:
            break
    bench.close()
    columns = ("same", "refused", "changed", *BAD)
    print(f"{'':18}" + "".join(f"{name:>10}" for name in columns))
    for target in [name for name in TARGETS if given.only in name]:
        print(f"{target:18}" + "".join(f"{counts[target, name]:10}" for name in columns))
    total = [sum(counts[target, name] for target in TARGETS) for name in columns]
    print(f"{'all':18}" + "".join(f"{number:10}" for number in total))
    return 1 if any(total[-len(BAD) :]) else 0


if __name__ == "__main__":
    sys.exit(main())
