//! The variables of a run and the one rule for finding a name.

use std::collections::BTreeMap;

use serde_json::Value;

/// Names that are never bare variables, neither by themselves nor before a dot.
const NAMESPACES: [&str; 5] = ["cfg", "exec", "mes", "global", "test"];

/// The counters of loops and attempts, restored when an inner loop ends.
const COUNTERS: [&str; 3] = ["__iteration__", "__cycle__", "__attempt__"];

/// All names that the templates and conditions of a run can read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables {
    /// Bare names, the counters among them.
    bare: BTreeMap<String, Value>,
    cfg: Namespace,
    exec: Namespace,
    mes: Namespace,
    global: Namespace,
}

/// The loop counters at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Counters([Option<Value>; 3]);

/// The keys below one reserved name; a key may hold dots (`tag.ProductId`).
#[derive(Debug, Clone, Default)]
struct Namespace {
    keys: BTreeMap<String, Value>,
    /// Folded key to the key that it stands for, `None` where it stands for several.
    folded: BTreeMap<String, Option<String>>,
}

impl Variables {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Whether `name` can never be a bare variable: a key returned under it stays in `outputs`.
    pub(crate) fn is_reserved(name: &str) -> bool {
        let root = name.split_once('.').map_or(name, |(root, _)| root);
        NAMESPACES.contains(&root) || Self::is_counter(name)
    }

    /// Whether `name` is one of the names that the engine counts.
    pub(crate) fn is_counter(name: &str) -> bool {
        COUNTERS.contains(&name) || name == "__execution_id__"
    }

    /// Finds a full dotted name.
    ///
    /// In this order: a bare variable of exactly this name (dots, `-` and all); the namespaces;
    /// `test.x` reads bare `x`; a dotted path into a map or list value.
    pub(crate) fn lookup(&self, name: &str) -> Option<&Value> {
        if let Some(value) = self.bare.get(name) {
            return Some(value);
        }
        let (root, rest) = name.split_once('.')?;
        if root == "test" {
            return self.lookup(rest);
        }
        match self.namespace(root) {
            Some(namespace) => namespace.lookup(rest, Self::folds(root)),
            None => path_into(&self.bare, name),
        }
    }

    /// Sets a bare variable. A reserved name is refused with `false` and nothing is set.
    #[must_use = "a reserved name is refused: warn"]
    pub(crate) fn set(&mut self, name: impl Into<String>, value: Value) -> bool {
        let name = name.into();
        let is_free = !Self::is_reserved(&name);
        if is_free {
            self.bare.insert(name, value);
        }
        is_free
    }

    /// Sets any full name, reserved ones too: `exec.prompt.action`, `cfg.dmm`, `__iteration__`.
    /// Only the engine names such; what runners return goes through [`Variables::set`].
    pub(crate) fn assign(&mut self, name: &str, value: Value) {
        match name.split_once('.') {
            Some(("test", rest)) => self.assign(rest, value),
            Some((root, rest)) if let Some(namespace) = self.namespace_mut(root) => {
                namespace.set(rest, value);
            }
            _ => {
                self.bare.insert(name.to_owned(), value);
            }
        }
    }

    /// Whether there is a bare variable of exactly this name.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.bare.contains_key(name)
    }

    /// The variables that a run can be said to hold: the bare ones, and `global.*` by full names.
    pub(crate) fn shared(&self) -> impl Iterator<Item = (String, &Value)> {
        let bare = self.bare.iter().filter(|(name, _)| !Self::is_counter(name));
        let bare = bare.map(|(name, value)| (name.clone(), value));
        let global = self.global.keys.iter();
        bare.chain(global.map(|(name, value)| (format!("global.{name}"), value)))
    }

    /// Removes a bare variable, counters and namespaces excepted.
    pub(crate) fn unset(&mut self, name: &str) -> Option<Value> {
        (!Self::is_reserved(name))
            .then(|| self.bare.remove(name))
            .flatten()
    }

    /// Every full name, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> + '_ {
        let roots = ["cfg", "exec", "mes", "global"].into_iter();
        let spaced = roots.flat_map(move |root| {
            self.namespace(root)
                .into_iter()
                .flat_map(|space| space.keys.keys())
                .map(move |key| format!("{root}.{key}"))
        });
        self.bare.keys().cloned().chain(spaced)
    }

    /// The names most like `name`, best first, three at most: for messages.
    pub(crate) fn nearest(&self, name: &str) -> Vec<String> {
        nearest(name, self.names())
    }

    /// Keeps the loop counters, so that an inner loop can restore them.
    pub(crate) fn counters(&self) -> Counters {
        Counters(COUNTERS.map(|name| self.bare.get(name).cloned()))
    }

    /// Puts the loop counters back as they were.
    pub(crate) fn restore(&mut self, counters: Counters) {
        for (name, value) in COUNTERS.into_iter().zip(counters.0) {
            match value {
                Some(value) => self.bare.insert(name.to_owned(), value),
                None => self.bare.remove(name),
            };
        }
    }

    /// One reserved name as a map with its dotted keys nested, for expressions that use it whole.
    pub(crate) fn namespace_map(&self, root: &str) -> Option<Value> {
        let namespace = self.namespace(root)?;
        let mut map = serde_json::Map::new();
        for (key, value) in &namespace.keys {
            insert_nested(&mut map, key, value.clone());
        }
        Some(Value::Object(map))
    }

    /// Only station keys and execution facts are found without minding case and `_`.
    fn folds(root: &str) -> bool {
        matches!(root, "cfg" | "exec")
    }

    fn namespace(&self, root: &str) -> Option<&Namespace> {
        match root {
            "cfg" => Some(&self.cfg),
            "exec" => Some(&self.exec),
            "mes" => Some(&self.mes),
            "global" => Some(&self.global),
            _ => None,
        }
    }

    fn namespace_mut(&mut self, root: &str) -> Option<&mut Namespace> {
        match root {
            "cfg" => Some(&mut self.cfg),
            "exec" => Some(&mut self.exec),
            "mes" => Some(&mut self.mes),
            "global" => Some(&mut self.global),
            _ => None,
        }
    }
}

impl Namespace {
    fn lookup(&self, key: &str, folds: bool) -> Option<&Value> {
        if let Some(value) = self.keys.get(key) {
            return Some(value);
        }
        if folds && let Some(Some(exact)) = self.folded.get(&fold(key)) {
            return self.keys.get(exact);
        }
        path_into(&self.keys, key)
    }

    fn set(&mut self, key: &str, value: Value) {
        if self.keys.insert(key.to_owned(), value).is_some() {
            return;
        }
        self.folded
            .entry(fold(key))
            .and_modify(|exact| *exact = None)
            .or_insert_with(|| Some(key.to_owned()));
    }
}

/// A text that somebody typed as the value that it spells: JSON such as a number, else a text.
pub(crate) fn typed(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(value) if !value.is_null() => value,
        _ => Value::String(text.to_owned()),
    }
}

/// The candidates most like `name`, best first, three at most.
pub(crate) fn nearest(name: &str, candidates: impl Iterator<Item = String>) -> Vec<String> {
    let wanted = fold(name);
    let mut scored: Vec<(f64, String)> = candidates
        .map(|candidate| {
            let score = strsim::jaro_winkler(&wanted, &fold(&candidate));
            (score, candidate)
        })
        .filter(|(score, _)| *score >= 0.84)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// A key without case and `_`.
fn fold(key: &str) -> String {
    key.chars()
        .filter(|c| *c != '_')
        .flat_map(char::to_lowercase)
        .collect()
}

/// Follows a dotted path: the longest prefix that is a key, then into its maps and lists.
fn path_into<'a>(keys: &'a BTreeMap<String, Value>, path: &str) -> Option<&'a Value> {
    let mut end = path.len();
    while let Some(dot) = path[..end].rfind('.') {
        if let Some(value) = keys.get(&path[..dot]) {
            return path[dot + 1..].split('.').try_fold(value, child);
        }
        end = dot;
    }
    None
}

/// One step into a map or, by index, into a list.
fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(map) => map.get(key),
        Value::Array(list) => list.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// Inserts under a dotted key, making the maps on the way; a scalar in the way is kept.
pub(crate) fn insert_nested(map: &mut serde_json::Map<String, Value>, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            map.insert(key.to_owned(), value);
        }
        Some((head, rest)) => {
            let slot = map
                .entry(head)
                .or_insert_with(|| Value::Object(serde_json::Map::new()));
            if let Value::Object(inner) = slot {
                insert_nested(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scope(pairs: &[(&str, Value)]) -> Variables {
        let mut variables = Variables::new();
        for (name, value) in pairs {
            variables.assign(name, value.clone());
        }
        variables
    }

    #[test]
    fn every_namespace_is_read_by_its_full_name() {
        let names = [
            "vout",
            "cfg.dmm",
            "exec.serial_number",
            "exec.tag.ProductId",
            "exec.prompt.action",
            "mes.route",
            "global.lot",
            "__iteration__",
            "__execution_id__",
        ];
        let variables = scope(&names.map(|name| (name, json!(name))));
        for name in names {
            assert_eq!(variables.lookup(name), Some(&json!(name)));
        }
        assert_eq!(variables.lookup("dmm"), None);
    }

    #[test]
    fn keys_of_exec_and_cfg_are_found_whatever_their_case_and_underscores() {
        let variables = scope(&[
            ("exec.serial_number", json!("S1")),
            ("exec.tag.ProductId", json!("P1")),
            ("cfg.DMM_Address", json!("tcp")),
            ("mes.Route", json!("r")),
            ("global.Lot", json!("l")),
        ]);
        assert_eq!(variables.lookup("exec.SerialNumber"), Some(&json!("S1")));
        assert_eq!(variables.lookup("exec.tag.product_id"), Some(&json!("P1")));
        assert_eq!(variables.lookup("cfg.dmmAddress"), Some(&json!("tcp")));
        assert_eq!(variables.lookup("mes.route"), None);
        assert_eq!(variables.lookup("global.lot"), None);
    }

    #[test]
    fn ambiguous_folding_finds_nothing_but_exact_names_do() {
        let variables = scope(&[("cfg.a_b", json!(1)), ("cfg.AB", json!(2))]);
        assert_eq!(variables.lookup("cfg.ab"), None);
        assert_eq!(variables.lookup("cfg.AB"), Some(&json!(2)));
    }

    #[test]
    fn setting_a_key_twice_does_not_make_it_ambiguous() {
        let variables = scope(&[("cfg.a_b", json!(1)), ("cfg.a_b", json!(2))]);
        assert_eq!(variables.lookup("cfg.AB"), Some(&json!(2)));
    }

    #[test]
    fn old_packages_read_bare_names_under_test() {
        let variables = scope(&[("vout", json!(3.3))]);
        assert_eq!(variables.lookup("test.vout"), Some(&json!(3.3)));
    }

    #[test]
    fn names_with_dots_and_dashes_stand_as_they_are() {
        let mut variables = Variables::new();
        assert!(variables.set("my-var", json!(1)));
        assert!(variables.set("rail.3v3", json!(2)));
        assert!(variables.set(
            "rail",
            json!({"3v3": 9, "5v0": {"max": 5.2}, "all": [1, 2]})
        ));
        assert_eq!(variables.lookup("my-var"), Some(&json!(1)));
        assert_eq!(variables.lookup("rail.3v3"), Some(&json!(2)));
        assert_eq!(variables.lookup("rail.5v0.max"), Some(&json!(5.2)));
        assert_eq!(variables.lookup("rail.all.1"), Some(&json!(2)));
        assert_eq!(variables.lookup("rail.nope"), None);
    }

    #[test]
    fn reserved_names_are_no_variables() {
        let mut variables = scope(&[("cfg.dmm", json!("real")), ("__iteration__", json!(1))]);
        for name in [
            "cfg",
            "exec",
            "mes",
            "global",
            "test",
            "cfg.dmm",
            "__iteration__",
        ] {
            assert!(!variables.set(name, json!("forged")), "{name}");
            assert_eq!(variables.unset(name), None);
        }
        assert_eq!(variables.lookup("cfg.dmm"), Some(&json!("real")));
        assert_eq!(variables.lookup("__iteration__"), Some(&json!(1)));
    }

    #[test]
    fn inner_loop_restores_the_outer_counters() {
        let mut variables = scope(&[("__iteration__", json!(2))]);
        let outer = variables.counters();
        variables.assign("__iteration__", json!(7));
        variables.assign("__attempt__", json!(1));
        variables.restore(outer);
        assert_eq!(variables.lookup("__iteration__"), Some(&json!(2)));
        assert_eq!(variables.lookup("__attempt__"), None);
    }

    #[test]
    fn nearest_names_come_best_first() {
        let variables = scope(&[
            ("vout_3v3", json!(1)),
            ("vout_5v0", json!(1)),
            ("temperature", json!(1)),
            ("exec.serial_number", json!(1)),
        ]);
        assert_eq!(variables.nearest("vout3v3")[0], "vout_3v3");
        assert_eq!(variables.nearest("exec.serialnr")[0], "exec.serial_number");
        assert!(variables.nearest("zzz").is_empty());
    }

    #[test]
    fn namespace_as_a_map_nests_its_dotted_keys() {
        let variables = scope(&[
            ("exec.tag.Lot", json!("L")),
            ("exec.serial_number", json!("S")),
        ]);
        assert_eq!(
            variables.namespace_map("exec"),
            Some(json!({"serial_number": "S", "tag": {"Lot": "L"}}))
        );
    }
}
