"""Regional tables in CSV of other encodings, separators and decimal marks."""

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ioecon import IOTable, read_series, read_table
from ioecon.cli import app
from ioecon.errors import ArgumentError, ReadError
from ioecon.readers import years_offered
from ioecon.store import write_series
from ioecon.study import examine_study
from ioecon.study.input_output.inputs import read_tables
from ioecon.writers import write_regional
from tests.ioecon.readers.test_regional_bad_files import small_table

OTHER_FORMS = {
    "GBK": {"encoding": "gbk"},
    "GB18030 and semicolons": {"encoding": "gb18030", "separator": ";"},
    "semicolons and decimal commas": {"separator": ";", "decimal": ","},
    "UTF-16": {"encoding": "utf-16"},
    "UTF-16 and tabs": {"encoding": "utf-16", "separator": "\t"},
    "bars": {"separator": "|"},
    "all three": {"encoding": "gbk", "separator": ";", "decimal": ","},
}


def chinese_table() -> IOTable:
    table = small_table(countries=("华北", "华南"), sectors=("农业", "工业"))
    return table.replace(Z=table.Z + 0.5)


def write_text(folder: Path, name: str = "regional_2002.csv", **form: str) -> Path:
    """Write the table in CSV, in another form than that of ``write_regional``."""
    text = write_regional(chinese_table(), folder / "utf8.csv").read_text(encoding="utf-8-sig")
    assert '"' not in text
    assert "." in text
    separator, decimal = form.get("separator", ","), form.get("decimal", ".")
    text = text.replace(",", separator).replace(".", decimal)
    file = folder / name
    file.write_text(text, encoding=form.get("encoding", "utf-8"), newline="")
    (folder / "utf8.csv").unlink()
    return file


@pytest.mark.parametrize("form", OTHER_FORMS.values(), ids=list(OTHER_FORMS))
def test_a_table_in_another_form_is_read_when_told(tmp_path: Path, form: dict[str, str]) -> None:
    file = write_text(tmp_path, **form)
    wanted = chinese_table()
    for read in (read_table(file, format="regional", **form),
                 read_table(file, format="regional", **form),  # from the cache
                 read_series(tmp_path, format="auto", **form)[2002]):  # fmt: skip
        assert read.countries == ("华北", "华南")
        assert read.sectors == ("农业", "工业")
        np.testing.assert_array_equal(read.Z, wanted.Z)
        np.testing.assert_array_equal(read.Y, wanted.Y)


def test_a_file_whose_name_tells_no_year_is_read_for_it(tmp_path: Path) -> None:
    file = write_text(tmp_path, "mine.csv", **OTHER_FORMS["all three"])
    series = read_series(file, format="regional", **OTHER_FORMS["all three"])
    assert series.years == (2002,)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_an_encoding_is_not_guessed_and_the_option_named(tmp_path: Path, encoding: str) -> None:
    file = write_text(tmp_path, encoding=encoding)
    with pytest.raises(ReadError, match=rf'not text in UTF-8.*encoding="{encoding}"'):
        read_table(file, format="regional")


def test_a_decimal_comma_names_the_option(tmp_path: Path) -> None:
    file = write_text(tmp_path, separator=";", decimal=",")
    with pytest.raises(ReadError, match=r"row 华北 农业, .* holds '20,5' .* pass decimal=\",\""):
        read_table(file, format="regional")


def test_a_separator_that_is_another_is_named(tmp_path: Path) -> None:
    file = write_text(tmp_path, separator=";")
    with pytest.raises(ReadError, match=r"has ';' between columns, not '\|': pass separator=';'"):
        read_table(file, format="regional", separator="|")


def test_a_cached_table_is_of_one_set_of_options(tmp_path: Path) -> None:
    """What a wrong encoding made of the labels is not what the right one is answered with."""
    file = write_text(tmp_path, encoding="gbk")
    wrong = read_table(file, format="regional", encoding="latin-1")
    assert wrong.countries[0] == "华北".encode("gbk").decode("latin-1")
    assert read_table(file, format="regional", encoding="gbk").countries[0] == "华北"
    with pytest.raises(ReadError, match="instead of a number"):
        read_table(file, format="regional", encoding="gbk", decimal=",")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoding": "klingon"}, "encoding 'klingon' is not known"),
        ({"separator": "::"}, "separator is one character"),
        ({"decimal": ";"}, "decimal is '.' or ','"),
        ({"separator": ",", "decimal": ","}, "separator and decimal are both ','"),
    ],
)
def test_options_that_cannot_be(tmp_path: Path, options: dict[str, str], message: str) -> None:
    file = write_text(tmp_path)
    for read in (read_table, read_series, years_offered):
        with pytest.raises(ArgumentError, match=re.escape(message)):
            read(file, format="regional", **options)


@pytest.mark.parametrize("options", [{"encoding": "gbk"}, {"separator": ";"}, {"decimal": ","}])
@pytest.mark.parametrize("format", ["wiod2013-rdata", "wiod2016-xlsx", "ioecon", "auto"])
def test_formats_that_are_no_text_refuse_the_options(
    tmp_path: Path, format: str, options: dict[str, str]
) -> None:
    (name,) = options
    folder = write_series({2002: small_table()}, tmp_path / "store")
    for read in (read_table, read_series, years_offered):
        with pytest.raises(ArgumentError, match=rf"no CSV files, to which {name}= belongs"):
            read(folder, format=format, **options)


@pytest.mark.parametrize("kind", ["dong2022", "xiao2014"])
def test_a_study_has_the_options_as_keys(tmp_path: Path, kind: str) -> None:
    write_text(tmp_path, encoding="gbk", separator=";", decimal=",")
    file = tmp_path / "study.toml"
    keys = 'encoding = "gbk"\nseparator = ";"\ndecimal = ","'
    file.write_text(f'kind = "{kind}"\n[tables]\nformat = "regional"\npath = "."\n{keys}')
    study, problems = examine_study(file)
    said = "\n".join(map(str, problems))
    assert "encoding" not in said
    assert "CSV" not in said
    assert study is not None
    assert read_tables(study.tables, None)[2002].sectors == ("农业", "工业")


@pytest.mark.parametrize("kind", ["dong2022", "xiao2014"])
@pytest.mark.parametrize(
    ("section", "message"),
    [
        ('decimal = ","', "tables.decimal goes with tables in CSV; the embedded"),
        ('encoding = "klingon"', "tables: encoding 'klingon' is not known"),
        ('format = "ioecon"\npath = "."\nseparator = ";"', "separator= belongs; leave separator="),
        ('format = "regional"\npath = "."\nencoding = "x"', "tables: encoding 'x' is not known"),
    ],
)
def test_a_study_refuses_what_tables_do_not_take(
    tmp_path: Path, kind: str, section: str, message: str
) -> None:
    (tmp_path / "regional_2002.csv").touch()
    (tmp_path / "study.toml").write_text(f'kind = "{kind}"\n[tables]\n{section}')
    assert message in "\n".join(map(str, examine_study(tmp_path / "study.toml")[1]))


def audit(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", *map(str, arguments)])
    return result.exit_code, " ".join(result.output.split())


def test_the_audit_has_the_options(tmp_path: Path) -> None:
    for name, separator in (("tab", "\t"), (r"\t", "\t"), (";", ";")):
        file = write_text(tmp_path, encoding="gbk", separator=separator, decimal=",")
        options = ("--encoding", "gbk", "--separator", name, "--decimal", ",")
        code, said = audit(file, "--format", "regional", *options)
        assert (code, "2002" in said) == (0, True)
    code, said = audit(file, "--format", "regional")
    assert code == 3
    assert 'encoding="gbk"' in said
    code, said = audit(write_series({2002: chinese_table()}, tmp_path / "s"), *options)
    assert code == 2
    assert "no CSV files" in said


def test_the_audit_reads_emissions_in_csv_with_the_same_options(tmp_path: Path) -> None:
    """Tables that are no CSV files do not mind: the options are then those of the emissions."""
    tables = write_series(
        {2002: small_table(countries=("FRA", "DEU"), sectors=("农业", "工业"))}, tmp_path / "store"
    )
    rows = ["iso3;year;sector;co2_kt"]
    rows += [f"{c};2002;{s};1,5" for c in ("FRA", "DEU") for s in ("农业", "工业")]
    (tmp_path / "co2.csv").write_text("\n".join(rows), encoding="gbk")
    options = ("--encoding", "gbk", "--separator", ";", "--decimal", ",")
    for format in ("ioecon", "auto"):
        found = audit(tables, "--format", format, "--emissions", tmp_path / "co2.csv", *options)
        assert found[0] == 0, found[1]
