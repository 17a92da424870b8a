"""A runner that keeps every rule of `maestro runner check`, except for the one that it is given."""

import json
import os
import queue
import subprocess
import sys
import threading
import time

BROKEN = sys.argv[1] if len(sys.argv) > 1 else None

requests_fd, answers_fd = os.dup(0), os.dup(1)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)

waiting = queue.Queue()
lock = threading.Lock()
current = None  # id of the `execute` that runs
cancelled = set()
early = set()  # ids whose `cancel` came in one piece with their `execute`
targets = {}  # id of an `execute` to its target
question = None  # id of the prompt that is open
replies = queue.Queue()
asked = 0


class Refusal(Exception):
    def __init__(self, code, message, **data):
        self.error = {"code": code, "message": message, **data}


def send(**message):
    indent = 1 if message.pop("pretty", False) else None
    text = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False, indent=indent)
    data = (text + "\n").encode("utf-8", "surrogatepass")
    with lock:
        while data:
            data = data[os.write(answers_fd, data) :]


def log(message):
    send(method="log", params={"level": "info", "message": message})


# -- reading -------------------------------------------------------------------------------------


def read():
    """Sorts lines: cancels and answers act at once, requests wait their turn."""
    partial = b""
    while True:
        chunk = os.read(requests_fd, 1 << 20)
        if not chunk:
            end(partial)
        if BROKEN == "torn-line":
            try:
                chunk.decode("utf-8")
            except UnicodeDecodeError:
                os._exit(3)
        if b"\n" not in chunk:
            partial += chunk
            continue
        *lines, partial = (partial + chunk).split(b"\n")
        if BROKEN == "largest" and len(chunk) and max(map(len, lines)) > 4 << 20:
            os._exit(3)
        take([json.loads(line) for line in lines])


def end(partial):
    is_idle = current is None and not partial
    for rule, applies in [
        ("end-of-input", is_idle),
        ("end-of-input-busy", current is not None),
        ("half-line", partial),
    ]:
        if BROKEN == rule and applies:
            time.sleep(30)
    os._exit(0)


def take(messages):
    executes = {m["id"]: m for m in messages if m.get("method") == "execute"}
    cancels = [m["params"]["id"] for m in messages if m.get("method") == "cancel"]
    if BROKEN == "joined-lines" and len(executes) > 20:
        os._exit(3)
    if BROKEN == "cancel-flood" and len(cancels) > 20:
        os._exit(3)
    for message in messages:
        method = message.get("method")
        if method == "cancel":
            cancel(message["params"]["id"], executes)
        elif method is None:
            answered(message)
        else:
            if method == "execute":
                targets[message["id"]] = message["params"]["target"]
            waiting.put(message)


def cancel(call, executes):
    if BROKEN == "late-cancel" and call != current:
        if targets.get(call) == {"conformance": "echo"}:
            os._exit(3)
    if call in executes:
        early.add(call)
        if BROKEN == "cancel-at-once":
            return
    if BROKEN == "other-cancel" and current is not None:
        call = current
    if call in targets:
        cancelled.add(call)


def answered(message):
    is_ours = message.get("id") == question
    if BROKEN == "prompt-ids":
        is_ours = question is not None
    if BROKEN == "prompt-late":
        is_ours = str(message.get("id")).startswith("p")
    if is_ours:
        replies.put(message)


# -- targets -------------------------------------------------------------------------------------


def echo(value):
    if BROKEN == "sequence" and value == "57":
        value = "58"
    if BROKEN == "types" and value == 0:
        value = 0.0
    if BROKEN == "unicode" and isinstance(value, str):
        value = value.encode("ascii", "replace").decode()
    if BROKEN == "large" and len(str(value)) == 1 << 20:
        value = value[:1000000]
    return {"outputs": {"value": value}}


def measure(name, value, unit):
    point = {"name": name, "value": value, "unit": unit}
    if BROKEN == "measurement":
        del point["unit"]
    return {"measurements": [point]}


def crash(reason):
    data = {} if BROKEN == "exception" else {"kind": "OnPurpose", "traceback": ""}
    raise Refusal(-32000, reason, data=data)


def fail(reason):
    raise Refusal(-32000 if BROKEN == "assertion" else -32003, reason)


def wait(seconds):
    call = current
    send(method="progress", params={"fraction": 0})
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if call in cancelled:
            if BROKEN == "cancel-race" and seconds < 0.01:
                send(id=call, result={})
            if BROKEN == "cancel-once" and seconds == 0.1:
                threading.Timer(seconds, lambda: send(id=call, result={})).start()
            if BROKEN == "cancel" and call not in early and seconds == 30:
                raise Refusal(-32000, "cancelled", data={"kind": "Cancelled", "traceback": ""})
            raise Refusal(-32800, "cancelled")
        time.sleep(0.001)
    return {}


def log_target(message):
    if BROKEN == "log":
        threading.Timer(0.02, lambda: log(message)).start()
    else:
        log(message)
    return {}


def noise(text):
    if BROKEN == "prints":
        os.write(answers_fd, (text + "\n").encode())
    print(text, flush=True)
    subprocess.run(["echo", text], check=True)
    return {}


def flood(count):
    for number in range(1, count + 1):
        if BROKEN != "log-flood" or number != 1000:
            log("line %d" % number)
        if BROKEN != "print-flood" or number < 1000:
            print("line %d" % number)
    sys.stdout.flush()
    return {}


def read_target():
    return {"outputs": {"value": "x" if BROKEN == "empty-stdin" else sys.stdin.read()}}


def ask(message):
    global question, asked
    asked += 1
    call, question = current, "p%d" % asked
    try:
        send(id=question, method="prompt", params={"message": message})
        reply = None
        while reply is None:
            try:
                reply = replies.get(timeout=0.002)
            except queue.Empty:
                if call in cancelled:
                    raise Refusal(-32800, "cancelled")
    finally:
        question = None
        while BROKEN != "prompt-late" and not replies.empty():
            replies.get()
    if call in cancelled:
        raise Refusal(-32800, "cancelled")
    if "error" in reply:
        if BROKEN == "prompt-refused" and reply["error"]["code"] == -32001:
            os._exit(3)
        raise Refusal(-32000, "nobody answers", data={"kind": "Nobody", "traceback": ""})
    button = reply["result"]["button"]
    if BROKEN == "prompt" and button == "yes":
        button = "Yes"
    return {"outputs": {"value": button}}


TARGETS = {
    "echo": (echo, {"value"}),
    "measure": (measure, {"name", "value", "unit"}),
    "crash": (crash, {"reason"}),
    "fail": (fail, {"reason"}),
    "wait": (wait, {"seconds"}),
    "log": (log_target, {"message"}),
    "noise": (noise, {"text"}),
    "flood": (flood, {"count"}),
    "ask": (ask, {"message"}),
    "read": (read_target, set()),
}


# -- methods -------------------------------------------------------------------------------------


def initialize(params):
    return {
        "protocol": 1,
        "name": "" if BROKEN == "initialize" else "whole",
        "version": "1.0.0",
        "runtime": sys.version.split()[0],
        "capabilities": ["describe", "cancel", "log", "progress", "prompt"],
    }


def describe(params):
    answers = []
    for asked in params["targets"]:
        found = TARGETS.get(asked["target"].get("conformance"))
        entry = {"exists": found is not None}
        if found:
            entry["parameters"] = [{"name": name, "required": True} for name in sorted(found[1])]
        answers.append(entry)
    return {"targets": answers[:1] if BROKEN == "describe" else answers}


def execute(params):
    if BROKEN == "unknown-members" and "later" in params:
        raise Refusal(-32602, "what is `later`?")
    found = TARGETS.get(params["target"].get("conformance"))
    given = params["parameters"]
    if found is None:
        is_plain = not given and current < 1 << 31 and "later" not in params
        if BROKEN == "unknown-target" and is_plain:
            return {}
        raise Refusal(-32601, "no such target")
    function, names = found
    if names - set(given):
        code = -32000 if BROKEN == "missing-parameter" else -32602
        raise Refusal(code, "a parameter is missing", data={"kind": "TypeError", "traceback": ""})
    if set(given) - names:
        if BROKEN != "unknown-parameter":
            raise Refusal(-32602, "a parameter is unknown")
        given = {name: given[name] for name in names}
    return function(**given)


def serve(message):
    global current
    method, params = message["method"], message.get("params", {})
    if "id" not in message:
        return
    answer = {"id": message["id"]}
    if BROKEN == "ids":
        answer["id"] &= 0x7FFFFFFF
    try:
        if method == "initialize":
            answer["result"] = initialize(params)
        elif method == "describe":
            answer["result"] = describe(params)
        elif method == "execute":
            current = message["id"]
            answer["result"] = execute(params)
        elif method == "shutdown":
            answer["result"] = {}
        else:
            code = -32603 if BROKEN == "unknown-method" else -32601
            raise Refusal(code, "no such method")
    except Refusal as refusal:
        answer["error"] = refusal.error
    finally:
        current = None
    value = params.get("parameters", {}).get("value")
    send(pretty=BROKEN == "execute" and value == "hello", **answer)
    if BROKEN == "once" and value == "once":
        send(**answer)
    if method == "shutdown":
        os._exit(1 if BROKEN == "shutdown" else 0)


threading.Thread(target=read, daemon=True).start()
while True:
    serve(waiting.get())
