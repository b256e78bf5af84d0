"""Thousands of small quasi-Poisson regressions at once: one stacked solve a step instead of one model a point."""

from dataclasses import dataclass

import numpy as np

from bihuan.engines.signals._bounds import Bools, Floats

_TOLERANCE = 1e-8
_STEPS = 25


@dataclass(frozen=True)
class Fits:
    """Stacked fits. K models, n reference values, p coefficients.

    beta (K, p); fitted (K, n); covariance (K, p, p) without dispersion; leverage (K, n); dispersion (K,), not yet
    held above 1; converged (K,).
    """

    beta: Floats
    fitted: Floats
    covariance: Floats
    leverage: Floats
    dispersion: Floats
    converged: Bools


def fit(design: Floats, counts: Floats, weights: Floats) -> Fits:
    """Fit log(mean) = design · beta by iteratively reweighted least squares (McCullagh & Nelder 1989, §2.5).

    design (K, n, p), counts (K, n), weights (K, n); weight 0 leaves a value out. Starts at counts + 0.1 and stops
    a model when its deviance changes by less than 1e-8, relative to the deviance + 0.1, or after 25 steps.
    Dispersion: Pearson sum / (values used - p).
    """
    models, _, width = design.shape
    used = weights > 0
    mean = counts + 0.1
    eta = np.log(mean)
    beta = np.zeros((models, width))
    covariance = np.zeros((models, width, width))
    working = weights * mean
    deviance = _deviance(counts, mean, weights)
    going = np.ones(models, dtype=bool)
    converged = np.zeros(models, dtype=bool)
    for _ in range(_STEPS):
        at = np.flatnonzero(going)
        if not at.size:
            break
        x, y, mu = design[at], counts[at], mean[at]
        w = weights[at] * mu
        target = eta[at] + (y - mu) / mu
        xw = x * w[:, :, None]
        inner = np.linalg.pinv(np.swapaxes(xw, 1, 2) @ x, hermitian=True)
        beta[at] = (inner @ (np.swapaxes(xw, 1, 2) @ target[:, :, None]))[:, :, 0]
        covariance[at], working[at] = inner, w
        eta[at] = np.clip((x @ beta[at][:, :, None])[:, :, 0], -30.0, 30.0)
        mean[at] = np.exp(eta[at])
        now = _deviance(y, mean[at], weights[at])
        done = np.abs(now - deviance[at]) / (np.abs(now) + 0.1) < _TOLERANCE
        deviance[at] = now
        converged[at] = done
        going[at] = ~done & np.isfinite(now)
    leverage = working * np.einsum("kni,kij,knj->kn", design, covariance, design)
    freedom = used.sum(axis=1) - width
    # The weights of the last step, as generalised linear models are usually summed up: 1e-5 apart from the limit.
    pearson = np.sum(working * ((counts - mean) / mean) ** 2, axis=1)
    dispersion = np.where(freedom > 0, pearson / np.maximum(freedom, 1), np.nan)
    return Fits(beta, mean, covariance, leverage, dispersion, converged)


def _deviance(counts: Floats, mean: Floats, weights: Floats) -> Floats:
    ratio = np.where(counts > 0, counts, 1.0) / np.where(counts > 0, mean, 1.0)
    terms: Floats = 2 * weights * (counts * np.log(ratio) - (counts - mean))
    total: Floats = terms.sum(axis=1)
    return total
