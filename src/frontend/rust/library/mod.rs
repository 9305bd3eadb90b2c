//! The standard library's and some often used crates' shapes, as data: what leads a method call from one type to the next.
//!
//! The two `.model` files are Rust signatures without bodies. They are read by the same parser and resolved by the same rules as the
//! workspace, so that no stage knows any library by name; what refers to them counts as external. What a model lacks is external too.

use super::discover::Edition;
use super::facts::{FileFacts, ItemIx, ItemKind};
use super::load::{Crate, File, Loaded, Module};
use super::remember;
use crate::host::store::{Key, Store};
use crate::model::codebase::CrateKind;

/// What the models say.
pub(super) struct Models {
    std: (FileFacts, Key),
    crates: (FileFacts, Key),
}

/// Reads the models, which takes as long as any large file.
pub(super) fn models(store: &Store) -> Models {
    let facts = |text| {
        let (facts, content) = remember::facts(store, text);
        debug_assert_eq!(facts.errors, Vec::new(), "a model does not parse");
        (facts, content)
    };
    Models { std: facts(include_str!("std.model")), crates: facts(include_str!("crates.model")) }
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
    #[test]
    fn the_models_parse() {
        for text in [include_str!("std.model"), include_str!("crates.model")] {
            assert_eq!(crate::frontend::rust::parse::parse(text).errors, Vec::new());
        }
    }
}
