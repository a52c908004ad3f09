//! One suite for the catalog, run on SQLite in memory, on SQLite in a file, and on a real PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]
#![expect(
    clippy::too_many_lines,
    clippy::cognitive_complexity,
    reason = "a case is a list of steps and of what holds after each"
)]

#[path = "catalog/answers.rs"]
mod answers;
#[path = "catalog/audit.rs"]
mod audit;
#[path = "catalog/budgets.rs"]
mod budgets;
#[path = "catalog/collections.rs"]
mod collections;
#[path = "catalog/conversations.rs"]
mod conversations;
#[path = "catalog/documents.rs"]
mod documents;
#[path = "catalog/erasing.rs"]
mod erasing;
#[path = "catalog/evaluations.rs"]
mod evaluations;
#[path = "catalog/experiments.rs"]
mod experiments;
#[path = "catalog/factors.rs"]
mod factors;
#[path = "catalog/federation.rs"]
mod federation;
#[path = "catalog/feedback.rs"]
mod feedback;
#[path = "support/fixture.rs"]
mod fixture;
#[path = "catalog/isolation.rs"]
mod isolation;
#[path = "catalog/jobs.rs"]
mod jobs;
#[path = "catalog/outbox.rs"]
mod outbox;
#[path = "catalog/people.rs"]
mod people;
#[path = "catalog/personas.rs"]
mod personas;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "catalog/requests.rs"]
mod requests;
#[path = "catalog/usage.rs"]
mod usage;
#[path = "catalog/versions.rs"]
mod versions;
#[path = "catalog/wall.rs"]
mod wall;

use fixture::Fixture;

/// Makes of every case a test on SQLite in memory and one in a file; on PostgreSQL they all run in
/// one test, which shares a server.
macro_rules! suite {
    ($($module:ident :: $case:ident),+ $(,)?) => {
        mod sqlite_in_memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                crate::$module::$case(&crate::Fixture::memory().await).await;
            })+
        }

        mod sqlite_in_a_file {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                crate::$module::$case(&crate::Fixture::file().await).await;
            })+
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn every_case_holds_on_postgres() {
            $(
                let Some(url) = crate::postgres::fresh_database() else { return };
                println!("case: {}", stringify!($case));
                let fixture = Fixture::open(url, None).await;
                $module::$case(&fixture).await;
                fixture.catalog.close().await.unwrap();
            )+
        }
    };
}

suite!(
    audit::entries_go_on_from_each_other_in_the_log_of_each_tenant,
    audit::entries_are_neither_changed_nor_removed,
    audit::two_processes_that_append_at_once_make_one_chain,
    audit::what_is_left_after_a_cut_says_so_and_holds,
    audit::security_events_are_listed_for_their_tenant,
    collections::a_collection_can_be_made_found_changed_and_removed,
    collections::two_collections_cannot_share_a_name,
    collections::pages_follow_each_other_without_gaps,
    collections::removing_a_collection_silences_its_documents,
    collections::counts_say_what_there_is,
    documents::a_document_comes_with_its_job,
    documents::the_same_bytes_are_found_and_not_stored_twice,
    documents::the_same_bytes_put_in_at_once_make_one_document,
    documents::a_document_can_be_described_anew,
    documents::a_removed_document_stops_answering_and_may_come_again,
    documents::documents_are_listed_by_what_is_asked,
    documents::a_failed_document_says_why,
    documents::a_purged_document_gives_back_its_files,
    documents::vectors_of_texts_that_are_gone_are_forgotten,
    versions::a_version_is_seen_whole_or_not_at_all,
    versions::a_new_version_replaces_the_former,
    versions::a_version_without_all_its_chunks_is_not_published,
    versions::unfinished_versions_are_cleared_away,
    versions::a_document_is_ready_when_all_vectors_are_there,
    versions::equal_text_shares_its_vector,
    versions::bad_vectors_are_refused,
    versions::passages_keep_the_order_asked_for,
    versions::indexes_read_entries_and_points,
    versions::generations_are_switched_and_switched_back,
    outbox::every_change_is_told_in_order,
    outbox::pruned_changes_are_known_to_be_gone,
    outbox::changes_written_at_once_are_never_missed,
    jobs::a_job_runs_from_claim_to_end,
    jobs::workers_at_once_get_each_job_exactly_once,
    jobs::tenants_take_turns,
    jobs::a_thousand_jobs_of_one_tenant_do_not_delay_the_first_of_another,
    jobs::larger_priority_and_earlier_time_go_first,
    jobs::a_lost_lease_ends_what_a_worker_may_say,
    jobs::a_job_is_not_queued_twice_under_one_key,
    jobs::a_cancelled_job_stays_cancelled,
    jobs::jobs_are_listed_newest_first,
    jobs::the_jobs_of_dead_workers_are_taken_back_at_once,
    requests::a_request_sent_again_gets_the_first_reply,
    requests::a_key_is_for_one_request_only,
    answers::an_answer_is_kept_for_the_one_who_asked,
    personas::a_persona_can_be_made_found_changed_and_removed,
    personas::personas_belong_to_their_tenant,
    conversations::a_conversation_belongs_to_the_one_who_holds_it,
    conversations::turns_added_at_once_are_all_there,
    conversations::conversations_are_listed_and_old_ones_forgotten,
    factors::a_code_is_used_up_once_and_with_it_those_before,
    factors::guessing_closes_the_way_for_a_while,
    factors::a_challenge_is_good_once_and_for_a_while,
    factors::passkeys_belong_to_their_person,
    erasing::somebody_erased_is_in_no_row_and_others_stay,
    erasing::the_last_owner_is_not_erased_and_nothing_of_them_is,
    erasing::nothing_is_kept_for_somebody_who_is_gone,
    erasing::what_quotes_an_erased_document_is_emptied,
    erasing::every_table_is_given_out_or_named_with_the_reason,
    erasing::what_a_tenant_keeps_for_a_time_goes_by_itself,
    feedback::feedback_is_one_for_each_person_and_answer,
    feedback::cases_are_one_for_each_answer,
    evaluations::evaluations_are_listed_newest_first_and_the_oldest_make_room,
    experiments::an_experiment_runs_once_and_alone,
    experiments::outcomes_written_at_once_are_all_counted,
    federation::a_person_is_linked_by_a_verified_address_once,
    federation::a_sign_in_under_way_is_there_once_and_for_a_while,
    federation::a_directory_sees_the_people_of_its_tenant_by_its_own_names,
    usage::usage_is_summed_up_by_day_and_model_for_each_tenant,
    usage::calls_counted_at_the_same_time_are_all_counted,
    usage::usage_is_summed_up_by_what_is_asked_and_listed_call_by_call,
    budgets::processes_that_share_a_budget_pass_it_by_less_than_one_call,
    budgets::every_subject_of_a_call_has_to_have_room,
    budgets::what_a_dead_process_has_set_aside_is_given_back,
    budgets::each_level_is_told_once_a_month,
    budgets::a_plan_holds_whatever_the_budgets_say,
    budgets::budgets_are_set_listed_and_removed_by_their_tenant,
    budgets::a_notice_is_sent_by_one_process_and_tried_again,
    isolation::another_tenants_ids_behave_as_unknown,
    people::a_person_s_session_goes_on_ends_and_is_ended,
    people::a_tenant_always_has_an_owner,
    people::an_invitation_is_accepted_once,
    people::a_key_is_rotated_once_and_revoked,
    people::what_is_not_meant_for_somebody_is_not_seen,
    wall::a_connection_past_this_program_sees_one_tenant_or_none,
);

/// Two processes on one SQLite file write at the same time and wait for each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_writing_one_sqlite_file_do_not_fail() {
    let fixture = Fixture::file().await;
    let second = fixture.second().await.unwrap();
    let owner = fixture::owner();
    let write = async |catalog: &alexandria_store::catalog::Catalog, who: &str| {
        for number in 0..40 {
            let name = format!("{who} {number}");
            catalog.create_collection(&owner, &name, "").await.unwrap();
        }
    };
    tokio::join!(write(&fixture.catalog, "first"), write(&second, "second"));
    assert_eq!(
        fixture.catalog.counts(&owner).await.unwrap().collections,
        80
    );
}

/// What was acknowledged is there for whoever opens the file next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reopened_sqlite_file_holds_what_was_acknowledged() {
    let fixture = Fixture::file().await;
    let collection = fixture.collection("books").await;
    fixture.document(collection, "dune").await;
    let bytes = fixture.catalog.database_bytes().await.unwrap();
    assert!(bytes > 4096, "{bytes}");
    fixture.catalog.close().await.unwrap();
    let again = fixture.second().await.unwrap();
    assert_eq!(
        again
            .counts(&fixture::owner())
            .await
            .unwrap()
            .documents_total(),
        1
    );
    again.ping().await.unwrap();
}

/// Addresses that lead nowhere give a sentence and a kind that can be acted on.
#[tokio::test]
async fn addresses_that_lead_nowhere_are_refused() {
    use alexandria_core::error::ErrorKind;
    use alexandria_store::catalog::Catalog;
    let check = async |url: &str, kind: ErrorKind| {
        let (options, _) = fixture::options();
        let error = Catalog::open(url, options).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{url}: {error:?}");
    };
    check("mysql://localhost/x", ErrorKind::Invalid).await;
    check(
        "sqlite:/no/such/folder/catalog.sqlite",
        ErrorKind::Unavailable,
    )
    .await;
    check("postgres://nobody@127.0.0.1:1/none", ErrorKind::Unavailable).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("catalog.sqlite");
    std::fs::write(
        &file,
        "this is not a database, and long enough to be sure of it".repeat(99),
    )
    .unwrap();
    check(&format!("sqlite:{}", file.display()), ErrorKind::Corrupt).await;
}
