//! How long requests take, by drawing them.
//!
//! Takes assumptions, and how a request is spread over processes; gives response times. Each process is a queue M/M/c: arrivals by chance,
//! exponential service times, c servers, first come first served. The chance to wait is Erlang's formula C, and who waits does so for an exponential
//! time with the rate cµ − λ (Kleinrock 1975, *Queueing Systems* vol. 1, ch. 3.5; Jackson 1957: in a network of such queues each behaves as
//! if it were alone). Time on the network is log-normal by its median and 99th percentile; a sum of them is taken for log-normal, too, with the sum's
//! mean and variance (Fenton 1960). The work of a request is drawn once and is the same in each layout, since a split shares it out and does not change it.
//! Invariants: the seed is fixed and each kind of chance has its own, so that layouts are compared under the same luck; same input, same figures.

/// What draws begin with.
const SEED: u64 = 0x005e_ed0f_5ea4_110e;
/// Waits that are drawn one by one; more of them are a normal distribution.
const DRAWN: f64 = 16.0;
/// 99th percentile of the standard normal distribution.
const Z99: f64 = 2.326_347_874_040_841;

/// The numbers on which everything rests; times in ms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assumed {
    pub(crate) rtt: f64,
    pub(crate) rtt_p99: f64,
    pub(crate) serialise: f64,
    pub(crate) service: f64,
    pub(crate) utilisation: f64,
    pub(crate) servers: f64,
    pub(crate) availability: f64,
    pub(crate) loop_calls: f64,
}

/// Numbers by chance: splitmix64 (Steele, Lea and Flood 2014).
struct Chance(u64);

impl Chance {
    /// A stream of its own for each kind of chance.
    fn new(kind: u64) -> Self {
        Chance(SEED ^ kind.wrapping_mul(0xd129_0d3b_3f5d_1e0b))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Above 0, at most 1.
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Exponential with mean 1.
    fn exponential(&mut self) -> f64 {
        -self.unit().ln()
    }

    /// Standard normal (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.unit().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// Waiting at one process.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Queue {
    /// Chance that a visit has to wait.
    chance: f64,
    /// How long it then waits on average, in ms.
    mean: f64,
}

impl Queue {
    /// Of so many servers with a mean service time, each busy for this share of the time, below 1.
    pub(crate) fn new(servers: u32, service: f64, utilisation: f64) -> Self {
        let chance = erlang_c(servers, utilisation);
        Queue { chance, mean: service / (f64::from(servers.max(1)) * (1.0 - utilisation)) }
    }

    /// Mean wait of a visit, in ms.
    pub(crate) fn wait(&self) -> f64 {
        self.chance * self.mean
    }

    fn draw(&self, visits: f64, chance: &mut Chance) -> f64 {
        if visits > DRAWN {
            let (mean, second) = (self.chance * self.mean, 2.0 * self.chance * self.mean * self.mean);
            return (visits * mean + (visits * (second - mean * mean)).max(0.0).sqrt() * chance.normal()).max(0.0);
        }
        let mut wait = 0.0;
        for _ in 0..visits.round() as u32 {
            let (waits, long) = (chance.unit() <= self.chance, chance.exponential());
            wait += if waits { self.mean * long } else { 0.0 };
        }
        wait
    }
}

/// Erlang's formula C: the chance that all of `servers` are busy. Through formula B, by its recursion, which stays within a float.
fn erlang_c(servers: u32, utilisation: f64) -> f64 {
    let servers = servers.max(1);
    let load = utilisation * f64::from(servers);
    let blocked = (1..=servers).fold(1.0, |b, n| load * b / (f64::from(n) + load * b));
    blocked / (1.0 - utilisation * (1.0 - blocked))
}

/// A request by what it waits for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Visits {
    /// Calls over the network.
    pub(crate) calls: f64,
    /// Queues with how often each is joined.
    pub(crate) queues: Vec<(Queue, f64)>,
}

/// Response times of so many requests in ms, sorted.
pub(crate) fn response_times(assumed: &Assumed, visits: &Visits, samples: usize) -> Vec<f64> {
    let (mut work, mut network, mut waits) = (Chance::new(1), Chance::new(2), Chance::new(3));
    let (centre, spread) = on_network(assumed, visits.calls);
    let fixed = visits.calls * assumed.serialise;
    let mut times: Vec<f64> = (0..samples)
        .map(|_| {
            let worked = assumed.service * work.exponential();
            let luck = network.normal();
            let sent = if visits.calls > 0.0 { centre * (spread * luck).exp() } else { 0.0 };
            let waited: f64 = visits.queues.iter().map(|(queue, n)| queue.draw(*n, &mut waits)).sum();
            worked + sent + fixed + waited
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Median and spread of the log-normal time that so many calls are on the network.
fn on_network(assumed: &Assumed, calls: f64) -> (f64, f64) {
    if calls <= 0.0 || assumed.rtt <= 0.0 {
        return (0.0, 0.0);
    }
    let sigma = (assumed.rtt_p99.max(assumed.rtt) / assumed.rtt).ln() / Z99;
    let mean = calls * assumed.rtt * (sigma * sigma / 2.0).exp();
    let variance = (1.0 + ((sigma * sigma).exp() - 1.0) / calls).ln();
    (mean * (-variance / 2.0).exp(), variance.sqrt())
}

/// The value below which this share lies; 0 of nothing.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = ((sorted.len() as f64 * share).ceil() as usize).max(1) - 1;
    sorted.get(at).copied().unwrap_or(0.0)
}

/// The same of several lists, each with its weight.
pub(crate) fn mixed_quantiles<const N: usize>(lists: &[(f64, std::rc::Rc<Vec<f64>>)], shares: [f64; N]) -> [f64; N] {
    let mut all: Vec<(f64, f64)> = Vec::new();
    for (weight, list) in lists.iter().filter(|(weight, _)| *weight > 0.0) {
        all.extend(list.iter().map(|&value| (value, weight / list.len() as f64)));
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = all.iter().map(|a| a.1).sum();
    shares.map(|share| {
        let mut below = 0.0;
        let reached = |(_, weight): &&(f64, f64)| {
            below += weight;
            // What is a rounding error short is there.
            below >= share * total * (1.0 - 1e-9)
        };
        all.iter().find(reached).map_or(0.0, |a| a.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSUMED: Assumed = Assumed {
        rtt: 0.5,
        rtt_p99: 5.0,
        serialise: 0.1,
        service: 10.0,
        utilisation: 0.6,
        servers: 16.0,
        availability: 0.999,
        loop_calls: 10.0,
    };

    /// Mean wait of customers who are served one by one, by nothing but the definition of the queue (Kiefer and Wolfowitz 1955).
    fn served(servers: u32, service: f64, utilisation: f64) -> f64 {
        let mut chance = Chance::new(9);
        let gap = service / (f64::from(servers) * utilisation);
        let mut free = vec![0.0; servers as usize];
        let (mut now, mut waited, customers) = (0.0, 0.0, 1_000_000);
        for _ in 0..customers {
            now += gap * chance.exponential();
            let first = (0..free.len()).min_by(|&a, &b| f64::total_cmp(&free[a], &free[b])).expect("a server");
            let begins = f64::max(now, free[first]);
            waited += begins - now;
            free[first] = begins + service * chance.exponential();
        }
        waited / f64::from(customers)
    }

    #[test]
    fn waits_are_those_of_erlang_and_of_customers_in_a_row() {
        assert!((erlang_c(1, 0.6) - 0.6).abs() < 1e-12, "with one server, it is busy");
        // Two servers with an offered load of one: a third (any table of formula C).
        assert!((erlang_c(2, 0.5) - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(erlang_c(16, 0.0), 0.0);
        for (servers, utilisation) in [(1, 0.6), (2, 0.7), (4, 0.6), (8, 0.7)] {
            let queue = Queue::new(servers, 10.0, utilisation);
            let drawn = {
                let mut chance = Chance::new(3);
                (0..200_000).map(|_| queue.draw(1.0, &mut chance)).sum::<f64>() / 200_000.0
            };
            for found in [drawn, served(servers, 10.0, utilisation)] {
                let off = (found - queue.wait()).abs() / queue.wait();
                assert!(off < 0.05, "{servers} servers at {utilisation}: {found} and {}", queue.wait());
            }
        }
    }

    #[test]
    fn many_waits_have_the_mean_and_spread_of_as_many_single_ones() {
        let queue = Queue::new(2, 1.0, 0.7);
        let mut chance = Chance::new(3);
        let mean = (0..20_000).map(|_| queue.draw(40.0, &mut chance)).sum::<f64>() / 20_000.0;
        assert!((mean / (40.0 * queue.wait()) - 1.0).abs() < 0.05, "{mean}");
    }

    #[test]
    fn time_on_the_network_has_its_median_and_tail() {
        let (centre, spread) = on_network(&ASSUMED, 1.0);
        assert!((centre - 0.5).abs() < 1e-9 && (centre * (Z99 * spread).exp() - 5.0).abs() < 1e-9);
        assert_eq!(on_network(&ASSUMED, 0.0), (0.0, 0.0));
        // What many calls sum up to varies less.
        let (many, narrow) = on_network(&ASSUMED, 100.0);
        assert!(many > 50.0 && narrow < spread / 5.0);
    }

    #[test]
    fn the_same_luck_for_all_and_calls_only_add() {
        let visits = |calls| Visits { calls, queues: vec![(Queue::new(4, 10.0, 0.6), 1.0)] };
        let [none, one, ten] = [0.0, 1.0, 10.0].map(|calls| response_times(&ASSUMED, &visits(calls), 2_000));
        assert_eq!(one, response_times(&ASSUMED, &visits(1.0), 2_000));
        assert!(none.iter().zip(&one).chain(one.iter().zip(&ten)).all(|(a, b)| a < b));
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.0);
        let mixed = mixed_quantiles(&[(1.0, one.clone().into()), (1.0, one.clone().into())], [0.5, 0.99]);
        assert_eq!(mixed, [quantile(&one, 0.5), quantile(&one, 0.99)]);
    }
}
