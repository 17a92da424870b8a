//! The names of a module.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Parameter;
use crate::check::python::lines::{Line, logical_lines};
use crate::check::python::parameters::{is_word, signature};

/// What stands at the top level of a module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PythonModule {
    pub(crate) functions: BTreeMap<String, Function>,
    /// Classes, imports and assignments: callable perhaps, signature unknown.
    pub(crate) names: BTreeSet<String>,
    /// A star import, `__getattr__`, `globals()` and the like: there may be names that the text does
    /// not tell.
    pub(crate) is_open: bool,
    /// Every word of the text, quoted ones included: a key that code returns is mostly among them.
    pub(crate) words: BTreeSet<String>,
}

/// A function as far as its text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    /// `None` where a decorator may have changed them.
    pub(crate) parameters: Option<Vec<Parameter>>,
    /// Any further parameter is taken.
    pub(crate) takes_any: bool,
}

/// A block whose lines are indented deeper than `indent`.
struct Block {
    indent: usize,
    /// Names inside belong to a function or class and not to the module.
    is_scope: bool,
}

impl PythonModule {
    /// Reads a module; text that is no Python gives what can be made out of it.
    pub(crate) fn read(source: &str) -> Self {
        let words = words(source);
        let mut module = Self {
            // Names can be made at run time.
            is_open: ["globals", "setattr", "exec"]
                .iter()
                .any(|maker| words.contains(*maker)),
            words,
            ..Self::default()
        };
        let mut blocks: Vec<Block> = Vec::new();
        let mut is_decorated = false;
        for line in logical_lines(source) {
            while blocks
                .last()
                .is_some_and(|block| line.indent <= block.indent)
            {
                blocks.pop();
            }
            if blocks.iter().any(|block| block.is_scope) {
                continue;
            }
            let scope = module.line(&line, is_decorated);
            is_decorated = line.text.starts_with('@');
            blocks.push(Block {
                indent: line.indent,
                is_scope: scope,
            });
        }
        module
    }

    /// Takes one top-level line in; true where it opens a function or class.
    fn line(&mut self, line: &Line, is_decorated: bool) -> bool {
        let text = line
            .text
            .strip_prefix("async ")
            .unwrap_or(&line.text)
            .trim_start();
        if let Some(rest) = word(text, "def") {
            self.function(rest, is_decorated);
            return true;
        }
        if let Some(rest) = word(text, "class") {
            self.names.insert(leading_word(rest).to_owned());
            return true;
        }
        if let Some(rest) = word(text, "import") {
            self.imports(rest, ImportedName::TopLevel);
        } else if let Some(rest) = word(text, "from") {
            if let Some((_, names)) = rest.split_once(" import ") {
                self.imports(names.trim_matches(['(', ')', ' ']), ImportedName::Itself);
            }
        } else {
            self.assignments(text);
        }
        false
    }

    fn function(&mut self, rest: &str, is_decorated: bool) {
        let name = leading_word(rest);
        if name == "__getattr__" {
            self.is_open = true;
        }
        let signature = signature(&rest[name.len()..]);
        let function = match signature {
            Some(signature) if !is_decorated => Function {
                parameters: Some(signature.parameters),
                takes_any: signature.takes_any,
            },
            _ => Function {
                parameters: None,
                takes_any: true,
            },
        };
        self.functions.insert(name.to_owned(), function);
    }

    fn imports(&mut self, list: &str, bound: ImportedName) {
        for part in list.split(',') {
            let part = part.trim().trim_matches(['(', ')']).trim();
            if part == "*" {
                self.is_open = true;
                continue;
            }
            let name = match (part.split_once(" as "), bound) {
                (Some((_, alias)), _) => alias.trim(),
                (None, ImportedName::Itself) => part,
                (None, ImportedName::TopLevel) => part.split('.').next().unwrap_or(part),
            };
            self.names.insert(name.to_owned());
        }
    }

    /// `a = b = …`, `a, b = …` and `a: int = …`.
    fn assignments(&mut self, text: &str) {
        let Some((targets, _)) = text.split_once('=') else {
            return;
        };
        let targets = targets.split(':').next().unwrap_or(targets);
        for target in targets.split([',', '(', ')']) {
            let target = target.trim();
            if !target.is_empty() && target.chars().all(is_word) {
                // A later assignment replaces a function.
                self.functions.remove(target);
                self.names.insert(target.to_owned());
            }
        }
    }
}

/// Which name an import binds.
#[derive(Clone, Copy)]
enum ImportedName {
    /// `import a.b` binds `a`.
    TopLevel,
    /// `from m import a` binds `a`.
    Itself,
}

/// The rest behind a keyword.
fn word<'a>(text: &'a str, keyword: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(keyword)?;
    rest.starts_with([' ', '\t']).then(|| rest.trim_start())
}

fn words(source: &str) -> BTreeSet<String> {
    let words = source
        .split(|c| !is_word(c))
        .filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn leading_word(text: &str) -> &str {
    let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    &text[..end]
}
