//! A runner that answers from a recording.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use maestro_protocol::{
    Call, Capabilities, DescribeParams, DescribeResult, Described, ErrorObject, ExceptionData,
    ExecuteParams, ExecuteResult, Handler, InitializeParams, InitializeResult, LogLevel,
    PROTOCOL_VERSION, TargetRef, error,
};
use serde_json::{Value, json};

use super::fault::{Effect, Fault};
use super::lines::{End, Line, Recorded, Said, path_of};
use super::read::Recording;

/// How often a call that is not answered looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(5);

/// Exit code of a runner that ends because its recording or a fault says so.
const CRASHED: i32 = 3;

/// Plays one runner of a recording.
#[derive(Debug)]
pub(crate) struct Simulated {
    info: InitializeResult,
    targets: Vec<(TargetRef, Described)>,
    /// By path of the step, in the order of the recording.
    calls: HashMap<String, Calls>,
    faults: HashMap<String, Effect>,
}

/// The recorded calls of one step.
#[derive(Debug, Default)]
struct Calls {
    recorded: Vec<Recorded>,
    played: usize,
}

impl Simulated {
    /// The runner `name` of `recording`; `faults` name their steps by path.
    pub(crate) fn new(recording: Recording, name: &str, faults: Vec<Fault>) -> Self {
        let mut simulated = Self {
            info: nobody(name),
            targets: Vec::new(),
            calls: HashMap::new(),
            faults: faults.into_iter().map(|it| (it.step, it.effect)).collect(),
        };
        for line in recording.lines {
            match line {
                Line::Runner { runner, info } if runner == name => simulated.info = info,
                Line::Target {
                    runner,
                    target,
                    described,
                } if runner == name => simulated.targets.push((target, described)),
                Line::Call(call) if call.runner == name => {
                    let calls = simulated.calls.entry(call.step.clone()).or_default();
                    calls.recorded.push(*call);
                }
                _ => {}
            }
        }
        simulated
    }

    fn described(&self, asked: &TargetRef) -> Described {
        let found = self.targets.iter().find(|(target, _)| target == asked);
        found.map_or_else(
            || Described {
                reason: Some("the recording does not know it".to_owned()),
                ..Described::default()
            },
            |(_, described)| described.clone(),
        )
    }
}

impl Handler for Simulated {
    fn initialize(&mut self, _: &InitializeParams) -> Result<InitializeResult, ErrorObject> {
        Ok(InitializeResult {
            protocol: PROTOCOL_VERSION,
            runtime: format!("recording of {}", self.info.runtime),
            ..self.info.clone()
        })
    }

    fn describe(&mut self, params: &DescribeParams) -> Result<DescribeResult, ErrorObject> {
        let targets = params.targets.iter().map(|it| self.described(it)).collect();
        Ok(DescribeResult { targets })
    }

    fn execute(
        &mut self,
        params: &ExecuteParams,
        call: &mut Call<'_>,
    ) -> Result<ExecuteResult, ErrorObject> {
        let path = path_of(&params.step);
        let fault = self.faults.get(path);
        if let Some(fault) = fault {
            tell(
                call,
                LogLevel::Warning,
                format!("injected: {}", word(fault)),
            );
        }
        match fault {
            Some(Effect::Timeout) => return Err(stay_silent(call)),
            Some(Effect::Error) => return Err(injected()),
            Some(Effect::Crash) => crash(),
            Some(Effect::Value { .. }) | None => {}
        }
        let calls = self
            .calls
            .get_mut(path)
            .filter(|calls| !calls.recorded.is_empty());
        let calls = calls.ok_or_else(|| not_recorded(path))?;
        let recorded = calls.next(call);
        for difference in differences(recorded, params) {
            tell(call, LogLevel::Warning, difference);
        }
        say_again(recorded, call)?;
        match &recorded.end {
            End::Result(result) => Ok(changed(result, fault)),
            End::Error(error) => Err(error.clone()),
            // Somebody ended the recorded run; here nobody would.
            End::Silent if params.timeout_ms.is_none() => Err(no_answer(path)),
            End::Silent => Err(stay_silent(call)),
            End::Lost(reason) => {
                tell(call, LogLevel::Error, format!("as recorded: {reason}"));
                crash()
            }
        }
    }
}

impl Calls {
    /// The next one; the last one once more where the run goes on longer than the recording.
    fn next(&mut self, call: &mut Call<'_>) -> &Recorded {
        let last = self.recorded.len() - 1;
        if self.played > last {
            let times = self.recorded.len();
            let text = format!("recorded {times} times: the last answer is given once more");
            tell(call, LogLevel::Warning, text);
        }
        let at = self.played.min(last);
        self.played += 1;
        &self.recorded[at]
    }
}

/// A runner that the recording never heard of.
fn nobody(name: &str) -> InitializeResult {
    InitializeResult {
        protocol: PROTOCOL_VERSION,
        name: name.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        runtime: "nothing".to_owned(),
        capabilities: Capabilities {
            describe: true,
            cancel: true,
            log: true,
            progress: true,
            prompt: true,
            artifact: false,
        },
    }
}

/// What differs between the recorded call and this one.
fn differences(recorded: &Recorded, params: &ExecuteParams) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: String, then: Option<&Value>, now: Option<&Value>| {
        if then != now {
            let shown = |value: Option<&Value>| value.map_or("absent".to_owned(), Value::to_string);
            let (then, now) = (shown(then), shown(now));
            found.push(format!("{what} was {then} in the recording and is {now}"));
        }
    };
    compare(
        "the target".to_owned(),
        Some(&recorded.target),
        Some(&params.target),
    );
    let names = recorded.parameters.keys().chain(
        params
            .parameters
            .keys()
            .filter(|name| !recorded.parameters.contains_key(*name)),
    );
    for name in names {
        let then = recorded.parameters.get(name);
        compare(
            format!("parameter '{name}'"),
            then,
            params.parameters.get(name),
        );
    }
    found
}

/// Repeats what the runner said during the call. The operator is asked again: the answer is told
/// where it is another one.
fn say_again(recorded: &Recorded, call: &mut Call<'_>) -> Result<(), ErrorObject> {
    for said in &recorded.said {
        match said {
            Said::Log(log) => tell(call, log.level, log.message.clone()),
            Said::Progress(progress) => {
                // Whoever went away learns no progress.
                let _ = call.progress(progress.fraction, progress.message.as_deref());
            }
            Said::Prompt { asked, answered } => {
                let reply = match call.prompt(asked) {
                    Ok(Err(error)) if error.code == error::CANCELLED => return Err(error),
                    Ok(reply) => reply.ok(),
                    Err(_) => None,
                };
                if reply != *answered {
                    let text = "the operator answered otherwise than in the recording";
                    tell(call, LogLevel::Warning, text.to_owned());
                }
            }
        }
    }
    Ok(())
}

/// The recorded result, with the values of a fault in it. Files are not part of a recording.
fn changed(result: &ExecuteResult, fault: Option<&Effect>) -> ExecuteResult {
    let mut result = result.clone();
    result.artifacts.clear();
    let Some(Effect::Value { name, value }) = fault else {
        return result;
    };
    let fits = |candidate: &str| name.as_deref().is_none_or(|name| name == candidate);
    let mut count = 0;
    for (_, output) in result.outputs.iter_mut().filter(|(name, _)| fits(name)) {
        *output = value.clone();
        count += 1;
    }
    for point in result.measurements.iter_mut().filter(|it| fits(&it.name)) {
        point.value = value.clone();
        count += 1;
    }
    if count == 0 {
        let name = name.clone().unwrap_or_else(|| "result".to_owned());
        result.outputs.insert(name, value.clone());
    }
    result
}

fn word(effect: &Effect) -> String {
    match effect {
        Effect::Timeout => "no answer".to_owned(),
        Effect::Error => "an exception".to_owned(),
        Effect::Crash => "the end of the runner".to_owned(),
        Effect::Value { name: None, value } => format!("the value {value}"),
        Effect::Value {
            name: Some(name),
            value,
        } => format!("{name} = {value}"),
    }
}

fn tell(call: &mut Call<'_>, level: LogLevel, text: String) {
    // An engine that went away needs no log.
    let _ = call.log(level, text);
}

fn injected() -> ErrorObject {
    exception(
        "InjectedFault",
        "this error was injected into the simulation".to_owned(),
    )
}

fn not_recorded(path: &str) -> ErrorObject {
    exception(
        "NotRecorded",
        format!("the recording holds no call of the step '{path}'"),
    )
}

fn no_answer(path: &str) -> ErrorObject {
    exception(
        "NotRecorded",
        format!(
            "the recorded run was aborted before the step '{path}' had an answer, and the step has \
             no `timeout_ms` that would end it"
        ),
    )
}

fn exception(kind: &str, message: String) -> ErrorObject {
    let data = ExceptionData {
        kind: kind.to_owned(),
        traceback: String::new(),
    };
    ErrorObject {
        data: Some(json!(data)),
        ..ErrorObject::new(error::EXCEPTION, message)
    }
}

/// Gives no answer until the engine does not want one any more.
fn stay_silent(call: &Call<'_>) -> ErrorObject {
    while !call.is_cancelled() {
        thread::sleep(LOOK);
    }
    Call::cancelled()
}

#[expect(clippy::exit, reason = "the death of the runner is what is simulated")]
fn crash() -> ! {
    std::process::exit(CRASHED)
}
