//! What to make of each candidate: leave it, give it a crate, or make it a service.
//!
//! Takes the code base, the partition and the crossings; gives one [`Service`] row per candidate in the order of their ids.
//! Invariants: the verdict follows from the thresholds below and nothing else, and its sentences hold the figures.

use super::effects::effects;
use super::thresholds::{self, Thresholds};
use super::{counted, listed, percent};
use crate::model::codebase::{Codebase, DependencyKind};
use crate::model::evidence::Evidence;
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::Partition;
use crate::model::plan::{CrossedItem, Crossing, Reason, Service, Style, Verdict};

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
    thresholds: &Thresholds,
) -> Vec<Service> {
    let cohesion = cohesion(codebase, partition);
    let acts = acts(codebase, evidence, partition);
    let circles = circles(partition.names.len(), crossings);
    let all_lines: u32 = codebase.modules.iter().map(|m| m.lines).sum();
    (0..partition.names.len())
        .map(ServiceId::from)
        .map(|id| {
            let modules: Vec<ModuleId> = partition.modules_of(id).collect();
            let name = &partition.names[id.index()];
            let mut service = Service {
                id: name.clone(),
                name: title(name),
                lines: modules.iter().map(|m| codebase.modules[m.index()].lines).sum(),
                modules,
                keywords: partition.keywords[id.index()].clone(),
                cohesion: cohesion[id.index()],
                ca: crossings.iter().filter(|c| c.to == id).count() as u32,
                ce: crossings.iter().filter(|c| c.from == id).count() as u32,
                verdict: Verdict::Keep,
                because: Vec::new(),
            };
            (service.verdict, service.because) =
                judge(&service, id, partition, crossings, circles[id.index()], acts[id.index()], all_lines, thresholds);
            let whole = whole_crates(codebase, partition, &service, id);
            if service.verdict == Verdict::Crate && !whole.is_empty() {
                let text = format!("{} already, and nothing else is in there: what is left to do is to open its seams", is_crate(&whole));
                service.because.insert(0, Reason::new(text));
            }
            service
        })
        .collect()
}

/// The verdict, the decisive reason first.
fn judge(
    service: &Service,
    id: ServiceId,
    partition: &Partition,
    crossings: &[Crossing],
    circle: Option<(&Crossing, usize)>,
    acts: bool,
    all_lines: u32,
    thresholds: &Thresholds,
) -> (Verdict, Vec<Reason>) {
    let name = |s: ServiceId| format!("`{}`", partition.names[s.index()]);
    let own = |style: Style| crossings.iter().filter(move |c| (c.from == id || c.to == id) && c.style == style);
    let cohesion = percent(service.cohesion);
    let measured = service.lines > 0;
    let (least_cohesion, service_cohesion) = (thresholds.of(&thresholds::COHESION_KEPT), thresholds.of(&thresholds::COHESION_SERVICE));
    let (crate_lines, service_lines) = (thresholds.count(&thresholds::LINES_CRATE), thresholds.count(&thresholds::LINES_SERVICE));
    let (least_share, widest) = (thresholds.of(&thresholds::SHARE_SERVICE), thresholds.count(&thresholds::WAITED_ITEMS));
    if partition.names.len() == 1 {
        return (Verdict::Keep, vec![Reason::new("the only candidate: there is nothing to part it from")]);
    }
    if measured && (service.lines as usize) < crate_lines {
        let text = format!(
            "{} are fewer than {crate_lines}: a crate of its own would cost more than it shows",
            counted(service.lines as usize, "line")
        );
        return (Verdict::Keep, vec![Reason::new(text)]);
    }
    if service.cohesion < least_cohesion {
        let text = format!(
            "only {cohesion} of its references to other capability code stay inside, fewer than {}: it is no unit yet; moving what it uses most into it would change this",
            percent(least_cohesion)
        );
        return (Verdict::Keep, vec![Reason::new(text)]);
    }
    let (mut against, mut conditions) = (Vec::new(), Vec::new());
    let kept: Vec<&Crossing> = own(Style::KeepTogether).collect();
    if !kept.is_empty() {
        let others: Vec<String> = kept
            .iter()
            .map(|c| name(if c.from == id { c.to } else { c.from }))
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        let sites = kept.iter().flat_map(|c| &c.because).flat_map(|r| r.sites.clone()).take(SITES).collect();
        let text = format!("cannot be parted from {} yet; the seam says what would open it", others.join(", "));
        against.push(Reason::at(text, sites));
    }
    if let Some((crossing, references)) = circle {
        let text = format!(
            "waits, through other candidates, for itself: apart, they would fail together; the lightest link of the circle is {} → {} \
             with {}, and making that a message or a local copy would open it",
            name(crossing.from),
            name(crossing.to),
            counted(references, "reference")
        );
        let sites = waited_items(crossing).flat_map(|i| i.sites.clone()).take(SITES).collect();
        if references > LIGHT_LINK { &mut against } else { &mut conditions }.push(Reason::at(text, sites));
    }
    let waited: usize = crossings.iter().filter(|c| c.from == id).flat_map(|c| &c.items).filter(|i| i.style == Style::SyncApi).count();
    if waited > widest {
        against.push(Reason::new(format!(
            "waits for {waited} items of other candidates, more than {widest}: too wide for a wire; a narrower interface would change this"
        )));
    }
    if !acts {
        against.push(Reason::new(
            "no function of it waits for the outside world (asynchronous, or blocking input and output): it is a library, and a crate serves \
             it better than a network; a part that must scale or fail alone would change this",
        ));
    }
    if service.cohesion < service_cohesion {
        against.push(Reason::new(format!(
            "{cohesion} of its references to capability code stay inside; a service should keep {}",
            percent(service_cohesion)
        )));
    }
    if measured && (service.lines as usize) < service_lines {
        against.push(Reason::new(format!(
            "{} are fewer than {service_lines}: a deployable of its own would cost more than it gives, unless it must scale or fail alone",
            counted(service.lines as usize, "line")
        )));
    }
    let share = f64::from(service.lines) / f64::from(all_lines.max(1));
    if measured && service.lines as usize >= service_lines && share < least_share {
        against.push(Reason::new(format!(
            "{} are {} of the code, less than {}: a deployable of its own would cost more than it gives, unless it must scale or fail alone",
            counted(service.lines as usize, "line"),
            percent(share),
            percent(least_share)
        )));
    }
    let figures = Reason::new(format!(
        "{}, {}; {cohesion} of its references to capability code stay inside; {} used by {}, uses {}",
        counted(service.modules.len(), "module"),
        counted(service.lines as usize, "line"),
        name(id),
        counted(service.ca as usize, "candidate"),
        service.ce
    ));
    let seams = crossings.iter().filter(|c| (c.from == id || c.to == id) && c.style != Style::KeepTogether);
    let stuck: Vec<&CrossedItem> = seams.flat_map(|c| &c.items).filter(|i| i.style == Style::KeepTogether).collect();
    if !stuck.is_empty() {
        let names: Vec<String> = stuck.iter().map(|i| i.path.clone()).collect();
        let sites = stuck.iter().flat_map(|i| i.sites.clone()).take(SITES).collect();
        conditions.push(Reason::at(format!("first to be opened, as the seams say: {}", listed(&names)), sites));
    }
    if against.is_empty() {
        let mut because = vec![figures];
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

/// The crates that a candidate is made of, where it shares none of them with another candidate; a single crate of the whole code base is no boundary.
fn whole_crates(codebase: &Codebase, partition: &Partition, service: &Service, id: ServiceId) -> Vec<String> {
    let crates: std::collections::BTreeSet<_> = service.modules.iter().map(|m| codebase.modules[m.index()].krate).collect();
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

/// Share of each candidate's references to capability code that stay inside, between different units; `use` declarations left out.
fn cohesion(codebase: &Codebase, partition: &Partition) -> Vec<f64> {
    let mut counts = vec![(0_u32, 0_u32); partition.names.len()];
    for r in codebase.references.iter().filter(|r| r.kind != DependencyKind::Use) {
        let unit = |item: Option<_>| item.map(|i| codebase.unit(i));
        let same_unit = r.from == r.to && unit(r.from_item) == unit(r.to_item);
        if let (Some(from), Some(to)) = (partition.members[r.from.index()].service, partition.members[r.to.index()].service)
            && !same_unit
        {
            counts[from.index()].0 += u32::from(from == to);
            counts[from.index()].1 += 1;
        }
    }
    // Without any reference nothing leaves.
    counts.into_iter().map(|(inside, all)| if all == 0 { 1.0 } else { f64::from(inside) / f64::from(all) }).collect()
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
        let rows =
            services(&code, &Evidence::default(), &partition, &crossings(&code, &Evidence::default(), &partition), &Thresholds::default());
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
