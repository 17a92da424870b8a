"""What test code can say to Maestro while it runs.

    import maestro

    def rail(name, samples: int = 3):
        maestro.log("settling")
        volts = read(name, samples)
        maestro.measure("3V3", volts, unit="V")
        return {"ripple": 0.012}

Everything works from the main thread and, except `prompt` on other systems than Linux, from any
other thread of the running call.
"""

import maestro_runner as _core
from maestro_runner import Cancelled

__all__ = [
    "Cancelled", "Fail", "Measurement", "NobodyAnswers", "Reply", "artifact", "cancelled",
    "context", "log", "measure", "progress", "prompt",
]


class Fail(Exception):
    """Raise it when the unit is bad: the step FAILs with this text as its reason."""

    __maestro_fail__ = True
    __module__ = "maestro"


class NobodyAnswers(RuntimeError):
    """A prompt on a station where nobody can answer."""

    __module__ = "maestro"


class Measurement:
    """One measured point, to be returned alone, in a map, a list or a tuple."""

    __maestro_measurement__ = True
    __slots__ = ("name", "value", "unit", "low", "high", "expected")

    def __init__(self, name, value, unit=None, low=None, high=None, expected=None):
        self.name = name
        self.value = value
        self.unit = unit
        self.low = low
        self.high = high
        self.expected = expected

    def __repr__(self):
        return "Measurement(%r, %r, %r)" % (self.name, self.value, self.unit)


class Reply:
    """The operator's answer: `button`, `action` (lower case), `value`, `timed_out`."""

    __slots__ = ("button", "action", "value", "timed_out")

    def __init__(self, button=None, action="", value=None, timed_out=False, **_later):
        self.button = button
        self.action = action
        self.value = value
        self.timed_out = timed_out

    def __repr__(self):
        return "Reply(button=%r, action=%r, value=%r, timed_out=%r)" % (
            self.button, self.action, self.value, self.timed_out,
        )


def _in_call():
    if _core.current is None:
        raise RuntimeError("no step is running")


def measure(name, value, unit=None, low=None, high=None, expected=None):
    """Records a point of the running step and returns its value. The engine judges it: by the
    limits of the test definition, else by those given here."""
    from maestro_runner.results import add_point

    _in_call()
    add_point(Measurement(name, value, unit, low, high, expected))
    return value


def artifact(source, name=None, media_type=None):
    """Adds a file (a path) or content (bytes) to the result; returns the path."""
    from maestro_runner.results import add_file

    _in_call()
    if isinstance(source, (bytes, bytearray, memoryview)):
        return add_file(str(name or "data"), bytes(source), media_type)
    import os

    return add_file(str(name or os.path.basename(os.fspath(source))), source, media_type)


def log(message, level="info"):
    """Writes to the run log; `level` is debug, info, warning or error."""
    _core.notify("log", {"level": str(level), "message": str(message)})


def progress(fraction, message=None):
    """Says how far the running step is, from 0 to 1."""
    fraction = float(fraction)
    fraction = 0.0 if not fraction > 0.0 else min(fraction, 1.0)
    params = {"fraction": fraction}
    if message is not None:
        params["message"] = str(message)
    _core.notify("progress", params)


def cancelled():
    """Whether the running step was cancelled: for code that catches everything, and threads."""
    return _core.is_cancelled


def context():
    """What the run is about: serial, operator, station, tags; run, step, attempt, timeout_ms."""
    params = _core.step_context or {}
    found = dict(params.get("context") or {})
    for key in ("run", "step", "attempt", "package", "timeout_ms"):
        found[key] = params.get(key)
    return found


_prompts = 0


def prompt(message, buttons=None, **fields):
    """Asks the operator and waits for the `Reply`.

    `buttons` is a list of (name, action); the other fields are those of a `prompt` block: title,
    image, default_button, input, timeout_s, on_timeout. Raises `NobodyAnswers` when nobody can.
    """
    from maestro_runner.results import plain

    global _prompts
    _in_call()
    params = {"message": str(message)}
    if buttons:
        params["buttons"] = [
            button if isinstance(button, dict) else {"name": button[0], "action": button[1]}
            for button in buttons
        ]
    params.update({name: value for name, value in fields.items() if value is not None})
    _prompts += 1
    answer = _core.ask("p%d" % _prompts, plain(params, "prompt", "`maestro.prompt`"))
    error = answer.get("error")
    if error is not None:
        text = error.get("message") or "the prompt was refused"
        raise NobodyAnswers(text) if error.get("code") == -32001 else RuntimeError(text)
    return Reply(**(answer.get("result") or {}))
