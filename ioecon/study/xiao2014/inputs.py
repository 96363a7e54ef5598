"""Read what a study of transfers names: two tables, grouped and cut, and coefficients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ioecon import datasets
from ioecon.audit import sound_table
from ioecon.delimited import labels, read_delimited
from ioecon.emissions import Account
from ioecon.emissions.by_sector import check_emissions, emissions_by_sector
from ioecon.emissions.provenance import Provenance
from ioecon.errors import EmissionsError, IoeconWarning, LabelError, StudyError
from ioecon.interregional import emission_coefficients
from ioecon.interregional.coefficients import check_coefficients, emitted_stressor
from ioecon.prices import require_same_prices
from ioecon.readers import read_coefficients
from ioecon.series import IOSeries
from ioecon.stressor import Stressor
from ioecon.study.input_output.inputs import read_emission_data, read_tables, table_files
from ioecon.study.input_output.settings import WORLD, EmissionData
from ioecon.study.inputs import known_columns, text_options
from ioecon.study.manifest import InputFile, sha256_of
from ioecon.study.sections import nearest
from ioecon.study.steps import Steps
from ioecon.study.xiao2014.settings import REGIONS, CoefficientData, Regions, Xiao2014Study
from ioecon.table import IOTable
from ioecon.units import kilotonnes_per
from ioecon.user_warnings import warn_user
from ioecon.wording import spans

__all__ = ["Inputs", "coefficients_of", "read_inputs", "read_regions"]

Pair = tuple[IOTable, IOTable]


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a study of transfers starts from.

    Attributes
    ----------
    read : IOSeries
        Tables as they were read.
    detailed : (IOTable, IOTable)
        Domestic flows of the analysed part, by country.
    tables : (IOTable, IOTable)
        The same by region.
    concordance : mapping of str to str or None
        Country to region, for the analysed part.
    coefficients : Series
        Indexed (region, sector): those that value the transfers.
    yearly : Series or None
        Indexed (region, sector, year): each year's own, where they are known.
    stressor : Stressor
        What coefficient times output gives.
    account : Series or None
        Emissions of production, indexed (country, sector, year) of the grouped tables.
    emissions : Series or Account or None
        Emissions by country, where coefficients are computed from them.
    files : tuple of InputFile
    """

    read: IOSeries
    detailed: Pair
    tables: Pair
    concordance: Mapping[str, str] | None
    coefficients: pd.Series
    yearly: pd.Series | None
    stressor: Stressor
    account: pd.Series | None
    emissions: pd.Series | Account | None
    files: tuple[InputFile, ...]


@dataclass(frozen=True, eq=False)
class _Embedded:
    """Data that come with the package: tables with either coefficients or emissions."""

    series: IOSeries
    coefficients: pd.Series | None = None
    emissions: pd.Series | None = None


def _load_embedded(format: str) -> _Embedded | None:
    if format == REGIONS:
        regions = datasets.load_regions()
        return _Embedded(regions.tables, coefficients=regions.yearly_coefficients)
    if format == WORLD:
        world = datasets.load_world()
        return _Embedded(world.series, emissions=world.emissions)
    return None


def read_inputs(study: Xiao2014Study, steps: Steps) -> Inputs:
    """Read the inputs of a study, or take embedded ones.

    Raises
    ------
    ReadError, LabelError, TableError, EmissionsError, PanelError, StudyError
        If a file is missing or not as the study says.
    """
    embedded = _load_embedded(study.tables.format)
    with steps("Reading the tables", study.tables.path):
        series = read_tables(study.tables, embedded.series if embedded else None, cache=steps.cache)
        pair = _require_two_years(series, study)
    with steps("Grouping the regions", study.regions.file if study.regions else None):
        concordance = _read_concordance(study.regions, pair[0])
        detailed, concordance = _cut_to_analysed(pair, study, concordance)
        tables = detailed
        if concordance is not None:
            tables = _change_both(detailed, lambda table: table.aggregate(regions=concordance))
    file = study.coefficients.file or (study.emissions.file if study.emissions else None)
    with steps("Reading the coefficients", file):
        carbon = _read_carbon(study, embedded, pair, detailed, tables, concordance)
    named = [("regions", study.regions.file if study.regions else None)]
    others = [InputFile(role, path.name, sha256_of(path)) for role, path in named if path]
    return Inputs(
        read=IOSeries({table.year: table for table in pair}),
        detailed=detailed,
        tables=tables,
        concordance=concordance,
        coefficients=carbon.coefficients,
        yearly=carbon.yearly,
        stressor=carbon.stressor,
        account=carbon.account,
        emissions=carbon.emissions,
        files=(*table_files(IOSeries({t.year: t for t in pair})), *carbon.files, *others),
    )


def _require_two_years(series: IOSeries, study: Xiao2014Study) -> Pair:
    if len(series.years) != 2:
        raise StudyError(
            f"Transfers run between two years, and the tables have {spans(series.years)}; name two "
            "in the study file: [tables] years = [2002, 2007]."
        )
    first, last = (series[year] for year in series.years)
    require_same_prices(first, last)
    return first, last


def _change_both(pair: Pair, change: Callable[[IOTable], IOTable]) -> Pair:
    first, last = pair
    return change(first), change(last)


def _read_concordance(regions: Regions | None, table: IOTable) -> dict[str, str] | None:
    """Country to region, in the order of the file."""
    if regions is None:
        return None
    if regions.file is None:
        found = {c: region for region, members in regions.groups.items() for c in members}
    else:
        found = read_regions(regions)
    table.aggregate(regions=found)  # says which countries have no group, or are unknown
    return found


def read_regions(regions: Regions) -> dict[str, str]:
    """Read the file that groups countries into regions."""
    assert regions.file is not None
    frame = read_delimited(regions.file, "regions", **text_options(regions))
    columns = {"country": regions.country, "region": regions.region}
    name = regions.file.name
    chosen = frame[known_columns(columns, frame.columns, name)]
    countries, groups = (labels(chosen[column], name) for column in chosen)
    if countries.duplicated().any():
        raise LabelError(f"{name} gives {countries[countries.duplicated()].iloc[0]} twice.")
    return dict(zip(countries, groups, strict=True))


def _cut_to_analysed(
    pair: Pair, study: Xiao2014Study, concordance: dict[str, str] | None
) -> tuple[Pair, dict[str, str] | None]:
    """Domestic flows among the analysed regions, still by country."""
    pair = _change_both(pair, lambda table: table.domestic())
    if not study.analysed:
        return pair, concordance
    inside = _list_members(study.analysed, pair[0], concordance, "analysed")
    reached = {
        label: _list_members(regions, pair[0], concordance, f"destinations.{label}")
        for label, regions in study.destinations.items()
    }
    kept = None if concordance is None else {c: concordance[c] for c in inside}
    return _change_both(pair, lambda table: table.within(inside, destinations=reached)), kept


def _list_members(
    regions: Sequence[str], table: IOTable, concordance: Mapping[str, str] | None, key: str
) -> list[str]:
    """Countries of some regions."""
    known = table.countries if concordance is None else tuple(dict.fromkeys(concordance.values()))
    members: list[str] = []
    for region in regions:
        if region not in known:
            raise StudyError(
                f"{key} names {region!r}, which is no region; {nearest(region, known)}"
            )
        if concordance is None:
            members.append(region)
        else:
            members += [country for country, group in concordance.items() if group == region]
    return members


@dataclass(frozen=True, eq=False)
class _Carbon:
    coefficients: pd.Series
    yearly: pd.Series | None
    stressor: Stressor
    account: pd.Series | None = None
    emissions: pd.Series | Account | None = None
    files: tuple[InputFile, ...] = ()


def _read_carbon(
    study: Xiao2014Study,
    embedded: _Embedded | None,
    pair: Pair,
    detailed: Pair,
    tables: Pair,
    concordance: Mapping[str, str] | None,
) -> _Carbon:
    settings = study.coefficients
    if settings.file is not None:
        given = coefficients_of(settings)
        files = (InputFile("coefficients", settings.file.name, sha256_of(settings.file)),)
        return _carbon_of_coefficients(given, tables, settings, files)
    if study.emissions is None and embedded and embedded.coefficients is not None:
        if concordance is None:
            return _carbon_of_coefficients(embedded.coefficients, tables, settings, ())
        account = _group_account(embedded.coefficients, detailed, concordance)
        account = Provenance().of_stressor(Stressor()).write_on(account)
        return _carbon_of_account(account, tables, study)
    source = study.emissions or EmissionData()
    series = IOSeries({table.year: table for table in pair})
    emissions, read = read_emission_data(source, series, embedded.emissions if embedded else None)
    parts = [_emissions_by_region(emissions, table, concordance, study) for table in detailed]
    checked = check_emissions(emissions)
    known = Provenance().of_stressor(checked.stressor, signed=checked.signed)
    account = known.write_on(pd.concat(parts))
    return replace(
        _carbon_of_account(account, tables, study), emissions=emissions, files=tuple(read)
    )


def coefficients_of(settings: CoefficientData) -> pd.Series:
    """Read the coefficients that a study names."""
    assert settings.file is not None
    return read_coefficients(
        settings.file, unit=settings.unit, ignore=settings.ignore, **text_options(settings)
    )


def _carbon_of_account(account: pd.Series, tables: Pair, study: Xiao2014Study) -> _Carbon:
    """Coefficients of what each region's sectors emit or use."""
    stressor = Provenance.of(account).read_stressor()
    tolerance = study.tables.tolerance
    yearly = pd.concat(
        {
            table.year: emission_coefficients(table, account, tolerance=tolerance)
            for table in tables
        },
        names=["year"],
    ).reorder_levels(["region", "sector", "year"])
    last = yearly.xs(tables[1].year, level="year")
    chosen = yearly if study.coefficients.at == "each" else last
    return _Carbon(chosen, yearly, stressor, account)


def _group_account(
    coefficients: pd.Series, detailed: Pair, concordance: Mapping[str, str]
) -> pd.Series:
    """Emissions of grouped regions from coefficients, kt per unit of output, of their members."""
    parts = []
    for table in detailed:
        known = coefficients.xs(table.year, level="year")
        values = known.loc[list(table.index)].to_numpy() * table.x
        parts.append(_sum_by_region(values, table, concordance, Stressor().column))
    return pd.concat(parts)


def _emissions_by_region(
    emissions: pd.Series | Account,
    table: IOTable,
    concordance: Mapping[str, str] | None,
    study: Xiao2014Study,
) -> pd.Series:
    """Emissions, or what the account counts, of each region's sectors in the table's year."""
    sound = sound_table(table, tolerance=study.tables.tolerance)
    left = study.emissions.without_output if study.emissions else "raise"
    values = emissions_by_sector(emissions, sound, without_output=left)
    name = check_emissions(emissions).stressor.column
    return _sum_by_region(values, table, concordance, name)


def _sum_by_region(
    values: np.ndarray, table: IOTable, concordance: Mapping[str, str] | None, name: str
) -> pd.Series:
    frame = table.index.to_frame(index=False)
    if concordance is not None:
        frame["country"] = frame["country"].map(dict(concordance))
    frame["year"] = table.year
    frame[name] = values
    return frame.groupby(["country", "sector", "year"], sort=False)[name].sum()


def _carbon_of_coefficients(
    given: pd.Series, tables: Pair, settings: CoefficientData, files: tuple[InputFile, ...]
) -> _Carbon:
    """Coefficients as given, checked, in the order of the tables."""
    regions, sectors = tables[0].countries, tables[0].sectors
    years = (tables[0].year, tables[1].year)
    flow_unit = f"{tables[0].unit} {tables[0].currency}"
    stressor = emitted_stressor(Provenance.of(given), flow_unit)
    by_year = given.index.nlevels == 3
    if settings.at == "each" and not by_year:
        raise EmissionsError(
            "Each year's own coefficients are asked for (coefficients.at), and these have no "
            "column 'year'."
        )
    if by_year and settings.at == "last":
        there = given.index.get_level_values(2)
        last = given[there == years[1]].droplevel(2)
        if last.empty:
            raise EmissionsError(f"There are no emission coefficients for {years[1]}.")
        fixed = last
    else:
        fixed = given
    k1 = check_coefficients(fixed, regions, sectors, years).last
    index = pd.MultiIndex.from_product([regions, sectors], names=["region", "sector"])
    known = Provenance.of(given)
    last = known.write_on(pd.Series(k1.ravel(), index=index, name="coefficient"))
    if not by_year:
        return _Carbon(last, None, stressor, files=files)
    if settings.at == "last" and not (given.index.get_level_values(2) == years[0]).any():
        return _Carbon(last, None, stressor, files=files)
    k = check_coefficients(given, regions, sectors, years)
    parts = {
        year: pd.Series(values.ravel(), index=index, name="coefficient")
        for year, values in zip(years, (k.first, k.last), strict=True)
    }
    yearly = pd.concat(parts, names=["year"]).reorder_levels(["region", "sector", "year"])
    yearly = known.write_on(yearly)
    account = _account_of_coefficients(yearly, tables, stressor)
    chosen = yearly if settings.at == "each" else last
    return _Carbon(chosen, yearly, stressor, account, files=files)


def _account_of_coefficients(
    yearly: pd.Series, tables: Pair, stressor: Stressor
) -> pd.Series | None:
    """Account that the coefficients imply, indexed (country, sector, year); CO2 in kt."""
    factor, of = 1.0, stressor
    if stressor.is_co2:
        try:
            factor, of = kilotonnes_per(stressor.unit), Stressor()
        except EmissionsError as error:
            warn_user(
                "Accounts of production and consumption, which are in kt of CO2, are left out: "
                f"{error}",
                IoeconWarning,
            )
            return None
    outputs = pd.concat(
        {table.year: pd.Series(table.x, index=table.index) for table in tables}, names=["year"]
    ).reorder_levels(["country", "sector", "year"])
    values = outputs * yearly.rename_axis(["country", "sector", "year"]).reindex(outputs.index)
    values *= factor
    return Provenance().of_stressor(of).write_on(values.rename(of.column))
