//! One way to deploy: what a request calls, what it waits for, and how long that takes.
//!
//! Takes paths through candidates, and which candidate is in which process; gives [`Requests`]: the same paths through processes, with their
//! figures. A call inside of a process is none. Work is shared out over the visits of a request in equal parts, servers over the processes by
//! the work that they do, at least one each, all of them busy for the same share of the time.

use super::paths::{At, How, NOWHERE, Owner, Path};
use super::simulate::{Assumed, Queue, Visits, mixed_quantiles, quantile, response_times};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Draws for all requests of one layout, and for each kind of request at least and at most.
const DRAWS: usize = 200_000;
const FEWEST: usize = 500;
const MOST: usize = 4_000;
/// Kinds of requests that are drawn, the most loaded first.
const KINDS: usize = 400;

/// Who calls, and who is called.
pub(crate) type Seam = (Owner, Owner);

/// What a request waits for: processes with the number of visits, as bits, so that it can be a key.
type Kind = Vec<(usize, u64)>;

/// Which candidate is in which process.
#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    /// By candidate.
    pub(crate) process: Vec<usize>,
    /// Of code that is in none.
    pub(crate) outside: usize,
    /// How many there are.
    pub(crate) processes: usize,
}

impl Deployment {
    /// Candidates of the same group share a process. `outside` is the group of what is in none, where a request begins there.
    pub(crate) fn new(groups: &[usize], outside: usize, paths: &[Path]) -> Self {
        let begins = paths.iter().any(|p| p.home == NOWHERE);
        let all: BTreeSet<usize> = groups.iter().copied().chain(begins.then_some(outside)).collect();
        let number: BTreeMap<usize, usize> = all.iter().enumerate().map(|(i, g)| (*g, i)).collect();
        let of = |group: &usize| number.get(group).copied().unwrap_or(0);
        Deployment { process: groups.iter().map(of).collect(), outside: of(&outside), processes: all.len() }
    }

    fn of(&self, owner: Owner) -> usize {
        if owner == NOWHERE { self.outside } else { self.process[usize::from(owner)] }
    }
}

/// A request through processes. All calls are for each request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) home: usize,
    /// Calls that are waited for, by the process that is called.
    pub(crate) waited: BTreeMap<usize, f64>,
    /// Calls that are not, and messages, by the process.
    pub(crate) aside: BTreeMap<usize, f64>,
    /// All calls over the network.
    pub(crate) calls: f64,
    pub(crate) looped: f64,
    pub(crate) messages: f64,
    pub(crate) depth: u32,
    /// Calls by place, those in loops first.
    pub(crate) places: BTreeSet<(bool, At)>,
    /// Calls by caller and called candidate.
    pub(crate) seams: BTreeMap<Seam, f64>,
}

impl Request {
    pub(crate) fn new(path: &Path, deployment: &Deployment, loop_calls: f64) -> Self {
        let mut request = Request { home: deployment.of(path.home), ..Request::default() };
        // What shared code calls for two candidates of one process, it calls once.
        let mut hops: BTreeMap<(usize, usize, How, At), (bool, Seam)> = BTreeMap::new();
        for hop in &path.hops {
            let (from, to) = (deployment.of(hop.from), deployment.of(hop.to));
            if from != to {
                hops.entry((from, to, hop.how, hop.at)).or_insert((false, (hop.from, hop.to))).0 |= hop.in_loop;
            }
        }
        let mut edges: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for ((from, to, how, at), (in_loop, seam)) in hops {
            let times = if in_loop { loop_calls } else { 1.0 };
            let called = if how == How::Waited { &mut request.waited } else { &mut request.aside };
            *called.entry(to).or_default() += times;
            if how == How::Message {
                request.messages += times;
                continue;
            }
            if how == How::Waited {
                edges.entry(from).or_default().insert(to);
            }
            request.calls += times;
            request.looped += if in_loop { times } else { 0.0 };
            request.places.insert((!in_loop, at));
            *request.seams.entry(seam).or_default() += times;
        }
        request.depth = depth(request.home, &edges, &mut BTreeMap::new());
        request
    }

    /// Processes that have to be up for it.
    pub(crate) fn needs(&self) -> BTreeSet<usize> {
        self.waited.keys().copied().chain([self.home]).collect()
    }

    /// Processes that are called in a row; circles are left where they close.
    pub(crate) fn fan_out(&self) -> u32 {
        self.waited.keys().filter(|p| **p != self.home).count() as u32
    }

    fn visits(&self) -> BTreeMap<usize, f64> {
        let mut visits = self.waited.clone();
        *visits.entry(self.home).or_default() += 1.0;
        visits
    }
}

/// The longest row of processes that wait for each other, from one on.
fn depth(from: usize, edges: &BTreeMap<usize, BTreeSet<usize>>, known: &mut BTreeMap<usize, Option<u32>>) -> u32 {
    if let Some(known) = known.get(&from) {
        // One that is being asked: the circle closes.
        return known.unwrap_or(0);
    }
    known.insert(from, None);
    let mut deepest = 0;
    for &to in edges.get(&from).into_iter().flatten() {
        if known.get(&to) != Some(&None) {
            deepest = deepest.max(1 + depth(to, edges, known));
        }
    }
    known.insert(from, Some(deepest));
    deepest
}

/// All requests in one layout.
pub(crate) struct Requests {
    pub(crate) processes: usize,
    /// One for each entry point.
    pub(crate) all: Vec<Request>,
    /// Mean time that a request waits for servers that are busy, in ms.
    pub(crate) waiting: f64,
    /// Response times of each, sorted; the same list for those that wait for the same.
    times: Vec<Rc<Vec<f64>>>,
}

impl Requests {
    pub(crate) fn new(paths: &[Path], loads: &[f64], deployment: &Deployment, assumed: &Assumed) -> Self {
        let all: Vec<Request> = paths.iter().map(|p| Request::new(p, deployment, assumed.loop_calls)).collect();
        let queues = queues(&all, loads, deployment.processes, assumed);
        let times = times(&all, loads, &queues, assumed);
        let wait = |r: &Request| r.visits().iter().map(|(p, n)| queues[*p].wait() * n).sum::<f64>();
        let waiting = all.iter().zip(loads).map(|(r, load)| load * wait(r)).sum();
        Requests { processes: deployment.processes, all, waiting, times }
    }

    /// Median and 99th percentile of one entry point, in ms.
    pub(crate) fn quantiles(&self, entry: usize) -> [f64; 2] {
        [0.5, 0.99].map(|share| quantile(&self.times[entry], share))
    }

    /// The same of all.
    pub(crate) fn mixed(&self, loads: &[f64]) -> [f64; 2] {
        let mut lists: BTreeMap<*const Vec<f64>, usize> = BTreeMap::new();
        let mut mixed: Vec<(f64, Rc<Vec<f64>>)> = Vec::new();
        for (list, load) in self.times.iter().zip(loads) {
            let at = *lists.entry(Rc::as_ptr(list)).or_insert_with(|| {
                mixed.push((0.0, Rc::clone(list)));
                mixed.len() - 1
            });
            mixed[at].0 += load;
        }
        mixed_quantiles(&mixed, [0.5, 0.99])
    }

    /// Mean of a figure, by load.
    pub(crate) fn mean(&self, loads: &[f64], of: impl Fn(&Request) -> f64) -> f64 {
        self.all.iter().zip(loads).map(|(r, load)| load * of(r)).sum()
    }

    /// Share of requests of which this holds.
    pub(crate) fn share(&self, loads: &[f64], holds: impl Fn(&Request) -> bool) -> f64 {
        self.mean(loads, |r| if holds(r) { 1.0 } else { 0.0 })
    }
}

/// The queue before each process.
fn queues(all: &[Request], loads: &[f64], processes: usize, assumed: &Assumed) -> Vec<Queue> {
    let (mut visits, mut work) = (vec![0.0; processes], vec![0.0; processes]);
    for (request, load) in all.iter().zip(loads) {
        let own = request.visits();
        let total: f64 = own.values().chain(request.aside.values()).sum();
        for (&process, &n) in own.iter().chain(&request.aside) {
            visits[process] += load * n;
            work[process] += load * n * assumed.service / total;
        }
    }
    let total: f64 = work.iter().sum();
    let queue = |(visits, work): (&f64, &f64)| {
        if *visits <= 0.0 || total <= 0.0 {
            return Queue::default();
        }
        let servers = (assumed.servers * work / total).round().max(1.0) as u32;
        Queue::new(servers, work / visits, assumed.utilisation)
    };
    visits.iter().zip(&work).map(queue).collect()
}

/// Requests that wait for the same are drawn once.
fn times(all: &[Request], loads: &[f64], queues: &[Queue], assumed: &Assumed) -> Vec<Rc<Vec<f64>>> {
    let kind = |r: &Request| -> Kind { r.visits().into_iter().map(|(p, n)| (p, n.to_bits())).collect() };
    let kinds: Vec<Kind> = all.iter().map(kind).collect();
    let mut weights: BTreeMap<&Kind, f64> = BTreeMap::new();
    for (kind, load) in kinds.iter().zip(loads) {
        *weights.entry(kind).or_default() += load;
    }
    let mut order: Vec<(&Kind, f64)> = weights.into_iter().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let samples = (DRAWS / order.len().max(1)).clamp(FEWEST, MOST);
    let mut drawn: BTreeMap<&Kind, Rc<Vec<f64>>> = BTreeMap::new();
    for (at, (kind, _)) in order.into_iter().enumerate() {
        let queues: Vec<(Queue, f64)> = kind.iter().map(|(p, n)| (queues[*p], f64::from_bits(*n))).collect();
        // The first visit is the request's own.
        let calls = queues.iter().map(|q| q.1).sum::<f64>() - 1.0;
        let samples = if at < KINDS { samples } else { FEWEST };
        drawn.insert(kind, Rc::new(response_times(assumed, &Visits { calls, queues }, samples)));
    }
    kinds.iter().map(|kind| Rc::clone(&drawn[kind])).collect()
}

#[cfg(test)]
mod tests {
    use super::super::paths::Hop;
    use super::*;
    use crate::model::ids::FileId;

    fn path(home: Owner, hops: &[(Owner, Owner, How, bool)]) -> Path {
        let hop = |(line, &(from, to, how, in_loop)): (usize, &(Owner, Owner, How, bool))| Hop {
            from,
            to,
            how,
            at: (FileId(0), line as u32, 1),
            in_loop,
        };
        Path { home, hops: hops.iter().enumerate().map(hop).collect(), outbound: 0, unknown: BTreeSet::new(), cut: false }
    }

    /// A request with its calls, messages, other processes and depth.
    fn check(groups: &[usize], hops: &[(Owner, Owner, How, bool)], expected: (f64, f64, u32, u32)) {
        let paths = [path(0, hops)];
        let deployment = Deployment::new(groups, 99, &paths);
        let r = Request::new(&paths[0], &deployment, 10.0);
        assert_eq!((r.calls, r.messages, r.fan_out(), r.depth), expected, "{groups:?} {hops:?}");
    }

    #[test]
    fn only_what_leaves_a_process_is_counted() {
        let hops = [(0, 1, How::Waited, false), (1, 2, How::Waited, true), (0, 2, How::Message, false), (2, 0, How::Waited, false)];
        check(&[0, 0, 0], &hops, (0.0, 0.0, 0, 0));
        check(&[0, 1, 2], &hops, (12.0, 1.0, 2, 2));
        check(&[0, 0, 1], &hops, (11.0, 1.0, 1, 1));
        check(&[0, 1, 2], &[(0, 1, How::Aside, false)], (1.0, 0.0, 0, 0));
    }
}
