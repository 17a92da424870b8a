//! All rules over all files.

use crate::check::checked::CheckedPackage;
use crate::check::facts::Facts;
use crate::check::rules;
use crate::check::view::TestView;
use crate::diagnostic::{Diagnostic, sort_findings};
use crate::package::load::{Loaded, in_parallel};
use crate::package::{LoadedPackage, LoadedTest};
use crate::source::Sources;

/// A package to run, or why not.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Absent where a finding is an error.
    pub(crate) package: Option<CheckedPackage>,
    /// In the order of their places, each once.
    pub(crate) findings: Vec<Diagnostic>,
    /// The texts that the findings point into.
    pub(crate) sources: Sources,
}

/// Judges the test that is to be run: the first root.
pub(crate) fn check(loaded: Loaded, facts: &Facts) -> Checked {
    let mut all = loaded.findings;
    all.extend(rules_of(
        &loaded.package,
        facts,
        rules::variables::Callers::None,
        1,
    ));
    sort_findings(&mut all, &loaded.package.sources);
    let sources = loaded.package.sources.clone();
    let has_error = all.iter().any(Diagnostic::is_error);
    let is_whole = !has_error && !loaded.package.roots.is_empty();
    let package = is_whole.then(|| CheckedPackage::new(loaded.package));
    Checked {
        package,
        findings: all,
        sources,
    }
}

/// Judges everything that was loaded: files under `sub-sequences` may have callers elsewhere.
pub(crate) fn findings(loaded: &mut Loaded, facts: &Facts, threads: usize) -> Vec<Diagnostic> {
    let mut all = std::mem::take(&mut loaded.findings);
    let callers = rules::variables::Callers::Elsewhere;
    all.extend(rules_of(&loaded.package, facts, callers, threads));
    sort_findings(&mut all, &loaded.package.sources);
    all
}

fn rules_of(
    package: &LoadedPackage,
    facts: &Facts,
    callers: rules::variables::Callers,
    threads: usize,
) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = Vec::new();
    for folder in &package.packages {
        if let Some(manifest) = &folder.manifest {
            rules::manifest_value::check(manifest, &mut all);
        }
    }
    let judged = in_parallel(package.files.len(), threads, |index| {
        judge_file(package, &package.files[index], facts)
    });
    all.extend(judged.into_iter().flatten());
    all.extend(rules::variables::check(package, facts, callers, threads));
    rules::python_module_twice::check(package, facts, &mut all);
    rules::plan_too_large::check(package, &mut all);
    all
}

/// The rules that need no other file.
fn judge_file(package: &LoadedPackage, file: &LoadedTest, facts: &Facts) -> Vec<Diagnostic> {
    let view = TestView {
        package,
        file,
        facts,
    };
    let mut findings = Vec::new();
    for rule in rules::TEST_RULES {
        rule(&view, &mut findings);
    }
    for step in view.steps() {
        for rule in rules::STEP_RULES {
            rule(&step, &mut findings);
        }
    }
    findings
}
