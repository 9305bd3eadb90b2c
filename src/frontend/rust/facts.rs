//! What one file says, in our own words: owned, `Send`, free of syn.
//!
//! Takes: nothing. Gives: [`FileFacts`], a compact tree in arenas that [`parse`](super::parse) fills and
//! [`resolve`](super::resolve) reads. Names are numbered per file; the resolver maps them to its own symbols.
//! Invariant: an index of this file is only ever used with this file's arenas. This is what the cache keeps of a file.

use serde::{Deserialize, Serialize};

/// Index into [`FileFacts::names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Name(pub u32);

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident => $field:ident : $of:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub(super) struct $name(pub u32);

        impl std::ops::Index<$name> for FileFacts {
            type Output = $of;
            fn index(&self, index: $name) -> &$of {
                &self.$field[index.0 as usize]
            }
        }
    )*};
}

index! {
    /// Index of an item.
    ItemIx => items: Item;
    /// Index of an expression.
    ExprIx => exprs: Expr;
    /// Index of a pattern.
    PatIx => pats: Pat;
    /// Index of a type.
    TypeIx => types: Type;
    /// Index of a block.
    BlockIx => blocks: Block;
    /// Index of a string.
    TextIx => texts: Box<str>;
}

/// 1-based line and column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Pos {
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
}

impl Pos {
    /// Set in the column of what a macro's definition wrote, and not its invocation.
    const IN_DEFINITION: u32 = 1 << 31;

    /// This place, as one in the definition of the macro that is being expanded.
    pub(super) fn in_definition(self) -> Pos {
        Pos { column: self.column | Self::IN_DEFINITION, ..self }
    }

    /// The place without that mark, where it has it.
    pub(super) fn of_definition(self) -> Option<Pos> {
        (self.column & Self::IN_DEFINITION != 0).then_some(Pos { column: self.column & !Self::IN_DEFINITION, ..self })
    }
}

/// Everything that one file says.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct FileFacts {
    /// The file's own string table.
    pub names: Vec<Box<str>>,
    /// What its string literals say.
    pub texts: Vec<Box<str>>,
    /// Number of lines.
    pub lines: u32,
    /// Attributes of the file itself (`#![…]`).
    pub attrs: Attrs,
    /// Items at the top of the file, in order.
    pub root: Vec<ItemIx>,
    /// All items.
    pub items: Vec<Item>,
    /// All expressions.
    pub exprs: Vec<Expr>,
    /// All patterns.
    pub pats: Vec<Pat>,
    /// All types.
    pub types: Vec<Type>,
    /// All blocks.
    pub blocks: Vec<Block>,
    /// What did not parse.
    pub errors: Vec<(Pos, String)>,
    /// Bodies of macros that were not understood: (name of the macro, tokens).
    pub opaque: Vec<(Name, u32)>,
}

impl FileFacts {
    /// The text of a name.
    pub(super) fn text(&self, name: Name) -> &str {
        &self.names[name.0 as usize]
    }
}

/// A `cfg` predicate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Cfg {
    /// `all(…)`
    All(Vec<Cfg>),
    /// `any(…)`
    Any(Vec<Cfg>),
    /// `not(…)`
    Not(Box<Cfg>),
    /// `test`, `unix`, …
    Flag(Box<str>),
    /// `feature = "x"`, …
    Value(Box<str>, Box<str>),
}

/// The attributes that matter to somebody.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Attrs {
    /// All must hold.
    pub cfg: Vec<Cfg>,
    /// `#[path = "…"]`, under its `cfg_attr` condition.
    pub path: Vec<(Option<Cfg>, Box<str>)>,
    /// `#[macro_use]`
    pub macro_use: bool,
    /// `#[macro_export]`
    pub macro_export: bool,
    /// `#[test]`, `#[tokio::test]`, `#[bench]`
    pub test: bool,
    /// Paths in `#[derive(…, Serialize, Deserialize)]`.
    pub derives: Vec<Path>,
    /// Other attributes by path, as they may be attribute macros.
    pub macros: Vec<Path>,
    /// What the arguments of known ones name, those on fields and variants too.
    pub named: Vec<Named>,
    /// All that the compiler gives no meaning to, as written, those on fields and variants too.
    pub written: Vec<Written>,
    /// The name under which a procedural macro is exported, for `#[proc_macro_derive(Name)]` and its likes.
    pub proc_macro: Option<Name>,
    /// First sentence of the documentation.
    pub summary: Option<Box<str>>,
}

/// An attribute as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Written {
    /// Where it is under a `cfg_attr`.
    pub cfg: Option<Cfg>,
    /// The field or variant that it stands on; `None`: on the item itself.
    pub member: Option<Name>,
    /// The attribute's path.
    pub path: Name,
    /// What stands in its brackets or behind its `=`.
    pub arguments: Box<str>,
    /// 1-based line.
    pub line: u32,
}

/// Code that an attribute names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Named {
    /// Where it is under a `cfg_attr`.
    pub cfg: Option<Cfg>,
    /// The attribute's path.
    pub attribute: Name,
    /// What it names.
    pub what: AttrRef,
}

/// In what form an attribute names code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum AttrRef {
    /// By a path; true where that is a function to be called.
    Path(Path, bool),
    /// As a type.
    Type(TypeIx),
    /// In an expression.
    Expr(ExprIx),
    /// `#[from]` on a field: the derive writes a `From` of this type.
    From(TypeIx),
}

/// An item, or a member of an impl block or trait.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Item {
    /// Its name; empty for impl blocks, uses and macro calls.
    pub name: Name,
    /// Where it begins (attributes left out).
    pub pos: Pos,
    /// Last line.
    pub end_line: u32,
    /// Visibility as written.
    pub vis: Vis,
    /// Attributes.
    pub attrs: Attrs,
    /// The rest.
    pub kind: ItemKind,
}

/// Visibility as written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Vis {
    /// Nothing written.
    Private,
    /// `pub`
    Public,
    /// `pub(crate)`, `pub(super)`, `pub(self)`, `pub(in path)`.
    In(Box<[Name]>),
}

/// What an item is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ItemKind {
    /// `mod x;` (`None`) or `mod x { … }`.
    Module(Option<Vec<ItemIx>>),
    /// Any function.
    Fn(Box<Function>),
    /// `struct` or `union`; `closed` holds the positions of fields that are not `pub`, with whether `pub(…)` is written.
    Struct { generics: Generics, fields: Fields, union: bool, closed: Box<[(u32, bool)]> },
    /// `enum`
    Enum { generics: Generics, variants: Vec<Variant> },
    /// `trait` or trait alias.
    Trait { generics: Generics, supers: Vec<Path>, items: Vec<ItemIx> },
    /// `type`, also associated.
    TypeAlias { generics: Generics, bounds: Vec<Path>, ty: Option<TypeIx> },
    /// `const`, also associated.
    Const { ty: TypeIx, value: Option<ExprIx> },
    /// `static`
    Static { ty: TypeIx, value: Option<ExprIx> },
    /// `impl`
    Impl { generics: Generics, of_trait: Option<Path>, self_ty: TypeIx, items: Vec<ItemIx> },
    /// `use`, one leaf for each name or glob.
    Use(Vec<UseLeaf>),
    /// `extern crate name [as rename]`; a rename to `_` is `None` in the inner option.
    ExternCrate { rename: Option<Option<Name>> },
    /// `macro_rules!`: the text of its rules and where it begins.
    MacroRules(Box<str>, Pos),
    /// A macro invocation where items stand.
    MacroCall(MacroCall),
}

/// One leaf of a `use` tree.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UseLeaf {
    /// Begins with `::`.
    pub global: bool,
    /// The whole path; for a glob without the star.
    pub path: Vec<(Name, Pos)>,
    /// Its end.
    pub end: UseEnd,
}

/// How a `use` path ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum UseEnd {
    /// A name in every namespace.
    Name,
    /// The same, under another name.
    Rename(Name),
    /// `as _`: brought in for its methods only.
    Underscore,
    /// `{self}`: the type namespace only; perhaps renamed.
    SelfName(Option<Name>),
    /// `*`
    Glob,
}

/// A function.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Function {
    /// Type parameters and bounds.
    pub generics: Generics,
    /// `async fn`
    pub is_async: bool,
    /// `const fn`
    pub is_const: bool,
    /// How `self` is taken.
    pub receiver: Option<SelfParam>,
    /// Bit i: the i-th of `params` is `&mut T`; those after the 32nd are not told.
    pub mutable: u32,
    /// Patterns and types of the other parameters.
    pub params: Vec<(PatIx, TypeIx)>,
    /// Return type.
    pub ret: Option<TypeIx>,
    /// Body.
    pub body: Option<BlockIx>,
}

/// A `self` parameter.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct SelfParam {
    /// `&self`, `&mut self`
    pub by_ref: bool,
    /// `&mut self`
    pub mutable: bool,
    /// `self: T`
    pub ty: Option<TypeIx>,
}

/// Generic parameters and where clauses.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Generics {
    /// Type and const parameters, in order; lifetimes left out.
    pub params: Vec<GenericParam>,
    /// `where T: A + B`
    pub wheres: Vec<(TypeIx, Vec<Path>)>,
}

/// A type or const parameter.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct GenericParam {
    /// Its name.
    pub name: Name,
    /// Bounds written at the parameter.
    pub bounds: Vec<Path>,
    /// Default of a type parameter, type of a const parameter.
    pub ty: Option<TypeIx>,
    /// `const N: usize`
    pub is_const: bool,
}

/// Fields of a struct or variant.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Fields {
    /// None.
    Unit,
    /// `(A, B)`
    Tuple(Vec<TypeIx>),
    /// `{ a: A }`
    Named(Vec<(Name, TypeIx)>),
}

/// A variant of an enum.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Variant {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Fields,
    /// Explicit discriminant.
    pub value: Option<ExprIx>,
}

/// A path as written.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Path {
    /// Begins with `::`.
    pub global: bool,
    /// `<T as a::b>::c`: T, and how many of the segments belong to the trait.
    pub qself: Option<(TypeIx, u32)>,
    /// The segments, all of them.
    pub segments: Vec<Segment>,
}

/// One segment of a path.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Segment {
    /// Its name.
    pub name: Name,
    /// Where it stands.
    pub pos: Pos,
    /// Generic arguments.
    pub args: Option<Box<Args>>,
}

/// Generic arguments of a segment.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Args {
    /// Types, in order; for `Fn(A, B)` one tuple of the inputs.
    pub types: Vec<TypeIx>,
    /// `Item = T`; for `Fn() -> T` the output under the name `Output`.
    pub assoc: Vec<(Name, TypeIx)>,
    /// `Item: Bound`
    pub bounds: Vec<Path>,
    /// Const arguments that are not plain paths.
    pub exprs: Vec<ExprIx>,
}

/// A type as written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Type {
    /// A path.
    Path(Path),
    /// `&T`, `&mut T`
    Ref(TypeIx),
    /// `*const T`
    Ptr(TypeIx),
    /// `(A, B)`
    Tuple(Vec<TypeIx>),
    /// `[T; n]`
    Array(TypeIx, Option<ExprIx>),
    /// `[T]`
    Slice(TypeIx),
    /// `fn(A) -> B`
    Fn(Vec<TypeIx>, Option<TypeIx>),
    /// `impl A + B`
    Impl(Vec<Path>),
    /// `dyn A + B`
    Dyn(Vec<Path>),
    /// `!`
    Never,
    /// `_`, or something without names.
    Infer,
    /// A macro in type position.
    Macro(MacroCall),
    /// The type of a field or parameter that is there only where these hold.
    Cfg(Vec<Cfg>, TypeIx),
}

/// A pattern.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Pat {
    /// `_`, `..`
    Wild,
    /// `x`, `ref x`, `x @ p`: or a constant, which only the resolver can tell.
    Bind { name: Name, pos: Pos, sub: Option<PatIx> },
    /// `A::B(p, ..)`; `rest` is the position of `..`.
    TupleStruct { path: Path, elems: Vec<PatIx>, rest: Option<u32> },
    /// `A { x: p }`
    Struct { path: Path, fields: Vec<(Name, Pos, PatIx)> },
    /// `(a, b)`
    Tuple(Vec<PatIx>, Option<u32>),
    /// `a::B`
    Path(Path),
    /// Literal, const block, range end.
    Expr(Vec<ExprIx>),
    /// `&p`, `box p`
    Ref(PatIx),
    /// `a | b`
    Or(Vec<PatIx>),
    /// `[a, b]`
    Slice(Vec<PatIx>),
    /// `p: T`
    Typed(PatIx, TypeIx),
    /// A macro in pattern position.
    Macro(MacroCall),
}

/// An expression.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Expr {
    /// Where its telling part stands: a method's name, a path's start.
    pub pos: Pos,
    /// What it is.
    pub kind: ExprKind,
}

/// Kinds of literals, as far as types need them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Lit {
    /// `"…"`
    Str(TextIx),
    /// Anything else that has a primitive type.
    Int,
    /// `1.0`
    Float,
    /// `true`
    Bool,
    /// `'c'`
    Char,
    /// `b"…"`
    Bytes,
}

/// An operator, as far as an impl gives it its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is named as its trait")]
pub(super) enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    AddAssign,
    SubAssign,
    MulAssign,
    DivAssign,
    RemAssign,
    BitAndAssign,
    BitOrAssign,
    BitXorAssign,
    ShlAssign,
    ShrAssign,
    /// `==`, `!=`
    Eq,
    /// `<` and its likes
    Ord,
    /// `&&`, `||`: nobody can give these another meaning.
    Lazy,
    Neg,
    Not,
    Deref,
    Index,
}

/// What an expression is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ExprKind {
    /// A path.
    Path(Box<Path>),
    /// A literal.
    Lit(Lit),
    /// `f(a)`
    Call(ExprIx, Vec<ExprIx>),
    /// `r.m::<T>(a)`
    Method(Box<MethodCall>),
    /// `e.f`
    Field(ExprIx, Name),
    /// `a[b]`
    Index(ExprIx, ExprIx),
    /// `!a`, `-a`
    Unary(ExprIx, Operator),
    /// `*a`
    Deref(ExprIx),
    /// `a + b`
    Binary(ExprIx, ExprIx, Operator),
    /// `a = b`, `a += b`
    Assign(ExprIx, ExprIx, Option<Operator>),
    /// `&a`
    Ref(ExprIx),
    /// `a as T`
    Cast(ExprIx, TypeIx),
    /// `let p = e` inside a condition.
    Let(PatIx, ExprIx),
    /// `if`
    If(ExprIx, BlockIx, Option<ExprIx>),
    /// `match`
    Match(ExprIx, Vec<Arm>),
    /// A block, `unsafe` or not.
    Block(BlockIx),
    /// `async { … }`
    Async(BlockIx),
    /// `loop { … }`
    Loop(BlockIx),
    /// `while c { … }`
    While(ExprIx, BlockIx),
    /// `for p in e { … }`
    For(PatIx, ExprIx, BlockIx),
    /// A closure.
    Closure(Box<Closure>),
    /// `e.await`
    Await(ExprIx),
    /// `e?`
    Try(ExprIx),
    /// `return e`
    Return(Option<ExprIx>),
    /// `break e`, `continue`, `yield e`
    Break(Option<ExprIx>),
    /// `(a, b)`
    Tuple(Vec<ExprIx>),
    /// `[a, b]`
    Array(Vec<ExprIx>),
    /// `[a; n]`
    Repeat(ExprIx, ExprIx),
    /// `A { x: e, ..rest }`
    Struct(Box<StructLit>),
    /// `a..b`
    Range(Option<ExprIx>, Option<ExprIx>),
    /// A macro invocation.
    Macro(Box<MacroCall>),
    /// An element or a field's value that is there only where these hold.
    Cfg(Vec<Cfg>, ExprIx),
    /// Something without names.
    Other,
}

/// A method call.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MethodCall {
    /// The receiver.
    pub receiver: ExprIx,
    /// The method's name.
    pub name: Name,
    /// `::<T>`
    pub types: Vec<TypeIx>,
    /// The arguments.
    pub args: Vec<ExprIx>,
}

/// A closure.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Closure {
    /// Parameters with their types where written.
    pub params: Vec<PatIx>,
    /// Return type where written.
    pub ret: Option<TypeIx>,
    /// Body.
    pub body: ExprIx,
    /// `async |…|`
    pub is_async: bool,
}

/// A struct literal.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StructLit {
    /// The type or variant.
    pub path: Path,
    /// Fields; shorthand ones have the path to the local as value.
    pub fields: Vec<(Name, Pos, ExprIx)>,
    /// `..rest`
    pub rest: Option<ExprIx>,
}

/// An arm of a `match`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Arm {
    /// The pattern.
    pub pat: PatIx,
    /// `#[cfg]` on it.
    pub cfg: Vec<Cfg>,
    /// The guard.
    pub guard: Option<ExprIx>,
    /// The body.
    pub body: ExprIx,
}

/// A block.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Block {
    /// Statements, items left out.
    pub stmts: Vec<Stmt>,
    /// Items declared in it: where there are any, the block is a scope of its own.
    pub items: Vec<ItemIx>,
    /// The scope around it; read only where `items` is not empty.
    pub around: Around,
}

/// The nearest lexical scope with items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) enum Around {
    /// The file's own module.
    #[default]
    File,
    /// An inline module.
    Module(ItemIx),
    /// A block with items.
    Block(BlockIx),
}

/// A statement.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Stmt {
    /// `let p: T = e else { … };`
    Let { pat: PatIx, ty: Option<TypeIx>, init: Option<ExprIx>, otherwise: Option<ExprIx> },
    /// An expression; true where `;` follows.
    Expr(ExprIx, bool),
    /// `#[cfg]` on the next statement.
    Cfg(Vec<Cfg>),
}

/// A macro invocation.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MacroCall {
    /// Its path.
    pub path: Path,
    /// What of its arguments parses as it stands.
    pub args: MacroArgs,
    /// The arguments as written and where they begin, where the macro may be the workspace's own.
    pub text: Option<(Box<str>, Pos)>,
}

/// The arguments of a macro, as far as they parse.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum MacroArgs {
    /// Expressions, patterns and types, each on its own.
    Fragments { exprs: Vec<ExprIx>, arms: Vec<Arm>, types: Vec<TypeIx>, paths: Vec<Path> },
    /// Items.
    Items(Vec<ItemIx>),
    /// Statements.
    Block(BlockIx),
    /// `include!("file")`
    Include(Box<str>),
}
