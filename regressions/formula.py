"""From the text of a formula to its terms: read by formulaic, checked, counted before expanded.

formulaic evaluates the Python inside terms, so every term is checked first against a whitelist
(:mod:`regressions.terms`). Formulas may therefore come from files that are not trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from formulaic import Formula
from formulaic.errors import FormulaicError
from formulaic.parser import DefaultFormulaParser
from formulaic.parser.types import ASTNode

from regressions.errors import FormulaError
from regressions.foreign_spellings import refuse_foreign_spelling
from regressions.terms import TermNeeds, check_term, require_column

_LONGEST = 10_000
_LARGEST_POWER = 9
_POWER = re.compile(r"(?:\*\*|\^)\s*\(?\s*(\d+)")
_LONG_NUMBER = re.compile(r"\d{41}")
_MOST_TERMS = 1_000
_MOST_FACTORS = 6
_LONGEST_SHOWN = 200
# formulaic's parser raises AttributeError where a bracket or operator is out of place, and
# IndexError at empty backticks
_UNREADABLE = (FormulaicError, SyntaxError, AttributeError, IndexError, RecursionError)


@dataclass(frozen=True, eq=False)
class ParsedFormula:
    """A formula that was read and found safe.

    Attributes
    ----------
    text : str
        The formula as given.
    needs : TermNeeds
        What its terms need from the data.
    bare : frozenset of str
        Columns that stand alone as a regressor: numbers or categories.
    right : TermNeeds
        What the regressors need.
    """

    text: str
    formula: Formula
    needs: TermNeeds
    bare: frozenset[str]
    right: TermNeeds

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the data it uses, in order of appearance."""
        return tuple(self.needs.columns)

    @property
    def right_columns(self) -> tuple[str, ...]:
        """Columns that the regressors use."""
        return tuple(self.right.columns)

    @property
    def own_columns(self) -> tuple[str, ...]:
        """Columns whose value in the row itself is needed, not only a lag or lead of it."""
        own = {name for name, path in self.needs.shifts if not any(path)}
        return tuple(name for name in self.columns if name in own)

    @property
    def panel_transforms(self) -> bool:
        """Whether it uses a lag, lead or difference."""
        return any(path for _, path in self.needs.shifts)

    @property
    def dependent(self) -> str:
        """Left-hand side as formulaic writes it."""
        return str(next(iter(self.formula.lhs)))


def parse_formula(formula: str, columns: Iterable[str]) -> ParsedFormula:
    """Read a two-sided formula and refuse whatever is not a column, arithmetic or a transform.

    Parameters
    ----------
    formula : str
        ``"y ~ x1 + log(x2) + C(group)"``. The constant is added unless ``- 1`` is written.
        Names that are not Python identifiers go between backticks.
    columns : iterable of str
        Columns of the data.

    Returns
    -------
    ParsedFormula

    Raises
    ------
    FormulaError
        If the formula cannot be read, has no or several left-hand sides, names an unknown
        column (the nearest is suggested), is written as Stata or R would, stands for too many
        terms, or holds anything but the allowed operations.

    Examples
    --------
    >>> parse_formula("y ~ lag(x, 1) + z", ["x", "y", "z"]).columns
    ('y', 'x', 'z')
    """
    if not isinstance(formula, str):
        raise FormulaError(f"a formula is a text such as 'y ~ x', not {type(formula).__name__}")
    known = [str(column) for column in columns]
    if (
        len(formula) > _LONGEST
        or _LONG_NUMBER.search(re.sub(r"`[^`]*`", "", formula))
        or any(len(n) > 2 or int(n) > _LARGEST_POWER for n in _POWER.findall(formula))
    ):
        raise FormulaError(
            f"the formula {formula[:60]!r}… is too large: at most {_LONGEST} characters, powers up "
            f"to {_LARGEST_POWER} and numbers of 40 digits"
        )
    refuse_foreign_spelling(formula, known)
    shown = beginning_of(formula)
    if formula.count("~") != 1:
        raise FormulaError(f"the formula {shown!r} must have one '~': 'dependent ~ regressors'")
    _refuse_bars_and_dots(formula)
    parsed = _read(formula)
    left, right = getattr(parsed, "lhs", None), getattr(parsed, "rhs", None)
    if left is None or right is None or len(list(left)) != 1:
        raise FormulaError(f"the formula {shown!r} must have exactly one dependent variable")
    needs, right_needs = TermNeeds(), TermNeeds()
    needs.numbers |= _check_terms(left, known, shown, needs)
    bare = _check_terms(right, known, shown, right_needs)
    needs.add_all(right_needs)
    return ParsedFormula(formula, parsed, needs, frozenset(bare), right_needs)


def beginning_of(formula: str) -> str:
    """Beginning of a formula, for errors."""
    return formula if len(formula) <= _LONGEST_SHOWN else f"{formula[:_LONGEST_SHOWN]}…"


def _refuse_bars_and_dots(formula: str) -> None:
    outside_names = re.sub(r"`[^`]*`", "", formula)
    formula = beginning_of(formula)
    if "|" in outside_names:
        after = [part.strip() for part in re.split(r"[+|^]", outside_names.partition("|")[2])]
        named = [name for name in after if re.fullmatch(r"\w+", name)]
        example = named if named and len(named) == len(after) else ["entity", "industry"]
        raise FormulaError(
            f"the formula {formula!r} has a '|': absorbed effects are given by effects=, "
            f"such as effects={example!r}, with estimator='fixed'"
        )
    if re.search(r"(?<![\w.)\]])\.(?![\w.])", outside_names):
        raise FormulaError(f"the formula {formula!r} has a '.': name the regressors")


def _read(formula: str) -> Formula:
    """Let formulaic read the formula, once it is known to stand for few terms."""
    parser = DefaultFormulaParser(feature_flags={"twosided"})
    try:
        _count_terms(parser.get_ast(formula), beginning_of(formula))
        parsed = Formula(formula, _parser=parser)
    except FormulaError:
        raise
    except _UNREADABLE as error:
        reason = str(error).strip().splitlines()
        raise FormulaError(
            f"the formula {beginning_of(formula)!r} cannot be read: "
            + (reason[0][:_LONGEST_SHOWN] if reason else repr(error))
        ) from error
    for term in [*(getattr(parsed, "lhs", None) or ()), *(getattr(parsed, "rhs", None) or ())]:
        if len(term.factors) > _MOST_FACTORS:
            raise FormulaError(
                f"the formula {formula[:60]!r}… has an interaction of {len(term.factors)} "
                f"variables: at most {_MOST_FACTORS}"
            )
    return parsed


def _count_terms(node: Any, formula: str) -> int:
    """Terms that a part of a formula stands for, at most; refuse what formulaic misreads."""
    if not isinstance(node, ASTNode):
        return 1
    counts = [_count_terms(argument, formula) for argument in node.args]
    match node.operator.symbol, counts:
        case "**" | "^", [base, _]:
            power = int(str(node.args[1])) if str(node.args[1]).isdigit() else 1
            if base == 1 and power > 1:
                name = str(node.args[0])
                raise FormulaError(
                    f"'{name}{node.operator.symbol}{power}' in the formula {formula!r} is a power "
                    f"of terms, which is {name} alone: write I({name} ** {power}) for the power of "
                    "its values"
                )
            count = base**power
        case "/", _:
            raise FormulaError(
                f"the formula {formula!r} has a '/' between terms: write I(x / z) for a ratio, "
                "x + x:z for terms within others"
            )
        case ":", [left, right]:
            count = left * right
        case "*" | "%in%" | "in", [left, right]:
            count = left + right + left * right
        case "-", [left, _]:
            count = left
            _require_something_to_remove(node, formula)
        case _:
            count = sum(counts)
    if count > _MOST_TERMS:
        raise FormulaError(
            f"the formula {formula[:60]!r} stands for more than {_MOST_TERMS} terms: name the "
            "interactions you want"
        )
    return count


def _require_something_to_remove(node: Any, formula: str) -> None:
    """Refuse ``- z`` where z is not among the terms before it: it would be passed over."""
    before, removed = (argument.to_terms() for argument in node.args)
    absent = [str(term) for term in removed if term not in before and str(term) != "1"]
    if absent:
        raise FormulaError(
            f"'- {absent[0]}' in the formula {formula!r} takes out a term that is not there; for "
            f"the negative of a variable write I(-{absent[0]})"
        )


def _check_terms(
    terms: Iterable[Any], known: list[str], formula: str, needs: TermNeeds
) -> set[str]:
    """Check terms and add what they need; give the columns that stand alone."""
    bare = set()
    for term in terms:
        for factor in term.factors:
            method = factor.eval_method.value
            if method == "lookup":
                require_column(factor.expr, known, formula)
                needs.add(factor.expr)
                bare.add(factor.expr)
            elif method == "python":
                check_term(factor.expr, known, formula, needs)
    return bare
