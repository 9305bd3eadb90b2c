//! What to make of each candidate: leave it, give it a crate, or make it a service.
//!
//! Takes the code base, the partition and the crossings; gives one [`Service`] row per candidate in the order of their ids.
//! Invariants: the verdict follows from the thresholds below and nothing else, and its sentences hold the figures.

use super::{counted, percent};
use crate::model::codebase::{Codebase, DependencyKind};
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::Partition;
use crate::model::plan::{Crossing, Reason, Service, Style, Verdict};

/// Below this cohesion a candidate is no unit.
pub(crate) const LEAST_COHESION: f64 = 0.4;
/// From this cohesion on, a candidate can stand alone.
pub(crate) const SERVICE_COHESION: f64 = 0.55;
/// A candidate with fewer lines is not worth a crate, let alone a deployable.
pub(crate) const CRATE_LINES: u32 = 120;
/// A candidate with fewer lines is not worth a deployable.
pub(crate) const SERVICE_LINES: u32 = 300;
/// More items than this that a candidate waits for make an interface too wide for a wire.
pub(crate) const WIDE_INTERFACE: usize = 15;

/// One row per candidate.
pub(crate) fn services(codebase: &Codebase, partition: &Partition, crossings: &[Crossing]) -> Vec<Service> {
    let cohesion = cohesion(codebase, partition);
    let cyclic = in_cycle(partition.names.len(), crossings);
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
            (service.verdict, service.because) = judge(&service, id, partition, crossings, cyclic[id.index()]);
            service
        })
        .collect()
}

/// The verdict, the decisive reason first.
fn judge(service: &Service, id: ServiceId, partition: &Partition, crossings: &[Crossing], cyclic: bool) -> (Verdict, Vec<Reason>) {
    let name = |s: ServiceId| format!("`{}`", partition.names[s.index()]);
    let own = |style: Style| crossings.iter().filter(move |c| (c.from == id || c.to == id) && c.style == style);
    let cohesion = percent(service.cohesion);
    let measured = service.lines > 0;
    if partition.names.len() == 1 {
        return (Verdict::Keep, vec![Reason::new("the only candidate: there is nothing to part it from")]);
    }
    if measured && service.lines < CRATE_LINES {
        let text = format!(
            "{} are fewer than {CRATE_LINES}: a crate of its own would cost more than it shows",
            counted(service.lines as usize, "line")
        );
        return (Verdict::Keep, vec![Reason::new(text)]);
    }
    if service.cohesion < LEAST_COHESION {
        let text = format!(
            "only {cohesion} of its references to other capability code stay inside, fewer than {}: it is no unit yet; moving what it uses most into it would change this",
            percent(LEAST_COHESION)
        );
        return (Verdict::Keep, vec![Reason::new(text)]);
    }
    let mut against = Vec::new();
    let kept: Vec<&Crossing> = own(Style::KeepTogether).collect();
    if !kept.is_empty() {
        let others: Vec<String> = kept
            .iter()
            .map(|c| name(if c.from == id { c.to } else { c.from }))
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        let sites = kept.iter().flat_map(|c| &c.because).flat_map(|r| r.sites.clone()).take(12).collect();
        let text = format!("cannot be parted from {} yet; the seam says what would open it", others.join(", "));
        against.push(Reason::at(text, sites));
    }
    if cyclic {
        against.push(Reason::new("waits, through other candidates, for itself: deployed apart, they would fall together; turning one of the calls into a message would open the circle"));
    }
    let waited: usize = crossings.iter().filter(|c| c.from == id).flat_map(|c| &c.items).filter(|i| i.style == Style::SyncApi).count();
    if waited > WIDE_INTERFACE {
        against.push(Reason::new(format!(
            "waits for {waited} items of other candidates, more than {WIDE_INTERFACE}: too wide for a wire; a narrower interface would change this"
        )));
    }
    if service.cohesion < SERVICE_COHESION {
        against.push(Reason::new(format!(
            "{cohesion} of its references to capability code stay inside; a service should keep {}",
            percent(SERVICE_COHESION)
        )));
    }
    if measured && service.lines < SERVICE_LINES {
        against.push(Reason::new(format!(
            "{} are fewer than {SERVICE_LINES}: a deployable of its own would cost more than it gives, unless it must scale or fail alone",
            counted(service.lines as usize, "line")
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
    if against.is_empty() {
        let open =
            Reason::new("every seam of it can be opened; a call inside a transaction or a circle of waiting candidates would change this");
        return (Verdict::Service, vec![figures, open]);
    }
    against.push(figures);
    (Verdict::Crate, against)
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

/// For each candidate: does it wait for itself through others?
pub(crate) fn in_cycle(services: usize, crossings: &[Crossing]) -> Vec<bool> {
    let mut waits = vec![Vec::new(); services];
    for c in crossings.iter().filter(|c| c.items.iter().any(|i| matches!(i.style, Style::SyncApi | Style::KeepTogether))) {
        waits[c.from.index()].push(c.to.index());
    }
    let reaches_itself = |start: usize| {
        let mut seen = vec![false; services];
        let mut open = waits[start].clone();
        while let Some(at) = open.pop() {
            if at == start {
                return true;
            }
            if !std::mem::replace(&mut seen[at], true) {
                open.extend(&waits[at]);
            }
        }
        false
    };
    (0..services).map(reaches_itself).collect()
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
        let rows = services(&code, &partition, &crossings(&code, &partition));
        let row = rows.iter().find(|s| s.id == service).expect("the service");
        assert_eq!(row.verdict, verdict, "{:?}", row.because);
        assert!(row.because[0].text.contains(words), "{:?}", row.because);
    }

    #[test]
    fn verdicts() {
        let inside = "mod a::x 200\n mod a::y 200\n mod b::x 200\n mod b::y 200\n fn b::x::f async\n fn a::x::g async\n a::x -> a::y call 20\n b::x -> b::y call 20\n";
        check(&format!("{inside} a::x -> b::x::f call 2 used"), "a", Verdict::Service, "91 % of its references");
        check(&format!("{inside} a::x -> b::x::f call 2 used transaction"), "a", Verdict::Crate, "cannot be parted from `b`");
        check(&format!("{inside} a::x -> b::x::f call 1 used\n b::x -> a::x::g call 1 used"), "b", Verdict::Crate, "for itself");
        check(&format!("{inside} a::x -> b::x::f call 60 used"), "a", Verdict::Keep, "25 %");
        check(&format!("{inside} c::z -> b::x::f call 1 used"), "c", Verdict::Keep, "101 lines are fewer");
        check("mod a::x 500", "a", Verdict::Keep, "the only candidate");
    }
}
