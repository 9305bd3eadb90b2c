//! The references of an index laid over ours.
//!
//! Takes sheets and a code base; gives the code base with both. At each place where the index names something of the workspace: the
//! same module as ours, and both say so; another, and that of the index takes its place, since it comes from a compiler's front end;
//! none of ours, and it is new. What only we have stays: the index knows neither code that is off there nor what macros write.

use super::definitions::{Definition, Meaning, Places};
use super::index::Index;
use super::sheet::{Mention, Sheet};
use super::symbol::Suffix;
use crate::model::codebase::{CallContext, Codebase, Confidence, Coverage, DependencyKind, ItemKind, Provenance, Reference};
use crate::model::ids::{CrateId, FileId, ItemId, ModuleId};
use crate::model::scip::{Disagreement, Scip};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What the index means at one place: modules with the item and the name that leads there.
type Targets = BTreeMap<ModuleId, (Option<ItemId>, Mention)>;
type Target = (ModuleId, (Option<ItemId>, Mention));

/// The innermost item of each line, for the modules of one file.
type ItemsByLine = FxHashMap<ModuleId, Vec<Option<ItemId>>>;

/// Merges and counts into `scip`.
pub(super) fn merge(codebase: &mut Codebase, index: &Index, sheets: &[Sheet], scip: &mut Scip) {
    let mut changes = Merge::new(codebase, index, sheets).run(sheets, scip);
    scip.disagreements.sort();
    scip.disagreements.truncate(Scip::LISTED);
    for (at, reference) in changes.changed {
        codebase.references[at] = reference;
    }
    changes.removed.sort_unstable();
    let mut at = 0;
    codebase.references.retain(|_| {
        at += 1;
        changes.removed.binary_search(&(at - 1)).is_err()
    });
    codebase.references.append(&mut changes.added);
    codebase.references.sort_unstable();
    codebase.references.dedup();
    for name in changes.confirmed {
        less(&mut codebase.coverage.guessed_methods, &name);
        codebase.coverage.guessed = codebase.coverage.guessed.saturating_sub(1);
    }
    changes.explained.into_iter().for_each(|(kind, name, known)| explained(&mut codebase.coverage, kind, &name, known));
    let coverage = &mut codebase.coverage;
    coverage.resolved = coverage.resolved.saturating_sub(scip.removed);
    coverage.external += scip.removed;
    coverage.paths += changes.unseen;
    coverage.resolved += changes.unseen;
}

/// An unresolved reference that the index knows the target of.
fn explained(coverage: &mut Coverage, kind: DependencyKind, name: &str, known: bool) {
    coverage.unresolved = coverage.unresolved.saturating_sub(1);
    *if known { &mut coverage.resolved } else { &mut coverage.external } += 1;
    if matches!(kind, DependencyKind::Method | DependencyKind::Field) {
        coverage.unresolved_members = coverage.unresolved_members.saturating_sub(1);
    }
    if kind == DependencyKind::Method {
        less(&mut coverage.unresolved_methods, name);
    }
}

fn less(counts: &mut Vec<(String, u32)>, name: &str) {
    counts.iter_mut().filter(|(n, _)| n == name).for_each(|(_, count)| *count = count.saturating_sub(1));
    counts.retain(|(_, count)| *count > 0);
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
}

/// What is to be done to a code base.
#[derive(Default)]
struct Changes {
    /// References by position.
    changed: Vec<(usize, Reference)>,
    removed: Vec<usize>,
    added: Vec<Reference>,
    /// Added where we saw nothing at all.
    unseen: u32,
    /// Names of methods that were guessed, and need not be any more.
    confirmed: Vec<String>,
    /// References that we could not resolve: kind, name, and whether they lead into the workspace.
    explained: Vec<(DependencyKind, String, bool)>,
}

struct Merge<'a> {
    codebase: &'a Codebase,
    index: &'a Index,
    places: Places<'a>,
    definitions: Vec<Vec<Definition>>,
    /// Positions of our references, by place.
    ours: Vec<(FileId, u32, u32, usize)>,
    meanings: FxHashMap<(u32, CrateId), Meaning>,
    changes: Changes,
}

impl<'a> Merge<'a> {
    fn new(codebase: &'a Codebase, index: &'a Index, sheets: &[Sheet]) -> Self {
        let mut definitions = vec![Vec::new(); index.symbols.len()];
        for sheet in sheets {
            for (symbol, line, whole) in &sheet.defined {
                definitions[*symbol as usize].push(Definition { file: sheet.file, line: *line, whole: *whole });
            }
        }
        let mut ours: Vec<_> = codebase.references.iter().enumerate().map(|(at, r)| (r.file, r.line, r.column, at)).collect();
        ours.sort_unstable();
        let (meanings, changes) = (FxHashMap::default(), Changes::default());
        Self { codebase, index, places: Places::new(codebase), definitions, ours, meanings, changes }
    }

    fn run(mut self, sheets: &[Sheet], scip: &mut Scip) -> Changes {
        for sheet in sheets {
            let mut items = ItemsByLine::default();
            for here in sheet.mentions.chunk_by(|a, b| (a.line, a.column) == (b.line, b.column)) {
                self.place(sheet, here, &mut items, scip);
            }
        }
        self.changes
    }

    fn place(&mut self, sheet: &Sheet, here: &[Mention], items: &mut ItemsByLine, scip: &mut Scip) {
        let (file, line, column) = (sheet.file, here[0].line, here[0].column);
        let first = self.ours.partition_point(|o| (o.0, o.1, o.2) < (file, line, column));
        let ours = self.ours[first..].iter().take_while(|o| (o.0, o.1, o.2) == (file, line, column));
        let ours: Vec<usize> = ours.map(|o| o.3).collect();
        let mut from: Vec<ModuleId> = ours.iter().map(|at| self.codebase.references[*at].from).collect();
        if !self.places.is_off(file, line) {
            from.extend(self.places.modules(file, line));
        }
        from.sort_unstable();
        from.dedup();
        let (mut explained, mut added) = (None, 0);
        for module in from {
            let (targets, outside) = self.targets(here, self.codebase.modules[module.index()].krate);
            if !targets.is_empty() || outside.is_some() {
                explained = Some(!targets.is_empty() || explained == Some(true));
            }
            scip.references += small(targets.len());
            let ours = ours.iter().copied().filter(|at| self.codebase.references[*at].from == module).collect();
            let new = self.compare(ours, targets, outside, scip);
            let (from_file, line_at) = (self.codebase.modules[module.index()].file, line as usize);
            for (to, (to_item, mention)) in new {
                let by_line = items.entry(module).or_insert_with(|| self.places.items_by_line(module));
                self.changes.added.push(Reference {
                    from: module,
                    // What is included from elsewhere stands in no line of the module's own file.
                    from_item: by_line.get(line_at).copied().flatten().filter(|_| from_file == file),
                    to,
                    to_item,
                    kind: self.kind(sheet, mention, to_item),
                    line,
                    column,
                    file,
                    via: None,
                    context: CallContext::default(),
                    confidence: Confidence::Type,
                    provenance: Provenance::Scip,
                });
                added += 1;
            }
        }
        scip.added += added;
        let before = explained.map_or(0, |known| self.explain(sheet, here, known));
        // What we had met and not resolved is counted already.
        self.changes.unseen += added.saturating_sub(before);
    }

    /// References of ours at one place beside what the index means there. Gives what of that is new.
    fn compare(&mut self, ours: Vec<usize>, targets: Targets, outside: Option<String>, scip: &mut Scip) -> Vec<Target> {
        let to = |at: usize| self.codebase.references[at].to;
        let (same, other): (Vec<usize>, Vec<usize>) = ours.into_iter().partition(|at| targets.contains_key(&to(*at)));
        let all = targets.len();
        let mut left: Vec<Target> = targets.into_iter().filter(|(module, _)| !same.iter().any(|at| to(*at) == *module)).collect();
        scip.agreed += small(all - left.len());
        for at in same {
            let reference = Reference { provenance: Provenance::Both, ..self.sure(at) };
            self.changes.changed.push((at, reference));
        }
        for (n, at) in other.iter().copied().enumerate() {
            if let Some((to, (to_item, _))) = left.get(n).or(left.last()).copied() {
                self.disagree(at, self.name(to, to_item), scip);
                let (confidence, provenance) = (Confidence::Type, Provenance::Scip);
                let reference = Reference { to, to_item, via: None, confidence, provenance, ..self.sure(at) };
                self.changes.changed.push((at, reference));
                scip.replaced += 1;
            } else if let Some(package) = &outside {
                self.disagree(at, format!("outside: {package}"), scip);
                self.sure(at);
                self.changes.removed.push(at);
                scip.removed += 1;
            }
        }
        left.drain(..other.len().min(left.len()));
        left
    }

    /// Modules of the workspace that the names at one place mean; where there is none, and no doubt, the package outside.
    fn targets(&mut self, here: &[Mention], krate: CrateId) -> (Targets, Option<String>) {
        let (mut targets, mut outside, mut doubt) = (Targets::new(), None, false);
        for mention in here {
            let Some(symbol) = &self.index.symbols[mention.symbol as usize] else { continue };
            let key = (mention.symbol, krate);
            let meaning = match self.meanings.get(&key) {
                Some(meaning) => *meaning,
                None => {
                    let meaning = self.places.meaning(symbol, &self.definitions[mention.symbol as usize], krate);
                    self.meanings.insert(key, meaning);
                    meaning
                }
            };
            match meaning {
                Meaning::Known(module, item) => {
                    targets.entry(module).or_insert((item, *mention));
                }
                Meaning::Outside => outside = Some(symbol.package.clone()),
                Meaning::Unknown => doubt = true,
            }
        }
        let outside = outside.filter(|_| targets.is_empty() && !doubt);
        (targets, outside)
    }

    /// A reference of ours that need not be guessed any more.
    fn sure(&mut self, at: usize) -> Reference {
        let reference = self.codebase.references[at];
        if reference.confidence != Confidence::Unique {
            return reference;
        }
        if let Some(item) = reference.to_item {
            self.changes.confirmed.push(self.codebase.items[item.index()].name.clone());
        }
        Reference { confidence: Confidence::Type, ..reference }
    }

    fn disagree(&self, at: usize, index: String, scip: &mut Scip) {
        let r = &self.codebase.references[at];
        // Twice as many as are listed: the list is sorted at the end, and must not grow with the index until then.
        if scip.disagreements.len() >= Scip::LISTED * 2 {
            scip.disagreements.sort();
            scip.disagreements.truncate(Scip::LISTED);
        }
        let file = self.codebase.files[r.file.index()].path.clone();
        scip.disagreements.push(Disagreement { file, line: r.line, column: r.column, ours: self.name(r.to, r.to_item), index });
    }

    fn name(&self, module: ModuleId, item: Option<ItemId>) -> String {
        let module = &self.codebase.modules[module.index()].id;
        item.map_or_else(|| module.clone(), |i| format!("{module}::{}", self.codebase.items[i.index()].name))
    }

    /// In what way a name refers to what it means, as far as its neighbours tell.
    fn kind(&self, sheet: &Sheet, mention: Mention, item: Option<ItemId>) -> DependencyKind {
        if mention.in_use {
            return DependencyKind::Use;
        }
        let (text, of) = (&sheet.text, self.places.kind(item));
        let Some(symbol) = &self.index.symbols[mention.symbol as usize] else { return DependencyKind::Path };
        match symbol.last().suffix {
            Suffix::Macro | Suffix::Meta => DependencyKind::Macro,
            Suffix::Method if text.is_member(mention.start) => DependencyKind::Method,
            Suffix::Method | Suffix::Type if text.is_called(mention.end) && of != Some(ItemKind::Trait) => DependencyKind::Call,
            Suffix::Method => DependencyKind::Path,
            Suffix::Type if of == Some(ItemKind::Trait) => DependencyKind::Trait,
            // A variant.
            Suffix::Type if symbol.owner().is_some() && of == Some(ItemKind::Enum) => DependencyKind::Path,
            Suffix::Type => DependencyKind::Type,
            Suffix::Term if matches!(of, Some(ItemKind::Struct | ItemKind::Union | ItemKind::Enum)) => DependencyKind::Field,
            _ => DependencyKind::Path,
        }
    }

    /// What we could not resolve here is known now. How often that was.
    fn explain(&mut self, sheet: &Sheet, here: &[Mention], known: bool) -> u32 {
        let place = (sheet.file, here[0].line, here[0].column);
        let unresolved = &self.codebase.unresolved;
        let first = unresolved.partition_point(|u| (u.file, u.line, u.column) < place);
        let name = sheet.text.name(here[0].start, here[0].end).unwrap_or_default();
        let met = unresolved[first..].iter().take_while(|u| (u.file, u.line, u.column) == place);
        let before = self.changes.explained.len();
        self.changes.explained.extend(met.map(|u| (u.kind, name.to_owned(), known)));
        small(self.changes.explained.len() - before)
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
