"""Annotations to converters of parameters.

`int`, `float`, `bool`, `str`, `list`, `dict` and `Optional` of these are converted; any other
annotation gets the native value; a parameter without annotation gets the text (`None` here).
"""

import sys

import maestro_runner as core

TRUE = frozenset(("true", "yes", "on", "1"))
FALSE = frozenset(("false", "no", "off", "0"))


def converter(annotation, function):
    """A function of (native, text) that gives the argument, or `None` for the text itself."""
    if annotation is None:
        return None
    if isinstance(annotation, str):
        annotation = evaluate(annotation, function)
    if annotation is str:
        return None
    simple = BY_TYPE.get(annotation) if isinstance(annotation, type) else None
    if simple is not None:
        return simple
    origin = getattr(annotation, "__origin__", None)
    if isinstance(origin, type) and origin in BY_TYPE:
        return BY_TYPE[origin]
    choices = union_of(annotation, origin)
    if choices is not None and type(None) in choices and len(choices) == 2:
        inner = choices[0] if choices[1] is type(None) else choices[1]
        return optional(inner, converter(inner, function))
    return as_it_is


def union_of(annotation, origin):
    """The members of `Union[…]`, `Optional[…]` or `X | Y`, else `None`."""
    typing = sys.modules.get("typing")
    is_union = typing is not None and origin is typing.Union
    if is_union or type(annotation).__name__ in ("UnionType", "Union"):
        return annotation.__args__
    return None


def evaluate(text, function):
    """What an annotation written as text stands for; `object` when that cannot be told."""
    text = text.strip().strip("\"'")
    if text in BY_NAME:
        return BY_NAME[text]
    scope = getattr(function, "__globals__", {})
    try:
        return eval(text, dict(scope))
    except Exception:
        pass
    # `X | None` is no expression before Python 3.10, and `typing` may be there for checkers only.
    head, bracket, tail = text.partition("[")
    parts = [part.strip() for part in text.split("|")]
    if head.rpartition(".")[2] == "Optional" and bracket:
        parts = [tail.rpartition("]")[0].strip(), "None"]
    inner = [part for part in parts if part != "None"]
    if len(parts) == 2 and len(inner) == 1:
        import typing

        return typing.Optional[evaluate(inner[0], function)]
    return BY_NAME.get(head.rpartition(".")[2].lower(), object)


def as_it_is(native, _text):
    return native


def optional(inner_type, inner):
    def convert(native, text):
        # Text keeps the empty word, every other type takes it as nothing.
        if native is None or (native == "" and inner_type is not str):
            return None
        if inner is None:
            return text if text is not None else str(native)
        return inner(native, text)

    return convert


def to_int(native, text):
    kind = type(native)
    if kind is int:
        return native
    if kind is float and native == int(native):
        return int(native)
    word = spelling(native, text)
    try:
        return int(plain_digits(word))
    except ValueError:
        pass
    try:
        number = float(plain_digits(word))
        if number == int(number):
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise ValueError("%s is no integer" % quoted(native, word))


def to_float(native, text):
    kind = type(native)
    if kind is float or kind is int:
        return float(native)
    word = spelling(native, text)
    try:
        return float(plain_digits(word))
    except ValueError:
        raise ValueError("%s is no number" % quoted(native, word)) from None


def to_bool(native, text):
    if type(native) is bool:
        return native
    word = spelling(native, text)
    lower = word.lower()
    if lower in TRUE:
        return True
    if lower in FALSE:
        return False
    raise ValueError("%s is neither true nor false" % quoted(native, word))


def to_list(native, text):
    return structure(native, text, list, "list")


def to_dict(native, text):
    return structure(native, text, dict, "map")


def structure(native, text, kind, word):
    if type(native) is kind:
        return native
    if isinstance(native, str):
        try:
            value = core.loads(native)
        except (ValueError, RecursionError):
            value = None
        if type(value) is kind:
            return value
    raise ValueError("%s is no %s" % (quoted(native, spelling(native, text)), word))


def spelling(native, text):
    """The text to read; booleans and structures are no numbers whatever their text."""
    if isinstance(native, (bool, list, dict)) or native is None:
        return text.strip() if isinstance(native, bool) and text else ""
    return (text if isinstance(text, str) else str(native)).strip()


def plain_digits(word):
    if "_" in word:
        raise ValueError(word)
    return word


def quoted(native, word):
    return "null" if native is None else repr(word or native)


BY_TYPE = {int: to_int, float: to_float, bool: to_bool, list: to_list, dict: to_dict}
BY_NAME = {"int": int, "float": float, "bool": bool, "str": str, "list": list, "dict": dict}
