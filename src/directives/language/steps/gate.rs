//! Whose approval a step needs before it starts.

use super::words::{APPROVALS, APPROVED_WHAT, APPROVES, AUXILIARIES, MODALS, NEEDS, WEAK_NEEDS};
use super::{Cursor, Gate, Part, StepRef};
use crate::directives::language::build_gates::check_approvers;
use crate::directives::language::grammar::Slot;
use crate::directives::language::values::{Val, error};
use crate::directives::language::vocabulary::words::VAGUE;
use crate::workers::WorkerRef;

const APPROVED_BY: &[&str] = &[
    "approved by", "is approved by", "are approved by", "to be approved by", "must be approved by",
    "has to be approved by", "needs to be approved by", "have to be approved by", "should be approved by",
    "signed off by", "is signed off by", "must be signed off by", "has to be signed off by",
    "needs to be signed off by", "to be signed off by", "authorised by", "authorized by", "must be authorised by",
    "must be authorized by", "must first be approved by", "has first to be approved by", "must be okayed by",
    "needs to be okayed by", "must be confirmed by", "has to be confirmed by", "is gated by", "gated by",
    "approved by :", "must be cleared by", "has to be cleared by", "must be agreed by", "needs approving by",
    "approver is", "approver :", "approvers :", "approved first by", "shall be approved by",
    "is subject to approval by", "confirmed by", "cleared by", "will be approved by", "needs signing off by",
];
const PROVIDED: &[&str] = &[
    "if", "provided", "provided that", "as long as", "so long as", "only if", "but only if", "on condition that",
    "on the condition that", "assuming", "not before", "not until", "but not before", "but not until", "only when",
    "but only when", "only once", "but only once", "but only after",
];

impl Cursor<'_> {
    /// Before the main clause: "With @kim's approval, the HR agent …".
    pub(super) fn gate_before(&mut self, at: usize) -> Option<(Part, usize)> {
        let (part, end) = self.quietly(|cursor| cursor.gate_at(at, true))?;
        if self.subject.is_some() || !(self.is_mark(end, &[',', ':']) || self.begins_main(end)) {
            return None;
        }
        // A worker that begins the sentence is who does the step: "@kim approves the order".
        if self.known_worker(at).is_some() {
            return None;
        }
        self.gate_at(at, true)?;
        Some((part, end))
    }

    pub(super) fn gate(&mut self, at: usize) -> Option<(Part, usize)> {
        self.gate_at(at, false)
    }

    /// `before`: the main clause follows, so that a list of approvers ends where its worker begins.
    fn gate_at(&mut self, at: usize, before: bool) -> Option<(Part, usize)> {
        let begun = self.out.findings.len();
        // "the invoices that need @kim's approval" speaks of invoices.
        let relative =
            |i: usize| matches!(self.low(i), "that" | "which" | "who" | "whose") && i > 0 && !self.is_boundary(i - 1);
        if at > 0 && (relative(at - 1) || relative(at)) {
            return None;
        }
        let (of, mut k) = match self.refs(at) {
            Some((steps, end)) if steps.len() == 1 => match steps[0] {
                StepRef::Number(n) => (Some(n), end),
                StepRef::Previous | StepRef::Two | StepRef::All | StepRef::Words { .. } => (None, end),
            },
            Some(_) | None => (None, at),
        };
        while self.reader.hedge_at(k) > 0
            || matches!(self.low(k), "only" | "first" | "also" | "always" | "therefore" | "still")
        {
            let hedge = self.reader.hedge_at(k);
            if hedge > 0 {
                let fault = self.reader.hedge_fault(k, k + hedge);
                self.out.findings.push(fault);
            }
            k += hedge.max(1);
        }
        let found = self.approved_by(k).or_else(|| self.needs(k, before)).or_else(|| self.approves(k));
        let Some((mut gate, mut end)) = found else {
            self.out.findings.truncate(begun);
            return None;
        };
        let own = at == 0 || self.is_boundary(at - 1) || super::words::JOINS.contains(&self.low(at - 1));
        if gate.by.is_empty() && !own {
            self.out.findings.truncate(begun);
            return None;
        }
        while let Some(after) = self.any(end, APPROVED_WHAT) {
            end = after;
        }
        if let Some(after) = self.any(end, &["within", "in at most", "no later than in", "inside", ", within"])
            && let Some((within, stop)) = self.duration(after)
        {
            gate.within = Some(within);
            end = stop;
        }
        gate.of = of;
        gate.span = self.span(at, end);
        check_approvers(self.reader, &gate.by, gate.count, &gate.span, &mut self.out.findings);
        Some((Part::Gate(gate), end))
    }

    fn gate_of(&self, by: Vec<WorkerRef>, count: u32) -> Gate {
        Gate { by, count, within: None, of: None, event: false, span: 0..0 }
    }

    fn approved_by(&mut self, k: usize) -> Option<(Gate, usize)> {
        let open = self.any(k, APPROVED_BY)?;
        let found = self.worker(open)?;
        self.out.findings.extend(found.faults.iter().cloned());
        Some((self.gate_of(found.refs.clone(), found.count()), found.end))
    }

    /// "needs @kim's approval", "with approval from the CFO", "subject to the CFO's OK".
    fn needs(&mut self, k: usize, before: bool) -> Option<(Gate, usize)> {
        let weak = self.any(k, WEAK_NEEDS);
        let open = weak.or_else(|| self.any(k, NEEDS))?;
        let okays = self.reader.slot(Slot::Okay, open);
        let speaks = |end: usize| (open..end).any(|i| APPROVALS.contains(&self.low(i)));
        let mut best: Option<(u32, usize, Gate, Vec<super::Finding>)> = None;
        let stands = |end: usize| !before || self.is_mark(end, &[',', ':']) || self.begins_main(end);
        for filled in okays.iter().filter(|filled| speaks(filled.end) && stands(filled.end)) {
            let Val::Okay(okay) = &filled.val else { continue };
            let count = okay.count.unwrap_or(if okay.all { u32::try_from(okay.by.len()).unwrap_or(1) } else { 1 });
            // "someone senior", "approval from @nobody": the phrase goes on with what cannot be read.
            let cut = VAGUE.contains(&self.low(filled.end)) || matches!(self.low(filled.end), "from" | "by" | "of");
            let rank = u32::from(!filled.faults.is_empty()) + 2 * u32::from(cut);
            let better = best.as_ref().is_none_or(|(known, end, gate, _)| {
                (rank, okay.by.is_empty(), std::cmp::Reverse(filled.end))
                    < (*known, gate.by.is_empty(), std::cmp::Reverse(*end))
            });
            if better {
                best = Some((rank, filled.end, self.gate_of(okay.by.clone(), count), filled.faults.clone()));
            }
        }
        let (_, end, gate, faults) = best?;
        self.out.findings.extend(faults);
        if let Some(weak) = weak {
            let words = self.written(k, weak);
            let finding = error(
                "hedge",
                self.span(k, weak),
                format!("“{words}” leaves open whether the step waits"),
                "write “needs …”",
            );
            self.out.findings.push(finding);
        }
        // "needs approval if it is large": a condition that no step can hold.
        if matches!(self.low(end), "if" | "when" | "unless" | "where")
            && self.any(end, PROVIDED).is_some()
            && gate.within.is_none()
        {
            let finding = error(
                "step-condition",
                self.span(end, self.len()),
                "an approval of a step holds always; this makes it depend on something".to_owned(),
                "leave the condition out, or say it in a rule about the action (“Refunds above $200 need …”)",
            );
            self.out.findings.push(finding);
            return Some((gate, self.len()));
        }
        Some((gate, end))
    }

    /// "@kim must approve it first", "if @kim agrees".
    fn approves(&mut self, k: usize) -> Option<(Gate, usize)> {
        let provided = self.any(k, PROVIDED);
        let found = self.known_worker(provided.unwrap_or(k))?;
        let mut at = found.end;
        at = self.any(at, MODALS).unwrap_or(at);
        while AUXILIARIES.contains(&self.low(at)) || matches!(self.low(at), "first" | "also") {
            at += 1;
        }
        let end = self.any(at, APPROVES)?;
        let mut what = end;
        while let Some(after) = self.any(what, APPROVED_WHAT) {
            what = after;
        }
        let fits = self.is_boundary(what) || matches!(self.low(what), "and" | "within");
        (fits || provided.is_some() && self.ends_here(what))
            .then(|| (self.gate_of(found.refs.clone(), found.count()), what))
    }
}
