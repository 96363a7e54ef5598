"""Accounts that fit FIGARO's tables: Eurostat's air emissions, and those of FIGARO-E3."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ioecon
from benchmarks.layouts.figaro import SECTORS, write_figaro
from ioecon.emissions.nace import INDUSTRIES, figaro_code
from ioecon.errors import EmissionsError, IoeconWarning, ReadError

# fmt: off
EUROSTAT = (
    "A01", "A02", "A03", "B", "C10-C12", "C13-C15", "C16", "C17", "C18", "C19", "C20", "C21", "C22",
    "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30", "C31_C32", "C33", "D", "E36", "E37-E39",
    "F", "G45", "G46", "G47", "H49", "H50", "H51", "H52", "H53", "I", "J58", "J59_J60", "J61",
    "J62_J63", "K64", "K65", "K66", "L", "M69_M70", "M71", "M72", "M73", "M74_M75", "N77", "N78",
    "N79", "N80-N82", "O", "P", "Q86", "Q87_Q88", "R90-R92", "R93", "S94", "S95", "S96", "T", "U",
)
# fmt: on
GEOS = {"AT": "AUT", "EL": "GRC", "UK": "GBR"}
YEARS = (2018, 2019)


def amount(pollutant: str, code: str, geo: str, year: int) -> float:
    """Thousand tonnes, in thousandths."""
    k = EUROSTAT.index(code) if code in EUROSTAT else 70
    return round(len(pollutant) + k + 0.125 * (ord(geo[0]) % 8) + (year - 2018), 3)


def records(*, unit: str = "THS_T", pollutants=("CH4", "CO2", "GHG")) -> list[dict]:
    """Cells of a download, with sums of industries and countries among them."""
    rows = []
    for pollutant in pollutants:
        for geo in (*GEOS, "EU27_2020", "EA19"):
            for year in YEARS:
                values = {code: amount(pollutant, code, geo, year) for code in EUROSTAT}
                values["TOTAL"] = sum(values.values())
                values["C"] = sum(v for c, v in values.items() if c.startswith("C"))
                values |= {"HH_HEAT": 2.0, "HH_TRA": 3.0, "HH_OTH": 0.5, "HH": 5.5}
                values["TOTAL_HH"] = values["TOTAL"] + values["HH"]
                rows += [
                    {
                        "airpol": pollutant, "nace_r2": code, "unit": unit, "geo": geo,
                        "year": year, "value": str(round(value, 3)), "flag": "",
                    }
                    for code, value in values.items()
                ]  # fmt: skip
    return rows


def write_csv(path: Path, rows: list[dict], order=("airpol", "nace_r2", "unit", "geo")) -> Path:
    lines = [f"DATAFLOW,LAST UPDATE,freq,{','.join(order)},TIME_PERIOD,OBS_VALUE,OBS_FLAG"]
    for row in rows:
        codes = ",".join(row[name] for name in order)
        lines.append(
            f"ESTAT:ENV_AC_AINAH_R2(1.0),14/08/26 23:00:00,A,{codes},{row['year']},{row['value']},"
            f"{row['flag']}"
        )
    path.write_text("\n".join(lines))
    return path


def write_tsv(path: Path, rows: list[dict]) -> Path:
    cells: dict[str, dict[int, str]] = {}
    for row in rows:
        key = f"A,{row['airpol']},{row['nace_r2']},{row['unit']},{row['geo']}"
        value = f"{row['value'] or ':'} {row['flag']}"
        cells.setdefault(key, {})[row["year"]] = value
    lines = ["freq,airpol,nace_r2,unit,geo\\TIME_PERIOD\t" + "\t".join(f"{y} " for y in YEARS)]
    lines += [f"{key}\t" + "\t".join(v.get(y, ": ") for y in YEARS) for key, v in cells.items()]
    path.write_text("\n".join(lines))
    return path


def test_codes_are_those_of_the_tables():
    assert tuple(map(figaro_code, EUROSTAT)) == INDUSTRIES
    assert INDUSTRIES == SECTORS
    assert figaro_code("L68") == "L"


@pytest.mark.parametrize("form", ["csv", "other order", "tsv", "csv.gz", "tsv.gz"])
def test_every_form_of_download(tmp_path, form):
    rows = records()
    if form.startswith("tsv"):
        path = write_tsv(tmp_path / "env_ac_ainah_r2.tsv", rows)
    elif form == "other order":
        order = ("unit", "geo", "airpol", "nace_r2")
        path = write_csv(tmp_path / "estat_env_ac_ainah_r2_filtered_en.csv", rows, order)
    else:
        path = write_csv(tmp_path / "estat_env_ac_ainah_r2.csv", rows)
    if form.endswith(".gz"):
        packed = path.with_name(f"{path.name}.gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path = packed
    told = ioecon.stressors(path)
    assert told["name"].to_list() == ["CH4", "CO2", "GHG"]
    assert told["unit"].to_list() == ["kt", "kt", "kt CO2e"]
    account = ioecon.read_account(path, stressor="CH4")
    assert (account.name, account.unit, account.years) == ("CH4", "kt", YEARS)
    assert account.countries == tuple(GEOS.values())
    assert account.sectors == INDUSTRIES
    for geo, country in GEOS.items():
        for code, sector in zip(EUROSTAT, INDUSTRIES, strict=True):
            expected = amount("CH4", code, geo, 2019)
            assert account.values[country, sector, 2019] == expected
        assert account.households[country, 2018] == 5.5
    only = ioecon.read_account(path, stressor="CO2", years=2019)
    assert only.years == (2019,)
    assert ioecon.read_account(path, gwp="AR5").unit == "kt"


def test_codes_with_labels(tmp_path):
    path = write_csv(tmp_path / "env_ac_ainah_r2.csv", records(pollutants=("CO2",)))
    text = (
        path.read_text().replace(",CO2,", ",CO2: Carbon dioxide,").replace(",AT,", ",AT: Austria,")
    )
    path.write_text(text)
    account = ioecon.read_account(path)
    assert account.name == "CO2"
    assert "AUT" in account.countries
    path.write_text(text.replace("CO2: Carbon dioxide", "Carbon dioxide"))
    with pytest.raises(ReadError, match="'Carbon dioxide', which is no code"):
        ioecon.read_account(path)


def test_the_finer_unit_is_taken_and_per_head_is_no_amount(tmp_path):
    coarse = records(pollutants=("CH4",))
    fine = [row | {"unit": "T", "value": f"{1000 * float(row['value']):.0f}"} for row in coarse]
    head = [row | {"unit": "KG_HAB"} for row in coarse]
    path = write_csv(tmp_path / "env_ac_ainah_r2.csv", coarse + fine + head)
    assert ioecon.stressors(path)[["name", "unit"]].to_numpy().tolist() == [["CH4", "t"]]
    account = ioecon.read_account(path)
    assert account.values["AUT", "A01", 2018] == 1000 * amount("CH4", "A01", "AT", 2018)
    fine[0]["value"] = "1"
    path = write_csv(tmp_path / "env_ac_ainah_r2.csv", coarse + fine)
    with pytest.raises(EmissionsError, match="in T and in THS_T contradict each other for AUT A01"):
        ioecon.read_account(path)


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_missing_values_and_flags_are_named(tmp_path, form):
    rows = records(pollutants=("CO2",))
    for row in rows:
        if (row["geo"], row["nace_r2"], row["year"]) == ("EL", "U", 2019):
            row["value"] = ":" if form == "csv" else ""
        if row["geo"] == "AT" and row["year"] == 2019:
            row["flag"] = "p"
    write = write_csv if form == "csv" else write_tsv
    path = write(tmp_path / f"env_ac_ainah_r2.{form}", rows)
    with pytest.warns(IoeconWarning, match="left out for GRC U 2019.*68 provisional"):
        account = ioecon.read_account(path)
    assert ("GRC", "U", 2019) not in account.values.index
    assert ("GRC", "U", 2018) in account.values.index
    assert "left out for GRC U 2019" in account.provenance.name_steps()


def test_households_in_all_or_by_purpose(tmp_path):
    rows = records(pollutants=("CO2",))
    without = [row for row in rows if row["nace_r2"] != "HH"]
    account = ioecon.read_account(write_csv(tmp_path / "env_ac_ainah_r2.csv", without))
    assert account.households["AUT", 2018] == 5.5
    none = [row for row in rows if not row["nace_r2"].startswith("HH")]
    assert ioecon.read_account(write_csv(tmp_path / "env_ac_ainah_r2.csv", none)).households is None
    for row in rows:
        if row["nace_r2"] == "HH":
            row["value"] = "7"
    path = write_csv(tmp_path / "env_ac_ainah_r2.csv", rows)
    with pytest.raises(EmissionsError, match=r"of households \(HH\) of AUT 2018 is not the sum"):
        ioecon.read_account(path)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"value": "999"}, EmissionsError, "adds up to .* and TOTAL is .*damaged or edited"),
        ({"value": "1,5"}, ReadError, "could not be read as CSV"),
        ({"value": "abc"}, ReadError, "holds 'abc' instead of a number"),
        ({"value": "-1"}, EmissionsError, "TOTAL is"),
        ({"geo": "ZZ"}, ReadError, "column 'geo': .*'ZZ'"),
        ({"year": "20x9"}, ReadError, "TIME_PERIOD is '20x9', no year"),
        ({"nace_r2": "A02"}, ReadError, "given more than once for AUT A02 2018"),
    ],
)
def test_what_is_wrong_in_a_line(tmp_path, change, error, words):
    rows = records(pollutants=("CO2",))
    rows[0] |= change
    path = write_csv(tmp_path / "env_ac_ainah_r2.csv", rows)
    with pytest.raises(error, match=words) as caught:
        ioecon.read_account(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("airpol,unit,geo,TIME_PERIOD,OBS_VALUE\n", "has no column nace_r2"),
        ("freq,airpol,unit,geo\\TIME_PERIOD\t2018\n", "has no nace_r2"),
        ("freq,airpol,nace_r2,unit,geo\\TIME_PERIOD\tvalue\n", "has no years"),
        ("", "is empty"),
    ],
)
def test_files_of_something_else(tmp_path, content, words):
    path = tmp_path / "env_ac_ainah_r2.csv"
    path.write_text(content)
    with pytest.raises(ReadError, match=words):
        ioecon.stressors(path)


def test_sections_alone_are_no_account_of_industries(tmp_path):
    rows = [row for row in records(pollutants=("CO2",)) if row["nace_r2"] in ("C", "TOTAL", "HH")]
    path = write_csv(tmp_path / "env_ac_ainah_r2.csv", rows)
    with pytest.raises(EmissionsError, match="no CO2 of the 64 industries"):
        ioecon.read_account(path)


def test_what_the_account_lacks_of_a_world_table_is_said(tmp_path):
    regions = ("AT", "EL", "FIGW1")
    for year in YEARS:
        write_figaro(tmp_path, year=year, regions=regions, sectors=SECTORS)
    series = ioecon.read_series(tmp_path, format="figaro", progress=False)
    account = ioecon.read_account(
        write_csv(tmp_path / "env_ac_ainah_r2.csv", records()), stressor="CO2"
    )
    with pytest.raises(EmissionsError, match="ROW"):
        ioecon.decompose(series, account)
    # With the rest of the world from elsewhere, and the United Kingdom left out, it fits.
    rest = account.values.xs("AUT", level="country", drop_level=False)
    rest = rest.rename(index={"AUT": "ROW"}, level="country")
    whole = pd.concat([account.values[["AUT", "GRC"]], 3 * rest])
    whole.attrs = {}
    effects = ioecon.decompose(series, ioecon.Account(whole, name="CO2", unit="kt"))
    np.testing.assert_allclose(effects.residuals, 0, atol=1e-10)


# -- FIGARO-E3 ------------------------------------------------------------------------------------


def write_e3(path: Path, *, unit: str | None = "Gg", indicators=("CO2", "CH4"), extra="") -> Path:
    head = "category,codeIndicator,refArea,colPi,timePeriod"
    lines = [f"{head}{',unit' if unit else ''},obsValue"]
    for k, indicator in enumerate(indicators):
        for region in ("AT", "GR", "FIGW1"):
            for j, code in enumerate(("A01", "C10T12", "D35", "HH_HEAT", "HH_TRA")):
                value = 100 * k + 10 * j + len(region)
                middle = f",{unit}" if unit else ""
                lines.append(f"Emissions,{indicator},{region},{code},2015{middle},{value}")
    path.write_text("\n".join([*lines, *([extra] if extra else [])]))
    return path


E3 = "flatfile_FIGARO-e_AEM_Gg_CO2e_2015.csv"


@pytest.mark.parametrize("unit", [None, "Gg_CO2e", "Gg CO2e", "kt CO2e", "Gg"])
def test_an_account_of_figaro_e3(tmp_path, unit):
    path = write_e3(tmp_path / E3, unit=unit)
    told = ioecon.stressors(path)
    assert told[["name", "unit"]].to_numpy().tolist() == [["CO2", "kt"], ["CH4", "Gg CO2e"]]
    account = ioecon.read_account(path, stressor="CH4")
    assert account.countries == ("AUT", "GRC", "ROW")
    assert account.sectors == ("A01", "C10T12", "D35")
    assert account.years == (2015,)
    assert account.values["ROW", "C10T12", 2015] == 115
    assert account.households["AUT", 2015] == 132 + 142
    both = ioecon.read_account(path, stressor=["CO2", "CH4"], name="CO2e")
    assert (both.name, both.unit) == ("CO2e", "kt")
    assert both.values.iloc[0] == 2 + 102


def test_energy_of_figaro_e3_by_product(tmp_path):
    path = tmp_path / "flatfile_figaro-e_ENE_TJ_2015.csv"
    lines = ["codeIndicator,codeEproduct,refArea,colPi,timePeriod,unit,obsValue"]
    lines += [
        f"{indicator},{product},AT,A01,2015,TJ,{value}"
        for value, (indicator, product) in enumerate(
            [("NEU", "Total"), ("NEU", "Coal"), ("FEU", "Total")], start=1
        )
    ]
    path.write_text("\n".join(lines))
    assert ioecon.stressors(path)["name"].to_list() == ["NEU - Total", "NEU - Coal", "FEU - Total"]
    account = ioecon.read_account(path, stressor="NEU - Coal")
    assert (account.unit, account.values["AUT", "A01", 2015]) == ("TJ", 2.0)


def test_cells_that_are_not_there_are_zeros_by_name(tmp_path):
    path = write_e3(tmp_path / E3)
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if "CH4,AT,D35" not in line))
    with pytest.warns(IoeconWarning, match="1 of 9 values of CH4 .* for zero, the first AUT D35"):
        account = ioecon.read_account(path, stressor="CH4")
    assert account.values["AUT", "D35", 2015] == 0


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        (E3, {"unit": "TJ"}, "the unit is 'TJ', and the file is named by 'Gg CO2e'"),
        ("flatfile_FIGARO-e_AEM_2015.csv", {"unit": None}, "tells the unit"),
        ("flatfile_FIGARO-e_AEM_Gg_CO2e_2014.csv", {}, "timePeriod is '2015', and the file is"),
        (E3, {"extra": "Emissions,CO2,AT,A01,2015,Gg,3"}, "CO2 of AUT A01 2015 is there more than"),
        (E3, {"extra": "Emissions,CO2,AT,A02,2015,Gg,n"}, "holds 'n' instead of a number"),
        (E3, {"extra": "Emissions,CO2,AT,A02,2015,Gg,"}, "has no obsValue"),
        (E3, {"extra": "Emissions,CO2,Atlantis,A02,2015,Gg,3"}, "column 'refArea': .*Atlantis"),
    ],
)
def test_what_is_wrong_in_a_file_of_figaro_e3(tmp_path, name, options, words):
    path = write_e3(tmp_path / name, **options)
    with pytest.raises(ReadError, match=words):
        ioecon.read_account(path, stressor="CO2")


def test_another_flat_file_is_refused(tmp_path):
    path = write_figaro(tmp_path, form="flatfile").rename(tmp_path / E3)
    with pytest.raises(ReadError, match=r"flat file of a table, which ioecon\.read_table"):
        ioecon.stressors(path, format="figaro-e3")


def test_final_demand_beside_households_is_left_out_by_name(tmp_path):
    path = write_e3(tmp_path / E3, extra="Emissions,CO2,AT,P3_S13,2015,Gg,4")
    with pytest.warns(IoeconWarning, match="4 kt of CO2 stand at final demand .*P3_S13"):
        assert ioecon.read_account(path, stressor="CO2").values.sum() > 0
