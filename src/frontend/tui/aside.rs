//! What has to be said while the screen is open: nothing may be written over it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Bytes that are kept; who says more is not heard to the end.
const AT_MOST: usize = 1 << 20;

static ASIDE: Mutex<Aside> = Mutex::new(Aside {
    screen: None,
    kept: String::new(),
    shown: 0,
});

struct Aside {
    /// The thread that draws.
    screen: Option<ThreadId>,
    /// What is written once the screen is closed.
    kept: String,
    /// How much of it the screen has shown.
    shown: usize,
}

/// The screen of this thread is open.
pub(super) fn open() {
    aside().screen = Some(thread::current().id());
}

/// The screen is closed: gives what was kept.
pub(super) fn close() -> String {
    let mut aside = aside();
    aside.screen = None;
    aside.shown = 0;
    std::mem::take(&mut aside.kept)
}

/// Keeps a text; false where the thread of the screen says it, which will show nothing any more.
pub(super) fn keep(text: &str) -> bool {
    let mut aside = aside();
    if aside.screen == Some(thread::current().id()) {
        return false;
    }
    if aside.kept.len() + text.len() <= AT_MOST {
        aside.kept.push_str(text);
    }
    true
}

/// The first line of what was kept since this was asked before.
pub(super) fn newest() -> Option<String> {
    let mut aside = aside();
    let shown = aside.shown;
    aside.shown = aside.kept.len();
    let line = aside.kept[shown..].lines().next()?;
    Some(line.to_owned())
}

fn aside() -> MutexGuard<'static, Aside> {
    ASIDE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_threads_are_heard_on_the_screen_and_behind_it() {
        open();
        assert!(thread::spawn(|| keep("a bug\ndetails\n")).join().unwrap());
        assert!(
            !keep("over"),
            "the thread of the screen draws nothing any more"
        );
        assert_eq!(newest().as_deref(), Some("a bug"));
        assert_eq!(newest(), None);
        assert!(thread::spawn(|| keep("another\n")).join().unwrap());
        assert_eq!(newest().as_deref(), Some("another"));
        assert_eq!(close(), "a bug\ndetails\nanother\n");
    }
}
