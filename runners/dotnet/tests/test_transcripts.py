"""The transcripts of `fixtures/protocol`, played against the runner.

They name Python's targets and exceptions; what is named otherwise here is exchanged first.
"""

import glob
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rig  # noqa: E402
from rig import Runner  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
FOLDER = os.path.join(ROOT, "fixtures", "protocol")
OTHER_NAMES = {
    "python": "dotnet",
    "maestro.NobodyAnswers": "Maestro.NobodyAnswersException",
    "NobodyAnswers: nobody can answer: the station is unattended":
        "NobodyAnswersException: nobody can answer: the station is unattended",
}


def transcripts():
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.jsonl"))):
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        # This runner keeps nothing open that it would have to tell.
        holds = any(line.get("message", {}).get("method") == "holds" for line in lines)
        if not holds and not any("raw" in line for line in lines):
            yield os.path.basename(path), lines


def exchanged(value):
    """The same for .NET; `@/…` is the folder with the assemblies."""
    if isinstance(value, dict):
        if value.keys() == {"module", "function"}:
            return {"assembly": value["module"], "class": value["module"], "method": value["function"]}
        return {key: exchanged(item) for key, item in value.items()}
    if isinstance(value, list):
        return [exchanged(item) for item in value]
    if not isinstance(value, str):
        return value
    return rig.built() if value.startswith("@") else OTHER_NAMES.get(value, value)


def fits(expected, found):
    """Whether a message is the expected one; `"*"` is anything."""
    if expected == "*":
        return True
    if isinstance(expected, dict) and isinstance(found, dict):
        # Parameters without a type exist in Python only.
        keys = found.keys() - ({"type"} if "required" in expected and "type" not in expected else set())
        return expected.keys() == keys and all(fits(item, found[key]) for key, item in expected.items())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(fits, expected, found))
    return type(expected) is type(found) and expected == found


class Transcripts(unittest.TestCase):
    def test_the_runner_says_what_they_say(self):
        played = 0
        for name, lines in transcripts():
            played += 1
            with self.subTest(transcript=name):
                runner = Runner(initialize=False)
                self.addCleanup(runner.end)
                for line in lines:
                    message = exchanged(line["message"])
                    if line["from"] == "engine":
                        runner.send(message)
                    else:
                        found = runner.receive()
                        self.assertTrue(fits(message, found), (message, found))
                self.assertEqual(runner.process.wait(5), 0)
        self.assertGreaterEqual(played, 5)


if __name__ == "__main__":
    unittest.main()
