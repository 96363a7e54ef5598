"""The usual tests of one model as one table, with their multiplicity noted."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from diagnostics.cross_section_dependence import cross_section_dependence
from diagnostics.errors import DiagnosticError
from diagnostics.f_effects import f_effects
from diagnostics.hausman import mundlak
from diagnostics.jarque_bera import jarque_bera
from diagnostics.lm_effects import lm_effects
from diagnostics.modified_wald import breusch_pagan, modified_wald, white
from diagnostics.poolability import poolability
from diagnostics.reset import reset
from diagnostics.result import TestResult
from diagnostics.sample import require_model
from diagnostics.serial.wooldridge_serial import (
    baltagi_li,
    bera_sosa_escudero_yoon,
    breusch_godfrey,
    wooldridge_serial,
    wooldridge_within,
)
from diagnostics.unobserved_effect import unobserved_effect
from diagnostics.vif import condition_number, vif
from regressions.options import by_name

_Test = Callable[[Any], TestResult]
_Entry = tuple[str, str, _Test]

_SHARED: tuple[_Entry, ...] = (
    ("Serial correlation", "Wooldridge (xtserial)", wooldridge_serial),
    ("Serial correlation", "Breusch-Godfrey", breusch_godfrey),
    ("Cross-section dependence", "Pesaran CD", cross_section_dependence),
    (
        "Cross-section dependence",
        "Breusch-Pagan LM",
        lambda model: cross_section_dependence(model, "lm"),
    ),
    ("Heteroskedasticity", "Breusch-Pagan", breusch_pagan),
    ("Heteroskedasticity", "White", white),
    ("Normality", "Jarque-Bera", jarque_bera),
    ("Functional form", "RESET", reset),
    ("Collinearity", "Largest VIF", vif),
    ("Collinearity", "Condition number", condition_number),
)
_BY_ESTIMATOR: Mapping[str, tuple[_Entry, ...]] = {
    "pooled": (
        ("Effects", "Breusch-Pagan LM, entity", lm_effects),
        ("Effects", "Honda, time", lambda model: lm_effects(model, "time", "honda")),
        ("Effects", "GHM, two-way", lambda model: lm_effects(model, "twoway", "ghm")),
        ("Effects", "Wooldridge unobserved effect", unobserved_effect),
        ("Effects", "Baltagi-Li joint", bera_sosa_escudero_yoon),
        ("Equal slopes", "Poolability", poolability),
    ),
    "fixed": (
        ("Effects", "F test", f_effects),
        ("Equal slopes", "Poolability", poolability),
        ("Serial correlation", "Wooldridge after fixed effects", wooldridge_within),
        ("Heteroskedasticity", "Modified Wald", modified_wald),
        ("Collinearity", "Largest VIF, within", lambda model: vif(model, transform="within")),
    ),
    "random": (
        ("Effects", "Mundlak", mundlak),
        ("Serial correlation", "Baltagi-Li", baltagi_li),
    ),
}
_ORDER = (
    "Effects",
    "Equal slopes",
    "Serial correlation",
    "Cross-section dependence",
    "Heteroskedasticity",
    "Normality",
    "Functional form",
    "Collinearity",
    "Further",
)
_NOTE = (
    "Holm: p-value adjusted for the {} tests of this table (family-wise, Holm 1979). "
    "Many tests on one model reject something by chance; a single p-value below 5 % is weak news."
)


@dataclass(frozen=True, eq=False)
class Battery:
    """Results of several tests of one model.

    Attributes
    ----------
    label : str
        Label of the model.
    entries : tuple of (str, str, TestResult or str)
        Question, test, and its result, or why it does not apply.

    Examples
    --------
    >>> Battery("m", (("Normality", "Jarque-Bera", "needs residuals"),)).not_applicable
    mappingproxy({'Jarque-Bera': 'needs residuals'})
    """

    label: str
    entries: tuple[tuple[str, str, TestResult | str], ...]

    def __iter__(self) -> Iterator[TestResult]:
        return iter(self.results.values())

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, test: str) -> TestResult:
        if test in self.not_applicable:
            raise KeyError(f"{test} does not apply: {self.not_applicable[test]}")
        if test not in self.results:
            raise KeyError(f"no test {test!r} in this battery; it has {', '.join(self.results)}")
        return self.results[test]

    @property
    def results(self) -> Mapping[str, TestResult]:
        """Results by test, those that apply."""
        return MappingProxyType(
            {test: r for _, test, r in self.entries if isinstance(r, TestResult)}
        )

    @property
    def not_applicable(self) -> Mapping[str, str]:
        """Why the other tests do not apply, by test."""
        return MappingProxyType({test: r for _, test, r in self.entries if isinstance(r, str)})

    @property
    def note(self) -> str:
        """The note on multiplicity that belongs under the table."""
        return _NOTE.format(int(self.to_frame()["pvalue"].notna().sum()))

    def to_frame(self) -> pd.DataFrame:
        """Table for the appendix.

        Returns
        -------
        pandas.DataFrame
            Indexed by (question, test); columns statistic, distribution, pvalue, holm, null,
            verdict, warnings. Tests that do not apply have NaN and the reason as verdict.
        """
        rows = [_row(result) for _, _, result in self.entries]
        index = pd.MultiIndex.from_tuples(
            [(question, test) for question, test, _ in self.entries], names=["question", "test"]
        )
        frame = pd.DataFrame(rows, index=index)
        tested = frame["pvalue"].notna()
        holm = pd.Series(np.nan, index=frame.index)
        if tested.any():
            from statsmodels.stats.multitest import multipletests

            holm[tested] = multipletests(frame.loc[tested, "pvalue"], method="holm")[1]
        frame.insert(3, "holm", holm)
        return frame

    def summary(self) -> str:
        """Lay the table out as text, with the note on multiplicity."""
        frame = self.to_frame()
        lines = [f"Specification tests of {self.label}", ""]
        last = ""
        for (question, test), row in frame.iterrows():
            if question != last:
                lines.append(question)
                last = question
            if np.isnan(row["statistic"]):
                lines.append(f"  {test:<32} not applicable: {row['verdict']}")
                continue
            p = "" if np.isnan(row["pvalue"]) else _pvalues(row["pvalue"], row["holm"])
            lines.append(f"  {test:<32} {row['statistic']:>12.4g}  {row['distribution']:<14} {p}")
        return "\n".join([*lines, "", self.note])

    def _repr_html_(self) -> str:
        body = []
        for (question, test), row in self.to_frame().iterrows():
            numbers = [
                "" if np.isnan(row[column]) else f"{row[column]:.4g}"
                for column in ("statistic", "pvalue", "holm")
            ]
            cells = [question, test, numbers[0], row["distribution"], *numbers[1:], row["verdict"]]
            body.append("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in cells) + "</tr>")
        heads = ("Question", "Test", "Statistic", "Under H0", "p", "Holm p", "Verdict")
        head = "".join(f'<th scope="col">{h}</th>' for h in heads)
        return (
            f"<table><caption>Specification tests of {html.escape(self.label)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
            f"<p>{html.escape(self.note)}</p>"
        )


@by_name(error=DiagnosticError)
def battery(model: Any, *, further: Sequence[TestResult] = ()) -> Battery:
    """Run the usual specification tests of a model.

    Effects, equal slopes, serial correlation, cross-section dependence, heteroskedasticity,
    normality, functional form and collinearity, each where it is defined for the estimator; a
    test that does not apply to the sample is listed with the reason.

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled, fixed or random effects.
    further : sequence of TestResult
        Results to add to the table and to the family of the Holm adjustment, such as a Hausman
        test.

    Returns
    -------
    Battery

    Raises
    ------
    DiagnosticError
        If `model` is not a fitted pooled, fixed- or random-effects model.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from regressions import fit
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(10), range(20)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(200, 2)), index=index, columns=["x", "y"])
    >>> tests = battery(fit("y ~ x", data, estimator="fixed", effects="entity"))
    >>> tests["F test"].df
    (9, 189)
    """
    require_model(model, "the battery of tests", tuple(_BY_ESTIMATOR))
    entries: list[tuple[str, str, TestResult | str]] = []
    for question, name, test in _BY_ESTIMATOR[model.estimator] + _SHARED:
        try:
            entries.append((question, name, test(model)))
        except DiagnosticError as reason:
            entries.append((question, name, str(reason)))
    entries += [("Further", result.name, result) for result in further]
    entries.sort(key=lambda entry: _ORDER.index(entry[0]))
    return Battery(label=str(model.label), entries=tuple(entries))


def _pvalues(*values: float) -> str:
    """Give p-values to four digits, the smallest as "< 0.0001"."""
    shown = ["< 0.0001" if value < 1e-4 else f"{value:8.4f}" for value in values]
    return "p " + "  Holm ".join(shown)


def _row(result: TestResult | str) -> dict[str, Any]:
    if isinstance(result, str):
        return {
            "statistic": np.nan,
            "distribution": "",
            "pvalue": np.nan,
            "null": "",
            "verdict": result,
            "warnings": "",
        }
    return {
        "statistic": result.statistic,
        "distribution": "" if result.distribution == "none" else result.distribution_text,
        "pvalue": result.pvalue,
        "null": result.null,
        "verdict": result.verdict,
        "warnings": "; ".join(result.warnings),
    }
