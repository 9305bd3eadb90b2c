//! Who owns which data once the candidates are apart, and what it costs.
//!
//! Takes the code base, the evidence, the partition, and what was said of the candidates; gives a [`DataPlan`]. Invariants: every table of
//! the evidence is spoken of; what belongs to no candidate is said to, and owns nothing; each sentence has its figures, its threshold and
//! its places, and says what would change it.
//!
//! In reading order: `voices` (on whose behalf a statement is run), `owners` (who writes, who reads), `inside` (what a transaction does, in order), `changes` (how rows are changed),
//! `ways` (what becomes of each table), `keys` (foreign keys that are cut), `spans` (transactions over several owners), `saga` (their
//! steps), `price` (the cost of this way to cut, and of others).

mod changes;
mod inside;
mod keys;
mod owners;
mod price;
mod saga;
mod spans;
#[cfg(test)]
pub(crate) mod testing;
mod voices;
mod ways;

use crate::model::codebase::Codebase;
use crate::model::data_plan::DataPlan;
use crate::model::evidence::Evidence;
use crate::model::evidence::data::{Statement, TableId};
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::Partition;
use crate::model::place::Site;
use changes::Changes;
use owners::Uses;
use voices::{Touch, Voice};

/// Places under one reason, at most; the uses of a table have them all.
const SITES: usize = 12;

/// All that is advised on data.
pub(crate) fn data(codebase: &Codebase, evidence: &Evidence, partition: &Partition) -> DataPlan {
    let side = |m: ModuleId| partition.members[m.index()].service;
    let voices = voices::voices(codebase, evidence, &|m| side(m).is_some());
    let uses = owners::uses(evidence, &voices, &side);
    let owners = owners::owners(&uses);
    let inside = inside::statements(codebase, evidence);
    let changes = Changes::new(codebase, evidence);
    let ground = Ground { codebase, evidence, partition, voices: &voices, uses, owners, inside, changes };
    let spans = spans::spans(&ground);
    let (price, compared) = price::prices(&ground);
    DataPlan { tables: ways::tables(&ground), keys: keys::keys(&ground), spans, price, compared }
}

/// What all parts of the advice on data go by.
struct Ground<'a> {
    codebase: &'a Codebase,
    evidence: &'a Evidence,
    partition: &'a Partition,
    /// By statement.
    voices: &'a [Vec<Voice>],
    /// By table.
    uses: Vec<Uses<'a>>,
    owners: Vec<Option<ServiceId>>,
    /// By transaction.
    inside: Vec<Vec<&'a Statement>>,
    changes: Changes<'a>,
}

impl Ground<'_> {
    fn side(&self, module: ModuleId) -> Option<ServiceId> {
        self.partition.members[module.index()].service
    }

    fn name(&self, service: ServiceId) -> &str {
        &self.partition.names[service.index()]
    }

    fn table(&self, table: TableId) -> &str {
        &self.evidence.tables[table.index()].name
    }

    /// Who will run what a statement does to a table: its owner.
    fn runs(&self, table: TableId) -> Option<ServiceId> {
        self.owners[table.index()]
    }
}

/// Where statements stand, in order, nothing twice.
fn sites<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> Vec<Site> {
    let mut sites: Vec<Site> = statements.into_iter().map(|s| s.by.site.clone()).collect();
    sites.sort();
    sites.dedup();
    sites
}

/// Where tables are touched, in order, nothing twice.
fn places<'a>(touches: impl IntoIterator<Item = &'a Touch<'a>>) -> Vec<Site> {
    let mut sites: Vec<Site> = touches.into_iter().map(|t| t.site.clone()).collect();
    sites.sort();
    sites.dedup();
    sites
}

/// The first of them.
fn few(mut sites: Vec<Site>) -> Vec<Site> {
    sites.truncate(SITES);
    sites
}

/// Names of candidates in backticks: `a`, `b` and `c`.
fn all_of(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.join(""),
    }
}
