"""A format that does not exist: what may have been meant, or that the database is not read."""

import pytest

from ioecon.errors import ReadError
from ioecon.readers.registry import file_format, formats

WIOD_2016 = ["wiod2016-rdata", "wiod2016-xlsx", "wiod2016-pyp", "wiod2016-national"]
WIOD = ["wiod2013-rdata", "wiod2013-xlsx", *WIOD_2016, "wiod-longrun"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("wiod", WIOD),
        ("WIOD", WIOD),
        ("wiot", WIOD),
        ("wiod2013", ["wiod2013-rdata", "wiod2013-xlsx"]),
        ("wiod-2016", WIOD_2016),
        ("WIOD 2016 release", WIOD_2016),
        ("wiod2016_xlsx", ["wiod2016-xlsx"]),
        ("wiod2016-xlsb", WIOD_2016),
        ("NIOT", ["wiod2016-national"]),
        ("niots16", ["wiod2016-national"]),
        ("xlsx", ["wiod2013-xlsx", "wiod2016-xlsx", "regional"]),
        ("csv", ["regional"]),
        ("regionl", ["regional"]),
        ("exiobase", ["exiobase3"]),
        ("eora", ["eora26"]),
        ("EXIO", ["exiobase3"]),
        ("ioecn", ["ioecon"]),
        ("oecd", ["icio"]),
        ("OECD-ICIO", ["icio"]),
        ("icio2023", ["icio"]),
        ("FIGARO 25ed", ["figaro"]),
        ("eurostat", ["figaro"]),
    ],
)
def test_a_name_that_is_near(name, meant):
    with pytest.raises(ReadError) as caught:
        file_format(name)
    assert f"did you mean {' or '.join(map(repr, meant))}?" in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "gtap",
    ],
)
def test_a_database_that_is_not_read(name):
    with pytest.raises(ReadError, match="is not read by this version") as caught:
        file_format(name)
    assert "did you mean" not in str(caught.value)
    assert all(known in str(caught.value) for known in formats())


@pytest.mark.parametrize("name", ["banana", "", "42"])
def test_any_other_name(name):
    with pytest.raises(ReadError, match=r"There is no format .*; known are wiod2013-rdata"):
        file_format(name)
