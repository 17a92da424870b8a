"""Parameters become what the method declares; overloads; what does not fit is named."""

import math
import os
import random
import struct
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import SharedCase  # noqa: E402


class Conversion(SharedCase):
    def seen(self, method, parameters, text=None):
        outputs = self.runner().outputs("Probe.Takes." + method, parameters, text)
        return [outputs["v%d" % index] for index in range(len(outputs))]

    def refused(self, method, parameters, text=None):
        error = self.runner().error("Probe.Takes." + method, parameters, text)
        self.assertEqual(error["code"], -32602, error)
        return error["message"]

    def test_numbers(self):
        for parameters, seen in [
            ({"i": 3, "d": 2, "m": 1.5}, ["Int32 3", "Double 2", "Decimal 1.5"]),
            ({"i": "3", "d": "2.5", "m": "1.10"}, ["Int32 3", "Double 2.5", "Decimal 1.10"]),
            ({"i": 3.0, "d": "1e3", "m": 7}, ["Int32 3", "Double 1000", "Decimal 7"]),
            ({"i": "1e3", "d": "-Infinity", "m": -1}, ["Int32 1000", "Double -Infinity", "Decimal -1"]),
        ]:
            with self.subTest(parameters=parameters):
                self.assertEqual(self.seen("Numbers", parameters), seen + ["Byte 7", "Single 0.5"])

    def test_a_decimal_keeps_the_digits_that_were_written(self):
        parameters = {"i": 1, "d": 1, "m": 0.1000000000000000055}
        seen = self.seen("Numbers", parameters, {"m": "0.1000000000000000000001"})
        self.assertEqual(seen[2], "Decimal 0.1000000000000000000001")

    def test_text_that_is_no_number_is_named(self):
        label = "parameter `%s` of `Takes.Numbers`: "
        for parameters, message in [
            ({"i": "many", "d": 1, "m": 1}, label % "i" + "'many' is no integer"),
            ({"i": 1.5, "d": 1, "m": 1}, label % "i" + "'1.5' is no integer"),
            ({"i": True, "d": 1, "m": 1}, label % "i" + "'True' is no integer"),
            ({"i": None, "d": 1, "m": 1}, label % "i" + "null is no integer"),
            ({"i": 2**31, "d": 1, "m": 1},
             label % "i" + "'2147483648' is outside of the range of int, -2147483648 to 2147483647"),
            ({"i": 1, "d": "1,5", "m": 1}, label % "d" + "'1,5' is no number"),
            ({"i": 1, "d": "", "m": 1}, label % "d" + "'' is no number"),
            ({"i": 1, "d": 1, "m": 1, "b": 300},
             label % "b" + "'300' is outside of the range of byte, 0 to 255"),
        ]:
            with self.subTest(parameters=parameters):
                self.assertEqual(self.refused("Numbers", parameters), message)

    def test_every_width(self):
        parameters = {"least": -(2**63), "most": 2**64 - 1, "small": -5}
        outputs = self.runner().outputs("Probe.Takes.Wide", parameters)
        self.assertEqual(outputs["result"], [-(2**63), -2, -5])

    def test_doubles_survive_both_ways(self):
        chance = random.Random(5)
        values = [struct.unpack("d", chance.randbytes(8))[0] for _ in range(3000)]
        values += [chance.uniform(-10, 10) for _ in range(500)] + [0.1 + 0.2, 5e-324, 1.7976931348623157e308]
        values = [value for value in values if math.isfinite(value)]
        back = self.runner().outputs("Probe.Takes.Echo", {"values": values})["result"]
        self.assertEqual(back, values)

    def test_text_is_the_spelling_of_the_yaml(self):
        self.assertEqual(self.seen("Texts", {"s": 10, "c": 1, "t": "yes"}, {"s": "0x0A", "c": "1"}),
                         ["String 0x0A", "Char 1", "Boolean True"])
        self.assertEqual(self.seen("Texts", {"s": None, "t": "off"}), ["null", "Char x", "Boolean False"])
        self.assertIn("'maybe' is neither true nor false", self.refused("Texts", {"s": "", "t": "maybe"}))
        self.assertIn("'ab' is not one letter", self.refused("Texts", {"s": "", "c": "ab"}))

    def test_nullable_enum_time_and_more(self):
        self.assertEqual(self.seen("Nullable", {"i": None, "r": "low"}), ["null", "null", "Range Low"])
        self.assertEqual(self.seen("Nullable", {"i": "", "d": 2, "r": 6}), ["null", "Double 2", "Range High"])
        self.assertEqual(self.seen("Enums", {"range": "HIGH", "rails": "Core, Io"}), ["Range High", "Rails Core, Io"])
        self.assertIn("'Fast' is none of `Auto`, `Low`, `High`", self.refused("Enums", {"range": "Fast"}))
        self.assertIn("'9' is none of", self.refused("Enums", {"range": 9}))
        self.assertEqual(
            self.seen("Times", {"at": "2026-11-21T08:30:00Z", "wait": 1.5, "zone": "2026-11-21T08:30:00+01:00"}),
            ["String 2026-11-21T08:30:00.0000000Z", "TimeSpan 00:00:01.5000000",
             "String 2026-11-21T08:30:00.0000000+01:00"])
        self.assertEqual(self.seen("Times", {"at": "2026-11-21", "wait": "0:01:00"})[1], "TimeSpan 00:01:00")
        self.assertIn("is no date", self.refused("Times", {"at": "soon", "wait": 1}))
        self.assertIn("is no time span", self.refused("Times", {"at": "2026-11-21", "wait": "soon"}))
        guid = "00000000-0000-0000-0000-00000000000a"
        self.assertEqual(self.seen("Others", {"id": guid, "version": "1.2", "uri": "http://x/y"}),
                         ["Guid " + guid, "Version 1.2", "Uri http://x/y"])
        self.assertIn("'x' is no GUID", self.refused("Others", {"id": "x", "version": "1.2"}))

    def test_lists_maps_and_objects(self):
        self.assertEqual(
            self.seen("Lists", {"a": [1, "2"], "l": "[1, 2.5]", "e": ["x", 7], "r": ["Low", 6]}),
            ["String 1,2", "String 1,2.5", "String x,7", "String Low,High"])
        self.assertIn("'x' is no integer", self.refused("Lists", {"a": ["x"], "l": [], "e": [], "r": []}))
        self.assertIn("'1' is no list", self.refused("Lists", {"a": 1, "l": [], "e": [], "r": []}))
        self.assertEqual(
            self.seen("Sets", {"set": [1, 1, 2], "map": {"x": "1.5"}, "byRange": {"High": [1, 2]}}),
            ["Int32 2", "Double 1.5", "Int32 2"])
        setting = {"key": "a", "LEVEL": "1.5", "channels": [1, 2], "Next": {"Count": 4}}
        self.assertEqual(self.seen("Object", {"setting": setting}),
                         ["String a", "Double 1.5", "Int32 2", "Int32 4"])
        self.assertIn("`Setting` has nothing to set that is named `Lvel`",
                      self.refused("Object", {"setting": {"Lvel": 1}}))
        self.assertEqual(self.seen("Anything", {"o": 3}), ["Int32 3", "null"])
        self.assertEqual(self.seen("Anything", {"o": 3.0}), ["Double 3", "null"])
        self.assertEqual(self.seen("Anything", {"o": 2**40}), ["Int64 1099511627776", "null"])
        self.assertEqual(self.seen("Anything", {"o": {"a": [1]}})[1], "List`1 System.Collections.Generic.List`1[System.Object]")

    def test_defaults_and_params(self):
        self.assertEqual(self.seen("Defaults", {}),
                         ["Int32 3", "String d", "Range Low", "Int32 1", "Decimal 1.5", "null"])
        self.assertEqual(self.seen("Some", {"name": "a"}), ["String a", "Int32 0"])
        self.assertEqual(self.seen("Some", {"name": "a", "values": [1, 2]}), ["String a", "Int32 2"])

    def test_missing_and_unknown_parameters_are_named(self):
        self.assertEqual(self.refused("Numbers", {}), "`Takes.Numbers` needs the parameters `i`, `d`, `m`")
        self.assertEqual(self.refused("Numbers", {"i": 1, "d": 1}), "`Takes.Numbers` needs the parameter `m`")
        self.assertEqual(
            self.refused("Numbers", {"i": 1, "d": 1, "m": 1, "float": 2}),
            "`Takes.Numbers` has no parameter `float`; it has `i`, `d`, `m`, `b`, `f`")
        self.assertEqual(
            self.refused("Texts", {"S": "x"}),
            "`Takes.Texts` has no parameter `S`, did you mean `s`?; it has `s`, `c`, `t`")
        self.assertIn("which no step can give", self.refused("NoStep", {}))

    def test_the_overload_is_chosen_by_names_and_types(self):
        for parameters, chosen in [
            ({"a": 1}, "int"), ({"a": 1.5}, "double"), ({"a": "x"}, "string"), ({"a": [1]}, "array"),
            ({"a": 1, "b": 2}, "int, int"), ({"a": "2026-11-21", "fast": True}, "time"),
        ]:
            with self.subTest(parameters=parameters):
                self.assertEqual(self.runner().outputs("Probe.Takes.Over", parameters)["result"], chosen)
        self.assertEqual(
            self.refused("Over", {"b": 1}),
            "no overload of `Takes.Over` takes `b`; there are `(a)`, `(a)`, `(a)`, `(a, b)`, `(a)`, `(a, fast)`")
        self.assertIn("'x' is no integer", self.refused("Over", {"a": "x", "b": 1}))

    def test_out_and_ref_parameters_are_outputs(self):
        outputs = self.runner().outputs("Probe.Takes.Out", {"x": 3, "text": "a"})
        self.assertEqual(outputs, {"result": 3, "half": 1.5, "text": "a!"})


if __name__ == "__main__":
    unittest.main()
