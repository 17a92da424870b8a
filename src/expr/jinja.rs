//! The inside of a `{{ }}` that is more than a name: a minijinja expression, kept within bounds.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use serde_json::Value;

use crate::expr::template::OUTPUT_LIMIT;
use crate::expr::variables::insert_nested;
use crate::expr::{ExprError, NameUse, Variables, scan, spell};

/// Instructions that one evaluation may take.
const FUEL: u64 = 50_000;

/// No loader, so that no expression ever opens a file.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.remove_global("debug");
    environment
});

/// A compiled expression. Cheap to clone.
#[derive(Clone)]
pub(super) struct Expression(Arc<Compiled>);

struct Compiled {
    inner: minijinja::Expression<'static, 'static>,
    names: Vec<NameUse>,
    /// Its bytes in the text around it.
    range: Range<usize>,
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.0.range).finish()
    }
}

impl Expression {
    /// Compiles the trimmed inside of a hole that begins at byte `offset`.
    pub(super) fn parse(inside: &str, offset: usize) -> Result<Self, ExprError> {
        let range = offset..offset + inside.len();
        let inner = ENVIRONMENT
            .compile_expression_owned(inside.to_owned())
            .map_err(|error| explain(&error, &range))?;
        Ok(Self(Arc::new(Compiled {
            inner,
            names: scan::names(inside, offset),
            range,
        })))
    }

    pub(super) fn names(&self) -> &[NameUse] {
        &self.0.names
    }

    pub(super) fn evaluate(&self, variables: &Variables) -> Result<Value, ExprError> {
        let context = self.context(variables);
        let result = self.0.inner.eval(context).map_err(|error| {
            let unknown = speaks_of_undefined(&error)
                .then(|| self.unknown(variables))
                .flatten();
            unknown.unwrap_or_else(|| explain(&error, &self.0.range))
        })?;
        if result.is_undefined() {
            return Err(self.unknown(variables).unwrap_or_else(|| {
                ExprError::new("the expression gives no value").at(self.0.range.clone())
            }));
        }
        let value = to_json(&result).map_err(|error| error.at(self.0.range.clone()))?;
        if weight(&value, OUTPUT_LIMIT) > OUTPUT_LIMIT {
            return Err(
                ExprError::new("the expression gives more than 1 MiB").at(self.0.range.clone())
            );
        }
        Ok(value)
    }

    /// Only what the expression reads goes into its context.
    fn context(&self, variables: &Variables) -> minijinja::Value {
        let mut context = serde_json::Map::new();
        for used in &self.0.names {
            provide(&mut context, &used.name, variables);
        }
        let context: BTreeMap<String, minijinja::Value> = context
            .into_iter()
            .map(|(name, value)| (name, Serde(value).into()))
            .collect();
        context.into()
    }

    /// The first name that is read and does not exist.
    fn unknown(&self, variables: &Variables) -> Option<ExprError> {
        let used = self
            .0
            .names
            .iter()
            .find(|used| !used.is_optional && !exists(&used.name, variables))?;
        Some(ExprError::unknown(&used.name, variables.nearest(&used.name)).at(used.range.clone()))
    }
}

/// Operators on an undefined value say so in their own words and not by the kind of error.
fn speaks_of_undefined(error: &minijinja::Error) -> bool {
    error.kind() == ErrorKind::UndefinedError
        || error
            .detail()
            .is_some_and(|detail| detail.contains("undefined"))
}

/// Whether a name can be read: as a variable, or as a whole namespace.
fn exists(name: &str, variables: &Variables) -> bool {
    variables.lookup(name).is_some() || variables.namespace_map(name).is_some()
}

/// Puts into the context what the dotted `path` reads.
fn provide(context: &mut serde_json::Map<String, Value>, path: &str, variables: &Variables) {
    let root = path.split_once('.').map_or(path, |(root, _)| root);
    let whole_root = variables.lookup(root).cloned().or_else(|| {
        (root == path)
            .then(|| variables.namespace_map(root))
            .flatten()
    });
    if let Some(value) = whole_root {
        context.insert(root.to_owned(), value);
        return;
    }
    // Of a reserved name, or of a name with dots in it, only the branch that is read.
    let mut end = path.len();
    loop {
        if let Some(value) = variables.lookup(&path[..end]) {
            insert_nested(context, &path[..end], value.clone());
            return;
        }
        match path[..end].rfind('.') {
            Some(dot) => end = dot,
            None => break,
        }
    }
    if path.contains('.') && Variables::is_reserved(root) {
        // The namespace itself exists: only its key does not.
        context
            .entry(root)
            .or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
}

/// Turns an engine value to JSON; what JSON cannot hold becomes text, as on the protocol.
fn to_json(value: &minijinja::Value) -> Result<Value, ExprError> {
    if let Ok(float) = f64::try_from(value.clone())
        && !float.is_finite()
        && !value.is_integer()
        && value.as_str().is_none()
    {
        let text = match (float.is_nan(), float > 0.0) {
            (true, _) => "NaN",
            (false, true) => "Infinity",
            (false, false) => "-Infinity",
        };
        return Ok(Value::String(text.to_owned()));
    }
    match serde_json::to_value(value) {
        Ok(json) => Ok(json),
        Err(_) if value.is_integer() => Ok(Value::String(value.to_string())),
        Err(error) => Err(ExprError::new(format!(
            "the value is no plain data: {error}"
        ))),
    }
}

/// About how many bytes a value takes as text; counting stops beyond `limit`.
fn weight(value: &Value, limit: usize) -> usize {
    let add = |sum: usize, key: usize, element: &Value| {
        if sum > limit {
            return sum;
        }
        sum + key + weight(element, limit)
    };
    match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().fold(2, |sum, element| add(sum, 1, element)),
        Value::Object(map) => map
            .iter()
            .fold(2, |sum, (key, element)| add(sum, key.len() + 4, element)),
        scalar => spell(scalar).len(),
    }
}

/// Words and place of an engine error.
fn explain(error: &minijinja::Error, range: &Range<usize>) -> ExprError {
    let message = match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => "the expression takes too long".to_owned(),
        (ErrorKind::UndefinedError, None) => {
            "the expression uses a value that is not defined".to_owned()
        }
        (ErrorKind::SyntaxError, Some(detail)) => format!("not an expression: {detail}"),
        (_, Some(detail)) => detail.to_owned(),
        (kind, None) => kind.to_string(),
    };
    let at = error
        .range()
        .map(|inner| range.start + inner.start..range.start + inner.end)
        .filter(|inner| inner.start <= inner.end && inner.end <= range.end);
    ExprError::new(message).at(at.unwrap_or_else(|| range.clone()))
}
