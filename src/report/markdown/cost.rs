//! What the split costs at run time.

use super::page::{Page, rest};
use super::{places, reason};
use crate::model::analysis::Analysis;
use crate::model::cost::{CostPlan, EntryCost, Layout, PathCost};
use crate::model::ids::ServiceId;
use crate::report::escape::code;
use crate::report::view;

/// Entry points that are shown, at most.
const ENTRIES: usize = 10;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    let cost = &analysis.plan.cost;
    if cost.because.is_empty() {
        return;
    }
    page.heading(2, "What the split costs at run time");
    if cost.layouts.is_empty() {
        page.list(cost.because.iter().map(reason));
        return;
    }
    let assumed: Vec<String> = cost.assumptions.iter().map(|a| format!("{} {}", code(&a.name), a.value)).collect();
    page.paragraph(&format!(
        "An estimate to compare layouts by, no forecast. It assumes {}; set them in the table `[cost]` of `seamline.toml`. Each place that calls is counted once for each request, \
         whichever branch it stands in; each process is a queue (M/M/c) with its share of the servers.",
        assumed.join(", ")
    ));
    page.list(cost.because.iter().map(reason));
    layouts(cost, page);
    entries(analysis, cost, page);
    blast(analysis, cost, page);
}

fn layouts(cost: &CostPlan, page: &mut Page) {
    page.heading(3, "Layouts");
    page.table(
        [
            "Layout",
            "#Processes",
            "#Network calls per request",
            "#Messages per request",
            "#Median, ms",
            "#99th percentile, ms",
            "#Availability",
            "#Fails with one process, mean",
            "#Fails with one process, worst",
        ],
        cost.layouts.iter().map(|l| {
            [
                layout(l.layout).to_owned(),
                view::count(l.processes),
                number(l.calls),
                number(l.messages),
                milliseconds(l.median),
                milliseconds(l.p99),
                available(l.availability),
                view::share(l.fails_mean),
                view::share(l.fails_worst),
            ]
        }),
    );
}

fn layout(layout: Layout) -> &'static str {
    match layout {
        Layout::Monolith => "Monolith",
        Layout::Advised => "As advised",
        Layout::AllApart => "Each candidate apart",
        Layout::Coarser => "The nearest coarser proposal",
        Layout::Finer => "The nearest finer proposal",
    }
}

/// Those that cost most where the advice parts anything on their way, else where everything is parted.
fn entries(analysis: &Analysis, cost: &CostPlan, page: &mut Page) {
    page.heading(3, "Worst entry points");
    let advised = cost.entries.iter().any(|e| e.advised.calls + e.advised.messages > 0.0);
    let of = |e: &EntryCost| -> PathCost { if advised { e.advised.clone() } else { e.apart.clone() } };
    let costly: Vec<(&EntryCost, PathCost)> = cost.entries.iter().map(|e| (e, of(e))).filter(|(_, p)| p.calls + p.messages > 0.0).collect();
    if costly.is_empty() {
        page.paragraph("No entry point calls from one candidate into another: a split costs none of them anything on the network.");
        return;
    }
    page.paragraph(if advised {
        "As advised, the one that grows slower by most first."
    } else {
        "With each candidate apart, the one that grows slower by most first; as advised, none of them makes a call over the network."
    });
    page.table(
        [
            "Entry point",
            "Where",
            "Services",
            "#Leaves today",
            "#Network calls",
            "#In loops",
            "#Messages",
            "#Fan-out",
            "#In a row",
            "#Median, ms",
            "#99th percentile, ms",
            "#Availability",
            "Calls at",
        ],
        costly.iter().take(ENTRIES).map(|(e, p)| {
            let service = |s: &ServiceId| code(analysis.service_id(*s));
            [
                format!("{} {}", e.kind.name(), code(&e.name)),
                places(std::slice::from_ref(&e.at), 1),
                e.services.iter().map(service).collect::<Vec<_>>().join(", "),
                view::count(e.outbound),
                number(p.calls),
                number(p.looped),
                number(p.messages),
                view::count(p.fan_out),
                view::count(p.depth),
                added(p.added_median),
                added(p.added_p99),
                format!("{} → {}", available(e.availability), available(p.availability)),
                places(&p.sites, 3),
            ]
        }),
    );
    page.list(rest(costly.len(), ENTRIES, "entry points that cost something"));
}

fn blast(analysis: &Analysis, cost: &CostPlan, page: &mut Page) {
    page.heading(3, "Blast radius");
    page.paragraph(
        "Shares of requests that fail when one candidate does, since they begin there or wait for it, and of those of which a part only comes later. What stays in the monolith takes \
         everything in there with it.",
    );
    page.table(
        ["When this fails", "#Monolith", "#As advised", "#Only later", "#Each candidate apart", "#Only later"],
        cost.blast.iter().map(|b| {
            [
                code(analysis.service_id(b.service)),
                view::share(1.0),
                view::share(b.advised_fails),
                view::share(b.advised_delayed),
                view::share(b.apart_fails),
                view::share(b.apart_delayed),
            ]
        }),
    );
}

/// Of calls for each request.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { view::count(value as u64) } else { format!("{value:.2}") }
}

fn milliseconds(value: f64) -> String {
    format!("{value:.1}")
}

fn added(value: f64) -> String {
    format!("{value:+.1}")
}

fn available(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}
