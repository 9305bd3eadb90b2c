//! `seamline analyze`: the whole pipeline, a summary on the terminal, files in a folder.

use super::Context;
use super::exit::{Exit, Failure};
use super::input::{Input, completeness};
use super::outputs::Outputs;
use super::progress::Progress;
use crate::report::text;
use std::path::{Path, PathBuf};

/// Find the seams of a code base: print a summary, write reports
///
/// Writes the review document report.md, the graphs modules.dot and services.dot (with pictures of what an eye can follow, where
/// Graphviz is installed), summary.txt and analysis.json. Where a source file cannot be analysed, the rest still is: the reports are
/// written, the file is named, and the exit code is 3.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Folder or manifest of a package or workspace [default: the current folder]
    path: Option<PathBuf>,
    /// Folder for the reports [default: target/seamline of the analysed workspace]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let input = Input::open(context, arguments.path.as_deref())?;
    let progress = Progress::new(&context.terminal);
    let analysis = input.analyze(context, &progress)?;
    let outputs = Outputs::render(context, &input.store, &analysis, &[], &progress)?;
    let folder = arguments.out.clone().unwrap_or_else(|| input.file("target/seamline"));
    outputs.write(context, &folder)?;
    progress.begin("keeping what was worked out");
    input.remember(context);
    progress.end(&context.terminal);
    context.terminal.diagnostics(&analysis.diagnostics, &input.root);
    if !context.terminal.quiet {
        context.terminal.result(&text::summary(&analysis))?;
        context.terminal.result(&text::files(&shown(&folder), &outputs.names(), &outputs.unwritten))?;
    }
    let exit = completeness(&analysis);
    if exit == Exit::Incomplete {
        context.terminal.note("incomplete: some of the code could not be analysed; see the errors above (exit code 3)");
    }
    Ok(exit)
}

fn shown(folder: &Path) -> String {
    folder.display().to_string()
}
