//! Expressions, blocks and statements.

use super::super::facts::{Arm, Around, Block, BlockIx, Closure, Expr, ExprIx, ExprKind, Lit, MethodCall, Operator, Stmt, StructLit};
use super::{Lower, path_span};
use proc_macro2::Span;
use syn::Expr as E;
use syn::punctuated::Punctuated;

impl Lower<'_> {
    pub(super) fn make(&mut self, span: Span, kind: ExprKind) -> ExprIx {
        self.new_expr(Expr { pos: self.pos(span), kind })
    }

    fn exprs(&mut self, exprs: &Punctuated<E, syn::Token![,]>) -> Vec<ExprIx> {
        exprs.iter().map(|e| self.expr(e)).collect()
    }

    fn optional(&mut self, expr: Option<&E>) -> Option<ExprIx> {
        expr.map(|e| self.expr(e))
    }

    pub(super) fn lit(&mut self, lit: &syn::Lit) -> ExprIx {
        let kind = match lit {
            syn::Lit::Str(text) => Lit::Str(self.new_text(text.value().into())),
            syn::Lit::CStr(text) => Lit::Str(self.new_text(text.value().to_string_lossy().into())),
            syn::Lit::ByteStr(_) => Lit::Bytes,
            syn::Lit::Char(_) => Lit::Char,
            syn::Lit::Float(_) => Lit::Float,
            syn::Lit::Bool(_) => Lit::Bool,
            _ => Lit::Int,
        };
        self.make(lit.span(), ExprKind::Lit(kind))
    }

    pub(super) fn block_expr(&mut self, block: &syn::Block, span: Span) -> ExprIx {
        let block = self.block(block);
        self.make(span, ExprKind::Block(block))
    }

    pub(super) fn expr(&mut self, expr: &E) -> ExprIx {
        let lowered = self.unconditional(expr);
        self.under(expr_attrs(expr), lowered)
    }

    /// The same, if there are conditions in these attributes only where they hold.
    fn under(&mut self, attrs: &[syn::Attribute], expr: ExprIx) -> ExprIx {
        let cfg = self.cfgs(attrs);
        if cfg.is_empty() {
            return expr;
        }
        let at = self.facts[expr].pos;
        self.new_expr(Expr { pos: at, kind: ExprKind::Cfg(cfg, expr) })
    }

    fn unconditional(&mut self, expr: &E) -> ExprIx {
        match expr {
            E::Array(e) => {
                let elems = self.exprs(&e.elems);
                self.make(e.bracket_token.span.open(), ExprKind::Array(elems))
            }
            E::Assign(e) => {
                let (left, right) = (self.expr(&e.left), self.expr(&e.right));
                self.make(e.eq_token.span, ExprKind::Assign(left, right, None))
            }
            E::Async(e) => {
                let block = self.block(&e.block);
                self.make(e.async_token.span, ExprKind::Async(block))
            }
            E::Await(e) => {
                let base = self.expr(&e.base);
                self.make(e.await_token.span, ExprKind::Await(base))
            }
            E::Binary(e) => {
                let (left, right) = (self.expr(&e.left), self.expr(&e.right));
                let (operator, span, assigns) = binary(&e.op);
                let kind = if assigns { ExprKind::Assign(left, right, Some(operator)) } else { ExprKind::Binary(left, right, operator) };
                self.make(span, kind)
            }
            E::Block(e) => self.block_expr(&e.block, e.block.brace_token.span.open()),
            E::Unsafe(e) => self.block_expr(&e.block, e.unsafe_token.span),
            E::Const(e) => self.block_expr(&e.block, e.const_token.span),
            E::TryBlock(e) => self.block_expr(&e.block, e.try_token.span),
            E::Break(e) => {
                let value = self.optional(e.expr.as_deref());
                self.make(e.break_token.span, ExprKind::Break(value))
            }
            E::Yield(e) => {
                let value = self.optional(e.expr.as_deref());
                self.make(e.yield_token.span, ExprKind::Break(value))
            }
            E::Continue(e) => self.make(e.continue_token.span, ExprKind::Break(None)),
            E::Return(e) => {
                let value = self.optional(e.expr.as_deref());
                self.make(e.return_token.span, ExprKind::Return(value))
            }
            E::Call(e) => {
                let function = self.expr(&e.func);
                let args = self.exprs(&e.args);
                self.make(e.paren_token.span.open(), ExprKind::Call(function, args))
            }
            E::Cast(e) => {
                let (value, ty) = (self.expr(&e.expr), self.ty(&e.ty));
                self.make(e.as_token.span, ExprKind::Cast(value, ty))
            }
            E::Closure(e) => {
                let closure = Closure {
                    params: e.inputs.iter().map(|p| self.pat(p)).collect(),
                    ret: self.return_type(&e.output),
                    body: self.expr(&e.body),
                    is_async: e.asyncness.is_some(),
                };
                self.make(e.inputs_begin.span, ExprKind::Closure(Box::new(closure)))
            }
            E::Field(e) => {
                let base = self.expr(&e.base);
                let (name, span) = self.member(&e.member);
                self.make(span, ExprKind::Field(base, name))
            }
            E::ForLoop(e) => {
                let iter = self.expr(&e.expr);
                let pat = self.pat(&e.pat);
                let body = self.block(&e.body);
                self.make(e.for_token.span, ExprKind::For(pat, iter, body))
            }
            E::Group(e) => self.expr(&e.expr),
            E::Paren(e) => self.expr(&e.expr),
            E::If(e) => {
                let condition = self.expr(&e.cond);
                let then = self.block(&e.then_branch);
                let otherwise = self.optional(e.else_branch.as_ref().map(|(_, e)| &**e));
                self.make(e.if_token.span, ExprKind::If(condition, then, otherwise))
            }
            E::Index(e) => {
                let (base, index) = (self.expr(&e.expr), self.expr(&e.index));
                self.make(e.bracket_token.span.open(), ExprKind::Index(base, index))
            }
            E::Let(e) => {
                let value = self.expr(&e.expr);
                let pat = self.pat(&e.pat);
                self.make(e.let_token.span, ExprKind::Let(pat, value))
            }
            E::Lit(e) => self.lit(&e.lit),
            E::Loop(e) => {
                let body = self.block(&e.body);
                self.make(e.loop_token.span, ExprKind::Loop(body))
            }
            E::Macro(e) => {
                let call = self.macro_call(&e.mac);
                self.make(path_span(&e.mac.path), ExprKind::Macro(Box::new(call)))
            }
            E::Match(e) => {
                let value = self.expr(&e.expr);
                let arms = e.arms.iter().map(|a| self.arm(a)).collect();
                self.make(e.match_token.span, ExprKind::Match(value, arms))
            }
            E::MethodCall(e) => {
                let call = MethodCall {
                    receiver: self.expr(&e.receiver),
                    name: self.name(&e.method),
                    types: e.turbofish.as_ref().map(|t| self.angle_args(t).types).unwrap_or_default(),
                    args: self.exprs(&e.args),
                };
                self.make(e.method.span(), ExprKind::Method(Box::new(call)))
            }
            E::Path(e) => {
                let path = self.qpath(e.qself.as_ref(), &e.path);
                self.make(path_span(&e.path), ExprKind::Path(Box::new(path)))
            }
            E::Range(e) => {
                let (start, end) = (self.optional(e.start.as_deref()), self.optional(e.end.as_deref()));
                self.make(Span::call_site(), ExprKind::Range(start, end))
            }
            E::RawAddr(e) => {
                let value = self.expr(&e.expr);
                self.make(e.and_token.span, ExprKind::Ref(value))
            }
            E::Reference(e) => {
                let value = self.expr(&e.expr);
                self.make(e.and_token.span, ExprKind::Ref(value))
            }
            E::Repeat(e) => {
                let (value, length) = (self.expr(&e.expr), self.expr(&e.len));
                self.make(e.bracket_token.span.open(), ExprKind::Repeat(value, length))
            }
            E::Struct(e) => {
                let literal = StructLit {
                    path: self.qpath(e.qself.as_ref(), &e.path),
                    fields: e
                        .fields
                        .iter()
                        .map(|f| {
                            let (name, span) = self.member(&f.member);
                            let value = self.expr(&f.expr);
                            (name, self.pos(span), self.under(&f.attrs, value))
                        })
                        .collect(),
                    rest: self.optional(e.rest.as_deref()),
                };
                self.make(path_span(&e.path), ExprKind::Struct(Box::new(literal)))
            }
            E::Try(e) => {
                let value = self.expr(&e.expr);
                self.make(e.question_token.span, ExprKind::Try(value))
            }
            E::Tuple(e) => {
                let elems = self.exprs(&e.elems);
                self.make(e.paren_token.span.open(), ExprKind::Tuple(elems))
            }
            E::Unary(e) => {
                let value = self.expr(&e.expr);
                let (span, kind) = match &e.op {
                    syn::UnOp::Deref(t) => (t.span, ExprKind::Deref(value)),
                    syn::UnOp::Not(t) => (t.span, ExprKind::Unary(value, Operator::Not)),
                    syn::UnOp::Neg(t) => (t.span, ExprKind::Unary(value, Operator::Neg)),
                    _ => (Span::call_site(), ExprKind::Other),
                };
                self.make(span, kind)
            }
            E::While(e) => {
                let condition = self.expr(&e.cond);
                let body = self.block(&e.body);
                self.make(e.while_token.span, ExprKind::While(condition, body))
            }
            _ => self.make(Span::call_site(), ExprKind::Other),
        }
    }

    pub(super) fn arm(&mut self, arm: &syn::Arm) -> Arm {
        let cfg = self.cfgs(&arm.attrs);
        let guard = match &arm.pat {
            syn::Pat::Guard(g) => Some(&*g.guard),
            _ => None,
        };
        Arm { cfg, pat: self.pat(&arm.pat), guard: self.optional(guard), body: self.expr(&arm.body) }
    }

    pub(super) fn block(&mut self, block: &syn::Block) -> BlockIx {
        self.stmts(&block.stmts)
    }

    pub(super) fn stmts(&mut self, stmts: &[syn::Stmt]) -> BlockIx {
        let around = *self.around.last().expect("the file itself is always there");
        let ix = self.new_block(Block { around, ..Block::default() });
        let has_items = stmts.iter().any(|s| match s {
            syn::Stmt::Item(_) => true,
            syn::Stmt::Macro(m) => super::macros::declares_items(&m.mac),
            _ => false,
        });
        if has_items {
            self.around.push(Around::Block(ix));
        }
        let mut out = Vec::with_capacity(stmts.len());
        let mut items = Vec::new();
        for stmt in stmts {
            self.stmt(stmt, &mut out, &mut items);
        }
        if has_items {
            self.around.pop();
        }
        let block = &mut self.facts.blocks[ix.0 as usize];
        block.stmts = out;
        block.items = items;
        ix
    }

    fn stmt(&mut self, stmt: &syn::Stmt, out: &mut Vec<Stmt>, items: &mut Vec<super::super::facts::ItemIx>) {
        let attrs: &[syn::Attribute] = match stmt {
            syn::Stmt::Local(l) => &l.attrs,
            syn::Stmt::Macro(m) => &m.attrs,
            syn::Stmt::Expr(e, _) => expr_attrs(e),
            syn::Stmt::Item(_) => &[],
        };
        if !attrs.is_empty() {
            let cfg = self.cfgs(attrs);
            if !cfg.is_empty() {
                out.push(Stmt::Cfg(cfg));
            }
        }
        match stmt {
            syn::Stmt::Local(l) => {
                let init = self.optional(l.init.as_ref().map(|i| &*i.expr));
                let otherwise = self.optional(l.init.as_ref().and_then(|i| i.diverge.as_ref()).map(|(_, e)| &**e));
                let (pat, ty) = match &l.pat {
                    syn::Pat::Type(t) => (self.pat(&t.pat), Some(self.ty(&t.ty))),
                    pat => (self.pat(pat), None),
                };
                out.push(Stmt::Let { pat, ty, init, otherwise });
            }
            syn::Stmt::Item(item) => self.item(item, items),
            syn::Stmt::Expr(e, semi) => {
                let e = self.unconditional(e);
                out.push(Stmt::Expr(e, semi.is_some()));
            }
            syn::Stmt::Macro(m) if super::macros::declares_items(&m.mac) => {
                let call = self.item_macro(&m.mac);
                if let super::super::facts::MacroArgs::Items(inner) = &call.args {
                    items.extend(inner);
                }
                let e = self.make(path_span(&m.mac.path), ExprKind::Macro(Box::new(call)));
                out.push(Stmt::Expr(e, true));
            }
            syn::Stmt::Macro(m) => {
                let call = self.macro_call(&m.mac);
                let e = self.make(path_span(&m.mac.path), ExprKind::Macro(Box::new(call)));
                out.push(Stmt::Expr(e, m.semi_token.is_some()));
            }
        }
    }
}

/// Attributes of the expressions that stand as statements with `#[cfg]` in practice.
fn expr_attrs(expr: &E) -> &[syn::Attribute] {
    match expr {
        E::Block(e) => &e.attrs,
        E::Unsafe(e) => &e.attrs,
        E::If(e) => &e.attrs,
        E::Match(e) => &e.attrs,
        E::Call(e) => &e.attrs,
        E::MethodCall(e) => &e.attrs,
        E::Macro(e) => &e.attrs,
        E::Assign(e) => &e.attrs,
        E::Binary(e) => &e.attrs,
        E::ForLoop(e) => &e.attrs,
        E::While(e) => &e.attrs,
        E::Loop(e) => &e.attrs,
        E::Return(e) => &e.attrs,
        E::Try(e) => &e.attrs,
        E::Await(e) => &e.attrs,
        E::Path(e) => &e.attrs,
        E::Struct(e) => &e.attrs,
        E::Tuple(e) => &e.attrs,
        _ => &[],
    }
}

/// A binary operator, where it stands, and whether it assigns.
fn binary(operator: &syn::BinOp) -> (Operator, Span, bool) {
    use syn::BinOp as B;
    let (named, span) = match operator {
        B::Add(t) => (Operator::Add, t.span),
        B::Sub(t) => (Operator::Sub, t.span),
        B::Mul(t) => (Operator::Mul, t.span),
        B::Div(t) => (Operator::Div, t.span),
        B::Rem(t) => (Operator::Rem, t.span),
        B::BitXor(t) => (Operator::BitXor, t.span),
        B::BitAnd(t) => (Operator::BitAnd, t.span),
        B::BitOr(t) => (Operator::BitOr, t.span),
        B::Shl(t) => (Operator::Shl, t.spans[0]),
        B::Shr(t) => (Operator::Shr, t.spans[0]),
        B::Eq(t) => (Operator::Eq, t.spans[0]),
        B::Ne(t) => (Operator::Eq, t.spans[0]),
        B::Lt(t) => (Operator::Ord, t.span),
        B::Gt(t) => (Operator::Ord, t.span),
        B::Le(t) => (Operator::Ord, t.spans[0]),
        B::Ge(t) => (Operator::Ord, t.spans[0]),
        B::AddAssign(t) => return (Operator::AddAssign, t.spans[0], true),
        B::SubAssign(t) => return (Operator::SubAssign, t.spans[0], true),
        B::MulAssign(t) => return (Operator::MulAssign, t.spans[0], true),
        B::DivAssign(t) => return (Operator::DivAssign, t.spans[0], true),
        B::RemAssign(t) => return (Operator::RemAssign, t.spans[0], true),
        B::BitXorAssign(t) => return (Operator::BitXorAssign, t.spans[0], true),
        B::BitAndAssign(t) => return (Operator::BitAndAssign, t.spans[0], true),
        B::BitOrAssign(t) => return (Operator::BitOrAssign, t.spans[0], true),
        B::ShlAssign(t) => return (Operator::ShlAssign, t.spans[0], true),
        B::ShrAssign(t) => return (Operator::ShrAssign, t.spans[0], true),
        _ => (Operator::Lazy, Span::call_site()),
    };
    (named, span, false)
}
