//! A mail for each notice, over SMTP.

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_store::catalog::Notice;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::headline;
use crate::config::Config;

/// Who sends mails to whom, and by which server.
pub(super) struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address of the server holds a password.
        formatter.write_str("Mail")
    }
}

impl Mail {
    /// The one that the settings name, if they do.
    pub(super) fn open(config: &Config) -> Result<Option<Self>> {
        let Some(url) = &config.alerts_smtp_url else {
            return Ok(None);
        };
        let refused = |why: &str| Error::new(ErrorKind::Invalid, why.to_owned());
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let transport = transport.context(ErrorKind::Invalid, || {
            "the setting alerts.smtp_url is no address such as smtps://user:password@mail.example.org"
                .to_owned()
        })?;
        let mailbox = |text: &str| text.trim().parse::<Mailbox>().ok();
        let from = config.alerts_mail_from.as_deref().and_then(mailbox);
        let from =
            from.ok_or_else(|| refused("the setting alerts.mail_from is no mail address"))?;
        let to = config.alerts_mail_to.as_deref().unwrap_or_default();
        let to: Option<Vec<Mailbox>> = to.split(',').map(mailbox).collect();
        let to = to.ok_or_else(|| {
            refused("the setting alerts.mail_to is no list of mail addresses, with commas between")
        })?;
        let transport = transport.build();
        Ok(Some(Self {
            transport,
            from,
            to,
        }))
    }

    /// Sends it.
    ///
    /// # Errors
    /// `Unavailable` when the server does not take it.
    pub(super) async fn send(&self, notice: &Notice) -> Result<()> {
        let text = headline(notice);
        let mut message = Message::builder()
            .from(self.from.clone())
            // The same at each attempt, so that what arrives twice is known to be one.
            .message_id(Some(format!("<{}@alexandria>", notice.id)))
            .subject(format!("Alexandria: {text}"))
            .header(ContentType::TEXT_PLAIN);
        for to in &self.to {
            message = message.to(to.clone());
        }
        let message = message.body(format!("{text}\n"));
        let message = message.context(ErrorKind::Internal, || "cannot write a mail".to_owned())?;
        let sent = self.transport.send(message).await;
        sent.context(ErrorKind::Unavailable, || {
            "the mail server of alerts.smtp_url does not take a mail".to_owned()
        })?;
        Ok(())
    }
}
