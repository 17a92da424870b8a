//! The servers for tests: what the tests that use them rely on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use postgres::{Client, NoTls};

use crate::live::eventually;
use crate::servers::{
    Certificates, PostgresOptions, PostgresServer, RedisServer, TestDatabase, shared_redis,
};

#[test]
fn postgres_keeps_what_was_committed_when_it_is_killed() {
    let mut server = PostgresServer::start();
    let url = server.create_database();
    let mut client = Client::connect(&url, NoTls).unwrap();
    client.batch_execute("CREATE TABLE t (n int)").unwrap();
    for (number, stop) in [PostgresServer::stop_immediate, PostgresServer::kill]
        .into_iter()
        .enumerate()
    {
        client.execute("INSERT INTO t VALUES (1)", &[]).unwrap();
        stop(&mut server);
        assert!(client.simple_query("SELECT 1").is_err());
        assert!(Client::connect(&url, NoTls).is_err());
        server.start_again();
        client = Client::connect(&url, NoTls).unwrap();
        let row = client.query_one("SELECT count(*) FROM t", &[]).unwrap();
        assert_eq!(row.get::<_, i64>(0), number as i64 + 1);
    }
}

#[test]
fn paused_postgres_accepts_and_never_answers_until_it_goes_on() {
    let server = PostgresServer::start();
    let mut client = server.client("postgres");
    server.pause();
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    // A request for TLS, which is answered with one byte.
    stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
    assert!(stream.read(&mut [0]).is_err());
    server.resume();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap(), 1);
    client.simple_query("SELECT 1").unwrap();
}

#[test]
fn postgres_asks_for_its_password_over_tcp() {
    let server = PostgresServer::launch(PostgresOptions {
        password: Some("long-enough".to_owned()),
        ..PostgresOptions::default()
    });
    Client::connect(&server.url("postgres"), NoTls).unwrap();
    let wrong = server.url("postgres").replace("long", "short");
    let error = Client::connect(&wrong, NoTls).err().unwrap();
    assert_eq!(error.code().unwrap().code(), "28P01");
}

#[test]
fn postgres_with_tls_refuses_who_does_without() {
    let certificates = Certificates::make();
    let server = PostgresServer::start_with_tls(&certificates);
    let error = Client::connect(&server.url("postgres"), NoTls)
        .err()
        .unwrap();
    assert!(format!("{error:?}").contains("no encryption"), "{error:?}");
    let psql = Command::new("psql")
        .arg(server.url("postgres").replace("127.0.0.1", "localhost"))
        .args([
            "-Atc",
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
        ])
        .env("PGSSLMODE", "verify-full")
        .env("PGSSLROOTCERT", certificates.authority())
        .output()
        .unwrap();
    assert_eq!(psql.stdout, b"t\n", "{psql:?}");
}

#[test]
fn database_of_a_test_is_gone_with_its_value() {
    let database = TestDatabase::new();
    let url = database.url();
    database
        .client()
        .batch_execute("CREATE TABLE t ()")
        .unwrap();
    let _open = database.client();
    drop(database);
    assert!(Client::connect(&url, NoTls).is_err());
}

#[test]
fn redis_forgets_everything_when_it_is_stopped() {
    let mut server = RedisServer::start();
    let set = || {
        redis::cmd("SET")
            .arg("a")
            .arg(1)
            .exec(&mut server.connection())
    };
    set().unwrap();
    assert_eq!(server.keys(), ["a"]);
    server.flush_all();
    assert!(server.keys().is_empty());
    set().unwrap();
    server.stop();
    assert!(
        redis::Client::open(server.url())
            .unwrap()
            .get_connection()
            .is_err()
    );
    server.start_again();
    assert!(server.keys().is_empty());
    server.pause();
    server.resume();
    assert!(server.keys().is_empty());
}

#[test]
fn shared_redis_answers() {
    let client = redis::Client::open(shared_redis()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let answer: String = redis::cmd("PING").query(&mut connection).unwrap();
    assert_eq!(answer, "PONG");
}

#[test]
fn nothing_is_left_of_a_server_whose_test_panics() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let test = std::thread::spawn(move || {
        let postgres = PostgresServer::start();
        let redis = RedisServer::start();
        postgres.pause();
        sender.send((postgres.data_folder(), redis.port())).unwrap();
        panic!("as a failing test does");
    });
    let (data, port) = receiver.recv().unwrap();
    test.join().unwrap_err();
    assert!(!data.parent().unwrap().exists());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

/// What [`nothing_is_left_of_a_server_whose_test_is_killed`] starts in a process of its own.
#[test]
#[ignore = "is killed by another test"]
fn server_that_is_left_alone() {
    let postgres = PostgresServer::start();
    let redis = RedisServer::start();
    std::fs::write(
        std::env::var_os("MAESTRO_TEST_LEFT").unwrap(),
        format!("{}\n{}\n", postgres.data_folder().display(), redis.port()),
    )
    .unwrap();
    std::thread::sleep(Duration::from_mins(1));
}

#[test]
fn nothing_is_left_of_a_server_whose_test_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("left");
    let mut test = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "real_servers::server_that_is_left_alone",
        ])
        .env("MAESTRO_TEST_LEFT", &left)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let read = || std::fs::read_to_string(&left).unwrap_or_default();
    eventually("both servers run", || read().lines().count() == 2);
    test.kill().unwrap();
    test.wait().unwrap();
    let said = read();
    let (data, port) = said.trim().split_once('\n').unwrap();
    eventually("the folder is removed", || {
        !Path::new(data).parent().unwrap().exists()
    });
    let port = port.parse().unwrap();
    eventually("nobody listens", || {
        TcpStream::connect(("127.0.0.1", port)).is_err()
    });
}
