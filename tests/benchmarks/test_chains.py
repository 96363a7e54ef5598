"""From the files of every database, with an account, to a regression, or as far as they go."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.chains import CHAINS, STEPS, walk
from ioecon.readers import formats

OWN = {"regional", "sparse-npz", "ioecon"}  # no publisher's
IN_R = {"wiod2013-rdata"}  # real tables: tests/ioecon/test_panel_wiod2013.py
NOT_PRINTED = re.compile(r"eora26|exiobase3 pxp, A|figaro")
WITHOUT_VALUE_ADDED = {"exiobase3 pxp, A alone"}


def test_every_format_of_a_database_has_a_chain():
    assert {chain.form for chain in CHAINS.values()} == set(formats()) - OWN - IN_R


def test_the_page_of_databases_tells_of_every_chain_how_far_it_goes():
    page = Path(__file__).parents[2] / "docs" / "databases.md"
    lines = re.findall(r"^\| (.+) \|$", page.read_text("utf-8"), flags=re.MULTILINE)
    rows = [line.split(" | ") for line in lines]
    told = {row[0]: row[-1].rstrip(" ¹²") for row in rows if len(row) == 7 and row[1] == "yes"}
    assert told == {name: chain.reach for name, chain in CHAINS.items()}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CHAINS)
def test_files_go_as_far_as_their_database_can(tmp_path, name):
    chain = CHAINS[name]
    done = walk(chain, tmp_path)
    absent = {"printed output"} if NOT_PRINTED.match(name) else set()
    absent |= {"sums"} if name in WITHOUT_VALUE_ADDED else set()
    words = {True: "not in the file", False: "yes"}
    assert done.checks == {check: words[check in absent] for check in done.checks}
    assert done.steps == list(STEPS[: STEPS.index(chain.reach) + 1])
    if chain.reach != STEPS[-1]:
        assert "delivers to places outside it" in done.reason
        assert "use ioecon.transfers" in done.reason
        return
    assert done.reason == ""
    assert done.residual < 1e-12
    panel = done.panel
    assert panel.index.is_unique
    assert panel.index.unique("country").size >= chain.regions - 2  # without the rest of the world
    assert panel.groupby("country").size().eq(len(chain.years) - 1).all()
    # Within countries and years, as any least squares has it.
    both = panel[["ddfc", "iti"]]
    within = both - both.groupby("country").transform("mean")
    within = within - within.groupby("year").transform("mean")
    slope = (within["ddfc"] * within["iti"]).sum() / (within["iti"] ** 2).sum()
    (model,) = done.models
    assert model.params["iti"] == pytest.approx(slope)
    assert np.isfinite(slope)
    assert "iti" in done.table
    assert str(model.nobs) in done.table
