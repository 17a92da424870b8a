//! Where the program of a step is: in the package first, then in the folders of `PATH`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use maestro_protocol::ErrorObject;
use rustix::fs::{Access, access};

use super::target::Target;
use crate::failure::not_found;

/// Finds the file to start.
pub(super) fn find(target: &Target, roots: &[PathBuf]) -> Result<PathBuf, ErrorObject> {
    let program = target.program.as_str();
    if program.contains('/') {
        return with_folder(program, roots);
    }
    let in_package = roots.iter().map(|root| root.join(program));
    let folders = path(target);
    let on_path = std::env::split_paths(&folders).map(|folder| folder.join(program));
    in_package
        .chain(on_path)
        .find(|file| is_executable(file))
        .ok_or_else(|| {
            not_found(format!(
                "program {program} not found, neither in {} nor in a folder of PATH",
                list(roots)
            ))
        })
}

/// A path is never looked for on `PATH`.
fn with_folder(program: &str, roots: &[PathBuf]) -> Result<PathBuf, ErrorObject> {
    let file = roots
        .iter()
        .map(|root| root.join(program))
        .find(|file| file.exists());
    let Some(file) = file else {
        let message = if Path::new(program).is_absolute() {
            format!("program {program} not found")
        } else {
            format!("program {program} not found in {}", list(roots))
        };
        return Err(not_found(message));
    };
    if !file.is_file() {
        return Err(not_found(format!("{} is no file", file.display())));
    }
    if !is_executable(&file) {
        let file = file.display();
        return Err(not_found(format!(
            "{file} may not be executed: `chmod +x {file}`"
        )));
    }
    Ok(file)
}

fn is_executable(file: &Path) -> bool {
    file.is_file() && access(file, Access::EXEC_OK).is_ok()
}

/// `PATH` as the program will see it.
fn path(target: &Target) -> OsString {
    match target.variable("PATH") {
        Some(path) => path.into(),
        None => inherited_path(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a runner is a process of its own, and its environment is the station's"
)]
fn inherited_path() -> OsString {
    std::env::var("PATH").unwrap_or_default().into()
}

fn list(roots: &[PathBuf]) -> String {
    let roots: Vec<String> = roots
        .iter()
        .map(|root| root.display().to_string())
        .collect();
    roots.join(" or ")
}
