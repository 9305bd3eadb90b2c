//! Routes that stand in attributes of their handlers.
//!
//! Takes: attributes of functions, and what mounts these. Gives: [`Found`] of actix-web, rocket, ntex, poem-openapi and dropshot; and of
//! utoipa, which documents what is registered elsewhere: only handlers that nothing else leads to are taken from it.

use super::handlers::Handler;
use super::routes::join;
use super::tree::{Node, Tree};
use super::{Found, words};
use crate::evidence::code::Code;
use crate::model::calls::Attribute;
use crate::model::codebase::ItemKind;
use crate::model::evidence::Spot;
use crate::model::evidence::entry::EntryKind;
use crate::model::ids::ItemId;
use crate::model::place::Site;

/// Frameworks whose attributes name paths, by crate.
const WITH_ATTRIBUTES: &[&str] = &["actix_web", "rocket", "ntex", "poem_openapi", "dropshot"];

/// Routes that only an attribute names.
pub(super) fn found(code: &Code<'_>, tree: &Tree) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, item) in code.codebase.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Function) {
        let id = ItemId::from(index);
        for attribute in &item.attributes {
            let Some((methods, path)) = of_attribute(attribute) else { continue };
            let Some(framework) = framework(code, id, attribute) else { continue };
            let mut node = Node::Item(id);
            if let Some(of) = item.parent.and_then(|p| code.codebase.items[p.index()].self_type)
                && !tree.is_mounted(node)
            {
                node = Node::Item(of);
            }
            found.extend(each(code, tree, id, node, &methods, &path, (attribute, framework)));
        }
    }
    found
}

/// Routes that utoipa documents, of handlers that are not in `known`.
pub(super) fn documented(code: &Code<'_>, tree: &Tree, known: &dyn Fn(ItemId) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, item) in code.codebase.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Function) {
        let id = ItemId::from(index);
        let documents = |a: &&Attribute| a.path == "utoipa::path";
        if let Some(attribute) = item.attributes.iter().find(documents)
            && !known(id)
        {
            let arguments = arguments(&attribute.arguments);
            let Some(path) = value(&arguments, "path") else { continue };
            let path = join(value(&arguments, "context_path").unwrap_or_default(), path, "");
            let methods: Vec<String> =
                arguments.iter().filter(|(key, _)| key.is_empty()).filter_map(|(_, v)| words::verb(v)).map(str::to_owned).collect();
            found.extend(each(code, tree, id, Node::Item(id), &methods, &path, (attribute, "utoipa")));
        }
    }
    found
}

fn each(
    code: &Code<'_>,
    tree: &Tree,
    handler: ItemId,
    node: Node,
    methods: &[String],
    path: &str,
    (attribute, technology): (&Attribute, &str),
) -> Vec<Found> {
    let definition = code.definition(handler);
    let declared = Spot { site: Site::new(definition.site.file.clone(), attribute.line), ..definition };
    // Functions that call a handler by its name say nothing of its path.
    let prefixes = if tree.is_mounted(node) { tree.prefixes(node, code) } else { vec![String::new()] };
    let mut found = Vec::new();
    for prefix in prefixes {
        for method in methods {
            found.push(Found {
                kind: EntryKind::Route,
                name: format!("{method} {}", join(&prefix, path, technology)),
                handler: Handler::item(handler),
                declared: declared.clone(),
                technology: technology.into(),
            });
        }
    }
    found
}

/// Methods and path.
fn of_attribute(attribute: &Attribute) -> Option<(Vec<String>, String)> {
    let name = attribute.path.rsplit("::").next().unwrap_or_default();
    let (_, verb) = words::ROUTE_ATTRIBUTES.iter().find(|(of, _)| *of == name)?;
    let arguments = arguments(&attribute.arguments);
    let named = value(&arguments, "path").or_else(|| value(&arguments, "uri"));
    let first = arguments.iter().find(|(key, v)| key.is_empty() && words::verb(&v.to_lowercase()).is_none()).map(|(_, v)| v.as_str());
    // The first argument of these is no path.
    let only_named = matches!(name, "endpoint" | "oai" | "channel");
    let path = named.or(first.filter(|_| !only_named))?.to_owned();
    if !verb.is_empty() {
        return Some((vec![(*verb).to_owned()], path));
    }
    let methods = arguments.iter().filter(|(key, _)| matches!(key.as_str(), "" | "method"));
    let methods: Vec<String> = methods.filter_map(|(_, v)| words::verb(&v.to_lowercase())).map(str::to_owned).collect();
    Some((if methods.is_empty() { vec!["ANY".into()] } else { methods }, path))
}

fn framework(code: &Code<'_>, handler: ItemId, attribute: &Attribute) -> Option<&'static str> {
    // `#[web::get(…)]` is whose `web` is.
    if let Some((first, _)) = attribute.path.split_once("::").filter(|(first, _)| *first != "web") {
        return words::framework(first);
    }
    if attribute.path == "oai" {
        return Some("poem");
    }
    let module = code.codebase.items[handler.index()].module;
    let own = WITH_ATTRIBUTES.iter().find(|name| code.uses(module, name));
    // `#[macro_use] extern crate rocket;` brings names into all modules.
    let any = || WITH_ATTRIBUTES.iter().find(|name| code.anyone_uses(name));
    own.or_else(any).and_then(|name| words::framework(name))
}

fn value<'a>(arguments: &'a [(String, String)], key: &str) -> Option<&'a str> {
    arguments.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
}

/// `"/x", method = "GET"` as keys and values; what has no key has an empty one. Quotes are taken off.
pub(super) fn arguments(text: &str) -> Vec<(String, String)> {
    let (mut pieces, mut piece) = (Vec::new(), String::new());
    let (mut depth, mut quoted, mut before) = (0_i32, false, ' ');
    for c in text.chars() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                pieces.push(std::mem::take(&mut piece));
                continue;
            }
            _ => {}
        }
        before = c;
        piece.push(c);
    }
    pieces.push(piece);
    let bare = |text: &str| {
        let text = text.trim().trim_start_matches("r#").trim_end_matches('#');
        text.trim_matches('"').to_owned()
    };
    pieces
        .iter()
        .map(|p| p.trim())
        .filter(|p| !p.is_empty())
        .map(|p| match p.split_once('=').filter(|(key, _)| key.trim().chars().all(|c| c.is_alphanumeric() || c == '_')) {
            Some((key, value)) => (key.trim().to_owned(), bare(value)),
            None => (String::new(), bare(p)),
        })
        .collect()
}
