//! Cases of the conversation itself: no target is called, or any would do.

use std::collections::BTreeSet;
use std::time::Duration;

use maestro_protocol::{DescribeParams, DescribeResult, TargetRef, encode_request, error, method};
use serde_json::{Map, Value, json};

use super::check::Stop;
use super::peer::{Message, PATIENCE, execute_params};
use super::rig::{Rig, map};
use crate::runner::clock;

/// How many requests come in one piece.
const AT_ONCE: usize = 100;
/// Between the pieces of a line.
const BETWEEN_PIECES: Duration = Duration::from_millis(10);
/// How long a second answer is waited for.
pub(super) const QUIET: Duration = Duration::from_millis(100);

/// A target that no runner has.
pub(super) fn nowhere() -> Value {
    json!({ "conformance": "no-such-target" })
}

pub(super) fn initialize(rig: &mut Rig) -> Result<(), Stop> {
    let identity = &rig.peer()?.identity;
    if identity.protocol != maestro_protocol::PROTOCOL_VERSION {
        return Err(Stop::Breaks(format!(
            "it answered protocol {}",
            identity.protocol
        )));
    }
    for (member, value) in [
        ("name", &identity.name),
        ("version", &identity.version),
        ("runtime", &identity.runtime),
    ] {
        if value.trim().is_empty() {
            return Err(Stop::Breaks(format!("`{member}` is empty")));
        }
    }
    Ok(())
}

pub(super) fn unknown_method(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.peer()?;
    let id = peer.request("conformance/unknown", &json!({}))?;
    match peer.answer(id, PATIENCE)? {
        Err(error) if error.code == error::NOT_FOUND => Ok(()),
        Err(error) => Err(Stop::Breaks(format!("it answered error {}", error.code))),
        Ok(_) => Err(Stop::Breaks("it answered a result".to_owned())),
    }
}

pub(super) fn unknown_members(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.peer()?;
    peer.notify("conformance/unknown", &json!({}))?;
    let mut params = json!(execute_params(nowhere(), Map::new()));
    params["later"] = json!({ "version": 2 });
    let id = peer.request(method::EXECUTE, &params)?;
    refused(peer.answer(id, PATIENCE)?)
}

/// Ids that a runner meets which counts in 31, 32 and 53 bits.
const LARGE_IDS: [u64; 3] = [(1 << 31) + 7, (1 << 32) + 1, (1 << 53) - 1];

pub(super) fn ids(rig: &mut Rig) -> Result<(), Stop> {
    // A process of its own: ids are never used twice, and after these there are no more.
    let mut peer = rig.take()?;
    for id in LARGE_IDS {
        peer.leap_to(id);
        let id = peer.begin(nowhere(), Map::new())?;
        refused(peer.answer(id, PATIENCE)?)?;
    }
    Ok(())
}

pub(super) fn torn_line(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.peer()?;
    let id = peer.next_id();
    let parameters = map(json!({ "text": "€😀" }));
    let mut line = Vec::new();
    let params = execute_params(nowhere(), parameters);
    encode_request(&mut line, id, method::EXECUTE, &params).map_err(|error| error.to_string())?;
    let smile = line.windows(4).position(|part| part == "😀".as_bytes());
    let within = smile.unwrap_or(line.len() / 2) + 2;
    for piece in [
        &line[..1],
        &line[1..within],
        &line[within..line.len() - 1],
        b"\n",
    ] {
        peer.send_raw(piece);
        // Long enough for the runner to read the piece alone.
        std::thread::sleep(BETWEEN_PIECES);
    }
    refused(peer.answer(id, PATIENCE)?)
}

pub(super) fn joined_lines(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.peer()?;
    let mut open = BTreeSet::new();
    let mut lines = Vec::new();
    for turn in 0..AT_ONCE {
        let id = peer.next_id();
        open.insert(id);
        let params = execute_params(nowhere(), map(json!({ "turn": turn })));
        encode_request(&mut lines, id, method::EXECUTE, &params)
            .map_err(|error| error.to_string())?;
    }
    peer.send_raw(&lines);
    let until = clock::now() + PATIENCE;
    while !open.is_empty() {
        match peer.receive(until)? {
            Some(Message::Answer(id, answer)) if open.remove(&id) => refused(answer)?,
            Some(Message::Answer(id, _)) => {
                return Err(Stop::Breaks(format!("it answered id {id}, unasked")));
            }
            Some(_) => {}
            None => {
                let left = open.len();
                return Err(Stop::Breaks(format!("{left} requests were not answered")));
            }
        }
    }
    Ok(())
}

pub(super) fn once(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.peer()?;
    // Whether it has this target or not: it has to answer.
    let target = json!({ "conformance": "echo" });
    let id = peer.begin(target, map(json!({ "value": "once" })))?;
    peer.answer(id, PATIENCE)?.ok();
    Ok(peer.quiet(QUIET)?)
}

pub(super) fn refused(answer: Result<Value, maestro_protocol::ErrorObject>) -> Result<(), Stop> {
    match answer {
        Err(error) if error.code == error::NOT_FOUND => Ok(()),
        Err(error) => Err(Stop::Breaks(format!(
            "a target that does not exist was answered with {}: {}",
            error.code, error.message
        ))),
        Ok(_) => Err(Stop::Breaks(
            "a target that does not exist was called".to_owned(),
        )),
    }
}

pub(super) fn describe(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.able("describe", |can| can.describe)?;
    let target = |target| TargetRef {
        package: None,
        target,
    };
    let params = DescribeParams {
        targets: vec![target(nowhere()), target(json!({"conformance": "echo"}))],
    };
    let id = peer.request(method::DESCRIBE, &params)?;
    let result = peer
        .answer(id, PATIENCE)?
        .map_err(|error| format!("it answered error {}: {}", error.code, error.message))?;
    let result: DescribeResult = serde_json::from_value(result)
        .map_err(|error| format!("the answer lacks something: {error}"))?;
    let [missing, echo] = result.targets.as_slice() else {
        return Err(Stop::Breaks(format!(
            "2 targets asked, {} answered",
            result.targets.len()
        )));
    };
    if missing.exists == Some(true) {
        return Err(Stop::Breaks(
            "a target that does not exist is said to exist".to_owned(),
        ));
    }
    let known = echo
        .parameters
        .iter()
        .flatten()
        .map(|parameter| parameter.name.as_str());
    if echo.exists == Some(true) && echo.parameters.is_some() && !known.eq(["value"]) {
        return Err(Stop::Breaks(
            "`echo` does not have the one parameter `value`".to_owned(),
        ));
    }
    Ok(())
}
