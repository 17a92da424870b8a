//! What the doctor finds in a shared store.

use super::{doctor, finds, rig, run};
use crate::servers::{PostgresServer, TestDatabase};

#[test]
fn shared_store_that_answers_is_fine() {
    let database = TestDatabase::new();
    let rig = rig().env("MAESTRO_DATABASE_URL", &database.url());
    // Empty at first, and then with tables.
    for wanted in ["makes its tables", "answers in"] {
        let checks = doctor(&rig, 0);
        let store = checks
            .iter()
            .find(|check| check["part"] == "PostgreSQL")
            .unwrap();
        assert_eq!(store["state"], "ok");
        assert!(
            store["says"].as_str().unwrap().contains(wanted),
            "{store:#}"
        );
        run(&rig).passes();
    }
}

#[test]
fn event_that_was_refused_is_named() {
    let database = TestDatabase::new();
    let rig = rig().env("MAESTRO_DATABASE_URL", &database.url());
    rig.run(["run", "short", "--serial", "S1", "--sync", "20"])
        .passes();
    let sql = "INSERT INTO delivery_rejects (run_id, seq, event, reason, rejected_at) \
               SELECT id, 7, '{}', 'odd value', now() FROM test_executions";
    database.client().batch_execute(sql).unwrap();
    finds(&rig, "PostgreSQL", "warn", "event 7: odd value");
}

#[test]
fn server_that_takes_no_writes_is_found() {
    let server = PostgresServer::start();
    let url = server.create_database();
    let rig = rig().env("MAESTRO_DATABASE_URL", &url);
    rig.run(["run", "short", "--serial", "S1", "--sync", "20"])
        .passes();
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap();
    let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    server.client("postgres").batch_execute(&sql).unwrap();
    finds(&rig, "PostgreSQL", "fail", "it is set to read only");
}

#[test]
fn server_that_is_away_is_found_and_so_is_what_waits_for_it() {
    let mut server = PostgresServer::start();
    let url = server.create_database();
    server.kill();
    let rig = rig().env("MAESTRO_DATABASE_URL", &url);
    run(&rig).passes();
    finds(&rig, "PostgreSQL", "fail", "refused");
    let checks = doctor(&rig, 1);
    let delivery = checks
        .iter()
        .find(|check| check["part"] == "delivery")
        .unwrap();
    assert_eq!(delivery["state"], "warn");
    assert!(
        delivery["says"].as_str().unwrap().contains("`shared`"),
        "{delivery:#}"
    );
}
