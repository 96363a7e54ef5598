"""Units of mass: everything is brought to kilotonnes of CO2 (kt), and only on being told from what.

A tonne of carbon is 3.664 tonnes of CO2 (the factor of the Global Carbon Budget).
"""

from ioecon.errors import EmissionsError

CO2_PER_CARBON = 3.664

KILOTONNES_PER_UNIT = {
    "kg": 1e-6,
    "t": 1e-3,
    "kt": 1.0,
    "Gg": 1.0,
    "Mt": 1e3,
    "Gt": 1e6,
    "10,000 t": 10.0,
    "万吨": 10.0,
    "ktC": CO2_PER_CARBON,
    "MtC": CO2_PER_CARBON * 1e3,
    "GtC": CO2_PER_CARBON * 1e6,
}


def kilotonnes_per(unit: str) -> float:
    """Kilotonnes of CO2 in one ``unit``.

    Parameters
    ----------
    unit : str
        One of ``kg``, ``t``, ``kt``, ``Gg``, ``Mt``, ``Gt``, ``10,000 t``, ``万吨`` (of CO2),
        ``ktC``, ``MtC``, ``GtC`` (of carbon).

    Raises
    ------
    EmissionsError
        For any other unit; letters' case counts (``Mt`` is a megatonne, ``mt`` is nothing).

    Examples
    --------
    >>> kilotonnes_per("Mt")
    1000.0
    """
    try:
        return KILOTONNES_PER_UNIT[unit]
    except KeyError:
        known = ", ".join(KILOTONNES_PER_UNIT)
        raise EmissionsError(
            f"The unit of emissions '{unit}' is not known; give one of {known}."
        ) from None
