//! Connections that are encrypted, refused, lost, or never answered.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::error::{DatabaseError, Trouble};
use super::partition::{self, Month};
use super::session::{QUERY, Session};
use super::tests::{Database, options};
use super::{PostgresHistory, PostgresSink};
use crate::outbox::{Sink, SinkError};
use crate::record::HistoryError;
use crate::record::samples::{START, full_run, run_id};
use crate::servers::{Certificates, PostgresOptions as ServerOptions, PostgresServer};
use crate::store::contract::{TestStore as _, deliver};

/// What a connection with these parameters is: encrypted or not, or why it is not there.
fn connect(url: &str, parameters: &str) -> Result<bool, DatabaseError> {
    let mut session = Session::new(&options(&format!("{url}?{parameters}")));
    session.run("asking", QUERY, async |client| {
        let row = client
            .query_typed_one(
                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
                &[],
            )
            .await?;
        row.try_get(0)
    })
}

#[track_caller]
fn fails_with(outcome: Result<bool, DatabaseError>, trouble: Trouble, word: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.trouble, trouble, "{error}");
    assert!(error.to_string().contains(word), "{error}");
}

/// A URL whose host is the name that certificates are made for.
fn by_name(server: &PostgresServer) -> String {
    server.url("postgres").replace("127.0.0.1", "localhost")
}

#[test]
fn server_with_tls_only_is_reached_in_every_mode_that_allows_it() {
    let certificates = Certificates::make();
    let server = PostgresServer::start_with_tls(&certificates);
    let authority = format!("sslrootcert={}", certificates.authority().display());
    for url in [server.url("postgres"), by_name(&server)] {
        for parameters in [
            String::new(),
            "sslmode=allow".to_owned(),
            "sslmode=prefer".to_owned(),
            "sslmode=require".to_owned(),
            format!("sslmode=require&{authority}"),
            format!("sslmode=verify-ca&{authority}"),
            format!("sslmode=verify-full&{authority}"),
        ] {
            assert_eq!(connect(&url, &parameters), Ok(true), "{parameters}");
        }
        let plain = connect(&url, "sslmode=disable");
        fails_with(plain, Trouble::Unwilling, "pg_hba.conf");
    }
}

#[test]
fn certificate_of_another_authority_is_refused_where_it_counts() {
    let server = PostgresServer::start_with_tls(&Certificates::make());
    let other = Certificates::make();
    let authority = format!("sslrootcert={}", other.authority().display());
    for mode in ["verify-ca", "verify-full", "require"] {
        let outcome = connect(&by_name(&server), &format!("sslmode={mode}&{authority}"));
        fails_with(outcome, Trouble::Unreachable, "certificate");
    }
    let unknown = connect(&by_name(&server), "sslmode=verify-full");
    fails_with(unknown, Trouble::Unreachable, "certificate");
    assert_eq!(connect(&by_name(&server), "sslmode=require"), Ok(true));
}

#[test]
fn certificate_for_another_host_is_refused_by_verify_full_only() {
    let certificates = Certificates::for_names("DNS:elsewhere.example");
    let server = PostgresServer::start_with_tls(&certificates);
    let authority = format!("sslrootcert={}", certificates.authority().display());
    let full = connect(
        &by_name(&server),
        &format!("sslmode=verify-full&{authority}"),
    );
    fails_with(full, Trouble::Unreachable, "elsewhere.example");
    let ca = connect(&by_name(&server), &format!("sslmode=verify-ca&{authority}"));
    assert_eq!(ca, Ok(true));
}

#[test]
fn certificate_that_signs_itself_is_trusted_once_it_is_copied_to_the_station() {
    let folder = TempDir::new().unwrap();
    let (certificate, key) = (folder.path().join("own.pem"), folder.path().join("own.key"));
    sign_itself(&certificate, &key);
    let server = PostgresServer::launch(ServerOptions {
        tls: Some((certificate.clone(), key)),
        ..ServerOptions::default()
    });
    let copied = format!("sslmode=verify-full&sslrootcert={}", certificate.display());
    assert_eq!(connect(&by_name(&server), &copied), Ok(true));
    let (other, key) = (folder.path().join("o.pem"), folder.path().join("o.key"));
    sign_itself(&other, &key);
    let foreign = format!("sslmode=verify-full&sslrootcert={}", other.display());
    fails_with(
        connect(&by_name(&server), &foreign),
        Trouble::Unreachable,
        "certificate",
    );
}

fn sign_itself(certificate: &Path, key: &Path) {
    let output = Command::new("openssl")
        .args(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(' '),
        )
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .arg("-keyout")
        .arg(key)
        .arg("-out")
        .arg(certificate)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn station_shows_its_own_certificate_where_it_has_one() {
    let certificates = Certificates::make();
    // The server runs as somebody else.
    let folder = TempDir::new().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let authority = folder.path().join("authority.pem");
    std::fs::copy(certificates.authority(), &authority).unwrap();
    let server = PostgresServer::launch(ServerOptions {
        settings: vec![("ssl_ca_file".to_owned(), authority.display().to_string())],
        tls: Some((certificates.certificate(), certificates.key())),
        ..ServerOptions::default()
    });
    let url = format!(
        "{}?sslmode=require&sslcert={}&sslkey={}",
        server.url("postgres"),
        certificates.certificate().display(),
        certificates.key().display()
    );
    let name = Session::new(&options(&url)).run("asking", QUERY, async |client| {
        let row = client
            .query_typed_one(
                "SELECT client_dn::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
                &[],
            )
            .await?;
        row.try_get::<_, Option<String>>(0)
    });
    assert_eq!(name.unwrap().as_deref(), Some("/CN=maestro-test"));
}

#[test]
fn server_without_tls_is_reached_unless_it_is_required() {
    let database = Database::new();
    let url = database.url();
    for parameters in ["", "sslmode=disable", "sslmode=allow", "sslmode=prefer"] {
        assert_eq!(connect(&url, parameters), Ok(false), "{parameters}");
    }
    let required = connect(&url, "sslmode=require");
    fails_with(required, Trouble::Unreachable, "does not support TLS");
}

#[test]
fn file_that_is_missing_is_named() {
    let database = Database::new();
    let outcome = connect(
        &database.url(),
        "sslmode=verify-full&sslrootcert=/nowhere/ca.pem",
    );
    fails_with(outcome, Trouble::Configuration, "/nowhere/ca.pem");
}

#[test]
fn wrong_password_is_told_without_the_password() {
    let server = PostgresServer::launch(ServerOptions {
        password: Some("correct-horse".to_owned()),
        ..ServerOptions::default()
    });
    assert_eq!(connect(&server.url("postgres"), ""), Ok(false));
    let wrong = server.url("postgres").replace("correct", "wrong");
    let mut sink = PostgresSink::new(&options(&wrong), None);
    let Err(SinkError::Unavailable(text)) = sink.cursor(run_id(1)) else {
        panic!("it must wait until somebody corrects it");
    };
    assert!(
        text.contains("28P01") && text.contains("database_url_file"),
        "{text}"
    );
    assert!(
        text.contains("127.0.0.1") && !text.contains("horse"),
        "{text}"
    );
}

#[test]
fn database_that_is_missing_is_told_with_the_way_out() {
    let url = Database::new().url();
    let mut sink = PostgresSink::new(&options(&url), None);
    let Err(SinkError::Unavailable(text)) = sink.cursor(run_id(1)) else {
        panic!("it must wait until somebody makes it");
    };
    assert!(text.contains("createdb"), "{text}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a wait is measured")]
fn server_that_never_answers_is_given_up_at_the_deadline() {
    let hole = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = hole.local_addr().unwrap().port();
    for mode in ["disable", "prefer", "require"] {
        let url =
            format!("postgresql://m:hidden@127.0.0.1:{port}/x?connect_timeout=1&sslmode={mode}");
        let start = Instant::now();
        let outcome = PostgresSink::new(&options(&url), None).cursor(run_id(1));
        let Err(SinkError::Unavailable(text)) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(
            text.contains("connecting") && !text.contains("hidden"),
            "{text}"
        );
        let history = PostgresHistory::open(&options(&url));
        assert!(matches!(history, Err(HistoryError::Unavailable(_))));
        assert!(start.elapsed() < Duration::from_secs(5), "{mode}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a wait is measured")]
fn server_that_stops_answering_in_the_middle_is_given_up_and_reached_again() {
    let server = PostgresServer::start();
    let mut session = Session::new(&options(&server.create_database()));
    let ask = |session: &mut Session| {
        session.run("asking", Duration::from_millis(300), async |client| {
            client.batch_execute("SELECT 1").await
        })
    };
    assert_eq!(ask(&mut session), Ok(()));
    server.pause();
    let start = Instant::now();
    let error = ask(&mut session).unwrap_err();
    assert_eq!(error.trouble, Trouble::Unreachable);
    assert!(error.to_string().contains("300ms while asking"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(2));
    server.resume();
    session.connect().unwrap();
    assert_eq!(ask(&mut session), Ok(()));
}

#[test]
fn statement_that_takes_too_long_costs_the_connection_and_nothing_else() {
    let database = Database::new();
    let mut session = database.session();
    let limit = Duration::from_millis(200);
    let slow = session.run("sleeping", limit, async |client| {
        client.batch_execute("SELECT pg_sleep(5)").await
    });
    assert_eq!(slow.unwrap_err().trouble, Trouble::Unreachable);
    session
        .run("asking", QUERY, async |client| {
            client.batch_execute("SELECT 1").await
        })
        .unwrap();
    assert_eq!(session.epoch(), 2);
}

#[test]
fn nothing_of_a_transaction_runs_after_its_connection_was_lost() {
    let database = Database::new();
    database.execute("CREATE TABLE kept (id int); CREATE TABLE lost (id int)");
    let mut session = database.session();
    let add = |session: &mut Session, table: &str| {
        let sql = format!("INSERT INTO {table} VALUES (1)");
        session.run("adding", QUERY, async |client| {
            client.batch_execute(&sql).await
        })
    };
    session.begin("ISOLATION LEVEL READ COMMITTED").unwrap();
    add(&mut session, "kept").unwrap();
    session.commit().unwrap();
    for broken in ["nowhere", "lost VALUES (1/0) --"] {
        session.begin("").unwrap();
        add(&mut session, "lost").unwrap();
        add(&mut session, broken).unwrap_err();
        let after = add(&mut session, "lost").unwrap_err();
        assert_eq!(after.trouble, Trouble::Unreachable, "{after}");
        assert!(session.commit().is_err());
    }
    session.begin("").unwrap();
    add(&mut session, "lost").unwrap();
    session.roll_back();
    add(&mut session, "kept").unwrap();
    assert_eq!((database.count("kept"), database.count("lost")), (2, 0));
}

#[test]
fn server_that_was_killed_gets_the_rest_when_it_is_back() {
    let mut server = PostgresServer::start();
    let url = server.create_database();
    let database = url.rsplit_once('/').unwrap().1;
    let (run, events) = (run_id(1), full_run(run_id(1)));
    let mut sink = PostgresSink::new(&options(&url), None);
    deliver(&mut sink, run, &events[..7]);
    for (place, end) in [(1, 12), (2, events.len())] {
        if place == 1 {
            server.kill();
        } else {
            server.stop_immediate();
        }
        let away = sink.cursor(run);
        assert!(matches!(&away, Err(SinkError::Unavailable(_))), "{away:?}");
        server.start_again();
        deliver(&mut sink, run, &events[..end]);
        assert_eq!(sink.cursor(run), Ok(end as u64));
    }
    let count = server
        .client(database)
        .query_one("SELECT count(*) FROM measurements", &[])
        .unwrap();
    assert_eq!(count.get::<_, i64>(0), 2);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a wait is measured")]
fn connection_that_is_lost_is_told_at_once() {
    let mut server = PostgresServer::start();
    let mut session = Session::new(&options(&server.url("postgres")));
    let sleep = |session: &mut Session, seconds: &str| {
        let start = Instant::now();
        let sql = format!("BEGIN; SELECT pg_sleep({seconds}); COMMIT");
        let outcome = session.run("asking", QUERY, async |client| {
            client.batch_execute(&sql).await
        });
        (outcome, start.elapsed())
    };
    sleep(&mut session, "0").0.unwrap();
    // Between two questions: the next one is on its way before the end is noticed.
    server.stop_immediate();
    let (outcome, took) = sleep(&mut session, "0");
    assert_eq!(outcome.unwrap_err().trouble, Trouble::Unreachable);
    assert!(took < QUERY / 2, "{took:?}");
    // In the middle of a question.
    server.start_again();
    let killer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        server.kill();
    });
    let (outcome, took) = sleep(&mut session, "60");
    killer.join().unwrap();
    assert_eq!(outcome.unwrap_err().trouble, Trouble::Unreachable);
    assert!(took < QUERY / 2, "{took:?}");
}

#[test]
fn connection_that_the_server_closed_meanwhile_is_no_error() {
    let database = Database::new();
    let mut sink = PostgresSink::new(&database.options(), None);
    sink.cursor(run_id(1)).unwrap();
    let closed = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                  WHERE application_name = 'maestro bench-1' AND datname = current_database()";
    database.execute(closed);
    // Whether it is still there is looked at after a second without use.
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(sink.cursor(run_id(1)), Ok(0));
}

#[test]
fn sink_that_rests_holds_no_connection() {
    let database = Database::new();
    let mut sink = PostgresSink::new(&database.options(), None);
    deliver(&mut sink, run_id(1), &full_run(run_id(1)));
    let connected = "(SELECT 1 FROM pg_stat_activity \
                     WHERE application_name = 'maestro bench-1' AND datname = current_database())";
    assert_eq!(database.count(connected), 1);
    sink.rest();
    for _ in 0..500 {
        if database.count(connected) == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(database.count(connected), 0);
    deliver(&mut sink, run_id(2), &full_run(run_id(2)));
    assert_eq!(database.count("test_executions"), 2);
}

#[test]
fn database_that_becomes_read_only_is_waited_for() {
    let database = Database::new();
    let (run, events) = (run_id(1), full_run(run_id(1)));
    let mut sink = PostgresSink::new(&database.options(), None);
    deliver(&mut sink, run, &events[..5]);
    let name = database.name();
    database.execute(&format!(
        "ALTER DATABASE {name} SET default_transaction_read_only = on"
    ));
    sink.rest();
    let refused = sink.touch(run, events[4].time);
    assert!(
        matches!(&refused, Err(SinkError::Unavailable(text)) if text.contains("primary")),
        "{refused:?}"
    );
    let mut admin = database.client();
    for sql in [
        "SET default_transaction_read_only = off",
        &format!("ALTER DATABASE {name} RESET default_transaction_read_only"),
    ] {
        admin.batch_execute(sql).unwrap();
    }
    deliver(&mut sink, run, &events);
    assert_eq!(sink.cursor(run), Ok(events.len() as u64));
}

#[test]
fn role_without_rights_is_told_what_it_lacks() {
    let database = Database::new();
    database.sink().cursor(run_id(1)).unwrap();
    let role = format!("{}_reader", database.name());
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
    ));
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let mut sink = PostgresSink::new(&options(&url), None);
    let refused = sink.deliver(&crate::outbox::Parcel {
        run: run_id(1),
        events: &full_run(run_id(1)),
        is_last: true,
    });
    assert!(
        matches!(&refused, Err(SinkError::Unavailable(text)) if text.contains("42501")),
        "{refused:?}"
    );
    let history = PostgresHistory::open(&options(&url)).unwrap();
    assert!(crate::record::History::list(&history, &crate::record::Filter::default()).is_ok());
    // Rights on the rows are enough as long as the owner has made the month.
    let month = Month::of(START).unwrap();
    let next = month.next().unwrap();
    partition::make(&mut database.session(), month).unwrap();
    database.execute(&format!(
        "DROP TABLE IF EXISTS {}; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        next.table()
    ));
    for number in 1..=2 {
        deliver(&mut sink, run_id(number), &full_run(run_id(number)));
    }
    assert_eq!(database.count("measurements"), 4);
    drop((sink, history));
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[test]
fn database_that_cannot_hold_every_text_is_refused() {
    let server = PostgresServer::start();
    server
        .client("postgres")
        .batch_execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
        .unwrap();
    let refused = PostgresSink::new(&options(&server.url("latin")), None).cursor(run_id(1));
    assert!(
        matches!(&refused, Err(SinkError::Unavailable(text)) if text.contains("--encoding=UTF8")),
        "{refused:?}"
    );
}
