//! Boolean expressions of packages: `precondition` and `repeat.condition`.

use std::ops::Range;

use evalexpr::{Node as ParserNode, Operator, build_operator_tree};
use serde_json::Value;

use crate::expr::function::Function;
use crate::expr::lex::{self, Lexed, Operand};
use crate::expr::{ExprError, NameUse, Variables};

/// A parsed condition.
///
/// evalexpr orders the operators and does nothing else: its own evaluation finds that 3 is not 3.0
/// and does not stop at a `||` that is decided, so the tree is walked here.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(super) root: Node,
    names: Vec<NameUse>,
}

/// The tree of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Literal(Value),
    Name { name: String, range: Range<usize> },
    Not(Box<Self>),
    Negate(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Binary(Binary, Box<Self>, Box<Self>),
    Call(Function, Vec<Self>),
}

/// Operators that look at both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Condition {
    /// Parses a condition. Everything hostile is refused before the parser sees it.
    pub(crate) fn parse(text: &str) -> Result<Self, ExprError> {
        let lexed = lex::lex(text)?;
        let tree = build_operator_tree(&lexed.normal)
            .map_err(|error| ExprError::new(format!("not a condition: {error}")))?;
        let root = convert(&tree, &lexed)?;
        let mut names = Vec::new();
        collect_names(&root, false, &mut names);
        names.sort_by_key(|used| used.range.start);
        Ok(Self { root, names })
    }

    /// The variables that the condition reads, in order.
    pub(crate) fn names(&self) -> &[NameUse] {
        &self.names
    }

    /// Whether the condition depends on nothing that a step could change: the counters alone, or
    /// no variable at all. A loop with such a condition ends at its cap as planned.
    pub(crate) fn reads_only_counters(&self) -> bool {
        self.names
            .iter()
            .all(|used| Variables::is_counter(&used.name))
    }
}

/// Turns the parser's tree into ours.
fn convert(tree: &ParserNode, lexed: &Lexed) -> Result<Node, ExprError> {
    let children = tree.children();
    let binary = |operator: Binary| -> Result<Node, ExprError> {
        let (left, right) = two(children, lexed)?;
        Ok(Node::Binary(operator, left, right))
    };
    match tree.operator() {
        Operator::RootNode => convert(one(children)?, lexed),
        Operator::Neg => Ok(Node::Negate(Box::new(convert(one(children)?, lexed)?))),
        Operator::Not => Ok(Node::Not(Box::new(convert(one(children)?, lexed)?))),
        Operator::And => two(children, lexed).map(|(left, right)| Node::And(left, right)),
        Operator::Or => two(children, lexed).map(|(left, right)| Node::Or(left, right)),
        Operator::Add => binary(Binary::Add),
        Operator::Sub => binary(Binary::Sub),
        Operator::Mul => binary(Binary::Mul),
        Operator::Div => binary(Binary::Div),
        Operator::Mod => binary(Binary::Rem),
        Operator::Eq => binary(Binary::Eq),
        Operator::Neq => binary(Binary::Ne),
        Operator::Lt => binary(Binary::Lt),
        Operator::Leq => binary(Binary::Le),
        Operator::Gt => binary(Binary::Gt),
        Operator::Geq => binary(Binary::Ge),
        Operator::VariableIdentifierRead { identifier } => operand(identifier, lexed),
        Operator::FunctionIdentifier { identifier } => call(identifier, children, lexed),
        _ => Err(malformed()),
    }
}

/// The tree has a shape that the lexer lets nobody write.
fn malformed() -> ExprError {
    ExprError::new("not a condition")
}

fn one(children: &[ParserNode]) -> Result<&ParserNode, ExprError> {
    children.first().ok_or_else(malformed)
}

fn two(children: &[ParserNode], lexed: &Lexed) -> Result<(Box<Node>, Box<Node>), ExprError> {
    let [left, right] = children else {
        return Err(malformed());
    };
    Ok((
        Box::new(convert(left, lexed)?),
        Box::new(convert(right, lexed)?),
    ))
}

/// The value behind a placeholder `v0`.
fn operand(identifier: &str, lexed: &Lexed) -> Result<Node, ExprError> {
    let index = placeholder(identifier, 'v')?;
    match lexed.operands.get(index).ok_or_else(malformed)? {
        Operand::Literal(value) => Ok(Node::Literal(value.clone())),
        Operand::Name { name, range } => Ok(Node::Name {
            name: name.clone(),
            range: range.clone(),
        }),
    }
}

/// The function behind a placeholder `f0`, with its arguments.
fn call(identifier: &str, children: &[ParserNode], lexed: &Lexed) -> Result<Node, ExprError> {
    let index = placeholder(identifier, 'f')?;
    let function = *lexed.functions.get(index).ok_or_else(malformed)?;
    let mut inner = one(children)?;
    while matches!(inner.operator(), Operator::RootNode) {
        inner = one(inner.children())?;
    }
    let arguments = match inner.operator() {
        Operator::Tuple => inner
            .children()
            .iter()
            .map(|child| convert(child, lexed))
            .collect::<Result<_, _>>()?,
        _ => vec![convert(inner, lexed)?],
    };
    Ok(Node::Call(function, arguments))
}

fn placeholder(identifier: &str, letter: char) -> Result<usize, ExprError> {
    identifier
        .strip_prefix(letter)
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(malformed)
}

fn collect_names(node: &Node, is_optional: bool, names: &mut Vec<NameUse>) {
    match node {
        Node::Literal(_) => {}
        Node::Name { name, range } => names.push(NameUse {
            name: name.clone(),
            range: range.clone(),
            within: None,
            is_optional,
        }),
        Node::Not(inner) | Node::Negate(inner) => collect_names(inner, is_optional, names),
        Node::And(left, right) | Node::Or(left, right) | Node::Binary(_, left, right) => {
            collect_names(left, is_optional, names);
            collect_names(right, is_optional, names);
        }
        Node::Call(function, arguments) => {
            let is_optional = is_optional || *function == Function::Defined;
            for argument in arguments {
                collect_names(argument, is_optional, names);
            }
        }
    }
}
