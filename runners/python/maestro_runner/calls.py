"""One `execute`: find the function, convert the parameters, run it, write what it returns."""

import sys

import maestro_runner as core

from . import packages
from .results import result_text

NO_DEFAULT = object()
VARIABLE_ARGUMENTS, VARIABLE_KEYWORDS, COROUTINE = 0x04, 0x08, 0x80

plans = {}
modules = {}
loop = None


class Plan:
    """What is known about a function: its parameters and how each is converted."""

    __slots__ = (
        "function", "holder", "attribute", "positional", "required", "converters", "rest", "label",
        "is_open", "plugs",
    )


def run(params):
    """Returns the JSON text of the result of one `execute`."""
    target = params.get("target")
    package = params.get("package")
    try:
        key = (package, target["module"], target["function"])
        plan = plans.get(key)
    except (TypeError, KeyError):
        key = (package,) + read_target(target)
        plan = plans.get(key)
    if plan is None or getattr(plan.holder, plan.attribute, None) is not plan.function:
        plan = plans[key] = make_plan(*key)
    arguments = bind(plan, params.get("parameters") or {}, params.get("parameters_text") or {})
    if plan.plugs:
        from .plugs import get

        for name, plug in plan.plugs.items():
            arguments[name] = get(plug)
    if plan.positional:
        leading = [arguments.pop(name) for name in plan.positional if name in arguments]
        result = plan.function(*leading, **arguments)
    else:
        result = plan.function(**arguments)
    if type(result) is not dict and hasattr(result, "__await__"):
        result = finish(result)
    return result_text(result, plan.label)


def read_target(target):
    """Module and function of a target, or a refusal that says how one looks."""
    if isinstance(target, dict):
        module, function = target.get("module"), target.get("function")
        if "conformance" in target:  # `maestro runner check`; see maestro-runner(7).
            module, function = "maestro_conformance", target["conformance"]
        if isinstance(module, str) and isinstance(function, str):
            return module, function
    raise core.Refusal(
        core.NOT_FOUND, "a python target needs `module` and `function`, got %r" % (target,)
    )


# -- parameters ----------------------------------------------------------------------------------


def bind(plan, native, text):
    """The keyword arguments of a call."""
    arguments = {}
    converters = plan.converters
    for name, value in native.items():
        try:
            convert = converters[name]
        except KeyError:
            if not plan.is_open or (plan.plugs and name in plan.plugs):
                raise unknown_parameter(plan, name) from None
            convert = plan.rest
        if convert is None:
            arguments[name] = text[name] if name in text else spell(value)
        else:
            try:
                arguments[name] = convert(value, text.get(name))
            except ValueError as problem:
                raise core.Refusal(
                    core.INVALID_PARAMS,
                    "parameter `%s` of %s: %s" % (name, plan.label, problem),
                ) from None
    for name in plan.required:
        if name not in arguments:
            raise missing_parameter(plan, native)
    return arguments


def unknown_parameter(plan, name):
    from .failure import nearest

    if plan.plugs and name in plan.plugs:
        return core.Refusal(
            core.INVALID_PARAMS,
            "parameter `%s` of %s is a plug: the runner gives it" % (name, plan.label),
        )

    known = list(plan.converters)
    has = "it has " + names(known) if known else "it has no parameters"
    return core.Refusal(
        core.INVALID_PARAMS,
        "%s has no parameter `%s`%s; %s" % (plan.label, name, nearest(name, known), has),
    )


def missing_parameter(plan, native):
    lacking = [name for name in plan.required if name not in native]
    return core.Refusal(
        core.INVALID_PARAMS,
        "%s needs the parameter%s %s" % (plan.label, "s"[: len(lacking) > 1], names(lacking)),
    )


def names(words):
    return ", ".join("`%s`" % word for word in words)


def spell(value):
    """The text of a value, for engines that send none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, dict)):
        return core.dumps(value)
    return repr(value)


# -- functions -----------------------------------------------------------------------------------


def make_plan(package, module_name, function_name):
    """Finds a function and reads its signature."""
    if not isinstance(function_name, str):
        raise core.Refusal(core.NOT_FOUND, "%r is no name of a function" % (function_name,))
    module = load(package, module_name)
    holder, attribute = module, function_name
    while "." in attribute:
        head, _, attribute = attribute.partition(".")
        holder = getattr(holder, head, None)
    function = getattr(holder, attribute, None)
    if not callable(function):
        raise missing_function(module, module_name, function_name)
    plan = Plan()
    plan.function = function
    plan.holder = holder
    plan.attribute = attribute
    plan.label = "`%s.%s`" % (module_name, function_name)
    is_typed = packages.is_typed.get(package, True)
    parameters, plan.is_open, rest = signature(function)
    positional = [name for name, _, _, is_positional in parameters if is_positional]
    from .conversion import converter

    plugs = sys.modules.get("maestro_runner.plugs")
    plan.plugs = plugs.wanted(function) if plugs is not None else None
    if plan.plugs:
        parameters = [each for each in parameters if each[0] not in plan.plugs]
    plan.converters = {
        name: converter(annotation, function) if is_typed else None
        for name, annotation, _, _ in parameters
    }
    plan.rest = converter(rest, function) if is_typed else None
    plan.required = [name for name, _, is_required, _ in parameters if is_required]
    plan.positional = positional
    return plan


def missing_function(module, module_name, function_name):
    from .failure import nearest

    there = sorted(
        name
        for name, value in vars(module).items()
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", None) == module_name
        and not isinstance(value, type)
    )
    has = "it has " + names(there) if there else "it has no functions"
    return core.Refusal(
        core.NOT_FOUND,
        "module `%s` (%s) has no function `%s`%s; %s"
        % (module_name, getattr(module, "__file__", "built in"), function_name,
           nearest(function_name, there), has),
    )


def signature(function):
    """Parameters as (name, annotation, is required, is positional only); whether any other is
    taken; and the annotation of those."""
    plain = function
    while hasattr(plain, "__wrapped__"):
        plain = plain.__wrapped__
    bound = getattr(plain, "__self__", None) is not None
    plain = getattr(plain, "__func__", plain)
    code = getattr(plain, "__code__", None)
    if code is None:
        return signature_by_inspect(function)
    try:
        annotations = plain.__annotations__
    except Exception:  # Evaluated late in newer Pythons, and may fail.
        annotations = {}
    count = code.co_argcount
    keyword_only = code.co_kwonlyargcount
    variables = code.co_varnames
    defaults = len(plain.__defaults__ or ())
    by_keyword = plain.__kwdefaults__ or {}
    parameters = []
    for index, name in enumerate(variables[:count]):
        if bound and index == 0:
            continue
        parameters.append(
            (name, annotations.get(name), index < count - defaults, index < code.co_posonlyargcount)
        )
    for name in variables[count : count + keyword_only]:
        parameters.append((name, annotations.get(name), name not in by_keyword, False))
    is_open = bool(code.co_flags & VARIABLE_KEYWORDS)
    rest = None
    if is_open:
        has_arguments = bool(code.co_flags & VARIABLE_ARGUMENTS)
        rest = annotations.get(variables[count + keyword_only + has_arguments])
    return parameters, is_open, rest


def signature_by_inspect(function):
    """The same for objects that are no plain functions; rare, so `inspect` is imported here."""
    import inspect

    try:
        found = inspect.signature(function)
    except (TypeError, ValueError):
        return [], True, None
    parameters, is_open, rest = [], False, None
    for name, parameter in found.parameters.items():
        annotation = None if parameter.annotation is parameter.empty else parameter.annotation
        if parameter.kind is parameter.VAR_KEYWORD:
            is_open, rest = True, annotation
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            parameters.append(
                (name, annotation, parameter.default is parameter.empty,
                 parameter.kind is parameter.POSITIONAL_ONLY)
            )
    return parameters, is_open, rest


# -- modules -------------------------------------------------------------------------------------


def load(package, name):
    """Imports a module once; the step's own package is searched first."""
    module = modules.get(name)
    if module is not None:
        return module
    if not isinstance(name, str) or not all(map(str.isidentifier, name.split("."))):
        raise core.Refusal(core.NOT_FOUND, "%r is no name of a module" % (name,))
    before = sys.path[:]
    # Imports that start here find the step's own package first, too.
    sys.path[:] = packages.paths_for(package)
    try:
        __import__(name)
        module = sys.modules[name]
    except ModuleNotFoundError as problem:
        missing = problem.name or ""
        if name == missing or name.startswith(missing + "."):
            raise missing_module(package, name, missing) from None
        raise
    finally:
        # Keep what the module itself added, and the order that holds for everybody.
        added = [entry for entry in sys.path if entry not in before]
        sys.path[:] = before + added
    modules[name] = module
    if core.fast is None:
        core.fast = sys.modules.get("orjson")
    return module


def missing_module(package, name, missing):
    from .failure import nearest

    there = []
    paths = packages.search_paths.get(package) or [
        path for paths in packages.search_paths.values() for path in paths
    ]
    for path in paths:
        there.extend(packages._modules(path))
    has = "there are %s" % names(there) if there else "there are no modules"
    return core.Refusal(
        core.NOT_FOUND,
        "there is no module `%s`%s; in %s %s"
        % (missing, nearest(name.partition(".")[0], there), ", ".join(paths) or "no folder", has),
    )


# -- coroutines ----------------------------------------------------------------------------------


def finish(awaitable):
    """Awaits what an `async def` returned, on a loop that lives as long as the run."""
    global loop
    import asyncio

    if loop is None or loop.is_closed():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)

    async def whole():
        return await awaitable

    task = loop.create_task(whole())
    try:
        return loop.run_until_complete(task)
    except core.Cancelled:
        # It struck inside the loop's own code: the coroutine has not seen it yet.
        if not task.done():
            task.cancel()
            try:
                loop.run_until_complete(task)
            except (asyncio.CancelledError, core.Cancelled):
                pass
        raise
