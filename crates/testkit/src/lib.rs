//! Development only: a bed of real systems on which tests and people try Lastgood.
//!
//! Start with [`bed::Bed`]. Everything is real except the containers: the API server
//! and its controllers, a kubelet that runs each pod as a local process, a service that
//! is good or bad by its image's tag, the load on it, and Prometheus. What is not
//! installed is [`peer::Missing`], with the command that installs it.

pub mod argo;
pub mod aws;
pub mod bed;
pub mod control_plane;
pub mod crash;
pub mod endpoints;
pub mod error;
pub mod fixture;
pub mod flags;
pub mod folder;
pub mod gateway;
pub mod github;
pub mod gitops;
pub mod image;
pub mod kubelet;
pub mod load;
pub mod mariadb;
pub mod peer;
pub mod postgres;
pub mod process;
pub mod program;
pub mod prometheus;
pub mod proxy;
pub mod relay;
pub mod release;

mod account;
mod clock;
mod custom;
mod port;
mod ready;
mod serve;
mod task;
