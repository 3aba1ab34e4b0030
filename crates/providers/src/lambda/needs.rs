//! What a version needs, and how two versions differ.

use async_trait::async_trait;
use lastgood_core::preflight::Comparison;
use lastgood_core::release::Release;

use super::Lambda;
use crate::aws::differing;
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
            (Ok(Some(now)), Ok(Some(then))) => {
                differing("configuration of the function", &now.settings, &then.settings)
            }
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
