//! Instruments: one exchange for each step, over sessions that live as long as the run.
//!
//! | module | what it owns |
//! |---|---|
//! | `target` | the fields of a step |
//! | `resource` | resource strings and their options |
//! | `sessions` | the open sessions of a run |
//! | `session` | one exchange, what an earlier one left behind, the log |
//! | `link` | what a connection can do, and what can go wrong with it |
//! | `stream` | messages on a stream of bytes: terminators, blocks, late answers |
//! | `open` | opening a connection without being held up by it |
//! | `tcp`, `serial` | the streams |
//! | `visa` | connections through a vendor's VISA library |
//! | `block`, `number` | IEEE 488.2 data |
//! | `errors` | the error queue of an instrument |
//! | `answer` | bytes as outputs |

mod answer;
mod block;
mod errors;
mod link;
mod number;
mod open;
mod resource;
mod serial;
mod session;
mod sessions;
#[cfg(test)]
mod simulated;
mod stream;
mod target;
mod tcp;
#[cfg(test)]
mod tests;
mod visa;

use std::time::Duration;

use maestro_protocol::{ErrorObject, ExecuteResult};
use serde_json::Value;

pub use self::resource::check_resource;
pub(crate) use self::sessions::Sessions;
pub use self::target::asks_for_answer;
use self::target::{Exchange, Target};
pub use self::visa::{VISA_LIBRARY, find_visa_library};
use crate::files::Files;
use crate::talk::Talk;

/// Limit of an exchange for which nobody gave one.
const LIMIT: Duration = Duration::from_secs(2);
/// How much longer than the engine a runner waits: the engine's limit is the one that counts.
const AFTER_ENGINE: Duration = Duration::from_secs(2);

/// Carries out one step.
pub(crate) fn execute(
    sessions: &mut Sessions,
    target: &Value,
    timeout_ms: Option<u64>,
    files: &mut Files,
    talk: &mut dyn Talk,
) -> Result<ExecuteResult, ErrorObject> {
    let target = Target::read(target)?;
    let limit = match (target.resource.options.timeout_ms, timeout_ms) {
        (Some(own), _) => Duration::from_millis(own),
        (None, Some(attempt)) => Duration::from_millis(attempt).saturating_add(AFTER_ENGINE),
        (None, None) => LIMIT,
    };
    let answer = sessions.exchange(&target, limit, talk)?;
    match answer {
        Some(answer) => answer::outputs(&target, &answer, files, talk),
        None => Ok(ExecuteResult::default()),
    }
}

/// Says what a step would do, or why it cannot.
pub(crate) fn look_at(target: &Value) -> Result<String, ErrorObject> {
    let target = Target::read(target)?;
    let name = &target.resource.name;
    Ok(match &target.exchange {
        Exchange::Write(text) => format!("writes {text} to {name}"),
        Exchange::Query(text) => format!("queries {text} of {name}"),
        Exchange::Read => format!("reads from {name}"),
    })
}
