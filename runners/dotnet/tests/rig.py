"""Compiles the runner and test assemblies, starts the runner as the engine does and talks to it."""

import atexit
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(HERE)), "tests"))
from conversation import Conversation  # noqa: E402

SOURCES = os.path.join(os.path.dirname(HERE), "src", "*.cs")
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


class Runner(Conversation):
    """One runner process; `packages` has the folders with assemblies by package name."""

    def __init__(self, packages=None, env=None, initialize=True):
        self.home = built()
        self.make_folder()
        packages = packages or {"pack": [self.home]}
        self.packages = [
            {"name": name, "root": self.folder, "search_paths": paths, "typed_parameters": True}
            for name, paths in packages.items()
        ]
        super().__init__(command(), dict(env or {}, LC_ALL="C"), cwd="/")
        self.initialized = self.request("initialize", **self.initialize_params()) if initialize else None

    def execute(self, target, parameters=None, text=None, assembly="Probe", **more):
        """Starts an `execute` of `Class.Method`; `wait` gets its answer."""
        parameters = parameters or {}
        name, _, method = target.rpartition(".")
        text = text or {key: spell(value) for key, value in parameters.items()}
        target = {"assembly": assembly, "class": name, "method": method}
        return self.start_call(target, parameters, text, **more)

    def describe(self, *targets):
        asked = []
        for target in targets:
            name, _, method = target.rpartition(".")
            asked.append({"package": self.packages[0]["name"],
                          "target": {"assembly": "Probe", "class": name, "method": method}})
        return self.request("describe", targets=asked)["result"]["targets"]


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
