//! Text of a condition to tokens, with the grammar checked on the way.
//!
//! The parser proper knows no positions and takes more than conditions may say. So this file finds
//! every mistake that a person makes, says where it is and what to write instead, and bounds length,
//! depth and number of operators; what passes always parses.

use std::fmt::Write;
use std::ops::Range;

use serde_json::Value;

use crate::expr::function::Function;
use crate::expr::scan::{is_name_part, is_name_start};
use crate::expr::{ExprError, csharp};
use crate::measure::Number;

const LENGTH_LIMIT: usize = 4096;
const DEPTH_LIMIT: usize = 64;
const OPERATOR_LIMIT: usize = 256;

/// What a lexed condition is made of.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    /// The text for the parser: values and functions stand in it as `v0`, `f1`.
    pub(super) normal: String,
    pub(super) operands: Vec<Operand>,
    pub(super) functions: Vec<Function>,
}

/// A value that stands in a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Literal(Value),
    /// A dotted name; `[0]` and `["key"]` have become dots.
    Name {
        name: String,
        range: Range<usize>,
    },
}

/// A bracket that is open.
enum Open {
    Group {
        at: usize,
    },
    Call {
        at: usize,
        function: Function,
        name: Range<usize>,
        arguments: usize,
    },
}

/// Two-letter operators first, so that the longest wins.
const OPERATORS: [&str; 13] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%",
];

/// Lexes and checks a whole condition.
pub(super) fn lex(text: &str) -> Result<Lexed, ExprError> {
    if text.trim().is_empty() {
        return Err(ExprError::new("the condition is empty").at(0..text.len()));
    }
    if text.len() > LENGTH_LIMIT {
        return Err(ExprError::new(
            "the condition has more than 4096 characters",
        ));
    }
    let mut lexer = Lexer {
        text,
        at: 0,
        lexed: Lexed::default(),
        open: Vec::new(),
        wants_value: true,
        comparison: vec![None],
        operators: 0,
    };
    while let Some(c) = lexer.rest().chars().next() {
        lexer.token(c)?;
    }
    lexer.finish()
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    lexed: Lexed,
    open: Vec<Open>,
    /// Whether a value must come next, or else an operator.
    wants_value: bool,
    /// For each open bracket the comparison since the last `&&`, `||` or comma.
    comparison: Vec<Option<Range<usize>>>,
    operators: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn token(&mut self, c: char) -> Result<(), ExprError> {
        match c {
            c if c.is_whitespace() => {
                self.at += c.len_utf8();
                Ok(())
            }
            '"' | '\'' => self.quoted(c),
            '(' => self.open_bracket(),
            ')' => self.close_bracket(),
            ',' => self.comma(),
            c if c.is_ascii_digit() || (c == '.' && self.next_is_digit()) => self.number(),
            c if is_name_start(c) => self.word(),
            _ => self.operator(),
        }
    }

    fn next_is_digit(&self) -> bool {
        self.rest()[1..].starts_with(|c: char| c.is_ascii_digit())
    }

    /// Refuses a value where an operator must stand.
    fn expect_value(&self, range: &Range<usize>) -> Result<(), ExprError> {
        if self.wants_value {
            return Ok(());
        }
        let found = &self.text[range.clone()];
        Err(csharp::missing_operator(self.text, range)
            .unwrap_or_else(|| ExprError::new(format!("an operator is missing before {found}")))
            .at(range.clone()))
    }

    fn push_operand(&mut self, operand: Operand, range: Range<usize>) -> Result<(), ExprError> {
        self.expect_value(&range)?;
        let index = self.lexed.operands.len();
        // Writing to a `String` cannot fail.
        let _ = write!(self.lexed.normal, " v{index} ");
        self.lexed.operands.push(operand);
        self.wants_value = false;
        self.at = range.end;
        Ok(())
    }

    /// Reads quoted text, in double or single quotes.
    fn quoted(&mut self, quote: char) -> Result<(), ExprError> {
        let start = self.at;
        let mut value = String::new();
        let mut chars = self.text[start + 1..].char_indices();
        while let Some((i, c)) = chars.next() {
            let here = start + 1 + i;
            match c {
                c if c == quote => {
                    let range = start..here + 1;
                    return self.push_operand(Operand::Literal(Value::String(value)), range);
                }
                '\\' => value.push(escape(&mut chars).ok_or_else(|| {
                    ExprError::new("unknown escape in a quoted text")
                        .at(here..(here + 2).min(self.text.len()))
                        .help("write \\\\ for a backslash")
                })?),
                c => value.push(c),
            }
        }
        Err(ExprError::new("the quoted text is never closed").at(start..self.text.len()))
    }

    fn number(&mut self) -> Result<(), ExprError> {
        let start = self.at;
        let mut end = start;
        let mut previous = ' ';
        for c in self.rest().chars() {
            let is_exponent_sign = matches!(c, '+' | '-')
                && matches!(previous, 'e' | 'E')
                && !self.text[start..].starts_with("0x");
            if !(is_name_part(c) || c == '.' || is_exponent_sign) {
                break;
            }
            previous = c;
            end += c.len_utf8();
        }
        let text = &self.text[start..end];
        let hexadecimal = text
            .strip_prefix("0x")
            .and_then(|digits| i64::from_str_radix(digits, 16).ok());
        let value = match hexadecimal {
            Some(integer) => Some(Value::from(integer)),
            None => Number::parse(text).map(|number| number.to_json_number()),
        };
        let value = value.ok_or_else(|| csharp::bad_number(text).at(start..end))?;
        self.push_operand(Operand::Literal(value), start..end)
    }

    /// Reads a dotted name, a constant or a function.
    fn word(&mut self) -> Result<(), ExprError> {
        let start = self.at;
        let (name, end) = self.path()?;
        let range = start..end;
        if self.text[end..].trim_start().starts_with('(') {
            return self.call(&name, range);
        }
        let constant = match name.as_str() {
            "true" | "True" | "TRUE" => Some(Value::Bool(true)),
            "false" | "False" | "FALSE" => Some(Value::Bool(false)),
            "null" | "None" => Some(Value::Null),
            _ => None,
        };
        if let Some(constant) = constant {
            return self.push_operand(Operand::Literal(constant), range);
        }
        if let Some(error) = csharp::word(&name) {
            return Err(error.at(range));
        }
        let operand = Operand::Name {
            name,
            range: range.clone(),
        };
        self.push_operand(operand, range)
    }

    /// Reads `a.b[0]["c"]`: gives the name with dots only, and where it ends.
    fn path(&self) -> Result<(String, usize), ExprError> {
        let mut end = self.word_end(self.at);
        let mut name = self.text[self.at..end].to_owned();
        loop {
            let rest = &self.text[end..];
            if rest.starts_with('.') && rest[1..].starts_with(is_name_part) {
                let next = self.word_end(end + 1);
                name.push_str(&self.text[end..next]);
                end = next;
            } else if rest.starts_with('[') {
                let close = rest
                    .find(']')
                    .ok_or_else(|| ExprError::new("'[' is never closed").at(end..end + 1))?;
                let index = rest[1..close].trim().trim_matches(['"', '\'']);
                name.push('.');
                name.push_str(index);
                end += close + 1;
            } else {
                return Ok((name, end));
            }
        }
    }

    fn word_end(&self, from: usize) -> usize {
        self.text[from..]
            .find(|c| !is_name_part(c))
            .map_or(self.text.len(), |found| from + found)
    }

    fn call(&mut self, name: &str, range: Range<usize>) -> Result<(), ExprError> {
        self.expect_value(&range)?;
        let Some(function) = Function::parse(name) else {
            return Err(csharp::call(name).at(range));
        };
        let bracket = range.end + self.text[range.end..].find('(').unwrap_or(0);
        let _ = write!(self.lexed.normal, " f{}(", self.lexed.functions.len());
        self.lexed.functions.push(function);
        self.at = bracket + 1;
        self.count_operator(&range)?;
        self.push_open(Open::Call {
            at: bracket,
            function,
            name: range,
            arguments: 0,
        })
    }

    fn open_bracket(&mut self) -> Result<(), ExprError> {
        self.expect_value(&(self.at..self.at + 1))?;
        self.lexed.normal.push('(');
        self.at += 1;
        self.push_open(Open::Group { at: self.at - 1 })
    }

    fn push_open(&mut self, open: Open) -> Result<(), ExprError> {
        if self.open.len() == DEPTH_LIMIT {
            return Err(
                ExprError::new("brackets are nested more than 64 deep").at(self.at - 1..self.at)
            );
        }
        self.open.push(open);
        self.comparison.push(None);
        Ok(())
    }

    fn close_bracket(&mut self) -> Result<(), ExprError> {
        let range = self.at..self.at + 1;
        let Some(open) = self.open.pop() else {
            return Err(ExprError::new("')' closes nothing").at(range));
        };
        self.comparison.pop();
        if let Open::Call {
            function,
            name,
            arguments,
            at,
        } = open
        {
            let is_empty = self.text[at + 1..self.at].trim().is_empty();
            let given = if is_empty { 0 } else { arguments + 1 };
            self.wants_value &= !is_empty;
            function
                .check_arguments(given)
                .map_err(|error| error.at(name))?;
        }
        if self.wants_value {
            return Err(ExprError::new("a value is missing before ')'").at(range));
        }
        self.lexed.normal.push(')');
        self.at += 1;
        Ok(())
    }

    fn comma(&mut self) -> Result<(), ExprError> {
        let range = self.at..self.at + 1;
        if self.wants_value {
            return Err(ExprError::new("a value is missing before ','").at(range));
        }
        let Some(Open::Call { arguments, .. }) = self.open.last_mut() else {
            return Err(ExprError::new("',' stands outside of a function")
                .at(range)
                .help("a decimal point is written as a point"));
        };
        *arguments += 1;
        self.end_comparison();
        self.lexed.normal.push(',');
        self.wants_value = true;
        self.at += 1;
        Ok(())
    }

    fn operator(&mut self) -> Result<(), ExprError> {
        if let Some(error) = csharp::symbol(self.rest()) {
            let length = error.range.as_ref().map_or(1, |range| range.end);
            return Err(error.at(self.at..self.at + length));
        }
        let rest = self.rest();
        if let Some(symbol) = OPERATORS.iter().find(|symbol| rest.starts_with(**symbol)) {
            return self.binary(symbol);
        }
        let c = rest.chars().next().unwrap_or_default();
        if c == '!' {
            return self.unary('!');
        }
        Err(
            ExprError::new(format!("'{c}' has no meaning in a condition"))
                .at(self.at..self.at + c.len_utf8()),
        )
    }

    fn binary(&mut self, symbol: &str) -> Result<(), ExprError> {
        if self.wants_value && matches!(symbol, "-" | "+") {
            return self.unary(if symbol == "-" { '-' } else { '+' });
        }
        let range = self.at..self.at + symbol.len();
        if self.wants_value {
            return Err(ExprError::new(format!("a value is missing before '{symbol}'")).at(range));
        }
        self.count_operator(&range)?;
        match symbol {
            "&&" | "||" => self.end_comparison(),
            "==" | "!=" | "<" | "<=" | ">" | ">=" => self.begin_comparison(&range)?,
            _ => {}
        }
        self.lexed.normal.push_str(symbol);
        self.wants_value = true;
        self.at = range.end;
        Ok(())
    }

    /// Reads `!`, `-` or `+` before a value.
    fn unary(&mut self, symbol: char) -> Result<(), ExprError> {
        let range = self.at..self.at + 1;
        self.expect_value(&range)?;
        self.count_operator(&range)?;
        if symbol != '+' {
            self.lexed.normal.push(' ');
            self.lexed.normal.push(symbol);
        }
        self.at += 1;
        Ok(())
    }

    fn count_operator(&mut self, range: &Range<usize>) -> Result<(), ExprError> {
        self.operators += 1;
        if self.operators > OPERATOR_LIMIT {
            return Err(
                ExprError::new("the condition has more than 256 operators").at(range.clone())
            );
        }
        Ok(())
    }

    /// `1 < x < 3` means something else in every language: it is refused.
    fn begin_comparison(&mut self, range: &Range<usize>) -> Result<(), ExprError> {
        let slot = self.comparison.last_mut();
        if let Some(slot) = slot
            && slot.replace(range.clone()).is_some()
        {
            return Err(ExprError::new("two comparisons stand in a row")
                .at(range.clone())
                .help("join them with `&&`, as in `1 < x && x < 3`, or use brackets"));
        }
        Ok(())
    }

    fn end_comparison(&mut self) {
        if let Some(slot) = self.comparison.last_mut() {
            *slot = None;
        }
    }

    fn finish(self) -> Result<Lexed, ExprError> {
        let end = self.text.trim_end().len();
        if let Some(Open::Group { at } | Open::Call { at, .. }) = self.open.last() {
            return Err(ExprError::new("'(' is never closed").at(*at..at + 1));
        }
        if self.wants_value {
            let start = self.text[..end]
                .char_indices()
                .next_back()
                .map_or(0, |(at, _)| at);
            return Err(ExprError::new("a value is missing at the end").at(start..end));
        }
        Ok(self.lexed)
    }
}

/// Reads what follows a backslash.
fn escape(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    match chars.next()?.1 {
        c @ ('"' | '\'' | '\\') => Some(c),
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        'u' => {
            let digits: String = chars.take(4).map(|(_, c)| c).collect();
            char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
        }
        _ => None,
    }
}
