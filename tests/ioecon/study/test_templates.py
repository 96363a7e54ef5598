"""Every commented block of the study files that ``ioecon init`` writes works when uncommented."""

import re
from pathlib import Path

import pandas as pd
import pytest

from ioecon.study import StudyResults, TransferResults, examine_study, run_study
from ioecon.study.kinds import KINDS
from ioecon.study.preset_files import template_text

BLOCK = re.compile(r'# (\[|"?[\w ,]+"? = )')
CONTROLS = ["gdp_pc_usd", "urban_pct", "elec_kwh_pc", "alt_nuclear_pct", "gdp_per_energy"]
# Blocks that go with another one: what is said where that is left out.
ALONE = {
    "dong2022": {"format": "emissions.file is missing"},
    "xiao2014": {
        "format": "coefficients are missing",
        "destinations": "destinations go with analysed",
        "file": "should be one column of coefficients",
        "unit": "go with coefficients.file",
    },
    "panel": {"file": "variables.ln_emissions: unknown column 'emissions'"},
}
TOGETHER = {
    "dong2022": [
        ("file", "controls"),
        ("descriptives", "choice", "regressions", "specifications", "countries", "labels"),
    ],
    "xiao2014": [
        ("analysed", "destinations", "drivers", "labels", "top"),
        ("format", "file", "unit"),
        ("format", "emissions"),
        ("regions", "drivers", "labels"),
    ],
    "panel": [("missing", "inland", "method", "regressions", "distribution")],
}
FEWEST = {"dong2022": 8, "xiao2014": 8, "panel": 6}


def uncommented(kind: str) -> tuple[list[str], dict[str, dict[int, str]]]:
    """Lines of a template, and its commented blocks: name to the lines that they would be."""
    lines = template_text(KINDS[kind].package).splitlines()
    blocks: dict[str, dict[int, str]] = {}
    name = ""
    for number, line in enumerate(lines):
        if BLOCK.match(line):
            start = line.removeprefix("# ").strip("[").split("]")[0].split(" =")[0]
            name = name or (start if start not in blocks else f"{start} again")
            blocks.setdefault(name, {})[number] = line.removeprefix("# ")
        elif not line.startswith("#"):
            name = ""
    return lines, blocks


def names(kind: str) -> list[str]:
    return list(uncommented(kind)[1])


def write(kind: str, chosen: tuple[str, ...], folder: Path) -> Path:
    lines, blocks = uncommented(kind)
    for block in chosen:
        for number, line in blocks[block].items():
            lines[number] = line.replace("${IOECON_DATA}/", "")
            if line.startswith("file ="):
                lines[number] = lines[number].replace("regional.xlsx", "k.csv")
    file = folder / "study.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Files with the columns that the templates name."""
    keys = pd.MultiIndex.from_product([["XAD", "TWN", "WLD"], [2000, 2001]], names=["iso3", "year"])
    co2 = pd.DataFrame({"co2_kt": 1.0, "source": "WDI"}, index=keys)
    pd.concat([co2, co2.assign(source="GCB")]).to_csv(tmp_path / "co2.csv")
    pd.DataFrame(1.0, index=keys, columns=CONTROLS).to_csv(tmp_path / "controls.csv")
    (tmp_path / "wiod2013").mkdir()
    for year in range(2000, 2010):
        (tmp_path / "wiod2013" / f"wiot_{year}.RData").touch()
    (tmp_path / "my_tables").mkdir()
    tables, k = tmp_path / "my_tables" / "regional.xlsx", tmp_path / "my_tables" / "k.csv"
    tables.touch()  # not read
    (tmp_path / "firms.csv").write_text("firm,year,sales,district\nA,2001,1.5,North\n")
    k.write_text("region,sector,coefficient,remarks\nEast,Steel,1.5,old\n")
    return tmp_path


@pytest.mark.parametrize("kind", FEWEST)
def test_each_block_is_accepted(kind: str, data: Path) -> None:
    blocks = names(kind)
    assert len(blocks) >= FEWEST[kind]
    for block in blocks:
        study, problems = examine_study(write(kind, (block,), data))
        text = "\n".join(map(str, problems))
        assert study is not None
        assert ALONE[kind].get(block, "") in text
        assert bool(text) == (block in ALONE[kind]), (block, text)


@pytest.mark.parametrize(
    ("kind", "blocks"), [(kind, blocks) for kind, many in TOGETHER.items() for blocks in many]
)
def test_blocks_that_belong_together_are_accepted(
    kind: str, blocks: tuple[str, ...], data: Path
) -> None:
    assert examine_study(write(kind, blocks, data))[1] == ()


def test_own_tables_beside_a_preset_run(tmp_path: Path) -> None:
    file = write("dong2022", TOGETHER["dong2022"][1], tmp_path)
    text = file.read_text(encoding="utf-8").replace('"bootstrap"', '"none"')
    file.write_text(text.replace('# years = "2000-2009"', 'years = "2000-2002"'), encoding="utf-8")
    results = run_study(file, tmp_path / "results")
    assert isinstance(results, StudyResults)
    assert [*results.models] == ["table_a"]
    assert results.comparison is not None
    assert results.comparison.coefficients.empty
    assert "none of the published tables" in results.comparison.statements[0]
    page = (results.folder / "index.html").read_text(encoding="utf-8")
    assert "Urbanisation" in page


@pytest.mark.parametrize("blocks", [TOGETHER["xiao2014"][0], TOGETHER["xiao2014"][3]])
def test_blocks_of_transfers_run(blocks: tuple[str, ...], tmp_path: Path) -> None:
    results = run_study(write("xiao2014", blocks, tmp_path), tmp_path / "results")
    assert isinstance(results, TransferResults)
    assert "Utilities" in (results.folder / "tables" / "table2.txt").read_text(encoding="utf-8")
    assert next(iter(results.transfers)) == "Consumption"
