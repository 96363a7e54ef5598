"""Study files that come with a kind of study: presets to start from, and its template.

A kind's folder holds ``template.toml``, which ``ioecon init`` writes and which also runs without a
file, and may hold presets in ``presets/``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ioecon.emissions import account_formats
from ioecon.study.toml_text import parse_toml

__all__ = ["preset", "presets_of", "template_text"]

_ACCOUNTS = "@ACCOUNTS@"  # stands in templates for the names of the accounts


def presets_of(package: str) -> tuple[str, ...]:
    """Names of the presets of a kind, by the package that holds it.

    Examples
    --------
    >>> presets_of("ioecon.study.dong2022")
    ('dong2022',)
    """
    folder = files(package).joinpath("presets")
    if not folder.is_dir():
        return ()
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir()))


@cache
def preset(package: str, name: str) -> dict[str, Any]:
    """Content of a preset; not to be changed."""
    file = f"{name}.toml"
    text = files(package).joinpath("presets", file).read_text(encoding="utf-8")
    return parse_toml(text, file)


def template_text(package: str) -> str:
    """Text of the study file that ``ioecon init`` writes for a kind."""
    text = files(package).joinpath("template.toml").read_text(encoding="utf-8")
    return text.replace(_ACCOUNTS, ", ".join(f'"{name}"' for name in account_formats()))
