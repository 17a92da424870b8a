"""Plugs: objects that are opened when the first step needs them and closed when the run ends.

They are closed in reverse order after `shutdown`, at the end of the stream and after SIGTERM. What
is open is told to the engine, which then waits longer for the end of the process.
"""

import _signal

import maestro_runner as core

# Plug to what steps get; in the order in which they were opened.
instances = {}
# (name, how to close it), oldest first. Invariant: an entry stands here before its plug is opened.
closers = []
# Those that are being opened, to find circles.
opening = []
lock = core._thread.RLock()
is_at_exit = False
MARK = "__maestro_plug__"


def mark(target):
    """What the decorator does."""
    import types

    is_generator = isinstance(target, types.FunctionType) and target.__code__.co_flags & 0x20
    if not isinstance(target, type) and not is_generator:
        raise TypeError("maestro.plug wants a class or a generator function, not %r" % (target,))
    setattr(target, MARK, True)
    return target


def is_plug(value):
    """Whether a value was marked itself: a class below a plug is none."""
    return MARK in getattr(value, "__dict__", ())


def wanted(function):
    """Parameters of a function that are plugs, by name."""
    from .conversion import evaluate

    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    plain = getattr(function, "__func__", function)
    code = getattr(plain, "__code__", None)
    if code is None:
        return {}
    try:
        annotations = plain.__annotations__
    except Exception:  # Evaluated late in newer Pythons, and may fail.
        annotations = {}
    found = {}
    for name, annotation in annotations.items():
        if isinstance(annotation, str):
            annotation = evaluate(annotation, plain)
        if name != "return" and is_plug(annotation):
            found[name] = annotation
    names = code.co_varnames[: code.co_argcount]
    defaults = plain.__defaults__ or ()
    for name, default in zip(names[len(names) - len(defaults) :], defaults):
        if is_plug(default):
            found[name] = default
    for name, default in (plain.__kwdefaults__ or {}).items():
        if is_plug(default):
            found[name] = default
    return found


def get(plug):
    """The open plug."""
    if not is_plug(plug):
        raise TypeError("%r is no plug: mark it with @maestro.plug" % (plug,))
    # What a cancel has cut off may still stand in `opening`: it opens nothing any more.
    is_first = not lock._is_owned()
    with lock:
        if is_first:
            opening.clear()
        if plug not in instances:
            if plug in opening:
                circle = [name_of(each) for each in opening[opening.index(plug) :] + [plug]]
                raise RuntimeError("plugs need each other: %s" % " -> ".join(circle))
            watch_for_the_end()
            is_main = core._thread.get_ident() == core.main_thread
            opening.append(plug)
            try:
                start(plug)
            finally:
                # A cancel waits: the engine has to know what is open.
                core.shield += is_main
                try:
                    opening.pop()
                    announce()
                finally:
                    core.shield -= is_main
        return instances[plug]


def start(plug):
    """Opens a plug and keeps it. Whatever happens, what was begun can be closed."""
    needed = {name: get(other) for name, other in wanted(constructor(plug)).items()}
    name = name_of(plug)
    made = plug(**needed)
    if not isinstance(plug, type):
        attempt(plug, name, lambda: advance(made, name), lambda: conclude(made, name))
        return
    open_it, close_it = getattr(made, "open", None), getattr(made, "close", None)
    if not callable(open_it) and not callable(close_it) and hasattr(plug, "__enter__"):
        attempt(plug, name, made.__enter__, lambda: made.__exit__(None, None, None), False)
        return

    def begin():
        if callable(open_it):
            settle(open_it())
        return made

    attempt(plug, name, begin, close_it if callable(close_it) else lambda: None)


def attempt(plug, name, begin, close, closes_half=True):
    """Begins, and closes again what fails to begin; a context manager does that by itself.

    A cancel may strike at any place: the plug is kept and can be closed, or is closed and not kept.
    """
    entry = (name, close)
    has_begun = False
    try:
        closers.append(entry)
        made = begin()
        has_begun = True
        instances[plug] = made
    except BaseException:
        instances.pop(plug, None)
        if entry in closers:
            closers.remove(entry)
        if closes_half or has_begun:
            try:
                settle(close())
            except Exception as problem:
                complain("debug", "plug `%s`, which could not be opened" % name, problem)
        raise


def advance(generator, name):
    try:
        return next(generator)
    except StopIteration:
        raise RuntimeError("plug `%s` ended without a `yield`" % name) from None


def conclude(generator, name):
    try:
        next(generator)
    except StopIteration:
        return
    generator.close()
    raise RuntimeError("plug `%s` has more than one `yield`" % name)


def settle(result):
    """Awaits what an `async def` returned."""
    if hasattr(result, "__await__"):
        from .calls import finish

        finish(result)


def constructor(plug):
    return plug.__init__ if isinstance(plug, type) else plug


def name_of(plug):
    return getattr(plug, "__qualname__", repr(plug))


def announce(left_open=()):
    """Tells the engine what is open, and what could not be closed."""
    if core.reader is None:
        return
    try:
        core.notify("holds", {"names": list(left_open) + [name for name, _ in closers]})
    except OSError:
        pass  # The engine is gone; plugs are closed all the same.


def close_all():
    """Closes everything that is open, the last one first; failures go to the log."""
    core.is_closing = True
    left_open = []
    with lock:
        while closers:
            name, close = closers.pop()
            try:
                settle(close())
            except BaseException as problem:
                left_open.append(name)
                complain("error", "plug `%s` could not be closed" % name, problem)
            announce(left_open)
        instances.clear()


def complain(level, what, problem):
    from .failure import from_exception

    refusal = from_exception(problem)
    text = "%s: %s\n%s" % (what, refusal.message, refusal.data["traceback"])
    if core.reader is None:
        core.sys.stderr.write(text)
        return
    try:
        core.notify("log", {"level": level, "message": text.rstrip()})
    except OSError:
        pass  # The engine is gone; nobody reads the log.


def close_at_exit():
    """Outside of the runner: closes with the process."""
    global is_at_exit
    if not is_at_exit:
        import atexit

        is_at_exit = True
        atexit.register(close_all)


# -- SIGTERM: the engine has died, or has waited long enough ----------------------------------------


def watch_for_the_end():
    """Sees to it that SIGTERM closes plugs, unless user code has plans of its own for it."""
    if core.reader is None or core._thread.get_ident() != core.main_thread:
        return
    if _signal.getsignal(_signal.SIGTERM) == _signal.SIG_DFL:
        _signal.signal(_signal.SIGTERM, on_sigterm)


def on_sigterm(number, _frame):
    if core.in_child:
        # A process that user code has forked ends as if nothing had been set.
        _signal.signal(number, _signal.SIG_DFL)
        core.os.kill(core.os.getpid(), number)
        return
    if core.is_closing or not core.is_serving:
        return
    core.at_end = True
    core.queue.clear()
    core.cancel(None)
    if core.current is None:
        raise core.Ended
    core.interrupt()
