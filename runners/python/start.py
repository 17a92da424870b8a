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
    from maestro_runner import main

    main()
