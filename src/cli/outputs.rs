//! From an analysis to files.
//!
//! Takes an [`Analysis`]; gives one file for each of [`FORMATS`], and a picture for each graph where Graphviz is installed.
//! Invariant: everything is rendered before anything is written, and all files of a run are put in their place together.

use super::Context;
use super::exit::Failure;
use super::progress::Progress;
use crate::host::Host;
use crate::host::store::{Key, Store};
use crate::model::analysis::Analysis;
use crate::report::{FORMATS, Format, svg};
use std::path::Path;

/// Media type of the formats that Graphviz draws.
const DOT: &str = "text/vnd.graphviz";

/// Arrows that an eye can still tell apart. A picture with more is a tangle of lines whatever its layout, and drawing it takes Graphviz
/// longer than the analysis took; services.svg and report.md say what it would.
const READABLE: usize = 250;

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
    pub(super) fn render(
        context: &Context,
        store: &Store,
        analysis: &Analysis,
        formats: &[&dyn Format],
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let formats = if formats.is_empty() { FORMATS } else { formats };
        let rendered = |format: &&dyn Format| {
            progress.begin(&format!("writing {}", format.file()));
            Ok((format.file().to_owned(), bytes(*format, analysis)?))
        };
        let (graphs, others): (Vec<&dyn Format>, Vec<&dyn Format>) = formats.iter().partition(|f| f.media() == DOT);
        let host: &dyn Host = &context.host;
        // Graphs are rendered and drawn while the others are rendered.
        let graph = |format: &dyn Format| {
            let (file, dot) = rendered(&format)?;
            let picture = picture(host, store, &file, &dot);
            Ok((file, dot, picture))
        };
        let (files, graphs) = std::thread::scope(|scope| {
            let graphs: Vec<_> = graphs.iter().map(|format| scope.spawn(|| graph(*format))).collect();
            let files: Result<Vec<(String, Vec<u8>)>, Failure> = others.iter().map(rendered).collect();
            progress.begin("drawing");
            let drawn = |graph: std::thread::ScopedJoinHandle<'_, _>| graph.join().unwrap_or_else(|p| std::panic::resume_unwind(p));
            (files, graphs.into_iter().map(drawn).collect::<Result<Vec<_>, Failure>>())
        });
        let mut outputs = Self { files: files?, ..Self::default() };
        let mut pictures = Vec::new();
        for (file, dot, picture) in graphs? {
            pictures.push((picture_file(&file), picture));
            outputs.files.push((file, dot));
        }
        for (name, picture) in pictures {
            match picture {
                Ok(picture) => outputs.files.push((name, picture)),
                Err(missing) => {
                    outputs.unwritten.push(missing);
                    outputs.gone.push(name);
                }
            }
        }
        Ok(outputs)
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

fn picture_file(graph: &str) -> String {
    graph.replace(".dot", ".svg")
}

/// The picture of what was rendered into a file, or why there is none: it is a convenience, and whatever goes wrong with it is passed over.
fn picture(host: &dyn Host, store: &Store, file: &str, dot: &[u8]) -> Result<Vec<u8>, String> {
    let name = picture_file(file);
    let by_hand = format!("dot -Tsvg {file} > {name}");
    let arrows = dot.windows(4).filter(|w| *w == b" -> ").count();
    if arrows > READABLE {
        return Err(format!("no {name}: {arrows} arrows are more than an eye can follow; to draw it all the same: {by_hand}"));
    }
    let key = Key::of("picture", &[dot]);
    if let Some(drawn) = store.get(&key) {
        return Ok(drawn.to_vec());
    }
    match svg::svg(host, dot) {
        Ok(Some(picture)) => {
            store.put(key, picture.clone());
            Ok(picture)
        }
        Ok(None) => Err(format!("no {name}: Graphviz is not installed; where it is: {by_hand}")),
        Err(error) => Err(format!("no {name}: {error}")),
    }
}

/// One format. What cannot be rendered is our own inconsistency.
pub(super) fn bytes(format: &dyn Format, analysis: &Analysis) -> Result<Vec<u8>, Failure> {
    Ok(format.render(analysis).unwrap_or_else(|error| panic!("{} cannot be rendered: {error}", format.file())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::memory::Memory;

    #[test]
    fn what_nobody_can_read_is_not_drawn_and_the_way_to_draw_it_is_told() {
        let drawn = |arrows| {
            picture(&Memory::default(), &Store::none(), "modules.dot", "a -> b\n".repeat(arrows).as_bytes()).expect_err("no Graphviz there")
        };
        assert!(drawn(READABLE).contains("Graphviz is not installed"));
        let crowded = drawn(READABLE + 1);
        assert!(crowded.starts_with("no modules.svg: 251 arrows") && crowded.ends_with("dot -Tsvg modules.dot > modules.svg"), "{crowded}");
    }
}
