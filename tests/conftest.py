"""One table of the agreement with R, from every test that compares with its answers.

``IOECON_AGREEMENT=1 python -m pytest tests/regressions tests/diagnostics -m agreement`` prints it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

_PROPERTY = "agreement with R"
_RELATIVE = 1e-8


@dataclass(frozen=True)
class Agreement:
    """Comparison with R's answers that remembers how close they were."""

    remember: Callable[[float, str], None]

    def number(
        self,
        ours: Any,
        theirs: Any,
        rel: float = _RELATIVE,
        *,
        scale: Any = None,
        because: str = "",
    ) -> None:
        """Compare numbers or arrays of numbers, relative to R's or to a given scale.

        A tolerance wider than 1e-8 needs its reason, which is printed with the table.
        """
        assert because or rel <= _RELATIVE, "a wider tolerance needs a reason"
        ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
        size = np.abs(theirs) if scale is None else np.asarray(scale, dtype=float)
        deviation = float(np.max(np.abs(ours - theirs) / np.maximum(size, 1e-12)))
        self.remember(deviation, because)
        assert deviation <= rel, f"{ours} against R's {theirs}: off by {deviation:.1e}"

    def left_out(self, because: str) -> None:
        """Say in the table why there is nothing to compare for this data set."""
        self.remember(float("nan"), because)

    def __call__(self, result: Any, answer: dict[str, Any]) -> None:
        """Compare the result of a test: statistic, degrees of freedom and p-value."""
        self.number(result.statistic, answer["statistic"])
        parameter = answer.get("parameter")
        if parameter and result.distribution in ("chi2", "F"):
            assert list(result.df) == pytest.approx(list(parameter.values()))
        if answer.get("p_value") is not None:
            # an error in the statistic is magnified in the far tail, hence the wider margin
            assert result.pvalue == pytest.approx(
                answer["p_value"], rel=100 * _RELATIVE, abs=1e-290
            )


@pytest.fixture
def agrees(request: pytest.FixtureRequest) -> Agreement:
    """Compare with R on the data set of the fixture `case`, `reference` or `grunfeld`."""
    node = request.node
    source = next(n for n in ("reference", "case", "grunfeld") if n in request.fixturenames)
    data_set = "grunfeld" if source == "grunfeld" else request.getfixturevalue(source).name
    parameters = [str(v) for k, v in node.callspec.params.items() if k != source]
    name = node.originalname.removeprefix("test_").replace("_", " ")
    row = f"{node.path.parent.name}: {', '.join([name, *parameters[:1]])}"
    node.user_properties.append((_PROPERTY, (row, data_set)))

    def remember(deviation: float, because: str) -> None:
        node.user_properties.append((_PROPERTY, (row, data_set, deviation, because)))

    return Agreement(remember)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "agreement: compares with R's answers")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "agrees" in getattr(item, "fixturenames", ()):
            item.add_marker("agreement")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of agreement with R where IOECON_AGREEMENT is set."""
    if not os.environ.get("IOECON_AGREEMENT"):
        return
    cells: dict[str, dict[str, list[tuple[float, str]]]] = {}
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.getreports(outcome):
            found: list[Any] = [v for k, v in report.user_properties if k == _PROPERTY]
            for row, data_set, *number in found:
                cell = cells.setdefault(row, {}).setdefault(data_set, [])
                cell.append(tuple(number) if number else (np.nan, _why_skipped(report)))
    if cells:
        terminalreporter.section("agreement with R: largest relative difference")
        for line in _lines(cells):
            terminalreporter.write_line(line)


def _why_skipped(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    text = str(text).removeprefix("Skipped: ")
    return "R gives no answer for this data set" if text.startswith("R has no ") else text


def _lines(cells: dict[str, dict[str, list[tuple[float, str]]]]) -> list[str]:
    """Lay out the table: in a cell a difference, or the number of the reason for none."""
    legend: dict[str, int] = {}
    rows = sorted(cells, key=lambda row: row.split(":")[0], reverse=True)
    columns = sorted({name for row in cells.values() for name in row})
    table = pd.DataFrame("", index=rows, columns=columns)
    for row in rows:
        for name, found in cells[row].items():
            compared = [(d, why) for d, why in found if not np.isnan(d)]
            words = [f"{max(d for d, _ in compared):.0e}"] if compared else []
            reasons = dict.fromkeys(why for _, why in compared or found if why)
            words += [f"[{legend.setdefault(why, len(legend) + 1)}]" for why in reasons]
            table.loc[row, name] = " ".join(words)
    return [
        *table.to_string().splitlines(),
        "",
        *(f"[{number}] {why}" for why, number in legend.items()),
    ]
