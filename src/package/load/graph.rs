//! Cycles among includes.

use crate::diagnostic::{Code, Diagnostic};
use crate::package::{FileIndex, Include, LoadedPackage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Reports every include that closes a cycle, and takes it out so that nobody walks in circles.
pub(super) fn cut_cycles(package: &mut LoadedPackage, findings: &mut Vec<Diagnostic>) {
    let mut marks = vec![Mark::New; package.files.len()];
    let mut cut: Vec<(FileIndex, Include)> = Vec::new();
    for start in 0..package.files.len() {
        if marks[start] == Mark::New {
            visit(package, FileIndex(start), &mut marks, &mut cut, findings);
        }
    }
    for (file, include) in cut {
        let includes = &mut package.files[file.0].includes;
        includes.retain(|other| other.at != include.at);
    }
}

/// A walk with its own stack, since a chain of includes can be long.
fn visit(
    package: &LoadedPackage,
    start: FileIndex,
    marks: &mut [Mark],
    cut: &mut Vec<(FileIndex, Include)>,
    findings: &mut Vec<Diagnostic>,
) {
    // The files on the way, and the number of the next include of each.
    let mut way: Vec<(FileIndex, usize)> = vec![(start, 0)];
    marks[start.0] = Mark::Open;
    while let Some((file, next)) = way.last_mut() {
        let file = *file;
        let Some(include) = package.file(file).includes.get(*next).copied() else {
            marks[file.0] = Mark::Done;
            way.pop();
            continue;
        };
        *next += 1;
        match marks[include.target.0] {
            Mark::New => {
                marks[include.target.0] = Mark::Open;
                way.push((include.target, 0));
            }
            Mark::Open => {
                findings.push(cycle(package, &way, include));
                cut.push((file, include));
            }
            Mark::Done => {}
        }
    }
}

/// The finding stands at the include that closes the circle and shows the whole chain.
fn cycle(package: &LoadedPackage, way: &[(FileIndex, usize)], closing: Include) -> Diagnostic {
    let from = way.iter().position(|(file, _)| *file == closing.target);
    let circle = &way[from.unwrap_or(0)..];
    let name = |file: FileIndex| package.sources.file(package.file(file).source).shown();
    let mut chain: Vec<&str> = circle.iter().map(|(file, _)| name(*file)).collect();
    chain.push(name(closing.target));
    let message = format!("the sequence includes itself: {}", chain.join(" → "));
    let mut finding = Diagnostic::error(Code::IncludeCycle, message)
        .at(closing.at, format!("back to {}", name(closing.target)))
        .help("use `repeat` for loops");
    for (file, next) in &circle[..circle.len() - 1] {
        if let Some(include) = package.file(*file).includes.get(next - 1) {
            finding = finding.at(include.at, format!("includes {}", name(include.target)));
        }
    }
    finding
}
