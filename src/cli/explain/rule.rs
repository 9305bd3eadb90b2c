//! What a rule means and how to fix what it finds: the rule's own words.

use super::{BOLD, DIM};
use crate::check::rules::Rule;
use crate::report::text::wrap;

pub(super) fn explain(rule: &Rule) -> String {
    let mut out = format!("{BOLD}{}{BOLD:#} {DIM}({} unless configured){DIM:#}\n", rule.id, rule.level.name());
    out.push_str(&format!("  {}\n", wrap(rule.summary, 2)));
    for paragraph in rule.docs.split("\n\n") {
        out.push_str(&format!("\n{}\n", wrap(paragraph, 0)));
    }
    out.push_str(&format!("\n{}\n", wrap(&format!("In seamline.toml: [rules] {} = \"allow\", \"warn\" or \"deny\".", rule.id), 0)));
    out
}
