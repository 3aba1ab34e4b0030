//! One file against another: names that must exist elsewhere, and things that must fit.

use std::collections::{BTreeMap, BTreeSet};

use lastgood_core::catalog::{Catalog, Environment, Place};
use lastgood_core::checklist::Checklist;
use lastgood_core::drill::{Juncture, OperatorAnswer, Scenario, WorldEvent};
use lastgood_core::name::{EnvironmentName, ServiceName};
use lastgood_core::runbook::{InputKind, Runbook, Selection, StepDefinition, Work};

use crate::code::Code;
use crate::finding::Report;
use crate::nearest::did_you_mean;
use crate::read::Draft;
use crate::tree::{At, Node};

type Named<'a, T> = (&'a str, Draft<T>);

pub(super) fn check(
    catalog: &mut Option<Draft<Catalog>>,
    runbooks: &mut [Named<'_, Runbook>],
    scenarios: &mut [Named<'_, Scenario>],
) {
    names_are_free(runbooks, "runbook");
    names_are_free(scenarios, "drill");
    let library = Library::of(runbooks);
    let mut known = None;
    if let Some(Draft { value: Some(catalog), tree: Some(tree), report }) = catalog {
        for (place, environment) in catalog.places() {
            environment_fits(&place, environment, tree, &library, report);
        }
        neighbours_exist(catalog, &At::root(tree), report);
        known = Some(&*catalog);
    }
    for (_, draft) in scenarios {
        if let (Some(scenario), Some(tree)) = (&draft.value, &draft.tree) {
            scenario_fits(scenario, &At::root(tree), known, &library, &mut draft.report);
        }
    }
}

/// Names and items of checklists: answers are kept under an item's id, whichever file it is in.
pub(super) fn checklists(lists: &mut [Named<'_, Checklist>]) {
    names_are_free(lists, "checklist");
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for (file, draft) in lists {
        let Draft { tree: Some(tree), report, .. } = draft else { continue };
        for item in At::root(tree).get("items").iter().flat_map(At::items) {
            let Some(at) = item.get("id") else { continue };
            let Some(id) = at.scalar() else { continue };
            let other = taken.entry(id.to_owned()).or_insert_with(|| (*file).to_owned());
            if other != file {
                let message = format!("an item in {other} is called `{id}` already");
                let advice = "answers are kept under the id; give each item its own".to_owned();
                report.error_with(Code::DuplicateId, &at, message, advice);
            }
        }
    }
}

/// The runbooks of a workspace. One that has errors is known by its name alone, so that
/// nobody is told that it does not exist.
struct Library<'a> {
    names: Vec<&'a str>,
    read: BTreeMap<&'a str, &'a Runbook>,
}

impl<'a> Library<'a> {
    fn of(runbooks: &'a [Named<'_, Runbook>]) -> Self {
        let names = runbooks.iter().filter_map(|(_, draft)| name_in(draft, "runbook")).collect();
        let read = runbooks
            .iter()
            .filter_map(|(_, draft)| draft.value.as_ref())
            .map(|runbook| (runbook.name.as_str(), runbook))
            .collect();
        Self { names, read }
    }

    /// The runbook that `at` names, when it exists and could be read.
    fn named(&self, at: &At<'_>, report: &mut Report) -> Option<&'a Runbook> {
        let name = at.scalar()?;
        if !self.names.contains(&name) {
            let suggestion = did_you_mean(name, self.names.iter().copied(), "runbooks");
            let message = format!("there is no runbook `{name}` in this workspace");
            report.error_with(Code::UnknownRunbook, at, message, suggestion);
        }
        self.read.get(name).copied()
    }
}

fn name_in<'a, T>(draft: &'a Draft<T>, key: &str) -> Option<&'a str> {
    At::root(draft.tree.as_ref()?).get(key)?.scalar()
}

fn names_are_free<T>(files: &mut [Named<'_, T>], key: &str) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for (file, draft) in files {
        let Some(at) = draft.tree.as_ref().and_then(|tree| At::root(tree).get(key)) else {
            continue;
        };
        let Some(name) = at.scalar() else { continue };
        match taken.get(name) {
            Some(other) => {
                let message = format!("the {key} in {other} is called `{name}` already");
                draft.report.error(Code::DuplicateName, &at, message);
            }
            None => {
                taken.insert(name.to_owned(), (*file).to_owned());
            }
        }
    }
}

fn environment_fits(
    place: &Place,
    environment: &Environment,
    tree: &Node,
    library: &Library<'_>,
    report: &mut Report,
) {
    let (service, name) = (place.service.as_str(), place.environment.as_str());
    let root = At::root(tree);
    let way = ["services", service, "environments", name, "runbook"];
    let Some(at) = root.find(&way) else { return };
    let Some(runbook) = library.named(&at, report) else { return };
    runbook_fits(runbook, place, environment, &at, report);
}

/// Whether a runbook can become a plan at a place, as far as files can tell.
fn runbook_fits(
    runbook: &Runbook,
    place: &Place,
    environment: &Environment,
    at: &At<'_>,
    report: &mut Report,
) {
    let name = &runbook.name;
    let strategy = environment.strategy;
    if !runbook.strategies.is_empty() && !runbook.strategies.contains(&strategy) {
        let wanted: Vec<&str> = runbook.strategies.iter().map(|one| one.as_str()).collect();
        let message = format!(
            "`{name}` is for {} rollouts, and {place} uses {}",
            wanted.join(" or "),
            strategy.as_str()
        );
        report.error(Code::StrategyUnfit, at, message);
    }
    let kind = environment.platform.kind();
    if !runbook.platforms.is_empty() && !runbook.platforms.contains(&kind) {
        let wanted: Vec<&str> = runbook.platforms.iter().map(|one| one.as_str()).collect();
        let message = format!(
            "`{name}` is for {}, and {place} runs on {}",
            wanted.join(" or "),
            kind.as_str()
        );
        report.error(Code::PlatformUnfit, at, message);
    }
    let slos: BTreeSet<&str> = environment.slos.iter().map(|slo| slo.name.as_str()).collect();
    let checks: BTreeSet<&str> =
        environment.checks.iter().map(|check| check.name.as_str()).collect();
    let mut versions = false;
    for step in &runbook.steps {
        let (wanted_slos, wanted_checks) = wanted(step, &mut versions);
        for (wanted, known, code, what) in [
            (wanted_slos, &slos, Code::UnknownObjective, "objective"),
            (wanted_checks, &checks, Code::UnknownCheck, "check"),
        ] {
            for one in wanted.into_iter().filter(|one| !known.contains(one)) {
                let message = format!(
                    "step `{}` of `{name}` names the {what} `{one}`, which {place} does not have",
                    step.id
                );
                let all = format!("{what}s of {place}");
                report.error_with(
                    code,
                    at,
                    message,
                    did_you_mean(one, known.iter().copied(), &all),
                );
            }
        }
    }
    if versions && environment.replica_version.is_none() {
        report.advice(
            Code::NoReplicaVersion,
            at,
            format!("`{name}` asks every replica for its version, and nothing says how at {place}"),
            "add `replica-version: { get: …, header: … }`".to_owned(),
        );
    }
}

/// The objectives and checks that a step names.
fn wanted<'a>(step: &'a StepDefinition, ask_versions: &mut bool) -> (Vec<&'a str>, Vec<&'a str>) {
    fn of<T>(selection: &Selection<T>, name: impl Fn(&T) -> &str) -> Vec<&str> {
        match selection {
            Selection::All => Vec::new(),
            Selection::Some(names) => names.iter().map(name).collect(),
        }
    }
    match &step.work {
        Work::Judge { slos, .. } => (of(slos, |name| name.as_str()), Vec::new()),
        Work::Check { checks } => (Vec::new(), of(checks, |name| name.as_str())),
        Work::Verify { slos, checks, versions, .. } => {
            *ask_versions |= *versions;
            (of(slos, |name| name.as_str()), of(checks, |name| name.as_str()))
        }
        Work::Act { .. }
        | Work::Decide { .. }
        | Work::Wait { .. }
        | Work::Manual { .. }
        | Work::Note { .. } => (Vec::new(), Vec::new()),
    }
}

fn scenario_fits(
    scenario: &Scenario,
    root: &At<'_>,
    catalog: Option<&Catalog>,
    library: &Library<'_>,
    report: &mut Report,
) {
    let runbook = root.get("runbook").and_then(|at| Some((library.named(&at, report)?, at)));
    if let Some(catalog) = catalog {
        place_exists(&scenario.place, root, catalog, report);
        let events = root.get("events");
        for (event, at) in scenario.events.iter().zip(events.iter().flat_map(At::items)) {
            let (WorldEvent::Deploy { place, .. }
            | WorldEvent::Change { place, .. }
            | WorldEvent::Traffic { place, .. }
            | WorldEvent::Flag { place, .. }
            | WorldEvent::Obstacle { place, .. }
            | WorldEvent::Migrate { place, .. }
            | WorldEvent::NewRows { place, .. }) = &event.what;
            let inner = ["deploy", "change", "traffic", "flag", "obstacle", "migrate", "new-rows"]
                .iter()
                .find_map(|key| at.get(key));
            if let Some(inner) = inner.filter(|_| *place != scenario.place) {
                place_exists(place, &inner, catalog, report);
            }
        }
        if let (Some((runbook, at)), Some(environment)) =
            (&runbook, catalog.environment(&scenario.place))
        {
            runbook_fits(runbook, &scenario.place, environment, at, report);
        }
    }
    if let Some((runbook, at)) = &runbook {
        inputs_fit(scenario, runbook, root, at, report);
        operator_fits(scenario, runbook, root, report);
        lessons_fit(scenario, runbook, root, report);
        calls_are_made(runbook, root, report);
    }
}

fn lessons_fit(scenario: &Scenario, runbook: &Runbook, root: &At<'_>, report: &mut Report) {
    let steps: Vec<&str> = runbook.steps.iter().map(|step| step.id.as_str()).collect();
    let places = root.get("lessons");
    for (lesson, at) in scenario.lessons.iter().zip(places.iter().flat_map(At::items)) {
        let Juncture::Step(step) = &lesson.at else { continue };
        if let Some(at) = at.get("at").filter(|_| !steps.contains(&step.as_str())) {
            let known = steps.iter().copied().chain(["start", "end"]);
            let suggestion = did_you_mean(step, known, "steps");
            let message = format!("`{}` has no step `{step}`", runbook.name);
            report.error_with(Code::UnknownStep, &at, message, suggestion);
        }
    }
}

/// What waits for a call of ours happens only in a runbook that makes it.
fn calls_are_made(runbook: &Runbook, root: &At<'_>, report: &mut Report) {
    let made: Vec<&str> = runbook
        .steps
        .iter()
        .filter_map(|step| match &step.work {
            Work::Act { act, .. } => Some(act.as_str()),
            Work::Judge { .. }
            | Work::Check { .. }
            | Work::Decide { .. }
            | Work::Wait { .. }
            | Work::Verify { .. }
            | Work::Manual { .. }
            | Work::Note { .. } => None,
        })
        .collect();
    for key in ["events", "faults"] {
        for one in root.get(key).iter().flat_map(At::items) {
            let Some(at) = one.get("after") else { continue };
            let Some(call) = at.scalar().filter(|call| !made.contains(call)) else { continue };
            let message = format!("`{}` never calls `{call}`", runbook.name);
            let suggestion = did_you_mean(call, made.iter().copied(), "calls");
            report.advice(Code::NeverHappens, &at, message, suggestion);
        }
    }
}

fn place_exists(place: &Place, at: &At<'_>, catalog: &Catalog, report: &mut Report) {
    let at_key = |key| at.get(key).unwrap_or_else(|| at.clone());
    let (service, environment) = (place.service.as_str(), place.environment.as_str());
    match catalog.services.get(&place.service) {
        None => {
            let known = catalog.services.keys().map(ServiceName::as_str);
            let message = format!("there is no service `{service}` in the catalog");
            let suggestion = did_you_mean(service, known, "services");
            report.error_with(Code::UnknownService, &at_key("service"), message, suggestion);
        }
        Some(found) if !found.environments.contains_key(&place.environment) => {
            let known = found.environments.keys().map(EnvironmentName::as_str);
            let message = format!("`{service}` has no environment `{environment}`");
            let suggestion = did_you_mean(environment, known, "environments");
            report.error_with(
                Code::UnknownEnvironment,
                &at_key("environment"),
                message,
                suggestion,
            );
        }
        Some(_) => {}
    }
}

/// The same rules as in `core::plan::compile`, told before anybody needs the drill.
fn inputs_fit(
    scenario: &Scenario,
    runbook: &Runbook,
    root: &At<'_>,
    named: &At<'_>,
    report: &mut Report,
) {
    for (key, at) in root.get("inputs").iter().flat_map(At::entries) {
        let Some(input) = runbook.inputs.iter().find(|input| input.name == *key.text) else {
            let known = runbook.inputs.iter().map(|input| input.name.as_str());
            let suggestion = did_you_mean(&key.text, known, "inputs")
                .unwrap_or_else(|| "the runbook has no inputs; remove it".to_owned());
            let message = format!("`{}` has no input `{}`", runbook.name, key.text);
            report.error_with(Code::InputUnfit, &at, message, suggestion);
            continue;
        };
        let value = at.scalar().unwrap_or_default();
        let fits = match &input.kind {
            InputKind::Text => !value.contains('\n'),
            InputKind::Number => value.parse::<i64>().is_ok(),
            InputKind::Choice(options) => options.iter().any(|option| option == value),
        };
        if !fits {
            let message = format!("`{value}` cannot be the input `{}`", input.name);
            report.error(Code::InputUnfit, &at, message);
        }
    }
    for input in runbook.inputs.iter().filter(|input| input.default.is_none()) {
        if !scenario.inputs.contains_key(&input.name) {
            let message = format!("`{}` needs the input `{}`", runbook.name, input.name);
            let suggestion = format!("add it under `inputs:`, as `{}: …`", input.name);
            report.error_with(Code::InputUnfit, named, message, suggestion);
        }
    }
}

fn operator_fits(scenario: &Scenario, runbook: &Runbook, root: &At<'_>, report: &mut Report) {
    let rules = root.get("operator");
    let steps: Vec<&str> = runbook.steps.iter().map(|step| step.id.as_str()).collect();
    for (rule, at) in scenario.operator.iter().zip(rules.iter().flat_map(At::items)) {
        let unknown = rule.step.as_ref().filter(|step| !steps.contains(&step.as_str()));
        if let (Some(step), Some(at)) = (unknown, at.get("step")) {
            let suggestion = did_you_mean(step, steps.iter().copied(), "steps");
            let message = format!("`{}` has no step `{step}`", runbook.name);
            report.error_with(Code::UnknownStep, &at, message, suggestion);
            continue;
        }
        let OperatorAnswer::Choose(option) = &rule.answer else { continue };
        let options: Vec<&str> = runbook
            .steps
            .iter()
            .filter(|step| rule.step.as_deref().is_none_or(|wanted| step.id.as_str() == wanted))
            .filter_map(|step| match &step.work {
                Work::Decide { options, .. } => Some(options),
                Work::Judge { .. }
                | Work::Act { .. }
                | Work::Check { .. }
                | Work::Wait { .. }
                | Work::Verify { .. }
                | Work::Manual { .. }
                | Work::Note { .. } => None,
            })
            .flatten()
            .map(|option| option.id.as_str())
            .collect();
        if let Some(at) = at.get("answer").filter(|_| !options.contains(&option.as_str())) {
            let suggestion = did_you_mean(option, options.iter().copied(), "options");
            let message = format!("no question of `{}` has the option `{option}`", runbook.name);
            report.error_with(Code::UnknownStep, &at, message, suggestion);
        }
    }
}

/// Whether every service that another one depends on, or that is recalled, is there.
fn neighbours_exist(catalog: &Catalog, root: &At<'_>, report: &mut Report) {
    let mut exists = |at: &At<'_>| {
        let Some(service) = at.scalar() else { return };
        if catalog.services.contains_key(&service.into()) {
            return;
        }
        let known = catalog.services.keys().map(ServiceName::as_str);
        let message = format!("there is no service `{service}` in the catalog");
        let suggestion = did_you_mean(service, known, "services");
        report.error_with(Code::UnknownService, at, message, suggestion);
    };
    for (_, service) in root.get("services").iter().flat_map(At::entries) {
        service.get("depends-on").iter().flat_map(At::items).for_each(|at| exists(&at));
    }
    for recall in root.get("recalls").iter().flat_map(At::items) {
        recall.get("service").iter().for_each(&mut exists);
    }
}
