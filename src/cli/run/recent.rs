//! Whether a unit was tested a moment ago, at this station or at another one.
//!
//! The shared store is asked for as long as an operator does not notice; a store that is slower
//! than that is not waited for.

use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::cli::args::StoreName;
use crate::cli::stores::Stores;
use crate::event::Timestamp;
use crate::frontend::text::clock_text;
use crate::record::{Filter, RunSummary};
use crate::verdict::Verdict;

/// A unit that was tested within this time is tested again only if somebody says so.
const JUST_TESTED: Duration = Duration::from_hours(12);

/// How long the shared store may take to answer.
const PATIENCE: Duration = Duration::from_millis(300);

/// What to tell before the unit `serial` is tested with the test `test` once more; `None` where it
/// was not tested lately.
pub(super) fn doubt(stores: &Stores, test: &str, serial: &str, now: Timestamp) -> Option<String> {
    let filter = Filter {
        serial_number: Some(serial.to_owned()),
        test: Some(test.to_owned()),
        since: Some(Timestamp(
            now.0.saturating_sub(JUST_TESTED.as_micros() as i64),
        )),
        limit: Some(1),
        ..Filter::default()
    };
    let shared = begin_asking_shared(stores, &filter);
    let local = newest(stores, StoreName::Local, &filter);
    let shared = shared.recv_timeout(PATIENCE).ok().flatten();
    // What this station did last may not have been delivered yet: the newer of the two counts.
    let of = |run: Option<RunSummary>, store: StoreName| run.map(|run| (run, store));
    let newest = [of(shared, StoreName::Shared), of(local, StoreName::Local)];
    let found = newest.into_iter().flatten().rev();
    let (run, store) = found.max_by_key(|(run, _)| run.started_at)?;
    Some(told(&run, store.place(), now))
}

/// A store that never answers holds up its own thread, which ends by the store's deadline.
fn begin_asking_shared(stores: &Stores, filter: &Filter) -> Receiver<Option<RunSummary>> {
    let (sender, answer) = mpsc::channel();
    let (stores, filter) = (stores.clone(), filter.clone());
    let ask = move || {
        // Nobody waits any more where the answer comes too late.
        let _: Result<(), _> = sender.send(newest(&stores, StoreName::Shared, &filter));
    };
    // Without a thread nothing is sent: the receiver is told at once.
    let _: std::io::Result<thread::JoinHandle<()>> = thread::Builder::new().spawn(ask);
    answer
}

fn newest(stores: &Stores, store: StoreName, filter: &Filter) -> Option<RunSummary> {
    let history = stores.history(Some(store)).ok()?.history.ok()?;
    history.list(filter).ok()?.into_iter().next()
}

fn told(run: &RunSummary, place: &str, now: Timestamp) -> String {
    let ago = clock_text(now.since(run.started_at).as_secs());
    let serial = run.serial_number.as_deref().unwrap_or_default();
    let verdict = run.verdict.map_or("without a verdict", Verdict::as_str);
    format!("{serial} was tested {ago} ago: {verdict} ({place}). Enter tests it again")
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use std::net::TcpListener;
    use std::time::Instant;

    use super::*;
    use crate::session::wall_clock;
    use crate::station::Station;

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "measures how long an operator waits"
    )]
    fn server_that_never_answers_holds_nobody_up() {
        let home = tempfile::tempdir().unwrap();
        // Connections are accepted by the system and never read.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let station = Station {
            database_url: Some(format!(
                "postgresql://it@{}/runs",
                silent.local_addr().unwrap()
            )),
            ..Station::default()
        };
        let stores = Stores::of(&station, home.path(), None).unwrap();
        let began = Instant::now();
        assert_eq!(doubt(&stores, "Final Test", "SN-1", wall_clock()), None);
        assert!(began.elapsed() < PATIENCE * 10, "{:?}", began.elapsed());
    }
}
