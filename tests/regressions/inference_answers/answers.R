# R's answers on panel.csv, an unbalanced panel of 12 entities and 5 periods, for
# tests/regressions/test_inference_against_r.py. Run in this folder: Rscript answers.R
suppressPackageStartupMessages({library(plm); library(sandwich); library(clubSandwich); library(car)})
options(digits = 17)
d <- read.csv("panel.csv")
d$w <- 1 + (seq_len(nrow(d)) %% 3) / 2
slopes <- c("x1", "x2")
se <- function(V) sqrt(diag(V)[slopes])
rows <- list()
put <- function(name, values) rows[[length(rows) + 1]] <<-
  data.frame(answer = name, coefficient = names(values), value = unname(values))

# HC2 and HC3 with the leverage of all dummies
models <- list(
  entity = lm(y ~ x1 + x2 + factor(entity), d),
  time = lm(y ~ x1 + x2 + factor(period), d),
  twoway = lm(y ~ x1 + x2 + factor(entity) + factor(period), d),
  weighted = lm(y ~ x1 + x2 + factor(entity) + factor(period), d, weights = w))
for (m in names(models)) for (type in c("HC2", "HC3"))
  put(paste(type, m), se(vcovHC(models[[m]], type = type)))

# first differences: each in the period of its later row; G/(G-1) (n-1)/(n-k) as in Stata
fd <- plm(y ~ x1 + x2 - 1, pdata.frame(d, c("entity", "period")), model = "fd")
put("fd estimate", coef(fd)[slopes])
put("fd HC0 by time", se(vcovHC(fd, method = "arellano", type = "HC0", cluster = "time")))
put("fd sss by time", se(vcovHC(fd, method = "arellano", type = "sss", cluster = "time")))

# delta method for functions of coefficients
pooled <- lm(y ~ x1 + x2, d)
for (g in c("x1 * x2", "x1 / x2", "exp(x1) - x2^2", "log(-x1 / x2)")) {
  found <- deltaMethod(pooled, g)
  put(paste("delta", g), c(estimate = found[["Estimate"]], se = found[["SE"]]))
}
answers <- do.call(rbind, rows)
answers$value <- format(answers$value, digits = 17)
write.csv(answers, "answers.csv", row.names = FALSE, quote = FALSE)
