//! Fields of GraphQL roots.
//!
//! Takes: impl blocks with `#[Object]`, `#[Subscription]`, `#[graphql_object]`, and calls that build a schema. Gives: [`Found`] for each
//! public method of a root. Roots are the types that a schema is built of, with those that are merged into them; where no such call can be
//! read, types whose names say so.

use super::Found;
use super::handlers::Handler;
use crate::evidence::code::Code;
use crate::model::calls::Value;
use crate::model::codebase::ItemKind;
use crate::model::evidence::entry::EntryKind;
use crate::model::ids::ItemId;
use std::collections::{BTreeMap, BTreeSet};

/// Attributes of impl blocks whose methods are fields, and whose they are.
const OBJECTS: &[(&str, &str)] = &[
    ("Object", "async-graphql"),
    ("ComplexObject", "async-graphql"),
    ("Subscription", "async-graphql"),
    ("graphql_object", "juniper"),
    ("graphql_subscription", "juniper"),
];

/// The roots of a schema, in the order in which it takes them.
const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// All fields of roots.
pub(super) fn found(code: &Code<'_>) -> Vec<Found> {
    let codebase = code.codebase;
    let roots = roots(code);
    let mut found = Vec::new();
    for (index, item) in codebase.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Impl) {
        let object = item.attributes.iter().find_map(|a| {
            let name = a.path.rsplit("::").next().unwrap_or_default();
            OBJECTS.iter().find(|(of, _)| *of == name)
        });
        let (Some((_, technology)), Some(of)) = (object, item.self_type) else { continue };
        let name = &codebase.items[of.index()].name;
        let by_name = || ROOTS.into_iter().find(|root| name.contains(root));
        let root = if roots.is_empty() { by_name() } else { roots.get(&of).copied() };
        let Some(root) = root else { continue };
        for member in code.members(ItemId::from(index)) {
            let method = &codebase.items[member.index()];
            // All methods are fields, private ones too: the attribute reads the whole block.
            let is_field = method.kind == ItemKind::Function;
            let hidden = method.attributes.iter().any(|a| a.path == "graphql" && a.arguments.contains("skip"));
            if is_field && !hidden {
                let renamed = method.attributes.iter().filter(|a| a.path == "graphql").find_map(|a| {
                    let all = super::attributes::arguments(&a.arguments);
                    all.into_iter().find(|(key, _)| key == "name").map(|(_, v)| v)
                });
                found.push(Found {
                    kind: EntryKind::GraphQl,
                    name: format!("{root}.{}", renamed.unwrap_or_else(|| lower_camel(&method.name))),
                    handler: Handler::item(*member),
                    declared: code.definition(*member),
                    technology: (*technology).into(),
                });
            }
        }
    }
    found
}

/// The types of roots, and those that are merged into them.
fn roots(code: &Code<'_>) -> BTreeMap<ItemId, &'static str> {
    let mut roots = BTreeMap::new();
    for (_, call) in code.every_call() {
        let schema = matches!(call.name(), "build" | "new") && ["Schema", "RootNode"].iter().any(|s| call.callee.text.contains(s));
        if schema && call.args.len() == ROOTS.len() {
            for (value, root) in call.args.iter().zip(ROOTS) {
                if let Some(item) = type_of(code, value) {
                    roots.insert(item, root);
                }
            }
        }
    }
    // `#[derive(MergedObject)] struct Query(Orders, Carts);`
    let mut all: Vec<(ItemId, &'static str)> = roots.iter().map(|(item, root)| (*item, *root)).collect();
    let mut seen: BTreeSet<ItemId> = roots.keys().copied().collect();
    while let Some((item, root)) = all.pop() {
        let of = &code.codebase.items[item.index()];
        if !of.derives.iter().any(|d| d.starts_with("Merged")) {
            continue;
        }
        for member in &of.members {
            let name = member.types.rsplit("::").next().unwrap_or_default();
            if let Some(part) = code.item_named(of.module, name, |kind| matches!(kind, ItemKind::Struct | ItemKind::Enum))
                && seen.insert(part)
            {
                roots.insert(part, root);
                all.push((part, root));
            }
        }
    }
    roots
}

fn type_of(code: &Code<'_>, value: &Value) -> Option<ItemId> {
    let item = match value {
        Value::Path(path) | Value::Struct(path, _) => path.item?,
        Value::Call(call) => call.callee.item?,
        _ => return None,
    };
    // `Query::default()` leads to the impl's function.
    let of = &code.codebase.items[item.index()];
    if of.kind.is_type() { Some(item) } else { code.codebase.items[of.parent?.index()].self_type }
}

fn lower_camel(name: &str) -> String {
    let camel = super::rpc::camel(name);
    let mut chars = camel.chars();
    chars.next().map(|c| c.to_ascii_lowercase().to_string() + chars.as_str()).unwrap_or_default()
}
