//! What every store must make of a filter; each store runs all cases.

use uuid::Uuid;

use super::contract::{TestStore, deliver};
use crate::event::{Event, Mode, RunId, RunStarted, Timestamp};
use crate::record::samples::{START, long_run, run_id};
use crate::record::{Annotation, AnnotationKind, Filter, HistoryError, Selector, Voided, is_void};
use crate::verdict::Verdict;

/// Delivers a run that begins so many minutes after [`START`].
fn add(store: &dyn TestStore, number: u64, minutes: i64, change: impl Fn(&mut RunStarted)) {
    let run = run_id(number);
    let mut events = long_run(run, 1);
    for envelope in &mut events {
        envelope.time = Timestamp(envelope.time.0 + minutes * 60_000_000);
        if let Event::RunStarted(started) = &mut envelope.event {
            change(started);
        }
    }
    deliver(&mut *store.sink(), run, &events);
}

fn listed(store: &dyn TestStore, filter: &Filter) -> Vec<RunId> {
    let runs = store.history().list(filter).unwrap();
    runs.into_iter().map(|run| run.run).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "fields of a filter are options")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "fields of a filter are options")]
fn minute(minutes: i64) -> Option<Timestamp> {
    Some(Timestamp(START.0 + minutes * 60_000_000))
}

fn tags(tags: &[(&str, &str)]) -> Filter {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    Filter {
        tags: tags.iter().map(owned).collect(),
        ..Filter::default()
    }
}

/// The first run is like many, the second like no other.
fn add_two(store: &dyn TestStore) {
    add(store, 1, 0, |_| {});
    add(store, 2, 1, |started| {
        started.station_id = "bench-2".to_owned();
        started.operator_id = text("Zoë O'Neil; --");
        started.serial_number = text("SN-?-2");
        started.mode = Mode::Grr;
        started.packages[0].name = "other-package".to_owned();
        started.packages[0].version = "7.0".to_owned();
        let mut tag = |key: &str, value| started.tags.insert(key.to_owned(), value);
        tag("Batch", "B7".into());
        tag("a \"b\".c[0] '?' ü", "x=y".into());
        tag("count", 3.into());
    });
}

pub(super) fn every_condition_of_a_filter_counts(store: &dyn TestStore) {
    add_two(store);
    let none = Filter::default;
    let only_second = [
        Filter {
            station: text("bench-2"),
            ..none()
        },
        Filter {
            operator: text("Zoë O'Neil; --"),
            ..none()
        },
        Filter {
            serial_number: text("SN-?-2"),
            ..none()
        },
        Filter {
            mode: Some(Mode::Grr),
            ..none()
        },
        Filter {
            package: text("other-package"),
            ..none()
        },
        Filter {
            package_version: text("7.0"),
            ..none()
        },
        Filter {
            since: minute(1),
            ..none()
        },
        Filter {
            since: minute(1),
            until: minute(2),
            ..none()
        },
        tags(&[("Batch", "B7")]),
        tags(&[("a \"b\".c[0] '?' ü", "x=y"), ("Batch", "B7")]),
        tags(&[("count", "3")]),
    ];
    for filter in only_second {
        assert_eq!(listed(store, &filter), [run_id(2)], "{filter:?}");
    }
    let first = Filter {
        until: minute(1),
        ..none()
    };
    assert_eq!(listed(store, &first), [run_id(1)]);
    let second = store.history().list(&none()).unwrap().swap_remove(0);
    assert_eq!(second.operator_id.as_deref(), Some("Zoë O'Neil; --"));
    assert_eq!(second.package_version.as_deref(), Some("7.0"));
    assert_eq!(second.tags["count"], 3);
}

pub(super) fn condition_that_no_run_meets_excludes_all(store: &dyn TestStore) {
    add_two(store);
    let none = Filter::default;
    let nothing = [
        Filter {
            station: text("bench"),
            ..none()
        },
        Filter {
            operator: text(""),
            ..none()
        },
        Filter {
            verdict: Some(Verdict::Error),
            ..none()
        },
        Filter {
            since: minute(1),
            until: minute(1),
            ..none()
        },
        Filter {
            station: text("bench-2"),
            mode: Some(Mode::Debug),
            ..none()
        },
        tags(&[("Batch", "b7")]),
        tags(&[("Batch", "B7"), ("count", "4")]),
        tags(&[("$.Batch", "B7")]),
    ];
    for filter in nothing {
        assert_eq!(listed(store, &filter), [], "{filter:?}");
    }
}

pub(super) fn pages_name_every_run_once(store: &dyn TestStore) {
    // Several begin at the same time: their ids decide.
    for number in 1..=7 {
        add(store, number, number as i64 / 3, |_| {});
    }
    let all = listed(store, &Filter::default());
    assert_eq!(all.len(), 7);
    for size in 1..=7 {
        let mut paged = Vec::new();
        let mut filter = Filter {
            limit: Some(size),
            ..Filter::default()
        };
        loop {
            let page = listed(store, &filter);
            assert!(page.len() <= size as usize);
            let Some(last) = page.last() else { break };
            filter.before = Some(*last);
            paged.extend(page);
            // A run that arrives meanwhile moves no page.
            add(store, 100 + paged.len() as u64, 60, |_| {});
        }
        paged.retain(|run| all.contains(run));
        assert_eq!(paged, all, "pages of {size}");
    }
}

pub(super) fn run_that_is_not_there_is_not_found(store: &dyn TestStore) {
    add(store, 1, 0, |_| {});
    let history = store.history();
    let whole = Selector::Id(run_id(1));
    assert_eq!(history.find(&whole).unwrap(), run_id(1));
    let missing = history.find(&Selector::Id(run_id(2)));
    assert!(matches!(missing, Err(HistoryError::NotFound(_))));
}

pub(super) fn voided_runs_are_left_out_where_that_is_asked(store: &dyn TestStore) {
    for number in 1..=3 {
        add(store, number, number as i64, |_| {});
    }
    let annotate = |number, run, kind, hour| {
        let one = annotation(number, run, kind, hour);
        store.annotations().add(&[one]).unwrap();
    };
    let (void, valid) = (AnnotationKind::Void, AnnotationKind::Valid);
    annotate(1, 1, void, 10);
    annotate(2, 2, void, 10);
    annotate(3, 2, valid, 11);
    annotate(4, 3, AnnotationKind::Disposition, 10);
    let left_out = Filter {
        voided: Voided::LeftOut,
        ..Filter::default()
    };
    assert_eq!(listed(store, &left_out), [run_id(3), run_id(2)]);
    assert_eq!(listed(store, &Filter::default()).len(), 3);
    annotate(5, 2, void, 12);
    assert_eq!(listed(store, &left_out), [run_id(3)]);
}

pub(super) fn what_is_said_of_a_run_is_kept_once_and_shown(store: &dyn TestStore) {
    add(store, 1, 0, |_| {});
    add(store, 2, 0, |_| {});
    let said = [
        annotation(1, 1, AnnotationKind::Disposition, 8),
        annotation(2, 1, AnnotationKind::Void, 9),
        annotation(3, 1, AnnotationKind::Disposition, 10),
    ];
    store.annotations().add(&said[..2]).unwrap();
    // Whoever did not hear that it was kept says it again.
    store.annotations().add(&said).unwrap();
    let history = store.history();
    let record = history.run(&Selector::Id(run_id(1))).unwrap();
    assert_eq!(record.annotations, said);
    assert!(is_void(&record.annotations));
    assert_eq!(store.count("audit_log"), 3);
    assert_eq!(
        store.text("SELECT DISTINCT action || ' ' || subject || ' ' || actor FROM audit_log"),
        format!("results.annotate {} Zoë", run_id(1))
    );
    let runs = history.list(&Filter::default()).unwrap();
    let of = |number| runs.iter().find(|run| run.run == run_id(number)).unwrap();
    assert!(of(1).voided && !of(2).voided);
    assert_eq!(of(1).disposition.as_deref(), Some("rework \"R12\" at 10"));
    assert_eq!(of(2).disposition, None);
}

fn annotation(number: u128, run: u64, kind: AnnotationKind, hour: i64) -> Annotation {
    let is_disposition = kind == AnnotationKind::Disposition;
    Annotation {
        id: Uuid::from_u128(0x8000_0000_0000_8000_8000_0000_0000_0000 + number),
        run: run_id(run),
        kind,
        disposition: is_disposition.then(|| format!("rework \"R12\" at {hour}")),
        reason: "it's a test\nof two lines".to_owned(),
        by: "Zoë".to_owned(),
        station: "bench-2".to_owned(),
        at: Timestamp(START.0 + hour * 3_600_000_000),
    }
}
