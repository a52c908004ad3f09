//! The way to an authority: the one HTTP client of this program, with answers of limited length.

use std::pin::Pin;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Response};
use instant_acme::{BodyWrapper, BytesResponse, HttpClient};

/// The largest call that is made, in bytes.
const CALL_BYTES_MAX: usize = 1024 * 1024;

/// The largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Carries calls to an authority.
#[derive(Clone, Debug)]
pub(super) struct Wire(reqwest::Client);

impl Wire {
    /// Calls over a client.
    pub(super) const fn over(client: reqwest::Client) -> Self {
        Self(client)
    }

    async fn call(self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse> {
        let address = request.uri().to_string();
        let about = || format!("cannot reach the authority at {address}");
        let is_directory = request.method() == Method::GET;
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(Body::new(body), CALL_BYTES_MAX).await;
        let body = body.context(ErrorKind::Internal, about)?;
        let call = self
            .0
            .request(parts.method, &address)
            .headers(parts.headers);
        let mut reply = call
            .body(body)
            .send()
            .await
            .context(ErrorKind::Unavailable, about)?;
        // Problems with an order are told in the answer; without the directory there is nothing to read.
        if is_directory && !reply.status().is_success() {
            let sentence = format!("{}: it answers with status {}", about(), reply.status());
            return Err(Error::new(ErrorKind::Unavailable, sentence));
        }
        let mut answer = Response::builder().status(reply.status());
        if let Some(headers) = answer.headers_mut() {
            *headers = reply.headers().clone();
        }
        let mut read = Vec::new();
        while let Some(chunk) = reply.chunk().await.context(ErrorKind::Unavailable, about)? {
            if read.len() + chunk.len() > ANSWER_BYTES_MAX {
                let sentence = about() + ": its answer is longer than any certificate";
                return Err(Error::new(ErrorKind::Unavailable, sentence));
            }
            read.extend_from_slice(&chunk);
        }
        let answer = answer.body(()).context(ErrorKind::Internal, about)?;
        Ok(BytesResponse {
            parts: answer.into_parts().0,
            body: Box::new(Bytes::from(read)),
        })
    }
}

impl HttpClient for Wire {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, instant_acme::Error>> + Send>> {
        let wire = self.clone();
        Box::pin(async move {
            let answered = wire.call(request).await;
            answered.map_err(|error| instant_acme::Error::Other(Box::new(error)))
        })
    }
}
