//! Cases of the conversation itself: no target is called, or any would do.

use maestro_protocol::{DescribeParams, DescribeResult, TargetRef, encode_request, error, method};
use serde_json::{Map, Value, json};

use super::check::Stop;
use super::peer::{PATIENCE, execute_params};
use super::rig::Rig;

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

pub(super) fn pieces(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.peer()?;
    let (first, second) = (peer.next_id(), peer.next_id());
    let mut lines = Vec::new();
    for id in [first, second] {
        encode_request(
            &mut lines,
            id,
            method::EXECUTE,
            &execute_params(nowhere(), Map::new()),
        )
        .map_err(|error| error.to_string())?;
    }
    let (head, tail) = lines.split_at(lines.len() / 3);
    for byte in head {
        peer.send_raw(&[*byte]);
    }
    peer.send_raw(tail);
    refused(peer.answer(first, PATIENCE)?)?;
    refused(peer.answer(second, PATIENCE)?)
}

fn refused(answer: Result<Value, maestro_protocol::ErrorObject>) -> Result<(), Stop> {
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
    let peer = rig.peer()?;
    if !peer.identity.capabilities.describe {
        return Err(Stop::Skips(
            "its capabilities do not name `describe`".to_owned(),
        ));
    }
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
