//! The cost as a whole: what is counted in which layout, and what is said where there is nothing to count.

use super::*;
use crate::advise::boundaries::services;
use crate::advise::crossings::{crossings, tests::by_crate};
use crate::model::evidence::Spot;
use crate::model::evidence::outside::{Outbound, OutboundKind};
use crate::model::evidence::traces::{Traces, UseCase};
use crate::model::testing::codebase;

/// Three candidates in a row, the last by message, and one that nobody calls.
const SHOP: &str = "fn a::go async\n fn a::idle async\n fn b::find async\n fn c::price async\n fn d::notify async unit\n
    a::go -> b::find call 1 used awaited\n b::find -> c::price call 1 used awaited loop\n b::find -> c::price call 2 used awaited\n
    c::price -> d::notify call 1 awaited";

fn entry(code: &Codebase, module: &str, item: &str) -> EntryPoint {
    let module = code.module(module).expect("a module");
    let spot = Spot { module, item: Some(item.into()), site: Site::new("a.rs", 1) };
    EntryPoint {
        kind: EntryKind::Route,
        name: format!("GET /{item}"),
        handler: Some(spot.clone()),
        declared: spot,
        technology: "axum".into(),
        reaches: vec![module],
        panics: 0,
    }
}

fn plan(
    text: &str,
    wanted: &[(&str, &str)],
    verdicts: &[Verdict],
    change: impl Fn(&mut Evidence),
    assumptions: &[(&str, f64)],
) -> CostPlan {
    let code = codebase(text);
    let mut evidence = Evidence { entry_points: wanted.iter().map(|(m, i)| entry(&code, m, i)).collect(), ..Evidence::default() };
    change(&mut evidence);
    let partition = by_crate(&code);
    let crossings = crossings(&code, &evidence, &partition);
    let mut services =
        services(&code, &evidence, &partition, &crossings, &crate::model::data_plan::DataPlan::default(), &Thresholds::default());
    services.iter_mut().zip(verdicts.iter().cycle()).for_each(|(s, v)| s.verdict = *v);
    let mut values = Thresholds::of_cost();
    assumptions.iter().for_each(|(id, value)| values.set(id, *value).expect("an assumption"));
    cost(&code, &evidence, &partition, &services, &crossings, &values)
}

fn shop(assumptions: &[(&str, f64)]) -> CostPlan {
    plan(SHOP, &[("a", "go"), ("a", "idle")], &[Verdict::Service, Verdict::Keep], |_| {}, assumptions)
}

#[test]
fn a_request_is_counted_in_every_layout() {
    let found = shop(&[]);
    let go = found.entries.iter().find(|e| e.name == "GET /go").expect("it is there");
    // One call, one in a loop of ten, two more; what the loop leads to is told as often.
    assert_eq!((go.apart.calls, go.apart.looped, go.apart.messages), (13.0, 10.0, 10.0));
    assert_eq!((go.apart.fan_out, go.apart.depth, go.services.len()), (2, 2, 4));
    // `a` and `c` are services, `b` and `d` stay.
    assert_eq!((go.advised.calls, go.advised.fan_out, go.advised.depth), (13.0, 2, 2));
    assert!(go.apart.added_p99 > 0.0 && go.apart.added_median > 0.0);
    let idle = found.entries.iter().find(|e| e.name == "GET /idle").expect("it is there");
    assert_eq!((idle.apart.calls, idle.apart.availability), (0.0, 0.999));
    assert_eq!(found.entries[0].name, "GET /go", "the worst comes first");
    let of = |layout| found.layout(layout).expect("it is compared");
    assert_eq!((of(Layout::Monolith).calls, of(Layout::Monolith).fails_mean, of(Layout::Monolith).processes), (0.0, 1.0, 1));
    assert_eq!((of(Layout::AllApart).calls, of(Layout::AllApart).processes, of(Layout::Advised).processes), (6.5, 4, 3));
    let blast: Vec<(f64, f64)> = found.blast.iter().map(|b| (b.apart_fails, b.apart_delayed)).collect();
    assert_eq!(blast, [(1.0, 0.0), (0.5, 0.0), (0.5, 0.0), (0.0, 0.5)]);
    assert_eq!(found.blast[3].advised_fails, 0.5, "`d` fails with `b`");
}

#[test]
fn availability_is_the_product_over_what_is_waited_for() {
    let found = shop(&[("availability", 0.9)]);
    let go = &found.entries[0];
    assert_eq!((go.availability, go.apart.availability), (0.9, 0.729));
    assert_eq!(found.layout(Layout::AllApart).expect("compared").availability, (0.729 + 0.9) / 2.0);
}

#[test]
fn nothing_on_the_network_leaves_nothing_but_queues() {
    let free = [("rtt-ms", 0.0), ("serialise-ms", 0.0), ("utilisation", 0.0)];
    let found = shop(&free);
    assert!(found.entries.iter().all(|e| (e.apart.added_median, e.apart.added_p99) == (0.0, 0.0)));
    let waits = shop(&free[..2]);
    assert!(waits.entries[0].apart.added_p99 > 0.0, "fewer servers in a row make longer queues");
    // The work is the same, so are its quantiles: an exponential time of mean 10.
    let whole = found.layout(Layout::Monolith).expect("compared");
    assert!((whole.median - 6.93).abs() < 0.5 && (whole.p99 - 46.1).abs() < 5.0, "{whole:?}");
}

#[test]
fn the_same_input_gives_the_same_figures() {
    assert_eq!(shop(&[]), shop(&[]));
}

#[test]
fn traces_weigh_and_calls_out_are_seen() {
    let change = |evidence: &mut Evidence| {
        let module = evidence.entry_points[0].declared.module;
        let case = |name: &str, traces| UseCase { name: name.into(), traces, modules: vec![module] };
        // One by the entry point's name, one by its handler's.
        evidence.traces = Some(Traces { use_cases: vec![case("GET /go", 1), case("idle", 3)], ..Traces::default() });
        let by = evidence.entry_points[0].declared.clone();
        evidence.outbound.push(Outbound { by, kind: OutboundKind::Http, target: None, technology: "reqwest".into() });
    };
    let found = plan(SHOP, &[("a", "go"), ("a", "idle")], &[Verdict::Service], change, &[]);
    assert_eq!((found.load, found.entries[0].load, found.entries[1].load), (LoadSource::Traces, 0.25, 0.75));
    assert_eq!((found.entries[0].outbound, found.entries[1].outbound), (1, 0));
    assert_eq!(found.layout(Layout::AllApart).expect("compared").calls, 3.25);
}

#[test]
fn without_entry_points_or_candidates_it_says_so() {
    let none = plan(SHOP, &[], &[Verdict::Service], |_| {}, &[]);
    assert!(none.layouts.is_empty() && none.because[0].text.starts_with("no entry point is known"));
    let one = plan("fn a::go async", &[("a", "go")], &[Verdict::Service], |_| {}, &[]);
    assert!(one.layouts.is_empty() && one.because[0].text.starts_with("there are no two candidates"));
    let kept = plan(SHOP, &[("a", "go")], &[Verdict::Keep], |_| {}, &[]);
    assert!(kept.because[0].text.starts_with("as advised, all stays in one process"));
    assert_eq!(kept.layout(Layout::Advised).map(|l| (l.calls, l.p99)), kept.layout(Layout::Monolith).map(|l| (l.calls, l.p99)));
}
