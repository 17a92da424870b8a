//! A headless Chromium, spoken to in the `DevTools` protocol over two pipes.
//!
//! `--remote-debugging-pipe` reads commands from descriptor 3 and writes to descriptor 4, each
//! message ended by a NUL: no port is open and nobody else can speak to it.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a JSON literal reads better without an ampersand"
)]

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Longest time for one answer; printing a long run takes most of it.
const LIMIT: Duration = Duration::from_mins(3);

/// "Preload pages" set to never. Unless it is, Chromium opens a connection to the server of every
/// frame and of every `<link rel=preconnect>` before it asks the page's content policy, and drops
/// it unused when the policy forbids the load (its net log: `is_preconnect: true`, then nothing).
/// No directive of a policy and no other element of a page governs that; only this setting does.
const PREFERENCES: &str = r#"{"net": {"network_prediction_options": 2}}"#;

/// One page in a browser of its own.
pub(super) struct Browser {
    child: Child,
    commands: File,
    messages: Receiver<Value>,
    session: String,
    count: u64,
    /// What the page did beside answering.
    events: Vec<Value>,
}

impl Browser {
    /// Starts a browser whose profile lies in `folder`, and that does nothing a page did not ask for.
    pub(super) fn start(folder: &Path) -> Self {
        let profile = folder.join("profile");
        std::fs::create_dir_all(profile.join("Default")).unwrap();
        std::fs::write(profile.join("Default/Preferences"), PREFERENCES).unwrap();
        let [to, from] = ["to", "from"].map(|name| fifo(&folder.join(name)));
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--remote-debugging-pipe",
        ];
        let child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<"$TO" 4>"$FROM""#, &program()])
            .args(flags)
            .arg(format!("--user-data-dir={}", profile.display()))
            .env("TO", &to)
            .env("FROM", &from)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        // Opening waits for the other side, in the order of the shell.
        let commands = OpenOptions::new().write(true).open(&to).unwrap();
        let mut answers = File::open(&from).unwrap();
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut rest = Vec::new();
            let mut chunk = vec![0; 1 << 16];
            while let Ok(count @ 1..) = answers.read(&mut chunk) {
                rest.extend_from_slice(&chunk[..count]);
                while let Some(end) = rest.iter().position(|byte| *byte == 0) {
                    let message = serde_json::from_slice(&rest[..end]).unwrap();
                    rest.drain(..=end);
                    if sender.send(message).is_err() {
                        return;
                    }
                }
            }
        });
        let mut browser = Self {
            child,
            commands,
            messages,
            session: String::new(),
            count: 0,
            events: Vec::new(),
        };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.ask("Target.attachToTarget", target);
        attached["sessionId"]
            .as_str()
            .unwrap()
            .clone_into(&mut browser.session);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Opens a file and waits until it is loaded.
    pub(super) fn open(&mut self, file: &Path) {
        self.events.clear();
        self.ask(
            "Page.navigate",
            json!({"url": format!("file://{}", file.display())}),
        );
        while !self
            .events
            .iter()
            .any(|event| event["method"] == "Page.loadEventFired")
        {
            let message = self.next();
            self.events.push(message);
        }
    }

    /// The value of an expression in the page; promises are waited for.
    pub(super) fn value(&mut self, expression: &str) -> Value {
        let request =
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.ask("Runtime.evaluate", request);
        assert!(
            answer.get("exceptionDetails").is_none(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// What the page complained about since it was opened.
    pub(super) fn complaints(&self) -> Vec<&Value> {
        let is_complaint = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown" | "Log.entryAdded") => true,
            Some("Runtime.consoleAPICalled") => event["params"]["type"] != "log",
            _ => false,
        };
        self.events.iter().filter(is_complaint).collect()
    }

    /// Everything that the page asked for since it was opened.
    pub(super) fn requests(&self) -> Vec<&str> {
        let asked = self.events.iter();
        asked
            .filter(|event| event["method"] == "Network.requestWillBeSent")
            .map(|event| event["params"]["request"]["url"].as_str().unwrap())
            .collect()
    }

    /// Prints the page to a file; sizes in inches.
    pub(super) fn print(&mut self, width: f64, height: f64, file: &Path) {
        let request = json!({
            "paperWidth": width, "paperHeight": height, "marginTop": 0.4, "marginBottom": 0.4,
            "preferCSSPageSize": true, "generateTaggedPDF": false,
        });
        let answer = self.ask("Page.printToPDF", request);
        let bytes = STANDARD.decode(answer["data"].as_str().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }

    /// Sends a command and waits for its answer.
    pub(super) fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.count += 1;
        let mut request = json!({"id": self.count, "method": method, "params": parameters});
        if !self.session.is_empty() {
            request["sessionId"] = json!(self.session);
        }
        self.commands
            .write_all(format!("{request}\0").as_bytes())
            .unwrap();
        loop {
            let message = self.next();
            if message["id"] == self.count {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn next(&self) -> Value {
        self.messages
            .recv_timeout(LIMIT)
            .expect("the browser answers")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // With everything that it has started.
        if let Some(group) = rustix::process::Pid::from_raw(self.child.id() as i32) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

fn fifo(path: &Path) -> PathBuf {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
    path.to_owned()
}

/// The browser that `tests/run` installs.
fn program() -> String {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file());
    found
        .expect(
            "no Chromium on the PATH, and this test needs one: run `tests/run`, which installs it",
        )
        .display()
        .to_string()
}
