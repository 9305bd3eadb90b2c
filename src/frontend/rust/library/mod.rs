//! The standard library's and some often used crates' shapes, as data: what leads a method call from one type to the next.
//!
//! The two `.model` files are Rust signatures without bodies. They are read by the same parser and resolved by the same rules as the
//! workspace, so that no stage knows any library by name; what refers to them counts as external. What a model lacks is external too.
//!
//! Parsing them takes as long as a large file of the workspace, in every run without a cache: the `.facts` files beside them hold what came
//! out. A test holds the two together; `SEAMLINE_UPDATE=1 cargo test --lib library` writes them anew, after a change to a model or to facts.

use super::discover::Edition;
use super::facts::{FileFacts, ItemIx, ItemKind};
use super::load::{Crate, File, Loaded, Module};
use super::parse::Tests;
use super::remember;
use crate::host::store::{Key, Store};
use crate::model::codebase::CrateKind;

/// What the models say.
pub(super) struct Models {
    std: (FileFacts, Key),
    crates: (FileFacts, Key),
}

const STD: &str = include_str!("std.model");
const CRATES: &str = include_str!("crates.model");

/// The models as facts.
pub(super) fn models(store: &Store) -> Models {
    Models { std: facts(store, STD, include_bytes!("std.facts")), crates: facts(store, CRATES, include_bytes!("crates.facts")) }
}

/// Facts that were written before; of a text that has changed since, they are worked out.
fn facts(store: &Store, text: &str, written: &[u8]) -> (FileFacts, Key) {
    let key = remember::content(text, Tests::Read);
    match postcard::from_bytes::<(Key, FileFacts)>(written) {
        Ok((of, facts)) if of == key => (facts, key),
        _ => remember::facts(store, text, Tests::Read),
    }
}

/// Appends the models as crates after those of the workspace.
pub(super) fn append(loaded: &mut Loaded, models: Models) {
    loaded.models = loaded.crates.len();
    let std = file(loaded, models.std);
    let root = loaded.files[std].facts.root.clone();
    add_crate(loaded, "std", std, &root);
    let crates = file(loaded, models.crates);
    for item in loaded.files[crates].facts.root.clone() {
        let facts = &loaded.files[crates].facts;
        if let ItemKind::Module(Some(items)) = &facts[item].kind {
            let (name, items) = (facts.text(facts[item].name).to_owned(), items.clone());
            add_crate(loaded, &name, crates, &items);
        }
    }
}

fn file(loaded: &mut Loaded, (facts, content): (FileFacts, Key)) -> usize {
    loaded.files.push(File { path: String::new(), facts, content, origin: None });
    loaded.files.len() - 1
}

fn add_crate(loaded: &mut Loaded, name: &str, file: usize, items: &[ItemIx]) {
    let krate = loaded.crates.len();
    let root = loaded.modules.len();
    loaded.crates.push(Crate {
        name: name.to_owned(),
        package: usize::MAX,
        kind: CrateKind::Library,
        edition: Edition::E2018OrLater,
        root,
    });
    module(loaded, krate, None, name, file, None, items);
}

fn module(
    loaded: &mut Loaded,
    krate: usize,
    parent: Option<usize>,
    name: &str,
    file: usize,
    declaration: Option<(usize, ItemIx)>,
    items: &[ItemIx],
) {
    let index = loaded.modules.len();
    loaded.modules.push(Module {
        krate,
        parent,
        name: name.to_owned(),
        file,
        declaration,
        line: 1,
        end_line: None,
        items: Vec::new(),
        macro_use: false,
        summary: None,
    });
    for item in items {
        let facts = &loaded.files[file].facts;
        if let ItemKind::Module(Some(inner)) = &facts[*item].kind {
            let (name, inner) = (facts.text(facts[*item].name).to_owned(), inner.clone());
            module(loaded, krate, Some(index), &name, file, Some((file, *item)), &inner);
        } else {
            loaded.modules[index].items.push((file, *item));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, remember};
    use crate::frontend::rust::parse::Tests;
    use crate::host::Host;
    use crate::host::os::Os;
    use std::path::Path;

    #[test]
    fn what_is_written_is_what_the_models_say() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/frontend/rust/library");
        for (text, file, written) in [
            (super::STD, "std.facts", &include_bytes!("std.facts")[..]),
            (super::CRATES, "crates.facts", &include_bytes!("crates.facts")[..]),
        ] {
            let facts = parse::parse(text, Tests::Read);
            assert_eq!(facts.errors, Vec::new(), "a model does not parse");
            let expected = postcard::to_stdvec(&(remember::content(text, Tests::Read), facts)).expect("facts can be written");
            if std::env::var_os("SEAMLINE_UPDATE").is_some() {
                Os.write(&folder.join(file), &expected).expect("they can be written");
            } else {
                assert!(written == expected, "{file} is out of date: SEAMLINE_UPDATE=1 cargo test --lib library");
            }
        }
    }
}
