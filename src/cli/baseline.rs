//! `seamline baseline`: the coupling that a team has accepted. It is written here and nowhere else.

use super::Context;
use super::check::{baseline_file, read_baseline};
use super::exit::{Exit, Failure};
use super::input::{Input, completeness};
use super::progress::Progress;
use crate::check::Baseline;
use crate::check::rules::RULES;
use crate::check::update::{self, Acceptance};
use crate::host::Host;
use crate::model::analysis::Analysis;
use clap::builder::{PossibleValue, PossibleValuesParser};
use std::path::{Path, PathBuf};

/// Write the committed baseline that check compares with
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand, Debug)]
enum Action {
    /// Accept the code as it is; refuses to replace a baseline
    Create(Place),
    /// Accept today's code within the accepted boundaries; refuses to grow without leave
    Update(Update),
    /// Take out what is no longer in the code; adds nothing
    Prune(Place),
}

#[derive(clap::Args, Debug)]
struct Place {
    /// Folder or manifest of a package or workspace [default: the current folder]
    path: Option<PathBuf>,
    /// The baseline [default: seamline-baseline.json of the analysed workspace]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
struct Update {
    #[command(flatten)]
    place: Place,
    /// Let what this rule guards grow; may be given several times
    #[arg(long, value_name = "RULE", value_parser = rules(), requires = "reason")]
    accept: Vec<String>,
    /// Why; kept in the baseline with each new entry
    #[arg(long, value_name = "TEXT", requires = "accept")]
    reason: Option<String>,
}

/// The choices, as the table of rules has them.
fn rules() -> PossibleValuesParser {
    PossibleValuesParser::new(RULES.iter().map(|r| PossibleValue::new(r.id).help(r.summary)).collect::<Vec<_>>())
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    match &arguments.action {
        Action::Create(place) => create(place, context),
        Action::Update(update) => self::update(update, context),
        Action::Prune(place) => prune(place, context),
    }
}

fn create(place: &Place, context: &Context) -> Result<Exit, Failure> {
    let input = Input::open(context, place.path.as_deref())?.of_code_only();
    let file = baseline_file(&input, place.baseline.as_deref());
    if context.host.is_file(&file) {
        return Err(Failure::usage(format!("{}: there is a baseline already", file.display()))
            .help("`seamline baseline update` brings it up to date; to start anew, remove the file first"));
    }
    let analysis = analyze(&input, context)?;
    write(context, &file, &Baseline::from_analysis(&analysis))?;
    context.terminal.note("commit it: `seamline check` compares with it");
    Ok(Exit::Pass)
}

fn update(arguments: &Update, context: &Context) -> Result<Exit, Failure> {
    if arguments.reason.as_ref().is_some_and(|r| r.trim().is_empty()) {
        return Err(Failure::usage("--reason is empty").help("say in a few words why the coupling may grow: it is kept in the baseline"));
    }
    let input = Input::open(context, arguments.place.path.as_deref())?.of_code_only();
    let file = baseline_file(&input, arguments.place.baseline.as_deref());
    let old = read_baseline(context, &file)?;
    let analysis = analyze(&input, context)?;
    let acceptance = Acceptance { rules: arguments.accept.clone(), reason: arguments.reason.clone().unwrap_or_default() };
    match update::update(&old, &analysis, &input.config.policy, &acceptance) {
        Ok(new) => replace(context, &file, &old, &new),
        Err(refused) => {
            let entries = refused.growth.iter().flat_map(|g| g.entries.iter().map(|e| format!("\n{}: {e}", g.rule)));
            let message = format!("{}: the baseline would grow; nothing was written{}", file.display(), entries.collect::<String>());
            let help = "mend the code, or accept each rule with --accept RULE --reason \"…\"; `seamline explain RULE` says more";
            Err(Failure { exit: Exit::Found, ..Failure::usage(message).help(help) })
        }
    }
}

fn prune(place: &Place, context: &Context) -> Result<Exit, Failure> {
    let input = Input::open(context, place.path.as_deref())?.of_code_only();
    let file = baseline_file(&input, place.baseline.as_deref());
    let old = read_baseline(context, &file)?;
    let analysis = analyze(&input, context)?;
    replace(context, &file, &old, &update::prune(&old, &analysis))
}

/// An analysis that covers everything: what it misses would be accepted without a word, or taken out as gone.
fn analyze(input: &Input, context: &Context) -> Result<Analysis, Failure> {
    let progress = Progress::new(&context.terminal);
    let analysis = input.analyze(context, &progress)?;
    input.remember(context);
    progress.end(&context.terminal);
    context.terminal.diagnostics(&analysis.diagnostics, &input.root);
    if completeness(&analysis) == Exit::Incomplete {
        return Err(
            Failure::incomplete("some of the code could not be analysed; the baseline was not written").help("mend the errors above first")
        );
    }
    Ok(analysis)
}

fn replace(context: &Context, file: &Path, old: &Baseline, new: &Baseline) -> Result<Exit, Failure> {
    if old.render() == new.render() {
        context.terminal.note(&format!("{}: nothing to change", file.display()));
        return Ok(Exit::Pass);
    }
    write(context, file, new)?;
    Ok(Exit::Pass)
}

fn write(context: &Context, file: &Path, baseline: &Baseline) -> Result<(), Failure> {
    context.host.write(file, baseline.render().as_bytes()).map_err(|e| Failure::usage(format!("{}: not written: {e}", file.display())))?;
    context.terminal.note(&format!(
        "{}: accepts {} module pairs across {} services and {} tangles",
        file.display(),
        baseline.crossings.len(),
        baseline.services().len(),
        baseline.cycles.len()
    ));
    Ok(())
}
