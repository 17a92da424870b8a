"""Exceptions of test code as error objects, with a traceback that shows the user's code only."""

import maestro_runner as core


def from_exception(problem, prefix=""):
    """The refusal that an exception becomes."""
    kind = type(problem)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", "__main__"):
        name = kind.__module__ + "." + name
    data = {"kind": name, "traceback": traceback_of(problem)}
    text = text_of(problem)
    if isinstance(problem, AssertionError) or hasattr(kind, "__maestro_fail__"):
        return core.Refusal(core.ASSERTION, prefix + (text or source_of(problem)), data)
    if isinstance(problem, SystemExit):
        text = "test code ended the interpreter with sys.exit(%s)" % text
    elif isinstance(problem, KeyboardInterrupt):
        text = text or "test code was interrupted"
    elif isinstance(problem, ModuleNotFoundError):
        text += " (missing in `requirements.pipPackages` of package.json?)"
    message = "%s: %s" % (kind.__qualname__, text) if text else kind.__qualname__
    return core.Refusal(core.EXCEPTION, prefix + message, data)


def text_of(problem):
    try:
        return str(problem)
    except Exception as second:
        return "(its text cannot be had: %s)" % type(second).__qualname__


def is_ours(frame_or_name):
    """Whether a file belongs to the runner or to the machinery of imports."""
    return frame_or_name.startswith((core.HERE + "/maestro_runner/", "<frozen importlib"))


def trim(problem, seen=()):
    """Cuts the runner's frames off the traceback of an exception and of those behind it."""
    while problem is not None and problem not in seen:
        seen += (problem,)
        first = problem.__traceback__
        while first is not None and is_ours(first.tb_frame.f_code.co_filename):
            first = first.tb_next
        problem.__traceback__ = first
        if isinstance(problem.__context__, core.Refusal):
            problem.__context__ = None
        trim(problem.__cause__, seen)
        problem = problem.__context__


def traceback_of(problem):
    trim(problem)
    try:
        import traceback

        return "".join(
            traceback.format_exception(type(problem), problem, problem.__traceback__, limit=-50)
        )
    except Exception as second:
        return "the traceback cannot be had: %s\n" % type(second).__qualname__


def source_of(problem):
    """What a bare `assert` says: its own line."""
    trace = problem.__traceback__
    if trace is None:
        return "assertion failed"
    while trace.tb_next is not None:
        trace = trace.tb_next
    try:
        import linecache

        file = trace.tb_frame.f_code.co_filename
        line = linecache.getline(file, trace.tb_lineno).strip()
        where = "%s:%d" % (file.rpartition("/")[2], trace.tb_lineno)
        return "%s (%s)" % (line, where) if line else "assertion failed (%s)" % where
    except Exception:
        return "assertion failed"


def nearest(word, candidates):
    """`, did you mean …?` when a candidate is close, else nothing."""
    best, found = len(word) // 3 + 2, None
    for candidate in candidates:
        steps = distance(word.lower(), candidate.lower(), best)
        if steps < best:
            best, found = steps, candidate
    return ", did you mean `%s`?" % found if found is not None else ""


def distance(first, second, limit):
    """How many letters differ, swaps counting once, at most `limit`."""
    if abs(len(first) - len(second)) >= limit:
        return limit
    before, row = None, list(range(len(second) + 1))
    for i, one in enumerate(first, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (one != other))
            if older and i > 1 and j > 1 and one == second[j - 2] and first[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return min(row[-1], limit)

