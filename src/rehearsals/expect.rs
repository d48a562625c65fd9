//! An expectation against what happened. Each judgement is `Ok`, or the lines that say what was found instead.

use super::known::{self, Ran};
use super::stage::Stage;
use super::transcript::{self, Paint};
use super::{CannotRehearse, Entry, Expectation, Line, Visible};
use crate::ledger::FactKind;
use crate::routing::Routing;
use crate::tasks::Task;
use crate::workers::WorkerRef;

/// What an expectation may look at.
pub(super) struct Scene<'a> {
    pub stage: &'a Stage,
    /// What became visible by the last act.
    pub since: &'a [Entry],
    /// What became visible in the whole section.
    pub whole: &'a [Entry],
    /// Who acted last, by handle.
    pub actor: Option<&'a str>,
    /// The last task before the last act, and how many facts it had.
    pub before: Option<(Task, usize)>,
}

/// Either it holds, or what was found.
pub(super) type Verdict = Result<(), Vec<String>>;

impl Scene<'_> {
    pub async fn judge(&self, expected: &Expectation) -> Result<Verdict, CannotRehearse> {
        Ok(match expected {
            Expectation::Says(text) => self.says(text),
            Expectation::DoesNotSay(text) => match self.says(text) {
                Ok(()) => Err(self.seen("people saw")),
                Err(_) => Ok(()),
            },
            Expectation::Runs { tool, times } => runs(&self.stage.ran().await?, tool, *times),
            Expectation::NothingRuns => nothing_runs(&self.stage.ran().await?),
            Expectation::Refused(text) => self.refused(text).await?,
            Expectation::RoutedTo { .. }
            | Expectation::WaitsFor(_)
            | Expectation::WaitsForNobody
            | Expectation::Asks(_)
            | Expectation::EscalatesTo(_)
            | Expectation::Expires => match known::last_task(self.stage.app()).await? {
                Some(task) => self.of_task(expected, &task).await?,
                None => Err(vec!["nothing was asked for: there is no task".to_owned()]),
            },
        })
    }

    async fn of_task(&self, expected: &Expectation, task: &Task) -> Result<Verdict, CannotRehearse> {
        let app = self.stage.app();
        Ok(match expected {
            Expectation::RoutedTo { worker, by } => match known::routing(app, task).await? {
                Some(routing) => self.routed(&routing, worker, by.as_ref()),
                None => Err(vec![format!("{} was not routed", task.id)]),
            },
            Expectation::WaitsFor(who) => self.waits_for(task, who).await?,
            Expectation::WaitsForNobody => {
                let waiting = known::waits_for(app, task).await?;
                if waiting.is_empty() { Ok(()) } else { Err(vec![waiting_line(task, &waiting)]) }
            }
            Expectation::Asks(text) => match (self.says(text), known::waits_for_answer(app, task).await?) {
                (Ok(()), true) => Ok(()),
                (Ok(()), false) => Err(vec![format!("it says so, but {} waits for no answer", task.id)]),
                (Err(found), _) => Err(found),
            },
            Expectation::EscalatesTo(who) => {
                if self.has_fact(task, FactKind::Escalated).await? {
                    self.waits_for(task, who).await?
                } else {
                    Err(vec![format!("{} was not escalated", task.id)])
                }
            }
            Expectation::Expires => match (known::has_expired(app, task).await?, self.since.is_empty()) {
                (true, false) => Ok(()),
                (true, true) => Err(vec!["it expired, and nobody was told".to_owned()]),
                (false, _) => Err(vec![format!("no approval of {} has expired", task.id)]),
            },
            Expectation::Says(_)
            | Expectation::DoesNotSay(_)
            | Expectation::Runs { .. }
            | Expectation::NothingRuns
            | Expectation::Refused(_) => Ok(()),
        })
    }

    fn routed(&self, routing: &Routing, worker: &str, by: Option<&Line>) -> Verdict {
        let to = routing.to.first().map(name_of).unwrap_or_default();
        let mut found = Vec::new();
        if to != worker && routing.to.first().map(ToString::to_string).as_deref() != Some(worker) {
            found.push(format!("it was routed to {to}"));
        }
        if let Some(by) = by {
            let cause = routing.because.first();
            let same = cause.is_some_and(|cause| {
                cause.file == by.file && by.sentence.as_ref().is_none_or(|sentence| *sentence == cause.text)
            });
            let shown = |place: &str| self.whole.iter().any(|entry| entry.text.contains(place));
            match cause {
                None => found.push("no line decided: it looks like their work".to_owned()),
                Some(cause) if !same => {
                    found.push(format!("it was decided by {}:{} “{}”", cause.file, cause.line, cause.text));
                }
                Some(cause) if !shown(&format!("{}:{}", cause.file, cause.line)) => {
                    found.push(format!("nobody was shown {}:{}", cause.file, cause.line));
                }
                Some(_) => {}
            }
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    /// It waits for them, and they have a card with buttons about it.
    async fn waits_for(&self, task: &Task, who: &str) -> Result<Verdict, CannotRehearse> {
        let waiting = known::waits_for(self.stage.app(), task).await?;
        let cards: Vec<&str> = waiting.iter().filter(|w| w.who == who).map(|w| w.card.as_str()).collect();
        if cards.is_empty() {
            return Ok(Err(vec![waiting_line(task, &waiting)]));
        }
        let direct = match self.stage.direct_cards(who) {
            Ok(direct) => direct,
            Err(refused) => return Ok(Err(vec![refused.0])),
        };
        let told = direct.iter().any(|(_, text)| cards.iter().any(|card| names(text, card)));
        Ok(if told {
            Ok(())
        } else {
            Err(vec![format!("{} waits for @{who}, who was not told by a card with buttons", cards.join(", "))])
        })
    }

    async fn refused(&self, text: &str) -> Result<Verdict, CannotRehearse> {
        let privately = self.since.iter().any(|entry| {
            let alone = match &entry.visible {
                Visible::Private(who) | Visible::Form(who) => Some(who.as_str()) == self.actor,
                Visible::Channel { .. } | Visible::Direct(_) | Visible::Notice(_) | Visible::Reaction => false,
            };
            alone && contains(&entry.text, text)
        });
        if privately {
            return Ok(Ok(()));
        }
        let task = known::last_task(self.stage.app()).await?;
        let denied = match &task {
            Some(task) => self.has_fact(task, FactKind::ActionDenied).await?,
            None => false,
        };
        Ok(match self.says(text) {
            Ok(()) if denied => Ok(()),
            Ok(()) => Err(self.seen("nothing was refused; people saw")),
            Err(found) => Err(found),
        })
    }

    fn says(&self, text: &str) -> Verdict {
        let said = self.since.iter().filter(|entry| entry.visible != Visible::Reaction);
        if said.into_iter().any(|entry| contains(&entry.text, text)) { Ok(()) } else { Err(self.seen("people saw")) }
    }

    fn seen(&self, how: &str) -> Vec<String> {
        if self.since.is_empty() {
            return vec!["people saw nothing new".to_owned()];
        }
        let mut lines = vec![format!("{how}:")];
        lines.extend(transcript::entries(self.since, &self.stage.names(), Paint::PLAIN).lines().map(str::to_owned));
        lines
    }

    /// Whether a fact of this kind was written about the task by the last act.
    async fn has_fact(&self, task: &Task, kind: FactKind) -> Result<bool, CannotRehearse> {
        let seen = self.before.as_ref().filter(|(before, _)| before.id == task.id).map_or(0, |(_, facts)| *facts);
        Ok(known::facts_since(self.stage.app(), task, seen).await?.iter().any(|fact| fact.kind == kind))
    }
}

fn runs(ran: &[Ran], tool: &str, times: usize) -> Verdict {
    let count = |by_bot: bool| ran.iter().filter(|one| one.tool == tool && one.by_bot == by_bot).count();
    let changes = ran.iter().any(|one| one.tool == tool && one.changes);
    let mut found = Vec::new();
    if count(true) != times {
        found.push(format!("the bot ran {tool} {}", spoken(count(true))));
    }
    if (changes || times == 0) && known::is_counted(tool) && count(false) != times {
        found.push(format!("the tool server did {tool} {}", spoken(count(false))));
    }
    if found.is_empty() {
        return Ok(());
    }
    let others: Vec<&str> =
        ran.iter().filter(|one| one.by_bot && one.tool != tool).map(|one| one.tool.as_str()).collect();
    if !others.is_empty() {
        found.push(format!("other tools that ran: {}", others.join(", ")));
    }
    Err(found)
}

fn nothing_runs(ran: &[Ran]) -> Verdict {
    let mut changed: Vec<String> = ran.iter().filter(|one| one.changes).map(|one| one.tool.clone()).collect();
    changed.dedup();
    if changed.is_empty() { Ok(()) } else { Err(vec![format!("these ran: {}", changed.join(", "))]) }
}

fn spoken(times: usize) -> String {
    match times {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

fn waiting_line(task: &Task, waiting: &[known::WaitsFor]) -> String {
    let who: Vec<String> = waiting.iter().map(|one| format!("@{} ({})", one.who, one.card)).collect();
    if who.is_empty() {
        return format!("{} waits for nobody", task.id);
    }
    format!("{} waits for {}", task.id, who.join(", "))
}

/// The bare name of a worker: `finance-agent`, `dana`, `human`.
fn name_of(worker: &WorkerRef) -> String {
    let text = worker.to_string();
    let bare = text.split_once(':').map_or(text.as_str(), |(_, name)| name);
    bare.trim_start_matches(['@', '#']).to_owned()
}

/// Whether a text names this card, and not one whose number only begins so.
fn names(text: &str, card: &str) -> bool {
    text.match_indices(card).any(|(at, _)| !text[at + card.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether `text` holds `part`, whatever the case and the spaces between words.
fn contains(text: &str, part: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(text).contains(&plain(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(tool: &str, changes: bool, by_bot: bool) -> Ran {
        Ran { tool: tool.to_owned(), changes, by_bot }
    }

    #[test]
    fn what_the_bot_tells_and_what_the_server_did_must_agree() {
        let once =
            [ran("orders.get", false, true), ran("billing.refund", true, true), ran("billing.refund", true, false)];
        assert_eq!(runs(&once, "billing.refund", 1), Ok(()));
        assert_eq!(runs(&once, "orders.get", 1), Ok(()));
        assert_eq!(runs(&once, "licences.order", 0), Ok(()));
        assert!(runs(&once, "billing.refund", 2).is_err() && runs(&once, "billing.refund", 0).is_err());
        let twice = [once.as_slice(), &[ran("billing.refund", true, false)]].concat();
        assert_eq!(runs(&twice, "billing.refund", 1).unwrap_err()[0], "the tool server did billing.refund twice");
        assert!(nothing_runs(&once).is_err() && nothing_runs(&once[..1]).is_ok());
    }

    #[test]
    fn texts_are_compared_by_their_words() {
        assert!(contains("Refunded  $40.00\n to Lumen", "refunded $40.00 to"));
        assert!(!contains("Refunded $40.00", "$400"));
        assert!(names("asks · A-1", "A-1") && !names("asks · A-12", "A-1"));
    }
}
