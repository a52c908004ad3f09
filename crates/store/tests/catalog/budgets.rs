//! Cases: what may be spent, and what people are told of it.

use std::time::Duration;

use alexandria_core::budget::{Ceiling, Component, Feature, Subject, SubjectKind};
use alexandria_core::error::ErrorKind;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{
    Admission, Catalog, Level, NOTICE_ATTEMPTS_MAX, NewNotice, Refusal, Reservation, Rules,
    Spending, Wanted, Way,
};

use crate::fixture::{Fixture, owner, stranger};
use crate::usage::spending;

/// What the calls of these cases cost, in millionths of a US dollar.
const CALL: u64 = 70;

const fn wanted(feature: Feature) -> Wanted {
    Wanted {
        feature,
        tokens: 10,
        cost_micros: CALL,
        lasts: Duration::from_secs(600),
    }
}

fn limited(max: u64) -> Rules {
    Rules {
        tenant: ceiling(max),
        ..Rules::default()
    }
}

const fn ceiling(max: u64) -> Ceiling {
    Ceiling {
        micros_max: Some(max),
        micros_alert: None,
    }
}

async fn ask(catalog: &Catalog, rules: &Rules) -> Result<Reservation, Refusal> {
    ask_for(catalog, &owner(), Feature::Answer, rules).await
}

async fn ask_for(
    catalog: &Catalog,
    principal: &Principal,
    feature: Feature,
    rules: &Rules,
) -> Result<Reservation, Refusal> {
    let admission = catalog.reserve(principal, &wanted(feature), rules).await;
    match admission.unwrap() {
        Admission::Yes(reservation) => Ok(reservation),
        Admission::Not(refusal) => Err(refusal),
    }
}

async fn spent(catalog: &Catalog) -> u64 {
    let tenant = Subject::tenant();
    let month = catalog.month_use(&owner(), catalog.today(), &tenant).await;
    month.unwrap().cost_micros
}

/// Two processes, each with many calls at once, until nothing is let through any more.
pub(crate) async fn processes_that_share_a_budget_pass_it_by_less_than_one_call(fixture: &Fixture) {
    const MAX: u64 = 1_000;
    let rules = limited(MAX);
    let other = fixture.second().await;
    let first = &fixture.catalog;
    let second = other.as_ref().unwrap_or(first);
    let caller = async |catalog: &Catalog| {
        let mut made = 0_u64;
        while let Ok(reservation) = ask(catalog, &rules).await {
            tokio::task::yield_now().await;
            let real = spending("small", CALL);
            catalog
                .settle(
                    &owner(),
                    Some(reservation),
                    (Feature::Answer, &real),
                    &rules,
                )
                .await
                .unwrap();
            made += 1;
        }
        made
    };
    let four = async |catalog: &Catalog| {
        let made = tokio::join!(
            caller(catalog),
            caller(catalog),
            caller(catalog),
            caller(catalog)
        );
        made.0 + made.1 + made.2 + made.3
    };
    let (by_first, by_second) = tokio::join!(four(first), four(second));
    let made = by_first + by_second;
    let spent = spent(first).await;
    assert_eq!(spent, made * CALL, "a call is lost or counted twice");
    assert!(spent < MAX + CALL, "{spent}");
    let refusal = ask(first, &rules).await.unwrap_err();
    if spent >= MAX {
        let expected = Refusal::Budget {
            subject: Subject::tenant(),
            spent,
            reserved: 0,
            max: MAX,
        };
        assert_eq!(refusal, expected);
    }
}

pub(crate) async fn every_subject_of_a_call_has_to_have_room(fixture: &Fixture) {
    let catalog = &fixture.catalog;
    let check = async |kind: SubjectKind, name: &str, feature: Feature, other: Feature| {
        let subject = Subject::named(kind, name).unwrap();
        catalog
            .set_budget(&owner(), &subject, ceiling(1))
            .await
            .unwrap();
        let rules = Rules::default();
        // The first is let through: nothing has been spent. What is set aside for it fills the budget.
        let held = ask_for(catalog, &owner(), feature, &rules).await.unwrap();
        let refused = ask_for(catalog, &owner(), feature, &rules).await;
        let Err(Refusal::Budget {
            subject: of,
            reserved,
            ..
        }) = refused
        else {
            panic!("{subject}: {refused:?}");
        };
        assert_eq!((of, reserved), (subject.clone(), CALL));
        let elsewhere = ask_for(catalog, &owner(), other, &rules).await;
        assert_eq!(elsewhere.is_ok(), kind != SubjectKind::User, "{subject}");
        if let Ok(reservation) = elsewhere {
            catalog.release(&owner(), reservation).await.unwrap();
        }
        let system = Principal::system(owner().tenant(), "a test");
        let by_itself = ask_for(catalog, &system, feature, &rules).await;
        assert_eq!(by_itself.is_ok(), kind == SubjectKind::User, "{subject}");
        if let Ok(reservation) = by_itself {
            catalog.release(&system, reservation).await.unwrap();
        }
        catalog.release(&owner(), held).await.unwrap();
        catalog.remove_budget(&owner(), &subject).await.unwrap();
    };
    let (answer, embed) = (Feature::Answer, Feature::Embed);
    check(SubjectKind::User, "owner", answer, embed).await;
    check(SubjectKind::Feature, "answer", answer, embed).await;
    check(SubjectKind::Component, "generator", Feature::Rewrite, embed).await;
    check(SubjectKind::Component, "embedder", embed, answer).await;
}

pub(crate) async fn what_a_dead_process_has_set_aside_is_given_back(fixture: &Fixture) {
    let rules = limited(CALL);
    ask(&fixture.catalog, &rules).await.unwrap();
    ask(&fixture.catalog, &rules).await.unwrap_err();
    fixture.clock.advance(Duration::from_secs(601));
    let reservation = ask(&fixture.catalog, &rules).await.unwrap();
    fixture
        .catalog
        .release(&stranger(), reservation)
        .await
        .unwrap();
    // Another tenant's is not given back.
    ask(&fixture.catalog, &rules).await.unwrap_err();
    fixture
        .catalog
        .release(&owner(), reservation)
        .await
        .unwrap();
    ask(&fixture.catalog, &rules).await.unwrap();
}

pub(crate) async fn each_level_is_told_once_a_month(fixture: &Fixture) {
    let catalog = &fixture.catalog;
    let rules = Rules {
        tenant: Ceiling {
            micros_max: Some(3 * CALL),
            micros_alert: Some(2 * CALL),
        },
        ..Rules::default()
    };
    let settle = async || {
        let (owner, call) = (owner(), spending("small", CALL));
        let reached = catalog
            .settle(&owner, None, (Feature::Answer, &call), &rules)
            .await
            .unwrap();
        let levels = reached.iter().map(|one| (one.level, one.spent, one.limit));
        levels.collect::<Vec<_>>()
    };
    assert_eq!(settle().await, []);
    assert_eq!(settle().await, [(Level::Alert, 2 * CALL, 2 * CALL)]);
    assert_eq!(settle().await, [(Level::Cap, 3 * CALL, 3 * CALL)]);
    assert_eq!(settle().await, []);
    fixture.clock.advance(Duration::from_secs(32 * 86_400));
    assert_eq!(settle().await, []);
    assert_eq!(settle().await, [(Level::Alert, 2 * CALL, 2 * CALL)]);
    // A bill counts for its component and not for the models of the tenant.
    let database = Component::Database;
    let bill = catalog
        .record_bill(&owner(), database, 200_000_000, &rules)
        .await
        .unwrap();
    assert_eq!(bill.len(), 1, "{bill:?}");
    assert_eq!(bill[0].subject, Subject::component(Component::Database));
    assert_eq!(spent(catalog).await, 2 * CALL);
}

pub(crate) async fn a_plan_holds_whatever_the_budgets_say(fixture: &Fixture) {
    let catalog = &fixture.catalog;
    let tenant = Subject::tenant();
    catalog
        .set_budget(&owner(), &tenant, Ceiling::NONE)
        .await
        .unwrap();
    let plan = Rules {
        plan_micros: Some(CALL),
        plan_tokens: Some(1_000),
        ..Rules::default()
    };
    let one = Spending {
        completion_tokens: 0,
        prompt_tokens: 999,
        ..spending("small", CALL)
    };
    let reservation = ask(catalog, &plan).await.unwrap();
    catalog
        .settle(&owner(), Some(reservation), (Feature::Answer, &one), &plan)
        .await
        .unwrap();
    let refused = ask(catalog, &plan).await;
    assert!(matches!(refused, Err(Refusal::Budget { max: CALL, .. })));
    let tokens = Rules {
        plan_micros: None,
        ..plan
    };
    ask(catalog, &tokens).await.unwrap();
    let refused = ask(catalog, &tokens).await.unwrap_err();
    let expected = Refusal::Tokens {
        used: 1_009,
        max: 1_000,
    };
    assert_eq!(refused, expected);
    for may in [true, true, false, false] {
        assert_eq!(catalog.count_question(&owner(), 2).await.unwrap(), may);
    }
}

pub(crate) async fn budgets_are_set_listed_and_removed_by_their_tenant(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let answer = Subject::feature(Feature::Answer);
    for max in [1, 2] {
        let set = catalog.set_budget(&owner, &answer, ceiling(max)).await;
        set.unwrap();
    }
    let [budget] = &*catalog.budgets(&owner).await.unwrap() else {
        panic!("one budget");
    };
    assert_eq!(
        (&budget.subject, budget.ceiling, budget.made_by.as_str()),
        (&answer, ceiling(2), "owner")
    );
    assert!(catalog.budgets(&stranger()).await.unwrap().is_empty());
    let foreign = catalog
        .remove_budget(&stranger(), &answer)
        .await
        .unwrap_err();
    catalog.remove_budget(&owner, &answer).await.unwrap();
    let unknown = catalog.remove_budget(&owner, &answer).await.unwrap_err();
    assert_eq!(foreign.message(), unknown.message());
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}

pub(crate) async fn a_notice_is_sent_by_one_process_and_tried_again(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let other = fixture.second().await;
    let second = other.as_ref().unwrap_or(catalog);
    let notice = NewNotice {
        about: "daily-report",
        subject: String::new(),
        period: "2026-09-21".to_owned(),
        body: "{}".to_owned(),
    };
    let ways = [Way::Webhook];
    let keep = |catalog: &Catalog| {
        let (catalog, notice, owner) = (catalog.clone(), notice.clone(), owner.clone());
        async move { catalog.add_notice(&owner, &notice, &ways).await.unwrap() }
    };
    let (one, two) = tokio::join!(keep(catalog), keep(second));
    assert!(one != two, "it is new once");
    let (one, two) = tokio::join!(catalog.claim_notice(&owner), second.claim_notice(&owner));
    let claimed = [one.unwrap(), two.unwrap()];
    let [notice] = &claimed.into_iter().flatten().collect::<Vec<_>>()[..] else {
        panic!("one process sends it");
    };
    assert_eq!((notice.way.as_str(), notice.attempts), ("webhook", 1));
    catalog
        .notice_failed(&owner, notice.id, "nobody answers")
        .await
        .unwrap();
    for attempt in 2..=NOTICE_ATTEMPTS_MAX {
        assert_eq!(catalog.claim_notice(&owner).await.unwrap(), None);
        fixture.clock.advance(Duration::from_secs(86_400));
        let again = catalog.claim_notice(&owner).await.unwrap().unwrap();
        assert_eq!((again.id, again.attempts), (notice.id, attempt));
    }
    fixture.clock.advance(Duration::from_secs(86_400));
    assert_eq!(catalog.claim_notice(&owner).await.unwrap(), None);
}
