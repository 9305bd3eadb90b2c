//! How each candidate can be taken out: shapes on the wire, and both ways between them and the model.

use super::read::{ReadError, all, known};
use super::wire::{Reason, Site};
use crate::model::extraction as model;
use crate::model::ids::ServiceId;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Extraction {
    service: String,
    separable: String,
    because: Vec<Reason>,
    rank: u32,
    rank_because: String,
    steps: Vec<Step>,
}

#[derive(Serialize, Deserialize)]
struct Step {
    kind: String,
    actions: Vec<Action>,
}

#[derive(Serialize, Deserialize)]
struct Action {
    technique: String,
    what: String,
    defined: Option<Site>,
    because: String,
    sites: Vec<Site>,
    effort: f64,
    pull: u32,
}

impl Extraction {
    pub(super) fn write(e: &model::Extraction, service: &dyn Fn(ServiceId) -> String) -> Self {
        let action = |a: &model::Action| Action {
            technique: a.technique.name().into(),
            what: a.what.clone(),
            defined: a.defined.as_ref().map(super::write::site),
            because: a.because.clone(),
            sites: super::write::sites(&a.sites),
            effort: a.effort,
            pull: a.pull,
        };
        let step = |s: &model::Step| Step { kind: s.kind.name().into(), actions: s.actions.iter().map(action).collect() };
        Self {
            service: service(e.service),
            separable: e.separable.name().into(),
            because: super::write::reasons(&e.because),
            rank: e.rank,
            rank_because: e.rank_because.clone(),
            steps: e.steps.iter().map(step).collect(),
        }
    }

    pub(super) fn read(self, service: &dyn Fn(&String) -> Result<ServiceId, ReadError>) -> Result<model::Extraction, ReadError> {
        let action = |a: Action| -> Result<model::Action, ReadError> {
            Ok(model::Action {
                technique: known("technique", &a.technique, model::Technique::from_name(&a.technique))?,
                what: a.what,
                defined: a.defined.map(super::read::site),
                because: a.because,
                sites: super::read::sites(a.sites),
                effort: a.effort,
                pull: a.pull,
            })
        };
        let step = |s: Step| -> Result<model::Step, ReadError> {
            Ok(model::Step { kind: known("step", &s.kind, model::StepKind::from_name(&s.kind))?, actions: all(s.actions, action)? })
        };
        Ok(model::Extraction {
            service: service(&self.service)?,
            separable: known("answer", &self.separable, model::Separable::from_name(&self.separable))?,
            because: super::read::reasons(self.because),
            rank: self.rank,
            rank_because: self.rank_because,
            steps: all(self.steps, step)?,
        })
    }
}
