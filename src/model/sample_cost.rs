//! What parting the shop in [`sample`](super::sample) costs.

use super::cost::{Assumption, Blast, CostPlan, EntryCost, Layout, LayoutCost, LoadSource, PathCost};
use super::evidence::entry::EntryKind;
use super::ids::ServiceId;
use super::place::Site;
use super::plan::Reason;

/// Two ways in: one stays where it is, one asks two others.
pub(super) fn cost() -> CostPlan {
    let assumption = |name: &str, value| Assumption { name: name.into(), value };
    let none = |availability| PathCost { availability, ..PathCost::default() };
    let entry = |kind, name: &str, line, services: &[u32], advised, apart| EntryCost {
        kind,
        name: name.into(),
        at: Site::new("src/orders/checkout.rs", line),
        load: 0.5,
        services: services.iter().map(|s| ServiceId(*s)).collect(),
        outbound: 1,
        availability: 0.999,
        advised,
        apart,
    };
    let asks = |calls, fan_out, availability| PathCost {
        calls,
        looped: 0.0,
        messages: 1.0,
        fan_out,
        depth: 1,
        added_median: calls,
        added_p99: 4.0 * calls,
        availability,
        sites: vec![Site::new("src/orders/checkout.rs", 83), Site::new("src/orders/cart.rs", 41)],
    };
    let layout = |layout, processes, calls, p99, availability, fails_mean| LayoutCost {
        layout,
        processes,
        calls,
        messages: 0.5,
        median: 8.5,
        p99,
        availability,
        fails_mean,
        fails_worst: 1.0,
    };
    let blast = |service, advised_fails, advised_delayed, apart_fails| Blast {
        service: ServiceId(service),
        advised_fails,
        advised_delayed,
        apart_fails,
        apart_delayed: advised_delayed,
    };
    CostPlan {
        assumptions: vec![assumption("rtt-ms", 0.5), assumption("availability", 0.999)],
        load: LoadSource::Equal,
        entries: vec![
            entry(EntryKind::Route, "POST /orders", 60, &[0, 2, 3, 4], asks(2.0, 1, 0.998001), asks(5.5, 2, 0.997003)),
            entry(EntryKind::Command, "import", 12, &[], none(0.999), none(0.999)),
        ],
        layouts: vec![
            layout(Layout::Monolith, 1, 0.0, 46.0, 0.999, 1.0),
            layout(Layout::Advised, 3, 1.0, 50.0, 0.9985, 0.5),
            layout(Layout::AllApart, 5, 2.75, 57.0, 0.998, 0.3),
            layout(Layout::Coarser, 2, 1.0, 50.0, 0.9985, 0.75),
        ],
        blast: vec![
            blast(0, 0.5, 0.0, 0.5),
            blast(1, 1.0, 0.0, 0.0),
            blast(2, 0.0, 0.5, 0.0),
            blast(3, 1.0, 0.0, 1.0),
            blast(4, 1.0, 0.0, 0.5),
        ],
        because: vec![
            Reason::new("as advised: 1 call over the network for each request; messages in the place of calls would lower that"),
            Reason::at("`orders` asks `catalog` most: one call that answers more would save it", vec![Site::new("src/orders/cart.rs", 41)]),
        ],
    }
}
