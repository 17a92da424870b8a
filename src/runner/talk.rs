//! The conversation with one process: which request is open, which answers are still owed, and
//! which rule a line breaks. Never reads or writes a pipe.

use maestro_protocol::{
    DescribeResult, ErrorObject, ExecuteResult, Incoming, InitializeResult, Log, Outcome, Progress,
    PromptParams, RequestId, Rule, Violation, decode,
};

use super::CallId;

/// Most questions that one call may have open at a time.
const MOST_PROMPTS: usize = 16;

/// What the engine has asked and not yet been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Initialize,
    Describe(CallId),
    Execute(CallId),
    Shutdown,
}

/// What a line means at this point of the conversation.
#[derive(Debug)]
pub(super) enum Heard {
    Started(Result<InitializeResult, ErrorObject>),
    Described(CallId, Result<DescribeResult, ErrorObject>),
    Replied(CallId, Result<ExecuteResult, ErrorObject>),
    Late(CallId, Result<ExecuteResult, ErrorObject>),
    Farewell,
    Log(Log),
    Progress(CallId, Progress),
    Holds(Vec<String>),
    Prompt(CallId, RequestId, Box<PromptParams>),
    /// A question while no call runs: refuse it.
    StrayPrompt(RequestId),
    UnknownRequest(RequestId, String),
    /// Nothing to do; the text says what was ignored, if that is worth a line.
    Ignored(Option<String>),
}

/// State of the conversation.
#[derive(Debug)]
pub(super) struct Talk {
    /// Ids from `first` up to `next` were issued to this process.
    first: u64,
    next: u64,
    open: Option<(u64, Ask)>,
    /// Calls that were cancelled and are not answered yet.
    cancelled: Vec<(u64, CallId)>,
    prompts: Vec<RequestId>,
}

impl Talk {
    /// Begins a conversation whose first id is `first`.
    pub(super) fn new(first: u64) -> Self {
        Self {
            first,
            next: first,
            open: None,
            cancelled: Vec::new(),
            prompts: Vec::new(),
        }
    }

    /// Issues an id for a request. What was open before is forgotten: its answer is a violation.
    pub(super) fn ask(&mut self, ask: Ask) -> u64 {
        let id = self.next;
        self.next += 1;
        self.open = Some((id, ask));
        self.prompts.clear();
        id
    }

    /// The id that the next request will have.
    pub(super) fn next_id(&self) -> u64 {
        self.next
    }

    /// The `execute` or `describe` that waits for its answer.
    pub(super) fn open_call(&self) -> Option<CallId> {
        match self.open {
            Some((_, Ask::Execute(call) | Ask::Describe(call))) => Some(call),
            _ => None,
        }
    }

    /// Gives up whatever is open.
    pub(super) fn give_up(&mut self) -> Option<CallId> {
        let call = self.open_call();
        self.open = None;
        self.prompts.clear();
        call
    }

    /// Gives up an `execute` whose answer may still come; returns its id.
    pub(super) fn cancel(&mut self, call: CallId) -> Option<u64> {
        match self.open {
            Some((id, Ask::Execute(open))) if open == call => {
                self.open = None;
                self.cancelled.push((id, call));
                Some(id)
            }
            _ => None,
        }
    }

    /// Takes the questions that nobody needs to answer any more.
    pub(super) fn take_prompts(&mut self) -> Vec<RequestId> {
        std::mem::take(&mut self.prompts)
    }

    /// Closes a question; false if it is not open (any more).
    pub(super) fn close_prompt(&mut self, request: &RequestId) -> bool {
        let at = self.prompts.iter().position(|open| open == request);
        at.map(|at| self.prompts.swap_remove(at)).is_some()
    }

    /// Reads one line.
    pub(super) fn hear(&mut self, line: &[u8]) -> Result<Heard, Violation> {
        match decode(line)? {
            Incoming::Response { id, outcome } => self.answer(id, outcome, line),
            Incoming::Log(log) => Ok(Heard::Log(log)),
            Incoming::Progress(progress) => Ok(match self.executing() {
                Some(call) => Heard::Progress(call, progress),
                None => Heard::Ignored(None),
            }),
            Incoming::Holds(holds) => Ok(Heard::Holds(holds.names)),
            Incoming::Prompt { id, params } => self.prompt(id, params, line),
            Incoming::UnknownNotification(method) => Ok(Heard::Ignored(Some(format!(
                "unknown notification `{method}` ignored"
            )))),
            Incoming::UnknownRequest { id, method } => Ok(Heard::UnknownRequest(id, method)),
        }
    }

    fn executing(&self) -> Option<CallId> {
        match self.open {
            Some((_, Ask::Execute(call))) => Some(call),
            _ => None,
        }
    }

    fn answer(&mut self, id: u64, outcome: Outcome<'_>, line: &[u8]) -> Result<Heard, Violation> {
        if let Some((open, ask)) = self.open
            && open == id
        {
            let heard = match ask {
                Ask::Initialize => Heard::Started(outcome.read()?),
                Ask::Describe(call) => Heard::Described(call, outcome.read()?),
                Ask::Execute(call) => Heard::Replied(call, outcome.read()?),
                Ask::Shutdown => Heard::Farewell,
            };
            self.open = None;
            self.prompts.clear();
            return Ok(heard);
        }
        if let Some(at) = self.cancelled.iter().position(|(owed, _)| *owed == id) {
            let (_, call) = self.cancelled.swap_remove(at);
            return Ok(Heard::Late(call, outcome.read()?));
        }
        Err(Violation::new(Rule::Schema, self.strange(id), line))
    }

    fn strange(&self, id: u64) -> String {
        if id >= self.next {
            format!("answer with id {id}, which was never issued")
        } else if id < self.first {
            format!("answer with id {id}, which belongs to an earlier process of this runner")
        } else {
            format!("second answer with id {id}, which was answered or given up before")
        }
    }

    fn prompt(
        &mut self,
        id: RequestId,
        params: Box<PromptParams>,
        line: &[u8],
    ) -> Result<Heard, Violation> {
        let Some(call) = self.executing() else {
            return Ok(Heard::StrayPrompt(id));
        };
        if self.prompts.contains(&id) {
            let detail = format!("second `prompt` with id {id} while the first is open");
            return Err(Violation::new(Rule::Schema, detail, line));
        }
        if self.prompts.len() >= MOST_PROMPTS {
            let detail = format!("more than {MOST_PROMPTS} prompts open at a time");
            return Err(Violation::new(Rule::Schema, detail, line));
        }
        self.prompts.push(id.clone());
        Ok(Heard::Prompt(call, id, params))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn executing() -> Talk {
        let mut talk = Talk::new(7);
        talk.ask(Ask::Initialize);
        talk.hear(br#"{"jsonrpc":"2.0","id":7,"result":{"protocol":1,"name":"r","version":"1","runtime":"x"}}"#)
            .unwrap();
        assert_eq!(talk.ask(Ask::Execute(CallId(40))), 8);
        talk
    }

    fn refused(talk: &mut Talk, line: &str) -> String {
        talk.hear(line.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn answer_to_the_open_call_is_its_reply_and_the_second_one_a_violation() {
        let mut talk = executing();
        let line = r#"{"jsonrpc":"2.0","id":8,"result":{}}"#;
        assert!(matches!(
            talk.hear(line.as_bytes()),
            Ok(Heard::Replied(CallId(40), Ok(_)))
        ));
        assert!(refused(&mut talk, line).starts_with("second answer with id 8"));
    }

    #[test]
    fn wrong_ids_are_told_apart() {
        let mut talk = executing();
        let answer = |id: u64| format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#);
        assert!(refused(&mut talk, &answer(9)).contains("never issued"));
        assert!(refused(&mut talk, &answer(6)).contains("earlier process"));
        assert!(refused(&mut talk, &answer(7)).contains("second answer"));
        assert_eq!(talk.open_call(), Some(CallId(40)));
    }

    #[test]
    fn answer_after_cancel_is_late_once() {
        let mut talk = executing();
        assert_eq!(talk.cancel(CallId(41)), None);
        assert_eq!(talk.cancel(CallId(40)), Some(8));
        let line = r#"{"jsonrpc":"2.0","id":8,"error":{"code":-32800,"message":"cancelled"}}"#;
        assert!(matches!(
            talk.hear(line.as_bytes()),
            Ok(Heard::Late(CallId(40), Err(_)))
        ));
        assert!(refused(&mut talk, line).contains("second answer"));
    }

    #[test]
    fn prompt_outside_a_call_is_stray_and_a_doubled_one_a_violation() {
        let mut talk = executing();
        let line = r#"{"jsonrpc":"2.0","id":"p","method":"prompt","params":{"message":"?"}}"#;
        assert!(matches!(
            talk.hear(line.as_bytes()),
            Ok(Heard::Prompt(CallId(40), ..))
        ));
        assert!(refused(&mut talk, line).contains("second `prompt`"));
        let request = RequestId::Text("p".to_owned());
        assert!(talk.close_prompt(&request));
        assert!(!talk.close_prompt(&request));
        talk.give_up();
        assert!(matches!(
            talk.hear(line.as_bytes()),
            Ok(Heard::StrayPrompt(_))
        ));
    }
}
