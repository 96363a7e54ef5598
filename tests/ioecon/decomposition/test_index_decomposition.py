"""Index decomposition of national series: published figures, loops, identities, refusals."""

import itertools
import math
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ioecon
from ioecon.decomposition.index_methods import EXACT, METHODS
from ioecon.errors import ArgumentError, IoeconWarning

FACTORS = ["factor1", "factor2", "factor3"]
SIMPLE = pd.DataFrame(
    [
        (1971, 1, 1, 10, 2), (1971, 2, 4, 5, 3), (1972, 1, 4, 5, 3), (1972, 2, 5, 6, 4),
        (1973, 1, 8, 2, 4), (1973, 2, 5, 7, 5), (1974, 1, 10, 1, 5), (1974, 2, 6, 8, 6),
    ],
    columns=["year", "sector", *FACTORS],
)  # fmt: skip
ADDITIVE = [
    [69.79006598, -9.455125793, 39.66505981],
    [42.96021467, -34.31902656, 50.3588119],
    [54.01064234, -9.021284671, 54.01064234],
]
RATIOS = [
    [1.761117821, 0.926191306, 1.379410116],
    [1.229284572, 0.847970248, 1.273773912],
    [1.208140223, 0.968911503, 1.208140223],
]
FORMS = ("additive", "multiplicative")


def decompose(frame: pd.DataFrame = SIMPLE, **settings: object) -> ioecon.IndexEffects:
    return ioecon.index_decomposition(frame, FACTORS, **settings)


@pytest.mark.parametrize(("form", "published"), [("additive", ADDITIVE), (FORMS[1], RATIOS)])
def test_published_figures(form: str, published: list[list[float]]) -> None:
    effects = decompose(form=form)
    np.testing.assert_allclose(effects.to_frame(), published, rtol=1e-8)
    np.testing.assert_array_equal(np.asarray(effects), effects.to_frame())
    assert list(effects.to_frame().index) == [1972, 1973, 1974]
    np.testing.assert_allclose(effects.to_numpy(), published, rtol=1e-8)
    np.testing.assert_allclose(effects[FACTORS].loc[1973], published[1], rtol=1e-8)
    assert effects.loc[1974, "factor1"] == effects["factor1"].iloc[-1]
    assert list(effects.change) == pytest.approx(
        [100, 59, 99] if form == "additive" else [180 / 80, 239 / 180, 338 / 239]
    )


def test_the_frame_of_the_published_figures_is_the_one_at_hand(reference_root: Path) -> None:
    frame = pd.read_csv(reference_root / "io" / "lmdir_simple.csv")
    pd.testing.assert_frame_equal(frame.rename(columns={"subsubcat": "sector"}), SIMPLE)
    found = ioecon.index_decomposition(frame, FACTORS, group="subsubcat")
    np.testing.assert_allclose(found.to_frame(), ADDITIVE, rtol=1e-8)


def read_slowly(
    x0: list[list[float]], x1: list[list[float]], method: str, form: str
) -> list[float]:
    """Effects by the textbook's formulas, one group, factor and ordering at a time."""
    n, groups = len(x0[0]), range(len(x0))

    def total(state: set[int]) -> float:
        return sum(math.prod((x1 if k in state else x0)[g][k] for k in range(n)) for g in groups)

    def mean(a: float, b: float) -> float:
        return a if a == b else (a - b) / (math.log(a) - math.log(b))

    if method in ("lmdi", "lmdi2"):
        V0, V1 = total(set()), total(set(range(n)))
        v = [(math.prod(x0[g]), math.prod(x1[g])) for g in groups]
        if method == "lmdi":
            w = [mean(b, a) / mean(V1, V0) for a, b in v]
        else:
            w = [mean(b / V1, a / V0) for a, b in v]
            w = [each / sum(w) for each in w]
        logs = [sum(w[g] * math.log(x1[g][k] / x0[g][k]) for g in groups) for k in range(n)]
        return [mean(V1, V0) * each if form == "additive" else math.exp(each) for each in logs]
    orders = {
        "shapley": list(itertools.permutations(range(n))),
        "two_polar": [tuple(range(n)), tuple(reversed(range(n)))],
    }
    answers = []
    for k in range(n):
        others = set(range(n)) - {k}
        befores = [set(order[: order.index(k)]) for order in orders.get(method, ())]
        befores += [set()] * (method in ("laspeyres", "marshall_edgeworth"))
        befores += [others] * (method in ("paasche", "marshall_edgeworth"))
        pairs = [(total(before), total(before | {k})) for before in befores]
        if form == "additive":
            answers.append(sum(b - a for a, b in pairs) / len(pairs))
        elif method == "marshall_edgeworth":
            answers.append(sum(b for _, b in pairs) / sum(a for a, _ in pairs))
        else:
            answers.append(math.prod(b / a for a, b in pairs) ** (1 / len(pairs)))
    return answers


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_its_textbook_formula(method: str, form: str) -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(0.2, 5, size=(2, 3, 4))
    frame = pd.DataFrame(x.reshape(6, 4), columns=list("abcd"))
    frame["year"], frame["sector"] = np.repeat([2000, 2005], 3), list("uvw") * 2
    found = ioecon.index_decomposition(
        frame, list("abcd"), group="sector", method=method, form=form
    )
    wanted = read_slowly(x[0].tolist(), x[1].tolist(), method, form)
    np.testing.assert_allclose(found.values[0], wanted, rtol=1e-10)
    assert (abs(found.residual.iloc[0] - (form != "additive")) < 1e-9) == (method in EXACT)


numbers = st.one_of(st.just(0.0), st.floats(1e-3, 1e3))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(numbers, min_size=18, max_size=18), st.sampled_from(EXACT), st.permutations(range(3))
)
def test_identity_order_and_labels(values: list[float], method: str, order: list[int]) -> None:
    """With zeros anywhere: the effects are the change, whatever groups and factors are called."""
    x = np.array(values).reshape(2, 3, 3)
    V = x.prod(axis=2)
    if method == "lmdi2" and not ((V[0] > 0) & (V[1] > 0)).any():
        return
    frame = pd.DataFrame(x.reshape(6, 3), columns=FACTORS)
    frame["year"], frame["sector"] = np.repeat([2000, 2001], 3), [0, 1, 2] * 2
    effects = decompose(frame, method=method)
    near = 1e-10 * (V.sum() + np.abs(effects.values).max())
    assert effects.values.sum() == pytest.approx(V[1].sum() - V[0].sum(), abs=near)
    np.testing.assert_allclose(
        effects.by_group().sum(), effects.values[0], rtol=1e-9, atol=10 * near
    )
    frame["sector"] = frame["sector"].map({0: "z", 1: "y", 2: "x"})
    shuffled = frame.sample(frac=1, random_state=1)
    names = [FACTORS[k] for k in order] if method != "two_polar" else FACTORS
    again = ioecon.index_decomposition(shuffled, names, method=method).to_frame()[FACTORS]
    np.testing.assert_allclose(again, effects.to_frame(), rtol=1e-9, atol=10 * near)


@pytest.mark.parametrize("form", FORMS)
def test_zeros_are_limits(form: str) -> None:
    """One small number in the place of every zero gives nearly what the zero gives."""
    base = [[1.0, 2, 3], [0, 2, 0], [4, 0, 1], [2, 3, 1]]
    last = [[2.0, 2, 1], [3, 1, 2], [0, 5, 1], [0, 3, 2]]

    def found(nothing: float) -> np.ndarray:
        x = np.array([base, last], dtype=float)
        x[x == 0] = nothing
        frame = pd.DataFrame(x.reshape(8, 3), columns=FACTORS)
        frame["year"], frame["sector"] = np.repeat([2000, 2001], 4), [0, 1, 2, 3] * 2
        return decompose(frame, form=form).values[0]

    if form == "additive":
        # The second group appears with two factors, the fourth vanishes with one.
        np.testing.assert_allclose(
            found(0.0) - decompose(pd.DataFrame(
                [(2000, 0, *base[0]), (2001, 0, *last[0])], columns=["year", "sector", *FACTORS]
            )).values[0],
            [3.0 - 6.0, 0.0, 3.0], atol=1e-12,
        )  # fmt: skip
    distance = [np.abs(found(nothing) - found(0.0)).max() for nothing in (1e-20, 1e-40, 1e-80)]
    assert distance[0] > distance[1] > distance[2]
    assert distance[2] < 0.03


def test_values_that_are_negative_in_both_years_are_decomposed() -> None:
    frame = pd.DataFrame({"year": [2000, 2001], "price": [2.0, 3.0], "stock": [-5.0, -4.0]})
    found = ioecon.index_decomposition(frame, ["price", "stock"], group=None)
    mean = 2 / math.log(12 / 10)
    np.testing.assert_allclose(
        found.values[0], [-mean * math.log(1.5), -mean * math.log(0.8)], rtol=1e-12
    )


def test_chained_and_unchained() -> None:
    effects = decompose()
    chained, unchained = effects.chained(), decompose(base=1971)
    np.testing.assert_allclose(chained.values[-1], np.sum(ADDITIVE, axis=0), rtol=1e-8)
    assert chained.periods == unchained.periods == ((1971, 1972), (1971, 1973), (1971, 1974))
    pd.testing.assert_series_equal(chained.change, unchained.change)
    x0, x1 = (SIMPLE[SIMPLE["year"] == year][FACTORS].to_numpy(float) for year in (1971, 1974))
    wanted = read_slowly(x0.tolist(), x1.tolist(), "lmdi", "additive")
    np.testing.assert_allclose(unchained.values[-1], wanted, rtol=1e-12)
    ratios = decompose(form="multiplicative").chained()
    np.testing.assert_allclose(ratios.values[-1], np.prod(RATIOS, axis=0), rtol=1e-8)
    with pytest.raises(ArgumentError, match="nothing to chain"):
        unchained.chained()


def test_index_levels_and_several_group_columns() -> None:
    frame = SIMPLE.assign(fuel="coal").set_index(["sector", "year"])
    found = ioecon.index_decomposition(frame, FACTORS, group=["sector", "fuel"])
    np.testing.assert_allclose(found.to_frame(), ADDITIVE, rtol=1e-8)
    assert found.by_group().index.names == ["sector", "fuel", "year"]
    assert found.by_group().loc[(1, "coal", 1972)].sum() == pytest.approx(60 - 20)


def test_print() -> None:
    text = str(decompose(unit="kt", method="laspeyres"))
    assert "laspeyres, additive" in text
    assert "residual" in text
    assert ", kt" in text
    assert "residual" not in str(decompose())
    assert decompose(form="multiplicative")._repr_html_().count("1.7611") == 1
    assert decompose(unit="kt").to_frame().attrs["variables"]["factor1"]["unit"] == "kt"


def change(**changes: object) -> pd.DataFrame:
    """Return the frame with other values in the row of group 2 in 1972."""
    frame = SIMPLE.astype({name: object for name in FACTORS})
    for name, value in changes.items():
        frame.loc[3, name] = value
    return frame


REFUSED = [
    (SIMPLE.drop(index=5), {}, "no row of 1973, 2.*enter zeros"),
    (pd.concat([SIMPLE, SIMPLE[2:3]]), {}, "2 rows of 1972, 1"),
    (SIMPLE, {"group": None}, "2 rows of 1971.*group="),
    (change(factor2=np.nan), {}, "'factor2' of 1972 2 is nan"),
    (change(factor2=np.inf), {}, "'factor2' of 1972 2 is inf"),
    (change(factor2="6"), {}, "'factor2' must be numbers"),
    (change(factor2=-6), {}, "factor2 of 2 changes its sign from 1971.*shapley"),
    (change(factor2=-6), {"method": "lmdi2"}, "factor2 of 2 changes its sign"),
    (change(factor2=-600), {"method": "shapley", "form": "multiplicative"}, "in 1972 is -119"),
    (change(year=np.nan), {}, "'year' holds whole years"),
    (change(sector=None), {}, "has no sector"),
    (SIMPLE[:2], {}, "one year only"),
    (SIMPLE, {"base": 1974}, "base is a year"),
    (SIMPLE, {"base": 1900}, "base is a year"),
    (SIMPLE, {"method": "sun"}, "'sun' is here called 'shapley'"),
    (SIMPLE, {"method": "LMDI-I"}, "here called 'lmdi'"),
    (SIMPLE, {"method": "lmdj"}, "did you mean 'lmdi"),
    (SIMPLE, {"form": "add"}, "form is 'additive'"),
    (SIMPLE, {"group": "fuel"}, "no column 'fuel'.*group=None"),
    (SIMPLE.iloc[:0], {}, "no rows"),
    (SIMPLE.assign(v=1000.0 * SIMPLE[FACTORS].prod(axis=1)), {"total": "v"}, "0.001 times it"),
    (SIMPLE.assign(v=7.0), {"total": "v"}, "in 1971 of 1 is not 'v', but 20 for 7"),
]


@pytest.mark.parametrize(("frame", "asked", "words"), REFUSED, ids=[words for *_, words in REFUSED])
def test_what_cannot_be_decomposed_is_refused(
    frame: pd.DataFrame, asked: dict[str, object], words: str
) -> None:
    with pytest.raises(ArgumentError, match=words):
        decompose(frame, **asked)


@pytest.mark.parametrize("factors", [["factor1"], ["factor1", "factor1"], "factor1"])
def test_factors_are_two_or_more_different_columns(factors: object) -> None:
    with pytest.raises(ArgumentError, match="two or more"):
        ioecon.index_decomposition(SIMPLE, factors)


def test_the_total_is_checked_and_a_gap_of_years_is_told() -> None:
    frame = SIMPLE.assign(v=SIMPLE[FACTORS].prod(axis=1))
    decompose(frame, total="v")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        decompose(frame[frame["year"] != 1971])
    with pytest.warns(IoeconWarning, match=r"1971, 1973, 1974.*1971–1973"):
        decompose(frame[frame["year"] != 1972])
