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

@cache
def cached(x): pass

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
    assert_eq!(functions, ["cached", "fast", "later", "measure", "plain"]);
    assert_eq!(
        names(&module.functions["measure"]),
        [("channel", false), ("limits", true), ("label", false)]
    );
    assert_eq!(
        names(&module.functions["fast"]),
        [("n", true), ("mode", true)]
    );
    assert!(module.functions["fast"].takes_any && !module.functions["measure"].takes_any);
    assert_eq!(module.functions["cached"].parameters, None);
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
