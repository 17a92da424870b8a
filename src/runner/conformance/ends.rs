//! Cases of cancelling and ending.

use std::time::Duration;

use maestro_protocol::{error, method};
use serde_json::json;

use super::check::Stop;
use super::peer::{Message, PATIENCE, Peer};
use super::rig::{Rig, absent, map};
use crate::runner::clock;

/// The default `grace_ms` of a step, and the time that `shutdown` may take.
const GRACE: Duration = Duration::from_millis(500);
/// How long a runner may outlive its input.
const AFTER_INPUT: Duration = Duration::from_secs(1);

pub(super) fn cancel(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.peer()?;
    if !peer.identity.capabilities.cancel {
        return Err(Stop::Skips(
            "its capabilities do not name `cancel`".to_owned(),
        ));
    }
    let id = busy(peer)?;
    peer.notify(method::CANCEL, &json!({ "id": id }))?;
    match peer.answer(id, GRACE)? {
        Err(error) if error.code == error::CANCELLED => Ok(()),
        Err(error) => Err(Stop::Breaks(format!(
            "it answered error {}: {}",
            error.code, error.message
        ))),
        Ok(_) => Err(Stop::Breaks("it answered a result".to_owned())),
    }
}

pub(super) fn late_cancel(rig: &mut Rig) -> Result<(), Stop> {
    rig.result("echo", json!({ "value": "a" }))?;
    let peer = rig.peer()?;
    let late = peer.next_id() - 1;
    peer.notify(method::CANCEL, &json!({ "id": late }))?;
    let result = rig.result("echo", json!({ "value": "b" }))?;
    if result.outputs.get("value") == Some(&json!("b")) {
        return Ok(());
    }
    Err(Stop::Breaks("the call after it was disturbed".to_owned()))
}

pub(super) fn shutdown(rig: &mut Rig) -> Result<(), Stop> {
    let mut peer = rig.take()?;
    let id = peer.request(method::SHUTDOWN, &json!({}))?;
    peer.answer(id, GRACE)?
        .map_err(|error| format!("it answered error {}: {}", error.code, error.message))?;
    match peer.end(GRACE).as_deref() {
        Some("exit code 0") => Ok(()),
        Some(status) => Err(Stop::Breaks(format!("it ended with {status}"))),
        None => Err(Stop::Breaks("it answered, and did not exit".to_owned())),
    }
}

pub(super) fn end_of_input(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.take()?;
    ends(peer)
}

pub(super) fn end_of_input_while_busy(rig: &mut Rig) -> Result<(), Stop> {
    let mut peer = rig.take()?;
    busy(&mut peer)?;
    ends(peer)
}

fn ends(mut peer: Peer) -> Result<(), Stop> {
    peer.close_input();
    match peer.end(AFTER_INPUT) {
        Some(_) => Ok(()),
        None => Err(Stop::Breaks("it still runs 1 s later".to_owned())),
    }
}

/// Starts the target `wait`, and returns its id once it runs: at its first message, or a moment
/// later for a runner that sends none.
fn busy(peer: &mut Peer) -> Result<u64, Stop> {
    let id = peer.begin(
        json!({ "conformance": "wait" }),
        map(json!({ "seconds": 30 })),
    )?;
    let can_tell = peer.identity.capabilities.progress || peer.identity.capabilities.log;
    let patience = if can_tell {
        PATIENCE
    } else {
        Duration::from_millis(300)
    };
    match peer.receive(clock::now() + patience)? {
        Some(Message::Answer(_, Err(error))) if error.code == error::NOT_FOUND => {
            Err(absent("wait"))
        }
        Some(Message::Answer(_, answer)) => {
            Err(Stop::Breaks(format!("`wait` answered at once: {answer:?}")))
        }
        _ => Ok(id),
    }
}
