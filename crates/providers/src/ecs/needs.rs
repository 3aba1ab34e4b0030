//! What a task definition needs, and how two of them differ.

use async_trait::async_trait;
use lastgood_core::preflight::{Comparison, Need, NeedState};
use lastgood_core::release::Release;

use super::Ecs;
use crate::aws::differing;
use crate::needs::{Image, KnowNeeds, Needs};

#[async_trait]
impl KnowNeeds for Ecs {
    async fn needs(&self, release: &Release) -> Result<Needs, String> {
        let name = release.id.as_str();
        let found = self.definition(name).await;
        let found = found.map_err(|failure| failure.refusal("the task definition").to_string())?;
        let definition = found.ok_or_else(|| format!("the task definition {name} is gone"))?;
        let own = definition.image(self.container()).to_owned();
        let mut images: Vec<Image> = Vec::new();
        for container in &definition.containers {
            if images.iter().any(|known| known.reference == container.image) {
                continue;
            }
            let is_own = container.image == own;
            images.push(Image {
                reference: container.image.clone(),
                recorded: is_own.then(|| release.digest.as_option().cloned()).flatten(),
                cached: false,
            });
        }
        let secrets = definition.containers.iter().flat_map(|one| &one.secrets);
        let refers = secrets
            .map(|from| Need {
                what: format!("secret {from}"),
                state: NeedState::Unknown {
                    why: "Lastgood asks neither Secrets Manager nor the parameter store".to_owned(),
                },
            })
            .collect();
        Ok(Needs { images, machines: vec![definition.machine], refers })
    }

    async fn differences(&self, from: &Release, to: &Release) -> Comparison {
        let doubt = |why: String| Comparison { doubts: vec![why], ..Comparison::default() };
        let (now, then) =
            futures::join!(self.definition(from.id.as_str()), self.definition(to.id.as_str()));
        match (now, then) {
            (Ok(Some(now)), Ok(Some(then))) => {
                differing("task definition", &now.settings, &then.settings)
            }
            (Ok(None), _) | (_, Ok(None)) => {
                doubt("one of the task definitions is gone".to_owned())
            }
            (Err(failure), _) | (_, Err(failure)) => {
                doubt(failure.refusal("the task definition").to_string())
            }
        }
    }
}
