//! Between two units: who tests, which unit comes next, and how the shift went so far.
//!
//! Pure: a scan or a key comes in, what is wanted comes out. Whether a unit may be tested is asked
//! of a function that is handed in.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::entry::TextField;
use super::key::Key;
use super::pace::Tempo;
use super::scan::{Doubles, Scanner};
use crate::event::Timestamp;
use crate::record::{Refused, Study};
use crate::verdict::Verdict;

/// Verdicts that are shown of the units before.
const NEWEST: usize = 10;

/// What is asked before each unit, and what was tested.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(super) title: String,
    pub(super) station: String,
    pub(super) fields: Vec<Field>,
    /// The field that is filled in.
    pub(super) at: usize,
    pub(super) text: TextField,
    pub(super) note: Option<String>,
    /// The unit may be tested once Enter confirms it.
    pub(super) doubt: Option<String>,
    pub(super) shift: Shift,
    /// A gauge study, which takes only certain units from certain people.
    pub(super) study: Option<Study>,
    pub(super) is_leaving: bool,
    scanner: Scanner,
    doubles: Doubles,
    idle: Option<Duration>,
    idle_since: Option<Timestamp>,
    starts: Option<Starts>,
    seen_at: Option<Timestamp>,
}

/// When shifts begin.
#[derive(Debug, Clone)]
pub(crate) struct Starts {
    pub(crate) times: Vec<Time>,
    pub(crate) zone: TimeZone,
}

/// Something that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) what: What,
    pub(crate) value: String,
    /// Kept from unit to unit: the operator, and tags such as the lot.
    pub(crate) is_kept: bool,
}

/// What a field is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Operator,
    Serial,
    Tag(String),
}

/// What was tested since the screen was opened.
#[derive(Debug, Default)]
pub(crate) struct Shift {
    pub(super) tested: u32,
    pub(super) passed: u32,
    pub(super) newest: VecDeque<(String, Verdict)>,
}

/// What is asked for next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) serial: String,
    pub(crate) operator: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
}

/// Whether a unit may be tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admission {
    Yes,
    /// Only if somebody says so once more.
    Doubtful(String),
    No(String),
}

/// What a key came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Stay,
    Test(Unit),
    /// Back to the shell, for a while.
    Suspend,
    Leave,
}

impl Desk {
    /// A desk that asks for `fields`, those without a value first.
    pub(crate) fn new(
        title: String,
        station: String,
        fields: Vec<Field>,
        scanner: Scanner,
    ) -> Self {
        let mut desk = Self {
            title,
            station,
            fields,
            at: 0,
            text: TextField::default(),
            note: None,
            doubt: None,
            shift: Shift::default(),
            study: None,
            is_leaving: false,
            scanner,
            doubles: Doubles::default(),
            idle: None,
            idle_since: None,
            starts: None,
            seen_at: None,
        };
        desk.go_to_first_empty();
        desk
    }

    /// Asks for the operator again after nobody did anything for so long.
    pub(crate) fn forget_operator_after(&mut self, idle: Duration) {
        self.idle = Some(idle);
    }

    /// Asks for the operator again, and counts anew, when a shift begins.
    pub(crate) fn ask_at(&mut self, starts: Starts) {
        self.starts = Some(starts);
    }

    /// Takes units for a gauge study only.
    pub(crate) fn take_part_in(&mut self, study: Study) {
        self.study = Some(study);
    }

    /// The gauge study as it stands.
    pub(crate) const fn study(&mut self) -> Option<&mut Study> {
        self.study.as_mut()
    }

    /// Another person is there now.
    pub(crate) fn operator_is(&mut self, name: &str) {
        for field in self
            .fields
            .iter_mut()
            .filter(|it| it.what == What::Operator)
        {
            name.clone_into(&mut field.value);
        }
    }

    /// Notes the verdict of a unit and asks for the next one.
    pub(crate) fn tested(&mut self, serial: &str, verdict: Verdict) {
        self.shift.tested += 1;
        self.shift.passed += u32::from(verdict == Verdict::Pass);
        self.shift.newest.push_back((serial.to_owned(), verdict));
        if self.shift.newest.len() > NEWEST {
            self.shift.newest.pop_front();
        }
        for field in self.fields.iter_mut().filter(|field| !field.is_kept) {
            field.value.clear();
        }
        self.idle_since = None;
        self.go_to_first_empty();
    }

    /// Says something about the unit before.
    pub(crate) fn tell(&mut self, text: String) {
        self.note = Some(text);
    }

    /// The unit could not be tested: says why, and asks for a unit again.
    pub(crate) fn not_tested(&mut self, why: String) {
        self.clear_unit();
        self.note = Some(why);
    }

    /// Time passes.
    pub(super) fn tick(&mut self, now: Timestamp) {
        let since = *self.idle_since.get_or_insert(now);
        if self.idle.is_some_and(|idle| now.since(since) >= idle) {
            self.idle_since = Some(now);
            self.forget_operator("nobody was here for a while: who tests now?");
        }
        let before = self.seen_at.replace(now);
        if let (Some(starts), Some(before)) = (&self.starts, before)
            && starts.has_begun(before, now)
        {
            self.shift = Shift::default();
            self.forget_operator("a new shift begins: who tests now?");
        }
    }

    fn forget_operator(&mut self, why: &str) {
        let is_known = |it: &&mut Field| it.what == What::Operator && !it.value.is_empty();
        if let Some(field) = self.fields.iter_mut().find(is_known) {
            field.value.clear();
            // A unit that waits for a yes waits for that of somebody who is there.
            self.doubt = None;
            self.note = Some(why.to_owned());
            self.go_to_first_empty();
        }
    }

    /// Takes a key; `admit` says whether a unit may be tested.
    pub(super) fn key(
        &mut self,
        key: &Key,
        tempo: Tempo,
        now: Timestamp,
        admit: &mut dyn FnMut(&Unit) -> Admission,
    ) -> Next {
        let is_scan = tempo == Tempo::Burst;
        self.idle_since = Some(now);
        if self.is_leaving {
            self.is_leaving = false;
            return match key {
                Key::Char('y' | 'Y') if !is_scan => Next::Leave,
                _ => Next::Stay,
            };
        }
        match key {
            Key::Ctrl('z') => Next::Suspend,
            Key::Ctrl('c') | Key::Esc => {
                if self.doubt.take().is_some() {
                    self.clear_unit();
                } else {
                    self.is_leaving = true;
                }
                Next::Stay
            }
            Key::F(2) => {
                self.change_operator();
                Next::Stay
            }
            Key::Paste(text) => {
                text.chars()
                    .filter(|c| *c != '\n')
                    .for_each(|c| self.text.insert(c));
                self.submit(now, admit)
            }
            // A scanner may end with a tab.
            Key::Enter | Key::Tab if self.doubt.is_some() && !is_scan => {
                self.doubt = None;
                Next::Test(self.unit())
            }
            Key::Enter | Key::Tab => self.submit(now, admit),
            key => {
                self.note = None;
                self.text.key(key);
                Next::Stay
            }
        }
    }

    fn submit(&mut self, now: Timestamp, admit: &mut dyn FnMut(&Unit) -> Admission) -> Next {
        let text = self.scanner.read(&self.text.text()).trim().to_owned();
        self.text = TextField::default();
        if text.is_empty() || self.doubles.is_double(&text, now) {
            return Next::Stay;
        }
        if let Some(field) = self.fields.get_mut(self.at) {
            field.value = text;
        }
        self.note = None;
        self.doubt = None;
        if !self.go_to_first_empty() {
            return Next::Stay;
        }
        let unit = self.unit();
        let admission = match self.refused(&unit) {
            Some(refused) => Admission::No(refused.to_string()),
            None => admit(&unit),
        };
        match admission {
            Admission::Yes => return Next::Test(unit),
            Admission::Doubtful(why) => self.doubt = Some(why),
            Admission::No(why) => {
                self.clear_unit();
                self.note = Some(why);
            }
        }
        Next::Stay
    }

    /// Why the study does not take a unit now.
    fn refused(&self, unit: &Unit) -> Option<Refused> {
        let study = self.study.as_ref()?;
        let operator = unit.operator.as_deref().unwrap_or_default();
        study.admit(operator, &unit.serial).err()
    }

    /// The operator who is known, if any.
    pub(super) fn operator(&self) -> Option<&str> {
        let is_known = |it: &&Field| it.what == What::Operator && !it.value.is_empty();
        self.fields
            .iter()
            .find(is_known)
            .map(|it| it.value.as_str())
    }

    /// Forgets what belongs to one unit.
    fn clear_unit(&mut self) {
        for field in self.fields.iter_mut().filter(|field| !field.is_kept) {
            field.value.clear();
        }
        self.doubles = Doubles::default();
        self.go_to_first_empty();
    }

    fn change_operator(&mut self) {
        for field in &mut self.fields {
            if field.what == What::Operator {
                field.value.clear();
            }
        }
        self.text = TextField::default();
        self.go_to_first_empty();
    }

    /// Goes to the first field without a value; true where none is.
    fn go_to_first_empty(&mut self) -> bool {
        let empty = self.fields.iter().position(|field| field.value.is_empty());
        self.at = empty.unwrap_or(self.fields.len().saturating_sub(1));
        empty.is_none()
    }

    fn unit(&self) -> Unit {
        let mut unit = Unit::default();
        for field in &self.fields {
            let value = field.value.clone();
            match &field.what {
                What::Operator => unit.operator = Some(value),
                What::Serial => unit.serial = value,
                What::Tag(key) => unit.tags.push((key.clone(), value)),
            }
        }
        unit
    }
}

impl Starts {
    /// Whether a shift began after `before`, at `now` at the latest.
    fn has_begun(&self, before: Timestamp, now: Timestamp) -> bool {
        let Ok(last) = jiff::Timestamp::from_microsecond(now.0) else {
            return false;
        };
        let today = last.to_zoned(self.zone.clone()).date();
        let days = [today.yesterday().ok(), Some(today)];
        days.into_iter().flatten().any(|day| {
            self.times.iter().any(|time| {
                let start = day.to_datetime(*time).to_zoned(self.zone.clone());
                let at = start.map(|start| start.timestamp().as_microsecond());
                at.is_ok_and(|at| before.0 < at && at <= now.0)
            })
        })
    }
}

impl What {
    /// What the operator reads.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Operator => "Who tests? Scan or type your name".to_owned(),
            Self::Serial => "Scan the serial number".to_owned(),
            Self::Tag(key) => format!("Scan or type {key}"),
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Operator => "Operator",
            Self::Serial => "Serial number",
            Self::Tag(key) => key,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(what: What, value: &str, is_kept: bool) -> Field {
        let value = value.to_owned();
        Field {
            what,
            value,
            is_kept,
        }
    }

    fn desk() -> Desk {
        let fields = vec![
            field(What::Operator, "", true),
            field(What::Serial, "", false),
            field(What::Tag("Lot".to_owned()), "", true),
        ];
        Desk::new(
            "Board".to_owned(),
            "ST-1".to_owned(),
            fields,
            Scanner::default(),
        )
    }

    /// Scans a text at a second; the scanner ends with a return.
    fn scan(desk: &mut Desk, text: &str, second: i64, admission: &Admission) -> Next {
        let mut next = Next::Stay;
        for (place, c) in text.chars().chain(['\r']).enumerate() {
            let key = if c == '\r' { Key::Enter } else { Key::Char(c) };
            let now = Timestamp(second * 1_000_000 + place as i64 * 1_000);
            let tempo = if place == 0 {
                Tempo::Single
            } else {
                Tempo::Burst
            };
            next = desk.key(&key, tempo, now, &mut |_| admission.clone());
        }
        next
    }

    #[test]
    fn operator_unit_and_lot_are_asked_for_and_the_lot_only_once() {
        let mut desk = desk();
        assert_eq!(scan(&mut desk, "anna", 1, &Admission::Yes), Next::Stay);
        assert_eq!(scan(&mut desk, "SN-1", 2, &Admission::Yes), Next::Stay);
        let Next::Test(unit) = scan(&mut desk, "L-7", 3, &Admission::Yes) else {
            panic!("everything is there");
        };
        assert_eq!(unit.operator.as_deref(), Some("anna"));
        assert_eq!((unit.serial.as_str(), &unit.tags[0].1[..]), ("SN-1", "L-7"));
        desk.tested("SN-1", Verdict::Pass);
        let Next::Test(unit) = scan(&mut desk, "SN-2", 9, &Admission::Yes) else {
            panic!("the rest is kept");
        };
        assert_eq!(unit.tags[0].1, "L-7");
        desk.tested("SN-2", Verdict::Fail);
        assert_eq!((desk.shift.tested, desk.shift.passed), (2, 1));
    }

    #[test]
    fn unit_in_doubt_needs_an_enter_that_no_scanner_sent() {
        let mut desk = desk();
        scan(&mut desk, "anna", 1, &Admission::Yes);
        scan(&mut desk, "SN-1", 2, &Admission::Yes);
        let doubt = Admission::Doubtful("tested a minute ago".to_owned());
        assert_eq!(scan(&mut desk, "L-7", 3, &doubt), Next::Stay);
        assert!(desk.doubt.is_some());
        let next = desk.key(
            &Key::Enter,
            Tempo::Single,
            Timestamp(9_000_000),
            &mut |_| Admission::Yes,
        );
        assert!(matches!(next, Next::Test(_)));
    }

    #[test]
    fn refused_unit_says_why_and_is_forgotten() {
        let mut desk = desk();
        scan(&mut desk, "anna", 1, &Admission::Yes);
        scan(&mut desk, "SN-1", 2, &Admission::Yes);
        let no = Admission::No("serial number 'SN-1' does not match".to_owned());
        assert_eq!(scan(&mut desk, "L-7", 3, &no), Next::Stay);
        assert!(
            desk.note
                .as_deref()
                .is_some_and(|note| note.contains("SN-1"))
        );
        assert_eq!(desk.fields[desk.at].what, What::Serial);
        assert_eq!(desk.fields[2].value, "L-7");
    }

    #[test]
    fn second_pull_of_the_trigger_does_not_fill_in_the_next_field() {
        let mut desk = desk();
        scan(&mut desk, "anna", 1, &Admission::Yes);
        scan(&mut desk, "SN-1", 3, &Admission::Yes);
        assert_eq!(scan(&mut desk, "SN-1", 4, &Admission::Yes), Next::Stay);
        assert_eq!(desk.fields[2].value, "");
    }

    #[test]
    fn operator_changes_by_key_and_is_forgotten_when_nobody_is_there() {
        let mut desk = desk();
        desk.forget_operator_after(Duration::from_mins(5));
        scan(&mut desk, "anna", 1, &Admission::Yes);
        desk.key(&Key::F(2), Tempo::Single, Timestamp(2_000_000), &mut |_| {
            Admission::Yes
        });
        assert_eq!(desk.fields[desk.at].what, What::Operator);
        scan(&mut desk, "bert", 3, &Admission::Yes);
        desk.tick(Timestamp(200_000_000));
        assert_eq!(desk.fields[desk.at].what, What::Serial);
        desk.tick(Timestamp(400_000_000));
        assert_eq!(desk.fields[desk.at].what, What::Operator);
    }

    #[test]
    fn shift_that_begins_asks_for_the_operator_and_counts_anew() {
        let mut desk = desk();
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let at = |text: &str| {
            let time: jiff::Timestamp = text.parse().unwrap();
            Timestamp(time.as_microsecond())
        };
        let times = vec![Time::constant(6, 0, 0, 0), Time::constant(22, 0, 0, 0)];
        desk.ask_at(Starts { times, zone });
        let second = at("2026-03-01T19:00:00Z").0 / 1_000_000;
        desk.tick(Timestamp(second * 1_000_000));
        scan(&mut desk, "anna", second, &Admission::Yes);
        desk.tested("SN-1", Verdict::Pass);
        desk.tick(at("2026-03-01T19:59:59Z"));
        assert_eq!((desk.shift.tested, desk.at), (1, 1));
        desk.tick(at("2026-03-01T20:00:00Z"));
        assert_eq!((desk.shift.tested, desk.at), (0, 0));
        scan(&mut desk, "bert", second + 3_600, &Admission::Yes);
        desk.tick(at("2026-03-01T20:00:10Z"));
        assert_eq!(desk.at, 1, "a shift begins once");
        // A unit was tested while the next one began.
        desk.tick(at("2026-03-02T04:10:00Z"));
        assert_eq!(desk.at, 0);
    }

    #[test]
    fn leaving_is_asked_about() {
        let mut desk = desk();
        let key = |desk: &mut Desk, key: Key, second: i64| {
            desk.key(
                &key,
                Tempo::Single,
                Timestamp(second * 1_000_000),
                &mut |_| Admission::Yes,
            )
        };
        assert_eq!(key(&mut desk, Key::Esc, 1), Next::Stay);
        assert_eq!(key(&mut desk, Key::Char('n'), 2), Next::Stay);
        assert_eq!(key(&mut desk, Key::Ctrl('c'), 3), Next::Stay);
        assert_eq!(key(&mut desk, Key::Char('y'), 4), Next::Leave);
    }
}
