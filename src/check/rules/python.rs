//! `python-module-missing`, `python-function-missing` and `python-parameter`.

use std::path::PathBuf;

use super::Findings;
use crate::check::facts::module_paths;
use crate::check::view::StepView;
use crate::check::{Function, Parameter, PythonModule};
use crate::diagnostic::{Code, Diagnostic, did_you_mean, nearest};
use crate::package::model::{PythonTarget, Target};

/// Modules of the standard library that a step may well call.
const STANDARD: &[&str] = &[
    "array",
    "asyncio",
    "base64",
    "binascii",
    "builtins",
    "bz2",
    "calendar",
    "cmath",
    "collections",
    "concurrent",
    "configparser",
    "copy",
    "csv",
    "ctypes",
    "datetime",
    "decimal",
    "difflib",
    "email",
    "enum",
    "fnmatch",
    "fractions",
    "ftplib",
    "functools",
    "gc",
    "getpass",
    "glob",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "http",
    "imaplib",
    "importlib",
    "inspect",
    "io",
    "ipaddress",
    "itertools",
    "json",
    "locale",
    "logging",
    "lzma",
    "marshal",
    "math",
    "mimetypes",
    "multiprocessing",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "pkgutil",
    "platform",
    "pprint",
    "queue",
    "random",
    "re",
    "runpy",
    "sched",
    "secrets",
    "select",
    "shlex",
    "shutil",
    "signal",
    "site",
    "smtplib",
    "socket",
    "sqlite3",
    "ssl",
    "stat",
    "statistics",
    "string",
    "struct",
    "subprocess",
    "sys",
    "tarfile",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "traceback",
    "types",
    "typing",
    "unicodedata",
    "urllib",
    "uuid",
    "warnings",
    "wave",
    "xml",
    "zipfile",
    "zlib",
];

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let Some(Target::Python(target)) = view.step.runner().map(|call| &call.target) else {
        return;
    };
    if target.module.trim().is_empty() || target.function.trim().is_empty() {
        return;
    }
    match module(view, target) {
        Module::Unasked | Module::Elsewhere => {}
        Module::Missing => findings.push(missing_module(view, target)),
        Module::Read(module) => function(view, target, module, findings),
    }
}

enum Module<'a> {
    /// Nobody gathered facts.
    Unasked,
    /// From the standard library or an installed package, which are not read.
    Elsewhere,
    Missing,
    Read(&'a PythonModule),
}

/// Looks in the step's own package first, then in the others that take part.
fn module<'a>(view: &StepView<'a>, target: &PythonTarget) -> Module<'a> {
    let Some(modules) = &view.test.facts.modules else {
        return Module::Unasked;
    };
    let own = view.test.package.root_of(view.test.file);
    let others = view
        .test
        .package
        .packages
        .iter()
        .map(|folder| folder.root.as_path());
    let roots = std::iter::once(own).chain(others.filter(|root| *root != own));
    for root in roots {
        for path in module_paths(root, &target.module) {
            if let Some(module) = modules.get(&path) {
                return Module::Read(module);
            }
        }
    }
    let top = target.module.trim().split('.').next().unwrap_or_default();
    let packages = &view.test.package.packages;
    let brings = |root: &PathBuf| view.test.facts.wheels.contains(root);
    let installs = packages.iter().any(|folder| {
        let requirements = folder
            .manifest
            .as_ref()
            .map(|manifest| &manifest.requirements);
        requirements.is_some_and(|requirements| !requirements.pip_packages.is_empty())
            || brings(&folder.root)
    });
    if installs || STANDARD.contains(&top) || compiled(view, top) {
        Module::Elsewhere
    } else {
        Module::Missing
    }
}

/// Whether a folder has a module of that name that is no source, or a part of a larger one.
fn compiled(view: &StepView<'_>, top: &str) -> bool {
    let files = view.test.facts.module_files.iter().flatten();
    files
        .flat_map(|(_, files)| files)
        .any(|file| file.name == top)
}

fn missing_module(view: &StepView<'_>, target: &PythonTarget) -> Diagnostic {
    let known = view.test.facts.module_files.iter().flatten();
    let names = known.flat_map(|(_, files)| files.iter().map(|file| file.name.as_str()));
    let help = did_you_mean(&target.module, names);
    let help = help.unwrap_or_else(|| match view.test.manifest() {
        Some(_) => "modules lie in `python_modules/` of the package".to_owned(),
        None => "no `package.json` stands above this file, so its own folder is the package root \
                 and modules lie in `python_modules/` beside it"
            .to_owned(),
    });
    let message = format!("the Python module `{}` does not exist", target.module.value);
    Diagnostic::error(Code::PythonModuleMissing, message)
        .at(target.module.span, "no such module")
        .help(help)
}

fn function(
    view: &StepView<'_>,
    target: &PythonTarget,
    module: &PythonModule,
    findings: &mut Findings,
) {
    let name = target.function.trim();
    if let Some(function) = module.functions.get(name) {
        parameters(view, target, function, findings);
        return;
    }
    if module.methods.contains(name) {
        let message = format!("`{name}` needs an object of its class");
        let help = "only functions of modules, static methods and class methods can be called; an \
                    object that lives as long as the run is a plug, see maestro-python(7)";
        return findings.push(
            Diagnostic::error(Code::PythonFunctionMissing, message)
                .at(target.function.span, "a method")
                .help(help),
        );
    }
    let head = name.split('.').next().unwrap_or(name);
    if module.is_open || module.names.contains(head) {
        return;
    }
    let known: Vec<&str> = module.functions.keys().map(String::as_str).collect();
    let public = known.iter().copied().filter(|name| !name.starts_with('_'));
    let help = did_you_mean(name, public.clone()).or_else(|| {
        let listed: Vec<&str> = public.take(10).collect();
        (!listed.is_empty()).then(|| format!("it has {}", listed.join(", ")))
    });
    let message = format!(
        "the module `{}` has no function `{name}`",
        target.module.value
    );
    findings.push(
        Diagnostic::error(Code::PythonFunctionMissing, message)
            .at(target.function.span, "no such function")
            .maybe_help(help),
    );
}

/// Whether another module of a package may make the parameter a plug, which the runner gives. That
/// module is not read here; the runner itself says before the first step what is missing.
fn may_be_plug(view: &StepView<'_>, parameter: &Parameter) -> bool {
    let top = parameter.imported_from.as_deref();
    top.is_some_and(|top| top.is_empty() || compiled(view, top))
}

fn parameters(
    view: &StepView<'_>,
    target: &PythonTarget,
    function: &Function,
    findings: &mut Findings,
) {
    let Some(parameters) = &function.parameters else {
        return;
    };
    let known: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
    let name = target.function.trim();
    for given in &view.step.parameters {
        if function.takes_any || known.contains(&given.name.as_str()) {
            continue;
        }
        let near = nearest(&given.name, known.iter().copied(), 1);
        let help = match (near.first(), known.as_slice()) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, []) => "it has no parameters".to_owned(),
            (None, known) => format!("it has {}", known.join(", ")),
        };
        let message = format!("`{name}` has no parameter `{}`", given.name.value);
        findings.push(
            Diagnostic::error(Code::PythonParameter, message)
                .at(given.name.span, "unknown parameter")
                .help(help),
        );
    }
    let is_given = |name: &str| view.step.parameters.iter().any(|given| *given.name == name);
    for parameter in parameters
        .iter()
        .filter(|p| !p.has_default && !is_given(&p.name) && !may_be_plug(view, p))
    {
        let message = format!("`{name}` needs the parameter `{}`", parameter.name);
        findings.push(
            Diagnostic::error(Code::PythonParameter, message)
                .at(
                    target.function.span,
                    format!("`{}` is not given", parameter.name),
                )
                .help(format!("add `{}:` to `parameters`", parameter.name)),
        );
    }
}
