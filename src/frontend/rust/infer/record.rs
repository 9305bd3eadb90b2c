//! Where references go: each name met ends here as workspace item, external or unresolved, with its place.

use super::heard::{Heard, Value};
use super::lower::Place;
use crate::frontend::rust::facts::Pos;
use crate::frontend::rust::resolve::{Def, DefId, Program, ScopeId, Sym};
use crate::model::calls::Renumber;
use crate::model::codebase::{CallContext, Confidence, DependencyKind, DispatchKind};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A reference to something in the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::frontend::rust) struct Found {
    pub from: ScopeId,
    pub from_def: Option<DefId>,
    pub to: ScopeId,
    pub to_def: Option<DefId>,
    pub kind: DependencyKind,
    pub file: usize,
    pub pos: Pos,
    pub via: Option<ScopeId>,
    pub context: CallContext,
    pub confidence: Confidence,
}

/// Code of the workspace that may run at a place that does not name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::frontend::rust) struct Dispatched {
    pub from: ScopeId,
    pub to: ScopeId,
    pub kind: DispatchKind,
    pub through: Through,
    pub file: usize,
    pub pos: Pos,
    pub from_def: Option<DefId>,
    /// The method of the impl, where it is one.
    pub to_def: Option<DefId>,
    pub context: CallContext,
}

/// Through what it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::frontend::rust) enum Through {
    Workspace(DefId),
    /// One of the standard library, with its path.
    Library(Cow<'static, str>),
    /// No trait: the attribute in whose arguments it is named, or the name that a macro makes.
    Name(Sym),
}

/// What one part of the workspace refers to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::frontend::rust) struct Record {
    pub found: Vec<Found>,
    /// External crates: (module, name, count), as met.
    pub external: Vec<(ScopeId, Sym)>,
    /// Names that mean nothing that is known, with their kind and place.
    pub unresolved: Vec<(ScopeId, Sym, DependencyKind, usize, Pos)>,
    /// Blocks with items that bodies lead to.
    pub blocks: Vec<ScopeId>,
    /// What runs without being named.
    pub dispatched: Vec<Dispatched>,
    /// Derives and attribute macros of which nobody knows what they write, one for each use.
    pub unknown_macros: Vec<String>,
    /// Files that a build script writes and `include!` reads.
    pub generated: u32,
    /// Calls that somebody wants to hear of.
    pub heard: Vec<Heard>,
    /// What constants are set to, where that is written down.
    pub constants: Vec<(DefId, Value)>,
    /// Where the standard library ends the task unless all is well: the definition, file and place.
    pub panics: Vec<(DefId, usize, Pos)>,
    /// Traits of calls behind which too many implementors may stand, one for each call.
    pub wide: Vec<DefId>,
}

/// What is done with each id in a record.
pub(super) trait Ids {
    fn scope(&mut self, id: &mut ScopeId);
    fn def(&mut self, id: &mut DefId);
    fn name(&mut self, name: &mut Sym);
    fn file(&mut self, file: &mut usize);
}

impl Record {
    /// Visits all ids of modules, definitions, names and files.
    pub(super) fn ids(&mut self, ids: &mut impl Ids) {
        for found in &mut self.found {
            ids.scope(&mut found.from);
            ids.scope(&mut found.to);
            found.via.iter_mut().for_each(|via| ids.scope(via));
            found.from_def.iter_mut().for_each(|def| ids.def(def));
            found.to_def.iter_mut().for_each(|def| ids.def(def));
            ids.file(&mut found.file);
        }
        for (scope, name) in &mut self.external {
            ids.scope(scope);
            ids.name(name);
        }
        for (scope, name, _, file, _) in &mut self.unresolved {
            ids.scope(scope);
            ids.name(name);
            ids.file(file);
        }
        for dispatched in &mut self.dispatched {
            ids.scope(&mut dispatched.from);
            ids.scope(&mut dispatched.to);
            ids.file(&mut dispatched.file);
            dispatched.from_def.iter_mut().for_each(|def| ids.def(def));
            dispatched.to_def.iter_mut().for_each(|def| ids.def(def));
            match &mut dispatched.through {
                Through::Workspace(of_trait) => ids.def(of_trait),
                Through::Library(_) => {}
                Through::Name(name) => ids.name(name),
            }
        }
        let mut ids = InPlace(ids);
        for heard in &mut self.heard {
            ids.0.scope(&mut heard.from);
            heard.from_def.iter_mut().for_each(|def| ids.0.def(def));
            ids.0.file(&mut heard.file);
            heard.call = heard.call.map(&mut ids);
        }
        for (def, value) in &mut self.constants {
            ids.0.def(def);
            *value = value.map(&mut ids);
        }
        let ids = ids.0;
        for (def, file, _) in &mut self.panics {
            ids.def(def);
            ids.file(file);
        }
        self.blocks.iter_mut().for_each(|block| ids.scope(block));
        self.wide.iter_mut().for_each(|of_trait| ids.def(of_trait));
    }
}

/// Ids inside calls, by the same visitor.
struct InPlace<'i, T>(&'i mut T);

impl<T: Ids> Renumber<ScopeId, DefId, ScopeId, DefId> for InPlace<'_, T> {
    fn module(&mut self, mut module: ScopeId) -> Option<ScopeId> {
        self.0.scope(&mut module);
        Some(module)
    }

    fn item(&mut self, mut item: DefId) -> Option<DefId> {
        self.0.def(&mut item);
        Some(item)
    }
}

/// Writes down what is met inside one definition.
pub(super) struct Recorder<'r> {
    pub out: &'r mut Record,
    pub from: ScopeId,
    pub from_def: Option<DefId>,
    pub file: usize,
    /// The file that is being walked, which may be what a macro gave.
    pub expanded: usize,
    /// Flags of the code that is being walked.
    pub context: CallContext,
    /// The attribute in whose arguments names are met.
    pub attribute: Option<Sym>,
    /// Inside the arguments of a macro that may give names a meaning of its own.
    pub in_macro: bool,
}

impl Recorder<'_> {
    /// A name that leads to `def`.
    pub(super) fn def(&mut self, program: &Program<'_>, def: Def, kind: DependencyKind, pos: Pos, via: Option<ScopeId>) {
        match def {
            Def::Item(id) | Def::Variant(id, _) => self.item(program, id, kind, pos, via, Confidence::Name),
            Def::Module(scope) if program.is_model(scope) => self.external(program.crate_name(scope)),
            Def::Module(_) => {}
            Def::External(ext) => self.external(ext.krate),
            Def::Prim(_) => {}
        }
    }

    pub(super) fn item(
        &mut self,
        program: &Program<'_>,
        id: DefId,
        kind: DependencyKind,
        pos: Pos,
        via: Option<ScopeId>,
        confidence: Confidence,
    ) {
        let to = program.module_of(id);
        if program.is_model(to) {
            self.external(program.crate_name(to));
            return;
        }
        if let Some(attribute) = self.attribute {
            self.by_attribute(attribute, to, pos);
            return;
        }
        if let Some(place) = pos.of_definition() {
            self.of_definition(program, id, to, kind, place);
            return;
        }
        let context = if matches!(kind, DependencyKind::Call | DependencyKind::Method) { self.context } else { CallContext::default() };
        let via = via.filter(|v| *v != to && *v != self.from && !program.is_model(*v));
        self.out.found.push(Found {
            from: self.from,
            from_def: self.from_def,
            to,
            to_def: Some(id),
            kind,
            file: self.file,
            pos,
            via,
            context,
            confidence,
        });
    }

    /// What the definition of a macro writes is a reference of the module that defines it, once for all invocations. What it finds by the
    /// types of its arguments, or in the scope of the invocation, is none of its own.
    fn of_definition(&mut self, program: &Program<'_>, id: DefId, to: ScopeId, kind: DependencyKind, pos: Pos) {
        let Some(origin) = program.loaded.files[self.expanded].origin else { return };
        let from = ScopeId(u32::try_from(origin.module).unwrap_or(u32::MAX));
        if matches!(kind, DependencyKind::Method | DependencyKind::Field) || to == self.from || pos == Pos::default() {
            return;
        }
        let (context, confidence) = (CallContext::default(), Confidence::Name);
        let (file, to_def) = (origin.definition, Some(id));
        self.out.found.push(Found { from, from_def: None, to, to_def, kind, file, pos, via: None, context, confidence });
    }

    /// A module itself, as in `use crate::orders;`.
    pub(super) fn module(&mut self, program: &Program<'_>, scope: ScopeId, kind: DependencyKind, pos: Pos) {
        if pos.of_definition().is_some() {
            return;
        }
        if program.is_model(scope) {
            self.external(program.crate_name(scope));
            return;
        }
        if let Some(attribute) = self.attribute {
            self.by_attribute(attribute, scope, pos);
            return;
        }
        let (context, confidence) = (CallContext::default(), Confidence::Name);
        self.out.found.push(Found {
            from: self.from,
            from_def: self.from_def,
            to: scope,
            to_def: None,
            kind,
            file: self.file,
            pos,
            via: None,
            context,
            confidence,
        });
    }

    /// What a macro will write with the names in its arguments is no reference that the language knows of: it goes to the weaker list.
    fn by_attribute(&mut self, attribute: Sym, to: ScopeId, pos: Pos) {
        self.by_macro(DispatchKind::Attribute, attribute, to, pos);
    }

    fn by_macro(&mut self, kind: DispatchKind, name: Sym, to: ScopeId, pos: Pos) {
        if to != self.from && pos.of_definition().is_none() {
            let through = Through::Name(name);
            self.out.dispatched.push(Dispatched {
                from: self.from,
                to,
                kind,
                through,
                file: self.file,
                pos,
                from_def: self.from_def,
                to_def: None,
                context: CallContext::default(),
            });
        }
    }

    /// What a macro's definition writes is not said at each invocation.
    pub(super) fn can_panic(&mut self, pos: Pos) {
        if let Some(def) = self.from_def.filter(|_| pos.of_definition().is_none()) {
            self.out.panics.push((def, self.file, pos));
        }
    }

    pub(super) fn external(&mut self, krate: Sym) {
        self.out.external.push((self.from, krate));
    }

    /// A path that leads nowhere: into a module of which a macro makes a part, or really nowhere.
    pub(super) fn unresolved_path(&mut self, place: &Place<'_, '_>, global: bool, path: &[Sym], kind: DependencyKind, pos: Pos) {
        match place.program.made_by_macro(place.scope, global, path) {
            Some((module, made)) => self.by_macro(DispatchKind::Made, made, module, pos),
            None => self.unresolved(path[path.len() - 1], kind, pos),
        }
    }

    pub(super) fn unresolved(&mut self, name: Sym, kind: DependencyKind, pos: Pos) {
        // What a definition leaves open depends on where it is invoked.
        if !self.in_macro && pos.of_definition().is_none() {
            self.out.unresolved.push((self.from, name, kind, self.file, pos));
        }
    }
}
