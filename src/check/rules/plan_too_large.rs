//! `plan-too-large`: what a test comes to once its sub-sequences stand where they are called.
//!
//! A few files that call each other twice stand for any number of steps, so the size is added up
//! file by file, never by walking the calls. A test that passes here can be compiled in bounded
//! time, memory and stack.

use std::collections::HashMap;

use super::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{Step, StepKind};
use crate::package::{FileIndex, Include, LoadedPackage, LoadedTest};
use crate::source::Span;

/// Steps of a plan, resets between attempts included.
const MAX_STEPS: u64 = 100_000;
/// Sub-sequences and resets that stand inside one another.
const MAX_LEVELS: u64 = 100;
/// Bytes of definitions, each as often as it is called, and of the paths of the steps.
const MAX_BYTES: u64 = 256 << 20;

/// What one call of a file comes to.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    steps: u64,
    levels: u64,
    bytes: u64,
}

impl Size {
    fn is_too_large(self) -> bool {
        self.steps > MAX_STEPS || self.levels > MAX_LEVELS || self.bytes > MAX_BYTES
    }

    fn told(self) -> String {
        let at_most = |count: u64| match count {
            0..1_000_000_000 => count.to_string(),
            _ => "more than a billion".to_owned(),
        };
        if self.steps > MAX_STEPS {
            let steps = at_most(self.steps);
            format!("with its sub-sequences the test has {steps} steps, {MAX_STEPS} at most")
        } else if self.levels > MAX_LEVELS {
            let levels = at_most(self.levels);
            format!("sub-sequences stand {levels} levels deep, {MAX_LEVELS} at most")
        } else {
            let megabytes = at_most(self.bytes >> 20);
            let most = MAX_BYTES >> 20;
            format!("with its sub-sequences the test has {megabytes} MB of text, {most} at most")
        }
    }
}

/// Reports each file that is too large while nothing that it calls is. Needs includes without
/// cycles.
pub(in crate::check) fn check(package: &LoadedPackage, findings: &mut Findings) {
    let mut sizes: Vec<Option<Size>> = vec![None; package.files.len()];
    for start in 0..package.files.len() {
        measure(package, FileIndex(start), &mut sizes);
    }
    let of = |index: FileIndex| sizes[index.0].unwrap_or_default();
    for (index, file) in package.files.iter().enumerate() {
        let size = of(FileIndex(index));
        let called = file.includes.iter().map(|include| of(include.target));
        if size.is_too_large() && !called.into_iter().any(Size::is_too_large) {
            findings.push(report(package, file, size, &of));
        }
    }
}

/// A walk with its own stack, callees first, since a chain of includes can be long.
fn measure(package: &LoadedPackage, start: FileIndex, sizes: &mut [Option<Size>]) {
    let mut way = vec![start];
    while let Some(&index) = way.last() {
        let file = package.file(index);
        let open = file.includes.iter().find(|i| sizes[i.target.0].is_none());
        match open {
            Some(include) if sizes[index.0].is_none() => way.push(include.target),
            _ => {
                if sizes[index.0].is_none() {
                    let of = |index: FileIndex| sizes[index.0].unwrap_or_default();
                    sizes[index.0] = Some(size_of(package, file, of));
                }
                way.pop();
            }
        }
    }
}

fn size_of(package: &LoadedPackage, file: &LoadedTest, of: impl Fn(FileIndex) -> Size) -> Size {
    let calls: HashMap<Span, FileIndex> = file.includes.iter().map(|i| (i.at, i.target)).collect();
    let text = package.sources.file(file.source).text().len();
    let mut size = Size {
        bytes: text as u64,
        ..Size::default()
    };
    for (_, step) in file.definition.all_steps() {
        add_step(&mut size, step, &calls, &of);
    }
    size
}

fn add_step(
    size: &mut Size,
    step: &Step,
    calls: &HashMap<Span, FileIndex>,
    of: &impl Fn(FileIndex) -> Size,
) {
    let mut next = Some(step);
    let mut level = 0;
    while let Some(step) = next {
        level += 1;
        size.steps = size.steps.saturating_add(1);
        size.levels = size.levels.max(level);
        let name = step.name.len() as u64 + 16;
        size.bytes = size.bytes.saturating_add(name.saturating_mul(level));
        if let StepKind::Sequence { path } = &step.kind
            && let Some(target) = calls.get(&path.span)
        {
            let called = of(*target);
            let paths = name.saturating_mul(level).saturating_mul(called.steps);
            size.steps = size.steps.saturating_add(called.steps);
            size.levels = size.levels.max(called.levels.saturating_add(level));
            size.bytes = size.bytes.saturating_add(called.bytes);
            size.bytes = size.bytes.saturating_add(paths);
        }
        next = step
            .retry
            .as_ref()
            .and_then(|retry| retry.before.as_deref());
    }
}

/// Stands at the call that brings most, else at the test itself.
fn report(
    package: &LoadedPackage,
    file: &LoadedTest,
    size: Size,
    of: &impl Fn(FileIndex) -> Size,
) -> Diagnostic {
    let most = |include: &&Include| {
        let called = of(include.target);
        (called.steps, called.levels, std::cmp::Reverse(include.at))
    };
    let finding = Diagnostic::error(Code::PlanTooLarge, size.told());
    let finding = match file.includes.iter().max_by_key(most) {
        Some(include) => {
            let called = package
                .sources
                .file(package.file(include.target).source)
                .shown();
            let steps = of(include.target).steps;
            finding.at(
                include.at,
                format!("each call of {called} brings {steps} steps"),
            )
        }
        None => finding.at(file.definition.name.span, "this test"),
    };
    finding.help("use `repeat` instead of calling the same steps again and again")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::check::{Facts, check};
    use crate::diagnostic::Code;
    use crate::package::load::{LoadOptions, Origin, RootFile, load};

    fn step(name: &str, call: Option<usize>) -> String {
        match call {
            Some(file) => {
                format!("    - {{name: {name}, type: sequence, sequence: tests/f{file}.yaml}}\n")
            }
            None => format!("    - {{name: {name}, type: mock}}\n"),
        }
    }

    /// `count` files of which each calls the next one `calls` times; the last holds one step.
    fn chain(folder: &Path, count: usize, calls: usize, name: &str) {
        fs::create_dir_all(folder.join("tests")).unwrap();
        let manifest = r#"{"name":"p","version":"1.0.0","author":"a","description":"d"}"#;
        fs::write(folder.join("package.json"), manifest).unwrap();
        for file in 0..count {
            let mut text = "test:\n  name: T\n  version: 1.0.0\n  steps:\n".to_owned();
            if file + 1 == count {
                text.push_str(&step(name, None));
            } else {
                for call in 0..calls {
                    text.push_str(&step(&format!("{name}{call}"), Some(file + 1)));
                }
            }
            fs::write(folder.join(format!("tests/f{file}.yaml")), text).unwrap();
        }
    }

    /// Messages of `plan-too-large`, and whether the package may run.
    fn judged(folder: &Path) -> (Vec<String>, bool) {
        let root = RootFile {
            path: folder.join("tests/f0.yaml"),
            origin: Origin::Named,
        };
        let options = LoadOptions {
            cwd: folder.to_path_buf(),
            ..LoadOptions::default()
        };
        let checked = check(load(&[root], &options), &Facts::default());
        let told = checked.findings.into_iter();
        let told = told.filter(|finding| finding.code == Code::PlanTooLarge);
        (
            told.map(|finding| finding.message).collect(),
            checked.package.is_some(),
        )
    }

    #[test]
    fn include_bomb_is_one_finding_and_no_memory() {
        let folder = tempfile::tempdir().unwrap();
        chain(folder.path(), 64, 2, "s");
        let (told, runs) = judged(folder.path());
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("100000 at most"), "{told:?}");
        assert!(!runs);
    }

    #[test]
    fn many_steps_below_the_cap_still_run() {
        let folder = tempfile::tempdir().unwrap();
        chain(folder.path(), 10, 3, "s");
        let (told, runs) = judged(folder.path());
        assert!(told.is_empty(), "{told:?}");
        assert!(runs);
    }

    #[test]
    fn chain_of_includes_is_refused_before_it_fills_the_stack() {
        let folder = tempfile::tempdir().unwrap();
        chain(folder.path(), 100, 1, "s");
        assert!(judged(folder.path()).1);
        chain(folder.path(), 500, 1, "s");
        let (told, runs) = judged(folder.path());
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("levels deep"), "{told:?}");
        assert!(!runs);
    }

    #[test]
    fn long_texts_that_are_called_often_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        chain(folder.path(), 3, 60, &"n".repeat(20_000));
        let (told, runs) = judged(folder.path());
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("MB of text"), "{told:?}");
        assert!(!runs);
    }
}
