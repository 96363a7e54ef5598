"""Industries of Eurostat's accounts (NACE Rev. 2, 64 of them) by the codes of FIGARO's tables."""

from __future__ import annotations

import re

__all__ = ["HOUSEHOLDS", "INDUSTRIES", "PARTS_OF_HOUSEHOLDS", "figaro_code"]

# fmt: off
#: The 64 industries, by the codes of FIGARO's files.
INDUSTRIES = (
    "A01", "A02", "A03", "B", "C10T12", "C13T15", "C16", "C17", "C18", "C19", "C20", "C21", "C22",
    "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30", "C31_32", "C33", "D35", "E36", "E37T39",
    "F", "G45", "G46", "G47", "H49", "H50", "H51", "H52", "H53", "I", "J58", "J59_60", "J61",
    "J62_63", "K64", "K65", "K66", "L", "M69_70", "M71", "M72", "M73", "M74_75", "N77", "N78",
    "N79", "N80T82", "O84", "P85", "Q86", "Q87_88", "R90T92", "R93", "S94", "S95", "S96", "T", "U",
)
# fmt: on
#: What households emit directly, in all and by purpose.
HOUSEHOLDS = "HH"
PARTS_OF_HOUSEHOLDS = ("HH_HEAT", "HH_TRA", "HH_OTH")

_SECTIONS = {"D": "D35", "O": "O84", "P": "P85"}
_ALONE = {"L68": "L", "B05-B09": "B", "F41-F43": "F", "I55_I56": "I", "I55-I56": "I"}
_SPAN = re.compile(r"([A-Z])(\d\d)([-_])\1?(\d\d)")


def figaro_code(code: str) -> str:
    """Code that FIGARO's files have for an industry of Eurostat's database; others stay as is.

    Examples
    --------
    >>> [figaro_code(c) for c in ("C10-C12", "C31_C32", "J59_J60", "D", "O", "P", "L68", "U")]
    ['C10T12', 'C31_32', 'J59_60', 'D35', 'O84', 'P85', 'L', 'U']
    """
    code = _ALONE.get(code, _SECTIONS.get(code, code))
    span = _SPAN.fullmatch(code)
    if span is None:
        return code
    return f"{span[1]}{span[2]}{'T' if span[3] == '-' else '_'}{span[4]}"
