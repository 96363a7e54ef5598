"""Tables of Chinese provinces in the layout of CEADs' workbooks, made up.

    python benchmarks/layouts/ceads.py FOLDER --provinces 31 --sectors 42

The layout is that of the tables of 2018 and 2020; none of the numbers is CEADs'. Sheets are written
row by row.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

if __package__:
    from benchmarks.layouts.balanced import Array, BalancedTable
else:
    from balanced import Array, BalancedTable

# fmt: off
PROVINCES = {
    "Beijing": "北京", "Tianjin": "天津", "Hebei": "河北", "Shanxi": "山西",
    "Inner Mongolia": "内蒙古", "Liaoning": "辽宁", "Jilin": "吉林", "Heilongjiang": "黑龙江",
    "Shanghai": "上海", "Jiangsu": "江苏", "Zhejiang": "浙江", "Anhui": "安徽", "Fujian": "福建",
    "Jiangxi": "江西", "Shandong": "山东", "Henan": "河南", "Hubei": "湖北", "Hunan": "湖南",
    "Guangdong": "广东", "Guangxi": "广西", "Hainan": "海南", "Chongqing": "重庆",
    "Sichuan": "四川", "Guizhou": "贵州", "Yunnan": "云南", "Tibet": "西藏", "Shaanxi": "陕西",
    "Gansu": "甘肃", "Qinghai": "青海", "Ningxia": "宁夏", "Xinjiang": "新疆",
}
# fmt: on
SECTORS = {
    "Agriculture, Forestry, Animal Husbandry and Fishery": "农林牧渔产品和服务",
    "Mining and washing of coal": "煤炭采选产品",
    **{f"Sector number {k}": f"部门{k}" for k in range(3, 43)},
}
FINAL = {
    "FU101": ("Rural household consumption", "农村居民消费"),
    "FU102": ("Urban household consumption", "城镇居民消费"),
    "FU103": ("Government consumption", "政府消费"),
    "FU201": ("Fixed capital formation", "固定资本形成总额"),
    "FU202": ("Changes in inventories", "存货变动"),
}
SHARES = np.array([0.08, 0.3, 0.12, 0.28, 0.02])
EXPORTS = 0.2
TOTALS = {
    "TIU": ("Total intermediate use", "中间使用合计"),
    "EX": ("Export", "出口"),
    "TFU": ("Total Final Use", "最终使用合计"),
    "ERR": ("Errors", "误差"),
    "GO": ("Gross Output", "总产出"),
    "IM": ("Imports", "进口"),
    "TII": ("Total Intermediate Input", "中间投入合计"),
    "VA001": ("Compensation of employees", "劳动者报酬"),
    "VA002": ("Net taxes on production", "生产税净额"),
    "VA003": ("Depreciation of fixed capital", "固定资产折旧"),
    "VA004": ("Operating surplus", "营业盈余"),
    "TVA": ("Total Value Added", "增加值合计"),
    "TI": ("Total Input", "总投入"),
}
TITLES = "China MRIO {} (10,000 yuan, current prices)", "中国{}年多区域投入产出表（万元，当年价）"
PARTS = {"VA001": 0.5, "VA002": 0.1, "VA003": 0.1, "VA004": 0.3}
Cells = list[Any]


def ceads_rows(
    *,
    year: int = 2018,
    provinces: int = 3,
    sectors: int = 2,
    seed: int = 0,
    chinese: bool = False,
    errors: float = 0.002,
    co2: bool = True,
) -> Iterator[Cells]:
    """Yield the cells of a table's sheet, row by row; an empty cell is None.

    Parameters
    ----------
    year, provinces, sectors, seed : int
    chinese : bool
        Whether provinces, sectors and titles are in Chinese.
    errors : float
        Balance errors in proportion to output, which includes them.
    co2 : bool
        Whether a row of CO2 emissions stands at the bottom.
    """
    word = int(chinese)
    names = [*(PROVINCES.values() if chinese else PROVINCES)][:provinces]
    kinds = [*(SECTORS.values() if chinese else SECTORS)][:sectors]
    codes = [f"{k + 1:02d}" for k in range(sectors)]
    total = {code: words[word] for code, words in TOTALS.items()}
    blank: Cells = [None] * 3

    yield [TITLES[word].format(year)]
    blocks: Cells = [name if k == 0 else None for name in names for k in range(sectors)]
    finals: Cells = [name if k == 0 else None for name in names for k in range(len(FINAL))]
    yield [*blank, *blocks, None, *finals]
    ends = ("EX", "TFU", "ERR", "GO")
    final_words = [words[word] for words in FINAL.values()]
    ratios = ("误差比例", "检验") if chinese else ("Proportion of errors", "check")
    last: Cells = [total[code] for code in ends]
    yield [*blank, *(kinds * provinces), total["TIU"], *(final_words * provinces), *last, *ratios]
    yield [*blank, *(codes * provinces), "TIU", *([*FINAL] * provinces), *ends]

    shares = np.append(np.tile(SHARES / provinces, provinces) * (1 - EXPORTS), EXPORTS)
    table = BalancedTable(provinces * sectors, shares, seed=seed, year=year)
    made = np.random.default_rng([seed, year]).uniform(-errors, errors, table.target.size)
    error = np.round(made * table.target, 6)
    for i, (flows, demand) in enumerate(table.rows()):
        province, k = divmod(i, sectors)
        labels: Cells = [names[province] if k == 0 else None, kinds[k], codes[k]]
        output = table.output[i] + error[i]
        numbers = [*flows, flows.sum(), *demand, demand.sum(), error[i], output, error[i] / output]
        yield [*labels, *map(float, numbers), 0.0]
    yield from _rows_below(table, error, total, seed, co2)


def _rows_below(
    table: BalancedTable, error: Array, total: Mapping[str, str], seed: int, co2: bool
) -> Iterator[Cells]:
    output = table.output + error
    rng = np.random.default_rng([seed, output.size])
    imports = rng.uniform(0.0, 0.3, output.size) * (output - table.inputs)
    added = output - table.inputs - imports
    rows = {"IM": imports, "TII": table.inputs + imports}
    rows |= {code: part * added for code, part in PARTS.items()}
    rows |= {"TVA": added, "TI": output}
    for code, numbers in rows.items():
        yield [None, total[code], code, *numbers.tolist()]
    if co2:
        yield []
        intensity = rng.lognormal(-8.0, 1.0, output.size)
        yield [None, "CO2 (Mt)", None, *(intensity * output).tolist()]


def write_ceads(
    folder: Path,
    *,
    name: str = "",
    sheets: Mapping[str, Sequence[Cells]] | None = None,
    languages: Sequence[str] = ("English", "Chinese"),
    lists: bool = True,
    **made: Any,
) -> Path:
    """Write a workbook and return its path.

    Parameters
    ----------
    folder : Path
    name : str
        Name of the file; by default one as published.
    sheets : mapping of str to sequence of lists, optional
        Cells by the name of a sheet, in place of those of the languages.
    languages : sequence of str
        Which sheets with the table there are.
    lists : bool
        Whether there are the sheets of provinces and sectors.
    **made
        Arguments of :func:`ceads_rows`.
    """
    import openpyxl

    year = made.get("year", 2018)
    book = openpyxl.Workbook(write_only=True)
    book.create_sheet("Note").append(["Unit: 10,000 yuan"])
    if lists:
        for title, head, words, count in (
            ("Sector ", ("No.", "行业", "Sector"), SECTORS, made.get("sectors", 2)),
            ("Province", ("Order", "省份", "Province"), PROVINCES, made.get("provinces", 3)),
        ):
            sheet = book.create_sheet(title)
            sheet.append(head)
            for number, (english, chinese) in enumerate([*words.items()][:count], start=1):
                sheet.append([number, chinese, english])
    for title, chinese in ((f"Table_{year}", True), (f"Table_{year}_English Version", False)):
        if sheets is not None and title in sheets:
            rows: Any = sheets[title]
        elif sheets is None and ("Chinese" if chinese else "English") in languages:
            rows = ceads_rows(chinese=chinese, **made)
        else:
            continue
        sheet = book.create_sheet(title)
        for cells in rows:
            sheet.append(cells)
    path = folder / (name or f"MRIO {year}.xlsx")
    book.save(path)
    return path


def main() -> None:
    """Write a made-up table of any size."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--year", type=int, default=2018)
    options.add_argument("--provinces", type=int, default=31)
    options.add_argument("--sectors", type=int, default=42)
    given = options.parse_args()
    sizes = {"provinces": given.provinces, "sectors": given.sectors}
    print(write_ceads(given.folder, year=given.year, **sizes))


if __name__ == "__main__":
    main()
