//! Cases of `execute`.

use maestro_protocol::{error, method};
use serde_json::{Map, Value, json};

use super::check::Stop;
use super::peer::{Message, PATIENCE};
use super::rig::{Rig, absent, map};
use super::talk::nowhere;
use crate::runner::clock;

/// How many requests make a sequence.
const MANY: usize = 100;

pub(super) fn unknown_target(rig: &mut Rig) -> Result<(), Stop> {
    match rig.peer()?.execute(nowhere(), Map::new())? {
        Err(error) if error.code == error::NOT_FOUND => Ok(()),
        Err(error) => Err(Stop::Breaks(format!(
            "it answered error {}: {}",
            error.code, error.message
        ))),
        Ok(_) => Err(Stop::Breaks("it answered a result".to_owned())),
    }
}

pub(super) fn echo(rig: &mut Rig) -> Result<(), Stop> {
    same(rig, "hello")
}

pub(super) fn sequence(rig: &mut Rig) -> Result<(), Stop> {
    (0..MANY).try_for_each(|index| same(rig, &index.to_string()))
}

pub(super) fn unicode(rig: &mut Rig) -> Result<(), Stop> {
    same(
        rig,
        "äß €😀 e\u{301} \u{2028}\u{feff}\u{0}\u{7f}\t\r\n\"\\/ </script>",
    )
}

pub(super) fn large(rig: &mut Rig) -> Result<(), Stop> {
    same(rig, &"0123456789abcde\n".repeat(1 << 16))
}

pub(super) fn largest(rig: &mut Rig) -> Result<(), Stop> {
    // A request holds each parameter twice, and may have 16 MiB.
    same(rig, &"x".repeat(15 << 19))
}

pub(super) fn types(rig: &mut Rig) -> Result<(), Stop> {
    let values = json!([
        0, -1, i64::MAX, i64::MIN, 0.1, -2.5e300, true, false, null, "", "0042", [], {},
        [1, [2.5, null], {"k": "ä"}],
        {"": false, "ü": {"list": [1, 2]}},
    ]);
    for value in values.as_array().into_iter().flatten() {
        let result = rig.result("echo", json!({ "value": value }))?;
        let back = result.outputs.get("value");
        if back != Some(value) {
            let back = back.map_or_else(|| "nothing".to_owned(), Value::to_string);
            return Err(Stop::Breaks(format!("`echo` gave back {back} for {value}")));
        }
    }
    Ok(())
}

/// `echo` gives back what it gets.
pub(super) fn same(rig: &mut Rig, text: &str) -> Result<(), Stop> {
    let result = rig.result("echo", json!({ "value": text }))?;
    match result.outputs.get("value") {
        Some(Value::String(back)) if back == text => Ok(()),
        Some(Value::String(back)) => {
            let at = text
                .bytes()
                .zip(back.bytes())
                .take_while(|(a, b)| a == b)
                .count();
            Err(Stop::Breaks(format!(
                "`echo` gave back other text: {} bytes instead of {}, the same up to byte {at}",
                back.len(),
                text.len()
            )))
        }
        _ => Err(Stop::Breaks(
            "`echo` did not return the output `value` as text".to_owned(),
        )),
    }
}

pub(super) fn measurement(rig: &mut Rig) -> Result<(), Stop> {
    let parameters = json!({ "name": "3V3", "value": 3.301, "unit": "V" });
    let result = rig.result("measure", parameters)?;
    match result.measurements.as_slice() {
        [point] if point.name == "3V3" && point.unit.as_deref() == Some("V") => {
            let value = maestro_protocol::number::to_f64(&point.value);
            if value.is_some_and(|value| (value - 3.301).abs() < 1e-12) {
                return Ok(());
            }
            Err(Stop::Breaks(format!(
                "the value came back as {}",
                point.value
            )))
        }
        other => Err(Stop::Breaks(format!(
            "the measurements came back as {other:?}"
        ))),
    }
}

pub(super) fn missing_parameter(rig: &mut Rig) -> Result<(), Stop> {
    rig.error("echo", json!({}), error::INVALID_PARAMS)
        .map(drop)
}

pub(super) fn unknown_parameter(rig: &mut Rig) -> Result<(), Stop> {
    let parameters = json!({ "value": "a", "valeu": "b" });
    rig.error("echo", parameters, error::INVALID_PARAMS)
        .map(drop)
}

pub(super) fn exception(rig: &mut Rig) -> Result<(), Stop> {
    let error = rig.error("crash", json!({ "reason": "on purpose" }), error::EXCEPTION)?;
    if !error.message.contains("on purpose") {
        return Err(Stop::Breaks(format!(
            "the message lacks the reason: {}",
            error.message
        )));
    }
    if error.exception().is_none_or(|data| data.kind.is_empty()) {
        return Err(Stop::Breaks("`data` has no `kind`".to_owned()));
    }
    same(rig, "after an exception")
}

pub(super) fn assertion(rig: &mut Rig) -> Result<(), Stop> {
    let error = rig.error("fail", json!({ "reason": "LED is dark" }), error::ASSERTION)?;
    if error.message == "LED is dark" {
        return Ok(());
    }
    Err(Stop::Breaks(format!(
        "the reason came back as `{}`",
        error.message
    )))
}

pub(super) fn log(rig: &mut Rig) -> Result<(), Stop> {
    let peer = rig.able("log", |can| can.log)?;
    let target = json!({ "conformance": "log" });
    let id = peer.begin(target, map(json!({ "message": "settling" })))?;
    let until = clock::now() + PATIENCE;
    let mut has_logged = false;
    loop {
        match peer.receive(until)? {
            Some(Message::Log(log)) => has_logged |= log.message == "settling",
            Some(Message::Answer(answered, Err(error)))
                if answered == id && error.code == error::NOT_FOUND =>
            {
                return Err(absent("log"));
            }
            Some(Message::Answer(..)) if has_logged => return Ok(()),
            Some(Message::Answer(..)) => {
                return Err(Stop::Breaks("no `log` came before the answer".to_owned()));
            }
            Some(_) => {}
            None => return Err(Stop::Breaks(format!("no answer to `{}`", method::EXECUTE))),
        }
    }
}

pub(super) fn prints(rig: &mut Rig) -> Result<(), Stop> {
    rig.result("noise", json!({ "text": "printed-by-test-code" }))?;
    // A print that came out with the answers has broken the decoding already, or does so now.
    same(rig, "after a print")?;
    if rig.peer()?.log_shows("printed-by-test-code", 2) {
        return Ok(());
    }
    Err(Stop::Breaks(
        "standard error does not show what the target and its child printed".to_owned(),
    ))
}

pub(super) fn empty_stdin(rig: &mut Rig) -> Result<(), Stop> {
    let result = rig.result("read", json!({}))?;
    match result.outputs.get("value").and_then(Value::as_str) {
        Some("") => Ok(()),
        other => Err(Stop::Breaks(format!(
            "`read` found {other:?} on standard input"
        ))),
    }
}
