//! How two services should talk, item by item: what crosses, why in that style, what would change it, and what it takes to put a wire there.

use super::{BOLD, DIM};
use crate::model::analysis::Analysis;
use crate::model::plan::{CrossedItem, Crossing};
use crate::report::escape::plain;
use crate::report::text::wrap;
use crate::report::view;
use std::fmt::Write;

/// The two names in `orders -> payments`; `→` will do as well.
pub(super) fn ends(name: &str) -> Option<(&str, &str)> {
    let (from, to) = name.split_once("->").or_else(|| name.split_once('→'))?;
    Some((from.trim(), to.trim()))
}

pub(super) fn explain(analysis: &Analysis, crossing: &Crossing) -> String {
    let mut out = String::new();
    let (from, to) = (plain(analysis.service_id(crossing.from)).to_string(), plain(analysis.service_id(crossing.to)).to_string());
    let size = format!("{}, {}", view::counted(crossing.items.len(), "item", "items"), view::references(crossing.references));
    let _ = writeln!(out, "{BOLD}{from} → {to}: {}{BOLD:#} ({size})", crossing.style.name());
    super::service::reasons(&crossing.because, &mut out);
    for means in &crossing.means {
        let with = means.with.as_ref().map(|with| format!(" with {}", plain(with))).unwrap_or_default();
        let _ = writeln!(out, "\n{BOLD}By {}{with}{BOLD:#}", means.protocol.name());
        super::service::reasons(&means.because, &mut out);
        for message in &means.messages {
            let notes = [
                (message.needs_dto, "needs a transfer object"),
                (message.repeatable, "may be repeated"),
                (message.outbox, "through an outbox"),
            ];
            let notes: Vec<&str> = notes.into_iter().filter(|(is, _)| *is).map(|(_, note)| note).collect();
            let _ = writeln!(out, "    {} {DIM}{}{DIM:#} {}", plain(&message.name), plain(&message.item), notes.join(", "));
        }
    }
    let _ = writeln!(out, "\n{BOLD}What crosses{BOLD:#}");
    crossing.items.iter().for_each(|i| item(i, &mut out));
    out
}

fn item(item: &CrossedItem, out: &mut String) {
    let _ = writeln!(out, "  {} ({}): {}", plain(&item.path), item.kind.map_or("mod", |k| k.name()), item.style.name());
    let _ = writeln!(out, "    · {}", wrap(&plain(&item.because), 6));
    if let Some(remote) = &item.remote {
        let _ = writeln!(out, "    · over a wire: {}", remote.fit.name());
        for why in &remote.because {
            let _ = writeln!(out, "      {}", wrap(&plain(why), 6));
        }
    }
    let _ =
        writeln!(out, "    {DIM}defined at {}; {}{DIM:#}", plain(&item.defined.to_string()), plain(&view::places(&item.sites, usize::MAX)));
}
