//! The rows of Kubernetes.

use super::{Deed, Rung, State};

/// A Deployment takes every change in every state: each says what it shall be, not what
/// shall be done to it.
pub(super) const fn deployment(deed: Deed) -> Rung {
    match deed {
        Deed::Halt => Rung::Offered("spec.paused is set: no further replica is replaced"),
        Deed::Resume => Rung::Offered("spec.paused is taken away"),
        Deed::Shift => Rung::Refused(
            "a rolling Deployment shares traffic by replicas and has no weights; rollout.halt, \
             rollout.resume and release.restore are possible",
        ),
        Deed::Restore => Rung::Offered(
            "the pod template of the earlier ReplicaSet is put back, and a pause ends",
        ),
    }
}

/// An Argo Rollout takes a wish as a Deployment does; its traffic follows its own steps.
pub(super) const fn argo(deed: Deed, state: State) -> Rung {
    match (deed, state) {
        (Deed::Halt, _) => Rung::Offered("spec.paused is set: the weight stays where it is"),
        (Deed::Resume, _) => Rung::Offered(
            "spec.paused is taken away; a rollout that was aborted stays aborted, and a pause of \
             its own steps stays",
        ),
        (Deed::Shift, State::Settled) => Rung::Refused(
            "no rollout is in progress, so there is nothing to abort or to promote; \
             release.restore goes back",
        ),
        (Deed::Shift, State::Progressing | State::Halted | State::Stuck | State::Unknown) => {
            Rung::Offered(
                "0 percent for the new release aborts the rollout (status.abort), 100 promotes it \
                 past its remaining steps (status.promoteFull); anything between is for its steps \
                 to say and refused",
            )
        }
        (Deed::Restore, _) => Rung::Offered(
            "the pod template of the earlier ReplicaSet is put back, and a pause and an abort end; \
             where that is the stable one, Argo Rollouts passes its steps over",
        ),
    }
}

/// What Helm installed goes back as its Helm release.
pub(super) const fn helm(deed: Deed) -> Rung {
    match deed {
        Deed::Halt => Rung::Offered(
            "as without Helm: a Deployment is paused, a StatefulSet stops at its partition, a \
             DaemonSet cannot be halted",
        ),
        Deed::Resume => Rung::Offered("as without Helm: the halt ends"),
        Deed::Shift => Rung::Refused("as without Helm: there are no weights"),
        Deed::Restore => Rung::Offered(
            "`helm rollback` takes the whole release back to the revision that has the template, \
             then a halt ends; refused where no applied revision has it, and the plan lists every \
             other object that goes back along",
        ),
    }
}

/// A `StatefulSet` stops at its partition.
pub(super) const fn stateful(deed: Deed) -> Rung {
    match deed {
        Deed::Halt => Rung::Offered(
            "the partition is set to the number of replicas: no further pod is replaced, and the \
             partition from before is kept in mind",
        ),
        Deed::Resume => Rung::Offered("the partition from before is set again"),
        Deed::Shift => Rung::Refused(
            "a StatefulSet has no weights; rollout.halt, rollout.resume and release.restore are \
             possible",
        ),
        Deed::Restore => Rung::Offered(
            "the pod template of the earlier ControllerRevision is put back, and the partition \
             ends; a pod that is not ready holds an ordered StatefulSet up until somebody deletes \
             it, and refused while the update strategy is OnDelete",
        ),
    }
}

/// A `DaemonSet` goes on until it is done.
pub(super) const fn daemon(deed: Deed) -> Rung {
    match deed {
        Deed::Halt => Rung::Refused(
            "a DaemonSet cannot be paused; release.restore goes back node by node at once, and a \
             step with `where-unsupported: leave-out` is left out",
        ),
        Deed::Resume => Rung::Refused("a DaemonSet cannot be paused, so nothing can be resumed"),
        Deed::Shift => Rung::Refused("a DaemonSet has no weights; release.restore is possible"),
        Deed::Restore => Rung::Offered(
            "the pod template of the earlier ControllerRevision is put back; refused while the \
             update strategy is OnDelete",
        ),
    }
}

/// The weights of two Deployments behind one Service are their numbers of replicas.
pub(super) const fn pair(deed: Deed, state: State) -> Rung {
    match (deed, state) {
        (Deed::Halt, State::Settled) => Rung::Offered(
            "no canary is out; the canary Deployment is paused, so that the next one goes nowhere",
        ),
        (Deed::Halt, State::Progressing | State::Halted | State::Stuck | State::Unknown) => {
            Rung::Offered("the canary Deployment is paused and keeps its number of replicas")
        }
        (Deed::Resume, _) => Rung::Offered("the pause of the canary Deployment ends"),
        (Deed::Shift, State::Settled) => {
            Rung::Refused("no canary is out, so there is no traffic to shift")
        }
        (Deed::Shift, State::Progressing | State::Halted | State::Stuck | State::Unknown) => {
            Rung::Offered(
                "replicas move between the two Deployments; a share is as exact as replicas are \
                 many",
            )
        }
        (Deed::Restore, _) => Rung::Offered(
            "the stable Deployment gets the earlier template and all replicas, then the canary \
             goes to none",
        ),
    }
}

/// A Service selects one colour; going back is one change of its selector.
pub(super) const fn selector(deed: Deed) -> Rung {
    match deed {
        Deed::Halt => Rung::Offered("the Deployment of the colour that moves is paused"),
        Deed::Resume => Rung::Offered("the pause of the colour that moves ends"),
        Deed::Shift => Rung::Refused(
            "a Service sends all traffic to the one colour that it selects; release.restore \
             switches it",
        ),
        Deed::Restore => Rung::Offered(
            "the Service's selector is switched to the colour that runs the earlier release; \
             refused while that colour has no ready replica, or runs something else",
        ),
    }
}
