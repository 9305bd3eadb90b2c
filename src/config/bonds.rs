//! Which modules share a service whatever it is, and which never do: `[[together]]` and `[[apart]]`.
//!
//! Takes bonds with their patterns and a code base; adds them to the clusterer's options, with a warning for each pattern that means
//! nothing. Invariant: what is handed on can be kept: two services for what is together, one service for what is apart, or a module on two
//! sides is an error that names the places.

use super::ConfigError;
use super::claims::{PlacedPattern, unmatched};
use super::source::Source;
use crate::cluster::{self, Options};
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::ids::ModuleId;
use std::collections::BTreeMap;

/// As it is written.
#[derive(Clone, Debug)]
pub(super) struct Bond {
    pub kind: Kind,
    /// Of [`Kind::Apart`], each is a side.
    pub include: Vec<PlacedPattern>,
    pub reason: Option<String>,
}

/// What is wanted of the modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Together,
    Apart,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Together => "together",
            Kind::Apart => "apart",
        }
    }
}

/// Gives each bond its modules.
pub(super) fn settle(
    bonds: &[Bond],
    source: &Source,
    codebase: &Codebase,
    mut options: Options,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Options, ConfigError> {
    let mut settled = Settled::new(codebase, &options);
    // What is together must be known before it is asked what is apart.
    let (together, apart): (Vec<&Bond>, Vec<&Bond>) = bonds.iter().partition(|b| b.kind == Kind::Together);
    for bond in together.into_iter().chain(apart) {
        let mut sides: Vec<Vec<ModuleId>> = Vec::new();
        for (pattern, place) in &bond.include {
            let is_meant = |m: &usize| pattern.matches(&codebase.modules[*m].id);
            let modules: Vec<ModuleId> = (0..codebase.modules.len()).filter(is_meant).map(ModuleId::from).collect();
            if modules.is_empty() {
                warnings.push(unmatched(source, codebase, &format!("[[{}]]", bond.kind.name()), pattern, place.0));
            }
            sides.push(modules);
        }
        let checked = match bond.kind {
            Kind::Together => settled.join(&sides.concat()),
            Kind::Apart => settled.part(&sides),
        };
        let place = bond.include.first().map_or((1, 1), |(_, place)| *place);
        checked.map_err(|message| contradiction(source, place, message))?;
        if sides.iter().filter(|side| !side.is_empty()).count() >= fewest(bond.kind) {
            let patterns: Vec<&str> = bond.include.iter().map(|(pattern, _)| pattern.text()).collect();
            let kept = cluster::Bond { patterns: patterns.join(", "), reason: bond.reason.clone(), sides };
            match bond.kind {
                Kind::Together => options.together.push(kept),
                Kind::Apart => options.apart.push(kept),
            }
        }
    }
    Ok(options)
}

/// How many patterns have to mean something for a bond to say anything.
pub(super) fn fewest(kind: Kind) -> usize {
    match kind {
        Kind::Together => 1,
        Kind::Apart => 2,
    }
}

/// What is decided so far.
struct Settled<'a> {
    codebase: &'a Codebase,
    services: Vec<String>,
    /// `[shared]` and `[glue]`: no service holds them.
    unheld: Vec<ModuleId>,
    /// For each module one that shares its service; the first of all names itself.
    with: Vec<usize>,
    /// For the first of all, the position of the service that they are pinned to.
    pinned: Vec<Option<usize>>,
}

impl<'a> Settled<'a> {
    fn new(codebase: &'a Codebase, options: &Options) -> Self {
        let modules = codebase.modules.len();
        let mut settled = Settled {
            codebase,
            services: options.pins.iter().map(|pin| pin.name.clone()).collect(),
            unheld: options.shared.iter().chain(&options.glue).copied().collect(),
            with: (0..modules).collect(),
            pinned: vec![None; modules],
        };
        for (at, pin) in options.pins.iter().enumerate() {
            for module in &pin.modules {
                let first = pin.modules[0].index();
                settled.with[module.index()] = first;
                settled.pinned[first] = Some(at);
            }
        }
        settled
    }

    fn first(&self, module: ModuleId) -> usize {
        let mut at = module.index();
        while self.with[at] != at {
            at = self.with[at];
        }
        at
    }

    fn id(&self, module: ModuleId) -> &str {
        &self.codebase.modules[module.index()].id
    }

    fn held(&self, modules: &[ModuleId], kind: Kind) -> Result<(), String> {
        match modules.iter().find(|m| self.unheld.contains(m)) {
            Some(&m) => {
                Err(format!("module `{}` is in [shared] or [glue], which no service holds, and in [[{}]]", self.id(m), kind.name()))
            }
            None => Ok(()),
        }
    }

    fn join(&mut self, modules: &[ModuleId]) -> Result<(), String> {
        self.held(modules, Kind::Together)?;
        let Some((&one, rest)) = modules.split_first() else { return Ok(()) };
        for &other in rest {
            let (a, b) = (self.first(one), self.first(other));
            if a == b {
                continue;
            }
            if let (Some(x), Some(y)) = (self.pinned[a], self.pinned[b]) {
                let (x, y) = (&self.services[x], &self.services[y]);
                return Err(format!("`{}` of service `{x}` and `{}` of service `{y}` cannot be together", self.id(one), self.id(other)));
            }
            self.pinned[a] = self.pinned[a].or(self.pinned[b]);
            self.with[b] = a;
        }
        Ok(())
    }

    fn part(&self, sides: &[Vec<ModuleId>]) -> Result<(), String> {
        let mut side_of: BTreeMap<usize, (usize, ModuleId)> = BTreeMap::new();
        for (at, side) in sides.iter().enumerate() {
            self.held(side, Kind::Apart)?;
            for &module in side {
                match *side_of.entry(self.first(module)).or_insert((at, module)) {
                    (other, same) if other != at && same == module => {
                        return Err(format!("module `{}` is on two sides of [[apart]]", self.id(module)));
                    }
                    (other, with) if other != at => {
                        return Err(format!(
                            "`{}` and `{}` share a service by decision, and cannot be apart",
                            self.id(with),
                            self.id(module)
                        ));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

fn contradiction(source: &Source, (line, column): (u32, u32), message: String) -> ConfigError {
    ConfigError::Invalid {
        file: source.shown.clone(),
        line,
        column,
        message,
        excerpt: String::new(),
        help: Some("each module has one place: make a pattern here, of [[service]], [shared] or [glue] narrower".into()),
    }
}
