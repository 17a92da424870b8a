//! Every text of a step in which templates are rendered, in the order of rendering.

use crate::package::model::{
    CommandTarget, DotnetTarget, InputDecl, Named, ParseAs, PromptDecl, PythonTarget, RunnerCall,
    ScpiExchange, ScpiTarget, Step, StepKind, Target, Templated, Value,
};
use crate::source::{Span, Spanned};

/// When a text is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before the step is carried out.
    Before,
    /// When what the step returned is known.
    After,
}

/// A text and its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) raw: &'a str,
    pub(super) span: Span,
    pub(super) phase: Phase,
}

/// The texts of a step, with and without templates.
pub(super) fn texts(step: &Step) -> Vec<Text<'_>> {
    let mut texts = Texts {
        phase: Phase::Before,
        found: Vec::new(),
    };
    texts.text(&step.name);
    match &step.kind {
        StepKind::Delay { duration } => texts.templated(duration),
        StepKind::Prompt(prompt) | StepKind::Manual(prompt) => texts.prompt(prompt),
        StepKind::Runner(call) => texts.runner(call),
        StepKind::Mock | StepKind::Sequence { .. } | StepKind::Broken => {}
    }
    texts.named(&step.parameters);
    if let Some(timeout) = &step.timeout_ms {
        texts.templated(timeout);
    }
    texts.phase = Phase::After;
    for measurement in &step.measurements {
        texts.text(&measurement.name);
        measurement
            .values()
            .for_each(|(_, value)| texts.value(value));
        measurement.unit.iter().for_each(|unit| texts.text(unit));
    }
    texts.named(&step.outputs);
    texts.found
}

struct Texts<'a> {
    phase: Phase,
    found: Vec<Text<'a>>,
}

impl<'a> Texts<'a> {
    fn text(&mut self, text: &'a Spanned<String>) {
        self.add(&text.value, text.span);
    }

    fn add(&mut self, raw: &'a str, span: Span) {
        let phase = self.phase;
        self.found.push(Text { raw, span, phase });
    }

    fn value(&mut self, value: &'a Value) {
        value.for_each_template(&mut |text| self.text(text));
    }

    fn named(&mut self, values: &'a [Named<Value>]) {
        for entry in values {
            self.value(&entry.value);
        }
    }

    fn templated<T>(&mut self, field: &'a Spanned<Templated<T>>) {
        if let Templated::Template(text) = &field.value {
            self.add(text, field.span);
        }
    }

    fn prompt(&mut self, prompt: &'a PromptDecl) {
        self.text(&prompt.message);
        let texts = [&prompt.title, &prompt.image, &prompt.default_button];
        texts.into_iter().flatten().for_each(|text| self.text(text));
        prompt
            .buttons
            .iter()
            .for_each(|button| self.text(&button.name));
        prompt
            .timeout_s
            .iter()
            .for_each(|timeout| self.templated(timeout));
        prompt.input.iter().for_each(|input| self.input(input));
    }

    fn input(&mut self, input: &'a InputDecl) {
        let values = [
            &input.low_limit,
            &input.high_limit,
            &input.expected,
            &input.options,
            &input.default,
        ];
        values
            .into_iter()
            .flatten()
            .for_each(|value| self.value(value));
        let texts = [&input.unit, &input.pattern];
        texts.into_iter().flatten().for_each(|text| self.text(text));
    }

    fn runner(&mut self, call: &'a RunnerCall) {
        match &call.target {
            Target::Python(PythonTarget { .. }) | Target::Dotnet(DotnetTarget { .. }) => {}
            Target::Scpi(target) => self.scpi(target),
            Target::Command(target) => self.command(target),
            Target::Other(target) => target.iter().for_each(|value| self.value(value)),
        }
    }

    fn scpi(&mut self, target: &'a ScpiTarget) {
        self.text(&target.resource);
        match &target.exchange {
            ScpiExchange::Write(text) | ScpiExchange::Query(text) => self.text(text),
            ScpiExchange::Read => {}
        }
        target.terminator.iter().for_each(|text| self.text(text));
        let flags = [&target.opc, &target.check_errors];
        flags
            .into_iter()
            .flatten()
            .for_each(|flag| self.templated(flag));
        self.parse(target.parse.as_ref());
    }

    fn command(&mut self, target: &'a CommandTarget) {
        self.text(&target.program);
        target.args.iter().for_each(|value| self.value(value));
        self.named(&target.env);
        target.stdin.iter().for_each(|text| self.text(text));
        target
            .expect_exit
            .iter()
            .for_each(|exit| self.templated(exit));
        self.parse(target.parse.as_ref());
    }

    fn parse(&mut self, parse: Option<&'a Spanned<ParseAs>>) {
        if let Some(parse) = parse
            && let ParseAs::Regex(pattern) = &parse.value
        {
            self.add(pattern, parse.span);
        }
    }
}
