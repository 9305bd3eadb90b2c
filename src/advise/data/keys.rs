//! Foreign keys whose ends get different owners, and what takes their place.
//!
//! Takes tables and owners; gives one [`KeyCut`] for each such key, in the order of the tables. The database no longer holds them together:
//! that what is pointed at is there has to be asked when it is written, and that it is gone has to be told.

use super::changes::Change;
use super::voices::Touch;
use super::{Ground, few, places};
use crate::model::data_plan::KeyCut;
use crate::model::evidence::data::ForeignKey;
use crate::model::ids::ServiceId;
use crate::model::plan::Reason;

pub(super) fn keys(ground: &Ground<'_>) -> Vec<KeyCut> {
    let tables = ground.evidence.tables.iter().enumerate();
    let keys = tables.flat_map(|(at, table)| table.foreign_keys.iter().map(move |key| (at, key)));
    let cut = keys.filter_map(|(at, key)| {
        let (owner, to_owner) = (ground.owners[at]?, ground.owners[key.to.index()]?);
        (owner != to_owner).then(|| KeyCut {
            table: ground.evidence.tables[at].name.clone(),
            owner,
            columns: key.columns.clone(),
            to: ground.table(key.to).to_owned(),
            to_owner,
            site: key.site.clone(),
            because: because(ground, at, key, owner, to_owner),
        })
    });
    cut.collect()
}

fn because(ground: &Ground<'_>, at: usize, key: &ForeignKey, owner: ServiceId, to_owner: ServiceId) -> Vec<Reason> {
    let (name, other) = (ground.name(owner), ground.name(to_owner));
    let (table, to) = (&ground.evidence.tables[at].name, ground.table(key.to));
    // What deletes rows, or names other columns only, sets no key.
    let sets_key = |t: &&Touch<'_>| {
        let named = ground.changes.columns(t.statement, &ground.evidence.tables[at]);
        let is_deletion = ground.changes.of(t.statement, &ground.evidence.tables[at]) == Change::Delete;
        !is_deletion && named.is_none_or(|named| key.columns.iter().any(|c| named.contains(c)))
    };
    let writes = few(places(ground.uses[at].values().flat_map(|u| &u.writes).filter(sets_key)));
    let checked = format!(
        "`{name}` asks `{other}` whether the row of `{to}` is there when it sets the key, or has it from an answer; one owner of both would keep the key"
    );
    let removed: Vec<_> = (ground.uses[key.to.index()].values().flat_map(|u| &u.writes))
        .filter(|t| ground.changes.of(t.statement, &ground.evidence.tables[key.to.index()]) == Change::Delete)
        .collect();
    let told = if removed.is_empty() {
        Reason::new(format!("no statement is seen to delete rows of `{to}`; one would need an event on which `{name}` acts"))
    } else {
        let text = format!(
            "`{other}` deletes rows of `{to}`: it tells so by an event, on which `{name}` deletes or detaches its rows of `{table}`; marking rows as deleted \
             in their place would make it a change like others"
        );
        Reason::at(text, few(places(removed)))
    };
    vec![Reason::at(checked, writes), told]
}

#[cfg(test)]
mod tests {
    use crate::advise::data::testing::plan;

    /// Keys as `table.columns of owner -> table of owner`, and the beginnings of what takes their place.
    fn check(text: &str, expected: &[&str], told: &str) {
        let (plan, partition) = plan(&format!("table customers id\ntable orders id,customer_id key=customers:customer_id\n{text}"));
        let name = |s: crate::model::ids::ServiceId| &partition.names[s.index()];
        let key = |k: &crate::model::data_plan::KeyCut| {
            format!("{}.{} of {} -> {} of {} at {}", k.table, k.columns.join(","), name(k.owner), k.to, name(k.to_owner), k.site)
        };
        assert_eq!(plan.keys.iter().map(key).collect::<Vec<_>>(), expected, "{text}");
        assert!(plan.keys.iter().all(|k| k.because[1].text.starts_with(told)), "{:#?}", plan.keys);
    }

    #[test]
    fn a_key_between_owners_is_cut_and_one_inside_is_not() {
        let both = "fn shop::a::insert_order\n fn shop::b::insert_customer\n run shop::a::insert_order 1 write orders\n run shop::b::insert_customer 2 write customers";
        let cut = ["orders.customer_id of a -> customers of b at migrations/1.sql:4"];
        check(both, &cut, "no statement is seen to delete rows of `customers`");
        check(
            &format!("{both}\n fn shop::b::delete_customer\n run shop::b::delete_customer 9 write customers"),
            &cut,
            "`b` deletes rows of `customers`",
        );
        check("fn shop::a::f\n run shop::a::f 1 write orders\n run shop::a::f 2 write customers", &[], "");
        check("fn shop::a::f\n run shop::a::f 1 write orders", &[], "");
    }

    #[test]
    fn only_what_sets_the_key_has_to_ask() {
        let (plan, _) = plan(
            "table customers id\n table orders id,customer_id,state key=customers:customer_id\n fn shop::a::f\n fn shop::b::g\n run shop::b::g 1 write customers\n\
             run shop::a::f 1 write orders\n run shop::a::f 2 write orders\n run shop::a::f 3 write orders\n sql shop::a::f 1 INSERT INTO orders (id, customer_id) VALUES (1, 2)\n\
             sql shop::a::f 2 UPDATE orders SET state = 1 WHERE id = 2\n sql shop::a::f 3 DELETE FROM orders WHERE customer_id = 2",
        );
        assert_eq!(plan.keys[0].because[0].sites.iter().map(|s| s.line).collect::<Vec<_>>(), [1], "{:#?}", plan.keys);
    }
}
