"""Plugs: opened when they are needed, closed for certain, and no parameters of a step."""

import os
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import RunnerCase  # noqa: E402

BENCH = """
    import os, time
    import maestro
    from maestro import plug as mark

    def note(text):
        with open("notes", "a") as file:
            file.write(text + "\\n")

    @maestro.plug
    class Bus:
        def open(self): note("open bus")
        def close(self): note("close bus")

    @mark
    class Meter:
        def __init__(self, bus: Bus):
            self.bus, self.count = bus, 0
        def __enter__(self):
            note("open meter")
            return self
        def __exit__(self, *_):
            note("close meter")
        def read(self):
            self.count += 1
            return self.count

    @maestro.plug
    def supply(bus: Bus):
        note("open supply")
        try:
            yield {"volts": 5}
        finally:
            note("close supply")

    @maestro.plug
    class Broken:
        def open(self):
            note("open broken")
            raise OSError("no instrument at 7")
        def close(self): note("close broken")

    @maestro.plug
    class Stuck:
        def open(self): note("open stuck")
        def close(self):
            note("close stuck")
            raise OSError("it does not answer")

    @maestro.plug
    class Slow:
        def open(self): note("open slow")
        def close(self):
            time.sleep(1.2)
            note("close slow")
"""

STEPS = """
    from __future__ import annotations
    import time
    import bench
    import maestro
    from bench import Broken, Bus, Meter as M, Slow, Stuck, supply

    def read(meter: M, channel: int, scale: float = 1.0):
        return {"count": meter.read(), "channel": channel}

    def volts(psu=supply):
        return psu["volts"]

    def whole(meter: bench.Meter, *, psu=supply, **rest):
        return {"same": meter.bus is maestro.use(Bus), "rest": sorted(rest)}

    def broken(it: Broken): pass
    def stuck(it: Stuck): pass
    def slow(it: Slow): pass
    def hang(meter: M):
        while True: maestro.sleep(60)
    def circle():
        return maestro.use(bench.Bus) is maestro.use(bench.Bus)
"""


class Plugs(RunnerCase):
    def start(self, **options):
        packages = {"pack": {"steps.py": STEPS, "bench.py": BENCH}}
        return self.runner(packages=packages, **options)

    def notes(self, runner):
        try:
            with open(os.path.join(runner.folder, "notes"), encoding="utf-8") as file:
                return file.read().split("\n")[:-1]
        except FileNotFoundError:
            return []

    def held(self, runner):
        told = [note for note in runner.notifications if note["method"] == "holds"]
        return told[-1]["params"]["names"] if told else []

    def test_plug_is_opened_once_by_the_step_that_needs_it_and_closed_at_the_end(self):
        runner = self.start()
        self.assertEqual(runner.outputs("read", {"channel": 3}), {"count": 1, "channel": 3})
        self.assertEqual(runner.outputs("read", {"channel": 3})["count"], 2)
        self.assertEqual(runner.outputs("volts"), {"result": 5})
        self.assertEqual(self.notes(runner), ["open bus", "open meter", "open supply"])
        self.assertEqual(self.held(runner), ["Bus", "Meter", "supply"])
        same = runner.outputs("whole", {"x": 1})
        self.assertEqual(same, {"same": True, "rest": ["x"]})
        runner.request("shutdown")
        self.assertEqual(
            self.notes(runner)[3:], ["close supply", "close meter", "close bus"]
        )
        self.assertEqual(self.held(runner), [])

    def test_plug_is_no_parameter(self):
        runner = self.start()
        error = runner.error("read", {"channel": 1, "meter": 2})
        self.assertEqual(error["code"], -32602)
        self.assertIn("parameter `meter` of `steps.read` is a plug", error["message"])
        self.assertEqual(runner.error("read")["message"], "`steps.read` needs the parameter `channel`")
        self.assertIn("is a plug", runner.error("whole", {"psu": 1})["message"])
        names = ["read", "volts", "whole", "broken"]
        targets = [
            {"package": "pack", "target": {"module": "steps", "function": name}} for name in names
        ]
        described = runner.request("describe", targets=targets)["result"]["targets"]
        found = [[each["name"] for each in one["parameters"]] for one in described]
        self.assertEqual(found, [["channel", "scale"], [], [], []])
        self.assertEqual(self.notes(runner), [])

    def test_plug_that_does_not_open_is_an_error_of_its_step_and_tried_again(self):
        runner = self.start()
        for _ in range(2):
            error = runner.error("broken")
            self.assertEqual((error["code"], error["data"]["kind"]), (-32000, "OSError"))
            self.assertEqual(error["message"], "OSError: no instrument at 7")
        self.assertEqual(self.notes(runner), ["open broken", "close broken"] * 2)
        self.assertEqual(self.held(runner), [])
        runner.request("shutdown")
        self.assertEqual(len(self.notes(runner)), 4)

    def test_plug_that_does_not_close_is_told_and_the_others_are_closed(self):
        runner = self.start()
        runner.call("read", {"channel": 1})
        runner.call("stuck")
        runner.request("shutdown")
        logs = [note["params"] for note in runner.notifications if note["method"] == "log"]
        self.assertEqual([log["level"] for log in logs], ["error"])
        self.assertIn("plug `Stuck` could not be closed: OSError: it does not", logs[0]["message"])
        self.assertIn("in close", logs[0]["message"])
        self.assertEqual(self.notes(runner)[3:], ["close stuck", "close meter", "close bus"])
        self.assertEqual(self.held(runner), ["Stuck"])

    def test_plugs_are_closed_at_the_end_of_the_stream(self):
        runner = self.start()
        runner.call("read", {"channel": 1})
        runner.process.stdin.close()
        runner.process.wait(5)
        self.assertEqual(self.notes(runner)[2:], ["close meter", "close bus"])

    def test_closing_may_take_longer_than_the_end_of_a_runner_without_plugs(self):
        runner = self.start()
        runner.call("slow")
        runner.process.stdin.close()
        runner.process.wait(5)
        self.assertEqual(self.notes(runner), ["open slow", "close slow"])

    def test_plugs_are_closed_after_sigterm_whatever_goes_on(self):
        for is_busy in (False, True):
            with self.subTest(is_busy=is_busy):
                runner = self.start()
                runner.call("read", {"channel": 1})
                if is_busy:
                    runner.execute("hang")
                    time.sleep(0.05)
                runner.process.send_signal(signal.SIGTERM)
                runner.process.wait(5)
                self.assertEqual(self.notes(runner)[2:], ["close meter", "close bus"])

    def test_second_sigterm_does_not_disturb_the_closing(self):
        runner = self.start()
        runner.call("slow")
        runner.start("shutdown")
        time.sleep(0.3)
        runner.process.send_signal(signal.SIGTERM)
        runner.process.wait(5)
        self.assertEqual(self.notes(runner), ["open slow", "close slow"])

    def test_cancelled_step_leaves_its_plugs_open_for_the_teardown(self):
        runner = self.start()
        hanging = runner.execute("hang")
        while "open meter" not in self.notes(runner):
            time.sleep(0.01)
        runner.cancel(hanging)
        self.assertEqual(runner.wait(hanging)["error"]["code"], -32800)
        self.assertEqual(runner.outputs("read", {"channel": 1})["count"], 1)
        runner.request("shutdown")
        self.assertEqual(self.notes(runner)[2:], ["close meter", "close bus"])

    def test_runner_without_plugs_dies_of_sigterm_as_ever(self):
        runner = self.start()
        runner.call("circle")
        runner = self.runner("def read(): return 1")
        runner.call("read")
        runner.process.send_signal(signal.SIGTERM)
        self.assertEqual(runner.process.wait(5), -signal.SIGTERM)

    def test_circle_and_what_is_no_plug_are_named(self):
        runner = self.runner(
            """
            import maestro

            @maestro.plug
            class One:
                def __init__(self, two: "Two"): pass

            @maestro.plug
            class Two:
                def __init__(self, one: One): pass

            @maestro.plug
            class Below(One):
                pass

            class Derived(Below): pass

            def circle(it: One): pass
            def derived(): maestro.use(Derived)
            def function():
                @maestro.plug
                def plain(): pass
            """
        )
        self.assertIn("One -> Two -> One", runner.error("circle")["message"])
        self.assertIn("is no plug", runner.error("derived")["message"])
        self.assertIn("a class or a generator function", runner.error("function")["message"])

    def test_generators_yield_once(self):
        runner = self.runner(
            """
            import maestro

            @maestro.plug
            def never():
                if False: yield

            @maestro.plug
            def twice():
                yield 1
                yield 2

            def first(it=never): pass
            def second(it=twice): return it
            """
        )
        self.assertIn("plug `never` ended without a `yield`", runner.error("first")["message"])
        self.assertEqual(runner.outputs("second"), {"result": 1})
        runner.request("shutdown")
        (log,) = [note["params"] for note in runner.notifications if note["method"] == "log"]
        self.assertIn("plug `twice` has more than one `yield`", log["message"])

    def test_asynchronous_plugs_are_awaited(self):
        runner = self.runner(
            """
            import asyncio, maestro

            @maestro.plug
            class Link:
                async def open(self):
                    await asyncio.sleep(0)
                    self.state = "open"
                async def close(self):
                    await asyncio.sleep(0)
                    maestro.log("closed")

            async def read(link: Link): return link.state
            """
        )
        self.assertEqual(runner.outputs("read"), {"result": "open"})
        runner.request("shutdown")
        self.assertIn("closed", [note["params"].get("message") for note in runner.notifications])


if __name__ == "__main__":
    unittest.main()
