"""Streams, cancellation, notifications, prompts, start and end."""

import json
import os
import shutil
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rig  # noqa: E402
from rig import Runner, RunnerCase  # noqa: E402


class Streams(RunnerCase):
    def test_prints_become_log_and_the_answer_stays_clean(self):
        runner = self.runner()
        self.assertEqual(runner.outputs("Probe.Prints.All"), {})
        log = runner.log("Ω 😀 1.5\n".encode())
        for text in ("from Console\n", "no line end", "from Error\n", "from libc\n", "raw\n", "from a child\n"):
            self.assertIn(text, log)

    def test_lines_of_many_threads_stay_whole(self):
        runner = self.runner()
        runner.outputs("Probe.Prints.Many")
        lines = runner.log().splitlines()
        self.assertEqual(sorted(lines), sorted("line %d of one thread" % index for index in range(200)))

    def test_stdin_is_empty_for_user_code_and_its_children(self):
        self.assertEqual(self.runner().outputs("Probe.Prints.Reads")["result"], ["", None, ""])

    def test_children_do_not_inherit_the_protocol(self):
        # The child's own stdout, and the log.
        self.assertEqual(self.runner().outputs("Probe.Prints.Pipes")["result"], 2)

    def test_user_code_may_close_its_streams(self):
        runner = self.runner()
        self.assertEqual(runner.outputs("Probe.Prints.Closes")["result"], 1)
        self.assertEqual(runner.outputs("Probe.Gives.Bool")["result"], True)

    def test_the_working_directory_is_the_one_of_initialize(self):
        runner = self.runner()
        self.assertEqual(runner.outputs("Probe.Prints.Where")["result"], runner.folder)


class Cancellation(RunnerCase):
    options = {}

    def begin(self, runner, method, parameters=None):
        request = runner.execute("Probe.Waits." + method, parameters)
        self.assertEqual(runner.receive()["method"], "progress")
        return request

    def cancelled(self, runner, request, within=0.45):
        runner.cancel(request)
        began = time.monotonic()
        answer = runner.wait(request)
        self.assertLess(time.monotonic() - began, within)
        self.assertEqual(answer["error"], {"code": -32800, "message": "cancelled"})

    def test_cancel_ends_what_waits_and_what_computes_and_runs_finally(self):
        runner = self.runner(**self.options)
        for method, events in [
            ("Sleeps", ["finally"]), ("Computes", ["caught", "finally"]), ("Locks", []), ("Polls", ["token"]),
            ("Awaits", ["finally"]), ("Stubborn", []), ("IgnoresToken", ["finally"]),
        ]:
            if rig.DOTNET and method == "Computes":
                continue  # It knows no aborts: what never waits has to be killed.
            with self.subTest(method=method):
                self.cancelled(runner, self.begin(runner, method))
                seen = runner.outputs("Probe.Waits.Seen")["result"]
                # An abort is thrown again behind each handler.
                self.assertEqual(sorted(set(seen)), sorted(set(events)))

    def test_a_second_cancel_does_not_disturb_the_cleanup(self):
        runner = self.runner(**self.options)
        request = self.begin(runner, "Twice")
        runner.cancel(request)
        self.assertEqual(runner.receive()["params"]["fraction"], 1.0)
        self.cancelled(runner, request, within=2)
        self.assertEqual(runner.outputs("Probe.Waits.Seen")["result"], ["cleaned up"])

    def test_a_task_that_hears_nothing_is_left_to_the_engine(self):
        runner = self.runner(**self.options)
        request = self.begin(runner, "Deaf", {"ms": 1000})
        time.sleep(0.1)
        runner.cancel(request)
        warning = runner.receive()["params"]
        self.assertEqual(warning["level"], "warning")
        self.assertIn("CancellationToken", warning["message"])
        # Whoever does not kill it gets the answer when the code has really ended.
        self.assertEqual(runner.wait(request)["error"]["code"], -32800)
        self.assertEqual(runner.outputs("Probe.Waits.Seen")["result"], ["done"])

    def test_late_and_foreign_cancels_are_ignored(self):
        runner = self.runner(**self.options)
        for _ in range(100):
            request = runner.execute("Probe.Gives.List")
            runner.wait(request)
            runner.cancel(request)
            runner.cancel(request + 1000)
        runner.send({"method": "cancel", "params": {}})
        runner.send({"method": "cancel"})
        self.assertEqual(runner.outputs("Probe.Gives.Bool"), {"result": True})

    def test_cancel_of_a_request_that_still_waits(self):
        runner = self.runner(**self.options)
        for _ in range(20):
            first = runner.next_id + 1
            cancel = json.dumps({"jsonrpc": "2.0", "method": "cancel", "params": {"id": first}})
            runner.process.stdin.write(b"")
            execute = {"jsonrpc": "2.0", "id": first, "method": "execute", "params": {
                "package": "pack", "target": {"assembly": "Probe", "class": "Probe.Waits", "method": "Sleeps"},
                "parameters": {}}}
            runner.next_id = first
            runner.send_raw((json.dumps(execute) + "\n" + cancel + "\n").encode())
            self.assertEqual(runner.wait(first)["error"]["code"], -32800)
        self.assertEqual(runner.outputs("Probe.Gives.Bool"), {"result": True})

    def test_cancel_races_with_the_end_of_a_call(self):
        runner = self.runner(**self.options)
        for index in range(300):
            # No timer is in it: Mono's do not survive the abort of a thread that is setting one.
            request = runner.execute("Probe.Gives.Bool")
            time.sleep(index % 30 * 0.00002)
            runner.cancel(request)
            answer = runner.wait(request)
            self.assertIn(answer.get("error", {}).get("code", 0), (0, -32800))
        self.assertEqual(runner.outputs("Probe.Gives.Bool"), {"result": True})

    @unittest.skipIf(rig.DOTNET, "It knows no aborts.")
    def test_what_is_printed_is_whole_although_a_cancel_strikes_in_the_middle(self):
        runner = self.runner(**self.options)
        request = runner.execute("Probe.Prints.Struck")
        runner.log(b"prints")
        runner.cancel(request)
        self.assertEqual(runner.wait(request)["error"]["code"], -32800)
        self.assertIn("a whole line\n", runner.log(b"a whole line"))

    def test_lines_stay_whole_when_a_chatting_call_is_cancelled(self):
        runner = self.runner(**self.options)
        for index in range(15):
            request = runner.execute("Probe.Waits.Chatters")
            while runner.receive().get("method") != "log":
                pass
            time.sleep(0.001 * index)
            runner.cancel(request)
            self.assertEqual(runner.wait(request)["error"]["code"], -32800)
        self.assertEqual(runner.outputs("Probe.Gives.Bool"), {"result": True})

    def test_the_token_of_the_step_can_be_asked_for(self):
        runner = self.runner(**self.options)
        request = runner.execute("samples.token", assembly="samples")
        self.assertEqual(runner.receive()["method"], "progress")
        self.cancelled(runner, request)


class CancellationByThread(Cancellation):
    options = {"env": {"MAESTRO_RUNNER_READER": "thread"}}


class Ends(RunnerCase):
    def test_shutdown_answers_and_exits(self):
        for reader in ("", "thread"):
            runner = self.runner(env={"MAESTRO_RUNNER_READER": reader})
            self.assertEqual(runner.request("shutdown")["result"], {})
            self.assertEqual(runner.process.wait(2), 0)

    def test_end_of_input_ends_an_idle_runner_and_a_hanging_one(self):
        for reader in ("", "thread"):
            idle = self.runner(env={"MAESTRO_RUNNER_READER": reader})
            self.assertLess(idle.end(), 0.5)
            for method in ("Sleeps", "Hangs", "Computes"):
                busy = self.runner(env={"MAESTRO_RUNNER_READER": reader})
                busy.execute("Probe.Waits." + method)
                busy.receive()
                self.assertLess(busy.end(), 1.0, method)

    def test_start_is_quick(self):
        Runner().end()
        begin = time.monotonic()
        runner = self.runner()
        self.assertLess(time.monotonic() - begin, 2)
        self.assertEqual(runner.initialized["result"]["name"], "dotnet")
        self.assertRegex(runner.initialized["result"]["runtime"], r"^\.NET" if rig.DOTNET else r"^Mono \d+\.\d+")


class Lines(RunnerCase):
    def test_what_is_no_message_is_logged_and_passed_over(self):
        runner = self.runner()
        for line in (b"hello", b"[]", b"{}{}", b'{"id":NaN}', b'{"a":"\xff"}', b"", b'{"method":"later"}',
                     b'{"id":"p7","result":{}}', b"[" * 100000, b'{"id":1,"method":"sing"} x'):
            runner.send_raw(line + b"\n")
        self.assertEqual(runner.outputs("Probe.Gives.Bool"), {"result": True})
        told = [note["params"]["message"] for note in runner.notifications]
        self.assertEqual(len(told), 7, told)
        self.assertTrue(all(text.startswith("ignored a line that is no message") for text in told))

    def test_unknown_methods_and_other_protocols_are_refused(self):
        runner = self.runner(initialize=False)
        self.assertEqual(runner.request("sing")["error"], {"code": -32601, "message": "unknown method `sing`"})
        error = runner.request("initialize", **dict(runner.initialize_params(), protocol=2))["error"]
        self.assertEqual(error, {"code": -32602, "message": "this runner speaks protocol 1, the engine 2"})
        error = runner.request("initialize", **dict(runner.initialize_params(), workdir="/no/such"))["error"]
        self.assertIn("cannot enter the working directory", error["message"])

    def test_ids_of_any_kind_come_back_as_they_were(self):
        runner = self.runner()
        for request_id in ("x-1", 2**53, "ä"):
            runner.send({"id": request_id, "method": "describe", "params": {"targets": []}})
            self.assertEqual(runner.wait(request_id)["result"], {"targets": []})

    def test_large_and_small_pieces(self):
        runner = self.runner()
        text = "0123456789abcdeß\n" * (1 << 17)
        outputs = runner.outputs("Probe.Takes.Texts", {"s": text})
        self.assertEqual(outputs["v0"], "String " + text)
        line = json.dumps({"jsonrpc": "2.0", "id": 77, "method": "describe", "params": {"targets": []}}) + "\n"
        for letter in line.encode():
            runner.send_raw(bytes([letter]))
        self.assertEqual(runner.wait(77)["result"], {"targets": []})
        runner.send_raw((line * 3).encode())
        for _ in range(3):
            self.assertEqual(runner.receive()["id"], 77)


class Packages(RunnerCase):
    """Assemblies that need assemblies, in several packages."""

    def library(self, folder, name, value, needs=()):
        os.makedirs(folder, exist_ok=True)
        source = os.path.join(folder, name + ".cs")
        get = " + ".join(['"%s"' % value] + ["%s.Lib.Get()" % need for need in needs])
        with open(source, "w", encoding="utf-8") as file:
            file.write("namespace %s { public static class Lib { public static string Get() { return %s; } } }"
                       % (name, get))
        references = ["-r:" + os.path.join(path, need + ".dll") for need, path in dict(needs).items()] if needs else []
        rig.compile_to(os.path.join(folder, name + ".dll"), [source], "-target:library", *references)

    def setUp(self):
        rig.built()
        self.place = os.path.join(rig._folder, "packages-" + self._testMethodName)
        self.own, self.other = os.path.join(self.place, "own"), os.path.join(self.place, "other")
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)

    def test_dependencies_are_found_beside_and_in_other_packages(self):
        self.library(self.other, "Far", "far")
        self.library(self.own, "Near", "near")
        self.library(self.own, "Main", "main ", {"Near": self.own, "Far": self.other})
        runner = self.runner(packages={"own": [self.own], "other": [self.other]})
        self.assertEqual(runner.outputs("Main.Lib.Get", assembly="Main.dll"), {"result": "main nearfar"})
        self.assertEqual(runner.outputs("Far.Lib.Get", assembly="Far", package="own"), {"result": "far"})

    def test_a_missing_dependency_is_named(self):
        self.library(self.other, "Gone", "gone")
        self.library(self.own, "Main", "main ", {"Gone": self.other})
        runner = self.runner(packages={"own": [self.own]})
        error = runner.error("Main.Lib.Get", assembly="Main")
        self.assertEqual(error["code"], -32000)
        self.assertIn("Gone", error["message"])

    def test_two_assemblies_of_one_name_are_refused_unless_they_are_the_same(self):
        self.library(self.own, "Lib", "one")
        self.library(self.other, "Lib", "two")
        runner = self.runner(packages={"own": [self.own], "other": [self.other]})
        self.assertEqual(runner.outputs("Lib.Lib.Get", assembly="Lib"), {"result": "one"})
        error = runner.error("Lib.Lib.Get", assembly="Lib", package="other")
        self.assertEqual(error["code"], -32602)
        self.assertIn("with other content", error["message"])
        shutil.copy(os.path.join(self.own, "Lib.dll"), self.other)
        again = self.runner(packages={"own": [self.own], "other": [self.other]})
        for package in ("own", "other"):
            self.assertEqual(again.outputs("Lib.Lib.Get", assembly="Lib", package=package), {"result": "one"})

    def test_a_file_that_is_no_assembly_is_named(self):
        os.makedirs(self.own)
        with open(os.path.join(self.own, "Text.dll"), "w", encoding="utf-8") as file:
            file.write("no assembly")
        runner = self.runner(packages={"own": [self.own]})
        error = runner.error("A.B", assembly="Text")
        self.assertEqual(error["code"], -32601)
        self.assertIn("is no .NET assembly", error["message"])


class Api(RunnerCase):
    def test_context_and_artifacts(self):
        folder = os.path.join(rig.built(), "artifacts")
        runner = self.runner(env={"MAESTRO_ARTIFACTS": folder})
        self.assertEqual(runner.outputs("samples.context", assembly="samples"),
                         {"serial": "SN1", "tag": "b", "attempt": 1, "package": "pack"})
        result = runner.call("samples.artifact", {"text": "note"}, assembly="samples")["result"]
        path = result["artifacts"][0]["path"]
        self.assertEqual(os.path.dirname(path), folder)
        self.assertEqual(result["artifacts"], [{"name": "notes.txt", "path": path, "media_type": "text/plain"}])
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "note")


if __name__ == "__main__":
    unittest.main()
