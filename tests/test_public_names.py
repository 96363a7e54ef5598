"""What is public: these names, in these modules.

A name that is added, renamed or taken away changes this file; the changelog then says so, and the
old spelling goes on working: see ``test_old_spellings.py``.
"""

import importlib
import inspect
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PUBLIC = {
    "ioecon": """
        Account AggregationComparison Audit CarbonAccounts CarbonTransfers Concordance Effects
        ExportContent Finding IOSeries IOTable IndexEffects Leakage LeakageDifference Source
        Extraction PathChanges SupplyPaths TableAndAccounts
        TableComparison TransferIndex Transfers account_of_inputs aggregation_error build_panel
        carbon_accounts carbon_transfer codebook compare_tables databases datasets decompose
        decompose_between decompose_exports deflate download emission_coefficients factor_content
        fill_emissions from_pymrio index_decomposition leakage
        leakage_as_difference linkages load_study multipliers read_account read_coefficients
        read_concordance read_emissions read_jrc_co2 read_series read_table read_wiod_co2
        rest_of_world run_study extraction path_changes stressors structural_paths to_pymrio
        transfer_index transfers write_regional write_result write_series write_table
    """,
    "ioecon.readers": """
        formats read_coefficients read_series read_table years_offered
    """,
    "ioecon.store": """
        cache_folder clear_cache write_series write_table
    """,
    "ioecon.writers": """
        write_regional write_regional_template write_result
    """,
    "ioecon.emissions": """
        Account account_formats account_of_inputs emissions_by_sector fill_emissions read_account
        read_emissions read_jrc_co2 read_wiod_co2 require_coverage rest_of_world
        stressors
    """,
    "ioecon.data_sources": """
        Download data_folder databases download
    """,
    "ioecon.datasets": """
        Regions RegionsTruth Truth World groups load_regions load_world wiod_common_sectors
    """,
    "ioecon.study": """
        Dong2022Results Dong2022Study Study StudyResults TransferResults TransferStudy
        PanelResults PanelStudy Xiao2014Results Xiao2014Study check_study embedded_study
        examine_study load_study presets run_study write_template
    """,
    "ioecon.transforms": """
        INDEX_SCALE asinh signed_log
    """,
    "ioecon.errors": """
        ArgumentError BackendError DownloadError EmissionsError IdentityError IoeconError
        IoeconWarning LabelError OutputError PanelError PrecisionError ReadError RoundingWarning
        StudyError TableError UnsoundTableError
    """,
    "regressions": """
        AbsorbedError CollinearityError FewClustersWarning FittedModel FormulaError
        InferenceWarning JointTests Label ModelCollection OptionError RegressionError
        RegressionTable RegressionWarning SampleError SampleWarning SpecificationCurve Table
        TableContentError WaldTest WildBootstrap all_subsets asinh compare_nested
        correlation_table descriptive_table fit fit_many fit_split marginal_effect
        regression_table signed_log specification_curve step_formulas stepwise
        wild_cluster_bootstrap with_dependents
    """,
    "diagnostics": """
        Battery DiagnosticError EstimatorChoice TestResult VifResult baltagi_li battery
        bera_sosa_escudero_yoon breusch_godfrey breusch_pagan choose_estimator
        condition_number correlation_matrix cross_section_dependence durbin_watson f_effects
        hausman jarque_bera lm_effects modified_wald mundlak panel_unit_root poolability
        reset unobserved_effect vif white wooldridge_differenced wooldridge_serial
        wooldridge_within
    """,
}
"""Public names by module: all that it offers."""

ALSO_PUBLIC = {
    "ioecon.accounts.embodied": "routes",
    "ioecon.audit": "Audit Finding audit_years sound_table",
    "ioecon.decomposition": "Factor Model",
    "ioecon.industrial_transfer": "TransferIndex foreign_input transfer_index",
    "ioecon.leontief": "Leontief block_row_sums technical_coefficients",
    "regressions.specifications": """
        JointTests SpecificationCurve all_subsets specification_curve
    """,
    "regressions.tables": """
        Cell Correlations FORMATS Head HeaderRow Label RegressionTable Row RowGroup Table
        TableContentError correlation_table correlations describe descriptive_table
        panel_variation regression_table write_excel write_word
    """,
}
"""Public names of modules that offer more to the rest of the house than is public."""


def named(names: str) -> list[str]:
    return names.split()


def resolved(dotted: str) -> object:
    module, name = dotted.rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("module", PUBLIC)
def test_what_a_module_offers_is_what_is_listed(module):
    offered, listed = set(importlib.import_module(module).__all__), set(named(PUBLIC[module]))
    assert (offered - listed, listed - offered) == (set(), set())


@pytest.mark.parametrize(
    "dotted",
    [
        f"{module}.{name}"
        for module, names in {**PUBLIC, **ALSO_PUBLIC}.items()
        for name in named(names)
    ],
)
def test_a_public_name_says_what_it_is(dotted):
    value = resolved(dotted)
    if callable(value) or inspect.ismodule(value):
        assert inspect.getdoc(value)
        assert value.__doc__  # its own, not that of a class above


def test_the_reference_of_the_documentation_knows_every_public_module():
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    missing = [
        module
        for module in (*PUBLIC, *ALSO_PUBLIC)
        if f"automodule:: {module}\n" not in page and f":: {module}." not in page
    ]
    assert not missing
