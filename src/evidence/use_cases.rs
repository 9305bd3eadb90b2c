//! Use cases that the user names: which modules run in which.
//!
//! Takes: a JSON file, `{module: [use case, …]}`, where a module is named by its id. Gives: a tie for each use case. Where the code shows its
//! own entry points this adds what only people or traces know. A module that is not there is a warning.

use super::{Gathered, Question, Source, Spec};
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::tie::Tie;
use crate::model::ids::ModuleId;
use crate::model::nearest;
use std::collections::BTreeMap;

/// Larger files are no list of use cases.
const LIMIT: u64 = 1 << 30;

/// See the module.
#[derive(Debug)]
pub(super) struct UseCases;

static SPEC: Spec = Spec {
    name: "use-cases",
    noun: "use cases",
    summary: "a file that says which module runs in which use case (--use-cases FILE)",
    weight: 0.6,
    of_code: true,
    reading: "run in the same use cases",
    words: &[],
    after: &[],
};

impl Source for UseCases {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn gather(&self, question: &Question<'_, '_>) -> Gathered {
        let input = question.input;
        let Some(file) = &input.options.use_cases else {
            return Gathered { note: Some("no file was given".into()), ..Gathered::default() };
        };
        let shown = file.display().to_string();
        let failed = |message: String| Gathered {
            note: Some("the file cannot be read".into()),
            diagnostics: vec![
                Diagnostic::error("use-cases", format!("{shown}: {message}")).help("write {\"module\": [\"use case\", …], …}"),
            ],
            ..Gathered::default()
        };
        let bytes = match input.host.read(file, LIMIT) {
            Ok(bytes) => bytes,
            Err(error) => return failed(error.to_string()),
        };
        let named: BTreeMap<String, Vec<String>> = match serde_json::from_slice(&bytes) {
            Ok(named) => named,
            Err(error) => return failed(format!("line {}: {error}", error.line())),
        };
        let mut cases: BTreeMap<String, Vec<ModuleId>> = BTreeMap::new();
        let mut diagnostics = Vec::new();
        for (id, of) in named {
            match input.codebase.module(&id) {
                Some(module) => of.into_iter().for_each(|case| cases.entry(case).or_default().push(module)),
                None => {
                    let near = nearest(&id, input.codebase.modules.iter().map(|m| m.id.as_str()));
                    let help = near.map_or_else(|| "module ids stand in analysis.json".into(), |n| format!("did you mean `{n}`?"));
                    diagnostics.push(Diagnostic::warning("use-cases", format!("{shown}: there is no module `{id}`")).help(help));
                }
            }
        }
        let found = cases.len();
        let ties = cases.into_iter().map(|(case, mut modules)| {
            modules.sort_unstable();
            modules.dedup();
            let members = modules.into_iter().map(|m| (m, 1.0)).collect();
            Tie { source: SPEC.name.into(), subject: format!("use case {case}"), members, sites: Vec::new() }
        });
        Gathered { found, ties: ties.filter(|tie| tie.members.len() > 1).collect(), diagnostics, ..Gathered::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Input, Options};
    use crate::host::memory::Memory;
    use crate::host::store::Store;
    use crate::model::evidence::Evidence;
    use crate::model::testing::codebase;
    use std::path::Path;
    use std::sync::OnceLock;

    fn gathered(text: &str) -> Gathered {
        let code = codebase("mod a\n mod b\n mod c");
        let host = Memory::from_fixture(&format!("//- /cases.json\n{text}\n"));
        let options = Options { use_cases: Some("/cases.json".into()), ..Options::default() };
        let input =
            Input { codebase: &code, host: &host, root: Path::new("/"), store: &Store::none(), options: &options, commits: &|_| {} };
        UseCases.gather(&Question { input: &input, code: &OnceLock::new(), earlier: &Evidence::default() })
    }

    #[test]
    fn modules_of_one_use_case_are_tied() {
        let found = gathered("{\"a\": [\"buy\", \"look\"], \"c\": [\"buy\"], \"x\": [\"buy\"]}");
        assert_eq!(found.found, 2);
        assert_eq!(found.ties.len(), 1);
        assert_eq!(found.ties[0].members, [(ModuleId(0), 1.0), (ModuleId(2), 1.0)]);
        assert!(found.diagnostics[0].message.contains("no module `x`"), "{:?}", found.diagnostics);
    }

    #[test]
    fn a_broken_file_is_an_error_and_no_tie() {
        for broken in ["{", "[]", "{\"a\": 1}"] {
            let found = gathered(broken);
            assert!(found.ties.is_empty() && found.diagnostics[0].message.contains("/cases.json: line "), "{:?}", found.diagnostics);
        }
    }
}
