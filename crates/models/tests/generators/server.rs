//! A provider that can be told to misbehave: it plays one script for each request.
//!
//! It speaks just enough HTTP to be taken for one. The last script is played again for every further
//! request.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What the server does next.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// It sends bytes.
    Send(Vec<u8>),
    /// It does nothing for a while.
    Wait(Duration),
    /// It sends the same bytes until nobody listens.
    SendForever(Vec<u8>),
    /// It waits until the other side has closed the connection, and notes that.
    AwaitClose,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// `POST /path` and so on.
    pub(crate) line: String,
    /// All headers as they were sent, in small letters.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: serde_json::Value,
}

#[derive(Debug, Default)]
struct Notes {
    seen: Vec<Seen>,
    closed: usize,
}

/// A running server; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    notes: Arc<Mutex<Notes>>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(scripts: Vec<Vec<Act>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let notes = Arc::new(Mutex::new(Notes::default()));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, Arc::new(scripts), Arc::clone(&notes)));
        Self {
            address,
            notes,
            _tasks: tasks,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.notes.lock().unwrap().seen.clone()
    }

    /// How many clients have closed the connection while it was waited for.
    pub(crate) fn closed(&self) -> usize {
        self.notes.lock().unwrap().closed
    }
}

async fn serve(listener: TcpListener, scripts: Arc<Vec<Vec<Act>>>, notes: Arc<Mutex<Notes>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (scripts, notes) = (Arc::clone(&scripts), Arc::clone(&notes));
        connections.spawn(async move {
            // A client that goes away is what some tests are about.
            play(stream, &scripts, &notes).await.ok();
        });
    }
}

async fn play(
    mut stream: TcpStream,
    scripts: &[Vec<Act>],
    notes: &Mutex<Notes>,
) -> std::io::Result<()> {
    let Some(seen) = read(&mut stream).await? else {
        return Ok(());
    };
    let number = {
        let mut notes = notes.lock().unwrap();
        notes.seen.push(seen);
        notes.seen.len() - 1
    };
    let script = scripts.get(number).or(scripts.last());
    for act in script.into_iter().flatten() {
        match act {
            Act::Send(bytes) => stream.write_all(bytes).await?,
            Act::Wait(wait) => tokio::time::sleep(*wait).await,
            Act::SendForever(bytes) => loop {
                stream.write_all(bytes).await?;
            },
            Act::AwaitClose => {
                // An error says as well that the other side has gone.
                stream.read_to_end(&mut Vec::new()).await.ok();
                notes.lock().unwrap().closed += 1;
            }
        }
    }
    stream.shutdown().await
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Option<Seen>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let mut wanted = usize::MAX;
    let mut head_end = 0;
    while bytes.len() < wanted {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&buffer[..read]);
        if head_end == 0
            && let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n")
        {
            head_end = end + 4;
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            wanted = head_end + length.map_or(0, |length| length.trim().parse().unwrap());
        }
    }
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let (line, headers) = head.split_once("\r\n").unwrap();
    Ok(Some(Seen {
        line: line.trim_end_matches(" HTTP/1.1").to_owned(),
        head: headers.to_lowercase(),
        body: serde_json::from_slice(&bytes[head_end..]).unwrap_or_default(),
    }))
}

/// A whole reply, cut into small chunks as a stream is.
pub(crate) fn streamed(body: &[u8]) -> Vec<Act> {
    let mut bytes = begun(body);
    bytes.extend_from_slice(b"0\r\n\r\n");
    vec![Act::Send(bytes)]
}

/// The beginning of a reply, which the connection's end then breaks off.
pub(crate) fn begun(body: &[u8]) -> Vec<u8> {
    let mut bytes =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\
          connection: close\r\n\r\n"
            .to_vec();
    for chunk in body.chunks(37) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// A reply of any status with a body of JSON; `headers` end with a line end each.
pub(crate) fn plain(status: u16, headers: &str, body: &str) -> Vec<Act> {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\n{headers}\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    vec![Act::Send(text.into_bytes())]
}
