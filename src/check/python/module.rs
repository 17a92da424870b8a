//! The names of a module.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Parameter;
use crate::check::python::lines::{Line, logical_lines};
use crate::check::python::parameters::{Signature, is_word, signature};

/// Decorators that leave the parameters of a function as they are.
const HARMLESS: [&str; 8] = [
    "staticmethod",
    "classmethod",
    "functools.lru_cache",
    "functools.cache",
    "lru_cache",
    "cache",
    "contextlib.contextmanager",
    "contextmanager",
];

/// What stands at the top level of a module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PythonModule {
    /// Static and class methods stand here as `Class.method`.
    pub(crate) functions: BTreeMap<String, Function>,
    /// Methods that need an object, as `Class.method`.
    pub(crate) methods: BTreeSet<String>,
    /// Classes, imports and assignments: callable perhaps, signature unknown.
    pub(crate) names: BTreeSet<String>,
    /// A star import, `__getattr__`, `globals()` and the like: there may be names that the text does
    /// not tell.
    pub(crate) is_open: bool,
    /// Every word of the text, quoted ones included: a key that code returns is mostly among them.
    pub(crate) words: BTreeSet<String>,
    /// Classes and functions that are decorated as plugs.
    plugs: BTreeSet<String>,
    /// What `maestro.plug` is called here.
    markers: BTreeSet<String>,
    /// Imported names with the first part of the module that they come from.
    imports: BTreeMap<String, String>,
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
    opens: Opens,
}

/// What a block is.
#[derive(PartialEq, Eq)]
enum Opens {
    /// Names inside belong to the module, as in an `if`.
    Nothing,
    /// Names inside are no names of the module.
    Function,
    Class(String),
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
        let mut decorators: Vec<String> = Vec::new();
        for line in logical_lines(source) {
            while blocks
                .last()
                .is_some_and(|block| line.indent <= block.indent)
            {
                blocks.pop();
            }
            let mut scopes = blocks.iter().filter(|block| block.opens != Opens::Nothing);
            let opens = match (scopes.next().map(|block| &block.opens), scopes.next()) {
                (None, _) => module.line(&line, &decorators),
                (Some(Opens::Class(name)), None) => module.member(name, &line, &decorators),
                _ => Opens::Function,
            };
            match line.text.strip_prefix('@') {
                Some(decorator) => decorators.push(decorator.trim().to_owned()),
                None => decorators.clear(),
            }
            blocks.push(Block {
                indent: line.indent,
                opens,
            });
        }
        module.resolve();
        module
    }

    /// Takes one top-level line in.
    fn line(&mut self, line: &Line, decorators: &[String]) -> Opens {
        let text = without_async(&line.text);
        if let Some(rest) = word(text, "def") {
            self.function(rest, decorators);
            return Opens::Function;
        }
        if let Some(rest) = word(text, "class") {
            let name = leading_word(rest).to_owned();
            self.mark(&name, decorators);
            self.names.insert(name.clone());
            return Opens::Class(name);
        }
        if let Some(rest) = word(text, "import") {
            self.import(rest);
        } else if let Some(rest) = word(text, "from") {
            if let Some((module, names)) = rest.split_once(" import ") {
                self.import_from(module.trim(), names.trim_matches(['(', ')', ' ']));
            }
        } else {
            self.assignments(text);
        }
        Opens::Nothing
    }

    /// Takes a line of a class in.
    fn member(&mut self, class: &str, line: &Line, decorators: &[String]) -> Opens {
        let Some(rest) = word(without_async(&line.text), "def") else {
            return Opens::Nothing;
        };
        let name = leading_word(rest);
        let key = format!("{class}.{name}");
        let has = |wanted: &str| decorators.iter().any(|decorator| decorator == wanted);
        if has("staticmethod") || has("classmethod") {
            let mut function = known(signature(&rest[name.len()..]), decorators);
            let parameters = function.parameters.as_mut();
            if let Some(parameters) =
                parameters.filter(|list| has("classmethod") && !list.is_empty())
            {
                parameters.remove(0);
            }
            self.functions.insert(key, function);
        } else if decorators.is_empty() {
            self.methods.insert(key);
        }
        Opens::Function
    }

    fn function(&mut self, rest: &str, decorators: &[String]) {
        let name = leading_word(rest);
        if name == "__getattr__" {
            self.is_open = true;
        }
        if self.mark(name, decorators) {
            self.names.insert(name.to_owned());
            return;
        }
        let function = known(signature(&rest[name.len()..]), decorators);
        self.functions.insert(name.to_owned(), function);
    }

    /// Notes a plug; whether it is one.
    fn mark(&mut self, name: &str, decorators: &[String]) -> bool {
        let is_plug = decorators.iter().any(|name| self.markers.contains(name));
        if is_plug {
            self.plugs.insert(name.to_owned());
        }
        is_plug
    }

    /// `import a.b, c as d`.
    fn import(&mut self, list: &str) {
        for part in list.split(',') {
            let (module, name) = renamed(part);
            let top = module.split('.').next().unwrap_or(module);
            let name = name.unwrap_or(top);
            if module == "maestro" {
                self.markers.insert(format!("{name}.plug"));
            }
            self.bind(name, top);
        }
    }

    /// `from a.b import c as d`.
    fn import_from(&mut self, module: &str, list: &str) {
        let top = module.split('.').next().unwrap_or(module);
        for part in list.split(',') {
            let (what, name) = renamed(part);
            if what == "*" {
                self.is_open = true;
                continue;
            }
            let name = name.unwrap_or(what);
            if module == "maestro" && what == "plug" {
                self.markers.insert(name.to_owned());
            }
            self.bind(name, top);
        }
    }

    fn bind(&mut self, name: &str, top: &str) {
        self.imports.insert(name.to_owned(), top.to_owned());
        self.names.insert(name.to_owned());
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

    /// Takes the parameters away that are plugs, and notes which may be some of another module.
    fn resolve(&mut self) {
        let (plugs, imports) = (&self.plugs, &self.imports);
        let lists = self.functions.values_mut();
        for list in lists.filter_map(|function| function.parameters.as_mut()) {
            list.retain(|parameter| !parameter.stands_for.iter().any(|name| plugs.contains(name)));
            for parameter in list {
                let mut names = parameter.stands_for.iter();
                let top = names.find_map(|name| imports.get(name.split('.').next()?));
                parameter.imported_from = top.cloned();
            }
        }
    }
}

/// What is known of a function with these decorators.
fn known(signature: Option<Signature>, decorators: &[String]) -> Function {
    let is_harmless = |decorator: &String| {
        let name = decorator.split('(').next().unwrap_or(decorator);
        HARMLESS.contains(&name.trim())
    };
    match signature.filter(|_| decorators.iter().all(is_harmless)) {
        Some(signature) => Function {
            parameters: Some(signature.parameters),
            takes_any: signature.takes_any,
        },
        None => Function {
            parameters: None,
            takes_any: true,
        },
    }
}

/// `a as b` as both; the second is absent where there is only one.
fn renamed(part: &str) -> (&str, Option<&str>) {
    let part = part.trim().trim_matches(['(', ')']).trim();
    match part.split_once(" as ") {
        Some((name, alias)) => (name.trim(), Some(alias.trim())),
        None => (part, None),
    }
}

fn without_async(text: &str) -> &str {
    text.strip_prefix("async ").unwrap_or(text).trim_start()
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
