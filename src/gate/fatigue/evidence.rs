//! When everybody always says yes: what a sentence could ask less for, as a patch to its file. Nothing here changes a file.
//!
//! Only an amount above which somebody is asked is moved, and only so far as people were asked about and always agreed.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::directives::files::read_set;
use crate::directives::rule::{AmountRange, Number, Rule};
use crate::directives::{Directives, Origin, Reading};
use crate::money::{Currency, Money};

/// Lines of a file shown above and below each change.
const CONTEXT: usize = 3;
/// Round amounts, as halves, between a power of ten and the next.
const ROUND_HALVES: [i64; 8] = [2, 3, 4, 5, 6, 8, 10, 15];

/// One action that people were asked about under a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub amount: Option<Money>,
    /// Approved and done. `false`: denied, taken back, failed, or nobody knows.
    pub good: bool,
}

/// A limit that could be raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raise {
    pub from: Money,
    pub to: Money,
    /// How many actions up to the new limit were approved.
    pub cases: usize,
    /// A unified diff over the files of the set.
    pub patch: String,
    /// Those files, changed.
    pub files: BTreeMap<String, String>,
}

/// What the sentence at `origin` could be changed to, if at least `least` of its cases up to some round amount were good and
/// none at all was bad. The changed set must hold together and differ in nothing but the limit.
pub fn raise(
    directives: &Directives,
    origin: &Origin,
    cases: &[Case],
    least: usize,
    today: NaiveDate,
) -> Option<Raise> {
    let (reading, range) = limit_at(directives, origin)?;
    let from = Money::new(range.over?.0, Currency::new(&range.currency));
    if least == 0 || cases.iter().any(|case| !case.good) {
        return None;
    }
    let mut amounts: Vec<i64> =
        cases.iter().filter_map(|case| case.amount.as_ref()).map(|amount| amount.micros).collect();
    if cases.iter().filter_map(|case| case.amount.as_ref()).any(|amount| amount.currency != from.currency) {
        return None;
    }
    amounts.sort_unstable();
    let up_to = |limit: i64| amounts.partition_point(|micros| *micros <= limit);
    let most = *amounts.last()?;
    let to = round_amounts().filter(|round| *round > from.micros && *round <= most && up_to(*round) >= least).max()?;
    let to = Money::new(to, from.currency.clone());
    let changed = changed_files(directives, reading, &from, &to)?;
    holds(directives, &changed, &from, &to, today)?;
    let patch: String = changed.iter().map(|(path, text)| unified(path, &directives.files[path], text)).collect();
    Some(Raise { cases: up_to(to.micros), from, to, patch, files: changed })
}

fn limit_at<'a>(directives: &'a Directives, origin: &Origin) -> Option<(&'a Reading, &'a AmountRange)> {
    let found = directives.readings.iter().find(|reading| reading.origin == *origin)?;
    let Rule::Approve(rule) = &found.rule else { return None };
    let range = rule.when.amount.as_ref().filter(|range| range.per.is_none() && range.over.is_some())?;
    Some((found, range))
}

/// 1, 1.5, 2, 2.5, 3, 4, 5 and 7.5 times each power of ten, in millionths.
fn round_amounts() -> impl Iterator<Item = i64> {
    (1..18_u32).flat_map(|power| ROUND_HALVES.map(|halves| 10_i64.pow(power).saturating_mul(halves) / 2))
}

/// The files with the limit moved: in the sentence itself, and where another one says that up to it nobody is asked.
fn changed_files(
    directives: &Directives,
    asks: &Reading,
    from: &Money,
    to: &Money,
) -> Option<BTreeMap<String, String>> {
    let Rule::Approve(approve) = &asks.rule else { return None };
    let mut places = vec![&asks.origin];
    for reading in &directives.readings {
        let Rule::Allow(allow) = &reading.rule else { continue };
        let range = allow.when.amount.as_ref().filter(|range| range.per.is_none());
        let same = range.is_some_and(|range| {
            range.at_most == Some(Number(from.micros)) && Currency::new(&range.currency) == from.currency
        });
        if same && allow.tools.iter().any(|tool| approve.tools.contains(tool)) {
            places.push(&reading.origin);
        }
    }
    let mut changed: BTreeMap<String, String> = BTreeMap::new();
    for origin in places {
        let text = changed.get(&origin.file).or_else(|| directives.files.get(&origin.file))?;
        let new = with_line(text, origin.line, |line| with_amount(line, from, to))?;
        changed.insert(origin.file.clone(), new);
    }
    Some(changed)
}

fn with_line(text: &str, number: u32, change: impl Fn(&str) -> Option<String>) -> Option<String> {
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let line = lines.get_mut(at)?;
    *line = change(line)?;
    Some(lines.join("\n"))
}

/// The line with the one place changed where it names the old limit.
fn with_amount(line: &str, from: &Money, to: &Money) -> Option<String> {
    let found = Money::find_all(line);
    let mut named = found.iter().filter(|(_, amount)| amount == from);
    let (range, _) = named.next().filter(|_| found.iter().filter(|(_, amount)| amount == from).count() == 1)?;
    let written = to.to_string();
    let written = written.strip_suffix(".00").unwrap_or(&written);
    Some(format!("{}{written}{}", line.get(..range.start)?, line.get(range.end..)?))
}

/// The changed set is read like any other, and every sentence means what it meant but for the limit.
fn holds(
    directives: &Directives,
    changed: &BTreeMap<String, String>,
    from: &Money,
    to: &Money,
    today: NaiveDate,
) -> Option<()> {
    let mut files = directives.files.clone();
    files.extend(changed.clone());
    let new = read_set(&files, today).ok()?;
    let moved = |rule: &Rule| {
        let mut rule = rule.clone();
        let when = match &mut rule {
            Rule::Approve(rule) => &mut rule.when,
            Rule::Allow(rule) => &mut rule.when,
            _other_sentences_stay => return rule,
        };
        if let Some(range) = when.amount.as_mut() {
            for bound in [&mut range.over, &mut range.at_most] {
                if *bound == Some(Number(to.micros)) {
                    *bound = Some(Number(from.micros));
                }
            }
        }
        rule
    };
    let same = |(old, new): (&Reading, &Reading)| old.rule == new.rule || old.rule == moved(&new.rule);
    let all =
        directives.readings.len() == new.readings.len() && directives.readings.iter().zip(&new.readings).all(same);
    all.then_some(())
}

/// A unified diff of two texts with equally many lines.
fn unified(path: &str, old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split('\n').collect(), new.split('\n').collect());
    let differs: Vec<usize> = (0..old.len()).filter(|at| old.get(*at) != new.get(*at)).collect();
    let mut out = format!("--- a/{path}\n+++ b/{path}\n");
    let mut at = 0;
    while let Some(first) = differs.get(at).copied() {
        let mut last = first;
        while let Some(next) = differs.get(at + 1).copied().filter(|next| *next <= last + 2 * CONTEXT) {
            last = next;
            at += 1;
        }
        at += 1;
        // The empty text after a file's last line break is no line.
        let lines = if old.last() == Some(&"") { old.len() - 1 } else { old.len() };
        let (from, until) = (first.saturating_sub(CONTEXT), (last + CONTEXT + 1).min(lines));
        out.push_str(&format!("@@ -{},{n} +{},{n} @@\n", from + 1, from + 1, n = until - from));
        for line in from..until {
            match (old.get(line), new.get(line)) {
                (Some(before), Some(after)) if before != after => out.push_str(&format!("-{before}\n+{after}\n")),
                (Some(same), _) => out.push_str(&format!(" {same}\n")),
                (None, _) => {}
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPROVALS: &str = "# What waits\n\nRefunds up to $200 run without approval.\n\
        Refunds above $200 need approval from Dana, within 4 hours.\n\nPasswords run without approval.\n";

    fn set() -> Directives {
        let company = "# Acme\n\n## Who is who\n- Dana Ruiz (@dana, dana@acme.test), head of finance\n\
            - Kim Osei (@kim, kim@acme.test), managing director\n\n## Triage\nThe triage person is Kim Osei (@kim).\n\n\
            ## Words\nA refund means `billing.refund`; its amount is `amount_cents` in cents of USD.\n\
            A password means `accounts.reset_password`.\n";
        let lock = serde_json::json!({"tools": {
            "billing.refund": {"input_schema": {"type": "object", "properties": {"amount_cents": {"type": "integer"}}},
                "class": "write", "digest": "sha256:r"},
            "accounts.reset_password": {"input_schema": {"type": "object"}, "class": "write", "digest": "sha256:p"},
        }});
        let files = [
            ("company.md", company.to_owned()),
            ("approvals.md", APPROVALS.to_owned()),
            ("tools.lock", lock.to_string()),
        ];
        let files = files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
        read_set(&files, today()).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
    }

    fn origin(set: &Directives) -> Origin {
        set.readings.iter().find(|reading| matches!(reading.rule, Rule::Approve(_))).unwrap().origin.clone()
    }

    fn good(dollars: i64) -> Case {
        Case { amount: Some(Money::new(dollars * 1_000_000, Currency::new("USD"))), good: true }
    }

    #[test]
    fn a_limit_is_raised_as_far_as_everybody_always_agreed() {
        let set = set();
        let cases: Vec<Case> = (0..20).map(|n| good(210 + n * 5)).collect();
        let raise = raise(&set, &origin(&set), &cases, 10, today()).unwrap();
        assert_eq!((raise.to.to_string().as_str(), raise.cases), ("$300.00", 19));
        insta::assert_snapshot!(raise.patch, @r"
        --- a/approvals.md
        +++ b/approvals.md
        @@ -1,6 +1,6 @@
         # What waits
         
        -Refunds up to $200 run without approval.
        +Refunds up to $300 run without approval.
        -Refunds above $200 need approval from Dana, within 4 hours.
        +Refunds above $300 need approval from Dana, within 4 hours.
         
         Passwords run without approval.
        ");
    }

    #[test]
    fn too_few_or_one_no_propose_nothing() {
        let set = set();
        let few: Vec<Case> = (0..9).map(|_| good(260)).collect();
        assert_eq!(raise(&set, &origin(&set), &few, 10, today()), None);
        let mut one_no: Vec<Case> = (0..20).map(|_| good(260)).collect();
        one_no.push(Case { good: false, ..good(900) });
        assert_eq!(raise(&set, &origin(&set), &one_no, 10, today()), None);
        let enough: Vec<Case> = (0..20).map(|n| good(210 + n * 5)).collect();
        assert!(raise(&set, &origin(&set), &enough, 10, today()).is_some());
        assert_eq!(raise(&set, &origin(&set), &enough, 0, today()), None, "switched off");
        let other = Origin { line: 3, ..origin(&set) };
        assert_eq!(raise(&set, &other, &enough, 10, today()), None, "a sentence that asks nobody");
    }

    #[test]
    fn a_limit_goes_to_the_highest_round_amount_with_enough_behind_it() {
        let set = set();
        let to = |amounts: &[i64], least: usize| {
            let cases: Vec<Case> = amounts.iter().map(|dollars| good(*dollars)).collect();
            raise(&set, &origin(&set), &cases, least, today()).map(|raise| (raise.to.to_string(), raise.cases))
        };
        let is = |to: &str, cases: usize| Some((to.to_owned(), cases));
        assert_eq!(to(&[300, 260], 2), is("$300.00", 2), "in any order, and up to the largest itself");
        assert_eq!(to(&[300, 260], 3), None, "too few");
        assert_eq!(to(&[299, 260], 1), None, "250 is below all of them");
        assert_eq!(to(&[299, 240], 1), is("$250.00", 1), "only as far as people were asked");
        assert_eq!(to(&[200, 150], 1), None, "not above the limit that there is");
        assert_eq!(to(&[], 1), None);
        let euros = Case { amount: Some(Money::new(300_000_000, Currency::new("EUR"))), good: true };
        let mixed = [good(300), euros.clone(), good(300)];
        assert_eq!(raise(&set, &origin(&set), &mixed, 1, today()), None, "one in another currency");
        assert_eq!(raise(&set, &origin(&set), &[euros], 1, today()), None);
    }

    #[test]
    fn only_the_limit_itself_moves_and_only_where_it_is_named_once() {
        let read = |approvals: &str| {
            let mut files = set().files;
            files.insert("approvals.md".to_owned(), approvals.to_owned());
            read_set(&files, today()).unwrap_or_else(|problems| panic!("{problems:?}"))
        };
        let cases = [good(300), good(300)];
        let patch = |approvals: &str| {
            let set = read(approvals);
            raise(&set, &origin(&set), &cases, 1, today()).map(|raise| raise.patch)
        };
        let far = "# A\n\nRefunds above $200 need approval from Dana.\n\n\n\n\n\n\n\n\n\nRefunds up to $200 run without approval.\n";
        insta::assert_snapshot!(patch(far).unwrap_or_default(), @r"
        --- a/approvals.md
        +++ b/approvals.md
        @@ -1,6 +1,6 @@
         # A
         
        -Refunds above $200 need approval from Dana.
        +Refunds above $300 need approval from Dana.
         
         
         
        @@ -10,4 +10,4 @@
         
         
         
        -Refunds up to $200 run without approval.
        +Refunds up to $300 run without approval.
        ");
        let lower = "# A\n\nRefunds up to $100 run without approval.\nRefunds above $200 need approval from Dana.";
        insta::assert_snapshot!(patch(lower).unwrap_or_default(), @r"
        --- a/approvals.md
        +++ b/approvals.md
        @@ -1,4 +1,4 @@
         # A
         
         Refunds up to $100 run without approval.
        -Refunds above $200 need approval from Dana.
        +Refunds above $300 need approval from Dana.
        ");
        assert_eq!(patch("# A\n\nPasswords need approval from Dana.\n"), None, "no amount at all");
    }
}
