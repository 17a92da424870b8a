//! What somebody wants to change, and what becomes of it: the one rule for all stores.

use serde_json::Value;

use super::{ConfigError, ConfigValue, Scope, Secret};

/// One change of one key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) scope: Scope,
    pub(crate) key: String,
    pub(crate) to: Target,
}

/// What the key is to become.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    Set(Setting),
    Unset,
}

/// A new state. Of `category` and `description`, `None` keeps what is there and an empty text takes
/// it away.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Setting {
    pub(crate) value: NewValue,
    pub(crate) category: Option<String>,
    pub(crate) description: Option<String>,
}

/// The value of a new state.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NewValue {
    Plain(Value),
    Secret(Secret),
    /// As it is: only what is said about the key changes.
    Kept,
}

/// What a store holds under a key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    pub(crate) value: ConfigValue,
    pub(crate) category: Option<String>,
    pub(crate) description: Option<String>,
}

impl Change {
    /// Whether a text comes with it that nobody may see.
    pub(crate) const fn sets_secret(&self) -> bool {
        matches!(
            self.to,
            Target::Set(Setting {
                value: NewValue::Secret(_),
                ..
            })
        )
    }
}

impl State {
    pub(crate) fn is_secret(&self) -> bool {
        self.value == ConfigValue::Secret
    }
}

/// What a change comes to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Decision {
    /// It is so already.
    Unchanged,
    /// The key holds this from now on, or nothing.
    Becomes(Option<State>),
}

/// Decides what comes after `before`.
///
/// `secret` is the text that the store has for the key. A secret never turns into a plain value by
/// the way, since that would store its text for all to see: it is unset first.
pub(crate) fn decide(
    before: Option<&State>,
    secret: Option<&Secret>,
    change: &Change,
) -> Result<Decision, ConfigError> {
    let setting = match &change.to {
        Target::Unset if before.is_none() => return Ok(Decision::Unchanged),
        Target::Unset => return Ok(Decision::Becomes(None)),
        Target::Set(setting) => setting,
    };
    let is_secret = before.is_some_and(State::is_secret);
    let (value, is_other_text) = match &setting.value {
        NewValue::Plain(_) if is_secret => {
            return Err(ConfigError::IsSecret {
                scope: change.scope.clone(),
                key: change.key.clone(),
            });
        }
        NewValue::Plain(value) => (ConfigValue::Plain(value.clone()), false),
        NewValue::Secret(text) => (ConfigValue::Secret, secret != Some(text)),
        NewValue::Kept => match before {
            Some(state) => (state.value.clone(), false),
            None => {
                return Err(ConfigError::NotThere {
                    scope: change.scope.clone(),
                    key: change.key.clone(),
                });
            }
        },
    };
    let after = State {
        value,
        category: said(
            setting.category.as_ref(),
            before.and_then(|state| state.category.as_ref()),
        ),
        description: said(
            setting.description.as_ref(),
            before.and_then(|state| state.description.as_ref()),
        ),
    };
    let is_same = before == Some(&after) && !is_other_text;
    Ok(if is_same {
        Decision::Unchanged
    } else {
        Decision::Becomes(Some(after))
    })
}

fn said(new: Option<&String>, old: Option<&String>) -> Option<String> {
    let text = new.or(old)?;
    (!text.is_empty()).then(|| text.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(value: NewValue, category: Option<&str>) -> Change {
        Change {
            scope: Scope::Global,
            key: "K".to_owned(),
            to: Target::Set(Setting {
                value,
                category: category.map(str::to_owned),
                description: None,
            }),
        }
    }

    fn state(value: ConfigValue, category: Option<&str>) -> State {
        State {
            value,
            category: category.map(str::to_owned),
            description: None,
        }
    }

    #[test]
    fn what_is_not_said_stays_and_an_empty_text_takes_away() {
        let before = state(ConfigValue::Plain(json!(1)), Some("a"));
        let after = |category| {
            let change = set(NewValue::Plain(json!(2)), category);
            match decide(Some(&before), None, &change) {
                Ok(Decision::Becomes(Some(after))) => after,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(after(None).category.as_deref(), Some("a"));
        assert_eq!(after(Some("b")).category.as_deref(), Some("b"));
        assert_eq!(after(Some("")).category, None);
    }

    #[test]
    fn same_again_changes_nothing() {
        let before = state(ConfigValue::Plain(json!(1)), None);
        let again = set(NewValue::Plain(json!(1)), None);
        assert_eq!(decide(Some(&before), None, &again), Ok(Decision::Unchanged));
        let text = Secret::stored("12345678".to_owned());
        let before = state(ConfigValue::Secret, None);
        let again = set(NewValue::Secret(text.clone()), None);
        assert_eq!(
            decide(Some(&before), Some(&text), &again),
            Ok(Decision::Unchanged)
        );
        let other = Secret::stored("87654321".to_owned());
        assert_ne!(
            decide(Some(&before), Some(&other), &again),
            Ok(Decision::Unchanged)
        );
    }

    #[test]
    fn secret_does_not_become_plain_by_the_way() {
        let before = state(ConfigValue::Secret, None);
        let refused = decide(Some(&before), None, &set(NewValue::Plain(json!(1)), None));
        assert!(
            matches!(refused, Err(ConfigError::IsSecret { .. })),
            "{refused:?}"
        );
        let described = decide(Some(&before), None, &set(NewValue::Kept, Some("c")));
        assert_eq!(
            described,
            Ok(Decision::Becomes(Some(state(
                ConfigValue::Secret,
                Some("c")
            ))))
        );
    }

    #[test]
    fn nothing_can_be_kept_or_unset_where_nothing_is() {
        let kept = decide(None, None, &set(NewValue::Kept, None));
        assert!(
            matches!(kept, Err(ConfigError::NotThere { .. })),
            "{kept:?}"
        );
        let unset = Change {
            to: Target::Unset,
            ..set(NewValue::Kept, None)
        };
        assert_eq!(decide(None, None, &unset), Ok(Decision::Unchanged));
    }
}
