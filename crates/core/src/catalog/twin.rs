//! A catalog with nothing real behind it, for drills about a team's own services.

use super::{Catalog, Platform};

impl Catalog {
    /// The same services and what proves their health, with the practice world behind every
    /// one of them: no address, secret or connection of the real systems is left that
    /// anything could ask.
    #[must_use]
    pub fn simulated(&self) -> Self {
        let mut twin = self.clone();
        twin.connections.clear();
        for service in twin.services.values_mut() {
            for environment in service.environments.values_mut() {
                environment.platform = Platform::Practice;
                environment.metrics = None;
                environment.releases = None;
                environment.flags = None;
                environment.schema = None;
            }
        }
        twin
    }
}
