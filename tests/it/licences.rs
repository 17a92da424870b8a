//! Every dependency may be shipped under our own licence: no GPL-only, no AGPL.

use std::process::Command;

use serde_json::Value;

use crate::rig::repository;

/// Licences that we may ship under; an expression needs one of them in each `AND` part.
const ALLOWED: [&str; 14] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "0BSD",
];

/// Whether an SPDX expression leaves us a choice that we may ship.
///
/// The expressions in the tree nest at most one level, which splitting by words covers.
fn is_allowed(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], " ").replace('/', " OR ");
    flat.split(" AND ").all(|part| {
        part.split(" OR ")
            .any(|licence| ALLOWED.contains(&licence.trim()))
    })
}

#[test]
fn no_dependency_forces_a_licence_on_us() {
    // Crates for other platforms are not on this machine.
    let platform = format!("--filter-platform={}", host());
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        .arg(platform)
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 20, "the list of packages is empty");
    let refused = packages
        .iter()
        .filter(|package| !is_allowed(package["license"].as_str().unwrap_or_default()))
        .map(|package| format!("{} {}", package["name"], package["license"]))
        .collect::<Vec<_>>();
    assert!(refused.is_empty(), "not allowed: {refused:#?}");
}

/// The platform of this machine, as cargo names it.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

#[test]
fn copyleft_alone_is_refused() {
    for expression in [
        "AGPL-3.0-only",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "",
        "LGPL-3.0",
    ] {
        assert!(!is_allowed(expression), "{expression}");
    }
    for expression in [
        "MIT OR GPL-3.0",
        "MIT/Apache-2.0",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
    ] {
        assert!(is_allowed(expression), "{expression}");
    }
}
