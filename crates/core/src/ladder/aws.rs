//! The rows of Amazon ECS and AWS Lambda.

use super::{Deed, Rung, State};

const NO_WEIGHTS: &str = "ECS moves the traffic of a service by itself; rollout.halt, \
                          rollout.resume and release.restore are possible";

/// A service that ECS moves a task at a time.
pub(super) const fn rolling(deed: Deed, state: State) -> Rung {
    match (deed, state) {
        (Deed::Halt, State::Settled) => {
            Rung::Refused("no service deployment is under way, so there is nothing to stop")
        }
        (Deed::Halt, State::Progressing | State::Halted | State::Stuck | State::Unknown) => {
            Rung::Offered(
                "the service deployment is stopped with a rollback: ECS replaces the new tasks by \
                 what served before; ECS has no stop that stays half-way",
            )
        }
        (Deed::Resume, _) => {
            Rung::Offered("the task definition that was stopped is rolled out again")
        }
        (Deed::Shift, _) => Rung::Refused(NO_WEIGHTS),
        (Deed::Restore, _) => Rung::Offered(
            "the service is pointed at the earlier task definition, unless it leads there already; \
             starting the same one anew (force-new-deployment) is no rollback and never done",
        ),
    }
}

/// A service whose traffic ECS moves between two full sets of tasks.
pub(super) const fn two_sets(deed: Deed, state: State) -> Rung {
    match (deed, state) {
        (Deed::Halt, State::Settled) => {
            Rung::Refused("no service deployment is under way, so there is nothing to stop")
        }
        (Deed::Halt, State::Progressing | State::Halted | State::Stuck | State::Unknown) => {
            Rung::Offered(
                "the service deployment is stopped with a rollback: ECS gives the traffic back to \
                 the set of tasks that served before",
            )
        }
        (Deed::Resume, _) => {
            Rung::Offered("the task definition that was stopped is rolled out again")
        }
        (Deed::Shift, _) => Rung::Refused(NO_WEIGHTS),
        (Deed::Restore, _) => Rung::Offered(
            "the service is pointed at the earlier task definition, unless it leads there already; \
             its strategy brings up a new set of tasks first",
        ),
    }
}

/// A service that `CodeDeploy` moves; ECS refuses changes to it from elsewhere.
pub(super) const fn codedeploy(deed: Deed, state: State) -> Rung {
    match (deed, state) {
        (Deed::Halt, State::Settled) => {
            Rung::Refused("no deployment of CodeDeploy is under way, so there is nothing to stop")
        }
        (Deed::Halt, State::Progressing | State::Halted | State::Stuck | State::Unknown) => {
            Rung::Offered(
                "the deployment is stopped with a rollback: CodeDeploy gives the traffic back to \
                 the set of tasks that served before, as long as that one is kept",
            )
        }
        (Deed::Resume, _) => {
            Rung::Offered("the task definition that was stopped is deployed again by CodeDeploy")
        }
        (Deed::Shift, _) => Rung::Refused(
            "CodeDeploy moves the traffic as its deployment configuration says; rollout.halt, \
             rollout.resume and release.restore are possible",
        ),
        (Deed::Restore, _) => Rung::Offered(
            "the earlier task definition is deployed with the AppSpec that brought it before, \
             unless the service leads there already; refused while another deployment of the \
             group is open",
        ),
    }
}

/// A service that another controller moves.
pub(super) const fn elsewhere(_: Deed) -> Rung {
    Rung::Refused(
        "another controller moves this service, and ECS refuses changes from elsewhere; go back in \
         that controller",
    )
}

/// An alias with at most two versions.
pub(super) const fn alias(deed: Deed, state: State) -> Rung {
    match (deed, state) {
        (Deed::Halt, State::Settled) => {
            Rung::Offered("no canary is out; the alias stays as it is and is marked")
        }
        (Deed::Halt, State::Progressing | State::Halted | State::Stuck | State::Unknown) => {
            Rung::Offered("the weight of the canary becomes zero, and is kept in mind")
        }
        (Deed::Resume, _) => Rung::Offered("the canary gets the weight back that it had"),
        (Deed::Shift, _) => Rung::Offered(
            "the weight is set, from 0 to 100 percent; refused where the alias has no second \
             version that could take the rest",
        ),
        (Deed::Restore, _) => Rung::Offered(
            "the alias is moved to the earlier version and its canary ends, if nobody moved it \
             since the plan (RevisionId)",
        ),
    }
}
