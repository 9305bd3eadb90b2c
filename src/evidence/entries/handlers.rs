//! What answers: the function that is named where a route is registered.
//!
//! Takes: the value that is given. Gives: a [`Handler`] for each method. A closure is what it calls.

use super::words;
use crate::evidence::code::{self, Code};
use crate::model::calls::{Call, CallKind, Invocation, Value};
use crate::model::ids::ItemId;

/// What answers, or runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Handler {
    /// The function, where it has a name.
    pub(super) item: Option<ItemId>,
    /// What runs first.
    pub(super) starts: Vec<ItemId>,
    /// Types that a generic handler is for: of a trait's implementors, theirs are meant.
    pub(super) of_types: Vec<ItemId>,
}

impl Handler {
    pub(super) fn item(item: ItemId) -> Self {
        Handler { item: Some(item), starts: vec![item], of_types: Vec::new() }
    }
}

/// Methods with what answers them: `get(h).post(h2)`, `web::get().to(h)`, `MethodFilter`s; `ANY` where no method is named.
pub(super) fn by_method(code: &Code<'_>, invocation: &Invocation, by: &Call, answers: &Value) -> Vec<(String, Handler)> {
    let Value::Call(call) = answers else {
        return match answers {
            Value::Either(list) => list.iter().flat_map(|v| by_method(code, invocation, by, v)).collect(),
            _ => vec![("ANY".into(), handler(code, invocation, by, answers))],
        };
    };
    let mut found: Vec<(Vec<String>, Option<Handler>)> = Vec::new();
    for call in code::chain(call) {
        let name = call.name();
        match (words::verb(name), call.args.as_slice()) {
            (Some(verb), []) => found.push((vec![verb.into()], None)),
            // A guard of a route whose method is not told yet.
            (Some(verb), [given, ..]) if call.callee.item.is_none() => {
                found.push((vec![verb.into()], Some(handler(code, invocation, call, given))));
            }
            _ => match (name, call.args.as_slice()) {
                ("to" | "to_async" | "handler", [given]) => {
                    let given = handler(code, invocation, call, given);
                    match found.last_mut() {
                        Some(last) => last.1 = Some(given),
                        None => found.push((vec!["ANY".into()], Some(given))),
                    }
                }
                ("on" | "on_service", [filter, given]) => found.push((filters(filter), Some(handler(code, invocation, call, given)))),
                ("method" | "guard", [given]) => {
                    let methods = filters(given);
                    if !methods.is_empty() {
                        match found.last_mut() {
                            Some(last) if last.1.is_none() => last.0 = methods,
                            _ => found.push((methods, None)),
                        }
                    }
                }
                _ => {}
            },
        }
    }
    if found.is_empty() {
        return vec![("ANY".into(), handler(code, invocation, by, answers))];
    }
    let each = |(methods, handler): (Vec<String>, Option<Handler>)| {
        let handler = handler.unwrap_or_default();
        methods.into_iter().map(move |method| (method, handler.clone()))
    };
    found.into_iter().flat_map(each).collect()
}

/// The methods in `MethodFilter::GET.or(MethodFilter::POST)`, `Method::GET`, `guard::Get()`.
fn filters(value: &Value) -> Vec<String> {
    match value {
        Value::Path(path) => {
            let name = path.name();
            words::VERBS.iter().filter(|(_, verb)| *verb == name).map(|(_, verb)| (*verb).to_owned()).take(1).collect()
        }
        Value::Call(call) => {
            let mut found: Vec<String> = call.receiver.as_deref().map(filters).unwrap_or_default();
            found.extend(words::verb(call.name()).map(str::to_owned));
            found.extend(call.args.iter().flat_map(filters));
            found
        }
        Value::Local(..) | Value::Text(_) => Vec::new(),
        Value::List(list) | Value::Either(list) | Value::Joined(list) => list.iter().flat_map(filters).collect(),
        _ => Vec::new(),
    }
}

/// What a value is that is called later; `by` is the call in whose brackets it stands.
pub(super) fn handler(code: &Code<'_>, invocation: &Invocation, by: &Call, value: &Value) -> Handler {
    match value {
        Value::Path(path) => match path.item {
            Some(item) => {
                let generic = code.codebase.items[item.index()].signature.as_ref().is_some_and(|s| s.is_generic);
                let of_types = if generic { code.types_in(invocation.file, by) } else { Vec::new() };
                Handler { of_types, ..Handler::item(item) }
            }
            None => Handler::default(),
        },
        Value::Closure => Handler { item: None, starts: code.named_in(invocation.file, by), of_types: Vec::new() },
        Value::Call(call) => {
            // `h.with_state(x)`, `make_handler()`, `EndpointExt`s
            let first = code::chain(call)[0];
            match (first.receiver.as_deref(), code.called(invocation.file, first)) {
                (Some(receiver @ (Value::Path(_) | Value::Closure)), _) => handler(code, invocation, by, receiver),
                (_, Some(item)) => Handler::item(item),
                // `get(wrap(h))`
                _ if first.kind == CallKind::Function && first.args.len() == 1 => handler(code, invocation, first, &first.args[0]),
                _ => Handler::default(),
            }
        }
        _ => Handler::default(),
    }
}
