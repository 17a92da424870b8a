//! A measurement as declared; `plan` turns it into a limit.

use crate::package::model::Value;
use crate::source::Spanned;

/// One point of `measurement` or `measurements`.
///
/// Limits stay [`Value`]s: the record keeps their text as declared, and integers stay exact.
#[derive(Debug, Clone)]
pub(crate) struct MeasurementDecl {
    /// May hold templates.
    pub(crate) name: Spanned<String>,
    /// Absent: numeric.
    pub(crate) kind: Option<Spanned<MeasurementType>>,
    pub(crate) value: Option<Value>,
    pub(crate) target: Option<Value>,
    pub(crate) low_limit: Option<Value>,
    pub(crate) high_limit: Option<Value>,
    pub(crate) expected: Option<Value>,
    /// A number, or a text such as `5%`.
    pub(crate) tolerance: Option<Value>,
    pub(crate) operator: Option<Spanned<Operator>>,
    pub(crate) unit: Option<Spanned<String>>,
}

impl MeasurementDecl {
    pub(crate) fn measurement_type(&self) -> MeasurementType {
        self.kind
            .as_ref()
            .map_or(MeasurementType::Numeric, |kind| kind.value)
    }

    /// The fields that may hold templates besides `name` and `unit`, with their keys.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        let fields = [
            ("value", &self.value),
            ("target", &self.target),
            ("low_limit", &self.low_limit),
            ("high_limit", &self.high_limit),
            ("expected", &self.expected),
            ("tolerance", &self.tolerance),
        ];
        let given = fields.into_iter();
        given.filter_map(|(key, value)| value.as_ref().map(|value| (key, value)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MeasurementType {
    Numeric,
    Boolean,
    String,
    Array,
}

/// The canonical operator; the aliases are read in `package::read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Between,
    Equal,
    NotEqual,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
    Log,
    Matches,
    Contains,
}

impl Operator {
    /// The spelling of the format's table, lower case.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Between => "between",
            Self::Equal => "equal",
            Self::NotEqual => "notequal",
            Self::GreaterThan => "greaterthan",
            Self::GreaterThanOrEqual => "greaterthanorequal",
            Self::LessThan => "lessthan",
            Self::LessThanOrEqual => "lessthanorequal",
            Self::Log => "log",
            Self::Matches => "matches",
            Self::Contains => "contains",
        }
    }
}
