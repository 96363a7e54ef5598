"""Parsed tables are kept by what determines them; a damaged entry is never trusted."""

import multiprocessing
import os
import shutil
import warnings
from dataclasses import replace

import numpy as np
import pytest

from ioecon.errors import IoeconWarning, ReadError
from ioecon.readers import read_series, read_table, registry
from ioecon.store import cache, cache_folder, clear_cache, known_hashes

FORM = "wiod2016-rdata"


@pytest.fixture
def path(tmp_path, miniature, monkeypatch):
    """File whose hash is remembered as if it had not been touched for long."""
    monkeypatch.setattr(known_hashes, "_SETTLED_NS", -1)
    return miniature.write_2016_rdata(tmp_path)


@pytest.fixture
def parsed(monkeypatch):
    """Names of the files that were really parsed."""
    names = []
    form = registry.FORMATS[FORM]

    def parse_files(files, year, options):
        names.append(files.name)
        return form.parse_files(files, year, options)

    monkeypatch.setitem(registry.FORMATS, FORM, replace(form, parse_files=parse_files))
    return names


def entries():
    return sorted((cache_folder() / "tables").glob("*/Z.npy"))


def test_a_file_is_parsed_once(path, parsed):
    first = read_table(path, format=FORM)
    second = read_table(path, format=FORM)
    assert len(parsed) == 1
    assert len(entries()) == 1
    for name in ("Z", "Y", "x", "printed_output", "primary_inputs"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    assert first.source == second.source
    assert first.index.equals(second.index)


def test_the_printed_output_can_be_asked_of_a_cached_table(path, parsed):
    sums = read_table(path, format=FORM)
    printed = read_table(path, format=FORM, output="printed")
    assert len(parsed) == 1
    assert (sums.output, printed.output) == ("row_sums", "printed")


def test_without_the_cache_nothing_is_looked_up_or_kept(path, parsed):
    for _ in range(2):
        read_table(path, format=FORM, cache=False)
    assert len(parsed) == 2
    assert not list(cache_folder().iterdir())


def test_another_file_of_the_same_name_is_read_anew(path, parsed, miniature):
    read_table(path, format=FORM)
    replace(miniature, scale=2.0).write_2016_rdata(path.parent)
    table = read_table(path, format=FORM)
    np.testing.assert_array_equal(table.Z, 2 * miniature.Z)
    assert len(parsed) == 2


def test_the_same_file_elsewhere_is_not_parsed_again(path, parsed, tmp_path):
    read_table(path, format=FORM)
    (tmp_path / "copy").mkdir()
    copy = shutil.copy(path, tmp_path / "copy")
    read_table(copy, format=FORM)
    assert len(parsed) == 1


def test_a_copy_under_another_name_tells_its_own_name(path, parsed, tmp_path):
    read_table(path, format=FORM, year=2000)
    copy = shutil.copy(path, tmp_path / "renamed.RData")
    assert read_table(copy, format=FORM, year=2000).source.path == "renamed.RData"
    assert len(parsed) == 1


def test_a_hash_is_noted_once_and_trusted_while_the_file_is_untouched(path, monkeypatch):
    read_table(path, format=FORM)
    assert len(list((cache_folder() / "hashes").iterdir())) == 1

    def no_reading(source):
        raise AssertionError("the source was read again")

    monkeypatch.setattr(cache.SourceFile, "read", no_reading)
    assert read_table(path, format=FORM).year == 2000


def test_a_new_version_of_the_reader_reads_anew(path, parsed, monkeypatch):
    read_table(path, format=FORM)
    form = registry.FORMATS[FORM]
    monkeypatch.setitem(registry.FORMATS, FORM, replace(form, version=form.version + 1))
    read_table(path, format=FORM)
    assert len(parsed) == 2


def test_a_year_that_is_not_the_files_is_refused_with_a_warm_cache_too(path, parsed):
    read_table(path, format=FORM)
    with pytest.raises(ReadError, match="table of 2000, not of 2001"):
        read_table(path, format=FORM, year=2001)


def test_swapped_entries_are_read_again(tmp_path, miniature, parsed, monkeypatch):
    monkeypatch.setattr(known_hashes, "_SETTLED_NS", -1)
    paths = []
    for scale in (1.0, 3.0):
        (tmp_path / str(scale)).mkdir()
        paths.append(replace(miniature, scale=scale).write_2016_rdata(tmp_path / str(scale)))
    right = [read_table(path, format=FORM).Z for path in paths]
    one, other = (entry.parent for entry in entries())
    for source, target in ((one, tmp_path / "x"), (other, one), (tmp_path / "x", other)):
        shutil.move(source, target)
    for path, Z in zip(paths, right, strict=True):
        with pytest.warns(IoeconWarning, match="holds another table"):
            np.testing.assert_array_equal(read_table(path, format=FORM).Z, Z)
    for name in ("table.json", "Z.npy"):  # of another entry, within this one
        shutil.copy(entries()[0].parent / name, entries()[1].parent / name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IoeconWarning)
        for path, Z in zip(paths, right, strict=True):
            np.testing.assert_array_equal(read_table(path, format=FORM).Z, Z)


def test_a_note_with_another_hash_is_not_believed(path, tmp_path, miniature, parsed):
    right = read_table(path, format=FORM)
    (tmp_path / "other").mkdir()
    other = replace(miniature, scale=3.0).write_2016_rdata(tmp_path / "other")
    sha = read_table(other, format=FORM).source.sha256
    for note in (cache_folder() / "hashes").iterdir():
        note.write_text(note.read_text().replace(right.source.sha256, sha))
    np.testing.assert_array_equal(read_table(path, format=FORM).Z, right.Z)


DEEP = "[" * 100_000


@pytest.mark.parametrize("place", ["table.json", "entry", "hashes"])
@pytest.mark.parametrize("content", [b"", DEEP.encode(), b"\xff\xfe", b"{}", b'{"year": NaN}'])
def test_deep_and_broken_text_is_read_again(path, parsed, place, content):
    right = read_table(path, format=FORM)
    folder = cache_folder() / "hashes" if place == "hashes" else entries()[0].parent
    for file in folder.glob("*.json" if place == "hashes" else place):
        file.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IoeconWarning)
        np.testing.assert_array_equal(read_table(path, format=FORM).Z, right.Z)


@pytest.mark.parametrize("damage", ["truncate", "flip", "header", "gone"])
def test_a_damaged_entry_is_rebuilt_with_a_warning(path, parsed, miniature, damage):
    read_table(path, format=FORM)
    (arrays,) = entries()
    if damage == "truncate":
        os.truncate(arrays, 100)
    elif damage == "flip":
        data = bytearray(arrays.read_bytes())
        data[-2] ^= 4
        arrays.write_bytes(data)
    elif damage == "header":
        (arrays.parent / "table.json").write_text("{}")
    else:
        arrays.unlink()
    with pytest.warns(IoeconWarning, match="read again from its source"):
        table = read_table(path, format=FORM)
    np.testing.assert_array_equal(table.Z, miniature.Z)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_table(path, format=FORM)
    assert len(parsed) == 2


def test_a_damaged_note_of_a_hash_only_costs_time(path, parsed):
    read_table(path, format=FORM)
    notes = list((cache_folder() / "hashes").iterdir())
    assert notes
    for note in notes:
        note.write_text("[")
    read_table(path, format=FORM)
    assert len(parsed) == 1


def test_a_fresh_file_is_hashed_every_time(path, monkeypatch):
    monkeypatch.setattr(known_hashes, "_SETTLED_NS", 10**15)
    read_table(path, format=FORM)
    assert not (cache_folder() / "hashes").exists()


def test_a_failed_read_leaves_nothing(path):
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(ReadError):
        read_table(path, format=FORM)
    assert not (cache_folder() / "tables").exists()


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(path, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("IOECON_CACHE_DIR", str(tmp_path / "file" / "cache"))
    with pytest.warns(IoeconWarning, match="not cached"):
        table = read_table(path, format=FORM)
    assert table.year == 2000


def test_clearing_counts_and_spares_the_source(path):
    read_table(path, format=FORM)
    assert clear_cache() == 1
    assert not entries()
    assert path.exists()
    assert clear_cache() == 0


def test_a_large_series_is_read_from_the_cache_when_needed(
    tmp_path, folder_of, parsed, monkeypatch
):
    from ioecon.readers import reading

    monkeypatch.setattr(reading, "_HELD_BYTES", 1)
    folder = folder_of(tmp_path / "w", range(2000, 2003), "wiod2016-rdata")
    series = read_series(folder, format=FORM)
    assert all(callable(given) for given in series._sources.values())
    assert len(parsed) == 3
    assert series[2001].year == 2001
    assert len(parsed) == 3


def test_a_large_series_survives_the_loss_of_its_cache(tmp_path, folder_of, monkeypatch):
    from ioecon.readers import reading

    monkeypatch.setattr(reading, "_HELD_BYTES", 1)
    folder = folder_of(tmp_path / "w", range(2000, 2002), "wiod2016-rdata")
    series = read_series(folder, format=FORM)
    clear_cache()
    assert series[2001].year == 2001


def test_a_large_series_notices_a_file_that_changed_meanwhile(
    tmp_path, folder_of, monkeypatch, miniature
):
    from ioecon.readers import reading

    monkeypatch.setattr(reading, "_HELD_BYTES", 1)
    folder = folder_of(tmp_path / "w", range(2000, 2002), "wiod2016-rdata")
    series = read_series(folder, format=FORM)
    replace(miniature, year=2001, scale=3.0).write_2016_rdata(folder)
    with pytest.raises(ReadError, match=r"WIOT2001_October16_ROW.RData was changed after"):
        series[2001]


def _read(path, barrier):
    barrier.wait(timeout=60)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = read_table(path, format=FORM)
    raise SystemExit(0 if table.Z[0, 0] == 10 else 1)


def test_processes_that_read_at_once_do_not_disturb_each_other(path):
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(4)
    workers = [context.Process(target=_read, args=(path, barrier)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert len(entries()) == 1
    assert not list((cache_folder() / "tables").glob(".*"))
