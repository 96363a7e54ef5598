"""Study files that come with the package: presets to start from, and the templates of each kind."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ioecon.emissions import account_formats
from ioecon.study.toml_text import parse_toml

__all__ = ["preset", "presets", "template_text"]

_FOLDER = files("ioecon.study").joinpath("presets")
_ACCOUNTS = "@ACCOUNTS@"  # stands in templates for the names of the accounts
_TEMPLATE = "template_"  # what `ioecon init` writes, by kind; the first also runs without a file


def presets() -> tuple[str, ...]:
    """Names of the presets that a study file can start from.

    Examples
    --------
    >>> presets()
    ('dong2022',)
    """
    names = (entry.name.removesuffix(".toml") for entry in _FOLDER.iterdir())
    return tuple(sorted(name for name in names if not name.startswith(_TEMPLATE)))


@cache
def preset(name: str) -> dict[str, Any]:
    """Content of a preset; not to be changed."""
    file = f"{name}.toml"
    return parse_toml(_FOLDER.joinpath(file).read_text(encoding="utf-8"), file)


def template_text(kind: str) -> str:
    """Text of the study file that ``ioecon init`` writes for a kind."""
    text = _FOLDER.joinpath(f"{_TEMPLATE}{kind}.toml").read_text(encoding="utf-8")
    return text.replace(_ACCOUNTS, ", ".join(f'"{name}"' for name in account_formats()))
