//! Where settings come from, which source wins, and what is refused.

use alexandria_models::generator::GeneratorConfig;
use alexandria_models::provider::Secret;

use super::{Config, Flags, Origin, SETTINGS, Surroundings, settle};

/// Settles with a TOML file, a `.env` file, an environment and flags.
fn settle_from(
    toml: &str,
    dotenv: &str,
    environment: &[(&str, &str)],
    flags: &[(&'static str, &str)],
) -> Result<super::Settled, String> {
    let directory = tempfile::tempdir().unwrap();
    fs_err::write(directory.path().join("alexandria.toml"), toml).unwrap();
    fs_err::write(directory.path().join(".env"), dotenv).unwrap();
    let surroundings = Surroundings {
        environment: environment
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect(),
        directory: directory.path().to_owned(),
    };
    let values = flags
        .iter()
        .map(|(key, value)| (*key, (*value).to_owned()))
        .collect();
    settle(&Flags { file: None, values }, &surroundings).map_err(|error| error.chain())
}

#[test]
fn the_nearest_source_wins() {
    let check = |toml: &str, dotenv: &str, environment: &[(&str, &str)], flags: &[_], port: u16| {
        let settled = settle_from(toml, dotenv, environment, flags).unwrap();
        assert_eq!(settled.config.port, port);
    };
    check("", "", &[], &[], 8000);
    check("[server]\nport = 8_001", "", &[], &[], 8001);
    check("[server]\nport = 8001", "PORT=8002", &[], &[], 8002);
    check(
        "[server]\nport = 8001",
        "PORT=8002",
        &[("PORT", "8003")],
        &[],
        8003,
    );
    check(
        "[server]\nport = 8001",
        "",
        &[("PORT", "8003")],
        &[("server.port", "8004")],
        8004,
    );
    check("", "PORT=", &[("PORT", "")], &[], 8000);
}

#[test]
fn a_setting_knows_where_it_came_from() {
    let settled = settle_from("", "PORT=8002", &[("LOG_LEVEL", "DEBUG")], &[]).unwrap();
    assert_eq!(
        settled.origins.get("server.port"),
        Some(&Origin::Dotenv("PORT".to_owned()))
    );
    assert_eq!(
        settled.origins.get("log.level"),
        Some(&Origin::Environment("LOG_LEVEL".to_owned()))
    );
    assert_eq!(settled.origins.get("server.host"), None);
}

#[test]
fn wrong_settings_are_refused_with_a_sentence_that_names_them() {
    let check = |toml: &str, environment: &[(&str, &str)], expected: &str| {
        let sentence = settle_from(toml, "", environment, &[]).unwrap_err();
        assert!(sentence.contains(expected), "{sentence}");
    };
    check("[server]\nprot = 1", &[], "no setting \"server.prot\"");
    check("[server]\nport = 70000", &[], "server.port");
    check("[server", &[], "cannot read the settings in");
    check("", &[("PORT", "eighty")], "environment PORT");
    check("", &[("PROD", "1")], "SECRET_KEY");
    check("", &[("PROD", "1"), ("DEBUG", "true")], "DEBUG");
    check("", &[("PROD", "1"), ("SECRET_KEY", "short")], "SECRET_KEY");
    let (public, off) = (("HOST", "0.0.0.0"), ("ALEXANDRIA_LOGIN", "off"));
    check("", &[public, off], "refuses to listen on 0.0.0.0");
    check("", &[public, ("SECRET_KEY", "short")], "SECRET_KEY");
    check("", &[("ALGORITHM", "none")], "one of: hs256");
    check("", &[("ACCESS_TOKEN_EXPIRE_MINUTES", "0")], "at least 1");
    check("", &[("API_KEYS", "prod-key-1:root")], "entry 1");
    check(
        "",
        &[("ALLOWED_ORIGINS", "app.example.org")],
        "ALLOWED_ORIGINS",
    );
    check("", &[("ALEXANDRIA_WORKERS", "0")], "jobs.workers");
    check(
        "",
        &[
            ("PROD", "1"),
            ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
            (
                "DATABASE_URL",
                "postgresql://oyl_user:oyl_pass@postgres:5432/oyl_db",
            ),
        ],
        "DATABASE_URL",
    );
}

#[test]
fn a_language_model_that_lacks_something_is_refused_with_the_remedy() {
    let check = |toml: &str, environment: &[(&str, &str)], expected: &str| {
        let sentence = settle_from(toml, "", environment, &[]).unwrap_err();
        assert!(sentence.contains(expected), "{sentence}");
        assert!(!sentence.contains("sk-"), "{sentence}");
    };
    let gemini = ("ALEXANDRIA_GENERATOR", "gemini");
    let name = ("ALEXANDRIA_GENERATOR_NAME", "any");
    check("", &[gemini], "ALEXANDRIA_GENERATOR_NAME");
    check("", &[gemini, name], "set GOOGLE_API_KEY");
    check("", &[gemini, name], "ALEXANDRIA_GENERATOR=off");
    check(
        "[models]\ngenerator = \"bard\"",
        &[],
        "openai, compatible, gemini",
    );
    let openai = "[models]\ngenerator = \"openai\"\ngenerator_name = \"any\"\n";
    check(openai, &[("GOOGLE_API_KEY", "sk-1")], "set OPENAI_API_KEY");
    let silent = ("ALEXANDRIA_GENERATOR_SILENCE_SECONDS_MAX", "0");
    check(openai, &[silent], "models.generator_silence_seconds_max");
    let compatible = ("ALEXANDRIA_GENERATOR", "compatible");
    check("", &[compatible, name], "set OPENAI_URL");
    let anthropic = ("ALEXANDRIA_GENERATOR", "anthropic");
    check("", &[anthropic, name], "set ANTHROPIC_API_KEY");
}

#[test]
fn an_embedding_model_of_a_provider_needs_its_name_its_length_and_its_key() {
    let check = |environment: &[(&str, &str)], expected: &str| {
        let sentence = settle_from("", "", environment, &[]).unwrap_err();
        assert!(sentence.contains(expected), "{sentence}");
    };
    let openai = ("ALEXANDRIA_EMBEDDER", "openai");
    let name = ("ALEXANDRIA_EMBEDDER_NAME", "text-embedding-3-small");
    let dimensions = ("ALEXANDRIA_EMBEDDER_DIMENSIONS", "1536");
    check(&[("ALEXANDRIA_EMBEDDER", "int4")], "int8, f32, off, openai");
    check(&[openai], "ALEXANDRIA_EMBEDDER_NAME");
    check(&[openai, name], "ALEXANDRIA_EMBEDDER_DIMENSIONS");
    check(&[openai, name, dimensions], "set OPENAI_API_KEY");
    let key = ("OPENAI_API_KEY", "sk-1");
    assert!(settle_from("", "", &[openai, name, dimensions, key], &[]).is_ok());
}

#[test]
fn a_language_model_gets_its_own_key_and_address_and_shows_neither_key() {
    let environment = [
        ("ALEXANDRIA_GENERATOR", "google"),
        ("ALEXANDRIA_GENERATOR_NAME", "gemini-2.5-flash"),
        ("GOOGLE_API_KEY", "sk-google"),
        ("OPENAI_API_KEY", "sk-openai"),
        ("OPENAI_URL", "http://localhost:1/v1"),
    ];
    let settled = settle_from("", "", &environment, &[]).unwrap();
    let generator = super::generator::settings(&settled.config).unwrap();
    let GeneratorConfig::Gemini(config) = &generator else {
        panic!("not what was chosen: {generator:?}");
    };
    assert_eq!(config.key, Some(Secret::new("sk-google")));
    assert_eq!(config.url, None);
    let shown = format!("{settled:?} {generator:?}");
    assert!(!shown.contains("sk-"), "{shown}");
    let ollama = [
        ("ALEXANDRIA_GENERATOR", "ollama"),
        ("ALEXANDRIA_GENERATOR_NAME", "llama3.2"),
    ];
    let toml = "[ollama]\nurl = \"http://models.example.org:11434\"";
    let settled = settle_from(toml, "", &ollama, &[]).unwrap();
    let generator = super::generator::settings(&settled.config).unwrap();
    let GeneratorConfig::Ollama(config) = &generator else {
        panic!("not what was chosen: {generator:?}");
    };
    assert_eq!(
        config.url.as_deref(),
        Some("http://models.example.org:11434")
    );
}

#[test]
fn production_with_its_own_secrets_starts() {
    let environment = [
        ("PROD", "1"),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    assert!(settle_from("", "", &environment, &[]).is_ok());
}

/// Settles in a folder with a `.env` file of this mode.
fn settle_with_mode(dotenv: &str, mode: u32, production: bool) -> Result<super::Settled, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".env");
    fs_err::write(&path, dotenv).unwrap();
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs_err::set_permissions(&path, permissions).unwrap();
    let production = ("PROD".to_owned(), production.to_string());
    let surroundings = Surroundings {
        environment: [production].into(),
        directory: directory.path().to_owned(),
    };
    settle(&Flags::default(), &surroundings).map_err(|error| error.chain())
}

#[test]
fn a_file_of_secrets_that_others_may_read_is_refused_in_production_and_told_of_elsewhere() {
    let secrets = "SECRET_KEY=0123456789abcdef0123456789abcdef";
    for mode in [0o640, 0o604, 0o644, 0o660] {
        let refused = settle_with_mode(secrets, mode, true).unwrap_err();
        assert!(refused.contains("chmod 600"), "{refused}");
        let warnings = settle_with_mode(secrets, mode, false).unwrap().warnings;
        let told = |text: &str| warnings.iter().any(|warning| warning.contains(text));
        assert!(
            told(&format!("{mode:03o}")) && told("chmod 600"),
            "{warnings:?}"
        );
    }
    settle_with_mode(secrets, 0o600, true).unwrap();
    let warnings = settle_with_mode(secrets, 0o600, false).unwrap().warnings;
    assert!(warnings.is_empty(), "{warnings:?}");
    let warnings = settle_with_mode("PORT=8001", 0o644, false)
        .unwrap()
        .warnings;
    assert!(warnings.is_empty(), "no secret: {warnings:?}");
}

#[test]
fn the_secrets_of_handbooks_are_refused_in_production() {
    let good = "0123456789abcdef0123456789abcdef";
    let check = |secret: &str, database: &str, sound: bool| {
        let environment = [
            ("PROD", "true"),
            ("SECRET_KEY", secret),
            ("DATABASE_URL", database),
        ];
        let found = settle_from("", "", &environment, &[]);
        assert_eq!(found.is_ok(), sound, "{secret} {database}");
    };
    let own = "postgresql://alexandria:r4nd0m-enough@postgres:5432/library";
    check(good, own, true);
    check("change-me-in-production-0123456789abcdef", own, false);
    check("CHANGE-ME-in-production-0123456789abcdef", own, false);
    check("your-secret-key-0123456789abcdef01234567", own, false);
    check(
        good,
        "postgresql://oyl_user:oyl_pass@postgres:5432/oyl_db",
        false,
    );
    check(
        good,
        "postgresql://oyl_user:oyl%5Fpass@postgres:5432/oyl_db",
        false,
    );
    check(
        good,
        "postgresql://oyl_user:oyl_pass2@postgres:5432/oyl_db",
        true,
    );
    check(good, "postgres://postgres:postgres@db/library", false);
}

#[test]
fn secrets_are_never_shown() {
    let secret = "0123456789abcdef0123456789abcdef";
    let settled = settle_from("", "", &[("SECRET_KEY", secret)], &[]).unwrap();
    assert!(!format!("{settled:?}").contains(secret));
    let refused = settle_from("", "", &[("SECRET_KEY", secret), ("PROD", "2")], &[]).unwrap_err();
    assert!(!refused.contains(secret));
}

#[test]
fn the_example_of_an_environment_names_every_setting_with_its_default() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.env.example");
    let text = fs_err::read_to_string(path).unwrap();
    for setting in SETTINGS {
        let name = setting.environment.first().unwrap();
        assert!(
            text.lines().any(|line| line
                .trim_start_matches("# ")
                .starts_with(&format!("{name}="))),
            "{name} is missing in .env.example"
        );
    }
    let examples = text
        .lines()
        .filter_map(|line| line.strip_prefix("# ")?.split_once('='))
        .filter(|(name, _value)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
    let defaults = Config::default();
    for (name, value) in examples {
        let setting = SETTINGS
            .iter()
            .find(|setting| setting.environment.contains(&name));
        let setting = setting.unwrap_or_else(|| panic!("there is no setting {name}"));
        // Empty stands for a default that depends on the machine, or for nothing.
        if !value.is_empty() && !setting.secret {
            assert_eq!((setting.show)(&defaults), value, "{name}");
        }
    }
    settle_from("", &text, &[], &[]).unwrap();
}
