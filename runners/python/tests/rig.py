"""Starts the runner as the engine does and talks to it; for the tests beside this file."""

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

RUNNER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "start.py")
DEADLINE_S = 15


class Runner:
    """One runner process with packages made from text."""

    def __init__(self, packages, options=("-S",), env=None, initialize=True):
        self.folder = tempfile.mkdtemp(prefix="maestro-test-")
        self.packages = []
        for name, content in packages.items():
            self.packages.append(self._write(name, dict(content)))
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", **(env or {}))
        self.process = subprocess.Popen(
            [sys.executable, *options, RUNNER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=self.folder,
        )
        self.buffer = b""
        self.errors = b""
        self.next_id = 0
        self.notifications = []
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

    def initialize_params(self):
        return {
            "protocol": 1,
            "engine": "test",
            "station": "bench",
            "workdir": self.folder,
            "packages": self.packages,
        }

    def send(self, message):
        self.send_raw(json.dumps(dict(message, jsonrpc="2.0")).encode() + b"\n")

    def send_raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def start(self, method, **params):
        """Sends a request and returns its id."""
        self.next_id += 1
        self.send({"id": self.next_id, "method": method, "params": params})
        return self.next_id

    def execute(self, function, parameters=None, text=None, package=None, module="steps", **more):
        """Starts an `execute`; `wait` gets its answer."""
        parameters = parameters or {}
        return self.start(
            "execute",
            run="r",
            step="s",
            attempt=1,
            package=package or self.packages[0]["name"],
            target={"module": module, "function": function},
            parameters=parameters,
            parameters_text=text or {key: str(value) for key, value in parameters.items()},
            timeout_ms=None,
            context={"serial": "SN1", "operator": "ada", "station": "bench", "tags": {"a": "b"}},
            **more,
        )

    def call(self, function, parameters=None, text=None, **more):
        """The answer to one `execute`."""
        return self.wait(self.execute(function, parameters, text, **more))

    def outputs(self, function, parameters=None, text=None, **more):
        answer = self.call(function, parameters, text, **more)
        assert "result" in answer, answer
        return answer["result"]["outputs"]

    def error(self, function, parameters=None, text=None, **more):
        answer = self.call(function, parameters, text, **more)
        assert "error" in answer, answer
        return answer["error"]

    def request(self, method, **params):
        return self.wait(self.start(method, **params))

    def wait(self, request_id):
        """Reads up to the answer to `request_id`, keeping notifications."""
        while True:
            message = self.receive()
            if message.get("id") == request_id and "method" not in message:
                return message
            self.notifications.append(message)

    def receive(self):
        """The next message, decoded; fails at the deadline."""
        end = time.monotonic() + DEADLINE_S
        while b"\n" not in self.buffer:
            data = self._read(end)
            if not data:
                raise AssertionError("the runner is gone: %s" % self.errors.decode())
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return json.loads(line)

    def _read(self, end):
        sources = [self.process.stdout, self.process.stderr]
        while True:
            ready = select.select(sources, [], [], max(0, end - time.monotonic()))[0]
            if not ready:
                raise AssertionError("no message in time")
            if self.process.stderr in ready:
                data = os.read(self.process.stderr.fileno(), 65536)
                self.errors += data
                if not data:
                    sources.remove(self.process.stderr)
            if self.process.stdout in ready:
                return os.read(self.process.stdout.fileno(), 65536)

    def cancel(self, request_id):
        self.send({"method": "cancel", "params": {"id": request_id}})

    def log(self):
        """What is on stderr by now; the runner must have ended or flushed."""
        while select.select([self.process.stderr], [], [], 0.05)[0]:
            data = os.read(self.process.stderr.fileno(), 65536)
            if not data:
                break
            self.errors += data
        return self.errors.decode()

    def end(self):
        """Closes stdin and returns how long the process took to end."""
        began = time.monotonic()
        if self.process.stderr.closed:
            return 0.0
        if not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            self.process.wait(DEADLINE_S)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.log()
            self.process.stderr.close()
            shutil.rmtree(self.folder, ignore_errors=True)
        return time.monotonic() - began


class RunnerCase(unittest.TestCase):
    """Makes runners that end with the test."""

    def runner(self, source="", packages=None, **options):
        packages = packages or {"pack": {"steps.py": source}}
        runner = Runner(packages, **options)
        self.addCleanup(runner.end)
        return runner
