//! Is a service mesh worth it?
//!
//! Takes the candidates and crossings; gives yes or not yet, with the numbers against their thresholds and what to use instead.

use super::counted;
use super::thresholds::{MESH_EDGES, MESH_SERVICES, Thresholds};
use crate::model::plan::{Crossing, MeshAdvice, Reason, Service, Style, Verdict};

/// Yes where both thresholds are met.
pub(crate) fn advice(services: &[Service], crossings: &[Crossing], thresholds: &Thresholds) -> MeshAdvice {
    let (fewest_services, fewest_edges) = (thresholds.count(&MESH_SERVICES), thresholds.count(&MESH_EDGES));
    let deployables = services.iter().filter(|s| s.verdict == Verdict::Service).count();
    let deployed = |c: &&Crossing| [c.from, c.to].iter().all(|s| services[s.index()].verdict == Verdict::Service);
    let edges = crossings.iter().filter(|c| c.style == Style::SyncApi).filter(deployed).count();
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
    MeshAdvice { advised, because: vec![Reason::new(numbers), Reason::new(what)] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::ServiceId;

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
        assert!(advice(&services, &crossings, &Thresholds::default()).advised);
        let few = advice(&services[..3], &crossings[..2], &Thresholds::default());
        assert!(!few.advised && few.because[0].text.starts_with("3 services advised (a mesh pays from about 10), 2 synchronous edges"));
        assert!(advice(&[], &[], &Thresholds::default()).because[1].text.starts_with("there is no synchronous call"));
    }
}
