"""The full run of seven factors on WIOD 2013, as the page on China's emissions shows it."""

import re
import warnings
from pathlib import Path

import numpy as np

from ioecon.errors import IoeconWarning

PAGE = Path(__file__).parents[3] / "docs" / "china_emissions.md"


def test_the_page_shows_what_its_code_gives_on_wiod2013(data_root: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1].replace(
        "path/to/data", data_root.as_posix()
    )
    found: dict = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IoeconWarning)  # the audit of WIOD's rounding
        exec(code, found)
    effects, china, spread = found["effects"], found["china"], found["spread"]
    assert effects.residual < 1e-12

    printed = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and cells[0] in (*effects.factors, "sum"):
            printed[cells[0]] = [
                float(c.replace(",", "").replace("−", "-")) for c in cells[1:] if c
            ]
    assert [*printed] == [*effects.factors, "sum"]
    origins = china[["domestic", "foreign"]]
    for factor in effects.factors:
        shown = [
            *origins.loc[factor],
            origins.loc[factor].sum(),
            *spread.loc[factor, ["min", "max", "sd"]],
        ]
        np.testing.assert_allclose(printed[factor], shown, atol=0.51, err_msg=factor)
    np.testing.assert_allclose(
        printed["sum"], [*origins.sum(), origins.to_numpy().sum()], atol=0.51
    )
    change = effects.change().xs("CHN").sum() / 1000
    np.testing.assert_allclose(origins.to_numpy().sum(), change, rtol=1e-12)
    bilateral = effects.bilateral().xs("CHN", level="country").sum() / 1000
    assert bilateral[["USA", "JPN", "DEU", "ROW"]].round().to_list() == [490, 176, 135, 567]
