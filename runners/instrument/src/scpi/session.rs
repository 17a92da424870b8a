//! One instrument: an exchange, what an earlier one left behind, the log.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use maestro_protocol::{ErrorObject, LogLevel};

use super::errors::{self, Entry};
use super::link::{Link, Message, Recovered, Trouble, Wait};
use super::open::{self, open};
use super::resource::Resource;
use super::target::{Exchange, Target, asks_for_answer};
use crate::clock;
use crate::failure::{cancelled, failed};
use crate::talk::Talk;
use crate::text::{head, quote};

/// Bytes of a message that the log shows.
const SHOWN: usize = 512;
/// Of a block, which nobody reads.
const SHOWN_OF_BLOCK: usize = 32;
/// Of a message that an error names.
const NAMED: usize = 100;
/// Time for the error queue of an instrument that has not answered.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// The session with one instrument.
#[derive(Debug)]
pub(super) struct Session {
    resource: Resource,
    link: Option<Box<dyn Link>>,
    /// It was open before: what the instrument kept for it may be lost.
    was_open: bool,
    /// A query whose answer may still come.
    unanswered: Option<String>,
}

impl Session {
    /// A session that is opened when it is first needed.
    pub(super) const fn new(resource: Resource) -> Self {
        Self {
            resource,
            link: None,
            was_open: false,
            unanswered: None,
        }
    }

    /// Carries out one step.
    pub(super) fn exchange(
        &mut self,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<Option<Message>, ErrorObject> {
        self.take_settings(target, talk);
        self.make_ready(target, limit, talk)?;
        let message = match &target.exchange {
            Exchange::Write(text) => {
                self.write(text, target, limit, talk)?;
                None
            }
            Exchange::Query(text) => Some(self.query(text, target, limit, talk)?),
            Exchange::Read => Some(self.read(target, limit, talk)?),
        };
        if target.opc {
            self.wait_for_completion(target, limit, talk)?;
        }
        if target.check_errors {
            self.check_errors(target, limit, talk)?;
        }
        Ok(message)
    }

    /// Another setting of the line needs another opening.
    fn take_settings(&mut self, target: &Target, talk: &mut dyn Talk) {
        if self.resource.options.line != target.resource.options.line && self.link.take().is_some()
        {
            let name = &target.resource.name;
            let message = format!("{name}: closed, to be opened with other settings");
            talk.log(LogLevel::Info, message);
        }
        self.resource = target.resource.clone();
    }

    /// Opens the connection where that is needed, and gets rid of what nobody wants any more.
    fn make_ready(
        &mut self,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<(), ErrorObject> {
        match &target.exchange {
            // The answer that may still come is what is wanted.
            Exchange::Read => return self.open(talk),
            Exchange::Write(_) if self.unanswered.is_some() && self.recovers_by_asking() => {
                return self.open(talk);
            }
            Exchange::Write(_) | Exchange::Query(_) => self.recover(target, limit, talk)?,
        }
        match self.link.as_mut().map(|link| link.discard()) {
            None => {}
            Some(Ok(stale)) => self.tell_stale(&stale, talk),
            // Nothing was sent yet, so that nothing is lost by opening it anew.
            Some(Err(Trouble::Broken(why))) => self.drop_link(&why, talk),
            Some(Err(trouble)) => return Err(self.failure(trouble, "", limit, talk)),
        }
        self.open(talk)
    }

    fn open(&mut self, talk: &mut dyn Talk) -> Result<(), ErrorObject> {
        if self.link.is_some() {
            return Ok(());
        }
        let name = &self.resource.name;
        let started = clock::now();
        match open(&self.resource, &Wait::new(open::LIMIT, talk)) {
            Ok(link) => self.link = Some(link),
            Err(Trouble::Cancelled) => return Err(cancelled()),
            Err(Trouble::TimedOut(_)) => {
                let limit = started.elapsed().as_millis();
                let message = format!("{name} cannot be opened within {limit} ms");
                return Err(failed("Connection", message));
            }
            Err(Trouble::Broken(why)) => {
                return Err(failed(
                    "Connection",
                    format!("{name} cannot be opened: {why}"),
                ));
            }
        }
        let message = format!("{name}: opened ({})", millis(started));
        talk.log(LogLevel::Debug, message);
        if std::mem::replace(&mut self.was_open, true) {
            let message = format!(
                "{name} was opened anew: what the instrument keeps for a connection is lost"
            );
            talk.log(LogLevel::Warning, message);
        }
        Ok(())
    }

    fn recovers_by_asking(&self) -> bool {
        let link = self.link.as_ref();
        link.is_some_and(|link| link.recovers_by_asking())
    }

    /// Makes sure that the answer to an earlier query is never taken for that of a later one.
    fn recover(
        &mut self,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<(), ErrorObject> {
        let Some(query) = self.unanswered.take() else {
            return Ok(());
        };
        let Some(link) = &mut self.link else {
            return Ok(());
        };
        let name = &self.resource.name;
        match link.recover(&target.terminator, &Wait::new(limit, talk)) {
            Ok(Recovered::Clean(how)) => {
                let message = format!("{name}: `{query}` was left without an answer; {how}");
                talk.log(LogLevel::Warning, message);
            }
            Ok(Recovered::Reopen) => {
                self.drop_link(&format!("`{query}` was left without an answer"), talk);
            }
            Err(Trouble::Broken(why)) => self.drop_link(&why, talk),
            Err(Trouble::Cancelled) => {
                self.unanswered = Some(query);
                return Err(cancelled());
            }
            Err(Trouble::TimedOut(_)) => {
                let message = format!(
                    "{name} has never answered `{query}` and does not answer `*IDN?` either: an \
                     answer that comes now could be that of any query"
                );
                self.unanswered = Some(query);
                return Err(failed("Timeout", message));
            }
        }
        Ok(())
    }

    fn drop_link(&mut self, why: &str, talk: &mut dyn Talk) {
        self.link = None;
        self.unanswered = None;
        let message = format!("{}: closed: {why}", self.resource.name);
        talk.log(LogLevel::Info, message);
    }

    fn tell_stale(&self, stale: &[u8], talk: &mut dyn Talk) {
        if stale.iter().any(|byte| !byte.is_ascii_whitespace()) {
            let message = format!(
                "{}: thrown away, since nobody asked for it: {}",
                self.resource.name,
                quote(stale, SHOWN)
            );
            talk.log(LogLevel::Warning, message);
        }
    }

    fn write(
        &mut self,
        text: &str,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<(), ErrorObject> {
        let started = clock::now();
        let sent = self.send(text, target, &Wait::new(limit, talk));
        self.log(Some((text, target)), None, started, talk);
        sent.map_err(|trouble| match trouble {
            Trouble::TimedOut(_) => {
                let (name, text) = (&self.resource.name, head(text, NAMED));
                let limit = limit.as_millis();
                failed(
                    "Timeout",
                    format!("{name} does not take `{text}` within {limit} ms"),
                )
            }
            trouble => self.failure(trouble, text, limit, talk),
        })?;
        if asks_for_answer(text) {
            self.unanswered = Some(head(text, NAMED));
        }
        Ok(())
    }

    fn query(
        &mut self,
        text: &str,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<Message, ErrorObject> {
        self.recover(target, limit, talk)?;
        self.open(talk)?;
        let started = clock::now();
        let wait = Wait::new(limit, talk);
        let sent = self.send(text, target, &wait);
        // From here on an answer may come at any time.
        self.unanswered = Some(head(text, NAMED));
        let received = sent.and_then(|()| self.receive(target, &wait));
        self.log(Some((text, target)), Some(&received), started, talk);
        self.concluded(received, text, target, limit, talk)
    }

    fn read(
        &mut self,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<Message, ErrorObject> {
        let started = clock::now();
        let received = self.receive(target, &Wait::new(limit, talk));
        self.log(None, Some(&received), started, talk);
        self.concluded(received, "", target, limit, talk)
    }

    fn concluded(
        &mut self,
        received: Result<Message, Trouble>,
        text: &str,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<Message, ErrorObject> {
        match received {
            Ok(message) => {
                self.unanswered = None;
                Ok(message)
            }
            Err(trouble) => {
                let is_silent = matches!(trouble, Trouble::TimedOut(_));
                let mut error = self.failure(trouble, text, limit, talk);
                if is_silent
                    && target.check_errors
                    && let Some(reported) = self.ask_why(target, talk)
                {
                    error.message = format!("{}; the instrument reports {reported}", error.message);
                }
                Err(error)
            }
        }
    }

    /// What the instrument has against a query that it did not answer.
    fn ask_why(&mut self, target: &Target, talk: &mut dyn Talk) -> Option<String> {
        let entries = self.error_queue(target, AFTERWARDS, talk).ok()?;
        (!entries.is_empty()).then(|| list(&entries))
    }

    fn send(&mut self, text: &str, target: &Target, wait: &Wait<'_>) -> Result<(), Trouble> {
        let mut message = text.as_bytes().to_vec();
        message.extend_from_slice(&target.terminator);
        self.link()?.send(&message, wait)
    }

    fn receive(&mut self, target: &Target, wait: &Wait<'_>) -> Result<Message, Trouble> {
        self.link()?.receive(&target.terminator, wait)
    }

    fn link(&mut self) -> Result<&mut Box<dyn Link>, Trouble> {
        self.link
            .as_mut()
            .ok_or_else(|| Trouble::Broken("the connection is closed".to_owned()))
    }

    /// `*OPC?` is answered when everything before it is done.
    fn wait_for_completion(
        &mut self,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<(), ErrorObject> {
        let answer = self.query("*OPC?", target, limit, talk)?.text();
        if answer.trim().trim_start_matches('+') == "1" {
            return Ok(());
        }
        let name = &self.resource.name;
        let message = format!("{name} answers `*OPC?` with {answer:?} instead of 1");
        Err(failed("OddAnswer", message))
    }

    fn check_errors(
        &mut self,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<(), ErrorObject> {
        let entries = self.error_queue(target, limit, talk)?;
        if entries.is_empty() {
            return Ok(());
        }
        let after = match &target.exchange {
            Exchange::Write(text) | Exchange::Query(text) => {
                format!(" after `{}`", head(text, NAMED))
            }
            Exchange::Read => String::new(),
        };
        let (name, errors) = (&self.resource.name, list(&entries));
        Err(failed(
            "InstrumentError",
            format!("{name} reports{after}: {errors}"),
        ))
    }

    fn error_queue(
        &mut self,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<Vec<Entry>, ErrorObject> {
        let mut entries = Vec::new();
        while entries.len() < errors::MOST {
            let answer = self.query(errors::QUERY, target, limit, talk)?.text();
            let Some(entry) = Entry::read(&answer) else {
                let (name, query) = (&self.resource.name, errors::QUERY);
                let message =
                    format!("{name} answers `{query}` with {answer:?}, which is no error");
                return Err(failed("OddAnswer", message));
            };
            if entry.is_none() {
                break;
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    /// Tells the bytes that went over the line.
    fn log(
        &self,
        sent: Option<(&str, &Target)>,
        received: Option<&Result<Message, Trouble>>,
        started: Instant,
        talk: &mut dyn Talk,
    ) {
        let mut line = format!("{}:", self.resource.name);
        if let Some((text, target)) = sent {
            let mut bytes = text.as_bytes().to_vec();
            bytes.extend_from_slice(&target.terminator);
            line.push_str(" > ");
            line.push_str(&quote(&bytes, SHOWN));
        }
        match received {
            Some(Ok(message)) => {
                let most = if message.is_block {
                    SHOWN_OF_BLOCK
                } else {
                    SHOWN
                };
                line.push_str(" < ");
                line.push_str(&quote(&message.raw, most));
            }
            Some(Err(Trouble::TimedOut(part))) if !part.is_empty() => {
                line.push_str(" < ");
                line.push_str(&quote(part, SHOWN));
                line.push_str(" and no end");
            }
            Some(Err(_)) => line.push_str(" < nothing"),
            None => {}
        }
        let _ = write!(line, " ({})", millis(started));
        talk.log(LogLevel::Debug, line);
    }

    /// Turns trouble into the answer of the step.
    fn failure(
        &mut self,
        trouble: Trouble,
        text: &str,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> ErrorObject {
        let name = self.resource.name.clone();
        let to = if text.is_empty() {
            String::new()
        } else {
            format!(" to `{}`", head(text, NAMED))
        };
        match trouble {
            Trouble::Cancelled => cancelled(),
            Trouble::TimedOut(part) => {
                let limit = limit.as_millis();
                let so_far = if part.is_empty() {
                    String::new()
                } else {
                    format!("; so far: {}", quote(&part, 100))
                };
                failed(
                    "Timeout",
                    format!("{name} does not answer{to} within {limit} ms{so_far}"),
                )
            }
            Trouble::Broken(why) => {
                self.drop_link(&why, talk);
                failed("Connection", format!("{name} is lost: {why}"))
            }
        }
    }
}

fn list(entries: &[Entry]) -> String {
    let shown = entries.iter().take(errors::SHOWN).map(Entry::to_string);
    let mut texts: Vec<String> = shown.collect();
    match entries.len() {
        errors::MOST => texts.push(format!(
            "and the queue is not empty after {} errors: does the instrument answer `{}`?",
            errors::MOST,
            errors::QUERY
        )),
        all if all > errors::SHOWN => texts.push(format!("and {} more", all - errors::SHOWN)),
        _ => {}
    }
    texts.join("; ")
}

fn millis(started: Instant) -> String {
    format!("{:.1} ms", started.elapsed().as_secs_f64() * 1000.0)
}
