//! From an analysis to files.
//!
//! Takes an [`Analysis`]; gives one file for each of [`FORMATS`], and a picture for each graph where Graphviz is installed.
//! Invariant: everything is rendered before anything is written, and all files of a run are put in their place together.

use super::Context;
use super::exit::Failure;
use super::progress::Progress;
use crate::host::Host;
use crate::model::analysis::Analysis;
use crate::report::{FORMATS, Format, svg};
use std::path::Path;

/// Media type of the formats that Graphviz draws.
const DOT: &str = "text/vnd.graphviz";

/// Arrows that Graphviz lays out in a bearable time.
const DRAWABLE: usize = 3_000;

/// Rendered files, not yet written.
#[derive(Default)]
pub(super) struct Outputs {
    files: Vec<(String, Vec<u8>)>,
    /// Pictures of an earlier run that would no longer fit.
    gone: Vec<String>,
    /// Pictures that there are not, and why.
    pub unwritten: Vec<String>,
}

impl Outputs {
    /// All formats, or those named.
    pub(super) fn render(context: &Context, analysis: &Analysis, formats: &[&dyn Format], progress: &Progress) -> Result<Self, Failure> {
        let mut outputs = Self::default();
        let formats = if formats.is_empty() { FORMATS } else { formats };
        for format in formats {
            progress.begin(&format!("writing {}", format.file()));
            outputs.files.push((format.file().to_owned(), bytes(*format, analysis)?));
        }
        for format in formats.iter().filter(|f| f.media() == DOT) {
            outputs.picture(context, *format, progress);
        }
        Ok(outputs)
    }

    /// Draws what was just rendered. A picture is a convenience: whatever goes wrong with it is said and passed over.
    fn picture(&mut self, context: &Context, format: &dyn Format, progress: &Progress) {
        let Some((_, dot)) = self.files.iter().find(|(name, _)| name == format.file()) else { return };
        let name = format.file().replace(".dot", ".svg");
        progress.begin(&format!("drawing {name}"));
        let by_hand = format!("dot -Tsvg {} > {name}", format.file());
        let arrows = dot.windows(4).filter(|w| *w == b" -> ").count();
        let missing = if arrows > DRAWABLE {
            format!("no {name}: {arrows} arrows take Graphviz long; to draw it all the same: {by_hand}")
        } else {
            match svg::svg(&context.host, dot) {
                Ok(Some(picture)) => return self.files.push((name, picture)),
                Ok(None) => format!("no {name}: Graphviz is not installed; where it is: {by_hand}"),
                Err(error) => format!("no {name}: {error}"),
            }
        };
        self.unwritten.push(missing);
        self.gone.push(name);
    }

    /// Names of the files.
    pub(super) fn names(&self) -> Vec<&str> {
        self.files.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Puts everything into a folder, which is made where it is not there.
    pub(super) fn write(&self, context: &Context, folder: &Path) -> Result<(), Failure> {
        context.host.write_together(folder, &self.files, &self.gone).map_err(|error| {
            Failure::usage(format!("{}: nothing was written: {error}", folder.display()))
                .help("name a folder that can be written to with --out")
        })
    }
}

/// One format. What cannot be rendered is our own inconsistency.
pub(super) fn bytes(format: &dyn Format, analysis: &Analysis) -> Result<Vec<u8>, Failure> {
    Ok(format.render(analysis).unwrap_or_else(|error| panic!("{} cannot be rendered: {error}", format.file())))
}
