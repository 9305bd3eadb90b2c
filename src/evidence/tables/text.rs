//! Values as text, as far as that can be told without running anything.
//!
//! Takes: a [`Value`]. Gives: the texts that it may be, with [`HOLE`] for what is only known at run time. Constants stand for what they
//! are set to, `format!`, `concat!` and `+` are followed, `include_str!` gives the file.

use super::sql::HOLE;
use crate::host::Host;
use crate::model::calls::{Call, CallKind, Path, Value};
use crate::model::codebase::{Codebase, ItemKind};
use crate::model::ids::{FileId, ItemId, ModuleId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;

/// So many texts one value may be.
const ALTERNATIVES: usize = 8;
/// A longer text is cut: it is a hole from there on.
const LONGEST: usize = 2 << 20;
/// Constants of constants are followed this far.
const DEPTH: u32 = 24;

/// Methods that leave a text as it is, as far as tables are concerned.
const SAME: &[&str] = &[
    "to_string",
    "to_owned",
    "into",
    "as_str",
    "clone",
    "trim",
    "trim_start",
    "trim_end",
    "as_ref",
    "borrow",
    "into_boxed_str",
    "unwrap",
    "expect",
    "as_bytes",
    "into_owned",
    "deref",
    "to_lowercase",
    "to_uppercase",
    "as_deref",
    "into_string",
    "unwrap_or_default",
    "cloned",
];

/// Functions and macros that give their first argument.
const WRAPPERS: &[&str] = &["from", "new", "Some", "Ok", "Borrowed", "Owned", "AssertSqlSafe", "indoc", "dedent", "to_string"];

/// Macros whose first argument has holes that the others fill.
const FORMATS: &[&str] = &["format", "formatcp", "formatc", "formatdoc", "format_args", "const_format"];

/// Macros that put their arguments one behind the other.
const JOINS: &[&str] = &["concat", "concatcp", "concatc", "concatdoc"];

/// What values are folded with.
pub(in crate::evidence) struct Texts<'a> {
    pub(in crate::evidence) codebase: &'a Codebase,
    pub(in crate::evidence) host: &'a dyn Host,
    pub(in crate::evidence) root: &'a FilePath,
    /// Constants by name.
    constants: BTreeMap<&'a str, Vec<ItemId>>,
}

/// Where a value is written.
#[derive(Clone, Copy)]
pub(in crate::evidence) struct Whence {
    pub(in crate::evidence) file: FileId,
    pub(in crate::evidence) module: ModuleId,
}

impl<'a> Texts<'a> {
    pub(in crate::evidence) fn new(codebase: &'a Codebase, host: &'a dyn Host, root: &'a FilePath) -> Self {
        let mut constants: BTreeMap<&str, Vec<ItemId>> = BTreeMap::new();
        for (item, _) in &codebase.constants {
            let of = &codebase.items[item.index()];
            if matches!(of.kind, ItemKind::Const | ItemKind::Static) {
                constants.entry(&of.name).or_default().push(*item);
            }
        }
        Texts { codebase, host, root, constants }
    }

    /// The texts that a value may be; none where nothing of it is known.
    pub(in crate::evidence) fn of(&self, value: &Value, whence: Whence) -> Vec<String> {
        let mut texts = self.all(value, whence);
        texts.retain(|text| text.chars().any(|c| c != HOLE && !c.is_whitespace()));
        texts.dedup();
        texts
    }

    /// The same with those of which nothing is known, and with those that are empty.
    pub(in crate::evidence) fn all(&self, value: &Value, whence: Whence) -> Vec<String> {
        self.fold(value, whence, 0)
    }

    /// All that it may be, at least one.
    fn fold(&self, value: &Value, whence: Whence, depth: u32) -> Vec<String> {
        let hole = || vec![HOLE.to_string()];
        if depth > DEPTH {
            return hole();
        }
        match value {
            Value::Text(text) => vec![text.clone()],
            Value::Path(path) => self.constant(path, depth),
            Value::Joined(parts) => self.join(parts.iter().map(|p| self.fold(p, whence, depth + 1))),
            Value::Either(values) => {
                let mut all: Vec<String> = values.iter().flat_map(|v| self.fold(v, whence, depth + 1)).collect();
                once(&mut all);
                all.truncate(ALTERNATIVES);
                all
            }
            Value::Call(call) => self.call(call, whence, depth),
            _ => hole(),
        }
    }

    fn constant(&self, path: &Path, depth: u32) -> Vec<String> {
        let value = path.item.and_then(|item| Some((item, self.codebase.constant(item)?)));
        match value {
            Some((item, value)) => self.fold(value, self.whence(item), depth + 1),
            None => vec![HOLE.to_string()],
        }
    }

    /// Where an item is written.
    pub(in crate::evidence) fn whence(&self, item: ItemId) -> Whence {
        let module = self.codebase.items[item.index()].module;
        Whence { file: self.codebase.modules[module.index()].file, module }
    }

    fn call(&self, call: &Call, whence: Whence, depth: u32) -> Vec<String> {
        let name = call.name();
        let args = |list: &[Value]| -> Vec<Vec<String>> { list.iter().map(|a| self.fold(a, whence, depth + 1)).collect() };
        match call.kind {
            CallKind::Method => match &call.receiver {
                Some(receiver) if SAME.contains(&name) => self.fold(receiver, whence, depth + 1),
                Some(receiver) if matches!(name, "replace" | "replacen" | "as_mut_str") => self.fold(receiver, whence, depth + 1),
                // `["a", "b"].concat()`, `[…].join(" ")`
                Some(receiver) if matches!(name, "concat" | "join") => match &**receiver {
                    Value::List(parts) => {
                        let between = call.args.first().map_or_else(|| vec![String::new()], |a| self.fold(a, whence, depth + 1));
                        let parts = args(parts).into_iter().enumerate();
                        self.join(parts.flat_map(|(i, p)| if i == 0 { vec![p] } else { vec![between.clone(), p] }))
                    }
                    _ => vec![HOLE.to_string()],
                },
                _ => vec![HOLE.to_string()],
            },
            CallKind::Macro if matches!(name, "include_str" | "include_sql") => {
                let file = call.args.first().map(|a| self.fold(a, whence, depth + 1)).unwrap_or_default();
                let text = file.first().and_then(|file| self.beside(file, whence.file));
                vec![text.unwrap_or_else(|| HOLE.to_string())]
            }
            CallKind::Macro if FORMATS.contains(&name) => self.format(&call.args, whence, depth),
            CallKind::Macro if JOINS.contains(&name) => self.join(args(&call.args).into_iter()),
            CallKind::Function if call.callee.text.ends_with("String::new") || call.callee.text.ends_with("String::with_capacity") => {
                vec![String::new()]
            }
            CallKind::Macro | CallKind::Function if WRAPPERS.contains(&name) && !call.args.is_empty() => {
                self.fold(&call.args[0], whence, depth + 1)
            }
            _ => vec![HOLE.to_string()],
        }
    }

    /// A file that is named beside the one in which it is named.
    fn beside(&self, named: &str, file: FileId) -> Option<String> {
        let source = FilePath::new(&self.codebase.files[file.index()].path);
        let path = self.root.join(source.parent()?).join(named);
        self.read(&path)
    }

    /// A file that is named from the folder of its package.
    pub(in crate::evidence) fn of_package(&self, named: &str, file: FileId) -> Option<(String, String)> {
        let source = FilePath::new(&self.codebase.files[file.index()].path);
        let packages = source.ancestors().skip(1).filter(|a| self.host.is_file(&self.root.join(a).join("Cargo.toml")));
        for package in packages {
            if let Some(text) = self.read(&self.root.join(package).join(named)) {
                return Some((package.join(named).to_string_lossy().into_owned(), text));
            }
        }
        None
    }

    fn read(&self, path: &FilePath) -> Option<String> {
        let bytes = self.host.read(path, super::sql::LONGEST as u64).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Puts arguments into the holes of a format string.
    fn format(&self, args: &[Value], whence: Whence, depth: u32) -> Vec<String> {
        let Some((first, rest)) = args.split_first() else { return vec![HOLE.to_string()] };
        let format = match first {
            Value::Text(format) => format.clone(),
            // `format!(include_str!("by_day.sql"), day)`
            Value::Call(call) if call.kind == CallKind::Macro => self.fold(first, whence, depth + 1).remove(0),
            _ => return vec![HOLE.to_string()],
        };
        let rest: Vec<Vec<String>> = rest.iter().map(|a| self.fold(a, whence, depth + 1)).collect();
        let mut parts: Vec<Vec<String>> = Vec::new();
        let mut next = 0;
        let mut chars = format.chars().peekable();
        let mut text = String::new();
        while let Some(c) = chars.next() {
            match c {
                '{' | '}' if chars.peek() == Some(&c) => {
                    chars.next();
                    text.push(c);
                }
                '{' => {
                    let inside: String = chars.by_ref().take_while(|c| *c != '}').collect();
                    let name = inside.split(':').next().unwrap_or_default().trim();
                    parts.push(vec![std::mem::take(&mut text)]);
                    let filled = if name.is_empty() {
                        next += 1;
                        rest.get(next - 1).cloned()
                    } else if let Ok(position) = name.parse::<usize>() {
                        rest.get(position).cloned()
                    } else {
                        self.named(name, whence, depth)
                    };
                    parts.push(filled.unwrap_or_else(|| vec![HOLE.to_string()]));
                }
                c => text.push(c),
            }
        }
        parts.push(vec![text]);
        self.join(parts.into_iter())
    }

    /// A constant that a format string names: that of its own module, or the only one of that name.
    fn named(&self, name: &str, whence: Whence, depth: u32) -> Option<Vec<String>> {
        let all = self.constants.get(name)?;
        let own = all.iter().find(|item| self.codebase.items[item.index()].module == whence.module);
        let item = *own.or_else(|| all.first().filter(|_| all.len() == 1))?;
        Some(self.fold(self.codebase.constant(item)?, self.whence(item), depth + 1))
    }

    /// One behind the other, each in all that it may be.
    pub(in crate::evidence) fn join(&self, parts: impl Iterator<Item = Vec<String>>) -> Vec<String> {
        let mut all = vec![String::new()];
        for mut part in parts {
            once(&mut part);
            if all.len() * part.len() > ALTERNATIVES {
                // Too many: what differs is a hole.
                all.iter_mut().for_each(|text| text.push(HOLE));
                continue;
            }
            all = all.iter().flat_map(|text| part.iter().map(move |p| format!("{text}{p}"))).collect();
            once(&mut all);
            for text in all.iter_mut().filter(|t| t.len() > LONGEST) {
                let end = (0..=LONGEST).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
                text.truncate(end);
                text.push(HOLE);
            }
        }
        all
    }
}

/// Nothing twice, in the order in which it came first.
fn once(texts: &mut Vec<String>) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
}
