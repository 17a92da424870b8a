//! Logical lines: joined over brackets, triple quotes and backslashes, without comments.

use crate::check::python::parameters::is_word;

/// A statement: its indentation and its text, in which the inside of quotes is left out unless it
/// is a name, as in an annotation.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) indent: usize,
    pub(super) text: String,
}

/// Cuts a module into statements. `;` separates like a line end.
pub(super) fn logical_lines(source: &str) -> Vec<Line> {
    let mut scanner = Scanner {
        chars: source.trim_start_matches('\u{feff}').chars().collect(),
        at: 0,
        lines: Vec::new(),
        line: None,
        depth: 0,
    };
    scanner.run();
    scanner.lines
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    lines: Vec<Line>,
    /// The line that is being read; `None` at the start of a line, where blanks are indentation.
    line: Option<Line>,
    /// Open brackets.
    depth: usize,
}

impl Scanner {
    fn run(&mut self) {
        let mut indent = 0;
        while let Some(c) = self.peek(0) {
            if self.line.is_none() {
                match c {
                    ' ' => indent += 1,
                    '\t' => indent = (indent / 8 + 1) * 8,
                    '\n' | '\r' | '\u{c}' => indent = 0,
                    '#' => self.skip_comment(),
                    _ => {
                        self.line = Some(Line {
                            indent,
                            text: String::new(),
                        });
                        continue;
                    }
                }
                self.at += 1;
                continue;
            }
            if self.step(c) {
                indent = 0;
            }
        }
        self.end_line();
    }

    /// Reads one thing inside of a line; true where the line ended at a line break.
    fn step(&mut self, c: char) -> bool {
        match c {
            '#' => self.skip_comment(),
            '\'' | '"' => {
                self.skip_quoted(c);
                return false;
            }
            '\\' if matches!(self.peek(1), Some('\n' | '\r')) => {
                self.put(' ');
                self.at += 1;
                if self.peek(0) == Some('\r') && self.peek(1) == Some('\n') {
                    self.at += 1;
                }
            }
            '\n' if self.depth > 0 => self.put(' '),
            '\n' => {
                self.end_line();
                self.at += 1;
                return true;
            }
            ';' if self.depth == 0 => self.split_line(),
            '\r' => {}
            _ => {
                match c {
                    '(' | '[' | '{' => self.depth += 1,
                    ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                self.put(c);
            }
        }
        self.at += 1;
        false
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn put(&mut self, c: char) {
        if let Some(line) = &mut self.line {
            line.text.push(c);
        }
    }

    /// Leaves the position on the last character of the comment.
    fn skip_comment(&mut self) {
        while !matches!(self.peek(1), None | Some('\n')) {
            self.at += 1;
        }
    }

    /// Passes over a quoted text, which becomes `""` in the line, or `"name"` if it is one.
    fn skip_quoted(&mut self, quote: char) {
        let triple = self.peek(1) == Some(quote) && self.peek(2) == Some(quote);
        let width = if triple { 3 } else { 1 };
        self.put('"');
        self.at += width;
        let from = self.at;
        self.skip_to_quote(quote, triple);
        let to = self.at.min(self.chars.len());
        let is_name = |c: &char| is_word(*c) || *c == '.';
        if self.chars[from..to].iter().all(is_name) {
            for at in from..to {
                self.put(self.chars[at]);
            }
        }
        self.put('"');
        if self.peek(0) == Some(quote) {
            self.at += width;
        }
    }

    /// Goes to the quote that closes, or to where the text ends without one.
    fn skip_to_quote(&mut self, quote: char, triple: bool) {
        while let Some(c) = self.peek(0) {
            if c == '\\' {
                self.at += 2;
                continue;
            }
            let closes = c == quote
                && (!triple || (self.peek(1), self.peek(2)) == (Some(quote), Some(quote)));
            // A single quote that is never closed ends with its line.
            if closes || (c == '\n' && !triple) {
                return;
            }
            self.at += 1;
        }
    }

    /// Ends a statement; the next one stands in the same line.
    fn split_line(&mut self) {
        let indent = self.line.as_ref().map_or(0, |line| line.indent);
        self.end_line();
        self.line = Some(Line {
            indent,
            text: String::new(),
        });
    }

    fn end_line(&mut self) {
        self.depth = 0;
        if let Some(line) = self.line.take() {
            let text = line.text.trim();
            if !text.is_empty() {
                self.lines.push(Line {
                    indent: line.indent,
                    text: text.to_owned(),
                });
            }
        }
    }
}
