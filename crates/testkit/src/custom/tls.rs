//! The aggregation layer speaks TLS only.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::error::BedError;

/// With a certificate of its own making, which nobody checks.
pub(super) fn acceptor() -> Result<TlsAcceptor, BedError> {
    let wrong = |error: Box<dyn std::error::Error + Send + Sync>| {
        BedError::Listen(std::io::Error::other(error))
    };
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])
        .map_err(|error| wrong(error.into()))?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())
        .map_err(|error| wrong(error.into()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key)
        })
        .map_err(|error| wrong(error.into()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
