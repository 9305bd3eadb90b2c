//! What has to be done about a candidate's data before it can run by itself.
//!
//! Takes the plan of the data; gives actions: its own tables first, then what it wants of the tables of others, keys, transactions. Where
//! both ends of a tie change, the action stands in the plan of each: who is taken out first does it.

use super::action;
use crate::model::data_plan::{DataPlan, KeyCut, Remedy, Span, TablePlan, TableUse, WayOut};
use crate::model::evidence::Evidence;
use crate::model::extraction::{Action, Technique};
use crate::model::ids::ServiceId;
use crate::model::partition::Partition;
use crate::model::place::Site;

pub(super) fn actions(evidence: &Evidence, partition: &Partition, data: &DataPlan, service: ServiceId) -> Vec<Action> {
    let scene = Scene { evidence, partition, service };
    let mut actions: Vec<Action> = data.tables.iter().filter(|t| t.owner == Some(service)).map(|t| scene.own(t)).collect();
    actions.extend(data.tables.iter().filter(|t| t.owner.is_some() && t.owner != Some(service)).filter_map(|t| scene.foreign(t)));
    actions.extend(data.keys.iter().filter(|k| k.owner == service || k.to_owner == service).map(|k| scene.key(k)));
    actions.extend(data.spans.iter().filter(|s| s.services.contains(&service)).map(|s| scene.span(s)));
    actions
}

struct Scene<'a> {
    evidence: &'a Evidence,
    partition: &'a Partition,
    service: ServiceId,
}

impl Scene<'_> {
    fn name(&self, service: ServiceId) -> &str {
        &self.partition.names[service.index()]
    }

    fn declared(&self, table: &str) -> Option<Site> {
        self.evidence.tables.iter().find(|t| t.name == table).and_then(|t| t.declared.first().cloned())
    }

    /// A table that it takes along; what others do to it changes.
    fn own(&self, table: &TablePlan) -> Action {
        let others: Vec<&TableUse> = table.uses.iter().filter(|u| u.by != Some(self.service)).collect();
        let names: Vec<String> =
            others.iter().map(|u| u.by.map_or_else(|| "code of no candidate".to_owned(), |s| format!("`{}`", self.name(s)))).collect();
        let because = if others.is_empty() {
            "it alone touches it: the table moves to its database".to_owned()
        } else {
            format!("it owns it; {} {} it, too: {}", names.join(", "), if names.len() == 1 { "touches" } else { "touch" }, how(table.way))
        };
        let technique = if table.way == WayOut::Keep { Technique::Redesign } else { Technique::OwnTable };
        action(technique, table.table.clone(), self.declared(&table.table), because, in_order(others))
    }

    /// A table of another that it touches.
    fn foreign(&self, table: &TablePlan) -> Option<Action> {
        let own: Vec<&TableUse> = table.uses.iter().filter(|u| u.by == Some(self.service)).collect();
        if own.is_empty() {
            return None;
        }
        let technique = match table.way {
            WayOut::Keep => Technique::Redesign,
            WayOut::Replicate => Technique::Event,
            WayOut::Split => Technique::OwnTable,
            WayOut::Single | WayOut::Unowned | WayOut::WriteApi | WayOut::ReadApi => Technique::Api,
        };
        let owner = table.owner.map(|s| self.name(s)).unwrap_or_default();
        let because = format!("`{owner}` owns it: {}", how(table.way));
        Some(action(technique, table.table.clone(), self.declared(&table.table), because, in_order(own)))
    }

    fn key(&self, key: &KeyCut) -> Action {
        let because = format!("a foreign key that is cut: {}", key.because.first().map(|r| r.text.as_str()).unwrap_or_default());
        let what = format!("{}.{} → {}", key.table, key.columns.join(","), key.to);
        action(Technique::Api, what, Some(key.site.clone()), because, vec![key.site.clone()])
    }

    fn span(&self, span: &Span) -> Action {
        let others: Vec<String> = span.services.iter().filter(|s| **s != self.service).map(|s| format!("`{}`", self.name(*s))).collect();
        let technique = match span.remedy {
            Remedy::Merge => Technique::Redesign,
            Remedy::Saga | Remedy::Outbox => Technique::Event,
            Remedy::ReadFirst | Remedy::Move => Technique::Api,
        };
        let text = span.because.first().map(|r| r.text.as_str()).unwrap_or_default();
        let because = format!("{} over what belongs to {}, too: {text}", span.remedy.name(), others.join(", "));
        let mut sites: Vec<Site> = span.steps.iter().flat_map(|s| s.sites.clone()).collect();
        sites.sort();
        action(technique, span.item.clone(), Some(span.site.clone()), because, sites)
    }
}

/// What becomes of the uses of a table by others than its owner.
fn how(way: WayOut) -> &'static str {
    match way {
        WayOut::Keep => "keep it for all of them, or let one side do all writes first",
        WayOut::Split => "each takes its own columns along, under the same key",
        WayOut::WriteApi => "writes become requests to the owner",
        WayOut::Replicate => "reads go to a copy that the owner's events feed",
        WayOut::Single | WayOut::Unowned | WayOut::ReadApi => "reads become requests to the owner",
    }
}

fn in_order(uses: Vec<&TableUse>) -> Vec<Site> {
    let mut sites: Vec<Site> = uses.into_iter().flat_map(|u| u.reads.iter().chain(&u.writes).cloned()).collect();
    sites.sort();
    sites
}

#[cfg(test)]
mod tests {
    use crate::advise::advise;
    use crate::advise::data::testing::scene;
    use crate::graph::module_graph;
    use crate::model::extraction::StepKind;

    #[test]
    fn tables_keys_and_transactions_become_actions_with_their_places() {
        let (code, evidence, partition) = scene(
            "table t\n table u id key=t:t_id\n fn shop::a::set_t\n fn shop::a::place\n fn shop::b::set_u\n run shop::a::set_t 5 write t\n\
             run shop::b::set_u 5 write u\n run shop::b::set_u 6 read t\n shop::a::place -> shop::a::set_t call 1\n\
             shop::a::place -> shop::b::set_u call 1\n tx shop::a::place",
        );
        let plan = advise(&code, &module_graph(&code), &evidence, &partition, &crate::advise::Options::default());
        let of_b = &plan.extractions[1];
        let step = of_b.steps.iter().find(|s| s.kind == StepKind::Data).expect("a step for data");
        let seen: Vec<String> = step.actions.iter().map(|a| format!("{} {} {}", a.technique.name(), a.what, a.sites.len())).collect();
        assert_eq!(seen, ["own-table u 0", "api t 1", "api u.t_id → t 1", "redesign shop::a::place 3"]);
        assert_eq!(step.actions.iter().map(|a| a.effort).sum::<f64>(), 4.0 + 6.5 + 6.5 + 17.5);
    }
}
