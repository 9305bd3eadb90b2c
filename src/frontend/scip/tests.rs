//! Indexes made in memory, merged into what is read of small fixtures.
//!
//! An index is written as lines: `//- path [utf16|utf32]` begins a document, `file SYMBOL` defines a module that is the whole file,
//! `def NAME N SYMBOL` and `ref NAME N SYMBOL` stand at the n-th place, from 1, where the name is in that file, as a whole word.
//! Symbols are those of the package `demo` unless they name their own.

use super::{ScipError, merge};
use crate::frontend::rust::{self, Options};
use crate::host::Host;
use crate::host::memory::Memory;
use crate::host::store::Store;
use crate::model::codebase::Codebase;
use crate::model::scip::Scip;
use protobuf::Message;
use scip::types::{Document, Index, Metadata, Occurrence, PositionEncoding};
use std::path::Path;

const DEFINITION: i32 = 1;

/// The place of the n-th `name` in a text: line, start, end.
fn place(text: &str, name: &str, n: usize, encoding: i32) -> Vec<i32> {
    let word = |c: char| c == '_' || c.is_alphanumeric();
    let whole = |at: &usize| !text[..*at].ends_with(word) && !text[at + name.len()..].starts_with(word);
    let at = text.match_indices(name).map(|(at, _)| at).filter(whole).nth(n - 1).unwrap_or_else(|| panic!("no {n} × {name} in {text}"));
    let start = text[..at].rfind('\n').map_or(0, |b| b + 1);
    let units = |text: &str| match encoding {
        2 => text.encode_utf16().count(),
        3 => text.chars().count(),
        _ => text.len(),
    };
    let column = units(&text[start..at]);
    [text[..at].matches('\n').count(), column, column + units(name)].map(|n| i32::try_from(n).expect("small")).to_vec()
}

fn index(host: &Memory, lines: &str) -> Index {
    let mut index = Index { metadata: Some(Metadata::default()).into(), ..Index::default() };
    let mut text = String::new();
    for line in lines.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if let Some(header) = line.strip_prefix("//- ") {
            let (path, encoding) = header.split_once(' ').unwrap_or((header, "utf8"));
            let position_encoding = match encoding {
                "utf16" => PositionEncoding::UTF16CodeUnitOffsetFromLineStart,
                "utf32" => PositionEncoding::UTF32CodeUnitOffsetFromLineStart,
                _ => PositionEncoding::UTF8CodeUnitOffsetFromLineStart,
            };
            text = String::from_utf8(host.get(&format!("/{path}")).unwrap_or_default()).expect("UTF-8");
            index.documents.push(Document {
                relative_path: path.into(),
                position_encoding: position_encoding.into(),
                ..Document::default()
            });
            continue;
        }
        let document = index.documents.last_mut().expect("a document begins with its path");
        let symbol = |s: &str| if s.contains(' ') { s.to_owned() } else { format!("rust-analyzer cargo demo 0.1.0 {s}") };
        let occurrence = if let Some(module) = line.strip_prefix("file ") {
            let end = i32::try_from(text.lines().count()).expect("small");
            Occurrence { range: vec![0, 0, end, 0], symbol: symbol(module), symbol_roles: DEFINITION, ..Occurrence::default() }
        } else {
            let words: Vec<&str> = line.splitn(4, ' ').collect();
            let encoding = document.position_encoding.value();
            let range = place(&text, words[1], words[2].parse().expect("a number"), encoding);
            let symbol_roles = if words[0] == "def" { DEFINITION } else { 0 };
            Occurrence { range, symbol: symbol(words[3]), symbol_roles, ..Occurrence::default() }
        };
        document.occurrences.push(occurrence);
    }
    index
}

fn merged(host: &Memory, bytes: Vec<u8>) -> Result<(Codebase, Scip), ScipError> {
    host.set("/index.scip", bytes);
    let options = Options { threads: 1, ..Options::default() };
    options.on_threads(|| {
        let mut codebase = rust::read(host, &Store::none(), Path::new("/"), &options, &|_| {}).expect("the fixture can be read");
        let scip = merge(&mut codebase, host, Path::new("/"), Path::new("/index.scip"))?;
        assert_eq!(codebase.verify(), Ok(()));
        let c = &codebase.coverage;
        assert_eq!(c.paths, c.resolved + c.external + c.unresolved);
        Ok((codebase, scip))
    })
}

/// References between modules with who says so, one a line; then what the sources disagree on.
#[track_caller]
fn check(fixture: &str, lines: &str, expected: &str) -> (Codebase, Scip) {
    let host = Memory::from_fixture(fixture);
    let bytes = index(&host, lines).write_to_bytes().expect("it can be written");
    let (codebase, scip) = merged(&host, bytes).unwrap_or_else(|e| panic!("{e}"));
    let mut found: Vec<String> = Vec::new();
    for r in codebase.references.iter().filter(|r| r.from != r.to) {
        let id = |m: crate::model::ids::ModuleId| &codebase.modules[m.index()].id;
        let item = r.to_item.map(|i| format!("::{}", codebase.items[i.index()].name)).unwrap_or_default();
        let within = r.from_item.map(|i| format!("::{}", codebase.items[i.index()].name)).unwrap_or_default();
        found.push(format!("{}{within} -> {}{item} {} {}", id(r.from), id(r.to), r.kind.name(), r.provenance.name()));
    }
    found.sort();
    found.extend(scip.disagreements.iter().map(|d| format!("{}:{}:{} {} => {}", d.file, d.line, d.column, d.ours, d.index)));
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(found, expected, "{scip:?} {:?}", codebase.diagnostics);
    (codebase, scip)
}

const TWO: &str = "//- /src/lib.rs
mod a;
mod b;
//- /src/a.rs
pub struct Order { pub total: u32 }
impl Order {
    pub fn sum(&self) -> u32 { self.total }
}
pub fn free() {}
pub trait Billed {}
//- /src/b.rs
use crate::a::Order;
pub fn bill(order: &Order) -> u32 { order.sum() }
pub fn hidden<T: Imagined>(odd: Strange) {
    unknown().amount;
    invented();
    unknown().process();
}
";

const TWO_DEFINED: &str = "//- src/lib.rs
file crate/
ref a 1 a/
//- src/a.rs
file a/
def Order 1 a/Order#
def total 1 a/Order#total.
def Order 2 a/impl#[Order]
def sum 1 a/impl#[Order]sum().
def free 1 a/free().
def Billed 1 a/Billed#
";

#[test]
fn both_say_so() {
    let index = format!(
        "{TWO_DEFINED}
         //- src/b.rs
         ref crate 1 crate/
         ref a 1 a/
         ref Order 1 a/Order#
         ref order 1 local 1
         ref Order 2 a/Order#
         ref sum 1 a/impl#[Order]sum()."
    );
    let (_, scip) = check(
        TWO,
        &index,
        "demo::b -> demo::a::Order use both
         demo::b::bill -> demo::a::Order type both
         demo::b::bill -> demo::a::sum method both",
    );
    assert_eq!((scip.documents, scip.matched, scip.outdated), (3, 3, 0));
    assert_eq!((scip.references, scip.agreed, scip.added, scip.disagreed()), (3, 3, 0, 0));
}

#[test]
fn what_only_the_index_knows_is_added() {
    let index = format!(
        "{TWO_DEFINED}
         //- src/b.rs
         ref Imagined 1 a/Billed#
         ref Strange 1 a/Order#
         ref amount 1 a/Order#total.
         ref invented 1 a/free().
         ref process 1 a/impl#[Order]sum()."
    );
    let (_, scip) = check(
        TWO,
        &index,
        "demo::b -> demo::a::Order use source
         demo::b::bill -> demo::a::Order type source
         demo::b::bill -> demo::a::sum method source
         demo::b::hidden -> demo::a::Billed trait scip
         demo::b::hidden -> demo::a::Order field scip
         demo::b::hidden -> demo::a::Order type scip
         demo::b::hidden -> demo::a::free call scip
         demo::b::hidden -> demo::a::sum method scip",
    );
    assert_eq!((scip.references, scip.agreed, scip.added), (5, 0, 5));
}

const GUESSED: &str = "//- /src/lib.rs
mod a;
mod b;
mod c;
//- /src/a.rs
pub struct A;
impl A {
    pub fn run(&self) {}
}
//- /src/b.rs
pub struct B;
pub fn other() {}
//- /src/c.rs
use crate::a::A;
pub fn f(a: A) {
    a.run();
    unknowable().missing();
}
";

const GUESSED_DEFINED: &str = "//- src/a.rs
file a/
def A 1 a/A#
def run 1 a/impl#[A]run().
//- src/b.rs
file b/
def B 1 b/B#
def other 1 b/other().
//- src/c.rs
file c/
def f 1 c/f().
";

#[test]
fn another_target_gives_way() {
    let (codebase, scip) = check(
        GUESSED,
        &format!("{GUESSED_DEFINED}\nref run 1 b/other().\nref missing 1 b/other()."),
        "demo::c -> demo::a::A use source
         demo::c::f -> demo::a::A type source
         demo::c::f -> demo::b::other method scip
         demo::c::f -> demo::b::other method scip
         src/c.rs:3:7 demo::a::run => demo::b::other",
    );
    assert_eq!((scip.agreed, scip.added, scip.replaced, scip.removed), (0, 1, 1, 0));
    // The missing method was counted among the unresolved; the function before it still is.
    assert_eq!((codebase.coverage.unresolved, codebase.coverage.unresolved_members), (1, 0));
    assert_eq!(codebase.coverage.unresolved_methods, []);
}

#[test]
fn what_lies_outside_is_no_dependency() {
    let (_, scip) = check(
        GUESSED,
        &format!(
            "{GUESSED_DEFINED}
             ref run 1 rust-analyzer cargo core https://github.com/rust-lang/rust/library/core iter/run().
             ref A 2 rust-analyzer cargo demo 0.1.0 made/by_a_macro()."
        ),
        "demo::c -> demo::a::A use source
         demo::c::f -> demo::a::A type source
         src/c.rs:3:7 demo::a::run => outside: core",
    );
    assert_eq!((scip.references, scip.replaced, scip.removed), (0, 0, 1));
}

#[test]
fn a_method_of_a_trait_is_the_traits() {
    let (_, scip) = check(
        "//- /src/lib.rs
mod base;
mod one;
mod user;
//- /src/base.rs
pub trait Run {
    fn run(&self);
}
//- /src/one.rs
use crate::base::Run;
pub struct One;
impl Run for One {
    fn run(&self) {}
}
impl std::fmt::Display for One {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { Ok(()) }
}
//- /src/user.rs
use crate::base::Run;
use crate::one::One;
pub fn f(one: One) {
    one.run();
    strange().fmt();
}
",
        "//- src/base.rs
         file base/
         def Run 1 base/Run#
         def run 1 base/Run#run().
         //- src/one.rs
         file one/
         def One 1 one/One#
         def run 1 one/impl#[One][Run]run().
         def fmt 2 one/impl#[One][Display]fmt().
         //- src/user.rs
         file user/
         def f 1 user/f().
         ref run 1 one/impl#[One][Run]run().
         ref fmt 1 one/impl#[One][Display]fmt().",
        "demo::one -> demo::base::Run use source
         demo::one::impl Run for One -> demo::base::Run impl source
         demo::user -> demo::base::Run use source
         demo::user -> demo::one::One use source
         demo::user::f -> demo::base::run method both
         demo::user::f -> demo::one::One type source",
    );
    assert_eq!((scip.agreed, scip.added), (1, 0));
}

#[test]
fn modules_in_modules_and_uses_of_modules() {
    check(
        "//- /src/lib.rs
pub mod a {
    pub mod inner {
        pub enum State { On, Off }
        pub const LIMIT: u32 = 1;
    }
}
pub mod b {
    use crate::a::{self, inner::{self, State as St}};
    pub fn f() -> u32 {
        let _ = inner::State::On;
        a::inner::LIMIT
    }
}
",
        "//- src/lib.rs
         file crate/
         def a 1 a/
         def inner 1 a/inner/
         def State 1 a/inner/State#
         def On 1 a/inner/State#On#
         def LIMIT 1 a/inner/LIMIT.
         def b 1 b/
         ref crate 1 crate/
         ref a 2 a/
         ref self 1 a/
         ref inner 2 a/inner/
         ref self 2 a/inner/
         ref State 2 a/inner/State#
         ref St 1 a/inner/State#
         def f 1 b/f().
         ref inner 3 a/inner/
         ref State 3 a/inner/State#
         ref On 2 a/inner/State#On#
         ref a 3 a/
         ref inner 4 a/inner/
         ref LIMIT 2 a/inner/LIMIT.",
        "demo::b -> demo::a use both
         demo::b -> demo::a::inner use both
         demo::b -> demo::a::inner::State use both
         demo::b::f -> demo::a::inner::LIMIT path both
         demo::b::f -> demo::a::inner::State path both
         demo::b::f -> demo::a::inner::State path both",
    );
}

#[test]
fn columns_in_any_encoding() {
    for encoding in ["utf8", "utf16", "utf32"] {
        let (_, scip) = check(
            "//- /src/lib.rs
mod a { pub fn f() {} }
fn g() { let _ = (\"é🚀\", a::f()); }
",
            &format!("//- src/lib.rs {encoding}\nfile crate/\ndef a 1 a/\ndef f 1 a/f().\ndef g 1 g().\nref a 2 a/\nref f 2 a/f()."),
            "demo::g -> demo::a::f call both",
        );
        assert_eq!(scip.agreed, 1, "{encoding}");
    }
}

/// Code that we leave out is on for rust-analyzer, which turns `test` on.
#[test]
fn tests_are_left_out_here_too() {
    let (_, scip) = check(
        "//- /src/lib.rs
mod a;
#[cfg(test)]
mod tests {
    #[test]
    fn t() { crate::a::f(); }
}
//- /src/a.rs
pub fn f() {}
#[cfg(test)]
pub fn only_in_tests() { crate::g(); }
",
        "//- src/lib.rs
         file crate/
         def tests 1 tests/
         def t 1 tests/t().
         ref f 1 a/f().
         //- src/a.rs
         file a/
         def f 1 a/f().
         def only_in_tests 1 a/only_in_tests().",
        "",
    );
    assert_eq!(scip.references, 0);
}

/// A library and a binary that read the same file, with the same names for the index.
#[test]
fn each_target_has_its_own_modules() {
    check(
        "//- /src/lib.rs
pub mod a;
pub fn root() {}
//- /src/main.rs
mod a;
fn root() {}
fn main() { a::f(); }
//- /src/a.rs
pub fn f() { strange().missing(); }
",
        "//- src/lib.rs
         file crate/
         def root 1 root().
         //- src/main.rs
         file crate/
         def root 1 root().
         ref f 1 a/f().
         //- src/a.rs
         file a/
         def f 1 a/f().
         ref missing 1 root().",
        "demo#bin::a::f -> demo#bin::root method scip
         demo#bin::main -> demo#bin::a::f call both
         demo::a::f -> demo::root method scip",
    );
}

#[test]
fn an_index_of_another_text_is_left_out() {
    let host = Memory::from_fixture(GUESSED);
    let mut old = index(&host, &format!("{GUESSED_DEFINED}\nref run 1 b/other()."));
    host.set("/src/c.rs", format!("// a line more\n{}", String::from_utf8(host.get("/src/c.rs").expect("there")).expect("UTF-8")));
    let (codebase, scip) = merged(&host, old.write_to_bytes().expect("written")).expect("it is of this tree");
    assert_eq!((scip.matched, scip.outdated, scip.references), (3, 1, 0));
    let said: Vec<&str> = codebase.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(said, ["the index does not fit the sources (1 of 5 definitions are elsewhere): 1 of 3 documents were left out"]);
    // Ranges that lie anywhere or nowhere.
    for range in [vec![], vec![1], vec![-1, 0, 2], vec![0, -3, 2], vec![99, 0, 1], vec![0, 0, 99], vec![2, 5, 1, 0], vec![i32::MAX; 4]] {
        for document in &mut old.documents {
            document.occurrences.iter_mut().for_each(|o| o.range.clone_from(&range));
        }
        let (_, scip) = merged(&host, old.write_to_bytes().expect("written")).expect("it is of this tree");
        assert_eq!((scip.outdated, scip.references), (3, 0), "{range:?}");
    }
}

#[test]
fn what_is_no_index_is_refused_with_a_reason() {
    let host = Memory::from_fixture(TWO);
    let refused = |bytes: Vec<u8>, expected: &str| {
        let message = merged(&host, bytes).expect_err(expected).to_string();
        assert!(message.starts_with("/index.scip: ") && message.contains(expected), "{message}");
    };
    let good = index(&host, TWO_DEFINED).write_to_bytes().expect("written");
    refused(Vec::new(), "the file is empty");
    refused(b"hello, I am no index".to_vec(), "not a SCIP index");
    refused(good[..good.len() - 5].to_vec(), "only a part");
    refused(Index::default().write_to_bytes().map(|_| vec![0x0a, 0]).expect("written"), "names no document");
    let elsewhere = index(&host, "//- ../src/lib.rs\n//- /src/lib.rs\n//- web/main.go");
    refused(
        elsewhere.write_to_bytes().expect("written"),
        "the index is of another tree: none of its 3 documents is a file of this workspace",
    );
    assert!(host.list(Path::new("/src")).is_ok());
    let options = Options::default();
    let mut codebase = options.on_threads(|| rust::read(&host, &Store::none(), Path::new("/"), &options, &|_| {})).expect("read");
    let message = merge(&mut codebase, &host, Path::new("/"), Path::new("/none.scip")).expect_err("missing").to_string();
    assert_eq!(message, "/none.scip: there is no such file");
}

/// Whatever bytes of an index are changed, the answer is a code base or a reason.
#[test]
fn broken_bytes_break_nothing() {
    let host = Memory::from_fixture(GUESSED);
    let good = index(&host, &format!("{GUESSED_DEFINED}\nref run 1 b/other().")).write_to_bytes().expect("written");
    let mut seed = 1_u32;
    for _ in 0..100 {
        let mut bytes = good.clone();
        for _ in 0..3 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (seed >> 8) as usize % bytes.len();
            bytes[at] = (seed >> 3) as u8;
        }
        let _ = merged(&host, bytes);
    }
}

#[test]
fn a_million_occurrences() {
    let host = Memory::from_fixture(GUESSED);
    let mut many = index(&host, &format!("{GUESSED_DEFINED}\nref run 1 b/other()."));
    let document = many.documents.last_mut().expect("three");
    let reference = document.occurrences.last().expect("a reference").clone();
    document.occurrences.extend(std::iter::repeat_n(reference, 1_000_000));
    let (_, scip) = merged(&host, many.write_to_bytes().expect("written")).expect("it is of this tree");
    assert_eq!((scip.references, scip.replaced), (1, 1));
}
