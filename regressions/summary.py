"""A fitted model as text in the layout of Stata's ``xtreg``, and as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from regressions.names import INTERCEPT

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["summary_html", "summary_text"]

_MOST_NAMES = 10


def summary_text(model: FittedModel, level: float = 0.95) -> str:
    """Print a model like Stata's ``xtreg``.

    Parameters
    ----------
    model : FittedModel
    level : float
        Of the confidence intervals.

    Returns
    -------
    str
    """
    lines = [
        *_head_lines(model),
        "",
        *_coefficient_lines(model, level),
        *_component_lines(model),
        *_note_lines(model),
    ]
    return "\n".join(line.rstrip() for line in lines)


def _title_of(model: FittedModel) -> str:
    effects = "" if model.effects is None else f", {model.effects} effects"
    return model.kind.title + effects


def _head_lines(model: FittedModel) -> list[str]:
    sizes = model.exog.index.get_level_values(0).value_counts().agg(["min", "mean", "max"]).tolist()
    test = model.f_statistic
    left = [
        _title_of(model),
        f"Dependent variable: {model.dependent}",
        "",
        "R-squared:",
        f"     within  = {model.rsquared_within:.4f}",
        f"     between = {model.rsquared_between:.4f}",
        f"     overall = {model.rsquared_overall:.4f}",
        "",
        f"     equation = {model.rsquared:.4f}",
    ]
    name = "F" if test is None else f"F({test.df}, {test.df_denom:g})"
    right = [
        _equals_line("Number of obs", f"{model.nobs:,}"),
        _equals_line("Number of entities", f"{model.n_entities:,}"),
        _equals_line("Number of periods", f"{model.n_periods:,}"),
        "Obs per entity:",
        _equals_line("min", f"{sizes[0]:.0f}"),
        _equals_line("avg", f"{sizes[1]:.1f}"),
        _equals_line("max", f"{sizes[2]:.0f}"),
        _equals_line(name, "." if test is None else f"{test.statistic:.2f}"),
        _equals_line("Prob > F", "." if test is None else f"{test.pvalue:.4f}"),
    ]
    gap = max(44, max(map(len, left)) + 2)
    return [f"{a:<{gap}}{b}" for a, b in zip(left, right, strict=True)]


def _equals_line(name: str, value: str) -> str:
    return f"{name:<19}= {value:>10}"


def _coefficient_lines(model: FittedModel, level: float) -> list[str]:
    names = [str(name) for name in model.params.index]
    width = max(12, *(len(name) for name in names))
    interval = model.conf_int(level)
    words = model.covariance_words
    percent = f"[{100 * level:g}% conf. interval]"
    rule = "-" * width + "-+" + "-" * 65
    header = (
        f"{model.dependent[:width]:>{width}} | {'Coefficient':>12} {'Std. err.':>11} {'t':>8} "
        f"{'P>|t|':>7} {percent:>24}"
    )
    lines = [f"{f'(Std. err.: {words})':>{len(header)}}", rule, header, rule]
    order = [name for name in names if name != INTERCEPT]
    order += [name for name in names if name == INTERCEPT]
    for name in order:
        lines.append(
            f"{'_cons' if name == 'Intercept' else name:>{width}} | "
            f"{model.params[name]:12.7g} {model.std_errors[name]:11.7g} "
            f"{model.tstats[name]:8.2f} {model.pvalues[name]:7.3f} "
            f"{interval.loc[name, 'lower']:12.7g} {interval.loc[name, 'upper']:11.7g}"
        )
    return [*lines, rule]


def _component_lines(model: FittedModel) -> list[str]:
    if model.sigma_u is None or model.sigma_e is None or model.rho is None:
        return []
    return [
        f"{'sigma_u':>12} | {model.sigma_u:12.7g}",
        f"{'sigma_e':>12} | {model.sigma_e:12.7g}",
        f"{'rho':>12} | {model.rho:12.7g}   (fraction of variance due to effects)",
    ]


def _note_lines(model: FittedModel) -> list[str]:
    notes = [f"t statistics have {_df_text(model)} degrees of freedom."]
    notes += [
        f"{name} has no standard error: {reason}."
        for name, reason in model.missing_inference.items()
    ]
    notes += [f"{count} clusters of {name}." for name, count in model.clusters.items()]
    rows = len(model.dropped[["entity", "period"]].drop_duplicates()) if len(model.dropped) else 0
    if rows:
        notes.append(f"{rows} rows with missing or infinite values were dropped.")
    if model.lost_to_lags:
        notes.append(f"{model.lost_to_lags} rows have no lag, lead or difference.")
    if model.dropped_regressors:
        notes.append(f"Absorbed by the effects: {', '.join(model.dropped_regressors)}.")
    if model.singletons and model.kind.absorbs:
        fate = "were left out" if model.settings.get("drop_singletons") else "add nothing"
        names = ", ".join(str(name) for name in model.singletons[:_MOST_NAMES])
        more = ", …" if len(model.singletons) > _MOST_NAMES else ""
        notes.append(f"Rows alone in a group of the effects {fate}: {names}{more}.")
    elif model.singletons:
        notes.append(f"{len(model.singletons)} entities are observed once.")
    return notes


def _df_text(model: FittedModel) -> str:
    if model.df_by_param is not None:
        return f"{model.df_by_param.min():.1f} to {model.df_by_param.max():.1f} (Satterthwaite)"
    return f"{model.df_inference:g}"


def summary_html(model: FittedModel) -> str:
    """Print a model as an HTML table.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    str
    """
    interval = model.conf_int()
    heads = ["", "Coefficient", "Std. err.", "t", "P>|t|", "lower 95%", "upper 95%"]
    rows = "".join(
        "<tr>"
        + f'<th scope="row">{escape(str(name))}</th>'
        + "".join(
            f"<td>{value:.4g}</td>"
            for value in (
                model.params[name],
                model.std_errors[name],
                model.tstats[name],
                model.pvalues[name],
                interval.loc[name, "lower"],
                interval.loc[name, "upper"],
            )
        )
        + "</tr>"
        for name in model.params.index
    )
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    notes = "<br>".join(escape(note) for note in _note_lines(model))
    return (
        f"<table><caption>{escape(_title_of(model))}: {escape(model.formula)}<br>"
        f"n = {model.nobs}, {model.n_entities} entities, {model.n_periods} periods; "
        f"R² within {model.rsquared_within:.4f}, between {model.rsquared_between:.4f}, "
        f"overall {model.rsquared_overall:.4f}; {escape(model.covariance_words)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{notes}</p>"
    )
