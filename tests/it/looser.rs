//! Edits of the example company's files, each with the kinds of looseness that it must be told for; none: it counts at once.

use std::collections::{BTreeMap, BTreeSet};

use workforce::backtest::looser::{What, looser};
use workforce::catalogue::{Class, ToolName, ToolsLock};
use workforce::directives::{Directives, files};
use workforce::rehearsals::example;

/// Sentences that the example company has none of.
const MORE: &str = "
## More

Spend at most $50 a week on the support agent; pause it after that.
A human checks one in ten of the support agent's answers.
When fewer than 80% of the finance agent's proposals are accepted over a month, everything it does needs approval.
The HR agent only suggests.
Kim covers for Dana from 3 to 14 August 2026.
Never let the support agent issue refunds over $1,000.
The orders agent can use `orders.get` and `orders.search`, nothing else.
By VIP we mean customers on the Platinum plan.
Replies to VIP customers need approval from @noor.

## The engineering agent

Never order licences.
";
const AGAIN: &str = "6. @hugo signs the contract. This needs @kim's approval.\n7. @hugo signs the contract. This needs @kim's approval.\n";

const APPROVALS: &str = "approvals.md";
const COMPANY: &str = "company.md";
const FINANCE: &str = "roles/finance-operations.md";
const SUPPORT: &str = "roles/support-desk.md";
const FLOW: &str = "workflows/onboarding.md";
const POLICY: &str = "policies/refunds.rego";

enum Edit {
    /// In this file, this text becomes that.
    Text(&'static str, &'static str, &'static str),
    Gone(&'static str),
    Added(&'static str, &'static str),
    /// The file has another name and, in it, this text becomes that.
    Renamed(&'static str, &'static str, &'static str, &'static str),
    /// In the lock this tool counts as one that only reads.
    Reads(&'static str),
}
use Edit::{Added, Gone, Reads, Renamed, Text};

fn company() -> BTreeMap<String, String> {
    let mut files = example::files();
    files.get_mut(APPROVALS).unwrap().push_str(MORE);
    files.get_mut(FLOW).unwrap().push_str(AGAIN);
    files
}

fn read(files: &BTreeMap<String, String>) -> Result<Directives, String> {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
    files::read_set(files, today).map_err(|problems| format!("{problems:?}"))
}

fn changed(edits: &[Edit]) -> BTreeMap<String, String> {
    let mut files = company();
    let mut put = |file: &str, to: &str, old: &str, new: &str| {
        let text = files.remove(file).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{file} says this once: {old}");
        files.insert(to.to_owned(), text.replace(old, new));
    };
    for edit in edits {
        match edit {
            Text(file, old, new) => put(file, file, old, new),
            Renamed(file, to, old, new) => put(file, to, old, new),
            Gone(_) | Added(..) | Reads(_) => {}
        }
    }
    for edit in edits {
        match edit {
            Gone(file) => drop(files.remove(*file)),
            Added(file, text) => drop(files.insert((*file).to_owned(), (*text).to_owned())),
            Reads(tool) => {
                let mut lock = ToolsLock::parse(&files["tools.lock"]).unwrap();
                lock.tools.get_mut(&ToolName((*tool).to_owned())).unwrap().class = Class::Read;
                files.insert("tools.lock".to_owned(), lock.to_text());
            }
            Text(..) | Renamed(..) => {}
        }
    }
    files
}

/// A table, so that whoever adds a kind of sentence sees what its edits must be told for.
#[rustfmt::skip]
fn rows() -> Vec<(&'static str, Vec<Edit>, &'static [What])> {
    use What::{Approver, Bound, Freedom, Gate, Person, Right, Tool};
    let approvals = |old, new| vec![Text(APPROVALS, old, new)];
    vec![
        // Gates.
        ("a higher limit", vec![Text(APPROVALS, "up to $200 run", "up to $300 run"), Text(APPROVALS, "above $200 need", "above $300 need")], &[Gate, Freedom]),
        ("a lower limit", vec![Text(APPROVALS, "up to $200 run", "up to $100 run"), Text(APPROVALS, "above $200 need", "above $100 need")], &[]),
        ("a longer time", approvals("within 4 hours, otherwise ask @kim", "within 8 hours, otherwise ask @kim"), &[Gate]),
        ("a shorter time", approvals("within 4 hours, otherwise ask @kim", "within 2 hours, otherwise ask @kim"), &[]),
        ("nobody is asked afterwards", approvals("within 4 hours, otherwise ask @kim", "within 4 hours"), &[]),
        ("somebody else is asked afterwards", approvals("within 4 hours, otherwise ask @kim", "within 4 hours, otherwise ask @lee"), &[Gate, Approver]),
        ("another approver", approvals("from a finance manager,", "from @omar,"), &[Gate, Approver]),
        ("an approver more", approvals("from a finance manager,", "from a finance manager or @lee,"), &[Gate, Approver]),
        ("an approver less", approvals("from @mei or @lee", "from @mei"), &[]),
        ("both instead of either", approvals("from @mei or @lee", "from both @mei and @lee"), &[]),
        ("a gate is gone", approvals("Refunds above $200 need approval from a finance manager, within 4 hours, otherwise ask @kim.\n", ""), &[Gate]),
        ("a gate whose owner is asked instead is gone", approvals("Cancellations need approval from the support lead, within 1 day, otherwise ask @kim.\n", ""), &[Gate]),
        ("a gate becomes a freedom", approvals("Licence orders need approval from Dana Ruiz, within 2 hours.", "Licence orders run without approval."), &[Gate, Freedom]),
        ("a freedom becomes a gate", approvals("Password resets run without approval.", "Password resets need approval from @mei."), &[]),
        ("a freedom is gone", approvals("Password resets run without approval.\n", ""), &[]),
        ("a freedom for one more", approvals("The support agent may reply", "The support agent and the orders agent may reply"), &[Freedom]),
        ("a freedom for everyone", approvals("The support agent may reply to tickets without approval.", "Replies run without approval."), &[Freedom]),
        ("a freedom for nobody", approvals("The support agent may reply to tickets without approval.\n", ""), &[]),
        ("a new freedom", approvals("Lockouts need", "Licence orders below $10 run without approval.\nLockouts need"), &[Freedom]),
        ("an exception with its own approver", approvals("Only the finance agent", "Refunds above $1,000 need approval from @lee.\nOnly the finance agent"), &[Gate, Approver]),
        ("an exception asking whom the gate asks last", approvals("Only the finance agent", "Refunds above $1,000 need approval from @kim.\nOnly the finance agent"), &[Gate]),
        // Bans.
        ("who may ask is gone", approvals("Only the support team and the finance team may ask for refunds.\n", ""), &[Gate]),
        ("fewer may ask", approvals("Only the support team and the finance team may ask", "Only the support team may ask"), &[]),
        ("more may ask", approvals("Only the support team and the finance team may ask", "Only the support team, the finance team and the IT team may ask"), &[Gate]),
        ("a higher ban", approvals("refunds over $1,000", "refunds over $2,000"), &[Gate]),
        ("a lower ban", approvals("refunds over $1,000", "refunds over $500"), &[]),
        ("a ban is gone", approvals("Never let the support agent issue refunds over $1,000.\n", ""), &[Gate]),
        ("a ban for one more", approvals("Never let the support agent issue", "Never let the support agent or the orders agent issue"), &[]),
        ("a new ban", approvals("Lockouts need", "Nobody may refund more than $2,000.\nLockouts need"), &[]),
        ("a ban under another heading", approvals("## The engineering agent", "## The HR agent"), &[Gate]),
        // Looking up first.
        ("nothing is looked up first", approvals("Before cancelling a subscription, look up the contract and the open tickets.\n", ""), &[Gate]),
        ("less is looked up first", approvals("look up the contract and the open tickets", "look up the contract"), &[Gate]),
        // Rights.
        ("the one who may is one of two", approvals("Only the finance agent may refund", "Only the finance agent and the support agent may refund"), &[Right]),
        ("everyone may", approvals("Only the finance agent may refund.\n", ""), &[Right]),
        ("one more may stop agents", approvals("Kim and Noor may stop", "Kim, Noor and Ana may stop"), &[Right]),
        ("nobody may stop agents", approvals("Kim and Noor may stop any agent.\n", ""), &[]),
        ("something else besides", approvals("`orders.get` and `orders.search`, nothing else", "`orders.get`, `orders.search` and `helpdesk.search`, nothing else"), &[Right]),
        ("anything else besides", approvals("`orders.search`, nothing else", "`orders.search`"), &[Right]),
        ("a tool by a sentence", approvals("Lockouts need", "The support agent can use `crm.cancel`.\nLockouts need"), &[Right]),
        ("a tool more", vec![Text(SUPPORT, "tools: [", "tools: [billing.get_invoice, ")], &[Right]),
        ("a tool less", vec![Text("roles/it.md", "licences.assign, licences.revoke, ", "licences.assign, ")], &[]),
        ("all tools of a server", vec![Text(FINANCE, "[billing.*, orders.get]", "[billing.*, orders.*]")], &[Right]),
        ("a position pauses", vec![Text(FINANCE, "status: active", "status: paused")], &[]),
        ("a position is driven otherwise", vec![Text(FINANCE, "driver: playbook", "driver: model")], &[Right]),
        ("a position began later", vec![Text(FINANCE, "since: 2026-03-02", "since: 2026-06-02")], &[Bound]),
        ("another owner", vec![Text(FINANCE, "owner: \"@dana\"", "owner: \"@omar\"")], &[Approver]),
        ("another supervisor", vec![Text(FINANCE, "supervisor: \"@kim\"", "supervisor: \"@lee\"")], &[Approver]),
        ("another team", vec![Text(FINANCE, "team: finance", "team: support")], &[Right]),
        // Bounds.
        ("a larger budget", approvals("at most $50 a week", "at most $80 a week"), &[Bound]),
        ("a smaller budget", approvals("at most $50 a week", "at most $40 a week"), &[]),
        ("a budget for longer", approvals("at most $50 a week", "at most $50 a month"), &[Bound]),
        ("a budget that warns", approvals("; pause it after that", "; warn after that"), &[Bound]),
        ("no budget", approvals("Spend at most $50 a week on the support agent; pause it after that.\n", ""), &[Bound]),
        ("fewer checks", approvals("one in ten", "one in twenty"), &[Bound]),
        ("more checks", approvals("one in ten", "one in five"), &[]),
        ("no checks", approvals("A human checks one in ten of the support agent's answers.\n", ""), &[Bound]),
        ("a guard falls later", approvals("fewer than 80%", "fewer than 60%"), &[Bound]),
        ("a guard falls earlier", approvals("fewer than 80%", "fewer than 90%"), &[]),
        ("a guard looks back otherwise", approvals("accepted over a month", "accepted over a quarter"), &[Bound]),
        ("a guard is gone", approvals("When fewer than 80% of the finance agent's proposals are accepted over a month, everything it does needs approval.\n", ""), &[Bound]),
        ("more autonomy", approvals("The HR agent only suggests.", "The HR agent only asks."), &[Gate]),
        ("less autonomy", approvals("The HR agent only suggests.", "The HR agent only observes."), &[]),
        ("autonomy without a limit", approvals("The HR agent only suggests.\n", ""), &[Gate]),
        ("autonomy limited for a while only", approvals("The HR agent only suggests.", "Until 31 December 2026 the HR agent only suggests."), &[Gate]),
        // Words.
        ("a word of a gate means more", approvals("customers on the Platinum plan", "customers on the Platinum plan and customers on the Gold plan"), &[Gate]),
        ("a word of work means more", vec![Text(COMPANY, "outages, bugs and error messages", "outages, bugs, alarms and error messages")], &[]),
        ("an amount is read elsewhere", vec![Text(COMPANY, "A licence order means `licences.order`; its amount is `amount_cents` in cents of USD.", "A licence order means `licences.order`; its amount is `amount_cents` in USD.")], &[Gate]),
        // People.
        ("a new person", vec![Text(COMPANY, "- Pilar Gomez", "- Zoe Ray (@zoe, zoe@acme.test), buyer, reports to @dana\n- Pilar Gomez")], &[Person]),
        ("another address", vec![Text(COMPANY, "omar@acme.test", "oweiss@acme.test")], &[Person]),
        ("another manager", vec![Text(COMPANY, "controller, reports to @dana", "controller, reports to @lee")], &[Approver]),
        ("one more in a team", vec![Text(COMPANY, "- IT team: @mei", "- IT team: @mei, @sofia")], &[Person]),
        ("one less in a team that a ban spares", vec![Text(COMPANY, "- Support team: @noor, @ana, @ben", "- Support team: @noor, @ana")], &[Gate]),
        ("one less in a team of which no gate speaks", vec![Text(COMPANY, "- People team: @hugo, @iris", "- People team: @hugo")], &[]),
        ("another triage person", vec![Text(COMPANY, "The triage person is Kim Osei (@kim)", "The triage person is Lee Park (@lee)")], &[Approver]),
        ("another keeper", vec![Text(COMPANY, "Directives are kept by Kim Osei.", "Directives are kept by Lee Park.")], &[Approver]),
        ("somebody stands in", approvals("Kim covers for Dana from 3 to 14 August 2026.", "Kim covers for Dana from 3 to 14 August 2026.\nLee covers for Mei from 3 to 14 August 2026."), &[Approver]),
        ("somebody stands in for longer", approvals("from 3 to 14 August 2026", "from 3 to 21 August 2026"), &[Approver]),
        ("nobody stands in", approvals("Kim covers for Dana from 3 to 14 August 2026.\n", ""), &[]),
        ("a channel more", vec![Text(COMPANY, "- #general: news for everyone", "- #general: news for everyone\n- #random: everything else")], &[]),
        // Tools.
        ("a tool that counts as less dangerous", vec![Reads("crm.cancel")], &[Tool]),
        // Workflows.
        ("a step waits for nobody", vec![Text(FLOW, "decides on the first project. This needs @kim's approval.", "decides on the first project.")], &[Gate]),
        ("a step waits for somebody else", vec![Text(FLOW, "decides on the first project. This needs @kim's approval.", "decides on the first project. This needs @lee's approval.")], &[Gate]),
        ("a step waits for either", vec![Text(FLOW, "decides on the first project. This needs @kim's approval.", "decides on the first project. This needs @kim's or @lee's approval.")], &[Gate]),
        ("a step waits for longer", vec![Text(FLOW, "decides on the first project. This needs @kim's approval.", "decides on the first project. This needs @kim's approval within 3 days.")], &[Gate]),
        ("a step that waited is somebody else's", vec![Text(FLOW, "5. @hugo decides", "5. @iris decides")], &[Gate]),
        ("one of two alike waits for nobody", vec![Text(FLOW, "7. @hugo signs the contract. This needs @kim's approval.", "7. @hugo signs the contract.")], &[Gate]),
        ("a step waits that did not", vec![Text(FLOW, "sends a welcome.", "sends a welcome. This needs @kim's approval.")], &[]),
        ("a step that did not wait is somebody else's", vec![Text(FLOW, "4. At the same time, the assistant agent", "4. At the same time, the onboarding agent")], &[]),
        ("a workflow is gone", vec![Gone(FLOW)], &[]),
        ("a workflow by another name", vec![Renamed(FLOW, "workflows/joining.md", "# Onboarding", "# Joining")], &[]),
        ("a workflow by another name without its gate", vec![Renamed(FLOW, "workflows/joining.md", "decides on the first project. This needs @kim's approval.", "decides on the first project.")], &[Gate]),
        ("a workflow by the clock", vec![Text(FLOW, "When someone joins the company:", "Every Monday at 9:00:")], &[]),
        // Policies.
        ("a policy says something else", vec![Text(POLICY, "limit := 500", "limit := 900")], &[Gate]),
        ("a policy is gone", vec![Gone(POLICY), Gone("policies/refunds_test.rego")], &[Gate]),
        ("a policy more", vec![Added("policies/never.rego", "package workforce.never\n\ndeny contains \"Not on a Sunday.\" if input.now.weekday == \"Sunday\"\n")], &[]),
        // What grants nothing.
        ("work goes elsewhere", vec![Text("routing.md", "Leave questions go to the HR agent", "Leave questions go to the onboarding agent")], &[]),
        ("a reminder at another time", vec![Text("schedules.md", "Every Monday at 8:30", "Every Tuesday at 8:30")], &[]),
        ("a review less often", vec![Text("schedules.md", "The support agent is reviewed every 60 days", "The support agent is reviewed every 90 days")], &[]),
        ("other words for an answer", vec![Text(FINANCE, "Answer: Refunded {{ amount }} to", "Answer: Sent {{ amount }} back to")], &[]),
        ("guidance", vec![Text(SUPPORT, "Always be polite.", "Always be kind.")], &[]),
    ]
}

#[test]
fn an_edit_is_looser_or_it_is_not() {
    let was = read(&company()).unwrap();
    let rows = rows();
    assert!(rows.len() >= 60, "{}", rows.len());
    let mut wrong = Vec::new();
    for (name, edits, want) in rows {
        let now = match read(&changed(&edits)) {
            Ok(now) => now,
            Err(problems) => {
                wrong.push(format!("{name}: the set does not hold: {problems}"));
                continue;
            }
        };
        let found = looser(&was, &now);
        let kinds: BTreeSet<What> = found.iter().map(|way| way.what).collect();
        if kinds != want.iter().copied().collect() {
            let says: Vec<&str> = found.iter().map(|way| way.says.as_str()).collect();
            wrong.push(format!("{name}: {kinds:?} instead of {want:?}: {says:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
