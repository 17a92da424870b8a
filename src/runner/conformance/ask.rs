//! Cases of questions to the operator: answers that fit, that come late, and that are for others.

use maestro_protocol::{ErrorObject, ExecuteResult, PromptReply, RequestId, error, method};
use serde_json::{Value, json};

use super::calls::same;
use super::cancel::GRACE;
use super::check::Stop;
use super::peer::{Message, PATIENCE, Peer};
use super::rig::{Rig, absent, map};
use crate::runner::clock;

const QUESTION: &str = "Is the LED green?";

pub(super) fn prompt(rig: &mut Rig) -> Result<(), Stop> {
    let peer = asking(rig)?;
    let (call, question) = asked(peer)?;
    peer.reply(&question, &pressed("yes"))?;
    returns(peer, call, "yes")
}

pub(super) fn ids(rig: &mut Rig) -> Result<(), Stop> {
    let peer = asking(rig)?;
    stray_answers(peer)?;
    let (call, question) = asked(peer)?;
    stray_answers(peer)?;
    peer.reply(&question, &pressed("no"))?;
    peer.reply(&question, &pressed("yes"))?;
    returns(peer, call, "no")
}

pub(super) fn refused(rig: &mut Rig) -> Result<(), Stop> {
    let peer = asking(rig)?;
    let (call, question) = asked(peer)?;
    let nobody = ErrorObject::new(error::NOBODY_ANSWERS, "nobody can answer");
    peer.refuse(&question, &nobody)?;
    // What test code makes of it is its own business; that it goes on is not.
    peer.answer(call, PATIENCE)?.ok();
    same(rig, "after a question that nobody answered")
}

pub(super) fn late(rig: &mut Rig) -> Result<(), Stop> {
    let can_cancel = rig.peer()?.identity.capabilities.cancel;
    let peer = asking(rig)?;
    if !can_cancel {
        let why = "its capabilities do not name `cancel`".to_owned();
        return Err(Stop::Skips(why));
    }
    let (call, question) = asked(peer)?;
    peer.notify(method::CANCEL, &json!({ "id": call }))?;
    let withdrawn = ErrorObject::new(error::CANCELLED, "the call was cancelled");
    peer.refuse(&question, &withdrawn)?;
    match peer.answer(call, GRACE)? {
        Err(error) if error.code == error::CANCELLED => {}
        other => {
            return Err(Stop::Breaks(format!(
                "the cancelled call that asked was answered with {other:?}"
            )));
        }
    }
    peer.reply(&question, &pressed("yes"))?;
    let (call, question) = asked(peer)?;
    peer.reply(&question, &pressed("no"))?;
    returns(peer, call, "no")
}

fn asking(rig: &mut Rig) -> Result<&mut Peer, Stop> {
    rig.able("prompt", |can| can.prompt)
}

/// Calls `ask`, and gives the call and the id of the question that comes.
fn asked(peer: &mut Peer) -> Result<(u64, RequestId), Stop> {
    let target = json!({ "conformance": "ask" });
    let call = peer.begin(target, map(json!({ "message": QUESTION })))?;
    let until = clock::now() + PATIENCE;
    loop {
        match peer.receive(until)? {
            Some(Message::Prompt(id, params)) if params.message == QUESTION => {
                return Ok((call, id));
            }
            Some(Message::Prompt(_, params)) => {
                return Err(Stop::Breaks(format!("it asked `{}`", params.message)));
            }
            Some(Message::Answer(_, Err(error))) if error.code == error::NOT_FOUND => {
                return Err(absent("ask"));
            }
            Some(Message::Answer(_, answer)) => {
                return Err(Stop::Breaks(format!("`ask` did not ask: {answer:?}")));
            }
            Some(_) => {}
            None => return Err(Stop::Breaks("`ask` did not ask".to_owned())),
        }
    }
}

/// Answers to questions that were never asked.
fn stray_answers(peer: &mut Peer) -> Result<(), Stop> {
    for id in [
        RequestId::Number(987_654_321),
        RequestId::Text("nobody".to_owned()),
    ] {
        peer.reply(&id, &pressed("yes"))?;
        let nobody = ErrorObject::new(error::NOBODY_ANSWERS, "nobody can answer");
        peer.refuse(&id, &nobody)?;
    }
    Ok(())
}

fn pressed(button: &str) -> PromptReply {
    PromptReply {
        button: Some(button.to_owned()),
        action: "pass".to_owned(),
        value: Value::Null,
        timed_out: false,
    }
}

/// The call returns the button that was pressed.
fn returns(peer: &mut Peer, call: u64, button: &str) -> Result<(), Stop> {
    let answer = peer.answer(call, PATIENCE)?;
    let result = answer.map_err(|error| format!("`ask` answered error: {}", error.message))?;
    let result: ExecuteResult = serde_json::from_value(result)
        .map_err(|error| format!("the result of `ask` is none: {error}"))?;
    match result.outputs.get("value").and_then(Value::as_str) {
        Some(value) if value == button => Ok(()),
        other => Err(Stop::Breaks(format!(
            "`{button}` was pressed, and `ask` returned {other:?}"
        ))),
    }
}
