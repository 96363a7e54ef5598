"""The fixed words of a table in English and Chinese."""

from collections.abc import Mapping
from typing import Literal, get_args

from regressions.tables.errors import TableContentError

__all__ = ["Language", "checked_language", "dimension_name", "has_word", "word"]

Language = Literal["en", "zh"]

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "variables": "VARIABLES",
        "constant": "Constant",
        "yes": "Yes",
        "no": "No",
        "and": " and ",
        # statistics
        "nobs": "Observations",
        "rsquared": "R-squared",
        "rsquared_adj": "Adjusted R-squared",
        "rsquared_within_adj": "Adjusted R-squared (within)",
        "rsquared_inclusive": "R-squared (with effects)",
        "f_df": "df of F",
        "sigma": "Root MSE",
        "rss": "Residual sum of squares",
        "loglik": "Log-likelihood",
        "aic": "AIC",
        "bic": "BIC",
        "rsquared_within": "R-squared (within)",
        "rsquared_between": "R-squared (between)",
        "rsquared_overall": "R-squared (overall)",
        "n_entities": "Number of {entity}",
        "n_periods": "Number of {period}",
        "f_statistic": "F statistic",
        "f_pvalue": "p-value of F",
        "df_resid": "Residual df",
        "df_model": "Model df",
        "df_inference": "Inference df",
        "sigma_u": "sigma_u",
        "sigma_e": "sigma_e",
        "rho": "rho",
        "theta": "theta",
        # rows
        "fixed_effects": "{name} FE",
        "estimator": "Estimator",
        "covariance": "Standard errors",
        "n_clusters": "Number of clusters",
        # estimators
        "pooled": "Pooled OLS",
        "fixed": "Fixed effects",
        "random": "Random effects",
        "between": "Between",
        "first-difference": "First difference",
        "mundlak": "Mundlak (CRE)",
        # covariances, as a row
        "row:unadjusted": "Conventional",
        "row:robust": "Robust",
        "row:HC0": "HC0",
        "row:HC1": "HC1",
        "row:HC2": "HC2",
        "row:HC3": "HC3",
        "row:clustered": "Clustered ({clusters})",
        "row:CR2": "CR2 ({clusters})",
        "row:driscoll-kraay": "Driscoll-Kraay",
        "row:ac": "Autocorrelation-robust",
        # covariances, as the subject of a note
        "errors:unadjusted": "standard errors",
        "errors:robust": "robust standard errors",
        "errors:HC0": "robust (HC0) standard errors",
        "errors:HC1": "robust (HC1) standard errors",
        "errors:HC2": "robust (HC2) standard errors",
        "errors:HC3": "robust (HC3) standard errors",
        "errors:clustered": "standard errors clustered by {clusters}",
        "errors:CR2": "CR2 standard errors clustered by {clusters}",
        "errors:driscoll-kraay": "Driscoll-Kraay standard errors",
        "errors:ac": "autocorrelation-robust standard errors",
        "in:std_errors": "{subject} in parentheses",
        "in:tstats": "t statistics in parentheses",
        "in:pvalues": "p-values in parentheses",
        "in:conf_int": "{level}% confidence intervals in brackets",
        "based_on": "{what}, from {subject}",
        "no_error": "No standard error of {names}: {reason}",
        "tests": "p-values of tests in brackets",
        # descriptive statistics
        "count": "Obs",
        "mean": "Mean",
        "std": "Std. dev.",
        "min": "Min",
        "max": "Max",
        "median": "Median",
        "quantile": "P{percent}",
        "variable": "Variable",
        "variation": "Variation",
        "overall": "overall",
        "between_variation": "between",
        "within_variation": "within",
        "observations_note": "Observations: {n}",
        "pairwise_note": "Pairwise observations, {low} to {high} per pair",
        "pearson": "Pearson correlations",
        "spearman": "Spearman rank correlations",
        "xtsum_note": (
            "Observations: values overall, {entity} between, mean number of periods within; "
            "within values are deviations from the {entity} mean plus the overall mean"
        ),
    },
    "zh": {
        "variables": "变量",
        "constant": "常数项",
        "yes": "是",
        "no": "否",
        "and": "和",
        "nobs": "观测值",
        "rsquared": "R²",
        "rsquared_adj": "调整 R²",
        "rsquared_within_adj": "调整组内 R²",
        "rsquared_inclusive": "R²（含固定效应）",
        "f_df": "F 检验自由度",
        "sigma": "均方根误差",
        "rss": "残差平方和",
        "loglik": "对数似然值",
        "aic": "AIC",
        "bic": "BIC",
        "rsquared_within": "组内 R²",
        "rsquared_between": "组间 R²",
        "rsquared_overall": "整体 R²",
        "n_entities": "{entity}数",
        "n_periods": "{period}数",
        "f_statistic": "F 统计量",
        "f_pvalue": "F 检验 p 值",
        "df_resid": "残差自由度",
        "df_model": "模型自由度",
        "df_inference": "推断自由度",
        "sigma_u": "sigma_u",
        "sigma_e": "sigma_e",
        "rho": "rho",
        "theta": "theta",
        "fixed_effects": "{name}固定效应",
        "estimator": "估计方法",
        "covariance": "标准误",
        "n_clusters": "聚类数",
        "pooled": "混合 OLS",
        "fixed": "固定效应",
        "random": "随机效应",
        "between": "组间估计",
        "first-difference": "一阶差分",
        "mundlak": "Mundlak（相关随机效应）",
        "row:unadjusted": "普通",
        "row:robust": "稳健",
        "row:HC0": "HC0",
        "row:HC1": "HC1",
        "row:HC2": "HC2",
        "row:HC3": "HC3",
        "row:clustered": "聚类（{clusters}）",
        "row:CR2": "CR2（{clusters}）",
        "row:driscoll-kraay": "Driscoll-Kraay",
        "row:ac": "自相关稳健",
        "errors:unadjusted": "标准误",
        "errors:robust": "稳健标准误",
        "errors:HC0": "稳健（HC0）标准误",
        "errors:HC1": "稳健（HC1）标准误",
        "errors:HC2": "稳健（HC2）标准误",
        "errors:HC3": "稳健（HC3）标准误",
        "errors:clustered": "按{clusters}聚类的标准误",
        "errors:CR2": "按{clusters}聚类的 CR2 标准误",
        "errors:driscoll-kraay": "Driscoll-Kraay 标准误",
        "errors:ac": "自相关稳健标准误",
        "in:std_errors": "括号内为{subject}",
        "in:tstats": "括号内为 t 统计量",
        "in:pvalues": "括号内为 p 值",
        "in:conf_int": "方括号内为 {level}% 置信区间",
        "based_on": "{what}，基于{subject}",
        "no_error": "{names} 无标准误：{reason}",
        "tests": "方括号内为检验的 p 值",
        "count": "观测值",
        "mean": "均值",
        "std": "标准差",
        "min": "最小值",
        "max": "最大值",
        "median": "中位数",
        "quantile": "P{percent}",
        "variable": "变量",
        "variation": "变异",
        "overall": "总体",
        "between_variation": "组间",
        "within_variation": "组内",
        "observations_note": "观测值：{n}",
        "pairwise_note": "成对观测值，每对 {low} 至 {high} 个",
        "pearson": "Pearson 相关系数",
        "spearman": "Spearman 秩相关系数",
        "xtsum_note": (
            "观测值：总体为观测数，组间为{entity}数，组内为平均期数；"
            "组内取值为对{entity}均值的离差加总体均值"
        ),
    },
}

_CHINESE_DIMENSIONS: Mapping[str, str] = {
    "country": "国家",
    "region": "地区",
    "province": "省份",
    "city": "城市",
    "firm": "企业",
    "sector": "行业",
    "industry": "行业",
    "entity": "个体",
    "id": "个体",
    "year": "年份",
    "time": "时间",
    "period": "时期",
}


def word(key: str, language: Language) -> str:
    """Return the fixed word `key` in `language`."""
    return _WORDS[language][key]


def has_word(key: str) -> bool:
    """Whether `key` is a fixed word."""
    return key in _WORDS["en"]


def dimension_name(name: str, language: Language) -> str:
    """Translate the usual names of panel dimensions (country, year, …); others stay."""
    return _CHINESE_DIMENSIONS.get(name.lower(), name) if language == "zh" else name


def checked_language(language: str) -> Language:
    """Check a language code.

    Raises
    ------
    TableContentError
        If the language is neither ``"en"`` nor ``"zh"``.
    """
    if language == "en":
        return "en"
    if language == "zh":
        return "zh"
    known = ", ".join(repr(code) for code in get_args(Language))
    raise TableContentError(f"language={language!r} is not known; choose one of {known}.")
