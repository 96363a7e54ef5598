"""What the titles above a table say of its unit and prices: believed, or refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ioecon.errors import ReadError

__all__ = [
    "CONSTANT_PRICES",
    "require_10000_yuan",
    "require_million_usd",
    "told_price_basis",
]

#: Constant prices, with the year where it is told.
CONSTANT_PRICES = re.compile(
    r"\bconstant\D{0,25}(?P<after>(?:19|20)\d{2})|(?P<before>(?:19|20)\d{2})\s+constant"
    r"|\bconstant\b|(?P<chinese>(?:19|20)\d{2})年?不变价|不变价",
    re.IGNORECASE,
)
_CURRENT = re.compile(r"\bcurrent\b.*\bprices?\b|\bcurrent\s+US|当年.{0,4}价|现价", re.IGNORECASE)
_PREVIOUS = re.compile(r"\bprevious[ -]year|上年价", re.IGNORECASE)
_US_DOLLAR = re.compile(r"\bU\.?\s?S\.?\s?\$|\bUSD\b|\$\s?US\b|\bU\.?\s?S\.?\s+dollars?\b", re.I)
_MILLION = re.compile(r"\b(?:millions?|mil|mill|mln|mio|mn|m(?=\s?U\.?S))\b\.?|百万", re.I)
_SCALE = re.compile(
    r"\b(?:hundreds?|thousands?|thous|ths|k(?=\s?U\.?S)|billions?|bil|bln|bn|trillions?|trn|tn|"
    r"lakhs?|crores?)\b|[百千万亿億兆]|1[,.\s]?000\b|10\s?\^\s?\d",
    re.I,
)
_MONEY = re.compile(
    r"\b(?:euros?|eur|ecu|yuan|renminbi|rmb|cny|yen|jpy|pounds?|gbp|rupees?|inr|roubles?|rubles?|rub|"
    r"won|krw|krona|kronor|kroner|sek|nok|dkk|francs?|chf|pesos?|mxn|reais|brl|zloty|pln|dollars?|"
    r"[ac]ud|cad|(?:national|local|domestic|other)\s+currenc(?:y|ies)|ppp|international)\b"
    r"|[$€£¥₹₽₩元]",
    re.I,
)
_YUAN = re.compile(
    r"\b(?:10[,.\s]?000|ten\s+thousand|10\s?\^\s?4|10⁴|1e4)\s*(?:chinese\s+)?"
    r"(?:yuan|rmb|cny|renminbi)\b(?:\s+(?:yuan|rmb))?|万\s*元(?:人民币)?",
    re.IGNORECASE,
)


def require_million_usd(titles: Sequence[str], file: str, publisher: str) -> None:
    """Refuse titles that name another unit or currency than the publisher's.

    Raises
    ------
    ReadError
        With the title that does.
    """
    scaled = any(_MILLION.search(title) for title in titles)
    for title in titles:
        rest = _MILLION.sub(" ", title)
        dollars = _US_DOLLAR.search(rest)
        rest = _US_DOLLAR.sub(" ", rest)
        lacks_dollars = bool(_MILLION.search(title)) and not dollars
        if _SCALE.search(rest) or _MONEY.search(rest) or lacks_dollars or (dollars and not scaled):
            raise ReadError(f"{file} is in {title!r}; {publisher}'s tables are in millions of US$.")


def require_10000_yuan(titles: Sequence[str], file: str, publisher: str) -> None:
    """Refuse titles that name another unit or currency than ten thousand yuan.

    Raises
    ------
    ReadError
        With the title that does.
    """
    for title in titles:
        rest = _YUAN.sub(" ", title)
        if any(word.search(rest) for word in (_SCALE, _MONEY, _MILLION, _US_DOLLAR)):
            raise ReadError(f"{file} is in {title!r}; {publisher}'s tables are in 10,000 yuan.")


def told_price_basis(text: str) -> str | None:
    """Price basis that a text tells, or None; ``"constant"`` where it does not tell the year.

    Examples
    --------
    >>> told_price_basis("ADB MRIO 2015, at constant 2010 prices"), told_price_basis("当年价格")
    ('constant 2010', 'current')
    """
    constant = CONSTANT_PRICES.search(text)
    if constant:
        year = constant["after"] or constant["before"] or constant["chinese"]
        return f"constant {year}" if year else "constant"
    if _PREVIOUS.search(text):
        return "previous-year"
    return "current" if _CURRENT.search(text) else None
