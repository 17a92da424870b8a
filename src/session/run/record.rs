//! What goes to the record: its beginning, and every event on its way there.

use serde_json::{Map, Value};

use super::{Session, stop_runners};
use crate::event::{Cleanup, Event, Level, RunFinished, VariableSet, VariableSource};
use crate::journal::JournalError;
use crate::runner::recording::Header;
use crate::session::mask::{Masked, Pieces};
use crate::session::{Alarm, picture};

impl Session {
    /// Writes the beginning of the record. The disk takes it while the runners start.
    pub(super) fn open_record(&mut self) {
        let now = self.clock.now();
        if let Some(started) = self.started.take() {
            if let Some(tape) = &mut self.tape {
                let masker = self.masker.clone();
                tape.begin(Header::new(&started), move |line| masker.value(line));
            }
            let event = Masked::by(&self.masker, Event::RunStarted(Box::new(started)));
            self.recorder.publish(event, now);
        }
        let values: Map<String, Value> = self
            .engine
            .variables()
            .shared()
            .map(|(name, value)| (name, value.clone()))
            .collect();
        if !values.is_empty() {
            self.publish(Event::VariableSet(Box::new(VariableSet {
                step: None,
                source: VariableSource::Start,
                values,
            })));
        }
        let mut text = Pieces::default();
        for mut part in std::mem::take(&mut self.definitions) {
            if part.part == 1 {
                text.begin();
            }
            part.text = text.next(&self.masker, part.text, part.part < part.parts);
            // One by one, so that the texts of a large package are not in memory once more.
            let written = self.recorder.commit_unflushed();
            let event = Masked::by(&self.masker, Event::DefinitionRecorded(part));
            self.recorder.publish(event, now);
            if let Err(error) = written {
                return self.lose_journal(&error);
            }
        }
        if let Err(error) = self.recorder.commit_unflushed() {
            self.lose_journal(&error);
        }
    }

    /// Runs the station's `safe_state`: before the end of the run is told, and without the runners
    /// of the test, which may hold the instruments. Whether all of it was carried out; `None` where
    /// there is none.
    fn make_safe(&mut self) -> Option<bool> {
        if self.safe_state.is_empty() {
            return None;
        }
        stop_runners(&mut self.fleet, self.clock);
        let (clock, recorder) = (self.clock, &mut self.recorder);
        let mut tell = |event| {
            recorder.publish(Masked::by(&self.masker, event), clock.now());
            // A journal that is lost was told; the bench is made safe all the same.
            let _: Result<(), JournalError> = recorder.commit();
        };
        let first = self.engine.steps_begun() + 1;
        Some(self.safe_state.run(self.run, first, clock, &mut tell))
    }

    /// Keeps that the unit may be live, until somebody says that it is safe.
    fn raise_alarm(&mut self, finished: &RunFinished, is_made_safe: Option<bool>) {
        let Some(alarm) = &self.alarm else {
            return;
        };
        let alarm = Alarm {
            since: self.clock.now(),
            verdict: finished.verdict,
            cleanup: finished.cleanup,
            is_interrupted: false,
            is_made_safe,
            ..alarm.clone()
        };
        if let Err(error) = self.alarms.raise(&alarm) {
            let message = format!("nobody will be asked whether the unit is safe: {error}");
            let lost = Event::Logged {
                step: None,
                level: Level::Error,
                source: "engine".to_owned(),
                message,
            };
            self.publish(lost);
        }
    }

    /// Masks before anything is cut, so that no beginning of a secret is left at a cut.
    pub(super) fn publish(&mut self, mut event: Event) {
        let now = self.clock.now();
        if let Event::PromptOpened { prompt, .. } = &mut event {
            prompt.picture.iter_mut().for_each(picture::identify);
        }
        let mut event = Masked::by(&self.masker, event);
        for (step, artifact) in self.artifacts.shrink(event.event_mut()) {
            let stored = Event::ArtifactStored { step, artifact };
            let stored = Masked::by(&self.masker, stored);
            self.recorder.publish(stored, now);
        }
        if let Event::RunFinished(finished) = event.event_mut() {
            if !self.close_held() && finished.cleanup == Cleanup::Complete {
                finished.cleanup = Cleanup::Incomplete;
            }
            let finished = (**finished).clone();
            if finished.cleanup != Cleanup::Complete {
                // At once, and again with what came of it: the process may be killed meanwhile.
                self.raise_alarm(&finished, None);
                let is_made_safe = self.make_safe();
                self.raise_alarm(&finished, is_made_safe);
            }
            self.await_facts();
            self.finished = Some(finished);
        }
        self.recorder.publish(event, now);
    }
}
