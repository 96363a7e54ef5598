"""``format="auto"`` on every format's files: each is known as itself, and taken for no other.

A format of the registry is tested without being named here; ``conftest.py`` writes its miniature.
"""

import os
import shutil
import zipfile

import pytest

import ioecon
from ioecon.errors import IoeconWarning, ReadError
from ioecon.readers.recognition import look_up_format
from ioecon.readers.registry import FORMATS, STORE


def read(path, **options):
    return ioecon.read_series(path, progress=False, cache=False, **options)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.filterwarnings("ignore", "error:.*twice")
def test_a_miniature_is_recognised_as_itself(miniature_of, name):
    made = miniature_of(name)
    for place in made:
        form = look_up_format(place, "auto")
        assert form is not None
        assert (place.name, form.name) == (place.name, name)
    years = read(made.file, format="auto").years
    assert read(made.folder, format="auto").years == years
    if FORMATS[name].year_of(made.file.name) and made.file.suffix in (".zip", ".mat"):
        unpack = f"a table of {name}, which is not read while .* unpack bundle.zip and give the"
        with pytest.raises(ReadError, match=unpack):
            read(made.zip, format="auto")
    else:
        assert read(made.zip, format="auto").years == years


def test_a_store_is_recognised_as_itself(miniature_of):
    made = miniature_of(STORE)
    assert look_up_format(made.file, "auto") is None
    assert read(made.file, format="auto").years == (2005,)
    with pytest.raises(ReadError, match="its folder store holds tables of ioecon; give that path"):
        read(made.folder, format="auto")
    with pytest.raises(ReadError, match=r"json, a table of ioecon, which is not .* unpack bundle"):
        read(made.zip, format="auto")


@pytest.mark.parametrize("asked", [*FORMATS, STORE])
@pytest.mark.parametrize("name", [*FORMATS, STORE])
@pytest.mark.filterwarnings("ignore")
def test_no_format_takes_the_files_of_another(miniature_of, name, asked):
    for place in miniature_of(name) if name != asked else ():
        with pytest.raises(ReadError) as refused:
            read(place, format=asked)
        sentence = str(refused.value)
        assert "\n" not in sentence
        assert sentence.endswith(".")
        assert place.name in sentence
        assert name in sentence or "format=" in sentence, sentence
        if "lies in a zip" in sentence:  # told only of what is not read there
            with pytest.raises(ReadError, match="lies in a zip"):
                read(place, format=name)


# -- what is there in place of the file ----------------------------------------------------------

PAGE = b"<!DOCTYPE html>\n<html><head><title>Login</title></head><body>Log in</body></html>\n"


def replaced(made, folder, content):
    """Copy of a miniature whose file has other content, and the file."""
    copy = folder / "tables"
    shutil.copytree(made.folder, copy)
    file = copy / made.file.relative_to(made.folder)
    for one in [file] if file.is_file() else [f for f in file.rglob("*") if f.is_file()]:
        one.write_bytes(content)
    return file


@pytest.mark.parametrize("form", ["auto", "named"])
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PAGE, r"is a web page \(HTML\), not the file"),
        (b"", r"is empty( \(it has 0 bytes\))?[.;:]"),
    ],
)
def test_a_web_page_or_nothing_is_called_so(miniature_of, tmp_path, name, form, content, message):
    file = replaced(miniature_of(name), tmp_path, content)
    with pytest.raises(ReadError, match=message) as refused:
        read(file, format=name if form == "named" else form)
    assert "\n" not in str(refused.value)


# -- a year twice --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.filterwarnings("ignore")
def test_a_year_in_a_zip_beside_its_files_is_never_silent(miniature_of, tmp_path, name):
    made = miniature_of(name)
    folder = tmp_path / "tables"
    shutil.copytree(made.folder, folder)
    file = folder / made.file.relative_to(made.folder)
    if file.is_dir() or file.suffix in (".zip", ".mat"):
        return  # several files or packed already, tested by the format's own; not read in a zip
    copy = folder / f"{file.stem}.zip"
    with zipfile.ZipFile(copy, "w") as archive:
        archive.write(file, file.name)
    with pytest.warns(IoeconWarning, match="twice, with equal content: .* is read, and .* is not"):
        read(folder, format=name)
    with zipfile.ZipFile(copy, "w") as archive:
        archive.writestr(file.name, file.read_bytes() + b"\n")
    with pytest.raises(ReadError, match=rf"two different tables of .*{file.name}.*; pass the"):
        read(folder, format=name)


# -- the wrong path ------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["auto", "own", "other"])
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.filterwarnings("ignore")
def test_a_folder_above_names_the_one_with_tables(miniature_of, tmp_path, name, asked):
    inner = tmp_path / "twice" / "twice"
    shutil.copytree(miniature_of(name).folder, inner)
    other = "adb" if name != "adb" else "ceads"
    form = {"auto": "auto", "own": name, "other": other}[asked]
    message = rf"its folder twice(/twice)? holds tables of {name}; give that path, .*/twice/twice\."
    for place in (tmp_path, tmp_path / "twice"):
        with pytest.raises(ReadError, match=message):
            read(place, format=form)


@pytest.mark.parametrize("ending", sorted({".csv", ".xlsx", ".rdata", ".mat", ".npz"}))
def test_a_renamed_file_is_told_the_names_of_its_ending(tmp_path, ending):
    file = tmp_path / f"my table{ending}"
    file.write_bytes(b"1,2,3\n")
    with pytest.raises(ReadError, match=r"Rename it so, or pass format= \(one of .*year=") as no:
        read(file, format="auto")
    likely = [
        form
        for form in FORMATS.values()
        if ending in form.looks_like.lower().partition(" beside ")[0]
    ]
    assert likely
    assert all(f"{form.looks_like} of {form.name}" in str(no.value) for form in likely)


@pytest.mark.parametrize("ending", [".part", ".crdownload"])
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.filterwarnings("ignore")
def test_an_unfinished_download_is_no_table_and_hides_none(miniature_of, tmp_path, name, ending):
    made = miniature_of(name)
    folder = tmp_path / "tables"
    shutil.copytree(made.folder, folder)
    file = folder / f"other{made.file.suffix or '.zip'}{ending}"
    file.write_bytes(b"PK")
    assert look_up_format(folder, "auto").name == name
    with pytest.raises(ReadError, match="is a download that was not finished"):
        read(file, format="auto")


def test_a_part_of_a_table_names_the_folder_of_the_whole(tmp_path):
    from benchmarks.layouts.exiobase3 import write_exiobase3

    whole = write_exiobase3(tmp_path, regions=("AT", "WF"), sectors=3, zipped=False)
    inner = whole / "impacts"
    inner.mkdir(exist_ok=True)
    (inner / "unit.txt").write_text("stressor")
    for part in (inner, whole / "Y.txt"):
        with pytest.raises(
            ReadError, match=r"part of a table of exiobase3; give the folder .*_ixi"
        ):
            read(part, format="auto")


def test_an_ending_may_be_in_capitals(tmp_path):
    from benchmarks.layouts.exiobase3 import write_exiobase3

    path = write_exiobase3(tmp_path, regions=("AT", "WF"), sectors=3, zipped=True)
    path.rename(path.with_suffix(".ZIP"))
    assert read(tmp_path, format="auto").years == (2019,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.encode("utf-16"), "is not text in UTF-8, but in UTF-16"),
        (lambda text: text.replace(",", ";").encode(), "its columns are separated by ';'"),
        (lambda text: text.partition("\n")[0].encode(), "has no line that begins with a year"),
    ],
)
def test_a_long_run_without_years_says_why(miniature_of, tmp_path, change, message):
    made = miniature_of("wiod-longrun")
    file = tmp_path / made.file.name
    file.write_bytes(change(made.file.read_text()))
    with pytest.raises(ReadError, match=message):
        read(file, format="auto")


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads everything")
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_may_not_be_read_is_named(miniature_of, tmp_path, name):
    file = replaced(miniature_of(name), tmp_path, b"closed")
    if file.is_file():
        file.chmod(0)
        with pytest.raises(ReadError, match="cannot be read: Permission denied"):
            read(file, format=name)
