//! What a front end found in a repository: the only thing that later stages know of source code.
//!
//! Takes: nothing. Gives: [`Codebase`], language-neutral enough that another front end could fill it.
//! Invariants ([`Codebase::verify`]): ids in range; modules sorted by id string; references sorted;
//! every site inside a known file; an item's parent is in the same file.

use super::calls::{Attribute, Invocation, Member, Value};
use super::diagnostic::Diagnostic;
use super::ids::{CrateId, FileId, ItemId, ModuleId};
use super::place::Site;
use serde::{Deserialize, Serialize};

/// Everything that was read.
#[derive(Clone, Debug, Default)]
pub struct Codebase {
    /// Name of the workspace: its root package, or the folder's name.
    pub name: String,
    /// One per library or binary target, sorted by name.
    pub crates: Vec<Crate>,
    /// Source files that a target reaches, sorted by path.
    pub files: Vec<SourceFile>,
    /// Modules sorted by id string.
    pub modules: Vec<Module>,
    /// Items in the order of their modules, then of their lines.
    pub items: Vec<Item>,
    /// References between workspace items and modules, sorted by source, place and target. Those inside one module are here too.
    pub references: Vec<Reference>,
    /// How much all references of one kind between two modules weigh, where that is not their number: in a graph that was given as such.
    /// Sorted.
    pub weights: Vec<(ModuleId, ModuleId, DependencyKind, f64)>,
    /// Modules that stand for whoever calls from outside, sorted: only in a graph that was given as such.
    pub outside: Vec<ModuleId>,
    /// Code that may run at a place that does not name it, sorted; between different modules only.
    pub dispatches: Vec<Dispatch>,
    /// Uses of external crates: (module, crate name, number of references), sorted.
    pub externals: Vec<(ModuleId, String, u32)>,
    /// Calls that a later stage wants to hear of, sorted.
    pub invocations: Vec<Invocation>,
    /// Where an item can end its task: `unwrap` and `expect` of the standard library, `panic!`, `assert!` and their like; sorted.
    pub panics: Vec<(ItemId, FileId, u32)>,
    /// What constants and statics are set to, as far as it can be told, sorted by item.
    pub constants: Vec<(ItemId, Value)>,
    /// References that lead nowhere, sorted by place.
    pub unresolved: Vec<Unresolved>,
    /// Lines that are left out because of `#[cfg(…)]` or as tests: (file, first, last), sorted.
    pub off: Vec<(FileId, u32, u32)>,
    /// Rust files under the root that no target reaches, relative, sorted.
    pub orphans: Vec<String>,
    /// How much was understood.
    pub coverage: Coverage,
    /// What went wrong on the way, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// A compilation target: a library or a binary.
#[derive(Clone, Debug)]
pub struct Crate {
    /// Target name with `_` for `-`; a binary that shares its library's name ends in `#bin`.
    pub name: String,
    /// Name of the package that owns the target.
    pub package: String,
    /// Library or binary.
    pub kind: CrateKind,
    /// The root module.
    pub root: ModuleId,
    /// Workspace crates that its manifest depends on (build-dependencies out, and dev-dependencies where tests are), sorted.
    pub dependencies: Vec<CrateId>,
}

/// Kind of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CrateKind {
    /// `[lib]`, not a procedural macro.
    Library,
    /// `[lib] proc-macro = true`.
    ProcMacro,
    /// `[[bin]]`.
    Binary,
    /// `[[test]]`: an integration test, where tests are asked for.
    Test,
}

impl CrateKind {
    /// All kinds, in output order.
    pub const ALL: [CrateKind; 4] = [CrateKind::Library, CrateKind::ProcMacro, CrateKind::Binary, CrateKind::Test];

    /// Can other crates depend on it?
    pub fn is_library(self) -> bool {
        matches!(self, CrateKind::Library | CrateKind::ProcMacro)
    }

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            CrateKind::Library => "lib",
            CrateKind::ProcMacro => "proc-macro",
            CrateKind::Binary => "bin",
            CrateKind::Test => "test",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A source file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path relative to the analysed root.
    pub path: String,
    /// Number of lines.
    pub lines: u32,
}

/// A Rust module.
#[derive(Clone, Debug)]
pub struct Module {
    /// `target_crate::path`, as rustc sees it.
    pub id: String,
    /// The crate that it belongs to.
    pub krate: CrateId,
    /// The enclosing module; `None` for a crate root.
    pub parent: Option<ModuleId>,
    /// The file in which its items are written.
    pub file: FileId,
    /// First line: 1 for a file, the line of `mod x {` for an inline module.
    pub line: u32,
    /// Last line of the file or the block, inline child modules counted.
    pub end_line: u32,
    /// Lines that are its own: the file or the block, less inline child modules.
    pub lines: u32,
    /// Written as `mod x { … }`.
    pub inline: bool,
    /// First sentence of its documentation.
    pub summary: Option<String>,
    /// Visibility of its declaration; a crate's root is [`Visibility::Public`].
    pub visibility: Visibility,
}

impl Module {
    /// Last segment of the id.
    pub fn name(&self) -> &str {
        self.id.rsplit("::").next().unwrap_or(&self.id)
    }
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ItemKind {
    /// Free function, or associated function when the parent is an impl or a trait.
    Function,
    /// `struct`
    Struct,
    /// `enum`
    Enum,
    /// `union`
    Union,
    /// `trait`
    Trait,
    /// `type` alias, also associated.
    TypeAlias,
    /// `const`, also associated.
    Const,
    /// `static`
    Static,
    /// `macro_rules!` or a procedural macro's function.
    Macro,
    /// An `impl` block; its name is its header.
    Impl,
}

impl ItemKind {
    /// All kinds, in output order.
    pub const ALL: [ItemKind; 10] = [
        ItemKind::Function,
        ItemKind::Struct,
        ItemKind::Enum,
        ItemKind::Union,
        ItemKind::Trait,
        ItemKind::TypeAlias,
        ItemKind::Const,
        ItemKind::Static,
        ItemKind::Macro,
        ItemKind::Impl,
    ];

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The keyword-like name, for reports.
    pub fn name(self) -> &'static str {
        match self {
            ItemKind::Function => "fn",
            ItemKind::Struct => "struct",
            ItemKind::Enum => "enum",
            ItemKind::Union => "union",
            ItemKind::Trait => "trait",
            ItemKind::TypeAlias => "type",
            ItemKind::Const => "const",
            ItemKind::Static => "static",
            ItemKind::Macro => "macro",
            ItemKind::Impl => "impl",
        }
    }

    /// Does it name a type (struct, enum, union, trait or alias)?
    pub fn is_type(self) -> bool {
        matches!(self, ItemKind::Struct | ItemKind::Enum | ItemKind::Union | ItemKind::Trait | ItemKind::TypeAlias)
    }
}

/// How far an item can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Visibility {
    /// No `pub`.
    Private,
    /// `pub(crate)`, `pub(super)`, `pub(in …)`.
    Restricted,
    /// `pub`
    Public,
}

/// A function, type, trait, constant, macro, impl block, or a member of an impl block or trait.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its own name; for an impl block its header, such as `impl Display for Order`.
    pub name: String,
    /// What it is.
    pub kind: ItemKind,
    /// The module in which it is written.
    pub module: ModuleId,
    /// The impl block or trait that it is a member of.
    pub parent: Option<ItemId>,
    /// For an impl block: the workspace type that it is for.
    pub self_type: Option<ItemId>,
    /// For an impl block: the workspace trait that it implements.
    pub implements: Option<ItemId>,
    /// Visibility as written; members of trait impls are [`Visibility::Public`].
    pub visibility: Visibility,
    /// First line.
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// Names of the derive macros on it (last path segment), as written.
    pub derives: Vec<String>,
    /// Its other attributes, in order, without those that only the compiler reads.
    pub attributes: Vec<Attribute>,
    /// Fields of a struct, variants of an enum, in order.
    pub members: Vec<Member>,
    /// Present for functions.
    pub signature: Option<Signature>,
}

/// The part of a function's signature that advice rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// `async fn`, or returns an `impl Future`.
    pub is_async: bool,
    /// `const fn`
    pub is_const: bool,
    /// How `self` is taken.
    pub receiver: Receiver,
    /// Parameters besides `self`, in order.
    pub parameters: Vec<Parameter>,
    /// Its type parameters with their bounds, such as `F: Fn(Order) + Send`; lifetimes left out.
    pub generics: Vec<String>,
    /// Has type parameters or `impl Trait` parameters.
    pub is_generic: bool,
    /// What comes back.
    pub returns: Returns,
    /// Its type as written, without lifetimes; empty where nothing is written.
    pub output: String,
}

impl Signature {
    /// Takes some parameter by `&mut`.
    pub fn takes_mut(&self) -> bool {
        self.parameters.iter().any(|p| p.mutable)
    }
}

/// A parameter of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; `_` where a pattern takes it apart.
    pub name: String,
    /// Its type as written, without lifetimes and without the `mut` of a reference.
    pub ty: String,
    /// It is `&mut T`.
    pub mutable: bool,
}

/// How a function takes `self`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// Not a method.
    None,
    /// `self`
    Value,
    /// `&self`
    Ref,
    /// `&mut self`
    Mut,
}

/// What a function gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    /// `()` or nothing.
    Unit,
    /// `Result<(), _>`: only success or failure.
    UnitResult,
    /// Anything else.
    Value,
}

/// How one item refers to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DependencyKind {
    /// A `use` declaration.
    Use,
    /// A path in an expression or pattern that is not a call: constant, variant, unit struct, type qualifier.
    Path,
    /// A type position, or a struct literal or pattern.
    Type,
    /// A call by path.
    Call,
    /// A method call.
    Method,
    /// A field access.
    Field,
    /// A trait bound, supertrait or `dyn`/`impl` trait.
    Trait,
    /// The header of an impl block.
    Impl,
    /// A macro invocation, derive or attribute macro.
    Macro,
}

impl DependencyKind {
    /// All kinds, in output order.
    pub const ALL: [DependencyKind; 9] = [
        DependencyKind::Use,
        DependencyKind::Path,
        DependencyKind::Type,
        DependencyKind::Call,
        DependencyKind::Method,
        DependencyKind::Field,
        DependencyKind::Trait,
        DependencyKind::Impl,
        DependencyKind::Macro,
    ];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            DependencyKind::Use => "use",
            DependencyKind::Path => "path",
            DependencyKind::Type => "type",
            DependencyKind::Call => "call",
            DependencyKind::Method => "method",
            DependencyKind::Field => "field",
            DependencyKind::Trait => "trait",
            DependencyKind::Impl => "impl",
            DependencyKind::Macro => "macro",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One reference, at one place, to something in the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The module in which it is written.
    pub from: ModuleId,
    /// The item in which it is written (a member where it is inside one); `None` for `use` declarations of the module itself.
    pub from_item: Option<ItemId>,
    /// The module that defines what is referred to.
    pub to: ModuleId,
    /// What is referred to; `None` when it is the module itself. Variants and fields refer to their type.
    pub to_item: Option<ItemId>,
    /// In what way.
    pub kind: DependencyKind,
    /// 1-based line in the file of `from`.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
    /// The file in which it is written; differs from the module's only under `include!`.
    pub file: FileId,
    /// The module through whose re-export the name was found, where that is another than `to`.
    pub via: Option<ModuleId>,
    /// The code around a call; empty for other kinds.
    pub context: CallContext,
    /// How it was found.
    pub confidence: Confidence,
    /// Who says so.
    pub provenance: Provenance,
}

/// A name whose meaning we do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unresolved {
    /// The file in which it is written.
    pub file: FileId,
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
    /// In what way it refers to whatever it means.
    pub kind: DependencyKind,
}

/// Code of another module that may run at a place, though what is written there is the name of a trait's method, an operator, `?` or
/// an argument of a macro.
///
/// By convention such a name belongs to the trait, so this is no reference; but whoever parts the two modules parts these, too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dispatch {
    /// The module in which it is written.
    pub from: ModuleId,
    /// The module of the impl that may run; never `from`.
    pub to: ModuleId,
    /// In what way.
    pub kind: DispatchKind,
    /// The trait, by module and name; one of the standard library by its path; of [`DispatchKind::Attribute`] the attribute; of
    /// [`DispatchKind::Made`] the name.
    pub of_trait: String,
    /// The file in which it is written.
    pub file: FileId,
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
    /// The item in which it is written.
    pub from_item: Option<ItemId>,
    /// The method that may run, of [`DispatchKind::Dispatch`] and [`DispatchKind::Implementation`].
    pub to_item: Option<ItemId>,
    /// The code around the call.
    pub context: CallContext,
}

/// How code comes to run unnamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DispatchKind {
    /// A method of a trait object or of a type of which only a bound is known: this is one of its implementors.
    Dispatch,
    /// A method of a trait on a type that is known: this is its implementation.
    Implementation,
    /// An operator: this is the impl that runs.
    Operator,
    /// `?` or `into()`: this is the impl that runs.
    Conversion,
    /// Named in the arguments of an attribute, of which a macro makes a reference.
    Attribute,
    /// Named in full, and declared by nobody: a macro of that module makes it.
    Made,
}

impl DispatchKind {
    /// All kinds, in output order.
    pub const ALL: [DispatchKind; 6] = [
        DispatchKind::Dispatch,
        DispatchKind::Implementation,
        DispatchKind::Operator,
        DispatchKind::Conversion,
        DispatchKind::Attribute,
        DispatchKind::Made,
    ];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            DispatchKind::Dispatch => "dispatch",
            DispatchKind::Implementation => "implementation",
            DispatchKind::Operator => "operator",
            DispatchKind::Conversion => "conversion",
            DispatchKind::Attribute => "attribute",
            DispatchKind::Made => "made",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How a reference was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Confidence {
    /// By name resolution alone.
    Name,
    /// By inferred types.
    Type,
    /// By the only workspace definition with that name.
    Unique,
}

/// Who says that there is a dependency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Provenance {
    /// Our own reading of the source.
    #[default]
    Source,
    /// An index that another program wrote.
    Scip,
    /// Both, of this reference or of several that are counted together.
    Both,
}

impl Provenance {
    /// All of them, in output order.
    pub const ALL: [Provenance; 3] = [Provenance::Source, Provenance::Scip, Provenance::Both];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Provenance::Source => "source",
            Provenance::Scip => "scip",
            Provenance::Both => "both",
        }
    }

    /// The provenance with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provenance| provenance.name() == name)
    }

    /// Of two references that are counted together.
    #[must_use]
    pub fn with(self, other: Provenance) -> Provenance {
        if self == other { self } else { Provenance::Both }
    }
}

/// Facts about the code around a call, as bit flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CallContext(pub u8);

impl CallContext {
    /// The value is bound, passed on, returned or matched.
    pub const USED: CallContext = CallContext(1);
    /// `.await` follows.
    pub const AWAITED: CallContext = CallContext(2);
    /// `?` follows.
    pub const TRIED: CallContext = CallContext(4);
    /// Inside a `for` or `while` loop, or a closure given to an iterator adaptor; not what an endless `loop` does each time that something comes.
    pub const IN_LOOP: CallContext = CallContext(8);
    /// Inside a `spawn(…)` argument.
    pub const SPAWNED: CallContext = CallContext(16);
    /// Between the `begin` of a transaction and the end of its scope.
    pub const IN_TRANSACTION: CallContext = CallContext(32);
    /// It is given the transaction that is open there, as an argument or as what it is called on; or the transaction is the state of a
    /// connection, and whatever is called runs in it.
    pub const GIVEN_TRANSACTION: CallContext = CallContext(64);
    /// A function of the workspace is called that gives a transaction.
    pub const GIVES_TRANSACTION: CallContext = CallContext(128);

    /// Are all flags of `other` set?
    pub fn has(self, other: CallContext) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets of flags.
    #[must_use]
    pub const fn with(self, other: CallContext) -> CallContext {
        CallContext(self.0 | other.0)
    }

    /// All flags but those of `other`.
    #[must_use]
    pub fn without(self, other: CallContext) -> CallContext {
        CallContext(self.0 & !other.0)
    }
}

/// How much of the input was understood. Printed in every report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Files that targets reach.
    pub files: u32,
    /// Of them, parsed whole.
    pub parsed: u32,
    /// Lines in them.
    pub lines: u32,
    /// References met: names in paths, methods, fields, macros.
    pub paths: u32,
    /// Resolved to something in the workspace.
    pub resolved: u32,
    /// Resolved to the standard library or another external crate.
    pub external: u32,
    /// Neither.
    pub unresolved: u32,
    /// Macro bodies not understood.
    pub macro_bodies: u32,
    /// Tokens in them.
    pub macro_tokens: u32,
    /// Macros whose bodies were not understood, most invocations first, then by name.
    pub opaque_macros: Vec<OpaqueMacro>,
    /// Of the unresolved references, methods and fields: they hang on the type of what stands before the dot.
    pub unresolved_members: u32,
    /// Method calls that were taken for the only workspace method of that name: they count as resolved.
    pub guessed: u32,
    /// Their names: (name, calls), most first, then by name; the first twenty.
    pub guessed_methods: Vec<(String, u32)>,
    /// Methods whose receiver's type is not known: (name, calls), most first, then by name; the first twenty.
    pub unresolved_methods: Vec<(String, u32)>,
    /// Derives and attribute macros of which nobody knows what they write: (name, uses), most first, then by name.
    pub unknown_macros: Vec<(String, u32)>,
    /// `include!`s of what a build script writes.
    pub generated: u32,
    /// Traits with more implementors than could be listed at a call: (trait, calls), most first, then by name.
    pub wide_dispatch: Vec<(String, u32)>,
    /// Items left out because of `#[cfg(…)]` that is off, tests apart.
    pub cfg_off: u32,
    /// Items and files left out because they are tests.
    pub tests: u32,
    /// Targets left out: examples, benches, integration tests, build scripts.
    pub targets_out: u32,
}

/// A macro whose body only the macro itself understands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpaqueMacro {
    /// Its name.
    pub name: String,
    /// Invocations with a body that was not understood.
    pub count: u32,
    /// Tokens in those bodies that mean nothing to us.
    pub tokens: u32,
}

impl Coverage {
    /// Share of references that ended as workspace item or external, in 0..=1.
    pub fn resolution_rate(&self) -> f64 {
        if self.paths == 0 { 1.0 } else { f64::from(self.resolved + self.external) / f64::from(self.paths) }
    }
}

/// The type in the header of an impl block, without its arguments.
fn bare_type(header: &str) -> &str {
    let of = header.rsplit(" for ").next().unwrap_or(header);
    let of = of.strip_prefix("impl ").unwrap_or(of);
    of.split('<').next().unwrap_or(of)
}

impl Codebase {
    /// The module with this id.
    pub fn module(&self, id: &str) -> Option<ModuleId> {
        self.modules.binary_search_by(|m| m.id.as_str().cmp(id)).ok().map(ModuleId::from)
    }

    /// The place of a reference.
    pub fn site(&self, reference: &Reference) -> Site {
        Site::new(self.files[reference.file.index()].path.clone(), reference.line)
    }

    /// The place of an item.
    pub fn item_site(&self, item: ItemId) -> Site {
        let item = &self.items[item.index()];
        Site::new(self.files[self.modules[item.module.index()].file.index()].path.clone(), item.line)
    }

    /// Path of an item inside its module: `Orders::place` for a member of a type's impl block or of a trait.
    pub fn item_path(&self, item: ItemId) -> String {
        let own = &self.items[item.index()];
        let Some(parent) = own.parent.map(|p| &self.items[p.index()]) else { return own.name.clone() };
        let owner = match parent.kind {
            ItemKind::Impl => parent.self_type.map_or_else(|| bare_type(&parent.name), |of| self.items[of.index()].name.as_str()),
            _ => &parent.name,
        };
        format!("{owner}::{}", own.name)
    }

    /// What a constant or static is set to.
    pub fn constant(&self, item: ItemId) -> Option<&Value> {
        self.constants.binary_search_by_key(&item, |(of, _)| *of).ok().map(|at| &self.constants[at].1)
    }

    /// The unit that moves with `item`: its type for an impl block in the type's own module, else the outermost parent.
    pub fn unit(&self, item: ItemId) -> ItemId {
        let mut unit = item;
        while let Some(parent) = self.items[unit.index()].parent {
            unit = parent;
        }
        match self.items[unit.index()].self_type {
            Some(of) if self.items[of.index()].module == self.items[unit.index()].module => of,
            _ => unit,
        }
    }

    /// Checks the invariants of this type; the message names the first that does not hold.
    pub fn verify(&self) -> Result<(), String> {
        let (files, modules, items) = (self.files.len(), self.modules.len(), self.items.len());
        let sorted = self.modules.windows(2).all(|w| w[0].id < w[1].id);
        if !sorted {
            return Err("modules are not sorted by id, or an id stands twice".into());
        }
        if !self.references.is_sorted() {
            return Err("references are not sorted".into());
        }
        for m in &self.modules {
            if m.file.index() >= files || m.krate.index() >= self.crates.len() || m.parent.is_some_and(|p| p.index() >= modules) {
                return Err(format!("module {}: an id is out of range", m.id));
            }
        }
        for i in &self.items {
            if i.module.index() >= modules || [i.parent, i.self_type, i.implements].iter().flatten().any(|p| p.index() >= items) {
                return Err(format!("item {}: an id is out of range", i.name));
            }
            if let Some(parent) = i.parent
                && self.items[parent.index()].module != i.module
            {
                return Err(format!("item {}: its parent is in another module", i.name));
            }
        }
        if !self.dispatches.is_sorted() {
            return Err("dispatches are not sorted".into());
        }
        if let Some(d) = self
            .dispatches
            .iter()
            .find(|d| d.from == d.to || d.from.index() >= modules || d.to.index() >= modules || d.file.index() >= files)
        {
            return Err(format!("dispatch at line {}: an id is out of range, or it leads nowhere else", d.line));
        }
        for r in &self.references {
            let items_in_range = [r.from_item, r.to_item].iter().flatten().all(|i| i.index() < items);
            if r.from.index() >= modules || r.to.index() >= modules || r.file.index() >= files || !items_in_range {
                return Err(format!("reference at line {}: an id is out of range", r.line));
            }
            if r.to_item.is_some_and(|i| self.items[i.index()].module != r.to) {
                return Err(format!("reference at line {}: its target is not in the module that it names", r.line));
            }
        }
        Ok(())
    }
}
