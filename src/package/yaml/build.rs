//! Parser events to the tree; mistakes are collected and passed over.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span as EventSpan, Tag};

use crate::diagnostic::{Code, Diagnostic};
use crate::package::yaml::{Entry, Mapping, Node, NodeKind, Scalar, Size, Style};
use crate::source::{SourceId, Span, Spanned};

/// Levels of lists and mappings, through aliases.
const MAX_DEPTH: usize = 100;
/// Values in a document with its aliases written out.
const MAX_NODES: u32 = 500_000;
/// Keys longer than this are no keys of ours; the parser's own limit is 1024.
const KEY_LOOKAHEAD: usize = 1024;
/// Texts up to this length are kept once per document: keys, units, limits, names of functions.
const SHARED_TEXT: usize = 32;

/// Reads one document. `None` where nothing usable was found; the findings say why.
///
/// An empty document gives a null node.
pub(crate) fn parse(text: &str, source: SourceId, findings: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut options = granit_parser::options! {
        emit_unresolved_aliases: true,
        simple_key_max_lookahead: KEY_LOOKAHEAD,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    options.set_emit_comments(false);
    let mut builder = Builder::new(text, source, findings);
    for next in Parser::new_from_str_with_options(text, options) {
        let flow = match next {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => builder.scan_error(&error),
        };
        if flow.is_break() {
            break;
        }
    }
    builder.finish()
}

type Flow = std::ops::ControlFlow<()>;
const GO_ON: Flow = Flow::Continue(());
const STOP: Flow = Flow::Break(());

/// A container whose end has not come yet.
struct Frame {
    start: usize,
    end: usize,
    anchor: usize,
    weight: u32,
    depth: u16,
    kind: FrameKind,
}

enum FrameKind {
    Sequence(Vec<Node>),
    Mapping(MappingFrame),
}

#[derive(Default)]
struct MappingFrame {
    entries: Vec<Entry>,
    /// Positions in `entries`; made when there are enough to pay for it.
    index: HashMap<Arc<str>, usize>,
    merges: Vec<Node>,
    pending: Pending,
}

/// What the next value of a mapping belongs to.
#[derive(Default)]
enum Pending {
    #[default]
    Key,
    Value(Spanned<Arc<str>>),
    Merge,
    /// The key was refused or repeated: the value is read and dropped.
    Drop,
}

struct Builder<'a> {
    text: &'a str,
    source: SourceId,
    findings: &'a mut Vec<Diagnostic>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    texts: HashSet<Arc<str>>,
    root: Option<Node>,
    failed: bool,
    documents: usize,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str, source: SourceId, findings: &'a mut Vec<Diagnostic>) -> Self {
        Self {
            text,
            source,
            findings,
            stack: Vec::new(),
            anchors: HashMap::new(),
            texts: HashSet::new(),
            root: None,
            failed: false,
            documents: 0,
        }
    }

    fn finish(self) -> Option<Node> {
        if self.failed {
            return None;
        }
        let empty = Span::new(self.source, self.text.len(), self.text.len());
        Some(self.root.unwrap_or_else(|| Node::null(empty)))
    }

    fn event(&mut self, event: Event<'_>, at: EventSpan) -> Flow {
        let span = self.span(at);
        match event {
            Event::DocumentStart(..) => return self.document_start(span),
            Event::Alias(id) => return self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                let name = name.into_owned();
                self.unknown_alias(&name, span);
                return self.push(Node::null(span));
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.warn_tag(tag.as_deref(), at);
                return self.scalar(&text, style, anchor, tag.as_deref(), span);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.warn_tag(tag.as_deref(), at);
                return self.open(span, anchor, FrameKind::Sequence(Vec::new()));
            }
            Event::MappingStart(_, anchor, tag) => {
                self.warn_tag(tag.as_deref(), at);
                return self.open(span, anchor, FrameKind::Mapping(MappingFrame::default()));
            }
            Event::SequenceEnd | Event::MappingEnd => return self.close(span),
            _ => {}
        }
        GO_ON
    }

    fn document_start(&mut self, span: Span) -> Flow {
        self.documents += 1;
        if self.documents == 1 {
            return GO_ON;
        }
        let message = "a second document begins here, and only the first one is read";
        self.findings.push(
            Diagnostic::error(Code::YamlSeveralDocuments, message)
                .at(span, "second document")
                .help("move it to a file of its own"),
        );
        STOP
    }

    fn scan_error(&mut self, error: &ScanError) -> Flow {
        let offset = error
            .marker()
            .byte_offset()
            .unwrap_or(0)
            .min(self.text.len());
        let offset = self.text.floor_char_boundary(offset);
        let rest = self.text[offset..].chars().next();
        let width = rest.filter(|c| !matches!(c, '\n' | '\r'));
        let span = Span::new(
            self.source,
            offset,
            offset + width.map_or(0, char::len_utf8),
        );
        self.failed = true;
        let finding = if matches!(
            error.kind(),
            granit_parser::ErrorKind::RecursionLimitExceeded
        ) {
            too_deep(span)
        } else {
            Diagnostic::error(
                Code::YamlSyntax,
                format!("this is no YAML: {}", error.info()),
            )
            .at(span, "the reader gave up here")
            .maybe_help(syntax_help(self.text, offset))
        };
        self.findings.push(finding);
        STOP
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Flow {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        // The parser writes `~` where nothing stands.
        let text = if style == Style::Plain && span.is_empty() {
            ""
        } else {
            text
        };
        let text = self.shared(text);
        let scalar = Scalar::new(text, style, tag.and_then(Tag::core_suffix));
        let node = Node {
            span,
            kind: NodeKind::Scalar(scalar),
            size: Size::ONE,
        };
        self.remember(anchor, &node);
        self.push(node)
    }

    /// The text, which other scalars may have too.
    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = Arc::from(text);
        if text.len() <= SHARED_TEXT {
            self.texts.insert(Arc::clone(&text));
        }
        text
    }

    fn open(&mut self, span: Span, anchor: usize, kind: FrameKind) -> Flow {
        if self.stack.len() >= MAX_DEPTH {
            self.failed = true;
            self.findings.push(too_deep(span));
            return STOP;
        }
        self.stack.push(Frame {
            start: span.start as usize,
            end: span.end as usize,
            anchor,
            weight: 1,
            depth: 1,
            kind,
        });
        GO_ON
    }

    fn close(&mut self, span: Span) -> Flow {
        let Some(frame) = self.stack.pop() else {
            return STOP;
        };
        // A block container ends with its last child, not where the next token stands.
        let end = if span.is_empty() {
            frame.end
        } else {
            span.end as usize
        };
        let whole = Span::new(self.source, frame.start, end);
        let (mut weight, mut depth) = (frame.weight, frame.depth);
        let kind = match frame.kind {
            FrameKind::Sequence(items) => NodeKind::Sequence(items.into()),
            FrameKind::Mapping(mapping) => {
                for merged in &mapping.merges {
                    weight = weight.saturating_add(merged.size.weight());
                    depth = depth.max(merged.size.depth());
                }
                NodeKind::Mapping(self.merge(mapping))
            }
        };
        let node = Node {
            span: whole,
            kind,
            size: Size::new(weight, depth),
        };
        self.remember(frame.anchor, &node);
        self.push(node)
    }

    fn alias(&mut self, id: usize, span: Span) -> Flow {
        if let Some(node) = self.anchors.get(&id) {
            let node = node.clone();
            return self.push(node);
        }
        let name = self.name_at(span);
        self.findings.push(
            Diagnostic::error(Code::YamlAlias, format!("`{name}` contains itself"))
                .at(span, "inside of the anchor that it names")
                .help("an alias can only stand after the end of its anchor"),
        );
        self.push(Node::null(span))
    }

    fn unknown_alias(&mut self, name: &str, span: Span) {
        self.findings.push(
            Diagnostic::error(
                Code::YamlAlias,
                format!("no anchor `&{name}` stands before this"),
            )
            .at(span, "unknown anchor")
            .help("a text that begins with `*` needs quotes"),
        );
    }

    /// Gives a finished node to the container that is open, or makes it the root.
    fn push(&mut self, node: Node) -> Flow {
        let Some(frame) = self.stack.last_mut() else {
            self.root.get_or_insert(node);
            return GO_ON;
        };
        frame.weight = frame.weight.saturating_add(node.size.weight());
        frame.depth = frame.depth.max(node.size.depth() + 1);
        if node.span.start as usize >= frame.start {
            frame.end = frame.end.max(node.span.end as usize);
        }
        let (weight, depth, span) = (frame.weight, frame.depth as usize, node.span);
        let pending = match &mut frame.kind {
            FrameKind::Sequence(items) => {
                items.push(node);
                None
            }
            FrameKind::Mapping(mapping) => Some((std::mem::take(&mut mapping.pending), node)),
        };
        if let Some((pending, node)) = pending {
            self.push_to_mapping(pending, node);
        }
        self.within_budget(weight, depth, span)
    }

    fn push_to_mapping(&mut self, pending: Pending, node: Node) {
        let next = match pending {
            Pending::Key => self.key(&node),
            Pending::Drop => Pending::Key,
            Pending::Merge => {
                self.mapping_frame().merges.push(node);
                Pending::Key
            }
            Pending::Value(key) => {
                let mapping = self.mapping_frame();
                mapping
                    .index
                    .insert(Arc::clone(&key.value), mapping.entries.len());
                mapping.entries.push(Entry { key, value: node });
                Pending::Key
            }
        };
        self.mapping_frame().pending = next;
    }

    /// Judges a key; the answer says what becomes of its value.
    fn key(&mut self, node: &Node) -> Pending {
        let span = node.span;
        let Some(scalar) = node.scalar() else {
            let finding = Diagnostic::error(Code::YamlKey, format!("a key is {}", node.describe()))
                .at(span, "keys are texts")
                .help("a template needs quotes: \"{{name}}\"");
            self.findings.push(finding);
            return Pending::Drop;
        };
        if scalar.style == Style::Plain && &*scalar.text == "<<" {
            return Pending::Merge;
        }
        let key = Arc::clone(&scalar.text);
        let mapping = self.mapping_frame();
        let earlier = mapping
            .index
            .get(&key)
            .map(|at| mapping.entries[*at].key.span);
        let Some(earlier) = earlier else {
            return Pending::Value(Spanned::new(key, span));
        };
        self.findings.push(
            Diagnostic::error(Code::DuplicateKey, format!("the key `{key}` stands twice"))
                .at(span, "again here")
                .at(earlier, "first here, and this one is used")
                .help("remove one of them"),
        );
        Pending::Drop
    }

    /// Adds the entries of `<<` that are not written in the mapping itself.
    fn merge(&mut self, frame: MappingFrame) -> Mapping {
        let mut entries = frame.entries;
        if frame.merges.is_empty() {
            return Mapping {
                entries: entries.into(),
            };
        }
        let mut known: HashSet<Arc<str>> = frame.index.into_keys().collect();
        for node in &frame.merges {
            let parts = match &node.kind {
                NodeKind::Sequence(items) => &**items,
                _ => std::slice::from_ref(node),
            };
            for part in parts {
                let Some(mapping) = part.mapping() else {
                    self.findings.push(not_mergeable(part));
                    continue;
                };
                for entry in &*mapping.entries {
                    if known.insert(Arc::clone(&entry.key.value)) {
                        entries.push(entry.clone());
                    }
                }
            }
        }
        Mapping {
            entries: entries.into(),
        }
    }

    fn within_budget(&mut self, weight: u32, depth: usize, span: Span) -> Flow {
        let finding = if weight > MAX_NODES {
            let message = format!("the document has more than {MAX_NODES} values");
            Diagnostic::error(Code::YamlTooManyNodes, message)
                .at(span, "the limit is passed here, aliases written out")
        } else if depth > MAX_DEPTH {
            too_deep(span)
        } else {
            return GO_ON;
        };
        self.failed = true;
        self.findings.push(finding);
        STOP
    }

    fn remember(&mut self, anchor: usize, node: &Node) {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
    }

    fn warn_tag(&mut self, tag: Option<&Tag>, at: EventSpan) {
        let Some(tag) = tag.filter(|tag| tag.core_suffix().is_none()) else {
            return;
        };
        // `!` alone only says "no resolution", which quoting does as well.
        let Some(span) = at.tag_span().filter(|_| !tag.suffix().is_empty()) else {
            return;
        };
        let message = format!("the tag `{}` has no meaning here", tag.original());
        self.findings
            .push(Diagnostic::warning(Code::YamlTag, message).at(self.span(span), "passed over"));
    }

    fn mapping_frame(&mut self) -> &mut MappingFrame {
        match self.stack.last_mut().map(|frame| &mut frame.kind) {
            Some(FrameKind::Mapping(mapping)) => mapping,
            _ => unreachable!("only values of an open mapping come here"),
        }
    }

    fn name_at(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or("*")
    }

    /// The place of an event without the white space that block scalars end with.
    fn span(&self, at: EventSpan) -> Span {
        let range = at.byte_range().unwrap_or(0..0);
        let covered = self.text.get(range.clone()).unwrap_or_default();
        let end = range.start + covered.trim_end().len();
        Span::new(self.source, range.start, end)
    }
}

fn too_deep(span: Span) -> Diagnostic {
    let message = format!("lists and mappings are nested deeper than {MAX_DEPTH} levels");
    Diagnostic::error(Code::YamlTooDeep, message).at(span, "too deep here")
}

fn not_mergeable(node: &Node) -> Diagnostic {
    let message = format!("`<<` merges mappings, and this is {}", node.describe());
    Diagnostic::error(Code::YamlMerge, message).at(node.span, "not a mapping")
}

/// The way out of the mistakes that authors make most.
fn syntax_help(text: &str, offset: usize) -> Option<String> {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let indent = line.len() - line.trim_start().len();
    if line[..indent].contains('\t') {
        return Some("indent with spaces: YAML does not take tabs".into());
    }
    if line.contains(": {{") {
        return Some("a template needs quotes: \"{{name}}\"".into());
    }
    let value = line.split_once(": ").map(|(_, value)| value)?;
    let plain = !value.starts_with(['"', '\'', '[', '{', '|', '>']);
    (plain && value.contains(": ")).then(|| "a text with `: ` in it needs quotes".into())
}
