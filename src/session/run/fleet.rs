//! What comes from the runners of a run, as inputs of the engine and events of the record.

use maestro_protocol::{ErrorObject, Log, LogLevel, Progress, error};

use super::{Session, ix};
use crate::engine::{CallId, Input, RunnerQuestion};
use crate::event::{Event, Level, RunnerFacts};
use crate::runner::{self, FleetEvent, Piece, RunnerId};

impl Session {
    pub(super) fn fleet_event(&mut self, event: FleetEvent) {
        self.take_down(&event);
        match event {
            FleetEvent::Ready { runner, .. } => {
                self.note_ready(event);
                self.handle(Input::RunnerReady { runner: ix(runner) });
            }
            FleetEvent::StartFailed { runner, reason } => {
                self.handle(Input::RunnerFailed {
                    runner: ix(runner),
                    reason,
                });
            }
            FleetEvent::Reply {
                call, mut result, ..
            }
            | FleetEvent::LateReply {
                call, mut result, ..
            } => {
                if let Ok(result) = &mut result {
                    self.keep_artifacts(&std::mem::take(&mut result.artifacts));
                }
                self.handle(Input::Reply {
                    call: CallId(call.0),
                    result,
                });
            }
            FleetEvent::NotSent { call, reason, .. } => {
                let error = ErrorObject::new(error::INTERNAL, reason);
                self.handle(Input::Reply {
                    call: CallId(call.0),
                    result: Err(error),
                });
            }
            FleetEvent::Prompt {
                runner,
                request,
                call,
                params,
            } => {
                self.handle(Input::RunnerAsked(RunnerQuestion {
                    runner: ix(runner),
                    call: CallId(call.0),
                    request,
                    params: *params,
                }));
            }
            FleetEvent::Progress {
                fraction, message, ..
            } => {
                if let Some(step) = self.engine.current_step() {
                    self.publish(Event::Progressed {
                        step,
                        fraction,
                        message,
                    });
                    self.commit();
                }
            }
            FleetEvent::Log {
                runner,
                call,
                level,
                text,
                piece,
            } => {
                let text = self.joined(runner, text, piece);
                self.take_down_log(call, level, &text);
                self.log(runner, call, level, text);
            }
            FleetEvent::Violation {
                runner, message, ..
            } => {
                let message = format!("the runner broke the protocol: {message}");
                self.lost(runner, "protocol", message);
            }
            FleetEvent::Died {
                runner,
                status,
                held,
                ..
            } => {
                self.tell_left_open(runner, "ended by itself", &held);
                let message = format!("the runner ended by itself: {status}");
                self.lost(runner, "runner-died", message);
            }
            FleetEvent::Killed {
                runner,
                open_call,
                held,
                ..
            } => self.killed(runner, open_call, &held),
            FleetEvent::Stopped { .. } | FleetEvent::Described { .. } | FleetEvent::Wake => {}
        }
    }

    /// Keeps what happened in the recording that was asked for.
    fn take_down(&mut self, event: &FleetEvent) {
        let Some(tape) = &mut self.tape else {
            return;
        };
        let now = self.clock.now();
        match event {
            FleetEvent::Reply { call, result, .. } | FleetEvent::LateReply { call, result, .. } => {
                tape.replied(*call, result, now);
            }
            FleetEvent::Prompt {
                call,
                request,
                params,
                ..
            } => tape.asked(*call, request, params),
            FleetEvent::Progress {
                call,
                fraction,
                message,
                ..
            } => tape.progressed(
                *call,
                Progress {
                    fraction: *fraction,
                    message: message.clone(),
                },
            ),
            FleetEvent::NotSent { call, reason, .. } => tape.lost(*call, reason, now),
            FleetEvent::Violation {
                runner,
                message: reason,
                ..
            }
            | FleetEvent::Died {
                runner,
                status: reason,
                ..
            } => tape.gone(&self.runners[runner.0 as usize].name, reason, now),
            FleetEvent::Killed { runner, .. } => {
                let name = &self.runners[runner.0 as usize].name;
                tape.gone(name, "the runner was killed", now);
            }
            _ => {}
        }
    }

    /// Keeps a line of the log in the recording, as the record has it: masked together with its
    /// neighbours.
    fn take_down_log(&mut self, call: Option<runner::CallId>, level: LogLevel, text: &str) {
        if let (Some(tape), Some(call)) = (&mut self.tape, call) {
            let message = text.to_owned();
            let log = Log {
                level,
                message,
                time: None,
            };
            tape.logged(call, log);
        }
    }

    /// Masks a piece of a line that was too long or has no end yet, together with its neighbours.
    pub(super) fn joined(&mut self, runner: RunnerId, text: String, piece: Piece) -> String {
        if self.masker.is_empty() {
            return text;
        }
        let pieces = self.pieces.entry((runner, piece.stream)).or_default();
        if !piece.is_rest {
            pieces.begin();
        }
        pieces.next(&self.masker, text, piece.goes_on)
    }

    fn killed(&mut self, runner: RunnerId, open_call: Option<runner::CallId>, held: &[String]) {
        self.tell_left_open(runner, "was killed", held);
        self.note_stopped(runner, "killed".to_owned());
        if open_call.is_some() {
            let reason = "the runner did not take a message and was killed".to_owned();
            self.handle(Input::RunnerLost {
                runner: ix(runner),
                kind: "protocol",
                reason,
            });
        }
    }

    fn lost(&mut self, runner: RunnerId, kind: &'static str, reason: String) {
        self.note_stopped(runner, reason.clone());
        self.handle(Input::RunnerLost {
            runner: ix(runner),
            kind,
            reason,
        });
    }

    pub(super) fn log(
        &mut self,
        runner: RunnerId,
        call: Option<runner::CallId>,
        level: LogLevel,
        text: String,
    ) {
        self.publish(Event::Logged {
            step: call.and_then(|_| self.engine.current_step()),
            level: match level {
                LogLevel::Debug => Level::Debug,
                LogLevel::Info => Level::Info,
                LogLevel::Warning => Level::Warning,
                LogLevel::Error => Level::Error,
            },
            source: self.runners[runner.0 as usize].name.clone(),
            message: text,
        });
        self.commit();
    }

    fn keep_artifacts(&mut self, artifacts: &[maestro_protocol::Artifact]) {
        let Some(step) = self.engine.current_step() else {
            return;
        };
        for artifact in artifacts {
            let event = match self.artifacts.keep_file(artifact, &self.plan.root) {
                Ok(artifact) => Event::ArtifactStored { step, artifact },
                Err(error) => Event::Logged {
                    step: Some(step),
                    level: Level::Warning,
                    source: "engine".to_owned(),
                    message: format!("artifact '{}' is not kept: {error}", artifact.name),
                },
            };
            self.publish(event);
        }
    }

    pub(super) fn note_ready(&mut self, event: FleetEvent) {
        if let FleetEvent::Ready {
            runner,
            generation,
            info,
            pid,
            start_ms,
        } = event
        {
            if let Some(tape) = &mut self.tape {
                tape.started(&self.runners[runner.0 as usize].name, &info);
            }
            self.publish(Event::RunnerStarted(RunnerFacts {
                runner: self.runners[runner.0 as usize].name.clone(),
                generation,
                pid,
                name: info.name,
                version: info.version,
                runtime: info.runtime,
                start_ms: start_ms as u64,
            }));
        }
    }

    fn note_stopped(&mut self, runner: RunnerId, reason: String) {
        let generation = self.fleet.generation(runner);
        let runner = self.runners[runner.0 as usize].name.clone();
        self.publish(Event::RunnerStopped {
            runner,
            generation,
            reason,
        });
    }
}
