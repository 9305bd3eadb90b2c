//! How fine the cut is, how sure each module's place, and what else could be proposed: shapes on the wire, and both ways between them
//! and the model.

use super::read::{ReadError, all};
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::{self, Quality};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Figures {
    pub(super) modularity: f64,
    pub(super) sm: f64,
    pub(super) icp: f64,
    pub(super) ifn: f64,
    pub(super) ned: f64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Level {
    resolution: f64,
    services: u32,
    largest: f64,
    stability: f64,
    plateau: f64,
    worth: f64,
    quality: Figures,
    chosen: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Alternative {
    level: u32,
    services: Vec<Group>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Decision {
    kind: String,
    what: String,
    reason: Option<String>,
    services: u32,
    moved: u32,
    without: Figures,
}

impl Decision {
    pub(super) fn write(d: &partition::Decision) -> Self {
        let partition::Decision { kind, what, reason, services, moved, without } = d.clone();
        Self { kind, what, reason, services, moved, without: Figures::write(&without) }
    }

    pub(super) fn read(self) -> partition::Decision {
        let Self { kind, what, reason, services, moved, without } = self;
        partition::Decision { kind, what, reason, services, moved, without: without.read() }
    }
}

#[derive(Serialize, Deserialize)]
struct Group {
    name: String,
    modules: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Hold {
    pub(super) confidence: f64,
    runner_up: Option<RunnerUp>,
    pulls: Vec<Pull>,
}

#[derive(Serialize, Deserialize)]
struct RunnerUp {
    service: String,
    share: f64,
}

#[derive(Serialize, Deserialize)]
struct Pull {
    source: String,
    own: f64,
    other: f64,
}

impl Figures {
    pub(super) fn write(q: &Quality) -> Self {
        Self { modularity: q.modularity, sm: q.sm, icp: q.icp, ifn: q.ifn, ned: q.ned }
    }

    pub(super) fn read(self) -> Quality {
        Quality { modularity: self.modularity, sm: self.sm, icp: self.icp, ifn: self.ifn, ned: self.ned }
    }
}

impl Level {
    pub(super) fn write(l: &partition::Level) -> Self {
        Self {
            resolution: l.resolution,
            services: l.services,
            largest: l.largest,
            stability: l.stability,
            plateau: l.plateau,
            worth: l.worth,
            quality: Figures::write(&l.quality),
            chosen: l.chosen,
        }
    }

    pub(super) fn read(self) -> partition::Level {
        partition::Level {
            resolution: self.resolution,
            services: self.services,
            largest: self.largest,
            stability: self.stability,
            plateau: self.plateau,
            worth: self.worth,
            quality: self.quality.read(),
            chosen: self.chosen,
        }
    }
}

impl Alternative {
    pub(super) fn write(a: &partition::Alternative, modules: &dyn Fn(&[ModuleId]) -> Vec<String>) -> Self {
        let group = |(name, members): &(String, Vec<ModuleId>)| Group { name: name.clone(), modules: modules(members) };
        Self { level: a.level, services: a.services.iter().map(group).collect() }
    }

    pub(super) fn read(self, modules: impl Fn(&[String]) -> Result<Vec<ModuleId>, ReadError>) -> Result<partition::Alternative, ReadError> {
        Ok(partition::Alternative { level: self.level, services: all(self.services, |g| Ok((g.name, modules(&g.modules)?)))? })
    }
}

impl Hold {
    pub(super) fn write(h: &partition::Hold, service: &dyn Fn(ServiceId) -> String) -> Self {
        let pull = |p: &partition::Pull| Pull { source: p.source.clone(), own: p.own, other: p.other };
        Self {
            confidence: h.confidence,
            runner_up: h.runner_up.map(|(s, share)| RunnerUp { service: service(s), share }),
            pulls: h.pulls.iter().map(pull).collect(),
        }
    }

    pub(super) fn read(self, service: &dyn Fn(&String) -> Result<ServiceId, ReadError>) -> Result<partition::Hold, ReadError> {
        let pull = |p: Pull| partition::Pull { source: p.source, own: p.own, other: p.other };
        Ok(partition::Hold {
            confidence: self.confidence,
            runner_up: self.runner_up.map(|r| Ok::<_, ReadError>((service(&r.service)?, r.share))).transpose()?,
            pulls: self.pulls.into_iter().map(pull).collect(),
        })
    }
}
