"""A cancel or a signal that strikes at the worst moment, put there by the test's own code."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import DEADLINE_S, RunnerCase  # noqa: E402

BENCH = """
    import os, signal, sys, threading, time
    import maestro
    import maestro_runner as core
    from maestro_runner import plugs

    def note(text):
        with open("notes", "a") as file:
            file.write(text + "\\n")

    @maestro.plug
    class Bus:
        def open(self): note("open")
        def close(self): note("close")

    @maestro.plug
    class Entered:
        def __enter__(self): note("open"); return self
        def __exit__(self, *_): note("close")

    def use(bus: Bus): return 1
    def enter(entered: Entered): return 1

    def strike():
        core.cancel(core.current)
        core.interrupt()

    def strike_in_opening():
        class Struck(list):
            def append(self, plug):
                super().append(plug)
                plugs.opening = list(self)
                strike()
        plugs.opening = Struck(plugs.opening)

    def strike_at_keeping(moment: str):
        class Struck(dict):
            def __setitem__(self, plug, made):
                plugs.instances = dict(self)
                if moment == "after":
                    plugs.instances[plug] = made
                strike()
        plugs.instances = Struck(plugs.instances)

    def strike_at_the_end():
        close = core.close_plugs
        def late():
            core.close_plugs = close
            os.kill(os.getpid(), signal.SIGTERM)
            close()
        core.close_plugs = late

    def look_away():
        # The watcher goes to sleep by what it saw before the next call.
        main, reader = threading.get_ident(), core.reader
        is_awake = [reader.is_watching]
        def late(self, value):
            if threading.get_ident() == main or value or is_awake[0]:
                is_awake[0] = value
                return
            open("asleep", "w").close()
            while core.current is None or not is_awake[0]:
                time.sleep(0.001)
            is_awake[0] = value
            del type(self).is_watching
            self.is_watching = value
        del reader.__dict__["is_watching"]
        type(reader).is_watching = property(lambda self: is_awake[0], late)

    def wait_for_the_watcher():
        note("waits")
        time.sleep(60)

    def finish_while_looked_at():
        # The thread that reads has seen that code runs, and is held up until that has ended.
        class Slow(type(core)):
            @property
            def running(self):
                value = self.__dict__["running"]
                if value is not None and threading.get_ident() != core.main_thread:
                    type_of(self)
                    note("looked")
                    end = time.monotonic() + 1
                    while self.__dict__["running"] is not None and time.monotonic() < end:
                        time.sleep(0.001)
                    time.sleep(0.1)
                return value
            @running.setter
            def running(self, value):
                self.__dict__["running"] = value
        plain = type(core)
        def type_of(module):
            module.__class__ = plain
        core.__class__ = Slow
        open("began", "w").close()
        while not os.path.exists("notes"):
            pass
        return 1
"""


class Races(RunnerCase):
    def notes(self, runner):
        with open(os.path.join(runner.folder, "notes"), encoding="utf-8") as file:
            return file.read().split()

    def wait_for(self, runner, name):
        end = time.monotonic() + DEADLINE_S
        while not os.path.exists(os.path.join(runner.folder, name)):
            self.assertLess(time.monotonic(), end, name)
            time.sleep(0.001)

    def held(self, runner):
        told = [each["params"]["names"] for each in runner.notifications if each["method"] == "holds"]
        return told[-1] if told else []

    def test_cancel_before_a_plug_is_opened_does_not_keep_it_from_being_opened_later(self):
        runner = self.runner(BENCH)
        runner.outputs("strike_in_opening")
        self.assertEqual(runner.error("use")["code"], -32800)
        self.assertEqual(runner.outputs("use"), {"result": 1})
        self.assertEqual(self.held(runner), ["Bus"])

    def test_plug_is_kept_or_closed_whenever_a_cancel_strikes(self):
        for function, name in (("use", "Bus"), ("enter", "Entered")):
            for moment in ("before", "after"):
                with self.subTest(function=function, moment=moment):
                    runner = self.runner(BENCH)
                    runner.outputs("strike_at_keeping", {"moment": moment})
                    self.assertEqual(runner.error(function)["code"], -32800)
                    self.assertEqual(self.notes(runner), ["open", "close"])
                    self.assertEqual(self.held(runner), [])
                    self.assertEqual(runner.outputs(function), {"result": 1})
                    self.assertEqual(self.held(runner), [name])
                    runner.request("shutdown")
                    self.assertEqual(self.notes(runner), ["open", "close", "open", "close"])

    def test_sigterm_that_comes_with_the_end_of_the_stream_does_not_end_the_closing(self):
        runner = self.runner(BENCH)
        runner.outputs("use")
        runner.outputs("strike_at_the_end")
        runner.process.stdin.close()
        self.assertEqual(runner.process.wait(10), 0, runner.log())
        self.assertEqual(self.notes(runner), ["open", "close"])

    def test_cancel_is_heard_when_the_watcher_went_to_sleep_as_the_call_began(self):
        runner = self.runner(BENCH)
        runner.outputs("look_away")
        self.wait_for(runner, "asleep")
        call = runner.execute("wait_for_the_watcher")
        self.wait_for(runner, "notes")
        runner.cancel(call)
        self.assertEqual(runner.wait(call)["error"]["code"], -32800)

    def test_reader_in_a_thread_interrupts_nothing_but_the_call_that_it_looked_at(self):
        runner = self.runner(BENCH, env={"MAESTRO_RUNNER_READER": "thread"})
        call = runner.execute("finish_while_looked_at")
        self.wait_for(runner, "began")
        runner.cancel(call)
        self.assertEqual(runner.wait(call)["error"]["code"], -32800)
        self.assertEqual(runner.outputs("use"), {"result": 1})

    def test_line_that_is_no_message_is_told_without_holding_up_what_is_written(self):
        runner = self.runner("""
            import maestro_runner as core
            def write_and_read():
                # As the handler of the signal does it, in the middle of a line that goes out.
                with core._write_lock:
                    core.take(b"no message\\n")
                return 1
        """)
        self.assertEqual(runner.outputs("write_and_read"), {"result": 1})
        runner.request("describe", targets=[])
        told = [each["params"]["message"] for each in runner.notifications]
        self.assertTrue(any("ignored a line" in text for text in told), told)


if __name__ == "__main__":
    unittest.main()
