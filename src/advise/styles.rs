//! How one item on the far side of a crossing would cross alone.
//!
//! Takes the item and all references to it; gives a [`Rule`]: the first of its list that applies. A rule knows its [`Style`], the
//! sentence that says why, and what would change it.

use super::effects::effects;
use super::remotability::Types;
use super::sent::{AllSent, Sent, sent};
use crate::model::codebase::{CallContext, Codebase, DependencyKind, Item, ItemKind, Receiver, Reference, Returns, Signature};
use crate::model::evidence::data::{Access, Statement};
use crate::model::evidence::{Evidence, Spot};
use crate::model::ids::{ItemId, ModuleId, ServiceId};
use crate::model::partition::Partition;
use crate::model::plan::{Fit, Remote, Style};
use std::collections::{BTreeMap, BTreeSet};

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

/// First words of names of functions whose callers want to know.
const ASKING: &[&str] = &[
    "validate",
    "verify",
    "check",
    "ensure",
    "assert",
    "require",
    "is",
    "has",
    "can",
    "get",
    "find",
    "fetch",
    "load",
    "read",
    "list",
    "count",
    "parse",
    "lookup",
    "resolve",
    "authenticate",
    "authorize",
];

/// Why an item crosses as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// Called between the begin of a transaction and its end.
    Transaction,
    /// Changes an argument of the caller's and waits for something meanwhile: a connection, an open transaction.
    BorrowedState,
    /// A `static`, or a type that is memory with a lock around it.
    ProcessMemory,
    /// Takes or gives what cannot cross a wire.
    CannotCross,
    /// A result that is waited for in a loop.
    Loop,
    /// A result that is waited for.
    Result,
    /// A message to whose answer the caller looks forward.
    Asked,
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
    /// The name in `analysis.json`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Rule::Transaction => "transaction",
            Rule::BorrowedState => "lent-state",
            Rule::ProcessMemory => "process-memory",
            Rule::CannotCross => "cannot-cross",
            Rule::Loop => "loop",
            Rule::Result => "result",
            Rule::Asked => "asked",
            Rule::ActingType => "acting-type",
            Rule::Callback => "callback",
            Rule::UnknownCall => "unknown-call",
            Rule::Outbox => "outbox",
            Rule::Spawned => "spawned",
            Rule::Told => "told",
            Rule::Event => "event",
            Rule::Computes => "computes",
            Rule::Data => "data",
            Rule::Name => "name",
        }
    }

    /// How an item under this rule crosses.
    pub(crate) fn style(self) -> Style {
        match self {
            Rule::Transaction | Rule::BorrowedState | Rule::ProcessMemory | Rule::CannotCross | Rule::Loop => Style::KeepTogether,
            Rule::Result | Rule::Asked | Rule::ActingType | Rule::Callback | Rule::UnknownCall => Style::SyncApi,
            Rule::Outbox | Rule::Spawned | Rule::Told | Rule::Event => Style::Broker,
            Rule::Computes | Rule::Data | Rule::Name => Style::Library,
        }
    }

    /// Why, after the names of the items.
    pub(crate) fn why(self) -> &'static str {
        match self {
            Rule::Transaction => "called inside an open transaction: apart, the two sides cannot commit as one",
            Rule::BorrowedState => "changes state that the caller lends with `&mut`: that cannot cross a wire",
            Rule::ProcessMemory => "memory of one process, which both sides read and change",
            Rule::CannotCross => "takes or gives what cannot cross a wire: a closure, a live handle, shared memory, any type of a kind",
            Rule::Loop => "its result is waited for inside a loop: one round trip for each turn",
            Rule::Result => "its result decides how the caller goes on",
            Rule::Asked => "a message whose answer is waited for",
            Rule::ActingType => "using the type calls it: its implementation of a foreign trait waits for something",
            Rule::Callback => "handed over as a function, so its caller expects an answer",
            Rule::UnknownCall => "called; what becomes of the result is not known",
            Rule::Outbox => "nobody uses a result, but the call stands inside a transaction: publish through an outbox",
            Rule::Spawned => "called in a spawned task: nobody waits for it",
            Rule::Told => "nobody uses a result",
            Rule::Event => "an event, message or job: it is passed on, and nobody waits for what becomes of it",
            Rule::Computes => "only computes from its arguments, as far as the code shows",
            Rule::Data => "data and contracts, no call",
            Rule::Name => "a module's name in a path, no call",
        }
    }

    /// What would change the style.
    pub(crate) fn change(self) -> &'static str {
        match self {
            Rule::Transaction => "calling it after the commit, by an outbox or a saga, would open the seam",
            Rule::BorrowedState => "taking the value and giving the changed one back would open the seam",
            Rule::CannotCross => "plain values in the place of what the item's row names would open the seam",
            Rule::ProcessMemory => "handing the value over as an argument, or a store of its own, would open the seam",
            Rule::Loop => "one call for all of them before the loop would make it a synchronous API",
            Rule::Result => "a local copy fed by events, or not needing the result, would make it a broker",
            Rule::Asked => "not needing the answer would make it a broker",
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

/// What there is to know about a code base before any of its items can be judged.
pub(crate) struct Judge<'a> {
    codebase: &'a Codebase,
    partition: &'a Partition,
    effects: Vec<bool>,
    types: Types<'a>,
    sent: AllSent,
    state: BTreeSet<(ModuleId, &'a str)>,
    state_is_known: bool,
    transactions: Transactions,
    /// Helpers that are called from nowhere but loops.
    looped: BTreeSet<ItemId>,
    /// Memory that a candidate touches which it does not belong to: by whom, where it is, what it is.
    memory: BTreeSet<(ServiceId, ServiceId, ItemId)>,
}

impl<'a> Judge<'a> {
    /// Of this code base, in which `touches` are those of memory across boundaries.
    pub(crate) fn new(codebase: &'a Codebase, evidence: &'a Evidence, partition: &'a Partition, touches: &[Reference]) -> Self {
        let service = |m: ModuleId| partition.members[m.index()].service;
        let touch = |r: &Reference| Some((service(r.from)?, service(r.to)?, r.to_item?));
        let effects = effects(codebase, evidence);
        let types = Types::new(codebase, &effects);
        Judge {
            codebase,
            partition,
            effects,
            types,
            sent: sent(codebase),
            state: evidence.state.iter().map(|s| (s.module, s.name.as_str())).collect(),
            state_is_known: !evidence.sources.is_empty(),
            transactions: Transactions::new(codebase, evidence),
            looped: looped(codebase),
            memory: touches.iter().filter_map(touch).collect(),
        }
    }

    /// The rule for `item` (`None`: the module itself) under these references to it across `ends`, and what of it could cross a wire.
    pub(crate) fn judge(&self, ends: (ServiceId, ServiceId), item: Option<ItemId>, references: &[&Reference]) -> (Rule, Option<Remote>) {
        let calls: Vec<&Reference> =
            references.iter().copied().filter(|r| matches!(r.kind, DependencyKind::Call | DependencyKind::Method)).collect();
        let Some(id) = item else { return (if calls.is_empty() { Rule::Name } else { Rule::UnknownCall }, None) };
        let item = &self.codebase.items[id.index()];
        if item.signature.is_none() && self.memory.contains(&(ends.0, ends.1, id)) {
            return (Rule::ProcessMemory, None);
        }
        match (&item.signature, item.kind) {
            (_, ItemKind::Static) => (if self.is_state(id) { Rule::ProcessMemory } else { Rule::Data }, None),
            (Some(signature), ItemKind::Function) => {
                let there = |of: ItemId| self.service(self.codebase.items[of.index()].module) == Some(ends.1);
                let remote = self.types.remote(id, &there);
                let rule = self.function(id, ends.0, signature, remote.as_ref(), references, &calls);
                (rule, remote.filter(|_| rule.style() != Style::Library))
            }
            (_, ItemKind::Struct | ItemKind::Enum) => {
                let rule = match self.sent_from(ends.0, id) {
                    Some(rule) => rule,
                    None if self.effects[id.index()] => Rule::ActingType,
                    None if is_event(&item.name) => Rule::Event,
                    None => Rule::Data,
                };
                (rule, None)
            }
            _ => (Rule::Data, None),
        }
    }

    /// Is this call made once for each turn of a loop, be it one around a call of the function that makes it?
    pub(crate) fn is_in_loop(&self, call: &Reference) -> bool {
        call.context.has(CallContext::IN_LOOP) || call.from_item.is_some_and(|from| self.looped.contains(&from))
    }

    fn service(&self, module: ModuleId) -> Option<ServiceId> {
        self.partition.members[module.index()].service
    }

    /// Can the `static` change?
    fn is_state(&self, id: ItemId) -> bool {
        let item = &self.codebase.items[id.index()];
        !self.state_is_known || self.state.contains(&(item.module, item.name.as_str()))
    }

    /// Where the item is a message: how this candidate sends it.
    fn sent_from(&self, from: ServiceId, id: ItemId) -> Option<Rule> {
        let mut all = Sent::default();
        for (_, sent) in self.sent.get(&id)?.iter().filter(|(module, _)| self.service(**module) == Some(from)) {
            all = Sent { told: all.told + sent.told, asked: all.asked + sent.asked };
        }
        match all {
            Sent { told: 0, asked: 0 } => None,
            Sent { told, asked } if asked > told => Some(Rule::Asked),
            _ => Some(Rule::Event),
        }
    }

    fn function(
        &self,
        id: ItemId,
        from: ServiceId,
        signature: &Signature,
        remote: Option<&Remote>,
        references: &[&Reference],
        calls: &[&Reference],
    ) -> Rule {
        let item = &self.codebase.items[id.index()];
        let telling = tells(item);
        let fire = |r: &Reference| is_fire(r, signature.returns, telling);
        let has = |r: &Reference, flag| r.context.has(flag);
        let acts = self.effects[id.index()];
        // What it does with a value of the caller's own is no effect; a function of none that gives nothing back must have one.
        let on_own_value = signature.receiver == Receiver::Mut || signature.takes_mut();
        let passes_on = telling && signature.returns != Returns::Value;
        let for_its_effect = signature.returns == Returns::Unit && !on_own_value;
        let silent = !(acts || passes_on || for_its_effect);
        let within = |r: &Reference| {
            has(r, CallContext::IN_TRANSACTION.with(CallContext::GIVEN_TRANSACTION)) || self.transactions.runs_in_same(r.from_item, id)
        };
        if !silent && calls.iter().any(|r| within(r) || has(r, CallContext::IN_TRANSACTION)) {
            let told = !signature.takes_mut() && calls.iter().all(|r| fire(r));
            if told {
                return Rule::Outbox;
            }
            // What is only called meanwhile, and not given the transaction, commits nothing with it; what only reads in some of them
            // could as well be asked.
            let all = calls.iter().all(|r| within(r));
            if calls.iter().any(|r| within(r)) && (all || !self.transactions.only_reads(id)) {
                return Rule::Transaction;
            }
        }
        if let Some(rule) = self.sent_from(from, id).filter(|_| !acts) {
            return rule;
        }
        // Whoever only passes something on to it does not care what it remembers.
        let only_told = telling && !calls.is_empty() && calls.iter().all(|r| fire(r));
        if !only_told && self.is_on_shared_memory(id, signature) {
            return Rule::ProcessMemory;
        }
        if silent {
            return Rule::Computes;
        }
        if remote.is_some_and(|r| r.fit == Fit::Redesign) {
            let lent = signature.takes_mut() && remote.is_some_and(|r| r.because.iter().any(|why| why.contains("through `&mut`")));
            return if lent { Rule::BorrowedState } else { Rule::CannotCross };
        }
        if calls.is_empty() {
            let as_value = references.iter().any(|r| r.kind == DependencyKind::Path);
            return if as_value || signature.returns == Returns::Value { Rule::Callback } else { Rule::Told };
        }
        if calls.iter().all(|r| fire(r)) {
            return if calls.iter().all(|r| has(r, CallContext::SPAWNED)) { Rule::Spawned } else { Rule::Told };
        }
        // A call among others that happens to stand in a loop is no chatter.
        let waited: Vec<&&Reference> = calls.iter().filter(|r| !fire(r)).collect();
        let in_loop = waited.iter().filter(|r| self.is_in_loop(r)).count();
        if 2 * in_loop > waited.len() { Rule::Loop } else { Rule::Result }
    }

    /// Is it a method of a type that is nothing but memory with a lock around it?
    fn is_on_shared_memory(&self, id: ItemId, signature: &Signature) -> bool {
        let items = &self.codebase.items;
        let of = items[id.index()].parent.and_then(|p| items[p.index()].self_type);
        signature.receiver != Receiver::None && of.is_some_and(|of| self.types.is_shared_memory(of))
    }
}

/// Helpers that their own module calls, and always in a loop: what they call is called in it, too. Further than one call this says less
/// and less, since somewhere around everything a server loops.
fn looped(codebase: &Codebase) -> BTreeSet<ItemId> {
    let mut only: BTreeMap<ItemId, bool> = BTreeMap::new();
    for r in codebase.references.iter().filter(|r| matches!(r.kind, DependencyKind::Call | DependencyKind::Method)) {
        if let Some(to) = r.to_item.filter(|to| Some(*to) != r.from_item && codebase.items[to.index()].signature.is_some()) {
            *only.entry(to).or_insert(true) &= r.from == r.to && r.context.has(CallContext::IN_LOOP);
        }
    }
    only.into_iter().filter(|(_, only)| *only).map(|(item, _)| item).collect()
}

/// What runs in which transaction, as the evidence has it.
struct Transactions {
    /// By item, the transactions in which it runs, sorted.
    of: BTreeMap<ItemId, Vec<usize>>,
    writes: BTreeSet<ItemId>,
    reads: BTreeSet<ItemId>,
}

impl Transactions {
    fn new(codebase: &Codebase, evidence: &Evidence) -> Self {
        let mut items: BTreeMap<(ModuleId, String), ItemId> = BTreeMap::new();
        if !evidence.transactions.is_empty() {
            items.extend(
                (0..codebase.items.len())
                    .map(ItemId::from)
                    .filter(|i| codebase.items[i.index()].signature.is_some())
                    .map(|i| ((codebase.items[i.index()].module, codebase.item_path(i)), i)),
            );
        }
        let item = |spot: &Spot| items.get(&(spot.module, spot.item.clone()?)).copied();
        let mut of: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
        for (number, transaction) in evidence.transactions.iter().enumerate() {
            for spot in std::iter::once(&transaction.by).chain(&transaction.reaches) {
                if let Some(item) = item(spot) {
                    let all = of.entry(item).or_default();
                    if all.last() != Some(&number) {
                        all.push(number);
                    }
                }
            }
        }
        let with = |write: bool| {
            let does = move |s: &&Statement| s.tables.iter().any(|t| (t.1 != Access::Read) == write);
            evidence.statements.iter().filter(does).filter_map(|s| item(&s.by)).collect::<BTreeSet<_>>()
        };
        Transactions { of, writes: with(true), reads: with(false) }
    }

    /// Do both run in one transaction?
    fn runs_in_same(&self, a: Option<ItemId>, b: ItemId) -> bool {
        let (Some(a), Some(b)) = (a.and_then(|a| self.of.get(&a)), self.of.get(&b)) else { return false };
        a.iter().any(|number| b.binary_search(number).is_ok())
    }

    /// Does the function itself read and not write?
    fn only_reads(&self, item: ItemId) -> bool {
        self.reads.contains(&item) && !self.writes.contains(&item)
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

/// Does the function's name say that it passes something on? What asks or decides by its first word does not, whatever about.
fn tells(item: &Item) -> bool {
    let mut words = item.name.split('_');
    !words.clone().next().is_some_and(|first| ASKING.contains(&first)) && words.any(|word| TELLING.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::crossings::tests::by_crate;
    use crate::model::testing::codebase;

    fn named(name: &str) -> Item {
        codebase(&format!("fn a::{name}")).items.remove(0)
    }

    /// `a::f` is declared and called as given.
    fn check(declaration: &str, calls: &str, rule: Rule) {
        let code = codebase(&format!("{declaration} \n {calls}"));
        let item = code.items.iter().position(|i| i.name == "f" || i.name == "notify").map(ItemId::from);
        let references: Vec<&Reference> = code.references.iter().filter(|r| r.to_item == item).collect();
        let (partition, evidence) = (by_crate(&code), Evidence::default());
        let service = |name: &str| ServiceId::from(partition.names.iter().position(|n| n == name).expect(name));
        assert_eq!(
            Judge::new(&code, &evidence, &partition, &[]).judge((service("b"), service("a")), item, &references).0,
            rule,
            "{declaration} / {calls}"
        );
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
        assert!(!tells(&named("validate_email_code")) && tells(&named("send_email")));
        // One caller that waits is enough.
        check("fn a::f async", "b -> a::f call 1 used awaited\n c -> a::f call 1 awaited", Rule::Result);
    }

    #[test]
    fn what_cannot_be_parted_stays() {
        check("fn a::f async", "b -> a::f call 1 used awaited transaction", Rule::Transaction);
        check("fn a::f async mut", "b -> a::f call 1 used awaited", Rule::BorrowedState);
        check("fn a::f async takes=pool:&mut_DbPool", "b -> a::f call 1 used awaited", Rule::Result);
        check("fn a::f async takes=done:F where=F:Fn<(u8)>", "b -> a::f call 1 used awaited", Rule::CannotCross);
        check("struct a::T field=-map:RwLock<u8>\n fn a::T::f &self", "b -> a::T::f method 1 used", Rule::ProcessMemory);
        check("struct a::T field=-map:RwLock<u8>\n fn a::T::notify async unit &self", "b -> a::T::notify method 1 awaited", Rule::Told);
        check("struct a::T field=-map:RwLock<u8> field=-db:PgPool\n fn a::T::f async &self", "b -> a::T::f method 1 used", Rule::Result);
        check("fn a::f async", "b -> a::f call 1 used awaited loop", Rule::Loop);
        check(
            "fn b::each async\n fn a::f async",
            "b::each -> a::f call 1 used awaited\n b -> b::each call 1 used awaited loop",
            Rule::Loop,
        );
        check("fn b::each async\n fn a::f async", "b::each -> a::f call 1 used awaited\n b -> b::each call 2 used awaited", Rule::Result);
        check("static a::f", "b -> a::f path 1", Rule::ProcessMemory);
    }

    #[test]
    fn data_and_computation_are_a_library() {
        check("struct a::f", "b -> a::f type 3", Rule::Data);
        check("fn a::f", "b -> a::f call 1 used loop", Rule::Computes);
        check("struct a::T\n fn a::T::f &mut-self unit", "b -> a::T::f method 1", Rule::Computes);
        assert!(is_event("OrderPlacedEvent") && !is_event("EventLog"));
        check("mod a", "mod c\n b -> a use 1", Rule::Name);
        check("mod a", "mod c\n b -> a call 1", Rule::UnknownCall);
    }
}
