//! What known derives write for a type, as far as types follow from it.
//!
//! Takes: a type of the workspace and its attributes. Gives: where a derived `Deref` leads, and what derived functions give back. What is
//! written by a derive is no definition, so that nothing is recorded here.

use super::body::Body;
use super::index::Index;
use super::ty::Ty;
use crate::frontend::rust::facts::{Fields, ItemKind};
use crate::frontend::rust::resolve::{DefId, Sym};
use std::sync::Arc;

/// Functions of the type itself that give one of it, by the derives that write them.
const MAKERS: &[(&[&str], &[&str])] = &[
    (&["Default"], &["default"]),
    (&["Parser", "StructOpt", "FromArgs"], &["parse", "parse_from", "from_args", "from_iter"]),
    (&["Constructor", "new"], &["new"]),
];

/// Derives that write a function `builder`, which gives what sets the fields one by one until `build` is called.
const BUILDERS: &[&str] = &["Builder", "TypedBuilder"];

impl Index<'_, '_> {
    /// Does a derive of this name stand on the type?
    pub(super) fn derives(&self, id: DefId, name: &str) -> bool {
        let file = self.program.def(id).file;
        let text = |sym| self.program.symbols.text(self.program.symbols.of(file, sym));
        self.program.item(id).attrs.derives.iter().any(|path| path.segments.last().is_some_and(|s| text(s.name) == name))
    }

    /// The field to which a derived `Deref` leads: the only one, or that which says `#[deref]`.
    pub(super) fn derived_deref(&self, id: DefId) -> Option<Ty> {
        if !self.derefs.contains(&id) {
            return None;
        }
        let ItemKind::Struct { fields, .. } = &self.program.item(id).kind else { return None };
        let file = self.program.def(id).file;
        let text = |name| self.program.symbols.text(self.program.symbols.of(file, name));
        let written = &self.program.item(id).attrs.written;
        let at = match fields {
            Fields::Tuple(list) if list.len() == 1 => 0,
            Fields::Named(list) if list.len() == 1 => 0,
            Fields::Named(list) => {
                let marked = written.iter().find(|w| w.member.is_some() && text(w.path) == "deref")?.member?;
                list.iter().position(|(name, _)| *name == marked)?
            }
            _ => return None,
        };
        self.fields(id).get(at).cloned()
    }
}

impl Body<'_, '_, '_, '_, '_> {
    /// The type of `Type::name`, where a derive on the type writes such a function.
    pub(super) fn derived_function(&self, ty: &Ty, of: DefId, name: Sym) -> Option<Ty> {
        let text = self.place.program.symbols.text(name);
        let has = |derives: &[&str]| derives.iter().any(|d| self.index.derives(of, d));
        let made = if MAKERS.iter().any(|(derives, names)| names.contains(&text) && has(derives)) {
            ty.clone()
        } else if text == "builder" && has(BUILDERS) {
            Ty::Adt(self.index.lang.builder?, [ty.clone()].into())
        } else {
            return None;
        };
        Some(Ty::Fn(Arc::from([]), Arc::new(made)))
    }

    /// Is it what a derived `builder` gives? Each method that it is not known to have sets a field, and gives it back.
    pub(super) fn is_derived_builder(&self, ty: &Ty) -> bool {
        matches!(ty, Ty::Adt(id, _) if Some(*id) == self.index.lang.builder)
    }
}

#[cfg(test)]
mod tests {
    use crate::frontend::rust::tests::check;

    /// `app` calls `store` in `body`; `derives` declares what is in between.
    fn calls(derives: &str, body: &str, found: bool) {
        let text = format!(
            "//- /src/lib.rs
mod store {{ #[derive(Default)] pub struct Mail; impl Mail {{ pub fn send(&self) {{}} }} }}
mod state {{ use crate::store::*; {derives} }}
mod user {{ use crate::state::*; use crate::strange::Strange; fn f(app: App) {{ {body} }} }}
"
        );
        let mut expected = vec!["demo::state -> demo::store use", "demo::state -> demo::store::Mail type"];
        expected.extend(["demo::user -> demo::state use", "demo::user -> demo::state::App type"]);
        if found {
            expected.push("demo::user -> demo::store::send method");
        }
        check(&text, &expected.join("\n"));
    }

    #[test]
    fn a_derived_deref_leads_to_the_only_field_or_the_marked_one() {
        calls("#[derive(Deref)] pub struct App(Mail);", "app.send();", true);
        calls("#[derive(derive_more::Deref)] pub struct App { id: u8, #[deref] mail: Mail }", "app.send();", true);
        calls("#[derive(Clone)] pub struct App(Mail);", "app.send();", false);
        calls("#[derive(Deref)] pub struct App(Mail, u8);", "app.send();", false);
    }

    #[test]
    fn derived_functions_give_the_type() {
        let field = |derive: &str| format!("#[derive({derive})] pub struct App {{ pub(crate) mail: Mail }}");
        let calls = |derive: &str, maker: &str, found: bool| {
            let text = format!(
                "//- /src/lib.rs
mod store {{ pub struct Mail; impl Mail {{ pub fn send(&self) {{}} }} }}
mod state {{ use crate::store::Mail; {} impl App {{ pub fn mail(&self) -> &Mail {{ &self.mail }} }} }}
mod user {{ use crate::state::App; fn f() {{ let app = {maker}; app.mail().send(); }} }}
",
                field(derive)
            );
            let mut expected = vec!["demo::state -> demo::store::Mail type", "demo::state -> demo::store::Mail use"];
            expected.push("demo::user -> demo::state::App path");
            expected.push("demo::user -> demo::state::App use");
            if found {
                expected.extend(["demo::user -> demo::state::mail method", "demo::user -> demo::store::send method"]);
            }
            check(&text, &expected.join("\n"));
        };
        calls("Default", "App::default()", true);
        calls("Clone", "App::default()", false);
        calls("clap::Parser", "App::parse()", true);
        calls("bon::Builder", "App::builder().mail(make()).maybe_name(None).build()", true);
        calls("TypedBuilder", "App::builder().build()", true);
        calls("Default", "App::builder().build()", false);
    }
}
