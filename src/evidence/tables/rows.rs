//! Which entity a variable is a row of, where only its written type says so: sea-orm's derives make `ActiveModel`, and nobody wrote it.
//!
//! Takes: a call on a variable. Gives: the table of the entity whose `Model` or `ActiveModel` stands beside that variable's name where it is
//! bound last: an annotation, a parameter, a field, a pattern of a struct, what a loop goes over. Another name that leads nowhere is followed
//! no further than [`STEPS`].

use super::names::Names;
use crate::evidence::code::Code;
use crate::model::calls::{Call, Invocation};
use crate::model::codebase::ItemKind;
use crate::model::ids::{ItemId, ModuleId};

/// From variable to variable, so many times.
const STEPS: u32 = 4;
/// Types that derives make of an entity.
const KINDS: &[&str] = &["ActiveModel", "ActiveModelEx", "Model", "ModelEx", "Entity"];

/// The code of an item up to a call, and what its names mean.
struct Body<'b, 'a> {
    code: &'b Code<'a>,
    names: &'b Names<'a>,
    module: ModuleId,
    item: ItemId,
    text: Vec<char>,
}

/// The table of which what a method is called on is a row.
pub(super) fn row(code: &Code<'_>, names: &Names<'_>, invocation: &Invocation, call: &Call) -> Option<String> {
    let item = invocation.item?;
    let text = code.lines(invocation.file, |lines| {
        let first = usize::try_from(code.codebase.items[item.index()].line).ok()?.checked_sub(1)?;
        let last = usize::try_from(call.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(call.column).ok()?.checked_sub(1)?;
        let mut text: Vec<char> = Vec::new();
        for (at, line) in lines.iter().enumerate().take(last + 1).skip(first) {
            let line = if at == last { line.get(..column)? } else { line.as_slice() };
            let end = (0..line.len()).find(|i| line[*i..].starts_with(&['/', '/'])).unwrap_or(line.len());
            text.extend(&line[..end]);
            text.push('\n');
        }
        Some(text)
    })??;
    let body = Body { code, names, module: invocation.from, item, text };
    let end = body.back(body.text.len());
    let dot = end.checked_sub(1).filter(|dot| body.text[*dot] == '.')?;
    let (name, start) = body.word_before(body.back(dot))?;
    match body.back(start).checked_sub(1).filter(|dot| body.text[*dot] == '.') {
        // `self.order.update(db)`
        Some(dot) => match body.word_before(body.back(dot))? {
            (of, _) if of == "self" => body.field(body.itself()?, &name),
            _ => None,
        },
        None if name == "self" => body.own(),
        None => body.variable(&name, start, 0),
    }
}

impl Body<'_, '_> {
    /// The place before what is blank there.
    fn back(&self, mut at: usize) -> usize {
        while at > 0 && self.text[at - 1].is_whitespace() {
            at -= 1;
        }
        at
    }

    fn on(&self, mut at: usize) -> usize {
        while self.text.get(at).is_some_and(|c| c.is_whitespace()) {
            at += 1;
        }
        at
    }

    /// The name that ends there, and where it begins.
    fn word_before(&self, end: usize) -> Option<(String, usize)> {
        let start = (0..end).rev().take_while(|i| is_word(self.text[*i])).last()?;
        Some((self.text[start..end].iter().collect(), start))
    }

    /// The type of `self`.
    fn itself(&self) -> Option<ItemId> {
        let items = &self.code.codebase.items;
        items[items[self.item.index()].parent?.index()].self_type
    }

    /// The table of `self` in `impl ActiveModel`.
    fn own(&self) -> Option<String> {
        let items = &self.code.codebase.items;
        let parent = &items[items[self.item.index()].parent?.index()];
        let name = parent.name.rsplit(' ').next()?;
        self.names.entity_named(self.module, name).filter(|_| KINDS.contains(&name))
    }

    /// The table of a field.
    fn field(&self, of: ItemId, name: &str) -> Option<String> {
        let codebase = self.code.codebase;
        let of = &codebase.items[of.index()];
        // Of a member's type only the last name is kept, and here the module before it is what says the most.
        let bounds = (usize::try_from(of.line).ok()?.checked_sub(1)?, usize::try_from(of.end_line).ok()?);
        let text: String = self.code.lines(codebase.modules[of.module.index()].file, |lines| {
            let lines = lines.iter().take(bounds.1).skip(bounds.0);
            let code = lines.map(|line| line.iter().collect::<String>().split("//").next().unwrap_or_default().to_owned());
            code.collect::<Vec<_>>().join(" ")
        })?;
        let (mut depth, mut members) = (0_i32, vec![String::new()]);
        for c in text[text.find(['{', '('])? + 1..].chars() {
            depth += i32::from(matches!(c, '<' | '(' | '[' | '{')) - i32::from(matches!(c, '>' | ')' | ']' | '}'));
            match c {
                _ if depth < 0 => break,
                ',' if depth == 0 => members.push(String::new()),
                c => members.last_mut()?.push(c),
            }
        }
        let named = members.iter().filter_map(|m| m.split_once(':'));
        let mut named = named.filter(|(of, ty)| !ty.starts_with(':') && of.trim().rsplit(' ').next() == Some(name));
        let types = named.next().map(|(_, types)| types).or_else(|| members.get(name.parse::<usize>().ok()?).map(String::as_str))?;
        self.named_in(of.module, types)
    }

    /// The entity that stands in a type.
    fn named_in(&self, module: ModuleId, types: &str) -> Option<String> {
        let types = types.replace(' ', "");
        let mut paths = types.split(|c: char| !is_word(c) && c != ':').map(|path| path.trim_matches(':'));
        paths.find_map(|path| {
            let is_row = path.rsplit("::").next().is_some_and(|last| KINDS.contains(&last));
            self.names.entity_named(module, path).filter(|_| is_row)
        })
    }

    /// Where it was bound last before `end`.
    fn variable(&self, name: &str, end: usize, step: u32) -> Option<String> {
        if step > STEPS {
            return None;
        }
        let word: Vec<char> = name.chars().collect();
        let is_it = |at: usize| {
            self.text[at..].starts_with(&word)
                && (at == 0 || !is_word(self.text[at - 1]) && self.text[at - 1] != '.')
                && !self.text.get(at + word.len()).copied().is_some_and(is_word)
        };
        (0..end).rev().filter(|at| is_it(*at)).find_map(|at| self.bound(name, at, at + word.len(), step))
    }

    /// What stands around the name where it is bound says what it is.
    fn bound(&self, name: &str, start: usize, end: usize, step: u32) -> Option<String> {
        let next = self.on(end);
        let rest: String = self.text[next..self.text.len().min(next + 160)].iter().collect();
        if rest.starts_with(':') && !rest.starts_with("::") {
            // To where the type ends, but for what stands in its brackets.
            let mut depth = 0_i32;
            let of_type = |c: &char| {
                depth += i32::from(matches!(c, '<' | '(' | '[')) - i32::from(matches!(c, '>' | ')' | ']'));
                depth >= 0 && (depth > 0 || !matches!(c, ',' | '=' | ';' | '{' | '|'))
            };
            return self.named_in(self.module, &rest[1..].chars().take_while(of_type).collect::<String>());
        }
        if let Some(value) = rest.strip_prefix('=').filter(|v| !v.starts_with(['=', '>'])) {
            let value = value.trim_start().trim_start_matches(['&', '*']);
            let path: String = value.chars().take_while(|c| is_word(*c) || *c == ':').collect();
            let of_row = path.rsplit_once("::").map_or(path.as_str(), |(of, last)| if KINDS.contains(&last) { path.as_str() } else { of });
            return self.named_in(self.module, of_row).or_else(|| {
                // `let row = other;`
                let is_name = !path.is_empty() && !path.contains(':') && value[path.len()..].trim_start().starts_with(';');
                is_name.then(|| self.variable(&path, start, step + 1)).flatten()
            });
        }
        if rest.starts_with("in ") && self.word_before(self.back(start)).is_some_and(|(word, _)| word == "for") {
            let over = rest[3..].trim_start().trim_start_matches(['&', '*']);
            let over: String = over.trim_start_matches("mut ").chars().take_while(|c| is_word(*c)).collect();
            return self.variable(&over, start, step + 1);
        }
        self.pattern(name, start)
    }

    /// `Done(mut row)`, `Context { row, .. }`: what the struct says of its field.
    fn pattern(&self, name: &str, start: usize) -> Option<String> {
        let (mut depth, mut commas, mut at) = (0_i32, 0_usize, start);
        let open = loop {
            at = at.checked_sub(1)?;
            match self.text[at] {
                ')' | '}' | ']' => depth += 1,
                '(' | '{' if depth == 0 => break self.text[at],
                '(' | '{' | '[' => depth -= 1,
                ',' if depth == 0 => commas += 1,
                ';' | '=' => return None,
                _ => {}
            }
        };
        let (of, _) = self.word_before(self.back(at))?;
        let of = self.code.item_named(self.module, &of, |kind| kind == ItemKind::Struct)?;
        let field = if open == '(' { commas.to_string() } else { name.to_owned() };
        self.field(of, &field)
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
