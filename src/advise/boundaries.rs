//! What to make of each candidate: leave it, give it a crate, or make it a service.
//!
//! Takes the code base, the partition and the crossings; gives one [`Service`] row per candidate in the order of their ids.
//! Invariants: the verdict follows from the criteria, the seams and the thresholds and nothing else, and its sentences hold the figures.

use super::criteria::Facts;
use super::effects::effects;
use super::thresholds::{self, Thresholds};
use super::{counted, listed, percent};
use crate::model::codebase::Codebase;
use crate::model::data_plan::DataPlan;
use crate::model::evidence::Evidence;
use crate::model::ids::ServiceId;
use crate::model::partition::Partition;
use crate::model::plan::{Criterion, CriterionKind, CrossedItem, Crossing, Reason, Service, Style, Verdict};
use std::collections::BTreeSet;

/// A circle of waiting candidates with so few references in its lightest link is opened first, and does not stand against a service.
const LIGHT_LINK: usize = 2;
/// Places under one reason, at most.
const SITES: usize = 12;

/// One row per candidate.
pub(crate) fn services(
    codebase: &Codebase,
    evidence: &Evidence,
    partition: &Partition,
    crossings: &[Crossing],
    data: &DataPlan,
    thresholds: &Thresholds,
) -> Vec<Service> {
    let facts = Facts::new(codebase, evidence, partition, crossings, data, thresholds);
    let acts = acts(codebase, evidence, partition);
    let circles = circles(partition.names.len(), crossings);
    let all_lines: u32 = codebase.modules.iter().map(|m| m.lines).sum();
    (0..partition.names.len())
        .map(ServiceId::from)
        .map(|id| {
            let name = &partition.names[id.index()];
            let mut service = Service {
                id: name.clone(),
                name: title(name),
                modules: partition.modules_of(id).collect(),
                lines: facts.lines(id),
                keywords: partition.keywords[id.index()].clone(),
                cohesion: facts.cohesion(id),
                ca: crossings.iter().filter(|c| c.to == id).count() as u32,
                ce: crossings.iter().filter(|c| c.from == id).count() as u32,
                verdict: Verdict::Keep,
                criteria: facts.criteria(id),
                because: Vec::new(),
            };
            let ground = Ground { partition, crossings, thresholds, circle: circles[id.index()], acts: acts[id.index()], all_lines };
            (service.verdict, service.because) = ground.judge(&service, id);
            let whole = whole_crates(codebase, partition, &service, id);
            if service.verdict == Verdict::Crate && !whole.is_empty() {
                let text = format!("{} already, and nothing else is in there: what is left to do is to open its seams", is_crate(&whole));
                service.because.insert(0, Reason::new(text));
            }
            service
        })
        .collect()
}

/// What a candidate is judged on besides its criteria.
struct Ground<'a> {
    partition: &'a Partition,
    crossings: &'a [Crossing],
    thresholds: &'a Thresholds,
    circle: Option<(&'a Crossing, usize)>,
    acts: bool,
    all_lines: u32,
}

impl Ground<'_> {
    /// The verdict, the decisive reason first.
    fn judge(&self, service: &Service, id: ServiceId) -> (Verdict, Vec<Reason>) {
        if let Some(reason) = self.no_unit(service) {
            return (Verdict::Keep, vec![reason]);
        }
        let (mut against, mut conditions) = (Vec::new(), Vec::new());
        against.extend(self.kept(id));
        if let Some((crossing, references)) = self.circle {
            let text = format!(
                "waits, through other candidates, for itself: apart, they would fail together; the lightest link of the circle is {} → {} \
                 with {}, and making that a message or a local copy would open it",
                self.name(crossing.from),
                self.name(crossing.to),
                counted(references, "reference")
            );
            let sites = waited_items(crossing).flat_map(|i| i.sites.clone()).take(SITES).collect();
            if references > LIGHT_LINK { &mut against } else { &mut conditions }.push(Reason::at(text, sites));
        }
        // What must be scaled alone is worth a deployable whatever its size.
        let need = service.criteria.iter().find(|c| c.kind == CriterionKind::ScalingNeed && c.met == Some(true));
        let small = |c: &Criterion| c.kind == CriterionKind::Size && need.is_some();
        if !self.acts && need.is_none() {
            against.push(Reason::new(
                "no function of it waits for the outside world (asynchronous, or blocking input and output): it is a library, and a crate serves \
                 it better than a network; a part that must scale or fail alone would change this",
            ));
        }
        let unmet = service.criteria.iter().filter(|c| c.kind.decides() && c.met == Some(false));
        against.extend(unmet.filter(|c| !small(c)).map(|c| c.because.clone()));
        against.extend(self.little(service).filter(|_| need.is_none()));
        let seams = self.crossings.iter().filter(|c| (c.from == id || c.to == id) && c.style != Style::KeepTogether);
        let stuck: Vec<&CrossedItem> = seams.flat_map(|c| &c.items).filter(|i| i.style == Style::KeepTogether).collect();
        if !stuck.is_empty() {
            let names: Vec<String> = stuck.iter().map(|i| i.path.clone()).collect();
            let sites = stuck.iter().flat_map(|i| i.sites.clone()).take(SITES).collect();
            conditions.push(Reason::at(format!("first to be opened, as the seams say: {}", listed(&names)), sites));
        }
        let figures = self.figures(service, id);
        if against.is_empty() {
            let mut because = vec![figures];
            because.extend(need.map(|c| c.because.clone()));
            if conditions.is_empty() {
                because.push(Reason::new(
                    "every seam of it can be opened as it is; a call inside a transaction or a circle of waiting candidates would change this",
                ));
            }
            because.extend(conditions);
            return (Verdict::Service, because);
        }
        against.extend(conditions);
        against.push(figures);
        (Verdict::Crate, against)
    }

    fn name(&self, s: ServiceId) -> String {
        format!("`{}`", self.partition.names[s.index()])
    }

    /// Why it is to stay where it is, if it is.
    fn no_unit(&self, service: &Service) -> Option<Reason> {
        let crate_lines = self.thresholds.count(&thresholds::LINES_CRATE);
        let least_cohesion = self.thresholds.of(&thresholds::COHESION_KEPT);
        let text = if self.partition.names.len() == 1 {
            "the only candidate: there is nothing to part it from".to_owned()
        } else if service.lines > 0 && (service.lines as usize) < crate_lines {
            let lines = counted(service.lines as usize, "line");
            format!("{lines} are fewer than {crate_lines}: a crate of its own would cost more than it shows")
        } else if service.cohesion < least_cohesion {
            format!(
                "only {} of its references to other capability code stay inside, fewer than {}: it is no unit yet; moving what it uses most into it would change this",
                percent(service.cohesion),
                percent(least_cohesion)
            )
        } else {
            return None;
        };
        Some(Reason::new(text))
    }

    /// The candidates that it cannot be parted from.
    fn kept(&self, id: ServiceId) -> Option<Reason> {
        let kept = || self.crossings.iter().filter(|c| (c.from == id || c.to == id) && c.style == Style::KeepTogether);
        let others: BTreeSet<String> = kept().map(|c| self.name(if c.from == id { c.to } else { c.from })).collect();
        let sites = kept().flat_map(|c| &c.because).flat_map(|r| r.sites.clone()).take(SITES).collect();
        let others: Vec<String> = others.into_iter().collect();
        let text = format!("cannot be parted from {} yet; the seam says what would open it", others.join(", "));
        (!others.is_empty()).then(|| Reason::at(text, sites))
    }

    /// It is large enough by itself, and still a small part of the whole.
    fn little(&self, service: &Service) -> Option<Reason> {
        let least = self.thresholds.of(&thresholds::SHARE_SERVICE);
        let share = f64::from(service.lines) / f64::from(self.all_lines.max(1));
        let large = service.lines as usize >= self.thresholds.count(&thresholds::LINES_SERVICE);
        let text = format!(
            "{} are {} of the code, less than {}: a deployable of its own would cost more than it gives, unless it must scale or fail alone",
            counted(service.lines as usize, "line"),
            percent(share),
            percent(least)
        );
        (service.lines > 0 && large && share < least).then(|| Reason::new(text))
    }

    fn figures(&self, service: &Service, id: ServiceId) -> Reason {
        Reason::new(format!(
            "{}, {}; {} of its references to capability code stay inside; {} used by {}, uses {}",
            counted(service.modules.len(), "module"),
            counted(service.lines as usize, "line"),
            percent(service.cohesion),
            self.name(id),
            counted(service.ca as usize, "candidate"),
            service.ce
        ))
    }
}

/// The crates that a candidate is made of, where it shares none of them with another candidate; a single crate of the whole code base is no boundary.
fn whole_crates(codebase: &Codebase, partition: &Partition, service: &Service, id: ServiceId) -> Vec<String> {
    let crates: BTreeSet<_> = service.modules.iter().map(|m| codebase.modules[m.index()].krate).collect();
    let members = || codebase.modules.iter().zip(&partition.members).filter(|(m, _)| crates.contains(&m.krate));
    let shared_with = members().any(|(_, m)| m.service.is_some_and(|s| s != id));
    if shared_with || crates.len() == codebase.crates.len() {
        return Vec::new();
    }
    crates.into_iter().map(|c| codebase.crates[c.index()].name.clone()).collect()
}

fn is_crate(crates: &[String]) -> String {
    match crates {
        [one] => format!("it is a crate of its own, `{one}`,"),
        many => format!("it is {} crates of its own, {},", many.len(), listed(many)),
    }
}

/// For each candidate: has it a function with an effect, as far as functions are known at all?
pub(crate) fn acts(codebase: &Codebase, evidence: &Evidence, partition: &Partition) -> Vec<bool> {
    let effects = effects(codebase, evidence);
    let (mut known, mut acts) = (vec![false; partition.names.len()], vec![false; partition.names.len()]);
    for (i, item) in codebase.items.iter().enumerate().filter(|(_, item)| item.signature.is_some()) {
        if let Some(service) = partition.members[item.module.index()].service {
            known[service.index()] = true;
            acts[service.index()] |= effects[i];
        }
    }
    known.into_iter().zip(acts).map(|(known, acts)| acts || !known).collect()
}

/// Items of a crossing that the caller waits for.
fn waited_items(crossing: &Crossing) -> impl Iterator<Item = &CrossedItem> {
    crossing.items.iter().filter(|i| matches!(i.style, Style::SyncApi | Style::KeepTogether))
}

/// For each candidate that waits for itself through others: the lightest of its crossings in that circle, and its references.
fn circles(services: usize, crossings: &[Crossing]) -> Vec<Option<(&Crossing, usize)>> {
    let mut waits = vec![Vec::new(); services];
    for c in crossings.iter().filter(|c| waited_items(c).next().is_some()) {
        waits[c.from.index()].push(c.to.index());
    }
    let reach = |start: usize| {
        let mut seen = vec![false; services];
        let mut open = waits[start].clone();
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut seen[at], true) {
                open.extend(&waits[at]);
            }
        }
        seen
    };
    let reached: Vec<Vec<bool>> = (0..services).map(reach).collect();
    let lightest = |own: usize| {
        let together = |s: ServiceId| reached[own][s.index()] && reached[s.index()][own];
        let of_own = |c: &&Crossing| (c.from.index() == own || c.to.index() == own) && together(c.from) && together(c.to);
        let weighed = crossings.iter().filter(of_own).map(|c| (c, waited_items(c).map(|i| i.sites.len()).sum::<usize>()));
        weighed.filter(|(_, references)| *references > 0).min_by_key(|(c, references)| (*references, c.from, c.to))
    };
    (0..services).map(lightest).collect()
}

/// `order-history` as people write it.
fn title(id: &str) -> String {
    let mut words: Vec<String> = id.split('-').map(str::to_string).collect();
    if let Some(first) = words.first_mut()
        && let Some(letter) = first.chars().next()
    {
        *first = letter.to_uppercase().chain(first.chars().skip(1)).collect();
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::crossings::crossings;
    use crate::advise::crossings::tests::by_crate;
    use crate::model::testing::codebase;

    fn check(text: &str, service: &str, verdict: Verdict, words: &str) {
        let code = codebase(text);
        let partition = by_crate(&code);
        let rows = services(
            &code,
            &Evidence::default(),
            &partition,
            &crossings(&code, &Evidence::default(), &partition),
            &DataPlan::default(),
            &Thresholds::default(),
        );
        let row = rows.iter().find(|s| s.id == service).expect("the service");
        assert_eq!(row.verdict, verdict, "{:?}", row.because);
        assert!(row.because.iter().any(|r| r.text.contains(words)), "{:?}", row.because);
    }

    #[test]
    fn verdicts() {
        let inside = "mod a::x 200\n mod a::y 200\n mod b::x 200\n mod b::y 200\n fn b::x::f async\n fn a::x::g async\n a::x -> a::y call 20\n b::x -> b::y call 20\n";
        check(&format!("{inside} a::x -> b::x::f call 2 used"), "a", Verdict::Service, "91 % of its references");
        check(&format!("{inside} a::x -> b::x::f call 2 used transaction"), "a", Verdict::Crate, "cannot be parted from `b`");
        check(&format!("{inside} a::x -> b::x::f call 3 used\n b::x -> a::x::g call 3 used"), "b", Verdict::Crate, "for itself");
        check(&format!("{inside} a::x -> b::x::f call 60 used"), "a", Verdict::Keep, "25 %");
        check(&format!("{inside} c::z -> b::x::f call 1 used"), "c", Verdict::Keep, "101 lines are fewer");
        check(&inside.replace("async", ""), "a", Verdict::Crate, "no function of it waits");
        check(&inside.replace("async", ""), "a", Verdict::Crate, "a crate of its own, `a`, already");
        check("mod a::x 500", "a", Verdict::Keep, "the only candidate");
    }
}
