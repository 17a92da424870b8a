use proptest::prelude::*;

use super::*;

const SOURCE: &str = r#"
"""A module.

def not_this(): pass
"""
import os.path, sys as system
from typing import (
    Optional,
    List as L,
)
try:
    import numpy
    def fast(n: int = 3, /, *, mode="a,b(", **rest) -> dict[str, int]:
        def inner(x): return x
        return {}
except ImportError:
    numpy = None

RATE, WIDTH = 1, 2  # def comment(): pass
TABLE = {"def": 1,
    "x": (2,
          3)}

async def measure(
    channel: int,
    limits: tuple[float, float] = (0, 1),
    *points,
    label: str,
):
    text = 'def quoted(): pass'; other = "\"def"

class Bench:
    def method(self): pass
    @staticmethod
    def still(x, y=1): pass
    @classmethod
    def made(cls, name: str): pass
    if True:
        @property
        def state(self): pass

@cache
def cached(x): pass

@anything(1)
def unclear(x): pass

def plain(): return 1
def later[T](x: T): ...
"#;

fn names(function: &Function) -> Vec<(&str, bool)> {
    let parameters = function.parameters.as_ref().unwrap();
    parameters
        .iter()
        .map(|p| (p.name.as_str(), p.has_default))
        .collect()
}

#[test]
fn functions_and_their_parameters_are_found_at_the_top_level_only() {
    let module = PythonModule::read(SOURCE);
    let functions: Vec<_> = module.functions.keys().map(String::as_str).collect();
    let expected = [
        "Bench.made",
        "Bench.still",
        "cached",
        "fast",
        "later",
        "measure",
        "plain",
        "unclear",
    ];
    assert_eq!(functions, expected);
    assert_eq!(names(&module.functions["Bench.made"]), [("name", false)]);
    assert_eq!(
        names(&module.functions["Bench.still"]),
        [("x", false), ("y", true)]
    );
    assert!(module.methods.contains("Bench.method"));
    assert_eq!(module.methods.len(), 1);
    assert_eq!(
        names(&module.functions["measure"]),
        [("channel", false), ("limits", true), ("label", false)]
    );
    assert_eq!(
        names(&module.functions["fast"]),
        [("n", true), ("mode", true)]
    );
    assert!(module.functions["fast"].takes_any && !module.functions["measure"].takes_any);
    assert_eq!(names(&module.functions["cached"]), [("x", false)]);
    assert_eq!(module.functions["unclear"].parameters, None);
    assert_eq!(names(&module.functions["later"]), [("x", false)]);
}

#[test]
fn other_names_are_known_without_a_signature() {
    let module = PythonModule::read(SOURCE);
    for name in [
        "os", "system", "Optional", "L", "numpy", "RATE", "WIDTH", "TABLE", "Bench",
    ] {
        assert!(module.names.contains(name), "{name}");
    }
    assert!(!module.is_open);
    assert!(PythonModule::read("from x import *").is_open);
    assert!(PythonModule::read("def __getattr__(name): ...").is_open);
}

#[test]
fn plugs_are_no_parameters() {
    let module = PythonModule::read(
        r#"
import maestro as m
from maestro import plug as mark
import benches.meters
from .near import Relay
from typing import Any

@m.plug
class Meter:
    def open(self): pass

@mark
def supply():
    yield

class Plain: pass

def read(meter: Meter, quoted: "Meter", channel: int, psu=supply): pass
def other(it: Plain, far: benches.meters.Meter, near: Relay, any: Any): pass
"#,
    );
    assert_eq!(names(&module.functions["read"]), [("channel", false)]);
    assert!(!module.functions.contains_key("supply"));
    let other = module.functions["other"].parameters.as_ref().unwrap();
    let from: Vec<_> = other.iter().map(|p| p.imported_from.as_deref()).collect();
    assert_eq!(from, [None, Some("benches"), Some(""), Some("typing")]);
}

#[test]
fn windows_lines_tabs_and_continuations_are_read() {
    let module = PythonModule::read(
        "if True:\r\n\tdef a(x, \\\r\n\t\ty=1):\r\n\t\tpass\r\ndef b(): pass\r\n",
    );
    assert_eq!(names(&module.functions["a"]), [("x", false), ("y", true)]);
    assert!(module.functions.contains_key("b"));
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "([ -~\n\t]|def |class |import |\"\"\"|\u{b5}){0,120}") {
        PythonModule::read(&text);
    }
}
