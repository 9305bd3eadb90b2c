//! Code that runs without being named where it is called: what may stand behind a trait object or bound, the impl of an operator,
//! the conversion in `?` and `into()`.
//!
//! Takes: what the walk through a body met. Gives: [`Dispatched`]. By convention the names belong to the trait, so none of this is a
//! dependency. Invariant: where a type is not known, or impls in several modules fit, nothing is said. Operators and conversions are
//! looked at when the whole body has been seen, since types are often found out later than they are used.

use super::body::Body;
use super::index::{Head, Index};
use super::lookup::Member;
use super::lower::{Sink, own_params};
use super::record::{Dispatched, Through};
use super::ty::Ty;
use crate::frontend::rust::facts::{AttrRef, Operator, Pos};
use crate::frontend::rust::resolve::{Def, DefId, DefKind, ScopeId, kw};
use crate::model::codebase::DispatchKind;

/// Implementors of a trait's method beyond which a call says nothing about any of them: it is counted instead.
const WIDE: usize = 32;

/// What `?` and `into()` call.
pub(super) const FROM: &str = "std::convert::From";
/// What `try_into()` calls.
pub(super) const TRY_FROM: &str = "std::convert::TryFrom";

/// What may run code of the workspace, as soon as its types are known.
pub(super) enum Unnamed {
    Operator(Operator, Ty, Option<Ty>),
    /// From the first to the second, by `?` or `into()`; the trait that `impl`s are written of.
    Conversion(&'static str, Ty, Ty),
}

impl Body<'_, '_, '_, '_, '_> {
    /// A member of a trait was found on `this`. Whose implementation runs, or who implements it where only a bound is known?
    pub(super) fn dispatch(&mut self, member: &Member, this: &Ty, pos: Pos) {
        let (program, index) = (self.place.program, self.index);
        if pos.of_definition().is_some() {
            return;
        }
        let of_trait = program.def(member.def).parent.filter(|p| program.def(*p).kind == DefKind::Trait);
        let Some(of_trait) = of_trait.filter(|t| index.is_workspace(program.module_of(*t))) else { return };
        if member.def != member.signature {
            let to = program.module_of(member.signature);
            self.dispatched(to, DispatchKind::Implementation, Through::Workspace(of_trait), Some(member.signature), pos);
            return;
        }
        if !matches!(this, Ty::Bounds(_) | Ty::Param(..) | Ty::Assoc(..)) {
            return;
        }
        let name = program.def(member.def).name;
        // Whoever does not write the method himself runs the trait's own.
        let own = |n: &&u32| index.impls[**n as usize].members.contains_key(&name);
        let implementors: Vec<u32> = index.by_trait.get(&of_trait).into_iter().flatten().filter(own).copied().collect();
        if implementors.len() > WIDE {
            self.rec.out.wide.push(of_trait);
            return;
        }
        for number in implementors {
            let block = &index.impls[number as usize];
            let (to, method) = (program.module_of(block.def), block.members.get(&name).copied());
            self.dispatched(to, DispatchKind::Dispatch, Through::Workspace(of_trait), method, pos);
        }
    }

    /// Takes note of an operator.
    pub(super) fn operator(&mut self, operator: Operator, left: &Ty, right: Option<&Ty>, pos: Pos) {
        if !matches!(self.known(left), Ty::Prim(_)) || right.is_some_and(|r| !matches!(self.known(r), Ty::Prim(_))) {
            self.unnamed.push((Unnamed::Operator(operator, left.clone(), right.cloned()), pos));
        }
    }

    /// Takes note of a conversion.
    pub(super) fn conversion(&mut self, of_trait: &'static str, from: Ty, to: Ty, pos: Pos) {
        self.unnamed.push((Unnamed::Conversion(of_trait, from, to), pos));
    }

    /// The errors that a `?` on this type converts between.
    pub(super) fn tried(&mut self, ty: &Ty, pos: Pos) {
        let error = |ty: &Ty| match ty {
            Ty::Adt(id, args) if Some(*id) == self.index.lang.result => args.get(1).cloned(),
            _ => None,
        };
        if let (Some(from), Some(to)) = (error(&self.through_refs(ty)), error(&self.known(&self.ret))) {
            self.conversion(FROM, from, to, pos);
        }
    }

    /// Takes note of `into()` and `try_into()`.
    pub(super) fn converted(&mut self, method: &str, from: &Ty, to: &Ty, pos: Pos) {
        match (method, self.known(to)) {
            ("into", _) => self.conversion(FROM, from.clone(), to.clone(), pos),
            ("try_into", Ty::Adt(_, args)) if !args.is_empty() => self.conversion(TRY_FROM, from.clone(), args[0].clone(), pos),
            _ => {}
        }
    }

    /// Everything has been seen: which impls run?
    pub(super) fn conclude(&mut self) {
        for (unnamed, pos) in std::mem::take(&mut self.unnamed) {
            let (kind, name, to) = match unnamed {
                Unnamed::Operator(operator, left, right) => {
                    let (left, right) = (self.settled(&left), right.map(|r| self.settled(&r)));
                    let Some(name) = of_trait(operator) else { continue };
                    (DispatchKind::Operator, name, self.index.impl_of(name, &left, right.as_ref()))
                }
                Unnamed::Conversion(name, from, to) => {
                    let (from, to) = (self.settled(&from), self.settled(&to));
                    if matches!(from, Ty::Unknown | Ty::Var(_) | Ty::Assoc(..) | Ty::Never) || Head::of(&from) == Head::of(&to) {
                        continue;
                    }
                    let other = if name == FROM { "std::convert::Into" } else { "std::convert::TryInto" };
                    let found = self.index.impl_of(name, &to, Some(&from)).or_else(|| self.index.impl_of(other, &from, Some(&to)));
                    (DispatchKind::Conversion, name, found)
                }
            };
            if let Some(to) = to {
                self.dispatched(to, kind, Through::Library(name.into()), None, pos);
            }
        }
    }

    /// What a type turned out to be, without references.
    pub(super) fn settled(&self, ty: &Ty) -> Ty {
        self.zonk(&self.through_refs(ty))
    }

    fn dispatched(&mut self, to: ScopeId, kind: DispatchKind, through: Through, to_def: Option<DefId>, pos: Pos) {
        if to != self.rec.from && self.index.is_workspace(to) && pos.of_definition().is_none() {
            self.rec.out.dispatched.push(Dispatched {
                from: self.rec.from,
                to,
                kind,
                through,
                file: self.rec.file,
                pos,
                from_def: self.rec.from_def,
                to_def,
                context: self.rec.context,
            });
        }
    }
}

impl Index<'_, '_> {
    /// The module of the workspace's impl of a library trait that runs for these types, written or derived.
    fn impl_of(&self, of_trait: &str, this: &Ty, arg: Option<&Ty>) -> Option<ScopeId> {
        let of_trait = of_trait.rsplit("::").next().unwrap_or_default();
        let head = Head::of(this).filter(|h| matches!(h, Head::Adt(_) | Head::Ext(_) | Head::Prim(_)))?;
        let mut modules = Vec::new();
        for number in [head, Head::Ref].iter().flat_map(|h| self.by_head.get(h).into_iter().flatten()) {
            let block = &self.impls[*number as usize];
            let Some(of) = block.of_trait.as_ref().filter(|t| self.is_of_library(t.def, of_trait)) else { continue };
            let module = self.program.module_of(block.def);
            let mut params = vec![Ty::Unknown; own_params(self.program, block.def).len()];
            if !self.is_workspace(module) || !self.matches(plain(&block.self_ty), this, block.def, &mut params) {
                continue;
            }
            let wanted = of.args.first().unwrap_or(&block.self_ty);
            if arg.is_none_or(|arg| self.matches(plain(wanted), arg, block.def, &mut params)) {
                modules.push(module);
            }
        }
        if let Ty::Adt(id, _) = this
            && modules.is_empty()
            && self.is_workspace(self.program.module_of(*id))
            && self.is_derived(*id, of_trait, arg)
        {
            modules.push(self.program.module_of(*id));
        }
        modules.dedup();
        match modules.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// Is it this trait of the standard library?
    fn is_of_library(&self, def: Def, name: &str) -> bool {
        let symbols = &self.program.symbols;
        match def {
            Def::Item(id) => {
                symbols.text(self.program.def(id).name) == name && self.program.crate_name(self.program.module_of(id)) == kw::std
            }
            Def::External(ext) => symbols.text(ext.name) == name && ext.krate == kw::std,
            _ => false,
        }
    }

    /// Does a `#[from]` on one of its fields make a `From` of that type?
    fn is_from_field(&self, id: DefId, arg: &Ty) -> bool {
        let place = self.place(id);
        self.program.item(id).attrs.named.iter().any(|named| match named.what {
            AttrRef::From(ty) => {
                let ty = place.ty(ty, &mut Sink::silent());
                let mut params = vec![Ty::Unknown; own_params(self.program, id).len()];
                !ty.is_unknown() && self.matches(plain(&ty), arg, id, &mut params)
            }
            _ => false,
        })
    }

    /// Does a derive on the type write that impl, for two of the same type?
    fn is_derived(&self, id: DefId, of_trait: &str, arg: Option<&Ty>) -> bool {
        if of_trait == "From" && arg.is_some_and(|arg| self.is_from_field(id, arg)) {
            return true;
        }
        self.derives(id, of_trait) && arg.is_none_or(|arg| matches!(arg, Ty::Adt(of, _) if *of == id))
    }
}

/// The trait whose impl gives an operator its meaning.
fn of_trait(operator: Operator) -> Option<&'static str> {
    Some(match operator {
        Operator::Lazy => return None,
        Operator::Add => "std::ops::Add",
        Operator::Sub => "std::ops::Sub",
        Operator::Mul => "std::ops::Mul",
        Operator::Div => "std::ops::Div",
        Operator::Rem => "std::ops::Rem",
        Operator::BitAnd => "std::ops::BitAnd",
        Operator::BitOr => "std::ops::BitOr",
        Operator::BitXor => "std::ops::BitXor",
        Operator::Shl => "std::ops::Shl",
        Operator::Shr => "std::ops::Shr",
        Operator::AddAssign => "std::ops::AddAssign",
        Operator::SubAssign => "std::ops::SubAssign",
        Operator::MulAssign => "std::ops::MulAssign",
        Operator::DivAssign => "std::ops::DivAssign",
        Operator::RemAssign => "std::ops::RemAssign",
        Operator::BitAndAssign => "std::ops::BitAndAssign",
        Operator::BitOrAssign => "std::ops::BitOrAssign",
        Operator::BitXorAssign => "std::ops::BitXorAssign",
        Operator::ShlAssign => "std::ops::ShlAssign",
        Operator::ShrAssign => "std::ops::ShrAssign",
        Operator::Eq => "std::cmp::PartialEq",
        Operator::Ord => "std::cmp::PartialOrd",
        Operator::Neg => "std::ops::Neg",
        Operator::Not => "std::ops::Not",
        Operator::Deref => "std::ops::Deref",
        Operator::Index => "std::ops::Index",
    })
}

fn plain(ty: &Ty) -> &Ty {
    match ty {
        Ty::Ref(inner) => plain(inner),
        ty => ty,
    }
}

#[cfg(test)]
mod tests {
    use crate::frontend::rust::tests::codebase;

    fn check(text: &str, expected: &str) {
        let code = codebase(&format!("//- /src/lib.rs\n{text}"));
        let id = |m: crate::model::ids::ModuleId| code.modules[m.index()].name();
        let found: Vec<String> = (code.dispatches.iter())
            .map(|d| format!("{} -> {} {} {} {}", id(d.from), id(d.to), d.kind.name(), d.of_trait, d.line))
            .collect();
        let expected: Vec<&str> = expected.lines().map(str::trim).collect();
        assert_eq!(found.join("\n"), expected.join("\n"));
    }

    const RUN: &str = "mod t { pub trait Run { fn run(&self); fn twice(&self) { self.run(); } } }
mod a { pub struct A; impl crate::t::Run for A { fn run(&self) {} } }
mod b { pub struct B; impl crate::t::Run for B { fn run(&self) {} fn twice(&self) {} } }
";

    #[test]
    fn trait_objects_and_bounds_lead_to_whoever_writes_the_method() {
        check(
            &format!(
                "{RUN}mod user {{ use crate::t::Run;\nfn f(r: &dyn Run) {{ r.run(); }}\nfn g<R: Run>(r: R) {{ r.twice(); R::run(&r); }} }}\n"
            ),
            "t -> a dispatch demo::t::Run 1
             t -> b dispatch demo::t::Run 1
             user -> a dispatch demo::t::Run 5
             user -> a dispatch demo::t::Run 6
             user -> b dispatch demo::t::Run 5
             user -> b dispatch demo::t::Run 6
             user -> b dispatch demo::t::Run 6",
        );
    }

    #[test]
    fn of_a_known_type_it_is_the_implementation() {
        check(
            &format!("{RUN}mod user {{ use crate::t::Run; fn f(a: crate::a::A) {{ a.run(); a.twice(); crate::a::A::run(&a); }} }}\n"),
            "t -> a dispatch demo::t::Run 1
             t -> b dispatch demo::t::Run 1
             user -> a implementation demo::t::Run 4
             user -> a implementation demo::t::Run 4",
        );
    }

    #[test]
    fn too_many_are_counted_instead() {
        let many: String =
            (0..33).map(|i| format!("mod m{i} {{ pub struct M; impl crate::t::Run for M {{ fn run(&self) {{}} }} }}\n")).collect();
        let text = format!(
            "//- /src/lib.rs\nmod t {{ pub trait Run {{ fn run(&self); }} }}\n{many}mod user {{ fn f(r: &dyn crate::t::Run) {{ r.run(); r.run(); }} }}\n"
        );
        let code = codebase(&text);
        assert_eq!(code.dispatches, []);
        assert_eq!(code.coverage.wide_dispatch, [("demo::t::Run".to_owned(), 2)]);
    }

    #[test]
    fn operators_run_the_impl_of_their_types() {
        check(
            "mod money {
    #[derive(PartialEq, PartialOrd)] pub struct Money(pub i64);
    pub struct Purse;
    impl std::ops::Index<usize> for Purse { type Output = Money; fn index(&self, _: usize) -> &Money { todo!() } }
    impl std::ops::Deref for Purse { type Target = Money; fn deref(&self) -> &Money { todo!() } }
}
mod sums {
    use crate::money::Money;
    impl std::ops::Add for Money { type Output = Money; fn add(self, o: Money) -> Money { o } }
    impl std::ops::AddAssign<i64> for Money { fn add_assign(&mut self, _: i64) {} }
    impl std::ops::Neg for Money { type Output = Money; fn neg(self) -> Money { self } }
    impl std::ops::Mul<Money> for i64 { type Output = Money; fn mul(self, m: Money) -> Money { m } }
}
mod user {
    use crate::money::{Money, Purse};
    fn f(a: Money, b: Money, p: Purse) {
        let mut c = a + b;
        c += 1;
        if c == p[0] {}
        if c < *p {}
        let _ = -c;
        let _ = 2 * p[1];
        let _ = 1 + 2;
    }
}
",
            "user -> money operator std::cmp::PartialEq 19
             user -> money operator std::cmp::PartialOrd 20
             user -> money operator std::ops::Deref 20
             user -> money operator std::ops::Index 19
             user -> money operator std::ops::Index 22
             user -> sums operator std::ops::Add 17
             user -> sums operator std::ops::AddAssign 18
             user -> sums operator std::ops::Mul 22
             user -> sums operator std::ops::Neg 21",
        );
    }

    #[test]
    fn conversions_run_from() {
        check(
            "mod errors {
    pub struct Low; pub struct Text;
    impl From<Text> for String { fn from(_: Text) -> String { todo!() } }
}
mod high {
    pub struct High;
    impl From<crate::errors::Low> for High { fn from(_: crate::errors::Low) -> High { High } }
    impl From<std::io::Error> for High { fn from(_: std::io::Error) -> High { High } }
}
mod user {
    use crate::{errors::{Low, Text}, high::High};
    fn low() -> Result<(), Low> { Ok(()) }
    fn io() -> Result<(), std::io::Error> { Ok(()) }
    fn f() -> Result<(), High> {
        low()?;
        io()?;
        let h: High = Low.into();
        let g = || -> Result<(), Low> { low()?; Ok(()) };
        Err(h)?
    }
    fn g(t: Text) -> String { t.into() }
}
",
            "user -> errors conversion std::convert::From 21
             user -> high conversion std::convert::From 15
             user -> high conversion std::convert::From 16
             user -> high conversion std::convert::From 17",
        );
    }

    #[test]
    fn a_derive_writes_conversions_too() {
        check(
            "mod low { pub struct Low; pub struct Other; }
mod high {
    #[derive(Error)] pub enum High { A(#[from] crate::low::Low), B { #[from] source: std::io::Error }, C(crate::low::Other) }
}
mod user {
    use crate::{low::{Low, Other}, high::High};
    fn low() -> Result<(), Low> { Ok(()) }
    fn other() -> Result<(), Other> { Ok(()) }
    fn f() -> Result<(), High> {
        low()?;
        other()?;
        Ok(())
    }
}
",
            "user -> high conversion std::convert::From 10",
        );
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        check(
            "mod a { pub struct A; impl<T> std::ops::Add<T> for A { type Output = A; fn add(self, _: T) -> A { self } } }
mod b { use crate::a::A; impl std::ops::Sub<i32> for A { type Output = A; fn sub(self, _: i32) -> A { self } } }
mod c { use crate::a::A; impl std::ops::Sub<String> for A { type Output = A; fn sub(self, _: String) -> A { self } } }
mod user { fn f(a: crate::a::A) -> Result<(), crate::a::A> { let x = strange!(); let _ = a - x; let _ = x + 1; strange!()?; Ok(()) } }
",
            "",
        );
    }
}
