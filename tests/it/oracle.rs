//! The oracle that figures and exports are checked against is the one that is pinned.

use crate::servers::ask_oracle;

#[test]
fn oracle_has_the_pinned_libraries() {
    let pins = include_str!("../oracle/requirements.txt");
    let pins: Vec<&str> = pins.lines().filter(|line| line.contains("==")).collect();
    let script = "import json, sys\n\
                  from importlib.metadata import version\n\
                  names = [pin.split('==')[0] for pin in json.load(sys.stdin)]\n\
                  print(json.dumps([f'{name}=={version(name)}' for name in names]))";
    let found = ask_oracle(script, &serde_json::json!(pins));
    assert_eq!(found, serde_json::json!(pins));
}
