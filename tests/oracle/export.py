"""What pandas and DuckDB make of exported files, left to guess every type but that of times."""

import json
import sys

import duckdb
import pandas as pd

TIMES = ["run_started_at", "run_ended_at", "started_at", "ended_at", "timestamp"]


def kind(dtype):
    if pd.api.types.is_bool_dtype(dtype):
        return "flag"
    if isinstance(dtype, pd.DatetimeTZDtype):
        return f"time {dtype.tz}"
    if pd.api.types.is_integer_dtype(dtype):
        return "int"
    return "real" if pd.api.types.is_float_dtype(dtype) else "text"


def by_pandas(path):
    if path.endswith(".csv"):
        with open(path, newline="") as file:
            names = file.readline().lstrip("\ufeff").strip().split(",")
        times = [name for name in TIMES if name in names]
        frame = pd.read_csv(path, parse_dates=times)
    else:
        frame = pd.read_json(path, lines=True, convert_dates=TIMES)
    return frame


def by_duckdb(path):
    reader = "read_csv" if path.endswith(".csv") else "read_json"
    found = duckdb.sql(f"FROM {reader}('{path}')")
    types = dict(zip(found.columns, map(str, found.types)))
    return types, found


def answer(path):
    frame = by_pandas(path)
    types, found = by_duckdb(path)
    number = "actual_value" if "actual_value" in types else "duration_ms"
    total, rows = found.aggregate(f"sum({number}), count(*)").fetchall()[0]
    return {
        "names": list(frame.columns),
        "pandas": {name: kind(dtype) for name, dtype in frame.dtypes.items()},
        "duckdb": types,
        "rows": [len(frame), rows],
        "sums": [float(frame[number].sum()), total],
        "texts": sorted(set(frame["serial_number"].dropna().astype(str)))[:5],
        "nothing": int(frame[number].isna().sum()),
    }


print(json.dumps([answer(path) for path in json.load(sys.stdin)]))
