"""The kinds of study, each a folder of its own."""

from __future__ import annotations

from collections.abc import Mapping

from ioecon.study import dong2022, panel, xiao2014
from ioecon.study.kind import Kind
from ioecon.study.settings import StudySettings

__all__ = ["DEFAULT_KIND", "KINDS", "kind_of"]

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        dong2022.KIND,
        xiao2014.KIND,
        panel.KIND,
    )
}
DEFAULT_KIND = dong2022.KIND.name  # of a study file that names none


def kind_of(study: StudySettings) -> Kind:
    """Kind of a study, from its settings."""
    return KINDS[study.kind]
