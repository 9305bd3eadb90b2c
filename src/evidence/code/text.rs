//! Text that a value stands for, as far as that is written in the code.
//!
//! Takes: a [`Value`]. Gives: the texts that it may be, `{}` for what is decided at run time. Constants and what `format!` fills in are
//! followed; bounded in depth and number.

use super::Code;
use crate::model::calls::{Call, CallKind, Path, Value};
use crate::model::codebase::{Item, ItemKind};
use crate::model::ids::ModuleId;

/// What stands for text that is decided at run time.
pub(in crate::evidence) const HOLE: &str = "{}";

/// Values inside values are followed this far.
const DEPTH: u32 = 16;
/// A value that may be more texts than this is cut off.
const MOST: usize = 8;

/// Methods that give the text that they are called on, in another type.
const SAME: &[&str] = &[
    "as_bytes",
    "as_ref",
    "as_str",
    "borrow",
    "clone",
    "deref",
    "expect",
    "into",
    "into_boxed_str",
    "into_string",
    "parse",
    "to_owned",
    "to_string",
    "to_vec",
    "trim",
    "try_into",
    "unwrap",
    "unwrap_or_default",
];

/// Functions whose only argument is the text that they give, in another type.
const WRAPPERS: &[&str] = &["from", "new", "Some", "Ok", "Borrowed", "Owned", "parse", "from_static", "from_str", "static_str"];

impl Code<'_> {
    /// What a value may be; never empty.
    pub(in crate::evidence) fn texts(&self, value: &Value, module: ModuleId) -> Vec<String> {
        let mut texts = self.text_of(value, module, 0);
        texts.dedup();
        texts.truncate(MOST);
        texts
    }

    /// What a value is, with holes; `None` where nothing of it is known.
    pub(in crate::evidence) fn text(&self, value: &Value, module: ModuleId) -> Option<String> {
        self.texts(value, module).into_iter().find(|t| is_known(t))
    }

    /// What a value is, with what is decided at run time in braces by the name that it has in the code.
    pub(in crate::evidence) fn text_with_names(&self, value: &Value, module: ModuleId) -> String {
        let texts = self.texts(value, module);
        let text = texts.iter().find(|t| is_known(t)).or(texts.first()).map(String::as_str).unwrap_or_default();
        let mut names = Vec::new();
        self.names_of_holes(value, module, &mut names);
        if text.matches(HOLE).count() != names.len() {
            return text.to_owned();
        }
        let mut pieces = text.split(HOLE);
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.zip(names).fold(first, |done, (piece, name)| format!("{done}{{{name}}}{piece}"))
    }

    /// Names of what is decided at run time, in the order in which it stands in the text.
    fn names_of_holes(&self, value: &Value, module: ModuleId, names: &mut Vec<String>) {
        let is_open = |value: &Value| self.texts(value, module).iter().any(|t| t.contains(HOLE));
        match value {
            Value::Joined(list) => list.iter().for_each(|v| self.names_of_holes(v, module, names)),
            Value::Call(call) if call.name() == "concat" => {
                let parts = match call.receiver.as_deref() {
                    Some(Value::List(parts)) => parts,
                    _ => &call.args,
                };
                parts.iter().for_each(|v| self.names_of_holes(v, module, names));
            }
            Value::Call(call) if call.kind == CallKind::Macro && matches!(call.name(), "format" | "format_args") => {
                let Some((Value::Text(template), given)) = call.args.split_first() else { return };
                let mut next = given.iter();
                for hole in template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(hole, _)| hole)) {
                    let name = hole.split(':').next().unwrap_or_default();
                    // What a template names stands after what it is given, and is numbered in it.
                    let value = if name.is_empty() { next.next() } else { name.parse().ok().and_then(|at: usize| given.get(at)) };
                    value.into_iter().for_each(|v| self.names_of_holes(v, module, names));
                }
            }
            other if is_open(other) => names.extend(named(other)),
            _ => {}
        }
    }

    fn text_of(&self, value: &Value, module: ModuleId, depth: u32) -> Vec<String> {
        let hole = || vec![HOLE.to_owned()];
        if depth > DEPTH {
            return hole();
        }
        let next = depth + 1;
        match value {
            Value::Text(text) => vec![text.clone()],
            Value::Path(path) => match path.item.and_then(|item| Some((item, self.codebase.constant(item)?))) {
                Some((item, value)) => self.text_of(value, self.codebase.items[item.index()].module, next),
                None => hole(),
            },
            Value::Call(call) => self.text_of_call(call, module, next),
            Value::Either(list) => list.iter().flat_map(|v| self.text_of(v, module, next)).take(MOST).collect(),
            Value::Joined(list) => list.iter().fold(vec![String::new()], |done, v| product(&done, &self.text_of(v, module, next))),
            Value::List(list) if list.len() == 1 => self.text_of(&list[0], module, next),
            _ => hole(),
        }
    }

    fn text_of_call(&self, call: &Call, module: ModuleId, depth: u32) -> Vec<String> {
        let name = call.name();
        match (call.kind, call.receiver.as_deref(), call.args.as_slice()) {
            (CallKind::Macro, _, [template, rest @ ..]) if matches!(name, "format" | "format_args") => {
                let templates = self.text_of(template, module, depth);
                templates.iter().flat_map(|t| self.filled(t, rest, module, depth)).take(MOST).collect()
            }
            (CallKind::Macro, _, parts) if matches!(name, "concat" | "concatcp" | "formatcp") => {
                parts.iter().fold(vec![String::new()], |done, v| product(&done, &self.text_of(v, module, depth)))
            }
            (CallKind::Method, Some(receiver), []) if SAME.contains(&name) && !self.is_variant(receiver) => {
                self.text_of(receiver, module, depth)
            }
            (CallKind::Method, Some(receiver), [_]) if matches!(name, "expect" | "unwrap_or") => self.text_of(receiver, module, depth),
            (CallKind::Method, Some(Value::List(parts)), []) if name == "concat" => {
                parts.iter().fold(vec![String::new()], |done, v| product(&done, &self.text_of(v, module, depth)))
            }
            (CallKind::Method, Some(receiver), [more]) if name == "join" && !matches!(receiver, Value::List(_)) => {
                let base: Vec<String> = self.text_of(receiver, module, depth).iter().map(|t| t.trim_end_matches('/').to_owned()).collect();
                let more: Vec<String> =
                    self.text_of(more, module, depth).iter().map(|t| format!("/{}", t.trim_start_matches('/'))).collect();
                product(&base, &more)
            }
            (CallKind::Method, Some(Value::Path(path)), []) => match self.text_of_variant(path, name) {
                Some(text) => vec![text],
                None => vec![HOLE.to_owned()],
            },
            (CallKind::Function, _, [only]) if WRAPPERS.contains(&name) => self.text_of(only, module, depth),
            _ => vec![HOLE.to_owned()],
        }
    }

    fn is_variant(&self, value: &Value) -> bool {
        let item = value.path().and_then(|p| p.item);
        item.is_some_and(|item| self.codebase.items[item.index()].kind == ItemKind::Enum)
    }

    /// `Group::Orders.str()`: what the arm of the method's `match` says, where it is text.
    fn text_of_variant(&self, path: &Path, method: &str) -> Option<String> {
        let items = &self.codebase.items;
        let of = path.item.filter(|item| items[item.index()].kind == ItemKind::Enum)?;
        let of_enum = |i: &Item| i.name == method && i.parent.is_some_and(|p| items[p.index()].self_type == Some(of));
        let method = items.iter().find(|i| of_enum(i))?;
        let file = self.codebase.modules[method.module.index()].file;
        let (from, to) = (usize::try_from(method.line).ok()?, usize::try_from(method.end_line).ok()?);
        let arm = format!("::{} => \"", path.name());
        self.lines(file, |lines| {
            let body = lines.iter().take(to).skip(from.saturating_sub(1)).map(|l| l.iter().collect::<String>());
            body.filter_map(|l| Some(l.split_once(&arm)?.1.split_once('"')?.0.to_owned())).next()
        })
        .flatten()
    }

    /// A template with its holes filled by what is given, and by constants that are named in it.
    fn filled(&self, template: &str, given: &[Value], module: ModuleId, depth: u32) -> Vec<String> {
        let mut done = vec![String::new()];
        let mut next = given.iter();
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            done = product(&done, &[before.to_owned()]);
            if after.starts_with("{{") || after.starts_with("}}") {
                done = product(&done, &[after[..1].to_owned()]);
                rest = &after[2..];
                continue;
            }
            let Some(close) = after.find('}') else { break };
            let name = after[1..close.max(1)].split(':').next().unwrap_or_default();
            let by_position = if name.is_empty() { Some(next.next()) } else { name.parse().ok().map(|at: usize| given.get(at)) };
            let filling = if let Some(value) = by_position {
                value.map_or_else(|| vec![HOLE.to_owned()], |value| self.text_of(value, module, depth))
            } else {
                let is_constant = |kind| matches!(kind, ItemKind::Const | ItemKind::Static);
                let upper = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
                let constant = upper.then(|| self.item_named(module, name, is_constant)).flatten();
                match constant.and_then(|item| Some((item, self.codebase.constant(item)?))) {
                    Some((item, value)) => self.text_of(value, self.codebase.items[item.index()].module, depth),
                    None => vec![HOLE.to_owned()],
                }
            };
            done = product(&done, &filling);
            rest = &after[close + 1..];
        }
        product(&done, &[rest.to_owned()])
    }
}

/// What a value is called where it is made.
fn named(value: &Value) -> Option<String> {
    match value {
        Value::Path(path) => {
            let mut last: Vec<&str> = path.text.rsplit("::").take(2).collect();
            last.reverse();
            Some(last.join("::"))
        }
        Value::Local(name, _) => Some(name.clone()),
        Value::Field(base, field) => Some(named(base).map_or_else(|| field.clone(), |base| format!("{base}.{field}"))),
        Value::Call(call) => call.receiver.as_deref().and_then(named).or_else(|| Some(call.name().to_owned())),
        Value::List(list) if list.len() == 1 => named(&list[0]),
        _ => None,
    }
}

/// Is there anything in it that is written in the code?
pub(in crate::evidence) fn is_known(text: &str) -> bool {
    text.replace(HOLE, "").chars().any(char::is_alphanumeric) || !text.contains(HOLE)
}

fn product(left: &[String], right: &[String]) -> Vec<String> {
    left.iter().flat_map(|l| right.iter().map(move |r| format!("{l}{r}"))).take(MOST).collect()
}
