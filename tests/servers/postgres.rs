//! PostgreSQL: a server of the test's own, and databases on the shared one.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use ::postgres::{Client, Config, NoTls};
use rustix::process::Signal;

use super::certificates::Certificates;
use super::place::{PATIENCE, Place, children_of, free_port, signal};
use super::template::Programs;

/// What makes a server unlike the usual one.
#[derive(Debug, Default)]
pub(crate) struct PostgresOptions {
    /// Settings, as in `postgresql.conf`.
    pub(crate) settings: Vec<(String, String)>,
    /// The password of `postgres`: asked for over TCP (SCRAM) when it is set.
    pub(crate) password: Option<String>,
    /// Certificate and key: TCP connections without TLS are refused when they are set.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    /// Puts the whole data folder on a disk in memory of so many MiB; needs root.
    pub(crate) disk_mib: Option<u32>,
}

/// A server that this value owns. Its account `postgres` may do everything; over TCP everybody is
/// trusted unless [`PostgresOptions::password`] is set. What it commits survives the kill of its
/// processes, not a power cut (`fsync` is off unless the settings turn it on).
#[derive(Debug)]
pub(crate) struct PostgresServer {
    // Invariant: the process is gone before the place is dropped; see `Drop`.
    child: Option<Child>,
    place: Place,
    programs: Programs,
    options: PostgresOptions,
    port: u16,
}

impl PostgresServer {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// With settings, as in `postgresql.conf`.
    pub(crate) fn start_with(settings: &[(&str, &str)]) -> Self {
        let settings = settings
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Self::launch(PostgresOptions {
            settings,
            ..PostgresOptions::default()
        })
    }

    /// With TLS only, for the host names of `certificates`.
    pub(crate) fn start_with_tls(certificates: &Certificates) -> Self {
        Self::launch(PostgresOptions {
            tls: Some((certificates.certificate(), certificates.key())),
            ..PostgresOptions::default()
        })
    }

    pub(crate) fn launch(options: PostgresOptions) -> Self {
        let programs = Programs::find();
        let place = Place::new("postgres");
        programs.give(place.folder());
        let mut server = Self {
            child: None,
            place,
            programs,
            options,
            port: free_port(),
        };
        server.furnish();
        while !server.try_start() {
            // Another test took the port in the meantime.
            server.port = free_port();
        }
        if let Some(password) = &server.options.password {
            let sql = format!("ALTER ROLE postgres PASSWORD '{password}'");
            server.client("postgres").batch_execute(&sql).unwrap();
        }
        server
    }

    /// A URL over TCP, with the password if there is one.
    pub(crate) fn url(&self, database: &str) -> String {
        let password = self.options.password.as_deref();
        let password = password.map_or_else(String::new, |password| format!(":{password}"));
        format!(
            "postgresql://postgres{password}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A connection over the server's own socket, which asks for no password and knows no TLS.
    #[track_caller]
    pub(crate) fn client(&self, database: &str) -> Client {
        self.try_client(database).unwrap()
    }

    /// Makes an empty database and gives its URL.
    pub(crate) fn create_database(&self) -> String {
        let name = unique_name();
        let sql = format!("CREATE DATABASE {name}");
        self.client("postgres").batch_execute(&sql).unwrap();
        self.url(&name)
    }

    pub(crate) fn data_folder(&self) -> PathBuf {
        self.place.folder().join("data")
    }

    /// What the server wrote about itself.
    pub(crate) fn log(&self) -> PathBuf {
        self.place.log()
    }

    /// `pg_ctl stop -m immediate`: no connection is asked, nothing is written back.
    pub(crate) fn stop_immediate(&mut self) {
        self.end(Signal::QUIT);
    }

    /// `kill -9` of all its processes at once.
    pub(crate) fn kill(&mut self) {
        self.end(Signal::KILL);
    }

    /// Starts it anew on the same port and data.
    #[track_caller]
    pub(crate) fn start_again(&mut self) {
        assert!(self.child.is_none(), "the server runs already");
        let end = Instant::now() + PATIENCE;
        // After a kill its memory and its port may need a moment to become free.
        while !self.try_start() {
            assert!(Instant::now() < end, "{}", self.place.last_words());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Whether it was started and not stopped since.
    pub(crate) const fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// Starts it anew if it has given up by itself, and waits until it takes connections.
    #[track_caller]
    pub(crate) fn revive(&mut self) {
        let end = Instant::now() + PATIENCE;
        while self.try_client("postgres").is_err() {
            assert!(Instant::now() < end, "{}", self.place.last_words());
            let has_ended = |child: &mut Child| child.try_wait().unwrap().is_some();
            if self.child.as_mut().is_none_or(has_ended) {
                self.child = None;
                self.start_again();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops all its processes (SIGSTOP): connections are accepted, and nobody answers.
    pub(crate) fn pause(&self) {
        // The first process starts the others: it is stopped before they are counted.
        signal(&self.first(), Signal::STOP);
        signal(&self.processes(), Signal::STOP);
    }

    /// Lets all its processes go on.
    pub(crate) fn resume(&self) {
        signal(&self.processes(), Signal::CONT);
    }

    fn first(&self) -> Vec<u32> {
        self.child.iter().map(Child::id).collect()
    }

    fn processes(&self) -> Vec<u32> {
        let first = self.first();
        let children = first.iter().flat_map(|&pid| children_of(pid));
        first.iter().copied().chain(children).collect()
    }

    fn end(&mut self, how: Signal) {
        self.resume();
        let processes = match how {
            Signal::KILL => self.processes(),
            _ => self.first(),
        };
        signal(&processes, how);
        if let Some(child) = self.child.take() {
            self.place.await_end(child);
        }
    }

    /// Makes the data folder and the files beside it.
    fn furnish(&self) {
        let data = self.data_folder();
        if let Some(mib) = self.options.disk_mib {
            let disk = self.place.folder().join("disk");
            mount(&disk, mib);
            self.programs.give(&disk);
            std::os::unix::fs::symlink(disk.join("data"), &data).unwrap();
            self.programs.make_data(&disk.join("data"));
        } else {
            self.programs.make_data(&data);
        }
        let over_tcp = if self.options.tls.is_some() {
            "hostssl"
        } else {
            "host"
        };
        let how = self
            .options
            .password
            .as_ref()
            .map_or("trust", |_| "scram-sha-256");
        let rules = format!("local all all trust\n{over_tcp} all all 127.0.0.1/32 {how}\n");
        std::fs::write(self.place.folder().join("rules"), rules).unwrap();
        self.programs.give(&self.place.folder().join("rules"));
        if let Some((certificate, key)) = &self.options.tls {
            self.keep(certificate, "certificate");
            self.keep(key, "key");
        }
    }

    /// Copies a file that the server must own and nobody else may read.
    fn keep(&self, file: &Path, name: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let copy = self.place.folder().join(name);
        std::fs::copy(file, &copy).unwrap();
        std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600)).unwrap();
        self.programs.give(&copy);
    }

    fn settings(&self) -> Vec<(String, String)> {
        let folder = self.place.folder();
        let path = |name: &str| folder.join(name).display().to_string();
        let mut settings = vec![
            ("listen_addresses", "127.0.0.1".to_owned()),
            ("port", self.port.to_string()),
            ("unix_socket_directories", folder.display().to_string()),
            ("hba_file", path("rules")),
            ("fsync", "off".to_owned()),
            ("max_connections", "100".to_owned()),
            ("log_line_prefix", "%m [%p] ".to_owned()),
        ];
        if self.options.tls.is_some() {
            settings.push(("ssl", "on".to_owned()));
            settings.push(("ssl_cert_file", path("certificate")));
            settings.push(("ssl_key_file", path("key")));
        }
        let own = self.options.settings.iter().cloned();
        let usual = settings.into_iter();
        usual
            .map(|(key, value)| (key.to_owned(), value))
            .chain(own)
            .collect()
    }

    /// False if the server ended by itself, as it does when the port is taken.
    fn try_start(&mut self) -> bool {
        let mut command = self.programs.command("postgres");
        command.arg("-D").arg(self.data_folder());
        for (key, value) in self.settings() {
            command.arg("-c").arg(format!("{key}={value}"));
        }
        let mut child = self.place.spawn(&mut command);
        let end = Instant::now() + PATIENCE;
        loop {
            if child.try_wait().unwrap().is_some() {
                let words = self.place.last_words();
                let again = ["Address already in use", "still in use", "lock file"];
                assert!(again.iter().any(|known| words.contains(known)), "{words}");
                self.place.await_end(child);
                return false;
            }
            if self.try_client("postgres").is_ok() {
                self.child = Some(child);
                return true;
            }
            assert!(Instant::now() < end, "{}", self.place.last_words());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A connection as [`Self::client`] gives it, where the server takes one.
    pub(crate) fn try_client(&self, database: &str) -> Result<Client, ::postgres::Error> {
        Config::new()
            .host_path(self.place.folder())
            .port(self.port)
            .user("postgres")
            .dbname(database)
            .connect_timeout(PATIENCE)
            .connect(NoTls)
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop_immediate();
    }
}

/// The administrator's URL of the server that all tests share.
pub(crate) fn shared_postgres() -> String {
    static OWN: OnceLock<PostgresServer> = OnceLock::new();
    std::env::var("MAESTRO_TEST_POSTGRES")
        .ok()
        .filter(|url| !url.is_empty())
        // A static value is never dropped: the guard ends this server with the test process.
        .unwrap_or_else(|| OWN.get_or_init(PostgresServer::start).url("postgres"))
}

/// An empty database on the shared server, dropped with this value.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    admin: String,
    name: String,
}

impl TestDatabase {
    pub(crate) fn new() -> Self {
        let database = Self {
            admin: shared_postgres(),
            name: unique_name(),
        };
        database.administer(&format!("CREATE DATABASE {}", database.name));
        database
    }

    pub(crate) fn url(&self) -> String {
        let (server, _) = self.admin.rsplit_once('/').expect("the URL of a database");
        format!("{server}/{}", self.name)
    }

    #[track_caller]
    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.url(), NoTls).unwrap()
    }

    #[track_caller]
    fn administer(&self, sql: &str) {
        let mut admin = Client::connect(&self.admin, NoTls)
            .unwrap_or_else(|error| panic!("{}: {error}", self.admin));
        admin.batch_execute(sql).unwrap();
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Ok(mut admin) = Client::connect(&self.admin, NoTls) {
            let _ = admin.batch_execute(&sql);
        }
    }
}

/// A name that no other test, process or session uses.
fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    format!(
        "test_{}_{}_{}",
        now.unwrap().as_micros(),
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

fn mount(disk: &Path, mib: u32) {
    std::fs::create_dir(disk).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "maestro-test"])
        .arg(disk)
        .output()
        .unwrap();
    assert!(mounted.status.success(), "{mounted:?}");
}
