//! What a way to cut costs in transactions, and what others would cost.
//!
//! Takes the transactions with their statements and a map from modules to candidates; gives a [`Price`]. The figure follows what is counted
//! for the migration of a functionality to local transactions: each further service that takes part is a further local transaction, and
//! each entity that it writes on the way can be seen half done and has to be taken back (N. Santos and A. Rito Silva, "A Complexity Metric
//! for Microservices Architecture Migration", ICSA 2020; J. F. Almeida and A. Rito Silva, "Monolith Migration Complexity Tuning Through the
//! Application of Microservices Patterns", ECSA 2020). Theirs weighs each access by the other functionalities that use the entity; ours
//! counts hand-overs and compensations, each once, so that the figure can be checked by hand against the steps that are listed.
//!
//! Invariants: one owner costs 0; merging two owners never costs more, as long as tables keep their owners.

use super::{Ground, all_of, owners};
use crate::advise::counted;
use crate::model::codebase::Codebase;
use crate::model::data_plan::{Compared, ComparedKind, Price};
use crate::model::evidence::data::{Access, Statement};
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::plan::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// Pairs of candidates that are compared, at most: those that share most transactions.
const PAIRS: usize = 8;

/// Hand-overs and compensations of one transaction.
pub(super) fn toll(statements: &[&Statement], owners: &[Option<ServiceId>]) -> (u32, u32) {
    let mut written: BTreeMap<ServiceId, BTreeSet<_>> = BTreeMap::new();
    for (table, access) in statements.iter().flat_map(|s| &s.tables) {
        if let Some(owner) = owners[table.index()] {
            let own = written.entry(owner).or_default();
            if *access != Access::Read {
                own.insert(*table);
            }
        }
    }
    let sizes = || written.values().map(BTreeSet::len);
    let foreign = sizes().sum::<usize>() - sizes().max().unwrap_or(0);
    (number(written.len().saturating_sub(1)), number(foreign))
}

/// The price of the proposal, and of others beside it.
pub(super) fn prices(ground: &Ground<'_>) -> (Price, Vec<Compared>) {
    let partition = ground.partition;
    let side = |m: ModuleId| ground.side(m);
    let mut price = total(ground, &side);
    price.because = vec![in_words(&price)];
    if price.known == 0 {
        return (price, Vec::new());
    }
    let services = partition.names.len();
    let row = |kind, what: String, services: usize, price: &Price| Compared {
        kind,
        what,
        services: number(services),
        spanning: price.spanning,
        cost: price.cost(),
    };
    let mut compared = vec![
        row(ComparedKind::Proposal, "as proposed".into(), services, &price),
        row(ComparedKind::Together, "everything in one".into(), 1, &Price::default()),
    ];
    for (one, other) in pairs(ground) {
        let merged = |m: ModuleId| side(m).map(|s| if s == other { one } else { s });
        let what = format!("{} in one", all_of(&[ground.name(one), ground.name(other)]));
        compared.push(row(ComparedKind::Merged, what, services - 1, &total(ground, &merged)));
    }
    for alternative in &partition.alternatives {
        let at: BTreeMap<ModuleId, ServiceId> = alternative
            .services
            .iter()
            .enumerate()
            .flat_map(|(i, (_, modules))| modules.iter().map(move |m| (*m, ServiceId::from(i))))
            .collect();
        let price = total(ground, &|m| at.get(&m).copied());
        let than = if alternative.services.len() < services { "coarser" } else { "finer" };
        let what = format!("the next {than} resolution");
        compared.push(row(ComparedKind::Resolution, what, alternative.services.len(), &price));
    }
    let crates = crates(ground.codebase, &side);
    if crates.len() > 1 {
        let by_crate = |m: ModuleId| side(m).and_then(|_| crates.get(&ground.codebase.modules[m.index()].krate)).copied();
        compared.push(row(ComparedKind::Crates, "one candidate for each crate".into(), crates.len(), &total(ground, &by_crate)));
    }
    compared.sort_by(|a, b| {
        (a.cost, a.spanning, std::cmp::Reverse(a.services), a.kind, &a.what).cmp(&(
            b.cost,
            b.spanning,
            std::cmp::Reverse(b.services),
            b.kind,
            &b.what,
        ))
    });
    (price, compared)
}

/// All transactions, for one map from modules to candidates.
fn total(ground: &Ground<'_>, side: &dyn Fn(ModuleId) -> Option<ServiceId>) -> Price {
    let owners = owners::owners(&owners::uses(ground.evidence, ground.voices, side));
    let mut price = Price { transactions: number(ground.inside.len()), ..Price::default() };
    for statements in &ground.inside {
        let (handovers, compensations) = toll(statements, &owners);
        price.known += u32::from(!statements.is_empty());
        price.spanning += u32::from(handovers > 0);
        price.handovers += handovers;
        price.compensations += compensations;
    }
    price
}

fn in_words(price: &Price) -> Reason {
    if price.transactions == 0 {
        return Reason::new(
            "no transaction is known, so that none can span; one that is opened in a way that is not known would change this",
        );
    }
    let unknown = match price.transactions - price.known {
        0 => String::new(),
        n => format!("; of {n} no table is known, and they cost nothing here"),
    };
    Reason::new(format!(
        "{} of {} with known tables touch tables of several owners: {} (owners − 1, summed) and {} (tables written besides those of the owner of which most is \
         written) make {}, where one database costs 0{unknown}; a transaction fewer over two owners would lower it",
        price.spanning,
        counted(price.known as usize, "transaction"),
        counted(price.handovers as usize, "hand-over"),
        counted(price.compensations as usize, "compensation"),
        price.cost()
    ))
}

/// Pairs of owners that meet in transactions, most often first.
fn pairs(ground: &Ground<'_>) -> Vec<(ServiceId, ServiceId)> {
    let mut met: BTreeMap<(ServiceId, ServiceId), usize> = BTreeMap::new();
    for statements in &ground.inside {
        let owners: BTreeSet<ServiceId> = statements.iter().flat_map(|s| &s.tables).filter_map(|(table, _)| ground.runs(*table)).collect();
        let owners: Vec<ServiceId> = owners.into_iter().collect();
        for (at, one) in owners.iter().enumerate() {
            for other in &owners[at + 1..] {
                *met.entry((*one, *other)).or_default() += 1;
            }
        }
    }
    let mut pairs: Vec<_> = met.into_iter().collect();
    pairs.sort_by_key(|(pair, n)| (std::cmp::Reverse(*n), *pair));
    pairs.into_iter().take(PAIRS).map(|(pair, _)| pair).collect()
}

/// Crates that hold modules of candidates, each as a candidate.
fn crates(codebase: &Codebase, side: &dyn Fn(ModuleId) -> Option<ServiceId>) -> BTreeMap<crate::model::ids::CrateId, ServiceId> {
    let held = (0..codebase.modules.len()).map(ModuleId::from).filter(|m| side(*m).is_some());
    let crates: BTreeSet<_> = held.map(|m| codebase.modules[m.index()].krate).collect();
    crates.into_iter().enumerate().map(|(i, krate)| (krate, ServiceId::from(i))).collect()
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use crate::advise::data::testing::plan;
    use crate::model::data_plan::DataPlan;

    const THREE: &str = "table t\n table u\n table v\n fn shop::a::place\n fn shop::b::set_u\n fn shop::c::set_v\n fn shop::a::local\n tx shop::a::place\n tx shop::a::local\n\
        shop::a::place -> shop::b::set_u call 1\n shop::a::place -> shop::c::set_v call 1\n run shop::a::place 1 write t\n run shop::b::set_u 5 write u\n\
        run shop::c::set_v 5 write v\n run shop::a::local 9 write t\n run shop::a::local 10 read t";

    fn rows(plan: &DataPlan) -> Vec<String> {
        plan.compared.iter().map(|c| format!("{} {}: {} {} {}", c.kind.name(), c.what, c.services, c.spanning, c.cost)).collect()
    }

    #[test]
    fn each_further_owner_is_a_handover_and_each_table_it_writes_a_compensation() {
        let (plan, _) = plan(THREE);
        let p = &plan.price;
        assert_eq!((p.transactions, p.known, p.spanning, p.handovers, p.compensations, p.cost()), (2, 2, 1, 2, 2, 4));
        assert!(
            p.because[0].text.starts_with("1 of 2 transactions with known tables touch tables of several owners: 2 hand-overs"),
            "{p:?}"
        );
        assert_eq!(plan.spans.iter().map(|s| s.cost).sum::<u32>(), p.cost(), "the spans are what is paid for");
    }

    #[test]
    fn one_database_is_free_and_a_merged_pair_saves_what_it_shares() {
        let (plan, _) = plan(THREE);
        assert_eq!(
            rows(&plan),
            [
                "together everything in one: 1 0 0",
                "merged `a` and `b` in one: 2 1 2",
                "merged `a` and `c` in one: 2 1 2",
                "merged `b` and `c` in one: 2 1 2",
                "proposal as proposed: 3 1 4",
            ]
        );
    }

    #[test]
    fn without_transactions_nothing_is_compared() {
        let (plan, _) = plan("table t\n fn shop::a::f\n run shop::a::f 1 write t");
        assert!(plan.compared.is_empty() && plan.spans.is_empty());
        assert!(plan.price.because[0].text.starts_with("no transaction is known"), "{:?}", plan.price);
    }
}
