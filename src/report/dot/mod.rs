//! Pictures for Graphviz: `services.dot` for people who decide, `modules.dot` for people who cut.
//!
//! Takes an [`Analysis`]; gives DOT text, printed from a syntax tree, so that no string is glued together by hand.
//! Invariants: every identifier and label is quoted; nodes and edges come in sorted order; what is left out is said in the title.

mod draw;
mod modules;
mod services;

use super::{Format, RenderError};
use crate::model::analysis::Analysis;

/// Candidates and crossings.
#[derive(Clone, Copy, Debug)]
pub struct ServicesDot;

/// Modules in their candidates.
#[derive(Clone, Copy, Debug)]
pub struct ModulesDot;

const MEDIA: &str = "text/vnd.graphviz";

impl Format for ServicesDot {
    fn name(&self) -> &'static str {
        "dot"
    }

    fn file(&self) -> &'static str {
        "services.dot"
    }

    fn media(&self) -> &'static str {
        MEDIA
    }

    fn description(&self) -> &'static str {
        "a Graphviz picture of the candidates, their crossings and how they should talk"
    }

    fn render(&self, analysis: &Analysis) -> Result<Vec<u8>, RenderError> {
        Ok(draw::print(services::graph(analysis)))
    }
}

impl Format for ModulesDot {
    fn name(&self) -> &'static str {
        "dot-modules"
    }

    fn file(&self) -> &'static str {
        "modules.dot"
    }

    fn media(&self) -> &'static str {
        MEDIA
    }

    fn description(&self) -> &'static str {
        "a Graphviz picture of all modules, grouped by candidate, with tangles marked"
    }

    fn render(&self, analysis: &Analysis) -> Result<Vec<u8>, RenderError> {
        Ok(draw::print(modules::graph(analysis)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    fn text(format: &dyn Format, analysis: &Analysis) -> String {
        String::from_utf8(format.render(analysis).expect("renders")).expect("UTF-8")
    }

    #[test]
    fn the_services_of_the_shop() {
        insta::assert_snapshot!(text(&ServicesDot, &sample::shop()));
    }

    #[test]
    fn the_modules_of_the_shop() {
        insta::assert_snapshot!(text(&ModulesDot, &sample::shop()));
    }

    #[test]
    fn what_is_printed_can_be_parsed() {
        for analysis in [sample::shop(), Analysis::default()] {
            for format in [&ServicesDot as &dyn Format, &ModulesDot] {
                let text = text(format, &analysis);
                assert!(graphviz_rust::parse(&text).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn hostile_names_add_no_statement() {
        for format in [&ServicesDot as &dyn Format, &ModulesDot] {
            assert_eq!(text(format, &sample::hostile()).lines().count(), text(format, &sample::shop()).lines().count());
        }
    }

    #[test]
    fn a_large_graph_keeps_only_what_can_be_seen_and_says_so() {
        let mut large = sample::shop();
        let all = |modules: usize| {
            let edge = |from: usize, to: usize| crate::model::graph::Dependency {
                from: from.into(),
                to: to.into(),
                kind: crate::model::codebase::DependencyKind::Call,
                count: 0,
                weight: 0.0,
                sites: vec![],
                guessed: vec![],
                provenance: Default::default(),
            };
            (0..modules).flat_map(move |from| (0..modules).filter(move |&to| to != from).map(move |to| edge(from, to))).collect()
        };
        large.dependencies = all(12);
        assert!(!text(&ModulesDot, &large).contains("left out"), "132 edges can still be drawn");
        large.dependencies = all(17);
        large.verify().expect("valid");
        let text = text(&ModulesDot, &large);
        assert!(text.contains("left out: edges of shared and glue modules"), "{}", &text[..400]);
    }
}
