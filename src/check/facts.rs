//! What the rules know of the world, gathered by the command.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::check::PythonModule;
use crate::package::LoadedPackage;
use crate::package::model::{Step, Target};

/// The facts of one command. What is `None` was not asked for, and its rules are silent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// The files of [`Wanted::files`] that exist.
    pub(crate) existing: Option<BTreeSet<PathBuf>>,
    /// The files of [`Wanted::modules`] that exist, read but not imported.
    pub(crate) modules: Option<BTreeMap<PathBuf, PythonModule>>,
    /// What stands in the `python_modules` folders of [`Wanted::module_folders`].
    pub(crate) module_files: Option<BTreeMap<PathBuf, Vec<ModuleFile>>>,
    /// The roots of packages that bring wheels: what is in these can be imported too.
    pub(crate) wheels: BTreeSet<PathBuf>,
    /// The keys of the station's config.
    pub(crate) cfg_keys: Option<BTreeSet<String>>,
    /// The runners of the station, the built-in ones included.
    pub(crate) runners: Option<BTreeSet<String>>,
    /// Variables that the command line sets.
    pub(crate) variables: BTreeSet<String>,
    /// Tag keys that the command line sets.
    pub(crate) tags: BTreeSet<String>,
    /// Whether the station limits runner steps that declare no `timeout_ms`.
    pub(crate) has_default_timeout: bool,
}

/// A top-level module of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModuleFile {
    /// As it is imported.
    pub(crate) name: String,
    /// Of its text; for a folder of all its texts.
    pub(crate) digest: u64,
}

/// The questions whose answers are [`Facts`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// Pictures, assemblies and programs.
    pub(crate) files: BTreeSet<PathBuf>,
    /// Every file that a Python module could be.
    pub(crate) modules: BTreeSet<PathBuf>,
    /// `python_modules` of every package.
    pub(crate) module_folders: BTreeSet<PathBuf>,
}

impl Wanted {
    /// What the rules will ask about this package.
    pub(crate) fn by(package: &LoadedPackage) -> Self {
        let mut wanted = Self::default();
        for folder in &package.packages {
            wanted
                .module_folders
                .insert(folder.root.join(PYTHON_MODULES));
        }
        for file in &package.files {
            let root = package.root_of(file);
            for (_, step) in file.definition.all_steps() {
                wanted.add_step(step, root, package);
            }
        }
        wanted
    }

    fn add_step(&mut self, step: &Step, root: &Path, package: &LoadedPackage) {
        if let Some(image) = step.prompt().and_then(|prompt| prompt.image.as_ref()) {
            self.files.extend(below(root, image));
        }
        let call = step.runner();
        let runtime = call.and_then(|call| call.runner_type.as_deref());
        match call.map(|call| &call.target) {
            Some(Target::Python(target)) => {
                for folder in &package.packages {
                    self.modules
                        .extend(module_paths(&folder.root, &target.module));
                }
            }
            Some(Target::Dotnet(target)) => {
                self.files
                    .extend(assembly_paths(root, &target.assembly, runtime));
            }
            Some(Target::Command(target)) => {
                self.files.extend(program_path(root, &target.program));
            }
            _ => {}
        }
        if let Some(before) = step
            .retry
            .as_ref()
            .and_then(|retry| retry.before.as_deref())
        {
            self.add_step(before, root, package);
        }
    }
}

const PYTHON_MODULES: &str = "python_modules";

/// `python_modules` of a package.
pub(super) fn module_folder(root: &Path) -> PathBuf {
    root.join(PYTHON_MODULES)
}

/// The files that module `name` of a package can be, the likelier one first.
pub(super) fn module_paths(root: &Path, name: &str) -> Vec<PathBuf> {
    let parts: Vec<&str> = name.trim().split('.').collect();
    let is_name = |part: &&str| !part.is_empty() && !part.contains(['/', '\\', '\0']);
    if !parts.iter().all(is_name) {
        return Vec::new();
    }
    let base = root.join(PYTHON_MODULES).join(parts.join("/"));
    vec![base.with_added_extension("py"), base.join("__init__.py")]
}

/// The files that an assembly can be: the extension may be left out, and assemblies for one runtime
/// may lie in a folder of its name.
pub(super) fn assembly_paths(root: &Path, name: &str, runtime: Option<&String>) -> Vec<PathBuf> {
    let name = name.trim().replace('\\', "/");
    let assemblies = root.join("assemblies");
    let of_runtime = runtime.and_then(|runtime| below(&assemblies, runtime));
    let folders = [Some(assemblies), of_runtime, Some(root.to_path_buf())];
    let paths = folders
        .into_iter()
        .flatten()
        .filter_map(|folder| below(&folder, &name));
    paths
        .flat_map(|path| {
            [
                path.with_added_extension("dll"),
                path.with_added_extension("exe"),
                path,
            ]
        })
        .collect()
}

/// The file of a package that a program must be; `None` where it may be anywhere.
pub(super) fn program_path(root: &Path, program: &str) -> Option<PathBuf> {
    // A name without a folder may be on the path of the station.
    program
        .contains('/')
        .then(|| below(root, program))
        .flatten()
}

/// A path inside of a folder; `None` for a template, an absolute path and one that leads out.
pub(crate) fn below(folder: &Path, relative: &str) -> Option<PathBuf> {
    use std::path::Component;
    let relative = relative.trim().replace('\\', "/");
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    let plain = !relative.is_empty() && !relative.contains("{{") && !relative.contains('\0');
    let path = Path::new(&relative);
    (plain && path.components().all(inside)).then(|| folder.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_can_be_a_file_or_a_folder_and_never_leads_out() {
        let root = Path::new("/p");
        assert_eq!(
            module_paths(root, "a.b"),
            [
                Path::new("/p/python_modules/a/b.py"),
                Path::new("/p/python_modules/a/b/__init__.py")
            ]
        );
        for name in ["", "a..b", "../a", "/etc/x", "a/b"] {
            assert!(module_paths(root, name).is_empty(), "{name}");
        }
    }

    #[test]
    fn assembly_is_looked_for_with_its_ending_and_below_its_runtime() {
        let runtime = "net48".to_owned();
        let paths = assembly_paths(Path::new("/p"), "Bench", Some(&runtime));
        for path in [
            "/p/assemblies/Bench.dll",
            "/p/assemblies/net48/Bench.dll",
            "/p/assemblies/Bench",
        ] {
            assert!(paths.iter().any(|known| known == Path::new(path)), "{path}");
        }
        assert!(assembly_paths(Path::new("/p"), "../Bench.dll", None).is_empty());
    }

    #[test]
    fn program_with_a_folder_belongs_to_the_package() {
        let root = Path::new("/p");
        let path = program_path(root, "tools/flash").unwrap();
        assert_eq!(path, Path::new("/p/tools/flash"));
        for program in ["flash", "/usr/bin/flash", "../flash", "{{x}}/flash"] {
            assert_eq!(program_path(root, program), None, "{program}");
        }
    }

    #[test]
    fn path_of_a_picture_stays_inside() {
        let root = Path::new("/p");
        assert_eq!(
            below(root, "images\\a.png").unwrap(),
            Path::new("/p/images/a.png")
        );
        for path in ["", "../a.png", "/a.png", "{{x}}.png"] {
            assert_eq!(below(root, path), None, "{path}");
        }
    }
}
