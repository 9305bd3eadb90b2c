//! Remote procedures: tonic's services.
//!
//! Takes: impl blocks, `.proto` files, and calls that serve something. Gives: [`Found`] for each method of a service that is implemented.
//! The trait of a service is written by a build script; so an impl of a trait that nobody defines is one where a `.proto` file has a
//! service of that name, or where its `…Server` is served.

use super::Found;
use super::handlers::Handler;
use super::proto::Service;
use crate::evidence::code::Code;
use crate::model::codebase::{Item, ItemKind};
use crate::model::evidence::entry::EntryKind;
use crate::model::ids::ItemId;
use std::collections::BTreeSet;

/// All methods.
pub(super) fn found(code: &Code<'_>, services: &[Service]) -> Vec<Found> {
    let codebase = code.codebase;
    let served: BTreeSet<&str> = code
        .every_call()
        .iter()
        .flat_map(|(_, call)| call.callee.text.split("::"))
        .filter_map(|part| part.strip_suffix("Server"))
        .collect();
    let mut found = Vec::new();
    for (index, item) in codebase.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Impl) {
        let Some(name) = of_trait(item) else { continue };
        let generated =
            item.implements.is_some_and(|t| codebase.modules[codebase.items[t.index()].module.index()].name().ends_with("_server"));
        let described = services.iter().find(|s| s.name == name);
        let is_service =
            generated || item.implements.is_none() && code.anyone_uses("tonic") && (described.is_some() || served.contains(name));
        if !is_service {
            continue;
        }
        let package = described.map(|s| s.package.as_str()).unwrap_or_default();
        let written_there = item.implements.map(|of| generated_names(code, of)).unwrap_or_default();
        let full = if package.is_empty() { name.to_owned() } else { format!("{package}.{name}") };
        for member in code.members(ItemId::from(index)) {
            let method = &codebase.items[member.index()];
            if method.kind != ItemKind::Function {
                continue;
            }
            let camel = camel(&method.name);
            let written = described.and_then(|s| s.methods.iter().find(|(m, _)| m.eq_ignore_ascii_case(&camel)));
            let bare = |name: &str| name.replace('_', "").to_lowercase();
            let generated = written_there.iter().find(|path| path.rsplit('/').next().is_some_and(|m| bare(m) == bare(&method.name)));
            found.push(Found {
                kind: EntryKind::Rpc,
                name: generated.cloned().unwrap_or_else(|| format!("{full}/{}", written.map_or(&camel, |(m, _)| m))),
                handler: Handler::item(*member),
                declared: code.definition(*member),
                technology: "tonic".into(),
            });
        }
    }
    found
}

/// What a server that a build wrote into the repository compares a request's path with: `shop.v1.Orders/Place`.
fn generated_names(code: &Code<'_>, of_trait: ItemId) -> Vec<String> {
    let of = &code.codebase.items[of_trait.index()];
    let file = code.codebase.modules[of.module.index()].file;
    let path = |line: &Vec<char>| {
        let text: String = line.iter().collect();
        let path = text.split_once("\"/")?.1.split_once('"')?.0.to_owned();
        let (service, method) = path.split_once('/')?;
        (service.rsplit('.').next() == Some(&of.name) && !method.contains('/')).then_some(path.clone())
    };
    code.lines(file, |lines| lines.iter().filter_map(path).collect()).unwrap_or_default()
}

/// Name of the trait that an impl block is of.
pub(super) fn of_trait(item: &Item) -> Option<&str> {
    let (of, _) = item.name.strip_prefix("impl ")?.split_once(" for ")?;
    of.split('<').next()
}

/// `place_order` as `PlaceOrder`.
pub(super) fn camel(name: &str) -> String {
    let upper = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|c| c.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
    };
    name.split('_').map(upper).collect()
}
