# R's answers to every line of the phrase book in docs/regressions.md that has an R column.
# Writes answers.json beside this file: Rscript phrase_book.R
# R 4.2 with plm 2.6, lmtest, sandwich, clubSandwich, car (Debian: r-cran-*), jsonlite.
suppressMessages({
  library(plm); library(lmtest); library(sandwich); library(clubSandwich); library(car)
  library(jsonlite)
})
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
raw <- read.csv(file.path(here, "panel.csv"))

model <- function(m) list(b = as.list(coef(m)), se = as.list(sqrt(diag(vcov(m)))))
errors <- function(v) list(se = as.list(sqrt(diag(v))))
htest <- function(h) list(
  statistic = unname(h$statistic[1]), df = unname(as.list(h$parameter)), p = unname(h$p.value))
safe <- function(e) tryCatch(e, error = function(err) list(error = conditionMessage(err)))

answers <- function(d) {
  p <- pdata.frame(d, index = c("id", "year"))
  f <- y ~ x + z
  pool <- plm(f, p, model = "pooling"); fe <- plm(f, p, model = "within")
  te <- plm(f, p, model = "within", effect = "time")
  tw <- plm(f, p, model = "within", effect = "twoways")
  re <- plm(f, p, model = "random"); be <- plm(f, p, model = "between")
  fd <- plm(y ~ x + z - 1, p, model = "fd")
  lin <- lm(f, d)
  list(
    pooling = safe(model(pool)),
    within = safe(model(fe)),
    within_twoways = safe(model(tw)),
    feols_region = safe(model(plm(f, pdata.frame(d, index = c("region")), model = "within"))),
    random = safe(model(re)),
    between = safe(model(be)),
    mundlak = safe(model(plm(y ~ x + z + mx + mz,
      pdata.frame(transform(d, mx = ave(x, id), mz = ave(z, id)), index = c("id", "year")),
      model = "random"))),
    fd = safe(model(fd)),
    fd_intercept = safe(model(plm(f, p, model = "fd"))),
    lag_diff_factor = safe(model(lm(y ~ lx + dz + factor(region),
      transform(d, lx = c(lag(p$x)), dz = c(diff(p$z)))))),
    vcovHC_pool = safe(errors(vcovHC(lin, type = "HC1"))),
    vcovHC0_pool = safe(errors(vcovHC(lin, type = "HC0"))),
    vcovHC2_pool = safe(errors(vcovHC(lin, type = "HC2"))),
    vcovHC3_pool = safe(errors(vcovHC(lin, type = "HC3"))),
    vcovHC_within_white1 = safe(errors(vcovHC(fe, method = "white1", type = "HC0"))),
    vcovHC3_within_white1 = safe(errors(vcovHC(fe, method = "white1", type = "HC3"))),
    vcovHC3_within_dummies = safe(list(se = as.list(sqrt(diag(
      vcovHC(lm(y ~ x + z + factor(id), d), type = "HC3")))[c("x", "z")]))),
    arellano_within = safe(errors(vcovHC(fe, type = "sss", cluster = "group"))),
    arellano_within_hc0 = safe(errors(vcovHC(fe, type = "HC0", cluster = "group"))),
    arellano_pool = safe(errors(vcovHC(pool, type = "sss", cluster = "group"))),
    arellano_pool_time = safe(errors(vcovHC(pool, type = "sss", cluster = "time"))),
    dummies_cl = safe(list(se = as.list(sqrt(diag(vcovCL(lm(y ~ x + z + factor(year), d),
      cluster = d$id, type = "HC1")))[c("x", "z")]))),
    double_pool = safe(errors(vcovDC(pool, type = "HC0"))),
    cr2_within = safe({ v <- vcovCR(fe, type = "CR2"); t <- coef_test(fe, v)
      list(se = as.list(sqrt(diag(v))), df = as.list(setNames(t$df_Satt, rownames(t)))) }),
    cr3_pool = safe(errors(vcovCR(pool, cluster = p$id, type = "CR3"))),
    scc_pool = safe(errors(vcovSCC(pool, type = "HC0", maxlag = 2))),
    scc_within = safe(errors(vcovSCC(fe, type = "HC0", maxlag = 2))),
    nw_pool = safe(errors(vcovNW(pool, type = "HC0", maxlag = 2))),
    phtest = safe(htest(phtest(fe, re))),
    phtest_aux = safe(htest(phtest(f, p, method = "aux"))),
    phtest_aux_robust = safe(htest(phtest(f, p, method = "aux",
      vcov = function(m) vcovHC(m, method = "arellano", type = "HC0")))),
    plmtest_bp = safe(htest(plmtest(pool, effect = "individual", type = "bp"))),
    plmtest_honda = safe(htest(plmtest(pool, effect = "individual", type = "honda"))),
    plmtest_bp_time = safe(htest(plmtest(pool, effect = "time", type = "bp"))),
    plmtest_kw = safe(htest(plmtest(pool, effect = "twoways", type = "kw"))),
    plmtest_ghm = safe(htest(plmtest(pool, effect = "twoways", type = "ghm"))),
    pFtest = safe(htest(pFtest(fe, pool))),
    pFtest_twoways = safe(htest(pFtest(tw, pool))),
    pooltest = safe(htest(pooltest(f, p, model = "within"))),
    pooltest_pooling = safe(htest(pooltest(f, p, model = "pooling"))),
    pwtest = safe(htest(pwtest(f, p))),
    pwartest = safe(htest(pwartest(f, p))),
    pwfdtest_fd = safe(htest(pwfdtest(f, p, h0 = "fd"))),
    pwfdtest_fe = safe(htest(pwfdtest(f, p, h0 = "fe"))),
    pbgtest = safe(htest(pbgtest(fe, order = 1))),
    pdwtest = safe(htest(pdwtest(fe))),
    pbnftest = safe(htest(pbnftest(fe))),
    pbltest = safe(htest(pbltest(f, p))),
    pbltest_onesided = safe(htest(pbltest(f, p, alternative = "onesided"))),
    pbsytest_j = safe(htest(pbsytest(pool, test = "j"))),
    pbsytest_ar = safe(htest(pbsytest(pool, test = "ar"))),
    pbsytest_re = safe(htest(pbsytest(pool, test = "re"))),
    pcdtest_cd = safe(htest(pcdtest(fe, test = "cd"))),
    pcdtest_lm = safe(htest(pcdtest(fe, test = "lm"))),
    pcdtest_sclm = safe(htest(pcdtest(fe, test = "sclm"))),
    bptest = safe(htest(bptest(lin))),
    bptest_unstudentised = safe(htest(bptest(lin, studentize = FALSE))),
    bptest_white = safe(htest(bptest(lin, ~ x * z + I(x^2) + I(z^2), data = d))),
    resettest = safe(htest(resettest(lin, power = 2:3, type = "fitted"))),
    vif = safe(as.list(vif(lin))),
    linearHypothesis = safe({ h <- linearHypothesis(lin, c("x = 0", "z = 0"), test = "F")
      list(statistic = h$F[2], df = list(h$Df[2], h$Res.Df[2]), p = h$`Pr(>F)`[2]) }),
    linearHypothesis_value = safe({ h <- linearHypothesis(lin, c("x + z = 0.5"), test = "F")
      list(statistic = h$F[2], df = list(h$Df[2], h$Res.Df[2]), p = h$`Pr(>F)`[2]) }),
    deltaMethod = safe({ m <- deltaMethod(lin, "x*z")
      list(estimate = m$Estimate, se = m$SE) }),
    anova = safe({ h <- anova(lm(y ~ x, d), lin)
      list(statistic = h$F[2], df = list(h$Df[2], h$Res.Df[2]), p = h$`Pr(>F)`[2]) }),
    split = safe(lapply(split(d, d$region), function(part) model(lm(f, part)))),
    glance = safe(list(rsquared = summary(lin)$r.squared, rsquared_adj = summary(lin)$adj.r.squared,
      aic = AIC(lin), bic = BIC(lin), loglik = as.numeric(logLik(lin)), sigma = sigma(lin),
      f = unname(summary(lin)$fstatistic[1]))),
    glance_within = safe(list(rsquared = unname(summary(fe)$r.squared[1]),
      rsquared_adj = unname(summary(fe)$r.squared[2]))),
    cor = safe({ h <- cor.test(d$x, d$z); list(r = unname(h$estimate), p = h$p.value) }),
    purtest_ips = safe(htest(purtest(p$z, test = "ips", exo = "intercept", lags = 1)$statistic)),
    purtest_madwu = safe(htest(purtest(p$z, test = "madwu", exo = "intercept", lags = 1)$statistic))
  )
}
versions <- sapply(c("plm", "lmtest", "sandwich", "clubSandwich", "car"),
  function(n) as.character(packageVersion(n)))
out <- list(R = R.version.string, packages = as.list(versions),
  balanced = answers(raw), unbalanced = answers(raw[raw$kept == 1, ]))
write(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE, na = "null"),
  file.path(here, "answers.json"))
