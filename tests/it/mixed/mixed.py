"""The Python steps of main.yaml."""

import os
import time


def hold(name):
    if os.path.exists("hold-" + name):
        open("at", "w").close()
        while not os.path.exists("go"):
            time.sleep(0.002)


def give():
    hold("Give")
    return {
        "whole": 41,
        "big": 2**53 + 1,
        "real": 1.5,
        "flag": False,
        "text": 'Grüße, "€😀" e\u0301',
        "code": "0042",
        "list": [1, 2.0, "ä,b", True, None, [3]],
        "map": {"ü": {"n": 1, "x": 0.1}, "empty": {}, "none": None},
    }


def take(whole: int, big: int, real: float, flag: bool, text: str, code: str, list: list, map: dict):
    hold("Take")
    everything = dict(
        whole=whole, big=big, real=real, flag=flag, text=text, code=code, list=list, map=map
    )
    kinds = {name: type(value).__name__ for name, value in everything.items()}
    return {"everything": everything, "kinds": kinds}


def free():
    hold("Free")
