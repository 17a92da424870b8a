//! The HTML report as a browser shows and prints it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::browser::Browser;
use crate::rig::{Rig, repository};

const A4: (f64, f64) = (8.27, 11.69);
const LETTER: (f64, f64) = (8.5, 11.0);

/// The demo run with a bad rail; gives the report, and its record.
fn demo(rig: &Rig) -> (PathBuf, Value) {
    let package = repository().join("fixtures/packages/demo-board");
    let package = package.display().to_string();
    let args = [
        "run",
        &package,
        "--serial",
        "PB-7",
        "--unattended",
        "--var",
        "board_fault=3v3_low",
    ];
    rig.run(args).fails();
    rig.run(["report", "last", "-o", "run.html"]).passes();
    let record = rig
        .run(["report", "last", "--format", "json"])
        .passes()
        .json();
    (rig.work().join("run.html"), record)
}

/// A run of so many steps with one measurement each, of which two fail.
fn long(rig: Rig, steps: usize) -> (Rig, PathBuf) {
    let mut main = String::from(
        "test:\n  name: Long\n  version: 1.0.0\n  policy: { on_step_failure: continue }\n  steps:\n",
    );
    for step in 0..steps {
        let value = if step == steps / 2 || step == steps - 1 {
            9.9
        } else {
            3.3
        };
        let _ = writeln!(
            main,
            "    - {{ name: Step {step}, type: mock, measurement: {{ name: POINT_{step}, \
             value: {value}, low_limit: 3.1, high_limit: 3.5, unit: V }} }}"
        );
    }
    let rig = rig.package("long", &main, "");
    // Without the rig's deadline: so long a run takes a minute on a machine that does much else.
    let ended = |args: &[&str]| rig.command(args).status().unwrap().code();
    let run = ["run", "long", "--serial", "L-1", "--quiet"];
    assert_eq!(ended(&run), Some(1));
    assert_eq!(ended(&["report", "last", "-o", "long.html"]), Some(0));
    let file = rig.work().join("long.html");
    (rig, file)
}

/// Opens the report, and expects that it needs nothing and complains about nothing.
fn open_quietly(browser: &mut Browser, file: &Path) {
    browser.open(file);
    assert_eq!(browser.complaints(), Vec::<&Value>::new());
    let own = format!("file://{}", file.display());
    let other: Vec<_> = browser
        .requests()
        .into_iter()
        .filter(|url| *url != own && !url.starts_with("data:"))
        .collect();
    assert_eq!(other, Vec::<&str>::new());
}

/// Follows each link of the list of failures; gives the names that became visible.
fn follow_failures(browser: &mut Browser) -> BTreeSet<String> {
    let found = browser.value(
        r"(async () => {
            const shown = [];
            for (const fold of document.querySelectorAll('details.q')) fold.open = false;
            for (const link of document.querySelectorAll('#failures a')) {
                link.click();
                await new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)));
                const target = document.getElementById(link.hash.slice(1));
                const box = target.getBoundingClientRect();
                const inside = box.top >= 0 && box.bottom <= innerHeight && box.height > 0;
                if (inside && target.checkVisibility() && target.matches(':target')) {
                    shown.push(link.textContent);
                }
            }
            return shown;
        })()",
    );
    let found = found.as_array().unwrap().iter();
    found
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

/// The text of each printed page.
fn pages(file: &Path) -> Vec<String> {
    let output = Command::new("pdftotext")
        .args(["-layout", "-enc", "UTF-8"])
        .arg(file)
        .arg("-")
        .output()
        .expect("pdftotext starts: tests/run installs it");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim_end_matches('\u{c}')
        .split('\u{c}')
        .map(str::to_owned)
        .collect()
}

/// Whether a page has a line that holds all of these, in their order.
fn has_line(page: &str, parts: &[&str]) -> bool {
    page.lines().any(|line| {
        let mut rest = line;
        parts.iter().all(|part| match rest.find(part) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    })
}

#[test]
fn report_of_the_demo_is_read_without_complaint_and_its_failures_are_found() {
    let rig = Rig::new();
    let (file, _) = demo(&rig);
    let mut browser = Browser::start(&rig.home());
    open_quietly(&mut browser, &file);
    assert_eq!(
        follow_failures(&mut browser),
        BTreeSet::from(["VOUT_3V3".to_owned()])
    );
    let big = browser
        .value("parseFloat(getComputedStyle(document.querySelector('.hero .big')).fontSize)");
    assert!(
        big.as_f64().unwrap() >= 72.0,
        "{big} is not read from three metres"
    );
    // Search and filter leave what they shall.
    let visible = "[...document.querySelectorAll('#steps .s:not(.q)')].filter(s => s.checkVisibility()).length";
    let search = |words: &str| {
        format!(
            "(async () => {{ const find = document.getElementById('find'); find.value = '{words}';
                find.dispatchEvent(new Event('input')); await new Promise(done => setTimeout(done, 300)) }})()"
        )
    };
    browser.value("document.getElementById('unfold').click()");
    assert!(browser.value(visible).as_u64().unwrap() > 20);
    browser.value(&search("ripple_3v3"));
    assert_eq!(browser.value(visible), 1);
    browser.value(&search(""));
    browser.value("document.getElementById('only').click()");
    assert_eq!(browser.value(visible), 1);
    assert_eq!(browser.complaints(), Vec::<&Value>::new());
}

/// Markup that asks a server for everything that a page can ask for by being opened.
fn calling_out(server: &TcpListener) -> String {
    let at = format!("http://{}", server.local_addr().unwrap());
    format!(
        "<img src=\"{at}/i.png\"><script src=\"{at}/s.js\"></script>\
         <script>document.title = 'evil'; fetch('{at}/f')</script>\
         <link rel=\"stylesheet\" href=\"{at}/c.css\"><link rel=\"preconnect\" href=\"{at}/\">\
         <link rel=\"prefetch\" href=\"{at}/p\"><iframe src=\"{at}/frame\"></iframe>\
         <object data=\"{at}/o\"></object><video src=\"{at}/v\" autoplay></video>\
         <style>body {{ background: url({at}/b.png) }}</style></body>"
    )
}

#[test]
fn report_cannot_be_made_to_call_out() {
    let rig = Rig::new();
    let (file, _) = demo(&rig);
    let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
    let (server, control) = (listen(), listen());
    // As if a text of the test had become markup after all.
    let evil = calling_out(&server);
    let text = std::fs::read_to_string(&file)
        .unwrap()
        .replace("</body>", &evil);
    std::fs::write(&file, text).unwrap();
    let plain = rig.work().join("plain.html");
    std::fs::write(
        &plain,
        format!("<!DOCTYPE html><body>{}", calling_out(&control)),
    )
    .unwrap();
    let (heard, calls) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        while let Ok(connection) = control.accept() {
            drop(connection);
            let _ = heard.send(());
        }
    });
    let mut browser = Browser::start(&rig.home());
    browser.open(&file);
    assert_ne!(browser.value("document.title"), "evil");
    // The same markup calls out from a page without the report's policy: it is the policy that
    // keeps the report silent, and what the report had asked for has been sent by now.
    browser.open(&plain);
    assert_eq!(browser.value("document.title"), "evil");
    calls.try_recv().expect("the plain page calls out");
    server.set_nonblocking(true).unwrap();
    let error = server.accept().expect_err("nobody connects");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn printed_report_cuts_no_row_and_repeats_its_heading() {
    let rig = Rig::new();
    let (file, record) = demo(&rig);
    let mut browser = Browser::start(&rig.home());
    // What is folded on the screen is on the paper.
    browser.open(&file);
    browser.value("document.getElementById('fold').click()");
    for (name, (width, height)) in [("a4", A4), ("letter", LETTER)] {
        let printed = rig.work().join(format!("{name}.pdf"));
        browser.print(width, height, &printed);
        let pages = pages(&printed);
        assert!(
            pages[0].contains("FAIL") && pages[0].contains("PB-7"),
            "{}",
            pages[0]
        );
        for page in &pages {
            let is_tree = page.contains("✓ PASS");
            let heading = ["Verdict", "Step or measurement", "Place", "Value", "Limits"];
            assert!(!is_tree || has_line(page, &heading), "{page}");
            assert!(has_line(page, &["PB-100 power board", "run "]), "{page}");
        }
        let steps = record["steps"].as_array().unwrap();
        for step in steps {
            let points = step["measurements"].as_array().unwrap().iter();
            for point in points.filter(|point| point["kind"] == "numeric") {
                let name = point["measurement_name"].as_str().unwrap();
                let mut parts = vec![point["verdict"].as_str().unwrap(), name];
                let unit = point["unit"].as_str().map(|unit| format!(" {unit}"));
                parts.extend(unit.as_deref());
                assert!(
                    pages.iter().any(|page| has_line(page, &parts)),
                    "{parts:?} on {name}"
                );
            }
        }
    }
}

#[test]
fn report_of_ten_thousand_steps_opens_fast_and_prints_whole() {
    const STEPS: usize = 10_000;
    let (rig, file) = long(Rig::new(), STEPS);
    let mut browser = Browser::start(&rig.home());
    open_quietly(&mut browser, &file);
    let loaded = browser.value("performance.getEntriesByType('navigation')[0].loadEventEnd");
    assert!(loaded.as_f64().unwrap() < 10_000.0, "{loaded} ms");
    let found = follow_failures(&mut browser);
    let middle = format!("POINT_{}", STEPS / 2);
    let last = format!("POINT_{}", STEPS - 1);
    assert_eq!(found, BTreeSet::from([middle, last]));
    let printed = rig.work().join("long.pdf");
    browser.print(A4.0, A4.1, &printed);
    let pages = pages(&printed);
    let mut whole = BTreeSet::new();
    for page in &pages {
        for line in page.lines().filter(|line| line.contains("POINT_")) {
            let name = line
                .split_whitespace()
                .find(|word| word.starts_with("POINT_"))
                .unwrap();
            if has_line(line, &[name, " V", "[3.1 … 3.5]"]) {
                whole.insert(name.to_owned());
            }
        }
        let is_tree = page.contains("✓ PASS");
        assert!(
            !is_tree || has_line(page, &["Verdict", "Step or measurement", "Limits"]),
            "{page}"
        );
    }
    assert_eq!(whole.len(), STEPS);
}

#[test]
fn report_is_complete_without_its_script() {
    let rig = Rig::new();
    let (file, _) = demo(&rig);
    let mut browser = Browser::start(&rig.home());
    browser.ask(
        "Emulation.setScriptExecutionDisabled",
        json!({"value": true}),
    );
    browser.open(&file);
    let printed = rig.work().join("plain.pdf");
    browser.print(A4.0, A4.1, &printed);
    let text = pages(&printed).concat();
    assert!(
        text.contains("VOUT_3V3") && text.contains("RESIDUAL_VOLTAGE"),
        "{text}"
    );
}

/// The text of a printed file.
pub(super) fn text_of(file: &Path) -> String {
    pages(file).concat()
}

/// The line in which `pdfinfo` says how large the paper is.
pub(super) fn size_of(file: &Path) -> String {
    let output = Command::new("pdfinfo").arg(file).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| line.starts_with("Page size"));
    line.unwrap_or_default().to_owned()
}
