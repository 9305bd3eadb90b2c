//! From an [`Analysis`] to bytes, in every format that people and programs read.
//!
//! Takes: an [`Analysis`], or the gate's [`Outcome`](crate::model::finding::Outcome). Gives: bytes. Rendering is pure: no clock, no
//! absolute path, no hash order; only [`svg`] touches the world, to run the user's Graphviz.
//!
//! * [`FORMATS`] is the list of formats; the command line's choices and help are read from it.
//! * [`view`] holds rows and figures that all formats share; [`escape`] makes foreign text harmless.
//! * [`plan`]: how one candidate is taken out.
//! * [`text::summary`], [`markdown`], [`dot`], [`json`] render an analysis; [`gate_text`], [`github`] and [`markdown::gate`] render the
//!   gate's outcome.
//!
//! To add a format: write `report/<name>.rs` with a [`Format`], and add it to [`FORMATS`].

pub mod dot;
pub mod escape;
pub mod gate_json;
pub mod gate_text;
pub mod github;
pub mod json;
pub mod markdown;
pub mod mermaid;
pub mod plan;
pub mod svg;
pub mod text;
pub mod view;

use crate::model::analysis::Analysis;

/// A way to write an analysis.
pub trait Format: Sync {
    /// Name on the command line.
    fn name(&self) -> &'static str;
    /// Name of the file in the output folder.
    fn file(&self) -> &'static str;
    /// Media type.
    fn media(&self) -> &'static str;
    /// One line for `--help`.
    fn description(&self) -> &'static str;
    /// The whole file. The same analysis gives the same bytes.
    fn render(&self, analysis: &Analysis) -> Result<Vec<u8>, RenderError>;
}

/// All formats, in the order in which they are listed.
pub static FORMATS: &[&dyn Format] = &[&text::Text, &markdown::Markdown, &json::Json, &dot::ServicesDot, &dot::ModulesDot];

/// The format with this name.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// An analysis that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// It breaks its own invariants.
    #[error("the analysis is not consistent: {0}")]
    Inconsistent(String),
    /// A value has no JSON form.
    #[error("the analysis cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    #[test]
    fn names_and_files_are_unique() {
        for (i, a) in FORMATS.iter().enumerate() {
            assert!(format(a.name()).is_some());
            for b in &FORMATS[..i] {
                assert!(a.name() != b.name() && a.file() != b.file(), "{}", a.name());
            }
        }
    }

    #[test]
    fn every_format_takes_an_empty_analysis_and_a_hostile_one() {
        for format in FORMATS {
            for analysis in [Analysis::default(), sample::hostile()] {
                let bytes = format.render(&analysis).unwrap_or_else(|e| panic!("{}: {e}", format.name()));
                let text = String::from_utf8(bytes).expect("UTF-8");
                let raw: Vec<char> = text.chars().filter(|&c| c != '\n' && c.is_control() || c == '\u{202e}').collect();
                assert!(raw.is_empty(), "{}: {raw:?}", format.name());
                assert!(text.ends_with('\n'), "{}", format.name());
            }
        }
    }

    #[test]
    fn rendering_twice_gives_the_same_bytes() {
        for format in FORMATS {
            assert_eq!(format.render(&sample::shop()).expect("renders"), format.render(&sample::shop()).expect("renders"));
        }
    }
}
