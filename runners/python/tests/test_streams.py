"""Streams, cancellation, notifications, prompts, start and end."""

import json
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import Runner, RunnerCase  # noqa: E402

PRINTS = """
    import ctypes, os, subprocess, sys

    def prints():
        print("from print")
        print("no line end", end="")
        os.write(1, b"from os.write\\n")
        sys.stdout.buffer.write(b"from buffer\\n")
        subprocess.run(["echo", "from a child"])
        sys.stderr.write("from stderr\\n")
        print("odd \\ud800 text")

    def reads():
        import subprocess
        child = subprocess.run(["cat"], capture_output=True)
        return [sys.stdin.read(), child.stdout.decode()]

    def descriptors():
        child = subprocess.run(["ls", "-l", "/proc/self/fd"], capture_output=True, text=True)
        return child.stdout.count("pipe:")

    def closes():
        sys.stdout.close()
        return 1

    def forks():
        pid = os.fork()
        if pid:
            os.waitpid(pid, 0)
        return pid

    def pools():
        import multiprocessing
        total = 0
        for method in ("fork", "spawn"):
            with multiprocessing.get_context(method).Pool(2) as pool:
                total += sum(pool.map(double, [1, 2]))
        return total

    def double(x):
        print("in a child")
        return 2 * x
"""


class Streams(RunnerCase):
    def test_prints_become_log_and_the_answer_stays_clean(self):
        runner = self.runner(PRINTS)
        self.assertEqual(runner.outputs("prints"), {})
        log = runner.log()
        for text in ("from print", "no line end", "from os.write", "from buffer", "from a child",
                     "from stderr", "odd \\ud800 text"):
            self.assertIn(text, log)

    def test_stdin_is_empty_for_user_code_and_its_children(self):
        self.assertEqual(self.runner(PRINTS).outputs("reads")["result"], ["", ""])

    def test_children_do_not_inherit_the_protocol(self):
        # The child's own stdout, and the log.
        self.assertEqual(self.runner(PRINTS).outputs("descriptors")["result"], 2)

    def test_user_code_may_close_its_streams(self):
        runner = self.runner(PRINTS)
        self.assertEqual(runner.outputs("closes")["result"], 1)
        self.assertEqual(runner.outputs("reads")["result"], ["", ""])

    def test_a_forked_child_never_answers(self):
        runner = self.runner(PRINTS)
        self.assertGreater(runner.outputs("forks")["result"], 0)
        self.assertEqual(runner.outputs("pools")["result"], 12)
        self.assertIn("in a child", runner.log())
        self.assertGreater(runner.outputs("forks")["result"], 0)


WAITS = """
    import asyncio, maestro, threading, time
    events = []

    def ready():
        maestro.progress(0)

    def sleeps():
        try:
            ready()
            time.sleep(60)
        finally:
            events.append("finally")

    def computes():
        try:
            ready()
            while True:
                pass
        except Exception:
            events.append("wrong")
        finally:
            events.append("finally")

    def locks():
        ready()
        condition = threading.Condition()
        with condition:
            condition.wait()

    def joins():
        thread = threading.Thread(target=time.sleep, args=(30,), daemon=True)
        thread.start()
        ready()
        thread.join()

    async def awaits():
        try:
            ready()
            await asyncio.sleep(60)
        finally:
            events.append("finally")

    def stubborn():
        try:
            ready()
            time.sleep(60)
        except maestro.Cancelled:
            events.append(maestro.cancelled())
        return 1

    def twice():
        try:
            ready()
            time.sleep(60)
        finally:
            ready()
            time.sleep(0.3)
            events.append("cleaned up")

    def chatters():
        while True:
            maestro.log("x" * 2000)

    def hangs():
        ready()
        while True:
            try:
                time.sleep(60)
            except BaseException:
                pass

    def seen():
        found, events[:] = list(events), []
        return found, maestro.cancelled()
"""


class Cancellation(RunnerCase):
    options = {}

    def cancelled(self, runner, function):
        request = runner.execute(function)
        self.assertEqual(runner.receive()["method"], "progress")
        runner.cancel(request)
        began = time.monotonic()
        answer = runner.wait(request)
        self.assertLess(time.monotonic() - began, 2)
        self.assertEqual(answer["error"]["code"], -32800, answer)

    def test_cancel_ends_what_waits_and_what_computes_and_runs_finally(self):
        runner = self.runner(WAITS, **self.options)
        for function, events in [("sleeps", ["finally"]), ("computes", ["finally"]), ("locks", []),
                                 ("joins", []), ("awaits", ["finally"]), ("stubborn", [True])]:
            with self.subTest(function=function):
                self.cancelled(runner, function)
                self.assertEqual(runner.outputs("seen")["result"], [events, False])

    def test_a_second_cancel_does_not_disturb_the_cleanup(self):
        runner = self.runner(WAITS)  # A thread could not end the sleep.
        request = runner.execute("twice")
        runner.receive()
        runner.cancel(request)
        runner.receive()
        runner.cancel(request)
        self.assertEqual(runner.wait(request)["error"]["code"], -32800)
        self.assertEqual(runner.outputs("seen")["result"][0], ["cleaned up"])

    def test_late_and_foreign_cancels_are_ignored(self):
        runner = self.runner(WAITS, **self.options)
        for _ in range(50):
            request = runner.execute("seen")
            runner.wait(request)
            runner.cancel(request)
            runner.cancel(request + 1000)
        self.assertEqual(runner.outputs("seen")["result"], [[], False])

    def test_a_cancel_at_any_moment_gives_one_answer(self):
        runner = self.runner(WAITS, **self.options)
        for _ in range(300):
            request = runner.execute("seen")
            runner.cancel(request)
            answer = runner.receive()
            self.assertEqual(answer["id"], request)
            self.assertTrue("result" in answer or answer["error"]["code"] == -32800, answer)
        self.assertIn("result", runner.call("seen"))

    def test_a_cancel_during_an_import_leaves_no_half_modules(self):
        source = """
            def f():
                import slow.part
                import time
                time.sleep(60)
            def g():
                import slow.part
                return slow.part.__name__
        """
        slow = "import time, maestro\nmaestro.progress(0)\ntime.sleep(0.2)\n"
        files = {"steps.py": source, "slow/__init__.py": "from . import part\n" + slow,
                 "slow/part.py": ""}
        runner = self.runner(packages={"pack": files}, **self.options)
        request = runner.execute("f")
        self.assertEqual(runner.receive()["method"], "progress")
        if self.options:
            # A thread cannot end the sleep that follows.
            return
        runner.cancel(request)
        self.assertEqual(runner.wait(request)["error"]["code"], -32800)
        self.assertEqual(runner.outputs("g")["result"], "slow.part")

    def test_a_cancel_sent_with_its_request_is_obeyed(self):
        runner = self.runner(WAITS, **self.options)
        runner.outputs("seen")
        runner.next_id += 1
        params = {"run": "r", "step": "s", "attempt": 1, "package": "pack",
                  "target": {"module": "steps", "function": "sleeps"}}
        request = {"jsonrpc": "2.0", "id": runner.next_id, "method": "execute", "params": params}
        cancel = {"jsonrpc": "2.0", "method": "cancel", "params": {"id": runner.next_id}}
        runner.send_raw(b"%s\n%s\n" % (json.dumps(request).encode(), json.dumps(cancel).encode()))
        self.assertEqual(runner.wait(runner.next_id)["error"]["code"], -32800)

    def test_a_cancel_never_cuts_a_line_in_two(self):
        runner = self.runner(WAITS)
        for _ in range(20):
            request = runner.execute("chatters")
            self.assertEqual(runner.receive()["method"], "log")
            runner.cancel(request)
            # Every line up to the answer decodes, or `wait` fails.
            self.assertEqual(runner.wait(request)["error"]["code"], -32800)


class CancellationByThread(Cancellation):
    options = {"env": {"MAESTRO_RUNNER_READER": "thread"}}

    def test_cancel_ends_what_waits_and_what_computes_and_runs_finally(self):
        runner = self.runner(WAITS, **self.options)
        self.cancelled(runner, "computes")
        self.assertEqual(runner.outputs("seen")["result"], [["finally"], False])


class StartAndEnd(RunnerCase):
    def test_initialize_says_who_answers(self):
        result = self.runner().initialized["result"]
        self.assertEqual((result["protocol"], result["name"]), (1, "python"))
        self.assertIn("%d.%d.%d" % sys.version_info[:3], result["runtime"])
        self.assertEqual(
            set(result["capabilities"]),
            {"describe", "cancel", "log", "progress", "prompt", "artifact"},
        )

    def test_another_protocol_is_refused(self):
        runner = self.runner(initialize=False)
        answer = runner.request("initialize", **dict(runner.initialize_params(), protocol=2))
        self.assertEqual(answer["error"]["code"], -32602)

    def test_nothing_heavy_is_imported_before_initialize_is_answered(self):
        runner = self.runner(
            "import sys\nthere = set(sys.modules)\ndef f(): return sorted(there)\n"
        )
        there = set(runner.outputs("f")["result"])
        heavy = {"argparse", "asyncio", "inspect", "ast", "traceback", "typing", "re", "json",
                 "enum", "threading", "subprocess", "site", "signal", "logging"}
        self.assertEqual(there & heavy, set())

    def test_end_of_stdin_ends_the_process(self):
        self.assertLess(self.runner(WAITS).end(), 1)

    def test_end_of_stdin_ends_a_running_call_with_its_finally(self):
        runner = self.runner(
            "import maestro, time\ndef f():\n    try:\n        maestro.progress(0)\n"
            "        time.sleep(60)\n    finally:\n        open('done', 'w').close()\n"
        )
        runner.execute("f")
        runner.receive()
        runner.process.stdin.close()
        runner.process.wait(2)
        self.assertTrue(os.path.exists(os.path.join(runner.folder, "done")))

    def test_end_of_stdin_ends_code_that_hangs(self):
        for options in ({}, {"env": {"MAESTRO_RUNNER_READER": "thread"}}):
            runner = self.runner(WAITS, **options)
            runner.execute("hangs")
            runner.receive()
            self.assertLess(runner.end(), 1)

    def test_shutdown_is_answered_and_runs_what_is_left_to_do(self):
        runner = self.runner(
            "import atexit\ndef f(): atexit.register(lambda: open('done', 'w').close())\n"
        )
        runner.outputs("f")
        self.assertEqual(runner.request("shutdown")["result"], {})
        self.assertEqual(runner.process.wait(5), 0)
        self.assertTrue(os.path.exists(os.path.join(runner.folder, "done")))

    def test_unknown_methods_and_broken_lines_do_not_end_it(self):
        runner = self.runner("def f(): return 1")
        self.assertEqual(runner.request("sing")["error"]["code"], -32601)
        for line in (b"garbage\n", b"[1]\n", b"\n", b"\xff\n", b"[" * 100000 + b"\n", b'{"a":NaN}\n',
                     b'{"jsonrpc":"2.0","method":"hum"}\n', b'  {"jsonrpc":"2.0","method":"hum"} \r\n'):
            runner.send_raw(line)
        self.assertEqual(runner.outputs("f")["result"], 1)

    def test_a_line_may_come_in_pieces_and_several_at_once(self):
        runner = self.runner("def f(x): return x")
        line = json.dumps({"jsonrpc": "2.0", "id": 90, "method": "execute", "params": {
            "run": "r", "step": "s", "attempt": 1, "target": {"module": "steps", "function": "f"},
            "parameters": {"x": "ä€😀"}, "parameters_text": {"x": "ä€😀"}}}, ensure_ascii=False).encode()
        for byte in line:
            runner.send_raw(bytes([byte]))
        runner.send_raw(b"\n")
        self.assertEqual(runner.wait(90)["result"]["outputs"]["result"], "ä€😀")
        runner.send_raw((line + b"\n").replace(b"90", b"91") + (line + b"\n").replace(b"90", b"92"))
        self.assertIn("result", runner.wait(91))
        self.assertIn("result", runner.wait(92))

    def test_a_large_message_goes_both_ways(self):
        runner = self.runner("def f(x: str): return x + 'ü'")
        text = "äöü\n\"\\" * 200000
        self.assertEqual(runner.outputs("f", {"x": text})["result"], text + "ü")

    def test_site_packages_are_found_when_they_are_needed(self):
        source = "import sys\n%s\ndef f(): return 'site' in sys.modules\n"
        self.assertFalse(self.runner(source % "").outputs("f")["result"])
        late = source % "try:\n    import nowhere_to_be_found\nexcept ImportError: pass"
        self.assertTrue(self.runner(late).outputs("f")["result"])
        listing = source % "import importlib.metadata"
        self.assertTrue(self.runner(listing).outputs("f")["result"])
        eager = {"MAESTRO_RUNNER_SITE": "eager"}
        self.assertTrue(self.runner(source % "", env=eager).outputs("f")["result"])
        self.assertTrue(self.runner(source % "", options=()).outputs("f")["result"])
        quits = self.runner("def f(): exit(2)")
        self.assertIn("sys.exit(2)", quits.error("f")["message"])


class Sdk(RunnerCase):
    SOURCE = """
        import maestro, threading

        def tells():
            maestro.log("a\\nb", level="warning")
            maestro.progress(0.5, "half")
            maestro.progress(7)
            maestro.progress(float("nan"))

        def knows(): return maestro.context()

        def asks():
            reply = maestro.prompt("Is it green?", buttons=[("Yes", "pass"), ("No", "fail")], title="LED")
            return {"button": reply.button, "action": reply.action, "timed_out": reply.timed_out}

        def asks_in_vain():
            try:
                maestro.prompt("Anybody?")
            except maestro.NobodyAnswers as problem:
                return str(problem)

        def asks_in_thread():
            answers = []
            thread = threading.Thread(target=lambda: answers.append(maestro.prompt("?").action))
            thread.start()
            thread.join()
            return answers
    """

    def test_log_and_progress(self):
        runner = self.runner(self.SOURCE)
        runner.call("tells")
        told = [(m["method"], m["params"]) for m in runner.notifications]
        self.assertEqual(
            told,
            [
                ("log", {"level": "warning", "message": "a\nb"}),
                ("progress", {"fraction": 0.5, "message": "half"}),
                ("progress", {"fraction": 1.0}),
                ("progress", {"fraction": 0.0}),
            ],
        )

    def test_context(self):
        outputs = self.runner(self.SOURCE).outputs("knows")
        self.assertEqual(
            (outputs["serial"], outputs["operator"], outputs["tags"], outputs["attempt"]),
            ("SN1", "ada", {"a": "b"}, 1),
        )

    def test_prompt(self):
        runner = self.runner(self.SOURCE)
        request = runner.execute("asks")
        question = runner.receive()
        self.assertEqual(
            question["params"],
            {"message": "Is it green?", "title": "LED",
             "buttons": [{"name": "Yes", "action": "pass"}, {"name": "No", "action": "fail"}]},
        )
        runner.send({"id": "old", "result": {"action": "fail"}})
        runner.send({"id": question["id"], "result": {
            "button": "Yes", "action": "pass", "value": None, "timed_out": False, "later": 1}})
        outputs = runner.wait(request)["result"]["outputs"]
        self.assertEqual(outputs, {"button": "Yes", "action": "pass", "timed_out": False})

    def test_prompt_that_nobody_answers(self):
        runner = self.runner(self.SOURCE)
        request = runner.execute("asks_in_vain")
        question = runner.receive()
        runner.send({"id": question["id"], "error": {"code": -32001, "message": "unattended"}})
        self.assertEqual(runner.wait(request)["result"]["outputs"]["result"], "unattended")

    def test_prompt_is_cancelled_with_its_call(self):
        runner = self.runner(self.SOURCE)
        request = runner.execute("asks")
        runner.receive()
        runner.cancel(request)
        self.assertEqual(runner.wait(request)["error"]["code"], -32800)

    def test_prompt_from_a_thread(self):
        runner = self.runner(self.SOURCE)
        request = runner.execute("asks_in_thread")
        question = runner.receive()
        runner.send({"id": question["id"], "result": {"button": "OK", "action": "continue"}})
        self.assertEqual(runner.wait(request)["result"]["outputs"]["result"], ["continue"])


if __name__ == "__main__":
    unittest.main()
