//! A module dependency across accepted service boundaries that the baseline does not have.

use super::super::comparison::Comparison;
use super::super::policy::Policy;
use super::{Hit, Rule, counted};
use crate::model::finding::Level;
use crate::model::plan::Style;

pub(super) const RULE: Rule = Rule {
    id: "new-crossing",
    level: Level::Deny,
    summary: "a module depends on a module of another service, and did not before",
    docs: "A module refers to a module that another service owns, and the baseline does not know that pair. Services and their modules \
           are those of the baseline; shared and glue modules are owned by none and never cross.\n\n\
           Why it matters: each such pair has to be cut, or turned into a call over the network, before the two can be parted.\n\n\
           How to fix: move what is used to the service that uses it; or move types that both need into a shared module; or call \
           through the interface that the other service already offers; or turn the call round with an event. If it is meant to be, \
           `seamline baseline update --accept new-crossing --reason \"…\"` records it with its reason.",
    find,
};

fn find(c: &Comparison<'_>, _: &Policy) -> Vec<Hit> {
    let new = c.now.crossings.keys().filter(|pair| !c.before.crossings.contains_key(*pair));
    new.filter_map(|(from, to)| {
        let (a, b) = (c.module(from)?, c.module(to)?);
        let (owner, other) = (c.owner(a)?, c.owner(b)?);
        let (sites, references) = c.sites(a, b);
        let references = counted(references as usize, "reference", "references");
        let pair_is_new = !c.before.crossings.keys().any(|(f, t)| owner_is(c, f, owner) && owner_is(c, t, other));
        let first = if pair_is_new { format!("; it is the first from {owner} to {other}") } else { String::new() };
        Some(Hit {
            message: format!("`{from}` ({owner}) now depends on `{to}` ({other}): {references}{first}"),
            sites,
            from: Some(from.clone()),
            to: Some(to.clone()),
            help: help(c, owner, other),
            identity: format!("{from} → {to}"),
        })
    })
    .collect()
}

fn owner_is(c: &Comparison<'_>, module: &str, service: &str) -> bool {
    c.before.modules.get(module).is_some_and(|owner| owner.as_deref() == Some(service))
}

/// What to do, by the style in which the two should talk, where today's analysis knows these two services.
fn help(c: &Comparison<'_>, from: &str, to: &str) -> String {
    let service = |id: &str| c.analysis.plan.services.binary_search_by(|s| s.id.as_str().cmp(id)).ok();
    let style = service(from).zip(service(to)).and_then(|(a, b)| {
        let crossing = c.analysis.plan.crossings.iter().find(|x| (x.from.index(), x.to.index()) == (a, b));
        crossing.map(|x| x.style)
    });
    let way = match style {
        Some(Style::Library) => "Move the types that both need into a shared module",
        Some(Style::SyncApi) | None => "Move what is used to where it is used, or call through the interface of the other service",
        Some(Style::Broker) => "Publish an event instead of calling",
        Some(Style::KeepTogether) => "Move the code to the side that owns the data: these two cannot be parted as they are",
    };
    format!("{way}; if it is meant to be, run `seamline baseline update --accept new-crossing --reason \"…\"`.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Baseline;
    use crate::model::analysis::Analysis;
    use crate::model::sample::{shop, shop_with};

    fn hits(now: &Analysis) -> Vec<Hit> {
        find(&Comparison::new(now, &Baseline::from_analysis(&shop())), &Policy::default())
    }

    #[test]
    fn says_who_depends_on_whom_and_where() {
        let hits = hits(&shop_with(&[("shop::catalog", "shop::payments", &[99, 120, 99])]));
        assert_eq!(hits.len(), 1);
        assert_eq!(
            hits[0].message,
            "`shop::catalog` (catalog) now depends on `shop::payments` (payments): 3 references; it is the first from catalog to payments"
        );
        assert_eq!(hits[0].sites.len(), 2, "each line once");
        assert_eq!(hits[0].identity, "shop::catalog → shop::payments");
    }

    #[test]
    fn another_module_pair_of_a_known_seam_is_new_too() {
        let hits = hits(&shop_with(&[("shop::orders::cart", "shop::catalog::stock", &[5])]));
        assert_eq!(hits.len(), 1);
        assert!(!hits[0].message.contains("the first"), "{}", hits[0].message);
    }

    #[test]
    fn what_stays_inside_or_goes_to_shared_code_does_not_cross() {
        let inside = ("shop::catalog::stock", "shop::catalog::search", [5].as_slice());
        let shared = ("shop::catalog::stock", "shop::money", [6].as_slice());
        let glue = ("shopd", "shop::payments", [7].as_slice());
        assert_eq!(hits(&shop_with(&[inside, shared, glue])), []);
    }
}
