//! Which modules the user has decided on: members of a named service, shared, or glue.
//!
//! Takes claims with their patterns and a code base; gives the clusterer's options and a warning for each pattern that means nothing.
//! Invariant: no module is held twice; where two claims mean one module, that is an error which names both.

use super::ConfigError;
use super::pattern::Pattern;
use super::source::Source;
use crate::cluster::{Options, Pin};
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::ids::ModuleId;
use crate::model::nearest;
use crate::model::place::Site;
use std::fmt;

/// Patterns that say whose some modules are.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub holder: Holder,
    pub owner: Option<String>,
    pub include: Vec<PlacedPattern>,
}

/// A pattern with the line and column at which it is written.
pub(super) type PlacedPattern = (Pattern, (u32, u32));

/// Who holds the modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    Service(String),
    Shared,
    Glue,
}

impl Claim {
    pub(super) fn is_service(&self, name: &str) -> bool {
        matches!(&self.holder, Holder::Service(own) if own == name)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Service(name) => write!(f, "service `{name}`"),
            Holder::Shared => f.write_str("[shared]"),
            Holder::Glue => f.write_str("[glue]"),
        }
    }
}

/// Gives each claim its modules.
pub(super) fn settle(
    claims: &[Claim],
    source: &Source,
    codebase: &Codebase,
    mut options: Options,
) -> Result<(Options, Vec<Diagnostic>), ConfigError> {
    // For each module the claim that holds it, with the pattern that did it.
    let mut held: Vec<Option<(usize, usize)>> = vec![None; codebase.modules.len()];
    let mut warnings = Vec::new();
    for (c, claim) in claims.iter().enumerate() {
        let mut modules = Vec::new();
        for (p, (pattern, place)) in claim.include.iter().enumerate() {
            let meant: Vec<usize> = (0..codebase.modules.len()).filter(|&m| pattern.matches(&codebase.modules[m].id)).collect();
            if meant.is_empty() {
                warnings.push(unmatched(source, codebase, &claim.holder.to_string(), pattern, place.0));
            }
            for m in meant {
                match held[m] {
                    None => {
                        held[m] = Some((c, p));
                        modules.push(ModuleId::from(m));
                    }
                    Some((other, by)) if other != c => {
                        let (first, (line, column)) = &claims[other].include[by];
                        return Err(ConfigError::Invalid {
                            file: source.shown.clone(),
                            line: place.0,
                            column: place.1,
                            message: format!("module `{}` is in {} and in {}", codebase.modules[m].id, claims[other].holder, claim.holder),
                            excerpt: String::new(),
                            help: Some(format!(
                                "`{}` here and `{}` at {}:{line}:{column} both mean it: make one of them narrower",
                                pattern.text(),
                                first.text(),
                                source.shown
                            )),
                        });
                    }
                    Some(_) => {}
                }
            }
        }
        match &claim.holder {
            Holder::Service(name) => options.pins.push(Pin { name: name.clone(), modules }),
            Holder::Shared => options.shared = modules,
            Holder::Glue => options.glue = modules,
        }
    }
    // A pin that holds nothing would still make a service of that name.
    options.pins.retain(|pin| !pin.modules.is_empty());
    Ok((options, warnings))
}

/// A pattern of `holder` that means nothing.
pub(super) fn unmatched(source: &Source, codebase: &Codebase, holder: &str, pattern: &Pattern, line: u32) -> Diagnostic {
    let near = nearest(pattern.text(), codebase.modules.iter().map(|m| m.id.as_str()));
    let help = near.map_or_else(
        || "module ids stand in report.md and analysis.json; a pattern must match all of one".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("pattern `{}` of {} matches no module", pattern.text(), holder);
    let warning = |message: String| Diagnostic::warning("unmatched-pattern", message).help(help.clone());
    match &source.relative {
        Some(file) => warning(message).at(Site::new(file.clone(), line)),
        // A file from elsewhere has no place below the root, and its path is nobody's business in a report.
        None => warning(format!("configuration, line {line}: {message}")),
    }
}
