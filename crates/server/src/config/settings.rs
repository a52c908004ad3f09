//! The list of all settings. A new setting is one entry here and one use.
//!
//! The reference in `alexandria config` and `.env.example` follow this list: the first line of an
//! entry's comment is what a person reads there.

use std::net::IpAddr;
use std::path::PathBuf;

use alexandria_core::answer::weight::CONFIDENCE_MIN;
use alexandria_core::region::Region;

use super::federation::{IssuerList, Joining};
use super::network::Network;
use super::value::{
    Doubted, KeyList, LogFormat, LogLevel, Login, Ocr, Role, Share, Signature, Switch, Value,
    Writer,
};

/// A setting, as the reference shows it and as every source sets it.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Its key in the TOML file, such as `server.port`.
    pub(crate) key: &'static str,
    /// Its names in the environment; the first is the one to use.
    pub(crate) environment: &'static [&'static str],
    /// What it is.
    pub(crate) about: &'static str,
    /// Whether its value is never shown.
    pub(crate) secret: bool,
    /// Sets it from text, or says what it must be.
    pub(super) set: fn(&mut Config, &str) -> Result<(), String>,
    /// Its value as text, `***` for a secret.
    pub(crate) show: fn(&Config) -> String,
    /// Its value as text, a secret's as well.
    pub(super) reveal: fn(&Config) -> String,
}

macro_rules! settings {
    ($( #[doc = $about:literal] $key:literal [$($variable:literal),+] $(($secret:ident))? $field:ident: $type:ty = $default:expr; )*) => {
        /// The settings in force.
        #[derive(Clone)]
        pub(crate) struct Config {
            $( #[doc = $about] pub(crate) $field: $type, )*
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $( $field: $default, )* }
            }
        }

        /// Every setting.
        pub(crate) const SETTINGS: &[Setting] = &[ $( Setting {
            key: $key,
            environment: &[$($variable),+],
            about: $about,
            secret: settings!(@secret $($secret)?),
            set: |config, text| { config.$field = <$type as Value>::read(text)?; Ok(()) },
            show: |config| settings!(@show config.$field $(, $secret)?),
            reveal: |config| Value::show(&config.$field),
        }, )* ];
    };
    (@secret) => { false };
    (@secret secret) => { true };
    (@show $value:expr) => { Value::show(&$value) };
    (@show $value:expr, secret) => { hidden(&Value::show(&$value)) };
}

settings! {
    #[doc = " The name shown on the pages, in the description of the API and in the status."]
    "app.name" ["APP_NAME"] name: String = "Alexandria".to_owned();
    #[doc = " The version that the health paths report."]
    "app.version" ["APP_VERSION"] version: String = env!("CARGO_PKG_VERSION").to_owned();
    #[doc = " Whether causes of internal errors are shown to callers. Refused in production."]
    "app.debug" ["DEBUG"] debug: Switch = Switch::Off;
    #[doc = " Whether this is production: default secrets and DEBUG are then refused."]
    "app.production" ["PROD"] production: Switch = Switch::Off;
    #[doc = " Whether this is staging: the status and the log then say so."]
    "app.staging" ["STAGING"] staging: Switch = Switch::Off;
    #[doc = " The secret that signs access tokens; `alexandria secret` makes one. Made and kept in the data directory unless set; must be set in production."]
    "app.secret_key" ["SECRET_KEY"] (secret) secret_key: String = SECRET_KEY_DEFAULT.to_owned();
    #[doc = " The secret before the present one: what was signed with it is still accepted, and nothing new is signed with it."]
    "app.secret_key_previous" ["SECRET_KEY_PREVIOUS"] (secret) secret_key_previous: Option<String> = None;

    #[doc = " The key that the library's files are encrypted with: 64 hexadecimal digits, as `alexandria secret` prints. Files are stored as they are unless it or a transit key is set."]
    "encryption.key" ["ENCRYPTION_KEY"] (secret) encryption_key: Option<String> = None;
    #[doc = " The name of the key in the key server's transit engine that the library's files are encrypted with, instead of encryption.key."]
    "encryption.transit_key" ["ENCRYPTION_TRANSIT_KEY"] encryption_transit_key: Option<String> = None;
    #[doc = " Where the key server's transit engine is mounted."]
    "encryption.transit_mount" ["ENCRYPTION_TRANSIT_MOUNT"] encryption_transit_mount: String = "transit".to_owned();
    #[doc = " The address of a key server (OpenBao, Vault), for secrets set as vault:PATH#FIELD and for the transit key."]
    "vault.url" ["VAULT_ADDR", "BAO_ADDR"] vault_url: Option<String> = None;
    #[doc = " The token for the key server."]
    "vault.token" ["VAULT_TOKEN", "BAO_TOKEN"] (secret) vault_token: Option<String> = None;
    #[doc = " The file of the certificate of the authority that the key server's certificate is from."]
    "vault.certificate" ["VAULT_CACERT", "BAO_CACERT"] vault_certificate: Option<String> = None;

    #[doc = " The file of the server's certificate and what it follows from, in PEM; with it the server speaks TLS 1.3 and nothing else."]
    "tls.certificate" ["TLS_CERTIFICATE"] tls_certificate: Option<String> = None;
    #[doc = " The file of the certificate's private key, in PEM."]
    "tls.key" ["TLS_KEY"] tls_key: Option<String> = None;
    #[doc = " The names for which the server gets its own certificate from an authority by ACME, and renews it; not together with tls.certificate."]
    "tls.acme_domains" ["TLS_ACME_DOMAINS"] tls_acme_domains: Vec<String> = Vec::new();
    #[doc = " The authority's directory, by ACME (RFC 8555); Let's Encrypt's unless set. Naming domains accepts its terms of service."]
    "tls.acme_directory" ["TLS_ACME_DIRECTORY"] tls_acme_directory: String = LETS_ENCRYPT.to_owned();
    #[doc = " The mail address under which the authority can write to whoever runs the server."]
    "tls.acme_contact" ["TLS_ACME_CONTACT"] tls_acme_contact: Option<String> = None;
    #[doc = " The file of the certificate (PEM) that the authority's own HTTPS is checked with, for one inside a company."]
    "tls.acme_root" ["TLS_ACME_ROOT"] tls_acme_root: Option<String> = None;
    #[doc = " A port without encryption that sends everybody to the one with it; 0 for none."]
    "tls.redirect_port" ["TLS_REDIRECT_PORT"] tls_redirect_port: u16 = 0;
    #[doc = " Seconds for which browsers are told to come back through TLS only; 0 for not at all."]
    "tls.hsts_seconds" ["TLS_HSTS_SECONDS"] tls_hsts_seconds: u64 = 31_536_000;

    #[doc = " The directory that holds the library."]
    "data" ["ALEXANDRIA_DATA"] data: PathBuf = PathBuf::from("./alexandria-data");
    #[doc = " The catalog's database; a SQLite file in the data directory when empty."]
    "database.url" ["DATABASE_URL"] (secret) database_url: Option<String> = None;
    #[doc = " The region in which this installation stores: of the data directory and the database, such as eu-central. Tenants with a region are taken in that one only."]
    "storage.region" ["ALEXANDRIA_STORAGE_REGION"] storage_region: Option<Region> = None;
    #[doc = " The directory that holds the models; in the user's cache unless set."]
    "models.directory" ["ALEXANDRIA_MODELS"] models: PathBuf = PathBuf::from(".cache/alexandria/models");
    #[doc = " The embedding model: int8, f32 (slower, the reference), off (search by words only), or who runs it: openai, compatible, gemini or ollama."]
    "models.embedder" ["ALEXANDRIA_EMBEDDER"] embedder: String = "int8".to_owned();
    #[doc = " The embedding model of a provider, as the provider calls it."]
    "models.embedder_name" ["ALEXANDRIA_EMBEDDER_NAME"] embedder_name: String = String::new();
    #[doc = " Numbers in the vectors of a provider's embedding model."]
    "models.embedder_dimensions" ["ALEXANDRIA_EMBEDDER_DIMENSIONS"] embedder_dimensions: usize = 0;
    #[doc = " The region in which the provider runs the embedding model. One in no region is told nothing of tenants with a region."]
    "models.embedder_region" ["ALEXANDRIA_EMBEDDER_REGION"] embedder_region: Option<Region> = None;
    #[doc = " Who writes answers in sentences of its own: off (answers are quotes), openai, compatible, gemini, ollama, anthropic, or local (a GGUF file, in programs built with it)."]
    "models.generator" ["ALEXANDRIA_GENERATOR"] generator: Writer = Writer::Off;
    #[doc = " The language model, as its provider calls it."]
    "models.generator_name" ["ALEXANDRIA_GENERATOR_NAME"] generator_name: String = String::new();
    #[doc = " The region in which the provider runs the language model. One in no region is told nothing of tenants with a region."]
    "models.generator_region" ["ALEXANDRIA_GENERATOR_REGION"] generator_region: Option<Region> = None;
    #[doc = " The GGUF file of a language model in this process."]
    "models.generator_file" ["ALEXANDRIA_GENERATOR_FILE"] generator_file: Option<String> = None;
    #[doc = " Tokens of prompt and answer together that the language model is given at most."]
    "models.generator_context_tokens_max" ["ALEXANDRIA_GENERATOR_CONTEXT_TOKENS_MAX"] generator_context_tokens_max: usize = alexandria_models::provider::CONTEXT_TOKENS_MAX_DEFAULT;
    #[doc = " Seconds until the language model's first word; one that must be loaded first may need more."]
    "models.generator_first_seconds_max" ["ALEXANDRIA_GENERATOR_FIRST_SECONDS_MAX"] generator_first_seconds_max: u64 = 30;
    #[doc = " Seconds that the language model may be silent between two words."]
    "models.generator_silence_seconds_max" ["ALEXANDRIA_GENERATOR_SILENCE_SECONDS_MAX"] generator_silence_seconds_max: u64 = 20;
    #[doc = " Seconds that writing an answer may take in all; after them the answer is made of quotes."]
    "models.generator_seconds_max" ["ALEXANDRIA_GENERATOR_SECONDS_MAX"] generator_seconds_max: u64 = 50;
    #[doc = " Calls of the language model under way at the same time."]
    "models.generator_calls_max" ["ALEXANDRIA_GENERATOR_CALLS_MAX"] generator_calls_max: usize = 8;
    #[doc = " A TOML file of prices of models, beside the built-in ones."]
    "models.prices" ["ALEXANDRIA_PRICES"] prices: Option<String> = None;
    #[doc = " The key of OpenAI, or of the server at openai.url."]
    "openai.api_key" ["OPENAI_API_KEY"] (secret) openai_api_key: Option<String> = None;
    #[doc = " The address of OpenAI, or of a server that speaks as it does, its /v1 included."]
    "openai.url" ["OPENAI_URL"] openai_url: Option<String> = None;
    #[doc = " The key of Gemini."]
    "google.api_key" ["GOOGLE_API_KEY"] (secret) google_api_key: Option<String> = None;
    #[doc = " The key of Anthropic."]
    "anthropic.api_key" ["ANTHROPIC_API_KEY"] (secret) anthropic_api_key: Option<String> = None;
    #[doc = " The address of Ollama."]
    "ollama.url" ["OLLAMA_URL"] ollama_url: String = "http://localhost:11434".to_owned();

    #[doc = " The address to listen on."]
    "server.host" ["HOST", "ALEXANDRIA_HOST"] host: String = "127.0.0.1".to_owned();
    #[doc = " The port to listen on; 0 takes any free one."]
    "server.port" ["PORT", "ALEXANDRIA_PORT"] port: u16 = 8000;
    #[doc = " How many of a hundred browsers get the web application at /; the others get the plain page. Anybody chooses with /?front=application or /?front=plain; with 0 nobody gets the application there."]
    "front.application_percent" ["ALEXANDRIA_APPLICATION_PERCENT"] application_percent: u8 = 100;
    #[doc = " The web origins that may call the API from a browser, separated by commas."]
    "server.allowed_origins" ["ALLOWED_ORIGINS"] allowed_origins: Vec<String> = Vec::new();
    #[doc = " What this process does: all, api (answer requests) or worker (work on jobs)."]
    "server.role" ["ALEXANDRIA_ROLE"] role: Role = Role::All;
    #[doc = " Seconds a request may take, uploads and live progress excepted."]
    "server.request_seconds_max" ["ALEXANDRIA_REQUEST_SECONDS_MAX"] request_seconds_max: u64 = 60;
    #[doc = " Seconds an upload or a check of the whole library may take."]
    "server.upload_seconds_max" ["ALEXANDRIA_UPLOAD_SECONDS_MAX"] upload_seconds_max: u64 = 3600;
    #[doc = " Requests worked on at the same time; further ones are told to come back."]
    "server.requests_max" ["ALEXANDRIA_REQUESTS_MAX"] requests_max: usize = 256;
    #[doc = " The largest file that can be added, in bytes."]
    "server.upload_bytes_max" ["ALEXANDRIA_UPLOAD_BYTES_MAX"] upload_bytes_max: u64 = 512 * 1024 * 1024;
    #[doc = " The largest JSON body, in bytes."]
    "server.body_bytes_max" ["ALEXANDRIA_BODY_BYTES_MAX"] body_bytes_max: usize = 256 * 1024;
    #[doc = " Seconds that requests under way are given when the server stops."]
    "server.drain_seconds_max" ["ALEXANDRIA_DRAIN_SECONDS_MAX"] drain_seconds_max: u64 = 10;
    #[doc = " Seconds of silence after which a stream of events says that it is alive."]
    "server.heartbeat_seconds" ["ALEXANDRIA_HEARTBEAT_SECONDS"] heartbeat_seconds: u64 = 15;
    #[doc = " Seconds for which the events of an answer can still be read after its end."]
    "server.stream_kept_seconds" ["ALEXANDRIA_STREAM_KEPT_SECONDS"] stream_kept_seconds: u64 = 300;
    #[doc = " Seconds for which an answer is still written when nobody reads its stream."]
    "server.stream_unread_seconds_max" ["ALEXANDRIA_STREAM_UNREAD_SECONDS_MAX"] stream_unread_seconds_max: u64 = 60;
    #[doc = " The proxies whose X-Forwarded-For is believed, as addresses or networks separated by commas; nobody's when empty."]
    "server.trusted_proxies" ["TRUSTED_PROXIES"] trusted_proxies: Vec<Network> = Vec::new();
    #[doc = " Who has to show who they are: auto (everybody, as soon as there is an account or a key), required, or off (this machine alone is served)."]
    "auth.login" ["ALEXANDRIA_LOGIN"] login: Login = Login::Auto;
    #[doc = " Keys of programs with what they may do, such as prod-key-1:ingest,ask;metrics-key:metrics."]
    "auth.api_keys" ["API_KEYS"] (secret) api_keys: KeyList = KeyList::default();
    #[doc = " How access tokens are signed: HS256."]
    "auth.algorithm" ["ALGORITHM"] algorithm: Signature = Signature::Hs256;
    #[doc = " Minutes for which an access token is valid."]
    "auth.access_token_minutes" ["ACCESS_TOKEN_EXPIRE_MINUTES"] access_token_minutes: u64 = 60;
    #[doc = " Days after which a session ends that nobody goes on with."]
    "auth.refresh_days" ["ALEXANDRIA_REFRESH_DAYS"] refresh_days: u32 = alexandria_library::access::REFRESH_DAYS_DEFAULT;
    #[doc = " The domain that passkeys are bound to, such as library.example.org; the name in server.host unless set, localhost for this machine alone. Another one makes the passkeys of before useless."]
    "auth.webauthn_rp_id" ["WEBAUTHN_RP_ID"] webauthn_rp_id: Option<String> = None;
    #[doc = " The origins of the pages that may ask for a passkey; https:// and the domain unless set."]
    "auth.webauthn_origins" ["WEBAUTHN_ORIGINS"] webauthn_origins: Vec<String> = Vec::new();

    #[doc = " Issuers whose tokens are taken as bearer tokens: a JSON list of objects with `issuer`, `audience`, and as needed `jwks_url`, `tenant`, `role`, `role_claim`, `email_verified`, `mfa_claim`, `mfa_values`, `secret`, `api_key`."]
    "auth.issuers" ["ALEXANDRIA_AUTH_ISSUERS"] (secret) issuers: IssuerList = IssuerList::default();
    #[doc = " The provider of identities that people sign in with (OpenID Connect), as its tokens name it."]
    "oidc.issuer" ["ALEXANDRIA_OIDC_ISSUER"] oidc_issuer: Option<String> = None;
    #[doc = " What the provider calls this library."]
    "oidc.client_id" ["ALEXANDRIA_OIDC_CLIENT_ID"] oidc_client_id: Option<String> = None;
    #[doc = " The secret that the provider gave this library, where it gave one."]
    "oidc.client_secret" ["ALEXANDRIA_OIDC_CLIENT_SECRET"] (secret) oidc_client_secret: Option<String> = None;
    #[doc = " Where the provider sends people back to; an address of this machine unless set."]
    "oidc.redirect_url" ["ALEXANDRIA_OIDC_REDIRECT_URL"] oidc_redirect_url: Option<String> = None;
    #[doc = " What the provider is asked for."]
    "oidc.scopes" ["ALEXANDRIA_OIDC_SCOPES"] oidc_scopes: String = "openid email profile".to_owned();
    #[doc = " The tenant whose people sign in; the installation's own unless set."]
    "oidc.tenant" ["ALEXANDRIA_OIDC_TENANT"] oidc_tenant: String = String::new();
    #[doc = " What people become who come for the first time: none (those alone are let in who are known or invited), reader, editor, billing, auditor or admin."]
    "oidc.role" ["ALEXANDRIA_OIDC_ROLE"] oidc_role: Joining = Joining::default();
    #[doc = " The domains of e-mail addresses that are let in, separated by commas; all unless set."]
    "oidc.domains" ["ALEXANDRIA_OIDC_DOMAINS"] oidc_domains: Vec<String> = Vec::new();
    #[doc = " What the provider says in `acr` of a sign-in with two factors, separated by commas. It is asked for that where the tenant asks for a second factor."]
    "oidc.mfa_acr" ["ALEXANDRIA_OIDC_MFA_ACR"] oidc_mfa_acr: Vec<String> = Vec::new();
    #[doc = " The address of a Supabase project, whose people's tokens are taken."]
    "supabase.url" ["SUPABASE_URL"] supabase_url: Option<String> = None;
    #[doc = " The key that the project's gateway asks for."]
    "supabase.key" ["SUPABASE_KEY"] (secret) supabase_key: Option<String> = None;
    #[doc = " The secret of a project that still signs with HS256."]
    "supabase.jwt_secret" ["SUPABASE_JWT_SECRET"] (secret) supabase_jwt_secret: Option<String> = None;
    #[doc = " What the project's people become when they come for the first time, as for oidc.role."]
    "supabase.role" ["ALEXANDRIA_SUPABASE_ROLE"] supabase_role: Joining = Joining::default();

    #[doc = " Whether /metrics is open to this machine without the scope `metrics`, while nobody has to show who they are."]
    "metrics.loopback" ["ALEXANDRIA_METRICS_LOOPBACK"] metrics_loopback: Switch = Switch::On;

    #[doc = " The least important log line: error, warning, info, debug or trace."]
    "log.level" ["LOG_LEVEL"] log_level: LogLevel = LogLevel::Info;
    #[doc = " How log lines look: auto (for people on a terminal, JSON elsewhere), json or pretty."]
    "log.format" ["LOG_FORMAT"] log_format: LogFormat = LogFormat::Auto;
    #[doc = " Whether the log is also written to alexandria.log and performance.log."]
    "log.files" ["LOG_FILES"] log_files: Switch = Switch::Off;
    #[doc = " The directory of the log files."]
    "log.directory" ["LOG_DIR"] log_directory: PathBuf = PathBuf::from("logs");
    #[doc = " The size at which a log file is put aside and a new one begun, in bytes."]
    "log.file_bytes_max" ["LOG_FILE_BYTES_MAX"] log_file_bytes_max: u64 = 10 * 1024 * 1024;
    #[doc = " How many log files put aside are kept."]
    "log.files_kept" ["LOG_FILES_KEPT"] log_files_kept: u32 = 5;

    #[doc = " The Redis that processes share their limits in, such as `redis://localhost:6379`; each process counts for itself when empty."]
    "redis.url" ["REDIS_URL"] (secret) redis_url: Option<String> = None;
    #[doc = " Requests a second of one tenant, person, key or address, measured over ten seconds; 0 for no limit."]
    "limit.rps" ["RATE_LIMIT_RPS"] limit_rps: u64 = alexandria_library::limits::applying::RATE_DEFAULT;
    #[doc = " Requests beyond limit.rps that any one second may hold."]
    "limit.burst" ["RATE_LIMIT_BURST"] limit_burst: u64 = alexandria_library::limits::applying::BURST_DEFAULT;
    #[doc = " Requests a second of one tenant; as limit.rps when empty."]
    "limit.tenant_rps" ["RATE_LIMIT_TENANT_RPS"] limit_tenant_rps: Option<u64> = None;
    #[doc = " Requests a second of one person; as limit.rps when empty."]
    "limit.user_rps" ["RATE_LIMIT_USER_RPS"] limit_user_rps: Option<u64> = None;
    #[doc = " Requests a second of one key; as limit.rps when empty."]
    "limit.key_rps" ["RATE_LIMIT_KEY_RPS"] limit_key_rps: Option<u64> = None;
    #[doc = " Requests a second of one address, before it is known who asks; as limit.rps when empty."]
    "limit.address_rps" ["RATE_LIMIT_ADDRESS_RPS"] limit_address_rps: Option<u64> = None;
    #[doc = " Requests of one tenant under way at the same time; 0 for no limit."]
    "limit.tenant_requests_max" ["ALEXANDRIA_TENANT_REQUESTS_MAX"] limit_tenant_requests_max: usize = alexandria_library::limits::TENANT_REQUESTS_DEFAULT;
    #[doc = " Requests of one person or key under way at the same time; 0 for no limit."]
    "limit.user_requests_max" ["ALEXANDRIA_USER_REQUESTS_MAX"] limit_user_requests_max: usize = alexandria_library::limits::USER_REQUESTS_DEFAULT;
    #[doc = " Answers of one tenant made at the same time; 0 for no limit."]
    "limit.tenant_answers_max" ["ALEXANDRIA_TENANT_ANSWERS_MAX"] limit_tenant_answers_max: usize = alexandria_library::limits::TENANT_ANSWERS_DEFAULT;
    #[doc = " Answers of one person or key made at the same time; 0 for no limit."]
    "limit.user_answers_max" ["ALEXANDRIA_USER_ANSWERS_MAX"] limit_user_answers_max: usize = alexandria_library::limits::USER_ANSWERS_DEFAULT;
    #[doc = " Tokens of questions and answers of one person or key in the seconds of `limit.tokens_seconds`, from which on nothing of theirs is answered for a while; 0 for no limit."]
    "limit.tokens_max" ["ALEXANDRIA_TOKENS_MAX"] limit_tokens_max: u64 = alexandria_library::limits::FLOOD_TOKENS_DEFAULT;
    #[doc = " Seconds that `limit.tokens_max` is counted over, up to 3600."]
    "limit.tokens_seconds" ["ALEXANDRIA_TOKENS_SECONDS"] limit_tokens_seconds: u64 = alexandria_library::limits::FLOOD_WINDOW_DEFAULT.as_secs();
    #[doc = " Seconds for which nothing is answered after too many tokens."]
    "limit.tokens_pause_seconds" ["ALEXANDRIA_TOKENS_PAUSE_SECONDS"] limit_tokens_pause_seconds: u64 = alexandria_library::limits::FLOOD_OPEN_DEFAULT.as_secs();

    #[doc = " US dollars that language models may cost in a month; from then on answers are made of quotes. 0 for no limit."]
    "budget.month_usd_max" ["ALEXANDRIA_BUDGET_MONTH_USD_MAX"] budget_month_usd_max: u64 = alexandria_library::usage::BUDGET_MONTH_MICROS_DEFAULT / 1_000_000;
    #[doc = " US dollars of a month from which on a warning is logged; 0 for never."]
    "budget.month_usd_alert" ["ALEXANDRIA_BUDGET_MONTH_USD_ALERT"] budget_month_usd_alert: u64 = alexandria_library::usage::BUDGET_ALERT_MICROS_DEFAULT / 1_000_000;

    #[doc = " The web address that is called when a budget reaches its alert or its most, and with the report of each day."]
    "alerts.webhook_url" ["ALEXANDRIA_ALERTS_WEBHOOK_URL"] (secret) alerts_webhook_url: Option<String> = None;
    #[doc = " What those calls are signed with, at least 32 characters."]
    "alerts.webhook_secret" ["ALEXANDRIA_ALERTS_WEBHOOK_SECRET"] (secret) alerts_webhook_secret: Option<String> = None;
    #[doc = " The mail server for the same, such as `smtps://user:password@mail.example.org`."]
    "alerts.smtp_url" ["ALEXANDRIA_ALERTS_SMTP_URL"] (secret) alerts_smtp_url: Option<String> = None;
    #[doc = " The mail address that such mails are from."]
    "alerts.mail_from" ["ALEXANDRIA_ALERTS_MAIL_FROM"] alerts_mail_from: Option<String> = None;
    #[doc = " The mail addresses that they are sent to, with commas between."]
    "alerts.mail_to" ["ALEXANDRIA_ALERTS_MAIL_TO"] alerts_mail_to: Option<String> = None;
    #[doc = " The hour (UTC, 0 to 23) from which on the use of the day before is reported."]
    "alerts.report_hour" ["ALEXANDRIA_ALERTS_REPORT_HOUR"] alerts_report_hour: u16 = alexandria_library::notices::REPORT_HOUR_DEFAULT;

    #[doc = " How sure an answer must be to be given, from 0 (always) to 1 (never)."]
    "answer.threshold" ["ALEXANDRIA_ANSWER_THRESHOLD"] answer_threshold: Share = Share::new(CONFIDENCE_MIN);
    #[doc = " What becomes of a language model's sentences that nothing in the library supports: remove or mark."]
    "answer.unsupported" ["ALEXANDRIA_ANSWER_UNSUPPORTED"] answer_unsupported: Doubted = Doubted::Remove;
    #[doc = " Days for which answers are kept, to be verified again; 0 keeps none."]
    "answer.kept_days" ["ALEXANDRIA_ANSWER_KEPT_DAYS"] answer_kept_days: u32 = alexandria_library::settings::ANSWERS_KEPT_DAYS_DEFAULT;
    #[doc = " Memory for answers that are given again while nothing has changed, in bytes; 0 gives none again."]
    "answer.cache_bytes_max" ["ALEXANDRIA_ANSWER_CACHE_BYTES_MAX"] answer_cache_bytes_max: usize = alexandria_library::settings::ANSWER_CACHE_BYTES_MAX_DEFAULT;
    #[doc = " Seconds for which an answer is given again at most."]
    "answer.cache_seconds_max" ["ALEXANDRIA_ANSWER_CACHE_SECONDS_MAX"] answer_cache_seconds_max: u64 = alexandria_library::settings::ANSWER_CACHE_SECONDS_MAX_DEFAULT;

    #[doc = " Days for which conversations are kept after their last question; 0 keeps them until they are deleted."]
    "conversation.kept_days" ["ALEXANDRIA_CONVERSATION_KEPT_DAYS"] conversation_kept_days: u32 = alexandria_library::settings::CONVERSATIONS_KEPT_DAYS_DEFAULT;

    #[doc = " Days for which the audit log and the security events are kept; 0 for ever."]
    "audit.kept_days" ["ALEXANDRIA_AUDIT_KEPT_DAYS"] audit_kept_days: u32 = alexandria_library::audit::AUDIT_KEPT_DAYS_DEFAULT;
    #[doc = " The web address that security events of medium and high severity are sent to, as JSON."]
    "security.webhook_url" ["ALEXANDRIA_SECURITY_WEBHOOK_URL"] security_webhook_url: Option<String> = None;
    #[doc = " The key that they are signed with (HMAC-SHA-256)."]
    "security.webhook_secret" ["ALEXANDRIA_SECURITY_WEBHOOK_SECRET"] (secret) security_webhook_secret: Option<String> = None;

    #[doc = " Jobs worked on at the same time."]
    "jobs.workers" ["ALEXANDRIA_WORKERS"] workers: usize = alexandria_library::settings::WORKERS_DEFAULT;
    #[doc = " Whether scanned pages are recognised: auto (when tesseract is installed) or off."]
    "reading.ocr" ["ALEXANDRIA_OCR"] ocr: Ocr = Ocr::Auto;
    #[doc = " Memory that reading one file may use, in bytes of address space."]
    "reading.memory_bytes_max" ["ALEXANDRIA_READING_MEMORY_BYTES_MAX"] reading_memory_bytes_max: u64 = 1 << 30;
    #[doc = " Processor seconds that reading one file may use."]
    "reading.cpu_seconds_max" ["ALEXANDRIA_READING_CPU_SECONDS_MAX"] reading_cpu_seconds_max: u64 = 600;
    #[doc = " Whether the library may fetch from addresses of private networks."]
    "web.private_addresses" ["ALEXANDRIA_WEB_PRIVATE_ADDRESSES"] web_private_addresses: Switch = Switch::Off;
}

/// The directory of the authority that everybody trusts and that charges nobody.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// The secret that nobody has chosen: fine for trying out, refused in production.
const SECRET_KEY_DEFAULT: &str = "change-me-in-production";

/// What is shown of a secret: that there is one.
fn hidden(value: &str) -> String {
    if value.is_empty() {
        String::new()
    } else {
        "***".to_owned()
    }
}

impl Config {
    /// Where this installation stands, as the status and the log say it.
    pub(crate) const fn environment(&self) -> &'static str {
        match (self.production, self.staging) {
            (Switch::On, _) => "production",
            (Switch::Off, Switch::On) => "staging",
            (Switch::Off, Switch::Off) => "local",
        }
    }

    /// Whether somebody has chosen the secret.
    pub(crate) fn has_own_secret(&self) -> bool {
        self.secret_key != SECRET_KEY_DEFAULT
    }

    /// Whether the server encrypts by itself.
    pub(crate) const fn speaks_tls(&self) -> bool {
        self.tls_certificate.is_some() || !self.tls_acme_domains.is_empty()
    }

    /// Whether the address to listen on can be reached from other machines.
    pub(crate) fn is_public(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => !address.is_loopback(),
            Err(_name) => !self.host.eq_ignore_ascii_case("localhost"),
        }
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = SETTINGS
            .iter()
            .map(|setting| (setting.key, (setting.show)(self)));
        formatter.debug_map().entries(shown).finish()
    }
}
