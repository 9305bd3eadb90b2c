//! `seamline report`: renders a saved analysis again.

use super::Context;
use super::exit::{Exit, Failure};
use super::input::saved;
use super::outputs::{self, Outputs};
use super::progress::Progress;
use crate::host::store::Store;
use crate::report::{FORMATS, Format, format, text};
use clap::builder::{PossibleValue, PossibleValuesParser};
use std::path::{Path, PathBuf};

/// Render an analysis.json again, without analysing
///
/// Gives the same bytes as the run that wrote the file.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The analysis to render
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// What to render; may be given several times [default: everything, with --out DIR]
    #[arg(long = "format", value_name = "FORMAT", value_parser = formats())]
    formats: Vec<String>,
    /// Folder to write into, or - for standard output [default: -]
    #[arg(long, value_name = "DIR", default_value = "-", hide_default_value = true)]
    out: PathBuf,
}

/// The choices, as the table of formats has them.
fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().map(|f| PossibleValue::new(f.name()).help(f.description())).collect::<Vec<_>>())
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let chosen: Vec<&dyn Format> = arguments.formats.iter().filter_map(|name| format(name)).collect();
    let to_stdout = arguments.out == Path::new("-");
    if to_stdout && chosen.len() != 1 {
        let help = "name one --format for standard output, or a folder with --out DIR";
        return Err(Failure::usage("standard output holds one report").help(help));
    }
    let analysis = saved(context, &arguments.from)?;
    if let (true, [format]) = (to_stdout, chosen.as_slice()) {
        context.terminal.bytes(&outputs::bytes(*format, &analysis)?)?;
        return Ok(Exit::Pass);
    }
    let progress = Progress::new(&context.terminal);
    let outputs = Outputs::render(context, &Store::none(), &analysis, &chosen, &progress)?;
    outputs.write(context, &arguments.out)?;
    progress.end(&context.terminal);
    if !context.terminal.quiet {
        context.terminal.result(&text::files(&arguments.out.display().to_string(), &outputs.names(), &outputs.unwritten))?;
    }
    Ok(Exit::Pass)
}
