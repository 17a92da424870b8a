"""The functions that tests/main.yaml calls. Put your own instruments here.

A module is loaded once per run, so what one step keeps in it, the next one finds. What a function
prints goes into the log of the run. An exception makes the step ERROR, a failed assertion FAIL.
"""

import random

_powered = False


def power_on():
    """Switches the board on."""
    global _powered
    _powered = True


def read_rail(nominal: float = 3.3):
    """Reads a rail. Each key of the returned dict becomes a variable of the test."""
    assert _powered, "the board is off"
    return {"volts": round(random.gauss(nominal, 0.02), 3)}


def read_ripple() -> float:
    """Reads the ripple in millivolts. A plain value becomes the variable `result`."""
    return round(random.uniform(8, 15), 1)


def power_off():
    """Switches the board off; safe to call more than once."""
    global _powered
    _powered = False
