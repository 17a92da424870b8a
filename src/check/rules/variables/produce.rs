//! The names that a step brings into the scope when it is carried out.

use super::scope::Scope;
use super::walk::Surroundings;
use crate::check::facts::module_paths;
use crate::package::LoadedTest;
use crate::package::model::{
    CommandTarget, ParseAs, PromptDecl, RunnerCall, ScpiExchange, ScpiTarget, Target,
};

/// What a prompt writes.
const PROMPT_NAMES: [&str; 4] = ["InputValue", "Response", "Action", "TimedOut"];

pub(super) fn prompt(scope: &mut Scope<'_>, prompt: &PromptDecl) {
    for name in PROMPT_NAMES {
        scope.add(name);
    }
    let input = prompt.input.as_ref();
    if let Some(variable) = input.and_then(|input| input.variable.as_ref()) {
        scope.add(variable);
    }
}

pub(super) fn runner<'a>(
    scope: &mut Scope<'a>,
    call: &RunnerCall,
    file: &LoadedTest,
    surroundings: &Surroundings<'a>,
) {
    match &call.target {
        Target::Python(target) => {
            scope.add("result");
            match python(&target.module, file, surroundings) {
                Some(module) => scope.call(module),
                None => scope.open(),
            }
        }
        Target::Dotnet(_) | Target::Other(_) => {
            scope.add("result");
            scope.open();
        }
        Target::Scpi(target) => scpi(scope, target),
        Target::Command(target) => command(scope, target),
    }
}

/// The text of a module, the step's own package first.
fn python<'a>(
    name: &str,
    file: &LoadedTest,
    surroundings: &Surroundings<'a>,
) -> Option<&'a crate::check::PythonModule> {
    let modules = surroundings.facts.modules.as_ref()?;
    let package = surroundings.package;
    let own = package.root_of(file);
    let others = package.packages.iter().map(|folder| folder.root.as_path());
    let mut paths = std::iter::once(own)
        .chain(others)
        .flat_map(|root| module_paths(root, name));
    paths.find_map(|path| modules.get(&path))
}

fn scpi(scope: &mut Scope<'_>, target: &ScpiTarget) {
    if let Some(ParseAs::Regex(pattern)) = target.parse.as_ref().map(|parse| &parse.value) {
        groups(scope, pattern);
    } else if !matches!(target.exchange, ScpiExchange::Write(_)) {
        scope.add("result");
    }
}

fn command(scope: &mut Scope<'_>, target: &CommandTarget) {
    for name in ["exit_code", "stdout", "stderr"] {
        scope.add(name);
    }
    match target.parse.as_ref().map(|parse| &parse.value) {
        Some(ParseAs::Regex(pattern)) => groups(scope, pattern),
        Some(ParseAs::Json) => {
            scope.add("result");
            scope.open();
        }
        _ => scope.add("result"),
    }
}

/// The named groups of a pattern become outputs; an unreadable pattern may have any.
fn groups(scope: &mut Scope<'_>, pattern: &str) {
    match regex::Regex::new(pattern) {
        Ok(regex) => regex
            .capture_names()
            .flatten()
            .for_each(|name| scope.add(name)),
        Err(_) => scope.open(),
    }
}
