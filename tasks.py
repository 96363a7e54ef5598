"""What is checked, by name: continuous integration and developers run the same commands.

    python tasks.py test docs style types package benchmarks coverage

Without a name, all but ``coverage``, which runs the tests a second time. Install first what the
tasks need: ``pip install -e ".[test,docs]"``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent
PACKAGES = ("ioecon", "regressions", "diagnostics")
OF_AN_INSTALLATION = """
import diagnostics, ioecon, ioecon.study, regressions
for package in (diagnostics, ioecon, regressions):
    assert {prefix!r} in package.__file__, package.__file__
ioecon.datasets.load_world()
ioecon.datasets.load_regions()
assert len(ioecon.datasets.groups())
assert ioecon.study.presets()
from ioecon.study.kinds import KINDS
print(*KINDS)
"""


def test() -> None:
    """Run the tests and the examples of docstrings, two at a time."""
    _python("-m", "pytest", "-n", "2")


def docs() -> None:
    """Build the documentation: every code cell is run, and a warning fails the build."""
    _python("-m", "sphinx", "-W", "-q", "-b", "html", "docs", "docs/_build/html")


def style() -> None:
    """Check the rules of style and the layout of the code."""
    _python("-m", "ruff", "check", ".")
    _python("-m", "ruff", "format", "--check", ".")


def types() -> None:
    """Check the type hints."""
    _python("-m", "mypy", *PACKAGES)


def package() -> None:
    """Build wheel and sdist, install each elsewhere, and run the main job there."""
    with tempfile.TemporaryDirectory(prefix="ioecon-package-") as name:
        elsewhere = Path(name).resolve()
        _run(Path(sys.executable), "-m", "build", "--outdir", "dist", ROOT, at=elsewhere)
        (wheel,) = (elsewhere / "dist").glob("*.whl")
        (sdist,) = (elsewhere / "dist").glob("*.tar.gz")
        _require_all_files_in(wheel)
        place = elsewhere / "venv"
        venv.create(place, with_pip=True)
        scripts = place / ("Scripts" if os.name == "nt" else "bin")
        for number, archive in enumerate((wheel, sdist)):
            again = ["--no-deps", "--force-reinstall"] if number else []  # dependencies are there
            _run(scripts / "python", "-m", "pip", "install", "-q", *again, archive, at=elsewhere)
            print(f"Installed {archive.name}", flush=True)
            _try_out(scripts, elsewhere / archive.suffix.strip("."))
            if archive == wheel:
                _run(scripts / "ioecon", "run", "--out", "world", at=elsewhere)
                _require_results(elsewhere / "world")


def benchmarks() -> None:
    """Run all benchmarks on small sizes: they run; their figures mean nothing."""
    _python("-m", "benchmarks", "--quick")


def coverage() -> None:
    """Measure which lines the tests run."""
    _python("-m", "coverage", "erase")
    _python("-m", "coverage", "run", "-m", "pytest", "-n", "2")
    _python("-m", "coverage", "combine", "-q")
    _python("-m", "coverage", "report")


TASKS: dict[str, Callable[[], None]] = {
    task.__name__: task for task in (test, docs, style, types, package, benchmarks, coverage)
}


def _require_all_files_in(wheel: Path) -> None:
    """Compare the files of the packages with those in the wheel."""
    files = {
        file.relative_to(ROOT).as_posix()
        for name in PACKAGES
        for file in (ROOT / name).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        forgotten = files - set(archive.namelist())
    if forgotten:
        raise SystemExit(f"{wheel.name} lacks {', '.join(sorted(forgotten))}: see setup.cfg")


def _try_out(scripts: Path, place: Path) -> None:
    """Do what needs the data of the packages, in an empty folder."""
    place.mkdir()
    _run(scripts / "ioecon", "--help", at=place)
    code = OF_AN_INSTALLATION.format(prefix=str(scripts.parent))
    for kind in _run(scripts / "python", "-c", code, at=place).split():
        _run(scripts / "ioecon", "init", f"{kind}.toml", "--kind", kind, at=place)
        _run(scripts / "ioecon", "check", f"{kind}.toml", at=place)
    _run(scripts / "ioecon", "template", "regional.csv", at=place)


def _require_results(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    found = [len(list((folder / name).iterdir())) for name in ("tables", "figures")]
    if "<table" not in page or not all(found) or not (folder / "manifest.json").exists():
        raise SystemExit(f"{folder} lacks results: {sorted(folder.rglob('*'))}")
    print(f"The main job wrote {found[0]} files of tables and {found[1]} of figures", flush=True)


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True)


def _run(program: Path, *arguments: str | Path, at: Path) -> str:
    """Run a program outside the source tree; what it printed is shown if it fails."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [program, *arguments], cwd=at, env=clean, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{program} {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stdout


def main(names: list[str]) -> None:
    """Run tasks by name, in the order given."""
    unknown = [name for name in names if name not in TASKS]
    if unknown:
        raise SystemExit(f"no task is called {unknown[0]}; there are {', '.join(TASKS)}")
    for name in names or [name for name in TASKS if name != "coverage"]:
        print(f"== {name}: {TASKS[name].__doc__}", flush=True)
        try:
            TASKS[name]()
        except subprocess.CalledProcessError as error:
            raise SystemExit(error.returncode) from None


if __name__ == "__main__":
    main(sys.argv[1:])
