//! Memory that code of several candidates reads and changes.
//!
//! Takes the state that the evidence found; gives a reference for each place at which one candidate touches what is another's, as if its name
//! stood there. Fields of one named type (`type Prices = Arc<RwLock<…>>`) are one memory, since whoever clones it shares it. Invariant: who
//! only makes it, or hands it on while something is put together, does not touch it; what the far side has itself, such as settings, is not shared.

use crate::model::codebase::{CallContext, Codebase, Confidence, DependencyKind, ItemKind, Provenance, Receiver, Reference};
use crate::model::evidence::outside::SharedState;
use crate::model::evidence::{Evidence, Spot};
use crate::model::ids::{FileId, ItemId, ModuleId, ServiceId};
use crate::model::partition::Partition;
use std::collections::BTreeMap;

/// What memory is made of, from the outside in, before its own type comes.
const WRAPPERS: &[&str] = &["Arc", "Rc", "Option", "Box"];

/// Ends of names of what a program is set up with: each service has its own.
const SETTINGS: &[&str] = &["Config", "Configuration", "Settings", "Env", "Environment", "Pool", "Client"];

/// Touches of what is another candidate's, sorted.
pub(super) fn touches(codebase: &Codebase, evidence: &Evidence, partition: &Partition) -> Vec<Reference> {
    let ground = Ground::new(codebase, evidence, partition);
    let mut one: BTreeMap<ItemId, Vec<&Spot>> = BTreeMap::new();
    for state in &evidence.state {
        if let Some(of) = ground.item_of(state) {
            one.entry(of).or_default().extend(state.touched.iter().filter(|spot| !ground.makes(spot)));
        }
    }
    let mut references: Vec<Reference> = one.into_iter().flat_map(|(of, spots)| ground.across(of, &spots)).collect();
    references.sort_by_key(|r| (r.from, r.to, r.to_item, r.line, r.column));
    references
}

struct Ground<'a> {
    codebase: &'a Codebase,
    partition: &'a Partition,
    items: BTreeMap<(ModuleId, String), ItemId>,
    files: BTreeMap<&'a str, FileId>,
}

impl<'a> Ground<'a> {
    fn new(codebase: &'a Codebase, evidence: &Evidence, partition: &'a Partition) -> Self {
        let items = if evidence.state.is_empty() { 0 } else { codebase.items.len() };
        let named = |i: ItemId| ((codebase.items[i.index()].module, codebase.item_path(i)), i);
        // An impl block has the name of its type, and comes later.
        let items = (0..items).map(ItemId::from).filter(|i| codebase.items[i.index()].kind != ItemKind::Impl).map(named);
        let files = codebase.files.iter().enumerate().map(|(i, f)| (f.path.as_str(), FileId::from(i))).collect();
        Self { codebase, partition, items: items.collect(), files }
    }

    fn service(&self, module: ModuleId) -> Option<ServiceId> {
        self.partition.members[module.index()].service
    }

    /// The static, the named type of the field, or else the type that has the field.
    fn item_of(&self, state: &SharedState) -> Option<ItemId> {
        let item = |name: &str| self.items.get(&(state.module, name.to_owned())).copied();
        let Some((owner, field)) = state.name.rsplit_once("::") else { return item(&state.name) };
        let owner = item(owner)?;
        let member = self.codebase.items[owner.index()].members.iter().find(|m| m.name == field)?;
        let named = outermost(&member.types);
        let refers = self.codebase.references.iter().filter(|r| r.from_item == Some(owner)).filter_map(|r| r.to_item);
        let own_type = |i: &ItemId| self.codebase.items[i.index()].kind.is_type() && self.codebase.items[i.index()].name == named;
        (!SETTINGS.iter().any(|end| named.ends_with(end))).then(|| refers.into_iter().find(own_type).unwrap_or(owner))
    }

    /// Does the code there give what has the field: `new`, `build`?
    fn makes(&self, spot: &Spot) -> bool {
        let Some(item) = spot.item.as_ref().and_then(|name| self.items.get(&(spot.module, name.clone()))) else { return false };
        let item = &self.codebase.items[item.index()];
        let own = item.parent.and_then(|p| self.codebase.items[p.index()].self_type).map(|t| self.codebase.items[t.index()].name.as_str());
        let gives = |s: &crate::model::codebase::Signature| s.output.contains("Self") || own.is_some_and(|own| s.output.contains(own));
        item.signature.as_ref().is_some_and(|s| s.receiver == Receiver::None && gives(s))
    }

    /// Touches by other candidates than the one that it belongs to: its owner, or where nobody owns it, who touches it most.
    fn across(&self, of: ItemId, spots: &[&Spot]) -> Vec<Reference> {
        let declared = self.codebase.items[of.index()].module;
        let mut touches: BTreeMap<ServiceId, (usize, ModuleId)> = BTreeMap::new();
        for spot in spots {
            if let Some(service) = self.service(spot.module) {
                touches.entry(service).or_insert((0, spot.module)).0 += 1;
            }
        }
        let most = touches.iter().max_by_key(|(service, (n, _))| (*n, std::cmp::Reverse(**service)));
        let Some(to) = self.service(declared).map(|_| declared).or_else(|| most.map(|(_, (_, module))| *module)) else {
            return Vec::new();
        };
        let outside = spots.iter().filter(|s| self.service(s.module).is_some_and(|from| Some(from) != self.service(to)));
        outside.filter_map(|spot| self.reference(of, to, spot)).collect()
    }

    fn reference(&self, of: ItemId, to: ModuleId, spot: &Spot) -> Option<Reference> {
        let file = *self.files.get(spot.site.file.as_str())?;
        let from_item = spot.item.as_ref().and_then(|name| self.items.get(&(spot.module, name.clone())).copied());
        Some(Reference {
            from: spot.module,
            from_item,
            to,
            to_item: Some(of),
            kind: DependencyKind::Field,
            line: spot.site.line,
            column: 1,
            file,
            via: None,
            context: CallContext::default(),
            confidence: Confidence::Type,
            provenance: Provenance::Source,
        })
    }
}

/// The name of a type, without what only holds it.
fn outermost(types: &str) -> &str {
    let mut rest = types.trim().trim_start_matches('&').trim();
    loop {
        let head = rest.split('<').next().unwrap_or(rest).trim();
        let name = head.rsplit("::").next().unwrap_or(head).trim();
        if !WRAPPERS.contains(&name) {
            return name;
        }
        let Some((_, inner)) = rest.split_once('<') else { return name };
        rest = inner.trim_end_matches('>').trim();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::crossings::tests::by_crate;
    use crate::model::place::Site;
    use crate::model::testing::{codebase, id};

    #[test]
    fn fields_of_one_named_type_are_one_memory() {
        let code = codebase(
            "type a::Prices\n struct a::Book field=prices:Prices\n struct b::Desk field=prices:Arc<Prices>\n fn b::Desk::new gives=Self\n \
             fn b::look\n fn a::put\n a::Book -> a::Prices type 1\n b::Desk -> a::Prices type 1\n c -> a type 1",
        );
        let file = |module: &str| code.files[code.modules[id(&code, module).index()].file.index()].path.clone();
        let spot = |module: &str, item: &str| Spot { module: id(&code, module), item: Some(item.into()), site: Site::new(file(module), 3) };
        let state = |module: &str, name: &str, touched| SharedState {
            name: name.into(),
            module: id(&code, module),
            declared: Site::new(file(module), 1),
            what: "field Prices".into(),
            touched,
        };
        let evidence = Evidence {
            state: vec![
                state("a", "Book::prices", vec![spot("a", "put")]),
                state("b", "Desk::prices", vec![spot("b", "Desk::new"), spot("b", "look")]),
            ],
            ..Evidence::default()
        };
        let found = touches(&code, &evidence, &by_crate(&code));
        let [one] = &found[..] else { panic!("{found:?}") };
        assert_eq!((one.from, one.to), (id(&code, "b"), id(&code, "a")));
        assert_eq!(code.items[one.to_item.expect("the type").index()].name, "Prices");
    }

    #[test]
    fn a_name_without_what_holds_it() {
        for (types, name) in
            [("Arc<Prices>", "Prices"), ("std::sync::Arc<RwLock<u8>>", "RwLock"), ("& crate::a::Book", "Book"), ("Arc", "Arc")]
        {
            assert_eq!(outermost(types), name);
        }
    }
}
