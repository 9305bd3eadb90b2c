//! What to call a service: the words that its modules have in common and the others lack.
//!
//! Takes the services' modules and what each does for the business; gives for each a unique kebab-case name and its keywords. Words in
//! names of modules count most, then those of tables, routes and types; one that occurs in several of these is a business noun, and what
//! only programmers say gives way to it. Never a layer, never a number made up.

use super::paths::Paths;
use super::words;
use crate::model::codebase::Codebase;
use crate::model::ids::ModuleId;
use std::collections::{BTreeMap, BTreeSet};

/// Weight of a module whose path has the word.
const IN_PATH: f64 = 3.0;
/// Weight of a module in which types have the word.
const IN_TYPES: f64 = 1.0;
/// Factor for a word that occurs in both, or in one of them and in tables or routes.
const IN_BOTH: f64 = 1.5;
/// Factor for a word of programmers.
const TECHNICAL: f64 = 0.25;
/// Two words make the name where they stand side by side in this share of the modules that have the first.
const TOGETHER: f64 = 0.6;
/// Keywords of a service, at most.
const KEYWORDS: usize = 6;

/// Name and keywords of a service.
pub(crate) type Named = (String, Vec<String>);

/// Names for `services`, in their order; `fixed` holds the names that the user gave.
pub(crate) fn name(
    codebase: &Codebase,
    paths: &Paths,
    business: &[BTreeMap<String, f64>],
    services: &[Vec<ModuleId>],
    fixed: &[Option<String>],
) -> Vec<Named> {
    let texts = Texts::new(codebase, paths, business, services);
    let ranked: Vec<Vec<(String, f64)>> = (0..services.len()).map(|s| texts.ranked(s)).collect();
    let mut taken: BTreeSet<String> = fixed.iter().flatten().cloned().collect();
    let mut names: Vec<Option<String>> = fixed.to_vec();
    // The service with the clearest word chooses first.
    let mut order: Vec<usize> = (0..services.len()).filter(|&s| names[s].is_none()).collect();
    let best = |s: usize| ranked[s].first().map_or(0.0, |w| w.1);
    order.sort_by(|&a, &b| best(b).total_cmp(&best(a)).then(a.cmp(&b)));
    for s in order {
        let mut candidates: Vec<String> = ranked[s].iter().map(|w| texts.surface(s, &w.0)).collect();
        let pairs: Vec<String> = ranked[s].iter().skip(1).map(|w| format!("{}-{}", candidates[0], texts.surface(s, &w.0))).collect();
        candidates.extend(pairs);
        candidates.extend(last_resort(codebase, &services[s]));
        let name = candidates.into_iter().find(|c| !taken.contains(c)).unwrap_or_else(|| format!("rest-{}", taken.len()));
        taken.insert(name.clone());
        names[s] = Some(name);
    }
    let keywords = ranked.into_iter().map(|words| words.into_iter().take(KEYWORDS).map(|w| w.0).collect());
    names.into_iter().map(Option::unwrap_or_default).zip(keywords).collect()
}

/// A kebab-case name from any text; `service` where nothing is left of it.
pub(crate) fn kebab(text: &str) -> String {
    let words = words::split(text);
    if words.is_empty() { "service".into() } else { words.join("-") }
}

/// Names that say less: of the largest module, with its parent's, of the crate.
fn last_resort(codebase: &Codebase, modules: &[ModuleId]) -> Vec<String> {
    let Some(largest) = modules.iter().max_by_key(|m| (codebase.modules[m.index()].lines, std::cmp::Reverse(**m))) else {
        return Vec::new();
    };
    let module = &codebase.modules[largest.index()];
    let krate = kebab(codebase.crates[module.krate.index()].name.trim_end_matches("#bin"));
    let own = kebab(module.name());
    let folded: Vec<String> = own.split('-').map(words::fold).collect();
    let mut names = Vec::new();
    if !folded.iter().all(|w| words::is_layer(w)) {
        names.push(own.clone());
    }
    names.extend([krate.clone(), format!("{krate}-{own}"), kebab(&module.id)]);
    names
}

/// The words of each module, counted by services.
struct Texts {
    /// For each service and word: modules with it in the path, modules with it in their types, and what tables, routes and documentation
    /// say of it.
    counts: Vec<BTreeMap<String, Count>>,
    /// Over all services.
    totals: BTreeMap<String, Count>,
    /// For each service: words side by side in paths or names of types, in how many modules.
    adjacent: Vec<BTreeMap<(String, String), usize>>,
    /// For each service: how folded words are written in names of modules.
    surfaces: Vec<BTreeMap<String, BTreeMap<String, usize>>>,
}

/// In paths, in types, in the business.
type Count = (usize, usize, f64);

impl Texts {
    fn new(codebase: &Codebase, paths: &Paths, business: &[BTreeMap<String, f64>], services: &[Vec<ModuleId>]) -> Self {
        let mut types: Vec<Vec<&str>> = vec![Vec::new(); codebase.modules.len()];
        codebase.items.iter().filter(|i| i.kind.is_type() && i.parent.is_none()).for_each(|i| types[i.module.index()].push(&i.name));
        let mut out = Self { counts: Vec::new(), totals: BTreeMap::new(), adjacent: Vec::new(), surfaces: Vec::new() };
        for modules in services {
            let mut counts: BTreeMap<String, Count> = BTreeMap::new();
            let mut adjacent: BTreeMap<(String, String), usize> = BTreeMap::new();
            let mut surfaces: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
            for &m in modules {
                let parts: Vec<Vec<String>> = paths.of(m).iter().map(|p| folded(p)).collect();
                let named: Vec<Vec<String>> = types[m.index()].iter().map(|t| folded(t)).collect();
                let telling =
                    |of: &[Vec<String>]| of.iter().flatten().filter(|w| words::says_something(w)).cloned().collect::<BTreeSet<_>>();
                telling(&parts).into_iter().for_each(|w| counts.entry(w).or_default().0 += 1);
                telling(&named).into_iter().for_each(|w| counts.entry(w).or_default().1 += 1);
                business[m.index()].iter().for_each(|(w, weight)| counts.entry(w.clone()).or_default().2 += weight);
                let beside: BTreeSet<(String, String)> =
                    parts.iter().chain(&named).flat_map(|p| p.windows(2).map(|w| (w[0].clone(), w[1].clone()))).collect();
                let beside = beside.into_iter().filter(|(a, b)| words::says_something(a) && words::says_something(b));
                beside.for_each(|pair| *adjacent.entry(pair).or_default() += 1);
                for word in codebase.modules[m.index()].id.split("::").flat_map(words::split) {
                    *surfaces.entry(words::fold(&word)).or_default().entry(word).or_default() += 1;
                }
            }
            for (word, (path, types, business)) in &counts {
                let total = out.totals.entry(word.clone()).or_default();
                *total = (total.0 + path, total.1 + types, total.2 + business);
            }
            out.counts.push(counts);
            out.adjacent.push(adjacent);
            out.surfaces.push(surfaces);
        }
        out
    }

    /// Words of a service, best first: how many of its modules have the word, times the share of all such modules that are its.
    fn ranked(&self, service: usize) -> Vec<(String, f64)> {
        let weight = |c: &Count| IN_PATH * c.0 as f64 + IN_TYPES * c.1 as f64 + c.2;
        let mut ranked: Vec<(String, f64)> = self.counts[service]
            .iter()
            .map(|(word, own)| {
                let share = weight(own) / weight(&self.totals[word]);
                let kinds = usize::from(own.0 > 0) + usize::from(own.1 > 0) + usize::from(own.2 >= 1.0);
                let both = if kinds > 1 { IN_BOTH } else { 1.0 };
                let technical = if words::is_technical(word) { TECHNICAL } else { 1.0 };
                (word.clone(), weight(own) * share * both * technical)
            })
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        ranked
    }

    /// The word as it is written in the names of the service's modules, with the word that always goes with it.
    fn surface(&self, service: usize, word: &str) -> String {
        let (path, types, _) = self.counts[service].get(word).copied().unwrap_or_default();
        let needed = ((path.max(types)) as f64 * TOGETHER).max(2.0);
        let pair = self.adjacent[service]
            .iter()
            .filter(|((a, b), n)| (a == word || b == word) && a != b && **n as f64 >= needed)
            .max_by_key(|(pair, n)| (**n, std::cmp::Reverse((*pair).clone())));
        match pair {
            Some(((a, b), _)) => format!("{}-{}", self.written(service, a), self.written(service, b)),
            None => self.written(service, word),
        }
    }

    fn written(&self, service: usize, word: &str) -> String {
        let forms = self.surfaces[service].get(word);
        forms.and_then(|f| f.iter().max_by_key(|(form, n)| (**n, form.len()))).map_or_else(|| word.into(), |f| f.0.clone())
    }
}

fn folded(name: &str) -> Vec<String> {
    words::split(name).iter().map(|w| words::fold(w)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::business;
    use crate::model::evidence::Evidence;
    use crate::model::testing::{codebase, id};

    fn check(text: &str, services: &[&[&str]], expected: &[&str]) {
        let code = codebase(text);
        let services: Vec<Vec<ModuleId>> = services.iter().map(|s| s.iter().map(|m| id(&code, m)).collect()).collect();
        let fixed = vec![None; services.len()];
        let names = name(&code, &Paths::new(&code), &business::words(&code, &Evidence::default()), &services, &fixed);
        assert_eq!(names.iter().map(|n| n.0.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_common_noun_names_the_service() {
        check(
            "struct s::handlers::orders::OrderForm\n struct s::models::order::Order\n struct s::models::order::Line
             struct s::handlers::payments::PaymentForm\n struct s::models::payment::Payment",
            &[&["s::handlers::orders", "s::models::order"], &["s::handlers::payments", "s::models::payment"]],
            &["orders", "payments"],
        );
    }

    #[test]
    fn words_that_go_together_stay_together() {
        check(
            "mod s::price_estimation::gas\n mod s::price_estimation::native\n mod s::price_estimation::cache\n mod s::bad_token::list\n mod s::bad_token::trace",
            &[
                &["s::price_estimation::gas", "s::price_estimation::native", "s::price_estimation::cache"],
                &["s::bad_token::list", "s::bad_token::trace"],
            ],
            &["price-estimation", "bad-token"],
        );
    }

    #[test]
    fn what_programmers_say_gives_way() {
        check(
            "struct s::session_repo::SessionRepo\n struct s::session::Session\n struct s::routes::users::Profile\n struct s::models::user::User
             struct s::carts::Cart",
            &[&["s::session_repo", "s::session", "s::routes::users", "s::models::user"], &["s::carts"]],
            &["users", "carts"],
        );
    }

    #[test]
    fn tables_and_routes_name_a_service_whose_modules_do_not() {
        let code = codebase("fn s::first::list\n fn s::second::load\n fn s::third::f");
        let services = [vec![id(&code, "s::first"), id(&code, "s::second")], vec![id(&code, "s::third")]];
        let mut business = vec![BTreeMap::new(); code.modules.len()];
        services[0].iter().for_each(|m| business[m.index()] = BTreeMap::from([("invoice".to_owned(), 4.0)]));
        let names = name(&code, &Paths::new(&code), &business, &services, &[None, None]);
        assert_eq!((names[0].0.as_str(), names[1].0.as_str()), ("invoice", "third"));
    }

    #[test]
    fn layers_name_nothing() {
        check("mod shop::handlers 10\n mod shop::models 20", &[&["shop::handlers", "shop::models"]], &["shop"]);
    }
}
