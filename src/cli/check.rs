//! `seamline check`: the gate.

use super::Context;
use super::diagnostics::from_here;
use super::exit::{Exit, Failure};
use super::input::{Input, completeness};
use super::progress::Progress;
use crate::check::{self, Baseline, baseline};
use crate::host::Host;
use crate::model::analysis::Analysis;
use crate::model::finding::Outcome;
use crate::report::{gate_json, gate_text, github, markdown};
use clap::ValueEnum;
use std::path::{Path, PathBuf};

/// Larger than the baseline of any code base.
const LIMIT: u64 = 256 << 20;

/// Fail where coupling has risen since the baseline
///
/// Compares the code with the committed baseline and shows the debt before and after, also where nothing rose. What gets
/// better never fails unless `stale = "deny"` is configured. Where a source file cannot be analysed, or there is no sound baseline,
/// the exit code is 3, whatever else was found.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Folder or manifest of a package or workspace [default: the current folder]
    path: Option<PathBuf>,
    /// The baseline [default: seamline-baseline.json of the analysed workspace]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Compare with this revision in the place of a baseline, read from git's object store; nothing is checked out
    #[arg(long, value_name = "REV", conflicts_with = "baseline")]
    baseline_rev: Option<String>,
    /// How to show the outcome [default: github where GITHUB_ACTIONS=true, else text]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For people, with annotations beside the changed lines, and Markdown in the summary of the step
    Github,
    /// For a comment on a pull request
    Markdown,
    /// For programs
    Json,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let input = Input::open(context, arguments.path.as_deref())?.of_code_only();
    let progress = Progress::new(&context.terminal);
    let accepted = match &arguments.baseline_rev {
        // Both sides with today's configuration: the difference is one of the code.
        Some(revision) => input.baseline_at(revision, context, &progress)?,
        None => read_baseline(context, &baseline_file(&input, arguments.baseline.as_deref()))?,
    };
    let (analysis, outcome) = judge(&input, &accepted, context, &progress)?;
    progress.end(&context.terminal);
    input.remember(context);
    context.terminal.diagnostics(&analysis.diagnostics, &input.root);
    let complete = completeness(&analysis);
    show(arguments.format.unwrap_or_else(default_format), &outcome, complete == Exit::Pass, &input, context)?;
    if complete == Exit::Incomplete {
        context.terminal.note("incomplete: some of the code could not be analysed, so that the outcome cannot be relied on (exit code 3)");
        return Ok(Exit::Incomplete);
    }
    Ok(if outcome.failed() { Exit::Found } else { Exit::Pass })
}

/// Most changes leave every module in its place and add no coupling, and dependencies alone show that. Only where a module is new, or where there
/// is something to give advice on, today's candidates are looked for, too.
fn judge(input: &Input, accepted: &Baseline, context: &Context, progress: &Progress) -> Result<(Analysis, Outcome), Failure> {
    let measured = input.measure(context, progress)?;
    let outcome = check::check(&measured, accepted, &input.config.policy);
    if accepted.places_all(&measured) && outcome.findings.is_empty() {
        return Ok((measured, outcome));
    }
    let analysis = input.analyze(context, progress)?;
    let outcome = check::check(&analysis, accepted, &input.config.policy);
    Ok((analysis, outcome))
}

fn default_format() -> Format {
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|v| v == "true") { Format::Github } else { Format::Text }
}

fn show(format: Format, outcome: &Outcome, complete: bool, input: &Input, context: &Context) -> Result<(), Failure> {
    let seen = || {
        let mut outcome = outcome.clone();
        for site in outcome.findings.iter_mut().flat_map(|f| &mut f.sites) {
            site.file = from_here(&input.root, &site.file);
        }
        outcome
    };
    match format {
        Format::Text => context.terminal.result(&gate_text::render(&seen())),
        Format::Github => {
            let seen = seen();
            context.terminal.result(&gate_text::render(&seen))?;
            context.terminal.result(&github::annotations(&seen))?;
            step_summary(&seen, context);
            Ok(())
        }
        Format::Markdown => context.terminal.bytes(markdown::gate(&seen()).as_bytes()),
        Format::Json => context.terminal.bytes(&gate_json::render(outcome, complete)),
    }
}

/// Adds the outcome to the summary that GitHub shows for the step. The gate does not hang on it.
fn step_summary(outcome: &Outcome, context: &Context) {
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|f| !f.is_empty()).map(PathBuf::from) else { return };
    let mut text = context.host.read(&file, LIMIT).unwrap_or_default();
    text.extend_from_slice(markdown::gate(outcome).as_bytes());
    if let Err(error) = context.host.write(&file, &text) {
        context.terminal.note(&format!("{}: no summary: {error}", file.display()));
    }
}

/// Where the baseline is, or is to be.
pub(super) fn baseline_file(input: &Input, named: Option<&Path>) -> PathBuf {
    named.map_or_else(|| input.file(baseline::FILE), Path::to_owned)
}

/// The accepted state. None at all is not the same as one that accepts nothing.
pub(super) fn read_baseline(context: &Context, file: &Path) -> Result<Baseline, Failure> {
    let shown = file.display();
    let bytes = context.host.read(file, LIMIT).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::incomplete(format!("{shown}: there is no baseline"))
            .help("run `seamline baseline create`, look at the file, and commit it"),
        _ => Failure::incomplete(format!("{shown}: {error}")),
    })?;
    let broken = |message: String| {
        Failure::incomplete(format!("{shown}: {message}")).help(
            "restore the committed file, or remove it and run `seamline baseline create`; until then nothing can be said about coupling",
        )
    };
    let text = String::from_utf8(bytes).map_err(|e| broken(format!("not UTF-8 (byte {})", e.utf8_error().valid_up_to())))?;
    Baseline::parse(&text).map_err(|e| broken(e.to_string()))
}
