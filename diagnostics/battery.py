"""The usual tests of one model as one table, with their multiplicity noted."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.registry import entries_for
from diagnostics.result import TestResult
from diagnostics.sample import require_model
from regressions.options import by_name

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["Battery", "battery"]

_ESTIMATORS = ("pooled", "fixed", "random")

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
        rows = [_row_of_frame(result) for _, _, result in self.entries]
        index = pd.MultiIndex.from_tuples(
            [(question, test) for question, test, _ in self.entries], names=["question", "test"]
        )
        frame = pd.DataFrame(rows, index=index)
        tested = frame["pvalue"].notna()
        holm = pd.Series(np.nan, index=frame.index)
        holm[tested] = _adjust_by_holm(frame.loc[tested, "pvalue"].to_numpy(dtype=float))
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
            p = "" if np.isnan(row["pvalue"]) else _format_pvalues(row["pvalue"], row["holm"])
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
def battery(model: FittedModel, *, further: Sequence[TestResult] = ()) -> Battery:
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
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> tests = battery(fit("y ~ x", data, estimator="fixed", effects="entity"))
    >>> tests["F test"].df
    (19, 219)
    """
    require_model(model, "the battery of tests", _ESTIMATORS)
    entries: list[tuple[str, str, TestResult | str]] = []
    for place, test in entries_for(model.estimator):
        try:
            entries.append((place.question, place.name, test(model, **place.options)))
        except DiagnosticError as reason:
            entries.append((place.question, place.name, str(reason)))
    entries += [("Further", result.name, result) for result in further]
    return Battery(label=str(model.label), entries=tuple(entries))


def _adjust_by_holm(pvalues: np.ndarray) -> np.ndarray:
    """P-values of shape (m,) for a family of m tests by the step-down method of Holm (1979).

    Three lines here, because statsmodels takes longer to import than a study to estimate.
    """
    order = np.argsort(pvalues)
    adjusted = np.maximum.accumulate(pvalues[order] * np.arange(len(order), 0, -1))
    return np.minimum(adjusted, 1.0)[np.argsort(order)]


def _format_pvalues(*values: float) -> str:
    """Format p-values to four digits, the smallest as "< 0.0001"."""
    shown = ["< 0.0001" if value < 1e-4 else f"{value:8.4f}" for value in values]
    return "p " + "  Holm ".join(shown)


def _row_of_frame(result: TestResult | str) -> dict[str, Any]:
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
