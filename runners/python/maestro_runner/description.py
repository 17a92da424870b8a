"""`describe`: reads signatures from the source, without importing it.

Where the source does not tell (a name that comes from a star import, a decorator that may change
the signature, a compiled module) the answer is null, never a guess.
"""

import sys

import maestro_runner as core

from . import packages

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST, without importing `ast`
# Decorators that leave the parameters as they are.
HARMLESS = frozenset(
    ("staticmethod", "functools.wraps", "functools.lru_cache", "functools.cache", "lru_cache",
     "cache", "contextlib.contextmanager", "contextmanager")
)
trees = {}


def describe(params):
    """The answer to `describe`."""
    return {"targets": [describe_one(entry) for entry in params.get("targets") or ()]}


def describe_one(entry):
    from .calls import read_target

    try:
        module, function = read_target(entry.get("target"))
        path = find(entry.get("package"), module)
    except core.Refusal as refusal:
        return missing(refusal.message)
    except Exception as problem:
        return unknown("the module cannot be looked up: %s" % problem)
    if path is None or not path.endswith(".py"):
        return unknown("`%s` has no source to read" % module)
    try:
        tree, lines = parse(path)
    except (SyntaxError, ValueError, OSError, RecursionError) as problem:
        return missing("`%s` cannot be read: %s" % (module, problem))
    return look_up(tree, lines, Place(entry.get("package"), module, path), function)


class Place:
    """Where a module was found: what its imports mean depends on it."""

    __slots__ = ("package", "module", "path")

    def __init__(self, package, module, path):
        self.package = package
        self.module = module
        self.path = path


def missing(reason):
    return {"exists": False, "reason": reason, "parameters": None}


def unknown(reason):
    return {"exists": None, "reason": reason, "parameters": None}


def find(package, name):
    """The file of a module, parents looked at but not imported; `None` for one without a file."""
    from .calls import missing_module
    from . import later_site

    if not isinstance(name, str) or not all(map(str.isidentifier, name.split("."))):
        raise core.Refusal(core.NOT_FOUND, "%r is no name of a module" % (name,))
    finder = sys.modules["_frozen_importlib_external"].PathFinder
    parts = name.split(".")
    path = packages.paths_for(package)
    spec = None
    for depth in range(len(parts)):
        full = ".".join(parts[: depth + 1])
        spec = finder.find_spec(full, path)
        if spec is None and depth == 0:
            if full in sys.builtin_module_names:
                return None
            later_site.run_now()
            spec = finder.find_spec(full, packages.paths_for(package))
        if spec is None:
            raise missing_module(package, name, full)
        path = spec.submodule_search_locations or []
    return spec.origin


def parse(path):
    """The syntax tree and the lines of a file, kept for the next target in it."""
    found = trees.get(path)
    if found is None:
        with open(path, "rb") as file:
            source = file.read()
        found = trees[path] = (compile(source, path, "exec", ONLY_AST, True), source.splitlines())
    return found


def look_up(tree, lines, place, name):
    """Describes a function, or says what else the module has."""
    body, holder = tree.body, "module `%s` (%s)" % (place.module, place.path)
    head = name
    while True:
        names, has_star = {}, False
        has_star = collect(body, names)
        head, dot, rest = head.partition(".")
        node = names.get(head)
        if node is None or not dot or type(node).__name__ != "ClassDef":
            break
        body, holder, head = node.body, "class `%s`" % head, rest
    if node is None:
        return absent(names, has_star, holder, head)
    kind = type(node).__name__
    if kind in ("FunctionDef", "AsyncFunctionDef"):
        def is_given(value):
            return value is not None and is_plug(value, tree, lines, place)

        return describe_function(node, lines, body is not tree.body, is_given)
    if kind == "ClassDef":
        return {"exists": True, "parameters": None, "doc": doc_line(node)}
    if kind == "Constant":
        return missing("`%s` in %s is no function" % (name, holder))
    reason = "it is defined by an assignment or import"
    return {"exists": True, "parameters": None, "reason": reason}


def absent(names, has_star, holder, name):
    from .calls import names as listed
    from .failure import nearest

    if has_star or "__getattr__" in names:
        return unknown("%s has names that its source does not list" % holder)
    there = sorted(
        key for key, node in names.items()
        if type(node).__name__ in ("FunctionDef", "AsyncFunctionDef") and not key.startswith("_")
    )
    has = "it has " + listed(there) if there else "it has no functions"
    return missing("%s has no function `%s`%s; %s" % (holder, name, nearest(name, there), has))


def collect(body, names):
    """Adds what a body binds to `names`; true when a star import binds more."""
    has_star = False
    for node in body:
        kind = type(node).__name__
        if kind in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
            names[node.name] = node
        elif kind in ("Import", "ImportFrom"):
            for alias in node.names:
                if alias.name == "*":
                    has_star = True
                else:
                    names[alias.asname or alias.name.partition(".")[0]] = node
        elif kind in ("Assign", "AnnAssign", "AugAssign"):
            targets = node.targets if kind == "Assign" else [node.target]
            for target in targets:
                bind(target, node.value, names)
        elif kind in ("For", "AsyncFor"):
            bind(node.target, node, names)
        for field in ("body", "orelse", "finalbody"):
            if kind not in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
                has_star |= collect(getattr(node, field, None) or (), names)
        for handler in getattr(node, "handlers", None) or ():
            has_star |= collect(handler.body, names)
    return has_star


def bind(target, value, names):
    kind = type(target).__name__
    if kind == "Name":
        names[target.id] = value if type(value).__name__ == "Constant" else target
    elif kind in ("Tuple", "List"):
        for element in target.elts:
            bind(element, None, names)


def is_plug(value, tree, lines, place, depth=0):
    """Whether an annotation or default stands for a plug: the runner gives that parameter."""
    name = dotted(value)
    if not name or depth > 4:
        return False
    head, _, rest = name.partition(".")
    names = {}
    collect(tree.body, names)
    node = names.get(head)
    kind = type(node).__name__
    if kind in ("ClassDef", "FunctionDef"):
        return not rest and any(
            is_marker(dotted(decorator), names) for decorator in node.decorator_list
        )
    if kind not in ("Import", "ImportFrom"):
        return False
    for module, inner in imported(node, head, rest, place):
        try:
            path = find(place.package, module)
            if path is None or not path.endswith(".py"):
                continue
            other, other_lines = parse(path)
        except Exception:  # Not there, or not to be read: then it is none that we know.
            continue
        there = Place(place.package, module, path)
        if inner and is_plug(inner, other, other_lines, there, depth + 1):
            return True
    return False


def dotted(node):
    """The name that an expression or a text in quotes is, else nothing."""
    if isinstance(node, str):
        return node
    kind = type(node).__name__
    if kind == "Name":
        return node.id
    if kind == "Attribute":
        inner = dotted(node.value)
        return inner and inner + "." + node.attr
    if kind == "Constant" and isinstance(node.value, str):
        text = node.value.strip()
        return text if all(map(str.isidentifier, text.split("."))) else ""
    return ""


def is_marker(name, names):
    """Whether a decorator is `maestro.plug`, by whatever name it was imported."""
    head, _, rest = name.partition(".")
    node = names.get(head)
    if type(node).__name__ == "Import":
        return rest == "plug" and any(
            alias.name == "maestro" and (alias.asname or alias.name) == head for alias in node.names
        )
    if type(node).__name__ == "ImportFrom":
        return not rest and node.module == "maestro" and not node.level and any(
            alias.name == "plug" and (alias.asname or alias.name) == head for alias in node.names
        )
    return False


def imported(node, head, rest, place):
    """The modules that a name may come from, each with the name in it."""
    if type(node).__name__ == "Import":
        for alias in node.names:
            if alias.asname == head:
                yield alias.name, rest
            elif alias.asname is None and alias.name.partition(".")[0] == head:
                # `import a.b` and `a.b.Name`.
                whole = head + "." + rest if rest else head
                if whole.startswith(alias.name + "."):
                    yield alias.name, whole[len(alias.name) + 1 :]
        return
    base = node.module or ""
    if node.level:
        parts = place.module.split(".")
        drop = node.level - place.path.endswith("__init__.py")
        parents = parts[: len(parts) - drop] if drop else parts
        base = ".".join(parents + [base] * bool(base))
    for alias in node.names:
        if (alias.asname or alias.name) == head:
            if not rest:
                yield base, alias.name
            else:
                yield (base + "." if base else "") + alias.name, rest


def describe_function(node, lines, in_class, is_given=lambda value: False):
    decorators = [segment(lines, decorator).partition("(")[0] for decorator in node.decorator_list]
    described = {"exists": True, "parameters": None, "doc": doc_line(node)}
    if any(name not in HARMLESS and name != "classmethod" for name in decorators):
        described["reason"] = "a decorator may change the parameters"
        return described
    arguments = node.args
    positional = list(arguments.posonlyargs) + list(arguments.args)
    first_default = len(positional) - len(arguments.defaults)
    defaults = [None] * first_default + list(arguments.defaults)
    pairs = list(zip(positional, defaults))
    if in_class and "staticmethod" not in decorators:
        if "classmethod" not in decorators:
            return missing("`%s` needs an object of its class; only functions of modules, static "
                           "and class methods can be called" % node.name)
        pairs = pairs[1:]
    pairs += zip(arguments.kwonlyargs, arguments.kw_defaults)
    described["parameters"] = [
        parameter(lines, argument, default)
        for argument, default in pairs
        if not is_given(argument.annotation) and not is_given(default)
    ]
    if arguments.kwarg is not None:
        described["open"] = True
    return described


def parameter(lines, argument, default):
    described = {"name": argument.arg, "required": default is None}
    if argument.annotation is not None:
        described["type"] = segment(lines, argument.annotation).strip("\"'")
    if default is not None:
        value = constant(default)
        if value is not None:
            described["default"] = value
    return described


def constant(node):
    """A literal default as a value; `None` for `None` and for what only running it would tell."""
    kind = type(node).__name__
    if kind == "UnaryOp" and type(node.op).__name__ == "USub":
        value = constant(node.operand)
        return -value if isinstance(value, (int, float)) and type(value) is not bool else None
    if kind == "Constant" and isinstance(node.value, (str, bool, int, float)):
        from .results import plain

        return plain(node.value, "default", "the default")
    if kind in ("List", "Tuple") and not node.elts:
        return []
    return None


def segment(lines, node):
    """The source text of a node; columns count bytes of UTF-8."""
    first, last = node.lineno - 1, node.end_lineno - 1
    if first == last:
        text = lines[first][node.col_offset : node.end_col_offset]
    else:
        text = b" ".join(
            [lines[first][node.col_offset :]]
            + [line.strip() for line in lines[first + 1 : last]]
            + [lines[last][: node.end_col_offset].strip()]
        )
    return text.decode("utf-8", "replace")


def doc_line(node):
    """The first line of a doc string."""
    if node.body and type(node.body[0]).__name__ == "Expr":
        value = getattr(node.body[0].value, "value", None)
        if isinstance(value, str) and value.strip():
            return value.strip().splitlines()[0].strip()
    return None
