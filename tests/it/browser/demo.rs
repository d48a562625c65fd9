//! The demo as a person starts it: the real program, its address read from what it prints.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

const WORKFORCE: &str = env!("CARGO_BIN_EXE_workforce");

/// A running demo; it ends with this value.
pub struct Demo {
    child: Child,
    pub address: String,
    /// Databases and the private copy of the directives.
    pub folder: tempfile::TempDir,
}

impl Demo {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(WORKFORCE)
            .args(["demo", "--no-open", "--port", "0", "--keep"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address =
            lines.by_ref().map(|line| line.trim().to_owned()).find(|line| line.starts_with("http://127.0.0.1:"));
        let address = address.expect("the demo prints its address");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, folder }
    }

    /// A page of it: who looks, and at what.
    pub fn page(&self, query: &str) -> String {
        format!("{}?{query}", self.address)
    }

    pub fn directive(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("open/directives").join(file)).unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _ended = self.child.wait();
    }
}
