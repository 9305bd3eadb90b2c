//! A method of which only the name is known: the only one of its name in the workspace may be taken for it, but not on that alone.
//!
//! What must hold, too: the library's model has no method of that name; a trait is in scope, as the language demands; of an inherent
//! method, something of the module that defines it is in sight where it is called, or its name says so much that no other crate will
//! have the same by chance. A name of one word may be one of the methods that a glob import of another crate brings.

use super::body::Body;
use crate::frontend::rust::resolve::{Binding, Def, DefId, DefKind, ScopeId, Sym, kw};

/// Names so common that a single workspace method of that name proves nothing.
const COMMON: &[&str] = &[
    "add",
    "append",
    "apply",
    "as_str",
    "body",
    "build",
    "bytes",
    "call",
    "check",
    "clear",
    "clone",
    "close",
    "cmp",
    "code",
    "contains",
    "count",
    "create",
    "data",
    "debug",
    "decode",
    "default",
    "delete",
    "display",
    "div",
    "drop",
    "encode",
    "eq",
    "error",
    "exec",
    "execute",
    "extend",
    "fetch",
    "filter",
    "find",
    "first",
    "flush",
    "fmt",
    "format",
    "from",
    "get",
    "handle",
    "hash",
    "header",
    "headers",
    "host",
    "id",
    "info",
    "init",
    "inner",
    "insert",
    "into",
    "is_empty",
    "iter",
    "join",
    "json",
    "key",
    "keys",
    "kind",
    "last",
    "len",
    "limit",
    "load",
    "lock",
    "log",
    "map",
    "max",
    "message",
    "method",
    "min",
    "mul",
    "name",
    "new",
    "next",
    "offset",
    "open",
    "order",
    "parse",
    "path",
    "poll",
    "port",
    "print",
    "process",
    "publish",
    "push",
    "query",
    "read",
    "recv",
    "register",
    "remove",
    "render",
    "run",
    "save",
    "select",
    "send",
    "set",
    "shutdown",
    "sign",
    "source",
    "spawn",
    "start",
    "status",
    "stop",
    "sub",
    "subscribe",
    "sum",
    "table",
    "take",
    "text",
    "to_string",
    "trace",
    "update",
    "uri",
    "url",
    "validate",
    "value",
    "values",
    "verify",
    "version",
    "wait",
    "warn",
    "with",
    "write",
];

/// Words in a name that nobody else will have chosen by chance.
const TELLING: usize = 3;

impl Body<'_, '_, '_, '_, '_> {
    /// The only method of this name and number of arguments, where there is reason to believe in it.
    pub(super) fn guess(&self, name: Sym, text: &str, args: usize) -> Option<DefId> {
        let candidates = self.index.by_name.get(&name)?;
        let [only] = candidates.as_slice() else { return None };
        if text.len() < 5 || COMMON.contains(&text) || self.index.in_library.contains(&name) {
            return None;
        }
        if self.index.signature(*only).params.len() != args {
            return None;
        }
        let program = self.place.program;
        let of_trait = program.def(*only).parent.filter(|p| program.def(*p).kind == DefKind::Trait);
        let believed = match of_trait {
            Some(of) => self.sees(|def| def == Def::Item(of)) || self.sees_unnamed(of),
            None => {
                let home = program.module_of(*only);
                let is_of_home = |def| matches!(def, Def::Item(id) | Def::Variant(id, _) if program.module_of(id) == home);
                let words = text.split('_').filter(|w| !w.is_empty()).count();
                let may_be_brought = words == 1 && self.sees_other_crates();
                home == program.scope(self.place.scope).module || words >= TELLING || self.sees(is_of_home) && !may_be_brought
            }
        };
        believed.then_some(*only)
    }

    /// Is there a name in scope that means such a thing?
    fn sees(&self, is_it: impl Fn(Def) -> bool) -> bool {
        let is_bound = |b: &Option<Binding>| b.is_some_and(|b| is_it(b.def));
        self.scopes_around().any(|s| {
            let names = &self.place.program.scope(s).names;
            names.values().any(|n| is_bound(&n.types) || is_bound(&n.values))
        })
    }

    /// Is everything of another crate brought into scope, with traits that nobody knows?
    fn sees_other_crates(&self) -> bool {
        let program = self.place.program;
        self.scopes_around().any(|s| program.scope(s).external_globs.iter().any(|(of, _)| of.krate != kw::std))
    }

    /// Is this trait in scope by `use … as _`?
    fn sees_unnamed(&self, of: DefId) -> bool {
        self.scopes_around().any(|s| self.place.program.scope(s).unnamed.iter().any(|(id, _)| *id == of))
    }

    /// Blocks with items outwards to the module.
    fn scopes_around(&self) -> impl Iterator<Item = ScopeId> {
        let program = self.place.program;
        let module = program.scope(self.place.scope).module;
        std::iter::successors(Some(self.place.scope), move |s| if *s == module { None } else { program.scope(*s).parent })
    }
}

#[cfg(test)]
mod tests {
    use crate::frontend::rust::tests::check;

    /// `unknown()` gives nobody knows what; `body` calls a method of it.
    fn calls(uses: &str, body: &str, expected: &str) {
        let text = format!(
            "//- /Cargo.toml
[package]
name = \"demo\"
edition = \"2021\"
[dependencies]
diesel = \"2\"
//- /src/lib.rs
mod store {{
    pub struct Store; pub struct Other;
    impl Store {{ pub fn restock(&self) {{}} pub fn is_none(&self) {{}} pub fn take_out_of_stock(&self) {{}} }}
    pub trait Ship {{ fn by_plane(&self); }}
}}
mod user {{ {uses} fn f() {{ let x = strange!(); {body} }} }}
"
        );
        check(&text, expected);
    }

    #[test]
    fn the_only_one_is_taken_where_its_module_is_in_sight() {
        calls("", "x.restock();", "");
        calls(
            "use crate::store::Other;",
            "x.restock();",
            "demo::user -> demo::store::Other use\ndemo::user -> demo::store::restock method",
        );
        calls("use crate::store::*;", "x.restock();", "demo::user -> demo::store use\ndemo::user -> demo::store::restock method");
    }

    #[test]
    fn a_name_that_says_much_is_enough() {
        calls("", "x.take_out_of_stock();", "demo::user -> demo::store::take_out_of_stock method");
        calls("", "x.take_out_of_stock(1);", "");
    }

    #[test]
    fn names_of_the_library_are_never_guessed() {
        calls("use crate::store::Store;", "x.is_none();", "demo::user -> demo::store::Store use");
    }

    #[test]
    fn one_word_may_come_from_another_crate() {
        calls("use crate::store::Other; use diesel::prelude::*;", "x.restock();", "demo::user -> demo::store::Other use");
        calls("use diesel::prelude::*;", "x.take_out_of_stock();", "demo::user -> demo::store::take_out_of_stock method");
    }

    #[test]
    fn a_trait_must_be_in_scope() {
        calls("use crate::store::Other;", "x.by_plane();", "demo::user -> demo::store::Other use");
        calls(
            "use crate::store::Ship as _;",
            "x.by_plane();",
            "demo::user -> demo::store::Ship use\ndemo::user -> demo::store::by_plane method",
        );
    }
}
