"""What test code returns, as the result of an `execute`.

A map gives outputs, any other value the output `result`, `None` nothing. `Measurement` objects
become measurements wherever they stand, bytes become artifacts. In a tuple or list that holds
measurements, maps beside them give outputs. Named tuples and data classes are maps.
"""

import maestro_runner as core

LOWEST, HIGHEST = -(2**63), 2**64 - 1
DEEPEST = 64
# Lists longer than this are looked at as a whole first.
SHORT = 8
EMPTY = '{"outputs":{}}'


# The JSON text of output names, each with its colon.
_names = {}


def result_text(result, label):
    """The JSON text of a result."""
    if core.points is None and core.files is None:
        if result is None:
            return EMPTY
        text = simple_text(result) if type(result) is dict else None
        if text is not None:
            return text
    outputs = {}
    if result is not None:
        spread(outputs, result, label)
    measurements = core.points or []
    artifacts = core.files or []
    if not measurements and not artifacts:
        return '{"outputs":%s}' % core.encode_result(outputs)
    return core.encode_result(
        {"outputs": outputs, "measurements": measurements, "artifacts": artifacts}
    )


def simple_text(result):
    """The same for a map of plain scalars, in one go; `None` when it holds anything else."""
    parts = []
    for key, value in result.items():
        name = _names.get(key)
        if name is None:
            if type(key) is not str or len(_names) > 1000:
                return None
            name = _names[key] = core.encode(key) + ":"
        kind = type(value)
        if kind is float:
            if value - value != 0:
                return None
            parts.append(name + repr(value))
        elif kind is str:
            parts.append(name + core.encode(value))
        elif kind is bool:
            parts.append(name + ("true" if value else "false"))
        elif kind is int and LOWEST <= value <= HIGHEST:
            parts.append(name + repr(value))
        elif value is None:
            parts.append(name + "null")
        else:
            return None
    return '{"outputs":{%s}}' % ",".join(parts)


def spread(outputs, result, label):
    """Takes apart a result that is no map."""
    fields = as_map(result)
    if fields is not None:
        for key, value in fields.items():
            add(outputs, str(key), value, label)
    elif is_mix(result):
        for value in result:
            inner = as_map(value)
            if inner is not None:
                spread(outputs, inner, label)
            else:
                add(outputs, "result", value, label)
    else:
        add(outputs, "result", result, label)


def is_mix(result):
    """Whether a tuple or list carries measurements and so is taken apart."""
    return isinstance(result, (tuple, list)) and any(is_measurement(item) for item in result)


def is_measurement(value):
    return hasattr(type(value), "__maestro_measurement__")


def as_map(value):
    """The fields of a map, a named tuple or a data class, else `None`."""
    if isinstance(value, dict):
        return value
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    if hasattr(type(value), "__dataclass_fields__") and not is_measurement(value):
        return {name: getattr(value, name) for name in type(value).__dataclass_fields__}
    return None


def add(outputs, name, value, label):
    """Adds one named value."""
    if is_measurement(value):
        add_point(value)
        if name != "result":
            outputs[name] = plain(value.value, name, label)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        outputs[name] = add_file(name, bytes(value), None)
    else:
        outputs[name] = plain(value, name, label)


def add_point(measurement):
    """Adds a measurement to the running call."""
    point = {"name": str(measurement.name), "value": None}
    for key, attribute in (
        ("value", "value"), ("unit", "unit"), ("low_limit", "low"), ("high_limit", "high"),
        ("expected", "expected"),
    ):
        value = getattr(measurement, attribute)
        if value is not None:
            point[key] = plain(value, point["name"], "measurement `%s`" % point["name"])
    if core.points is None:
        core.points = []
    core.points.append(point)


def add_file(name, source, media_type):
    """Adds an artifact, content or path, to the running call; returns its path."""
    if isinstance(source, bytes):
        path = _write(name, source)
        media_type = media_type or "application/octet-stream"
    else:
        import os

        path = os.path.abspath(os.fspath(source))
        if not os.path.isfile(path):
            raise FileNotFoundError("artifact `%s`: there is no file %s" % (name, path))
    artifact = {"name": name, "path": path}
    if media_type is None:
        import mimetypes

        media_type = mimetypes.guess_type(path)[0]
    if media_type:
        artifact["media_type"] = media_type
    if core.files is None:
        core.files = []
    core.files.append(artifact)
    return path


_folder = None
_count = 0


def _write(name, content):
    """Writes an artifact's content to a file of its own."""
    global _folder, _count
    import os

    if _folder is None:
        _folder = core.setting("MAESTRO_ARTIFACTS") or _temporary_folder()
        os.makedirs(_folder, exist_ok=True)
    _count += 1
    safe = "".join(c if c.isalnum() or c in "-._" else "_" for c in name)[:100]
    path = os.path.join(_folder, "%d-%d-%s" % (os.getpid(), _count, safe))
    with open(path, "wb") as file:
        file.write(content)
    return path


def _temporary_folder():
    """A private folder that goes with the process; `tempfile` takes 20 ms to import."""
    import atexit
    import os
    import time

    base = core.setting("TMPDIR") or core.setting("TEMP") or "/tmp"
    folder = os.path.join(base, "maestro-%d-%x" % (os.getpid(), time.time_ns()))
    # A folder that is there already is somebody else's: an error, not a place to write.
    os.mkdir(folder, 0o700)

    def remove(owner=os.getpid()):
        if os.getpid() == owner:
            for entry in os.listdir(folder):
                os.remove(os.path.join(folder, entry))
            os.rmdir(folder)

    atexit.register(remove)
    return folder


def plain(value, name, label, depth=0):
    """A value that JSON can carry; numbers as the protocol says."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        return value if LOWEST <= value <= HIGHEST else str(value)
    if kind is float:
        if value - value == 0:
            return value
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if depth > DEEPEST:
        raise TypeError("%s returned `%s`, which is nested too deeply" % (label, name))
    if kind is list or kind is tuple:
        if len(value) > SHORT and is_plain_column(value):
            return value
        return [plain(item, name, label, depth + 1) for item in value]
    fields = as_map(value)
    if fields is not None:
        return {
            key if type(key) is str else str(plain(key, name, label, depth + 1)): plain(
                item, name, label, depth + 1
            )
            for key, item in fields.items()
        }
    return foreign(value, name, label, depth + 1)


def is_plain_column(values):
    """Whether a list, such as a waveform, holds numbers, texts or booleans of one kind only, all of
    them as JSON has them."""
    kinds = set(map(type, values))
    if kinds == {float}:
        # Whatever is not finite makes the sum so, too; a sum that overflows is looked at closely.
        total = sum(values)
        return total - total == 0
    if kinds == {int}:
        return LOWEST <= min(values) and max(values) <= HIGHEST
    return kinds == {str} or kinds == {bool}


def foreign(value, name, label, depth):
    """The same for types that are known by what they can do."""
    kind = type(value)
    if hasattr(kind, "tolist") and hasattr(kind, "dtype"):  # numpy arrays and scalars
        return plain(value.tolist(), name, label, depth)
    if hasattr(kind, "item") and getattr(value, "ndim", None) == 0:
        return plain(value.item(), name, label, depth)
    if hasattr(kind, "tolist"):  # array.array, pandas
        return plain(value.tolist(), name, label, depth)
    if is_measurement(value):
        add_point(value)
        return plain(value.value, name, label, depth)
    for base, convert in ((str, str.__str__), (int, int.__int__), (float, float.__float__)):
        if isinstance(value, base):
            value = getattr(value, "value", value) if hasattr(kind, "_member_map_") else value
            return plain(convert(value), name, label, depth)
    if hasattr(kind, "_member_map_"):  # Enum
        return plain(value.value, name, label, depth)
    if isinstance(value, (set, frozenset, range, list, tuple)):
        return [plain(item, name, label, depth) for item in value]
    if hasattr(kind, "__fspath__"):
        return str(value.__fspath__())
    if kind.__module__ in ("decimal", "fractions"):
        return plain(float(value), name, label, depth)
    if hasattr(kind, "isoformat"):
        return value.isoformat()
    raise TypeError(
        "%s returned `%s` of type %s.%s, which cannot leave Python; return numbers, text, "
        "booleans, lists or maps of these" % (label, name, kind.__module__, kind.__qualname__)
    )
