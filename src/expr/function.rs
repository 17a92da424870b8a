//! The functions of conditions.

use serde_json::Value;

use crate::expr::evaluate::noun;
use crate::expr::{ExprError, spell};
use crate::measure::{Number, pattern};

/// A function that a condition may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Abs,
    Ceil,
    Contains,
    Defined,
    EndsWith,
    Floor,
    If,
    IsEmpty,
    Len,
    Lower,
    Matches,
    Max,
    Min,
    Number,
    Pow,
    Round,
    Sqrt,
    StartsWith,
    Text,
    Trim,
    Upper,
}

/// Name, function, fewest and most arguments.
const TABLE: [(&str, Function, usize, usize); 21] = [
    ("abs", Function::Abs, 1, 1),
    ("ceil", Function::Ceil, 1, 1),
    ("contains", Function::Contains, 2, 2),
    ("defined", Function::Defined, 1, 1),
    ("ends_with", Function::EndsWith, 2, 2),
    ("floor", Function::Floor, 1, 1),
    ("if", Function::If, 3, 3),
    ("is_empty", Function::IsEmpty, 1, 1),
    ("len", Function::Len, 1, 1),
    ("lower", Function::Lower, 1, 1),
    ("matches", Function::Matches, 2, 2),
    ("max", Function::Max, 1, 16),
    ("min", Function::Min, 1, 16),
    ("number", Function::Number, 1, 1),
    ("pow", Function::Pow, 2, 2),
    ("round", Function::Round, 1, 2),
    ("sqrt", Function::Sqrt, 1, 1),
    ("starts_with", Function::StartsWith, 2, 2),
    ("text", Function::Text, 1, 1),
    ("trim", Function::Trim, 1, 1),
    ("upper", Function::Upper, 1, 1),
];

impl Function {
    pub(super) fn parse(name: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(_, function, ..)| *function)
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|(name, ..)| *name)
    }

    /// All names, for help texts.
    pub(super) fn list() -> String {
        Self::names().collect::<Vec<_>>().join(", ")
    }

    fn name(self) -> &'static str {
        TABLE
            .iter()
            .find(|(_, function, ..)| *function == self)
            .map_or("", |(name, ..)| *name)
    }

    /// Refuses a wrong number of arguments.
    pub(super) fn check_arguments(self, given: usize) -> Result<(), ExprError> {
        let Some((name, _, fewest, most)) = TABLE.iter().find(|(_, known, ..)| *known == self)
        else {
            return Ok(());
        };
        if (*fewest..=*most).contains(&given) {
            return Ok(());
        }
        let wanted = match (fewest, most) {
            (1, 1) => "1 argument".to_owned(),
            (a, b) if a == b => format!("{a} arguments"),
            (a, b) => format!("{a} to {b} arguments"),
        };
        Err(ExprError::new(format!(
            "{name} takes {wanted}, not {given}"
        )))
    }

    /// Calls the function; `if` and `defined` are the evaluator's own, since they skip arguments.
    pub(super) fn call(self, arguments: &[Value]) -> Result<Value, ExprError> {
        match (self, arguments) {
            (Self::Min, all) => self.extreme(all, std::cmp::Ordering::Less),
            (Self::Max, all) => self.extreme(all, std::cmp::Ordering::Greater),
            (Self::Round, [x, digits]) => self.round(x, digits),
            (_, [x]) => self.call_one(x),
            (_, [x, y]) => self.call_two(x, y),
            _ => Err(self.refuse(&Value::Null)),
        }
    }

    fn call_one(self, x: &Value) -> Result<Value, ExprError> {
        match self {
            Self::Abs => match self.number(x)? {
                Number::Integer(integer) => Ok(Number::Integer(integer.saturating_abs()).to_json()),
                other => Ok(Number::Float(other.to_f64().abs()).to_json()),
            },
            Self::Ceil => self.whole(x, f64::ceil),
            Self::Floor => self.whole(x, f64::floor),
            Self::Round => self.whole(x, f64::round_ties_even),
            Self::Sqrt => self.float(self.number(x)?.to_f64().sqrt()),
            Self::Number => Ok(self.number(x)?.to_json_number()),
            Self::Text => Ok(spell(x).into()),
            Self::Lower => Ok(spell(x).to_lowercase().into()),
            Self::Upper => Ok(spell(x).to_uppercase().into()),
            Self::Trim => Ok(spell(x).trim().into()),
            Self::IsEmpty => Ok(match x {
                Value::Array(list) => list.is_empty(),
                Value::Object(map) => map.is_empty(),
                scalar => spell(scalar).is_empty(),
            }
            .into()),
            Self::Len => match x {
                Value::Array(list) => Ok(list.len().into()),
                Value::Object(map) => Ok(map.len().into()),
                Value::String(text) => Ok(text.chars().count().into()),
                _ => Err(self.refuse(x)),
            },
            _ => Err(self.refuse(x)),
        }
    }

    fn call_two(self, x: &Value, y: &Value) -> Result<Value, ExprError> {
        match self {
            Self::Contains => match x {
                Value::Array(list) => Ok(list.iter().any(|element| is_like(element, y)).into()),
                Value::Object(map) => Ok(map.contains_key(&spell(y)).into()),
                scalar => Ok(spell(scalar).contains(&spell(y)).into()),
            },
            Self::StartsWith => Ok(spell(x).starts_with(&spell(y)).into()),
            Self::EndsWith => Ok(spell(x).ends_with(&spell(y)).into()),
            Self::Matches => pattern::is_match(&spell(y), &spell(x))
                .map(Value::Bool)
                .map_err(ExprError::new),
            Self::Pow => self.float(self.number(x)?.to_f64().powf(self.number(y)?.to_f64())),
            _ => Err(self.refuse(x)),
        }
    }

    fn extreme(self, all: &[Value], wanted: std::cmp::Ordering) -> Result<Value, ExprError> {
        let flat: Vec<&Value> = match all {
            [Value::Array(list)] => list.iter().collect(),
            all => all.iter().collect(),
        };
        let mut best: Option<Number> = None;
        for value in flat {
            let number = self.number(value)?;
            if best
                .as_ref()
                .is_none_or(|best| number.compare(best) == wanted)
            {
                best = Some(number);
            }
        }
        best.map(|number| number.to_json_number())
            .ok_or_else(|| ExprError::new(format!("{} of an empty list", self.name())))
    }

    fn round(self, x: &Value, digits: &Value) -> Result<Value, ExprError> {
        let number = self.number(x)?.to_f64();
        match self.number(digits)? {
            Number::Integer(digits @ 0..=15) => {
                let text = format!("{number:.*}", digits as usize);
                self.float(text.parse().unwrap_or(number))
            }
            _ => Err(ExprError::new("round takes 0 to 15 digits")),
        }
    }

    /// Applies a function that gives a whole number, as an integer where it is one.
    fn whole(self, x: &Value, apply: fn(f64) -> f64) -> Result<Value, ExprError> {
        match self.number(x)? {
            Number::Float(float) => {
                let whole = apply(float);
                if whole.abs() < 1e15 {
                    return Ok((whole as i64).into());
                }
                self.float(whole)
            }
            integer => Ok(integer.to_json_number()),
        }
    }

    fn float(self, float: f64) -> Result<Value, ExprError> {
        if float.is_finite() {
            return Ok(float.into());
        }
        Err(ExprError::new(format!("{} gives no number", self.name())))
    }

    fn number(self, value: &Value) -> Result<Number, ExprError> {
        Number::read(value).map_err(|_| self.refuse(value))
    }

    fn refuse(self, value: &Value) -> ExprError {
        ExprError::new(format!("{} cannot take {}", self.name(), noun(value)))
    }
}

/// Whether a list element is the wanted value: numbers by value, the rest exactly.
fn is_like(element: &Value, wanted: &Value) -> bool {
    match (Number::read(element), Number::read(wanted)) {
        (Ok(a), Ok(b)) => a.compare(&b).is_eq(),
        _ => element == wanted,
    }
}
