"""Runs the start-up files of site-packages when they are first needed.

The interpreter is started with `-S`. On the first import that neither the packages nor the
standard library answer, `site` does what it would have done at the start, and the import goes
on: virtual environments, user site-packages, `.pth` files and `sitecustomize` work as ever.
Modules that list what is installed trigger it as well. `MAESTRO_RUNNER_SITE=eager` does it at
once, for tools that hook into the start of the interpreter.
"""

import builtins
import sys

import maestro_runner as core

# Modules that look at what is installed, or start interpreters that ask this one.
TRIGGERS = frozenset(
    ("importlib.metadata", "pkgutil", "multiprocessing", "distutils", "sysconfig", "venv", "site")
)


class _Early:
    """First on `sys.meta_path`: sees the names that are triggers."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in TRIGGERS:
            run_now()
        return None


class _Late:
    """Last on `sys.meta_path`: sees the names that nobody knows."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if path is not None:
            return None
        run_now()
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = find(name, None, target) if find is not None else None
            if spec is not None:
                return spec
        return None


def install():
    """Puts the finders in place, if the interpreter was started with `-S`."""
    if not sys.flags.no_site or "site" in sys.modules:
        return
    if core.setting("MAESTRO_RUNNER_SITE") == "eager" or core.setting("COVERAGE_PROCESS_START"):
        _run()
        return
    sys.meta_path.insert(0, _Early)
    sys.meta_path.append(_Late)
    import _sitebuiltins
    import os

    eof = "Ctrl-D (i.e. EOF)" if os.sep == "/" else "Ctrl-Z plus Return"
    builtins.quit = _sitebuiltins.Quitter("quit", eof)
    builtins.exit = _sitebuiltins.Quitter("exit", eof)


def run_now():
    """Does what the interpreter would have done at its start; once."""
    if _Late not in sys.meta_path:
        return
    sys.meta_path.remove(_Early)
    sys.meta_path.remove(_Late)
    _run()


def _run():
    # A cancel in the middle would leave half a set of paths.
    core.shield += 1
    try:
        import site

        site.main()
    finally:
        core.shield -= 1
