"""Names of regressors: the parts of an interaction in any order, and labels inside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Piece", "find_regressor", "parts_of", "printed_pieces", "regressor_key"]

_TOKEN = re.compile(
    r"`[^`]*`|'[^']*'|\"[^\"]*\"|[^\W\d][\w.]*|\*\*\s*[23](?![\w.])|[=!<>]=|.",
    re.DOTALL,
)
_CATEGORICAL = re.compile(r"C\(|[^(]*$")  # C(...) or a plain column
_CONTRASTS = re.compile(r"contr\.|Sum|Helmert|Diff")
_POWERS = {"2": "²", "3": "³"}
_OPENING, _CLOSING = "([{", ")]}"


def parts_of(name: str) -> list[str]:
    """Split an interaction into its factors; colons in brackets, quotes and backticks stay.

    Examples
    --------
    >>> parts_of("C(hour)[T.08:00]:lag(x, 1)")
    ['C(hour)[T.08:00]', 'lag(x, 1)']
    """
    depth = 0
    parts = [""]
    for token in _TOKEN.findall(name):
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
        if token == ":" and depth == 0:
            parts.append("")
        else:
            parts[-1] += token
    return parts if depth == 0 and all(parts) else [name]


def regressor_key(name: str) -> tuple[str, ...]:
    """Factors of a regressor in an order of their own: ``x:z`` and ``z:x`` are one regressor.

    Examples
    --------
    >>> regressor_key("z:x") == regressor_key("x:z")
    True
    """
    return tuple(sorted(parts_of(name)))


def find_regressor(name: str, names: Iterable[str]) -> str | None:
    """Find a regressor among names as they were written, its factors in any order.

    Examples
    --------
    >>> find_regressor("z:x", ["x", "x:z"])
    'x:z'
    """
    known = [str(one) for one in names]
    if name in known:
        return name
    key = regressor_key(name)
    return next((one for one in known if regressor_key(one) == key), None) if key[1:] else None


@dataclass(frozen=True)
class Piece:
    """A piece of a printed name: text as it is, or the name of something that has a label."""

    text: str
    labelled: bool = False


def printed_pieces(name: str, has_label: Callable[[str], bool]) -> list[Piece] | None:
    """Put the labels that exist into the name of a regressor.

    Parameters
    ----------
    name : str
        As a model names it: ``"C(region)[T.West]:lag(x)"``.
    has_label : callable
        Whether a column, a factor or a whole regressor has a label.

    Returns
    -------
    list of Piece or None
        None where no label reaches the name.

    Examples
    --------
    >>> pieces = printed_pieces("C(region)[T.West]:I(x ** 2)", {"region", "x"}.__contains__)
    >>> "".join(f"<{piece.text}>" if piece.labelled else piece.text for piece in pieces)
    '<region>: West × <x>²'
    """
    known = [*_pieces(name, has_label)]
    return known if any(piece.labelled for piece in known) else None


def _pieces(name: str, has_label: Callable[[str], bool]) -> Iterator[Piece]:
    if has_label(name):
        yield Piece(name, labelled=True)
        return
    parts = parts_of(name)
    if len(parts) > 1:
        for position, part in enumerate(parts):
            if position:
                yield Piece(" × ")
            yield from _pieces(part, has_label)
        return
    if name.startswith("mean(") and name.endswith(")"):  # of Mundlak's regression
        inside = [*_pieces(name[5:-1], has_label)]
        yield from (Piece("mean("), *inside, Piece(")"))
        return
    base, level = _base_and_level(name)
    if not level:
        yield from _expression(name, has_label)
        return
    inside = [*_pieces(base, has_label)]
    if not any(piece.labelled for piece in inside):
        yield Piece(name)
    elif _CATEGORICAL.match(base):
        yield from inside if has_label(base) else _expression(_column_of(base), has_label)
        coding = "TSHD" if _CONTRASTS.search(base) else "T"
        yield Piece(": " + re.sub(rf"^[{coding}]\.", "", level))
    else:
        yield from (*inside, Piece(f"[{level}]"))


def _column_of(factor: str) -> str:
    """Take the first argument of ``C(...)``; a plain column is itself."""
    if not factor.startswith("C("):
        return factor
    depth = 0
    column = ""
    for token in _TOKEN.findall(factor[2:-1]):
        if token == "," and depth == 0:
            break
        depth += (token in _OPENING) - (token in _CLOSING)
        column += token
    return column


def _base_and_level(name: str) -> tuple[str, str]:
    """Split ``C(region)[T.West]`` into the factor and its level."""
    if not name.endswith("]"):
        return name, ""
    depth = 0
    base = ""
    for token in _TOKEN.findall(name):
        if token == "[" and depth == 0 and base:
            return base, name[len(base) + 1 : -1]
        depth += (token in _OPENING) - (token in _CLOSING)
        base += token
    return name, ""


def _expression(text: str, has_label: Callable[[str], bool]) -> Iterator[Piece]:
    """Put labels in the place of the columns of an expression; ``I()`` and ``np.`` go."""
    if text.startswith("I(") and text.endswith(")") and _is_one_call(text):
        text = text[2:-1]
    tokens = _TOKEN.findall(text)
    for position, token in enumerate(tokens):
        after = next((t for t in tokens[position + 1 :] if not t.isspace()), "")
        column = token[1:-1] if token.startswith("`") else token
        is_name = token.startswith("`") or token[:1].isalpha() or token[:1] == "_"
        if token.startswith("**") and len(token) > 2:
            yield Piece(_POWERS[token[-1]])
        elif token.isspace() and after.startswith("**"):
            continue
        elif is_name and after == "(":
            yield Piece(token.removeprefix("np."))
        elif is_name and after != "=" and has_label(column):
            yield Piece(column, labelled=True)
        else:
            yield Piece(token)


def _is_one_call(text: str) -> bool:
    depth = 0
    for place, token in enumerate(text):
        depth += (token == "(") - (token == ")")
        if depth == 0 and token == ")":
            return place == len(text) - 1
    return False
