"""Options that a function does not have are answered in one sentence with this package's word."""

import re

import numpy as np
import pytest

import regressions
from regressions import OptionError, fit

SENTENCES = {
    "vce": "write cov=", "se": "write cov=", "vcov": "write cov=", "cov_type": "write cov=",
    "robust": "write cov='robust'", "cluster": "write cov='clustered', clusters=",
    "absorb": "write estimator='fixed', effects=", "method": "write estimator=",
    "model": "write estimator=", "fe": "write estimator='fixed'", "index": "data.set_index(",
    "entity_effects": "effects='entity'", "subset": "data.loc[", "na_action": "missing='drop'",
    "estimater": "did you mean 'estimator'?", "quark": "its options are formula, data, estimator",
}  # fmt: skip


@pytest.mark.parametrize("option", SENTENCES)
@pytest.mark.parametrize("function", ["fit", "fit_many", "fit_split", "stepwise", "curve"])
def test_an_unknown_option_is_answered_with_the_word_for_it(panel, function, option):
    calls = {
        "fit": lambda **o: fit("y ~ x", panel, **o),
        "fit_many": lambda **o: regressions.fit_many("y ~ x", panel, **o),
        "fit_split": lambda **o: regressions.fit_split("y ~ x", panel, "region", **o),
        "stepwise": lambda **o: regressions.stepwise("y ~ x", panel, ["z"], **o),
        "curve": lambda **o: regressions.specification_curve(
            panel, dependent="y", interest="x", **o
        ),
    }
    wanted = "its options are" if option == "quark" else SENTENCES[option]
    with pytest.raises(OptionError, match=re.escape(f"has no option '{option}'")) as error:
        calls[function](**{option: "a"})
    assert wanted in str(error.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m, d: regressions.wild_cluster_bootstrap(m, "x", reps=999), "write draws=9999"),
        (lambda m, d: regressions.marginal_effect(m, "x", alpha=0.1), "write level=0.95"),
        (lambda m, d: regressions.correlation_table(d, methods="pearson"), "did you mean 'method'"),
        (lambda m, d: regressions.descriptive_table(d, stats=["mean"]), "'statistics'"),
        (lambda m, d: fit("y ~ x", d, "fixed"), "fit takes formula, data, then options by name"),
        (lambda m, d: m.predict(newdata=d), "write data=..."),
        (lambda m, d: m.conf_int(alpha=0.05), "write level=0.95"),
        (lambda m, d: fit("y ~ x"), "missing a required argument: 'data'"),
    ],
)
def test_other_functions_answer_alike(panel, call, words):
    with pytest.raises(OptionError, match=re.escape(words)):
        call(fit("y ~ x", panel), panel)


def test_the_signature_stays_for_help_and_completion():
    from inspect import signature

    assert [*signature(fit).parameters][:3] == ["formula", "data", "estimator"]
    assert "Parameters" in (fit.__doc__ or "")


def test_options_that_exist_pass_through_collections(panel):
    models = regressions.fit_split("y ~ x", panel, "region", full=True, cov="HC1", n_jobs=1)
    assert {model.cov for model in models} == {"HC1"}
    assert np.isfinite(models.to_frame().loc["x"]).all()
