//! What a module's place in the tree says about its business: its path without technical layers.
//!
//! Takes the code base; gives for each module the folded business words of its path, such as `["order", "cart"]`, so that
//! `handlers::order`, `models::order` and `orders` meet. The crate's name is the first part, less the prefix that most crates share,
//! where no crate holds more than half of all modules.

use super::words;
use crate::model::codebase::Codebase;
use crate::model::ids::{CrateId, ModuleId};
use rustc_hash::FxHashMap;

/// Beside this many sure layers, a folder whose name may be one is taken for one.
const SURE_LAYERS: usize = 2;

/// In a workspace with this many crates, a crate is an area.
const MANY_CRATES: usize = 8;

/// A crate with more than this share of the modules tells nothing by its name.
const DOMINANT_CRATE: f64 = 0.5;

/// Business paths of all modules.
pub(crate) struct Paths {
    parts: Vec<Vec<String>>,
    areas: Vec<Option<String>>,
}

impl Paths {
    /// Reads the ids of the modules and the names of the crates.
    pub(crate) fn new(codebase: &Codebase) -> Self {
        let crates = crate_parts(codebase);
        let split: Vec<Vec<Vec<String>>> = codebase.modules.iter().map(|m| segments(codebase, m.krate.index(), &m.id)).collect();
        let mut sure: Vec<&str> =
            split.iter().flatten().filter(|s| s.len() == 1 && words::is_layer(&s[0])).map(|s| s[0].as_str()).collect();
        sure.sort_unstable();
        sure.dedup();
        let layered = sure.len() >= SURE_LAYERS;
        let is_layer = |w: &[String]| w.len() == 1 && layered && words::may_be_layer(&w[0]);
        let mut encloses = vec![false; codebase.modules.len()];
        codebase.modules.iter().filter_map(|m| m.parent).for_each(|p| encloses[p.index()] = true);
        let parts = codebase.modules.iter().zip(&split).zip(&encloses).map(|((m, segments), encloses)| {
            let last = segments.len().saturating_sub(1);
            let own = segments.iter().enumerate().filter_map(|(i, words)| {
                let layer = (i < last || *encloses) && is_layer(words);
                let kept: Vec<&str> = words.iter().map(String::as_str).filter(|w| !layer && !words::is_layer(w)).collect();
                (!kept.is_empty()).then(|| kept.join("_"))
            });
            let mut path: Vec<String> = crates[m.krate.index()].iter().cloned().chain(own).collect();
            path.dedup();
            path
        });
        let parts: Vec<Vec<String>> = parts.collect();
        let dominant = dominant(codebase);
        let by_crate = codebase.crates.len() >= MANY_CRATES;
        let areas = codebase.modules.iter().zip(&parts).map(|(m, path)| match by_crate && dominant != Some(m.krate) {
            true => Some(format!("crate {}", codebase.crates[m.krate.index()].name)),
            false => path.first().cloned(),
        });
        Self { areas: areas.collect(), parts }
    }

    /// Business parts of a module's path, outermost first; empty where it has none.
    pub(crate) fn of(&self, module: ModuleId) -> &[String] {
        &self.parts[module.index()]
    }

    /// What the module is about, at its coarsest: its crate in a workspace of many, else the outermost business part.
    pub(crate) fn area(&self, module: ModuleId) -> Option<&str> {
        self.areas[module.index()].as_deref()
    }
}

/// Folded words of each segment below the crate.
fn segments(codebase: &Codebase, krate: usize, id: &str) -> Vec<Vec<String>> {
    let name = codebase.crates.get(krate).map_or("", |c| c.name.as_str());
    let below = match id.strip_prefix(name) {
        Some("") => "",
        Some(rest) if rest.starts_with("::") => &rest[2..],
        _ => id,
    };
    let folded = |segment: &str| words::split(segment).iter().map(|w| words::fold(w)).collect();
    below.split("::").filter(|s| !s.is_empty()).map(folded).collect()
}

/// The business part of each crate's name, where it has one that sets it apart.
fn crate_parts(codebase: &Codebase) -> Vec<Option<String>> {
    let split: Vec<Vec<String>> =
        codebase.crates.iter().map(|c| words::split(c.name.trim_end_matches("#bin")).iter().map(|w| words::fold(w)).collect()).collect();
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    for words in &split {
        *first.entry(words.first().map_or("", String::as_str)).or_default() += 1;
    }
    let dominant = dominant(codebase);
    split
        .iter()
        .enumerate()
        .map(|(krate, words)| {
            let common = words.first().is_some_and(|w| split.len() > 2 && first[w.as_str()] * 2 > split.len());
            let kept: Vec<&str> = words.iter().skip(usize::from(common)).map(String::as_str).filter(|w| !words::is_layer(w)).collect();
            (dominant != Some(CrateId::from(krate)) && !kept.is_empty()).then(|| kept.join("_"))
        })
        .collect()
}

/// The crate that holds most of the modules, where one does.
fn dominant(codebase: &Codebase) -> Option<CrateId> {
    let mut sizes = vec![0_usize; codebase.crates.len()];
    codebase.modules.iter().for_each(|m| sizes[m.krate.index()] += 1);
    sizes.iter().position(|&size| size as f64 > DOMINANT_CRATE * codebase.modules.len() as f64).map(CrateId::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{codebase, id};

    fn check(text: &str, module: &str, parts: &[&str]) {
        let code = codebase(text);
        assert_eq!(Paths::new(&code).of(id(&code, module)), parts, "{module}");
    }

    #[test]
    fn layers_fall_away() {
        let text = "mod s::handlers::orders\n mod s::models::order\n mod s::jobs::order_mail\n mod s::orders::repo";
        check(text, "s::handlers::orders", &["order"]);
        check(text, "s::models::order", &["order"]);
        check(text, "s::orders::repo", &["order"]);
        check(text, "s::jobs::order_mail", &["order_mail"]);
        check(text, "s::handlers", &[]);
        check(text, "s::jobs", &[]);
        check("mod s::jobs::board\n mod s::people::cv", "s::jobs::board", &["job", "board"]);
    }

    #[test]
    fn crates_of_a_workspace_count_as_folders() {
        let text = "mod shop_auth::token\n mod shop_cart::lines\n mod shop::routes::auth_routes";
        check(text, "shop_auth::token", &["auth", "token"]);
        check(text, "shop::routes::auth_routes", &["auth"]);
    }
}
