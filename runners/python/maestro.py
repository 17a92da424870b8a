"""What test code can say to Maestro while it runs.

    import maestro

    def rail(name, samples: int = 3):
        maestro.log("settling")
        volts = read(name, samples)
        maestro.measure("3V3", volts, unit="V")
        return {"ripple": 0.012}

Nothing of this is needed: a function that returns its readings is a step as it is. The manual page
maestro-python(7) tells the whole of it.

Everything works from the main thread and, except `prompt` on other systems than Linux, from any
other thread of the running call. Outside of Maestro (in pytest, at a Python prompt) the same
functions are there and do as much as makes sense; each says what.
"""

from __future__ import annotations

import maestro_runner as _core
from maestro_runner import Cancelled

# Type checkers take this name for `typing.TYPE_CHECKING`, whose import takes longer than a step.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, Callable, Iterable, TypeVar, Union

    T = TypeVar("T")
    Button = Union[tuple[str, str], dict[str, str]]
    Content = Union[str, os.PathLike[str], bytes, bytearray, memoryview]

__all__ = [
    "Cancelled", "Context", "Fail", "Measurement", "NobodyAnswers", "Reply", "artifact",
    "cancelled", "context", "log", "measure", "plug", "progress", "prompt", "sleep", "use",
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

    def __init__(
        self,
        name: str,
        value: Any,
        unit: str | None = None,
        low: float | None = None,
        high: float | None = None,
        expected: Any = None,
    ) -> None:
        self.name = name
        self.value = value
        self.unit = unit
        self.low = low
        self.high = high
        self.expected = expected

    def __repr__(self) -> str:
        return "Measurement(%r, %r, %r)" % (self.name, self.value, self.unit)


class Reply:
    """The operator's answer."""

    __slots__ = ("button", "action", "value", "timed_out")

    def __init__(
        self,
        button: str | None = None,
        action: str = "",
        value: Any = None,
        timed_out: bool = False,
        **_later: Any,
    ) -> None:
        #: Name of the button that was pressed; `None` where time ran out.
        self.button = button
        #: What the button stands for: `pass`, `fail`, `abort` or `continue`.
        self.action = action
        #: What was entered, if something was asked for.
        self.value = value
        #: Whether nobody answered in time.
        self.timed_out = timed_out

    def __repr__(self) -> str:
        return "Reply(button=%r, action=%r, value=%r, timed_out=%r)" % (
            self.button, self.action, self.value, self.timed_out,
        )


class Context(dict):
    """What a run is about, as a map and by attribute: `context()["serial"]`, `context().serial`."""

    __slots__ = ()

    #: Serial number of the unit; `None` where the run has none.
    serial: str | None
    #: Who tests.
    operator: str | None
    #: Id of the station.
    station: str | None
    #: Tags of the run.
    tags: dict[str, Any]
    #: Id of the run.
    run: str | None
    #: Path of the step in its definition.
    step: str | None
    #: 1 for the first try of the step.
    attempt: int | None
    #: Package whose step this is.
    package: str | None
    #: Limit of this attempt.
    timeout_ms: int | None

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def _is_outside() -> bool:
    """Whether no runner serves an engine: the module was imported by something else."""
    return _core.reader is None


def _in_call() -> None:
    if _core.current is None:
        raise RuntimeError("no step is running")


def measure(
    name: str,
    value: T,
    unit: str | None = None,
    low: float | None = None,
    high: float | None = None,
    expected: Any = None,
) -> T:
    """Records a point of the running step and returns its value.

    The engine judges it: by the limits of the test definition, else by those given here. Outside
    of Maestro the point is printed.
    """
    if _is_outside():
        print("%s = %s%s" % (name, value, " " + unit if unit else ""))
        return value
    from maestro_runner.results import add_point

    _in_call()
    add_point(Measurement(name, value, unit, low, high, expected))
    return value


def artifact(source: Content, name: str | None = None, media_type: str | None = None) -> str:
    """Adds a file (a path) or content (bytes) to the result; returns the path.

    Outside of Maestro content is written to a temporary file that goes with the process.
    """
    from maestro_runner.results import add_file

    if not _is_outside():
        _in_call()
    if isinstance(source, (bytes, bytearray, memoryview)):
        return add_file(str(name or "data"), bytes(source), media_type)
    import os

    return add_file(str(name or os.path.basename(os.fspath(source))), source, media_type)


def log(message: object, level: str = "info") -> None:
    """Writes to the run log; `level` is debug, info, warning or error. Outside: prints."""
    if _is_outside():
        print("%s: %s" % (level, message))
        return
    _core.notify("log", {"level": str(level), "message": str(message)})


def progress(fraction: float, message: str | None = None) -> None:
    """Says how far the running step is, from 0 to 1. Outside of Maestro nothing happens."""
    fraction = float(fraction)
    fraction = 0.0 if not fraction > 0.0 else min(fraction, 1.0)
    if _is_outside():
        return
    params = {"fraction": fraction}
    if message is not None:
        params["message"] = str(message)
    _core.notify("progress", params)


def cancelled() -> bool:
    """Whether the running step was cancelled: for code that catches everything, and threads."""
    return _core.is_cancelled


def sleep(seconds: float) -> None:
    """Waits, and raises `Cancelled` at once when the step is cancelled, in any thread."""
    import time

    if _core._thread.get_ident() == _core.main_thread and hasattr(_core.reader, "pump"):
        # A cancel ends it by a signal.
        time.sleep(seconds)
        return
    end = time.monotonic() + seconds
    while True:
        if _core.is_cancelled:
            raise Cancelled("cancelled by the engine")
        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, 0.02))


def context() -> Context:
    """What the run is about. Outside of Maestro everything is `None`, and there are no tags."""
    params = _core.step_context or {}
    found = Context(serial=None, operator=None, station=None, tags={})
    found.update(params.get("context") or {})
    for key in ("run", "step", "attempt", "package", "timeout_ms"):
        found[key] = params.get(key)
    return found


_prompts = 0


def prompt(message: str, buttons: Iterable[Button] | None = None, **fields: Any) -> Reply:
    """Asks the operator and waits for the `Reply`.

    `buttons` is a list of (name, action); the other fields are those of a `prompt` block: title,
    image, default_button, input, timeout_s, on_timeout. Raises `NobodyAnswers` when nobody can,
    which is so outside of Maestro.
    """
    if _is_outside():
        raise NobodyAnswers("outside of maestro there is no operator to ask: %s" % message)
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


def plug(target: T) -> T:
    """Makes a class or a generator function a plug: opened once per run, closed at its end.

        @maestro.plug
        class Meter:
            def open(self): ...      # or `__enter__` and `__exit__`
            def close(self): ...

        def read(meter: Meter, channel: int): ...

    A parameter that has a plug as its annotation or default gets the open plug, and is none of the
    parameters of the step. Plugs are opened when the first step needs them and closed in reverse
    order when the run ends, also after an abort. A generator function gives the plug with its one
    `yield`; what stands behind it closes the plug.
    """
    from maestro_runner.plugs import mark

    return mark(target)


def use(target: Callable[..., T] | type[T]) -> T:
    """The open plug, opened now if no step needed it before.

    Outside of Maestro it is closed when the process ends.
    """
    from maestro_runner import plugs

    if _is_outside():
        plugs.close_at_exit()
    return plugs.get(target)
