//! Server-sent events from a stream of bytes (WHATWG HTML, "Server-sent events"), bounded.

/// The most that one answer may have, in bytes.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Takes bytes as they come and gives the data of each event once it is complete. Names and ids of events are not needed: the
/// vendors repeat them inside the data.
#[derive(Debug, Default)]
pub struct Events {
    line: Vec<u8>,
    data: String,
    taken: usize,
}

/// The answer is longer than anybody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

impl Events {
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, TooLong> {
        self.taken = self.taken.saturating_add(bytes.len());
        if self.taken > MAX_BYTES {
            return Err(TooLong);
        }
        let mut complete = Vec::new();
        for &byte in bytes {
            if byte != b'\n' {
                self.line.push(byte);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            complete.extend(self.end_line(String::from_utf8_lossy(&line).trim_end_matches('\r')));
        }
        Ok(complete)
    }

    fn end_line(&mut self, line: &str) -> Option<String> {
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            return (!data.is_empty()).then_some(data);
        }
        if let Some(data) = line.strip_prefix("data:") {
            if !self.data.is_empty() {
                self.data.push('\n');
            }
            self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_whole_however_the_bytes_are_cut() {
        let stream = ": hello\r\nevent: a\r\ndata: {\"x\":\r\ndata: 1}\r\n\r\ndata:ü\n\nid: 7\n\ndata: half".as_bytes();
        for size in 1..stream.len() {
            let mut events = Events::default();
            let found: Vec<String> = stream.chunks(size).flat_map(|chunk| events.push(chunk).unwrap()).collect();
            assert_eq!(found, ["{\"x\":\n1}", "ü"], "cut into pieces of {size}");
        }
    }

    #[test]
    fn an_endless_stream_is_not_read() {
        let mut events = Events::default();
        let megabyte = vec![b'x'; 1024 * 1024];
        let ends = (0..20).find(|_| events.push(&megabyte) == Err(TooLong));
        assert_eq!(ends, Some(8));
    }
}
