use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::diagnostic::Code;

/// A folder of files that a test writes.
struct Bench {
    folder: TempDir,
}

const MANIFEST: &str = r#"{"name": "NAME", "version": "1.0.0", "author": "a", "description": "d"}"#;

impl Bench {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    fn file(&self, path: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn package(&self, folder: &str, name: &str) {
        self.file(
            &format!("{folder}/package.json"),
            MANIFEST.replace("NAME", name),
        );
    }

    /// A test whose steps call `sequences`.
    fn test(&self, path: &str, sequences: &[&str]) -> PathBuf {
        let mut text =
            "test:\n  name: t\n  version: 1.0.0\n  steps:\n    - {name: a, type: mock}\n"
                .to_owned();
        for sequence in sequences {
            text += "    - {name: s, type: sequence, sequence: \"";
            text += sequence;
            text += "\"}\n";
        }
        self.file(path, text)
    }

    fn load(&self, path: &Path) -> Loaded {
        self.load_with(path, &[])
    }

    fn load_with(&self, path: &Path, package_path: &[&str]) -> Loaded {
        let root = RootFile {
            path: path.to_path_buf(),
            origin: Origin::Named,
        };
        let options = LoadOptions {
            cwd: self.root(),
            package_path: package_path.iter().map(|p| self.root().join(p)).collect(),
            threads: 2,
            ..LoadOptions::default()
        };
        load(&[root], &options)
    }
}

fn codes(loaded: &Loaded) -> Vec<Code> {
    loaded.findings.iter().map(|finding| finding.code).collect()
}

fn shown(loaded: &Loaded) -> Vec<&str> {
    let files = loaded.package.files.iter();
    files
        .map(|file| loaded.package.sources.file(file.source).shown())
        .collect()
}

#[test]
fn includes_are_read_once_and_found_again_by_their_place() {
    let bench = Bench::new();
    bench.package("p", "p");
    bench.test("p/tests/sub-sequences/b.yaml", &[]);
    let main = bench.test(
        "p/tests/main.yaml",
        &[
            "tests/sub-sequences/b.yaml",
            "tests\\\\sub-sequences\\\\b.yaml",
        ],
    );
    let loaded = bench.load(&main);
    assert_eq!(codes(&loaded), []);
    assert_eq!(
        shown(&loaded),
        ["p/tests/main.yaml", "p/tests/sub-sequences/b.yaml"]
    );
    let root = loaded.package.file(loaded.package.roots[0]);
    let targets: Vec<_> = root.includes.iter().map(|include| include.target).collect();
    assert_eq!(targets, [crate::package::FileIndex(1); 2]);
    assert_eq!(root.include_at(root.includes[1].at), Some(targets[1]));
    assert_eq!(loaded.package.packages[0].name(), Some("p"));
}

#[test]
fn other_packages_are_found_in_the_documented_order() {
    let bench = Bench::new();
    for place in ["first/x", "second/x", "beside/x"] {
        bench.package(place, "drivers");
        bench.test(&format!("{place}/tests/on.yaml"), &[]);
    }
    bench.package("beside/main", "main");
    let main = bench.test("beside/main/tests/main.yaml", &["drivers/tests/on.yaml"]);
    let found = |path: &[&str]| shown(&bench.load_with(&main, path))[1].to_owned();
    assert_eq!(found(&["first", "second"]), "first/x/tests/on.yaml");
    assert_eq!(found(&["second"]), "second/x/tests/on.yaml");
    assert_eq!(found(&["nowhere"]), "beside/x/tests/on.yaml");
}

#[test]
fn two_packages_of_one_name_in_one_place_are_both_named() {
    let bench = Bench::new();
    bench.package("one", "drivers");
    bench.package("two", "drivers");
    bench.package("main", "main");
    let main = bench.test("main/tests/main.yaml", &["drivers/tests/on.yaml"]);
    let loaded = bench.load(&main);
    assert_eq!(codes(&loaded), [Code::PackageTwice]);
    let message = &loaded.findings[0].message;
    assert!(
        message.contains("/one") && message.contains("/two"),
        "{message}"
    );
}

#[test]
fn missing_file_and_package_get_the_nearest_name() {
    let bench = Bench::new();
    bench.package("drivers", "drivers");
    bench.package("main", "main");
    bench.test("main/tests/sub-sequences/rail.yaml", &[]);
    let help = |sequence: &str| {
        let main = bench.test("main/tests/main.yaml", &[sequence]);
        let loaded = bench.load(&main);
        assert_eq!(codes(&loaded), [Code::IncludeMissing], "{sequence}");
        loaded.findings[0].help.clone().unwrap_or_default()
    };
    assert_eq!(
        help("tests/sub-sequences/rial.yaml"),
        "did you mean `tests/sub-sequences/rail.yaml`?"
    );
    assert_eq!(
        help("sub-sequences/rail.yaml"),
        "did you mean `tests/sub-sequences/rail.yaml`?"
    );
    assert_eq!(
        help("driver/tests/on.yaml"),
        "no package `driver` was found; did you mean `drivers`?"
    );
    assert_eq!(help("nothing.yaml"), "");
}

#[test]
fn path_that_leads_out_is_refused() {
    let bench = Bench::new();
    for path in ["../x.yaml", "/etc/x.yaml", "tests/../../x.yaml"] {
        let main = bench.test("p/main.yaml", &[path]);
        assert_eq!(codes(&bench.load(&main)), [Code::IncludeOutside], "{path}");
    }
}

#[test]
fn cycle_shows_the_chain_and_is_cut() {
    let bench = Bench::new();
    bench.package("p", "p");
    let main = bench.test("p/tests/main.yaml", &["tests/b.yaml"]);
    bench.test("p/tests/b.yaml", &["tests/c.yaml"]);
    bench.test("p/tests/c.yaml", &["tests/b.yaml"]);
    let loaded = bench.load(&main);
    assert_eq!(codes(&loaded), [Code::IncludeCycle]);
    assert_eq!(
        loaded.findings[0].message,
        "the sequence includes itself: p/tests/b.yaml → p/tests/c.yaml → p/tests/b.yaml"
    );
    assert_eq!(loaded.findings[0].labels.len(), 2);
    assert_eq!(loaded.package.files[2].includes.len(), 0);
    let own = bench.test("p/tests/own.yaml", &["tests/own.yaml"]);
    assert_eq!(codes(&bench.load(&own)), [Code::IncludeCycle]);
}

#[test]
fn what_is_no_ordinary_file_is_refused_without_blocking() {
    let bench = Bench::new();
    let pipe = bench.root().join("pipe.yaml");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let huge = bench.file("huge.yaml", "");
    fs::File::options()
        .write(true)
        .open(&huge)
        .unwrap()
        .set_len(200_000_000)
        .unwrap();
    let text = bench.file("latin.yaml", b"test:\n  name: \xb5V\n");
    let cases = [
        (pipe, Code::FileUnreadable, "pipe"),
        (bench.root(), Code::FileUnreadable, "folder"),
        (PathBuf::from("/dev/null"), Code::FileUnreadable, "device"),
        (
            bench.root().join("none.yaml"),
            Code::FileUnreadable,
            "No such file",
        ),
        (huge, Code::FileTooLarge, "200000000 bytes"),
        (text, Code::FileNotUtf8, "byte 14"),
    ];
    for (path, code, part) in cases {
        let loaded = bench.load(&path);
        assert_eq!(codes(&loaded), [code], "{part}");
        let message = &loaded.findings[0].message;
        assert!(message.contains(part), "{message}");
        assert_eq!(loaded.unreadable, code == Code::FileUnreadable);
    }
}

#[test]
fn manifest_mistakes_are_findings_with_places() {
    let bench = Bench::new();
    let cases = [
        (
            "{\n\t\"name\": \"p\",\n\t\"version\": \"1.0.0\",\n\t\"author\": \"a\",\n\t\"description\": \"d\"\n}",
            vec![],
        ),
        ("\u{feff}{\"name\": \"p\",}", vec![Code::ManifestSyntax]),
        (
            "{\"name\": \"p\", \"version\": \"1.0.0\"}",
            vec![Code::MissingField; 2],
        ),
        ("[1]", vec![Code::WrongType]),
        (
            "{\"name\": \"p\", \"version\": \"1.0.0\", \"author\": \"a\", \"description\": \"d\", \"licence\": 1}",
            vec![Code::ManifestUnknownKey],
        ),
    ];
    let main = bench.test("p/tests/main.yaml", &[]);
    for (text, expected) in cases {
        bench.file("p/package.json", text);
        assert_eq!(codes(&bench.load(&main)), expected, "{text}");
    }
}

#[test]
fn walk_passes_over_what_is_no_test() {
    let bench = Bench::new();
    bench.package("p", "p");
    bench.test("p/tests/main.yaml", &[]);
    bench.file("p/ci.yaml", "jobs: [a]\n");
    bench.file("p/broken.yml", "a: [\n");
    bench.file("p/bad.yaml", "test: [\n");
    bench.file("p/.git/x.yaml", "test: 3\n");
    let walked = walk(&bench.root().join("p"));
    let options = LoadOptions {
        cwd: bench.root(),
        threads: 2,
        ..LoadOptions::default()
    };
    let loaded = load(&walked.files, &options);
    assert_eq!(shown(&loaded), ["p/tests/main.yaml"]);
    assert_eq!(codes(&loaded), [Code::YamlSyntax]);
    assert_eq!(
        codes(&bench.load(&bench.root().join("p/ci.yaml"))),
        [Code::NotATest]
    );
}
