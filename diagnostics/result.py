"""What every test returns: one frozen value that states what was tested and what it means."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

__all__ = ["LEVEL", "Deferred", "TestResult", "decide", "pvalue_text"]

LEVEL = 0.05
"""Level at which the sentence `TestResult.verdict` is worded; the p-value is always given too."""

_DISTRIBUTIONS = {
    "chi2": "χ²({})",
    "chibar2": "χ̄²({})",
    "F": "F({})",
    "N": "N(0, 1)",
    "t": "t({})",
    "nonstandard": "non-standard",
    "none": "none",
}


@dataclass(frozen=True, eq=False)
class Deferred:
    """A detail that takes long: computed when it is first read."""

    compute: Callable[[], Any]


class _Details(Mapping[str, Any]):
    """Read-only details, of which some are computed when they are first read."""

    def __init__(self, details: Mapping[str, Any]) -> None:
        own: Mapping[str, Any] = details._values if isinstance(details, _Details) else details
        self._values: dict[str, Any] = dict(own)

    def __getitem__(self, name: str) -> Any:
        value = self._values[name]
        if isinstance(value, Deferred):
            value = self._values[name] = value.compute()
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        shown = {
            name: "not computed yet" if isinstance(value, Deferred) else value
            for name, value in self._values.items()
        }
        return repr(shown)


@dataclass(frozen=True, eq=False, repr=False)
class TestResult:
    """Outcome of one specification test.

    Attributes
    ----------
    name : str
        Name of the test as the literature has it.
    statistic : float
        Value of the statistic, signed as it came out.
    distribution : {"chi2", "chibar2", "F", "N", "t", "nonstandard", "none"}
        Distribution of the statistic under the null. "chibar2" is the mixture of chi-squares of a
        one-sided test on a boundary; "nonstandard" has tabulated or simulated critical values;
        "none" marks a measure that is not a test.
    df : tuple of float
        Degrees of freedom; empty for the normal, two numbers for F, and for "chibar2" those of
        the components.
    pvalue : float
        From the survival function; NaN when the statistic has no p-value.
    null, alternative : str
        Hypotheses in words.
    variant : str
        Which published form this is.
    verdict : str
        One sentence: what the outcome says, worded at the 5 % level.
    details : mapping
        Everything else that was computed on the way; read-only.
    warnings : tuple of str
        Where the test is on weak ground for this model and sample.
    reference : str
        Publication of the formula.

    Examples
    --------
    >>> result = TestResult("Jarque-Bera", 7.2, "chi2", (2,), 0.0273, null="normal errors")
    >>> result.statistic
    7.2
    >>> print(result)
    Jarque-Bera: chi2(2) = 7.2, p = 0.0273
    """

    __test__: ClassVar[bool] = False  # the name starts like a test class; pytest must not collect

    name: str
    statistic: float
    distribution: str
    df: tuple[float, ...]
    pvalue: float
    null: str = ""
    alternative: str = ""
    variant: str = ""
    verdict: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    reference: str = ""

    def __post_init__(self) -> None:
        if self.distribution not in _DISTRIBUTIONS:
            raise ValueError(
                f"unknown distribution {self.distribution!r}; one of {', '.join(_DISTRIBUTIONS)}"
            )
        object.__setattr__(self, "statistic", float(self.statistic))
        object.__setattr__(self, "pvalue", float(self.pvalue))
        object.__setattr__(self, "df", tuple(self.df))
        object.__setattr__(self, "warnings", tuple(self.warnings))
        object.__setattr__(self, "details", _Details(self.details))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "details": dict(self.details)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for key, value in state.items():
            stored = _Details(value) if key == "details" else value
            object.__setattr__(self, key, stored)

    @property
    def distribution_text(self) -> str:
        """Distribution with its degrees of freedom, e.g. ``F(9, 188)``."""
        dfs = ", ".join(format(d, ".10g") for d in self.df)
        return _DISTRIBUTIONS[self.distribution].format(dfs)

    def __str__(self) -> str:
        dfs = f"({', '.join(format(d, '.10g') for d in self.df)})" if self.df else ""
        pvalue = pvalue_text(self.pvalue)
        kind = "statistic" if self.distribution in ("nonstandard", "none") else self.distribution
        return f"{self.name}: {kind}{dfs} = {self.statistic:.6g}, {pvalue}"

    def __repr__(self) -> str:
        return f"<TestResult {self}>"

    def to_frame(self) -> pd.DataFrame:
        """One row: test, variant, statistic, distribution, df, p-value, null, verdict, warnings.

        Returns
        -------
        pandas.DataFrame
            Shape (1, 10), indexed by the name of the test.
        """
        return pd.DataFrame(
            {
                "variant": [self.variant],
                "statistic": [self.statistic],
                "distribution": [self.distribution],
                "df": [", ".join(format(d, ".10g") for d in self.df)],
                "pvalue": [self.pvalue],
                "null": [self.null],
                "alternative": [self.alternative],
                "verdict": [self.verdict],
                "warnings": ["; ".join(self.warnings)],
                "reference": [self.reference],
            },
            index=pd.Index([self.name], name="test"),
        )

    def _labelled_lines(self) -> list[tuple[str, str]]:
        rows = [("H0", self.null), ("H1", self.alternative), ("Variant", self.variant)]
        if self.distribution != "none":
            rows.append(("Under H0", self.distribution_text))
        rows.append(("Statistic", f"{self.statistic:.6g}"))
        if not math.isnan(self.pvalue):
            rows.append(("p-value", pvalue_text(self.pvalue).removeprefix("p ").removeprefix("= ")))
        rows.append(("Verdict", self.verdict))
        rows += [("Warning", text) for text in self.warnings]
        rows.append(("Reference", self.reference))
        return [(label, text) for label, text in rows if text]

    def summary(self) -> str:
        """Lay the result out as text, one labelled line each."""
        lines = [f"{label + ':':<11}{text}" for label, text in self._labelled_lines()]
        return "\n".join([self.name, "-" * len(self.name), *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row">{html.escape(label)}</th><td>{html.escape(text)}</td></tr>'
            for label, text in self._labelled_lines()
        )
        return f"<table><caption>{html.escape(self.name)}</caption><tbody>{rows}</tbody></table>"


def pvalue_text(pvalue: float) -> str:
    """Word a p-value; one too small for a number is given as a bound.

    Examples
    --------
    >>> pvalue_text(0.03217), pvalue_text(0.0), pvalue_text(float("nan"))
    ('p = 0.0322', 'p < 1e-300', 'no p-value')
    """
    if math.isnan(pvalue):
        return "no p-value"
    return f"p = {pvalue:.3g}" if pvalue >= 1e-300 else "p < 1e-300"


def decide(pvalue: float, rejected: str, kept: str) -> str:
    """Word the outcome of a test at the 5 % level; a p-value that is NaN decides nothing.

    Parameters
    ----------
    pvalue : float
        p-value of the test.
    rejected, kept : str
        What rejecting and not rejecting mean, as half sentences.

    Examples
    --------
    >>> decide(0.2, "effects are present", "effects are not detected")
    'p = 0.2: at the 5 % level effects are not detected.'
    """
    if np.isnan(pvalue):
        return "No p-value, so no verdict at a level."
    return f"{pvalue_text(pvalue)}: at the 5 % level {rejected if pvalue < LEVEL else kept}."
