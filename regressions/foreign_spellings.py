"""The spelling of this package for what Stata and R write in a formula.

Nothing is accepted in two spellings: the error gives the one to type. A column of the data with
exactly the name that was written is always that column.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from regressions.errors import FormulaError

__all__ = ["EFFECT_TERMS", "function_hint", "refuse_foreign_spelling"]

EFFECT_TERMS = {
    "EntityEffects": "entity", "TimeEffects": "time", "FixedEffects": "entity",
    "entity": "entity", "time": "time", "period": "time",
}  # fmt: skip
"""Terms of linearmodels and words for the index, by the effects they ask for."""

_OPERATOR = r"(?:ib\(?[\w#]+\)?|bn|[icolfdsLFDS]\d*)"
_OPERATED = re.compile(rf"(?<![\w.)])((?:{_OPERATOR})+)\.(?=[A-Za-z_])([A-Za-z_]\w*)")
_RANGE = re.compile(r"(?<![\w.])([LlFf])\(\s*(\d{1,4})\s*/\s*(\d{1,4})\s*\)\.([A-Za-z_]\w*)")
_LIST_OF_LAGS = re.compile(
    r"(?<![\w.])(lag|lead|diff|l|f|d|L|F|D)\(\s*([^(),]+?)\s*,\s*"
    r"(?:c\(([\d,\s-]{1,40})\)|(-?\d{1,4})\s*:\s*(-?\d{1,4}))\s*\)"
)
_STATA_COMMAND = re.compile(r"\s*(?:qui(?:etly)?:?\s+)?(reg\w*|xt\w+|areg|iv\w+|newey\w*)\s+(.*)")
_FUNCTIONS = {
    "ln": "log(x)", "factor": "C(x)", "as_factor": "C(x)", "relevel": "C(x, Treatment('base'))",
    "shift": "lag(x)", "L": "lag(x)", "l": "lag(x)", "F": "lead(x)", "f": "lead(x)",
    "D": "diff(x)", "d": "diff(x)", "delta": "diff(x)", "Lag": "lag(x)", "pow": "I(x ** 2)",
    "square": "I(x ** 2)", "as_numeric": "x", "ihs": "asinh(x)", "arcsinh": "asinh(x)",
    "demean": "center(x)", "ns": "cr(x, df=4)", "max": "np.maximum(x, 0)",
    "min": "np.minimum(x, 0)", "round": "np.floor(x)", "offset": "I(y - x) on the left",
}  # fmt: skip
_ESTIMATORS = {"Within": "fixed", "Between": "mundlak"}
_VALUES = {"TRUE": "True", "FALSE": "False", "NULL": "None"}


def function_hint(name: str) -> str:
    """Words for a function of other programs; empty if it is none.

    Examples
    --------
    >>> function_hint("ln")
    '; write log(x)'
    """
    if name in _ESTIMATORS:
        return f"; use estimator={_ESTIMATORS[name]!r}"
    return f"; write {_FUNCTIONS[name]}" if name in _FUNCTIONS else ""


def refuse_foreign_spelling(formula: str, known: Collection[str]) -> None:
    """Refuse Stata's and R's spellings, with what to write here.

    Parameters
    ----------
    formula : str
    known : collection of str
        Columns of the data, which a spelling never hides.

    Raises
    ------
    FormulaError
    """
    plain = re.sub(r"`[^`]*`", lambda found: " " * len(found[0]), formula)
    if "~" not in plain:
        _refuse_command(formula, plain)
        return
    found = (
        _interaction(plain, known)
        or _lags(plain, known)
        or _operated(plain, known)
        or _function_with_dot(plain, known)
        or _value(plain, known)
    )
    if found is not None:
        written, here = (words if len(words) <= 200 else f"{words[:200]}…" for words in found)
        raise FormulaError(
            f"{written!r} in the formula {formula[:200]!r} is the spelling of another program: "
            f"here it is {here}"
        )


def _refuse_command(formula: str, plain: str) -> None:
    """Refuse a command or a list of variables without a tilde."""
    command = _STATA_COMMAND.fullmatch(plain)
    names, _, options = (command[2] if command else plain).partition(",")
    words = names.split(" if ")[0].split(" in ")[0].split()
    if command and command[1] == "xtset":
        here = (
            f"data.set_index([{', '.join(repr(word) for word in words)}]): the index of the data "
            "says what entity and period are"
        )
    elif len(words) < 2 or not all(re.fullmatch(r"[\w.#()/]+", word) for word in words):
        return
    else:
        here = f"the formula '{words[0]} ~ {' + '.join(words[1:])}'"
        if options or command:
            here += " with options such as estimator='fixed', cov='clustered'"
    raise FormulaError(f"the formula {formula[:200]!r} has no '~': write {here}")


def _interaction(plain: str, known: Collection[str]) -> tuple[str, str] | None:
    """Stata's ``c.x#c.z`` and ``i.year##i.id``."""
    for found in re.finditer(r"[\w.()]+(?:\s*##?\s*[\w.()]+)+", plain):
        parts = re.split(r"\s*(##?)\s*", found[0])
        here = "".join(
            {"#": ":", "##": " * "}.get(part) or _interacted(part, known) for part in parts
        )
        return found[0], here
    return None


def _interacted(part: str, known: Collection[str]) -> str:
    operated = _OPERATED.fullmatch(part)
    return _translated(operated[1], operated[2]) if operated and part not in known else f"C({part})"


def _operated(plain: str, known: Collection[str]) -> tuple[str, str] | None:
    """Stata's ``i.year``, ``L2.x``, ``ib3.g``."""
    for found in _OPERATED.finditer(plain):
        if found[0] not in known:
            return found[0], _translated(found[1], found[2])
    return None


def _translated(operators: str, name: str) -> str:
    """Write a variable with Stata's operators, the last of which comes first.

    Examples
    --------
    >>> _translated("i", "year"), _translated("L2D", "x"), _translated("ib3", "g")
    ('C(year)', 'lag(diff(x), 2)', 'C(g, Treatment(3))')
    """
    here = name
    for operator in reversed(re.findall(_OPERATOR, operators)):
        letter, number = operator[0].upper(), re.sub(r"\D", "", operator[1:])
        steps = f", {number}" if number not in ("", "1") else ""
        if operator.startswith("ib") and number:
            here = f"C({here}, Treatment({number}))"
        elif letter in "IB":
            here = f"C({here})"
        elif letter == "L":
            here = f"lag({here}{steps})"
        elif letter == "F":
            here = f"lead({here}{steps})"
        elif letter == "S":
            here = f"diff({here}{steps})"
        elif letter == "D":
            for _ in range(min(int(number or 1), 9)):
                here = f"diff({here})"
    return here


def _lags(plain: str, known: Collection[str]) -> tuple[str, str] | None:
    """R's ``lag(x, 1:3)`` and Stata's ``L(1/3).x``."""
    found = _RANGE.search(plain)
    if found:
        name = "lag" if found[1] in "Ll" else "lead"
        return found[0], _each_lag(name, found[4], range(int(found[2]), int(found[3]) + 1))
    found = _LIST_OF_LAGS.search(plain)
    if not found or found[1] in known:
        return None
    name = {"l": "lag", "f": "lead", "d": "diff"}.get(found[1].lower(), found[1])
    if found[3] is not None:
        steps = [int(step) for step in re.findall(r"-?\d+", found[3])]
    else:
        steps = list(range(int(found[4]), int(found[5]) + 1))
    return found[0], _each_lag(name, found[2], steps)


def _each_lag(name: str, column: str, steps: Collection[int]) -> str:
    written = [column if step == 0 else f"{name}({column}, {step})" for step in list(steps)[:5]]
    return " + ".join([*written, *(["…"] if len(steps) > 5 else [])])


def _function_with_dot(plain: str, known: Collection[str]) -> tuple[str, str] | None:
    """R's ``as.factor(g)``, pandas' ``x.shift(1)``."""
    found = re.search(r"(?<![\w.])as\.(factor|numeric|integer)\(([^()]*)\)", plain)
    if found:
        return found[0], f"C({found[2]})" if found[1] == "factor" else f"{found[2]}"
    found = re.search(r"(?<![\w.])([A-Za-z_]\w*)\.(shift|diff)\(([^()]*)\)", plain)
    if found and found[1] in known:
        name = "lag" if found[2] == "shift" else "diff"
        steps = f", {found[3]}" if found[3] not in ("", "1") else ""
        return found[0], f"{name}({found[1]}{steps})"
    found = re.search(r"(?<![\w.])(\w+)\(([A-Za-z_]\w*)\)", plain)
    if found and found[1] in ("factor", "ln") and found[1] not in known:
        return found[0], _FUNCTIONS[found[1]].replace("(x)", f"({found[2]})")
    return None


def _value(plain: str, known: Collection[str]) -> tuple[str, str] | None:
    """R's TRUE, FALSE and NULL."""
    for found in re.finditer(r"(?<![\w.])(TRUE|FALSE|NULL)(?![\w.])", plain):
        if found[0] not in known:
            return found[0], _VALUES[found[0]]
    return None
