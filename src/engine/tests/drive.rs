//! Drives the engine without processes: functions are closures, time jumps to the next deadline.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use maestro_protocol::{Context, ErrorObject, ExecuteParams, ExecuteResult, RequestId, error};
use serde_json::{Value, json};

use crate::check::{Facts, check};
use crate::engine::{
    Begin, CallId, Effect, Engine, HoldOrder, HoldWish, Holds, Input, Options, Required,
    RunnerQuestion,
};
use crate::event::{AbortCause, Event, Timestamp};
use crate::expr::{Variables, spell};
use crate::measure::Origin;
use crate::package::load::{LoadOptions, Origin as RootOrigin, RootFile, load};
use crate::plan::{Plan, RunnerIx, compile};
use crate::prompt::Answer;

/// What a function of the test code does when it is called.
pub(super) enum Does {
    /// Returns these outputs.
    Returns(Value),
    /// Returns a whole `execute` result.
    Answers(Value),
    /// Raises an exception.
    Raises,
    /// Fails an assertion with this message.
    Asserts(&'static str),
    /// Never returns; obeys a cancel.
    Hangs,
    /// Never returns and ignores a cancel.
    Ignores,
    /// Ends its process.
    Dies,
    /// Has ended before it could be called.
    IsGone,
    /// Is interrupted from outside while it runs, and would hang otherwise.
    Interrupted,
    /// The same, but returns nothing at once afterwards.
    InterruptedThenReturns,
    /// Asks the operator this and returns the answer, or raises where nobody can answer.
    Asks(Value),
}

type Reaction = Box<dyn Fn(&crate::prompt::Prompt) -> Answer>;
type Function = Box<dyn FnMut(&ExecuteParams) -> Does>;

/// A run that is being driven.
pub(super) struct Drive {
    plan: Arc<Plan>,
    functions: HashMap<String, Function>,
    answers: Vec<Reaction>,
    unattended: bool,
    somebody: bool,
    overrides: serde_json::Map<String, Value>,
    config: serde_json::Map<String, Value>,
    refused: Option<String>,
    restart_fails: bool,
    default_timeout_ms: Option<u64>,
    aborted_early: bool,
    scheduled: Vec<(Duration, Input)>,
    /// Questions of test code that are open: their calls.
    asking: HashMap<RequestId, CallId>,
    holds: Holds,
    /// What the run is told when it is held, one after the other; then to run step after step.
    orders: VecDeque<HoldWish>,
    /// How long each hold takes.
    hold: Duration,
}

/// Everything that a driven run left.
pub(super) struct Driven {
    pub(super) events: Vec<Event>,
    pub(super) calls: Vec<ExecuteParams>,
    pub(super) elapsed: Duration,
    pub(super) starts: usize,
    pub(super) kills: usize,
    pub(super) variables: Variables,
    /// The bare variables before the first step.
    pub(super) began_with: BTreeMap<String, Value>,
    /// Answers that test code got to its questions.
    pub(super) answered: Vec<Answer>,
    /// Why questions of test code were refused.
    pub(super) refusals: Vec<String>,
}

/// A run of the definition `yaml`, whose root key `test:` is added here.
pub(super) fn drive(yaml: &str) -> Drive {
    drive_files(&[("tests/main.yaml", yaml)])
}

/// The same with further files of the package; the first is the one that runs.
pub(super) fn drive_files(files: &[(&str, &str)]) -> Drive {
    let folder = tempfile::tempdir().unwrap();
    let manifest = r#"{"name":"p","version":"1.0.0","author":"a","description":"d"}"#;
    fs::write(folder.path().join("package.json"), manifest).unwrap();
    for (path, yaml) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut text = "test:\n  name: T\n  version: 1.0.0\n".to_owned();
        for line in yaml.lines() {
            writeln!(text, "  {line}").unwrap();
        }
        fs::write(path, text).unwrap();
    }
    let root = RootFile {
        path: folder.path().join(files[0].0),
        origin: RootOrigin::Named,
    };
    let options = LoadOptions {
        cwd: folder.path().to_path_buf(),
        ..LoadOptions::default()
    };
    let checked = check(load(&[root], &options), &Facts::default());
    let errors: Vec<_> = checked
        .findings
        .iter()
        .filter(|finding| finding.is_error())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    Drive {
        plan: Arc::new(compile(checked.package.unwrap())),
        functions: HashMap::new(),
        answers: Vec::new(),
        unattended: false,
        somebody: true,
        overrides: serde_json::Map::new(),
        config: serde_json::Map::new(),
        refused: None,
        restart_fails: false,
        default_timeout_ms: None,
        aborted_early: false,
        scheduled: Vec::new(),
        asking: HashMap::new(),
        holds: Holds::default(),
        orders: VecDeque::new(),
        hold: Duration::ZERO,
    }
}

impl Drive {
    /// Says what the function of this name does, each time it is called.
    pub(super) fn function(
        mut self,
        name: &str,
        does: impl FnMut(&ExecuteParams) -> Does + 'static,
    ) -> Self {
        self.functions.insert(name.to_owned(), Box::new(does));
        self
    }

    /// A function that returns one value after the other, the last one for ever.
    pub(super) fn returns(self, name: &str, values: &[Value]) -> Self {
        let values = values.to_vec();
        let mut next = 0;
        self.function(name, move |_| {
            let value = values[next.min(values.len() - 1)].clone();
            next += 1;
            Does::Returns(value)
        })
    }

    /// Step by step; what the run is told at each hold.
    pub(super) fn step_by_step(mut self, orders: &[HoldWish]) -> Self {
        self.holds.every_step = true;
        self.orders = orders.iter().cloned().collect();
        self
    }

    /// Held before the steps of these names; what the run is told at each hold.
    pub(super) fn breaks(mut self, names: &[&str], orders: &[HoldWish]) -> Self {
        let steps = names.iter().flat_map(|name| self.plan.steps_called(name));
        self.holds.before = steps.collect();
        self.orders = orders.iter().cloned().collect();
        self
    }

    /// Each hold takes so many milliseconds.
    pub(super) fn held_for(mut self, ms: u64) -> Self {
        self.hold = Duration::from_millis(ms);
        self
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The next question is answered with this button and entry.
    pub(super) fn answers(mut self, button: &'static str, entry: Option<Value>) -> Self {
        self.answers.push(Box::new(move |prompt| Answer {
            prompt_id: prompt.id.clone(),
            button: Some(button.to_owned()),
            action: prompt
                .buttons
                .iter()
                .find(|b| b.name == button)
                .map(|b| b.action),
            raw: entry.as_ref().map(spell),
            value: entry.clone(),
            by: Some("op".to_owned()),
            ..Answer::default()
        }));
        self
    }

    pub(super) fn unattended(mut self) -> Self {
        self.unattended = true;
        self.somebody = false;
        self
    }

    pub(super) fn nobody(mut self) -> Self {
        self.somebody = false;
        self
    }

    pub(super) fn variable(mut self, name: &str, value: Value) -> Self {
        self.overrides.insert(name.to_owned(), value);
        self
    }

    pub(super) fn config(mut self, name: &str, value: Value) -> Self {
        self.config.insert(name.to_owned(), value);
        self
    }

    pub(super) fn refused(mut self, reason: &str) -> Self {
        self.refused = Some(reason.to_owned());
        self
    }

    /// `Ctrl-C` while the runners start.
    pub(super) fn aborted_early(mut self) -> Self {
        self.aborted_early = true;
        self.refused("interrupted")
    }

    /// Something that happens so many milliseconds after the beginning.
    pub(super) fn at(mut self, ms: u64, input: Input) -> Self {
        self.scheduled.push((Duration::from_millis(ms), input));
        self
    }

    /// `Ctrl-C` so many milliseconds after the beginning.
    pub(super) fn interrupted_at(self, ms: u64) -> Self {
        self.at(ms, interrupt())
    }

    pub(super) fn default_timeout(mut self, ms: u64) -> Self {
        self.default_timeout_ms = Some(ms);
        self
    }

    pub(super) fn restart_fails(mut self) -> Self {
        self.restart_fails = true;
        self
    }

    /// Runs to the end.
    pub(super) fn run(mut self) -> Driven {
        let begin = Timestamp(1_700_000_000_000_000);
        let mut engine = Engine::new(Arc::clone(&self.plan), self.variables(), self.options());
        let mut now = begin;
        let mut driven = Driven {
            events: Vec::new(),
            calls: Vec::new(),
            elapsed: Duration::ZERO,
            starts: 0,
            kills: 0,
            variables: Variables::new(),
            began_with: bare(&self.variables()),
            answered: Vec::new(),
            refusals: Vec::new(),
        };
        let first = match self.refused.take() {
            Some(reason) => Begin::Refused(reason),
            None => Begin::Ready,
        };
        let mut inputs = Vec::from_iter(self.aborted_early.then(interrupt));
        inputs.push(Input::Begin(first));
        let mut hanging: HashMap<CallId, bool> = HashMap::new();
        let (mut seen_holds, mut held_at) = (0, begin);
        for _ in 0..100_000 {
            let mut effects = Vec::new();
            if inputs.is_empty() {
                if engine.is_finished() {
                    break;
                }
                let due = self.scheduled.first().map(|(after, _)| begin.after(*after));
                if driven.holds().len() > seen_holds {
                    seen_holds = driven.holds().len();
                    held_at = now;
                }
                let told_at = engine.is_held().then(|| held_at.after(self.hold));
                match (engine.deadline(), due) {
                    (_, due) if told_at.is_some_and(|at| due.is_none_or(|due| at < due)) => {
                        now = held_at.after(self.hold).max(now);
                        inputs.push(self.order(&driven));
                    }
                    (_, Some(due)) if due <= now => inputs.push(self.scheduled.remove(0).1),
                    _ if engine.is_busy() => inputs.push(Input::Tick),
                    (deadline, Some(due)) if deadline.is_none_or(|deadline| due <= deadline) => {
                        now = due;
                        inputs.push(self.scheduled.remove(0).1);
                    }
                    (Some(deadline), _) => {
                        now = deadline.max(now);
                        inputs.push(Input::Tick);
                    }
                    (None, _) => panic!("a run that waits has a deadline: {:#?}", driven.events),
                }
            }
            engine.handle(inputs.remove(0), now, &mut effects);
            for effect in effects {
                self.react(effect, &mut driven, &mut inputs, &mut hanging);
            }
        }
        assert!(engine.is_finished(), "the run ends: {:#?}", driven.events);
        driven.elapsed = now.since(begin);
        driven.variables = engine.variables().clone();
        driven
    }

    /// What the held run is told next.
    fn order(&mut self, driven: &Driven) -> Input {
        Input::Hold(Box::new(HoldOrder {
            hold: driven.holds().last().unwrap().hold,
            wants: self.orders.pop_front().unwrap_or(HoldWish::Run),
            by: Some("ada".to_owned()),
            front_end: Some("test".to_owned()),
        }))
    }

    fn react(
        &mut self,
        effect: Effect,
        driven: &mut Driven,
        inputs: &mut Vec<Input>,
        hanging: &mut HashMap<CallId, bool>,
    ) {
        match effect {
            Effect::Publish(event) => {
                if let Event::PromptOpened { prompt, .. } = &event
                    && self.somebody
                    && !self.answers.is_empty()
                {
                    inputs.push(Input::Answered(Box::new(self.answers.remove(0)(prompt))));
                }
                driven.events.push(event);
            }
            Effect::StartRunner(runner) if self.restart_fails => {
                driven.starts += 1;
                inputs.push(Input::RunnerFailed {
                    runner,
                    reason: "no such file".to_owned(),
                });
            }
            Effect::StartRunner(runner) => {
                driven.starts += 1;
                inputs.push(Input::RunnerReady { runner });
            }
            Effect::Execute {
                runner,
                call,
                params,
            } => {
                self.execute(runner, call, &params, inputs, hanging);
                driven.calls.push(*params);
            }
            Effect::Cancel { call, .. } => {
                if hanging.get(&call) == Some(&true) {
                    let cancelled = ErrorObject::new(error::CANCELLED, "cancelled");
                    inputs.push(Input::Reply {
                        call,
                        result: Err(cancelled),
                    });
                }
            }
            Effect::KillRunner { .. } => driven.kills += 1,
            Effect::AnswerRunner {
                request, answer, ..
            } => {
                driven.answered.push((*answer).clone());
                if let Some(call) = self.asking.remove(&request) {
                    let outputs = json!({"button": answer.button, "value": answer.value});
                    inputs.push(reply_with(call, outputs));
                }
            }
            Effect::RefuseRunner {
                request, reason, ..
            } => {
                driven.refusals.push(reason.clone());
                if let Some(call) = self.asking.remove(&request) {
                    let result = Err(ErrorObject::new(error::EXCEPTION, reason));
                    inputs.push(Input::Reply { call, result });
                }
            }
        }
    }

    fn execute(
        &mut self,
        runner: RunnerIx,
        call: CallId,
        params: &ExecuteParams,
        inputs: &mut Vec<Input>,
        hanging: &mut HashMap<CallId, bool>,
    ) {
        let name = params.target["function"].as_str().unwrap().to_owned();
        let does = match self.functions.get_mut(&name) {
            Some(function) => function(params),
            None => Does::Returns(json!({})),
        };
        let reply = |result| Input::Reply { call, result };
        match does {
            Does::Returns(outputs) => inputs.push(reply_with(call, outputs)),
            Does::InterruptedThenReturns => {
                inputs.push(interrupt());
                inputs.push(reply_with(call, json!({})));
            }
            Does::Asks(params) => {
                let request = RequestId::Number(call.0);
                self.asking.insert(request.clone(), call);
                inputs.push(Input::RunnerAsked(RunnerQuestion {
                    runner,
                    call,
                    request,
                    params: serde_json::from_value(params).unwrap(),
                }));
            }
            Does::Answers(result) => {
                inputs.push(reply(Ok(serde_json::from_value(result).unwrap())));
            }
            Does::Raises => {
                inputs.push(reply(Err(ErrorObject::new(error::EXCEPTION, "it broke"))));
            }
            Does::Asserts(message) => {
                inputs.push(reply(Err(ErrorObject::new(error::ASSERTION, message))));
            }
            Does::Hangs => drop(hanging.insert(call, true)),
            Does::Ignores => drop(hanging.insert(call, false)),
            Does::Dies | Does::IsGone => {
                if matches!(does, Does::IsGone) {
                    inputs.push(Input::RunnerGone { call });
                }
                let reason = "exit code 3".to_owned();
                inputs.push(Input::RunnerLost {
                    runner,
                    kind: "runner-died",
                    reason,
                });
            }
            Does::Interrupted => {
                hanging.insert(call, true);
                inputs.push(interrupt());
            }
        }
    }

    fn variables(&self) -> Variables {
        let mut variables = Variables::new();
        variables.assign("exec.serial_number", json!("S1"));
        for (key, value) in &self.config {
            variables.assign(&format!("cfg.{key}"), value.clone());
        }
        let declared = self.plan.root_sequence().variables.iter().cloned();
        for (name, value) in declared.chain(self.overrides.clone()) {
            variables.assign(&name, value);
        }
        variables
    }

    fn options(&self) -> Options {
        Options {
            run: "r".to_owned(),
            context: Context::default(),
            unattended: self.unattended,
            somebody: self.somebody,
            default_timeout_ms: self.default_timeout_ms,
            cleanup_timeout_ms: 60_000,
            required: Required::default(),
            filled: Vec::new(),
            fixed: self.overrides.keys().cloned().collect(),
            origin: Origin::Runner,
            holds: self.holds.clone(),
        }
    }
}

/// The bare variables, counters excepted.
pub(super) fn bare(variables: &Variables) -> BTreeMap<String, Value> {
    let shared = variables
        .shared()
        .filter(|(name, _)| !Variables::is_reserved(name));
    shared.map(|(name, value)| (name, value.clone())).collect()
}

fn interrupt() -> Input {
    Input::Abort {
        cause: AbortCause::Signal,
        by: "Ctrl-C".to_owned(),
        message: "interrupted by Ctrl-C".to_owned(),
    }
}

fn reply_with(call: CallId, outputs: Value) -> Input {
    let outputs = match outputs {
        Value::Object(map) => map,
        scalar => serde_json::Map::from_iter([("result".to_owned(), scalar)]),
    };
    let result = ExecuteResult {
        outputs,
        ..ExecuteResult::default()
    };
    Input::Reply {
        call,
        result: Ok(result),
    }
}
