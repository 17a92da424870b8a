//! What is found, and what is left alone.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::event::Event;
use crate::station::config::Secret;

/// Secrets with everything in them that some encoding escapes.
const SECRETS: [&str; 6] = [
    "hunter2-hunter2",
    "p\"a/s\\s wörd\u{1f511}'%{}",
    "two\nlines of it\tand tabs",
    "+/+/+/+/==",
    "  blanks around  ",
    "日本語の合言葉です",
];

fn masker(secrets: &[&str]) -> Masker {
    let secrets: Vec<Secret> = secrets
        .iter()
        .map(|text| Secret::stored((*text).to_owned()))
        .collect();
    Masker::new(&secrets, Some("SN-12345678"))
}

fn masked(masker: &Masker, text: &str) -> String {
    let mut text = text.to_owned();
    masker.text(&mut text);
    text
}

/// The encodings that STORAGE names, by other hands than those of `forms`.
fn encoded(text: &str) -> Vec<String> {
    let json = Value::from(text).to_string();
    let percent = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let ascii: String = json[1..json.len() - 1]
        .encode_utf16()
        .map(|unit| match unit {
            0..0x80 => char::from(unit as u8).to_string(),
            unit => format!("\\u{unit:04x}"),
        })
        .collect();
    let mut forms = vec![
        text.to_owned(),
        json[1..json.len() - 1].to_owned(),
        ascii,
        percent.to_lowercase(),
        percent,
    ];
    for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
        forms.push(engine.encode(text));
    }
    forms
}

#[test]
fn every_form_is_masked_wherever_it_stands() {
    for secret in SECRETS {
        let masker = masker(&[secret]);
        for form in encoded(secret) {
            let text = masked(&masker, &format!("before {form} after"));
            assert!(!text.contains(&form), "{form} of {secret:?} in {text}");
            assert!(text.contains("***"), "{text}");
            assert!(
                text.starts_with("before ") && text.ends_with(" after"),
                "{text}"
            );
        }
    }
}

#[test]
fn base64_of_a_longer_text_hides_it_at_every_place() {
    let secret = "correct horse";
    let masker = masker(&[secret]);
    for before in ["", "u", "us", "user:", "0123456789"] {
        for after in ["", "x", "xy", "xyz"] {
            let text = format!("{before}{secret}{after}");
            for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
                let told = masked(
                    &masker,
                    &format!("Authorization: Basic {}", engine.encode(&text)),
                );
                let (_, rest) = told.split_once("Basic ").unwrap();
                assert!(rest.contains("***"), "{text}: {told}");
                // What is left decodes to what stood beside it, at most.
                assert!(
                    rest.len() <= 3 + before.len() * 2 + after.len() * 2 + 4,
                    "{text}: {told}"
                );
            }
        }
    }
}

#[test]
fn escapes_of_python_and_json_in_json_are_masked() {
    let secret = "it's \"quoted\" \\ ä\u{1f511}";
    let masker = masker(&[secret]);
    for form in [
        r#"KeyError: 'it\'s "quoted" \\ ä🔑'"#,
        r#"'it\'s "quoted" \\ \xe4\U0001f511'"#,
        r#"b'it\'s "quoted" \\ \xc3\xa4\xf0\x9f\x94\x91'"#,
        r#"{\"pw\": \"it's \\\"quoted\\\" \\\\ ä🔑\"}"#,
        r#"{"pw": "it's \"quoted\" \\ \u00E4\uD83D\uDD11"}"#,
        "it&#39;s &quot;quoted&quot; \\ ä🔑",
        "6974277320227175",
    ] {
        let told = masked(&masker, form);
        assert_eq!(told.contains("***"), !form.starts_with('6'), "{told}");
        assert!(!told.contains("quoted"), "{told}");
    }
}

#[test]
fn several_secrets_that_overlap_leave_nothing_of_either() {
    let masker = masker(&["abcdefgh1234", "1234ijklmnop"]);
    assert_eq!(masked(&masker, "<abcdefgh1234ijklmnop>"), "<***>");
}

#[test]
fn beginning_and_end_of_a_secret_beside_a_cut_are_masked() {
    let masker = masker(&["correct horse battery"]);
    assert_eq!(
        masked(&masker, "it is 'correct hor… (9 bytes)"),
        "it is '***… (9 bytes)"
    );
    assert_eq!(masked(&masker, "…se battery is it"), "…*** is it");
    // Without a cut it is no secret.
    assert_eq!(masked(&masker, "correct hor"), "correct hor");
}

#[test]
fn lines_of_a_long_secret_are_secrets() {
    let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    let key = format!(
        "-----BEGIN KEY-----\n{}-----END KEY-----\n",
        format!("{line}\n").repeat(10)
    );
    let masker = masker(&[&key]);
    assert_eq!(masked(&masker, &format!("x {line} y")), "x *** y");
    let all = masked(&masker, &STANDARD.encode(&key));
    assert!(all.len() < 100, "{all}");
    assert!(!masked(&masker, &Value::from(key.as_str()).to_string()).contains("MII"));
}

#[test]
fn numbers_and_the_serial_number_are_left_alone() {
    let masker = masker(&["12345678", "SN-12345678"]);
    let mut value =
        json!({"n": 12_345_678, "t": "12345678", "s": "SN-12345678", "l": [12_345_678.5]});
    masker.value(&mut value);
    assert_eq!(
        value,
        json!({"n": 12_345_678, "t": "***", "s": "SN-12345678", "l": [12_345_678.5]})
    );
    let mut text = " 12345678.25 ".to_owned();
    masker.unless_number(&mut text);
    assert_eq!(text, " 12345678.25 ");
}

#[test]
fn keys_are_masked_and_stay_apart() {
    let masker = masker(&["hunter2-hunter2", "another secret"]);
    let mut value = json!({"hunter2-hunter2": 1, "a": {"another secret": 2}, "another secret": 3});
    masker.value(&mut value);
    assert_eq!(value, json!({"***": 1, "a": {"***": 2}, "*** (2)": 3}));
}

#[test]
fn short_texts_and_no_secrets_mask_nothing() {
    assert!(masker(&[]).is_empty());
    assert!(masker(&["", "abc"]).is_empty());
    assert_eq!(masked(&Masker::default(), "anything"), "anything");
}

/// One event of each kind, with a secret in everything that test code, YAML or an operator can say.
fn events_full_of_it() -> Value {
    let s = "say hunter2-hunter2 twice: hunter2-hunter2";
    let error = json!({"kind": s, "message": s, "traceback": s});
    let map = json!({s: s, "list": [s, {"deep": s}]});
    let measured = |kind: &str| {
        json!({
            "position": 0, "name": s, "kind": kind, "origin": "runner", "actual_text": s,
            "raw_value": s, "raw_unit": s, "low_limit_declared": s, "high_limit_declared": s,
            "target_declared": s, "tolerance_declared": s, "expected": s, "expected_declared": s,
            "unit": s, "verdict": "FAIL", "reason": s,
        })
    };
    let measurements: Vec<Value> = ["numeric", "boolean", "string", "array"]
        .map(measured)
        .to_vec();
    let operand = json!({"declared": s, "value": s});
    json!([
        {
            "type": "run_started", "run": "0198c0de-0000-7000-8000-000000000001", "test_name": s,
            "test_version": s, "device": s, "definition_digest": "00", "definition_path": "m.yaml",
            "operator_source": "flag", "station_id": "b-1", "slot": 1, "host": "b-1",
            "mode": "production", "overrides": map, "unattended": false, "tags": map,
            "config_snapshot": map, "steps_planned": 1, "engine_version": "0.1.0", "pid": 1,
        },
        {
            "type": "definition_recorded", "digest": "00", "path": "m.yaml", "part": 1, "parts": 1,
            "text": s,
        },
        {"type": "fact_found", "name": s, "value": map},
        {
            "type": "runner_started", "runner": "python", "generation": 1, "pid": 1, "name": s,
            "version": s, "runtime": s, "start_ms": 1,
        },
        {"type": "runner_stopped", "runner": "python", "generation": 1, "reason": s},
        {
            "type": "step_started", "step": 1, "path": s, "section": "steps", "name": s,
            "name_declared": s, "kind": "runner", "target": map,
        },
        {
            "type": "attempt_finished", "step": 1, "attempt": 1, "verdict": "FAIL", "reason": s,
            "error": error, "started_at": 0, "duration_us": 1, "outputs": map,
            "unset": [s], "measurements": measurements,
        },
        {
            "type": "step_finished", "step": 1, "verdict": "FAIL", "reason": s, "error": error,
            "duration_us": 1, "attempts": 1, "parameters": map, "outputs": map, "published": map,
            "unset": [s],
            "measurements": measurements,
        },
        {
            "type": "prompt_opened", "step": 1, "prompt": {
                "id": "1", "title": s, "message": s, "image": s,
                "picture": {"path": s, "digest": "00"},
                "buttons": [{"name": s, "action": "pass"}], "default_button": s,
                "on_timeout": {"button": s},
                "input": {
                    "mode": "text", "variable": s, "low_limit": operand,
                    "high_limit": {"declared": s, "error": s}, "unit": s, "expected": operand,
                    "options": [s], "pattern": s, "default": s,
                },
            },
        },
        {
            "type": "prompt_answered", "step": 1,
            "answer": {"prompt_id": "1", "button": s, "raw": s, "value": s},
        },
        {"type": "prompt_withdrawn", "step": 1, "prompt": "1", "reason": s},
        {
            "type": "operator_changed", "step": 1, "from": s, "to": s, "source": "scan",
            "front_end": "tui",
        },
        {"type": "variable_set", "source": "start", "values": map},
        {
            "type": "run_held", "hold": 1, "because": "step",
            "next": {"what": "step", "path": s, "name": s, "kind": "mock"},
        },
        {
            "type": "run_held", "hold": 2, "because": "step",
            "next": {"what": "ended", "path": s, "name": s, "verdict": "PASS"},
        },
        {
            "type": "run_held", "hold": 3, "because": "break",
            "next": {"what": "abort", "message": s},
        },
        {
            "type": "hold_commanded", "hold": 3, "command": "set", "held_us": 1, "overrides": map,
        },
        {"type": "logged", "level": "info", "source": "python", "message": s},
        {"type": "progressed", "step": 1, "fraction": 0.5, "message": s},
        {
            "type": "artifact_stored", "step": 1, "artifact":
                {"name": s, "path": s, "media_type": s, "digest": "00", "size": 1},
        },
        {"type": "abort_began", "cause": "operator", "by": s, "message": s},
        {
            "type": "run_finished", "verdict": "ERROR", "status": "Aborted", "abort_reason": s,
            "aborted_by": s, "cleanup": "complete", "forced": false, "unattended": false,
            "duration_us": 1, "error": s, "counts": [0, 0, 1, 0, 0, 0],
        },
    ])
}

#[test]
fn no_text_of_an_event_is_forgotten() {
    let masker = masker(&["hunter2-hunter2"]);
    let events: Vec<Event> = serde_json::from_value(events_full_of_it()).unwrap();
    for event in events {
        let before = serde_json::to_string(&event).unwrap();
        let after = serde_json::to_string(Masked::by(&masker, event).event_mut()).unwrap();
        assert_eq!(after, before.replace("hunter2-hunter2", "***"));
    }
}

proptest! {
    // Making a finder takes a while in a build for tests.
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// However a text is cut into pieces, no secret in it survives.
    #[test]
    fn secret_across_pieces_is_masked(
        cuts in prop::collection::vec(0_usize..64, 0..6),
        secret in prop::sample::select(SECRETS.to_vec()),
    ) {
        let masker = masker(&[secret]);
        let form = encoded(secret).swap_remove(cuts.len() % 9);
        let text = format!("some text before {form} and after");
        let mut pieces = Pieces::default();
        let mut told = String::new();
        let mut rest = text.as_str();
        for cut in cuts {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(cut));
            told.push_str(&pieces.next(&masker, piece.to_owned(), true));
            rest = after;
        }
        told.push_str(&pieces.next(&masker, rest.to_owned(), false));
        prop_assert!(!told.contains(&form), "{told}");
        prop_assert!(told.starts_with("some text before "), "{told}");
        prop_assert!(told.ends_with(" and after"), "{told}");
    }

    #[test]
    fn secret_across_the_reads_of_a_file_is_masked(
        cuts in prop::collection::vec(1_usize..200, 1..8),
        at in 0_usize..500,
    ) {
        let secret = SECRETS[1];
        let mut bytes = vec![0xff; 600];
        bytes.splice(at..at, secret.bytes());
        let mut mask = FileMask::new(masker(&[secret]));
        let mut copy = Vec::new();
        let mut rest = bytes.as_slice();
        for cut in cuts {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            copy.extend(mask.next(piece));
            rest = after;
        }
        copy.extend(mask.next(rest));
        copy.extend(mask.end());
        bytes[at..at + secret.len()].fill(b'*');
        prop_assert_eq!(copy, bytes);
    }

    #[test]
    fn masking_any_text_never_panics(text in any::<String>(), secret in "\\PC{4,20}") {
        let masker = masker(&[&secret]);
        let told = masked(&masker, &format!("{text}{secret}{text}…"));
        prop_assert!(!told.contains(&secret) || secret.contains("***"));
    }
}

#[test]
fn beginning_of_a_secret_at_the_end_of_a_piece_is_masked_at_once() {
    let masker = masker(&["correct horse battery"]);
    let mut pieces = Pieces::default();
    let mut next = |piece: &str| pieces.next(&masker, piece.to_owned(), true);
    assert_eq!(next("it is correct ho"), "it is ***");
    assert_eq!(next("rse battery. co"), "***. co");
    assert_eq!(next("rner"), "rner");
    assert_eq!(next(" is correct ho"), " is ***");
    pieces.begin();
    let other = pieces.next(&masker, "rse battery".to_owned(), true);
    assert_eq!(
        other, "rse battery",
        "another text, not the rest of that one"
    );
}
