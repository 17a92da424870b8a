//! `maestro new`: a package that runs at once, for people to change.

use std::fs;
use std::io;
use std::path::Path;

use super::args::NewArgs;
use super::console::Console;
use super::exit::{Exit, Failure};
use super::settings::Settings;

/// The files of the package, by path; `@NAME@` stands for the package's name.
const FILES: [(&str, &str); 6] = [
    ("package.json", include_str!("new/package.json")),
    ("tests/main.yaml", include_str!("new/main.yaml")),
    ("python_modules/board.py", include_str!("new/board.py")),
    ("README.md", include_str!("new/README.md")),
    (
        ".pre-commit-config.yaml",
        include_str!("new/pre-commit-config.yaml"),
    ),
    (".gitignore", "__pycache__/\n"),
];

/// Longest name that `package.json` may hold.
const NAME_LIMIT: usize = 64;

/// Writes the package; never touches a folder that holds something already.
pub(crate) fn run(
    args: &NewArgs,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let root = settings.resolve(&args.folder);
    let shown = args.folder.display();
    let name = package_name(&root);
    let occupied = fs::read_dir(&root).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        return Err(Failure::usage(format!("{shown} exists and is not empty"))
            .help("choose the name of a folder that does not exist yet"));
    }
    for (path, text) in FILES {
        write(&root.join(path), &text.replace("@NAME@", &name))
            .map_err(|error| Failure::trouble(format!("cannot write {shown}/{path}: {error}")))?;
    }
    console.note(&format!(
        "{shown} holds a package that runs as it is.\n\n  \
         maestro run {shown} --serial TEST-1     run it\n  \
         maestro validate {shown}                check it\n\n\
         Begin with {shown}/tests/main.yaml."
    ));
    Ok(Exit::Done)
}

/// The folder's name, with what a package name may not hold replaced.
fn package_name(root: &Path) -> String {
    let folder = root.file_name().unwrap_or_default().to_string_lossy();
    let name = folder
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .take(NAME_LIMIT)
        .collect::<String>();
    let name = name.trim_start_matches(['-', '_']);
    if name.is_empty() {
        "my-test".to_owned()
    } else {
        name.to_owned()
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_name_becomes_a_valid_package_name() {
        let table = [
            ("/a/my-board", "my-board"),
            ("/a/prüfung 2", "pr-fung-2"),
            ("/a/.hidden", "hidden"),
            ("/", "my-test"),
            ("/a/---", "my-test"),
        ];
        for (root, name) in table {
            assert_eq!(package_name(Path::new(root)), name);
        }
        assert_eq!(package_name(Path::new(&"x".repeat(100))).len(), NAME_LIMIT);
    }
}
