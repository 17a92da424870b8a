"""Figures of a past as pandas finds them in what `maestro results export` wrote, and what pandas and
DuckDB make of the tables of `maestro stats`.

Reads `{"runs": file, "measurements": file, "name": measurement, "tables": [file, ...]}`.
"""

import json
import sys

import duckdb
import numpy as np
import pandas as pd

asked = json.load(sys.stdin)


def counted(frame):
    return frame[(frame["mode"] == "production") & ~frame.voided & ~frame.unattended]


runs = counted(pd.read_csv(asked["runs"], parse_dates=["run_started_at"]))
judged = runs[runs.run_verdict.isin(["PASS", "FAIL"])].sort_values("run_started_at")
units = judged.groupby(["test_name", "serial_number"], dropna=False)
first, last = units.head(1), units.tail(1)


def share(frame):
    return 100 * (frame.run_verdict == "PASS").mean()


values = counted(pd.read_csv(asked["measurements"], parse_dates=["timestamp"]))
values = values[values.run_verdict.notna() & values.origin.isin(["runner", "operator"])]
failing = values[~values.verdict.isin(["PASS", "SKIPPED"])]
failing = failing.groupby("measurement_name").execution_id.nunique()
one = values[(values.measurement_name == asked["name"]) & values.actual_value.notna()]
one = one.sort_values(["timestamp", "actual_value"])
limits = one.iloc[-1]
mean, overall = one.actual_value.mean(), one.actual_value.std()
within = one.actual_value.diff().abs().mean() / (2 / np.sqrt(np.pi))


def minimum(sigma):
    return min((mean - limits.low_limit), (limits.high_limit - mean)) / (3 * sigma)


def table(path):
    frame = pd.read_csv(path)
    found = duckdb.sql(f"FROM read_csv('{path}')")
    return {
        "rows": [len(frame), found.count("*").fetchall()[0][0]],
        "columns": list(frame.columns) == found.columns,
        "text": [
            name
            for name in frame.columns
            if name.endswith(("_percent", "_ms", "_units", "_runs", "_ppm", "_values"))
            and not (pd.api.types.is_numeric_dtype(frame[name]))
        ],
        "duckdb_text": [
            name
            for name, kind in zip(found.columns, map(str, found.types))
            if name.endswith(("_percent", "_ms", "_units", "_runs", "_ppm", "_values"))
            and kind not in ("BIGINT", "DOUBLE")
        ],
    }


json.dump(
    {
        "units": len(last),
        "yield_percent": share(last),
        "first_pass_yield_percent": share(first),
        "by_station": {
            station: share(group) for station, group in last.groupby("station_id")
        },
        "failing": {name: int(count) for name, count in failing.items()},
        "values": len(one),
        "mean": mean,
        "sigma_overall": overall,
        "sigma_within": within,
        "cpk": minimum(within),
        "ppk": minimum(overall),
        "tables": [table(path) for path in asked["tables"]],
    },
    sys.stdout,
)
