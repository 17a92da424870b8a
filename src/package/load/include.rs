//! From the text of `sequence:` to a file.

use std::path::{Component, Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::package::load::catalog::{Catalog, Found};
use crate::source::Spanned;

/// Finds the file that a `sequence:` of a package at `root` names.
pub(super) fn resolve(
    path: &Spanned<String>,
    root: &Path,
    catalog: &mut Catalog,
) -> Result<PathBuf, Diagnostic> {
    // Packages that were written on Windows have backslashes.
    let written = path.trim().replace('\\', "/");
    let Some(relative) = inside(&written) else {
        return Err(outside(path));
    };
    let own = root.join(&relative);
    if own.is_file() {
        return Ok(own);
    }
    let mut parts = relative.components();
    let first = parts.next().map(Component::as_os_str);
    let rest = parts.as_path();
    let name = first.and_then(|name| name.to_str()).unwrap_or_default();
    if rest.as_os_str().is_empty() {
        return Err(missing(path, root, &relative, catalog));
    }
    match catalog.find(name, root) {
        Found::One(folder) if folder.join(rest).is_file() => Ok(folder.join(rest)),
        Found::One(folder) => Err(missing_in(path, &folder, rest, Some(name))),
        Found::Several(folders) => Err(twice(path, name, &folders)),
        Found::None => Err(missing(path, root, &relative, catalog)),
    }
}

/// The path without `.` and `..`; `None` where it is absolute or leads out.
fn inside(written: &str) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for part in Path::new(written).components() {
        match part {
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir if clean.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!clean.as_os_str().is_empty()).then_some(clean)
}

fn outside(path: &Spanned<String>) -> Diagnostic {
    let message = format!("the path `{}` leads out of the package", path.value);
    Diagnostic::error(Code::IncludeOutside, message)
        .at(path.span, "not inside of the package")
        .help("write it relative to the package root, or begin it with a package's name")
}

/// The path may have been meant for this package or for another one: helps with what is nearer.
fn missing(
    path: &Spanned<String>,
    root: &Path,
    relative: &Path,
    catalog: &mut Catalog,
) -> Diagnostic {
    let finding = missing_in(path, root, relative, None);
    let folder_exists = relative
        .parent()
        .is_some_and(|parent| root.join(parent).is_dir());
    if finding.help.is_some() || folder_exists {
        return finding;
    }
    let first = relative.components().next().map(Component::as_os_str);
    let name = first.and_then(|name| name.to_str()).unwrap_or_default();
    let names = catalog.names(root);
    let help = did_you_mean(name, names.iter().map(String::as_str));
    finding.maybe_help(help.map(|help| format!("no package `{name}` was found; {help}")))
}

fn missing_in(
    path: &Spanned<String>,
    root: &Path,
    relative: &Path,
    package: Option<&str>,
) -> Diagnostic {
    let place = package.map_or_else(
        || "this package".to_owned(),
        |name| format!("package `{name}`"),
    );
    let message = format!(
        "the sequence file `{}` does not exist in {place}",
        relative.display()
    );
    Diagnostic::error(Code::IncludeMissing, message)
        .at(path.span, "no such file")
        .maybe_help(near_file(root, relative).map(|near| {
            let near = near.display();
            package.map_or_else(
                || format!("did you mean `{near}`?"),
                |name| format!("did you mean `{name}/{near}`?"),
            )
        }))
}

/// A file in the same folder, or in the usual folders, with nearly that name.
fn near_file(root: &Path, relative: &Path) -> Option<PathBuf> {
    let own = relative.parent()?;
    let usual = [own, Path::new("tests"), Path::new("tests/sub-sequences")];
    let files: Vec<PathBuf> = usual
        .iter()
        .flat_map(|folder| yaml_files(root, folder))
        .collect();
    let same = files
        .iter()
        .find(|file| file.file_name() == relative.file_name());
    let stem = |file: &Path| Some(file.file_stem()?.to_str()?.to_owned());
    let stems: Vec<String> = files.iter().filter_map(|file| stem(file)).collect();
    let near = crate::diagnostic::nearest(&stem(relative)?, stems.iter().map(String::as_str), 1);
    let similar = || {
        files
            .iter()
            .find(|file| stem(file).as_deref() == near.first().copied())
    };
    same.or_else(similar).cloned()
}

/// The definition files right in a folder, in order.
fn yaml_files(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten();
    let names = entries
        .flatten()
        .map(|entry| folder.join(entry.file_name()));
    let is_yaml = |file: &PathBuf| file.extension().is_some_and(|e| e == "yaml" || e == "yml");
    let mut files: Vec<PathBuf> = names.filter(is_yaml).collect();
    files.sort();
    files
}

fn twice(path: &Spanned<String>, name: &str, folders: &[PathBuf]) -> Diagnostic {
    let list: Vec<String> = folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    let message = format!("two packages are called `{name}`: {}", list.join(" and "));
    Diagnostic::error(Code::PackageTwice, message)
        .at(path.span, "which of them is open")
        .help("rename or remove one of them")
}
