"""Calls: targets, parameters, results, exceptions."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import RunnerCase  # noqa: E402

ECHO = """
    from __future__ import annotations
    from typing import Any, Dict, List, Optional
    import typing

    def plain(x): return [type(x).__name__, x]
    def as_int(x: int): return [type(x).__name__, x]
    def as_float(x: float): return [type(x).__name__, x]
    def as_bool(x: bool): return [type(x).__name__, x]
    def as_str(x: str): return [type(x).__name__, x]
    def as_list(x: list): return [type(x).__name__, x]
    def as_lists(x: List[float]): return [type(x).__name__, x]
    def as_dict(x: Dict[str, int]): return [type(x).__name__, x]
    def maybe(x: Optional[int] = 5): return [type(x).__name__, x]
    def maybe_str(x: Optional[str] = None): return [type(x).__name__, x]
    def newer(x: float | None): return [type(x).__name__, x]
    def anything(x: Any): return [type(x).__name__, x]
    def unknown(x: "NotThere"): return [type(x).__name__, x]
    def open_end(a, **rest: int): return {"a": a, **rest}
    def keyword(a, *, b: int = 2): return [a, b]
    def positional(a, b: int, /, c: int = 3): return [a, b, c]
    def defaulted(voltage: float = 1.5, rail="3V3"): return [voltage, rail]
"""


class Parameters(RunnerCase):
    def test_annotation_decides_about_the_type(self):
        runner = self.runner(ECHO)
        table = [
            ("plain", 3, "3", ["str", "3"]),
            ("plain", 10, "010", ["str", "010"]),
            ("plain", True, "True", ["str", "True"]),
            ("plain", None, "", ["str", ""]),
            ("plain", [1, 2], "[1,2]", ["str", "[1,2]"]),
            ("as_int", 3, "3", ["int", 3]),
            ("as_int", "7", "7", ["int", 7]),
            ("as_int", 3.0, "3.0", ["int", 3]),
            ("as_int", " 12 ", " 12 ", ["int", 12]),
            ("as_float", 3, "3", ["float", 3.0]),
            ("as_float", "1e3", "1e3", ["float", 1000.0]),
            ("as_bool", True, "true", ["bool", True]),
            ("as_bool", "False", "False", ["bool", False]),
            ("as_bool", "yes", "yes", ["bool", True]),
            ("as_bool", 0, "0", ["bool", False]),
            ("as_str", 1.1, "1.10", ["str", "1.10"]),
            ("as_list", [1, "a"], '[1,"a"]', ["list", [1, "a"]]),
            ("as_list", "[1, 2]", "[1, 2]", ["list", [1, 2]]),
            ("as_lists", [1.5], "[1.5]", ["list", [1.5]]),
            ("as_dict", {"a": 1}, '{"a":1}', ["dict", {"a": 1}]),
            ("maybe", 4, "4", ["int", 4]),
            ("maybe", None, "", ["NoneType", None]),
            ("maybe", "", "", ["NoneType", None]),
            ("maybe_str", None, "", ["NoneType", None]),
            ("maybe_str", "", "", ["str", ""]),
            ("maybe_str", 5, "5", ["str", "5"]),
            ("newer", 2, "2", ["float", 2.0]),
            ("newer", None, "", ["NoneType", None]),
            ("anything", {"a": [1]}, '{"a":[1]}', ["dict", {"a": [1]}]),
            ("unknown", 3, "3", ["int", 3]),
        ]
        for function, native, text, expected in table:
            with self.subTest(function=function, native=native):
                outputs = runner.outputs(function, {"x": native}, {"x": text})
                self.assertEqual(outputs["result"], expected)

    def test_what_cannot_be_converted_is_refused_with_its_name_and_value(self):
        runner = self.runner(ECHO)
        for function, native in [
            ("as_int", "3V3"), ("as_int", 1.5), ("as_int", True), ("as_int", "1_000"),
            ("as_float", "3,3"), ("as_float", None), ("as_bool", "maybe"), ("as_bool", 2),
            ("as_list", "x"), ("as_list", {"a": 1}), ("as_dict", [1]),
        ]:
            with self.subTest(function=function, native=native):
                error = runner.error(function, {"x": native})
                self.assertEqual(error["code"], -32602, error)
                self.assertIn("parameter `x` of `steps.%s`" % function, error["message"])

    def test_typed_parameters_false_gives_text_everywhere(self):
        runner = self.runner(packages={"pack": {"steps.py": ECHO, "typed": False}})
        self.assertEqual(runner.outputs("as_int", {"x": 3}, {"x": "03"})["result"], ["str", "03"])

    def test_kinds_of_parameters(self):
        runner = self.runner(ECHO)
        self.assertEqual(runner.outputs("open_end", {"a": 1, "b": 2}), {"a": "1", "b": 2})
        self.assertEqual(runner.outputs("keyword", {"a": 1, "b": 5})["result"], ["1", 5])
        self.assertEqual(runner.outputs("positional", {"b": 2, "a": 1})["result"], ["1", 2, 3])
        self.assertEqual(runner.outputs("defaulted")["result"], [1.5, "3V3"])

    def test_missing_and_unknown_parameters_are_named(self):
        runner = self.runner(ECHO)
        error = runner.error("positional", {"a": 1})
        self.assertEqual(error["code"], -32602)
        self.assertIn("needs the parameter `b`", error["message"])
        error = runner.error("defaulted", {"votlage": 1})
        self.assertEqual(error["code"], -32602)
        self.assertIn("has no parameter `votlage`, did you mean `voltage`?", error["message"])

    def test_a_decorated_function_shows_the_parameters_behind_it(self):
        runner = self.runner(
            """
            import functools

            def twice(function):
                @functools.wraps(function)
                def inner(*args, **kwargs):
                    return function(*args, **kwargs) * 2
                return inner

            @twice
            def f(x: int): return x
            g = functools.partial(f, x=2)
            """
        )
        self.assertEqual(runner.outputs("f", {"x": 4}, {"x": "4"})["result"], 8)
        self.assertEqual(runner.outputs("g")["result"], 4)


class Targets(RunnerCase):
    def test_what_is_missing_is_named_with_what_is_there(self):
        runner = self.runner("def measure_rail(): pass\nx = 3\ndef _own(): pass\n")
        error = runner.error("measure_rial")
        self.assertEqual(error["code"], -32601)
        self.assertIn("did you mean `measure_rail`?", error["message"])
        self.assertIn("it has `measure_rail`", error["message"])
        self.assertEqual(runner.error("x")["code"], -32601)
        error = runner.error("f", module="step")
        self.assertEqual(error["code"], -32601)
        self.assertIn("there is no module `step`, did you mean `steps`?", error["message"])
        self.assertEqual(runner.error("f", module="steps.inner")["code"], -32601)
        self.assertEqual(runner.error("f", module="")["code"], -32601)
        answer = runner.request("execute", run="r", step="s", attempt=1, target="steps")
        self.assertEqual(answer["error"]["code"], -32601)

    def test_a_module_that_cannot_be_imported_is_an_exception_not_a_missing_target(self):
        runner = self.runner(
            packages={
                "pack": {
                    "steps.py": "import not_installed_anywhere\n",
                    "typo.py": "def f(:\n",
                    "boom.py": "raise ValueError('at import')\n",
                }
            }
        )
        error = runner.error("f")
        self.assertEqual(error["code"], -32000)
        self.assertIn("not_installed_anywhere", error["message"])
        self.assertIn("pipPackages", error["message"])
        error = runner.error("f", module="typo")
        self.assertEqual((error["code"], error["data"]["kind"]), (-32000, "SyntaxError"))
        self.assertIn("typo.py", error["message"] + error["data"]["traceback"])
        self.assertEqual(runner.error("f", module="boom")["message"], "ValueError: at import")

    def test_state_of_a_module_survives_between_steps(self):
        runner = self.runner("n = 0\ndef f():\n    global n\n    n += 1\n    return n\n")
        self.assertEqual([runner.outputs("f")["result"] for _ in range(3)], [1, 2, 3])

    def test_every_package_can_be_imported(self):
        runner = self.runner(
            packages={
                "main": {"steps.py": "import driver\ndef f(): return driver.name()\n"},
                "drivers": {"driver/__init__.py": "from .dmm import name\n",
                            "driver/dmm.py": "def name(): return 'DMM'\n"},
            }
        )
        self.assertEqual(runner.outputs("f")["result"], "DMM")
        self.assertEqual(
            runner.outputs("name", module="driver.dmm", package="drivers")["result"], "DMM"
        )

    def test_one_name_for_two_modules_is_refused_unless_they_are_the_same(self):
        same = {"shared.py": "def f(): return 1\n", "tools/__init__.py": "", "space/a.py": "a = 1\n"}
        other = {"shared.py": "def f(): return 1\n", "tools/__init__.py": "", "space/b.py": "b = 1\n"}
        runner = self.runner(packages={"a": same, "b": other})
        self.assertIn("result", runner.initialized)
        runner = self.runner(packages={"a": same, "b": {"shared.py": "def f(): return 2\n"}})
        error = runner.initialized["error"]
        self.assertEqual(error["code"], -32602)
        for part in ("`shared`", "`a`", "`b`", "python_modules"):
            self.assertIn(part, error["message"])
        runner = self.runner(packages={"a": same, "b": {"tools/__init__.py": "x = 1\n"}})
        self.assertIn("`tools`", runner.initialized["error"]["message"])
        runner = self.runner(packages={"a": {"maestro.py": ""}})
        self.assertIn("`maestro`", runner.initialized["error"]["message"])


RESULTS = """
    import array, collections, dataclasses, datetime, decimal, enum, math, pathlib
    import maestro
    from maestro import Measurement

    class Color(enum.Enum):
        RED = "red"

    class Level(enum.IntEnum):
        HIGH = 3

    @dataclasses.dataclass
    class Data:
        volts: float
        name: str

    Pair = collections.namedtuple("Pair", "low high")

    class Numpy0:
        dtype = "float64"
        def tolist(self): return 1.5

    class Odd: pass

    def nothing(): pass
    def scalar(): return 3.3
    def text(): return "grün \\u2028 \\ud800"
    def mapping(): return {"a": 1, 2: "two", "none": None, "deep": {"x": (1, 2)}}
    def listing(): return [1, 2]
    def wide(): return {"a": 2**63, "b": 2**64, "c": -2**63 - 1}
    def odd_floats(): return [math.nan, math.inf, -math.inf]
    def dataclass(): return Data(1.5, "x")
    def named(): return Pair(1, 2)
    def foreign(): return {"e": Color.RED, "l": Level.HIGH, "p": pathlib.PurePosixPath("/x"),
        "d": decimal.Decimal("1.5"), "t": datetime.date(2026, 1, 2), "s": {1}, "n": Numpy0(),
        "a": array.array("d", [1.0]), "r": range(3)}
    def point(): return Measurement("3V3", 3.3, unit="V", low=3.1, high=3.5)
    def points(): return [Measurement("a", 1), Measurement("b", math.nan)]
    def mixed(): return {"x": 1}, [Measurement("a", 1)][0], Measurement("b", True)
    def in_map(): return {"x": Measurement("vx", 2.0, "V")}
    def sdk():
        value = maestro.measure("i", 0.5, unit="A", high=1)
        return {"twice": value * 2}
    def content(): return {"wave": b"\\x00\\x01"}
    def file():
        with open("trace.csv", "w") as f: f.write("1,2")
        maestro.artifact("trace.csv")
    def odd(): return {"x": Odd()}
    def cyclic():
        a = []
        a.append(a)
        return a
    def complex_number(): return 1j
    def generator(): yield 1
"""


class Results(RunnerCase):
    def setUp(self):
        self.one = self.runner(RESULTS)

    def test_values(self):
        table = {
            "nothing": {},
            "scalar": {"result": 3.3},
            "text": {"result": "grün \u2028 ?"},
            "mapping": {"a": 1, "2": "two", "none": None, "deep": {"x": [1, 2]}},
            "listing": {"result": [1, 2]},
            "wide": {"a": 2**63, "b": "18446744073709551616", "c": "-9223372036854775809"},
            "odd_floats": {"result": ["NaN", "Infinity", "-Infinity"]},
            "dataclass": {"volts": 1.5, "name": "x"},
            "named": {"low": 1, "high": 2},
            "foreign": {"e": "red", "l": 3, "p": "/x", "d": 1.5, "t": "2026-01-02", "s": [1],
                        "n": 1.5, "a": [1.0], "r": [0, 1, 2]},
        }
        for function, expected in table.items():
            with self.subTest(function=function):
                self.assertEqual(self.one.outputs(function), expected)

    def test_measurements(self):
        result = self.one.call("point")["result"]
        self.assertEqual(
            result["measurements"],
            [{"name": "3V3", "value": 3.3, "unit": "V", "low_limit": 3.1, "high_limit": 3.5}],
        )
        result = self.one.call("points")["result"]
        self.assertEqual(
            result["measurements"], [{"name": "a", "value": 1}, {"name": "b", "value": "NaN"}]
        )
        result = self.one.call("mixed")["result"]
        self.assertEqual(result["outputs"], {"x": 1})
        self.assertEqual([point["name"] for point in result["measurements"]], ["a", "b"])
        result = self.one.call("in_map")["result"]
        self.assertEqual(result["outputs"], {"x": 2.0})
        self.assertEqual(result["measurements"][0]["name"], "vx")
        result = self.one.call("sdk")["result"]
        self.assertEqual(result["outputs"], {"twice": 1.0})
        self.assertEqual(
            result["measurements"], [{"name": "i", "value": 0.5, "unit": "A", "high_limit": 1}]
        )
        # Nothing is carried into the next call.
        self.assertNotIn("measurements", self.one.call("nothing")["result"])

    def test_artifacts(self):
        result = self.one.call("content")["result"]
        (artifact,) = result["artifacts"]
        self.assertEqual(artifact["name"], "wave")
        self.assertEqual(result["outputs"]["wave"], artifact["path"])
        with open(artifact["path"], "rb") as file:
            self.assertEqual(file.read(), b"\x00\x01")
        folder = os.path.dirname(artifact["path"])
        self.one.request("shutdown")
        self.one.process.wait(5)
        self.assertFalse(os.path.exists(folder))
        self.one = self.runner(RESULTS)
        (artifact,) = self.one.call("file")["result"]["artifacts"]
        self.assertEqual((artifact["name"], artifact["media_type"]), ("trace.csv", "text/csv"))

    def test_what_cannot_leave_python_is_named(self):
        for function in ("odd", "cyclic", "complex_number", "generator"):
            with self.subTest(function=function):
                error = self.one.error(function)
                self.assertEqual((error["code"], error["data"]["kind"]), (-32000, "TypeError"))
                self.assertIn("`steps.%s`" % function, error["message"])


LARGE = """
    import math
    def back(value: list): return value
    def floats(count: int): return [index / 3 for index in range(count)]
    def holes(): return [1.5] * 20 + [math.nan, math.inf]
    def overflow(): return [1.7e308] * 20
    def wide(): return [1] * 20 + [2**64]
    def words(): return ["grün", "\\ud800"] * 20
    def flags(): return (True, False) * 20
    def mixed(): return [1, 2.5, "x", None] * 20
"""


class LargeResults(RunnerCase):
    """Lists that are looked at as a whole; and with orjson, which user code brings."""

    module = LARGE

    def test_lists_of_one_kind_keep_their_values(self):
        one = self.runner(self.module)
        table = {
            "holes": [1.5] * 20 + ["NaN", "Infinity"],
            "overflow": [1.7e308] * 20,
            "wide": [1] * 20 + ["18446744073709551616"],
            "words": ["grün", "?"] * 20,
            "flags": [True, False] * 20,
            "mixed": [1, 2.5, "x", None] * 20,
        }
        for function, expected in table.items():
            with self.subTest(function=function):
                self.assertEqual(one.outputs(function), {"result": expected})

    def test_a_waveform_comes_back_bit_for_bit(self):
        one = self.runner(self.module)
        expected = [index / 3 for index in range(5000)]
        self.assertEqual(one.outputs("floats", {"count": 5000})["result"], expected)
        self.assertEqual(one.outputs("back", {"value": expected})["result"], expected)


class LargeResultsWithOrjson(LargeResults):
    module = "    import orjson\n" + LARGE


class Sleep(RunnerCase):
    def test_cancel_ends_it_at_once_in_every_thread(self):
        runner = self.runner(
            """
            import maestro, threading

            ends = []

            def doze():
                try:
                    maestro.sleep(60)
                except maestro.Cancelled:
                    ends.append(True)

            def both():
                thread = threading.Thread(target=doze)
                thread.start()
                try:
                    maestro.progress(0)
                    maestro.sleep(60)
                finally:
                    thread.join()

            def seen(): return {"ends": len(ends), "serial": maestro.context().serial}
            """
        )
        hanging = runner.execute("both")
        self.assertEqual(runner.receive()["method"], "progress")
        began = time.monotonic()
        runner.cancel(hanging)
        self.assertEqual(runner.wait(hanging)["error"]["code"], -32800)
        self.assertLess(time.monotonic() - began, 2)
        self.assertEqual(runner.outputs("seen"), {"ends": 1, "serial": "SN1"})


class Exceptions(RunnerCase):
    def test_kinds(self):
        runner = self.runner(
            """
            import maestro, sys

            class Own(Exception): pass
            class Silent(Exception):
                def __str__(self): raise RuntimeError("no text")

            def own(): raise Own("boom")
            def silent(): raise Silent()
            def check(): assert 1 > 2, "too low"
            def bare():
                volts = 1
                assert volts > 2
            def fail(): raise maestro.Fail("LED is dark")
            def leave(): sys.exit(3)
            def interrupt(): raise KeyboardInterrupt
            def chained():
                try:
                    own()
                except Own as problem:
                    raise ValueError("second") from problem
            def recurse(): return recurse()
            """
        )
        error = runner.error("own")
        self.assertEqual((error["code"], error["message"]), (-32000, "Own: boom"))
        self.assertEqual(error["data"]["kind"], "steps.Own")
        trace = error["data"]["traceback"]
        self.assertIn('steps.py", line', trace)
        self.assertNotIn("maestro_runner", trace)
        error = runner.error("check")
        self.assertEqual((error["code"], error["message"]), (-32003, "too low"))
        error = runner.error("bare")
        self.assertEqual((error["code"], error["message"]), (-32003, "assert volts > 2 (steps.py:13)"))
        error = runner.error("fail")
        self.assertEqual((error["code"], error["message"]), (-32003, "LED is dark"))
        error = runner.error("leave")
        self.assertEqual((error["code"], error["data"]["kind"]), (-32000, "SystemExit"))
        self.assertIn("sys.exit(3)", error["message"])
        self.assertEqual(runner.error("interrupt")["data"]["kind"], "KeyboardInterrupt")
        trace = runner.error("chained")["data"]["traceback"]
        self.assertIn("direct cause", trace)
        self.assertNotIn("maestro_runner", trace)
        self.assertEqual(runner.error("recurse")["data"]["kind"], "RecursionError")
        self.assertEqual(runner.error("silent")["code"], -32000)


class Coroutines(RunnerCase):
    def test_async_functions_share_one_loop(self):
        runner = self.runner(
            """
            import asyncio
            seen = []
            async def f(x: int):
                await asyncio.sleep(0)
                seen.append(asyncio.get_running_loop())
                return x + len(set(map(id, seen)))
            """
        )
        self.assertEqual(runner.outputs("f", {"x": 1}, {"x": "1"})["result"], 2)
        self.assertEqual(runner.outputs("f", {"x": 1}, {"x": "1"})["result"], 2)


if __name__ == "__main__":
    unittest.main()
