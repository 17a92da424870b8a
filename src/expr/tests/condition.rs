//! Conditions.

use proptest::prelude::*;
use serde_json::json;

use super::scope;
use crate::expr::{Condition, ExprError, Variables};

fn evaluate(text: &str) -> Result<bool, ExprError> {
    Condition::parse(text)?.evaluate(&scope())
}

/// The message and the help of a condition that does not work.
fn refusal(text: &str) -> String {
    let error = evaluate(text).expect_err(text);
    format!("{} | {}", error.message, error.help.unwrap_or_default())
}

fn all_true(conditions: &[&str]) {
    for text in conditions {
        assert_eq!(evaluate(text), Ok(true), "{text}");
    }
}

#[test]
fn integers_and_decimals_compare_by_value() {
    all_true(&[
        "count == 3",
        "whole == 3",
        "count == 3.0",
        "count == whole",
        "vout == 3.3",
        "vout != 3",
        "count < 3.5",
        "3.5 > count",
        "count <= 3",
        "count >= 3.0",
        "0x10 == 16",
        "1e3 == 1000",
        "-count == -3",
        "+count == 3",
        "1e-3 == 0.001",
        ".5 == 0.5",
        "9007199254740993 != 9007199254740992",
    ]);
}

#[test]
fn logic_stops_where_it_is_decided() {
    all_true(&[
        "ok || nope",
        "!(false && nope)",
        "ok && !false",
        "ok || nope == 3 && nope",
        "if(ok, true, nope)",
        "!defined(nope)",
        "defined(vout)",
        "!defined(cfg.nope)",
        "ok && !(count == 4) || false",
        "!!ok",
    ]);
    assert!(evaluate("ok && nope").is_err());
    assert!(evaluate("false || nope").is_err());
}

#[test]
fn text_that_reads_as_the_other_side_is_converted() {
    all_true(&[
        "text_number == 25",
        "25 == text_number",
        "text_number > 24.5",
        "text_number + 1 == 26",
        "text_true == true",
        "true == text_true",
        "text_true",
        "text_true && ok",
        "!(text_true == false)",
        "text_number == \"25\"",
        "text_true == 'True'",
        "name == 'board'",
        "name != \"x\"",
        "'a' + 'b' == 'ab'",
        "'True'",
        "' false ' == false",
    ]);
}

#[test]
fn anything_else_is_a_type_error_that_names_both_sides() {
    let table = [
        (
            "name == 3",
            "'==' does not go with 'name' (the text \"board\") and the number 3",
        ),
        (
            "name == true",
            "'==' does not go with 'name' (the text \"board\") and the boolean True",
        ),
        (
            "ok == 1",
            "'==' does not go with 'ok' (the boolean True) and the number 1",
        ),
        (
            "ok == '1'",
            "'==' does not go with 'ok' (the boolean True) and the text \"1\"",
        ),
        (
            "name < 'c'",
            "'<' does not go with 'name' (the text \"board\") and the text \"c\"",
        ),
        ("ok < true", "'<' does not go with"),
        (
            "name + 1 == 2",
            "'+' does not go with 'name' (the text \"board\") and the number 1",
        ),
        (
            "rails > 3",
            "'>' does not go with 'rails' (the list [3.3,5.0,12]) and the number 3",
        ),
        (
            "nothing < 3",
            "'<' does not go with 'nothing' (null) and the number 3",
        ),
        (
            "count",
            "the condition gives the number 3, which is neither true nor false",
        ),
        (
            "name",
            "the condition gives the text \"board\", which is neither true nor false",
        ),
        (
            "count && ok",
            "'&&' needs true or false, not 'count' (the number 3)",
        ),
        ("!count", "'!' needs true or false"),
        ("-name == 1", "'-' needs a number"),
        (
            "'2,5' > 1",
            "does not go with the text \"2,5\" and the number 1",
        ),
    ];
    for (text, expected) in table {
        let found = refusal(text);
        assert!(found.contains(expected), "{text}: {found}");
    }
}

#[test]
fn null_equals_null_only() {
    all_true(&[
        "nothing == null",
        "vout != null",
        "name != null",
        "null == null",
        "ok != null",
    ]);
}

#[test]
fn arithmetic_is_that_of_csharp() {
    all_true(&[
        "7 / 2 == 3",
        "-7 / 2 == -3",
        "7 % 3 == 1",
        "-7 % 3 == -1",
        "7.0 / 2 == 3.5",
        "7 / 2.0 == 3.5",
        "1 + 2 * 3 == 7",
        "(1 + 2) * 3 == 9",
        "10 - 3 - 2 == 5",
        "2 - -3 == 5",
        "count * 2 + 1 == 7",
        "12 / 3 / 2 == 2",
        "2 * -3 == -6",
        "9223372036854775807 + 1 > 9223372036854775806",
    ]);
    assert!(refusal("1 / 0 == 1").contains("division by zero"));
    assert!(refusal("1 % 0 == 1").contains("division by zero"));
    assert!(refusal("1.0 / 0 == 1").contains("division by zero"));
}

#[test]
fn precedence_is_that_of_csharp() {
    all_true(&[
        "true || false && false",
        "(true || true) && true",
        "!false && true",
        "!(true && false)",
        "1 + 1 == 2 && 2 * 2 == 4",
        "true && 1 < 2 || nope",
        "(1 < 2) == true",
        "!ok == false",
        "1 < 2 && 2 < 3 && 3 < 4",
    ]);
}

#[test]
fn every_namespace_can_be_read() {
    all_true(&[
        "cfg.limit > 3",
        "exec.serial_number == 'S-1'",
        "exec.SerialNumber == \"S-1\"",
        "exec.tag.ProductId == 'P-7'",
        "exec.prompt.action == 'pass'",
        "mes.route == 'R'",
        "global.lot == 12",
        "test.vout == vout",
        "__iteration__ < 4",
        "__attempt__ == 1",
        "out.v == 3.3",
        "out.inner.x == 7",
        "out['inner'].x == 7",
        "rails[1] == 5",
        "out.list[0] == 1",
        "rail.3v3 == 'dotted'",
    ]);
}

#[test]
fn functions_do_what_their_names_say() {
    all_true(&[
        "abs(-3) == 3",
        "abs(-3.5) == 3.5",
        "ceil(2.1) == 3",
        "floor(2.9) == 2",
        "round(2.567, 1) == 2.6",
        "round(2.6) == 3",
        "sqrt(9) == 3",
        "pow(2, 10) == 1024",
        "min(3, 1.5, 2) == 1.5",
        "max(rails) == 12",
        "min(text_number, 99) == 25",
        "len(name) == 5",
        "len(rails) == 3",
        "len(out) == 3",
        "contains(name, 'oar')",
        "contains(rails, 5)",
        "contains(out, 'v')",
        "starts_with(name, 'bo')",
        "ends_with(name, 'rd')",
        "lower('AB') == 'ab'",
        "upper(name) == 'BOARD'",
        "trim('  x ') == 'x'",
        "is_empty(empty)",
        "is_empty(nothing)",
        "!is_empty(name)",
        "is_empty(trim('  '))",
        "matches(name, '^b.*d$')",
        "number(text_number) == 25",
        "text(count) == '3'",
        "text(ok) == 'True'",
        "if(count > 2, 'many', 'few') == 'many'",
    ]);
    assert!(refusal("abs(name) == 1").contains("abs cannot take the text \"board\""));
    assert!(refusal("min() == 1").contains("min takes 1 to 16 arguments, not 0"));
    assert!(refusal("if(ok, 1) == 1").contains("if takes 3 arguments, not 2"));
    assert!(refusal("sqrt(-1) == 1").contains("sqrt gives no number"));
    assert!(refusal("matches(name, '(')").contains("regular expression"));
}

#[test]
fn csharp_and_python_forms_are_told_their_spelling_here() {
    let table = [
        ("ok ? true : false", "write `if(condition, a, b)`"),
        ("vout ?? 3 == 3", "write `if(defined(a), a, b)`"),
        ("name?.Length == 3", "'?.' is not supported"),
        ("name.Contains(\"oar\")", "write `contains(name, part)`"),
        ("name.StartsWith(\"b\")", "write `starts_with(name, part)`"),
        ("name.EndsWith(\"b\")", "write `ends_with(name, part)`"),
        ("name.ToLower() == 'b'", "write `lower(name)`"),
        ("name.ToUpper() == 'b'", "write `upper(name)`"),
        ("name.Trim() == 'b'", "write `trim(name)`"),
        ("name.Length == 3", "write `len(name)`"),
        ("rails.Count == 3", "write `len(rails)`"),
        ("rails.Count() == 3", "write `len(rails)`"),
        ("Math.Abs(vout) < 3", "write `abs(x)`"),
        ("Math.Max(1, 2) < 3", "write `max(a, b)`"),
        ("Math.Round(vout, 1) < 3", "write `round(x, digits)`"),
        ("Math.Pow(vout, 2) < 3", "write `pow(x, y)`"),
        ("string.IsNullOrEmpty(name)", "write `is_empty(text)`"),
        (
            "String.IsNullOrWhiteSpace(name)",
            "write `is_empty(trim(text))`",
        ),
        ("int.Parse(text_number) == 25", "write `number(text)`"),
        ("Convert.ToInt32(text_number) == 25", "write `number(text)`"),
        ("(int)vout == 3", "leave it out"),
        ("vout > 3.2f", "write `3.2`"),
        ("vout > 3m", "write `3`"),
        ("vout = 3", "write `==` to compare"),
        ("vout === 3", "write `==`"),
        ("vout <> 3", "write `!=`"),
        ("vout => 3", "write `>=`"),
        ("vout += 3", "assigns"),
        ("vout++ > 3", "changes a variable"),
        ("ok and ok", "write `&&`"),
        ("ok or ok", "write `||`"),
        ("not ok", "write `!`"),
        ("ok & ok", "write `&&`"),
        ("ok | ok", "write `||`"),
        ("vout ^ 2 > 3", "write `pow(x, y)`"),
        ("1 < vout < 4", "join them with `&&`"),
        ("{{vout}} > 3", "write the bare name"),
        ("ok; ok", "one expression"),
        ("lenn(name) == 5", "did you mean `len`?"),
        ("vout > 3,2", "a decimal point is written as a point"),
        ("vout is null", "write `==`"),
        ("ok // note", "comments"),
    ];
    for (text, expected) in table {
        let found = refusal(text);
        assert!(found.contains(expected), "{text}: {found}");
    }
}

#[test]
fn mistakes_of_grammar_have_a_place() {
    let table = [
        ("", "the condition is empty", 0..0),
        ("   ", "the condition is empty", 0..3),
        ("vout 3", "an operator is missing before 3", 5..6),
        ("vout name", "an operator is missing before name", 5..9),
        ("name (vout)", "there is no function 'name'", 0..4),
        ("ok &&", "a value is missing at the end", 4..5),
        ("&& ok", "a value is missing before '&&'", 0..2),
        ("(ok", "'(' is never closed", 0..1),
        ("max(1, 2", "'(' is never closed", 3..4),
        ("ok)", "')' closes nothing", 2..3),
        ("()", "a value is missing before ')'", 1..2),
        ("max(1,) == 1", "a value is missing before ')'", 6..7),
        ("max(,1) == 1", "a value is missing before ','", 4..5),
        ("name == 'abc", "the quoted text is never closed", 8..12),
        ("name == 'a\\qc'", "unknown escape", 10..12),
        ("vout > 3V3", "'3V3' is not a number", 7..10),
        ("vout > 1.2.3", "'1.2.3' is not a number", 7..12),
        ("rails[1 == 2", "'[' is never closed", 5..6),
        ("ä == § 3", "'§' has no meaning in a condition", 6..8),
        ("vout == nope", "variable 'nope' is not defined", 8..12),
    ];
    for (text, expected, range) in table {
        let error = evaluate(text).expect_err(text);
        assert!(
            error.message.contains(expected),
            "{text}: {}",
            error.message
        );
        assert_eq!(error.range, Some(range), "{text}: {}", error.message);
    }
}

#[test]
fn quotes_and_escapes() {
    all_true(&[
        "'it\\'s' == \"it's\"",
        "\"a\\\"b\" == 'a\"b'",
        "'\\\\' == \"\\\\\"",
        "'\\u00e9' == 'é'",
        "'a\\tb' != 'a b'",
        "'&&' == '&' + '&'",
        "'(' != ')'",
        "'{{' == '{{'",
        "\"True\" == true",
    ]);
}

#[test]
fn keywords_in_any_spelling() {
    all_true(&[
        "True",
        "TRUE",
        "true",
        "!False",
        "nothing == None",
        "ok == True",
    ]);
}

#[test]
fn hostile_conditions_are_refused_before_they_are_parsed() {
    for text in [
        "(".repeat(100_000),
        "!".repeat(100_000),
        "(".repeat(4000),
        "!".repeat(4000),
        "-".repeat(4000),
        "1+".repeat(2000) + "1",
        "abs(".repeat(1000),
        "[".repeat(4000),
        "x".repeat(5000),
    ] {
        assert!(Condition::parse(&text).is_err(), "{}", &text[..4]);
    }
    let deep = format!("{}ok{}", "(".repeat(64), ")".repeat(64));
    assert_eq!(evaluate(&deep), Ok(true));
    let long = vec!["ok"; 250].join(" && ");
    assert_eq!(evaluate(&long), Ok(true));
    let bangs = format!("{}ok", "! ".repeat(256));
    assert_eq!(evaluate(&bangs), Ok(true));
}

#[test]
fn names_that_are_read_come_with_their_place() {
    let text = "é == 'vout' || vout > cfg.limit && len(out.list) > __iteration__";
    let condition = Condition::parse(text).unwrap();
    let names: Vec<&str> = condition
        .names()
        .iter()
        .map(|used| used.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["é", "vout", "cfg.limit", "out.list", "__iteration__"]
    );
    for used in condition.names() {
        assert_eq!(&text[used.range.clone()], used.name);
    }
    assert!(Condition::parse("defined(x)").unwrap().names()[0].is_optional);
}

#[test]
fn conditions_over_counters_alone_are_known() {
    for (text, expected) in [
        ("__iteration__ < 4", true),
        (
            "__iteration__ < 4 && __attempt__ == 1 && __cycle__ == 0",
            true,
        ),
        ("true", true),
        ("__iteration__ < limit", false),
        ("temperature < 40", false),
        ("!defined(done)", false),
    ] {
        let condition = Condition::parse(text).unwrap();
        assert_eq!(condition.reads_only_counters(), expected, "{text}");
    }
}

#[test]
fn undefined_variable_names_the_nearest() {
    let error = evaluate("vuot > 3").unwrap_err();
    assert_eq!(error.unknown.unwrap().nearest[0], "vout");
}

/// A condition over literals, as text and as what it must give.
fn tree() -> impl Strategy<Value = (String, bool)> {
    let comparison = (-5..5_i64, -5..5_i64, 0..6_usize).prop_map(|(a, b, operator)| {
        let (symbol, result) = [
            ("==", a == b),
            ("!=", a != b),
            ("<", a < b),
            ("<=", a <= b),
            (">", a > b),
            (">=", a >= b),
        ][operator];
        (format!("{a} {symbol} {b}"), result)
    });
    let leaf = prop_oneof![
        comparison,
        Just(("true".to_owned(), true)),
        Just(("False".to_owned(), false)),
    ];
    leaf.prop_recursive(5, 40, 2, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|(text, value)| (format!("!({text})"), !value)),
            (inner.clone(), inner.clone())
                .prop_map(|((a, x), (b, y))| (format!("({a}) && ({b})"), x && y)),
            (inner.clone(), inner).prop_map(|((a, x), (b, y))| (format!("{a} || {b}"), x || y)),
        ]
    })
}

/// Arithmetic without brackets, as text and as what it must give.
fn sum() -> impl Strategy<Value = (String, i64)> {
    let product = proptest::collection::vec(-9..9_i64, 1..4).prop_map(|factors| {
        let text = factors
            .iter()
            .map(i64::to_string)
            .collect::<Vec<_>>()
            .join(" * ");
        (text, factors.iter().product::<i64>())
    });
    proptest::collection::vec((product, any::<bool>()), 1..5).prop_map(|terms| {
        terms.into_iter().enumerate().fold(
            (String::new(), 0),
            |(text, sum), (i, ((term, value), is_minus))| match (i, is_minus) {
                (0, _) => (term, value),
                (_, true) => (format!("{text} - {term}"), sum - value),
                (_, false) => (format!("{text} + {term}"), sum + value),
            },
        )
    })
}

proptest! {
    #[test]
    fn logic_agrees_with_rust((text, expected) in tree()) {
        prop_assert_eq!(evaluate(&text), Ok(expected), "{}", text);
    }

    #[test]
    fn arithmetic_agrees_with_rust((text, expected) in sum()) {
        prop_assert_eq!(evaluate(&format!("{text} == {expected}")), Ok(true), "{}", text);
        prop_assert_eq!(evaluate(&format!("{expected} >= {text} && ok")), Ok(true), "{}", text);
    }

    #[test]
    fn no_text_panics(text in "[a-z0-9 ()!&|=<>+*/%,.'\"\\[\\]?:;^\\\\é{}-]{0,50}") {
        if let Ok(condition) = Condition::parse(&text) {
            let _ = condition.evaluate(&Variables::new());
            let _ = condition.evaluate(&scope());
        }
    }

    #[test]
    fn tokens_in_any_order_never_reach_the_parser_unchecked(
        tokens in proptest::collection::vec(
            prop_oneof![
                Just("a"), Just("1"), Just("("), Just(")"), Just("!"), Just("-"), Just("&&"), Just("=="),
                Just("<"), Just("+"), Just("max("), Just(","), Just("'x'"), Just("if("), Just("true"),
            ],
            0..14,
        )
    ) {
        let text = tokens.join(" ");
        if let Err(error) = Condition::parse(&text) {
            prop_assert!(!error.message.starts_with("not a condition"), "{}: {}", text, error.message);
        }
    }

    #[test]
    fn numbers_compare_as_rust_compares_them(a in -1e6..1e6f64, b in -1000..1000_i64) {
        let mut variables = Variables::new();
        let _ = variables.set("a", json!(a));
        let _ = variables.set("b", json!(b));
        let condition = Condition::parse("a < b").unwrap();
        prop_assert_eq!(condition.evaluate(&variables), Ok(a < b as f64));
    }
}
