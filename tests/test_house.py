"""The plan of the house: floors, no circles, modules and functions to read in one sitting.

What is tolerated is listed by name and reason, and an entry that nothing needs any more fails:
who removes the cause deletes the entry.
"""

import ast
import graphlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import grimp
import pytest

from ioecon.study.kinds import KINDS

ROOT = Path(__file__).parents[1]
PACKAGES = ("ioecon", "regressions", "diagnostics")

Edge = tuple[str, str]

LONGEST_MODULE = 500
LONGEST_BODY = 75

LONGER_MODULES = {
    "ioecon/accounts/national.py",
    "ioecon/audit.py",
}
"""Modules that are still longer than the longest."""

FLOORS = (
    {"arrays", "cache_folder", "column_labels", "errors", "printout", "progress", "source",
     "spreadsheet_text", "terminal", "threads", "transforms", "user_warnings",
     "whole_folder", "wording"},
    {"factorisation", "files", "flow_products"},
    {"alignment", "countries", "delimited", "flow_sums", "leontief", "moved", "prices",
     "supply_use", "units"},
    {"concordance", "frame_labels", "number_rows", "stressor"},
    {"table"},
    {"data_sources", "matching", "regions", "series", "store", "stray_inputs", "suspicions",
     "views"},
    {"readers"},
    {"writers"},
    {"emissions"},
    {"audit", "deflation", "factor_use", "identities", "pymrio_systems"},
    {"decomposition", "industrial_transfer", "interregional"},
    {"accounts", "datasets", "supply_chains", "value_chains"},
    {"panel"},
    {"study"},
    {"cli"},
)  # fmt: skip
"""Modules and folders of ioecon, lowest first: each imports from floors below its own only."""

UPWARD: Mapping[Edge, str] = {}
"""Imports, made when a module is loaded, from a floor that is not below."""

WHEN_CALLED = {
    ("ioecon.table", "ioecon.audit"): "IOTable.audit",
    ("ioecon.table", "ioecon.views"): "IOTable.within, .domestic, .aggregate",
    ("ioecon.accounts.comparison", "ioecon.accounts.comparison_figure"): (
        "TableComparison.figure, for who draws"
    ),
    ("regressions.model", "regressions.estimation"): "FittedModel.result, of linearmodels",
    ("regressions.model", "regressions.prediction"): "FittedModel.predict and estimated_effects",
    ("regressions.model", "regressions.summary"): "FittedModel.summary",
    ("regressions.model", "regressions.tables.maketables"): "the protocol of maketables",
    ("regressions.specifications.curve", "regressions.specifications.figure"): (
        "SpecificationCurve.figure, for who draws"
    ),
}
"""Imports inside functions: methods for comfort, which reach where their module may not."""

KNOW_ALL = ("ioecon.study", "ioecon.cli")
"""The part of ioecon that knows regressions and diagnostics."""


@cache
def trees() -> dict[str, ast.Module]:
    """Syntax trees by path, relative to the root."""
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return {
        file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for file in files
    }


def lines_inside_functions(tree: ast.Module) -> set[int]:
    return {
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }


@cache
def imports() -> tuple[frozenset[Edge], frozenset[Edge]]:
    """Imports among the packages, as (importer, imported): when loaded, and when called."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    loaded, called = set(), set()
    for path, tree in trees().items():
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        inside = lines_inside_functions(tree)
        for imported in graph.find_modules_directly_imported_by(module):
            details = graph.get_import_details(importer=module, imported=imported)
            late = all(detail["line_number"] in inside for detail in details)
            (called if late else loaded).add((module, imported))
    return frozenset(loaded), frozenset(called)


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_imports_are_found():
    loaded, called = imports()
    assert ("diagnostics.vif", "regressions.names") in loaded
    assert ("ioecon.cli", "ioecon.study") in called
    assert len(loaded) > 300


@pytest.mark.parametrize(
    ("package", "unknown"),
    [("regressions", ("ioecon", "diagnostics")), ("diagnostics", ("ioecon",))],
)
def test_a_package_knows_nothing_of_those_above_it(package, unknown):
    loaded, called = imports()
    wrong = {
        (importer, imported)
        for importer, imported in loaded | called
        if within(importer, package) and within(imported, *unknown)
    }
    assert not wrong


def test_only_studies_and_the_command_line_know_regressions_and_diagnostics():
    loaded, called = imports()
    wrong = {
        (importer, imported)
        for importer, imported in loaded | called
        if within(importer, "ioecon")
        and not within(importer, *KNOW_ALL)
        and within(imported, "regressions", "diagnostics")
    }
    assert not wrong


def test_every_module_of_ioecon_stands_on_a_floor():
    names = {
        path.split("/")[1].removesuffix(".py") for path in trees() if path.startswith("ioecon/")
    }
    standing = [name for floor in FLOORS for name in floor]
    assert sorted(standing) == sorted(names - {"__init__"})


def test_floors_rest_on_floors_below():
    height = {name: level for level, floor in enumerate(FLOORS) for name in floor}
    upward = set()
    for importer, imported in imports()[0]:
        if not (importer.startswith("ioecon.") and within(imported, "ioecon")):
            continue
        if imported == "ioecon":
            if importer != "ioecon.cli":
                upward.add((importer, imported))
            continue
        room, below = importer.split(".")[1], imported.split(".")[1]
        if room != below and height[below] >= height[room]:
            upward.add((importer, imported))
    assert upward == set(UPWARD), explain(upward, UPWARD)


def test_imports_inside_functions_are_methods_for_comfort():
    called = {edge for edge in imports()[1] if not within(edge[0], "ioecon.cli")}
    assert called == set(WHEN_CALLED), explain(called, WHEN_CALLED)


def explain(found: set[Edge], tolerated: Mapping[Edge, str]) -> str:
    new = [
        f"{importer} imports {imported}" for importer, imported in sorted(found - set(tolerated))
    ]
    gone = [f"delete the entry {edge}" for edge in sorted(set(tolerated) - found)]
    return "; ".join(new + gone)


def test_no_circle_when_modules_are_loaded():
    """A module also loads the packages that hold what it imports, but for those that hold it."""
    before = defaultdict(set)
    for importer, imported in imports()[0] - set(UPWARD):
        parts = imported.split(".")
        holders = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
        before[importer] |= {name for name in holders if not within(importer, name)}
    for module in list(before):  # a package is loaded when its __init__ is
        before[module].discard(module)
    graphlib.TopologicalSorter(before).prepare()


@pytest.mark.parametrize("kind", [kind.package for kind in KINDS.values()])
def test_a_kind_of_study_is_known_to_the_list_of_kinds_only(kind):
    listed = {"ioecon.study", "ioecon.study.kinds"}
    loaded, called = imports()
    others = {
        importer
        for importer, imported in loaded | called
        if within(imported, kind) and not within(importer, kind) and importer not in listed
    }
    assert not others


def test_rooms_that_all_kinds_of_study_share_need_no_tables():
    """What has a panel only, ``ioecon.study.models`` and ``panel``, works without input-output."""
    # Who knows the kinds is tested above.
    kinds = [kind.package for kind in KINDS.values() if kind.name != "panel"]
    tolerated = {
        ("ioecon.study.preset_files", "ioecon.emissions"): "templates name the formats of accounts",
        ("ioecon.study.fingerprint", "ioecon.store.array_files"): "the hash of an array's file",
    }
    low = [f"ioecon.{name}" for floor in FLOORS[:3] for name in floor]
    loaded, called = imports()
    found = {
        (importer, imported)
        for importer, imported in loaded | called
        if within(importer, "ioecon.study")
        and not within(importer, "ioecon.study.input_output", *kinds)
        and within(imported, "ioecon")
        and (
            within(imported, "ioecon.study.input_output")
            or not within(imported, "ioecon.study", *low)
        )
    }
    assert found == set(tolerated), explain(found, tolerated)


def bodies() -> Iterator[tuple[str, int]]:
    """Functions as ``path:name`` with the lines of their bodies, docstrings left out."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                if body:
                    yield f"{path}:{node.name}", (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_functions_can_be_read_at_a_glance():
    assert not {name: lines for name, lines in bodies() if lines > LONGEST_BODY}


def test_modules_can_be_read_in_one_sitting():
    longer = {
        path
        for path in trees()
        if (ROOT / path).read_text(encoding="utf-8").count("\n") > LONGEST_MODULE
    }
    assert longer == LONGER_MODULES


def names_asked() -> Iterator[str]:
    """Comparisons of the name of an estimator or covariance with a text, as ``path:line``."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Compare | ast.Match):
                continue
            asked = node.left if isinstance(node, ast.Compare) else node.subject
            others = node.comparators if isinstance(node, ast.Compare) else node.cases
            texts = any(
                isinstance(part, ast.Constant) and isinstance(part.value, str)
                for other in others
                for part in ast.walk(other)
            )
            if isinstance(asked, ast.Attribute) and asked.attr in ("estimator", "cov") and texts:
                yield f"{path}:{node.lineno}"


def test_estimators_and_covariances_are_asked_as_values():
    """``model.kind`` and ``model.covariance_kind`` know; a new one then needs no other module."""
    assert not [place for place in names_asked() if place.startswith("regressions/")]
    by_name = {place.split(":")[0] for place in names_asked()}
    assert by_name <= {"diagnostics/f_effects.py", "diagnostics/hausman.py"}
