//! Should the monolith be split at all?
//!
//! Takes the partition, the candidates and their crossings; gives split, modularise first, or do not split, with figures and what
//! would change it.

use super::boundaries::acts;
use super::thresholds::{SYSTEM_CROSSING, SYSTEM_LINES, SYSTEM_SERVICES, SYSTEM_SHARED, Thresholds};
use super::{counted, percent};
use crate::model::codebase::Codebase;
use crate::model::evidence::Evidence;
use crate::model::partition::{Partition, Role};
use crate::model::plan::{Crossing, Reason, Service, Style, SystemAdvice, SystemVerdict, Verdict};

/// The answer, the decisive figure first.
pub(crate) fn verdict(
    codebase: &Codebase,
    evidence: &Evidence,
    partition: &Partition,
    services: &[Service],
    crossings: &[Crossing],
    thresholds: &Thresholds,
) -> SystemVerdict {
    let (least_lines, fewest) = (thresholds.count(&SYSTEM_LINES), thresholds.count(&SYSTEM_SERVICES));
    let (most_crossing, most_shared) = (thresholds.of(&SYSTEM_CROSSING), thresholds.of(&SYSTEM_SHARED));
    let count = |v: Verdict| services.iter().filter(|s| s.verdict == v).count();
    let (deployables, crates) = (count(Verdict::Service), count(Verdict::Crate));
    let lines: u32 = codebase.modules.iter().map(|m| m.lines).sum();
    let styled = |style: Style| crossings.iter().filter(|c| c.style == style).count();
    let figures = Reason::new(format!(
        "{}: {} worth a service, {} worth a crate, {} to leave; {} between them, of which {} cannot be parted yet; modularity {:.2}, {} of the weight of references crosses",
        counted(services.len(), "candidate"),
        deployables,
        crates,
        count(Verdict::Keep),
        counted(crossings.len(), "seam"),
        styled(Style::KeepTogether),
        partition.quality.modularity,
        percent(partition.quality.icp)
    ));
    let capability = partition.members.iter().filter(|m| m.role == Role::Capability).count();
    let shared: u32 = codebase.modules.iter().zip(&partition.members).filter(|(_, m)| m.role == Role::Shared).map(|(m, _)| m.lines).sum();
    let shared_share = f64::from(shared) / f64::from(lines.max(1));
    let (verdict, text) = if services.len() < 2 {
        let text = format!(
            "{} show no parts that hold together more than they hold to each other; groups of modules that mostly use their own would change this",
            counted(capability, "capability module")
        );
        (SystemAdvice::DoNotSplit, text)
    } else if lines > 0 && (lines as usize) < least_lines {
        let text = format!(
            "{} in all: below about {least_lines}, services cost more than they give; growth, or a part that must scale or fail alone, would change this",
            counted(lines as usize, "line")
        );
        (SystemAdvice::DoNotSplit, text)
    } else if !acts(codebase, evidence, partition).contains(&true) {
        let text =
            "no function of any candidate waits for the outside world: this is a library or a tool, and services would only put a network \
                    into it; crates can still draw its boundaries"
                .to_string();
        (SystemAdvice::DoNotSplit, text)
    } else if deployables + crates < fewest {
        let text = format!(
            "{} of {} can stand alone, fewer than {fewest}; opening the seams that are named would change this",
            deployables + crates,
            counted(services.len(), "candidate")
        );
        (SystemAdvice::DoNotSplit, text)
    } else if deployables < fewest {
        let text = format!(
            "{} worth a service and {} worth a crate: draw the boundaries as crates inside the monolith, open the seams that are named, then measure again",
            deployables, crates
        );
        (SystemAdvice::Modularise, text)
    } else if partition.quality.icp > most_crossing {
        let text = format!(
            "{} of the weight of references crosses boundaries, more than {}: draw them as crates first, and split when fewer cross",
            percent(partition.quality.icp),
            percent(most_crossing)
        );
        (SystemAdvice::Modularise, text)
    } else if shared_share > most_shared {
        let text = format!(
            "{} are shared, {} of the code and more than {}: every service would be released with every change of it; parting what only one \
             candidate uses from what all use would change this",
            counted(shared as usize, "line"),
            percent(shared_share),
            percent(most_shared)
        );
        (SystemAdvice::Modularise, text)
    } else {
        let text = format!(
            "{} can be deployed alone, the one with the fewest users first; a split pays where they must scale, fail or be released apart, and is not needed otherwise",
            counted(deployables, "candidate")
        );
        (SystemAdvice::Split, text)
    };
    SystemVerdict { verdict, because: vec![Reason::new(text), figures] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::crossings::tests::by_crate;
    use crate::advise::{Options, advise};
    use crate::graph::module_graph;
    use crate::model::testing::codebase;

    fn check(text: &str, verdict: SystemAdvice) {
        let code = codebase(text);
        let plan = advise(&code, &module_graph(&code), &Evidence::default(), &by_crate(&code), &Options::default());
        assert_eq!(plan.verdict.verdict, verdict, "{:?}", plan.verdict.because);
        assert!(plan.verdict.because.len() > 1);
    }

    #[test]
    fn the_three_answers() {
        let two =
            "mod a::x 900\n mod a::y 900\n mod b::x 900\n mod b::y 900\n fn b::x::f async\n a::x -> a::y call 20\n b::x -> b::y call 20\n";
        check(&format!("{two} a::x -> b::x::f call 2 used"), SystemAdvice::Split);
        check(&format!("{two} a::x -> b::x::f call 2 used transaction"), SystemAdvice::Modularise);
        check(&format!("{two} a::x -> b::x::f call 90 used\n b::x -> a::x call 90"), SystemAdvice::DoNotSplit);
        check(&format!("{} fn a::x::g", two.replace("async", "")), SystemAdvice::DoNotSplit);
        check("mod a::x 9000", SystemAdvice::DoNotSplit);
        check("mod a::x 200\n mod b::x 200\n fn b::x::f async\n a::x -> b::x::f call 1 used", SystemAdvice::DoNotSplit);
    }
}
