//! Case: what evaluations have found.

use alexandria_core::error::ErrorKind;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{EVALUATIONS_MAX, EvaluationQuery, NewEvaluation};

use crate::fixture::{Fixture, owner, tenant};

fn new(name: &str, number: u32) -> NewEvaluation {
    NewEvaluation {
        name: name.to_owned(),
        body: format!("{{\"number\":{number}}}"),
    }
}

pub(crate) async fn evaluations_are_listed_newest_first_and_the_oldest_make_room(
    fixture: &Fixture,
) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let tenant = tenant(catalog, "stranger").await;
    let stranger = Principal::system(tenant, "testing what a stranger keeps");
    let mut made = Vec::new();
    for number in 0..EVALUATIONS_MAX + 2 {
        let name = if number % 2 == 0 { "cases" } else { "beir" };
        let kept = catalog.keep_evaluation(&owner, new(name, number)).await;
        made.push(kept.unwrap());
    }
    let foreign = catalog.keep_evaluation(&stranger, new("cases", 0)).await;
    let foreign = foreign.unwrap();
    let list = async |name: Option<&str>, cursor: Option<String>| {
        let query = EvaluationQuery {
            name: name.map(str::to_owned),
            cursor,
            limit: 200,
        };
        catalog.evaluations(&owner, &query).await.unwrap()
    };
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = list(None, cursor).await;
        all.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    made.drain(..2);
    made.reverse();
    assert_eq!(all, made);
    let page = list(Some("beir"), None).await;
    assert!(page.items.iter().all(|item| item.new.name == "beir"));
    let rest = list(Some("beir"), page.next).await;
    assert_eq!(rest.items[0].new.name, "beir");

    for id in [foreign.id, all[0].id] {
        let gone = if id == foreign.id {
            catalog.forget_evaluation(&owner, id).await
        } else {
            catalog.forget_evaluation(&stranger, id).await
        };
        assert_eq!(gone.unwrap_err().kind(), ErrorKind::NotFound);
    }
    catalog.forget_evaluation(&owner, all[0].id).await.unwrap();
    let gone = catalog.forget_evaluation(&owner, all[0].id).await;
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(list(None, None).await.items[0], all[1]);
}
