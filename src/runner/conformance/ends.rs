//! Cases of ending.

use std::time::Duration;

use maestro_protocol::{encode_request, method};
use serde_json::{Map, json};

use super::cancel::{GRACE, busy};
use super::check::Stop;
use super::peer::{Peer, execute_params};
use super::rig::Rig;
use super::talk::nowhere;

/// How long a runner may outlive its input.
const AFTER_INPUT: Duration = Duration::from_secs(1);

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
    busy(&mut peer, 30.0)?;
    ends(peer)
}

pub(super) fn half_line(rig: &mut Rig) -> Result<(), Stop> {
    let mut peer = rig.take()?;
    let id = peer.next_id();
    let params = execute_params(nowhere(), Map::new());
    let mut line = Vec::new();
    encode_request(&mut line, id, method::EXECUTE, &params).map_err(|error| error.to_string())?;
    peer.send_raw(&line[..line.len() / 2]);
    ends(peer)
}

fn ends(mut peer: Peer) -> Result<(), Stop> {
    peer.close_input();
    match peer.end(AFTER_INPUT) {
        Some(_) => Ok(()),
        None => Err(Stop::Breaks("it still runs 1 s later".to_owned())),
    }
}
