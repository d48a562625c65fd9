//! Steps in several voices, each with its reading.

use super::check;

#[test]
fn who_does_what() {
    check(&[
        ("The onboarding agent sends the welcome mail.", "agent:onboarding-agent: send the welcome mail; after [2]"),
        ("Olli welcomes the new colleague.", "agent:onboarding-agent: welcome the new colleague; after [2]"),
        ("Then the onboarding agent welcomes the new hire.", "agent:onboarding-agent: welcome the new hire; after [2]"),
        ("@lena meets the new hire.", "person:@lena: meet the new hire; after [2]"),
        ("Dana signs the contract.", "person:@dana: sign the contract; after [2]"),
        ("Dana Ruiz (@dana) signs the contract.", "person:@dana: sign the contract; after [2]"),
        ("The CFO signs the contract.", "person:@dana: sign the contract; after [2]"),
        (
            "A human decides whether a company card is needed.",
            "human: decide whether a company card is needed; after [2]",
        ),
        ("The manager decides on the first project.", "requester_manager: decide on the first project; after [2]"),
        ("Their manager picks a buddy.", "requester_manager: pick a buddy; after [2]"),
        ("The SRE team grants access to production.", "team:sre: grant access to production; after [2]"),
        ("The procurement role orders a chair.", "role:procurement: order a chair; after [2]"),
        ("The requester confirms the start date.", "requester: confirm the start date; after [2]"),
        ("Ask the procurement agent to order a chair.", "agent:procurement-agent: order a chair; after [2]"),
        ("Have the IT agent set up the mailbox.", "agent:it-agent: set up the mailbox; after [2]"),
        ("Let Ivo set up the mailbox.", "agent:it-agent: set up the mailbox; after [2]"),
        ("IT agent: set up the mailbox.", "agent:it-agent: set up the mailbox; after [2]"),
        ("**IT agent** – sets up the mailbox", "agent:it-agent: set up the mailbox; after [2]"),
        ("`agent:it-agent` sets up the mailbox.", "agent:it-agent: set up the mailbox; after [2]"),
        ("The IT agent must set up the mailbox.", "agent:it-agent: set up the mailbox; after [2]"),
        ("The IT agent should then set up the mailbox.", "agent:it-agent: set up the mailbox; after [2]"),
        (
            "The IT agent sets up the mailbox and invites the new hire to the channels.",
            "agent:it-agent: set up the mailbox and invite the new hire to the channels; after [2]",
        ),
        ("The badge is printed by the IT agent.", "agent:it-agent: make sure that the badge is printed; after [2]"),
        ("Set up the mailbox (IT agent).", "agent:it-agent: set up the mailbox; after [2]"),
        ("Set up the mailbox — Ivo", "agent:it-agent: set up the mailbox; after [2]"),
        ("The welcome mail is up to Olli.", "agent:onboarding-agent: the welcome mail; after [2]"),
        (
            "If the new hire works abroad, the HR agent checks the visa.",
            "agent:hr-agent: if the new hire works abroad, check the visa; after [2]",
        ),
        (
            "The HR agent files the contract. Use the template of this year.",
            "agent:hr-agent: file the contract. Use the template of this year; after [2]",
        ),
        ("Finally, the onboarding agent asks for feedback.", "agent:onboarding-agent: ask for feedback; after [2]"),
        ("Next, please ask Ada to book a room.", "agent:assistant-agent: book a room; after [2]"),
        ("In the end a human says hello.", "human: say hello; after [2]"),
        ("Please have @lena show the new hire around.", "person:@lena: show the new hire around; after [2]"),
    ]);
}

#[test]
fn in_which_order() {
    check(&[
        (
            "Meanwhile, the onboarding agent welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "Meanwhile the onboarding agent welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "At the same time, the onboarding agent welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "In parallel, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "Olli welcomes the new hire in parallel.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "Olli welcomes the new hire at the same time.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "Olli, meanwhile, welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "In the meantime Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "Olli welcomes the new hire (in parallel with step 2).",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "In parallel with step 2, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "At the same time as step 1, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after []; parallel",
        ),
        (
            "While step 2 is running, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "While the IT agent provisions the laptop, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "Olli welcomes the new hire while the laptop is provisioned.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "Simultaneously, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        (
            "Alongside step 2, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]; parallel",
        ),
        ("After step 1, Olli welcomes the new hire.", "agent:onboarding-agent: welcome the new hire; after [1]"),
        ("After step 1 Olli welcomes the new hire.", "agent:onboarding-agent: welcome the new hire; after [1]"),
        ("Olli welcomes the new hire after step 1.", "agent:onboarding-agent: welcome the new hire; after [1]"),
        (
            "Olli welcomes the new hire once step one is done.",
            "agent:onboarding-agent: welcome the new hire; after [1]",
        ),
        (
            "As soon as steps 1 and 2 are done, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1,2]",
        ),
        (
            "When steps 1 and 2 are finished, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1,2]",
        ),
        ("After steps 1-2, Olli welcomes the new hire.", "agent:onboarding-agent: welcome the new hire; after [1,2]"),
        (
            "After the first step, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]",
        ),
        (
            "Once both are done, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1,2]",
        ),
        (
            "Once the accounts exist, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]",
        ),
        (
            "When the accounts are ready, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]",
        ),
        (
            "As soon as the accounts have been created, ask Olli to welcome the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]",
        ),
        (
            "Olli welcomes the new hire as soon as there are accounts.",
            "agent:onboarding-agent: welcome the new hire; after [1]",
        ),
        (
            "Olli welcomes the new hire when the accounts exist.",
            "agent:onboarding-agent: welcome the new hire; after [1]",
        ),
        (
            "Once HR has created the accounts, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]",
        ),
        (
            "When the HR agent is done, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [1]",
        ),
        (
            "After the laptop is provisioned, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [2]",
        ),
        (
            "Once the laptop has been provisioned by Ivo, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [2]",
        ),
        ("After that, Olli welcomes the new hire.", "agent:onboarding-agent: welcome the new hire; after [2]"),
        ("Following step 1, Olli welcomes the new hire.", "agent:onboarding-agent: welcome the new hire; after [1]"),
        (
            "Once everything is done, Olli welcomes the new hire.",
            "agent:onboarding-agent: welcome the new hire; after [2]",
        ),
        ("After 30 days, Olli asks how it went.", "agent:onboarding-agent: ask how it went; after [2]; wait P30D"),
        ("Two weeks later, Olli asks how it went.", "agent:onboarding-agent: ask how it went; after [2]; wait P14D"),
        ("A week after step 1, Olli asks how it went.", "agent:onboarding-agent: ask how it went; after [1]; wait P7D"),
        ("Olli tells everyone who is new.", "agent:onboarding-agent: tell everyone who is new; after [2]"),
    ]);
}

#[test]
fn with_whose_approval() {
    check(&[
        (
            "The IT agent orders a phone; this needs @kim's approval.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "The IT agent orders a phone. Needs @kim's approval.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "The IT agent orders a phone. This needs the approval of @kim.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "The IT agent orders a phone (needs @kim's approval).",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "The IT agent orders a phone, with approval from the CFO.",
            "agent:it-agent: order a phone; after [2]; gate person:@dana",
        ),
        (
            "The IT agent orders a phone with the CFO's approval.",
            "agent:it-agent: order a phone; after [2]; gate person:@dana",
        ),
        (
            "With @kim's approval, the IT agent orders a phone.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "The IT agent, with @kim's approval, orders a phone.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "The IT agent orders a phone, but only with the CFO's okay.",
            "agent:it-agent: order a phone; after [2]; gate person:@dana",
        ),
        (
            "The IT agent orders a phone. It requires sign-off from Dana.",
            "agent:it-agent: order a phone; after [2]; gate person:@dana",
        ),
        (
            "The IT agent orders a phone, subject to approval by the finance team.",
            "agent:it-agent: order a phone; after [2]; gate team:finance",
        ),
        (
            "The IT agent orders a phone. @kim must approve it first.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "The IT agent orders a phone. It must be approved by @kim.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "The IT agent orders a phone once @kim has approved.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "Once @kim approves, the IT agent orders a phone.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "After approval from @kim, the IT agent orders a phone.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        ("The IT agent orders a phone if @kim agrees.", "agent:it-agent: order a phone; after [2]; gate person:@kim"),
        (
            "The IT agent orders a phone, provided that @kim approves.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "The IT agent orders a phone. Approved by: @kim",
            "agent:it-agent: order a phone; after [2]; gate person:@kim",
        ),
        (
            "The IT agent orders a phone. This needs approval from @kim or @dana.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim person:@dana",
        ),
        ("The IT agent orders a phone. Two approvals from the finance team are needed.", "!unread-gate"),
        (
            "The IT agent orders a phone. It needs two approvals from the finance team.",
            "agent:it-agent: order a phone; after [2]; gate 2 of team:finance",
        ),
        (
            "The IT agent orders a phone. Needs approval from @kim within 4 hours.",
            "agent:it-agent: order a phone; after [2]; gate person:@kim in PT4H",
        ),
        (
            "The IT agent orders a phone. Needs the owner's approval.",
            "agent:it-agent: order a phone; after [2]; gate owner",
        ),
        (
            "The IT agent orders a phone, which needs a human's approval.",
            "agent:it-agent: order a phone; after [2]; gate human",
        ),
        (
            "The IT agent orders a phone at the same time; needs @kim's approval.",
            "agent:it-agent: order a phone; after [1]; parallel; gate person:@kim",
        ),
        (
            "The HR agent reviews the invoices that need approval.",
            "agent:hr-agent: review the invoices that need approval; after [2]",
        ),
        ("@dana approves the budget.", "person:@dana: approve the budget; after [2]"),
    ]);
}

#[test]
fn what_happens_when_it_fails() {
    check(&[
        (
            "The IT agent assigns a licence. If no licence is left, ask the procurement agent for one, wait, and try again.",
            "agent:it-agent: assign a licence; after [2]; if no licence is left: agent:procurement-agent / one / retry",
        ),
        (
            "The IT agent assigns a licence. If it fails because no licence is left, ask the procurement agent for one, wait, and try again.",
            "agent:it-agent: assign a licence; after [2]; if it fails because no licence is left: agent:procurement-agent / one / retry",
        ),
        (
            "The IT agent assigns a licence; if no licence is left, it asks the procurement agent for one, waits and tries again.",
            "agent:it-agent: assign a licence; after [2]; if no licence is left: agent:procurement-agent / one / retry",
        ),
        (
            "The IT agent assigns a licence. Should there be no licence, Ivo asks Pia for a new one and retries.",
            "agent:it-agent: assign a licence; after [2]; if there be no licence: agent:procurement-agent / a new one / retry",
        ),
        (
            "The IT agent assigns a licence. In case none is left, request one from procurement, then continue.",
            "agent:it-agent: assign a licence; after [2]; if none is left: role:procurement / one / retry",
        ),
        (
            "The IT agent assigns a licence. When no licence is left, ask procurement to buy one, wait until it is there, and try again.",
            "agent:it-agent: assign a licence; after [2]; if no licence is left: role:procurement / buy one / retry",
        ),
        (
            "The IT agent assigns a licence. If that fails, the procurement agent buys one; then try again.",
            "agent:it-agent: assign a licence; after [2]; if that fails: agent:procurement-agent / buy one / retry",
        ),
        (
            "The IT agent assigns a licence. If it fails, get one from the procurement agent, wait and retry.",
            "agent:it-agent: assign a licence; after [2]; if it fails: agent:procurement-agent / one / retry",
        ),
        (
            "The IT agent assigns a licence. If it fails, the procurement agent is asked for one.",
            "agent:it-agent: assign a licence; after [2]; if it fails: agent:procurement-agent / one / retry",
        ),
        (
            "The IT agent assigns a licence. If it fails, try again up to three times.",
            "agent:it-agent: assign a licence; after [2]; if it fails: - / - / retry x3",
        ),
        (
            "The IT agent assigns a licence. If it fails, wait an hour and try again.",
            "agent:it-agent: assign a licence; after [2]; if it fails: - / - / retry PT1H",
        ),
        (
            "The IT agent assigns a licence. If it fails, wait 10 minutes, then try again twice.",
            "agent:it-agent: assign a licence; after [2]; if it fails: - / - / retry x2 PT10M",
        ),
        (
            "The IT agent assigns a licence. If it fails, hand over to @noor.",
            "agent:it-agent: assign a licence; after [2]; if it fails: person:@noor / - / hand over",
        ),
        (
            "The IT agent assigns a licence. If it fails, tell @noor.",
            "agent:it-agent: assign a licence; after [2]; if it fails: person:@noor / - / hand over",
        ),
        (
            "The IT agent assigns a licence. If it fails, @noor decides.",
            "agent:it-agent: assign a licence; after [2]; if it fails: person:@noor / - / hand over",
        ),
        (
            "The IT agent assigns a licence. If it fails, escalate to the CTO.",
            "agent:it-agent: assign a licence; after [2]; if it fails: person:@noor / - / hand over",
        ),
        (
            "The IT agent assigns a licence. If it fails, skip this step.",
            "agent:it-agent: assign a licence; after [2]; if it fails: - / - / skip",
        ),
        (
            "The IT agent assigns a licence. If it fails, carry on without it.",
            "agent:it-agent: assign a licence; after [2]; if it fails: - / - / skip",
        ),
        (
            "The IT agent assigns a licence. If it fails, stop the workflow.",
            "agent:it-agent: assign a licence; after [2]; if it fails: - / - / stop",
        ),
        (
            "The IT agent assigns a licence. On failure, ask @noor for help and try again.",
            "agent:it-agent: assign a licence; after [2]; if it fails: person:@noor / help / retry",
        ),
        (
            "The IT agent creates a mailbox. Undo: delete the mailbox.",
            "agent:it-agent: create a mailbox; after [2]; undo agent:it-agent: delete the mailbox",
        ),
        (
            "The IT agent creates a mailbox. To undo this, the HR agent removes it.",
            "agent:it-agent: create a mailbox; after [2]; undo agent:hr-agent: remove it",
        ),
        (
            "The IT agent creates a mailbox. If a later step fails for good, the IT agent deletes the mailbox.",
            "agent:it-agent: create a mailbox; after [2]; undo agent:it-agent: delete the mailbox",
        ),
        (
            "The IT agent creates a mailbox. If step 2 fails for good, delete the mailbox.",
            "agent:it-agent: create a mailbox; after [2]; undo on 2 agent:it-agent: delete the mailbox",
        ),
    ]);
}

#[test]
fn under_which_name() {
    check(&[
        (
            "The IT agent creates a mailbox. Keep it as `mailbox`.",
            "agent:it-agent: create a mailbox; after [2]; as mailbox",
        ),
        (
            "The IT agent creates a mailbox and keeps it as mailbox.",
            "agent:it-agent: create a mailbox; after [2]; as mailbox",
        ),
        ("The IT agent creates a mailbox. Call it mailbox.", "agent:it-agent: create a mailbox; after [2]; as mailbox"),
        (
            "The IT agent creates a mailbox and calls the result “new mailbox”.",
            "agent:it-agent: create a mailbox; after [2]; as new_mailbox",
        ),
        (
            "The IT agent creates a mailbox. Save the result as the mailbox.",
            "agent:it-agent: create a mailbox; after [2]; as mailbox",
        ),
        ("The IT agent creates a mailbox, as `mailbox`.", "agent:it-agent: create a mailbox; after [2]; as mailbox"),
        (
            "The IT agent creates a mailbox. Share it as `mailbox` and note that it is new.",
            "agent:it-agent: create a mailbox. note that it is new; after [2]; as mailbox",
        ),
        (
            "The IT agent creates a mailbox. The result is called mailbox.",
            "agent:it-agent: create a mailbox; after [2]; as mailbox",
        ),
        ("Olli calls the new hire.", "agent:onboarding-agent: call the new hire; after [2]"),
        ("The HR agent keeps the contract.", "agent:hr-agent: keep the contract; after [2]"),
    ]);
}

#[test]
fn what_must_be_refused() {
    check(&[
        ("The fianance agent pays.", "!unknown-worker"),
        ("@nobody signs the contract.", "!unknown-worker"),
        ("The legal agent checks the contract.", "!unknown-worker"),
        ("Create the mailbox.", "!no-worker"),
        ("It sends the welcome mail.", "!pronoun"),
        ("They send the welcome mail.", "!pronoun"),
        ("After step 7, Olli welcomes the new hire.", "!unknown-step"),
        ("After step 3, Olli welcomes the new hire.", "!loop"),
        ("Once the moon is full, Olli welcomes the new hire.", "!unknown-step"),
        ("In parallel with step 9, Olli welcomes the new hire.", "!unknown-step"),
        ("The HR agent and the IT agent set up the desk.", "!two-workers"),
        ("The IT agent orders a phone. Needs approval from the IT agent.", "!agent-approver"),
        ("The IT agent orders a phone. Usually needs @kim's approval.", "!hedge"),
        ("The IT agent orders a phone. It may need @kim's approval.", "!hedge"),
        ("The IT agent orders a phone. Needs approval from someone senior.", "!hedge"),
        ("The IT agent orders a phone. Needs approval from @nobody.", "!unknown-worker"),
        ("The IT agent orders a phone. Needs three approvals from the finance team.", "!too-many-approvals"),
        ("The IT agent orders a phone. Needs @kim's approval if it is expensive.", "!step-condition"),
        ("The IT agent creates a mailbox. Keep it as `accounts`.", "!duplicate-name"),
        ("The IT agent.", "!no-work"),
        ("#it gets a message.", "!no-worker"),
    ]);
}
