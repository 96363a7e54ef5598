"""Calls with options that a function does not have: one sentence with the word of this package."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from regressions.errors import OptionError
from regressions.names import as_spelled, nearest

__all__ = ["by_name", "unknown_option"]

P = ParamSpec("P")
R = TypeVar("R")

_INDEX = "the index of the data says it: data.set_index([entity column, period column])"
_ROWS = "choose the rows of the data before, data.loc[...]"
_ELSEWHERE = {
    "vce": "cov='robust', cov='clustered' and so on",
    "vcov": "cov='robust', cov='clustered' and so on",
    "cov_type": "cov='robust', cov='clustered' and so on",
    "covariance": "cov='robust', cov='clustered' and so on",
    "se": "cov='robust', cov='clustered' and so on",
    "se_type": "cov='robust', cov='clustered' and so on",
    "robust": "cov='robust'",
    "hc": "cov='HC1' and so on",
    "cov_kwds": "clusters=, bandwidth=, kernel=",
    "cluster": "cov='clustered', clusters=...",
    "clustered": "cov='clustered', clusters=...",
    "cluster_entity": "cov='clustered', clusters='entity'",
    "cluster_time": "cov='clustered', clusters='time'",
    "groups": "cov='clustered', clusters=...",
    "maxlags": "bandwidth=...",
    "lags": "bandwidth=...",
    "method": "estimator='fixed', 'random' and so on",
    "model": "estimator='fixed', 'random' and so on",
    "type": "estimator='fixed', 'random' and so on",
    "fe": "estimator='fixed'",
    "re": "estimator='random'",
    "be": "estimator='between'",
    "fd": "estimator='first-difference'",
    "effect": "effects='entity', 'time', 'twoway' or columns",
    "absorb": "estimator='fixed', effects=[...]",
    "fixed_effects": "estimator='fixed', effects=[...]",
    "entity_effects": "estimator='fixed', effects='entity'",
    "time_effects": "estimator='fixed', effects='time'",
    "other_effects": "estimator='fixed', effects=[...]",
    "index": _INDEX,
    "entity": _INDEX,
    "time": _INDEX,
    "panel_id": _INDEX,
    "id": _INDEX,
    "period": _INDEX,
    "subset": _ROWS,
    "where": _ROWS,
    "weight": "weights='column'",
    "aweights": "weights='column'",
    "aweight": "weights='column'",
    "pweight": "weights='column' with cov='robust'",
    "na_action": "missing='drop'",
    "na_rm": "missing='drop'",
    "dropna": "missing='drop'",
    "drop_missing": "missing='drop'",
    "check_rank": "drop_absorbed=True",
    "drop_constant": "'- 1' in the formula",
    "noconstant": "'- 1' in the formula",
    "nocons": "'- 1' in the formula",
    "constant": "'- 1' in the formula, to leave it out",
    "sa": "small_sample=True",
    "dof": "debiased= or count_effects=",
    "ssc": "debiased=, group_debias=, count_effects=",
    "newdata": "data=...",
    "exog": "data=...",
    "name": "label='...'",
    "title": "label='...'",
    "alpha": "level=0.95",
    "reps": "draws=9999",
    "n_boot": "draws=9999",
    "boot": "draws=9999",
    "param": "parameter, the second argument",
    "random_state": "seed=...",
    "impose_null": "restricted=True",
    "by": "split='column'",
}
"""Options of Stata, R, linearmodels and statsmodels, by what to write here."""


def by_name(
    *,
    passes_to: Iterable[Callable[..., object]] = (),
    error: type[Exception] = OptionError,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Refuse, in one sentence, calls with unknown options or with options that are not named.

    Parameters
    ----------
    passes_to : iterable of callable
        Functions whose options the decorated one passes on.
    error : type of Exception
        What is raised.

    Returns
    -------
    callable
        A decorator; the decorated function raises `error` in place of TypeError.

    Examples
    --------
    >>> @by_name()
    ... def fit(formula, data, *, cov="unadjusted"):
    ...     return cov
    >>> fit("y ~ x", None, vce="robust")
    Traceback (most recent call last):
    regressions.errors.OptionError: fit has no option 'vce': write cov='robust', cov='clustered' \
and so on
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        own = signature.parameters
        collects = any(p.kind is p.VAR_KEYWORD for p in own.values())
        known = dict.fromkeys(
            name
            for one in (function, *passes_to)
            for name, parameter in inspect.signature(one).parameters.items()
            if parameter.kind in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD)
            and (one is function or parameter.kind is parameter.KEYWORD_ONLY)
        )

        @wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            for name in kwargs:
                if name not in known and (not collects or passes_to):
                    raise error(unknown_option(function.__name__, name, known))
            try:
                signature.bind(*args, **kwargs)
            except TypeError as reason:
                raise error(_words_for_places(function.__name__, own, reason)) from reason
            return function(*args, **kwargs)

        return checked

    return decorate


def unknown_option(function: str, name: str, known: Iterable[str]) -> str:
    """Words for an option that a function does not have.

    Examples
    --------
    >>> unknown_option("fit", "vcov", ["cov", "clusters"])
    "fit has no option 'vcov': write cov='robust', cov='clustered' and so on"
    """
    here = _ELSEWHERE.get(as_spelled(name, _ELSEWHERE), "")
    option = here.split("=")[0]
    if here and (not option.isidentifier() or option in known):
        verb = "" if here in (_INDEX, _ROWS) else "write "
        return f"{function} has no option {name!r}: {verb}{here}"
    options = ", ".join(one for one in known if one != "self")
    return f"{function} has no option {name!r}{nearest(name, known)}; its options are {options}"


def _words_for_places(
    function: str, parameters: Mapping[str, inspect.Parameter], reason: TypeError
) -> str:
    named = [p for p in parameters.values() if p.kind is not p.VAR_KEYWORD]
    places = [p.name for p in named if p.kind is not p.KEYWORD_ONLY and p.name != "self"]
    example = next((f"{p.name}={p.default!r}" for p in named if p.kind is p.KEYWORD_ONLY), "")
    by_names = f", then options by name, such as {example}" if example else ""
    return f"{function} takes {', '.join(places)}{by_names} ({reason})"
