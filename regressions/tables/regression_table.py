"""Regression tables in the look of Stata's outreg2."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

from regressions.regressor_names import find_regressor, printed_pieces, regressor_key
from regressions.tables.cells import Cell, Head, HeaderRow, Label, Row, RowGroup, latex_of, text_of
from regressions.tables.digits import fixed, printed, star_legend, stars_of
from regressions.tables.errors import TableContentError
from regressions.tables.extra_rows import SHARE_DIGITS, ExtraRow, extra_rows, value_cell
from regressions.tables.latex import escaped
from regressions.tables.maketables import absorbed_effects
from regressions.tables.statistics import SHARES, statistic_name, statistic_of
from regressions.tables.table import Table
from regressions.tables.words import Language, checked_language, dimension_name, has_word, word

if TYPE_CHECKING:
    from regressions.model import FittedModel

ErrorKind = Literal["std_errors", "tstats", "pvalues", "conf_int"]
Statistics = Sequence[str] | Mapping[str, str | Callable[[Any], Any]]

CONSTANT = "Intercept"
DEFAULT_STARS = (0.01, 0.05, 0.1)
DEFAULT_STATISTICS = ("nobs", "rsquared", "n_entities")
_UNDEFINED = "–"


class RegressionTable(Table):
    """A table of fitted models side by side.

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
        `left_out`); names that no model has are passed over, so that several tables may
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

    Attributes
    ----------
    left_out : tuple of str
        Regressors of the models that `coef_map` does not name.

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
    >>> table = regressions.RegressionTable([pooled], labels={"x": "Exposure"})
    >>> print(table.to_frame().index.tolist())
    ['Exposure', '', 'Constant', '', 'Observations', 'R-squared', 'Number of country']
    """

    left_out: tuple[str, ...]

    def __init__(
        self,
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
    ) -> None:
        _check_options(errors, level, stars, digits)
        columns, spans, titles = _columns(models, titles)
        names = _Names(columns, labels or {}, coef_map, checked_language(language))
        numbers_ = _Numbers(errors, level, tuple(sorted(stars or ())), digits)
        extra = [
            row
            for label, values in (rows or {}).items()
            for row in extra_rows(label, values, len(columns), digits, names.language)
        ]
        descriptions = [
            *_fixed_effect_rows(columns, names, fixed_effects),
            *_estimator_row(columns, names, estimators),
            *_covariance_row(columns, names, covariances),
        ]
        blocks = [
            [
                row
                for name in names.regressors
                for row in _coefficient(name, columns, names, numbers_)
            ],
            [*_statistic_rows(columns, statistics, names, digits), *descriptions],
            extra,
        ]
        automatic = []
        if default_notes:
            automatic = [
                *_error_note(columns, names, numbers_),
                *([star_legend(numbers_.stars)] if numbers_.stars else []),
                *([word("tests", names.language)] if any(row.continues for row in extra) else []),
            ]
        object.__setattr__(self, "left_out", names.left_out)
        super().__init__(
            header=_header(columns, spans, titles, names),
            groups=tuple(RowGroup(tuple(block)) for block in blocks if block),
            notes=(*automatic, *notes),
            title=title,
            identifier=identifier,
            language=names.language,
        )


class _Numbers:
    """How coefficients and what stands beneath them are printed."""

    def __init__(
        self, errors: ErrorKind | None, level: float, stars: tuple[float, ...], digits: int | None
    ) -> None:
        self.errors = errors
        self.level = level
        self.stars = stars
        self.digits = digits

    def estimate(self, model: FittedModel, name: str) -> Cell:
        """Print a coefficient with the stars of its p-value."""
        value = float(model.params[name])
        stars = stars_of(float(model.pvalues[name]), self.stars)
        return Cell(printed(value, self.digits), "estimate", stars, value)

    def error(self, model: FittedModel, name: str) -> Cell:
        """Print what stands beneath a coefficient."""
        if self.errors == "conf_int":
            bounds = model.conf_int(self.level).loc[name]
            texts = [printed(float(bound), self.digits) for bound in bounds]
            return Cell(f"[{texts[0]}, {texts[1]}]", "error")
        value = float(getattr(model, str(self.errors))[name])
        if self.errors == "pvalues":
            text = fixed(value, SHARE_DIGITS if self.digits is None else self.digits)
        else:
            text = printed(value, self.digits)
        return Cell(f"({text})", "error", value=value)


class _Names:
    """Which names are printed, and how."""

    def __init__(
        self,
        columns: Sequence[FittedModel],
        labels: Mapping[str, str | Label],
        coef_map: Mapping[str, str | Label] | Sequence[str] | None,
        language: Language,
    ) -> None:
        self.labels = dict(labels)
        self.language = language
        self._spellings = [
            {regressor_key(str(name)): str(name) for name in model.params.index}
            for model in columns
        ]
        found: dict[str, None] = {}
        rows: dict[tuple[str, ...], str] = {}
        for spellings in self._spellings:
            for key, name in spellings.items():
                found[rows.setdefault(key, name)] = None
        if coef_map is None:
            ordered = [name for name in found if name != CONSTANT]
            self.regressors = ordered + [name for name in found if name == CONSTANT]
        else:
            wanted = {name: rows.get(regressor_key(name)) for name in coef_map}
            self.regressors = [name for name in dict.fromkeys(wanted.values()) if name is not None]
            if isinstance(coef_map, Mapping):
                self.labels |= coef_map
        if not self.regressors:
            raise TableContentError(
                f"coef_map names none of the models' regressors; these are {', '.join(found)}."
            )
        self.left_out = tuple(name for name in found if name not in self.regressors)
        entity, period = (str(name or default) for name, default in zip(
            columns[0].endog.index.names, ("entity", "time"), strict=True
        ))  # fmt: skip
        self.dimensions = {"entity": entity, "time": period, "period": period}

    def of(self, name: str) -> str | Label:
        """Give the printed name of a regressor or dependent variable."""
        if name == CONSTANT and name not in self.labels:
            return word("constant", self.language)
        pieces = printed_pieces(name, lambda inside: self._label(inside) is not None)
        if pieces is None:
            return name
        labels = [
            (self._label(piece.text) or piece.text) if piece.labelled else piece.text
            for piece in pieces
        ]
        if len(labels) == 1:
            return labels[0]
        text = "".join(text_of(label) for label in labels)
        if not any(isinstance(label, Label) for label in labels):
            return text
        return Label(text, "".join(latex_of(label) or escaped(str(label)) for label in labels))

    def _label(self, name: str) -> str | Label | None:
        """Find the label of a column, factor or regressor."""
        spelled = name if name in self.labels else find_regressor(name, self.labels)
        return None if spelled is None else self.labels[spelled]

    def in_column(self, name: str, column: int) -> str | None:
        """Find how the model of a column spells a regressor; None if it has not got it."""
        return self._spellings[column].get(regressor_key(name))

    def dimension(self, name: str) -> str:
        """Give the printed name of a dimension, absorbed effect or cluster variable."""
        name = self.dimensions.get(name, name)
        return text_of(self.labels.get(name, dimension_name(name, self.language)))


def _check_options(
    errors: str | None, level: float, stars: Sequence[float] | None, digits: int | None
) -> None:
    if errors is not None and errors not in get_args(ErrorKind):
        known = ", ".join(repr(kind) for kind in get_args(ErrorKind))
        raise TableContentError(f"errors={errors!r} is not known; choose one of {known}, or None.")
    if not 0 < level < 1:
        raise TableContentError(f"level={level!r} is not between 0 and 1.")
    for threshold in stars or ():
        if not 0 < threshold < 1:
            raise TableContentError(f"The significance level {threshold!r} is not between 0 and 1.")
    if digits is not None and (not isinstance(digits, numbers.Integral) or digits < 0):
        raise TableContentError(f"digits={digits!r} is not a whole number from 0 on.")


def _columns(
    models: Any, titles: Sequence[str | Label] | None
) -> tuple[list[FittedModel], list[tuple[str, int]], list[str | Label]]:
    """Lay the models out: columns, (title, span) of each group, title of each column."""
    if hasattr(models, "params"):
        models = [models]
    spans: list[tuple[str, int]] = []
    if isinstance(models, Mapping):
        grouped = [not hasattr(member, "params") for member in models.values()]
        if any(grouped) and not all(grouped):
            raise TableContentError(
                "The mapping of models mixes models and lists of models; give each group as a list."
            )
        if any(grouped):
            members = {str(key): list(group) for key, group in models.items()}
            spans = [(key, len(group)) for key, group in members.items() if group]
            columns = [model for group in members.values() for model in group]
        else:
            columns = list(models.values())
            titles = [str(key) for key in models] if titles is None else titles
    else:
        columns = list(models)
        if titles is None:
            titles = getattr(models, "labels", None)
    if not columns:
        raise TableContentError("There is no model to print.")
    titles = [] if titles is None else list(titles)
    if titles and len(titles) != len(columns):
        raise TableContentError(
            f"There are {len(titles)} titles for {len(columns)} models; give one for each."
        )
    if titles == [f"({j + 1})" for j in range(len(columns))]:
        titles = []  # the numbers of the columns are printed above anyway
    return columns, spans, titles


def _header(
    columns: Sequence[FittedModel],
    spans: Sequence[tuple[str, int]],
    titles: Sequence[str | Label],
    names: _Names,
) -> tuple[HeaderRow, ...]:
    variables = (word("variables", names.language),)
    header = []
    if spans:
        heads = tuple(Head(text, span=span) for text, span in spans)
        header.append(HeaderRow(("",), heads, spanner=True))
    header.append(HeaderRow(("",), tuple(Head(f"({j + 1})") for j in range(len(columns)))))
    dependents = [names.of(model.dependent) for model in columns]
    header.append(HeaderRow(variables, _heads(dependents)))
    if titles:
        header.append(HeaderRow(("",), _heads(titles)))
    return tuple(header)


def _heads(labels: Sequence[str | Label]) -> tuple[Head, ...]:
    return tuple(Head(text_of(label), latex=latex_of(label)) for label in labels)


def _coefficient(
    name: str, columns: Sequence[FittedModel], names: _Names, how: _Numbers
) -> Iterator[Row]:
    spelled = [(model, names.in_column(name, j)) for j, model in enumerate(columns)]
    yield Row(
        (Cell.label(names.of(name)),),
        tuple(Cell() if own is None else how.estimate(model, own) for model, own in spelled),
    )
    if how.errors is not None:
        errors = (Cell() if own is None else how.error(model, own) for model, own in spelled)
        yield Row((Cell(kind="label"),), tuple(errors), continues=True)


def _statistic_rows(
    columns: Sequence[FittedModel], statistics: Statistics, names: _Names, digits: int | None
) -> Iterator[Row]:
    if isinstance(statistics, str):
        raise TableContentError(f"statistics is the text {statistics!r}; give a list of names.")
    wanted = (
        statistics.items()
        if isinstance(statistics, Mapping)
        else [(_statistic_label(statistic_name(name), names), name) for name in statistics]
    )
    for label, source in wanted:
        if callable(source):
            values = [source(model) for model in columns]
            cells = [value_cell(value, digits, names.language) for value in values]
        else:
            name = statistic_name(source)
            shares = digits is None and (name in SHARES or name.endswith("pvalue"))
            places = SHARE_DIGITS if shares else digits
            values = [statistic_of(model, name) for model in columns]
            cells = [
                Cell(_UNDEFINED) if value is None else value_cell(value, places, names.language)
                for value in values
            ]
        yield Row((Cell.label(label),), tuple(cells))


def _statistic_label(name: str, names: _Names) -> str:
    if not has_word(name):
        return name.replace("_", " ")
    return word(name, names.language).format(
        entity=names.dimension("entity"), period=names.dimension("time")
    )


def _fixed_effect_rows(
    columns: Sequence[FittedModel], names: _Names, show: bool | None
) -> Iterator[Row]:
    if show is False:
        return
    absorbed = [
        [names.dimension(effect) for effect in absorbed_effects(model)] for model in columns
    ]
    for effect in dict.fromkeys(effect for effects in absorbed for effect in effects):
        label = word("fixed_effects", names.language).format(name=effect[:1].upper() + effect[1:])
        answers = (word("yes" if effect in a else "no", names.language) for a in absorbed)
        yield Row((Cell.label(label),), tuple(Cell(answer) for answer in answers))


def _estimator_row(
    columns: Sequence[FittedModel], names: _Names, show: bool | None
) -> Iterator[Row]:
    kinds = [model.estimator for model in columns]
    texts = [word(k, names.language) if has_word(k) else k for k in kinds]
    yield from _described("estimator", texts, names, show)


def _covariance_row(
    columns: Sequence[FittedModel], names: _Names, show: bool | None
) -> Iterator[Row]:
    texts = [_covariance_words("row", model, names) for model in columns]
    yield from _described("covariance", texts, names, show)


def _described(key: str, texts: list[str], names: _Names, show: bool | None) -> Iterator[Row]:
    if show or (show is None and len(set(texts)) > 1):
        yield Row((Cell.label(word(key, names.language)),), tuple(Cell(text) for text in texts))


def _covariance_words(use: Literal["row", "errors"], model: FittedModel, names: _Names) -> str:
    key = f"{use}:{model.cov}"
    if not has_word(key):
        return model.covariance_words or model.cov
    clusters = word("and", names.language).join(names.dimension(name) for name in model.clusters)
    return word(key, names.language).format(clusters=clusters)


def _error_note(columns: Sequence[FittedModel], names: _Names, how: _Numbers) -> Iterator[str]:
    if how.errors is None:
        return
    subjects = {_covariance_words("errors", model, names) for model in columns}
    plain = word("errors:unadjusted", names.language)
    subject = subjects.pop() if len(subjects) == 1 else plain
    what = word(f"in:{how.errors}", names.language)
    if how.errors == "std_errors":
        yield what.format(subject=subject[:1].upper() + subject[1:])
        return
    what = what.format(level=f"{100 * how.level:g}")
    if subject != plain:
        what = word("based_on", names.language).format(what=what, subject=subject)
    yield what
