//! What a version needs, and how two versions differ.

use std::collections::BTreeSet;

use async_trait::async_trait;
use lastgood_core::preflight::{Comparison, Difference};
use lastgood_core::release::Release;

use super::Lambda;
use super::objects::Version;
use crate::needs::{Image, KnowNeeds, Needs};

#[async_trait]
impl KnowNeeds for Lambda {
    async fn needs(&self, release: &Release) -> Result<Needs, String> {
        let number = release.id.as_str();
        let what = format!("version {number}");
        let found = self.version(number).await;
        let version = found.map_err(|failure| failure.refusal(&what).to_string())?;
        let version = version.ok_or_else(|| format!("{what} is gone"))?;
        if !version.is_image {
            // Lambda keeps the code with the version; no registry has to have it.
            return Ok(Needs::default());
        }
        let send = || {
            let ask = self.reads.get_function().function_name(&self.place.function);
            ask.qualifier(number).send()
        };
        let found = self.link.read("lambda:GetFunction", send).await;
        let found = found.map_err(|failure| failure.refusal(&what).to_string())?;
        let code = found
            .code()
            .ok_or_else(|| format!("Lambda does not say where the code of {what} is"))?;
        let reference = code
            .image_uri()
            .ok_or_else(|| format!("Lambda does not say which image {what} is"))?
            .to_owned();
        let resolved = code.resolved_image_uri().and_then(|uri| uri.rsplit_once('@'));
        let recorded = resolved.map(|(_, digest)| digest.to_owned());
        let machines = version.architectures.iter().map(|name| machine(name)).collect();
        Ok(Needs {
            images: vec![Image { reference, recorded, cached: false }],
            machines,
            refers: Vec::new(),
        })
    }

    async fn differences(&self, from: &Release, to: &Release) -> Comparison {
        let doubt = |why: String| Comparison { doubts: vec![why], ..Comparison::default() };
        let (now, then) =
            futures::join!(self.version(from.id.as_str()), self.version(to.id.as_str()));
        match (now, then) {
            (Ok(Some(now)), Ok(Some(then))) => Comparison {
                differences: differences(&now, &then),
                doubts: vec![
                    "the values of variables are not compared: they may be secrets".to_owned(),
                ],
                ..Comparison::default()
            },
            (Ok(None), _) | (_, Ok(None)) => doubt("one of the versions is gone".to_owned()),
            (Err(failure), _) | (_, Err(failure)) => {
                doubt(failure.refusal("the version").to_string())
            }
        }
    }
}

/// As registries name what Lambda calls `arm64` or `x86_64`.
fn machine(architecture: &str) -> (String, String) {
    let name = if architecture == "x86_64" { "amd64" } else { architecture };
    ("linux".to_owned(), name.to_owned())
}

/// What going back changes besides the code.
fn differences(now: &Version, then: &Version) -> Vec<Difference> {
    let names: BTreeSet<&String> = now.settings.keys().chain(then.settings.keys()).collect();
    let changes: Vec<String> = names
        .into_iter()
        .filter_map(|name| {
            let (before, after) = (now.settings.get(name), then.settings.get(name));
            if before == after {
                return None;
            }
            let words =
                |value: Option<&String>| value.map_or_else(|| "not set".to_owned(), Clone::clone);
            Some(format!("{name}: {} → {}", words(before), words(after)))
        })
        .collect();
    if changes.is_empty() {
        return Vec::new();
    }
    vec![Difference { part: "configuration of the function".to_owned(), changes }]
}
