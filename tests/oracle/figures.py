"""Figures as numpy, scipy and pandas have them, for the tests of `src/stats`.

Reads `{"samples": [...], "shares": [...], "ratios": [...], "tails": [...], "studies": [...],
"causes": [...]}` and answers each list in its order.
"""

import functools
import json
import sys
import warnings

import numpy as np
import pandas as pd
from scipy import integrate, special, stats

warnings.simplefilter("ignore")


def number(value):
    value = float(value)
    return value if np.isfinite(value) else None


def indices(mean, sigma, low, high):
    if not sigma > 0:
        return [None] * 4
    lower = None if low is None else (mean - low) / (3 * sigma)
    upper = None if high is None else (high - mean) / (3 * sigma)
    both = [one for one in (lower, upper) if one is not None]
    potential = (high - low) / (6 * sigma) if len(both) == 2 else None
    return [potential, lower, upper, min(both) if both else None]


def ppk_range(ppk, count):
    """Bissell, The estimation of Cp and Cpk, Applied Statistics 39 (1990)."""
    if ppk is None:
        return [None, None]
    spread = np.sqrt(1 / (9 * count) + ppk**2 / (2 * (count - 1)))
    return [number(one) for one in stats.norm.interval(0.95, ppk, spread)]


def rule_points(values, centre, sigma, sigmas, least, window, side):
    """Every value that is part of a pattern, by looking at each window of the series."""
    beyond = side * (values - centre) > sigmas * sigma
    points = set()
    for start in range(1 - window, len(values)):
        places = [i for i in range(max(start, 0), min(start + window, len(values))) if beyond[i]]
        if len(places) >= least:
            points.update(places)
    return sorted(points)


@functools.cache
def spread_of_sample(size):
    """Mean and standard deviation of what a chart of subgroups of this size draws, in sigma."""
    if size < 10:
        return expected_range(size)
    c4 = stats.chi.mean(size - 1) / np.sqrt(size - 1)
    return c4, np.sqrt(1 - c4**2)


def subgroups(values, size):
    groups = values[: len(values) // size * size].reshape(-1, size)
    spreads = np.ptp(groups, axis=1) if size < 10 else groups.std(axis=1, ddof=1)
    expected, deviation = spread_of_sample(size)
    sigma = spreads.mean() / expected
    means = groups.mean(axis=1)
    centre, of_means = means.mean(), sigma / np.sqrt(size)
    low, high = max(0, expected - 3 * deviation) * sigma, (expected + 3 * deviation) * sigma
    rules = [(3, 1, 1), (2, 2, 3), (1, 4, 5), (0, 8, 8)]
    figures = [centre, sigma, centre - 3 * of_means, centre + 3 * of_means]
    figures += [spreads.mean(), low, high]
    return {
        "size": size,
        "figures": [number(one) for one in figures],
        "beyond": [int(place) for place in np.flatnonzero((spreads > high) | (spreads < low))],
        "rules": [
            [rule_points(means, centre, of_means, *rule, side) for side in (1, -1)]
            for rule in rules
        ],
    }


def sample(asked):
    series = pd.Series(asked["values"], dtype=float)
    values = series.to_numpy()
    low, high = asked["low"], asked["high"]
    mean, overall = series.mean(), series.std()
    ranges = series.diff().abs().dropna()
    within = ranges.mean() / (2 / np.sqrt(np.pi))
    limit = ranges.mean() * (1 + 3 * np.sqrt(2 - 4 / np.pi) / (2 / np.sqrt(np.pi)))
    counts, edges = np.histogram(values, bins="fd")
    outside = np.zeros(len(values), dtype=bool)
    tail = 0.0
    if low is not None:
        outside |= values < low
        tail += stats.norm.cdf(low, mean, overall)
    if high is not None:
        outside |= values > high
        tail += stats.norm.sf(high, mean, overall)
    rules = [(3, 1, 1), (2, 2, 3), (1, 4, 5), (0, 8, 8)]
    answer = {
        "summary": [mean, overall, series.median(), series.min(), series.max()],
        "quantiles": [number(np.quantile(values, q)) for q in (0.05, 0.25, 0.75, 0.95)],
        "within": indices(mean, within, low, high),
        "overall": indices(mean, overall, low, high),
        "ppk_range": ppk_range(indices(mean, overall, low, high)[3], len(values)),
        "sigma_within": number(within),
        "outside": int(outside.sum()),
        "ppm": number(tail * 1e6),
        "counts": [int(count) for count in counts],
        "edges": [number(edge) for edge in edges],
        "anderson": number(stats.anderson(values, "norm", method="interpolate").statistic),
        "range_limit": number(limit),
        "ranges_beyond": [int(place) for place in ranges.index[ranges > limit]],
        "rules": [
            [rule_points(values, mean, within, *rule, side) for side in (1, -1)] for rule in rules
        ],
    }
    answer["summary"] = [number(one) for one in answer["summary"]]
    answer["subgroups"] = [
        subgroups(values, size) for size in (2, 3, 5, 9, 10, 12) if len(values) >= 2 * size
    ]
    if asked["monte_carlo"]:
        test = stats.goodness_of_fit(
            stats.norm, values, statistic="ad", n_mc_samples=400, rng=np.random.default_rng(1)
        )
        answer["p"] = number(test.pvalue)
    return answer


def squares(design, y):
    fitted = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return float(((y - fitted) ** 2).sum())


def study(asked):
    """The sums of squares as differences of least-squares fits, not by the formulas of the book."""
    values = np.array(asked["values"], dtype=float)
    parts, appraisers, trials = values.shape
    y = values.reshape(-1)
    part, appraiser, _ = (axis.reshape(-1) for axis in np.indices(values.shape))
    one = np.ones((len(y), 1))
    by_part = pd.get_dummies(part).to_numpy(float)
    by_appraiser = pd.get_dummies(appraiser).to_numpy(float)
    by_cell = pd.get_dummies(part * appraisers + appraiser).to_numpy(float)
    total = squares(one, y)
    both = squares(np.hstack([by_part, by_appraiser]), y)
    sums = {
        "part": total - squares(by_part, y),
        "appraiser": total - squares(by_appraiser, y),
        "interaction": both - squares(by_cell, y),
        "equipment": squares(by_cell, y),
        "total": total,
    }
    freedom = {
        "part": parts - 1,
        "appraiser": appraisers - 1,
        "interaction": (parts - 1) * (appraisers - 1),
        "equipment": parts * appraisers * (trials - 1),
    }
    square = {name: sums[name] / freedom[name] for name in freedom}
    p = stats.f.sf(
        square["interaction"] / square["equipment"], freedom["interaction"], freedom["equipment"]
    )
    answer = {"sums": sums, "p_interaction": float(p), "pooled": bool(p >= 0.25)}
    if p >= 0.25:
        error_freedom = freedom["interaction"] + freedom["equipment"]
        error = (sums["interaction"] + sums["equipment"]) / error_freedom
        ev2, int2 = error, 0.0
    else:
        error_freedom, error = freedom["interaction"], square["interaction"]
        ev2 = square["equipment"]
        int2 = (square["interaction"] - square["equipment"]) / trials
    av2 = max((square["appraiser"] - error) / (parts * trials), 0.0)
    pv2 = max((square["part"] - error) / (appraisers * trials), 0.0)
    answer["p_part"] = float(
        stats.f.sf(square["part"] / error, freedom["part"], error_freedom)
    )
    answer["p_appraiser"] = float(
        stats.f.sf(square["appraiser"] / error, freedom["appraiser"], error_freedom)
    )
    grr2 = ev2 + av2 + int2
    squared = [ev2, av2, int2, grr2, pv2, grr2 + pv2]
    answer["components"] = [float(np.sqrt(one)) for one in squared]
    return answer


def expected_range(size):
    """Mean and standard deviation of the range of a normal sample, by integration."""

    def tail(x):
        return 1 - special.ndtr(x) ** size - (1 - special.ndtr(x)) ** size

    mean, _ = integrate.quad(tail, -12, 12, limit=400)

    # The density of a range w: integral over the lowest value x.
    x = np.linspace(-20, 9, 581)[:, None]
    w = np.linspace(0, 14, 281)[None, :]
    between = (special.ndtr(x + w) - special.ndtr(x)) ** (size - 2)
    inner = stats.norm.pdf(x) * stats.norm.pdf(x + w) * between
    density = size * (size - 1) * integrate.simpson(inner, x=x[:, 0], axis=0)
    squared = integrate.simpson(w[0] ** 2 * density, x=w[0])
    return [mean, float(np.sqrt(squared - mean * mean))]


def causes(asked):
    counts = pd.Series(asked).value_counts().sort_index().sort_values(ascending=False, kind="stable")
    shares = counts / counts.sum()
    return [[name, int(counts[name]), float(shares[name]), float(shares.cumsum()[name])] for name in counts.index]


asked = json.load(sys.stdin)
answer = {
    "samples": [sample(one) for one in asked["samples"]],
    "shares": [
        list(stats.binomtest(part, whole).proportion_ci(0.95, method="wilson"))
        for part, whole in asked["shares"]
    ],
    "ratios": [number(stats.f.sf(*one)) for one in asked["ratios"]],
    "tails": [number(special.log_ndtr(z)) for z in asked["tails"]],
    "studies": [study(one) for one in asked["studies"]],
    "ranges": [expected_range(size) for size in asked["ranges"]],
    "causes": [causes(one) for one in asked["causes"]],
}
json.dump(answer, sys.stdout, allow_nan=False)
