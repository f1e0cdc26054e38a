//! A server that answers each connection with the next line of a script, whatever it is asked: for the failures that no
//! real server produces when told to.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a connection gets.
#[derive(Debug, Clone)]
pub enum Answer {
    /// These bytes, and then the end of the connection.
    Bytes(String),
    /// Nothing, with the connection left open.
    Silence,
}

impl Answer {
    /// A whole response with this status line, these headers (each ended by `\r\n`) and this body.
    pub fn response(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::cut(status, &format!("content-length: {length}\r\n{headers}"), body)
    }

    /// The same, but the headers say what the body's length is, right or wrong.
    pub fn cut(status: &str, headers: &str, body: &str) -> Self {
        Self::Bytes(format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n{body}"))
    }
}

/// A running script. Dropping it ends the server.
pub struct ScriptedServer {
    /// Its URL.
    pub endpoint: String,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl ScriptedServer {
    /// Plays the script; its last answer is repeated for ever.
    pub async fn start(script: Vec<Answer>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            let mut silent = Vec::new();
            for at in 0.. {
                let (mut socket, _) = listener.accept().await.unwrap();
                let head = head(&mut socket).await;
                seen.lock().unwrap().push(head);
                match &script[at.min(script.len() - 1)] {
                    // The client may have gone away already.
                    Answer::Bytes(bytes) => drop(socket.write_all(bytes.as_bytes()).await),
                    Answer::Silence => silent.push(socket),
                }
            }
        });
        Self { endpoint, requests, task }
    }

    /// The heads of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}
