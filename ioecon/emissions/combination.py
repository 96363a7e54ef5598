"""Which stressors of a file are wanted, and their sum with factors, such as warming potentials."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import isfinite
from numbers import Real

import pandas as pd

from ioecon.emissions.account import Account
from ioecon.errors import EmissionsError, IoeconWarning
from ioecon.stressor import Stressor
from ioecon.units import read_quantity, spell_substance
from ioecon.user_warnings import warn_user
from ioecon.wording import did_you_mean, listed, near_words

__all__ = ["GWP_SETS", "Combination", "choose_stressors"]

CO2E = "CO2e"
_FLUORINATED = frozenset({"HFC", "PFC"})  # groups of gases, which have no one potential

#: Warming potentials over 100 years, kg of CO2 per kg, by the IPCC's assessment report: SAR (1995,
#: WG1, table 4), AR4 (2007, WG1, table 2.14), AR5 (2013, WG1, table 8.A.1, without climate-carbon
#: feedbacks), AR6 (2021, WG1, table 7.SM.7; methane of unknown origin, 29.8 fossil and 27.0 other).
GWP_SETS: Mapping[str, Mapping[str, float]] = {
    "SAR": {"CO2": 1.0, "CH4": 21.0, "N2O": 310.0, "SF6": 23900.0},
    "AR4": {"CO2": 1.0, "CH4": 25.0, "N2O": 298.0, "SF6": 22800.0, "NF3": 17200.0},
    "AR5": {"CO2": 1.0, "CH4": 28.0, "N2O": 265.0, "SF6": 23500.0, "NF3": 16100.0},
    "AR6": {"CO2": 1.0, "CH4": 27.9, "N2O": 273.0, "SF6": 24300.0, "NF3": 17400.0},
}


@dataclass(frozen=True)
class Combination:
    """Stressors that are summed with factors.

    Parameters
    ----------
    factors : mapping of str to float
        Names as the file has them.
    name : str
        What the sum is called; empty: what the one stressor is called.
    unit : str
        Unit that all are converted to; empty: that of the first.
    """

    factors: Mapping[str, float]
    name: str = ""
    unit: str = ""

    def combine(self, accounts: Mapping[str, Account]) -> Account:
        """Sum accounts of the same places, converted to one unit.

        Raises
        ------
        EmissionsError
            If units cannot be converted into each other, or places differ.
        """
        parts = [accounts[name] for name in self.factors]
        unit = self.unit or parts[0].unit
        if not self.name:
            return parts[0]
        lacking = [part.name for part in parts if part.households is None]
        if lacking and len(lacking) < len(parts):
            warn_user(
                f"{listed(lacking)} {'has' if len(lacking) == 1 else 'have'} nothing of "
                f"households, so {self.name} is without them.",
                IoeconWarning,
            )
        weighted = [
            _weigh(part, factor, self.name, unit, households=not lacking)
            for part, factor in zip(parts, self.factors.values(), strict=True)
        ]
        total = reduce(lambda total, part: total + part, weighted)
        known = total.provenance.add_step({"step": f"sum of {_join(self.factors)}"})
        return replace(total, values=known.write_on(total.values))


def _weigh(account: Account, factor: float, name: str, unit: str, *, households: bool) -> Account:
    """Account times a factor, in ``unit`` and under the name of the sum."""
    of_co2e = name == CO2E and read_quantity(account.unit).of == CO2E
    factor *= Stressor(CO2E if of_co2e else account.name, account.unit).convert(unit)
    direct = account.households if households else None
    return Account(
        _bare(account.values) * factor,
        None if direct is None else _bare(direct) * factor,
        unit,
        account.source,
        name=name,
        signed=account.signed or factor < 0,
    )


def _bare(series: pd.Series) -> pd.Series:
    series = series.copy(deep=False)
    series.attrs = {}
    return series


def choose_stressors(
    there: Sequence[Stressor],
    wanted: str | Iterable[str] | Mapping[str, float] | None,
    *,
    gwp: str | None = None,
    name: str | None = None,
    file: str,
) -> Combination:
    """Settle which stressors of a file are read, and how they are summed.

    Parameters
    ----------
    there : sequence of Stressor
        What the file has.
    wanted : str, iterable of str, mapping of str to float, or None
        One name, several to be summed, or names with factors. None takes the only one, or the
        file's own total of the others, or with ``gwp`` the gases that the set knows.
    gwp : {"SAR", "AR4", "AR5", "AR6"}, optional
        See :data:`GWP_SETS`.
    name : str, optional
        What a sum is called; after its parts by default, and CO2e with ``gwp``.
    file : str
        For messages.

    Raises
    ------
    EmissionsError
        If a name is not there (the nearest are named), several are there and none is named, or a
        factor is no number.

    Examples
    --------
    >>> gases = [Stressor("CO2", "kt"), Stressor("CH4", "t"), Stressor("SOX", "t")]
    >>> choose_stressors(gases, None, gwp="AR5", file="AIR").factors
    {'CO2': 1.0, 'CH4': 28.0}
    >>> choose_stressors(gases, ["CH4", "SOX"], file="AIR").name
    'CH4 + SOX'
    """
    if not there:
        raise EmissionsError(f"{file} has no stressor.")
    if gwp is not None:
        return _choose_by_warming(there, wanted, gwp, name or CO2E, file)
    if wanted is None:
        return Combination({_choose_only(there, file): 1.0}, name or "")
    if isinstance(wanted, str):
        return Combination({_find(there, wanted, file): 1.0}, name or "")
    pairs = _read_factors(wanted)
    factors = {_find(there, one, file): factor for one, factor in pairs}
    if len(factors) < len(pairs):
        raise EmissionsError(f"stressor names one of {listed(factors)} twice.")
    if len(factors) == 1 and set(factors.values()) == {1.0}:
        return Combination(factors, name or "")
    return Combination(factors, name or _name_sum(factors))


def _choose_only(there: Sequence[Stressor], file: str) -> str:
    totals = [one.name for one in there if one.is_total]
    if len(there) == 1 or len(totals) == 1:
        return totals[0] if totals else there[0].name
    raise EmissionsError(
        f"{file} has {len(there)} stressors: name one with stressor=, or several to be summed. "
        f"There are {listed((str(one) for one in there), 30)}; ioecon.stressors lists them."
    )


def _find(there: Sequence[Stressor], wanted: str, file: str) -> str:
    """Name of the file's stressor that is meant, letters' case aside where that is clear."""
    names = [one.name for one in there]
    for fits in (
        [name for name in names if name == wanted],
        [name for name in names if name.lower() == str(wanted).strip().lower()],
        [name for name in names if spell_substance(name) == (spell_substance(str(wanted)) or "")],
    ):
        if len(fits) == 1:
            return fits[0]
    meant = did_you_mean(near_words(wanted, names, count=3, cutoff=0.5))
    raise EmissionsError(
        f"{file} has no stressor {wanted!r}; {meant or f'there are {listed(names, 30)}.'}"
    )


def _read_factors(
    wanted: Iterable[str] | Mapping[str, float],
) -> list[tuple[str, float]]:
    pairs = list(wanted.items()) if isinstance(wanted, Mapping) else [(one, 1.0) for one in wanted]
    if not pairs:
        raise EmissionsError("stressor names nothing: give a name, or several to be summed.")
    for name, factor in pairs:
        number = isinstance(factor, Real) and not isinstance(factor, bool)
        if not number or not isfinite(float(factor)) or factor == 0:
            raise EmissionsError(f"The factor of {name} is a number other than 0, not {factor!r}.")
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise EmissionsError(f"stressor names {listed(twice)} twice.")
    return [(name, float(factor)) for name, factor in pairs]


def _join(factors: Mapping[str, float]) -> str:
    return " + ".join(
        name if factor == 1 else f"{factor:g} {name}" for name, factor in factors.items()
    )


def _name_sum(factors: Mapping[str, float]) -> str:
    text = _join(factors)
    return text if len(text) <= 100 else f"{next(iter(factors))} + {len(factors) - 1} more"


def _choose_by_warming(
    there: Sequence[Stressor],
    wanted: str | Iterable[str] | Mapping[str, float] | None,
    gwp: str,
    name: str,
    file: str,
) -> Combination:
    if gwp not in GWP_SETS:
        raise EmissionsError(f"gwp is {', '.join(map(repr, GWP_SETS))}, not {gwp!r}.")
    if isinstance(wanted, Mapping):
        raise EmissionsError("Give factors with stressor= or a set of them with gwp=, not both.")
    potentials = GWP_SETS[gwp]
    if wanted is None:
        chosen = [one for one in there if one.substance in potentials and _is_whole_gas(one)]
        several = [gas for gas, n in Counter(one.substance for one in chosen).items() if n > 1]
        if not chosen or several:
            what = f"more than one {listed(several)}" if several else "no gas by its name alone"
            raise EmissionsError(
                f"{file} has {what}, so gwp={gwp!r} cannot tell which to sum: name them with "
                f"stressor=[...]. There are {listed((str(one) for one in there), 30)}."
            )
        _warn_of_gases_left_out(there, {one.substance for one in chosen}, gwp, file)
    else:
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        found = [_find(there, one, file) for one, _ in _read_factors(names)]
        chosen = [one for one in there if one.name in found]
    factors: dict[str, float] = {}
    for one in chosen:
        if CO2E in (one.substance, read_quantity(one.unit).of):
            factors[one.name] = 1.0
        elif one.substance in potentials:
            factors[one.name] = potentials[one.substance]
        else:
            raise EmissionsError(
                f"{gwp} has no warming potential for {one.name!r}; it has {listed(potentials)}. "
                "Give factors of your own with stressor={name: factor}."
            )
    return Combination(factors, name, "kt")


def _warn_of_gases_left_out(
    there: Sequence[Stressor], chosen: set[str], gwp: str, file: str
) -> None:
    """Name the greenhouse gases of a file that are not in the sum."""
    warming = _FLUORINATED.union(*GWP_SETS.values()) - chosen
    left = [
        one
        for one in there
        if one.substance in warming and re.fullmatch(r"\w+", one.name) and not one.is_total
    ]
    if left:
        warn_user(
            f"The sum by {gwp} has nothing of {listed(map(str, left))} of {file}: name all that "
            "belongs to it with stressor=[...], where what is in CO2e is added as it is, or give "
            "factors of your own with stressor={name: factor}.",
            IoeconWarning,
        )


def _is_whole_gas(stressor: Stressor) -> bool:
    return stressor.substance in (stressor.name, spell_substance(stressor.name))
