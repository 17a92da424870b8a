"""Targets for `maestro runner check`; see maestro-runner(7), CONFORMANCE."""

import sys
import time

import maestro


def echo(value: object):
    """Returns its parameter."""
    return {"value": value}


def fail(reason):
    """Fails as a unit does."""
    raise maestro.Fail(reason)


def crash(reason):
    """Fails as code does."""
    raise ValueError(reason)


def wait(seconds: float = 30.0):
    """Says that it runs, then sleeps."""
    maestro.progress(0.0, "waiting")
    time.sleep(seconds)


def log(message):
    """Sends its parameter to the log."""
    maestro.log(message, level="warning")


def noise(text):
    """Prints and lets a child print."""
    import subprocess

    print(text)
    subprocess.run([sys.executable, "-S", "-c", "print(%r)" % text], check=True)


def flood(count: int):
    """Sends many lines to the log, and prints as many."""
    for number in range(1, count + 1):
        maestro.log("line %d" % number)
        print("line %d" % number)


def ask(message):
    """Asks the operator, returns the button that was pressed."""
    buttons = [("yes", "pass"), ("no", "pass")]
    return {"value": maestro.prompt(message, buttons).button}


def read():
    """Returns what there is to read on standard input."""
    return {"value": sys.stdin.read()}


def measure(name, value: float, unit):
    """Returns a measurement."""
    maestro.measure(name, value, unit=unit)
