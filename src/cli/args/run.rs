//! Arguments of `run` and of what belongs to it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::report::Wanted;
use crate::record::StudySize;
use crate::runner::recording::Fault;

/// Run a test on one unit
///
/// TEST is a YAML file, the folder or the name of a package (its tests/main.yaml), or `package:name`
/// for another of its tests. Names are looked up in the folders of `package_path`. Nothing is started before the whole package has been checked. Every event is on
/// the disk before it is shown, and the exit code tells a bad unit from a bad station.
///
/// The first Ctrl-C ends the run with its cleanup; a second one says what is still being cleaned up.
///
/// With --step the run is held before each step that would be executed, also before a sequence and
/// before each of its steps, and after each step, before its verdict ends or aborts anything. There
/// it is told to run the next step, to run the last one again, to skip the next one, to set a
/// variable or to go on. With --break it goes on by itself up to the steps that are named: by their
/// name, or by a path such as `Power up/Measure` where the name alone is not enough. Every
/// execution of a step is kept, and the last one counts. Time limits stand still while the run is
/// held, and cleanup after an abort is never held. Such a run is marked `debug`; what was skipped,
/// run again and set by hand stands among its overrides.
///
/// With --grr the runs are those of a gauge study, marked `grr`: every operator measures every unit
/// the same number of times, and none again before all the others had their turn. On a terminal
/// that leads through the study unit by unit; it may be left and gone on with. Runs that end with
/// neither PASS nor FAIL do not count and are made again.
///
/// On a terminal the run fills the screen; the last line says which keys mean something. Ctrl-Z
/// goes back to the shell between units, and is refused while one is tested. Should the screen
/// itself break, the run goes on as lines and the command ends with 70.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  maestro run my-board --serial PB-0042
  maestro run my-board --serial PB-0042 --operator bob --tag Batch=B7
  maestro run tests/main.yaml --serial X --var rail=3.0          an engineering run
  maestro run my-board --serial X --unattended --report junit:results/X.xml
  maestro run my-board --serial X --format json | jq .verdict
  maestro run my-board --serial X --step                         a debug run, step by step
  maestro run my-board --serial X --break 'Sweep load' --break 'Power up/Measure'
  maestro run my-board --grr 3x10x3 --study caliper-7            a gauge study
  maestro run my-board --serial X --record board.jsonl           answers of all runners
  maestro run my-board --simulate board.jsonl --fault 'Measure rail=value:9.9'")]
pub(crate) struct RunArgs {
    /// YAML file, package folder, or `package:name`
    #[arg(value_name = "TEST")]
    pub(crate) test: PathBuf,

    /// Serial number of the unit
    #[arg(
        long,
        short,
        value_name = "TEXT",
        env = "MAESTRO_SERIAL",
        hide_env = true
    )]
    pub(crate) serial: Option<String>,

    /// Who runs it, instead of the name of the account
    #[arg(
        long,
        short,
        value_name = "NAME",
        env = "MAESTRO_OPERATOR",
        hide_env = true
    )]
    pub(crate) operator: Option<String>,

    /// Fixture that holds the unit
    #[arg(long, value_name = "ID", env = "MAESTRO_FIXTURE", hide_env = true)]
    pub(crate) fixture: Option<String>,

    /// Slot of the station
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) slot: u32,

    /// Tag stored with the run and readable as `exec.tag.KEY`; may be repeated
    #[arg(long = "tag", short = 't', value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) tags: Vec<(String, String)>,

    /// Initial value of a variable; makes it an engineering run; may be repeated
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) variables: Vec<(String, String)>,

    /// What the run counts as, where it is not for production
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<RunMode>,

    /// Measure for a gauge study (crossed, AIAG MSA): 3x10x3 takes 3 operators, 10 units, 3 trials;
    /// `maestro stats grr` evaluates it
    #[arg(
        long,
        value_name = "OPERATORSxUNITSxTRIALS",
        conflicts_with_all = ["mode", "simulate", "step", "breaks", "variables"]
    )]
    pub(crate) grr: Option<StudySize>,

    /// Name of the gauge study; the date, unless given. Runs of that name are gone on with
    #[arg(long, value_name = "NAME", requires = "grr")]
    pub(crate) study: Option<String>,

    /// Test one unit after another: ask for the next one after each verdict; on a terminal only.
    /// Without a serial number that is what a terminal gets anyway
    #[arg(long = "loop", conflicts_with = "serial")]
    pub(crate) in_loop: bool,

    /// Hold the run before and after each step, until it is told to run the step, run it again, skip
    /// it, set a variable or go on; makes it a debug run; on a terminal only
    #[arg(long, conflicts_with = "unattended")]
    pub(crate) step: bool,

    /// Hold the run before a step, given by its name or its path; may be repeated; then as `--step`
    #[arg(long = "break", value_name = "NAME", conflicts_with = "unattended")]
    pub(crate) breaks: Vec<String>,

    /// Write lines instead of the full screen that a terminal gets
    #[arg(long)]
    pub(crate) headless: bool,

    /// Answer prompts without anybody; `auto`: only where there is no terminal
    #[arg(
        long,
        value_name = "WHEN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "always"
    )]
    pub(crate) unattended: Option<Unattended>,

    /// Report to write at the end, such as `html:out.html`, `junit:out.xml` or `json:-`; forms are
    /// those of `maestro report`, or the name of a template; may be repeated
    #[arg(long = "report", value_name = "FORMAT:PATH", value_parser = report)]
    pub(crate) reports: Vec<ReportTarget>,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,

    /// Check everything that can be checked without starting a step, and stop
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Keep every request to a runner and its answer in FILE, for --simulate
    #[arg(long, value_name = "FILE", conflicts_with_all = ["in_loop", "simulate"])]
    pub(crate) record: Option<PathBuf>,

    /// Let the recording FILE answer in place of the runners: no hardware and no test code is needed
    #[arg(long, value_name = "FILE", conflicts_with = "mode")]
    pub(crate) simulate: Option<PathBuf>,

    /// What goes wrong in the simulation: STEP=timeout, =error, =crash or =value:X, or
    /// =value:NAME=X for one of several values; may be repeated
    #[arg(long = "fault", value_name = "STEP=FAULT", requires = "simulate")]
    pub(crate) faults: Vec<Fault>,

    /// Wait so many seconds for a busy station
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) wait: Option<Duration>,

    /// Wait so many seconds at the end for stores that are not there yet
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) sync: Option<Duration>,
}

/// Show the steps of a test, without running anything
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro plan my-board
  maestro plan my-board --format json")]
pub(crate) struct PlanArgs {
    /// YAML file or package folder
    #[arg(value_name = "TEST")]
    pub(crate) test: PathBuf,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Close what a crash left
///
/// Ends processes of runs that were interrupted, makes the station safe by its `safe_state`, and
/// records those runs as ABORTED. Every run does so by itself; this is for boot scripts. While the
/// station is made safe no run begins on it. The exit code is 5 where a step of the `safe_state`
/// failed.
///
/// A unit whose cleanup was not complete may be live until somebody says that it is safe: at the
/// screen, which asks at the end of the run and again before the next one, or with `--acknowledge`.
/// Until then every run and `maestro recover` warn of it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro recover                       close what a crash left, and tell which units may be live
  maestro recover --acknowledge         you have looked: they are safe")]
pub(crate) struct RecoverArgs {
    /// Say that the units of this station that may be live are safe: those that were told before,
    /// none that is found only now
    #[arg(long)]
    pub(crate) acknowledge: bool,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Lines for people, or JSON for programs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// lines for people
    #[default]
    Human,
    /// JSON for programs
    Json,
}

/// What a run counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunMode {
    /// counts in statistics
    Production,
    /// somebody tries something
    Engineering,
    /// instruments are simulated
    Simulation,
    /// a gauge study
    Grr,
}

/// When prompts are answered without anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unattended {
    /// also on a terminal
    Always,
    /// only where there is no terminal
    Auto,
}

/// A report that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReportTarget {
    pub(crate) wanted: Wanted,
    /// As it was written.
    pub(crate) word: String,
    /// `None` stands for standard output.
    pub(crate) path: Option<PathBuf>,
}

/// Reads `NAME=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.to_owned()))
        }
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

fn report(text: &str) -> Result<ReportTarget, String> {
    let parts = text
        .split_once(':')
        .filter(|(word, path)| !word.is_empty() && !path.is_empty());
    let (word, path) = parts.ok_or_else(|| {
        "write it as FORMAT:PATH, FORMAT being html, pdf, json, junit, csv, markdown, atml or the \
         name of a template"
            .to_owned()
    })?;
    Ok(ReportTarget {
        wanted: Wanted::of_word(word),
        word: word.to_owned(),
        path: (path != "-").then(|| PathBuf::from(path)),
    })
}

/// A number of seconds, also with a fraction.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "write a number of seconds, such as 30 or 0.5".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Form;

    #[test]
    fn report_names_its_form_and_its_place() {
        let target = report("junit:out/x:1.xml").unwrap();
        assert_eq!(target.wanted, Wanted::Form(Form::Junit));
        assert_eq!(target.path, Some(PathBuf::from("out/x:1.xml")));
        assert_eq!(report("json:-").unwrap().path, None);
        let template = Wanted::Template("certificate".to_owned());
        assert_eq!(report("certificate:c.pdf").unwrap().wanted, template);
        for wrong in ["junit", "junit:", ":a", ""] {
            assert!(
                report(wrong).unwrap_err().contains("html, pdf, json"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn pair_keeps_everything_after_the_first_sign() {
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(pair("a="), Ok(("a".to_owned(), String::new())));
        assert!(pair("=b").is_err());
        assert!(pair("ab").is_err());
    }

    #[test]
    fn seconds_are_a_number_that_is_not_negative() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["-1", "x", "NaN", "1e99", ""] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
