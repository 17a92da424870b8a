//! The steps as a tree that is looked at: what is folded, selected, running, failed.
//!
//! Pure. Ten thousand steps are one vector in the order of the plan; what is visible is counted
//! out anew only after something changed.

use std::collections::HashMap;

use super::outline::Outline;
use crate::event::{Section, StepFinished, StepKind, StepNo, StepStarted};
use crate::verdict::Verdict;

/// Place of a node in the tree.
pub(super) type NodeIx = usize;

/// The steps of a run.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The node of each position.
    of_position: Vec<NodeIx>,
    of_step: HashMap<StepNo, NodeIx>,
    /// Visible nodes from top to bottom.
    rows: Vec<NodeIx>,
    is_stale: bool,
    selected: NodeIx,
    running: Option<NodeIx>,
    /// The step that a held run comes to next.
    next: Option<NodeIx>,
    /// The selection goes with the running step.
    is_following: bool,
    finished: u32,
}

/// A step, or the heading of a part of the test.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) name: String,
    /// `None` for a heading.
    pub(super) kind: Option<StepKind>,
    pub(super) depth: usize,
    pub(super) state: State,
    /// The newest record of the step.
    pub(super) step: Option<StepNo>,
    /// Number of the newest iteration, from 1; 0 for a step that is no loop.
    pub(super) iteration: u32,
    /// The most that there can be, where it is known.
    pub(super) iterations: Option<u32>,
    /// Microseconds of all iterations, or of all steps below a heading.
    pub(super) duration_us: u64,
    /// Steps below, and iterations, that failed.
    pub(super) failures: u32,
    parent: Option<NodeIx>,
    /// The place behind the last node below this one.
    end: NodeIx,
    fold: Fold,
    is_counted: bool,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Waiting,
    Running,
    Done(Verdict),
}

/// Whether what is below a node is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    /// Hidden once it passed: nothing in it needs a look.
    Auto,
    Open,
    Closed,
}

impl Tree {
    pub(super) fn new(outline: &Outline) -> Self {
        let mut tree = Self {
            is_stale: true,
            is_following: true,
            ..Self::default()
        };
        let mut heading = None;
        for planned in &outline.steps {
            let parent = if let Some(position) = planned.parent {
                tree.of_position.get(position as usize - 1).copied()
            } else {
                if heading.is_none_or(|(section, _)| section != planned.section) {
                    let ix = tree.push(heading_text(planned.section), None, None);
                    heading = Some((planned.section, ix));
                }
                heading.map(|(_, ix)| ix)
            };
            let ix = tree.push(&planned.name, Some(planned.kind), parent);
            tree.nodes[ix].iterations = planned.iterations;
            tree.of_position.push(ix);
        }
        tree.close();
        tree
    }

    fn push(&mut self, name: &str, kind: Option<StepKind>, parent: Option<NodeIx>) -> NodeIx {
        let depth = parent.map_or(0, |parent| self.nodes[parent].depth + 1);
        self.nodes.push(Node {
            name: name.to_owned(),
            kind,
            depth,
            state: State::Waiting,
            step: None,
            iteration: 0,
            iterations: None,
            duration_us: 0,
            failures: 0,
            parent,
            end: 0,
            fold: Fold::Auto,
            is_counted: false,
        });
        self.nodes.len() - 1
    }

    /// Tells each node where its subtree ends: the order is that of a walk.
    fn close(&mut self) {
        let count = self.nodes.len();
        let mut open: Vec<NodeIx> = Vec::new();
        for ix in 0..count {
            while let Some(&top) = open.last()
                && self.nodes[top].depth >= self.nodes[ix].depth
            {
                self.nodes[top].end = ix;
                open.pop();
            }
            open.push(ix);
        }
        for ix in open {
            self.nodes[ix].end = count;
        }
    }

    /// A step began. `None` where no list of the plan holds it.
    pub(super) fn start(&mut self, started: &StepStarted) -> Option<NodeIx> {
        let place = (started.position? as usize).checked_sub(1)?;
        let ix = *self.of_position.get(place)?;
        self.of_step.insert(started.step, ix);
        let node = &mut self.nodes[ix];
        node.state = State::Running;
        node.step = Some(started.step);
        node.iteration = started.iteration.map_or(0, |iteration| iteration + 1);
        if node.name != started.name {
            node.name.clone_from(&started.name);
        }
        if node.kind != Some(StepKind::Sequence) {
            self.running = Some(ix);
        }
        let mut above = self.nodes[ix].parent;
        while let Some(ix) = above {
            let node = &mut self.nodes[ix];
            if node.kind.is_none() {
                node.state = State::Running;
            }
            above = node.parent;
        }
        self.is_stale = true;
        Some(ix)
    }

    /// A step has its verdict.
    pub(super) fn finish(&mut self, finished: &StepFinished) {
        let Some(&ix) = self.of_step.get(&finished.step) else {
            return;
        };
        let verdict = finished.verdict;
        let node = &mut self.nodes[ix];
        node.state = State::Done(verdict);
        node.duration_us += finished.worked_us();
        if !node.is_counted {
            node.is_counted = true;
            self.finished += 1;
        }
        if self.running == Some(ix) {
            self.running = None;
        }
        let failed = verdict.is_failing() && !finished.superseded;
        let is_leaf = self.nodes[ix].kind != Some(StepKind::Sequence);
        let mut above = Some(ix);
        while let Some(at) = above {
            let node = &mut self.nodes[at];
            if failed && (is_leaf || at == ix) {
                node.failures += 1;
            }
            let is_heading = node.kind.is_none();
            above = node.parent;
            if is_heading {
                if self.nodes[ix].parent == Some(at) {
                    self.nodes[at].duration_us += finished.worked_us();
                }
                self.judge_heading(at);
            }
        }
        self.is_stale = true;
    }

    /// The failure of a record counts no more: its step is run again.
    pub(super) fn forget_failure(&mut self, step: StepNo) {
        let Some(&ix) = self.of_step.get(&step) else {
            return;
        };
        let is_leaf = self.nodes[ix].kind != Some(StepKind::Sequence);
        let mut above = Some(ix);
        while let Some(at) = above {
            let node = &mut self.nodes[at];
            if is_leaf || at == ix {
                node.failures = node.failures.saturating_sub(1);
            }
            above = node.parent;
        }
        self.is_stale = true;
    }

    /// The time of a record counts no more: its step is run again.
    pub(super) fn forget_time(&mut self, finished: &StepFinished) {
        let Some(&ix) = self.of_step.get(&finished.step) else {
            return;
        };
        let heading = self.nodes[ix].parent;
        let heading = heading.filter(|&above| self.nodes[above].kind.is_none());
        for ix in [Some(ix), heading].into_iter().flatten() {
            let node = &mut self.nodes[ix];
            node.duration_us = node.duration_us.saturating_sub(finished.worked_us());
        }
    }

    /// The verdict of a heading follows from what is directly below it.
    fn judge_heading(&mut self, heading: NodeIx) {
        let end = self.nodes[heading].end;
        let depth = self.nodes[heading].depth + 1;
        let mut worst = None;
        // From the end: while the part goes on, the first look finds a step that waits.
        for node in self.nodes[heading + 1..end].iter().rev() {
            if node.depth != depth {
                continue;
            }
            let State::Done(verdict) = node.state else {
                return;
            };
            worst = worst.max(verdict.counted());
        }
        self.nodes[heading].state = State::Done(worst.unwrap_or(Verdict::Skipped));
    }

    /// Steps that have a verdict, each counted once.
    pub(super) const fn finished(&self) -> u32 {
        self.finished
    }

    pub(super) fn node(&self, ix: NodeIx) -> Option<&Node> {
        self.nodes.get(ix)
    }

    /// The selected node.
    pub(super) fn selected(&self) -> Option<&Node> {
        self.nodes.get(self.selected)
    }

    /// The newest records of the steps below the selected node, in the order of the plan.
    pub(super) fn steps_below_selected(&self) -> impl Iterator<Item = StepNo> {
        let end = self.selected().map_or(0, |node| node.end);
        let from = (self.selected + 1).min(end);
        self.nodes[from..end].iter().filter_map(|node| node.step)
    }

    /// Whether anything below a node is hidden.
    pub(super) fn is_folded(&self, ix: NodeIx) -> bool {
        let node = &self.nodes[ix];
        if node.end <= ix + 1 {
            return false;
        }
        match node.fold {
            Fold::Closed => true,
            Fold::Open => false,
            Fold::Auto => {
                // The main part of the test stays open: it is what people look at.
                let folds = node.kind.is_some() || node.name != heading_text(Section::Steps);
                let is_over = matches!(
                    node.state,
                    State::Done(Verdict::Pass | Verdict::Skipped) | State::Waiting
                );
                folds && is_over && node.failures == 0
            }
        }
    }

    /// Whether there is something to fold.
    pub(super) fn has_below(&self, ix: NodeIx) -> bool {
        self.nodes[ix].end > ix + 1
    }

    /// The visible nodes, and the row of the selected one.
    pub(super) fn rows(&mut self) -> (&[NodeIx], usize) {
        if self.is_following
            && let Some(running) = self.running
        {
            self.selected = running;
        }
        if self.is_stale {
            self.rows.clear();
            let mut ix = 0;
            while ix < self.nodes.len() {
                self.rows.push(ix);
                ix = if self.is_folded(ix) {
                    self.nodes[ix].end
                } else {
                    ix + 1
                };
            }
            self.is_stale = false;
        }
        let row = match self.rows.binary_search(&self.selected) {
            Ok(row) => row,
            // Hidden: the nearest node above that is visible.
            Err(row) => row.saturating_sub(1),
        };
        (&self.rows, row)
    }

    /// Moves the selection by rows.
    pub(super) fn step_by(&mut self, rows: isize) {
        let (all, row) = self.rows();
        let target = row
            .saturating_add_signed(rows)
            .min(all.len().saturating_sub(1));
        if let Some(&ix) = all.get(target) {
            self.select(ix);
        }
    }

    /// Selects a row of the screen.
    pub(super) fn select_row(&mut self, row: usize) {
        if let Some(&ix) = self.rows().0.get(row) {
            self.select(ix);
        }
    }

    pub(super) fn select_first(&mut self) {
        self.select(0);
    }

    /// Goes with the running step again; at the end of a run, to its last step.
    pub(super) fn follow(&mut self) {
        self.is_following = true;
        if self.running.is_none() {
            let last = self
                .nodes
                .iter()
                .rposition(|node| node.state != State::Waiting);
            self.selected = last.unwrap_or(0);
            self.reveal(self.selected);
        }
    }

    /// Shows where a run is held: the step that has just ended, else the one that comes next, unless
    /// somebody looks at another one.
    pub(super) fn hold(&mut self, ended: Option<StepNo>, next: Option<u32>) {
        let place = next.and_then(|position| (position as usize).checked_sub(1));
        self.next = place.and_then(|place| self.of_position.get(place).copied());
        let ended = ended.and_then(|step| self.of_step.get(&step).copied());
        if let Some(ix) = self.next {
            self.reveal(ix);
        }
        if let Some(ix) = ended.or(self.next).filter(|_| self.is_following) {
            self.selected = ix;
            self.reveal(ix);
        }
    }

    /// The run is not held any more.
    pub(super) const fn go_on(&mut self) {
        self.next = None;
    }

    /// Whether a held run comes to this step next.
    pub(super) fn is_next(&self, ix: NodeIx) -> bool {
        self.next == Some(ix)
    }

    fn select(&mut self, ix: NodeIx) {
        self.selected = ix;
        self.is_following = self.running == Some(ix);
    }

    /// Opens what hides a node.
    fn reveal(&mut self, ix: NodeIx) {
        let mut above = self.nodes.get(ix).and_then(|node| node.parent);
        while let Some(parent) = above {
            self.nodes[parent].fold = Fold::Open;
            above = self.nodes[parent].parent;
        }
        self.is_stale = true;
    }

    /// Hides what is below the selected node; where nothing is, goes to the node above.
    pub(super) fn close_selected(&mut self) {
        let ix = self.visible_selection();
        if self.has_below(ix) && !self.is_folded(ix) {
            self.nodes[ix].fold = Fold::Closed;
            self.is_stale = true;
        } else if let Some(parent) = self.nodes.get(ix).and_then(|node| node.parent) {
            self.select(parent);
        }
    }

    /// Shows what is below the selected node; where that is visible, goes to the first of it.
    pub(super) fn open_selected(&mut self) {
        let ix = self.visible_selection();
        if self.nodes.is_empty() || !self.has_below(ix) {
            return;
        }
        if self.is_folded(ix) {
            self.nodes[ix].fold = Fold::Open;
            self.is_stale = true;
        } else {
            self.select(ix + 1);
        }
    }

    fn visible_selection(&mut self) -> NodeIx {
        let (rows, row) = self.rows();
        rows.get(row).copied().unwrap_or(0)
    }

    /// Selects the next node, from the one behind the selected on and around, whose name holds a
    /// text in any case; false where there is none.
    pub(super) fn find(&mut self, text: &str, from: Find) -> bool {
        let wanted = text.to_lowercase();
        if wanted.is_empty() {
            return false;
        }
        self.jump(from, |node| node.name.to_lowercase().contains(&wanted))
    }

    /// Selects the next step that failed; false where there is none.
    pub(super) fn next_failure(&mut self, from: Find) -> bool {
        self.jump(from, |node| {
            let is_leaf = node.kind.is_some_and(|kind| kind != StepKind::Sequence);
            is_leaf && node.failures > 0
        })
    }

    fn jump(&mut self, from: Find, wanted: impl Fn(&Node) -> bool) -> bool {
        let count = self.nodes.len();
        let found = (0..count)
            .map(|distance| match from {
                Find::Here => (self.selected + distance) % count,
                Find::Onward => (self.selected + 1 + distance) % count,
                Find::Back => (self.selected + count - 1 - distance) % count,
            })
            .find(|&ix| wanted(&self.nodes[ix]));
        if let Some(ix) = found {
            self.reveal(ix);
            self.select(ix);
        }
        found.is_some()
    }
}

/// Where a search begins, and in which direction it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Find {
    /// At the selected node.
    Here,
    Onward,
    Back,
}

const fn heading_text(section: Section) -> &'static str {
    match section {
        Section::Setup | Section::Restore => "setup",
        Section::Steps | Section::RetryBefore => "steps",
        Section::Teardown => "teardown",
        Section::SafeState => "safe state",
    }
}
