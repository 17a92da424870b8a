//! Cases of cancelling: in time, at once, too late, again and again, and for others.

use std::time::Duration;

use maestro_protocol::{ErrorObject, encode_notification, encode_request, error, method};
use serde_json::{Value, json};

use super::calls::same;
use super::check::Stop;
use super::peer::{Message, PATIENCE, Peer, execute_params};
use super::rig::{Rig, absent, map};
use super::talk::{QUIET, nowhere, refused};
use crate::runner::clock;

/// The default `grace_ms` of a step.
pub(super) const GRACE: Duration = Duration::from_millis(500);
/// How many calls are cancelled around the moment of their answer.
const RACES: u32 = 60;
/// How long such a call takes.
const RACE: Duration = Duration::from_millis(4);
/// How many `cancel` make a flood.
const FLOOD: u64 = 1_000;

pub(super) fn cancel(rig: &mut Rig) -> Result<(), Stop> {
    let peer = cancelling(rig)?;
    let id = busy(peer, 30.0)?;
    peer.notify(method::CANCEL, &json!({ "id": id }))?;
    is_cancelled(&peer.answer(id, GRACE)?)
}

pub(super) fn at_once(rig: &mut Rig) -> Result<(), Stop> {
    let peer = cancelling(rig)?;
    let id = peer.next_id();
    let target = json!({ "conformance": "wait" });
    let params = execute_params(target, map(json!({ "seconds": 30 })));
    let mut lines = Vec::new();
    encode_request(&mut lines, id, method::EXECUTE, &params).map_err(|error| error.to_string())?;
    encode_notification(&mut lines, method::CANCEL, &json!({ "id": id }))
        .map_err(|error| error.to_string())?;
    peer.send_raw(&lines);
    is_cancelled(&peer.answer(id, GRACE)?)
}

pub(super) fn once(rig: &mut Rig) -> Result<(), Stop> {
    let peer = cancelling(rig)?;
    let id = busy(peer, 0.1)?;
    peer.notify(method::CANCEL, &json!({ "id": id }))?;
    is_cancelled(&peer.answer(id, GRACE)?)?;
    // By then the call would have ended by itself, too.
    Ok(peer.quiet(QUIET + Duration::from_millis(100))?)
}

pub(super) fn race(rig: &mut Rig) -> Result<(), Stop> {
    for turn in 0..RACES {
        let peer = cancelling(rig)?;
        let target = json!({ "conformance": "wait" });
        let seconds = json!({ "seconds": RACE.as_secs_f64() });
        let id = peer.begin(target, map(seconds))?;
        // From long before the answer to some time after it.
        let after = RACE * turn * 2 / RACES;
        let early = answer_until(peer, id, clock::now() + after)?;
        peer.notify(method::CANCEL, &json!({ "id": id }))?;
        let answer = match early {
            Some(answer) => answer,
            None => peer.answer(id, PATIENCE)?,
        };
        match answer {
            Err(error) if error.code == error::NOT_FOUND => return Err(absent("wait")),
            Err(error) if error.code != error::CANCELLED => {
                return Err(Stop::Breaks(format!(
                    "a call that was cancelled at its end was answered with error {}: {}",
                    error.code, error.message
                )));
            }
            _ => {}
        }
        same(rig, &format!("after race {turn}"))?;
    }
    Ok(rig.peer()?.quiet(QUIET)?)
}

pub(super) fn other(rig: &mut Rig) -> Result<(), Stop> {
    let peer = cancelling(rig)?;
    let earlier = peer.next_id();
    strangers(peer, 3)?;
    let id = busy(peer, 0.2)?;
    peer.notify(method::CANCEL, &json!({ "id": earlier }))?;
    strangers(peer, 3)?;
    match peer.answer(id, PATIENCE)? {
        Ok(_) => Ok(()),
        Err(error) => Err(Stop::Breaks(format!(
            "`wait` was not cancelled, and answered error {}: {}",
            error.code, error.message
        ))),
    }
}

pub(super) fn late(rig: &mut Rig) -> Result<(), Stop> {
    same(rig, "a")?;
    let peer = rig.peer()?;
    let late = peer.next_id() - 1;
    peer.notify(method::CANCEL, &json!({ "id": late }))?;
    same(rig, "b")
}

pub(super) fn flood(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.peer()?;
    strangers(peer, FLOOD)?;
    let id = peer.begin(nowhere(), map(json!({ "after": "a flood" })))?;
    refused(peer.answer(id, PATIENCE)?)
}

fn cancelling(rig: &mut Rig) -> Result<&mut Peer, Stop> {
    rig.able("cancel", |can| can.cancel)
}

/// Cancels ids that were never used, in one piece.
fn strangers(peer: &mut Peer, count: u64) -> Result<(), Stop> {
    let first = peer.next_id() + 1_000_000;
    let mut lines = Vec::new();
    for id in first..first + count {
        encode_notification(&mut lines, method::CANCEL, &json!({ "id": id }))
            .map_err(|error| error.to_string())?;
    }
    peer.send_raw(&lines);
    Ok(())
}

/// The answer to `id`, if it comes before `until`.
fn answer_until(
    peer: &mut Peer,
    id: u64,
    until: std::time::Instant,
) -> Result<Option<Result<Value, ErrorObject>>, Stop> {
    while let Some(message) = peer.receive(until)? {
        match message {
            Message::Answer(answered, answer) if answered == id => return Ok(Some(answer)),
            Message::Answer(other, _) => {
                let how = format!("it answered id {other} while id {id} was open");
                return Err(Stop::Breaks(how));
            }
            _ => {}
        }
    }
    Ok(None)
}

fn is_cancelled(answer: &Result<Value, ErrorObject>) -> Result<(), Stop> {
    match answer {
        Err(error) if error.code == error::CANCELLED => Ok(()),
        Err(error) if error.code == error::NOT_FOUND => Err(absent("wait")),
        Err(error) => Err(Stop::Breaks(format!(
            "it answered error {}: {}",
            error.code, error.message
        ))),
        Ok(_) => Err(Stop::Breaks("it answered a result".to_owned())),
    }
}

/// Starts the target `wait`, and returns its id once it runs: at its first message, or a moment
/// later for a runner that sends none.
pub(super) fn busy(peer: &mut Peer, seconds: f64) -> Result<u64, Stop> {
    let target = json!({ "conformance": "wait" });
    let id = peer.begin(target, map(json!({ "seconds": seconds })))?;
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
