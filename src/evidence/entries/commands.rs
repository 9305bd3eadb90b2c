//! Commands of a command line: clap, derived or built.
//!
//! Takes: enums that derive what clap or structopt read, and calls that build commands. Gives: [`Found`] for each. A command below another has both names.
//! What handles a derived command is the function that matches on its variant, and what runs is what the arm calls; what handles a built
//! one is the function beside it that is called as such functions usually are.

use super::Found;
use super::attributes::arguments;
use super::handlers::Handler;
use crate::evidence::code::{self, Code, Place};
use crate::model::calls::{Call, Invocation, Member, Value};
use crate::model::codebase::{DependencyKind, Item, ItemKind, Reference};
use crate::model::evidence::Spot;
use crate::model::evidence::entry::EntryKind;
use crate::model::ids::{FileId, ItemId};
use crate::model::place::Site;
use std::collections::{BTreeMap, BTreeSet};

/// Derives that make commands of an enum's variants.
const DERIVES: &[&str] = &["Subcommand", "Parser", "StructOpt", "Clap"];
/// Arms that only say that nobody comes here.
const NEVER: &[&str] = &["unreachable!", "panic!", "unimplemented!", "todo!"];

/// Commands below commands are followed this far.
const DEPTH: usize = 4;
/// Functions that stand beside the one that builds a command and run it, in the order in which they are looked for.
const RUNNERS: &[&str] = &["exec", "execute", "run", "main", "handle", "handler", "call"];

/// All commands.
pub(super) fn found(code: &Code<'_>) -> Vec<Found> {
    let mut found = derived(code);
    if code.anyone_uses("clap") {
        found.extend(built(code));
    }
    found
}

fn derived(code: &Code<'_>) -> Vec<Found> {
    let codebase = code.codebase;
    let is_commands = |id: &ItemId| {
        let of = &codebase.items[id.index()];
        of.kind == ItemKind::Enum && of.derives.iter().any(|d| DERIVES.contains(&d.as_str()))
    };
    let enums: Vec<ItemId> = (0..codebase.items.len()).map(ItemId::from).filter(is_commands).collect();
    // Which variant leads on to which enum.
    let mut below: BTreeMap<ItemId, Vec<(ItemId, String)>> = BTreeMap::new();
    for id in &enums {
        let of = &codebase.items[id.index()];
        let lines: Vec<u32> = of.members.iter().map(|v| variant_site(code, *id, &v.name).line).collect();
        for (at, variant) in of.members.iter().enumerate() {
            let end = lines[at + 1..].iter().copied().find(|line| *line > lines[at]).unwrap_or(of.end_line.max(lines[at]) + 1);
            let says = |item: ItemId| {
                let mut words = variant.types.split(|c: char| !c.is_alphanumeric() && c != '_');
                words.any(|word| word == codebase.items[item.index()].name)
            };
            // Many are called `Command`: what stands there refers to tells them apart.
            let holds = |item: ItemId| {
                let written = |r: &&Reference| r.from_item == Some(*id) && (lines[at]..end).contains(&r.line);
                says(item) && code.references_to(item).iter().any(written)
            };
            let is_struct = |item: &ItemId| codebase.items[item.index()].kind == ItemKind::Struct;
            for inner in enums.iter().filter(|inner| *inner != id) {
                let through = || code.references_to(*inner).iter().filter_map(|r| r.from_item).filter(is_struct).any(holds);
                let named = holds(*inner) || through();
                if named {
                    below.entry(*inner).or_default().push((*id, command_name(code, of, variant)));
                }
            }
        }
    }
    let mut found = Vec::new();
    for id in &enums {
        let of = &codebase.items[id.index()];
        let arms = arms(code, *id);
        for variant in &of.members {
            let leads_on = below.values().flatten().any(|(from, name)| from == id && *name == command_name(code, of, variant));
            if leads_on || variant.attributes.iter().any(|a| arguments(&a.arguments).iter().any(|(_, v)| v == "external_subcommand")) {
                continue;
            }
            let handler = arms.get(&variant.name).cloned().unwrap_or_default();
            for name in names(*id, &command_name(code, of, variant), &below, 0) {
                let site = variant_site(code, *id, &variant.name);
                let declared = Spot { module: of.module, item: Some(of.name.clone()), site };
                let handler = handler.clone();
                found.push(Found { kind: EntryKind::Command, name, handler, declared, technology: "clap".into() });
            }
        }
    }
    found
}

/// The command with those above it.
fn names(of: ItemId, name: &str, below: &BTreeMap<ItemId, Vec<(ItemId, String)>>, depth: usize) -> Vec<String> {
    match below.get(&of) {
        Some(above) if depth < DEPTH => {
            above.iter().flat_map(|(outer, command)| names(*outer, command, below, depth + 1)).map(|n| format!("{n} {name}")).collect()
        }
        _ => vec![name.to_owned()],
    }
}

/// Where a variant stands in its enum.
fn variant_site(code: &Code<'_>, id: ItemId, variant: &str) -> Site {
    let of = &code.codebase.items[id.index()];
    let site = code.codebase.item_site(id);
    let is_variant = |line: &[char]| {
        let text: String = line.iter().collect();
        let rest = text.trim_start().strip_prefix(variant).map(str::to_owned);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
    };
    let line = code.lines(code.codebase.modules[of.module.index()].file, |lines| {
        let (from, to) = (usize::try_from(of.line).ok()?, usize::try_from(of.end_line).ok()?);
        let at = (from..to.min(lines.len())).find(|at| is_variant(&lines[*at]))?;
        u32::try_from(at + 1).ok()
    });
    Site::new(site.file.clone(), line.flatten().unwrap_or(site.line))
}

/// As the user types it: `ImportAll` as `import-all`, unless an attribute says otherwise.
fn command_name(code: &Code<'_>, of: &Item, variant: &Member) -> String {
    let name = &variant.name;
    let given = variant.attributes.iter().filter(|a| matches!(a.path.as_str(), "command" | "clap" | "structopt")).find_map(|a| {
        let all = arguments(&a.arguments);
        let value = all.into_iter().find(|(key, _)| key == "name").map(|(_, value)| value)?;
        if a.arguments.contains(&format!("\"{value}\"")) {
            return Some(value);
        }
        // A constant, without quotes.
        let constant = code.item_named(of.module, value.rsplit("::").next()?, |kind| kind == ItemKind::Const)?;
        code.text(code.codebase.constant(constant)?, code.codebase.items[constant.index()].module)
    });
    given.unwrap_or_else(|| {
        let mut out = String::new();
        let mut before_lower = false;
        for c in name.chars() {
            if c.is_uppercase() && before_lower {
                out.push('-');
            }
            before_lower = !c.is_uppercase();
            out.extend(c.to_lowercase());
        }
        out.replace('_', "-")
    })
}

/// By variant: the function that matches on it and does something with it, and what its arm calls.
fn arms(code: &Code<'_>, of: ItemId) -> BTreeMap<String, Handler> {
    let variants: BTreeSet<&str> = code.codebase.items[of.index()].members.iter().map(|m| m.name.as_str()).collect();
    let mut places: BTreeMap<ItemId, Vec<(FileId, Place, String)>> = BTreeMap::new();
    for reference in code.references_to(of) {
        if let Some(from) = reference.from_item
            && matches!(reference.kind, DependencyKind::Path | DependencyKind::Type)
            && let Some(word) = code.word_at(reference.file, (reference.line, reference.column))
            && variants.contains(word.as_str())
        {
            places.entry(from).or_default().push((reference.file, (reference.line, reference.column), word));
        }
    }
    // The function that tells the most variants apart comes first; what it does nothing for is another's.
    let mut matchers: Vec<_> = places.into_iter().collect();
    matchers.sort_by_key(|(item, places)| (std::cmp::Reverse(places.len()), *item));
    let mut arms: BTreeMap<String, Handler> = BTreeMap::new();
    for (matcher, mut places) in matchers {
        places.sort();
        let last_line = code.codebase.items[matcher.index()].end_line;
        let mut own: BTreeMap<String, Handler> = BTreeMap::new();
        for (at, (file, from, variant)) in places.iter().enumerate() {
            let next = places.get(at + 1).map_or((last_line, u32::MAX), |(_, next, _)| (next.0, next.1.saturating_sub(1)));
            let end = code.arm_end(*file, *from).map_or(next, |end| end.min(next));
            if arms.contains_key(variant) || is_never(code, *file, *from) {
                continue;
            }
            let arm = own.entry(variant.clone()).or_insert_with(|| Handler { item: Some(matcher), ..Handler::default() });
            for reference in code.between(*file, *from, end) {
                if let Some(to) = reference.to_item
                    && code.codebase.items[to.index()].kind == ItemKind::Function
                    && !arm.starts.contains(&to)
                {
                    arm.starts.push(to);
                }
            }
        }
        arms.extend(own);
    }
    arms
}

/// Does the arm that begins there say that nobody comes there?
fn is_never(code: &Code<'_>, file: FileId, from: Place) -> bool {
    let does = code.lines(file, |lines| {
        let line = usize::try_from(from.0).ok()?.checked_sub(1)?;
        let text: String = lines.iter().skip(line).take(3).flat_map(|l| l.iter().chain([&' '])).collect();
        let text: String = text.chars().skip(usize::try_from(from.1).ok()?.saturating_sub(1)).collect();
        Some(text.split_once("=>")?.1.trim_start().trim_start_matches('{').trim_start().to_owned())
    });
    does.flatten().is_some_and(|does| NEVER.iter().any(|never| does.starts_with(never)))
}

/// Commands that are put together by calls.
fn built(code: &Code<'_>) -> Vec<Found> {
    let codebase = code.codebase;
    let calls = code.every_call();
    // Functions that only hand a name on to clap.
    let makes_one = |call: &Call| matches!(call.callee.text.rsplit("::").nth(1), Some("Command" | "App" | "SubCommand"));
    let is_own =
        |call: &Call| code::crate_of(&call.callee) == Some("clap") && matches!(call.name(), "new" | "with_name") && makes_one(call);
    let wrappers: BTreeSet<ItemId> =
        calls.iter().filter(|(_, c)| is_own(c) && matches!(c.args.first(), Some(Value::Local(..)))).filter_map(|(i, _)| i.item).collect();
    let makes = |call: &Call| is_own(call) || call.callee.item.is_some_and(|item| wrappers.contains(&item));
    // What is given to `subcommand` and its like: calls by their places, and functions.
    let mut given: BTreeSet<(FileId, u32, u32)> = BTreeSet::new();
    // By the place of a command, that of the one above it, whose name it is below.
    let mut above: BTreeMap<(FileId, u32, u32), (FileId, u32, u32)> = BTreeMap::new();
    let mut makers: BTreeSet<ItemId> = BTreeSet::new();
    for (invocation, call) in calls {
        if call.receiver.is_some() && matches!(call.name(), "subcommand" | "subcommands") {
            for value in &call.args {
                let mut inner = Vec::new();
                code::calls_in(value, &mut inner);
                given.extend(inner.iter().map(|c| (invocation.file, c.line, c.column)));
                let outer = code::chain(call)[0];
                // Inner chains come last, so that the innermost stays.
                above.extend(inner.iter().map(|c| ((invocation.file, c.line, c.column), (invocation.file, outer.line, outer.column))));
                makers.extend(inner.iter().filter_map(|c| code.called(invocation.file, c)));
                makers.extend(code.named_in(invocation.file, call));
            }
        }
    }
    // A function that gives a list calls those that make its entries.
    let of_item: BTreeSet<ItemId> = calls.iter().filter(|(_, c)| makes(c)).filter_map(|(i, _)| i.item).collect();
    for _ in 0..2 {
        let more =
            codebase.references.iter().filter(|r| r.from_item.is_some_and(|from| makers.contains(&from) && !wrappers.contains(&from)));
        let more: Vec<ItemId> = more.filter_map(|r| r.to_item).filter(|to| of_item.contains(to)).collect();
        makers.extend(more);
    }
    let mut found = Vec::new();
    let mut names: BTreeMap<(FileId, u32, u32), String> = BTreeMap::new();
    for (invocation, call) in calls {
        let is_command = makes(call)
            && (given.contains(&(invocation.file, call.line, call.column))
                || invocation.item.is_some_and(|item| makers.contains(&item) && !wrappers.contains(&item)));
        if let Some(name) = call.args.first().filter(|_| is_command).and_then(|v| code.text(v, invocation.from)) {
            let place = (invocation.file, call.line, call.column);
            // Outer calls are met before those in their arguments.
            let name = match above.get(&place).and_then(|outer| names.get(outer)) {
                Some(outer) => format!("{outer} {name}"),
                None => name,
            };
            names.insert(place, name.clone());
            found.push(Found {
                kind: EntryKind::Command,
                name,
                handler: beside(code, invocation),
                declared: code.spot(invocation, call.line),
                technology: "clap".into(),
            });
        }
    }
    found
}

/// The function beside the one that builds a command that most probably runs it.
fn beside(code: &Code<'_>, invocation: &Invocation) -> Handler {
    let Some(item) = invocation.item else { return Handler::default() };
    let siblings = RUNNERS.iter().find_map(|name| {
        code.codebase
            .items
            .iter()
            .position(|i| i.module == invocation.from && i.parent.is_none() && i.name == *name && i.kind == ItemKind::Function)
    });
    siblings.map(ItemId::from).filter(|s| *s != item).map(Handler::item).unwrap_or_default()
}

/// The start of every program.
pub(super) fn mains(code: &Code<'_>) -> Vec<Found> {
    let codebase = code.codebase;
    let mut found = Vec::new();
    for krate in codebase.crates.iter().filter(|k| k.kind == crate::model::codebase::CrateKind::Binary) {
        let is_main = |i: &crate::model::codebase::Item| i.module == krate.root && i.parent.is_none() && i.name == "main";
        if let Some(index) = codebase.items.iter().position(is_main) {
            let id = ItemId::from(index);
            let site: Site = codebase.item_site(id);
            found.push(Found {
                kind: EntryKind::Main,
                name: krate.name.trim_end_matches("#bin").to_owned(),
                handler: Handler::item(id),
                declared: Spot { module: krate.root, item: Some("main".into()), site },
                technology: "rust".into(),
            });
        }
    }
    found
}
