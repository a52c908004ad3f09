//! Second factors: codes of an authenticator, recovery codes, passkeys; what is open between the two
//! steps of signing in; and how often somebody has guessed.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0012_create_table_factors",
    down_loses: "every second factor, recovery code and passkey",
    up: &[
        "CREATE TABLE totp_factors (
            user_id {uuid} NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            secret {bytes} NOT NULL,
            step {integer} NOT NULL DEFAULT 0,
            confirmed {integer},
            created {integer} NOT NULL
        ){strict}",
        "CREATE TABLE recovery_codes (
            user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            digest {bytes} NOT NULL,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            created {integer} NOT NULL,
            PRIMARY KEY (user_id, digest)
        ){strict, without rowid}",
        "CREATE TABLE passkeys (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            name text NOT NULL,
            credential {bytes} NOT NULL,
            fixed {bytes} NOT NULL,
            moving {bytes} NOT NULL,
            transports {integer} NOT NULL,
            created {integer} NOT NULL,
            used {integer}
        ){strict}",
        "CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential)",
        "CREATE INDEX passkeys_by_user ON passkeys (tenant_id, user_id, id)",
        "CREATE TABLE sign_in_challenges (
            digest {bytes} NOT NULL PRIMARY KEY,
            tenant_id {uuid} REFERENCES tenants (id),
            user_id {uuid} REFERENCES users (id) ON DELETE CASCADE,
            purpose text NOT NULL CHECK (purpose IN ('second_factor', 'register', 'passkey')),
            state {bytes} NOT NULL,
            expires {integer} NOT NULL
        ){strict, without rowid}",
        "CREATE INDEX sign_in_challenges_expire ON sign_in_challenges (expires)",
        "CREATE INDEX sign_in_challenges_by_user ON sign_in_challenges (user_id, purpose)",
        "CREATE TABLE factor_attempts (
            user_id {uuid} NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            failed {integer} NOT NULL,
            locked_until {integer} NOT NULL
        ){strict}",
    ],
    down: &[
        "DROP TABLE factor_attempts",
        "DROP TABLE sign_in_challenges",
        "DROP TABLE passkeys",
        "DROP TABLE recovery_codes",
        "DROP TABLE totp_factors",
    ],
};
