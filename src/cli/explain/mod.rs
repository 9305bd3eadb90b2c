//! `seamline explain`: what a rule means; why a module is where it is; what a service holds and why; who owns a table; why the verdict is what it is.
//!
//! Takes a name; gives what is known about it. A rule needs no code; for a module, service or table the code is analysed, or a saved
//! analysis is read. A name that is none of these is answered with the nearest that is one.

mod crossing;
mod module;
mod rule;
mod service;
mod table;
mod verdict;

use super::Context;
use super::exit::{Exit, Failure};
use super::input::{Input, saved};
use crate::advise::THRESHOLDS;
use crate::check::rules::{self, RULES};
use crate::config::Config;
use crate::model::analysis::Analysis;
use crate::model::ids::ServiceId;
use crate::model::nearest;
use anstyle::Style;
use std::path::PathBuf;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Explain a rule, a module, a service, a crossing, a table or the verdict
///
/// A rule: what it means and how to fix it. A module: what it is for, which service it is in and why, its figures, what it uses and
/// what uses it. A service: what it holds, why, and how it should talk to the others. A crossing, `FROM -> TO`: what crosses, and item
/// by item how it should and what that takes. A table: who owns it, who writes and reads it where, and what becomes of it, of its keys
/// and of the transactions around it. `verdict`: what is advised for the whole, and which criteria each candidate meets and misses. A number of
/// the table `[advice]`: what it is for, and why it is what it is.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Id of a rule, a module or a service, two services with an arrow between them, name of a table, `verdict`, or name of a number of `[advice]`
    name: String,
    /// Folder or manifest of a package or workspace [default: the current folder]
    path: Option<PathBuf>,
    /// A saved analysis.json, in the place of PATH
    #[arg(long, value_name = "FILE", conflicts_with = "path")]
    from: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let name = arguments.name.as_str();
    if let Some(rule) = rules::rule(name) {
        context.terminal.result(&rule::explain(rule))?;
        return Ok(Exit::Pass);
    }
    if let Some(threshold) = verdict::threshold(name) {
        context.terminal.result(&verdict::explain_threshold(threshold))?;
        return Ok(Exit::Pass);
    }
    let (analysis, config) = match &arguments.from {
        Some(file) => (saved(context, file)?, Config::default()),
        None => {
            let input = Input::open(context, arguments.path.as_deref())?;
            let analysis = input.analyzed(context)?;
            (analysis, input.config)
        }
    };
    if let Some((from, to)) = crossing::ends(name) {
        let at = |id: &str| analysis.plan.services.iter().position(|s| s.id == id).map(ServiceId::from);
        let (Some(one), Some(other)) = (at(from), at(to)) else {
            return Err(unknown(&analysis, if at(from).is_none() { from } else { to }));
        };
        let Some(found) = analysis.plan.crossings.iter().find(|c| (c.from, c.to) == (one, other)) else {
            let back = analysis.plan.crossings.iter().any(|c| (c.from, c.to) == (other, one));
            let help = if back {
                format!("`{to} -> {from}` is one")
            } else {
                "`seamline explain SERVICE` lists the crossings of a service".to_owned()
            };
            return Err(Failure::usage(format!("nothing of `{from}` refers to `{to}`: there is no such crossing")).help(help));
        };
        context.terminal.result(&crossing::explain(&analysis, found))?;
        return Ok(Exit::Pass);
    }
    let service = analysis.plan.services.iter().position(|s| s.id == name);
    let module = analysis.modules.binary_search_by(|m| m.id.as_str().cmp(name)).ok();
    // A crate or a table may be named as a service is: all are meant, then.
    let texts: Vec<String> = (service.map(|s| service::explain(&analysis, s.into(), &config)).into_iter())
        .chain(module.map(|m| module::explain(&analysis, m.into())))
        .chain(table::named(&analysis, name).into_iter().map(|t| table::explain(&analysis, t)))
        .collect();
    if texts.is_empty() && name == verdict::NAME {
        context.terminal.result(&verdict::explain(&analysis))?;
        return Ok(Exit::Pass);
    }
    if texts.is_empty() {
        return Err(unknown(&analysis, name));
    }
    context.terminal.result(&texts.join("\n"))?;
    Ok(Exit::Pass)
}

/// The nearest names: by spelling, or modules whose id ends so.
fn unknown(analysis: &Analysis, name: &str) -> Failure {
    let ending = format!("::{}", name.trim_start_matches("::"));
    let modules = || analysis.modules.iter().map(|m| m.id.as_str());
    let services = analysis.plan.services.iter().map(|s| s.id.as_str());
    let tables = analysis.plan.data.tables.iter().map(|t| t.table.as_str());
    let mut offered: Vec<&str> = modules().filter(|id| id.ends_with(&ending)).take(5).collect();
    if offered.is_empty() {
        let last = name.rsplit("::").next().unwrap_or(name);
        let same_last = nearest(last, modules().filter_map(|id| id.rsplit("::").next()));
        let by_last = same_last.and_then(|last| modules().find(|id| id.rsplit("::").next() == Some(last)));
        offered.extend(
            nearest(
                name,
                RULES
                    .iter()
                    .map(|r| r.id)
                    .chain(THRESHOLDS.iter().map(|t| t.id))
                    .chain([verdict::NAME])
                    .chain(services)
                    .chain(tables)
                    .chain(modules()),
            )
            .or(by_last),
        );
    }
    let offered: Vec<String> = offered.iter().map(|o| format!("`{o}`")).collect();
    let help = if offered.is_empty() {
        let services: Vec<&str> = analysis.plan.services.iter().map(|s| s.id.as_str()).collect();
        format!("services here: {}; rules: {}", services.join(", "), RULES.iter().map(|r| r.id).collect::<Vec<_>>().join(", "))
    } else {
        format!("did you mean {}?", offered.join(" or "))
    };
    Failure::usage(format!("there is no rule, module, service or table `{name}`")).help(help)
}
