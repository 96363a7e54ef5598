"""Units of emissions, energy and money, and of emissions per money, as people write them.

Such as ``kt per million USD``, ``t/million USD``, ``kg CO2/USD``, ``tCO2/10^4 CNY``, ``吨/万元``.
What cannot be read is an error, never ignored, and nothing is taken for granted: letters' case
counts in symbols (``Mt`` is a megatonne, ``mt`` is nothing), carbon and CO2 equivalents are not
CO2, and a ``ton``, which may be short, is refused.

pint was tried first: it reads ``kt`` as a knot and ``mt`` as a kilogram, knows no money, no words
for large numbers and no Chinese, and takes 0.6 s to load.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ioecon.errors import EmissionsError
from ioecon.source import Source

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CO2_PER_CARBON",
    "Amount",
    "conversion_factor",
    "currency_code",
    "kilotonnes_per",
    "read_amount",
    "read_money",
    "read_quantity",
    "read_ratio",
    "spell_substance",
    "split_ratio",
    "write_unit",
]

#: A tonne of carbon is 3.664 tonnes of CO2 (the factor of the Global Carbon Budget).
CO2_PER_CARBON = 3.664

_PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_GRAMS = {f"{prefix}g": size for prefix, size in _PREFIXES.items()} | {
    f"{prefix}t": 1e6 * _PREFIXES[prefix] for prefix in ("", "k", "M", "G")
}
_JOULES = {
    f"{prefix}{unit}": size * _PREFIXES[prefix]
    for unit, size, prefixes in (
        ("J", 1.0, _PREFIXES),
        ("Wh", 3.6e3, _PREFIXES),
        ("toe", 4.1868e10, ("", "k", "M")),
        ("tce", 2.93076e10, ("", "k", "M")),
        ("gce", 2.93076e4, ("k",)),
    )
    for prefix in prefixes
}
_WORDS = {
    **{"gram": "g", "kilogram": "kg", "gigagram": "Gg", "teragram": "Tg", "tonne": "t"},
    **{"metric ton": "t", "metric tonne": "t", "kilotonne": "kt", "megatonne": "Mt"},
    **{"gigatonne": "Gt", "tonne of oil equivalent": "toe", "tonne of coal equivalent": "tce"},
    **{"吨": "t", "公吨": "t", "千克": "kg", "公斤": "kg", "克": "g", "千瓦时": "kWh", "度": "kWh"},
    **{"吨标准煤": "tce", "吨标煤": "tce", "千克标准煤": "kgce", "吨标准油": "toe"},
    **{"吨油当量": "toe", "焦耳": "J", "焦": "J"},
}
_SCALES = {
    **{"one": 1.0, "ten": 10.0, "hundred": 1e2, "lakh": 1e5, "crore": 1e7},
    **dict.fromkeys(("thousand", "thousands", "thsd", "thous"), 1e3),
    **dict.fromkeys(("million", "millions", "mil", "mill", "mio", "mln", "mn"), 1e6),
    **dict.fromkeys(("billion", "billions", "bn", "bln", "mrd", "mld"), 1e9),
    **dict.fromkeys(("trillion", "trillions", "tn", "trn"), 1e12),
}
_CHINESE_SCALES = {"十": 10.0, "百": 1e2, "千": 1e3, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8}
_MONEY_LETTERS = {"k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6}  # "M" alone: beside a currency only
_CURRENCIES = {
    "USD": "us dollars|us dollar|u.s. dollars|u.s. dollar|us$|usd|美元",
    "EUR": "euros|euro|eur|€|欧元",
    "CNY": "chinese yuan|renminbi|yuan|rmb|cny|人民币元|人民币|元",
    "JPY": "japanese yen|yen|jpy|日元",
    "GBP": "pounds sterling|pound sterling|gbp|£|英镑",
    "HKD": "hong kong dollars|hk$|hkd|港元",
    "INR": "indian rupees|inr|卢比",
    "KRW": "korean won|krw|韩元",
    "TWD": "new taiwan dollars|nt$|twd|新台币",
}
_CURRENCY_OF = {
    alias: code for code, aliases in _CURRENCIES.items() for alias in aliases.split("|")
}
_CURRENCY = re.compile(
    "|".join(
        rf"(?<![A-Za-z]){re.escape(alias)}(?![A-Za-z])" if alias[0].isascii() else re.escape(alias)
        for alias in sorted(_CURRENCY_OF, key=len, reverse=True)
    ),
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?P<before>[kKMm]|mn|bn)?(?P<code>[A-Z]{3})(?P<after>[kKMm]|mn|bn)?")
_SUBSTANCES = (
    (r"(?:CO2|carbon dioxide)[ -]?(?:eq\.?|e|equivalents?)|二氧化碳当量", "CO2e"),
    (r"CO2|carbon dioxide|二氧化碳", "CO2"),
    (r"(?<=[tg克吨])C|(?<= )C|carbon|碳", "C"),
    *((name, name) for name in ("CH4", "N2O", "SO2", "SF6", "GHG", "NH3", "PM10", "CO", "COD")),
    (r"NO[xX]", "NOx"),
    (r"PM2\.5", "PM2.5"),
)
_PER = re.compile(r"\s+per\s+|\s*/\s*|\s*每\s*", re.IGNORECASE)
_POWER_OF_TEN = re.compile(
    r"10\s?(?:\^|\*\*)\s?(?P<power>[0-9]{1,2})(?![0-9])|1[eE](?P<e>[0-9]{1,2})(?![0-9])"
    r"|(?P<plain>10{0,2}(?:,000)+|10*)(?![0-9.,])"
)
_COUNTED = {
    **{"m2": ("area", "", 1.0), "ha": ("area", "", 1e4), "km2": ("area", "", 1e6)},
    **{"m3": ("volume", "", 1.0), "hm3": ("volume", "", 1e6), "km3": ("volume", "", 1e9)},
    "Mm3": ("volume", "", 1e6),  # as water accounts write a million m³
    **dict.fromkeys(("p", "p.", "person", "persons", "people"), ("other", "persons", 1.0)),
    **dict.fromkeys(("h", "hr", "hour", "hours"), ("other", "hours", 1.0)),
    "M.hr": ("other", "hours", 1e6),
}
_SUPERSCRIPTS = str.maketrans({sign: f"^{k}" for k, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")})
_KNOWN = "kg, t, kt, Gg, Mt, Gt, 10,000 t, 万吨 (of CO2), ktC, MtC, GtC (of carbon)"


@dataclass(frozen=True)
class Amount:
    """A unit of emissions, energy, money or another quantity.

    Parameters
    ----------
    kind : {"mass", "energy", "area", "volume", "money", "other"}
    of : str
        Substance, ``"CO2"`` where the unit names none; the currency; or what is counted.
    size : float
        Grams, joules, m², m³, units of the currency, or of what is counted.
    symbol : str
        As written where it is in Latin letters, otherwise translated.
    """

    kind: str
    of: str
    size: float
    symbol: str


def read_ratio(unit: object) -> tuple[Amount, Amount]:
    """Read a unit of emissions (or energy) per money.

    Parameters
    ----------
    unit : str
        Two units with ``per``, ``/`` or ``每`` between them.

    Returns
    -------
    (Amount, Amount)
        Numerator and denominator.

    Raises
    ------
    EmissionsError
        If it cannot be read.

    Examples
    --------
    >>> [(part.of, part.size, part.symbol) for part in read_ratio("吨/万元")]
    [('CO2', 1000000.0, 't'), ('CNY', 10000.0, '10,000 CNY')]
    """
    amount, money = split_ratio(unit)
    return read_amount(amount), read_money(money)


def split_ratio(unit: object) -> tuple[str, str]:
    """Split a unit of any amount per money into the two, which are not read yet.

    Raises
    ------
    EmissionsError
        If it is no such ratio.

    Examples
    --------
    >>> split_ratio("1000 persons per million USD")
    ('1000 persons', 'million USD')
    """
    parts = _PER.split(_plain_text(unit))
    if len(parts) != 2:
        raise EmissionsError(
            f"The unit of coefficients {unit!r} cannot be read: it should say emissions per "
            "output, such as 'kt per million USD', 't/million USD' or '吨/万元'."
        )
    return parts[0], parts[1]


def read_amount(unit: object, *, of: str = "CO2") -> Amount:
    """Read a unit of mass, perhaps of a named substance, or of energy.

    Parameters
    ----------
    unit : str
    of : str
        Substance of a mass whose unit names none.

    Raises
    ------
    EmissionsError
        If it cannot be read.

    Examples
    --------
    >>> read_amount("10,000 t CO2")
    Amount(kind='mass', of='CO2', size=10000000000.0, symbol='10,000 t CO2')
    >>> read_amount("万吨标准煤").symbol
    '10,000 tce'
    """
    text = _plain_text(unit)
    body, substance = _split_substance(text)
    size = 1.0
    symbol = _find_symbol(body)
    while symbol is None:
        scale, rest = _split_scale(body)
        if scale is None:
            raise EmissionsError(_explain_no_amount(unit, body))
        size, body = size * scale, rest
        symbol = _find_symbol(body)
    if symbol in _GRAMS:
        whose, kind, size = substance or of, "mass", size * _GRAMS[symbol]
    elif substance is None:
        whose, kind, size = "", "energy", size * _JOULES[symbol]
    else:
        raise EmissionsError(f"The unit {unit!r} is one of energy and names {substance}.")
    return Amount(
        kind, whose, size, text if text.isascii() else _translate_symbol(size, symbol, substance)
    )


def read_money(unit: object) -> Amount:
    """Read a unit of money: a currency with a number or word for its size, in any order.

    A currency that is not known by code, sign or usual name is one of its own, equal to none but
    itself.

    Raises
    ------
    EmissionsError
        If it cannot be read.

    Examples
    --------
    >>> [read_money(text).size for text in ("M.EUR", "(mil. of euro)", "mio EUR", "EUR m", "M€")]
    [1000000.0, 1000000.0, 1000000.0, 1000000.0, 1000000.0]
    >>> read_money("亿元").symbol, read_money("1000 USD").of
    ('100,000,000 CNY', 'USD')
    """
    text = _plain_text(unit)
    spaced = _CURRENCY.sub(lambda found: f" {_CURRENCY_OF[found.group().lower()]} ", text)
    size, currencies = 1.0, []
    for word in re.sub(r"\bof\b|(?<=[A-Za-z])\.", " ", spaced).split():
        scale, currency = _read_scale_and_currency(word)
        if scale is None:
            raise EmissionsError(_explain_no_money(unit, word))
        size *= scale
        currencies += [currency] if currency else []
    if len(set(currencies)) != 1:
        what = " and ".join(dict.fromkeys(currencies)) or "no currency"
        raise EmissionsError(f"The unit of money {unit!r} cannot be read: it names {what}.")
    symbol = text if text.isascii() else f"{size:,.0f} {currencies[0]}"
    return Amount("money", currencies[0], size, symbol)


def read_quantity(unit: object, *, of: str = "") -> Amount:
    """Read a unit of anything: mass, energy, area, volume, money, or things that are counted.

    A unit that is none of these is one of its own, equal to none but itself.

    Parameters
    ----------
    unit : str
    of : str
        Substance of a mass whose unit names none.

    Examples
    --------
    >>> [read_quantity(unit).size for unit in ("1000 ha", "Mm3", "thousand persons", "TJ")]
    [10000000.0, 1000000.0, 1000.0, 1000000000000.0]
    """
    text = _plain_text(unit)
    try:
        return read_amount(unit, of=of)
    except EmissionsError:
        pass
    size, body = 1.0, text
    while body not in _COUNTED:
        scale, rest = _split_scale(body)
        if scale is None:
            break
        size, body = size * scale, rest
    if body in _COUNTED:
        kind, what, each = _COUNTED[body]
        return Amount(kind, what, size * each, text)
    try:
        return read_money(unit)
    except EmissionsError:
        return Amount("other", text, 1.0, text)


def conversion_factor(unit: object, other: object, *, of: str = "") -> float | None:
    """How much of ``other`` one ``unit`` is; None where they measure different things.

    Parameters
    ----------
    unit, other : str
    of : str
        Substance of masses whose unit names none.

    Examples
    --------
    >>> conversion_factor("1000 ha", "km2"), conversion_factor("TJ", "kt")
    (10.0, None)
    """
    first, last = read_quantity(unit, of=of), read_quantity(other, of=of)
    same = (first.kind, first.of) == (last.kind, last.of)
    return first.size / last.size if same else None


def spell_substance(name: str) -> str | None:
    """Symbol of a substance that is known by its usual names, None of another name.

    Examples
    --------
    >>> spell_substance("carbon dioxide"), spell_substance("CO₂"), spell_substance("Coal")
    ('CO2', 'CO2', None)
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    for pattern, symbol in _SUBSTANCES:
        if symbol != "C" and re.fullmatch(pattern, plain, re.IGNORECASE):
            return symbol
    return None


def currency_code(name: str) -> str:
    """Code of a currency that is known by its name, sign or code; another name as it is.

    Examples
    --------
    >>> currency_code("RMB"), currency_code("euro"), currency_code("florins")
    ('CNY', 'EUR', 'florins')
    """
    plain = _plain_text(name)
    return _CURRENCY_OF.get(plain.lower(), plain)


def kilotonnes_per(unit: object) -> float:
    """Kilotonnes of CO2 in one ``unit``.

    Parameters
    ----------
    unit : str
        Of CO2, such as ``kg``, ``t``, ``kt``, ``Gg``, ``Mt``, ``Gt``, ``10,000 t``, ``万吨``; or
        of carbon: ``ktC``, ``MtC``, ``GtC``. Letters' case counts.

    Raises
    ------
    EmissionsError
        For any other unit, among them of other gases and of CO2 equivalents.

    Examples
    --------
    >>> kilotonnes_per("Mt"), kilotonnes_per("百万吨"), round(kilotonnes_per("MtC"), 1)
    (1000.0, 1000.0, 3664.0)
    """
    try:
        amount = read_amount(unit)
    except EmissionsError:
        raise EmissionsError(
            f"The unit of emissions {unit!r} is not known; give one of {_KNOWN}."
        ) from None
    if amount.kind != "mass" or amount.of not in ("CO2", "C"):
        of = "energy" if amount.kind == "energy" else amount.of
        raise EmissionsError(
            f"The unit of emissions {unit!r} is one of {of}, which is not CO2; give one of "
            f"{_KNOWN}."
        )
    kilotonnes = amount.size / 1e9
    return kilotonnes * CO2_PER_CARBON if amount.of == "C" else kilotonnes


def write_unit(values: pd.Series, unit: str, *, source: Source | None = None) -> pd.Series:
    """Return values that state their unit, and where they come from, in ``attrs``."""
    values = values.copy(deep=False)
    values.attrs = {"unit": unit} | ({} if source is None else {"source": source.as_plain()})
    return values


def _plain_text(unit: object) -> str:
    """Text with plain letters and digits, single spaces and no brackets around it."""
    if not isinstance(unit, str) or not unit.strip() or len(unit) > 100:
        raise EmissionsError(
            f"A unit is a short text, such as 'kt' or 'million USD', not {unit!r}."
        )
    text = " ".join(unicodedata.normalize("NFKC", unit.translate(_SUPERSCRIPTS)).split())
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


def _split_substance(text: str) -> tuple[str, str | None]:
    """Take a substance off the end of a unit: "kt CO2" is "kt" of CO2."""
    for pattern, name in _SUBSTANCES:
        found = re.search(rf"(?:\s|-|\bof\b|\()*(?:{pattern})\)?$", text)
        if found and found.start():
            return text[: found.start()].strip(), name
    return text, None


def _find_symbol(body: str) -> str | None:
    """Symbol of a unit without a number before it."""
    if body in _GRAMS or body in _JOULES:
        return body
    word = body.lower()
    return (
        _WORDS.get(word)
        or _WORDS.get(word.removesuffix("s"))
        or _WORDS.get(word.replace("tonnes ", "tonne "))
    )


def _split_scale(body: str) -> tuple[float | None, str]:
    """Take the number, or word for a number, at the beginning of a text off it."""
    found = _POWER_OF_TEN.match(body)
    if found:
        return _read_value(found), body[found.end() :].strip()
    if body[:1] in _CHINESE_SCALES:
        return _CHINESE_SCALES[body[0]], body[1:].strip()
    word = re.match(r"([A-Za-z]+)\.?\s+(?:of\s+)?", body)
    if word and word.group(1).lower() in _SCALES:
        return _SCALES[word.group(1).lower()], body[word.end() :]
    return None, body


def _read_value(found: re.Match[str]) -> float:
    power = found["power"] or found["e"]
    return 10.0 ** int(power) if power else float(found["plain"].replace(",", ""))


def _read_scale_and_currency(word: str) -> tuple[float | None, str | None]:
    """Size and currency that one word of a unit of money names; size None if it is no word."""
    number = _POWER_OF_TEN.fullmatch(word)
    if number:
        return _read_value(number), None
    scale = _SCALES.get(word.lower(), _MONEY_LETTERS.get(word))
    if scale is not None:
        return scale, None
    size = 1.0
    while word[:1] in _CHINESE_SCALES:
        size, word = size * _CHINESE_SCALES[word[0]], word[1:]
    if not word:
        return size, None
    glued = _GLUED.fullmatch(word)
    if glued and (glued["code"] in _CURRENCIES or glued["code"] == word):
        for letters in (glued["before"], glued["after"]):
            if letters:
                size *= _MONEY_LETTERS.get(letters) or _SCALES[letters]
        return size, glued["code"]
    return (size, word) if word.isalpha() and len(word) > 1 else (None, None)


def _translate_symbol(size: float, symbol: str, substance: str | None) -> str:
    """Latin symbol of a unit that was written otherwise."""
    per_unit = _GRAMS.get(symbol) or _JOULES[symbol]
    same = [name for name in ("g", "kg", "t", "kt", "Mt", "Gt") if _GRAMS[name] == size]
    count = size / per_unit
    text = symbol if count == 1 else f"{count:,.0f} {symbol}"
    return " ".join(filter(None, (same[0] if same and symbol in _GRAMS else text, substance)))


def _explain_no_amount(unit: object, body: str) -> str:
    if re.fullmatch(r"(?i)(kilo|mega|giga|short |long )?tons?", body):
        why = "a ton may be short, long or metric; write t, kt or Mt for metric ones"
    else:
        why = f"it should be one of mass or energy, such as {_KNOWN}, TJ, ktoe, tce"
    return f"The unit {unit!r} cannot be read: {why}."


def _explain_no_money(unit: object, word: str) -> str:
    if "$" in word:
        why = "'$' is the sign of several currencies; write USD"
    else:
        why = f"{word!r} is no number in round figures, currency or word for a number"
    return f"The unit of money {unit!r} cannot be read: {why}."
