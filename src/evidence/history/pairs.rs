//! Which modules change together more often than chance would have it.
//!
//! Takes: the modules of each counted commit. Gives: [`CoChange`]s, and with each how strongly the two are held. Sorted by modules.
//!
//! A pair counts where at least four commits touched both ([`SUPPORT`]), these are at least three tenths of the commits of one of them
//! ([`CONFIDENCE`]), and modules that change independently of each other would do so less than once in a thousand cases
//! ([`SURPRISE`], by the likelihood ratio, which holds for small numbers, too). The last keeps out what changes in every other commit
//! (roots, error types): it is together with everything, and that says nothing.

use crate::model::evidence::history::CoChange;
use crate::model::ids::ModuleId;
use rustc_hash::FxHashMap;

/// So many commits touched both.
const SUPPORT: u32 = 4;
/// Such a share of the commits of the rarer one.
const CONFIDENCE: f64 = 0.3;
/// What G², which is distributed as χ² with one degree of freedom, exceeds in one case in a thousand.
const SURPRISE: f64 = 10.83;

/// A pair and its strength, in 0..=1: the share of the rarer one's commits that were given to the other. A commit is shared out among
/// those that it touched along, so that one of two modules says as much as several of many.
pub(super) type Pair = (CoChange, f64);

/// All pairs that count. `commits_of` holds the number of commits of each module.
pub(super) fn pairs(changes: &[Vec<ModuleId>], commits_of: &[u32]) -> Vec<Pair> {
    let mut together: FxHashMap<(ModuleId, ModuleId), (u32, f64)> = FxHashMap::default();
    for modules in changes {
        let share = 1.0 / modules.len().saturating_sub(1).max(1) as f64;
        for (i, a) in modules.iter().enumerate() {
            for b in &modules[i + 1..] {
                let (count, weight) = together.entry((*a, *b)).or_default();
                *count += 1;
                *weight += share;
            }
        }
    }
    let mut all: Vec<_> = together.into_iter().filter(|(_, (count, _))| *count >= SUPPORT).collect();
    all.sort_unstable_by_key(|(modules, _)| *modules);
    let counted = changes.len() as f64;
    let strong = all.into_iter().filter_map(|((a, b), (together, weight))| {
        let (of_a, of_b) = (f64::from(commits_of[a.index()]), f64::from(commits_of[b.index()]));
        let both = f64::from(together);
        let confidence = both / of_a.min(of_b);
        let lift = both * counted / (of_a * of_b);
        let counts = confidence >= CONFIDENCE && lift > 1.0 && surprise(both, of_a, of_b, counted) >= SURPRISE;
        counts.then(|| (CoChange { a, b, together, confidence, lift }, weight / of_a.min(of_b)))
    });
    strong.collect()
}

/// G² of the table of commits with and without each of the two: how far it is from that of two modules that have nothing to do with
/// each other.
fn surprise(both: f64, of_a: f64, of_b: f64, all: f64) -> f64 {
    let term = |seen: f64, expected: f64| if seen > 0.0 { seen * (seen / expected).ln() } else { 0.0 };
    let (not_a, not_b) = (all - of_a, all - of_b);
    2.0 * (term(both, of_a * of_b / all)
        + term(of_a - both, of_a * not_b / all)
        + term(of_b - both, not_a * of_b / all)
        + term(all - of_a - of_b + both, not_a * not_b / all))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many commits that touched these modules.
    fn found(changes: &[(usize, &[u32])]) -> Vec<Pair> {
        let changes: Vec<Vec<ModuleId>> =
            changes.iter().flat_map(|(n, modules)| vec![modules.iter().map(|m| ModuleId(*m)).collect(); *n]).collect();
        let mut commits_of = vec![0; 100];
        changes.iter().flatten().for_each(|m| commits_of[m.index()] += 1);
        pairs(&changes, &commits_of)
    }

    #[test]
    fn support_confidence_lift_and_strength() {
        let all = found(&[(6, &[0, 1]), (2, &[0, 1, 2]), (2, &[0]), (30, &[9])]);
        let [(pair, strength)] = &all[..] else { panic!("{all:?}") };
        assert_eq!((pair.a, pair.b, pair.together, pair.confidence, pair.lift), (ModuleId(0), ModuleId(1), 8, 1.0, 4.0));
        assert_eq!(*strength, 7.0 / 8.0);
    }

    #[test]
    fn bounds() {
        assert!(found(&[(3, &[0, 1]), (50, &[2])]).is_empty(), "three times is no habit");
        assert_eq!(found(&[(4, &[0, 1]), (50, &[2])]).len(), 1);
        assert!(found(&[(5, &[0, 1]), (15, &[0]), (15, &[1]), (500, &[2])]).is_empty(), "mostly apart");
        assert!(found(&[(20, &[0, 1])]).is_empty(), "nothing else is known");
        // `0` changes in half of all commits.
        assert!(found(&[(5, &[0, 1]), (3, &[1]), (45, &[0]), (47, &[2])]).is_empty(), "chance");
    }
}
