"""What every test refuses: foreign objects, other estimators, weights, values not finite."""

from dataclasses import replace

import numpy as np
import pytest

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit

BY_MODEL = {
    "pooled": (
        diagnostics.lm_effects,
        diagnostics.unobserved_effect,
        diagnostics.bera_sosa_escudero_yoon,
    ),
    "fixed": (diagnostics.f_effects, diagnostics.wooldridge_within, diagnostics.modified_wald),
    "random": (diagnostics.mundlak, diagnostics.baltagi_li),
}
GENERAL = (
    diagnostics.wooldridge_serial,
    diagnostics.wooldridge_differenced,
    diagnostics.breusch_godfrey,
    diagnostics.cross_section_dependence,
    diagnostics.breusch_pagan,
    diagnostics.white,
    diagnostics.jarque_bera,
    diagnostics.reset,
    diagnostics.condition_number,
)
ALL = [(e, t) for e, tests in BY_MODEL.items() for t in tests]
ALL += [("pooled", test) for test in (*GENERAL, diagnostics.vif, diagnostics.poolability)]


@pytest.mark.parametrize(("estimator", "test"), ALL)
def test_foreign_objects_are_refused(estimator, test):
    with pytest.raises(DiagnosticError, match=r"fitted by regressions\.fit, not list"):
        test([1, 2, 3])


@pytest.mark.parametrize(("estimator", "test"), ALL)
def test_values_that_are_not_finite_are_refused(make_panel, estimator, test):
    model = fit("y ~ x + z", make_panel(8, 10), estimator=estimator)
    resids = model.resids.copy()
    resids.iloc[3] = np.nan
    with pytest.raises(DiagnosticError, match="not finite"):
        test(replace(model, resids=resids))


@pytest.mark.parametrize(
    ("estimator", "test"),
    [(e, t) for e, t in ALL if e != "random" and t is not diagnostics.vif],
)
def test_weights_are_refused(make_panel, estimator, test):
    data = make_panel(8, 10)
    data["w"] = np.linspace(1, 3, len(data))
    model = fit("y ~ x + z", data, estimator=estimator, weights="w")
    with pytest.raises(DiagnosticError, match="weighted model"):
        test(model)


def test_equal_weights_are_no_weights(make_panel):
    data = make_panel(8, 10)
    data["w"] = 2.0
    weighted = diagnostics.lm_effects(fit("y ~ x", data, weights="w"))
    assert weighted.statistic == pytest.approx(diagnostics.lm_effects(fit("y ~ x", data)).statistic)


@pytest.mark.parametrize(
    ("estimator", "test"), [(e, t) for e, tests in BY_MODEL.items() for t in tests]
)
def test_another_estimator_is_refused_by_name(make_panel, estimator, test):
    other = "random" if estimator != "random" else "pooled"
    model = fit("y ~ x + z", make_panel(8, 10), estimator=other)
    with pytest.raises(DiagnosticError, match=f"this one is '{other}'"):
        test(model)


def test_a_model_of_the_constant_alone_gets_the_tests_that_apply(make_panel):
    data = make_panel(8, 10)
    for estimator in ("pooled", "random"):
        tests = diagnostics.battery(fit("y ~ 1", data, estimator=estimator))
        assert "Jarque-Bera" in tests.results
        assert "regressor" in tests.not_applicable["RESET"]
    random = fit("y ~ 1", data, estimator="random")
    with pytest.raises(DiagnosticError, match="nothing to compare"):
        diagnostics.mundlak(random)


def test_entities_of_every_length_get_every_test(make_panel):
    """Entities observed once and twice beside long ones: nothing fails, nothing is NaN."""
    data = make_panel(40, 12, seed=8)
    position = data.index.get_level_values(1) - 2000
    length = np.repeat(np.resize([1, 2, 3, 7, 12], 40), 12)
    with pytest.warns(UserWarning, match="observed once"):
        models = [
            fit("y ~ x + z + fixed_trait", data[position < length], estimator=e, **options)
            for e, options in (
                ("pooled", {}),
                ("fixed", {"drop_absorbed": True}),
                ("random", {}),
            )
        ]
    for model in models:
        for result in diagnostics.battery(model):
            assert np.isfinite(result.statistic)
    for variant in ("classic", "sigmamore", "sigmaless", "auxiliary"):
        assert diagnostics.hausman(models[1], models[2], variant=variant).df == (2,)


def test_every_result_states_what_it_tests(make_panel):
    models = {e: fit("y ~ x + z", make_panel(8, 10), estimator=e) for e in BY_MODEL}
    for estimator, test in ALL:
        result = test(models[estimator])
        assert result.name
        assert result.variant
        assert result.verdict
        assert result.reference
        if result.distribution != "none":
            assert result.null
            assert result.alternative
            assert 0 <= result.pvalue <= 1


@pytest.mark.parametrize("name", [n for n in diagnostics.__all__ if n.islower()])
def test_an_unknown_option_is_answered_in_a_sentence(name):
    with pytest.raises(DiagnosticError, match=f"{name} has no option 'quark'.*its options are"):
        getattr(diagnostics, name)(None, quark=1)
