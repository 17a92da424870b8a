//! The other side of `merge`: what the remote runner wrote to its standard error goes to that of
//! the bridge, everything else to its standard output as it came.

use serde::Deserialize;

/// How such a line begins.
const BEGINNING: &[u8] = br#"{"jsonrpc":"2.0","method":"stderr","#;

/// The longest of them; a longer one is none of ours.
const LONGEST: usize = 1 << 20;

/// Where the stream is, and what came out of it.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// For standard output.
    pub(super) answers: Vec<u8>,
    /// For standard error.
    pub(super) errors: Vec<u8>,
    /// The line that may be one of ours.
    line: Vec<u8>,
    /// The rest of the line goes through as it comes.
    goes_through: bool,
}

#[derive(Deserialize)]
struct Envelope {
    params: Params,
}

#[derive(Deserialize)]
struct Params {
    text: String,
}

impl Split {
    /// Takes the next bytes of the connection in.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            if self.goes_through {
                self.answers.extend_from_slice(piece);
            } else {
                self.line.extend_from_slice(piece);
                self.look();
            }
            if piece.ends_with(b"\n") {
                self.goes_through = false;
            }
        }
    }

    /// The connection has ended: what is left is no line of ours.
    pub(super) fn finish(&mut self) {
        self.answers.append(&mut self.line);
    }

    /// Looks at the line as far as it has come.
    fn look(&mut self) {
        let known = self.line.len().min(BEGINNING.len());
        let may_be_ours = self.line[..known] == BEGINNING[..known] && self.line.len() < LONGEST;
        if !may_be_ours {
            self.goes_through = true;
            return self.answers.append(&mut self.line);
        }
        if !self.line.ends_with(b"\n") {
            return;
        }
        match serde_json::from_slice::<Envelope>(&self.line) {
            Ok(envelope) => {
                self.errors
                    .extend_from_slice(envelope.params.text.as_bytes());
                self.line.clear();
            }
            Err(_) => self.answers.append(&mut self.line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"method\":\"stderr\"}}\n";
    const PRINT: &str =
        "{\"jsonrpc\":\"2.0\",\"method\":\"stderr\",\"params\":{\"text\":\"a\\nä\"}}\n";

    /// Both outputs, whatever pieces the stream comes in.
    fn split(text: &str) -> (String, String) {
        let mut all = Vec::new();
        for size in 1..=text.len() {
            let mut split = Split::default();
            text.as_bytes()
                .chunks(size)
                .for_each(|piece| split.take(piece));
            split.finish();
            let texts = [split.answers, split.errors].map(|it| String::from_utf8(it).unwrap());
            all.push((texts[0].clone(), texts[1].clone()));
        }
        all.dedup();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    #[test]
    fn prints_go_to_standard_error_and_the_rest_goes_through_as_it_came() {
        let text = format!("{ANSWER}{PRINT}no json\n{PRINT}{ANSWER}half");
        let answers = format!("{ANSWER}no json\n{ANSWER}half");
        assert_eq!(split(&text), (answers, "a\näa\nä".to_owned()));
        let broken = "{\"jsonrpc\":\"2.0\",\"method\":\"stderr\",\"params\":3}\n";
        assert_eq!(split(broken), (broken.to_owned(), String::new()));
    }
}
