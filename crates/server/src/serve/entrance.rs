//! Where connections come in: as they are, or through TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::Result;
use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use super::certificates::{Certificates, was_for_proof};

/// How long a client may take to agree on the encryption.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Clients that agree on the encryption at the same time; further ones wait in the system's queue.
const HANDSHAKES_MAX: usize = 256;

/// A connection.
type Stream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Where connections come in.
pub(super) struct Entrance {
    listener: TcpListener,
    secure: Option<Secure>,
}

struct Secure {
    acceptor: TlsAcceptor,
    shaking: JoinSet<Option<(Box<TlsStream<TcpStream>>, SocketAddr)>>,
}

impl Entrance {
    /// Takes connections as they are, or through TLS with these certificates.
    ///
    /// # Errors
    /// `Internal` when the encryption cannot be prepared.
    pub(super) fn new(
        listener: TcpListener,
        certificates: Option<&Arc<Certificates>>,
    ) -> Result<Self> {
        let secure = match certificates {
            None => None,
            Some(certificates) => Some(Secure {
                acceptor: TlsAcceptor::from(Arc::new(certificates.server()?)),
                shaking: JoinSet::new(),
            }),
        };
        Ok(Self { listener, secure })
    }
}

impl Secure {
    /// Begins to agree on the encryption, beside everybody else who does.
    fn shake(&mut self, stream: TcpStream, peer: SocketAddr) {
        let accepting = self.acceptor.accept(stream);
        self.shaking.spawn(async move {
            match tokio::time::timeout(HANDSHAKE_TIMEOUT, accepting).await {
                // Whoever looks whether a name leads here has seen what it wanted.
                Ok(Ok(stream)) if was_for_proof(stream.get_ref().1) => None,
                Ok(Ok(stream)) => Some((Box::new(stream), peer)),
                Ok(Err(error)) => {
                    tracing::debug!("a client did not agree on the encryption: {error}");
                    None
                }
                Err(_elapsed) => None,
            }
        });
    }
}

impl Listener for Entrance {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let Some(secure) = &mut self.secure else {
            let (stream, peer) = Listener::accept(&mut self.listener).await;
            return (Either::Left(stream), peer);
        };
        loop {
            let room = secure.shaking.len() < HANDSHAKES_MAX;
            tokio::select! {
                Some(done) = secure.shaking.join_next() => {
                    if let Ok(Some((stream, peer))) = done {
                        return (Either::Right(stream), peer);
                    }
                }
                (stream, peer) = Listener::accept(&mut self.listener), if room => {
                    secure.shake(stream, peer);
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
