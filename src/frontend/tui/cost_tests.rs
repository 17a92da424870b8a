//! What a frame costs. The figures of the README come from `benches/screen.rs`; here the bounds are
//! wide, for builds without optimisation on busy machines.

use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

use super::app::App;
use super::key::Key;
use super::outline::Outline;
use super::pace::Tempo;
use super::picture::Pictures;
use super::theme::Theme;
use super::view;
use crate::event::Timestamp;
use crate::event::sample::{Stage, volts};
use crate::frontend::text::Script;
use crate::record::RunRecord;

const STEPS: u32 = 10_000;
const FRAMES: u32 = 30;

/// Without optimisation a frame takes four, and one that goes through ten thousand steps several
/// times takes a hundred.
const AT_MOST: Duration = Duration::from_millis(20);

#[test]
fn frame_of_ten_thousand_steps_is_cheap() {
    let mut stage = Stage::new(STEPS);
    for number in 0..STEPS {
        let step = stage.start(&format!("Measure rail {number}"), json!({}));
        let measured = json!({"measurements": [volts("V", 3.3, 3.0, 3.6)]});
        stage.finish(step, "PASS", measured);
    }
    let record = RunRecord::from_events(&stage.events).unwrap();
    let outline = Outline::of_record(&record);
    let theme = Theme {
        script: Script::Unicode,
        has_color: true,
        pictures: Pictures::Named,
    };
    let mut app = App::new(&outline, theme, TimeZone::UTC, Timestamp::default());
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    // Half of the run is there; the rest comes while frames are drawn.
    let mut events = stage.events.into_iter();
    app.events(events.by_ref().take(STEPS as usize).collect());
    let mut frames = |app: &mut App, next: &mut dyn FnMut(&mut App)| {
        let mut spent = Duration::ZERO;
        for _ in 0..FRAMES {
            next(app);
            let start = processor_time();
            terminal.draw(|frame| view::draw(app, frame)).unwrap();
            spent += processor_time().saturating_sub(start);
        }
        spent / FRAMES
    };
    let live = frames(&mut app, &mut |app| {
        app.events(events.by_ref().take(100).collect());
    });
    let scrolled = frames(&mut app, &mut |app| {
        app.key(&Key::PageUp, Tempo::Single, Timestamp::default());
    });
    assert!(live < AT_MOST, "a frame of a run took {live:?}");
    assert!(scrolled < AT_MOST, "a frame of a list took {scrolled:?}");
}

/// What this thread has taken of the processors, so that a busy machine does not count.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
