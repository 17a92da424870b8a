"""`describe`: what the source tells, and what it does not."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import RunnerCase  # noqa: E402

SOURCE = '''
    """Größe of a module."""
    raise SystemExit("describe must not run this")
    from json import loads
    from typing import Optional

    LIMIT = 3
    other = some_factory()

    def plain(rail, samples: int = 3, *, unit: "Optional[str]" = None, gain: float = -1.5):
        """Measures ä rail.

        More.
        """

    async def waits(a: dict[str, list[int]] = {}, /, **rest): pass

    @decorated(1)
    def unclear(a): pass

    if LIMIT:
        def conditional(): pass
    try:
        pass
    except ImportError:
        def fallback(x): pass

    class Relay:
        @staticmethod
        def close(number: int): pass
        @classmethod
        def make(cls, name): pass
        def method(self): pass
'''


class Describe(RunnerCase):
    def ask(self, runner, *targets, module="steps"):
        answer = runner.request(
            "describe",
            targets=[{"package": "pack", "target": {"module": module, "function": target}}
                     for target in targets],
        )
        return answer["result"]["targets"]

    def test_signatures_come_from_the_source(self):
        runner = self.runner(SOURCE)
        plain, waits, unclear, conditional, fallback, close, make = self.ask(
            runner, "plain", "waits", "unclear", "conditional", "fallback", "Relay.close",
            "Relay.make",
        )
        self.assertEqual(plain["doc"], "Measures ä rail.")
        self.assertEqual(
            plain["parameters"],
            [
                {"name": "rail", "required": True},
                {"name": "samples", "required": False, "type": "int", "default": 3},
                {"name": "unit", "required": False, "type": "Optional[str]"},
                {"name": "gain", "required": False, "type": "float", "default": -1.5},
            ],
        )
        self.assertEqual(waits["parameters"][0]["type"], "dict[str, list[int]]")
        self.assertTrue(waits["open"])
        self.assertEqual((unclear["exists"], unclear["parameters"]), (True, None))
        self.assertEqual((conditional["exists"], conditional["parameters"]), (True, []))
        self.assertEqual(fallback["parameters"], [{"name": "x", "required": True}])
        self.assertEqual([p["name"] for p in close["parameters"]], ["number"])
        self.assertEqual([p["name"] for p in make["parameters"]], ["name"])

    def test_what_is_not_there_is_told_apart_from_what_cannot_be_known(self):
        runner = self.runner(
            packages={
                "pack": {"steps.py": SOURCE, "star.py": "from json import *\n",
                         "broken.py": "def f(:\n", "lazy.py": "def __getattr__(name): pass\n",
                         "folder/__init__.py": "", "folder/inner.py": "def f(): pass\n"}
            }
        )
        absent, constant, imported, assigned, method = self.ask(
            runner, "plian", "LIMIT", "loads", "other", "Relay.method"
        )
        self.assertIs(absent["exists"], False)
        self.assertIn("did you mean `plain`?", absent["reason"])
        self.assertIs(constant["exists"], False)
        self.assertEqual((imported["exists"], imported["parameters"]), (True, None))
        self.assertEqual((assigned["exists"], assigned["parameters"]), (True, None))
        self.assertIs(method["exists"], False)
        for module, exists in [("star", None), ("lazy", None), ("broken", False), ("folder.inner", True),
                               ("nowhere", False), ("folder.none", False), ("math", None),
                               ("time", None), ("", False)]:
            with self.subTest(module=module):
                self.assertIs(self.ask(runner, "f", module=module)[0]["exists"], exists)
        self.assertEqual(runner.outputs("f", module="folder.inner"), {})

    def test_odd_targets_are_answered(self):
        runner = self.runner(SOURCE)
        answer = runner.request("describe", targets=[{"target": "text"}, {"target": {"module": "steps"}}])
        self.assertEqual([t["exists"] for t in answer["result"]["targets"]], [False, False])


if __name__ == "__main__":
    unittest.main()
