//! The shape of the code, read from its text: layers, imports, docs, lengths, `unsafe`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::rig::repository;

const FILE_LIMIT: usize = 600;

/// A source file below `src/`.
struct Source {
    /// Path relative to `src/`.
    path: PathBuf,
    text: String,
}

impl Source {
    /// The top-level module that the file belongs to.
    fn module(&self) -> String {
        let first = self.path.components().next().unwrap();
        let first = Path::new(first.as_os_str());
        first.file_stem().unwrap().to_string_lossy().into_owned()
    }

    /// The lines that are code, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(i, line)| (i + 1, line.trim_start()))
            .filter(|(_, line)| !line.starts_with("//"))
    }

    /// The top-level modules that the code names, with the line of each mention.
    fn imports(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (number, line) in self.code() {
            for (at, _) in line.match_indices("crate::") {
                let inside_word = line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                let name = line[at + 7..]
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect::<String>();
                // `crate::{a, b}` would hide imports from this test: it yields an empty name.
                if !inside_word {
                    found.push((number, name));
                }
            }
        }
        found
    }
}

/// What `src/lib.rs` promises.
struct Map {
    layer: BTreeMap<String, u32>,
    /// Imports that are allowed within a layer.
    beside: BTreeMap<String, BTreeSet<String>>,
}

impl Map {
    fn read(lib: &str) -> Self {
        let docs = lib
            .lines()
            .filter_map(|line| line.strip_prefix("//! "))
            .collect::<Vec<_>>();
        let mut map = Self {
            layer: BTreeMap::new(),
            beside: BTreeMap::new(),
        };
        for line in &docs {
            let cells = line.split('|').map(str::trim).collect::<Vec<_>>();
            if let [_, layer, module, ..] = cells.as_slice()
                && let Some(layer) = layer.split(' ').next().and_then(|n| n.parse().ok())
            {
                let module = module.trim_matches(['[', ']', '`']);
                map.layer.insert(module.to_owned(), layer);
            }
        }
        let block = docs.iter().skip_while(|line| **line != "```text").skip(1);
        for line in block.take_while(|line| **line != "```") {
            let (module, imports) = line.split_once(": ").unwrap();
            let imports = imports.split(' ').map(str::to_owned).collect();
            map.beside.insert(module.to_owned(), imports);
        }
        map
    }

    /// Whether `module` may name `other`.
    fn allows(&self, module: &str, other: &str) -> bool {
        // The servers for tests exist in test builds only, where any module may start one.
        if other == "servers" {
            return true;
        }
        let (Some(own), Some(others)) = (self.layer.get(module), self.layer.get(other)) else {
            return false;
        };
        let layer_allows = module == other
            || others < own
            || (own == others
                && self
                    .beside
                    .get(module)
                    .is_some_and(|set| set.contains(other)));
        let tighter = match (module, other) {
            ("journal", other) => module == other || *others == 1,
            ("frontend", "engine" | "runner" | "journal" | "store" | "mes") => false,
            ("cli", _) | (_, "cli") => true,
            (module, "store" | "mes") => module == other,
            _ => true,
        };
        layer_allows && tighter
    }
}

fn sources() -> Vec<Source> {
    let root = repository().join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                found.push(Source {
                    text: fs::read_to_string(&path).unwrap(),
                    path: path.strip_prefix(&root).unwrap().to_owned(),
                });
            }
        }
    }
    assert!(found.len() > 20, "src/ was not found");
    found
}

fn map() -> Map {
    Map::read(&fs::read_to_string(repository().join("src/lib.rs")).unwrap())
}

/// Collects what breaks a rule and fails with all of it.
#[track_caller]
fn none_breaks_it(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

#[test]
fn every_module_is_on_the_map() {
    let map = map();
    let modules = sources()
        .iter()
        .map(Source::module)
        .filter(|module| module != "lib" && module != "main")
        .collect::<BTreeSet<_>>();
    let mapped = map.layer.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(modules, mapped);
}

#[test]
fn imports_follow_the_layers() {
    let map = map();
    let mut broken = Vec::new();
    for source in sources() {
        let module = source.module();
        if module == "lib" || module == "main" {
            continue;
        }
        for (line, other) in source.imports() {
            if !map.allows(&module, &other) {
                let path = source.path.display();
                broken.push(format!("src/{path}:{line}: `{module}` names `{other}`"));
            }
        }
    }
    none_breaks_it("the table in src/lib.rs forbids", &broken);
}

#[test]
fn front_ends_do_not_import_one_another() {
    let mut broken = Vec::new();
    for source in sources() {
        let Ok(inside) = source.path.strip_prefix("frontend") else {
            continue;
        };
        let own = inside.components().next().unwrap();
        let own = Path::new(own.as_os_str()).file_stem().unwrap();
        let own = format!("crate::frontend::{}", own.to_string_lossy());
        for (number, line) in source.code() {
            let shared = line.contains("crate::frontend::text");
            let foreign = line.contains("crate::frontend::") && !line.contains(&own) && !shared;
            if foreign && !own.ends_with("::mod") {
                broken.push(format!("src/{}:{number}: {line}", source.path.display()));
            }
        }
    }
    none_breaks_it("a front end imports another", &broken);
}

#[test]
fn every_file_says_what_it_owns() {
    let broken = sources()
        .iter()
        .filter(|source| {
            source
                .path
                .file_name()
                .is_some_and(|name| name != "tests.rs")
        })
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| format!("src/{}", source.path.display()))
        .collect::<Vec<_>>();
    none_breaks_it("no `//!` at the top", &broken);
}

#[test]
fn no_file_grows_beyond_the_limit() {
    let broken = sources()
        .iter()
        .map(|source| (source.path.display(), source.text.lines().count()))
        .filter(|(_, lines)| *lines > FILE_LIMIT)
        .map(|(path, lines)| format!("src/{path}: {lines} lines"))
        .collect::<Vec<_>>();
    none_breaks_it("too long", &broken);
}

#[test]
fn unsafe_code_stays_in_the_platform_folder() {
    let mut broken = Vec::new();
    for source in sources() {
        if source.path.starts_with("runner/os") {
            continue;
        }
        for (number, line) in source.code() {
            if line.contains("unsafe {")
                || line.contains("unsafe fn")
                || line.contains("unsafe impl")
            {
                broken.push(format!("src/{}:{number}: {line}", source.path.display()));
            }
        }
    }
    none_breaks_it("unsafe code outside src/runner/os", &broken);
}

#[test]
fn no_module_is_a_drawer_for_everything() {
    let drawers = [
        "util", "utils", "common", "core", "helper", "helpers", "misc",
    ];
    let broken = sources()
        .iter()
        .flat_map(|source| {
            let names = source
                .path
                .iter()
                .map(|part| Path::new(part).file_stem().unwrap());
            names
                .filter(|name| drawers.iter().any(|drawer| *name == *drawer))
                .map(|_| format!("src/{}", source.path.display()))
                .collect::<Vec<_>>()
        })
        .collect::<Vec<_>>();
    none_breaks_it("a name that says nothing", &broken);
}

#[test]
fn table_of_imports_is_understood() {
    let map = map();
    assert!(map.allows("record", "event"));
    assert!(!map.allows("event", "record"));
    assert!(!map.allows("journal", "plan"));
    assert!(!map.allows("frontend", "engine"));
    assert!(map.allows("frontend", "session"));
    assert!(map.allows("cli", "store"));
    assert!(!map.allows("frontend", "store"));
    assert!(!map.allows("cli", ""));
}
