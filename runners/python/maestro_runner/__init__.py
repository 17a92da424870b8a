"""The loop of the Python runner: requests in, answers out, cancellation beside them.

The main thread reads the requests and runs the user's code itself, so that a call costs no
change of threads. While a call goes on, a signal tells of what arrives, and its handler raises
`Cancelled` in the user's code; see `reader_signal`. Where that cannot be had, `reader_thread`
reads in a thread of its own.

Start-up time is the point of this file: it imports only what is built in, and no `json`, `re`,
`signal`, `threading` or `traceback`. The rest is loaded after `initialize` is answered.
"""

import sys

try:
    import posix as os
except ImportError:  # Not POSIX: the slower start is accepted.
    import os
import _thread
import time

PROTOCOL = 1
VERSION = "0.1.0"
HERE = __file__.rpartition("/")[0].rpartition("/")[0]

CHUNK = 16384
# The engine's limit is one second; what is left is for the interpreter itself.
HANG_UP_GRACE_S = 0.7
# What plugs have for closing, once that has begun: they may have to ramp something down.
CLOSING_GRACE_S = 5.0

NOT_FOUND = -32601
INVALID_PARAMS = -32602
EXCEPTION = -32000
ASSERTION = -32003
CANCELLED = -32800


class Cancelled(BaseException):
    """Raised in test code when the engine ends the call early. Clean up in `finally`."""


Cancelled.__module__ = "maestro"


class Ended(BaseException):
    """Ends the wait for the next request; see `plugs.on_sigterm`."""


class Refusal(Exception):
    """An answer with an error object."""

    def __init__(self, code, message, data=None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


# -- state; one process is one runner ------------------------------------------------------------

requests_fd = 0
answers_fd = 1
main_thread = _thread.get_ident()
queue = []  # decoded requests not yet served, oldest first
replies = {}  # answers to prompts by their id: a message, or None while waiting
partial = []  # pieces of a line that has not ended yet
at_end = False  # the engine has closed its end
is_closing = False  # plugs are being closed, or have been
is_serving = False  # `Ended` is caught
complaints = []  # lines that are no messages, to be told by the main thread when it writes nothing
in_child = False  # this process is a fork of the runner made by user code

running = None  # id of the call whose user code may be interrupted now
current = None  # id of the call that is being served
is_cancelled = False  # the current call was cancelled
early_cancel = None  # id of the last cancel, perhaps of a request that still waits in `queue`
shield = 0  # while positive, the main thread must not be interrupted
points = None  # measurements of the current call, from `maestro.measure`
files = None  # artifacts of the current call
step_context = None  # parameters of the current `execute`

reader = None  # how requests arrive: `reader_signal` or `reader_thread`


# -- JSON ----------------------------------------------------------------------------------------
# The C scanner and encoder of the standard library are called directly: `json` imports `re`,
# and its wrappers cost more than the work itself for messages of this size.


def _refuse_constant(name):
    raise ValueError("%s is not JSON" % name)


class _Reading:
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = staticmethod(_refuse_constant)


def _unknown_type(value):
    raise TypeError("%r has no JSON form" % type(value))


def _make_codec():
    try:
        from _json import encode_basestring, make_encoder, make_scanner

        scan = make_scanner(_Reading)
        encode = make_encoder(
            None, _unknown_type, encode_basestring, None, ":", ",", False, False, False
        )
        if scan("[1]", 0) != ([1], 3) or "".join(encode({"a": [1]}, 0)) != '{"a":[1]}':
            raise ImportError
    except (ImportError, TypeError, AttributeError):
        import json

        return json.loads, lambda value: json.dumps(value, ensure_ascii=False, allow_nan=False)

    def loads(text):
        try:
            value, end = scan(text, 0)
        except StopIteration:
            text = text.strip(" \t\r\n")
            if not text or text[0] not in "{[":
                raise ValueError("not JSON") from None
            value, end = scan(text, 0)
        if end != len(text) and text[end:].strip(" \t\r\n"):
            raise ValueError("text after the message")
        return value

    def dumps(value):
        return "".join(encode(value, 0))

    return loads, dumps


loads, dumps = _make_codec()
# orjson reads and writes faster, and its import takes as long as a few megabytes without it: it is
# asked for when that much has gone through, and free when user code has imported it (`calls.load`).
ENOUGH = 2 * 1024 * 1024
# Shorter messages are not counted.
LARGE = 2048
fast = None
gone_through = 0


def _orjson(size):
    """orjson, if it is there and pays for a message of this size; else False."""
    global fast, gone_through
    if fast is None:
        gone_through += size
        if gone_through < ENOUGH:
            return False
        try:
            import orjson as fast
        except ImportError:
            fast = False
    return fast


def decode(line):
    if fast or (fast is None and len(line) > LARGE and _orjson(len(line))):
        return fast.loads(line)
    return loads(line.decode("utf-8"))


def encode(value):
    """The JSON text of a value that `results.plain` made harmless."""
    return dumps(value)


def encode_result(value):
    """The same for results, which may be large."""
    if fast:
        try:
            return fast.dumps(value).decode("utf-8")
        except TypeError:
            pass  # Half of a surrogate pair.
    text = dumps(value)
    if fast is None and len(text) > LARGE:
        _orjson(len(text))
    return text


# -- writing -------------------------------------------------------------------------------------

_write_lock = _thread.allocate_lock()


def write(text):
    """Writes one line whole; other threads wait their turn."""
    # Only half of a surrogate pair has no UTF-8.
    data = text.encode("utf-8", "replace")
    with _write_lock:
        written = os.write(answers_fd, data)
        while written < len(data):
            written += os.write(answers_fd, data[written:])


def send(text):
    """Writes one line from user code, which a cancel must not cut in two."""
    global shield
    if in_child:
        return
    if _thread.get_ident() != main_thread:
        write(text)
        return
    shield += 1
    try:
        write(text)
    finally:
        shield -= 1
    interrupt()


def notify(method, params):
    send('{"jsonrpc":"2.0","method":"%s","params":%s}\n' % (method, encode(params)))


def answer(request_id, result_text):
    id_text = request_id if type(request_id) is int else encode(request_id)
    write('{"jsonrpc":"2.0","id":%s,"result":%s}\n' % (id_text, result_text))


def answer_error(request_id, refusal):
    error = {"code": refusal.code, "message": refusal.message}
    if refusal.data is not None:
        error["data"] = refusal.data
    write('{"jsonrpc":"2.0","id":%s,"error":%s}\n' % (encode(request_id), encode(error)))


# -- reading -------------------------------------------------------------------------------------


def interrupt():
    """Raises `Cancelled` once for the running call, if it was cancelled and this is the moment.

    Not within `send`, whose line would be cut, and not within an import: half a package in
    `sys.modules` would break later steps. The watcher asks again until it has happened.
    """
    global running
    if is_cancelled and running is not None and not shield:
        if not is_importing(sys._getframe(1)):
            running = None
            raise Cancelled("cancelled by the engine")


def is_importing(frame):
    """Whether a frame is part of an import."""
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def take(data):
    """Sorts freshly read bytes: cancels act at once, requests wait in `queue`."""
    global at_end
    if not data:
        at_end = True
        cancel(None)
        return
    if not data.endswith(b"\n") or partial:
        end = data.rfind(b"\n") + 1
        if not end:
            partial.append(data)
            return
        rest = data[end:]
        data = b"".join(partial) + data[:end]
        partial.clear()
        if rest:
            partial.append(rest)
    for line in data.splitlines():
        if not line:
            continue
        try:
            message = decode(line)
            method = message.get("method")
        except (ValueError, StopIteration, AttributeError, RecursionError) as problem:
            # A signal may have interrupted `write`, whose lock this would wait for.
            complaints.append("ignored a line that is no message (%s)" % problem)
            continue
        if method == "cancel":
            cancel((message.get("params") or {}).get("id"))
        elif method is None:
            # The first answer counts.
            if replies.get(message.get("id"), message) is None:
                replies[message["id"]] = message
        else:
            queue.append(message)


def ask(prompt_id, params):
    """Sends a prompt and waits for its answer: from the main thread, or from one of the user's."""
    global running
    replies[prompt_id] = None
    try:
        send(
            '{"jsonrpc":"2.0","id":"%s","method":"prompt","params":%s}\n'
            % (prompt_id, encode(params))
        )
        is_main = _thread.get_ident() == main_thread
        while replies[prompt_id] is None:
            if is_main:
                reader.wait_in_call(1000)
            else:
                time.sleep(0.01)
            if is_cancelled:
                running = None
                raise Cancelled("cancelled by the engine")
        return replies[prompt_id]
    finally:
        replies.pop(prompt_id, None)


def complain():
    """Tells of the lines that were ignored."""
    while complaints:
        notify("log", {"level": "warning", "message": complaints.pop(0)})


def cancel(request_id):
    """Marks the current call as cancelled; `None` means whatever runs. Late ids are ignored."""
    global is_cancelled, early_cancel
    # Noted first, so that a call that starts at this moment sees one of the two; see `from_user`.
    early_cancel = request_id
    if current is not None and (request_id is None or request_id == current):
        is_cancelled = True


def serve_forever():
    """Serves requests until `shutdown` or the end of the stream."""
    while not at_end or queue:
        if complaints:
            complain()
        if not queue:
            reader.wait_for_more()
            continue
        if not serve(queue.pop(0)):
            break


def serve(message):
    """Serves one request; False after `shutdown`."""
    method = message["method"]
    if "id" not in message:
        return True
    request_id = message["id"]
    try:
        params = message.get("params") or {}
        if method == "execute":
            from_user(request_id, params)
        elif method == "initialize":
            answer(request_id, encode(initialize(params)))
            after_initialize()
        elif method == "describe":
            from .description import describe

            answer(request_id, encode(describe(params)))
        elif method == "shutdown":
            close_plugs()
            answer(request_id, "{}")
            return False
        else:
            raise Refusal(NOT_FOUND, "unknown method `%s`" % method)
    except Refusal as refusal:
        answer_error(request_id, refusal)
    except Exception as problem:  # A bug of the runner must not look like silence.
        from .failure import from_exception

        answer_error(request_id, from_exception(problem, "the runner failed: "))
    return True


def from_user(request_id, params):
    """Runs one `execute` and answers it, whatever the user's code does."""
    global running, current, is_cancelled, points, files, step_context
    points = files = None
    step_context = params
    is_cancelled = False
    current = request_id
    if not reader.is_watching:
        reader.begin()
    if early_cancel == request_id:
        is_cancelled = True
    text = refusal = None
    try:
        text, refusal = guarded(request_id, params)
        reader.settle()
    except Cancelled:
        running = None
        is_cancelled = True
    if in_child:
        # User code forked and let the child return: the protocol belongs to the parent.
        os._exit(0 if refusal is None else 1)
    flush()
    current = None
    if is_cancelled:
        answer_error(request_id, Refusal(CANCELLED, "cancelled"))
    elif refusal is not None:
        answer_error(request_id, refusal)
    else:
        answer(request_id, text)


def guarded(request_id, params):
    """The text of the result, or the refusal that any exception but `Cancelled` becomes."""
    global running
    try:
        try:
            running = request_id
            if is_cancelled:
                interrupt()
            return run(params), None
        finally:
            # Invariant: `interrupt` raises only while `running` is set, so once at most. If it
            # strikes before this statement is through, it has cleared `running` itself.
            running = None
    except Cancelled:
        raise
    except Refusal as refusal:
        return None, refusal
    except BaseException as problem:
        from .failure import from_exception

        return None, from_exception(problem)


def run(params):
    """Replaced by `calls.run` after `initialize`."""
    from . import calls

    globals()["run"] = calls.run
    return calls.run(params)


def close_plugs():
    """Closes what test code keeps open; see `plugs`."""
    plugs = sys.modules.get("maestro_runner.plugs")
    if plugs is not None and plugs.closers and not in_child:
        plugs.close_all()
        flush()


def flush():
    """What was printed reaches the log before the answer."""
    try:
        sys.stdout.flush()
    except Exception:
        pass  # User code may have closed or replaced it.


# -- start ---------------------------------------------------------------------------------------


def initialize(params):
    if params.get("protocol") != PROTOCOL:
        raise Refusal(
            INVALID_PARAMS,
            "this runner speaks protocol %d, the engine %r" % (PROTOCOL, params.get("protocol")),
        )
    workdir = params.get("workdir")
    if workdir:
        try:
            os.chdir(workdir)
        except OSError as problem:
            raise Refusal(INVALID_PARAMS, "cannot enter the working directory: %s" % problem)
    packages = params.get("packages") or []
    # The runner's own folder goes to the end: its names must not hide the user's.
    sys.path[:] = [entry for entry in sys.path if entry != HERE] + [HERE]
    from . import packages as module

    module.enter(packages)
    version = sys.version_info
    return {
        "protocol": PROTOCOL,
        "name": "python",
        "version": VERSION,
        "runtime": "%s %d.%d.%d" % ((_implementation(),) + version[:3]),
        "capabilities": ["describe", "cancel", "log", "progress", "prompt", "artifact"],
    }


def _implementation():
    return {"cpython": "CPython", "pypy": "PyPy"}.get(
        sys.implementation.name, sys.implementation.name
    )


def after_initialize():
    """Loads what the first call needs, while the engine reads the answer."""
    from . import calls, conversion, description  # noqa: F401

    sys.dont_write_bytecode = no_byte_code
    globals()["run"] = calls.run
    watch = getattr(reader, "watch", None)
    if watch is not None:
        _thread.start_new_thread(watch, ())


def move_streams():
    """Keeps the protocol's descriptors for itself and gives user code harmless ones."""
    global requests_fd, answers_fd
    requests_fd = os.dup(0)
    answers_fd = os.dup(1)
    null = os.open("/dev/null" if sys.platform != "win32" else "nul", os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        # Streams of a closed descriptor are None.
        if stream is not None:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def setting(name):
    """A variable of the environment; `posix.environ` has bytes and needs no import."""
    if os.__name__ == "posix":
        return os.environ.get(name.encode(), b"").decode("utf-8", "replace")
    return os.environ.get(name, "")


def choose_reading():
    """Picks the way in which requests and cancels arrive."""
    global reader
    if os.__name__ == "posix" and setting("MAESTRO_RUNNER_READER") != "thread":
        from .reader_signal import start
    else:
        from .reader_thread import start
    reader = start()


def hang_up(end=None):
    """Ends a process whose engine is gone and whose code goes on; for the threads that watch."""
    time.sleep(HANG_UP_GRACE_S if end is None else max(0, end - time.monotonic()))
    end = time.monotonic() + CLOSING_GRACE_S
    while is_closing and time.monotonic() < end:
        time.sleep(0.02)
    os._exit(1)


no_byte_code = False  # what `sys.dont_write_bytecode` is for user code


def main(user_code_is_not_cached=False):
    """Serves the engine on stdin and stdout, then ends the process in the ordinary way."""
    global no_byte_code, is_serving
    no_byte_code = user_code_is_not_cached
    move_streams()
    choose_reading()
    try:
        try:
            # Ours only here: SIGTERM comes with the end of the stream when the engine is killed, and
            # must not end the closing that follows.
            is_serving = True
            serve_forever()
        finally:
            is_serving = False
    except (BrokenPipeError, Ended):
        pass  # The engine is gone; nobody wants an answer.
    finally:
        close_plugs()
    flush()
