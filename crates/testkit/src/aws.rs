//! Fakes of AWS: what no peer that can be installed shows.
//!
//! moto answers the shapes of Lambda and of ECS and checks little of what a rollback
//! relies on: it takes a stale `RevisionId`, weights above one and versions that do not
//! exist, never lets an ECS service converge, and has no service deployments. The fakes
//! here imitate just that, each after the documentation that it names, and fail on
//! request. What moto does answer is held against moto itself: [`Moto`]. Signatures are not
//! checked; nothing here is AWS.

mod bed;
mod ecs;
mod fake;
mod lambda;
mod moto;
mod sts;

pub use bed::{AwsBed, Serves, Serving};
pub use ecs::{Ecs, Strategy};
pub use fake::{Answer, Api, Asked, Fake, Fault};
pub use lambda::Lambda;
pub use moto::Moto;

/// The account that the fakes say they are.
pub const ACCOUNT: &str = "123456789012";
/// The region that their ARNs name.
pub const REGION: &str = "eu-central-1";
