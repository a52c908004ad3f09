//! `alexandria mcp`: the library as tools for a program with a language model that starts this one
//! and speaks to it line by line (the Model Context Protocol over standard input and output).

use std::io::{BufRead as _, Write as _};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use clap::Args;
use serde_json::{Value, json};

use super::door::{Door, Work};
use super::{Outcome, Setting};
use crate::api::problem::ProblemBody;
use crate::mcp::{PATH, headers_for};

/// The largest reply, in bytes.
const REPLY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The code of an error inside the server, as the protocol has it.
const CODE_INTERNAL: i32 = -32_603;

/// What a newcomer may type.
const EXAMPLES: &str = "\
The program that asks starts this one; give it the command line:
  alexandria --data /srv/library mcp";

/// Let a program with a language model use the library, over standard input and output.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Mcp {}

/// What was read.
enum Line {
    Message(Vec<u8>),
    TooLong,
    End,
}

impl Mcp {
    /// Serves until the input ends.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Jobs).await?;
        let served = serve(&door, setting.config().body_bytes_max).await;
        door.close().await;
        served.map(|()| Outcome::Done)
    }
}

async fn serve(door: &Door, bytes_max: usize) -> Result<()> {
    loop {
        let line = tokio::task::spawn_blocking(move || read(bytes_max))
            .await
            .context(ErrorKind::Internal, || {
                "the thread that reads broke".to_owned()
            })??;
        let reply = match line {
            Line::End => return Ok(()),
            Line::TooLong => {
                let sentence = format!("a message has at most {bytes_max} bytes");
                Some(failure(&Value::Null, &sentence).to_string().into_bytes())
            }
            Line::Message(message) if message.trim_ascii().is_empty() => None,
            Line::Message(message) => pass(door, message).await,
        };
        if let Some(reply) = reply {
            write(&reply)?;
        }
    }
}

/// Hands a message to the library, and its reply back; none for what is only told.
async fn pass(door: &Door, message: Vec<u8>) -> Option<Vec<u8>> {
    let fields: Value = serde_json::from_slice(&message).unwrap_or_default();
    let id = fields.get("id").cloned();
    let told = match send(door, message).await {
        Ok((StatusCode::ACCEPTED, _)) => return None,
        Ok((_, reply)) => reply,
        Err(error) => Err(error.message().to_owned()),
    };
    match (told, id) {
        (Ok(reply), _) => Some(reply),
        (Err(sentence), Some(id)) => Some(failure(&id, &sentence).to_string().into_bytes()),
        (Err(_), None) => None,
    }
}

/// The status and the reply; a sentence where it is none of the protocol.
async fn send(door: &Door, message: Vec<u8>) -> Result<(StatusCode, Result<Vec<u8>, String>)> {
    let headers = headers_for(&message);
    let mut request = Request::new(Body::from(message));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = axum::http::Uri::from_static(PATH);
    *request.headers_mut() = headers;
    let response = door.send_plainly(request).await?;
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), REPLY_BYTES_MAX)
        .await
        .context(ErrorKind::Unavailable, || {
            "cannot read the library's reply".to_owned()
        })?;
    let reply = match serde_json::from_slice::<ProblemBody>(&bytes) {
        Ok(problem) => Err(problem.detail),
        Err(_none) => Ok(bytes.to_vec()),
    };
    Ok((status, reply))
}

fn failure(id: &Value, sentence: &str) -> Value {
    let error = json!({ "code": CODE_INTERNAL, "message": sentence });
    json!({ "jsonrpc": "2.0", "id": id, "error": error })
}

/// Reads a line. Of one that is too long nothing is kept.
fn read(bytes_max: usize) -> Result<Line> {
    let mut input = std::io::stdin().lock();
    let (mut line, mut length) = (Vec::new(), 0_usize);
    loop {
        let buffer = input.fill_buf().context(ErrorKind::Unavailable, || {
            "cannot read the standard input".to_owned()
        })?;
        if buffer.is_empty() && length == 0 {
            return Ok(Line::End);
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let (piece, _rest) = buffer.split_at(end.unwrap_or(buffer.len()));
        length = length.saturating_add(piece.len());
        if length <= bytes_max {
            line.extend_from_slice(piece);
        } else {
            line = Vec::new();
        }
        let is_over = end.is_some() || buffer.is_empty();
        let used = piece.len() + usize::from(end.is_some());
        input.consume(used);
        if is_over {
            let fits = length <= bytes_max;
            return Ok(if fits {
                Line::Message(line)
            } else {
                Line::TooLong
            });
        }
    }
}

fn write(reply: &[u8]) -> Result<()> {
    let mut output = std::io::stdout().lock();
    let written = output
        .write_all(reply)
        .and_then(|()| output.write_all(b"\n"))
        .and_then(|()| output.flush());
    written.map_err(|source| {
        Error::new(ErrorKind::Unavailable, "nobody reads the standard output").with_source(source)
    })
}
