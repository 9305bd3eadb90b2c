//! `seamline init`: a commented configuration, from what the code shows.

use super::Context;
use super::exit::{Exit, Failure};
use super::input::{Input, saved};
use crate::advise::{ASSUMPTIONS, THRESHOLDS};
use crate::check::Policy;
use crate::check::rules::RULES;
use crate::cluster;
use crate::config::Config;
use crate::host::Host;
use crate::model::analysis::{Analysis, ModuleRow};
use crate::model::partition::Role;
use crate::report::escape::plain;
use std::fmt::Write;
use std::path::PathBuf;

/// Write a commented seamline.toml from what the code shows
///
/// Everything in it is either the default or commented out: it changes nothing until it is edited. With --from, the proposal of an earlier
/// analysis is written as decided: from then on its boundaries are kept, and `seamline check` guards them. Refuses to replace a configuration.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Folder or manifest of a package or workspace [default: the current folder]
    path: Option<PathBuf>,
    /// Write the services that this analysis.json proposes as decided, instead of analysing
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let input = Input::open(context, arguments.path.as_deref())?;
    if let Some(file) = input.config.file() {
        return Err(
            Failure::usage(format!("{file}: there is a configuration already; nothing was written")).help("edit it, or remove it first")
        );
    }
    let analysis = match &arguments.from {
        Some(earlier) => {
            let analysis = saved(context, earlier)?;
            // Patterns over the modules of other code would be kept for nothing.
            if let Some(gone) = analysis.modules.iter().map(|m| &m.file).find(|f| !context.host.is_file(&input.file(f))) {
                let message =
                    format!("{}: this is an analysis of another tree: it has {}, which is not here", earlier.display(), plain(gone));
                return Err(Failure::usage(message).help("analyse this tree first: `seamline analyze`"));
            }
            analysis
        }
        None => {
            let analysis = input.analyzed(context)?;
            context.terminal.diagnostics(&analysis.diagnostics, &input.root);
            analysis
        }
    };
    let accepted = arguments.from.is_some();
    let file = input.file("seamline.toml");
    context
        .host
        .write(&file, template(&analysis, accepted).as_bytes())
        .map_err(|e| Failure::usage(format!("{}: not written: {e}", file.display())))?;
    let effect = if accepted { "its services are decided from now on" } else { "it changes nothing until you edit it" };
    context.terminal.note(&format!("{}: written; {effect}", file.display()));
    Ok(Exit::Pass)
}

/// Prose begins with `# ` and a word; a setting that is switched off begins with `#` alone.
fn template(analysis: &Analysis, accepted: bool) -> String {
    let mut out = String::from(
        "# What seamline is told about this code base. Every key is optional; an unknown one is an error.\n\
         # Lines with a setting right after the `#` are switched off: take the `#` away.\n\n",
    );
    gate(&mut out);
    clustering(&mut out);
    evidence(&mut out);
    advice(&mut out);
    out.push_str(
        "# Modules are named by patterns over their ids: `*` stands for a run of characters within one segment, `**` for any\n\
         # number of segments, none included. `shop::orders::**` is `shop::orders` and all below it.\n\n",
    );
    services(analysis, accepted, &mut out);
    out.push_str(
        "# What shares a service, whichever it is; and what never does: each pattern is a side.\n\
         #[[together]]\n#include = [\"shop::orders::**\", \"shop::invoices\"]\n#reason = \"\"\n\
         #[[apart]]\n#include = [\"shop::orders::**\", \"shop::catalog::**\"]\n#reason = \"\"\n\n",
    );
    for (table, role, prose) in [
        (
            "shared",
            Role::Shared,
            "# Modules that several services use and none owns: a library, never a service. Found, beside what you name here:\n",
        ),
        ("glue", Role::Glue, "# Modules that only wire others together: each service gets its own. Found, beside what you name here:\n"),
    ] {
        out.push_str(prose);
        for module in analysis.modules.iter().filter(|m| m.role == role) {
            let _ = writeln!(out, "# · {} ({})", plain(&module.id), plain(&module.role_because));
        }
        let wanted = |m: &ModuleRow| m.role == role;
        let decided = if accepted { patterns(&analysis.modules, &wanted) } else { Vec::new() };
        let decided: Vec<String> = decided.iter().map(|p| format!("\n    \"{}\",", plain(p))).collect();
        let end = if decided.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "[{table}]\ninclude = [{}{end}]\n", decided.concat());
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn gate(out: &mut String) {
    let policy = Policy::default();
    out.push_str("# What `seamline check` does with entries of the baseline that are gone from the code: allow, warn or deny.\n");
    let _ = writeln!(out, "stale = \"{}\"\n", policy.stale.name());
    out.push_str("# What it does where coupling rises: allow, warn or deny. `seamline explain RULE` says more.\n[rules]\n");
    for rule in RULES {
        let _ = writeln!(out, "# {}\n{} = \"{}\"", rule.summary, rule.id, rule.level.name());
    }
    let _ = writeln!(
        out,
        "\n[tolerance]\n# By how much the propagation cost may rise, as a share of module pairs.\npropagation-cost = {}\n\
         # By how many services the Ce of one may rise.\nefferent = {}\n",
        policy.propagation_cost_tolerance, policy.ce_tolerance
    );
}

fn clustering(out: &mut String) {
    out.push_str("[cluster]\n");
    for algorithm in cluster::ALGORITHMS {
        let _ = writeln!(out, "# {}: {}", algorithm.name(), algorithm.summary());
    }
    let _ = writeln!(out, "algorithm = \"{}\"", cluster::Options::default().algorithm);
    out.push_str(
        "# Higher gives more and smaller services. Without it, what is stable decides.\n#resolution = 1.0\n\
         # How many services are wanted, as far as the code supports it; in the place of `resolution`.\n#services = 5\n\n",
    );
}

fn evidence(out: &mut String) {
    out.push_str("# What each source of evidence weighs beside 1 for references: a number, or false to leave it out.\n[evidence]\n");
    for (name, summary, weight) in Config::weighed() {
        let _ = writeln!(out, "# {summary}\n{name} = {weight:?}");
    }
    out.push_str("\n# Spans of traces that lead to no code by themselves: the module or function that records them.\n#[traces]\n");
    out.push_str("#\"name of the span\" = \"shop::orders::place\"\n\n");
}

fn advice(out: &mut String) {
    out.push_str("# The numbers against which candidates are held; every verdict says which it was held against.\n[advice]\n");
    for threshold in THRESHOLDS {
        let _ = writeln!(out, "# {}\n{} = {}", threshold.meaning, threshold.id, threshold.default);
    }
    out.push_str("\n# What the cost of a split at run time rests on; every report says what was assumed.\n[cost]\n");
    for assumption in ASSUMPTIONS {
        let _ = writeln!(out, "# {}\n{} = {}", assumption.meaning, assumption.id, assumption.default);
    }
    out.push('\n');
}

fn services(analysis: &Analysis, accepted: bool, out: &mut String) {
    out.push_str(
        "# Services that are decided on: their modules stay together, under this name. These are the candidates that were found.\n\n",
    );
    let off = if accepted { "" } else { "#" };
    for service in &analysis.plan.services {
        let _ = writeln!(out, "{off}[[service]]\n{off}name = \"{}\"\n#owner = \"\"\n{off}include = [", service.id);
        for pattern in patterns(&analysis.modules, &|m| m.service.is_some_and(|s| analysis.service_id(s) == service.id)) {
            let _ = writeln!(out, "{off}  \"{}\",", plain(&pattern));
        }
        let _ = writeln!(out, "{off}]\n");
    }
}

/// Few patterns that mean exactly the modules that `wanted` picks.
fn patterns(modules: &[ModuleRow], wanted: &dyn Fn(&ModuleRow) -> bool) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::new();
    let mut covered: Option<String> = None;
    for module in modules.iter().filter(|m| wanted(m)) {
        let below = format!("{}::", module.id);
        if covered.as_ref().is_some_and(|c| module.id.starts_with(c.as_str())) {
            continue;
        }
        let mut children = modules.iter().filter(|m| m.id.starts_with(&below)).peekable();
        if children.peek().is_some() && children.all(wanted) {
            patterns.push(format!("{below}**"));
            covered = Some(below);
        } else {
            patterns.push(module.id.clone());
        }
    }
    patterns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::config::pattern::Pattern;
    use crate::host::memory::Memory;
    use crate::model::sample;
    use std::path::Path;

    fn load(text: &str) -> Config {
        let host = Memory::from_fixture("");
        host.set("/seamline.toml", text);
        Config::load(&host, Path::new("/"), None).unwrap_or_else(|e| panic!("{e}\n{text}"))
    }

    #[test]
    fn as_written_it_changes_nothing_and_switched_on_it_is_valid() {
        let text = template(&sample::shop(), false);
        let (as_written, default) = (load(&text).policy, Policy::default());
        assert!(RULES.iter().all(|r| as_written.level(r.id) == r.level));
        assert_eq!(Policy { levels: default.levels.clone(), ..as_written }, default);
        let prose = |l: &str| l.starts_with("# ") && !l.starts_with("#  ");
        let on = text.lines().filter(|l| !prose(l) && *l != "#resolution = 1.0").map(|l| l.strip_prefix('#').unwrap_or(l));
        let on: String = on.flat_map(|l| [l, "\n"]).collect();
        load(&on);
    }

    #[test]
    fn an_accepted_proposal_pins_every_module_to_its_service() {
        let shop = sample::shop();
        let config = load(&template(&shop, true));
        let ids: Vec<&str> = shop.modules.iter().map(|m| m.id.as_str()).collect();
        let modules = ids.iter().map(|id| format!("mod {id}\n")).collect::<String>();
        let code = crate::model::testing::codebase(&modules);
        let pinned = config.choices(&code).expect("no contradiction").cluster.pins;
        for (at, module) in shop.modules.iter().enumerate() {
            let wanted = module.service.map(|s| shop.service_id(s));
            let id = code.module(ids[at]).expect("the module");
            let found = pinned.iter().find(|p| p.modules.contains(&id)).map(|p| p.name.as_str());
            assert_eq!(found, wanted, "{}", module.id);
        }
    }

    #[test]
    fn the_patterns_mean_the_modules_of_the_service_and_no_other() {
        let analysis = sample::shop();
        for service in &analysis.plan.services {
            let is = |m: &ModuleRow| m.service.is_some_and(|s| analysis.service_id(s) == service.id);
            let patterns: Vec<Pattern> = patterns(&analysis.modules, &is).iter().map(|p| Pattern::parse(p).expect("a pattern")).collect();
            for module in &analysis.modules {
                assert_eq!(patterns.iter().any(|p| p.matches(&module.id)), is(module), "{} and {}", service.id, module.id);
            }
        }
    }
}
