//! The runner under test: started when a case needs it, started anew when one broke it.

use std::time::Duration;

use maestro_protocol::{Capabilities, ErrorObject, ExecuteResult, error};
use serde_json::{Map, Value, json};

use super::check::Stop;
use super::peer::Peer;
use crate::runner::RunnerSpec;

/// A command line, and the process that runs it now.
#[derive(Debug)]
pub(super) struct Rig {
    spec: RunnerSpec,
    peer: Option<Peer>,
    started: u32,
}

impl Rig {
    pub(super) fn new(spec: RunnerSpec) -> Self {
        Self {
            spec,
            peer: None,
            started: 0,
        }
    }

    /// The running process, `initialize` answered.
    pub(super) fn peer(&mut self) -> Result<&mut Peer, Stop> {
        if self.peer.is_none() {
            self.started += 1;
            self.peer = Some(Peer::start(&self.spec, self.started)?);
        }
        self.peer
            .as_mut()
            .ok_or_else(|| Stop::Breaks("it did not start".to_owned()))
    }

    /// The process, to be used up by the case.
    pub(super) fn take(&mut self) -> Result<Peer, Stop> {
        self.peer()?;
        self.peer
            .take()
            .ok_or_else(|| Stop::Breaks("it did not start".to_owned()))
    }

    /// A case begins: what the log held before says nothing about it.
    pub(super) fn begin(&mut self) {
        if let Some(peer) = &mut self.peer {
            peer.forget_log();
        }
    }

    /// Nothing is left over of the case: no answer that nobody waits for.
    pub(super) fn settle(&mut self) -> Result<(), Stop> {
        match &mut self.peer {
            Some(peer) => Ok(peer.quiet(Duration::ZERO)?),
            None => Ok(()),
        }
    }

    /// The process, where its capabilities name what `can` looks for.
    pub(super) fn able(
        &mut self,
        name: &str,
        can: impl Fn(&Capabilities) -> bool,
    ) -> Result<&mut Peer, Stop> {
        let peer = self.peer()?;
        if can(&peer.identity.capabilities) {
            return Ok(peer);
        }
        let why = format!("its capabilities do not name `{name}`");
        Err(Stop::Skips(why))
    }

    /// Ends the process; returns the end of its log.
    pub(super) fn discard(&mut self) -> String {
        self.peer
            .take()
            .map(|mut peer| peer.log_tail())
            .unwrap_or_default()
    }

    /// Calls the conformance target `name`, or skips the case if the runner has none.
    pub(super) fn call(
        &mut self,
        name: &str,
        parameters: Value,
    ) -> Result<Result<ExecuteResult, ErrorObject>, Stop> {
        let answer = self
            .peer()?
            .execute(json!({ "conformance": name }), map(parameters))?;
        match answer {
            Err(error) if error.code == error::NOT_FOUND => Err(absent(name)),
            other => Ok(other),
        }
    }

    /// Calls a target that must succeed.
    pub(super) fn result(&mut self, name: &str, parameters: Value) -> Result<ExecuteResult, Stop> {
        self.call(name, parameters)?.map_err(|error| {
            Stop::Breaks(format!(
                "`{name}` answered error {}: {}",
                error.code, error.message
            ))
        })
    }

    /// Calls a target that must fail with `code`.
    pub(super) fn error(
        &mut self,
        name: &str,
        parameters: Value,
        code: i64,
    ) -> Result<ErrorObject, Stop> {
        match self.call(name, parameters)? {
            Err(error) if error.code == code => Ok(error),
            Err(error) => Err(Stop::Breaks(format!(
                "`{name}` answered error {} ({}) instead of {code}",
                error.code, error.message
            ))),
            Ok(_) => Err(Stop::Breaks(format!(
                "`{name}` answered a result instead of error {code}"
            ))),
        }
    }
}

/// The parameters of a call.
pub(super) fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Says that a target to test with is missing.
pub(super) fn absent(name: &str) -> Stop {
    Stop::Skips(format!(r#"it has no target {{"conformance": "{name}"}}"#))
}
