//! Cases: what models have used.

use alexandria_core::budget::Feature;
use alexandria_store::catalog::{Rules, Spending, UsageBy};
use jiff::ToSpan as _;

use crate::fixture::{Fixture, owner, stranger};

pub(crate) fn spending(model: &str, cost_micros: u64) -> Spending {
    Spending {
        provider: "openai".to_owned(),
        model: model.to_owned(),
        prompt_tokens: 1_000,
        completion_tokens: 50,
        cached_tokens: 10,
        cost_micros,
        is_estimated: false,
    }
}

/// Writes down a call that nothing was set aside for.
async fn settle(fixture: &Fixture, feature: Feature, spending: &Spending) {
    let rules = Rules::default();
    let owner = owner();
    let settled = fixture
        .catalog
        .settle(&owner, None, (feature, spending), &rules);
    settled.await.unwrap();
}

pub(crate) async fn usage_is_summed_up_by_day_and_model_for_each_tenant(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let today = catalog.today();
    let calls = [("small", 3), ("large", 500), ("small", 4)];
    for (model, cost) in calls {
        settle(fixture, Feature::Answer, &spending(model, cost)).await;
    }
    let days = catalog.usage_since(&owner, today).await.unwrap();
    let models: Vec<&str> = days.iter().map(|day| day.used.model.as_str()).collect();
    assert_eq!(models, ["large", "small"]);
    assert!(days.iter().all(|one| one.day == today));
    let small = &days[1].used;
    assert_eq!((small.calls, small.cost_micros), (2, 7));
    assert_eq!(
        (
            small.prompt_tokens,
            small.completion_tokens,
            small.cached_tokens
        ),
        (2_000, 100, 20)
    );
    assert_eq!(catalog.spent_since(&owner, today).await.unwrap(), 507);
    let tomorrow = today.checked_add(1.day()).unwrap();
    assert_eq!(catalog.spent_since(&owner, tomorrow).await.unwrap(), 0);
    assert!(
        catalog
            .usage_since(&owner, tomorrow)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(catalog.spent_since(&stranger(), today).await.unwrap(), 0);
    assert!(
        catalog
            .usage_since(&stranger(), today)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn calls_counted_at_the_same_time_are_all_counted(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let one = spending("small", 1);
    let count = async || {
        for _ in 0..10 {
            settle(fixture, Feature::Answer, &one).await;
        }
    };
    tokio::join!(count(), count(), count());
    assert_eq!(
        catalog.spent_since(&owner, catalog.today()).await.unwrap(),
        30
    );
}

pub(crate) async fn usage_is_summed_up_by_what_is_asked_and_listed_call_by_call(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let today = catalog.today();
    settle(fixture, Feature::Answer, &spending("small", 3)).await;
    let rewrite = Spending {
        is_estimated: true,
        ..spending("large", 500)
    };
    settle(fixture, Feature::Rewrite, &rewrite).await;
    settle(fixture, Feature::Answer, &spending("small", 4)).await;
    let check = async |by: UsageBy, expected: &[(&str, u64, u64)]| {
        let found = catalog.usage_by(&owner, by, today).await.unwrap();
        let found: Vec<(&str, u64, u64)> = found
            .iter()
            .map(|one| (one.name.as_str(), one.calls, one.cost_micros))
            .collect();
        assert_eq!(found, expected, "{by:?}");
    };
    check(UsageBy::User, &[("owner", 3, 507)]).await;
    check(UsageBy::Key, &[]).await;
    check(UsageBy::Feature, &[("rewrite", 1, 500), ("answer", 2, 7)]).await;
    check(UsageBy::Component, &[("generator", 3, 507)]).await;
    let models = [("openai/large", 1, 500), ("openai/small", 2, 7)];
    check(UsageBy::Model, &models).await;
    check(UsageBy::Day, &[(today.to_string().as_str(), 3, 507)]).await;

    let mut after = None;
    let mut costs = Vec::new();
    loop {
        let page = catalog
            .usage_entries(&owner, today, after, 2)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.moment.as_microsecond(), last.id));
        costs.extend(
            page.iter()
                .map(|entry| (entry.cost_micros, entry.is_estimated)),
        );
    }
    assert_eq!(costs, [(3, false), (500, true), (4, false)]);
    let foreign = catalog.usage_entries(&stranger(), today, None, 9).await;
    assert!(foreign.unwrap().is_empty());
    let next_month = today.last_of_month().checked_add(1.day()).unwrap();
    let later = catalog.usage_entries(&owner, next_month, None, 9).await;
    assert!(later.unwrap().is_empty());
}
