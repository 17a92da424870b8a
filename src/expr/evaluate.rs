//! Evaluates a condition: exact comparisons, short circuit, errors that name both sides.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use crate::expr::condition::{Binary, Condition, Node};
use crate::expr::function::Function;
use crate::expr::{ExprError, Variables, csharp, spell};
use crate::measure::{Number, read_word};

/// Characters of a value that a message shows.
const SHOWN: usize = 40;

impl Condition {
    /// Evaluates to true or false.
    ///
    /// The result must be a boolean, or text that reads as one; a number is neither.
    pub(crate) fn evaluate(&self, variables: &Variables) -> Result<bool, ExprError> {
        let value = self.root.evaluate(variables)?;
        as_boolean(&value).ok_or_else(|| {
            ExprError::new(format!(
                "the condition gives {}, which is neither true nor false",
                noun(&value)
            ))
        })
    }
}

impl Node {
    fn evaluate<'a>(&'a self, variables: &'a Variables) -> Result<Cow<'a, Value>, ExprError> {
        match self {
            Self::Literal(value) => Ok(Cow::Borrowed(value)),
            Self::Name { name, range } => variables
                .lookup(name)
                .map(Cow::Borrowed)
                .ok_or_else(|| unknown(name, variables).at(range.clone())),
            Self::Not(inner) => inner.flag(variables, "!").map(|flag| owned(!flag)),
            Self::Negate(inner) => {
                let value = inner.evaluate(variables)?;
                let number = Number::read(&value).map_err(|_| {
                    ExprError::new(format!("'-' needs a number, not {}", inner.show(&value)))
                })?;
                Ok(owned(arithmetic(
                    Binary::Sub,
                    &Number::Integer(0),
                    &number,
                )?))
            }
            Self::And(left, right) => Ok(owned(
                left.flag(variables, "&&")? && right.flag(variables, "&&")?,
            )),
            Self::Or(left, right) => Ok(owned(
                left.flag(variables, "||")? || right.flag(variables, "||")?,
            )),
            Self::Binary(operator, left, right) => {
                let (a, b) = (left.evaluate(variables)?, right.evaluate(variables)?);
                operator
                    .apply(&a, &b)
                    .map_err(|refusal| refusal.explain(*operator, (left, &a), (right, &b)))
                    .map(Cow::Owned)
            }
            Self::Call(function, arguments) => call(*function, arguments, variables),
        }
    }

    /// Evaluates one side of a logical operator.
    fn flag(&self, variables: &Variables, operator: &str) -> Result<bool, ExprError> {
        let value = self.evaluate(variables)?;
        as_boolean(&value).ok_or_else(|| {
            ExprError::new(format!(
                "'{operator}' needs true or false, not {}",
                self.show(&value)
            ))
        })
    }

    /// Names one side in a message: `'vout' (the text "abc")`.
    fn show(&self, value: &Value) -> String {
        match self {
            Self::Name { name, .. } => format!("'{name}' ({})", noun(value)),
            _ => noun(value),
        }
    }
}

/// A variable that does not exist, or a C# member such as `x.Length`.
fn unknown(name: &str, variables: &Variables) -> ExprError {
    let error = ExprError::unknown(name, variables.nearest(name));
    match csharp::member_help(name) {
        Some(help) => error.help(help),
        None => error,
    }
}

fn owned<'a>(value: impl Into<Value>) -> Cow<'a, Value> {
    Cow::Owned(value.into())
}

fn call<'a>(
    function: Function,
    arguments: &'a [Node],
    variables: &'a Variables,
) -> Result<Cow<'a, Value>, ExprError> {
    match (function, arguments) {
        (Function::If, [condition, yes, no]) => {
            let chosen = if condition.flag(variables, "if")? {
                yes
            } else {
                no
            };
            chosen.evaluate(variables)
        }
        (Function::Defined, [Node::Name { name, .. }]) => {
            Ok(owned(variables.lookup(name).is_some()))
        }
        (Function::Defined, _) => Err(ExprError::new("defined takes the name of a variable")),
        _ => {
            let values = arguments
                .iter()
                .map(|argument| argument.evaluate(variables).map(Cow::into_owned))
                .collect::<Result<Vec<_>, _>>()?;
            function.call(&values).map(Cow::Owned)
        }
    }
}

/// Why an operator cannot be applied.
enum Refusal {
    /// The two sides do not go together.
    Types,
    /// They do, and there is still no result.
    Value(ExprError),
}

impl Refusal {
    fn explain(
        self,
        operator: Binary,
        (left, a): (&Node, &Value),
        (right, b): (&Node, &Value),
    ) -> ExprError {
        match self {
            Self::Value(error) => error,
            Self::Types => ExprError::new(format!(
                "'{}' does not go with {} and {}",
                operator.symbol(),
                left.show(a),
                right.show(b)
            )),
        }
    }
}

impl Binary {
    const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    fn apply(self, a: &Value, b: &Value) -> Result<Value, Refusal> {
        match self {
            Self::Eq => equal(a, b).map(Value::Bool),
            Self::Ne => equal(a, b).map(|same| Value::Bool(!same)),
            Self::Lt => order(a, b).map(|order| order.is_lt().into()),
            Self::Le => order(a, b).map(|order| order.is_le().into()),
            Self::Gt => order(a, b).map(|order| order.is_gt().into()),
            Self::Ge => order(a, b).map(|order| order.is_ge().into()),
            Self::Add if a.is_string() && b.is_string() => Ok((spell(a) + &spell(b)).into()),
            _ => {
                let (a, b) = numbers(a, b).ok_or(Refusal::Types)?;
                arithmetic(self, &a, &b).map_err(Refusal::Value)
            }
        }
    }
}

/// Equality by value. Text is converted to the other side's type where it wholly reads as such.
fn equal(a: &Value, b: &Value) -> Result<bool, Refusal> {
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => Ok(a.is_null() && b.is_null()),
        (Value::String(a), Value::String(b)) => Ok(a == b),
        (Value::Bool(_), _) | (_, Value::Bool(_)) => match (as_boolean(a), as_boolean(b)) {
            (Some(a), Some(b)) => Ok(a == b),
            _ => Err(Refusal::Types),
        },
        (Value::Array(a), Value::Array(b)) => {
            Ok(a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b).unwrap_or(false)))
        }
        (Value::Object(a), Value::Object(b)) => Ok(a.len() == b.len()
            && a.iter()
                .all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b).unwrap_or(false)))),
        _ => numbers(a, b)
            .map(|(a, b)| a.compare(&b).is_eq())
            .ok_or(Refusal::Types),
    }
}

/// Order of numbers; nothing else is ordered, two texts neither.
fn order(a: &Value, b: &Value) -> Result<Ordering, Refusal> {
    numbers(a, b)
        .map(|(a, b)| a.compare(&b))
        .ok_or(Refusal::Types)
}

/// Both sides as numbers, if one is a number and the other is or wholly reads as one.
fn numbers(a: &Value, b: &Value) -> Option<(Number, Number)> {
    (a.is_number() || b.is_number())
        .then(|| Some((Number::read(a).ok()?, Number::read(b).ok()?)))
        .flatten()
}

/// A boolean, or text that reads as one.
fn as_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => read_word(text.trim()),
        _ => None,
    }
}

/// As C# does it: integers stay integers (`7 / 2` is 3), anything else is a double.
fn arithmetic(operator: Binary, a: &Number, b: &Number) -> Result<Value, ExprError> {
    let is_division = matches!(operator, Binary::Div | Binary::Rem);
    if is_division && b.to_f64() == 0.0 {
        return Err(ExprError::new("division by zero"));
    }
    if let (Number::Integer(a), Number::Integer(b)) = (a, b) {
        let exact = match operator {
            Binary::Add => a.checked_add(*b),
            Binary::Sub => a.checked_sub(*b),
            Binary::Mul => a.checked_mul(*b),
            Binary::Div => a.checked_div(*b),
            _ => a.checked_rem(*b),
        };
        if let Some(exact) = exact {
            return Ok(Number::Integer(exact).to_json_number());
        }
    }
    let (a, b) = (a.to_f64(), b.to_f64());
    let float = match operator {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        _ => a % b,
    };
    if float.is_nan() {
        return Err(ExprError::new("the arithmetic gives no number"));
    }
    Ok(Number::Float(float).to_json_number())
}

/// A value as messages show it: `the number 3`, `the text "abc"`; long ones are cut.
pub(super) fn noun(value: &Value) -> String {
    let kind = match value {
        Value::Null => return "null".to_owned(),
        Value::Bool(_) => "the boolean",
        Value::Number(_) => "the number",
        Value::String(_) => "the text",
        Value::Array(_) => "the list",
        Value::Object(_) => "the map",
    };
    let text = match value {
        Value::String(text) => format!("{text:?}"),
        other => spell(other),
    };
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{kind} {}…", &text[..cut]),
        None => format!("{kind} {text}"),
    }
}
