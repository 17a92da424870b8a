"""The engine's end of a conversation with a runner; for the tests of the runners that are none of Rust."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

DEADLINE_S = 15


class Conversation:
    """One runner process that is asked and answers; its packages are in `packages`."""

    def __init__(self, command, env, cwd=None):
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ, **env),
            cwd=cwd or self.folder,
        )
        self.buffer = b""
        self.errors = b""
        self.next_id = 0
        self.notifications = []

    def make_folder(self):
        """A folder of its own, which goes with the process."""
        self.folder = tempfile.mkdtemp(prefix="maestro-test-")

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

    def start_call(self, target, parameters, text, package=None, **more):
        """Starts an `execute`; `wait` gets its answer."""
        return self.start(
            "execute",
            run="r",
            step="s",
            attempt=1,
            package=package or self.packages[0]["name"],
            target=target,
            parameters=parameters,
            parameters_text=text,
            timeout_ms=None,
            context={"serial": "SN1", "operator": "ada", "station": "bench", "tags": {"a": "b"}},
            **more,
        )

    def call(self, target, parameters=None, text=None, **more):
        """The answer to one `execute`."""
        return self.wait(self.execute(target, parameters, text, **more))

    def outputs(self, target, parameters=None, text=None, **more):
        answer = self.call(target, parameters, text, **more)
        assert "result" in answer, answer
        return answer["result"]["outputs"]

    def error(self, target, parameters=None, text=None, **more):
        answer = self.call(target, parameters, text, **more)
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
                raise AssertionError("no message in time: %s" % self.errors.decode())
            if self.process.stderr in ready:
                data = os.read(self.process.stderr.fileno(), 65536)
                self.errors += data
                if not data:
                    sources.remove(self.process.stderr)
            if self.process.stdout in ready:
                return os.read(self.process.stdout.fileno(), 1 << 20)

    def cancel(self, request_id):
        self.send({"method": "cancel", "params": {"id": request_id}})

    def log(self, wanted=b""):
        """What is on stderr by now, and whatever comes until it holds `wanted`."""
        end = time.monotonic() + DEADLINE_S
        while True:
            if select.select([self.process.stderr], [], [], 0.05)[0]:
                data = os.read(self.process.stderr.fileno(), 65536)
                if not data:
                    break
                self.errors += data
            elif wanted in self.errors or time.monotonic() > end:
                break
        return self.errors.decode()

    def end(self):
        """Closes stdin and returns how long the process took to end."""
        began = time.monotonic()
        if self.process.stderr.closed:
            return 0.0
        if not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        try:
            self.process.wait(DEADLINE_S)
        finally:
            self.process.kill()
            self.process.wait()
            took = time.monotonic() - began
            self.process.stdout.close()
            self.log()
            self.process.stderr.close()
            shutil.rmtree(self.folder, ignore_errors=True)
        return took
