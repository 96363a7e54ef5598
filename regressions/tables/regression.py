"""Regression tables in the look of Stata's outreg2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from regressions.options import by_name
from regressions.tables.cells import Cell, Label, Row, RowGroup, text_of
from regressions.tables.digits import format_fixed, format_number, star_legend, stars_of
from regressions.tables.errors import TableContentError
from regressions.tables.extra_rows import SHARE_DIGITS, ExtraRow, extra_rows, value_cell
from regressions.tables.maketables import absorbed_effects
from regressions.tables.model_columns import arrange_columns
from regressions.tables.printed_names import PrintedNames, choose_names
from regressions.tables.regression_options import (
    DEFAULT_STARS,
    DEFAULT_STATISTICS,
    ErrorKind,
    RegressionTableOptions,
    Statistics,
)
from regressions.tables.statistics import SHARES, statistic_name, statistic_of
from regressions.tables.table import Table
from regressions.tables.words import Language, has_word, word

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["RegressionTable", "regression_table"]

_UNDEFINED = "–"


@by_name()
def regression_table(
    models: FittedModel | Iterable[FittedModel] | Mapping[str, Any],
    *,
    titles: Sequence[str | Label] | None = None,
    coef_map: Mapping[str, str | Label] | Sequence[str] | None = None,
    labels: Mapping[str, str | Label] | None = None,
    errors: ErrorKind | None = "std_errors",
    level: float = 0.95,
    stars: Sequence[float] | None = DEFAULT_STARS,
    digits: int | None = None,
    statistics: Statistics = DEFAULT_STATISTICS,
    fixed_effects: bool | None = None,
    estimators: bool | None = None,
    covariances: bool | None = None,
    rows: Mapping[str, ExtraRow] | None = None,
    notes: Sequence[str] = (),
    default_notes: bool = True,
    title: str = "",
    identifier: str = "",
    language: Language = "en",
) -> Table:
    """Print fitted models side by side, in the look of Stata's ``outreg2``.

    Column heads are (1), (2), … with the dependent variable beneath; coefficients carry
    stars and have their standard errors in parentheses underneath, the constant comes last;
    below stand the statistics, then rows that say what was estimated, then tests.

    Parameters
    ----------
    models : FittedModel, sequence, or mapping
        The models in the order of the columns. A mapping from titles to models prints the
        titles under the dependent variables; a mapping from titles to sequences of models
        prints each title across its columns; a `ModelCollection` prints its labels.
    titles : sequence of str or Label, optional
        A title for every column, beneath the dependent variables.
    coef_map : mapping of str to str or Label, or sequence of str, optional
        Regressors to print, in this order, under these names. Others are left out (see
        `Table.left_out`); names that no model has are passed over, so that several tables may
        share one mapping.
    labels : mapping of str to str or Label, optional
        Printed names of regressors, dependent variables, dimensions and absorbed effects;
        leaves nothing out. A label of a column is also printed inside interactions, levels
        (``C(region)[T.West]`` as "Area: West") and transforms (``lag(x)`` as
        "lag(Exposure)"); one of the whole name comes first.
    errors : {"std_errors", "tstats", "pvalues", "conf_int"} or None
        What stands beneath a coefficient.
    level : float
        Level of the confidence intervals.
    stars : sequence of float or None
        Significance levels, one star each; None prints no stars. Stars come from the
        model's own p-values: same covariance and degrees of freedom as the printed error.
    digits : int, optional
        Decimals of all numbers; by default outreg2's automatic digits, and three decimals
        for R-squared and p-values.
    statistics : sequence of str, or mapping of str to (str or callable)
        What to print beneath the coefficients: ``"nobs"``, ``"n_entities"``, ``"n_periods"``,
        ``"n_clusters"``, ``"rsquared"``, ``"rsquared_adj"``, ``"rsquared_within"``,
        ``"rsquared_within_adj"``, ``"rsquared_between"``, ``"rsquared_overall"``,
        ``"rsquared_inclusive"``, ``"f_statistic"``, ``"f_pvalue"``, ``"df_resid"``, ``"sigma"``,
        ``"loglik"``, ``"aic"``, ``"bic"``, … (defined in :mod:`regressions.goodness`), Stata's
        and R's names for them (``"r2_a"``, ``"N_g"``, ``"adj.r.squared"``, ``"ll"``), or another
        attribute; or labels with a name, or a function of the model, each. A statistic that a
        model does not have is a dash.
    fixed_effects : bool, optional
        Whether to print a Yes/No row for every effect that a model absorbs; by default when
        there is one.
    estimators, covariances : bool, optional
        Whether to print a row with the estimator, or with the kind of standard errors; by
        default when the columns differ in it.
    rows : mapping, optional
        Further rows: label to one value per column (None for an empty cell), or to a
        mapping from column number to value. A value is a text, truth value or number; a
        pair or Series of numbers, printed as a range (VIF); or a test result with
        ``statistic`` and ``pvalue``, printed as the statistic above its p-value (the
        statistic alone where there is none).
    notes : sequence of str
        Notes after those on errors, stars and tests.
    default_notes : bool
        Whether to print the notes on errors, stars and tests.
    title, identifier, language
        As in `Table`.

    Returns
    -------
    Table
        Its `left_out` holds the regressors of the models that `coef_map` does not name.

    Raises
    ------
    TableContentError
        If there is no model, an option is unknown, or a row, title or statistic does not
        fit the models.

    Examples
    --------
    >>> import pandas as pd, regressions
    >>> rows = [(c, t, t * (1 + k % 2), t + k + t * k % 3) for k, c in enumerate("abcde")
    ...         for t in range(2000, 2006)]
    >>> data = pd.DataFrame(rows, columns=["country", "year", "x", "y"])
    >>> data = data.set_index(["country", "year"]) - [2000, 2000]
    >>> pooled = regressions.fit("y ~ x", data, estimator="pooled")
    >>> table = regressions.regression_table([pooled], labels={"x": "Exposure"})
    >>> print(table.to_frame().index.tolist())
    ['Exposure', '', 'Constant', '', 'Observations', 'R-squared', 'Number of country']
    """
    options = RegressionTableOptions(
        errors, level, stars, digits, statistics, fixed_effects, estimators, covariances, language
    )
    columns = arrange_columns(models, titles)
    names = choose_names(columns.models, labels or {}, coef_map, options.language)
    extra = [
        row
        for label, values in (rows or {}).items()
        for row in extra_rows(label, values, len(columns.models), digits, options.language)
    ]
    blocks = [
        [*_coefficient_rows(columns.models, names, options)],
        [
            *_statistic_rows(columns.models, names, options),
            *_setup_rows(columns.models, names, options),
        ],
        extra,
    ]
    automatic = [*_notes_on(columns.models, names, options, extra)] if default_notes else []
    return Table(
        header=columns.header(names),
        groups=tuple(RowGroup(tuple(block)) for block in blocks if block),
        notes=(*automatic, *notes),
        title=title,
        identifier=identifier,
        language=options.language,
        left_out=names.left_out,
    )


RegressionTable = regression_table
"""The same function under its first name."""


def _coefficient_rows(
    models: Sequence[FittedModel], names: PrintedNames, options: RegressionTableOptions
) -> Iterator[Row]:
    """Return the rows of every regressor: coefficients, and what stands beneath them."""
    for name in names.regressors:
        spelled = [(model, names.spelling_in(j, name)) for j, model in enumerate(models)]
        yield Row(
            (Cell.label(names.name_of(name)),),
            tuple(
                Cell() if own is None else _coefficient_cell(model, own, options)
                for model, own in spelled
            ),
        )
        if options.errors is not None:
            errors = (
                Cell() if own is None else _error_cell(model, own, options)
                for model, own in spelled
            )
            yield Row((Cell(kind="label"),), tuple(errors), continues=True)


def _coefficient_cell(model: FittedModel, name: str, options: RegressionTableOptions) -> Cell:
    """Format a coefficient with the stars of its p-value."""
    value = float(model.params[name])
    stars = stars_of(float(model.pvalues[name]), options.star_levels)
    return Cell(format_number(value, options.digits), "estimate", stars, value)


def _error_cell(model: FittedModel, name: str, options: RegressionTableOptions) -> Cell:
    """Format what stands beneath a coefficient."""
    if options.errors == "conf_int":
        bounds = model.conf_int(options.level).loc[name]
        texts = [format_number(float(bound), options.digits) for bound in bounds]
        return Cell(f"[{texts[0]}, {texts[1]}]", "error")
    value = float(getattr(model, str(options.errors))[name])
    if options.errors == "pvalues":
        text = format_fixed(value, SHARE_DIGITS if options.digits is None else options.digits)
    else:
        text = format_number(value, options.digits)
    return Cell(f"({text})", "error", value=value)


def _statistic_rows(
    models: Sequence[FittedModel], names: PrintedNames, options: RegressionTableOptions
) -> Iterator[Row]:
    statistics, digits = options.statistics, options.digits
    if isinstance(statistics, str):
        raise TableContentError(f"statistics is the text {statistics!r}; give a list of names.")
    wanted = (
        statistics.items()
        if isinstance(statistics, Mapping)
        else [(_statistic_label(statistic_name(name), names), name) for name in statistics]
    )
    for label, source in wanted:
        if callable(source):
            values = [source(model) for model in models]
            cells = [value_cell(value, digits, names.language) for value in values]
        else:
            name = statistic_name(source)
            is_share = digits is None and (name in SHARES or name.endswith("pvalue"))
            places = SHARE_DIGITS if is_share else digits
            values = [statistic_of(model, name) for model in models]
            cells = [
                Cell(_UNDEFINED) if value is None else value_cell(value, places, names.language)
                for value in values
            ]
        yield Row((Cell.label(label),), tuple(cells))


def _statistic_label(name: str, names: PrintedNames) -> str:
    if not has_word(name):
        return name.replace("_", " ")
    return word(name, names.language).format(
        entity=names.dimension("entity"), period=names.dimension("time")
    )


def _setup_rows(
    models: Sequence[FittedModel], names: PrintedNames, options: RegressionTableOptions
) -> Iterator[Row]:
    """Return the rows that say what was estimated: effects, estimators, covariances."""
    language = names.language
    if options.fixed_effects is not False:
        yield from _fixed_effect_rows(models, names)
    estimators = [
        word(model.estimator, language) if has_word(model.estimator) else model.estimator
        for model in models
    ]
    covariances = [_covariance_words("row", model, names) for model in models]
    for key, texts, show in (
        ("estimator", estimators, options.estimators),
        ("covariance", covariances, options.covariances),
    ):
        if show or (show is None and len(set(texts)) > 1):
            yield Row((Cell.label(word(key, language)),), tuple(Cell(text) for text in texts))


def _fixed_effect_rows(models: Sequence[FittedModel], names: PrintedNames) -> Iterator[Row]:
    absorbed = [[names.dimension(effect) for effect in absorbed_effects(model)] for model in models]
    for effect in dict.fromkeys(effect for effects in absorbed for effect in effects):
        label = word("fixed_effects", names.language).format(name=effect[:1].upper() + effect[1:])
        answers = (word("yes" if effect in a else "no", names.language) for a in absorbed)
        yield Row((Cell.label(label),), tuple(Cell(answer) for answer in answers))


def _covariance_words(
    use: Literal["row", "errors"], model: FittedModel, names: PrintedNames
) -> str:
    key = f"{use}:{model.cov}"
    if not has_word(key):
        return model.covariance_words or model.cov
    clusters = word("and", names.language).join(names.dimension(name) for name in model.clusters)
    return word(key, names.language).format(clusters=clusters)


def _notes_on(
    models: Sequence[FittedModel],
    names: PrintedNames,
    options: RegressionTableOptions,
    extra: Sequence[Row],
) -> Iterator[str]:
    """Return the notes on errors, missing errors, stars and tests."""
    if options.errors is not None:
        yield _error_note(options.errors, models, names, options.level)
        yield from _notes_on_missing_errors(models, names)
    if options.star_levels:
        yield star_legend(options.star_levels)
    if any(row.continues for row in extra):
        yield word("tests", names.language)


def _notes_on_missing_errors(models: Sequence[FittedModel], names: PrintedNames) -> Iterator[str]:
    """Return a note for each reason why printed coefficients have no standard error."""
    places: dict[str, dict[str, list[str]]] = {}
    for number, model in enumerate(models, start=1):
        for name in names.regressors:
            reason = model.missing_inference.get(names.spelling_in(number - 1, name) or "")
            if reason:
                printed = text_of(names.name_of(name))
                places.setdefault(reason, {}).setdefault(printed, []).append(f"({number})")
    for reason, columns in places.items():
        which = ", ".join(
            name if len(models) == 1 else f"{name} {', '.join(numbers)}"
            for name, numbers in columns.items()
        )
        yield word("no_error", names.language).format(names=which, reason=reason)


def _error_note(
    errors: ErrorKind, models: Sequence[FittedModel], names: PrintedNames, level: float
) -> str:
    subjects = {_covariance_words("errors", model, names) for model in models}
    plain = word("errors:unadjusted", names.language)
    subject = subjects.pop() if len(subjects) == 1 else plain
    what = word(f"in:{errors}", names.language)
    if errors == "std_errors":
        return what.format(subject=subject[:1].upper() + subject[1:])
    what = what.format(level=f"{100 * level:g}")
    if subject == plain:
        return what
    return word("based_on", names.language).format(what=what, subject=subject)
