"""Write panel.csv: 20 firms over 7 years in 5 sectors that firms change, with gaps and weights."""

from pathlib import Path

import numpy as np
import pandas as pd

if __name__ == "__main__":
    rng = np.random.default_rng(2031)
    firm, year = (part.ravel() for part in np.meshgrid(range(20), range(2001, 2008), indexing="ij"))
    kept = rng.random(len(firm)) < 0.85
    firm, year = firm[kept], year[kept]
    sector = rng.integers(0, 5, len(firm))
    x, z, error = rng.normal(size=(3, len(firm))).round(4)
    frame = pd.DataFrame(
        {
            "firm": firm,
            "year": year,
            "sector": sector,
            "region": firm % 8,
            "w": rng.uniform(0.5, 3.0, len(firm)).round(3),
            "x": x,
            "z": z + 0.1 * sector,
            "y": (0.5 * x - z + 0.2 * firm + 0.3 * sector + 0.1 * year % 7 + error).round(4),
        }
    )
    frame.to_csv(Path(__file__).parent / "panel.csv", index=False)
