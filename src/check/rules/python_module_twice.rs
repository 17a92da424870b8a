//! `python-module-twice`: one top-level name for two different modules of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Findings;
use crate::check::ModuleFile;
use crate::check::facts::{Facts, module_folder};
use crate::diagnostic::{Code, Diagnostic};
use crate::package::{FileIndex, LoadedPackage, PackageIndex};

/// Looks at the packages that each root brings together.
pub(in crate::check) fn check(package: &LoadedPackage, facts: &Facts, findings: &mut Findings) {
    let Some(modules) = &facts.module_files else {
        return;
    };
    let mut judged: BTreeSet<BTreeSet<PackageIndex>> = BTreeSet::new();
    for root in &package.roots {
        let together = packages_of(package, *root);
        if together.len() > 1 && judged.insert(together.clone()) {
            compare(package, *root, &together, modules, findings);
        }
    }
}

/// The packages of a root and of everything that it includes.
fn packages_of(package: &LoadedPackage, root: FileIndex) -> BTreeSet<PackageIndex> {
    let mut seen = BTreeSet::from([root]);
    let mut open = vec![root];
    let mut packages = BTreeSet::new();
    while let Some(index) = open.pop() {
        let file = package.file(index);
        packages.insert(file.package);
        let targets = file.includes.iter().map(|include| include.target);
        open.extend(targets.filter(|target| seen.insert(*target)));
    }
    packages
}

fn compare(
    package: &LoadedPackage,
    root: FileIndex,
    together: &BTreeSet<PackageIndex>,
    modules: &BTreeMap<std::path::PathBuf, Vec<ModuleFile>>,
    findings: &mut Findings,
) {
    let mut first: BTreeMap<&str, (&Path, u64)> = BTreeMap::new();
    for index in together {
        let folder = package.package(*index).root.as_path();
        let own = modules.get(&module_folder(folder));
        for module in own.into_iter().flatten() {
            match first.get(module.name.as_str()) {
                None => {
                    first.insert(&module.name, (folder, module.digest));
                }
                Some((_, digest)) if *digest == module.digest => {}
                Some((other, _)) => {
                    let message = format!(
                        "the Python module `{}` is in {} and, with other content, in {}",
                        module.name,
                        other.display(),
                        folder.display()
                    );
                    findings.push(
                        Diagnostic::error(Code::PythonModuleTwice, message)
                            .at(
                                package.file(root).definition.name.span,
                                "this test needs both",
                            )
                            .help("rename one of them"),
                    );
                }
            }
        }
    }
}
