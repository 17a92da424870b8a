//! What is checked in and generated: compared, and rewritten when `UPDATE=1` is set.

use std::fs;
use std::path::Path;

use crate::rig::{Rig, repository};

/// Compares a checked-in file with what the program generates now.
#[track_caller]
pub(crate) fn same(path: &Path, text: &str) {
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        return;
    }
    let checked_in = fs::read_to_string(path).unwrap_or_default();
    assert!(
        checked_in == text,
        "{} is not what the program generates; rewrite it with\n  UPDATE=1 cargo test --test it generated",
        path.display()
    );
}

#[test]
fn completions_are_those_of_the_command_line() {
    let files = [
        ("bash", "maestro.bash"),
        ("zsh", "_maestro"),
        ("fish", "maestro.fish"),
        ("powershell", "_maestro.ps1"),
        ("elvish", "maestro.elv"),
    ];
    let rig = Rig::new();
    for (shell, file) in files {
        let script = rig.run(["completions", shell]).passes().silent().stdout;
        same(&repository().join("completions").join(file), &script);
    }
}

#[test]
fn manual_pages_are_those_of_the_command_line() {
    let rig = Rig::new();
    rig.run(["man", "--dir", "pages"]).passes();
    let folder = repository().join("man");
    let mut generated = names(&rig.work().join("pages"));
    for name in &generated {
        let text = fs::read_to_string(rig.work().join("pages").join(name)).unwrap();
        same(&folder.join(name), &text);
    }
    // A page of a command that is gone must go too.
    let mut checked_in = names(&folder);
    checked_in.retain(|name| {
        let is_command = Path::new(name).extension().is_some_and(|ext| ext == "1");
        is_command || name == "maestro-findings.7"
    });
    generated.sort();
    checked_in.sort();
    assert_eq!(checked_in, generated);
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
