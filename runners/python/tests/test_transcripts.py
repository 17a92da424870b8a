"""The transcripts of `fixtures/protocol`: played against the runner, checked against the schema."""

import glob
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import Runner  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
FOLDER = os.path.join(ROOT, "fixtures", "protocol")
SCHEMA = os.path.join(ROOT, "runners", "protocol", "schema", "protocol-1.schema.json")


def transcripts(pattern="*.jsonl"):
    for path in sorted(glob.glob(os.path.join(FOLDER, pattern))):
        with open(path, encoding="utf-8") as file:
            yield os.path.basename(path), [json.loads(line) for line in file]


def placed(value):
    """`@` at the start of a path is the folder of the transcripts."""
    if isinstance(value, dict):
        return {key: placed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [placed(item) for item in value]
    return FOLDER + value[1:] if isinstance(value, str) and value.startswith("@") else value


def fits(expected, found):
    """Whether a message is the expected one; `"*"` is anything."""
    if expected == "*":
        return True
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(
            fits(item, found[key]) for key, item in expected.items()
        )
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(fits, expected, found))
    return type(expected) is type(found) and expected == found


class Transcripts(unittest.TestCase):
    def test_the_runner_says_what_they_say(self):
        for name, lines in transcripts():
            if any("raw" in line for line in lines):
                continue
            with self.subTest(transcript=name):
                runner = Runner({}, initialize=False)
                self.addCleanup(runner.end)
                for line in lines:
                    if line["from"] == "engine":
                        runner.send(placed(line["message"]))
                    else:
                        found = runner.receive()
                        self.assertTrue(fits(line["message"], found), (line["message"], found))
                self.assertEqual(runner.process.wait(5), 0)

    def test_every_message_fits_the_schema(self):
        try:
            from jsonschema import Draft202012Validator
        except ImportError:
            self.skipTest("jsonschema is not installed")
        with open(SCHEMA, encoding="utf-8") as file:
            schema = json.load(file)
        Draft202012Validator.check_schema(schema)

        def validator(name):
            return Draft202012Validator({"$ref": "#/$defs/" + name, "$defs": schema["$defs"]})

        results = {name: validator(name + "Result") for name in ("initialize", "describe", "execute")}
        sides = {"engine": validator("fromEngine"), "runner": validator("fromRunner")}
        # Those of the other runners, too.
        for name, lines in [*transcripts(), *transcripts(os.path.join("*", "*.jsonl"))]:
            asked = {}
            for line in lines:
                if "raw" in line:
                    if line["breaks"] == "schema":
                        message = json.loads(line["raw"])
                        self.assertFalse(sides["runner"].is_valid(message), line["raw"])
                    continue
                message = line["message"]
                if "*" in (message.get("params"), message.get("result", {}).get("outputs")):
                    continue
                if message.get("method") == "sing":
                    asked[message["id"]] = "sing"
                    continue
                with self.subTest(transcript=name, message=message):
                    sides[line["from"]].validate(message)
                    if line["from"] == "engine" and "id" in message and "method" in message:
                        asked[message["id"]] = message["method"]
                    method = asked.get(message.get("id"))
                    if "result" in message and method in results:
                        results[method].validate(message["result"])


if __name__ == "__main__":
    unittest.main()
