//! What the packages of a test want installed.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::wheels::{self, Wheel};
use crate::event::hex;
use crate::runner::Python;

/// Changes when environments are built in another way.
const FORM: &[u8] = b"maestro environment 1";

/// What one package says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PackageNeeds<'a> {
    pub(crate) name: &'a str,
    pub(crate) root: &'a Path,
    /// `requirements.pipPackages`.
    pub(crate) pip_packages: &'a [String],
}

/// What all packages of a test want together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needs {
    /// As pip reads them, sorted, each once.
    pub(super) requirements: Vec<String>,
    /// The folders with wheels that take part.
    pub(super) folders: Vec<PathBuf>,
    wheels: BTreeSet<Wheel>,
    /// Names of the packages that want something.
    pub(super) asking: Vec<String>,
    /// Whether the wheels are all there is: every package that wants something brings some.
    pub(super) is_offline: bool,
}

impl Needs {
    /// Gathers what the packages say, and their wheels; `None` if they want nothing. A package with
    /// wheels and without `pipPackages` wants what its wheels hold.
    pub(crate) fn of<'a>(
        packages: impl IntoIterator<Item = PackageNeeds<'a>>,
        cache: &Path,
    ) -> io::Result<Option<Self>> {
        let mut requirements = BTreeSet::new();
        let mut needs = Self {
            requirements: Vec::new(),
            folders: Vec::new(),
            wheels: BTreeSet::new(),
            asking: Vec::new(),
            is_offline: true,
        };
        for package in packages {
            let folder = package.root.join("wheels");
            let wheels = wheels::in_folder(&folder, cache).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", folder.display()))
            })?;
            if package.pip_packages.is_empty() && wheels.is_empty() {
                continue;
            }
            needs.asking.push(package.name.to_owned());
            needs.is_offline &= !wheels.is_empty();
            if package.pip_packages.is_empty() {
                let held = wheels
                    .iter()
                    .filter_map(|wheel| wheels::distribution(&wheel.name));
                requirements.extend(held);
            }
            requirements.extend(package.pip_packages.iter().map(|text| spaced(text)));
            if !wheels.is_empty() {
                needs.folders.push(folder);
                needs.wheels.extend(wheels);
            }
        }
        requirements.remove("");
        needs.requirements = requirements.into_iter().collect();
        Ok((!needs.requirements.is_empty()).then_some(needs))
    }

    /// The packages that want something, in quotes.
    pub(crate) fn asking(&self) -> String {
        let names: Vec<String> = self.asking.iter().map(|name| format!("'{name}'")).collect();
        names.join(", ")
    }

    pub(crate) fn requirements(&self) -> &[String] {
        &self.requirements
    }

    pub(crate) const fn is_offline(&self) -> bool {
        self.is_offline
    }

    /// Name of the environment that holds this for this interpreter.
    pub(super) fn digest(&self, python: &Python) -> String {
        let mut hash = Sha256::new();
        let mut add = |bytes: &[u8]| {
            hash.update(bytes.len().to_le_bytes());
            hash.update(bytes);
        };
        add(FORM);
        add(python.program.as_os_str().as_bytes());
        for number in python.version.unwrap_or_default() {
            add(&number.to_le_bytes());
        }
        add(&[u8::from(self.is_offline)]);
        for requirement in &self.requirements {
            add(requirement.as_bytes());
        }
        add(b"wheels");
        for wheel in &self.wheels {
            add(wheel.name.as_bytes());
            add(wheel.digest.as_bytes());
        }
        hex(&hash.finalize()[..8])
    }

    /// What is installed, in a few words.
    pub(super) fn summary(&self) -> String {
        let shown = self.requirements.iter().take(4).map(String::as_str);
        let shown: Vec<&str> = shown.collect();
        let more = self.requirements.len() - shown.len();
        let tail = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        format!("{}{tail}", shown.join(", "))
    }
}

/// The text with one blank where there are several.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Bench(tempfile::TempDir);

    impl Bench {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn wheel(&self, package: &str, name: &str, content: &str) {
            let folder = self.0.path().join(package).join("wheels");
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), content).unwrap();
        }

        fn needs(&self, packages: &[(&str, &[&str])]) -> Option<Needs> {
            let owned: Vec<(PathBuf, Vec<String>)> = packages
                .iter()
                .map(|(name, pip)| {
                    let pip = pip.iter().map(ToString::to_string).collect();
                    (self.0.path().join(name), pip)
                })
                .collect();
            let needs = packages
                .iter()
                .zip(&owned)
                .map(|((name, _), (root, pip))| PackageNeeds {
                    name,
                    root,
                    pip_packages: pip,
                });
            Needs::of(needs, &self.0.path().join("cache")).unwrap()
        }
    }

    fn python(program: &str, version: [u32; 3]) -> Python {
        Python {
            program: PathBuf::from(program),
            args: Vec::new(),
            version: Some(version),
        }
    }

    #[test]
    fn packages_without_requirements_want_no_environment() {
        assert_eq!(Bench::new().needs(&[("a", &[]), ("b", &[])]), None);
    }

    #[test]
    fn order_blanks_and_repetition_do_not_make_another_environment() {
        let bench = Bench::new();
        let python = python("/usr/bin/python3", [3, 11, 2]);
        let one = bench
            .needs(&[("a", &["x == 1", "y"]), ("b", &["y"])])
            .unwrap();
        let two = bench.needs(&[("a", &["y", "x  ==  1"])]).unwrap();
        assert_eq!(one.requirements, ["x == 1", "y"]);
        assert_eq!(one.digest(&python), two.digest(&python));
        assert!(!one.is_offline);
    }

    #[test]
    fn requirements_wheels_and_interpreter_make_another_environment() {
        let bench = Bench::new();
        let usual = python("/usr/bin/python3", [3, 11, 2]);
        let digest = |python: &Python| {
            let needs = bench.needs(&[("a", &["x"])]).unwrap();
            needs.digest(python)
        };
        let mut seen = BTreeSet::from([digest(&usual)]);
        assert!(seen.insert(digest(&python("/usr/bin/python3", [3, 11, 3]))));
        assert!(seen.insert(digest(&python("/opt/bin/python3", [3, 11, 2]))));
        assert!(seen.insert(bench.needs(&[("a", &["x>1"])]).unwrap().digest(&usual)));
        bench.wheel("a", "x-1-py3-none-any.whl", "one");
        assert!(seen.insert(digest(&usual)));
        bench.wheel("a", "x-1-py3-none-any.whl", "two");
        assert!(seen.insert(digest(&usual)));
        bench.wheel("a", "x-2-py3-none-any.whl", "two");
        assert!(seen.insert(digest(&usual)));
    }

    #[test]
    fn wheels_alone_are_wanted_by_their_names() {
        let bench = Bench::new();
        bench.wheel("a", "My_Driver-1.0-py3-none-any.whl", "");
        bench.wheel("a", "other-1.0-cp311-cp311-win32.whl", "");
        let needs = bench.needs(&[("a", &[])]).unwrap();
        assert_eq!(needs.requirements, ["my-driver"]);
        assert!(needs.is_offline);
    }

    #[test]
    fn one_package_without_wheels_needs_the_network() {
        let bench = Bench::new();
        bench.wheel("a", "x-1-py3-none-any.whl", "");
        assert!(
            bench
                .needs(&[("a", &["x"]), ("b", &[])])
                .unwrap()
                .is_offline
        );
        let mixed = bench.needs(&[("a", &["x"]), ("b", &["y"])]).unwrap();
        assert!(!mixed.is_offline);
        assert_eq!(mixed.folders.len(), 1);
        assert_eq!(mixed.asking, ["a", "b"]);
    }
}
