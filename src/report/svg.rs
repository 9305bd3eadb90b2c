//! Pictures from DOT by the user's own Graphviz.
//!
//! Takes DOT text; gives SVG, or `None` where Graphviz is not installed: the caller says so and goes on without pictures.
//! The program gets the text on its standard input and no file name.

use crate::host::{Command, Host};

/// Why there is no picture although Graphviz is there.
#[derive(Debug, thiserror::Error)]
pub enum SvgError {
    /// It could not be run.
    #[error("dot could not be run: {0}")]
    Run(#[from] std::io::Error),
    /// It ran and failed.
    #[error("dot failed: {0}")]
    Failed(String),
}

/// The picture of a DOT graph; `Ok(None)` where there is no Graphviz.
pub fn svg(host: &dyn Host, dot: &[u8]) -> Result<Option<Vec<u8>>, SvgError> {
    let Some(output) = host.run(&Command { program: "dot", arguments: &["-Tsvg"], environment: &[] }, dot)? else { return Ok(None) };
    if output.success && !output.stdout.is_empty() {
        return Ok(Some(output.stdout));
    }
    let message = String::from_utf8_lossy(&output.stderr);
    Err(SvgError::Failed(super::escape::plain(message.lines().next().unwrap_or("no output"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::memory::Memory;
    use crate::host::os::Os;
    use crate::model::sample;
    use crate::report::{Format, dot};

    #[test]
    fn without_graphviz_there_is_no_picture_and_no_error() {
        assert!(svg(&Memory::default(), b"digraph { a -> b }").expect("runs").is_none());
    }

    /// Says nothing where Graphviz is not installed.
    #[test]
    fn graphviz_takes_every_picture_and_refuses_nonsense() {
        for analysis in [sample::shop(), sample::hostile(), Default::default()] {
            for format in [&dot::ServicesDot as &dyn Format, &dot::ModulesDot] {
                let text = format.render(&analysis).expect("renders");
                let picture = svg(&Os, &text).unwrap_or_else(|e| panic!("{}: {e}\n{}", format.name(), String::from_utf8_lossy(&text)));
                if let Some(picture) = picture {
                    assert!(String::from_utf8_lossy(&picture).contains("</svg>"));
                    assert!(matches!(svg(&Os, b"digraph {"), Err(SvgError::Failed(_))));
                }
            }
        }
    }
}
