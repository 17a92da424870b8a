//! The loader: roots in, every file that they need out, each read once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::diagnostic::{Code, Diagnostic};
use crate::package::load::catalog::Catalog;
use crate::package::load::graph::cut_cycles;
use crate::package::load::include::resolve;
use crate::package::load::manifest::{MANIFEST, parse_manifest};
use crate::package::load::read::{ReadFailure, read_text};
use crate::package::model::{Step, StepKind, TestDefinition};
use crate::package::read::{ReadOptions, Reader, read_test};
use crate::package::yaml;
use crate::package::{FileIndex, Include, LoadedPackage, LoadedTest, PackageFolder, PackageIndex};
use crate::source::{SourceFile, SourceId, Span, Spanned};

/// Choices of the caller.
#[derive(Debug, Clone, Default)]
pub(crate) struct LoadOptions {
    pub(crate) read: ReadOptions,
    /// Absolute; paths below it are shown relative to it.
    pub(crate) cwd: PathBuf,
    /// Folders with packages, in order: `package_path` of the station, then installed ones.
    pub(crate) package_path: Vec<PathBuf>,
    /// Threads that may read files at the same time; 0 counts as 1.
    pub(crate) threads: usize,
}

/// A file to begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RootFile {
    pub(crate) path: PathBuf,
    pub(crate) origin: Origin,
}

/// How a root came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It must be a test, or a manifest.
    Named,
    /// Found in a folder: passed over in silence if it is no test.
    Walked,
}

/// What was read, and what is wrong with it so far.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) package: LoadedPackage,
    pub(crate) findings: Vec<Diagnostic>,
    /// Whether a named path could not be read at all.
    pub(crate) unreadable: bool,
}

/// Reads the roots and everything that they include.
///
/// A root that is called `package.json` is read as a manifest.
pub(crate) fn load(roots: &[RootFile], options: &LoadOptions) -> Loaded {
    let mut loader = Loader::new(options);
    let mut round: Vec<Wanted> = Vec::new();
    for root in roots {
        let path = options.cwd.join(&root.path);
        if path.file_name().is_some_and(|name| name == MANIFEST) {
            loader.named_manifest(&path);
        } else {
            loader.want(&path, Some(root.origin), &mut round);
        }
    }
    while !round.is_empty() {
        let read = loader.read_round(&round);
        round = loader.take_round(round, read);
    }
    loader.finish()
}

/// A file that is to be read.
struct Wanted {
    key: PathBuf,
    /// How it came in, if it is a root.
    root: Option<Origin>,
}

/// A file that was read.
struct ReadFile {
    source: SourceFile,
    definition: Option<TestDefinition>,
    findings: Vec<Diagnostic>,
    unreadable: bool,
}

struct Loader<'o> {
    options: &'o LoadOptions,
    catalog: Catalog,
    loaded: Loaded,
    /// Canonical paths that were asked for; `None` while reading and for what is no test.
    files: HashMap<PathBuf, Option<FileIndex>>,
    packages: HashMap<PathBuf, PackageIndex>,
    /// Folder to the package root at or above it.
    roots: HashMap<PathBuf, PathBuf>,
    /// Includes whose file is still to come: calling file, place, canonical path.
    open: Vec<(FileIndex, Span, PathBuf)>,
}

impl<'o> Loader<'o> {
    fn new(options: &'o LoadOptions) -> Self {
        Self {
            options,
            catalog: Catalog::new(options.package_path.clone()),
            loaded: Loaded::default(),
            files: HashMap::new(),
            packages: HashMap::new(),
            roots: HashMap::new(),
            open: Vec::new(),
        }
    }

    /// Puts a file on the list unless it was there already.
    fn want(&mut self, path: &Path, root: Option<Origin>, round: &mut Vec<Wanted>) -> PathBuf {
        let key = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        if !self.files.contains_key(&key) {
            self.files.insert(key.clone(), None);
            round.push(Wanted {
                key: key.clone(),
                root,
            });
        }
        key
    }

    /// Reads the files of one round side by side; the answers are in the order of the list.
    fn read_round(&self, round: &[Wanted]) -> Vec<ReadFile> {
        let base = self.loaded.package.sources.next_id().index();
        let read = |index: usize| {
            let wanted = &round[index];
            let shown = self.shown(&wanted.key);
            read_definition(
                wanted,
                shown,
                SourceId::new(base + index),
                self.options.read,
            )
        };
        in_parallel(round.len(), self.options.threads, read)
    }

    /// Takes the files of a round in and gives the next one: what they include.
    fn take_round(&mut self, round: Vec<Wanted>, read: Vec<ReadFile>) -> Vec<Wanted> {
        let mut next = Vec::new();
        let mut taken = Vec::new();
        for (wanted, file) in round.into_iter().zip(read) {
            let source = self.loaded.package.sources.add(file.source);
            self.loaded.findings.extend(file.findings);
            self.loaded.unreadable |= file.unreadable;
            if let Some(definition) = file.definition {
                taken.push((wanted, source, definition));
            }
        }
        // Manifests get their ids after all files of the round, whose ids are promised.
        for (wanted, source, definition) in taken {
            self.take_file(&wanted, source, definition, &mut next);
        }
        next
    }

    fn take_file(
        &mut self,
        wanted: &Wanted,
        source: SourceId,
        definition: TestDefinition,
        next: &mut Vec<Wanted>,
    ) {
        let folder = wanted.key.parent().unwrap_or(Path::new("/"));
        let root = self.package_root(folder);
        let package = self.package(&root);
        let index = FileIndex(self.loaded.package.files.len());
        self.files.insert(wanted.key.clone(), Some(index));
        let paths = sequence_paths(&definition);
        self.loaded.package.files.push(LoadedTest {
            source,
            package,
            definition,
            includes: Vec::new(),
        });
        if wanted.root.is_some() {
            self.loaded.package.roots.push(index);
        }
        for path in paths.iter().filter(|path| !path.trim().is_empty()) {
            match resolve(path, &root, &mut self.catalog) {
                Ok(file) => {
                    let key = self.want(&file, None, next);
                    self.open.push((index, path.span, key));
                }
                Err(finding) => self.loaded.findings.push(finding),
            }
        }
    }

    /// The package root of a folder: the nearest one with a manifest, else the folder itself.
    fn package_root(&mut self, folder: &Path) -> PathBuf {
        if let Some(root) = self.roots.get(folder) {
            return root.clone();
        }
        let mut above = folder.ancestors();
        let root = above.find(|folder| folder.join(MANIFEST).is_file());
        let root = root.unwrap_or(folder).to_path_buf();
        self.roots.insert(folder.to_path_buf(), root.clone());
        root
    }

    /// The package at `root`; its manifest is read when it is met first.
    fn package(&mut self, root: &Path) -> PackageIndex {
        if let Some(index) = self.packages.get(root) {
            return *index;
        }
        let index = PackageIndex(self.loaded.package.packages.len());
        self.packages.insert(root.to_path_buf(), index);
        let path = root.join(MANIFEST);
        let manifest = if path.is_file() {
            let source = self.loaded.package.sources.next_id();
            let (file, text, findings) = source_of(&path, self.shown(&path), source);
            self.loaded.package.sources.add(file);
            self.loaded.findings.extend(findings);
            text.and_then(|text| parse_manifest(&text, source, &mut self.loaded.findings))
        } else {
            None
        };
        self.loaded.package.packages.push(PackageFolder {
            root: root.to_path_buf(),
            manifest,
        });
        index
    }

    /// A manifest that was named or that stands in a named folder.
    fn named_manifest(&mut self, path: &Path) {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        if path.is_file() {
            self.package(path.parent().unwrap_or(Path::new("/")));
            return;
        }
        let source = self.loaded.package.sources.next_id();
        let (file, _, findings) = source_of(&path, self.shown(&path), source);
        self.loaded.package.sources.add(file);
        self.loaded.findings.extend(findings);
        self.loaded.unreadable = true;
    }

    fn shown(&self, path: &Path) -> String {
        let short = path.strip_prefix(&self.options.cwd).unwrap_or(path);
        short.display().to_string()
    }

    fn finish(mut self) -> Loaded {
        for (file, at, key) in std::mem::take(&mut self.open) {
            if let Some(Some(target)) = self.files.get(&key) {
                let include = Include {
                    at,
                    target: *target,
                };
                self.loaded.package.files[file.0].includes.push(include);
            }
        }
        cut_cycles(&mut self.loaded.package, &mut self.loaded.findings);
        self.loaded
    }
}

/// Reads one definition file.
fn read_definition(
    wanted: &Wanted,
    shown: String,
    source: SourceId,
    options: ReadOptions,
) -> ReadFile {
    let (file, text, mut findings) = source_of(&wanted.key, shown, source);
    let unreadable = findings
        .iter()
        .any(|finding| finding.code == Code::FileUnreadable);
    let Some(text) = text else {
        return ReadFile {
            source: file,
            definition: None,
            findings,
            unreadable,
        };
    };
    let node = yaml::parse(&text, source, &mut findings);
    let is_test = match &node {
        Some(node) => node
            .mapping()
            .is_some_and(|mapping| mapping.get("test").is_some()),
        None => text.lines().any(|line| line.starts_with("test:")),
    };
    if wanted.root == Some(Origin::Walked) && !is_test {
        findings.clear();
        return ReadFile {
            source: file,
            definition: None,
            findings,
            unreadable: false,
        };
    }
    let mut reader = Reader::new(&mut findings, options);
    let definition = node.and_then(|node| read_test(&mut reader, node));
    ReadFile {
        source: file,
        definition,
        findings,
        unreadable: false,
    }
}

/// Reads a file as a source; where that fails, a source to point into and the finding.
fn source_of(
    path: &Path,
    shown: String,
    source: SourceId,
) -> (SourceFile, Option<std::sync::Arc<str>>, Vec<Diagnostic>) {
    let failure = match read_text(path) {
        Ok(text) => {
            let file = SourceFile::new(shown, path.to_path_buf(), text);
            let text = file.text().clone();
            return (file, Some(text), Vec::new());
        }
        Err(failure) => failure,
    };
    let message = format!("`{shown}` {failure}");
    let (finding, text) = match failure {
        ReadFailure::NotUtf8 { lossy, valid_up_to } => {
            let span = Span::new(source, valid_up_to, valid_up_to + '\u{fffd}'.len_utf8());
            let help = if lossy.contains('\0') {
                "it seems to be UTF-16: save the file as UTF-8"
            } else {
                "save the file as UTF-8"
            };
            let finding = Diagnostic::error(Code::FileNotUtf8, message)
                .at(span, "this is no UTF-8")
                .help(help);
            (finding, lossy)
        }
        ReadFailure::TooLarge { .. } => {
            let finding = Diagnostic::error(Code::FileTooLarge, message);
            (
                finding.at(Span::start_of(source), "not read"),
                String::new(),
            )
        }
        ReadFailure::Io(_) | ReadFailure::NotAFile(_) => {
            let finding = Diagnostic::error(Code::FileUnreadable, message);
            (
                finding.at(Span::start_of(source), "not read"),
                String::new(),
            )
        }
    };
    (
        SourceFile::new(shown, path.to_path_buf(), text),
        None,
        vec![finding],
    )
}

/// The paths of all sequence steps, inline ones included.
fn sequence_paths(definition: &TestDefinition) -> Vec<Spanned<String>> {
    fn of_step(step: &Step, paths: &mut Vec<Spanned<String>>) {
        if let StepKind::Sequence { path } = &step.kind {
            paths.push(path.clone());
        }
        if let Some(before) = step
            .retry
            .as_ref()
            .and_then(|retry| retry.before.as_deref())
        {
            of_step(before, paths);
        }
    }
    let mut paths = Vec::new();
    for (_, step) in definition.all_steps() {
        of_step(step, &mut paths);
    }
    paths
}

/// Does `count` pieces of work on several threads; the answers are in order.
pub(crate) fn in_parallel<T: Send>(
    count: usize,
    threads: usize,
    work: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    // A thread costs more than a few small files.
    let threads = threads.clamp(1, count.div_ceil(8).max(1));
    if threads == 1 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(count));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    let answer = work(index);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((index, answer));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, answer)| answer).collect()
}
