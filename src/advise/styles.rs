//! How one item on the far side of a crossing would cross alone.
//!
//! Takes the item and all references to it; gives a [`Rule`]: the first of its list that applies. A rule knows its [`Style`], the
//! sentence that says why, and what would change it.

use crate::model::codebase::{CallContext, Codebase, DependencyKind, Item, ItemKind, Receiver, Reference, Returns};
use crate::model::ids::ItemId;
use crate::model::plan::Style;

/// Parts of names of functions whose callers only want something to be told.
const TELLING: &[&str] = &[
    "notify",
    "send",
    "publish",
    "emit",
    "email",
    "mail",
    "audit",
    "track",
    "enqueue",
    "queue",
    "dispatch",
    "broadcast",
    "announce",
    "log",
];

/// Why an item crosses as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// Called between the begin of a transaction and its end.
    Transaction,
    /// Changes an argument of the caller's and waits for something meanwhile: a connection, an open transaction.
    BorrowedState,
    /// A `static`.
    ProcessMemory,
    /// A result that is waited for in a loop.
    Loop,
    /// A result that is waited for.
    Result,
    /// A type that waits for something by itself: its implementation of a foreign trait does.
    ActingType,
    /// A function that is handed over as a value.
    Callback,
    /// A call of which no item is known.
    UnknownCall,
    /// Told inside a transaction, and nobody waits.
    Outbox,
    /// Called in a spawned task.
    Spawned,
    /// Called, and nobody uses a result.
    Told,
    /// An event or message type by name.
    Event,
    /// Only computes.
    Computes,
    /// Types, constants, macros.
    Data,
    /// A module's name, no more.
    Name,
}

impl Rule {
    /// How an item under this rule crosses.
    pub(crate) fn style(self) -> Style {
        match self {
            Rule::Transaction | Rule::BorrowedState | Rule::ProcessMemory | Rule::Loop => Style::KeepTogether,
            Rule::Result | Rule::ActingType | Rule::Callback | Rule::UnknownCall => Style::SyncApi,
            Rule::Outbox | Rule::Spawned | Rule::Told | Rule::Event => Style::Broker,
            Rule::Computes | Rule::Data | Rule::Name => Style::Library,
        }
    }

    /// Why, after the names of the items.
    pub(crate) fn why(self) -> &'static str {
        match self {
            Rule::Transaction => "called inside an open transaction: apart, the two sides cannot commit as one",
            Rule::BorrowedState => "changes state that the caller lends with `&mut`, such as a connection: that cannot cross a wire",
            Rule::ProcessMemory => "a `static`: memory of one process",
            Rule::Loop => "its result is waited for inside a loop: one round trip for each turn",
            Rule::Result => "its result decides how the caller goes on",
            Rule::ActingType => "using the type calls it: its implementation of a foreign trait waits for something",
            Rule::Callback => "handed over as a function, so its caller expects an answer",
            Rule::UnknownCall => "called; what becomes of the result is not known",
            Rule::Outbox => "nobody uses a result, but the call stands inside a transaction: publish through an outbox",
            Rule::Spawned => "called in a spawned task: nobody waits for it",
            Rule::Told => "nobody uses a result",
            Rule::Event => "an event or message by name: it is passed on, not asked for",
            Rule::Computes => "only computes from its arguments, as far as the code shows",
            Rule::Data => "data and contracts, no call",
            Rule::Name => "a module's name in a path, no call",
        }
    }

    /// What would change the style.
    pub(crate) fn change(self) -> &'static str {
        match self {
            Rule::Transaction => "calling it after the commit, by an outbox or a saga, would open the seam",
            Rule::BorrowedState => "a function that opens its own connection and takes plain values would open the seam",
            Rule::ProcessMemory => "handing the value over as an argument, or a store of its own, would open the seam",
            Rule::Loop => "one call for all of them before the loop would make it a synchronous API",
            Rule::Result => "a local copy fed by events, or not needing the result, would make it a broker",
            Rule::ActingType => "a type of plain data, filled by a call that can be seen, would make it a library",
            Rule::Callback => "a plain call, or a trait in a contract crate, would show what is needed of it",
            Rule::UnknownCall => "reading the source instead of a graph would tell",
            Rule::Outbox | Rule::Spawned | Rule::Told => "using the result before going on would make it a synchronous API",
            Rule::Event => "asking for the state instead of hearing of its change would make it a synchronous API",
            Rule::Computes => "input, output or shared state in it would make it a call to a service",
            Rule::Data => "a call besides the types would need an API or a message",
            Rule::Name => "nothing: it goes when the calls go",
        }
    }
}

/// The rule for `item` (`None`: the module itself) under these references to it.
pub(crate) fn judge(codebase: &Codebase, effects: &[bool], item: Option<ItemId>, references: &[&Reference]) -> Rule {
    let calls: Vec<&Reference> =
        references.iter().copied().filter(|r| matches!(r.kind, DependencyKind::Call | DependencyKind::Method)).collect();
    let Some(id) = item else { return if calls.is_empty() { Rule::Name } else { Rule::UnknownCall } };
    let item = &codebase.items[id.index()];
    match (&item.signature, item.kind) {
        (_, ItemKind::Static) => Rule::ProcessMemory,
        (Some(signature), ItemKind::Function) => {
            let telling = tells(item);
            let fire = |r: &Reference| is_fire(r, signature.returns, telling);
            let has = |r: &Reference, flag| r.context.has(flag);
            // What it does with a value of the caller's own is no effect; a function of none that gives nothing back must have one.
            let on_own_value = signature.receiver == Receiver::Mut || signature.takes_mut;
            let for_its_effect = signature.returns == Returns::Unit && !on_own_value;
            let passes_on = telling && signature.returns != Returns::Value;
            let silent = !(effects[id.index()] || passes_on || for_its_effect);
            if calls.iter().any(|r| has(r, CallContext::IN_TRANSACTION)) && !silent {
                let told = !signature.takes_mut && calls.iter().all(|r| fire(r));
                if told {
                    return Rule::Outbox;
                }
                // What is only called meanwhile, and not given the transaction, commits nothing with it.
                if calls.iter().any(|r| has(r, CallContext::IN_TRANSACTION.with(CallContext::GIVEN_TRANSACTION))) {
                    return Rule::Transaction;
                }
            }
            if silent {
                return Rule::Computes;
            }
            if signature.takes_mut && effects[id.index()] {
                return Rule::BorrowedState;
            }
            if calls.is_empty() {
                let as_value = references.iter().any(|r| r.kind == DependencyKind::Path);
                return if as_value || signature.returns == Returns::Value { Rule::Callback } else { Rule::Told };
            }
            if calls.iter().all(|r| fire(r)) {
                return if calls.iter().all(|r| has(r, CallContext::SPAWNED)) { Rule::Spawned } else { Rule::Told };
            }
            if calls.iter().any(|r| !fire(r) && has(r, CallContext::IN_LOOP)) { Rule::Loop } else { Rule::Result }
        }
        (_, ItemKind::Struct | ItemKind::Enum) if effects[id.index()] => Rule::ActingType,
        (_, ItemKind::Struct | ItemKind::Enum) if is_event(&item.name) => Rule::Event,
        _ => Rule::Data,
    }
}

/// Does nobody wait for what this call gives back?
fn is_fire(call: &Reference, returns: Returns, telling: bool) -> bool {
    let used = call.context.has(CallContext::USED) || call.context.has(CallContext::TRIED);
    // Of what is only told, a caller may still want to know that it was taken.
    let taken = telling && (returns == Returns::UnitResult || !call.context.has(CallContext::USED));
    call.context.has(CallContext::SPAWNED) || returns == Returns::Unit || !used || taken
}

/// Is it a type of things that are told?
fn is_event(name: &str) -> bool {
    ["Event", "Events", "Message"].iter().any(|ending| name.ends_with(ending))
}

/// Does the function's name say that it passes something on?
fn tells(item: &Item) -> bool {
    item.name.split('_').any(|word| TELLING.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::effects::effects;
    use crate::model::testing::codebase;

    /// `a::f` is declared and called as given.
    fn check(declaration: &str, calls: &str, rule: Rule) {
        let code = codebase(&format!("{declaration} \n {calls}"));
        let item = code.items.iter().position(|i| i.name == "f" || i.name == "notify").map(ItemId::from);
        let references: Vec<&Reference> = code.references.iter().filter(|r| r.to_item == item).collect();
        assert_eq!(judge(&code, &effects(&code), item, &references), rule, "{declaration} / {calls}");
    }

    #[test]
    fn what_is_waited_for_is_synchronous() {
        check("fn a::f async", "b -> a::f call 1 used awaited", Rule::Result);
        check("fn a::f async result", "b -> a::f call 1 tried awaited", Rule::Result);
        check("fn a::f async", "b -> a::f path 1", Rule::Callback);
    }

    #[test]
    fn what_nobody_waits_for_is_a_message() {
        check("fn a::f async unit", "b -> a::f call 1 awaited", Rule::Told);
        check("fn a::f async", "b -> a::f call 1 used spawned", Rule::Spawned);
        check("fn a::notify async result", "b -> a::notify call 1 tried awaited", Rule::Told);
        check("fn a::notify async result", "b -> a::notify call 1 tried awaited transaction", Rule::Outbox);
        check("fn a::notify async", "b -> a::notify call 1 tried awaited", Rule::Told);
        // One caller that waits is enough.
        check("fn a::f async", "b -> a::f call 1 used awaited\n c -> a::f call 1 awaited", Rule::Result);
    }

    #[test]
    fn what_cannot_be_parted_stays() {
        check("fn a::f async", "b -> a::f call 1 used awaited transaction", Rule::Transaction);
        check("fn a::f async mut", "b -> a::f call 1 used awaited", Rule::BorrowedState);
        check("fn a::f async", "b -> a::f call 1 used awaited loop", Rule::Loop);
        check("static a::f", "b -> a::f path 1", Rule::ProcessMemory);
    }

    #[test]
    fn data_and_computation_are_a_library() {
        check("struct a::f", "b -> a::f type 3", Rule::Data);
        check("fn a::f", "b -> a::f call 1 used loop", Rule::Computes);
        check("struct a::T\n fn a::T::f &mut-self unit", "b -> a::T::f method 1", Rule::Computes);
        assert!(is_event("OrderPlacedEvent") && !is_event("EventLog"));
        check("mod a", "b -> a use 1", Rule::Name);
        check("mod a", "b -> a call 1", Rule::UnknownCall);
    }
}
