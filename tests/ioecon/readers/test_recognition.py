"""``format="auto"`` on every format's files: each is known as itself, and taken for no other.

A format of the registry is tested without being named here; ``conftest.py`` writes its miniature.
"""

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
