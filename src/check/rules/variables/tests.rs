use std::path::PathBuf;

use super::*;
use crate::diagnostic::{Code, Severity};
use crate::package::read::{ReadOptions, Reader, read_test};
use crate::package::{Include, LoadedTest, PackageFolder, PackageIndex, yaml};
use crate::source::SourceFile;

/// Makes a package of texts; `{name}.yaml` is found by `sequence: name.yaml`.
fn package(files: &[(&str, &str)]) -> LoadedPackage {
    let mut package = LoadedPackage::default();
    package.packages.push(PackageFolder {
        root: PathBuf::from("/p"),
        manifest: None,
    });
    for (name, steps) in files {
        let text = format!("test:\n  name: t\n  version: 1.0.0\n{steps}\n");
        let source = package.sources.add(SourceFile::new(
            *name,
            PathBuf::from("/p").join(name),
            text.as_str(),
        ));
        let mut findings = Vec::new();
        let node = yaml::parse(&text, source, &mut findings).unwrap();
        let mut reader = Reader::new(&mut findings, ReadOptions::default());
        let definition = read_test(&mut reader, node).unwrap();
        assert_eq!(findings, []);
        package.files.push(LoadedTest {
            source,
            package: PackageIndex(0),
            definition,
            includes: Vec::new(),
        });
    }
    for index in 0..files.len() {
        let steps = package.files[index].definition.steps.clone();
        for step in &steps {
            if let crate::package::model::StepKind::Sequence { path } = &step.kind {
                let target = files
                    .iter()
                    .position(|(name, _)| *name == path.as_str())
                    .unwrap();
                package.files[index].includes.push(Include {
                    at: path.span,
                    target: FileIndex(target),
                });
            }
        }
    }
    package.roots.push(FileIndex(0));
    package
}

fn judged(files: &[(&str, &str)], facts: &Facts) -> Vec<(Code, String)> {
    let package = package(files);
    check(&package, facts, Callers::None, 1)
        .into_iter()
        .map(|finding| {
            let place = finding
                .primary()
                .map(|span| package.sources.text(span).to_owned());
            (finding.code, place.unwrap_or_default())
        })
        .collect()
}

fn steps(steps: &str) -> Vec<(Code, String)> {
    judged(&[("main.yaml", steps)], &Facts::default())
}

const MOCK: &str = "  steps: [{name: \"{{ a }}\", type: mock}]";

#[test]
fn name_that_nothing_produces_is_an_error_at_its_place() {
    assert_eq!(steps(MOCK), [(Code::UndeclaredVariable, "a".into())]);
    assert_eq!(steps(&format!("  variables: {{a: 1}}\n{MOCK}")), []);
    let facts = Facts {
        variables: BTreeSet::from(["a".to_owned()]),
        ..Facts::default()
    };
    assert_eq!(judged(&[("main.yaml", MOCK)], &facts), []);
}

#[test]
fn name_that_a_runner_may_return_is_a_hint_given_once() {
    let text = "  steps:\n    - {name: a, runner: python, module: m, function: f, measurement: {name: M, value: '{{ volts }}'}}\n    - {name: '{{volts}} {{result}}', type: mock}";
    assert_eq!(steps(text), [(Code::VariableNotCertain, "volts".into())]);
}

#[test]
fn key_that_the_code_mentions_is_believed() {
    let text = "  steps:\n    - {name: a, runner: python, module: m, function: f}\n    - {name: '{{volts}} {{amps}}', type: mock}";
    let module = crate::check::PythonModule::read("def f(): return {'volts': 1}");
    let facts = Facts {
        modules: Some([(PathBuf::from("/p/python_modules/m.py"), module)].into()),
        ..Facts::default()
    };
    assert_eq!(
        judged(&[("main.yaml", text)], &facts),
        [(Code::VariableNotCertain, "amps".into())]
    );
}

#[test]
fn steps_produce_names_for_those_after_them_only() {
    let text = "  steps:\n    - {name: '{{x}}', type: mock, outputs: {x: 1, y: '{{x}}'}}\n    - {name: '{{x}}{{y}}', type: mock}";
    assert_eq!(steps(text), [(Code::UndeclaredVariable, "x".into())]);
    let text = "  steps:\n    - {name: p, type: prompt, prompt: {message: m, input: {variable: v}}, precondition: Action == \"pass\"}\n    - {name: '{{v}} {{Response}}', type: mock}";
    assert_eq!(steps(text), [(Code::UndeclaredVariable, "Action".into())]);
    let text = "  steps:\n    - {name: c, runner: command, program: x, parse: '(?P<mv>.*)'}\n    - {name: '{{mv}} {{exit_code}} {{other}}', type: mock}";
    assert_eq!(steps(text), [(Code::UndeclaredVariable, "other".into())]);
}

#[test]
fn parent_and_child_share_one_scope() {
    let main = "  steps:\n    - {name: s, type: sequence, sequence: child.yaml, parameters: {p: 1}}\n    - {name: '{{c}}', type: mock}";
    let child = "  variables: {c: 1}\n  steps: [{name: '{{p}} {{q}}', type: mock}]";
    let files = [("main.yaml", main), ("child.yaml", child)];
    assert_eq!(
        judged(&files, &Facts::default()),
        [(Code::UndeclaredVariable, "q".into())]
    );
    let findings = check(&package(&files), &Facts::default(), Callers::None, 1);
    assert_eq!(findings[0].labels[1].text, "when called from here");
}

#[test]
fn sub_sequence_without_a_known_caller_gets_hints() {
    let package = package(&[("tests/sub-sequences/rail.yaml", MOCK)]);
    let findings = check(&package, &Facts::default(), Callers::Elsewhere, 1);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].severity, Severity::Hint);
}

#[test]
fn namespaces_are_known_by_their_keys() {
    let text = "  tags: {Lot: x}\n  steps: [{name: '{{exec.SerialNumber}} {{exec.tag.lot}} {{mes.x}} {{global.y}} {{cfg.DMM}} {{__iteration__}}', type: mock}]";
    assert_eq!(steps(text), []);
    let text = "  steps: [{name: '{{exec.serial}} {{exec.tag.Lot}} {{cfg.DMM}}', type: mock}]";
    let facts = Facts {
        cfg_keys: Some(BTreeSet::from(["dmm_1".to_owned()])),
        ..Facts::default()
    };
    let codes: Vec<Code> = judged(&[("main.yaml", text)], &facts)
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(
        codes,
        [
            Code::UndeclaredVariable,
            Code::VariableNotCertain,
            Code::CfgKeyUnknown
        ]
    );
}

#[test]
fn default_and_disabled_steps_are_left_alone() {
    assert_eq!(
        steps("  steps: [{name: '{{ a | default(1) }}', type: mock}]"),
        []
    );
    assert_eq!(
        steps("  steps: [{name: '{{ a }}', type: mock, enabled: false}]"),
        []
    );
    assert_eq!(
        steps("  variables: {my-var: 1}\n  steps: [{name: '{{my-var}}', type: mock}]"),
        []
    );
}
