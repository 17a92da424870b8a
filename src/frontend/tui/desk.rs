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
use super::pace::{ALONE, Tempo};
use super::scan::{Doubles, Scanner, one_label};
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
    /// What somebody has said to that, unless it was a scanner.
    said: Option<(Said, Timestamp)>,
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

/// An answer to the question whether somebody leaves.
#[derive(Debug, Clone, Copy)]
enum Said {
    Leave,
    Stay,
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
            said: None,
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
    pub(crate) fn not_tested(&mut self, serial: &str, why: &str) {
        self.clear_unit();
        self.note = Some(format!("{serial} was not tested: {why}"));
    }

    /// Whether a key waits for company.
    pub(super) const fn is_waiting(&self) -> bool {
        self.said.is_some()
    }

    /// Time passes, and no key is left that nobody has taken.
    pub(super) fn tick(&mut self, now: Timestamp) -> Next {
        self.watch_clock(now);
        match self.said.take_if(|(_, at)| now.since(*at) >= ALONE) {
            Some((Said::Leave, _)) => return Next::Leave,
            Some((Said::Stay, _)) => self.is_leaving = false,
            None => {}
        }
        Next::Stay
    }

    /// Asks who is there after a while without a key, and when a shift begins.
    fn watch_clock(&mut self, now: Timestamp) {
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
            self.answer_leaving(key, tempo, now);
            return Next::Stay;
        }
        match key {
            Key::Ctrl('z') => return Next::Suspend,
            Key::Ctrl('c') | Key::Esc => self.go_back(),
            Key::F(2) => self.ask_again(|what| *what == What::Operator),
            Key::F(3) => self.ask_again(|what| matches!(what, What::Tag(_))),
            Key::Paste(text) => return self.paste(text, now, admit),
            // A scanner may end with a tab. What was typed meanwhile is another unit.
            Key::Enter | Key::Tab if self.doubt.is_some() && !is_scan && self.text.is_empty() => {
                self.doubt = None;
                return Next::Test(self.unit());
            }
            Key::Enter | Key::Tab => return self.submit(now, admit),
            key => {
                self.note = None;
                self.text.key(key);
            }
        }
        Next::Stay
    }

    /// A label may begin with any letter: an answer waits for company, and the rest of a label is
    /// no unit.
    fn answer_leaving(&mut self, key: &Key, tempo: Tempo, now: Timestamp) {
        let said = match key {
            _ if tempo == Tempo::Burst => None,
            Key::Char('y' | 'Y') | Key::Ctrl('c') => Some(Said::Leave),
            Key::Char('n' | 'N') | Key::Esc => Some(Said::Stay),
            _ => None,
        };
        self.said = said.map(|said| (said, now));
    }

    /// Takes back what was begun; where there is nothing, asks whether to leave.
    fn go_back(&mut self) {
        if !self.text.is_empty() {
            self.text = TextField::default();
        } else if self.doubt.take().is_some() {
            self.clear_unit();
        } else {
            self.is_leaving = true;
        }
    }

    /// Text that came in one piece is a whole label, but two labels are none.
    fn paste(
        &mut self,
        text: &str,
        now: Timestamp,
        admit: &mut dyn FnMut(&Unit) -> Admission,
    ) -> Next {
        match one_label(text) {
            Ok(text) => {
                self.text.paste(text);
                self.submit(now, admit)
            }
            Err(why) => {
                self.note = Some(why);
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

    /// Asks anew for what is kept from unit to unit; a unit that is in doubt is forgotten.
    fn ask_again(&mut self, is_asked: impl Fn(&What) -> bool) {
        for field in self.fields.iter_mut().filter(|it| is_asked(&it.what)) {
            field.value.clear();
        }
        if self.doubt.take().is_some() {
            self.clear_unit();
        }
        self.text = TextField::default();
        self.go_to_first_empty();
    }

    /// Whether anything is kept beside the operator.
    pub(super) fn has_tags(&self) -> bool {
        self.fields.iter().any(|it| matches!(it.what, What::Tag(_)))
    }

    /// Goes to the first field without a value; true where none is: whatever is scanned then is
    /// another unit.
    fn go_to_first_empty(&mut self) -> bool {
        let empty = self.fields.iter().position(|field| field.value.is_empty());
        let serial = || self.fields.iter().position(|it| it.what == What::Serial);
        self.at = empty.or_else(serial).unwrap_or_default();
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
