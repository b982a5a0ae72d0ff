"""Metrics with 95 % confidence intervals, as manifest.json carries them."""

import math

import numpy as np

CONFIDENCE = 0.95
Z = 1.959963984540054
RESAMPLES = 2000
SEED = 20261123


def rounded(value) -> float:
    return round(float(value), 6)


def interval(low, high) -> dict:
    return {"low": rounded(low), "high": rounded(high), "confidence": CONFIDENCE}


def share(name: str, dataset: str, hits) -> dict:
    """A proportion with its Wilson score interval (Wilson 1927), which stays inside [0, 1] and is right for small n."""
    hits = np.asarray(hits, dtype=bool)
    n, p = len(hits), float(hits.mean())
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    margin = Z / (1 + Z**2 / n) * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    bounds = interval(max(0.0, centre - margin), min(1.0, centre + margin))
    return {"name": name, "value": rounded(p), "dataset": dataset, "n": n, "interval": bounds}


def statistic(name: str, dataset: str, function, truth, predicted) -> dict:
    """Any statistic of (truth, predicted) with the percentile bootstrap interval over rows (Efron 1979)."""
    generator = np.random.default_rng(SEED)
    n = len(truth)
    draws = []
    while len(draws) < RESAMPLES:
        rows = generator.integers(0, n, n)
        if len(np.unique(truth[rows])) > 1:  # AUC and R² are undefined on a resample with a single value
            draws.append(function(truth[rows], predicted[rows]))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return {
        "name": name,
        "value": rounded(function(truth, predicted)),
        "dataset": dataset,
        "n": n,
        "interval": interval(low, high),
    }


def by_group(name: str, attribute: str, labels, values) -> dict:
    """The mean of `values` (hits or errors) within each group, groups in the order of their labels."""
    labels, values = np.asarray(labels, dtype=str), np.asarray(values, dtype=float)
    groups = [
        {"group": str(label), "value": rounded(values[labels == label].mean()), "n": int((labels == label).sum())}
        for label in np.unique(labels)
    ]
    return {"name": name, "attribute": attribute, "groups": groups}
