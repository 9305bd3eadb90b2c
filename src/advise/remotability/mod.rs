//! Can a call become a request or a message: as it is, with a data transfer object, or not before it is redesigned?
//!
//! Takes the code base; gives for a function its [`Remote`]. What an argument is, `carry` says; this puts receiver, parameters and result
//! together. Invariants: the fit is the worst of its parts, and each part that is not plain has a sentence that names it.
//! What the far side would have on its own when apart (a connection pool, its configuration) costs nothing but is named.

mod carry;
mod written;

use crate::model::codebase::{Codebase, ItemKind, Receiver};
use crate::model::ids::ItemId;
use crate::model::plan::{Fit, Remote};
use carry::Carry;
pub(super) use carry::Types;

/// Names of traits of types that have a text or number in them: what is asked of the type is data.
const CONVERTED: &[&str] =
    &["AsRef", "Into", "From", "TryInto", "ToString", "Display", "Debug", "Borrow", "IntoIterator", "Deref", "Copy", "Clone"];

impl Types<'_> {
    /// How a call of `item` could leave the process; `None` for what is no function. `there` says whether a type is the far side's own.
    pub(super) fn remote(&self, item: ItemId, there: &dyn Fn(ItemId) -> bool) -> Option<Remote> {
        let codebase = self.codebase;
        let own = &codebase.items[item.index()];
        let signature = own.signature.as_ref()?;
        let mut out = Remote { fit: Fit::AsIs, because: Vec::new() };
        let generics: Vec<(&str, &str)> =
            signature.generics.iter().map(|g| g.split_once(':').map_or((g.as_str(), ""), |(name, bounds)| (name, bounds.trim()))).collect();
        let resolve = |text: &str, mutable: bool| self.carry(item, text, &generics, mutable);
        if let Some((of, name)) = self.receiver(item).filter(|_| signature.receiver != Receiver::None) {
            match self.carry_item(of) {
                Carry::Dto(why) => out.add(Fit::Dto, format!("`self` is data that the caller holds: {why}")),
                Carry::Plain if signature.receiver == Receiver::Mut => {
                    out.add(
                        Fit::Redesign,
                        format!("changes the caller's own `{name}` through `&mut self`: give the changed value back instead"),
                    );
                }
                _ => {}
            }
        }
        for parameter in &signature.parameters {
            let (name, ty) = (&parameter.name, &parameter.ty);
            match resolve(ty, parameter.mutable) {
                Carry::Plain => {}
                Carry::Stuck(_) if self.head(item, ty).is_some_and(there) => {
                    out.add(Fit::AsIs, format!("`{name}` ({ty}) goes: it is the far side's own, and stays there"));
                }
                Carry::Own(why) => out.add(Fit::AsIs, format!("`{name}` ({ty}) goes: {why}")),
                Carry::Dto(why) => out.add(Fit::Dto, format!("`{name}`: {why}")),
                Carry::Stuck(why) => out.add(Fit::Redesign, format!("`{name}`: {why}")),
            }
        }
        self.result(&signature.output, &resolve, &mut out);
        if !signature.is_async && out.fit != Fit::Redesign {
            out.add(Fit::AsIs, "it is called without `async`: the caller has to block, or to become asynchronous".to_owned());
        }
        Some(out)
    }

    /// The type that a method belongs to, and its name.
    fn receiver(&self, item: ItemId) -> Option<(ItemId, String)> {
        let items = &self.codebase.items;
        let of = items[items[item.index()].parent?.index()].self_type?;
        Some((of, items[of.index()].name.clone()))
    }

    fn result(&self, output: &str, resolve: &dyn Fn(&str, bool) -> Carry, out: &mut Remote) {
        let (value, error) = match written::result(output) {
            Some((value, error)) => (value, error),
            None => (output, None),
        };
        match resolve(value, false) {
            Carry::Plain => {}
            Carry::Own(why) => out.add(Fit::Redesign, format!("gives `{value}` back: {why}, so it cannot be handed out")),
            Carry::Dto(why) => out.add(Fit::Dto, format!("gives back: {why}")),
            Carry::Stuck(why) => out.add(Fit::Redesign, format!("gives back: {why}")),
        }
        if let Some(error) = error.filter(|e| !matches!(resolve(e, false), Carry::Plain)) {
            out.add(Fit::Dto, format!("its error `{error}` cannot be sent as it is: a status and a code take its place"));
        }
    }
}

impl Remote {
    fn add(&mut self, fit: Fit, why: String) {
        self.fit = self.fit.max(fit);
        self.because.push(why);
    }
}

/// Is it the type behind a name of a kind that holds fields?
fn has_fields(kind: ItemKind) -> bool {
    matches!(kind, ItemKind::Struct | ItemKind::Enum | ItemKind::Union)
}

/// What stands under these names in the workspace, for the types that an item mentions.
fn mentioned(codebase: &Codebase) -> Vec<(ItemId, ItemId)> {
    let all = codebase.references.iter().filter_map(|r| Some((r.from_item?, r.to_item?)));
    let mut all: Vec<(ItemId, ItemId)> = all.filter(|(_, to)| codebase.items[to.index()].kind.is_type()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::codebase;

    fn check(text: &str, fit: Fit, because: &[&str]) {
        let code = codebase(text);
        let item = code.items.iter().position(|i| i.name == "f").map(ItemId::from).expect("f");
        let types = Types::new(&code, &vec![true; code.items.len()]);
        let remote = types.remote(item, &|_| false).expect("a function");
        assert_eq!((remote.fit, remote.because.iter().map(String::as_str).collect::<Vec<_>>()), (fit, because.to_vec()), "{text}");
    }

    #[test]
    fn plain_values_cross_as_they_are() {
        check("fn a::f async takes=id:Uuid takes=names:&[String] gives=Result<Option<u64>,Error>", Fit::AsIs, &[]);
        check(
            "struct a::Order derives=Serialize,Deserialize\n fn a::f async takes=o:&Order gives=Vec<Order>\n a::f -> a::Order type",
            Fit::AsIs,
            &[],
        );
        check("fn a::f takes=id:u64", Fit::AsIs, &["it is called without `async`: the caller has to block, or to become asynchronous"]);
    }

    #[test]
    fn what_the_far_side_has_itself_goes() {
        check(
            "struct a::Kit field=pool:PgPool field=limits:Limits\n fn a::f async takes=pool:&mut_DbPool takes=kit:&Kit\n a::f -> a::Kit type",
            Fit::AsIs,
            &[
                "`pool` (&DbPool) goes: the far side has a connection of its own",
                "`kit` (&Kit) goes: `Kit` holds what the far side has itself (`pool`)",
            ],
        );
    }

    #[test]
    fn data_without_serde_needs_a_transfer_object_with_its_fields() {
        check(
            "struct a::Line field=n:u32\n struct a::Order derives=Clone,Serialize field=id:Uuid field=lines:Vec<Line>\n \
             fn a::f async takes=order:Order\n a::f -> a::Order type\n a::Order -> a::Line type",
            Fit::Dto,
            &[
                "`order`: `Order` derives no `Deserialize`: a transfer object with `id`, `lines` (`Line` derives neither `Serialize` nor `Deserialize`)",
            ],
        );
    }

    #[test]
    fn behaviour_and_shared_memory_cannot_cross() {
        check("fn a::f async takes=done:F where=F:FnOnce<(u32)>", Fit::Redesign, &["`done`: a closure runs where it was written"]);
        check("fn a::f async takes=m:Arc<Mutex<u32>>", Fit::Redesign, &["`m`: memory that both sides share (`Mutex`)"]);
        check(
            "fn a::f async takes=s:Sender<u32>",
            Fit::Redesign,
            &["`s`: a live handle (`Sender`): a message or a request takes its place"],
        );
        check(
            "struct a::Cart derives=Serialize,Deserialize\n fn a::f async takes=cart:&mut_Cart\n a::f -> a::Cart type",
            Fit::Redesign,
            &["`cart`: changes the caller's own `Cart` through `&mut`: give the changed value back instead"],
        );
        check(
            "fn a::f async takes=x:u8 gives=BoxStream<u8>",
            Fit::Redesign,
            &["gives back: a live handle (`BoxStream`): pages, or a streamed answer, take its place"],
        );
    }

    #[test]
    fn type_parameters_are_what_their_bounds_say() {
        check("fn a::f async takes=name:T where=T:AsRef<str> takes=all:impl_Into<String>", Fit::AsIs, &[]);
        check("fn a::f async takes=x:T where=T:Shape", Fit::Redesign, &["`x`: any `T` that is `Shape`: a wire needs one type"]);
        check("fn a::f async takes=e:E where=E:Executor", Fit::AsIs, &["`e` (E) goes: the far side has a connection of its own"]);
    }
}
