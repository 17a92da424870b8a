//! Cases of much at once.

use std::time::Duration;

use maestro_protocol::error;
use serde_json::json;

use super::calls::same;
use super::check::Stop;
use super::peer::{Message, PATIENCE};
use super::rig::{Rig, absent, map};
use crate::runner::clock;

/// How many lines make a flood: more than fits into a pipe.
const FLOOD: usize = 2_000;
/// How long nobody reads.
const UNREAD: Duration = Duration::from_millis(100);

pub(super) fn logs(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.able("log", |can| can.log)?;
    let target = json!({ "conformance": "flood" });
    let id = peer.begin(target, map(json!({ "count": FLOOD })))?;
    // Its pipe is full meanwhile: it has to wait, and to lose nothing.
    std::thread::sleep(UNREAD);
    let until = clock::now() + PATIENCE;
    let mut next = 1;
    loop {
        match peer.receive(until)? {
            Some(Message::Log(log)) if log.message == format!("line {next}") => next += 1,
            Some(Message::Log(log)) if log.message.starts_with("line ") => {
                return Err(Stop::Breaks(format!(
                    "`{}` came in place of `line {next}`",
                    log.message
                )));
            }
            Some(Message::Answer(answered, Err(error)))
                if answered == id && error.code == error::NOT_FOUND =>
            {
                return Err(absent("flood"));
            }
            Some(Message::Answer(..)) if next == FLOOD + 1 => return Ok(()),
            Some(Message::Answer(..)) => {
                let came = next - 1;
                return Err(Stop::Breaks(format!(
                    "{came} of {FLOOD} `log` came before the answer"
                )));
            }
            Some(_) => {}
            None => return Err(Stop::Breaks("no answer to `flood`".to_owned())),
        }
    }
}

pub(super) fn prints(rig: &mut Rig) -> Result<(), Stop> {
    rig.result("flood", json!({ "count": FLOOD }))?;
    same(rig, "after many prints")?;
    if rig.peer()?.log_shows(&format!("line {FLOOD}"), 1) {
        return Ok(());
    }
    Err(Stop::Breaks(
        "standard error does not show the last line that the target printed".to_owned(),
    ))
}
