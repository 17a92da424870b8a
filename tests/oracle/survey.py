"""What pandas finds in a population of runs, for the contract of `stats::survey::Survey`."""

import json
import sys

import pandas as pd

asked = json.load(sys.stdin)
runs = pd.DataFrame(asked["runs"])
values = pd.DataFrame(asked["values"]).merge(
    runs.drop(columns=["verdict"]), left_on="run", right_on="number"
)


def counted(frame):
    return frame[(frame["mode"] == "production") & ~frame.voided & ~frame.unattended]


def records(frame):
    return json.loads(frame.to_json(orient="records"))


def units(axis):
    """Units by the place of their first and of their last judged run."""
    judged = counted(runs)
    judged = judged[judged.verdict.isin(["PASS", "FAIL"])].sort_values("minute")
    alone = judged.number.map("alone {}".format)
    judged = judged.assign(unit=judged.serial.where(judged.serial.notna(), alone))
    found = []
    grouped = judged.groupby(["test", "unit"])
    for turn, ends in (("first", grouped.head(1)), ("last", grouped.tail(1))):
        ends = ends.assign(passed=ends.verdict == "PASS", turn=turn)
        keys = ["turn", "passed"] + ([axis] if axis else [])
        found += records(ends.groupby(keys, dropna=False).size().rename("units").reset_index())
    return found


def ended(axis):
    keys = ["verdict"] + ([axis] if axis else [])
    return records(counted(runs).groupby(keys, dropna=False).size().rename("runs").reset_index())


def failing(axis):
    """Measurements by the number of runs in which they did not pass."""
    bad = counted(values)
    bad = bad[(bad.outcome != "PASS") & bad.origin.isin(["runner", "operator"])]
    keys = ["name"] + ([axis] if axis else [])
    all_runs = bad.groupby(keys, dropna=False).run.nunique().rename("runs")
    fails = bad[bad.outcome == "FAIL"].groupby(keys, dropna=False).run.nunique().rename("failed")
    both = pd.concat([all_runs, fails], axis=1).fillna(0).astype(int)
    return records(both.reset_index())


axes = [None, "test", "station", "operator", "hour"]
series = counted(values).query("name == 'VOUT'").sort_values(["minute", "place"])
answer = {
    "kinds": records(
        runs.groupby(["mode", "voided", "unattended"]).size().rename("runs").reset_index()
    ),
    "runs": [ended(axis) for axis in axes],
    "units": [units(axis) for axis in axes],
    "failing": [failing(axis) for axis in axes],
    "series": series.value.tolist(),
}
json.dump(answer, sys.stdout)
