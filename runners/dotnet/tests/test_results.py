"""What methods return and throw, as the engine gets it."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import DOTNET, RunnerCase, SharedCase  # noqa: E402


class Returned(SharedCase):
    def outputs(self, method, parameters=None):
        return self.runner().outputs("Probe.Gives." + method, parameters)

    def measured(self, method):
        return self.runner().call("Probe.Gives." + method)["result"]

    def test_scalars_are_the_result_and_nothing_is_nothing(self):
        for method, outputs in [
            ("Nothing", {}), ("Null", {}), ("Bool", {"result": True}), ("Exact", {"result": 1.10}),
            ("Single", {"result": 0.1}), ("Time", {"result": "2026-11-21T08:30:00.0000000Z"}),
            ("Span", {"result": "00:00:01.5000000"}), ("Enum", {"result": "High"}),
            ("List", {"result": [1, 2, 3]}), ("Matrix", {"result": [[1.0, 2.0], [3.0, 4.0]]}),
            ("Tuple", {"result": [1, "a"]}),
        ]:
            with self.subTest(method=method):
                self.assertEqual(self.outputs(method), outputs)

    def test_a_double_without_a_fraction_stays_one(self):
        self.assertIsInstance(self.outputs("Whole")["result"], float)

    def test_maps_objects_and_named_tuples_are_outputs(self):
        self.assertEqual(self.outputs("Map"), {"a": 1.0, "b": 0.3})
        self.assertEqual(self.outputs("Hash"), {"1": "one"})
        self.assertEqual(self.outputs("Expando"), {"x": [1, 2]})
        self.assertEqual(self.outputs("Anonymous"), {"volts": 3.3, "state": "ok", "inner": {"a": 1}})
        self.assertEqual(self.outputs("Named"), {"Volts": 3.3, "Count": 2})

    def test_objects_with_name_and_value_are_measurements(self):
        result = self.measured("Measurement")
        self.assertEqual(result["measurements"], [{"name": "3V3", "value": 3.301, "unit": "V", "low_limit": 3.2}])
        self.assertEqual(result["outputs"], {})
        result = self.measured("Measurements")
        self.assertEqual([point["value"] for point in result["measurements"]], [0.0, 0.5, 1.0])
        self.assertEqual(result["outputs"], {})
        result = self.measured("Mix")
        self.assertEqual((result["measurements"], result["outputs"]), ([{"name": "A", "value": 1}], {"b": 2}))
        result = self.measured("Points")
        self.assertEqual((result["measurements"], result["outputs"]), ([{"name": "K", "value": 5}], {"k": 5}))

    def test_an_object_may_hold_both(self):
        result = self.measured("Rail")
        self.assertEqual(result["outputs"], {"Volts": 3.3, "Ripple": 0.01, "Points": ["NaN"], "Range": "Low", "Amps": 0.1})
        self.assertEqual(result["measurements"],
                         [{"name": "RIPPLE", "value": 0.01, "unit": "V"}, {"name": "P1", "value": "NaN"}])

    def test_bytes_are_artifacts(self):
        for method, name, content in [("Bytes", "result", b"\x01\x02\xff"), ("Waveform", "scope", b"\x07")]:
            result = self.runner().call("Probe.Gives." + method)["result"]
            path = result["outputs"][name]
            self.assertEqual(result["artifacts"],
                             [{"name": name, "path": path, "media_type": "application/octet-stream"}])
            with open(path, "rb") as file:
                self.assertEqual(file.read(), content)

    def test_odd_values_travel_as_the_protocol_says(self):
        self.assertEqual(self.outputs("Odd"), {
            "wide": "18446744073709551616", "edge": 2**64 - 1, "gap": "NaN", "top": "Infinity",
            "text": "Ω 😀 \u2028\x07\"\\", "half": "\ufffd", "version": "1.2", "uri": "http://x/", "char": "c",
            "complex": {"Real": 1.0, "Imaginary": 2.0, "Magnitude": 5 ** 0.5, "Phase": self.outputs("Odd")["complex"]["Phase"]},
            "error": "IOException: e", "low": "-Infinity"})

    def test_what_cannot_travel_is_named(self):
        for method, words in [("Stream", "of type System.IO.MemoryStream, which cannot leave .NET"),
                              ("Endless", "nested too deeply"), ("Loop", "nested too deeply")]:
            error = self.runner().error("Probe.Gives." + method)
            self.assertEqual(error["code"], -32000)
            self.assertIn(words, error["message"])
            self.assertIn("`Gives.%s` returned `" % method, error["message"])

    def test_large_results_have_a_bound(self):
        self.assertEqual(len(self.outputs("Large", {"length": 3 << 20})["result"]), 3 << 20)
        error = self.runner().error("Probe.Gives.Large", {"length": 17 << 20})
        self.assertIn("a message may have 16 MiB", error["message"])

    def test_tasks_are_awaited(self):
        for method, parameters, outputs in [
            ("Task", {"x": 5}, {"result": 5}), ("Done", {"x": 6}, {"result": 6}), ("Nothing", {}, {}),
            ("Value", {"s": "v"}, {"result": "v"}), ("Hidden", {"x": 7}, {"result": 7}),
        ]:
            if DOTNET and method == "Value":
                continue  # Mono's compiler looks for it in another assembly than .NET has it in.
            with self.subTest(method=method):
                self.assertEqual(self.runner().outputs("Probe.Later." + method, parameters), outputs)


class Thrown(SharedCase):
    def error(self, method):
        return self.runner().error("Probe.Fails." + method)

    def test_an_exception_has_kind_message_and_the_users_frames(self):
        error = self.error("Exception")
        self.assertEqual(error["code"], -32000)
        self.assertEqual(error["message"], "IOException: the DMM does not answer")
        self.assertEqual(error["data"]["kind"], "System.IO.IOException")
        trace = error["data"]["traceback"]
        self.assertIn("Probe.Fails.Exception", trace)
        if not DOTNET:  # It does not read what Mono's compiler writes for debuggers.
            self.assertIn("Probe.cs:", trace)
        self.assertNotIn("Maestro.Runner", trace)
        self.assertNotIn("maestro_call", trace)

    def test_what_is_behind_an_exception_is_told(self):
        error = self.error("Inner")
        self.assertEqual(error["message"],
                         "InvalidOperationException: no reading (IOException: the DMM does not answer)")
        self.assertIn("---> System.IO.IOException", error["data"]["traceback"])
        error = self.error("Later")
        self.assertEqual((error["message"], error["data"]["kind"]), ("TimeoutException: later", "System.TimeoutException"))
        self.assertEqual(self.error("Several")["data"]["kind"], "System.AggregateException")

    def test_failed_assertions_of_test_frameworks_fail_the_step(self):
        for method, kind, message in [
            ("NUnit", "NUnit.Framework.AssertionException", "Expected: 3\n  But was: 2"),
            ("MSTest", "Microsoft.VisualStudio.TestTools.UnitTesting.AssertFailedException", "Assert.IsTrue failed."),
            ("XUnit", "Xunit.Sdk.EqualException", "Assert.Equal() Failure"),
        ]:
            error = self.error(method)
            self.assertEqual((error["code"], error["message"], error["data"]["kind"]), (-32003, message, kind))

    def test_an_assertion_that_ends_a_passing_method_passes(self):
        self.assertEqual(self.runner().outputs("Probe.Fails.Passes"), {})

    @unittest.skipIf(DOTNET, "it knows no aborts")
    def test_code_that_aborts_itself_is_an_exception(self):
        self.assertEqual(self.error("Aborts")["data"]["kind"], "System.Threading.ThreadAbortException")
        self.assertEqual(self.runner().outputs("Probe.Gives.Bool"), {"result": True})

    def test_bad_constructors_and_classes(self):
        runner = self.runner()
        self.assertEqual(runner.error("Probe.BadConstructor.Instance")["message"], "IOException: no bench")
        error = runner.error("Probe.BadType.Get")
        self.assertEqual(error["data"]["kind"], "System.TypeInitializationException")
        self.assertIn("FormatException", error["message"])

    def test_what_is_missing_is_named_with_what_is_there(self):
        runner = self.runner()
        for target, words in [
            ("Probe.Fails.Execption", "class `Probe.Fails` has no public method `Execption`, did you mean `Exception`?"),
            ("Probe.Fails.Hidden", "it is there and not public"),
            ("Probe.Fials.Exception", "assembly `Probe.dll` has no class `Probe.Fials`, did you mean `Probe.Fails`?"),
            ("Probe.NoConstructor.Instance", "needs an object of its class"),
            ("Probe.Fails.General", "has no public method `General`"),
        ]:
            error = runner.error(target)
            self.assertEqual(error["code"], -32601)
            self.assertIn(words, error["message"])
        error = runner.error("A.B", assembly="Prope.dll")
        self.assertEqual(error["code"], -32601)
        self.assertIn("there is no assembly `Prope.dll`, did you mean `Probe.dll`?", error["message"])
        for assembly in ("../Probe.dll", "/etc/passwd", ""):
            self.assertEqual(runner.error("A.B", assembly=assembly)["code"], -32601)
        answer = runner.request("execute", package="pack", target="Probe", parameters={})
        self.assertEqual(answer["error"]["code"], -32601)


class Objects(RunnerCase):
    def test_one_object_per_class_and_run_is_disposed_of_at_the_end(self):
        runner = self.runner()
        self.assertEqual([runner.outputs("Probe.Counter.Next")["result"] for _ in range(3)], [1, 2, 3])
        self.assertEqual(runner.outputs("Counter.HowMany"), {"result": 1})
        self.assertEqual(runner.outputs("Probe.SlowCounter.Next"), {"result": 1})
        self.assertEqual(runner.outputs("Probe.SlowCounter.Who"), {"result": "slow counter"})
        self.assertEqual(runner.outputs("Probe.BadEnd.Touch"), {})
        request = runner.start("shutdown")
        # The last object is the first to go. The next takes longer than the engine waits, and the
        # signal does not cut it short.
        message = runner.receive()["params"]["message"]
        self.assertIn("`Probe.BadEnd` cannot be disposed of: System.IO.IOException: stuck", message)
        runner.process.terminate()
        self.assertEqual(runner.wait(request)["result"], {})
        self.assertEqual(runner.process.wait(5), 0)
        log = runner.log(b"counter disposed of")
        self.assertEqual(log.split(), "counter made counter made slow one disposed of counter disposed of".split())

    def test_objects_are_disposed_of_when_the_engine_is_gone(self):
        runner = self.runner()
        runner.outputs("Probe.Counter.Next")
        runner.process.stdin.close()
        self.assertIn("counter disposed of", runner.log(b"disposed of"))
        self.assertEqual(runner.process.wait(1), 0)

    def test_what_code_registered_for_the_end_runs_and_its_threads_hold_up_nothing(self):
        runner = self.runner()
        runner.outputs("Probe.AtEnd.Register")
        runner.request("shutdown")
        self.assertEqual(runner.process.wait(2), 0)
        self.assertIn("the process ends", runner.log())

    def test_static_struct_and_nested_targets(self):
        runner = self.runner()
        self.assertEqual(runner.outputs("Probe.NoConstructor.Static"), {"result": 2})
        self.assertEqual(runner.outputs("Probe.Plain.Twice"), {"result": 0})
        self.assertEqual(runner.outputs("Probe.Outer.Inner.Name"), {"result": "inner"})
        self.assertEqual(runner.outputs("Probe.Outer+Inner.Name"), {"result": "inner"})
        self.assertEqual(runner.outputs("Inner.Name"), {"result": "inner"})

    def test_a_process_that_test_code_ends_is_gone(self):
        runner = self.runner()
        runner.execute("Probe.Fails.Dies")
        self.assertEqual(runner.process.wait(5), 3)


class Describe(SharedCase):
    def test_signatures_are_read_with_their_doc_line(self):
        described = self.runner().describe(
            "Probe.Docs.Read", "Probe.Takes.Defaults", "Probe.Takes.Over", "Probe.Docs.Raed", "Probe.Takes.NoStep")
        self.assertEqual(described[0], {
            "exists": True, "doc": "Reads a rail & more.",
            "parameters": [{"name": "rail", "required": True, "type": "string"},
                           {"name": "limit", "required": False, "type": "double?"},
                           {"name": "channels", "required": False, "type": "List<int>"}]})
        self.assertEqual([(p["name"], p.get("default")) for p in described[1]["parameters"]],
                         [("i", 3), ("s", "d"), ("r", "Low"), ("at", "0001-01-01T00:00:00.0000000"), ("m", 1.5), ("n", None)])
        self.assertEqual([(p["name"], p["required"]) for p in described[2]["parameters"]],
                         [("a", True), ("b", False), ("fast", False)])
        self.assertFalse(described[3]["exists"])
        self.assertIn("did you mean `Read`?", described[3]["reason"])
        self.assertFalse(described[4]["exists"])

    def test_nothing_of_the_users_runs(self):
        described = self.runner().describe("Probe.BadType.Get", "Probe.BadConstructor.Instance")
        self.assertEqual([one["exists"] for one in described], [True, True])


if __name__ == "__main__":
    unittest.main()
