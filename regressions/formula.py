"""From a formula and a frame to the dependent variable and the regressors.

formulaic reads the formula. It evaluates the Python inside terms, so every term is checked first
against a whitelist: columns of the data, numbers, arithmetic, and the transforms named here.
Formulas may therefore come from files that are not trusted.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from formulaic import Formula
from formulaic.errors import DataMismatchWarning, FormulaicError
from formulaic.parser import DefaultFormulaParser
from formulaic.utils.code import sanitize_variable_names

from regressions.errors import FormulaError
from regressions.transforms import PANEL_TRANSFORMS, PanelCalendar, asinh, signed_log

_NUMPY_FUNCTIONS = frozenset(
    [
        "log",
        "log2",
        "log10",
        "log1p",
        "exp",
        "exp2",
        "expm1",
        "sqrt",
        "cbrt",
        "abs",
        "absolute",
        "sign",
        "square",
        "arcsinh",
        "sinh",
        "tanh",
        "sin",
        "cos",
        "floor",
        "ceil",
        "minimum",
        "maximum",
    ]
)
_ELEMENTWISE: Mapping[str, Callable[..., Any]] = {
    "signed_log": signed_log,
    "asinh": asinh,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "log1p": np.log1p,
}
_FORMULAIC = frozenset(
    [
        "log",
        "log10",
        "log2",
        "exp",
        "exp2",
        "bs",
        "cc",
        "cr",
        "cs",
        "center",
        "scale",
        "standardize",
        "poly",
        "C",
        "I",
        "Treatment",
        "Sum",
        "Helmert",
        "Diff",
        "Poly",
    ]
)
_CONTRASTS = frozenset(["treatment", "sum", "helmert", "diff", "poly", "SAS"])
_ATTRIBUTES = {"np": _NUMPY_FUNCTIONS, "contr": _CONTRASTS}
_FUNCTIONS = _FORMULAIC | frozenset(_ELEMENTWISE) | frozenset(PANEL_TRANSFORMS)
_LONGEST = 10_000
_LARGEST_POWER = 9
_POWER = re.compile(r"(?:\*\*|\^)\s*\(?\s*(\d+)")
# formulaic's parser raises AttributeError where a bracket or operator is out of place, and
# IndexError at empty backticks
_UNREADABLE = (FormulaicError, SyntaxError, AttributeError, IndexError, RecursionError)
_BASES = {"poly": ("degree",), **{name: ("df", "degree") for name in ("bs", "cc", "cr", "cs")}}
_LARGEST_BASIS = 30
_SAFE_TEXT = re.compile(r"[\w .,:+/&()-]*")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_EFFECT_TERMS = {"EntityEffects": "entity", "TimeEffects": "time", "FixedEffects": "entity"}


@dataclass(frozen=True, eq=False)
class Design:
    """Dependent variable and regressors of a formula.

    Attributes
    ----------
    dependent : str
        Left-hand side as written.
    endog : Series, shape (n,)
        Dependent variable.
    exog : DataFrame, shape (n, k)
        Regressors; the constant, if any, is the column "Intercept".
    lost : ndarray of bool, shape (n,)
        Rows whose value needs a lag or lead that the panel does not have.
    terms : dict of str to tuple of str
        Columns of `exog` that belong to each term of the right-hand side.
    spec : formulaic.ModelSpec
        How the regressors were made: categories, means and scales of the sample.
    """

    dependent: str
    endog: pd.Series
    exog: pd.DataFrame
    lost: np.ndarray
    terms: dict[str, tuple[str, ...]]
    spec: Any


@dataclass(frozen=True)
class ParsedFormula:
    """A formula that was read and found safe.

    Attributes
    ----------
    text : str
        The formula as given.
    columns : tuple of str
        Columns of the data it uses, in order of appearance.
    panel_transforms : bool
        Whether it uses a lag, lead or difference.
    right_columns : tuple of str
        Columns that the regressors use.
    """

    text: str
    formula: Formula
    columns: tuple[str, ...]
    panel_transforms: bool
    right_columns: tuple[str, ...] = ()

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
        column (the nearest is suggested), or holds anything but the allowed operations.

    Examples
    --------
    >>> parse_formula("y ~ lag(x, 1) + z", ["x", "y", "z"]).columns
    ('y', 'x', 'z')
    """
    if not isinstance(formula, str):
        raise FormulaError(f"a formula is a text such as 'y ~ x', not {type(formula).__name__}")
    if formula.count("~") != 1:
        raise FormulaError(f"the formula {formula!r} must have one '~': 'dependent ~ regressors'")
    if len(formula) > _LONGEST or any(int(n) > _LARGEST_POWER for n in _POWER.findall(formula)):
        raise FormulaError(
            f"the formula {formula[:60]!r}… is too large: at most {_LONGEST} characters and powers "
            f"up to {_LARGEST_POWER}"
        )
    outside_names = re.sub(r"`[^`]*`", "", formula)
    if "|" in outside_names:
        raise FormulaError(
            f"the formula {formula!r} has a '|': absorbed effects are given by effects=, "
            "such as effects=['entity', 'industry']"
        )
    if re.search(r"(?<![\w.)\]])\.(?![\w.])", outside_names):
        raise FormulaError(f"the formula {formula!r} has a '.': name the regressors")
    parser = DefaultFormulaParser(feature_flags={"twosided"})
    try:
        parsed = Formula(formula, _parser=parser)
    except _UNREADABLE as error:
        reason = str(error).strip().splitlines()
        raise FormulaError(
            f"the formula {formula!r} cannot be read: {reason[0] if reason else error!r}"
        ) from error
    left, right = getattr(parsed, "lhs", None), getattr(parsed, "rhs", None)
    if left is None or right is None or len(list(left)) != 1:
        raise FormulaError(f"the formula {formula!r} must have exactly one dependent variable")
    known = [str(column) for column in columns]
    on_left, left_panel = _columns_of(left, known, formula)
    on_right, right_panel = _columns_of(right, known, formula)
    columns_used = tuple(dict.fromkeys([*on_left, *on_right]))
    return ParsedFormula(formula, parsed, columns_used, left_panel or right_panel, on_right)


def _columns_of(
    terms: Iterable[Any], known: list[str], formula: str
) -> tuple[tuple[str, ...], bool]:
    """Check terms; give the columns they use and whether they look along the panel."""
    used: dict[str, None] = {}
    panel = False
    for term in terms:
        for factor in term.factors:
            method = factor.eval_method.value
            if method == "lookup":
                _require_column(factor.expr, known, formula)
                used[factor.expr] = None
            elif method == "python":
                checker = _TermChecker(factor.expr, known, formula)
                used.update(dict.fromkeys(checker.columns))
                panel = panel or checker.panel_transforms
    return tuple(used), panel


def materialise(
    parsed: ParsedFormula, data: pd.DataFrame, keep: np.ndarray | None = None
) -> Design:
    """Evaluate a checked formula on a panel.

    Parameters
    ----------
    parsed : ParsedFormula
        From :func:`parse_formula`.
    data : DataFrame, shape (n, columns)
        Indexed by (entity, period).
    keep : ndarray of bool, shape (n,), optional
        Rows to keep. Lags look at all rows of `data`; everything else at the kept ones only.

    Returns
    -------
    Design
        Over the kept rows.

    Raises
    ------
    FormulaError
        If a term cannot be evaluated or the dependent variable is not a single number per row.
    """
    keep = np.ones(len(data), dtype=bool) if keep is None else keep
    frame = data.loc[:, list(parsed.columns)]
    context: dict[str, Any] = dict(_ELEMENTWISE)
    calendar = None
    if parsed.panel_transforms:
        frame = _hide_levels_of_dropped_rows(frame, keep)
        calendar = PanelCalendar(frame.index)
        context.update(calendar.transforms())
    else:
        frame = frame.loc[keep]
    matrices = _evaluated(parsed, parsed.formula, frame, context)
    left, right = pd.DataFrame(matrices.lhs), pd.DataFrame(matrices.rhs)
    if left.shape[1] != 1:
        raise FormulaError(
            f"the dependent variable {parsed.dependent!r} of {parsed.text!r} must be one number "
            f"per row; it gives {left.shape[1]} columns"
        )
    terms = {
        str(term): tuple(right.columns[i] for i in places)
        for term, places in matrices.rhs.model_spec.term_indices.items()
    }
    lost = np.zeros(len(frame), dtype=bool) if calendar is None else calendar.lost
    if calendar is not None:
        left, right, lost = left.loc[keep], right.loc[keep], lost[keep]
    endog = left.iloc[:, 0].astype(float).rename(parsed.dependent)
    spec = matrices.rhs.model_spec
    return Design(parsed.dependent, endog, right.astype(float), lost, terms, spec)


def materialise_regressors(spec: Any, parsed: ParsedFormula, data: pd.DataFrame) -> pd.DataFrame:
    """Regressors of new rows, made as those of the sample were.

    Parameters
    ----------
    spec : formulaic.ModelSpec
        Of the sample, from :class:`Design`.
    parsed : ParsedFormula
        The formula, checked against the new data.
    data : DataFrame, shape (n, columns)
        Indexed by (entity, period).

    Returns
    -------
    DataFrame, shape (m, k)
        Without the rows that lack a lag or lead.

    Raises
    ------
    FormulaError
        If a term cannot be evaluated, or the data hold categories that the sample does not have.
    """
    frame = data.loc[:, list(parsed.right_columns)]
    context: dict[str, Any] = dict(_ELEMENTWISE)
    calendar = PanelCalendar(frame.index) if parsed.panel_transforms else None
    if calendar is not None:
        context.update(calendar.transforms())
    exog = pd.DataFrame(_evaluated(parsed, spec, frame, context)).astype(float)
    return exog if calendar is None else exog[~calendar.lost]


def _evaluated(
    parsed: ParsedFormula, spec: Any, frame: pd.DataFrame, context: Mapping[str, Any]
) -> Any:
    """Let formulaic evaluate a checked formula; its errors and mismatches become ours."""
    try:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"), catch_warnings():
            simplefilter("error", DataMismatchWarning)
            return spec.get_model_matrix(frame, context=context, na_action="ignore")
    except FormulaError:
        raise
    except DataMismatchWarning as warning:
        reason = str(warning).split(". They")[0]
        raise FormulaError(
            f"the formula {parsed.text!r} cannot be evaluated: {reason}"
        ) from warning
    except (FormulaicError, ValueError, TypeError) as error:
        cause = error.__cause__ if isinstance(error.__cause__, FormulaError) else error
        lines = str(cause).strip().splitlines()
        raise FormulaError(
            f"the formula {parsed.text!r} cannot be evaluated on the data: "
            f"{lines[0] if lines else cause!r}"
        ) from error


def _hide_levels_of_dropped_rows(frame: pd.DataFrame, keep: np.ndarray) -> pd.DataFrame:
    """Categories that occur in dropped rows only must not become empty dummies."""
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            used = column[keep].cat.remove_unused_categories().cat.categories
            columns[name] = column.cat.set_categories(used)
        elif not pd.api.types.is_numeric_dtype(column.dtype):
            used = sorted(column[keep].unique())
            columns[name] = pd.Categorical(column.where(column.isin(used)), categories=used)
    return frame.assign(**columns) if columns else frame


def nearest(name: str, known: Iterable[str]) -> str:
    """Words to add to an error about an unknown name: the nearest known one, if any.

    Examples
    --------
    >>> nearest("valeu", ["value", "capital"])
    "; did you mean 'value'?"
    """
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def as_spelled(name: str, known: Iterable[str]) -> str:
    """Give the known name that differs only in case, hyphens or underscores, or else the given one.

    Examples
    --------
    >>> as_spelled("Driscoll_Kraay", ["clustered", "driscoll-kraay"])
    'driscoll-kraay'
    """
    plain = {re.sub(r"[\W_]", "", one).lower(): one for one in known}
    return plain.get(re.sub(r"[\W_]", "", str(name)).lower(), name)


def nearest_term(name: str, known: Iterable[str], elsewhere: Mapping[str, str]) -> str:
    """Suggest like :func:`nearest`, first the name for a term that other programs use.

    Examples
    --------
    >>> nearest_term("within", ["pooled", "fixed"], {"within": "fixed"})
    "; did you mean 'fixed'?"
    """
    term = elsewhere.get(as_spelled(name, elsewhere))
    return nearest(name, known) if term is None else f"; did you mean {term!r}?"


def _require_column(name: str, known: list[str], formula: str) -> None:
    if name in known:
        return
    if name in _EFFECT_TERMS:
        raise FormulaError(
            f"{name!r} in {formula!r} is not a column: ask for effects with "
            f"estimator='fixed', effects={_EFFECT_TERMS[name]!r}"
        )
    hint = nearest(name, known)
    columns = "" if hint else f"; the columns are {', '.join(known)}"
    raise FormulaError(f"unknown column {name!r} in the formula {formula!r}{hint}{columns}")


class _TermChecker:
    """Walk the syntax tree of one Python term and collect the columns it uses."""

    def __init__(self, expression: str, known: list[str], formula: str) -> None:
        self.known, self.formula, self.expression = known, formula, expression
        self.columns: dict[str, None] = {}
        self.panel_transforms = False
        self._aliases: dict[str, str] = {}
        source = sanitize_variable_names(expression, {}, self._aliases)
        try:
            tree = ast.parse(source, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise FormulaError(f"the term {expression!r} of {formula!r} cannot be read") from error
        self._value(tree.body)

    def _refuse(self, what: str) -> FormulaError:
        return FormulaError(
            f"{what} is not allowed in the term {self.expression!r} of {self.formula!r}: a formula "
            "may use columns, numbers, arithmetic and the transforms "
            + ", ".join(sorted(_FUNCTIONS))
        )

    def _value(self, node: ast.expr) -> bool:
        """Check a node that stands for numbers; tell whether it involves a column."""
        match node:
            case ast.Constant(value=bool() | int() | float()):
                return False
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
                return self._value(operand)
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
                on_left, on_right = self._value(left), self._value(right)
                if isinstance(op, ast.Pow) and not on_left:
                    raise self._refuse("a power of a number")
                return on_left or on_right
            case ast.Compare(left=left, ops=ops, comparators=others) if (
                all(isinstance(op, _COMPARISONS) for op in ops) and len(ops) == 1
            ):
                column = self._value(left)
                return self._argument(others[0]) or column
            case ast.Call():
                return self._call(node)
        raise self._refuse(f"{ast.unparse(node)!r}")

    def _name(self, name: str) -> bool:
        name = self._aliases.get(name, name)
        _require_column(name, self.known, self.formula)
        self.columns[name] = None
        return True

    def _call(self, node: ast.Call) -> bool:
        self._function(node.func)
        if any(isinstance(argument, ast.Starred) for argument in node.args) or any(
            keyword.arg is None or keyword.arg.startswith("_") for keyword in node.keywords
        ):
            raise self._refuse("'*', '**' or a hidden argument in a call")
        self._require_small_basis(node)
        involved = [self._argument(argument) for argument in node.args]
        involved += [self._argument(keyword.value) for keyword in node.keywords]
        return any(involved)

    def _require_small_basis(self, node: ast.Call) -> None:
        """Refuse polynomials and splines of many columns, or of a number not written out."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _BASES:
            return
        sizes = [*node.args[1:2], *(node.args[3:4] if name == "bs" else [])]
        sizes += [keyword.value for keyword in node.keywords if keyword.arg in _BASES[name]]
        for size in sizes:
            match size:
                case ast.Constant(value=None):
                    continue
                case ast.Constant(value=int() as number) if 0 <= number <= _LARGEST_BASIS:
                    continue
            raise self._refuse(
                f"{ast.unparse(node)!r} (the size is a whole number up to {_LARGEST_BASIS})"
            )

    def _function(self, node: ast.expr) -> None:
        match node:
            case ast.Name(id=name) if name in _FUNCTIONS and name not in self.known:
                self.panel_transforms |= name in PANEL_TRANSFORMS
                return
            case ast.Name(id=name) if name in self.known:
                raise FormulaError(
                    f"{name!r} in {self.formula!r} is a column of the data and cannot be called: "
                    "rename the column to use the transform"
                )
            case ast.Name(id=name):
                raise FormulaError(
                    f"unknown transform {name!r} in the term {self.expression!r} of "
                    f"{self.formula!r}{nearest(name, _FUNCTIONS)}; the transforms are "
                    + ", ".join(sorted(_FUNCTIONS))
                )
            case ast.Attribute(value=ast.Name(id=owner), attr=attr) if (
                owner not in self.known and attr in _ATTRIBUTES.get(owner, ())
            ):
                return
        raise self._refuse(f"{ast.unparse(node)!r}")

    def _argument(self, node: ast.expr) -> bool:
        """Check a node in the place of an argument: text, lists and None are options there."""
        match node:
            case ast.Constant(value=None):
                return False
            case ast.Constant(value=str() as text):
                if not _SAFE_TEXT.fullmatch(text):
                    raise self._refuse(f"the text {text!r}")
                return False
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return any([self._argument(item) for item in items])
            case ast.Attribute():
                self._function(node)
                return False
        return self._value(node)
