//! Both kinds of store say the same of the same past.

use super::Past;

#[test]
fn lists_are_the_same_in_both_kinds_of_store() {
    let past = Past::of(40_000);
    let questions: &[&[&str]] = &[
        &["--limit", "0"],
        &["--limit", "25", "--verdict", "fail"],
        &[
            "--since",
            "2026-06-01",
            "--until",
            "2026-07-01",
            "--limit",
            "0",
        ],
        &["--station", "bench-3", "--operator", "erin", "--limit", "0"],
        &["--tag", "Batch=B-040", "--limit", "0"],
        &[
            "--package",
            "radio-module@2.0.1",
            "--mode",
            "engineering",
            "--limit",
            "0",
        ],
    ];
    for question in questions {
        let ask = |rig: &crate::rig::Rig| {
            let list = ["results", "list", "--format", "json"];
            rig.run(list.iter().chain(*question)).passes().json()
        };
        let (local, shared) = (ask(&past.local), ask(&past.shared));
        let runs = local.as_array().unwrap();
        assert!(!runs.is_empty(), "{question:?} finds nothing");
        assert_eq!(local, shared, "{question:?}");
    }
}

#[test]
fn figures_are_the_same_in_both_kinds_of_store() {
    let past = Past::of(40_000);
    let questions: &[&[&str]] = &[
        &["yield", "--by", "station"],
        &["yield", "--by", "month", "--since", "2026-01-01"],
        &["pareto"],
        &["capability", "FCT_12_I"],
        &["capability", "VOUT_3V3", "--test", "Final Inspection"],
        &["trend", "RF_03_R"],
        &["unit", "CB-1000007"],
    ];
    for question in questions {
        let ask = |rig: &crate::rig::Rig| {
            let stats = ["stats"].iter().chain(*question);
            let mut answer = rig.run(stats.chain(&["--format", "json"])).passes().json();
            for differs in ["store", "made_at"] {
                answer.as_object_mut().unwrap().remove(differs);
            }
            answer
        };
        assert_eq!(ask(&past.local), ask(&past.shared), "{question:?}");
    }
}
