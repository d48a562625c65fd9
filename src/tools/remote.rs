//! Servers at an address, over streamable HTTP (MCP 2025-11-25, "Transports"): the client that reaches them, and what it may not
//! reach.
//!
//! Names are checked after they were looked up, at the moment of connecting: an address inside (this machine, private networks,
//! link-local, where clouds keep their credentials) is refused unless the entry says that the server is inside. Redirects are not
//! followed. A server gets its own credential and nobody else's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use secrecy::{ExposeSecret as _, SecretString};

use super::MAX_LINE_BYTES;

/// How long it may take to reach a server.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// A server at an address.
#[derive(Debug, Clone)]
pub struct RemoteServer {
    pub url: Url,
    /// Whether the server is inside: on this machine or in a private network.
    pub inside: bool,
    /// Sent as a bearer token to this server only.
    pub key: Option<SecretString>,
}

/// The address may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("{0} is an address inside; if the server is meant to be there, write `inside = true` in its entry")]
struct Inside(String);

impl RemoteServer {
    /// Whether the address itself, where it is no name, may be reached.
    pub fn may_reach(&self) -> bool {
        match self.url.host_str().map(|host| host.trim_matches(['[', ']']).parse::<IpAddr>()) {
            Some(Ok(address)) => self.inside || is_outside(address),
            Some(Err(_)) => true,
            None => false,
        }
    }

    /// Fails with a sentence of its own where the address is inside; the client looks names up once more when it connects.
    pub async fn transport(&self) -> Result<StreamableHttpClientTransport<Client>, String> {
        let host = self.url.host_str().unwrap_or_default();
        if !self.may_reach() {
            return Err(Inside(host.to_owned()).to_string());
        }
        if host.trim_matches(['[', ']']).parse::<IpAddr>().is_err() {
            reachable(host, self.inside).await.map_err(|error| error.to_string())?;
        }
        let client = Client::builder()
            .user_agent(concat!("workforce/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_LIMIT)
            // A proxy would look the name up itself, where nobody checks it.
            .no_proxy()
            .dns_resolver(Arc::new(Checked { inside: self.inside }))
            .build()
            .map_err(|error| error.to_string())?;
        let mut config = StreamableHttpClientTransportConfig::with_uri(self.url.as_str())
            .max_sse_event_size(MAX_LINE_BYTES)
            // A call is never made a second time behind our back.
            .reinit_on_expired_session(false);
        if let Some(key) = &self.key {
            config = config.auth_header(key.expose_secret());
        }
        Ok(StreamableHttpClientTransport::with_client(client, config))
    }
}

/// Looks names up and keeps what may be reached.
struct Checked {
    inside: bool,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let inside = self.inside;
        Box::pin(async move {
            let addresses: Addrs = Box::new(reachable(name.as_str(), inside).await?.into_iter());
            Ok(addresses)
        })
    }
}

/// The addresses of a name, if all of them may be reached: one inside among them is one too many.
async fn reachable(name: &str, inside: bool) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0)).await?.collect();
    if !inside && found.iter().any(|address| !is_outside(address.ip())) {
        return Err(Inside(name.to_owned()).into());
    }
    Ok(found)
}

/// Whether an address belongs to the internet at large (IANA's special-purpose registries).
pub fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => v4_is_outside(address),
        IpAddr::V6(address) => v6_is_outside(address),
    }
}

fn v4_is_outside(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match (a, b, c) {
        (0 | 10 | 127, _, _) | (100, 64..=127, _) | (169, 254, _) | (172, 16..=31, _) => true,
        (192, 0, 0 | 2) | (192, 88, 99) | (192, 168, _) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => true,
        (224..=255, _, _) => true,
        (_, _, _) => false,
    };
    !special
}

fn v6_is_outside(address: Ipv6Addr) -> bool {
    // An address of the fourth version may be wrapped in one of the sixth.
    if let Some(inner) = address.to_ipv4_mapped() {
        return v4_is_outside(inner);
    }
    let s = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        v4_is_outside(Ipv4Addr::new(a, b, c, d))
    };
    match s[0] {
        0x2002 => embedded(s[1], s[2]),
        0x64 if s[1] == 0xff9b => s[2..6] == [0; 4] && embedded(s[6], s[7]),
        0x2001 => !matches!(s[1], 0..=0x1ff | 0xdb8),
        // What is not assigned as global unicast (2000::/3): loopback, unique local, link-local, multicast.
        first => (0x2000..=0x3fff).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_are_known_however_they_are_written() {
        for inside in [
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
            "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "::ffff:127.0.0.1",
            "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1", "ff02::1", "2001:0:1::1",
        ] {
            assert!(!is_outside(inside.parse().unwrap()), "{inside}");
        }
        for outside in
            ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2001:4860:4860::8888", "64:ff9b::101:101"]
        {
            assert!(is_outside(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn an_address_inside_needs_a_word() {
        let server = |url: &str, inside| RemoteServer { url: url.parse().unwrap(), inside, key: None };
        assert!(!server("http://127.0.0.1:80/mcp", false).may_reach());
        assert!(!server("http://[::1]/mcp", false).may_reach());
        assert!(!server("http://2130706433/", false).may_reach(), "the same address as one number");
        assert!(server("http://127.0.0.1:80/mcp", true).may_reach());
        assert!(server("https://tools.example.com/mcp", false).may_reach());
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_after_it_was_looked_up() {
        let name = || "localhost".parse::<Name>().unwrap();
        assert!(Checked { inside: false }.resolve(name()).await.is_err());
        assert!(Checked { inside: true }.resolve(name()).await.is_ok());
    }
}
