//! Texts with `{{ }}` in them.

use std::ops::Range;

use serde_json::Value;

use crate::expr::jinja::Expression;
use crate::expr::scan::{self, HoleSpan};
use crate::expr::{ExprError, NameUse, Variables, spell_into};

/// Bytes that a rendered text, or the value of an expression, may take.
pub(super) const OUTPUT_LIMIT: usize = 1 << 20;

/// Characters that the inside of one `{{ }}` may have.
const INSIDE_LIMIT: usize = 4096;

/// A parsed text, rendered once: what its variables hold is never a template again.
///
/// The trimmed inside of `{{ }}` is looked up as a variable name as it stands, else evaluated as a
/// minijinja expression. A text that is one lone `{{ }}` keeps the native type of its value.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Hole(Hole),
}

/// Operators, brackets, filters and attributes in one `{{ }}`.
const LEVEL_LIMIT: usize = 128;

/// One `{{ }}`.
#[derive(Debug, Clone)]
struct Hole {
    /// The trimmed inside.
    inside: String,
    /// Its bytes in the text.
    range: Range<usize>,
    /// `None` where the inside can be nothing but a name.
    expression: Option<Expression>,
}

impl Template {
    /// Parses a text. A text without `{{` is a literal and always parses.
    pub(crate) fn parse(text: &str) -> Result<Self, ExprError> {
        let mut pieces = Vec::new();
        let mut from = 0;
        for span in scan::holes(text)? {
            push_text(&mut pieces, &text[from..span.whole.start]);
            from = span.whole.end;
            pieces.push(Piece::Hole(Hole::parse(text, &span)?));
        }
        push_text(&mut pieces, &text[from..]);
        Ok(Self { pieces })
    }

    /// The variables that the text reads, in order.
    pub(crate) fn names(&self) -> Vec<NameUse> {
        self.pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Hole(hole) => Some(hole.names()),
                Piece::Text(_) => None,
            })
            .flatten()
            .collect()
    }

    /// Renders: a lone `{{ }}` gives its value, everything else gives text.
    pub(crate) fn render(&self, variables: &Variables) -> Result<Value, ExprError> {
        if let [Piece::Hole(hole)] = self.pieces.as_slice() {
            return hole.value(variables);
        }
        self.render_text(variables).map(Value::String)
    }

    /// Renders as text; values are spelled as [`crate::expr::spell`] does.
    pub(crate) fn render_text(&self, variables: &Variables) -> Result<String, ExprError> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Hole(hole) => hole.append(&mut text, variables)?,
            }
            if text.len() > OUTPUT_LIMIT {
                return Err(ExprError::new("the rendered text is longer than 1 MiB"));
            }
        }
        Ok(text)
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

impl Hole {
    fn parse(text: &str, span: &HoleSpan) -> Result<Self, ExprError> {
        let range = span.inside.clone();
        let inside = text[range.clone()].to_owned();
        if inside.len() > INSIDE_LIMIT {
            return Err(ExprError::new("the expression has more than 4096 characters").at(range));
        }
        if scan::levels(&inside) > LEVEL_LIMIT {
            return Err(ExprError::new("the expression has more than 128 operators").at(range));
        }
        let expression = if scan::is_plain_name(&inside) {
            None
        } else {
            match Expression::parse(&inside, range.start) {
                Ok(expression) => Some(expression),
                // A returned key may be called `my key`; where none is, the lookup says so.
                Err(_) if scan::may_be_key(&inside) => None,
                Err(error) => return Err(error),
            }
        };
        Ok(Self {
            inside,
            range,
            expression,
        })
    }

    fn names(&self) -> Vec<NameUse> {
        match &self.expression {
            Some(expression) => expression.names().to_vec(),
            None => vec![NameUse {
                name: self.inside.clone(),
                range: self.range.clone(),
                within: None,
                is_optional: false,
            }],
        }
    }

    fn value(&self, variables: &Variables) -> Result<Value, ExprError> {
        if let Some(value) = variables.lookup(&self.inside) {
            return Ok(value.clone());
        }
        self.evaluate(variables)
    }

    fn append(&self, text: &mut String, variables: &Variables) -> Result<(), ExprError> {
        match variables.lookup(&self.inside) {
            Some(value) => spell_into(text, value),
            None => spell_into(text, &self.evaluate(variables)?),
        }
        Ok(())
    }

    fn evaluate(&self, variables: &Variables) -> Result<Value, ExprError> {
        match &self.expression {
            Some(expression) => expression.evaluate(variables),
            None => Err(
                ExprError::unknown(&self.inside, variables.nearest(&self.inside))
                    .at(self.range.clone()),
            ),
        }
    }
}
