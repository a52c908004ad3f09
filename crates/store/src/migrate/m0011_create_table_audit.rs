//! The audit log, which only grows, and the security events.
//!
//! The log and its heads outlive a tenant, so they do not refer to its row. Entries are neither changed
//! nor taken away, save those up to the cut that the head names: keeping them for a time only is a
//! change of the head first, and the log says so itself.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0011_create_table_audit",
    down_loses: "the audit log and the security events so far",
    up: &[
        "CREATE TABLE audit_heads (
            tenant_id {uuid} NOT NULL PRIMARY KEY,
            sequence {integer} NOT NULL,
            hash {bytes} NOT NULL,
            cut_sequence {integer} NOT NULL,
            cut_hash {bytes} NOT NULL
        ){strict}",
        "CREATE TABLE audit_log (
            tenant_id {uuid} NOT NULL,
            sequence {integer} NOT NULL,
            moment {integer} NOT NULL,
            actor text NOT NULL,
            address text,
            request text,
            action text NOT NULL,
            target_kind text,
            target_id text,
            outcome text NOT NULL,
            details text NOT NULL,
            previous {bytes} NOT NULL,
            hash {bytes} NOT NULL,
            PRIMARY KEY (tenant_id, sequence)
        ){strict}",
        "CREATE INDEX audit_log_by_moment ON audit_log (tenant_id, moment)",
        "{sqlite}CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE ON audit_log
         BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END",
        "{sqlite}CREATE TRIGGER audit_log_is_not_replaced BEFORE INSERT ON audit_log
         WHEN EXISTS (SELECT 1 FROM audit_log
                      WHERE tenant_id = NEW.tenant_id AND sequence = NEW.sequence)
         BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END",
        "{sqlite}CREATE TRIGGER audit_log_is_not_removed BEFORE DELETE ON audit_log
         WHEN OLD.sequence > coalesce((SELECT cut_sequence FROM audit_heads
                                       WHERE tenant_id = OLD.tenant_id), 0)
         BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END",
        "{postgres}CREATE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF TG_OP = 'DELETE' THEN
                 IF OLD.sequence <= (SELECT cut_sequence FROM audit_heads
                                     WHERE tenant_id = OLD.tenant_id) THEN
                     RETURN OLD;
                 END IF;
             END IF;
             RAISE EXCEPTION 'the audit log only grows';
         END $$",
        "{postgres}CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE OR DELETE ON audit_log
         FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows()",
        "{postgres}CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log
         FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows()",
        "CREATE TABLE security_events (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL,
            moment {integer} NOT NULL,
            kind text NOT NULL,
            severity text NOT NULL,
            subject text NOT NULL,
            address text,
            request text,
            count {integer} NOT NULL,
            details text NOT NULL
        ){strict}",
        "CREATE INDEX security_events_by_moment ON security_events (tenant_id, moment, id)",
        "CREATE INDEX security_events_by_age ON security_events (moment)",
    ],
    down: &[
        "DROP TABLE security_events",
        "DROP TABLE audit_log",
        "DROP TABLE audit_heads",
        "{postgres}DROP FUNCTION audit_log_only_grows()",
    ],
};
