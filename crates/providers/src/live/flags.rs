//! The flag system of a place.

use lastgood_core::flag::{Flag, Toggles};
use lastgood_core::ports::FlagSource;

use super::{FlagSystem, LiveWorld, Place, Refusal, Timestamp, async_trait};

#[async_trait]
impl FlagSource for LiveWorld {
    async fn flags(&self, place: &Place) -> Result<Vec<Flag>, Refusal> {
        self.flag_system(place).await?.flags(place).await
    }

    async fn toggles(
        &self,
        place: &Place,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Toggles, Refusal> {
        self.flag_system(place).await?.toggles(place, from, to).await
    }
}

impl LiveWorld {
    /// The flag system of a place. It keeps no state, so it is made when it is asked.
    #[cfg_attr(
        not(feature = "flags"),
        expect(clippy::unused_async, reason = "only a real flag system has to be waited for")
    )]
    pub(super) async fn flag_system(&self, place: &Place) -> Result<Box<dyn FlagSystem>, Refusal> {
        let Some(at) = &self.settings(place)?.flags else {
            return Err(Refusal::Unsupported {
                what: "feature flags".to_owned(),
                why: "the catalog names no flag system here; add `flags:` to the environment"
                    .to_owned(),
            });
        };
        #[cfg(feature = "flags")]
        {
            use lastgood_core::catalog::Connection;

            use crate::flags::{Flags, launchdarkly::LaunchDarkly, unleash::Unleash};

            let secret = async |name: &str| {
                self.vault.secret(name).await.map_err(|error| Refusal::Rejected {
                    system: "the vault".to_owned(),
                    why: error.to_string(),
                })
            };
            match self.catalog.connections.get(&at.connection) {
                Some(Connection::Unleash(connection)) => {
                    let client = Unleash::new(connection, secret(&connection.secret).await?)?;
                    Ok(Box::new(Flags::new(client, at.clone())))
                }
                Some(Connection::LaunchDarkly(connection)) => {
                    let client = LaunchDarkly::new(connection, secret(&connection.secret).await?)?;
                    Ok(Box::new(Flags::new(client, at.clone())))
                }
                Some(
                    Connection::Prometheus(_) | Connection::Registry(_) | Connection::Github(_),
                )
                | None => Err(Refusal::Gone {
                    what: format!("the flag system `{}` in the catalog", at.connection),
                }),
            }
        }
        #[cfg(not(feature = "flags"))]
        Err(Refusal::Unsupported {
            what: format!("the flag system `{}`", at.connection),
            why: "this build of Lastgood comes without it".to_owned(),
        })
    }
}
