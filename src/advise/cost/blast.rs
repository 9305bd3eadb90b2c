//! What fails with what.
//!
//! Takes the requests of a layout; gives shares of them. A request fails with each process that it begins in or waits for; what is told to a process, or
//! asked of it aside, only comes later.

use super::layouts::{Deployment, Requests};
use crate::model::cost::Blast;
use crate::model::ids::ServiceId;

/// Share of requests that fail with one process: the mean over all of them, and the most.
pub(crate) fn failing(requests: &Requests, loads: &[f64]) -> (f64, f64) {
    let shares: Vec<f64> = (0..requests.processes).map(|p| fails(requests, loads, p)).collect();
    let worst = shares.iter().copied().fold(0.0, f64::max);
    (shares.iter().sum::<f64>() / shares.len().max(1) as f64, worst)
}

/// One for each candidate.
pub(crate) fn blast(services: usize, loads: &[f64], advised: (&Requests, &Deployment), apart: (&Requests, &Deployment)) -> Vec<Blast> {
    let of = |(requests, deployment): (&Requests, &Deployment), s: usize| {
        let process = deployment.process[s];
        (fails(requests, loads, process), delayed(requests, loads, process))
    };
    let one = |s: usize| {
        let ((advised_fails, advised_delayed), (apart_fails, apart_delayed)) = (of(advised, s), of(apart, s));
        Blast { service: ServiceId::from(s), advised_fails, advised_delayed, apart_fails, apart_delayed }
    };
    (0..services).map(one).collect()
}

fn fails(requests: &Requests, loads: &[f64], process: usize) -> f64 {
    requests.share(loads, |r| r.home == process || r.waited.contains_key(&process))
}

fn delayed(requests: &Requests, loads: &[f64], process: usize) -> f64 {
    requests.share(loads, |r| r.home != process && !r.waited.contains_key(&process) && r.aside.contains_key(&process))
}
