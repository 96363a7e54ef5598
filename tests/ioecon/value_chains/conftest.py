"""Tables of two R packages with published answers, where the reference data are at hand."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ioecon import IOTable
from ioecon.files.rdata_file import read_objects

REFERENCE = Path(os.environ.get("IOECON_DATA", "")).parent / "reference" / "io"


def reference(name: str) -> Path:
    if not os.environ.get("IOECON_DATA") or not (REFERENCE / name).is_file():
        pytest.skip("IOECON_DATA is not set, or has no reference data beside it")
    return REFERENCE / name


@pytest.fixture(scope="session")
def leather() -> IOTable:
    """Three countries and three industries, of decompr."""
    frame = pd.read_csv(reference("leather.csv"), index_col=0)
    countries, sectors = zip(*(label.split(".") for label in frame.index), strict=True)
    return IOTable(
        Z=frame.iloc[:, :9].to_numpy(),
        Y=frame.iloc[:, 9:12].to_numpy(),
        countries=list(dict.fromkeys(countries)),
        sectors=list(dict.fromkeys(sectors)),
        categories=["final"],
        year=2000,
    )


@pytest.fixture(scope="session")
def exvatools() -> IOTable:
    """ICIO in miniature, of exvatools: MEX and CHN are idle rows beside MX1 MX2 and CN1 CN2."""
    file = reference("exvatools_iciotest_data.rda")
    data = read_objects(file.read_bytes(), file.name)["iciotest_data"]
    rows, columns = (np.asarray(data.coords[dim].values, dtype=str) for dim in data.dims)
    values = np.asarray(data.values, dtype=float)
    countries = [str(label) for label in dict.fromkeys(row[:3] for row in rows)]
    Y = pd.DataFrame(values[:, len(rows) :], columns=[str(label) for label in columns[len(rows) :]])
    uses = [f"{country}_{use}" for country in countries for use in ("CONS", "INVST")]
    return IOTable(
        Z=values[:, : len(rows)],
        Y=Y.reindex(columns=uses, fill_value=0.0).to_numpy(),
        countries=countries,
        sectors=["01T09", "10T39", "41T98"],
        categories=["CONS", "INVST"],
        year=2015,
    )
