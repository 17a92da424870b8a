//! What `/proc` tells of a process.

use std::fs;

/// What a thread of a process has taken of the processors, in µs; `None` once it has ended.
pub(crate) fn processor_time(process: u32, thread: &str) -> Option<f64> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let wanted = tasks.filter_map(Result::ok).find(|task| {
        fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == thread)
    })?;
    let times = fs::read_to_string(wanted.path().join("schedstat")).ok()?;
    let nanoseconds: f64 = times.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e3)
}

/// What a whole process has taken of the processors, in µs, threads that have ended included.
pub(crate) fn processor_time_of_all(process: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before may hold anything but ends with the last bracket.
    let fields: Vec<&str> = text.rsplit(") ").next()?.split(' ').collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks * 1e6 / rustix::param::clock_ticks_per_second() as f64)
}
