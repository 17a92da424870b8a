//! Events become lines.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::event::{
    AbortCause, AttemptFinished, Envelope, Event, ExecutionReplaced, Level, Mode, RunFinished,
    RunStarted, Section, SkipReason, StepFinished, StepKind, StepNo, StepStarted, VariableSet,
    VariableSource,
};
use crate::frontend::text::{
    Paint, Script, Tone, cut, duration_text, name_of, shape, skip_text, word_of, wrap,
};
use crate::measure::{Measurement, spell};
use crate::verdict::Verdict;

use super::closing::{Closing, Failing};
use super::layout::{Layout, Piece};

/// Measurements of one step that are listed although they passed.
const LISTED: usize = 12;

/// Characters, colours and columns of the output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) script: Script,
    pub(crate) paint: Paint,
    pub(crate) layout: Layout,
    pub(crate) detail: Detail,
}

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// The closing line only.
    Closing,
    Normal,
    /// Also what runners log, and tracebacks.
    Full,
}

/// Renders the events of one run, in their order.
#[derive(Debug)]
pub(crate) struct Lines {
    pub(super) look: Look,
    pub(super) started: Option<Box<RunStarted>>,
    /// Steps that have not finished, and sequences around them.
    open: HashMap<StepNo, OpenStep>,
    /// Section of the root whose heading was written last.
    heading: Option<Section>,
    pub(super) failing: Failing,
    pub(super) measured: u64,
    counter_width: usize,
}

/// What a later event needs of a step that has started.
#[derive(Debug)]
struct OpenStep {
    depth: usize,
    counter: String,
    name: String,
    parent: Option<StepNo>,
    /// What had failed before it started.
    failed_before: usize,
    /// A sequence whose heading is written when its first step starts.
    is_unannounced: bool,
}

impl Lines {
    pub(crate) fn new(look: Look) -> Self {
        Self {
            look,
            started: None,
            open: HashMap::new(),
            heading: None,
            failing: Failing::default(),
            measured: 0,
            counter_width: 0,
        }
    }

    /// Appends what the event has to say, if anything.
    pub(crate) fn render(&mut self, envelope: &Envelope, out: &mut String) {
        match &envelope.event {
            Event::RunStarted(started) => self.run_started(started, out),
            Event::StepStarted(step) => self.step_started(step, out),
            Event::AttemptFinished(attempt) => self.attempt_finished(attempt, out),
            Event::StepFinished(step) => self.step_finished(step, out),
            Event::Logged {
                step,
                level,
                source,
                message,
            } => self.logged(*step, *level, source, message, out),
            Event::AbortBegan { cause, message, .. } => self.abort_began(*cause, message, out),
            Event::SuspensionNoticed { gap_ms } => {
                let text = format!(
                    "stopped from outside for {}",
                    duration_text(gap_ms * 1_000)
                );
                self.remark(0, Tone::Warn, &text, out);
            }
            Event::OperatorChanged(changed) => {
                let to = self.clean(&changed.to);
                self.remark(0, Tone::Note, &format!("operator: {to}"), out);
            }
            Event::ExecutionReplaced(replaced) => self.replaced(*replaced, out),
            Event::VariableSet(set) if set.source == VariableSource::Hand => {
                self.set_by_hand(set, out);
            }
            Event::DefinitionRecorded(_)
            | Event::FactFound { .. }
            | Event::VariableSet(_)
            | Event::RunnerStarted(_)
            | Event::RunnerStopped { .. }
            | Event::PromptOpened { .. }
            | Event::PromptAnswered { .. }
            | Event::PromptWithdrawn { .. }
            | Event::Progressed { .. }
            | Event::ArtifactStored { .. }
            // Told by the one who is asked how the run goes on.
            | Event::RunHeld(_)
            | Event::HoldCommanded(_)
            // Told by `close`, which knows whether the verdict is certain.
            | Event::RunFinished(_) => {}
        }
    }

    /// Appends the end of the run. `lost` says why its record is not certain; `rows` stand below.
    pub(crate) fn close(
        &self,
        finished: &RunFinished,
        lost: Option<&str>,
        rows: &[(&str, String)],
        out: &mut String,
    ) {
        let closing = Closing { finished, lost };
        if self.is_terse() {
            self.closing_line(closing, out);
        } else {
            self.closing_block(closing, rows, out);
        }
    }

    /// What the running step is called, for the progress bar.
    pub(crate) fn name_of(&self, step: StepNo) -> Option<&str> {
        self.open.get(&step).map(|step| step.name.as_str())
    }

    /// Steps that the plan holds.
    pub(super) fn planned(&self) -> u32 {
        self.started.as_ref().map_or(0, |s| s.steps_planned)
    }

    /// Whether the run can be held.
    pub(super) fn is_debug(&self) -> bool {
        let started = self.started.as_ref();
        started.is_some_and(|started| started.mode == Mode::Debug)
    }

    pub(super) fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.look.script.clean(text)
    }

    fn is_terse(&self) -> bool {
        self.look.detail == Detail::Closing
    }

    fn run_started(&mut self, started: &RunStarted, out: &mut String) {
        let digits = started.steps_planned.to_string().len();
        self.counter_width = 2 * digits + 1;
        self.started = Some(Box::new(started.clone()));
        if self.is_terse() {
            return;
        }
        let paint = self.look.paint;
        let title = format!("{} {}", started.test_name, started.test_version);
        paint.push(out, Tone::Strong, &self.clean(&title));
        if let Some(serial) = &started.serial_number {
            paint.push(out, Tone::Strong, &self.clean(&format!(" · {serial}")));
        }
        out.push('\n');
        for line in [facts_of(started), format!("run {}", started.run)] {
            paint.push(out, Tone::Dim, &self.clean(&line));
            out.push('\n');
        }
        out.push('\n');
    }

    fn step_started(&mut self, step: &StepStarted, out: &mut String) {
        let depth = step
            .parent
            .and_then(|parent| self.open.get(&parent))
            .map_or(0, |parent| parent.depth + 1);
        let open = OpenStep {
            depth,
            counter: self.counter_of(step),
            name: name_of(step),
            parent: step.parent,
            failed_before: self.failing.count(),
            is_unannounced: step.kind == StepKind::Sequence,
        };
        if !self.is_terse() {
            if depth == 0 {
                self.section_heading(step.section, out);
            }
            self.announce(step.parent, out);
        }
        self.open.insert(step.step, open);
    }

    /// Writes the headings of the sequences around a step; one without steps has none.
    fn announce(&mut self, sequence: Option<StepNo>, out: &mut String) {
        let Some(no) = sequence else {
            return;
        };
        let Some(open) = self.open.get_mut(&no).filter(|open| open.is_unannounced) else {
            return;
        };
        open.is_unannounced = false;
        let parent = open.parent;
        self.announce(parent, out);
        if let Some(open) = self.open.get(&no) {
            let name = self.clean(&open.name).into_owned();
            self.step_line(open, (Tone::Note, "▸"), &name, &[], "", out);
        }
    }

    /// `12/48`, right-aligned; blank for steps that no list holds.
    fn counter_of(&self, step: &StepStarted) -> String {
        let planned = self.planned();
        let text = step
            .position
            .map_or_else(String::new, |position| format!("{position}/{planned}"));
        format!("{text:>width$}", width = self.counter_width)
    }

    /// Names the part of the test, once there is more than one.
    fn section_heading(&mut self, section: Section, out: &mut String) {
        let title = match section {
            Section::Setup => "Setup",
            Section::Steps => "Steps",
            Section::Teardown => "Teardown",
            Section::SafeState => "Safe state of the station",
            Section::Restore | Section::RetryBefore => return,
        };
        if self.heading == Some(section) {
            return;
        }
        // A test without a setup needs no word before its first step.
        if self.heading.is_some() || section != Section::Steps {
            self.look.paint.push(out, Tone::Dim, title);
            out.push('\n');
        }
        self.heading = Some(section);
    }

    fn attempt_finished(&mut self, attempt: &AttemptFinished, out: &mut String) {
        if self.is_terse() {
            return;
        }
        let Some(step) = self.open.get(&attempt.step) else {
            return;
        };
        let name = format!("{} (attempt {})", self.clean(&step.name), attempt.attempt);
        let reading = self.reading_of(attempt.verdict, None, &attempt.measurements);
        let pieces = [
            (Tone::Warn, attempt.verdict.as_str()),
            (Tone::Dim, if reading.is_empty() { "" } else { "  " }),
            (Tone::Dim, &reading),
        ];
        let time = duration_text(attempt.duration_us);
        self.step_line(step, (Tone::Warn, "↻"), &name, &pieces, &time, out);
        // One failing measurement has just told the reason.
        let is_told = attempt.verdict == Verdict::Fail && attempt.measurements.len() == 1;
        if let Some(reason) = &attempt.reason
            && !is_told
        {
            self.remark(step.depth, Tone::Dim, reason, out);
        }
    }

    fn step_finished(&mut self, finished: &StepFinished, out: &mut String) {
        let Some(step) = self.open.remove(&finished.step) else {
            return;
        };
        self.measured += finished.measurements.len() as u64;
        if !finished.superseded {
            let is_told = self.failing.count() > step.failed_before;
            self.failing.take_note(&step.name, finished, is_told);
        }
        if self.is_terse() {
            return;
        }
        let verdict = finished.verdict;
        let tone = if finished.superseded {
            Tone::Warn
        } else {
            Tone::of(verdict)
        };
        let mut name = self.clean(&step.name).into_owned();
        if finished.attempts > 1 && verdict != Verdict::Skipped {
            name = format!("{name} (attempt {})", finished.attempts);
        }
        let word = word_of(finished);
        let reading = self.reading_of(verdict, finished.skip_reason, &finished.measurements);
        let gap = if reading.is_empty() || word.is_empty() {
            ""
        } else {
            "  "
        };
        let dim = if verdict == Verdict::Skipped {
            Tone::Dim
        } else {
            Tone::Plain
        };
        let pieces = [(tone, word.as_str()), (dim, gap), (dim, &reading)];
        let time = if verdict == Verdict::Skipped {
            String::new()
        } else {
            duration_text(finished.worked_us())
        };
        let sign = if finished.superseded {
            (Tone::Warn, "↻")
        } else {
            (tone, shape(verdict))
        };
        self.step_line(&step, sign, &name, &pieces, &time, out);
        if finished.measurements.len() > 1 {
            self.measurement_lines(step.depth, &finished.measurements, out);
        }
        // The measurements of a pass that is made again say enough.
        if !finished.superseded || finished.measurements.is_empty() {
            self.reasons(step.depth, finished, out);
        }
    }

    /// The sign, the number, the name, and what comes after them.
    fn step_line(
        &self,
        step: &OpenStep,
        (tone, sign): (Tone, &'static str),
        name: &str,
        reading: &[Piece<'_>],
        time: &str,
        out: &mut String,
    ) {
        let indent = "  ".repeat(step.depth);
        let sign = self.look.script.sign(sign);
        let name_tone = if sign == self.look.script.sign("–") {
            Tone::Dim
        } else {
            Tone::Plain
        };
        let counter = format!(" {} ", step.counter);
        let left = [
            (Tone::Plain, ""),
            (tone, sign.as_ref()),
            (Tone::Dim, counter.as_str()),
            (Tone::Plain, indent.as_str()),
            (name_tone, name),
        ];
        let Look { paint, layout, .. } = self.look;
        layout.line(out, paint, &left, reading, time);
    }

    /// What was measured, in a few words; of several measurements each has its own line.
    fn reading_of(
        &self,
        verdict: Verdict,
        skipped: Option<SkipReason>,
        measurements: &[Measurement],
    ) -> String {
        if let Some(reason) = skipped {
            return format!("skipped: {}", skip_text(reason));
        }
        match measurements {
            [one] if verdict != Verdict::Skipped => self.reading(one),
            _ => String::new(),
        }
    }

    fn reading(&self, measurement: &Measurement) -> String {
        let limits = measurement.limits_text();
        let value = measurement.value_text();
        let text = if limits.is_empty() {
            value
        } else {
            format!("{value} {limits}")
        };
        let text = self.clean(&text);
        // What failed is told whole.
        if measurement.verdict.is_failing() {
            return text.into_owned();
        }
        cut(&text, self.look.layout.reading_width(), self.look.script).into_owned()
    }

    fn measurement_lines(&self, depth: usize, measurements: &[Measurement], out: &mut String) {
        let mut hidden = 0;
        for (i, measurement) in measurements.iter().enumerate() {
            let passed = !measurement.verdict.is_failing();
            if passed && i >= LISTED && self.look.detail < Detail::Full {
                hidden += 1;
                continue;
            }
            let tone = Tone::of(measurement.verdict);
            let indent = self.margin(depth);
            let sign = self.look.script.sign(if passed {
                "·"
            } else {
                shape(measurement.verdict)
            });
            let sign_tone = if passed { Tone::Dim } else { tone };
            let name = format!(" {}", self.clean(&measurement.name));
            let reading = self.reading(measurement);
            let word = if passed {
                ""
            } else {
                measurement.verdict.as_str()
            };
            let gap = if passed { "" } else { "  " };
            let left = [
                (Tone::Plain, indent.as_str()),
                (sign_tone, sign.as_ref()),
                (Tone::Plain, name.as_str()),
            ];
            let right = [
                (tone, word),
                (Tone::Plain, gap),
                (Tone::Plain, reading.as_str()),
            ];
            let Look { paint, layout, .. } = self.look;
            layout.line(out, paint, &left, &right, "");
        }
        if hidden > 0 {
            self.remark(
                depth,
                Tone::Dim,
                &format!("and {hidden} more that passed"),
                out,
            );
        }
    }

    /// Why a verdict is what it is: the step's own reason, then those of its measurements.
    fn reasons(&self, depth: usize, finished: &StepFinished, out: &mut String) {
        if !finished.verdict.is_failing() && finished.true_verdict.is_none() {
            return;
        }
        let tone = Tone::of(finished.true_verdict.unwrap_or(finished.verdict));
        let own = finished.reason.as_deref().unwrap_or_default();
        if !own.is_empty() {
            self.remark(depth, tone, own, out);
        }
        for measurement in finished.measurements.iter().take(LISTED) {
            if let Some(reason) = &measurement.reason
                && measurement.verdict.is_failing()
                && !own.contains(reason.as_str())
            {
                self.remark(depth, tone, &format!("{}: {reason}", measurement.name), out);
            }
        }
        let Some(error) = &finished.error else {
            return;
        };
        if !own.contains(error.message.trim()) {
            self.remark(
                depth,
                tone,
                &format!("{}: {}", error.kind, error.message),
                out,
            );
        }
        if let Some(traceback) = &error.traceback
            && self.look.detail == Detail::Full
        {
            self.block(depth, traceback, out);
        }
    }

    fn logged(
        &self,
        step: Option<StepNo>,
        level: Level,
        source: &str,
        message: &str,
        out: &mut String,
    ) {
        let wanted = level >= Level::Warning || self.look.detail == Detail::Full;
        if self.is_terse() || !wanted {
            return;
        }
        let depth = step
            .and_then(|step| self.open.get(&step))
            .map_or(0, |step| step.depth);
        let (tone, label) = match level {
            Level::Error => (Tone::Bad, "error: "),
            Level::Warning => (Tone::Warn, "warning: "),
            Level::Info | Level::Debug => (Tone::Dim, ""),
        };
        self.remark(depth, tone, &format!("{source}: {label}{message}"), out);
    }

    /// A step is run again: what is above counts no more.
    fn replaced(&mut self, replaced: ExecutionReplaced, out: &mut String) {
        self.failing.forget(replaced);
        if !self.is_terse() {
            let text = "run again by hand: the result above does not count";
            self.remark(0, Tone::Warn, text, out);
        }
    }

    fn set_by_hand(&self, set: &VariableSet, out: &mut String) {
        if self.is_terse() {
            return;
        }
        for (name, value) in &set.values {
            let text = format!("{name} = {} set by hand", spell(value));
            self.remark(0, Tone::Warn, &text, out);
        }
    }

    fn abort_began(&self, cause: AbortCause, message: &str, out: &mut String) {
        if !self.is_terse() {
            let what = match cause {
                AbortCause::StepFailed => "the run ends here",
                _ => "abort",
            };
            let text = format!("{what}: {message}");
            let sign = self.look.script.sign("■");
            self.look.paint.push(out, Tone::Warn, &sign);
            out.push(' ');
            self.look.paint.push(out, Tone::Warn, &self.clean(&text));
            out.push('\n');
        }
    }

    /// A wrapped text under the name of a step.
    fn remark(&self, depth: usize, tone: Tone, text: &str, out: &mut String) {
        let margin = self.margin(depth);
        let width = self.look.layout.width.saturating_sub(margin.len());
        for paragraph in text.lines() {
            for line in wrap(&self.clean(paragraph), width) {
                out.push_str(&margin);
                self.look.paint.push(out, tone, &line);
                out.push('\n');
            }
        }
    }

    /// A text whose own line breaks and blanks count, such as a traceback.
    fn block(&self, depth: usize, text: &str, out: &mut String) {
        let margin = self.margin(depth);
        for line in text.trim_end().lines() {
            out.push_str(&margin);
            self.look.paint.push(out, Tone::Dim, &self.clean(line));
            out.push('\n');
        }
    }

    /// The blanks before what stands under the name of a step.
    fn margin(&self, depth: usize) -> String {
        " ".repeat(self.counter_width + 3 + 2 * depth)
    }
}

/// Package, station, operator and mode on one line.
fn facts_of(started: &RunStarted) -> String {
    let mut facts = Vec::new();
    if let Some(package) = started.packages.first() {
        facts.push(format!("{} {}", package.name, package.version));
    }
    facts.push(format!("station {}", started.station_id));
    if let Some(operator) = &started.operator_id {
        facts.push(format!("operator {operator}"));
    }
    if started.mode != Mode::Production {
        facts.push(format!("mode {}", started.mode.as_str()));
    }
    if started.unattended {
        facts.push("unattended".to_owned());
    }
    facts.join(" · ")
}
