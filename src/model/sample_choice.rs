//! How fine, how sure, and what else, of the shop in [`sample`](super::sample).

use super::ids::{ModuleId, ServiceId};
use super::partition::{Alternative, Decision, Hold, Level, Pull, Quality, Role};

/// Two granularities, the finer of which is proposed.
pub(super) fn levels() -> Vec<Level> {
    let level = |resolution, services, worth, chosen| Level {
        resolution,
        services,
        largest: 0.3,
        stability: 0.9,
        plateau: 0.85,
        worth,
        quality: Quality { modularity: 0.4, sm: 0.171, icp: 0.4, ifn: 2.2, ned: 1.0 },
        chosen,
    };
    vec![level(0.64, 2, 1.2, false), level(1.0, 5, 1.7, true)]
}

/// Two services: what is sold, and everything else. Takes the service and the role of each module.
pub(super) fn coarser(modules: &[(&str, Role)]) -> Vec<Alternative> {
    let capabilities = modules.iter().enumerate().filter(|(_, m)| m.1 == Role::Capability).map(|(i, m)| (ModuleId::from(i), m.0));
    let (sold, rest) = capabilities.partition::<Vec<_>, _>(|m| m.1 == "catalog");
    let ids = |of: Vec<(ModuleId, &str)>| of.into_iter().map(|m| m.0).collect();
    vec![Alternative { level: 0, services: vec![("catalog".into(), ids(sold)), ("sales".into(), ids(rest))] }]
}

/// Login is contested; nothing else ever leaves.
pub(super) fn hold(id: &str, own: ServiceId) -> Hold {
    let other = if own == ServiceId(0) { ServiceId(1) } else { ServiceId(0) };
    let pull = |source: &str, own, other| Pull { source: source.into(), own, other };
    let pulls = vec![pull("references", 0.5, 0.125), pull("words", 0.125, 0.25)];
    match id {
        "shop::customers::login" => Hold { confidence: 0.5, runner_up: Some((other, 0.25)), pulls },
        _ => Hold { confidence: 1.0, runner_up: Some((other, 0.0)), pulls },
    }
}

/// A pin that the code says, too, and a bond that it does not.
pub(super) fn decisions() -> Vec<Decision> {
    let without = |modularity| Quality { modularity, sm: 0.25, icp: 0.125, ifn: 1.5, ned: 0.75 };
    let decision = |kind: &str, what: &str, reason: Option<&str>, moved, modularity| Decision {
        kind: kind.into(),
        what: what.into(),
        reason: reason.map(str::to_owned),
        services: 4,
        moved,
        without: without(modularity),
    };
    vec![decision("service", "payments", None, 0, 0.5), decision("apart", "shop::orders, shop::customers", Some("two *teams*"), 3, 0.625)]
}
