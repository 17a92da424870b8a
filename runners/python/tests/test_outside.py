"""The module `maestro` where no runner is: in pytest, or at a prompt."""

import os
import subprocess
import sys
import textwrap
import unittest

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def python(source):
    """What a program prints that imports the module."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)],
        env=dict(os.environ, PYTHONPATH=FOLDER, PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Outside(unittest.TestCase):
    def test_functions_print_or_do_nothing(self):
        said = python(
            """
            import os, maestro
            assert maestro.measure("3V3", 3.3, unit="V", low=3.1) == 3.3
            maestro.measure("count", 2)
            maestro.log("settling", level="warning")
            maestro.progress(0.5, "half")
            maestro.sleep(0.01)
            assert not maestro.cancelled()
            context = maestro.context()
            assert context.serial is None and context["tags"] == {} and context.attempt is None
            path = maestro.artifact(b"abc", "trace.bin")
            assert open(path, "rb").read() == b"abc"
            assert maestro.artifact(path) == path
            try:
                maestro.prompt("Is it well?")
            except maestro.NobodyAnswers as problem:
                print(problem)
            print(os.path.dirname(path))
            """
        ).splitlines()
        folder = said.pop()
        self.assertEqual(
            said,
            ["3V3 = 3.3 V", "count = 2", "warning: settling",
             "outside of maestro there is no operator to ask: Is it well?"],
        )
        self.assertFalse(os.path.exists(folder))

    def test_plugs_are_plain_classes_and_close_with_the_process(self):
        said = python(
            """
            import maestro

            @maestro.plug
            class Meter:
                def open(self): print("open")
                def close(self): print("close")
                def read(self): return 5

            def volts(meter: Meter): return meter.read()

            print(volts(Meter()))
            print(volts(maestro.use(Meter)))
            assert maestro.use(Meter) is maestro.use(Meter)
            """
        )
        self.assertEqual(said.split(), ["5", "open", "5", "close"])

    def test_import_costs_nothing(self):
        said = python(
            """
            import sys
            before = set(sys.modules)
            import maestro
            print(sorted(set(sys.modules) - before - {"__future__", "_json"}))
            """
        )
        self.assertEqual(said.strip(), "['maestro', 'maestro_runner']")

    def test_every_name_is_documented(self):
        said = python(
            """
            import maestro
            for name in maestro.__all__:
                assert getattr(maestro, name).__doc__, name
            """
        )
        self.assertEqual(said, "")


if __name__ == "__main__":
    unittest.main()
