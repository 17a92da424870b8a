"""Starts the runner as the engine does and talks to it; for the tests beside this file."""

import os
import sys
import textwrap
import unittest

RUNNERS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(RUNNERS, "tests"))
from conversation import DEADLINE_S, Conversation  # noqa: E402, F401

RUNNER = os.path.join(RUNNERS, "python", "start.py")


class Runner(Conversation):
    """One runner process with packages made from text."""

    def __init__(self, packages, options=("-S",), env=None, initialize=True):
        self.make_folder()
        self.packages = [self._write(name, dict(content)) for name, content in packages.items()]
        environment = dict(env or {}, PYTHONDONTWRITEBYTECODE="1")
        super().__init__([sys.executable, *options, RUNNER], environment)
        self.initialized = self.request("initialize", **self.initialize_params()) if initialize else None

    def _write(self, name, files):
        root = os.path.join(self.folder, name)
        typed = files.pop("typed", True)
        for path, text in files.items():
            path = os.path.join(root, "python_modules", path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(textwrap.dedent(text))
        return {
            "name": name,
            "root": root,
            "search_paths": [os.path.join(root, "python_modules")],
            "typed_parameters": typed,
        }

    def execute(self, function, parameters=None, text=None, module="steps", **more):
        """Starts an `execute`; `wait` gets its answer."""
        parameters = parameters or {}
        text = text or {key: str(value) for key, value in parameters.items()}
        return self.start_call({"module": module, "function": function}, parameters, text, **more)


class RunnerCase(unittest.TestCase):
    """Makes runners that end with the test."""

    def runner(self, source="", packages=None, **options):
        packages = packages or {"pack": {"steps.py": source}}
        runner = Runner(packages, **options)
        self.addCleanup(runner.end)
        return runner
