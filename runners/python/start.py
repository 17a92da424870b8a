"""Starts the Python runner: `python -S start.py`.

The file stays tiny, since a script is compiled anew at every start; everything else is imported
and comes from the byte code cache. `-S` spares the start-up files of site-packages until
something outside the standard library is imported (see `maestro_runner/later_site.py`); without
`-S` the runner works the same and starts later.
"""

import sys

if __name__ == "__main__":
    HERE = __file__.rpartition("/")[0] or "."
    if HERE not in sys.path:
        sys.path.insert(0, HERE)
    # The runner's own byte code is kept even where that is switched off for everything else: some
    # container images do so, and compiling takes longer than the rest of the start.
    KEPT, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    from maestro_runner import main

    main(KEPT)
