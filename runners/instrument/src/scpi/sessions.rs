//! The open sessions of a run: one for each instrument, shared by all steps that name it.

use std::collections::BTreeMap;
use std::time::Duration;

use maestro_protocol::ErrorObject;

use super::link::Message;
use super::resource::Address;
use super::session::Session;
use super::target::Target;
use crate::talk::Talk;

/// Sessions by address. Dropping closes them all.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    sessions: BTreeMap<Address, Session>,
}

impl Sessions {
    /// Carries out one exchange, over the session of its instrument; a `write` has no answer.
    pub(super) fn exchange(
        &mut self,
        target: &Target,
        limit: Duration,
        talk: &mut dyn Talk,
    ) -> Result<Option<Message>, ErrorObject> {
        let session = self
            .sessions
            .entry(target.resource.address.key())
            .or_insert_with(|| Session::new(target.resource.clone()));
        session.exchange(target, limit, talk)
    }
}
