"""Weighted concordances split by fixed shares; files and matrices say the same as mappings."""

import gzip

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

import ioecon
from ioecon.concordance import Concordance, read_concordance
from ioecon.errors import IoeconError, LabelError, ReadError
from ioecon.readers.options import ReadOptions

SECTORS = ("s1", "s2", "s3", "s4")
SHARES = {"s1": {"a": 0.25, "b": 0.75}, "s2": {"b": 1}, "s3": {"c": 1}, "s4": {"c": 0.5, "a": 0.5}}
MATRIX = pd.DataFrame(
    [[0.25, 0.75, 0], [0, 1, 0], [0, 0, 1], [0.5, 0, 0.5]], index=SECTORS, columns=list("abc")
)
FRAME = pd.DataFrame(
    [(label, group, w) for label, groups in SHARES.items() for group, w in groups.items()],
    columns=["sector", "group", "weight"],
)


@pytest.mark.parametrize("form", [SHARES, MATRIX, MATRIX.T, FRAME, MATRIX.reset_index()])
def test_forms_of_weights_say_the_same(form):
    read = read_concordance(form, SECTORS, "sectors")
    np.testing.assert_array_equal(read.matrix(SECTORS).toarray(), MATRIX.to_numpy().T)
    assert read.groups == ("a", "b", "c")
    assert not read.is_many_to_one


@pytest.mark.parametrize("form", [np.asarray, np.asfortranarray, scipy.sparse.csr_array])
def test_an_array_is_in_the_order_of_the_labels(form):
    read = read_concordance(form(MATRIX.to_numpy()), SECTORS, "sectors")
    assert read.groups == ("group 1", "group 2", "group 3")
    np.testing.assert_array_equal(read.matrix().toarray(), MATRIX.to_numpy().T)


def test_a_square_array_has_labels_as_rows():
    read = read_concordance(np.eye(3)[[1, 2, 0]], ["x", "y", "z"], "sectors")
    assert read.group_of() == {"x": "group 2", "y": "group 3", "z": "group 1"}


def test_groups_stand_as_the_columns_of_a_matrix():
    turned = MATRIX[["c", "a", "b"]]
    read = read_concordance(turned, SECTORS, "sectors")
    assert read.groups == ("c", "a", "b")
    assert read_concordance(read, SECTORS[::-1], "sectors").groups == ("c", "a", "b")
    assert read_concordance(read, SECTORS[::-1], "sectors").labels == SECTORS[::-1]


def test_positions_and_matrix_follow_the_labels_asked_for():
    read = read_concordance({"s2": "a", "s1": "b", "s3": "a"}, ["s1", "s2", "s3"], "sectors")
    assert read.positions(["s1", "s2", "s2", "s3"]).tolist() == [1, 0, 0, 0]
    assert read.matrix(["s1", "s1"]).toarray().tolist() == [[0, 0], [1, 1]]
    with pytest.raises(LabelError, match="no group for the sectors s9"):
        read.positions(["s9"])
    with pytest.raises(LabelError, match="shares the sectors s1, s4 out among several"):
        read_concordance(SHARES, SECTORS, "sectors").positions()


def test_a_table_is_split_by_fixed_shares(make_table):
    table = make_table(7)
    value_added = table.x - table.Z.sum(axis=0)
    table = table.replace(primary_inputs=value_added[None], primary_labels=("value added",))
    split = table.aggregate(sectors=SHARES)
    R = np.kron(np.eye(3), MATRIX.to_numpy().T)
    np.testing.assert_allclose(split.Z, R @ table.Z @ R.T, rtol=1e-13)
    np.testing.assert_allclose(split.x, R @ table.x, rtol=1e-13)
    np.testing.assert_allclose(split.Z.sum(axis=0) + split.primary_inputs[0], split.x, rtol=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=3))
def test_parts_of_a_split_have_the_multipliers_of_the_whole(make_table, shares):
    """Splitting by shares and grouping again is the table one began with; multipliers stay."""
    table = make_table(8, countries=2, sectors=3)
    parts = {f"s3.{k}": share / sum(shares) for k, share in enumerate(shares)}
    parts["s3.0"] += 1 - sum(parts.values())
    split = table.aggregate(sectors={"s1": "s1", "s2": "s2", "s3": parts})
    again = split.aggregate(sectors={"s1": "s1", "s2": "s2"} | dict.fromkeys(parts, "s3"))
    np.testing.assert_allclose(again.Z, table.Z, rtol=1e-12)
    np.testing.assert_allclose(again.Y, table.Y, rtol=1e-12)
    whole = table.leontief().solve(table.F)
    np.testing.assert_allclose(
        split.leontief().solve(split.F).reshape(2, 5, 2)[:, 2:].sum(axis=1),
        whole.reshape(2, 3, 2)[:, 2],
        rtol=1e-10,
    )


def test_sums_and_computations_agree_about_a_split(make_world):
    series, emissions = make_world()
    compared = ioecon.aggregation_error(series[2000], sectors=SHARES, emissions=emissions)
    assert compared.by_region()["cba", "aggregated_first"].sum() == pytest.approx(
        emissions.xs(2000, level="year").sum()
    )


def write_csv(folder, frame):
    frame.to_csv(folder / "c.csv", index=False)
    return folder / "c.csv"


def write_semicolons(folder, frame):
    frame.to_csv(folder / "c.txt", index=False, sep=";", encoding="utf-8-sig")
    return str(folder / "c.txt")


def write_gzip(folder, frame):
    with gzip.open(folder / "c.csv.gz", "wt", encoding="utf-8") as file:
        frame.to_csv(file, index=False)
    return folder / "c.csv.gz"


def write_xlsx(folder, frame):
    frame.to_excel(folder / "c.xlsx", index=False)
    return folder / "c.xlsx"


@pytest.mark.parametrize("write", [write_csv, write_semicolons, write_gzip, write_xlsx])
@pytest.mark.parametrize("frame", [FRAME, MATRIX.reset_index()], ids=["pairs", "matrix"])
def test_files_say_what_frames_say(tmp_path, write, frame):
    read = read_concordance(write(tmp_path, frame), SECTORS, "sectors")
    np.testing.assert_array_equal(read.matrix(SECTORS).toarray(), MATRIX.to_numpy().T)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_groups_that_look_like_numbers_are_names(tmp_path, write):
    frame = pd.DataFrame({"code": ["1", "02"], "group": ["10", "NA"]})
    read = read_concordance(write(tmp_path, frame), ["1", "02"], "sectors")
    assert read.group_of() == {"1": "10", "02": "NA"}


def test_numbers_in_a_workbook_are_codes(tmp_path):
    path = write_xlsx(tmp_path, pd.DataFrame({"code": [1, 2], "group": ["a", "b"]}))
    assert read_concordance(path, ["1", "2"], "sectors").groups == ("a", "b")
    with pytest.raises(LabelError, match=r"no group for the sectors 01, 02, and names sectors"):
        read_concordance(path, ["01", "02"], "sectors")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,group\ns1,a\n", "no group for the sectors s2, s3, s4"),
        ("code,group\ns1,a\ns1,a\ns2,a\ns3,a\ns4,a\n", "sectors s1 more than once"),
        ("code,group\nS1,a\ns1,a\ns2,a\ns3,a\ns4,a\n", r"lacks: S1 \(did you mean 's1'\?\)"),
        ("code,group\ns1,\ns2,a\ns3,a\ns4,a\n", "no group for the sectors s1"),
        ("code,group,why\ns1,a,x\ns2,a,x\n", r"two columns.*has 3: code, group, why"),
        ("code,group,weight\ns1,a,x\n", "weights of a concordance of sectors in c.csv must be num"),
        ("code,group,weight\ns1,a,.5\ns1,a,.5\n", "more than one weight to s1 in a"),
        ("code,a,b\ns1,1,0\ns2,1,\ns3,0,1\ns4,1,0\n", "two columns.*has 3: code, a, b"),
        ("code,a,b\ns1,1,0\ns2,1,0\ns3,1,0\ns4,1,0\n", "gives no label to b"),
        ("code\ns1\n", "two columns.*has 1: code"),
        ("code,group\ns1,a,b\n", "line 2 has 3 cells"),
        ("", "is empty"),
    ],
)
def test_faults_of_a_file_are_named(tmp_path, text, message):
    path = tmp_path / "c.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IoeconError, match=message):
        read_concordance(path, SECTORS, "sectors")


def test_faults_of_a_workbook_are_named(tmp_path):
    two = tmp_path / "two.xlsx"
    with pd.ExcelWriter(two) as book:
        FRAME.to_excel(book, sheet_name="one", index=False)
        FRAME.to_excel(book, sheet_name="other", index=False)
    with pytest.raises(ReadError, match=r"two.xlsx has 2 sheets with cells \(one, other\): keep"):
        read_concordance(two, SECTORS, "sectors")
    (tmp_path / "no.xlsx").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(ReadError, match=r"no.xlsx"):
        read_concordance(tmp_path / "no.xlsx", SECTORS, "sectors")
    (tmp_path / "c.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ReadError, match=r"c.json: a concordance of sectors is read from .csv"):
        read_concordance(tmp_path / "c.json", SECTORS, "sectors")


def test_the_value_checks_itself():
    with pytest.raises(LabelError, match=r"have the shape \(1, 2\)"):
        Concordance(("a", "b"), ("x", "y"), [[1, 0]])
    with pytest.raises(LabelError, match="names a more than once"):
        Concordance(("a", "a"), ("x",), [[1], [1]])
    frame = read_concordance(SHARES, SECTORS, "sectors").to_frame()
    pd.testing.assert_frame_equal(
        frame.rename(columns={"label": "sector"}).sort_values(
            ["sector", "group"], ignore_index=True
        ),
        FRAME.sort_values(["sector", "group"], ignore_index=True),
    )


def test_cached_tables_of_other_concordances_are_told_apart():
    given = [
        {"s1": "a", "s2": "a", "s3": "b", "s4": "b"},
        {"s1": "a", "s2": "b", "s3": "a", "s4": "b"},
        SHARES,
        SHARES | {"s1": {"a": 0.5, "b": 0.5}},
    ]
    read = [read_concordance(form, SECTORS, "sectors") for form in given]
    forms = [*given, *read, *(scipy.sparse.csr_array(each.weights) for each in read)]
    keys = [repr(ReadOptions(sectors=form).as_plain()) for form in forms]
    assert len(set(keys)) == len(keys)
