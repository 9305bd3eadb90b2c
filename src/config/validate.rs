//! From the configuration as written to one that the stages can rely on.
//!
//! Takes a [`Source`]; gives a [`Config`]. Invariants: words are checked against the tables that define them ([`RULES`],
//! [`cluster::ALGORITHMS`], [`Level::ALL`]), so that nothing here has to be kept in step with them.

use super::bonds::{self, Bond, Kind};
use super::claims::{Claim, Holder, PlacedPattern};
use super::pattern::Pattern;
use super::raw::{Raw, RawBond, RawCluster, RawNumber, RawService, RawTolerance, RawWeight};
use super::source::Source;
use super::{Config, ConfigError};
use crate::advise::Thresholds;
use crate::check::Policy;
use crate::check::rules::RULES;
use crate::cluster;
use crate::model::finding::Level;
use crate::model::nearest;
use std::collections::BTreeMap;
use toml::Spanned;

/// Everything checked but what needs the code.
pub(super) fn validate(source: Source) -> Result<Config, ConfigError> {
    let raw = source.parse()?;
    let mut claims: Vec<Claim> = Vec::new();
    for service in &raw.service {
        let claim = service_claim(&source, service)?;
        if claims.iter().any(|c| c.is_service(service.name.get_ref())) {
            let message = format!("service `{}` is written twice", service.name.get_ref());
            return Err(source.error(&service.name.span(), message, Some("put all its patterns into one `include`".into())));
        }
        claims.push(claim);
    }
    for (holder, modules) in [(Holder::Shared, &raw.shared), (Holder::Glue, &raw.glue)] {
        claims.push(Claim { holder, owner: None, include: patterns(&source, &modules.include)? });
    }
    let together = raw.together.iter().map(|written| bond(&source, written, Kind::Together));
    let bonds = together.chain(raw.apart.iter().map(|written| bond(&source, written, Kind::Apart))).collect::<Result<_, _>>()?;
    let policy = policy(&source, &raw)?;
    let cluster = clustering(&source, &raw.cluster)?;
    let mut config = Config { policy, cluster, claims, bonds, ..Config::default() };
    config.evidence.spans.clone_from(&raw.traces);
    for (name, weight) in &raw.evidence {
        let name = one_of(&source, "source of evidence", name, Config::sources())?;
        weigh(&mut config, name, *weight.get_ref())
            .map_err(|help| source.error(&weight.span(), format!("the weight of `{name}` cannot be this"), Some(help.into())))?;
    }
    numbers(&source, &raw.advice, &mut config.advice.thresholds)?;
    numbers(&source, &raw.cost, &mut config.advice.cost)?;
    if !config.advice.rtt_is_in_order() {
        let written = |wanted: &str| raw.cost.iter().find(|(name, _)| name.get_ref() == wanted).map(|(_, value)| value.span());
        let span = written("rtt-p99-ms").or_else(|| written("rtt-ms")).unwrap_or_default();
        let help = "most answers come within the median, all but one of a hundred within `rtt-p99-ms`: set both, `rtt-p99-ms` no lower than `rtt-ms`";
        return Err(source.error(&span, "the 99th percentile of the round trip is below its median", Some(help.into())));
    }
    config.source = Some(source);
    Ok(config)
}

/// The numbers of one table.
fn numbers(source: &Source, written: &BTreeMap<Spanned<String>, Spanned<RawNumber>>, into: &mut Thresholds) -> Result<(), ConfigError> {
    for (name, value) in written {
        let number = match *value.get_ref() {
            RawNumber::Whole(number) => f64::from(number),
            RawNumber::Part(number) => number,
        };
        // Where the name is known, it is the number that is wrong.
        let is_known = into.table().iter().any(|t| t.id == name.get_ref());
        let refused = |(message, help)| source.error(&if is_known { value.span() } else { name.span() }, message, Some(help));
        into.set(name.get_ref(), number).map_err(refused)?;
    }
    Ok(())
}

fn service_claim(source: &Source, service: &RawService) -> Result<Claim, ConfigError> {
    let name = service.name.get_ref();
    let kebab = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !name.split('-').all(kebab) {
        let help = "use lower-case letters, digits and single dashes between them, such as `user-auth`";
        return Err(source.error(&service.name.span(), format!("`{name}` is not a name for a service"), Some(help.into())));
    }
    if service.include.get_ref().is_empty() {
        let help = "name modules, such as `include = [\"shop::orders::**\"]`";
        return Err(source.error(&service.include.span(), format!("service `{name}` includes nothing"), Some(help.into())));
    }
    let include = patterns(source, service.include.get_ref())?;
    Ok(Claim { holder: Holder::Service(name.clone()), owner: service.owner.clone(), include })
}

fn bond(source: &Source, written: &RawBond, kind: Kind) -> Result<Bond, ConfigError> {
    let include = written.include.get_ref();
    let help = match kind {
        Kind::Together => "name what belongs together, such as `include = [\"shop::orders::**\", \"shop::invoices\"]`",
        Kind::Apart => "name both sides, such as `include = [\"shop::orders::**\", \"shop::catalog::**\"]`: each pattern is a side",
    };
    let fewest = bonds::fewest(kind);
    if include.len() < fewest {
        let message = format!("[[{}]] includes too little: {} of at least {fewest} patterns", kind.name(), include.len());
        return Err(source.error(&written.include.span(), message, Some(help.into())));
    }
    Ok(Bond { kind, include: patterns(source, include)?, reason: written.reason.clone() })
}

fn patterns(source: &Source, written: &[Spanned<String>]) -> Result<Vec<PlacedPattern>, ConfigError> {
    let read = |text: &Spanned<String>| {
        let pattern = Pattern::parse(text.get_ref()).map_err(|message| {
            let help = "a pattern is a module id in which `*` stands for a run of characters and `**` for any segments: `shop::orders::**`";
            source.error(&text.span(), message, Some(help.into()))
        })?;
        Ok((pattern, source.place(&text.span())))
    };
    written.iter().map(read).collect()
}

fn policy(source: &Source, raw: &Raw) -> Result<Policy, ConfigError> {
    let mut policy = Policy::default();
    for (rule, level) in &raw.rules {
        let rule = one_of(source, "rule", rule, RULES.iter().map(|r| r.id))?;
        policy.levels.insert(rule.to_owned(), self::level(source, level)?);
    }
    if let Some(stale) = &raw.stale {
        policy.stale = level(source, stale)?;
    }
    let RawTolerance { propagation_cost, efferent } = &raw.tolerance;
    if let Some(share) = propagation_cost {
        let value = *share.get_ref();
        if !(0.0..=1.0).contains(&value) {
            let help = "it is a share of module pairs, 0 to 1: 0.01 lets it rise by one percentage point";
            return Err(source.error(&share.span(), format!("tolerance `propagation-cost` is {value}"), Some(help.into())));
        }
        policy.propagation_cost_tolerance = value;
    }
    if let Some(count) = efferent {
        policy.ce_tolerance = *count.get_ref();
    }
    Ok(policy)
}

fn weigh(config: &mut Config, name: &str, weight: RawWeight) -> Result<(), &'static str> {
    let weight = match weight {
        // It counts as it is.
        RawWeight::Counts(true) => return Ok(()),
        RawWeight::Counts(false) => None,
        RawWeight::Whole(weight) => Some(f64::from(weight)),
        RawWeight::Part(weight) => Some(weight),
    };
    config.weigh(name, weight)
}

fn clustering(source: &Source, raw: &RawCluster) -> Result<cluster::Options, ConfigError> {
    let mut options = cluster::Options::default();
    if let Some(name) = &raw.algorithm {
        options.algorithm = one_of(source, "algorithm", name, cluster::ALGORITHMS.iter().map(|a| a.name()))?.to_owned();
    }
    if let Some(resolution) = &raw.resolution {
        let value = *resolution.get_ref();
        if !(value.is_finite() && value > 0.0) {
            let help = "a number above 0; 1 is the usual, higher gives more and smaller services";
            return Err(source.error(&resolution.span(), format!("resolution is {value}"), Some(help.into())));
        }
        options.resolution = Some(value);
    }
    if let Some(services) = &raw.services {
        if *services.get_ref() == 0 {
            return Err(source.error(&services.span(), "there cannot be 0 services", Some("leave it out to let the code decide".into())));
        }
        if let Some(resolution) = &raw.resolution {
            let message = "`resolution` and `services` both say how fine to cut";
            return Err(source.error(&resolution.span(), message, Some("keep one of them".into())));
        }
        options.services = Some(*services.get_ref());
    }
    Ok(options)
}

fn level(source: &Source, written: &Spanned<String>) -> Result<Level, ConfigError> {
    let name = one_of(source, "level", written, Level::ALL.iter().map(|l| l.name()))?;
    Ok(Level::from_name(name).unwrap_or(Level::Deny))
}

/// The word as its table has it.
fn one_of<'t>(
    source: &Source,
    what: &str,
    written: &Spanned<String>,
    allowed: impl Iterator<Item = &'t str> + Clone,
) -> Result<&'t str, ConfigError> {
    let word = written.get_ref().as_str();
    if let Some(known) = allowed.clone().find(|a| *a == word) {
        return Ok(known);
    }
    let near = nearest(word, allowed.clone()).map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
    let all = allowed.map(|a| format!("`{a}`")).collect::<Vec<_>>().join(", ");
    Err(source.error(&written.span(), format!("there is no {what} `{word}`"), Some(format!("{near}Allowed: {all}"))))
}
