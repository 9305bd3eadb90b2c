//! Does anybody need what a call gives?
//!
//! Takes expressions as written; says where a value only decides what is logged, or is thrown away in a longer way than by a semicolon:
//! `let _unused = f()`, `f().ok();`, `if let Err(e) = f() { warn!("{e}") }`. Invariant: in doubt it is needed.

use super::body::Body;
use crate::frontend::rust::facts::{Arm, BlockIx, ExprIx, ExprKind, Name, Pat, PatIx, Stmt};
use crate::model::codebase::CallContext;

/// Macros that only tell somebody.
const LOGS: &[&str] =
    &["error", "warn", "info", "debug", "trace", "log", "event", "println", "eprintln", "print", "eprint", "counter", "gauge", "histogram"];
/// Methods after which a value that nobody takes is still one that nobody takes.
const PASSED: &[&str] = &[
    "ok",
    "err",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_or_default",
    "inspect",
    "inspect_err",
    "map_err",
    "map",
    "log_err",
    "log_error",
    "boxed",
    "instrument",
    "in_current_span",
    "is_ok",
    "is_err",
];
/// What stands for something that lives as long as its name.
const HELD: &[&str] =
    &["guard", "lock", "permit", "span", "enter", "entered", "handle", "scope", "timer", "shutdown", "sender", "receiver", "tx", "rx"];

impl Body<'_, '_, '_, '_, '_> {
    /// How the receiver of a method is used, where the method's own value is used in this way.
    pub(super) fn of_receiver(&self, method: &str, outer: CallContext) -> CallContext {
        let dropped = !outer.has(CallContext::USED) && !outer.has(CallContext::TRIED);
        if dropped && PASSED.contains(&method) { outer } else { CallContext::USED }
    }

    /// Is what this pattern is given thrown away?
    pub(super) fn is_thrown_away(&self, pat: PatIx) -> bool {
        match &self.facts[pat] {
            Pat::Wild => true,
            Pat::Typed(pat, _) => self.is_thrown_away(*pat),
            Pat::Bind { name, sub: None, .. } => {
                let text = self.facts.text(*name);
                text.starts_with('_') && !text.split('_').any(|word| HELD.contains(&word)) && !self.is_read(*name)
            }
            _ => false,
        }
    }

    /// How the value of an `if let` is used: not at all where it is an error that is only logged.
    pub(super) fn of_condition(&self, condition: ExprIx, then: BlockIx, otherwise: Option<ExprIx>) -> CallContext {
        let is_error = |pat: &PatIx| match &self.facts[*pat] {
            Pat::TupleStruct { path, .. } => path.segments.last().is_some_and(|s| self.facts.text(s.name) == "Err"),
            _ => false,
        };
        let is_logged = matches!(&self.facts[condition].kind, ExprKind::Let(pat, _) if is_error(pat))
            && self.only_logs(then)
            && otherwise.is_none_or(|e| self.is_log(e));
        if is_logged { CallContext::default() } else { CallContext::USED }
    }

    /// How the value of a `match` is used: not at all where every arm only logs.
    pub(super) fn of_match(&self, arms: &[Arm]) -> CallContext {
        if arms.iter().all(|arm| self.is_log(arm.body)) { CallContext::default() } else { CallContext::USED }
    }

    /// Does anything in the file read a variable of this name? Asked of names that say that nobody does.
    fn is_read(&self, name: Name) -> bool {
        let reads =
            |kind: &ExprKind| matches!(kind, ExprKind::Path(path) if matches!(path.segments.as_slice(), [only] if only.name == name));
        self.facts.exprs.iter().any(|e| reads(&e.kind))
    }

    fn only_logs(&self, block: BlockIx) -> bool {
        self.facts[block].stmts.iter().all(|stmt| matches!(stmt, Stmt::Expr(e, _) if self.is_log(*e)))
    }

    fn is_log(&self, e: ExprIx) -> bool {
        match &self.facts[e].kind {
            ExprKind::Macro(call) => call.path.segments.last().is_some_and(|s| LOGS.contains(&self.facts.text(s.name))),
            ExprKind::Block(block) => self.only_logs(*block),
            ExprKind::Tuple(elems) => elems.is_empty(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::frontend::rust::tests::codebase;
    use crate::model::codebase::{CallContext, DependencyKind};

    /// Is the value of the only call of `told` used in this body?
    fn check(body: &str, used: bool) {
        let text = format!(
            "//- /src/lib.rs\nmod far {{ pub fn told() -> Result<u8, String> {{ Ok(1) }} pub struct S; impl S {{ pub async fn told(&self) -> Result<u8, String> {{ Ok(1) }} }} }}\n\
             mod near {{ async fn f(s: &crate::far::S) -> Result<(), String> {{ {body} Ok(()) }} }}\n"
        );
        let code = codebase(&text);
        let calls: Vec<_> =
            code.references.iter().filter(|r| matches!(r.kind, DependencyKind::Call | DependencyKind::Method) && r.from != r.to).collect();
        assert_eq!(calls.len(), 1, "{body}");
        let context = calls[0].context;
        assert_eq!(context.has(CallContext::USED) || context.has(CallContext::TRIED), used, "{body}: {context:?}");
    }

    #[test]
    fn what_is_thrown_away_in_a_longer_way_is_not_used() {
        for body in [
            "crate::far::told();",
            "let _ = crate::far::told();",
            "let _unused = s.told().await;",
            "s.told().await.ok();",
            "let _ = s.told().await.map_err(|e| eprintln!(\"{e}\"));",
            "if let Err(e) = s.told().await { eprintln!(\"{e}\"); }",
            "match crate::far::told() { Ok(_) => {} Err(e) => eprintln!(\"{e}\"), }",
        ] {
            check(body, false);
        }
    }

    #[test]
    fn what_decides_anything_is_used() {
        for body in [
            "let x = crate::far::told();",
            "let _guard = crate::far::told();",
            "let _n = crate::far::told(); drop(_n);",
            "s.told().await?;",
            "let n = s.told().await.ok();",
            "s.told().await.unwrap();",
            "if let Err(e) = s.told().await { return Err(e); }",
            "if let Ok(n) = s.told().await { eprintln!(\"{n}\"); }",
            "match crate::far::told() { Ok(_) => {} Err(e) => return Err(e), }",
        ] {
            check(body, true);
        }
    }
}
