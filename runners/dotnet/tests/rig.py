"""Compiles the runner and test assemblies, starts the runner as the engine does and talks to it."""

import atexit
import glob
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(os.path.dirname(HERE), "src", "*.cs")
DEADLINE_S = 15
# `dotnet` of a .NET to try the same tests on; what only Mono and .NET Framework can do is left out.
DOTNET = os.environ.get("MAESTRO_TEST_DOTNET")
# What is compiled against .NET Framework runs on any later runtime.
RUNTIME = {"runtimeOptions": {"rollForward": "Major", "framework": {
    "name": "Microsoft.NETCore.App", "version": "3.1.0"}}}

_folder = None


def built():
    """The folder with the compiled runner and assemblies; made once."""
    global _folder
    if _folder is None:
        if not shutil.which("mcs") or not shutil.which("mono"):
            raise RuntimeError("the tests of the .NET runner need mono and mcs (Debian: mono-mcs)")
        _folder = tempfile.mkdtemp(prefix="maestro-dotnet-")
        atexit.register(shutil.rmtree, _folder, ignore_errors=True)
        compile_to("maestro-runner.exe", sorted(glob.glob(SOURCES)), "-langversion:5", "-optimize+",
                   "-warnaserror+", "-warn:4", "-r:System.dll,System.Numerics.dll")
        compile_to("Probe.dll", [os.path.join(HERE, "assemblies", "Probe.cs")], "-target:library",
                   "-debug+", "-doc:" + os.path.join(_folder, "Probe.xml"),
                   "-r:System.dll,System.Core.dll,System.Numerics.dll", "-nowarn:1591")
        compile_to("samples.dll", [os.path.join(HERE, "assemblies", "samples.cs")], "-target:library",
                   "-doc:" + os.path.join(_folder, "samples.xml"), "-nowarn:1591",
                   "-r:System.Numerics.dll,maestro-runner.exe")
        with open(os.path.join(_folder, "maestro-runner.runtimeconfig.json"), "w") as file:
            json.dump(RUNTIME, file)
        shutil.copy(os.path.join(_folder, "maestro-runner.exe"), os.path.join(_folder, "maestro-runner.dll"))
    return _folder


def command():
    """What starts the runner."""
    if DOTNET:
        return [DOTNET, os.path.join(built(), "maestro-runner.dll")]
    return ["mono", "--debug", os.path.join(built(), "maestro-runner.exe")]


def compile_to(name, sources, *options):
    """Compiles C# files into the folder of `built`, or to an absolute path."""
    command = ["mcs", "-out:" + os.path.join(_folder, name), "-lib:" + _folder, *options, *sources]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(" ".join(command) + "\n" + done.stdout + done.stderr)


class Runner:
    """One runner process; `packages` has the folders with assemblies by package name."""

    def __init__(self, packages=None, env=None, initialize=True):
        self.home = built()
        self.folder = tempfile.mkdtemp(prefix="maestro-test-")
        packages = packages or {"pack": [self.home]}
        self.packages = [
            {"name": name, "root": self.folder, "search_paths": paths, "typed_parameters": True}
            for name, paths in packages.items()
        ]
        self.process = subprocess.Popen(
            command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ, LC_ALL="C", **(env or {})),
            cwd="/",
        )
        self.buffer = b""
        self.errors = b""
        self.next_id = 0
        self.notifications = []
        self.initialized = self.request("initialize", **self.initialize_params()) if initialize else None

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

    def execute(self, target, parameters=None, text=None, package=None, assembly="Probe"):
        """Starts an `execute` of `Class.Method`; `wait` gets its answer."""
        parameters = parameters or {}
        name, _, method = target.rpartition(".")
        return self.start(
            "execute",
            run="r",
            step="s",
            attempt=1,
            package=package or self.packages[0]["name"],
            target={"assembly": assembly, "class": name, "method": method},
            parameters=parameters,
            parameters_text=text or {key: spell(value) for key, value in parameters.items()},
            timeout_ms=None,
            context={"serial": "SN1", "operator": "ada", "station": "bench", "tags": {"a": "b"}},
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

    def describe(self, *targets):
        asked = []
        for target in targets:
            name, _, method = target.rpartition(".")
            asked.append({"package": self.packages[0]["name"],
                          "target": {"assembly": "Probe", "class": name, "method": method}})
        return self.request("describe", targets=asked)["result"]["targets"]

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
        while select.select([self.process.stderr], [], [], 0.05)[0] or wanted not in self.errors:
            data = os.read(self.process.stderr.fileno(), 65536)
            if not data or time.monotonic() > end:
                break
            self.errors += data
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


def spell(value):
    """`parameters_text` as the engine writes it."""
    if value is None:
        return ""
    if isinstance(value, (str, bool)):
        return str(value)
    return json.dumps(value)


class RunnerCase(unittest.TestCase):
    """Makes runners that end with the test."""

    def runner(self, **options):
        runner = Runner(**options)
        self.addCleanup(runner.end)
        return runner


class SharedCase(unittest.TestCase):
    """One runner for all tests of the class."""

    @classmethod
    def setUpClass(cls):
        cls.shared = Runner()
        cls.addClassCleanup(cls.shared.end)

    def runner(self):
        return self.shared
