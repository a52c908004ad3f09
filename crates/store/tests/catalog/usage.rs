//! Cases: what models have used.

use alexandria_store::catalog::Used;
use jiff::ToSpan as _;

use crate::fixture::{Fixture, owner, stranger};

fn used(model: &str, cost_micros: u64) -> Used {
    Used {
        feature: "answer".to_owned(),
        provider: "openai".to_owned(),
        model: model.to_owned(),
        calls: 1,
        prompt_tokens: 1_000,
        completion_tokens: 50,
        cached_tokens: 10,
        cost_micros,
    }
}

pub(crate) async fn usage_is_summed_up_by_day_and_model_for_each_tenant(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let today = catalog.today();
    let calls = [("small", 3), ("large", 500), ("small", 4)];
    for (model, cost) in calls {
        catalog.add_usage(&owner, &used(model, cost)).await.unwrap();
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
    let one = used("small", 1);
    let count = async || {
        for _ in 0..10 {
            catalog.add_usage(&owner, &one).await.unwrap();
        }
    };
    tokio::join!(count(), count(), count());
    assert_eq!(
        catalog.spent_since(&owner, catalog.today()).await.unwrap(),
        30
    );
}
