//! Is a service mesh worth it, and what has to be said of each synchronous edge, with or without one?
//!
//! Takes the candidates, the crossings and what is assumed of the network; gives yes or not yet, with the numbers against their thresholds and
//! what to use instead, and an [`EdgePolicy`] for each synchronous edge between services. Invariants: only calls that look and change nothing
//! are repeated; a timeout follows from the assumptions of the cost, and says so.

use super::Options;
use super::thresholds::{MESH_EDGES, MESH_SERVICES, RTT_P99, SERIALISE, SERVICE, Thresholds, UTILISATION};
use super::{counted, listed};
use crate::model::ids::ServiceId;
use crate::model::plan::{Crossing, EdgePolicy, MeshAdvice, Message, Reason, Service, Style, Verdict};

/// A timeout is so many times as long as all but one of a hundred calls take.
const TIMEOUT_FACTOR: f64 = 3.0;
/// Timeouts are rounded up to so many milliseconds.
const TIMEOUT_STEP: f64 = 50.0;
/// Places under one reason, at most.
const SITES: usize = 12;

/// Yes where both thresholds are met.
pub(crate) fn advice(services: &[Service], crossings: &[Crossing], options: &Options) -> MeshAdvice {
    let thresholds = &options.thresholds;
    let (fewest_services, fewest_edges) = (thresholds.count(&MESH_SERVICES), thresholds.count(&MESH_EDGES));
    let deployables = services.iter().filter(|s| s.verdict == Verdict::Service).count();
    let deployed = |c: &&Crossing| [c.from, c.to].iter().all(|s| services[s.index()].verdict == Verdict::Service);
    let synchronous: Vec<&Crossing> = crossings.iter().filter(|c| c.style == Style::SyncApi).filter(deployed).collect();
    let edges = synchronous.len();
    let advised = deployables >= fewest_services && edges >= fewest_edges;
    let numbers = format!(
        "{} advised (a mesh pays from about {fewest_services}), {} between them (from about {fewest_edges})",
        counted(deployables, "service"),
        counted(edges, "synchronous edge")
    );
    let what = if advised {
        "mutual TLS, timeouts, retries and traffic shifting are the same for all of them: let the mesh do them, and retry only calls that are idempotent"
    } else if edges > 0 {
        "set a timeout on each of these calls, retry only those that are idempotent, both in the client library, and let the platform's load balancer and TLS do the rest; \
         needing the same policy on many edges would change this"
    } else {
        "there is no synchronous call between services to govern; more services that wait for each other would change this"
    };
    let callers = |to: ServiceId| synchronous.iter().filter(|c| c.to == to).count();
    let policies = synchronous.iter().map(|c| policy(c, callers(c.to), services, &options.cost)).collect();
    MeshAdvice { advised, because: vec![Reason::new(numbers), Reason::new(what)], edges: policies }
}

fn policy(crossing: &Crossing, callers: usize, services: &[Service], assumed: &Thresholds) -> EdgePolicy {
    let asked: Vec<&Message> = crossing.means.iter().filter(|m| m.style == Style::SyncApi).flat_map(|m| &m.messages).collect();
    let mut retry: Vec<String> = asked.iter().filter(|m| m.repeatable).map(|m| m.item.clone()).collect();
    retry.sort();
    let once: Vec<String> = asked.iter().filter(|m| !m.repeatable).map(|m| m.item.clone()).collect();
    let slowest = slowest(assumed);
    let timeout = (TIMEOUT_FACTOR * slowest / TIMEOUT_STEP).ceil().max(1.0) * TIMEOUT_STEP;
    let circuit_breaker = callers > 1;
    let mut because = vec![Reason::new(format!(
        "{TIMEOUT_FACTOR:.0} times the {slowest:.0} ms within which 99 of 100 calls are assumed to be answered (`[cost]`), rounded up: {timeout:.0} ms; \
         measured times in their place would change this"
    ))];
    if !once.is_empty() {
        let places = crossing.items.iter().filter(|i| once.contains(&i.path)).flat_map(|i| i.sites.clone()).take(SITES).collect();
        let text = format!(
            "by their names, {} may change something: not repeated unless each carries a key by which it is known again",
            listed(&once)
        );
        because.push(Reason::at(text, places));
    }
    let to = &services[crossing.to.index()].id;
    because.push(Reason::new(if circuit_breaker {
        format!("{} wait for `{to}`: when it is down, a circuit breaker keeps them from going down with it", counted(callers, "service"))
    } else {
        format!("nobody else waits for `{to}`: the timeout does without a circuit breaker; a second caller would change this")
    }));
    EdgePolicy {
        from: crossing.from,
        to: crossing.to,
        timeout: timeout as u32,
        retry,
        once: once.len() as u32,
        circuit_breaker,
        mutual_tls: true,
        because,
    }
}

/// Within so many milliseconds 99 of 100 calls are answered: the network's 99th percentile, both ends' writing and reading, and the time in
/// a queue M/M/1, which is exponential with mean S ÷ (1 − ρ) (Kleinrock 1975).
fn slowest(assumed: &Thresholds) -> f64 {
    let mean = assumed.of(&SERVICE) / (1.0 - assumed.of(&UTILISATION));
    assumed.of(&RTT_P99) + assumed.of(&SERIALISE) + mean * 100_f64.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::ServiceId;

    #[test]
    fn only_what_looks_is_sent_again() {
        let message =
            |item: &str, repeatable| Message { item: item.into(), name: String::new(), repeatable, needs_dto: false, outbox: false };
        let means = crate::model::plan::Means {
            style: Style::SyncApi,
            protocol: crate::model::plan::Protocol::Rest,
            with: None,
            messages: vec![message("b::find", true), message("b::pay", false)],
            because: Vec::new(),
        };
        let crossing = Crossing { means: vec![means], ..edge(0, 1) };
        let services: Vec<Service> = (0..2).map(service).collect();
        let found = advice(&services, &[crossing], &Options::default());
        assert_eq!((&found.edges[0].retry[..], found.edges[0].once), (&["b::find".to_owned()][..], 1));
        assert!(found.edges[0].because.iter().any(|r| r.text.contains("`b::pay`")), "{found:?}");
    }

    fn service(i: usize) -> Service {
        Service {
            id: format!("s{i:02}"),
            name: String::new(),
            modules: Vec::new(),
            lines: 0,
            keywords: Vec::new(),
            cohesion: 1.0,
            ca: 0,
            ce: 0,
            verdict: Verdict::Service,
            criteria: Vec::new(),
            because: Vec::new(),
        }
    }

    fn edge(from: usize, to: usize) -> Crossing {
        Crossing {
            from: ServiceId::from(from),
            to: ServiceId::from(to),
            style: Style::SyncApi,
            because: Vec::new(),
            means: Vec::new(),
            references: 1,
            items: Vec::new(),
        }
    }

    #[test]
    fn many_services_that_wait_for_each_other_want_a_mesh() {
        let services: Vec<Service> = (0..10).map(service).collect();
        let crossings: Vec<Crossing> = (0..10).flat_map(|i| [edge(i, (i + 1) % 10), edge(i, (i + 2) % 10)]).collect();
        assert!(advice(&services, &crossings, &Options::default()).advised);
        let few = advice(&services[..3], &crossings[..2], &Options::default());
        assert!(!few.advised && few.because[0].text.starts_with("3 services advised (a mesh pays from about 10), 2 synchronous edges"));
        let policy = &few.edges[0];
        assert!(policy.timeout >= 100 && policy.timeout.is_multiple_of(50), "{policy:?}");
        assert!(!policy.circuit_breaker && few.edges.len() == 2, "{few:?}");
        assert!(advice(&services, &crossings, &Options::default()).edges.iter().all(|e| e.circuit_breaker && e.mutual_tls));
        assert!(advice(&[], &[], &Options::default()).because[1].text.starts_with("there is no synchronous call"));
    }
}
