//! Cases: personas.

use alexandria_core::error::ErrorKind;
use alexandria_core::persona::PersonaName;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{NewPersona, PersonaChange};

use crate::fixture::{Fixture, owner, tenant};

fn persona(name: &str) -> NewPersona {
    NewPersona {
        name: PersonaName::parse(name).unwrap(),
        voice: "Plainly, ünd 🕯.".to_owned(),
        collections: Vec::new(),
    }
}

pub(crate) async fn a_persona_can_be_made_found_changed_and_removed(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let books = fixture.collection("books").await;
    let mut new = persona("Aristotélês");
    new.collections.push(books);
    let made = catalog.create_persona(&owner, new).await.unwrap();
    assert_eq!(
        (made.name.as_str(), made.voice.as_str()),
        ("Aristotélês", "Plainly, ünd 🕯.")
    );
    assert_eq!(catalog.persona(&owner, made.id).await.unwrap(), made);
    for name in ["aristoteles", " ARISTOTELES ", "Ａｒｉｓｔｏｔｅｌｅｓ"] {
        let found = catalog.persona_by_name(&owner, name).await.unwrap();
        assert_eq!(found.as_ref(), Some(&made), "{name}");
        let taken = catalog
            .create_persona(&owner, persona(name))
            .await
            .unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::Conflict, "{name}");
    }
    let plato = catalog
        .create_persona(&owner, persona("Plato"))
        .await
        .unwrap();
    let rename = |name: &str| PersonaChange {
        name: Some(PersonaName::parse(name).unwrap()),
        ..PersonaChange::default()
    };
    let taken = catalog
        .update_persona(&owner, plato.id, rename("ARISTOTELES"))
        .await;
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::Conflict);
    let changed = catalog
        .update_persona(&owner, made.id, rename("Aristoteles"))
        .await
        .unwrap();
    assert_eq!(
        (&changed.voice, &changed.collections),
        (&made.voice, &vec![books])
    );
    assert!(changed.changed > made.changed && changed.created == made.created);
    let silent = PersonaChange {
        voice: Some(String::new()),
        collections: Some(Vec::new()),
        ..PersonaChange::default()
    };
    let changed = catalog
        .update_persona(&owner, made.id, silent)
        .await
        .unwrap();
    assert_eq!(
        (changed.voice.as_str(), changed.name.as_str()),
        ("", "Aristoteles")
    );
    assert_eq!(catalog.persona(&owner, made.id).await.unwrap(), changed);
    catalog.remove_persona(&owner, made.id).await.unwrap();
    let gone = catalog.remove_persona(&owner, made.id).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    assert_eq!(
        catalog
            .persona_by_name(&owner, "Aristoteles")
            .await
            .unwrap(),
        None
    );
}

pub(crate) async fn personas_belong_to_their_tenant(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let tenant = tenant(catalog, "stranger").await;
    let stranger = Principal::system(tenant, "testing what a stranger sees");
    let mut made = Vec::new();
    for number in 0..5 {
        let name = format!("persona {number}");
        made.push(
            catalog
                .create_persona(&owner, persona(&name))
                .await
                .unwrap(),
        );
    }
    let theirs = catalog
        .create_persona(&stranger, persona("persona 0"))
        .await
        .unwrap();
    let mut listed = Vec::new();
    let mut cursor = None;
    loop {
        let page = catalog
            .personas(&owner, cursor.as_deref(), 2)
            .await
            .unwrap();
        listed.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(listed, made);
    for (who, id) in [(&owner, theirs.id), (&stranger, made[0].id)] {
        let change = PersonaChange::default();
        for unknown in [
            catalog.persona(who, id).await.unwrap_err(),
            catalog.update_persona(who, id, change).await.unwrap_err(),
            catalog.remove_persona(who, id).await.unwrap_err(),
        ] {
            assert_eq!(unknown.kind(), ErrorKind::NotFound);
            assert_eq!(unknown.message(), format!("there is no persona {id}"));
        }
    }
    let only = catalog
        .persona_by_name(&stranger, "persona 4")
        .await
        .unwrap();
    assert_eq!(only, None);
    assert_eq!(
        catalog.personas(&stranger, None, 9).await.unwrap().items,
        [theirs]
    );
}
