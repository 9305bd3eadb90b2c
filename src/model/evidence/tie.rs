//! What evidence says about which modules belong together.

use crate::model::ids::ModuleId;
use crate::model::place::Site;
use serde::{Deserialize, Serialize};

/// Modules that something holds together.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Tie {
    /// Name of the source that says so.
    pub source: String,
    /// What holds them together: `table orders`, `POST /orders`.
    pub subject: String,
    /// The modules, sorted, each with how strongly it is held, above 0.
    pub members: Vec<(ModuleId, f64)>,
    /// Where that can be seen, a few places, sorted.
    pub sites: Vec<Site>,
}
