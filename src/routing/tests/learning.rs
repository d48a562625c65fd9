//! What the text alone tells, and what experience changes.

use super::*;

fn lesson(text: &str, route: &str) -> Experience {
    Experience { text: text.to_owned(), route: route.to_owned() }
}

#[test]
fn what_nothing_fits_goes_to_a_human_with_candidates() {
    let set = directives(&[]);
    for text in ["my cat is on the roof", "", "hi", "thanks!", "🙃", "???", "Ich möchte bitte Bananen"] {
        let routing = ask(&set, text);
        assert_eq!((routing.to.as_slice(), routing.settled), (&[WorkerRef::Human][..], Settled::Unsure), "{text}");
        assert_eq!((routing.candidates.len(), routing.because.len()), (3, 0), "{text}");
        assert!((0.0..0.9).contains(&routing.confidence), "{text}: {}", routing.confidence);
        assert!(routing.candidates.is_sorted_by(|a, b| a.score >= b.score));
    }
}

#[test]
fn the_closest_description_comes_first() {
    let set = directives(&[]);
    for (text, first) in [
        ("my parcel is lost, where is it?", "agent:orders-agent"),
        ("I want my money back, refund me", "agent:finance-agent"),
        ("a letter from our landlord's lawyers about contract terms", "role:legal-desk"),
    ] {
        assert_eq!(ask(&set, text).candidates[0].worker.to_string(), first, "{text}");
    }
}

#[test]
fn the_same_input_gives_the_same_answer_bit_for_bit() {
    let experience: Vec<Experience> = (0..60)
        .map(|at| lesson(&format!("parcel {at} is late again"), if at % 3 == 0 { "human" } else { "orders" }))
        .collect();
    let set = directives(&[billing_means(1), billing_to_finance(2)]);
    let bits = |router: &Router| {
        let texts = ["parcel 12 is late", "refund", "the cat", "letter about the contract"];
        let routed = texts.map(|text| route(&request(text), &set, router, NOW));
        routed
            .map(|r| (r.to, r.confidence.to_bits(), r.candidates.iter().map(|c| c.score.to_bits()).collect::<Vec<_>>()))
    };
    let first = bits(&Router::build(&set, &experience));
    for _ in 0..3 {
        assert_eq!(bits(&Router::build(&set, &experience)), first);
    }
}

#[test]
fn corrections_teach_and_positions_roles_and_people_can_be_named() {
    let set = directives(&[]);
    let text = "the banana shipment smells";
    assert_eq!(ask(&set, text).settled, Settled::Unsure);
    for name in ["finance-agent", "agent:finance-agent", "finance", "role:finance"] {
        let experience: Vec<Experience> =
            (0..10).map(|at| lesson(&format!("the banana shipment {at} smells"), name)).collect();
        let routing = route(&request(text), &set, &Router::build(&set, &experience), NOW);
        assert_eq!(routing.candidates[0].worker.to_string(), "agent:finance-agent", "{name}");
        assert_eq!(
            (routing.to[0].to_string().as_str(), routing.settled),
            ("agent:finance-agent", Settled::Likeness),
            "{name}"
        );
        assert_eq!(routing.because, []);
    }
    let nobody = Router::build(&set, &[lesson("x", "nobody"), lesson("y", "agent:gone"), lesson("z", "person:@noor")]);
    assert_eq!(nobody.unknown_lessons(), 2);
}

#[test]
fn handing_to_people_is_learned_after_five_messages() {
    let set = directives(&[]);
    let texts =
        ["the office plants are dry", "water the plants", "who waters the plants", "plants are dying", "plants"];
    let experience: Vec<Experience> = texts.iter().map(|text| lesson(text, "human")).collect();
    let before = Router::build(&set, &experience[..4]);
    let after = Router::build(&set, &experience);
    let settled = |router: &Router| route(&request("please water the dry plants"), &set, router, NOW);
    assert_eq!(settled(&before).to, [WorkerRef::Human]);
    let taught = settled(&after);
    assert_eq!(taught.to, [WorkerRef::Human]);
    assert!(
        taught.candidates.iter().all(|candidate| candidate.worker != WorkerRef::Human),
        "buttons are for the others"
    );
}

#[test]
fn a_company_without_roles_routes_everything_to_its_triage_person() {
    let mut set = directives(&[]);
    set.roster.roles.clear();
    set.roster.positions.clear();
    let routing = ask(&set, "where is my parcel?");
    assert_eq!((routing.to, routing.candidates.len()), (vec![WorkerRef::Human], 0));
}

#[test]
fn a_role_with_several_agents_is_addressed_as_a_whole() {
    let mut set = directives(&[]);
    let mut second = set.roster.positions["orders-agent"].clone();
    second.id = "orders-night".to_owned();
    set.roster.roles.get_mut("orders").unwrap().positions.push(second.id.clone());
    set.roster.positions.insert(second.id.clone(), second);
    assert_eq!(ask(&set, "where is the lost parcel").candidates[0].worker.to_string(), "role:orders");
}
