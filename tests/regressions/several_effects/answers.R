# R's answers on panel.csv for tests/regressions/several_effects/test_several_effects.py: firm, year
# and sector effects as dummies. Run in this folder: Rscript answers.R
suppressPackageStartupMessages({library(sandwich); library(clubSandwich)})
d <- read.csv("panel.csv")
slopes <- c("x", "z")
number <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g"), collapse = ", "), "]")
lines <- character()
put <- function(name, v) lines[[length(lines) + 1]] <<- paste0("  \"", name, "\": ", number(v))
se <- function(V) unname(sqrt(diag(V)[slopes]))
effects <- y ~ x + z + factor(firm) + factor(year) + factor(sector)
models <- list(plain = lm(effects, d), weighted = lm(effects, d, weights = w))
for (m in names(models)) {
  fitted <- models[[m]]
  put(paste(m, "params"), unname(coef(fitted)[slopes]))
  put(paste(m, "df"), fitted$df.residual)
  put(paste(m, "rsquared inclusive"), summary(fitted)$r.squared)
  put(paste(m, "unadjusted"), se(vcov(fitted)))
  for (type in c("HC0", "HC1", "HC2", "HC3")) put(paste(m, type), se(vcovHC(fitted, type = type)))
  for (by in c("firm", "sector", "region"))
    put(paste(m, "clustered by", by), se(vcovCL(fitted, cluster = d[[by]], type = "HC1")))
  put(paste(m, "clustered by firm and sector"),
      se(vcovCL(fitted, cluster = d[, c("firm", "sector")], type = "HC1", multi0 = FALSE)))
}
for (by in c("firm", "sector", "region"))
  put(paste("plain CR2 by", by), se(vcovCR(models$plain, cluster = d[[by]], type = "CR2")))
writeLines(c("{", paste(lines, collapse = ",\n"), "}"), "answers.json")
