"""The files of one table are read the same from a folder, a zip and a zip within a zip."""

import hashlib
import io
import zipfile

import pytest

from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet

CONTENT = {"IOT_2019/Z.txt": b"1\t2\n" * 5000, "IOT_2019/air/F.txt": b"3\n"}


def as_zip(content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.fixture(params=["folder", "zip", "nested"])
def files(request, tmp_path):
    if request.param == "folder":
        for name, data in CONTENT.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
        return FileSet.of(tmp_path)
    packed = as_zip(CONTENT)
    if request.param == "nested":
        packed = as_zip({"2019.zip": packed, "readme.txt": b"x"})
    (tmp_path / "bundle.zip").write_bytes(packed)
    nested = "2019.zip" if request.param == "nested" else None
    return FileSet.of(tmp_path / "bundle.zip", nested)


def test_files_are_found_and_read_wherever_they_lie(files):
    assert sorted(files.names) == sorted(CONTENT)
    assert files.find(r"f\.txt") == ["IOT_2019/air/F.txt"]
    for name, data in CONTENT.items():
        assert files.read(name) == data
        assert files.size(name) == len(data)
        with files.open(name) as stream:
            assert b"".join(iter(lambda: stream.read(999), b"")) == data


def test_the_hash_follows_the_content(files):
    before = files.sha256()
    place = files.places[0]
    place.write_bytes(place.read_bytes() + b" ")
    assert files.sha256() != before


def test_the_hash_of_one_file_is_that_of_its_content(files):
    for name, data in CONTENT.items():
        one = FileSet.of(files.path / name) if files.path.is_dir() else files.only([name])
        assert one.sha256() == hashlib.sha256(data).hexdigest()


def test_a_file_that_went_is_named(files):
    for place in files.places:
        place.unlink()
    with pytest.raises(ReadError, match=r"holds no|no file"):
        files.read(files.names[0])


def test_damage_inside_a_zip_is_noticed_while_it_is_streamed(tmp_path):
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("Z.txt", b"12345" * 1000)
    data = bytearray(stored.getvalue())
    data[200] ^= 1
    (tmp_path / "t.zip").write_bytes(data)
    files = FileSet.of(tmp_path / "t.zip")
    with files.open("Z.txt") as stream, pytest.raises(ReadError, match=r"t\.zip.*CRC"):
        stream.read()


def test_a_single_file_is_named_by_its_place_unless_it_is_in_a_zip(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"abc")
    files = FileSet.of(tmp_path / "a.xlsx")
    assert files.content(files.single) == tmp_path / "a.xlsx"
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.write(tmp_path / "a.xlsx", "in/a.xlsx")
    packed = FileSet.of(tmp_path / "b.zip")
    assert packed.content(packed.single) == b"abc"
    with pytest.raises(ReadError, match="holds 2 files"):
        _ = FileSet.of(tmp_path).single
