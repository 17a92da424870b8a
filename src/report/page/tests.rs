//! The frame of a page: what it forbids, and that no text gets out of its place.

use super::*;

fn page<'a>(title: &'a str, foot: &'a str) -> Page<'a> {
    Page {
        title,
        style: "",
        script: "",
        foot,
        paper: "auto",
    }
}

#[test]
fn text_cannot_become_markup_or_style() {
    let evil = "</style></title><script>\"'&\u{0}";
    let text = page(evil, evil).around("<p>body</p>");
    assert_eq!(text.matches("<script").count(), 0, "{text}");
    assert_eq!(text.matches("</style>").count(), 1);
    assert_eq!(text.matches("</title>").count(), 1);
    assert!(text.contains("&lt;script&gt;&quot;&#39;&amp;\u{fffd}"));
}

#[test]
fn policy_allows_this_style_and_this_script_only() {
    let script = "document.title;";
    let page = Page {
        script,
        ..page("t", "f")
    };
    let text = page.around("");
    let style = text
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
    assert!(text.contains("default-src 'none'; img-src data:;"));
    assert!(text.contains(&format!("style-src '{}'", digest(style))));
    assert!(text.contains(&format!("script-src '{}'", digest(script))));
}

#[test]
fn page_names_nothing_outside_itself() {
    let text = page("t", "f").around("");
    for word in ["http:", "https:", "url(", "@import", "src="] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn template_escapes_text_and_leaves_numbers_and_slashes() {
    let mut templates = templates();
    templates
        .add_template("t", "{{ a }} {{ b }} {{ c }}")
        .unwrap();
    let context = minijinja::context! { a => "V/A <b>", b => 3.5, c => "ä" };
    let text = templates
        .get_template("t")
        .unwrap()
        .render(context)
        .unwrap();
    assert_eq!(text, "V/A &lt;b&gt; 3.5 ä");
    let wrong = templates.render_str("{{ nothing }}", minijinja::context! {});
    assert!(wrong.is_err());
}
