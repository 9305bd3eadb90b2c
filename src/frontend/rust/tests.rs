//! Whole front end on small fixtures: one `check` for references.

use super::{Conditions, DiscoverError, Options, read};
use crate::host::memory::Memory;
use crate::host::store::Store;
use crate::model::codebase::Codebase;
use std::path::Path;

pub(super) fn codebase(fixture: &str) -> Codebase {
    let host = Memory::from_fixture(fixture);
    let with = |store: Store| {
        let codebase = on_one_thread(&host, &store, Options::default()).expect("the fixture has a manifest");
        store.save(&host).expect("there is room in memory");
        codebase
    };
    let codebase = with(Store::none());
    let [cold, warm] = [(); 2].map(|()| with(Store::open(&host, Path::new(CACHE))));
    assert_eq!(codebase.verify(), Ok(()));
    // What an earlier run leaves changes nothing.
    assert_eq!(format!("{codebase:?}"), format!("{cold:?}"));
    assert_eq!(format!("{codebase:?}"), format!("{warm:?}"));
    codebase
}

const CACHE: &str = "/target/seamline/cache";

/// The code base of a fixture, with the calls that these words are about.
pub(super) fn hearing(fixture: &str, words: &[crate::model::calls::Word]) -> Codebase {
    let vocabulary = crate::model::calls::Vocabulary::new(words.iter().copied());
    let options = Options { vocabulary, ..Options::default() };
    on_one_thread(&Memory::from_fixture(fixture), &Store::none(), options).expect("the fixture has a manifest")
}

fn on_one_thread(host: &Memory, store: &Store, options: Options) -> Result<Codebase, DiscoverError> {
    let options = Options { threads: 1, ..options };
    options.on_threads(|| read(host, store, Path::new("/"), &options, &|_| {}))
}

/// References between different modules, one a line: `from -> to::item kind`.
fn references(codebase: &Codebase) -> String {
    let mut lines: Vec<String> = codebase
        .references
        .iter()
        .filter(|r| r.from != r.to)
        .map(|r| {
            let from = &codebase.modules[r.from.index()].id;
            let to = &codebase.modules[r.to.index()].id;
            let item = r.to_item.map(|i| format!("::{}", codebase.items[i.index()].name)).unwrap_or_default();
            format!("{from} -> {to}{item} {}", r.kind.name())
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines.join("\n")
}

pub(super) fn check(fixture: &str, expected: &str) {
    let codebase = codebase(fixture);
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(references(&codebase), expected.join("\n"), "unresolved: {:?}", codebase.coverage);
}

#[test]
fn grouped_and_nested_uses() {
    check(
        "//- /src/lib.rs
mod a { pub struct A; pub mod b { pub fn f() {} pub fn g() {} } }
mod c { use crate::a::{A, b::{self, f as ff}}; fn h() { ff(); b::g(); let _ = A; } }
",
        "demo::c -> demo::a::A path
         demo::c -> demo::a::A use
         demo::c -> demo::a::b use
         demo::c -> demo::a::b::f call
         demo::c -> demo::a::b::f use
         demo::c -> demo::a::b::g call",
    );
}

#[test]
fn what_stands_in_a_function_that_is_off_is_off() {
    check(
        "//- /src/lib.rs
mod a { pub struct A; pub fn f() {} }
mod user {
    #[cfg(feature = \"none\")] fn off() { use crate::a::A; fn inner() { use crate::a::f; f(); } }
    fn on() { fn inner() { fn innermost() { use crate::a::f; f(); } } }
}
",
        "demo::user -> demo::a::f call
         demo::user -> demo::a::f use",
    );
}

/// Copies of a package, under other names: each program calls its own library, and what its own manifest leads to, by the one name.
#[test]
fn namesakes_are_told_apart() {
    let member = |n: usize| {
        format!(
            "//- /{n}/Cargo.toml
[package]
name = \"base-{n}\"
version = \"0.1.0\"
edition = \"2021\"
[lib]
name = \"base\"
//- /{n}/src/lib.rs
pub fn f() {{}}
//- /{n}/src/main.rs
fn main() {{ base::f() }}
//- /{n}/user/Cargo.toml
[package]
name = \"user-{n}\"
version = \"0.1.0\"
edition = \"2021\"
[dependencies]
base = {{ path = \"..\", package = \"base-{n}\" }}
//- /{n}/user/src/lib.rs
pub fn g() {{ base::f() }}
"
        )
    };
    let workspace = "//- /Cargo.toml\n[workspace]\nmembers = [\"*\", \"*/user\"]\n";
    check(
        &[workspace.to_owned(), member(1), member(2), member(3)].concat(),
        "base_1 -> base::f call
         base_2 -> base#lib::f call
         base_3 -> base#lib#base-3::f call
         user_1 -> base::f call
         user_2 -> base#lib::f call
         user_3 -> base#lib#base-3::f call",
    );
}

const CONDITIONAL: &str = "//- /Cargo.toml
[package]
name = \"demo\"
version = \"0.1.0\"
edition = \"2021\"
[features]
default = [\"small\"]
small = []
large = [\"huge\"]
huge = []
//- /src/lib.rs
#[cfg(feature = \"small\")] mod small {}
#[cfg(feature = \"huge\")] mod huge {}
#[cfg(tokio_unstable)] mod unstable {}
#[cfg(backend = \"fast\")] mod fast {}
#[cfg(test)] mod tests { #[test] fn t() { crate::helper::h(); } }
mod helper { pub fn h() {} }
";

fn modules(conditions: Conditions) -> Result<Vec<String>, DiscoverError> {
    let host = Memory::from_fixture(CONDITIONAL);
    let codebase = on_one_thread(&host, &Store::none(), Options { conditions, ..Options::default() })?;
    assert_eq!(codebase.verify(), Ok(()));
    let tests = codebase.references.iter().filter(|r| r.from != r.to).count();
    let names = codebase.modules.iter().skip(1).map(|m| m.name().to_owned());
    Ok(names.chain((tests > 0).then(|| format!("{tests} references"))).collect())
}

#[test]
fn conditions_decide_what_is_on() {
    let with = |change: fn(&mut Conditions)| {
        let mut conditions = Conditions::default();
        change(&mut conditions);
        modules(conditions).expect("the conditions are right").join(" ")
    };
    assert_eq!(with(|_| {}), "helper small");
    assert_eq!(with(|c| c.no_default_features = true), "helper");
    assert_eq!(with(|c| c.all_features = true), "helper huge small");
    assert_eq!(with(|c| c.features = vec!["demo/large".into()]), "helper huge small");
    assert_eq!(with(|c| c.cfg = vec!["tokio_unstable".into(), "backend=\"fast\"".into()]), "fast helper small unstable");
    assert_eq!(with(|c| c.tests = true), "helper small tests 1 references");
}

#[test]
fn wrong_conditions_are_named() {
    let message = |conditions: Conditions| modules(conditions).expect_err("the conditions are wrong").to_string();
    let features = Conditions { features: vec!["lage".into()], ..Conditions::default() };
    assert_eq!(message(features), "no package of this workspace has the feature `lage`; did you mean `large`?");
    let cfg = Conditions { cfg: vec!["a = b".into()], ..Conditions::default() };
    assert_eq!(message(cfg), "`a = b` is no --cfg: write name, or name=\"value\"");
}

#[test]
fn integration_tests_come_with_the_tests() {
    let fixture = "//- /Cargo.toml
[workspace]
members = [\"shop\", \"kit\"]
//- /shop/Cargo.toml
[package]
name = \"shop\"
version = \"0.1.0\"
[dev-dependencies]
kit = { path = \"../kit\" }
//- /shop/src/lib.rs
pub fn buy() {}
#[cfg(test)] mod tests { #[test] fn t() { kit::set_up(); } }
//- /shop/tests/shop.rs
#[test] fn t() { kit::set_up(); shop::buy(); }
//- /kit/Cargo.toml
[package]
name = \"kit\"
version = \"0.1.0\"
//- /kit/src/lib.rs
pub fn set_up() {}
";
    let host = Memory::from_fixture(fixture);
    let found = |tests| {
        let conditions = Conditions { tests, ..Conditions::default() };
        let codebase = on_one_thread(&host, &Store::none(), Options { conditions, ..Options::default() }).expect("the fixture is right");
        assert_eq!(codebase.verify(), Ok(()));
        (references(&codebase), codebase.coverage.targets_out)
    };
    assert_eq!(found(false), (String::new(), 1));
    let all = "shop#test -> kit::set_up call\nshop#test -> shop::buy call\nshop::tests -> kit::set_up call";
    assert_eq!(found(true), (all.to_owned(), 0));
}

#[test]
fn files_of_a_target_that_is_left_out_are_no_orphans() {
    let found = codebase(
        "//- /Cargo.toml
[package]
name = \"demo\"
[[test]]
name = \"all\"
path = \"src/tests/mod.rs\"
[[example]]
name = \"show\"
path = \"src/show.rs\"
//- /src/lib.rs
//- /src/tests/mod.rs
mod deep;
//- /src/tests/deep/mod.rs
mod deeper;
//- /src/tests/deep/deeper.rs
//- /src/show.rs
mod inner;
//- /src/show/inner.rs
//- /src/forgotten.rs
",
    );
    assert_eq!(found.orphans, ["src/forgotten.rs"]);
}

#[test]
fn macros_without_end_are_given_up_and_named() {
    let fixture = "//- /src/lib.rs
macro_rules! items { () => { items!(); pub fn again() {} } }
items!();
macro_rules! sum { () => { 1 + sum!() } }
fn f() -> u32 { sum!() }
macro_rules! two { ($($x:tt)*) => { two!($($x)* $($x)*); } }
two!(a b);
";
    let codebase = codebase(fixture);
    let found: Vec<(u32, &str)> = codebase
        .diagnostics
        .iter()
        .map(|d| (d.site.as_ref().map_or(0, |s| s.line), d.message.split(':').next().unwrap_or_default()))
        .collect();
    // At the invocation that leads on, in the definition.
    assert_eq!(found, [(1, "macro `items` is not expanded"), (3, "macro `sum` is not expanded")], "{:?}", codebase.diagnostics);
    // What grows beyond all bounds is a blind spot by its name.
    assert!(codebase.coverage.opaque_macros.iter().any(|m| m.name == "two"), "{:?}", codebase.coverage);
}

/// What an import that binds nothing says is a part of what its users depend on.
#[test]
fn a_name_that_a_macro_makes_is_followed_anew_when_its_import_changes() {
    let host = Memory::from_fixture(
        "//- /src/lib.rs
mod cake {}
mod user {}
mod prelude;
mod a;
//- /src/prelude.rs
pub use super::user::Entity as Any;
//- /src/a.rs
use crate::prelude::*;
fn f() { db::query(Any::find()); }
",
    );
    let made_in = || {
        let vocabulary = crate::model::calls::Vocabulary::new([crate::model::calls::Word::Any("query")]);
        let store = Store::open(&host, Path::new(CACHE));
        let code = on_one_thread(&host, &store, Options { vocabulary, ..Options::default() }).expect("the fixture has a manifest");
        store.save(&host).expect("there is room in memory");
        let find = code.invocations[0].call.args[0].call().expect("a call").callee.clone();
        code.modules[find.module.expect("a module").index()].id.clone()
    };
    assert_eq!(made_in(), "demo::user");
    host.set("/src/prelude.rs", "pub use super::cake::Entity as Any;\n");
    assert_eq!(made_in(), "demo::cake");
}
