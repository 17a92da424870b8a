use super::*;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{
    Force, OnTimeout, Operator, ParseAs, ScpiExchange, StepKind, Target, Templated, TestDefinition,
    Value,
};
use crate::package::yaml;
use crate::source::SourceId;

fn read(text: &str) -> (Option<TestDefinition>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let node = yaml::parse(text, SourceId::new(0), &mut findings).expect("the sample is YAML");
    let mut reader = Reader::new(&mut findings, ReadOptions::default());
    let definition = read_test(&mut reader, node);
    (definition, findings)
}

/// Reads a test with one step, whose fields are `step`.
fn step(fields: &str) -> (crate::package::model::Step, Vec<Diagnostic>) {
    let text = format!("test:\n  name: t\n  version: 1.0.0\n  steps:\n    - {{ {fields} }}\n");
    let (definition, findings) = read(&text);
    (*definition.unwrap().steps.remove(0), findings)
}

fn messages(findings: &[Diagnostic]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect()
}

#[test]
fn known_messages_keep_their_wording() {
    assert_eq!(
        messages(&read("test: {}").1),
        [
            "name is required",
            "version is required",
            "steps is required"
        ]
    );
    assert_eq!(messages(&step("type: mock").1), ["Step name is required"]);
    assert_eq!(
        messages(&step("name: a, type: foo").1),
        ["Unknown step type 'foo'"]
    );
    assert_eq!(
        messages(&step("name: a, type: delay").1),
        ["duration is required for delay steps"]
    );
    assert_eq!(
        messages(&step("name: a, type: mock, repeat: {condition: x}").1),
        ["max_iterations is required"]
    );
    for prompt in ["", ", prompt: {title: t}", ", prompt: {message: ''}"] {
        assert_eq!(
            messages(&step(&format!("name: a, type: prompt{prompt}")).1),
            ["message is required for prompt"]
        );
    }
}

#[test]
fn scalars_are_read_as_old_packages_wrote_them() {
    let (step, findings) = step(
        "name: 42, type: delay, duration: \"0.5\", enabled: \"Yes\", run_on_abort: OFF, \
         timeout_ms: '250', retry: {count: 2.0, delay_ms: 10}, force: Pass",
    );
    assert_eq!(step.name.value, "42");
    assert!(
        matches!(&step.kind, StepKind::Delay { duration } if duration.value == Templated::Literal(0.5))
    );
    assert!(step.is_enabled() && !step.runs_on_abort());
    assert_eq!(step.timeout_ms.unwrap().value, Templated::Literal(250));
    assert_eq!(step.retry.unwrap().count.value, 2);
    assert_eq!(step.force.unwrap().value, Force::Pass);
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::BooleanSpelling, Code::BooleanSpelling]);
}

#[test]
fn bad_numbers_name_the_way_out() {
    let cases = [
        ("timeout_ms: 0100", Code::NumberFormat, Some("write `100`")),
        ("timeout_ms: \"007\"", Code::NumberFormat, Some("write `7`")),
        ("timeout_ms: 1.5", Code::WrongType, None),
        ("timeout_ms: -1", Code::NumberRange, None),
        ("timeout_ms: soon", Code::NumberFormat, None),
        ("timeout_ms: [1]", Code::WrongType, None),
        (
            "enabled: '{{x}}'",
            Code::TemplateInExpression,
            Some("use `precondition` for a choice at run time"),
        ),
        ("enabled: maybe", Code::WrongType, None),
        (
            "force: pas",
            Code::UnknownValue,
            Some("did you mean `pass`?"),
        ),
    ];
    for (field, code, help) in cases {
        let (_, findings) = step(&format!("name: a, type: mock, {field}"));
        assert_eq!(findings.len(), 1, "{field}");
        assert_eq!(findings[0].code, code, "{field}");
        assert_eq!(findings[0].help.as_deref(), help, "{field}");
    }
    let (_, findings) = step("name: a, type: delay, duration: '3,3'");
    assert_eq!(findings[0].help.as_deref(), Some("write `3.3`"));
}

#[test]
fn step_that_lacks_nothing_reads_without_findings() {
    let (step, findings) = step(
        "name: 'V {{n}}', runner: Python, runner_type: python3.11, module: m, function: f, \
         parameters: {a: 010, b: [1, '{{c}}']}, outputs: {x: '{{result}}'}, timeout_ms: '{{t}}', \
         measurement: {name: V, low_limit: '{{lo}}', high_limit: 5, operator: GTE, unit: V}, \
         restore: true, grace_ms: 10, interruptible: false, requires: dmm, \
         post_execution_action: terminate-on-fail, precondition: x > 1",
    );
    assert_eq!(findings, []);
    assert_eq!(step.runner().unwrap().runner.value, "python");
    let Value::Scalar(a) = &step.parameters[0].value else {
        panic!("a literal")
    };
    assert_eq!((&*a.text, &a.native()), ("010", &serde_json::json!("010")));
    assert_eq!(
        step.parameters[1].value.to_json(),
        serde_json::json!([1, "{{c}}"])
    );
    assert_eq!(
        step.measurements[0].operator.as_ref().unwrap().value,
        Operator::GreaterThanOrEqual
    );
    assert_eq!(step.requires[0].value, "dmm");
}

#[test]
fn scpi_and_command_targets_are_read() {
    let (scpi, findings) =
        step("name: a, runner: scpi, resource: '{{cfg.D}}', query: 'V?', parse: number, opc: true");
    assert_eq!(findings, []);
    let Target::Scpi(target) = &scpi.runner().unwrap().target else {
        panic!("scpi")
    };
    assert!(matches!(&target.exchange, ScpiExchange::Query(q) if q.value == "V?"));
    assert_eq!(target.parse.as_ref().unwrap().value, ParseAs::Number);
    let (command, findings) = step(
        "name: a, runner: command, program: echo, args: [1, '{{x}}'], expect_exit: 3, parse: 'v=(?P<v>.*)'",
    );
    assert_eq!(findings, []);
    let Target::Command(target) = &command.runner().unwrap().target else {
        panic!("command")
    };
    assert_eq!(target.args.len(), 2);
    assert!(matches!(
        target.parse.as_ref().unwrap().value,
        ParseAs::Regex(_)
    ));
    let (_, findings) = step("name: a, runner: scpi, resource: r, write: a, query: b");
    assert_eq!(findings[0].code, Code::FieldConflict);
    let (_, findings) = step("name: a, runner: scpi, resource: r");
    assert_eq!(
        messages(&findings),
        ["write, query or read is required for scpi steps"]
    );
}

#[test]
fn prompt_aliases_are_read() {
    let (step, findings) = step(
        "name: a, type: prompt, prompt: {message: m, timeout: 5, on_timeout: Retry, \
         buttons: [{name: Retry, action: CONTINUE}], input: {choices: [a, b], default: a}}",
    );
    assert_eq!(findings, []);
    let prompt = step.prompt().unwrap();
    assert_eq!(
        prompt.timeout_s.as_ref().unwrap().value,
        Templated::Literal(5.0)
    );
    assert_eq!(
        prompt.on_timeout.as_ref().unwrap().value,
        OnTimeout::Button("Retry".into())
    );
    assert!(prompt.input.as_ref().unwrap().options.is_some());
}

#[test]
fn fields_are_unknown_or_not_used_and_conflicts_are_told() {
    let (_, findings) = step("name: a, type: mock, timoutMs: 1");
    assert_eq!(findings[0].code, Code::UnknownKey);
    assert_eq!(
        findings[0].help.as_deref(),
        Some("did you mean `timeout_ms`?")
    );
    let (_, findings) = step("name: a, type: mock, duration: 1");
    assert_eq!(findings[0].code, Code::FieldNotUsed);
    let (_, findings) = step("name: a, type: mock, runner: python, module: m, function: f");
    assert_eq!(findings[0].code, Code::FieldConflict);
    let (_, findings) = step("name: a, type: python, module: m");
    assert_eq!(findings[0].help.as_deref(), Some("write `runner: python`"));
    let (step, findings) =
        step("name: a, type: mock, measurement: {name: x}, measurements: [{name: y}]");
    assert_eq!(findings[0].code, Code::MeasurementsTwice);
    assert_eq!(step.measurements[0].name.value, "y");
}

#[test]
fn unknown_keys_can_be_warnings() {
    let text = "test: {name: t, version: 1, colour: red, steps: [{name: a, type: mock}]}";
    let mut findings = Vec::new();
    let node = yaml::parse(text, SourceId::new(0), &mut findings).unwrap();
    let options = ReadOptions {
        unknown_keys: UnknownKeys::Warn,
    };
    read_test(&mut Reader::new(&mut findings, options), node);
    assert_eq!(findings.len(), 1);
    assert!(!findings[0].is_error());
}

#[test]
fn one_pass_reports_the_mistakes_of_every_step() {
    let (_, findings) = read(
        "test:\n  name: t\n  version: 1\n  steps:\n    - 5\n    - { type: delay }\n    - { name: b }\n",
    );
    assert_eq!(findings.len(), 4);
}

#[test]
fn operator_as_a_sign_is_told_its_name() {
    let (_, findings) = step("name: a, type: mock, measurement: {name: x, operator: '>='}");
    assert_eq!(
        findings[0].help.as_deref(),
        Some("write `operator: greaterthanorequal`")
    );
}
