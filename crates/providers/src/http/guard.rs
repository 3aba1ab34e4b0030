//! Keeps checks away from addresses where clouds hand out credentials.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::NotAsked;

/// Which addresses may be asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard {
    link_local: bool,
}

impl Guard {
    pub(crate) const fn new() -> Self {
        Self { link_local: false }
    }

    pub(super) const fn open() -> Self {
        Self { link_local: true }
    }

    /// Refuses an address that is written as a number; names are looked at when they are
    /// resolved.
    pub(crate) fn admits(self, url: &Url) -> Result<(), NotAsked> {
        let host = url.host_str().unwrap_or_default();
        let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        match literal {
            Some(address) if !self.allows(address) => {
                Err(NotAsked::Forbidden { address: address.to_string() })
            }
            Some(_) | None => Ok(()),
        }
    }

    fn allows(self, address: IpAddr) -> bool {
        self.link_local || !is_link_local(address)
    }
}

/// 169.254.0.0/16 (RFC 3927), `fe80::/10` (RFC 4291), their embedded forms, and the IPv6
/// address of one cloud's metadata service.
pub(super) fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_unicast_link_local()
                || address.to_ipv4_mapped().is_some_and(|address| address.is_link_local())
                || address.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = *self;
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| guard.allows(address.ip())).collect();
            match (found.first(), allowed.is_empty()) {
                (Some(address), true) => {
                    Err(NotAsked::Forbidden { address: address.ip().to_string() }.into())
                }
                (Some(_) | None, _) => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}
