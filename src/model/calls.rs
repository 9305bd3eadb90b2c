//! Calls as they are written, for those who read meaning in them: a route that is registered, a statement that is run, a message that is sent.
//!
//! Takes: nothing. Gives: [`Invocation`] with its arguments as far as they can be told without running anything, [`Attribute`], [`Member`],
//! and [`Vocabulary`], by which a later stage says which calls it wants to hear of. What a local variable or constant is set to stands in
//! its place. Values are bounded in depth and size: what lies beyond is [`Value::Other`].
//!
//! Ids are parameters, so that a front end can use its own until the code base is put together: see [`Call::map`].

use super::ids::{FileId, ItemId, ModuleId};
use serde::{Deserialize, Serialize};

pub use super::codebase::{CallContext, Visibility};

/// Which calls are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Sorted, nothing twice.
    words: Vec<Word>,
}

/// A name that is listened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// A function, method or macro of this name, whatever it belongs to.
    Any(&'static str),
    /// A function or method whose name begins so.
    Begins(&'static str),
    /// A function by its last two names: `QueryBuilder::new`.
    Path(&'static str, &'static str),
    /// A function of this name, which is no method.
    Function(&'static str),
    /// A method of this name, of a type that neither the workspace nor the standard library defines, as far as that is known.
    Outside(&'static str),
}

impl Vocabulary {
    /// Of all these words.
    pub fn new(words: impl IntoIterator<Item = Word>) -> Self {
        let mut words: Vec<Word> = words.into_iter().collect();
        words.sort_unstable();
        words.dedup();
        Vocabulary { words }
    }

    /// All words, sorted.
    pub fn words(&self) -> &[Word] {
        &self.words
    }
}

/// A call in the code, and what is around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Invocation {
    /// The module in which it is written.
    pub from: ModuleId,
    /// The item in which it is written.
    pub item: Option<ItemId>,
    /// The file in which it is written.
    pub file: FileId,
    /// The call.
    pub call: Call,
    /// The code around it.
    pub context: CallContext,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CallKind {
    /// By a path.
    Function,
    /// On a receiver.
    Method,
    /// A macro, which is not the workspace's own.
    Macro,
}

/// A call with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Call<M = ModuleId, I = ItemId> {
    /// 1-based line.
    pub line: u32,
    /// 1-based column: of a method its name's, of others where the path begins.
    pub column: u32,
    /// What is called.
    pub kind: CallKind,
    /// Its path; of a method the name alone.
    pub callee: Path<M, I>,
    /// What a method is called on.
    pub receiver: Option<Box<Value<M, I>>>,
    /// The receiver's type, where it is known; references are left out.
    pub receiver_type: Option<TypeName<I>>,
    /// `::<T>` of the last segment.
    pub types: Vec<TypeName<I>>,
    /// In order; of a macro those that are expressions.
    pub args: Vec<Value<M, I>>,
    /// Of a macro what stands between its brackets.
    pub text: Option<String>,
}

/// A path in an expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Path<M = ModuleId, I = ItemId> {
    /// Of what is outside of the workspace its crate and last names (`axum::routing::get`), of anything else the path as it is written.
    pub text: String,
    /// It leads out of the workspace.
    pub is_external: bool,
    /// The item that it leads to; a variant is its enum.
    pub item: Option<I>,
    /// Where the workspace has no such item: the last module on the way, in which a macro may make it.
    pub module: Option<M>,
    /// What of the path is left from there.
    pub rest: String,
}

/// A type by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TypeName<I = ItemId> {
    /// `Sender<OrderPlaced>`; of what is outside of the workspace with its path.
    pub text: String,
    /// The workspace's types in it, from the outside in.
    pub items: Vec<I>,
}

/// What an argument is, as far as that can be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Value<M = ModuleId, I = ItemId> {
    /// A string.
    Text(String),
    /// A path that is not called: a function, constant, variant, type.
    Path(Path<M, I>),
    /// A parameter, or a variable whose value is not known: its name, and its type where that is known.
    Local(String, Option<TypeName<I>>),
    /// What a call gives.
    Call(Box<Call<M, I>>),
    /// A struct literal: its type, and fields by name.
    Struct(Path<M, I>, Vec<(String, Value<M, I>)>),
    /// A field of a value.
    Field(Box<Value<M, I>>, String),
    /// An array or tuple.
    List(Vec<Value<M, I>>),
    /// One of these, by what is decided at run time.
    Either(Vec<Value<M, I>>),
    /// One after the other: `a + b`.
    Joined(Vec<Value<M, I>>),
    /// A closure or `async` block, whose body is not looked into here.
    Closure,
    /// Anything else.
    Other,
}

/// An attribute of an item or member that the compiler itself gives no meaning to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attribute {
    /// Its path as written: `get`, `utoipa::path`.
    pub path: String,
    /// What stands in its brackets or behind its `=`, as written; empty where there is nothing.
    pub arguments: String,
    /// 1-based line.
    pub line: u32,
}

/// A field of a struct, or a variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// Its name; of a tuple's field its number.
    pub name: String,
    /// Types of the field or of what the variant holds, as written and separated by `, `.
    pub types: String,
    /// Visibility as written; a variant is [`Visibility::Public`].
    pub visibility: Visibility,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
}

/// Puts ids in the place of others.
pub trait Renumber<M, I, N, J> {
    /// Of a module.
    fn module(&mut self, module: M) -> Option<N>;
    /// Of an item.
    fn item(&mut self, item: I) -> Option<J>;
}

impl<M: Copy, I: Copy> Call<M, I> {
    /// The same with other ids; what has none is left out.
    pub fn map<N, J>(&self, to: &mut impl Renumber<M, I, N, J>) -> Call<N, J> {
        Call {
            line: self.line,
            column: self.column,
            kind: self.kind,
            callee: self.callee.map(to),
            receiver: self.receiver.as_ref().map(|r| Box::new(r.map(to))),
            receiver_type: self.receiver_type.as_ref().map(|t| t.map(to)),
            types: self.types.iter().map(|t| t.map(to)).collect(),
            args: self.args.iter().map(|a| a.map(to)).collect(),
            text: self.text.clone(),
        }
    }
}

impl<M, I> Call<M, I> {
    /// The last name of what is called.
    pub fn name(&self) -> &str {
        self.callee.name()
    }
}

impl<M: Copy, I: Copy> Path<M, I> {
    fn map<N, J>(&self, to: &mut impl Renumber<M, I, N, J>) -> Path<N, J> {
        Path {
            text: self.text.clone(),
            is_external: self.is_external,
            item: self.item.and_then(|i| to.item(i)),
            module: self.module.and_then(|m| to.module(m)),
            rest: self.rest.clone(),
        }
    }
}

impl<M, I> Path<M, I> {
    /// Its last segment.
    pub fn name(&self) -> &str {
        self.text.rfind(':').map_or(&self.text, |at| &self.text[at + 1..])
    }
}

impl<I: Copy> TypeName<I> {
    fn map<M, N, J>(&self, to: &mut impl Renumber<M, I, N, J>) -> TypeName<J> {
        TypeName { text: self.text.clone(), items: self.items.iter().filter_map(|i| to.item(*i)).collect() }
    }
}

impl<M: Copy, I: Copy> Value<M, I> {
    /// The same with other ids; what has none is left out.
    pub fn map<N, J>(&self, to: &mut impl Renumber<M, I, N, J>) -> Value<N, J> {
        fn list<M: Copy, I: Copy, N, J>(values: &[Value<M, I>], to: &mut impl Renumber<M, I, N, J>) -> Vec<Value<N, J>> {
            values.iter().map(|v| v.map(to)).collect()
        }
        match self {
            Value::Text(text) => Value::Text(text.clone()),
            Value::Local(name, ty) => Value::Local(name.clone(), ty.as_ref().map(|t| t.map(to))),
            Value::List(values) => Value::List(list(values, to)),
            Value::Either(values) => Value::Either(list(values, to)),
            Value::Joined(values) => Value::Joined(list(values, to)),
            Value::Path(path) => Value::Path(path.map(to)),
            Value::Call(call) => Value::Call(Box::new(call.map(to))),
            Value::Struct(path, fields) => {
                Value::Struct(path.map(to), fields.iter().map(|(name, value)| (name.clone(), value.map(to))).collect())
            }
            Value::Field(base, name) => Value::Field(Box::new(base.map(to)), name.clone()),
            Value::Closure => Value::Closure,
            Value::Other => Value::Other,
        }
    }
}

impl<M, I> Value<M, I> {
    /// The call that it is.
    pub fn call(&self) -> Option<&Call<M, I>> {
        match self {
            Value::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The path that it is.
    pub fn path(&self) -> Option<&Path<M, I>> {
        match self {
            Value::Path(path) => Some(path),
            _ => None,
        }
    }
}
