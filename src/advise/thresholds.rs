//! The numbers against which advice is held: what each means, where it comes from, and what a team can set it to.
//!
//! Takes nothing; gives [`THRESHOLDS`], of which every verdict names those that it was held against, and [`Thresholds`], their values. Invariants: a
//! value is within its range; a sentence that rests on one holds its value.

use crate::model::nearest;

/// A number against which something is held.
#[derive(Debug)]
pub struct Threshold {
    /// Key in the table `[advice]` of `seamline.toml`.
    pub id: &'static str,
    /// What it is for, in half a sentence.
    pub meaning: &'static str,
    /// What holds if nobody says otherwise.
    pub default: f64,
    /// The most it can be; 1 for shares, no end for what is counted.
    pub most: f64,
    /// Why this number.
    pub source: &'static str,
}

const COUNT: f64 = 1e9;

/// What the tool's own authors chose; a team knows better.
const OURS: &str = "rule of thumb, to be set by the team";

macro_rules! thresholds {
    ($($name:ident $id:literal $default:literal of $most:expr, $meaning:literal, $source:expr;)*) => {
        $(
            #[doc = $meaning]
            pub(crate) const $name: Threshold = Threshold { id: $id, meaning: $meaning, default: $default, most: $most, source: $source };
        )*
        /// All of them, in the order in which they are asked.
        pub const THRESHOLDS: &[&Threshold] = &[$(&$name),*];
    };
}

thresholds! {
    COHESION_KEPT "cohesion-kept" 0.4 of 1.0, "below this share of references that stay inside, a candidate is no unit and is kept",
        "below one half, more leaves than stays (Fowler and Lewis 2014: services are drawn along what changes and works together)";
    COHESION_SERVICE "cohesion-service" 0.7 of 1.0, "from this share of references that stay inside, a candidate can stand alone",
        OURS;
    LINES_CRATE "lines-crate" 120.0 of COUNT, "a candidate with fewer lines is not worth a crate", OURS;
    LINES_SERVICE "lines-service" 300.0 of COUNT, "a candidate with fewer lines is not worth a deployable", OURS;
    SHARE_SERVICE "share-service" 0.05 of 1.0, "a candidate with a smaller share of all lines is not worth a deployable",
        "a deployable costs about the same to run whatever is in it";
    WAITED_ITEMS "waited-items" 15.0 of COUNT, "a candidate that waits for more items of others has too wide an interface for a wire", OURS;
    CHATTY_SEAMS "chatty-seams" 0.0 of COUNT, "more seams than this on which a loop or an open transaction makes many calls stand against a service",
        "a call over a network costs a thousand times one in memory (Deutsch's fallacies: latency is not zero)";
    SPLIT_TRANSACTIONS "split-transactions" 0.25 of 1.0,
        "above this share of its transactions that would span services, a candidate stays in the process",
        "what is consistent at once belongs into one service (Evans 2003, aggregates; Richardson 2018, ch. 4)";
    CHANGE_LOCALITY "change-locality" 0.4 of 1.0,
        "below this share of commits that touch no other candidate, a candidate is not released alone",
        "closed against change (Martin 2003, common closure); `BCP` of the literature";
    COMMITS "commits" 20.0 of COUNT, "with fewer commits, the history of a candidate says nothing", OURS;
    TEAM_FIT "team-fit" 0.5 of 1.0, "below this share of its modules with one owner, no team can release a candidate alone",
        "Conway 1968; Skelton and Pais 2019: a service has one team";
    SCALING_NEED "scaling-need" 0.2 of 1.0, "from this share of the recorded work, a candidate gains from being scaled alone", OURS;
    FAULT_ISOLATION "fault-isolation" 0.5 of 1.0, "below this share of entry points that would go on without it, parting a candidate isolates little",
        "a bulkhead keeps some of the ship afloat (Nygard 2018)";
    REDESIGN "redesign" 0.25 of 1.0, "above this share of waited-for items that no wire can carry as they are, a candidate is not separable yet", OURS;
    SYSTEM_LINES "system-lines" 1_000.0 of COUNT, "a code base with fewer lines is run by one team as it is", OURS;
    SYSTEM_SERVICES "system-services" 2.0 of COUNT, "so many services must be worth it before the whole is split", OURS;
    SYSTEM_CROSSING "system-crossing" 0.5 of 1.0, "above this share of references between candidates, the boundaries are not drawn yet", OURS;
    SYSTEM_SHARED "system-shared" 0.2 of 1.0, "above this share of all lines, shared code ties the services together whatever else is cut", OURS;
    MESH_SERVICES "mesh-services" 10.0 of COUNT, "with fewer services, a mesh is one more system to run", OURS;
    MESH_EDGES "mesh-edges" 20.0 of COUNT, "with fewer synchronous edges between services, there is little for a mesh to govern", OURS;
}

/// The values that hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thresholds {
    /// Those that were set, by id; the last one holds.
    set: Vec<(&'static str, f64)>,
}

impl Thresholds {
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
        let Some(known) = THRESHOLDS.iter().find(|t| t.id == id) else {
            let ids = || THRESHOLDS.iter().map(|t| t.id);
            let near = nearest(id, ids()).map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
            let all = ids().map(|a| format!("`{a}`")).collect::<Vec<_>>().join(", ");
            return Err((format!("there is no threshold `{id}`"), format!("{near}Allowed: {all}")));
        };
        if !(0.0..=known.most).contains(&value) {
            let range = if known.most <= 1.0 { "a share, 0 to 1" } else { "a number, 0 or more" };
            return Err((format!("threshold `{id}` is {value}"), format!("it is {range}: {}", known.meaning)));
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
    }
}
