//! One order: the account, the proofs that the names lead here, and the certificate.

use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind};
use instant_acme::{
    Account, AuthorizationHandle, AuthorizationStatus, Identifier, NewAccount, NewOrder,
    OrderStatus, RetryPolicy,
};

use super::failure::Failure;
use super::proofs::{Proof, Proofs};
use super::shelf::Shelf;
use super::wire::Wire;
use crate::serve::certificates::pair::{Pair, is_for};

/// How long an authority may take to look at the names, and to issue.
const STEP_TIMEOUT: Duration = Duration::from_secs(120);

/// How soon it is asked for the first time whether it is done; each time later by half.
const ASK_AFTER: Duration = Duration::from_millis(300);

/// By how much the time between two questions grows.
const ASK_LATER: f32 = 1.5;

/// What is ordered, and with what.
pub(super) struct Order<'a> {
    pub(super) directory: &'a str,
    pub(super) domains: &'a [String],
    pub(super) contact: Option<&'a str>,
    /// How the names are proved: the first that the authority offers.
    pub(super) ways: &'a [Proof],
    pub(super) wire: &'a Wire,
    pub(super) shelf: &'a Shelf,
    pub(super) proofs: &'a Proofs,
}

/// A certificate with its key.
#[derive(Debug)]
pub(super) struct Issued {
    /// As TLS shows it.
    pub(super) pair: Pair,
    /// As it is kept.
    pub(super) pem: String,
}

impl Order<'_> {
    /// Orders.
    ///
    /// # Errors
    /// Whatever kept the authority from issuing.
    pub(super) async fn run(&self) -> Result<Issued, Failure> {
        let account = self.account().await?;
        let names: Vec<_> = self.domains.iter().cloned().map(Identifier::Dns).collect();
        let ordered = account.new_order(&NewOrder::new(&names)).await;
        let mut order = match ordered {
            Err(error) if is_unknown_account(&error) => {
                self.shelf.forget_account();
                return Err(error.into());
            }
            ordered => ordered?,
        };
        self.prove(&mut order).await?;
        let key = order.finalize().await?;
        let chain = order.poll_certificate(&patience()).await?;
        let pem = key + &chain;
        let about = "what the authority has issued";
        let pair = Pair::of(chain.as_bytes(), pem.as_bytes()).map_err(|wrong| {
            let sentence = wrong.sentence(about, "the order");
            Error::new(ErrorKind::Unavailable, sentence).with_source(wrong)
        })?;
        if let Some(domain) = self
            .domains
            .iter()
            .find(|domain| !is_for(&pair.key, domain))
        {
            let sentence = format!("{about} is not for {domain}");
            return Err(Error::new(ErrorKind::Unavailable, sentence).into());
        }
        Ok(Issued { pair, pem })
    }

    /// The account that was kept, or a new one.
    async fn account(&self) -> Result<Account, Failure> {
        let builder = Account::builder_with_http(Box::new(self.wire.clone()));
        if let Some(kept) = self.shelf.account()? {
            return Ok(builder.from_credentials(kept).await?);
        }
        let contact = self.contact.map(|address| format!("mailto:{address}"));
        let wanted = NewAccount {
            contact: &contact.iter().map(String::as_str).collect::<Vec<_>>(),
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let made = builder.create(&wanted, self.directory.to_owned(), None);
        let (account, credentials) = made.await?;
        self.shelf.keep_account(&credentials)?;
        Ok(account)
    }

    /// Shows the authority that every name leads here.
    async fn prove(&self, order: &mut instant_acme::Order) -> Result<(), Failure> {
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let authorization = authorization?;
            if authorization.status == AuthorizationStatus::Pending {
                self.prove_one(authorization).await?;
            }
        }
        if order.poll_ready(&patience()).await? == OrderStatus::Ready {
            return Ok(());
        }
        // What it found stands with the name that it did not find here.
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            let state = authorization.refresh().await?;
            let found = state.challenges.iter().find_map(|one| one.error.clone());
            if let Some(problem) = found {
                return Err(instant_acme::Error::Api(problem).into());
            }
        }
        let sentence = "the authority has refused the order without a reason";
        Err(Error::new(ErrorKind::Unavailable, sentence).into())
    }

    async fn prove_one(&self, mut authorization: AuthorizationHandle<'_>) -> Result<(), Failure> {
        let domain = authorization.identifier().to_string();
        let offered = |proof: &&Proof| {
            let challenges = &authorization.challenges;
            challenges.iter().any(|one| one.r#type == proof.challenge())
        };
        let Some(&proof) = self.ways.iter().find(offered) else {
            return Err(Failure::NoWay { domain });
        };
        let Some(mut challenge) = authorization.challenge(proof.challenge()) else {
            return Err(Failure::NoWay { domain });
        };
        let (token, answer) = (challenge.token.clone(), challenge.key_authorization());
        self.proofs
            .lay(proof, &domain, &token, &answer)
            .map_err(|source| {
                let sentence = format!("cannot prepare the proof that {domain} leads here");
                let source = std::io::Error::other(source);
                Error::new(ErrorKind::Internal, sentence).with_source(source)
            })?;
        challenge.set_ready().await?;
        Ok(())
    }
}

fn is_unknown_account(error: &instant_acme::Error) -> bool {
    let instant_acme::Error::Api(problem) = error else {
        return false;
    };
    let of = problem.r#type.as_deref();
    of.is_some_and(|of| of.ends_with(":accountDoesNotExist"))
}

const fn patience() -> RetryPolicy {
    RetryPolicy::new()
        .initial_delay(ASK_AFTER)
        .backoff(ASK_LATER)
        .timeout(STEP_TIMEOUT)
}
