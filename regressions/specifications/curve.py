"""The result of a specification curve: every estimate with its choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regressions.specifications.joint import ALPHA, JointTests

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["RESULTS", "SpecificationCurve"]

RESULTS = (
    "estimate", "std_error", "conf_low", "conf_high", "df", "pvalue", "nobs", "error",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class SpecificationCurve:
    """Estimates of one effect under many combinations of choices.

    Estimates of different dependents or variables of interest are in different units; signs,
    significance and Stouffer's Z compare across them, the median of the estimates only as far as
    the units do.

    Attributes
    ----------
    table : DataFrame
        One row per specification in the order of the choices: a column per choice, then estimate,
        std_error, conf_low, conf_high, df, pvalue, nobs, error (empty where it was estimated).
    choices : mapping of str to tuple of str
        Options of each choice, by label.
    level : float
        Of the intervals.
    warnings : tuple of str
        What the estimates warned of.
    joint : JointTests or None
    """

    table: pd.DataFrame
    choices: Mapping[str, tuple[str, ...]]
    level: float
    warnings: tuple[str, ...] = ()
    joint: JointTests | None = None

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        return f"<SpecificationCurve of {len(self)}: median {self.median:.4g}>"

    def tested(self, joint: JointTests) -> SpecificationCurve:
        """Return the curve with its joint tests."""
        return replace(self, joint=joint)

    def to_frame(self, *, ordered: bool = False) -> pd.DataFrame:
        """Return one row per specification.

        Parameters
        ----------
        ordered : bool
            By estimate, failures last, rather than in the order of the choices.

        Returns
        -------
        DataFrame
        """
        if not ordered:
            return self.table.copy()
        return self.table.sort_values("estimate", kind="stable", ignore_index=True)

    @property
    def estimated(self) -> pd.DataFrame:
        """Specifications that were estimated."""
        return self.table[self.table["error"] == ""]

    @property
    def failed(self) -> pd.DataFrame:
        """Specifications that were not, with the reason in the column error."""
        return self.table[self.table["error"] != ""]

    @property
    def median(self) -> float:
        """Median estimate."""
        return float(self.estimated["estimate"].median())

    @property
    def share_significant(self) -> float:
        """Share of estimates with p below 5 %, of either sign."""
        return _share_true(self.estimated["pvalue"] < ALPHA)

    @property
    def share_same_sign(self) -> float:
        """Share of estimates with the sign of the median."""
        return _share_true(np.sign(self.estimated["estimate"]) == np.sign(self.median))

    def glance(self) -> pd.DataFrame:
        """Describe the curve in one row: specifications, failed, median, range, shares."""
        return _describe_estimates(self.table).to_frame().T

    def by_choice(self) -> pd.DataFrame:
        """Describe the specifications that share each option.

        Returns
        -------
        DataFrame
            Index (choice, option) over choices with several options; columns as in
            :meth:`glance`.
        """
        parts = {
            (choice, option): _describe_estimates(self.table[self.table[choice] == option])
            for choice, options in self.choices.items()
            for option in options
            if len(options) > 1
        }
        columns = list(_describe_estimates(self.table).index)
        if not parts:
            index = pd.MultiIndex.from_arrays([[], []], names=["choice", "option"])
            return pd.DataFrame(columns=columns, index=index)
        frame = pd.DataFrame(list(parts.values()), columns=columns)
        frame.index = pd.MultiIndex.from_tuples(list(parts), names=["choice", "option"])
        return frame

    def _estimates_text(self) -> str:
        row = _describe_estimates(self.table)
        lines = [
            f"Specification curve of {len(self)} specifications"
            + (f", {int(row['failed'])} of which could not be estimated" if row["failed"] else ""),
            f"  median estimate {row['median']:.4g}, from {row['smallest']:.4g} to "
            f"{row['largest']:.4g}",
            f"  {row['share_significant']:.1%} significant at 5 %, {row['share_same_sign']:.1%} "
            "of the sign of the median",
        ]
        lines += [
            f"  not estimated ({count}): {reason}"
            for reason, count in self.failed["error"].value_counts().items()
        ]
        return "\n".join(lines)

    def summary(self) -> str:
        """Describe the curve and its joint tests as text."""
        joint = "" if self.joint is None else f"\n{self.joint.summary()}"
        return self._estimates_text() + joint

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        joint = "" if self.joint is None else self.joint._repr_html_()
        return f"<pre>{escape(self._estimates_text())}</pre>{joint}"

    def figure(self, **options: Any) -> Figure:
        """Draw the curve: see :func:`regressions.specifications.figure.draw_curve`."""
        from regressions.specifications.figure import draw_curve

        return draw_curve(self, **options)


def _share_true(truths: pd.Series) -> float:
    return float(truths.mean()) if len(truths) else float("nan")


def _describe_estimates(table: pd.DataFrame) -> pd.Series:
    """Count and summarise some specifications."""
    good = table[table["error"] == ""]
    estimates = good["estimate"]
    median = float(estimates.median())
    return pd.Series(
        {
            "specifications": len(table),
            "failed": len(table) - len(good),
            "median": median,
            "smallest": estimates.min(),
            "largest": estimates.max(),
            "share_significant": _share_true(good["pvalue"] < ALPHA),
            "share_same_sign": _share_true(np.sign(estimates) == np.sign(median)),
        },
        dtype=float,
    )
