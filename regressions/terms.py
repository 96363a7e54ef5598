"""What one term of a formula may hold, and what it needs from the data.

A term is Python that formulaic evaluates, so its syntax tree is checked first against a whitelist:
columns, numbers, arithmetic, comparisons and the functions below. Functions of numbers take
columns and numbers only; numpy's other arguments (``out``, ``where``, ``dtype``) would write into
a column or leave memory unset. The remaining functions take the options listed beside them, as
constants.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from formulaic.utils.code import sanitize_variable_names

from regressions.errors import FormulaError
from regressions.foreign_spellings import EFFECT_TERMS, function_hint
from regressions.names import nearest

_OF_ONE = frozenset(
    ["log", "log10", "log2", "log1p", "exp", "exp2", "sqrt", "abs", "signed_log", "asinh"]
)
_NUMPY_OF_ONE = frozenset(
    [
        "log", "log2", "log10", "log1p", "exp", "exp2", "expm1", "sqrt", "cbrt", "abs", "absolute",
        "sign", "square", "arcsinh", "sinh", "tanh", "sin", "cos", "floor", "ceil",
    ]
)  # fmt: skip
_NUMPY_OF_TWO = frozenset(["minimum", "maximum"])
_UNDEFINED_SOMEWHERE = frozenset(["log", "log2", "log10", "log1p", "sqrt"])
PANEL_FUNCTIONS = frozenset(["lag", "lead", "diff"])
_CUBIC = ("df", "knots", "lower_bound", "upper_bound", "constraints", "extrapolation")
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "I": (),
    "center": (),
    "scale": ("center", "scale", "ddof"),
    "standardize": ("center", "rescale", "ddof"),
    "poly": ("degree", "raw"),
    "bs": (
        "df", "knots", "degree", "include_intercept", "lower_bound", "upper_bound", "extrapolation"
    ),
    "cc": _CUBIC,
    "cr": _CUBIC,
    "cs": _CUBIC,
}  # fmt: skip
"""Functions of one column, by their options in order."""

_CODINGS: Mapping[str, tuple[str, ...]] = {
    "Treatment": ("reference",),
    "Sum": (),
    "Helmert": ("reverse", "scale"),
    "Diff": ("backward",),
    "Poly": ("scores",),
}
_CONTRASTS: Mapping[str, tuple[str, ...]] = {
    "treatment": ("base",),
    "SAS": ("base",),
    "sum": (),
    "helmert": ("reverse", "scale"),
    "diff": ("backward",),
    "poly": ("scores",),
}
_SIZES = ("df", "degree")
_LARGEST_BASIS = 30
_LARGEST_NUMBER = 2**53
_FUNCTIONS = _OF_ONE | PANEL_FUNCTIONS | {*_OPTIONS, "C"}
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_LONGEST_TEXT = 200
_SAFE_TEXT = re.compile(r"[\w .,:+/&()-]*")


@dataclass
class TermNeeds:
    """What terms need from the data.

    Attributes
    ----------
    columns : dict of str to None
        Columns, in order of appearance.
    numbers, texts, labels : set of str
        Columns computed with, columns compared with text, columns inside ``C()``.
    shifts : set of (str, tuple of int)
        Each column with the steps back in time, innermost first, at which it is needed: ``()`` in
        the row itself, ``(1,)`` inside ``lag(x)``, ``(2, 1)`` inside ``lag(lag(x, 2))``.
    widths : dict of str to int
        Number of columns that polynomials and splines make, by term; 0 where only the data tell.
    """

    columns: dict[str, None] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    shifts: set[tuple[str, tuple[int, ...]]] = field(default_factory=set)
    widths: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, path: tuple[int, ...] = ()) -> None:
        """Record that a column is needed, some steps back in time."""
        self.columns[name] = None
        self.shifts.add((name, path))

    def add_all(self, others: TermNeeds) -> None:
        """Add what other terms need."""
        self.columns |= others.columns
        self.numbers |= others.numbers
        self.texts |= others.texts
        self.labels |= others.labels
        self.shifts |= others.shifts
        self.widths |= others.widths


def require_column(name: str, known: list[str], formula: str) -> None:
    """Refuse a name that is not a column, with the nearest or the way to ask for effects."""
    if name in known:
        return
    if name in EFFECT_TERMS:
        raise FormulaError(
            f"{name!r} in {formula!r} is not a column: ask for effects with "
            f"estimator='fixed', effects={EFFECT_TERMS[name]!r}; the index has a name of its own, "
            "which C(...) takes"
        )
    hint = nearest(name, known)
    columns = "" if hint else f"; the columns are {', '.join(known)}"
    raise FormulaError(f"unknown column {name!r} in the formula {formula!r}{hint}{columns}")


def check_term(expression: str, known: list[str], formula: str, needs: TermNeeds) -> None:
    """Check a term written in Python, and add what it needs.

    Parameters
    ----------
    expression : str
        The term as formulaic gives it.
    known : list of str
        Columns of the data.
    formula : str
        For errors.
    needs : TermNeeds
        Is added to.

    Raises
    ------
    FormulaError
        If the term holds anything that is not allowed.
    """
    _TermChecker(expression, known, formula, needs).check()


class _TermChecker:
    """Walk the syntax tree of one term."""

    def __init__(self, expression: str, known: list[str], formula: str, needs: TermNeeds) -> None:
        self.known, self.formula, self.expression, self.needs = known, formula, expression, needs
        self._aliases: dict[str, str] = {}

    def check(self) -> None:
        source = sanitize_variable_names(self.expression, {}, self._aliases)
        try:
            tree = ast.parse(source, mode="eval")
            self._value(tree.body, ())
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if isinstance(error, FormulaError):
                raise
            raise FormulaError(
                f"the term {self.expression[:60]!r} of {self.formula[:60]!r} cannot be read"
            ) from error

    def _refuse(self, what: str) -> FormulaError:
        return FormulaError(
            f"{what[:400]} is not allowed in the term {self.expression[:200]!r} of "
            f"{self.formula!r}: a formula may use columns, numbers, arithmetic and the transforms "
            + ", ".join(sorted(_FUNCTIONS))
        )

    def _value(self, node: ast.expr, path: tuple[int, ...]) -> bool:
        """Check a node that stands for numbers; tell whether it involves a column."""
        match node:
            case ast.Constant(value=bool() | int() | float() as number):
                if abs(number) > _LARGEST_NUMBER and isinstance(number, int):
                    raise self._refuse(f"the number {number:.3g}… (write it as a float)")
                return False
            case ast.Name(id=name):
                return self._name(name, path)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
                self._require_no_truth(operand, node)
                return self._value(operand, path)
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
                return self._arithmetic(node, left, right, path)
            case ast.BinOp(op=ast.BitXor()):
                power = ast.unparse(node).replace(" ^ ", " ** ")
                raise self._refuse(f"{ast.unparse(node)!r} (write {power})")
            case ast.Compare(left=left, ops=[op], comparators=[other]) if isinstance(
                op, _COMPARISONS
            ):
                return self._comparison(left, other, path)
            case ast.Call():
                return self._call(node, path)
        raise self._refuse(f"{ast.unparse(node)!r}")

    def _arithmetic(
        self, node: ast.BinOp, left: ast.expr, right: ast.expr, path: tuple[int, ...]
    ) -> bool:
        if _is_truth(left) and _is_truth(right):
            self._require_no_truth(left, node)
        on_left, on_right = self._value(left, path), self._value(right, path)
        if isinstance(node.op, ast.Pow) and not on_left:
            raise self._refuse("a power of a number")
        return on_left or on_right

    def _require_no_truth(self, part: ast.expr, whole: ast.expr) -> None:
        """Refuse arithmetic of truth values alone: numpy's ``True + True`` is True, not 2."""
        if _is_truth(part):
            written = ast.unparse(part)
            raise self._refuse(
                f"{ast.unparse(whole)!r} of truth values (write 1.0 * ({written}) to compute with "
                "them as 0 and 1)"
            )

    def _comparison(self, left: ast.expr, other: ast.expr, path: tuple[int, ...]) -> bool:
        match left, other:
            case ast.Name(id=name), ast.Constant(value=str() as text):
                self._require_short(text)
                self._name(name, path, as_text=True)
                return True
        for side in (left, other):
            for part in ast.walk(side):
                if _may_be_undefined(part):
                    raise self._refuse(
                        f"the comparison with {ast.unparse(part)!r} (it is false where that is "
                        "undefined: compare the column itself)"
                    )
        on_left, on_right = self._value(left, path), self._value(other, path)
        return on_left or on_right

    def _name(self, name: str, path: tuple[int, ...], *, as_text: bool = False) -> bool:
        name = self._column(name)
        self.needs.add(name, path)
        (self.needs.texts if as_text else self.needs.numbers).add(name)
        return True

    def _column(self, name: str) -> str:
        name = self._aliases.get(name, name)
        require_column(name, self.known, self.formula)
        return name

    def _call(self, node: ast.Call, path: tuple[int, ...]) -> bool:
        name = self._function(node.func)
        if any(isinstance(argument, ast.Starred) for argument in node.args) or any(
            keyword.arg is None for keyword in node.keywords
        ):
            raise self._refuse("'*' or '**' in a call")
        if name in PANEL_FUNCTIONS:
            return self._panel_call(name, node, path)
        if name == "C":
            return self._categories(node, path)
        if name in _OPTIONS:
            return self._call_with_options(name, node, path)
        wanted, words = (2, "two columns") if name in _NUMPY_OF_TWO else (1, "one column")
        if len(node.args) != wanted or node.keywords:
            raise self._refuse(f"{ast.unparse(node)!r} ({name} takes {words} and nothing else)")
        for argument in node.args:
            self._require_no_truth(argument, node)
        return any([self._value(argument, path) for argument in node.args])

    def _function(self, node: ast.expr) -> str:
        """Name of an allowed function."""
        match node:
            case ast.Name(id=name) if name in self.known:
                raise FormulaError(
                    f"{name!r} in {self.formula!r} is a column of the data and cannot be called: "
                    "rename the column to use the transform"
                )
            case ast.Name(id=name) if name in _FUNCTIONS:
                return name
            case ast.Name(id=name):
                hint = function_hint(name) or nearest(name, _FUNCTIONS)
                raise FormulaError(
                    f"unknown transform {name!r} in the term {self.expression!r} of "
                    f"{self.formula!r}{hint}; the transforms are " + ", ".join(sorted(_FUNCTIONS))
                )
            case ast.Attribute(value=ast.Name(id="np"), attr=attr) if (
                "np" not in self.known and attr in _NUMPY_OF_ONE | _NUMPY_OF_TWO
            ):
                return attr
        raise self._refuse(f"{ast.unparse(node)!r}")

    def _panel_call(self, name: str, node: ast.Call, path: tuple[int, ...]) -> bool:
        arguments, steps = list(node.args), [k.value for k in node.keywords if k.arg == "k"]
        if (
            not arguments
            or len(arguments) + len(node.keywords) > 2
            or len(steps) != len(node.keywords)
        ):
            raise self._refuse(f"{ast.unparse(node)!r} ({name} takes a column and a number)")
        step = _whole([*arguments[1:], *steps, ast.Constant(value=1)][0])
        if step is None:
            raise FormulaError(
                f"{name} takes a whole number of periods, written out: {ast.unparse(node)!r} in "
                f"{self.formula!r}"
            )
        back = -step if name == "lead" else step
        if name == "diff":
            self._value(arguments[0], path)
        return self._value(arguments[0], (back, *path))

    def _categories(self, node: ast.Call, path: tuple[int, ...]) -> bool:
        if not node.args:
            raise self._refuse("C() without a column")
        match node.args[0]:
            case ast.Name(id=name):
                name = self._column(name)
                self.needs.add(name, path)
                self.needs.labels.add(name)
            case other:
                if not self._value(other, path):
                    raise self._refuse(f"{ast.unparse(node)!r} without a column")
        contrasts = [*node.args[1:], *(k.value for k in node.keywords if k.arg == "contrasts")]
        levels = [k.value for k in node.keywords if k.arg == "levels"]
        if len(contrasts) > 1 or len(contrasts) + len(levels) != len(node.args) - 1 + len(
            node.keywords
        ):
            raise self._refuse(
                f"{ast.unparse(node)!r} (C takes a column, a coding such as Treatment('north'), "
                "and levels=[...])"
            )
        for coding in contrasts:
            self._coding(coding)
        for option in levels:
            self._constant(option)
        self.needs.widths[self.expression] = 0
        return True

    def _coding(self, node: ast.expr) -> None:
        """Check a coding of categories: ``Treatment('north')``, ``contr.sum``."""
        function, call = node, None
        if isinstance(node, ast.Call):
            function, call = node.func, node
        match function:
            case ast.Name(id=name) if name in _CODINGS:
                options = _CODINGS[name]
            case ast.Attribute(value=ast.Name(id="contr"), attr=name) if name in _CONTRASTS:
                options = _CONTRASTS[name]
            case _:
                raise self._refuse(f"{ast.unparse(node)!r}")
        if call is not None:
            self._options(call, call.args, options)

    def _call_with_options(self, name: str, node: ast.Call, path: tuple[int, ...]) -> bool:
        if not node.args:
            raise self._refuse(f"{ast.unparse(node)!r} without a column")
        if name != "I":
            self._require_no_truth(node.args[0], node)
        given = self._options(node, node.args[1:], _OPTIONS[name])
        for option in _SIZES:
            size = given.get(option)
            if size is None or (isinstance(size, ast.Constant) and size.value is None):
                continue
            number = _whole(size)
            if number is None or not 0 <= number <= _LARGEST_BASIS:
                raise self._refuse(
                    f"{ast.unparse(node)!r} (the size is a whole number up to {_LARGEST_BASIS})"
                )
            self.needs.widths[self.expression] = max(
                number, self.needs.widths.get(self.expression, 0)
            )
        return self._value(node.args[0], path)

    def _options(
        self, node: ast.Call, positional: list[ast.expr], names: tuple[str, ...]
    ) -> dict[str, ast.expr]:
        """Options of a call by name, all of them constants."""
        given = dict(zip(names, positional, strict=False))
        keywords = {str(keyword.arg): keyword.value for keyword in node.keywords}
        if len(positional) > len(names) or not {*keywords} <= {*names} - {*given}:
            options = f"the options {', '.join(names)}" if names else "no option"
            raise self._refuse(f"{ast.unparse(node)!r} (it takes {options})")
        given |= keywords
        for value in given.values():
            self._constant(value)
        return given

    def _constant(self, node: ast.expr) -> None:
        match node:
            case ast.Constant(value=str() as text):
                self._require_short(text)
            case ast.Constant(value=None | bool() | int() | float()):
                pass
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
                pass
            case ast.List(elts=items) | ast.Tuple(elts=items) if len(items) <= 1000:
                for item in items:
                    self._constant(item)
            case _:
                raise self._refuse(f"the option {ast.unparse(node)!r}")

    def _require_short(self, text: str) -> None:
        # formulaic writes the text of an option into Python once more
        if len(text) > _LONGEST_TEXT or not _SAFE_TEXT.fullmatch(text):
            raise self._refuse(f"the text {text[:30]!r}")


def _is_truth(node: ast.expr) -> bool:
    """Whether a node is True or False in each row."""
    match node:
        case ast.Compare() | ast.Constant(value=True | False):
            return True
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _is_truth(left) and _is_truth(right)
        case ast.Call(func=ast.Name(id="I"), args=[inner]):
            return _is_truth(inner)
    return False


def _may_be_undefined(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.Div() | ast.FloorDiv() | ast.Mod()):
            return not (isinstance(node.right, ast.Constant) and node.right.value)
        case ast.BinOp(op=ast.Pow()):
            return (_whole(node.right) or -1) < 0
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name in _UNDEFINED_SOMEWHERE
    return False


def _whole(node: ast.expr) -> int | None:
    """Whole number that a node writes out."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)):
            return -number
    return None
