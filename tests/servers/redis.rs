//! Redis: a server of the test's own, and the shared one.

use std::process::{Child, Command};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use ::redis::{Client, Connection};
use rustix::process::Signal;

use super::place::{PATIENCE, Place, free_port, not_installed, signal};

/// A server that this value owns. It keeps nothing on disk: after a restart it is empty.
#[derive(Debug)]
pub(crate) struct RedisServer {
    // Invariant: the process is gone before the place is dropped; see `Drop`.
    child: Option<Child>,
    place: Place,
    arguments: Vec<String>,
    port: u16,
}

impl RedisServer {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// With arguments as on the command line, such as `["--requirepass", "secret"]`.
    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let mut server = Self {
            child: None,
            place: Place::new("redis"),
            arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
            port: free_port(),
        };
        while !server.try_start() {
            server.port = free_port();
        }
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A connection to look with, without password or TLS.
    #[track_caller]
    pub(crate) fn connection(&self) -> Connection {
        connect(&self.url()).unwrap()
    }

    /// Every key, in order.
    #[track_caller]
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = ::redis::cmd("KEYS")
            .arg("*")
            .query(&mut self.connection())
            .unwrap();
        keys.sort();
        keys
    }

    #[track_caller]
    pub(crate) fn flush_all(&self) {
        ::redis::cmd("FLUSHALL")
            .exec(&mut self.connection())
            .unwrap();
    }

    /// `kill -9`: all keys are lost.
    pub(crate) fn stop(&mut self) {
        if let Some(child) = self.child.take() {
            signal(&[child.id()], Signal::KILL);
            self.place.await_end(child);
        }
    }

    /// Starts it anew on the same port, empty.
    #[track_caller]
    pub(crate) fn start_again(&mut self) {
        assert!(self.child.is_none(), "the server runs already");
        let end = Instant::now() + PATIENCE;
        while !self.try_start() {
            assert!(Instant::now() < end, "{}", self.place.last_words());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops the process (SIGSTOP): connections are accepted, and nobody answers.
    pub(crate) fn pause(&self) {
        self.send(Signal::STOP);
    }

    pub(crate) fn resume(&self) {
        self.send(Signal::CONT);
    }

    fn send(&self, wanted: Signal) {
        let pids = self.child.iter().map(Child::id).collect::<Vec<_>>();
        signal(&pids, wanted);
    }

    /// False if the server ended by itself, as it does when the port is taken.
    fn try_start(&mut self) -> bool {
        let mut command = Command::new(program());
        command
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args([
                "--save",
                "",
                "--appendonly",
                "no",
                "--daemonize",
                "no",
                "--dir",
            ])
            .arg(self.place.folder())
            .args(&self.arguments);
        let mut child = self.place.spawn(&mut command);
        let end = Instant::now() + PATIENCE;
        loop {
            if child.try_wait().unwrap().is_some() {
                let words = self.place.last_words();
                assert!(words.contains("Address already in use"), "{words}");
                self.place.await_end(child);
                return false;
            }
            if self.answers() {
                self.child = Some(child);
                return true;
            }
            assert!(Instant::now() < end, "{}", self.place.last_words());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether somebody listens; a demand for a password is an answer too.
    fn answers(&self) -> bool {
        let answer = connect(&self.url())
            .and_then(|mut connection| ::redis::cmd("PING").query::<String>(&mut connection));
        match answer {
            Ok(_) => true,
            Err(error) => error.code() == Some("NOAUTH"),
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The URL of the server that all tests share: never flush it, stop it, or list all its keys.
pub(crate) fn shared_redis() -> String {
    static OWN: OnceLock<RedisServer> = OnceLock::new();
    std::env::var("MAESTRO_TEST_REDIS")
        .ok()
        .filter(|url| !url.is_empty())
        // A static value is never dropped: the guard ends this server with the test process.
        .unwrap_or_else(|| OWN.get_or_init(RedisServer::start).url())
}

fn connect(url: &str) -> ::redis::RedisResult<Connection> {
    Client::open(url)?.get_connection_with_timeout(PATIENCE)
}

fn program() -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|path| path.join("redis-server").exists());
    if !is_there {
        not_installed("redis-server", "redis-server");
    }
    "redis-server".to_owned()
}
