//! Templates.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{scope, value};
use crate::expr::{ExprError, Template, Variables};

fn render(text: &str) -> Result<Value, ExprError> {
    Template::parse(text)?.render(&scope())
}

fn message(text: &str) -> String {
    render(text).unwrap_err().message
}

fn names(text: &str) -> Vec<String> {
    Template::parse(text)
        .unwrap()
        .names()
        .into_iter()
        .map(|used| {
            assert_eq!(&text[used.range.clone()], used.name);
            used.name
        })
        .collect()
}

#[test]
fn lone_template_keeps_its_native_type() {
    let table = [
        ("{{vout}}", json!(3.3)),
        ("{{ count }}", json!(3)),
        ("{{whole}}", json!(3.0)),
        ("{{ok}}", json!(true)),
        ("{{nothing}}", json!(null)),
        ("{{rails}}", json!([3.3, 5.0, 12])),
        (
            "{{out}}",
            json!({"v": 3.3, "inner": {"x": 7}, "list": [1, 2]}),
        ),
        ("{{out.inner.x}}", json!(7)),
        ("{{out.list.1}}", json!(2)),
        ("{{count + 1}}", json!(4)),
        ("{{vout * 2}}", json!(6.6)),
        ("{{vout > 3}}", json!(true)),
        ("{{rails[1]}}", json!(5.0)),
        ("{{[count, name]}}", json!([3, "board"])),
        ("{{ {'a': {'b': count}} }}", json!({"a": {"b": 3}})),
        ("{{true}}", json!(true)),
        ("{{3}}", json!(3)),
    ];
    for (text, expected) in table {
        assert_eq!(render(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn every_namespace_can_be_read() {
    let table = [
        ("{{cfg.dmm}}", "TCP::1"),
        ("{{exec.serial_number}}", "S-1"),
        ("{{exec.SerialNumber}}", "S-1"),
        ("{{exec.tag.ProductId}}", "P-7"),
        ("{{exec.prompt.action}}", "pass"),
        ("{{mes.route}}", "R"),
        ("{{test.name}}", "board"),
        ("{{my-var}}", "dashed"),
        ("{{ my key }}", "spaced"),
        ("{{rail.3v3}}", "dotted"),
        ("{{cfg.dmm ~ '/' ~ exec.tag.ProductId}}", "TCP::1/P-7"),
        ("{{exec['serial_number']}}", "S-1"),
        ("{{exec.SerialNumber | lower}}", "s-1"),
        ("{{test.name | upper}}", "BOARD"),
    ];
    for (text, expected) in table {
        assert_eq!(render(text).unwrap(), value(expected), "{text}");
    }
    assert_eq!(render("{{__iteration__}}").unwrap(), json!(2));
    assert_eq!(render("{{global.lot}}").unwrap(), json!(12));
}

#[test]
fn text_around_a_template_spells_its_value() {
    let table = [
        (
            "ok={{ok}} n={{count}} f={{vout}} w={{whole}}",
            "ok=True n=3 f=3.3 w=3.0",
        ),
        ("[{{nothing}}]", "[]"),
        ("{{rails}} V", "[3.3,5.0,12] V"),
        ("x{{out.inner}}", "x{\"x\":7}"),
        ("{{count == 3}}!", "True!"),
        ("{{name}}-{{name}}", "board-board"),
        ("Größe {{vout}} Ω", "Größe 3.3 Ω"),
    ];
    for (text, expected) in table {
        assert_eq!(render(text).unwrap(), value(expected), "{text}");
    }
}

#[test]
fn only_double_braces_are_special() {
    for text in [
        "{% if x %}",
        "{# note #}",
        "{x}",
        "}}",
        "{ {vout} }",
        "100 %",
        "",
        "'",
        "{%raw%}",
    ] {
        let template = Template::parse(text).unwrap();
        assert_eq!(template.render(&scope()).unwrap(), value(text), "{text}");
    }
    assert_eq!(render("{{ '{{' }}x{{ '}}' }}").unwrap(), value("{{x}}"));
    assert_eq!(render("{% {{count}} %}").unwrap(), value("{% 3 %}"));
}

#[test]
fn what_a_variable_holds_is_never_a_template() {
    assert_eq!(render("{{hostile}}").unwrap(), value("{{vout}}"));
    assert_eq!(render("a {{hostile}}").unwrap(), value("a {{vout}}"));
    assert_eq!(
        render("{{hostile ~ hostile}}").unwrap(),
        value("{{vout}}{{vout}}")
    );
}

#[test]
fn name_as_it_stands_wins_over_the_expression() {
    let mut variables = Variables::new();
    let _ = variables.set("a", json!(5));
    let _ = variables.set("b", json!(3));
    let template = Template::parse("{{a-b}}").unwrap();
    assert_eq!(template.render(&variables).unwrap(), json!(2));
    let _ = variables.set("a-b", json!("name"));
    assert_eq!(template.render(&variables).unwrap(), json!("name"));
}

#[test]
fn undefined_variable_names_itself_its_place_and_the_nearest() {
    let error = render("V = {{vuot}} V").unwrap_err();
    assert_eq!(error.range, Some(6..10));
    let unknown = error.unknown.unwrap();
    assert_eq!(unknown.name, "vuot");
    assert_eq!(unknown.nearest[0], "vout");
    assert!(
        error
            .message
            .starts_with("variable 'vuot' is not defined; did you mean 'vout'")
    );

    let error = render("{{ 1 + cfg.limt }}").unwrap_err();
    assert_eq!(error.unknown.unwrap().name, "cfg.limt");
    assert_eq!(error.range, Some(7..15));
    assert_eq!(
        render("{{out.nope}}").unwrap_err().unknown.unwrap().name,
        "out.nope"
    );
    assert_eq!(
        render("{{nope if ok else 1}}")
            .unwrap_err()
            .unknown
            .unwrap()
            .name,
        "nope"
    );
    assert_eq!(
        render("{{my vra}}").unwrap_err().unknown.unwrap().name,
        "my vra"
    );
}

#[test]
fn missing_variable_may_have_a_default() {
    assert_eq!(render("{{nope | default(3)}}").unwrap(), json!(3));
    assert_eq!(render("{{cfg.nope | default('x')}}").unwrap(), json!("x"));
    assert_eq!(render("{{nope is defined}}").unwrap(), json!(false));
    assert_eq!(render("{{vout is defined}}").unwrap(), json!(true));
}

#[test]
fn mistakes_say_what_and_where() {
    let table: [(&str, &str, Option<std::ops::Range<usize>>); 5] = [
        ("a {{vout", "'{{' is never closed", Some(2..4)),
        (
            "{{ }}",
            "there is no name between '{{' and '}}'",
            Some(0..5),
        ),
        ("{{}}", "there is no name between '{{' and '}}'", Some(0..4)),
        ("{{ name + 1 }}", "", None),
        ("{{ 1 + }}", "not an expression", None),
    ];
    for (text, expected, range) in table {
        let error = render(text).unwrap_err();
        assert!(
            error.message.contains(expected),
            "{text}: {}",
            error.message
        );
        if range.is_some() {
            assert_eq!(error.range, range, "{text}");
        }
    }
    assert!(message("{{ vout | nofilter }}").contains("nofilter"));
}

#[test]
fn expressions_are_bounded() {
    assert!(message("{{ 'x' * 2000000 }}").contains("1 MiB"));
    assert!(message("{{ [1] * 2000000 }}").contains("1 MiB"));
    assert!(message("{{ 'x' * 999999999999 }}").contains("too large"));
    assert!(
        message("{{ range(99999999999) }}").contains("rang"),
        "{}",
        message("{{ range(99999999999) }}")
    );
    assert!(
        Template::parse(&format!(
            "{{{{ {}1{} }}}}",
            "(".repeat(100_000),
            ")".repeat(100_000)
        ))
        .is_err()
    );
    assert!(Template::parse(&format!("{{{{ {} }}}}", "(".repeat(2000))).is_err());
    let list = format!("{{{{ [{}1.5] | sum }}}}", "1.5, ".repeat(500));
    assert_eq!(render(&list).unwrap(), json!(751.5));
    let many = "{{name * 200000}}".repeat(2);
    assert!(message(&many).contains("1 MiB"));
}

#[test]
fn deep_expressions_are_refused_before_a_stack_ends() {
    for count in [100, 5000] {
        for unit in [
            "not ",
            "-",
            "[",
            "(",
            "{'a':",
            "1 if ok else ",
            "abs(",
            "a[",
            "{{",
        ] {
            let found = Template::parse(&format!("{{{{ {}1 }}}}", unit.repeat(count)));
            assert!(count == 100 || found.is_err(), "{unit}");
        }
        for unit in [
            "|abs",
            ".b",
            "[0]",
            " and 1",
            " + 1",
            " ~ 1",
            "(1)",
            " is defined",
            " if ok else 1",
        ] {
            let found = render(&format!("{{{{ count.x{} }}}}", unit.repeat(count)));
            assert!(count == 100 || found.is_err(), "{unit}");
        }
    }
    let long = format!("{{{{ 1{} }}}}", " + 1".repeat(128));
    assert_eq!(render(&long).unwrap(), json!(129));
}

#[test]
fn hostile_text_is_scanned_in_one_go() {
    for unit in ["{{{}}", "{{'}}", "{{x}}", "{{", "{{a{b}}"] {
        let _ = Template::parse(&unit.repeat(200_000));
    }
    let name = Template::parse("{{it's}} {{vout}}");
    assert!(name.is_err(), "an apostrophe is no part of a name");
}

#[test]
fn templates_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Template>();
    shared::<crate::expr::Condition>();
}

#[test]
fn no_template_reads_a_file_or_dumps_the_scope() {
    assert!(render("{{ debug() }}").is_err());
    assert!(render("{% include 'x' %}").unwrap().is_string());
}

#[test]
fn what_json_cannot_hold_becomes_text() {
    assert_eq!(render("{{ 1e308 * 10 }}").unwrap(), json!("Infinity"));
    assert_eq!(render("{{ -1e308 * 10 }}").unwrap(), json!("-Infinity"));
    assert_eq!(
        render("{{ 18446744073709551615 * 10 }}").unwrap(),
        json!("184467440737095516150")
    );
    assert_eq!(
        render("{{ 18446744073709551615 }}").unwrap(),
        json!(u64::MAX)
    );
}

#[test]
fn names_that_are_read_come_with_their_place() {
    assert_eq!(
        names("{{a}} {{ cfg.x }} é {{my-key.z}}"),
        ["a", "cfg.x", "my", "key.z"]
    );
    assert_eq!(names("{{ a if b and not c else d }}"), ["a", "b", "c", "d"]);
    assert_eq!(names("{{ a | round(n) | default(b) }}"), ["a", "n", "b"]);
    assert_eq!(
        names("{{ 'a' ~ \"b\" ~ c[d.e] ~ f.g(h) }}"),
        ["c", "d.e", "f", "h"]
    );
    assert_eq!(
        names("{{ range(n) }} {{ x is divisibleby(k) }} {{ true }}"),
        ["n", "x", "k"]
    );
    assert_eq!(
        names("{{ {'a': b}['a'] }}{{ m | join(sep=s) }}"),
        ["b", "m", "s"]
    );
    assert_eq!(names("{{ 1e3 + 0.5 + x1 }}"), ["x1"]);
    let uses = Template::parse("{{a-b}}").unwrap().names();
    assert_eq!(uses[0].within.as_deref(), Some("a-b"));
    let uses = Template::parse(
        "{{a | default(1)}} {{b is defined}} {{c is not defined}} {{d is even}} {{e | d(1)}}",
    )
    .unwrap()
    .names();
    let optional: Vec<bool> = uses.iter().map(|used| used.is_optional).collect();
    assert_eq!(optional, [true, true, true, false, true]);
}

proptest! {
    #[test]
    fn no_text_panics(text in "[{}%#'\"a-z|.()+ \\-éµªº0-9\\[\\]:,]{0,60}") {
        if let Ok(template) = Template::parse(&text) {
            for used in template.names() {
                prop_assert_eq!(&text[used.range.clone()], used.name);
            }
            let _ = template.render(&scope());
        }
    }

    #[test]
    fn text_without_braces_renders_as_it_is(text in "[^{]{0,80}") {
        prop_assert_eq!(render(&text).unwrap(), Value::String(text));
    }
}
