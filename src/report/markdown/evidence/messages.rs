//! Messages between candidates, calls that leave the process, state that many touch.

use super::super::page::{Page, rest};
use super::super::places;
use super::sides;
use crate::model::analysis::Analysis;
use crate::model::evidence::outside::OutboundKind;
use crate::model::place::Site;
use crate::report::escape::code;
use crate::report::view;
use crate::report::view::evidence::{flows, side};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one kind that are shown.
const MOST: usize = 30;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    channels(analysis, page);
    outside(analysis, page);
}

fn channels(analysis: &Analysis, page: &mut Page) {
    let all = analysis.evidence.channels.len();
    if all == 0 {
        return;
    }
    page.heading(2, "Messages");
    let flows = flows(analysis);
    let channels = view::counted(all, "channel", "channels");
    if flows.is_empty() {
        page.paragraph(&format!("{channels}, of which none leads from one side to another: {}.", within(analysis)));
        return;
    }
    page.paragraph(&format!(
        "{channels}, of which {} from one side to another: where a message is sent today, a broker can stand tomorrow.",
        if flows.len() == 1 { "one leads".to_owned() } else { format!("{} lead", view::count(flows.len())) }
    ));
    let first = |sites: Vec<Site>| places(&sites, 2);
    page.table(
        ["Channel", "Kind", "From", "To", "Sent at", "Received at"],
        flows.iter().take(MOST).map(|(channel, from, to)| {
            [
                match channel.payload.as_deref().filter(|payload| !channel.name.contains(payload)) {
                    Some(payload) => format!("{} of {}", code(&channel.name), code(payload)),
                    None => code(&channel.name),
                },
                format!("{} ({})", channel.kind.name(), code(&channel.technology)),
                sides(from.iter().copied()),
                sides(to.iter().copied()),
                first(channel.producers.iter().map(|s| s.site.clone()).collect()),
                first(channel.consumers.iter().map(|s| s.site.clone()).collect()),
            ]
        }),
    );
    page.list(rest(flows.len(), MOST, "channels"));
}

/// Where channels are that lead to no other side.
fn within(analysis: &Analysis) -> String {
    let mut by_side: BTreeMap<&str, usize> = BTreeMap::new();
    for channel in &analysis.evidence.channels {
        if let Some(spot) = channel.producers.iter().chain(&channel.consumers).next() {
            *by_side.entry(side(analysis, spot.module)).or_default() += 1;
        }
    }
    let told: Vec<String> = by_side.iter().map(|(side, n)| format!("{} within {}", view::count(*n), sides([*side]))).collect();
    told.join(", ")
}

fn outside(analysis: &Analysis, page: &mut Page) {
    let evidence = &analysis.evidence;
    let shared: Vec<_> = (evidence.state.iter())
        .map(|s| {
            let touching: BTreeSet<&str> = s.touched.iter().map(|t| side(analysis, t.module)).chain([side(analysis, s.module)]).collect();
            (s, touching)
        })
        .filter(|(_, touching)| touching.len() > 1)
        .collect();
    if evidence.outbound.is_empty() && shared.is_empty() {
        return;
    }
    page.heading(2, "The outside, and state that many touch");
    if !evidence.outbound.is_empty() {
        let kinds = OutboundKind::ALL.map(|kind| {
            let of: Vec<_> = evidence.outbound.iter().filter(|o| o.kind == kind).collect();
            let by: BTreeSet<&str> = of.iter().map(|o| side(analysis, o.by.module)).collect();
            (!of.is_empty()).then(|| format!("{}: {} by {}", kind.name(), view::counted(of.len(), "call", "calls"), sides(by)))
        });
        page.list(kinds.into_iter().flatten());
    }
    if !shared.is_empty() {
        page.table(
            ["State", "What it is", "Declared at", "Touched by"],
            shared.iter().take(MOST).map(|(s, touching)| {
                [code(&s.name), code(&s.what), places(std::slice::from_ref(&s.declared), 1), sides(touching.iter().copied())]
            }),
        );
        page.list(rest(shared.len(), MOST, "pieces of state"));
    }
}
