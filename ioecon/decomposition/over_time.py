"""Decompose changes in emissions or another stressor over a series of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ioecon.audit import ROUNDING
from ioecon.decomposition.backends import count_jobs
from ioecon.decomposition.chunks import solve_in_processes
from ioecon.decomposition.effects import Effects
from ioecon.decomposition.identity import join_residuals, measure_residuals
from ioecon.decomposition.models import Model, find_model
from ioecon.decomposition.over_log_means import solve_by_log_means
from ioecon.decomposition.periods import Question, solve_periods
from ioecon.decomposition.plan import make_plan
from ioecon.decomposition.previous_year_prices import pair_years, solve_in_previous_prices
from ioecon.decomposition.variables import read_variables
from ioecon.decomposition.weights import LMDI
from ioecon.emissions.by_sector import Emissions, WithoutOutput, check_emissions
from ioecon.errors import ArgumentError
from ioecon.series import IOSeries

__all__ = ["decompose"]


def decompose(
    series: IOSeries,
    emissions: Emissions,
    *,
    model: str | Model = "dong2022",
    method: str | None = None,
    accounting: str | None = None,
    sequence: Sequence[str] | None = None,
    variables: Mapping[str, Emissions] | pd.DataFrame | None = None,
    periods: Sequence[tuple[int, int]] | None = None,
    prices: IOSeries | None = None,
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
    n_jobs: int | None = None,
    backend: str = "loky",
) -> Effects:
    """Structural decomposition of changes in emissions, by factor and by whose change it was.

    By default equations 1 to 25 of Dong, Wang and Dong. The effects on a country's emissions sum to
    their change exactly; this is checked for every country and period.

    Parameters
    ----------
    series : IOSeries
        Tables of at least two years. The two of a period must be in the same prices, for example
        t − 1 in current prices and t in those of t − 1, or both in current prices.
    emissions : Series or Account
        National totals indexed (country, year), or an account by (country, sector, year): CO2 in
        kt, or any extensive stressor that says its name and unit; see :class:`ioecon.Account`.
    model : str or Model
        ``"dong2022"``, ``"intensity_structure"``, ``"trade_technology"``,
        ``"demand_categories"``, ``"energy_intensity"``, or one of your own; see
        :class:`ioecon.decomposition.Model`.
    method : {"two_polar", "mirror_pairs", "shapley", "lmdi"}, optional
        How the orders in which factors can change are averaged. ``two_polar`` (the default): the
        order of the factors and its reverse, inside groups where the model has them, as
        ``dong2022`` does. ``mirror_pairs``: the orders that begin with each factor in turn and go
        round, with their reverses. ``shapley``: all n! orders (Dietzenbacher and Los 1998).
        ``lmdi``: no orders, but logarithmic means of every term (Su and Ang 2012), with exact
        limits at zero (Ang and Liu 2007); it holds the inverses of two years, and is refused
        where a factor changes its sign.
    sequence : sequence of str, optional
        All factors in the order in which they change: alone, the effects in that order; with
        ``two_polar`` or ``mirror_pairs``, the order that they start from.
    variables : mapping or DataFrame, optional
        What the model needs beside tables and emissions, by name: ``population`` (a Series indexed
        (country, year), as a column of controls) for ``trade_technology``, ``energy`` (given as
        emissions are) for ``energy_intensity``.
    accounting : {"carbon_table", "satellite"}, optional
        ``carbon_table`` (the paper; the default of ``dong2022``): each year's table is multiplied
        by its emission intensities and decomposed, so that changes in intensity appear inside
        technology and demand. ``satellite`` (the field's standard, and the default of all other
        models): c = diag(e) L y with effects of their own for intensity.
    periods : sequence of (int, int), optional
        Base and reporting years; all consecutive years of the series by default.
    prices : IOSeries, optional
        Tables in prices of the year before, as published or of :func:`ioecon.deflate`. The table
        of each year in current prices is then compared with that of the next year in its prices, so
        that effects are of volumes; :meth:`Effects.chained` sums them over years. Intensities are
        emissions per unit of output in each table's own prices.
    tolerance : float
        Breaks of an accounting identity up to this share of world output are carried with a
        warning, larger ones refused; see :func:`ioecon.audit.sound_table`.
    without_output : {"raise", "leave_out"}
        What to do with emissions that an account gives to a sector without output.
    n_jobs : int, optional
        Most processes that solve periods side by side, -1 for all there are; by default this one,
        or all workers of a cluster that ``backend`` names.
    backend : {"loky", "dask", "ray"}
        What the processes are: joblib's on this machine, or workers of the Dask client or the Ray
        cluster in use (of one that is started on this machine for the time, where there is none).

    Returns
    -------
    Effects

    Raises
    ------
    EmissionsError
        If a country or year has no emissions, or a sector has output and no emissions, or
        negative ones, where the carbon table needs them.
    TableError
        If the tables of a period are in prices that cannot be compared.
    UnsoundTableError
        If a table breaks an accounting identity by more than ``tolerance``.
    PrecisionError
        If a table in float32 is too badly conditioned for it; take float64.
    IdentityError
        If the effects do not sum to the change to 1e-10 of the largest change.
    BackendError
        If a process ends before it has answered, for example for lack of memory.

    Notes
    -----
    One LU factorisation of (E − A) per year, and two more per period where a model tells input
    coefficients from origins, serves all periods that the year borders, and both
    accountings as long as it is kept (:func:`ioecon.leontief.set_factorisation_memory`). No two
    are needed at once: beyond the tables and the effects, memory is one matrix of the size of Z.
    Tables in float32 are factorised in float32 and their solves refined to double precision.

    Several processes share the threads of BLAS that this one has. Each opens the tables where they
    are stored; those that are not are written to a temporary folder (of ``TMPDIR``), which workers
    on other machines do not see: for them, write the series where all do
    (:func:`ioecon.write_series`) and read it from there. Results, warnings and errors are those of
    one process with as many threads as each has, to the last bit.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> effects = ioecon.decompose(world.series, world.emissions, accounting="satellite")
    >>> effects.factors
    ('technology', 'level', 'mix', 'distribution', 'intensity')
    >>> total = effects.by_country().sum(axis=1)
    >>> bool(abs(total - effects.change()).max() < 1e-6)
    True
    """
    plan = make_plan(find_model(model), accounting, method, sequence)
    most = count_jobs(n_jobs, backend)
    pairs = series.periods(periods) if prices is None else pair_years(series, prices, periods)
    if (prices is not None or plan.method == LMDI) and most != 1:
        raise ArgumentError(
            "With prices, and by method='lmdi', periods are solved in one process: leave "
            "n_jobs out."
        )
    years = {year for pair in pairs for year in pair}
    checked = check_emissions(emissions)  # once, for all years
    checked.require_coverage(series.countries, years)
    needed = read_variables(plan.model, variables, series.countries, years, without_output)

    size = len(series.countries), len(series.sectors)
    question = Question(checked, plan, tolerance, without_output, needed)
    processes = ""
    solver = solve_by_log_means if plan.method == LMDI else solve_periods
    if prices is not None:
        solved = solve_in_previous_prices(series, prices, pairs, question, solver)
    elif most == 1 or len(pairs) == 1:
        solved = solver(series, size, pairs, question)
    else:
        solved, processes = solve_in_processes(
            series, size, pairs, question, backend=backend, most=most
        )
    residuals = measure_residuals(
        solved.values,
        solved.row_changes,
        solved.largest,
        series.countries,
        pairs,
        checked.stressor,
    )
    return Effects(
        accounting="carbon_table" if plan.carbon_table else "satellite",
        factors=plan.model.names,
        countries=series.countries,
        sectors=series.sectors,
        periods=pairs,
        values=solved.values,
        row_changes=solved.row_changes,
        residuals=residuals,
        unit=checked.stressor.unit,
        stressor=checked.stressor.name,
        solve_residuals=join_residuals(solved.residuals),
        processes=processes,
        plan=plan,
        states=None if plan.method == LMDI else solved.states,
    )
