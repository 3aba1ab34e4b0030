//! Free loopback ports.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::BedError;

/// Finds a port on which three in a row are free: API server, etcd, etcd's peers.
///
/// Between finding and using it another program may take one of them. The range lies
/// below the one from which the kernel gives out ports by itself (32768 and up on
/// Linux), and each call, in each process, starts looking at a place of its own.
pub(crate) fn three_in_a_row() -> Result<u16, BedError> {
    const FIRST: u32 = 20_000;
    const SPAN: u32 = 12_000;
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let calls = CALLS.fetch_add(1, Ordering::Relaxed);
    let start = std::process::id().wrapping_mul(37).wrapping_add(calls.wrapping_mul(3)) % SPAN;
    (0..SPAN)
        .step_by(3)
        .filter_map(|step| u16::try_from(FIRST + (start + step) % SPAN).ok())
        .find(|&port| (port..port + 3).all(is_free))
        .ok_or_else(|| BedError::Listen(std::io::Error::other("no three ports in a row are free")))
}

/// Finds one free port.
pub(crate) fn one() -> Result<u16, BedError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(BedError::Listen)?;
    Ok(listener.local_addr().map_err(BedError::Listen)?.port())
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_with_a_taken_port_is_passed_over() {
        let first = three_in_a_row().expect("a machine has three free ports");
        let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, first + 1)).expect("it was free");
        let second = three_in_a_row().expect("a machine has three more free ports");
        assert!(
            !(second..second + 3).contains(&(first + 1)),
            "{second} and the next two must not contain the taken port {}",
            first + 1
        );
    }
}
