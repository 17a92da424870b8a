//! From the arguments that say which runs are meant to the filter that a store answers.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::args::{FilterArgs, ModeName, VerdictName};
use super::exit::Failure;
use super::moment::{ACCEPTED, moment};
use crate::event::{Mode, Timestamp};
use crate::record::Filter;
use crate::verdict::Verdict;

impl FilterArgs {
    /// The runs that are meant. Words for times are those of somebody in `zone` at `now`; `unasked`
    /// is the mode that counts where the person names none.
    pub(super) fn filter(
        &self,
        now: Timestamp,
        zone: &TimeZone,
        unasked: Option<Mode>,
    ) -> Result<Filter, Failure> {
        let now = zoned(now, zone)?;
        let since = time("--since", self.since.as_deref(), &now)?;
        let until = time("--until", self.until.as_deref(), &now)?;
        if let (Some(since), Some(until)) = (&since, &until)
            && since >= until
        {
            return Err(Failure::usage(format!(
                "no time lies between --since ({}) and --until ({})",
                since.strftime("%Y-%m-%d %H:%M:%S"),
                until.strftime("%Y-%m-%d %H:%M:%S")
            ))
            .help("a run counts if it started at the first or later, and before the second"));
        }
        let package = self.package.as_deref().map(|text| {
            text.rsplit_once('@')
                .map_or((text, None), |(name, version)| (name, Some(version)))
        });
        let micros = |time: Zoned| Timestamp(time.timestamp().as_microsecond());
        Ok(Filter {
            serial_number: self.serial.clone(),
            test: self.test.clone(),
            package: package.map(|(name, _)| name.to_owned()),
            package_version: package.and_then(|(_, version)| version).map(str::to_owned),
            station: self.station.clone(),
            operator: self.operator.clone(),
            tags: self.tags.clone(),
            verdict: self.verdict.map(Into::into),
            mode: self.mode.map_or(unasked, ModeName::mode),
            since: since.map(micros),
            until: until.map(micros),
            ..Filter::default()
        })
    }
}

impl ModeName {
    /// The one mode that is meant; `None` for all of them.
    const fn mode(self) -> Option<Mode> {
        Some(match self {
            Self::All => return None,
            Self::Production => Mode::Production,
            Self::Engineering => Mode::Engineering,
            Self::Debug => Mode::Debug,
            Self::Simulation => Mode::Simulation,
            Self::Grr => Mode::Grr,
        })
    }
}

impl From<VerdictName> for Verdict {
    fn from(name: VerdictName) -> Self {
        match name {
            VerdictName::Pass => Self::Pass,
            VerdictName::Fail => Self::Fail,
            VerdictName::Error => Self::Error,
            VerdictName::Aborted => Self::Aborted,
            VerdictName::Undetermined => Self::Undetermined,
        }
    }
}

fn zoned(now: Timestamp, zone: &TimeZone) -> Result<Zoned, Failure> {
    let now = jiff::Timestamp::from_microsecond(now.0)
        .map_err(|error| Failure::trouble(format!("the clock is out of range: {error}")))?;
    Ok(now.to_zoned(zone.clone()))
}

fn time(option: &str, text: Option<&str>, now: &Zoned) -> Result<Option<Zoned>, Failure> {
    let Some(text) = text else { return Ok(None) };
    moment(text, now)
        .map(Some)
        .ok_or_else(|| Failure::usage(format!("`{option} {text}`: this is no time")).help(ACCEPTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(args: &FilterArgs, unasked: Option<Mode>) -> Result<Filter, Failure> {
        let now = Timestamp(1_700_000_000_000_000);
        args.filter(now, &TimeZone::UTC, unasked)
    }

    #[test]
    fn mode_that_is_not_named_is_the_callers_to_choose() {
        let mode = |mode, unasked| {
            let args = FilterArgs {
                mode,
                ..FilterArgs::default()
            };
            filter(&args, unasked).unwrap().mode
        };
        let production = Some(Mode::Production);
        assert_eq!(mode(None, production), production);
        assert_eq!(mode(None, None), None);
        assert_eq!(mode(Some(ModeName::All), production), None);
        assert_eq!(mode(Some(ModeName::Grr), production), Some(Mode::Grr));
    }

    #[test]
    fn package_may_carry_its_version() {
        let table = [
            ("board", "board", None),
            ("board@1.2.0", "board", Some("1.2.0")),
            ("@scope/board@2", "@scope/board", Some("2")),
        ];
        for (text, name, version) in table {
            let args = FilterArgs {
                package: Some(text.to_owned()),
                ..FilterArgs::default()
            };
            let filter = filter(&args, None).unwrap();
            assert_eq!(filter.package.as_deref(), Some(name));
            assert_eq!(filter.package_version.as_deref(), version);
        }
    }

    #[test]
    fn times_that_make_no_period_are_told() {
        let args = |since: &str, until: &str| FilterArgs {
            since: Some(since.to_owned()),
            until: Some(until.to_owned()),
            ..FilterArgs::default()
        };
        let day = filter(&args("yesterday", "today"), None).unwrap();
        let (since, until) = (day.since.unwrap(), day.until.unwrap());
        assert_eq!(until.since(since).as_secs(), 86_400);
        let turned = filter(&args("today", "yesterday"), None).unwrap_err();
        assert!(turned.message.contains("2023-11-14 00:00:00"), "{turned:?}");
        let wrong = filter(&args("tomorow", "today"), None).unwrap_err();
        assert!(wrong.message.contains("--since tomorow"), "{wrong:?}");
        assert!(wrong.help.unwrap().contains("2 days ago"));
    }
}
