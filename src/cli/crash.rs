//! Crash files: what a bug leaves behind, so that it can be reported.

use std::fs;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::frontend::tui;
use crate::session::mask::Masker;

/// Sends every later panic into a file of `folder`, with a line on stderr that says where; `masker`
/// knows what neither may hold.
///
/// The run of a slot may survive a panic of its own (the session decides), so the hook never ends
/// the process.
pub(crate) fn install_hook(folder: PathBuf, masker: Masker) {
    std::panic::set_hook(Box::new(move |info| report(&folder, &masker, info)));
}

fn report(folder: &Path, masker: &Masker, info: &PanicHookInfo<'_>) {
    let mut text = describe(info);
    masker.text(&mut text);
    let first = text.lines().next().unwrap_or_default();
    let details = match write_file(folder, &text) {
        Ok(path) => format!(
            "details are in {}; please send that file with a report\n",
            path.display()
        ),
        Err(error) => format!(
            "no crash file in {} ({error}); the details:\n{text}\n",
            folder.display()
        ),
    };
    // Behind a full screen nobody would read it.
    tui::say(&format!(
        "maestro: this is a bug: {first}\nmaestro: {details}"
    ));
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload_as_str().unwrap_or("panic without a message");
    let place = info
        .location()
        .map_or_else(|| "unknown place".to_owned(), ToString::to_string);
    let thread = std::thread::current();
    format!(
        "{message}\n\nplace: {place}\nthread: {}\nversion: maestro {} on {} {}\n\n{}\n",
        thread.name().unwrap_or("unnamed"),
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        std::backtrace::Backtrace::force_capture(),
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "a crash file is named after the time, and no clock can be handed to a panic hook"
)]
fn write_file(folder: &Path, text: &str) -> std::io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let micros = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_micros());
    let path = folder.join(format!("crash-{micros}-{}.txt", std::process::id()));
    fs::write(&path, text)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::config::Secret;

    #[test]
    fn panic_leaves_a_file_that_says_what_and_where() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("crash");
        let secret = Secret::stored("invariant of mine".to_owned());
        install_hook(folder.clone(), Masker::new(&[secret], None));
        let thread = std::thread::Builder::new().name("rude".to_owned());
        let ended = thread
            .spawn(|| panic!("invariant 7 is broken: 'invariant of mine'"))
            .unwrap()
            .join();
        drop(std::panic::take_hook());
        assert!(ended.is_err());
        let text = fs::read_dir(folder)
            .unwrap()
            .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
            .find(|text| text.starts_with("invariant 7 is broken: '***'"))
            .unwrap();
        assert!(text.contains("thread: rude"), "{text}");
        assert!(text.contains("src/cli/crash.rs:"), "{text}");
    }
}
