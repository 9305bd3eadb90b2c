//! `seamline plan`: how one candidate is taken out, step by step; without a name, in which order all of them.

use super::Context;
use super::exit::{Exit, Failure};
use super::input::{Input, completeness, saved};
use crate::model::analysis::Analysis;
use crate::model::extraction::Separable;
use crate::model::nearest;
use crate::report::escape::plain;
use crate::report::{json, plan};
use clap::ValueEnum;
use std::path::PathBuf;

/// Plan the extraction of a service: what to cut where, in which order, at what effort
///
/// Lists every place that changes, by step and pull request; after each step the system works. What an earlier run listed and is not
/// listed any more is done. Without a service, says in which order the candidates should be taken out.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Id of a service candidate
    service: Option<String>,
    /// Folder or manifest of a package or workspace [default: the current folder]
    path: Option<PathBuf>,
    /// A saved analysis.json, in the place of PATH
    #[arg(long, value_name = "FILE", conflicts_with = "path")]
    from: Option<PathBuf>,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For the terminal
    Text,
    /// A task list for a tracker
    Markdown,
    /// The extractions as they stand in analysis.json
    Json,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let analysis = match &arguments.from {
        Some(file) => saved(context, file)?,
        None => {
            let input = Input::open(context, arguments.path.as_deref())?;
            let analysis = input.analyzed(context)?;
            context.terminal.diagnostics(&analysis.diagnostics, &input.root);
            analysis
        }
    };
    if analysis.plan.extractions.len() != analysis.plan.services.len() {
        return Err(Failure::usage("this analysis was written by a version that planned nothing").help("analyse again with this version"));
    }
    let chosen = match &arguments.service {
        None => None,
        Some(name) => match analysis.plan.services.iter().position(|s| s.id == *name) {
            Some(at) => Some(&analysis.plan.extractions[at]),
            None => return Err(unknown(&analysis, name)),
        },
    };
    let text = match (chosen, arguments.format) {
        (Some(extraction), Form::Text) => plan::text(&analysis, extraction),
        (Some(extraction), Form::Markdown) => plan::markdown(&analysis, extraction),
        (None, Form::Text | Form::Markdown) => plan::order(&analysis),
        (_, Form::Json) => json::extractions(&analysis, arguments.service.as_deref()).map_err(|e| Failure::usage(e.to_string()))?,
    };
    context.terminal.result(&text)?;
    if let Some(extraction) = chosen.filter(|e| e.separable == Separable::NotYet) {
        let id = plain(analysis.service_id(extraction.service));
        context.terminal.note(&format!("`{id}` cannot be parted yet: the first step says what would have to change"));
        return Ok(Exit::Incomplete);
    }
    Ok(completeness(&analysis))
}

fn unknown(analysis: &Analysis, name: &str) -> Failure {
    let services = || analysis.plan.services.iter().map(|s| s.id.as_str());
    let help = match nearest(name, services()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if analysis.plan.services.is_empty() => "no service candidate was found here".to_owned(),
        None => format!("services here: {}", services().collect::<Vec<_>>().join(", ")),
    };
    Failure::usage(format!("there is no service candidate `{name}`")).help(help)
}
