//! C# and Python forms that conditions do not have, each with the spelling to use instead.

use std::ops::Range;

use crate::expr::function::Function;
use crate::expr::{ExprError, nearest};

/// Methods of C# texts and lists, and the function that does the same.
const METHODS: [(&str, &str); 14] = [
    ("Contains", "contains(text, part)"),
    ("StartsWith", "starts_with(text, part)"),
    ("EndsWith", "ends_with(text, part)"),
    ("ToLower", "lower(text)"),
    ("ToLowerInvariant", "lower(text)"),
    ("ToUpper", "upper(text)"),
    ("ToUpperInvariant", "upper(text)"),
    ("Trim", "trim(text)"),
    ("Equals", "a == b"),
    ("Length", "len(text)"),
    ("Count", "len(list)"),
    ("Any", "len(list) > 0"),
    ("ToString", "text(value)"),
    ("CompareTo", "a < b"),
];

/// Static functions of C#, and what does the same.
const STATICS: [(&str, &str); 26] = [
    ("Math.Abs", "abs(x)"),
    ("Math.Min", "min(a, b)"),
    ("Math.Max", "max(a, b)"),
    ("Math.Round", "round(x, digits)"),
    ("Math.Floor", "floor(x)"),
    ("Math.Ceiling", "ceil(x)"),
    ("Math.Truncate", "floor(x) or ceil(x)"),
    ("Math.Sqrt", "sqrt(x)"),
    ("Math.Pow", "pow(x, y)"),
    ("string.IsNullOrEmpty", "is_empty(text)"),
    ("String.IsNullOrEmpty", "is_empty(text)"),
    ("string.IsNullOrWhiteSpace", "is_empty(trim(text))"),
    ("String.IsNullOrWhiteSpace", "is_empty(trim(text))"),
    ("string.Equals", "a == b"),
    ("String.Equals", "a == b"),
    ("Regex.IsMatch", "matches(text, \"pattern\")"),
    ("int.Parse", "number(text)"),
    ("double.Parse", "number(text)"),
    ("decimal.Parse", "number(text)"),
    ("bool.Parse", "the bare name: \"True\" reads as true"),
    ("Convert.ToInt32", "number(text)"),
    ("Convert.ToInt64", "number(text)"),
    ("Convert.ToDouble", "number(text)"),
    ("Convert.ToDecimal", "number(text)"),
    ("Convert.ToBoolean", "the bare name: \"True\" reads as true"),
    ("Convert.ToString", "text(value)"),
];

/// Symbols that mean something elsewhere: symbol, message, help. The longest of a kind first.
const SYMBOLS: [(&str, &str, &str); 26] = [
    ("===", "'===' is no comparison", "write `==`"),
    ("!==", "'!==' is no comparison", "write `!=`"),
    ("<>", "'<>' is no comparison", "write `!=`"),
    (
        "=>",
        "functions cannot be written in a condition",
        "for \"greater or equal\" write `>=`",
    ),
    ("=<", "'=<' is no comparison", "write `<=`"),
    (
        "??",
        "'??' is not supported",
        "write `if(defined(a), a, b)`",
    ),
    (
        "?.",
        "'?.' is not supported",
        "write the dotted name, or `if(defined(a.b), a.b, c)`",
    ),
    ("?", "'?:' is not supported", "write `if(condition, a, b)`"),
    (
        ":",
        "':' has no meaning in a condition",
        "write `if(condition, a, b)` for `condition ? a : b`",
    ),
    (
        "++",
        "'++' changes a variable",
        "use the `outputs` of a step to set variables",
    ),
    (
        "--",
        "'--' changes a variable",
        "for a double minus write a space or brackets",
    ),
    (
        "+=",
        "'+=' assigns: a condition only reads",
        "use the `outputs` of a step to set variables",
    ),
    (
        "-=",
        "'-=' assigns: a condition only reads",
        "use the `outputs` of a step to set variables",
    ),
    (
        "*=",
        "'*=' assigns: a condition only reads",
        "use the `outputs` of a step to set variables",
    ),
    (
        "/=",
        "'/=' assigns: a condition only reads",
        "use the `outputs` of a step to set variables",
    ),
    (
        "{{",
        "templates are not used in conditions",
        "write the bare name, without '{{' and '}}'",
    ),
    ("<<", "'<<' is not supported", "multiply by a power of two"),
    (">>", "'>>' is not supported", "divide by a power of two"),
    ("**", "'**' is not supported", "write `pow(x, y)`"),
    (
        "//",
        "comments are not allowed in a condition",
        "write a YAML comment with '#'",
    ),
    (
        "/*",
        "comments are not allowed in a condition",
        "write a YAML comment with '#'",
    ),
    (
        "^",
        "'^' is not supported",
        "write `pow(x, y)` for a power, `a != b` for exclusive or",
    ),
    (
        "$\"",
        "texts with '$' are not supported",
        "join texts with `+`",
    ),
    (
        "@\"",
        "texts with '@' are not supported",
        "write `\\\\` for a backslash",
    ),
    (";", "a condition is one expression", "join two with `&&`"),
    ("~", "'~' is not supported", "write `!` for not"),
];

/// Explains a symbol that stands at the beginning of `rest`; its range is relative to `rest`.
pub(super) fn symbol(rest: &str) -> Option<ExprError> {
    if let Some((symbol, message, help)) =
        SYMBOLS.iter().find(|(symbol, ..)| rest.starts_with(symbol))
    {
        return Some(ExprError::new(*message).help(*help).at(0..symbol.len()));
    }
    let is_single = |c: char| rest.starts_with(c) && !rest[1..].starts_with(c);
    if rest.starts_with('=') && is_single('=') {
        return Some(
            ExprError::new("'=' assigns: a condition only reads")
                .help("write `==` to compare")
                .at(0..1),
        );
    }
    for (c, right) in [('&', "&&"), ('|', "||")] {
        if is_single(c) {
            return Some(
                ExprError::new(format!("'{c}' alone is not supported"))
                    .help(format!("write `{right}`"))
                    .at(0..1),
            );
        }
    }
    None
}

/// Explains a word that is no name here.
pub(super) fn word(name: &str) -> Option<ExprError> {
    let right = match name {
        "and" | "AND" => "&&",
        "or" | "OR" => "||",
        "not" | "NOT" => "!",
        "is" => "==",
        "in" => "contains(list, value)",
        _ => return None,
    };
    Some(ExprError::new(format!("'{name}' is no operator here")).help(format!("write `{right}`")))
}

/// Explains a call of something that is no function here.
pub(super) fn call(name: &str) -> ExprError {
    if let Some((_, right)) = STATICS.iter().find(|(known, _)| *known == name) {
        return ExprError::new(format!("'{name}(…)' is not supported"))
            .help(format!("write `{right}`"));
    }
    if let Some((object, method)) = name.rsplit_once('.') {
        let known = METHODS.iter().find(|(known, _)| *known == method);
        let help = known.map_or_else(
            || format!("these functions exist: {}", Function::list()),
            |(_, right)| {
                let right = right.replace("text", object).replace("list", object);
                format!("write `{right}`")
            },
        );
        return ExprError::new(format!("'.{method}(…)' is not supported")).help(help);
    }
    if let Some(error) = word(name) {
        return error;
    }
    let near = nearest(name, Function::names().map(str::to_owned));
    let help = near.first().map_or_else(
        || format!("these functions exist: {}", Function::list()),
        |near| format!("did you mean `{near}`?"),
    );
    ExprError::new(format!("there is no function '{name}'")).help(help)
}

/// The spelling to use for `x.Length` and the like, where no such key exists.
pub(super) fn member_help(name: &str) -> Option<String> {
    let (object, member) = name.rsplit_once('.')?;
    matches!(member, "Length" | "Count").then(|| format!("write `len({object})`"))
}

/// Explains text that begins like a number and is none.
pub(super) fn bad_number(text: &str) -> ExprError {
    let error = ExprError::new(format!("'{text}' is not a number"));
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &text[digits.len()..];
    match suffix {
        "f" | "F" | "d" | "D" | "m" | "M" | "L" | "l" | "u" | "U" => {
            error.help(format!("write `{digits}`, without the '{suffix}'"))
        }
        "" => error,
        _ => error.help("put names that begin with a digit into a variable of another name"),
    }
}

/// Explains a value that follows a value: a cast, if it looks like one.
pub(super) fn missing_operator(text: &str, range: &Range<usize>) -> Option<ExprError> {
    let before = text[..range.start].trim_end();
    let inner = before.strip_suffix(')')?;
    let cast = inner.rsplit_once('(')?.1.trim();
    matches!(
        cast,
        "int" | "long" | "double" | "float" | "decimal" | "string" | "bool"
    )
    .then(|| {
        ExprError::new(format!("the cast '({cast})' is not supported"))
            .help("leave it out: integers and decimals compare by value")
    })
}
