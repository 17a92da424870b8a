"""The packages taking part: search paths, typed parameters, names that two of them claim."""

import sys

import maestro_runner as core

os = core.os

SOURCES = (".py", ".so", ".pyd")
# Search paths and typing by package name.
search_paths = {}
is_typed = {}


def enter(packages):
    """Takes the list of `initialize`; refuses it when one name means two modules."""
    search_paths.clear()
    is_typed.clear()
    paths = []
    for package in packages:
        own = [path for path in package.get("search_paths") or () if path not in paths]
        paths.extend(own)
        search_paths[package["name"]] = package.get("search_paths") or []
        is_typed[package["name"]] = package.get("typed_parameters", True)
    _check_names([(package["name"], path) for package in packages
                  for path in package.get("search_paths") or ()])
    sys.path[:] = paths + [entry for entry in sys.path if entry not in paths]
    from . import later_site

    later_site.install()


def paths_for(package):
    """Search paths in the order that holds for a step of `package`."""
    own = search_paths.get(package) or []
    return own + [entry for entry in sys.path if entry not in own]


def _check_names(places):
    owners = {}
    for package, path in places:
        for name in _modules(path):
            if name in ("maestro", "maestro_runner"):
                raise core.Refusal(
                    core.INVALID_PARAMS,
                    "module `%s` of package `%s` (%s) has the name of the runner's own module: "
                    "rename it" % (name, package, path),
                )
            first = owners.setdefault(name, (package, path))
            if first[1] != path and not _same(first[1], path, name):
                raise core.Refusal(
                    core.INVALID_PARAMS,
                    "module `%s` is in package `%s` (%s) and, with other content, in package "
                    "`%s` (%s): rename one of them" % ((name,) + first + (package, path)),
                )


def _modules(path):
    """Top-level module names in a folder; a missing folder has none."""
    try:
        entries = sorted(os.listdir(path))
    except OSError:
        return []
    names = []
    for entry in entries:
        stem, dot, _ = entry.partition(".")
        if not stem.isidentifier() or stem.startswith("__"):
            continue
        if entry.endswith(SOURCES) or (not dot and _files(path + "/" + entry)):
            if stem not in names:
                names.append(stem)
    return names


def _same(first, second, name):
    """Whether a module is the same in two folders."""
    ours, theirs = _content(first, name), _content(second, name)
    # Folders without `__init__.py` are one namespace and may differ in what they hold.
    is_one = any(path in ("", "/__init__.py") for path in (*ours, *theirs))
    if is_one and ours.keys() != theirs.keys():
        return False
    return all(_read(ours[path]) == _read(theirs[path]) for path in ours if path in theirs)


def _content(folder, name):
    """Files of a module by their path within it."""
    base = folder + "/" + name
    for suffix in SOURCES:
        if _is_file(base + suffix):
            return {"": base + suffix}
    files = {path[len(base) :]: path for path in _files(base)}
    if not files:
        # A compiled module with a platform tag in its name.
        for entry in os.listdir(folder):
            if entry.partition(".")[0] == name and entry.endswith(SOURCES):
                return {"": folder + "/" + entry}
    return files


def _files(folder):
    """Module files below a folder, deepest last."""
    found = []
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            entries = sorted(os.listdir(here))
        except OSError:
            continue
        for entry in entries:
            path = here + "/" + entry
            if entry.endswith(SOURCES):
                found.append(path)
            elif entry.isidentifier() and not entry.startswith("__"):
                waiting.append(path)
    return found


def _is_file(path):
    try:
        return os.stat(path).st_mode & 0o170000 == 0o100000
    except OSError:
        return False


def _read(path):
    with open(path, "rb") as file:
        return file.read()
