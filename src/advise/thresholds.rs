//! The numbers on which advice rests: what each means, where it comes from, and what a team can set it to.
//!
//! Takes nothing; gives [`THRESHOLDS`], of which every verdict names those that it was held against, [`ASSUMPTIONS`], on which every figure of
//! the cost rests, and [`Thresholds`], their values. Invariants: a value is within its range; a sentence that rests on one holds its value.

use crate::model::nearest;

/// A number against which something is held, or which is assumed.
#[derive(Debug)]
pub struct Threshold {
    /// Key in its table of `seamline.toml`: `[advice]` or `[cost]`.
    pub id: &'static str,
    /// What it is for, in half a sentence.
    pub meaning: &'static str,
    /// What holds if nobody says otherwise.
    pub default: f64,
    /// The least it can be.
    pub least: f64,
    /// The most it can be; at most 1 for shares, no end for what is counted.
    pub most: f64,
    /// Why this number.
    pub source: &'static str,
}

const COUNT: f64 = 1e9;

/// What the tool's own authors chose; a team knows better.
const OURS: &str = "rule of thumb, to be set by the team";

macro_rules! thresholds {
    ($(#[doc = $doc:literal])* $table:ident: $($name:ident $id:literal $default:literal of $least:literal..=$most:expr, $meaning:literal, $source:expr;)*) => {
        $(
            #[doc = $meaning]
            pub(crate) const $name: Threshold =
                Threshold { id: $id, meaning: $meaning, default: $default, least: $least, most: $most, source: $source };
        )*
        $(#[doc = $doc])*
        pub const $table: &[&Threshold] = &[$(&$name),*];
    };
}

thresholds! {
    /// What candidates are held against, in the order in which it is asked.
    THRESHOLDS:
    COHESION_KEPT "cohesion-kept" 0.4 of 0.0..=1.0, "below this share of references that stay inside, a candidate is no unit and is kept",
        "below one half, more leaves than stays (Fowler and Lewis 2014: services are drawn along what changes and works together)";
    COHESION_SERVICE "cohesion-service" 0.7 of 0.0..=1.0, "from this share of references that stay inside, a candidate can stand alone",
        OURS;
    LINES_CRATE "lines-crate" 120.0 of 0.0..=COUNT, "a candidate with fewer lines is not worth a crate", OURS;
    LINES_SERVICE "lines-service" 300.0 of 0.0..=COUNT, "a candidate with fewer lines is not worth a deployable", OURS;
    SHARE_SERVICE "share-service" 0.05 of 0.0..=1.0, "a candidate with a smaller share of all lines is not worth a deployable",
        "a deployable costs about the same to run whatever is in it";
    WAITED_ITEMS "waited-items" 15.0 of 0.0..=COUNT, "a candidate that waits for more items of others has too wide an interface for a wire", OURS;
    CHATTY_SEAMS "chatty-seams" 0.0 of 0.0..=COUNT, "more seams than this on which calls in loops prevail stand against a service",
        "a call over a network is no call in memory: that latency is zero is the second of Deutsch's fallacies";
    SPLIT_TRANSACTIONS "split-transactions" 0.25 of 0.0..=1.0,
        "above this share of its transactions that would span services, a candidate stays in the process",
        "what is consistent at once belongs into one service (Evans 2003, aggregates; Richardson 2018, ch. 4)";
    CHANGE_LOCALITY "change-locality" 0.4 of 0.0..=1.0,
        "below this share of commits that touch no other candidate, a candidate is not released alone",
        "closed against change (Martin 2003, common closure); `BCP` of the literature";
    COMMITS "commits" 20.0 of 0.0..=COUNT, "with fewer commits, the history of a candidate says nothing", OURS;
    TEAM_FIT "team-fit" 0.5 of 0.0..=1.0, "below this share of its modules with one owner, no team can release a candidate alone",
        "Conway 1968; Skelton and Pais 2019: a service has one team";
    SCALING_NEED "scaling-need" 0.2 of 0.0..=1.0, "from this share of the recorded work, a candidate gains from being scaled alone", OURS;
    FAULT_ISOLATION "fault-isolation" 0.5 of 0.0..=1.0, "below this share of entry points that would go on without it, parting a candidate isolates little",
        "a bulkhead keeps some of the ship afloat (Nygard 2018)";
    REDESIGN "redesign" 0.25 of 0.0..=1.0, "above this share of waited-for items that no wire can carry as they are, a candidate is not separable yet", OURS;
    SYSTEM_LINES "system-lines" 1_000.0 of 0.0..=COUNT, "a code base with fewer lines is run by one team as it is", OURS;
    SYSTEM_SERVICES "system-services" 2.0 of 0.0..=COUNT, "so many services must be worth it before the whole is split", OURS;
    SYSTEM_CROSSING "system-crossing" 0.5 of 0.0..=1.0, "above this share of references between candidates, the boundaries are not drawn yet", OURS;
    SYSTEM_SHARED "system-shared" 0.2 of 0.0..=1.0, "above this share of all lines, shared code ties the services together whatever else is cut", OURS;
    MESH_SERVICES "mesh-services" 10.0 of 0.0..=COUNT, "with fewer services, a mesh is one more system to run", OURS;
    MESH_EDGES "mesh-edges" 20.0 of 0.0..=COUNT, "with fewer synchronous edges between services, there is little for a mesh to govern", OURS;
}

thresholds! {
    /// What the cost of a split rests on.
    ASSUMPTIONS:
    RTT "rtt-ms" 0.5 of 0.0..=COUNT, "median of the time that a request and its answer are on the network, in ms",
        "a round trip within one data centre (Dean 2009, numbers everyone should know)";
    RTT_P99 "rtt-p99-ms" 5.0 of 0.0..=COUNT, "its 99th percentile, in ms, not below the median",
        "rule of thumb, ten times the median; why tails count: Dean and Barroso 2013";
    SERIALISE "serialise-ms" 0.1 of 0.0..=COUNT, "time to write and read a request and its answer, both sides together, in ms", OURS;
    SERVICE "service-ms" 10.0 of 0.0..=COUNT, "mean time of the work for one request, without waiting, in ms; a split shares it out", OURS;
    UTILISATION "utilisation" 0.6 of 0.0..=0.99, "share of the time in which a server is busy, the same for all processes",
        "rule of thumb; the wait grows with 1 / (1 - utilisation) (Kleinrock 1975)";
    SERVERS "servers" 16.0 of 1.0..=10_000.0, "servers of the whole, such as workers; a split shares them out by load", OURS;
    AVAILABILITY "availability" 0.999 of 0.0..=1.0, "share of the time in which one process answers",
        "three nines; what waits for several has the product of theirs (Treynor and others 2017, the calculus of service availability)";
    LOOP_CALLS "loop-calls" 10.0 of 1.0..=COUNT, "turns of a loop in which a call stands", OURS;
}

/// The values that hold.
#[derive(Clone, Debug)]
pub struct Thresholds {
    /// Those that there are.
    table: &'static [&'static Threshold],
    /// What one of them is called.
    noun: &'static str,
    /// Those that were set, by id; the last one holds.
    set: Vec<(&'static str, f64)>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { table: THRESHOLDS, noun: "threshold", set: Vec::new() }
    }
}

impl PartialEq for Thresholds {
    fn eq(&self, other: &Self) -> bool {
        (self.noun, &self.set) == (other.noun, &other.set)
    }
}

impl Thresholds {
    /// Those of the cost.
    pub fn of_cost() -> Self {
        Self { table: ASSUMPTIONS, noun: "assumption", set: Vec::new() }
    }

    /// All that there are.
    pub fn table(&self) -> &'static [&'static Threshold] {
        self.table
    }

    /// The value of one.
    pub(crate) fn of(&self, threshold: &Threshold) -> f64 {
        self.set.iter().rev().find(|(id, _)| *id == threshold.id).map_or(threshold.default, |(_, value)| *value)
    }

    /// The value of one that counts.
    pub(crate) fn count(&self, threshold: &Threshold) -> usize {
        self.of(threshold) as usize
    }

    /// Sets one.
    ///
    /// # Errors
    /// What is wrong with the name or the value, and what would be right.
    pub fn set(&mut self, id: &str, value: f64) -> Result<(), (String, String)> {
        let Some(known) = self.table.iter().find(|t| t.id == id) else {
            let ids = || self.table.iter().map(|t| t.id);
            let near = nearest(id, ids()).map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
            let all = ids().map(|a| format!("`{a}`")).collect::<Vec<_>>().join(", ");
            return Err((format!("there is no {} `{id}`", self.noun), format!("{near}Allowed: {all}")));
        };
        if !(known.least..=known.most).contains(&value) {
            let range = match (known.most <= 1.0, known.most < COUNT) {
                (true, _) => format!("a share, {} to {}", known.least, known.most),
                (false, true) => format!("a number, {} to {}", known.least, known.most),
                (false, false) => format!("a number, {} or more", known.least),
            };
            return Err((format!("{} `{id}` is {value}", self.noun), format!("it is {range}: {}", known.meaning)));
        }
        self.set.push((known.id, value));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_holds_and_what_is_wrong_is_told() {
        let mut thresholds = Thresholds::default();
        assert_eq!(thresholds.of(&COHESION_SERVICE), 0.7);
        thresholds.set("cohesion-service", 0.9).expect("a share");
        assert_eq!(thresholds.of(&COHESION_SERVICE), 0.9);
        let (message, help) = thresholds.set("cohesion-servce", 1.5).expect_err("no such name");
        assert!(message.contains("`cohesion-servce`") && help.starts_with("did you mean `cohesion-service`"), "{message} {help}");
        let (message, help) = thresholds.set("team-fit", 1.5).expect_err("no share");
        assert!(message.contains("1.5") && help.contains("0 to 1"), "{message} {help}");
        assert!(thresholds.set("lines-crate", f64::NAN).is_err());
        let mut cost = Thresholds::of_cost();
        assert!(cost.set("servers", 0.0).expect_err("none").1.starts_with("it is a number, 1 to 10000"));
        assert!(cost.set("utilisation", 1.0).expect_err("full").1.starts_with("it is a share, 0 to 0.99"));
        assert!(cost.set("team-fit", 0.5).expect_err("another table").0.starts_with("there is no assumption"));
        assert!(cost.table().iter().all(|a| (a.least..=a.most).contains(&a.default)));
    }
}
