//! A run that has ended, on the screen.

use super::super::app::Wish;
use super::{Bench, eventful};

#[test]
fn unit_that_may_be_live_stays_on_the_screen_until_enter_says_that_it_is_safe() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, stage.events.len());
    bench.wait(600);
    for keys in ["<esc>", "q", "<c-c>", "s", "<c-c>"] {
        assert_eq!(bench.press(keys), None, "{keys}");
        bench.wait(600);
    }
    let text = bench.frame((120, 40));
    assert!(text.contains("press Enter once it is safe"), "{text}");
    assert_eq!(bench.press("<enter>"), Some(Wish::Close));
}

#[test]
fn failures_are_found_one_after_another() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, stage.events.len());
    bench.wait(600);
    bench.press("s<home>");
    let mut names = Vec::new();
    for _ in 0..4 {
        bench.press("f");
        names.push(bench.app.run.tree.selected().unwrap().name.clone());
    }
    assert_eq!(names[0], "Measure 5V rail");
    assert_eq!(names[1], "Read all rails");
}
