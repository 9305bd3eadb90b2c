//! Routes that are registered by calls, and how routers are put below one another.
//!
//! Takes: the calls that are told. Gives: [`Found`] with the path from the root of each route. A router is known by the place of the call
//! that makes it, or by the function that is given it or gives it; what mounts it adds its prefix. A router that nobody mounts, or whose
//! mounting goes round in a circle, stands at the root. What of a prefix is decided at run time stands in it by its name.

use super::handlers::{self, Handler};
use super::words::{self, Shape};
use super::{Found, tree::Node, tree::Tree};
use crate::evidence::code::{self, Code};
use crate::model::calls::{Call, CallKind, Invocation, Value};
use crate::model::evidence::Spot;
use crate::model::evidence::entry::EntryKind;

/// A route before its prefix is known.
struct Route {
    at: Node,
    method: String,
    /// `None` where it is decided at run time.
    path: Option<String>,
    handler: Handler,
    declared: Spot,
    framework: &'static str,
}

/// Routers, and what is registered on them.
pub(super) struct Routes<'c, 'a> {
    code: &'c Code<'a>,
    pub(super) tree: Tree,
    routes: Vec<Route>,
    seen: std::collections::BTreeSet<(u32, u32, u32)>,
}

impl<'c, 'a> Routes<'c, 'a> {
    /// Reads all calls.
    pub(super) fn read(code: &'c Code<'a>) -> Self {
        let mut routes = Routes { code, tree: Tree::default(), routes: Vec::new(), seen: Default::default() };
        for invocation in &code.codebase.invocations {
            let node = routes.router(invocation, &invocation.call);
            if let (Some(item), Node::Call(..)) = (invocation.item, node) {
                routes.tree.stands_in(node, Node::Item(item));
            }
        }
        routes
    }

    /// The routes with their whole paths, and how many have a path that is not known.
    pub(super) fn found(&self) -> (Vec<Found>, usize) {
        let mut unknown = 0;
        let mut found = Vec::new();
        for route in &self.routes {
            let Some(path) = &route.path else {
                unknown += 1;
                continue;
            };
            for prefix in self.tree.prefixes(route.at, self.code) {
                found.push(Found {
                    kind: EntryKind::Route,
                    name: format!("{} {}", route.method, join(&prefix, path, route.framework)),
                    handler: route.handler.clone(),
                    declared: route.declared.clone(),
                    technology: route.framework.into(),
                });
            }
        }
        (found, unknown)
    }

    /// The router on which the chain is called; registers what its calls do.
    fn router(&mut self, invocation: &Invocation, call: &Call) -> Node {
        let chain = code::chain(call);
        let first = chain[0];
        let mut node = self.first(invocation, first);
        self.page(invocation, call, node);
        // `get(h).post(h2)` is what answers, and no router.
        let is_answer = is_answer(first);
        for call in chain {
            if call.kind != CallKind::Method || is_answer {
                continue;
            }
            let Some(shape) = words::registering(call.name(), call.args.len()) else { continue };
            if shape == Shape::Below {
                // Everything has a `path`: only where something of it is written is it a router's.
                if self.code.text(&call.args[0], invocation.from).is_some() {
                    let below = Node::Call(invocation.file, call.line, call.column);
                    self.tree.mount(below, node, self.prefix(invocation, &call.args[0]));
                    node = below;
                }
                continue;
            }
            self.register(invocation, call, shape, node);
        }
        node
    }

    /// A page of documentation, and the files that it reads.
    fn page(&mut self, invocation: &Invocation, call: &Call, node: Node) {
        let chain = code::chain(call);
        let Some(krate) = code::crate_of(&chain[0].callee) else { return };
        let Some((krate, _)) = words::PAGES.iter().find(|(of, name)| *of == krate && chain[0].name().starts_with(name)) else { return };
        let paths = chain.iter().enumerate().filter(|(at, c)| *at == 0 || c.name() == "url" && c.args.len() > 1);
        for (_, call) in paths {
            let place = (invocation.file.0, call.line, call.column);
            if let Some(path) = call.args.first().and_then(|v| self.code.text(v, invocation.from))
                && self.seen.insert(place)
            {
                let declared = self.code.spot(invocation, call.line);
                let (method, handler) = ("GET".to_owned(), Handler::default());
                self.routes.push(Route { at: node, method, path: Some(path), handler, declared, framework: krate });
            }
        }
    }

    /// What the first call of a chain is called on, or makes.
    fn first(&mut self, invocation: &Invocation, first: &Call) -> Node {
        let here = Node::Call(invocation.file, first.line, first.column);
        if first.receiver.is_some() {
            match (self.code.called(invocation.file, first), invocation.item) {
                (Some(item), _) => self.tree.mount(Node::Item(item), here, String::new()),
                // A parameter: the routes go wherever the function is called.
                (None, Some(item)) => self.tree.stands_in(here, Node::Item(item)),
                (None, None) => {}
            }
            return here;
        }
        if words::is_scope(&first.callee.text)
            && let Some(path) = first.args.first()
        {
            let prefix = self.prefix(invocation, path);
            self.tree.set_own(here, prefix);
        } else if first.kind == CallKind::Macro && first.name() == "routes" {
            for value in &first.args {
                self.children(invocation, first, value, here, "");
            }
        } else if let Some(item) = first.callee.item {
            self.tree.mount(Node::Item(item), here, String::new());
        }
        here
    }

    /// A prefix; what is decided at run time stands in it in braces, so that routes below different prefixes stay apart.
    fn prefix(&self, invocation: &Invocation, value: &Value) -> String {
        self.code.text_with_names(value, invocation.from)
    }

    fn register(&mut self, invocation: &Invocation, call: &Call, shape: Shape, node: Node) {
        match shape {
            Shape::Route => {
                let answers = &call.args[1];
                self.route(invocation, call, node, Some(&call.args[0]), answers);
                // Routers may be given, too: poem's `at` and axum's `route_service` take both.
                if let Value::Call(given) = answers
                    && !is_answer(code::chain(given)[0])
                {
                    self.children(invocation, call, answers, node, &self.prefix(invocation, &call.args[0]));
                }
            }
            Shape::RouteHere | Shape::VerbHere => self.route(invocation, call, node, None, &call.args[0]),
            Shape::Fallback => self.route(invocation, call, node, None, &call.args[0]),
            Shape::Mount => {
                let prefix = self.prefix(invocation, &call.args[0]);
                self.children(invocation, call, &call.args[1], node, &prefix);
            }
            Shape::Add => self.children(invocation, call, &call.args[0], node, ""),
            Shape::Below => {}
        }
    }

    /// Mounts whatever routers and handlers are in a value.
    fn children(&mut self, invocation: &Invocation, by: &Call, value: &Value, parent: Node, prefix: &str) {
        match value {
            Value::Call(call) => {
                let child = self.router(invocation, call);
                self.tree.mount(child, parent, prefix.to_owned());
                // `with_login(routes())`
                let first = code::chain(call)[0];
                if first.kind != CallKind::Macro && !is_answer(first) && !words::is_scope(&first.callee.text) {
                    for value in first.args.iter().filter(|v| matches!(v, Value::Call(_) | Value::Path(_) | Value::List(_))) {
                        self.children(invocation, by, value, parent, prefix);
                    }
                }
            }
            Value::Path(path) => {
                if let Some(item) = path.item {
                    self.tree.mount(Node::Item(item), parent, prefix.to_owned());
                }
            }
            Value::List(list) | Value::Either(list) => {
                for value in list {
                    self.children(invocation, by, value, parent, prefix);
                }
            }
            Value::Closure => {
                for item in self.code.named_in(invocation.file, by) {
                    self.tree.mount(Node::Item(item), parent, prefix.to_owned());
                }
                // Calls of the closure that are told by themselves register on its parameter, which is this router.
                if let Some(end) = self.code.end(invocation.file, (by.line, by.column)) {
                    self.tree.inside((invocation.file, by.line, by.column), end, parent, prefix);
                }
            }
            _ => {}
        }
    }

    fn route(&mut self, invocation: &Invocation, call: &Call, node: Node, path: Option<&Value>, answers: &Value) {
        let Some(framework) = self.framework(invocation, call, answers) else { return };
        if !self.seen.insert((invocation.file.0, call.line, call.column)) {
            return;
        }
        let name = call.name();
        let mut by = handlers::by_method(self.code, invocation, call, answers);
        if let Some(verb) = words::verb(name)
            && path.is_none()
        {
            by = by.into_iter().map(|(_, handler)| (verb.to_owned(), handler)).collect();
        }
        let declared = self.code.spot(invocation, call.line);
        let paths: Vec<Option<String>> = match path {
            None if name.contains("fallback") || name == "default_service" => vec![Some("/{*any}".into())],
            None => vec![Some(String::new())],
            Some(value) => {
                let known = |text: String| Some(text).filter(|t| code::text::is_known(t));
                self.code.texts(value, invocation.from).into_iter().map(known).collect()
            }
        };
        for path in paths {
            for (method, handler) in &by {
                let (method, handler, path) = (method.clone(), handler.clone(), path.clone());
                self.routes.push(Route { at: node, method, path, handler, declared: declared.clone(), framework });
            }
        }
    }

    /// Whose router it is; `None` where it is no router, as far as can be seen.
    fn framework(&self, invocation: &Invocation, call: &Call, answers: &Value) -> Option<&'static str> {
        let chain = code::chain(call);
        let first = chain[0];
        let is_verb = words::registering(call.name(), call.args.len()) == Some(Shape::VerbHere);
        // `headers.get(x)` is everywhere: only some routers take handlers in this way.
        let takes_verbs = |name: &&str| !is_verb || words::WITH_VERBS.contains(name) || words::is_scope(&first.callee.text);
        if let Some(name) = code::crate_of(&first.callee) {
            return words::framework(name).filter(takes_verbs);
        }
        if let Some(ty) = chain.iter().rev().find_map(|c| c.receiver_type.as_ref())
            && (ty.text.contains("::") || !ty.items.is_empty())
        {
            let of = ty.text.trim_start_matches("dyn ").split("::").next().unwrap_or_default();
            return words::framework(of).filter(takes_verbs);
        }
        if is_verb {
            return None;
        }
        let mut inner = Vec::new();
        code::calls_in(answers, &mut inner);
        let told = inner.iter().find_map(|c| code::crate_of(&c.callee).and_then(words::framework));
        if told.is_some() || matches!(call.name(), "to" | "at" | "path") {
            return told;
        }
        words::FRAMEWORKS.iter().find(|(name, _)| self.code.uses(invocation.from, name)).map(|(_, framework)| *framework)
    }
}

/// Does a chain that begins like this say what answers, by method?
fn is_answer(first: &Call) -> bool {
    let says = words::verb(first.name()).is_some() || first.name() == "route" && first.args.is_empty();
    first.kind == CallKind::Function && first.callee.item.is_none() && says
}

/// Frameworks for which `/orders` and `/orders/` are two paths.
const WITH_SLASHES: &[&str] = &["actix-web", "axum"];

/// One path below another, its parameters in braces.
pub(super) fn join(prefix: &str, path: &str, framework: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let mut out = String::new();
    for piece in prefix.split('/').chain(path.split('/')).filter(|p| !p.is_empty()) {
        out.push('/');
        out.push_str(&parameter(piece));
    }
    let is_below = prefix.split('/').any(|piece| !piece.is_empty());
    let ends = if path.is_empty() { prefix.ends_with('/') } else { path.ends_with('/') };
    // In axum `/` below a prefix is the prefix itself.
    let is_prefix = framework == "axum" && path == "/" && is_below;
    if out.is_empty() || ends && WITH_SLASHES.contains(&framework) && !is_prefix {
        out.push('/');
    }
    out
}

fn parameter(piece: &str) -> String {
    if let Some(name) = piece.strip_prefix(':') {
        return format!("{{{name}}}");
    }
    if let Some(name) = piece.strip_prefix('*').filter(|n| !n.is_empty()) {
        return format!("{{*{name}}}");
    }
    match piece.strip_prefix('<').and_then(|p| p.strip_suffix('>')) {
        Some(name) => match name.strip_suffix("..") {
            Some(all) => format!("{{*{all}}}"),
            None => format!("{{{name}}}"),
        },
        None => piece.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn paths_are_joined_and_parameters_look_alike() {
        for (prefix, path, framework, expected) in [
            ("", "", "axum", "/"),
            ("/api", "/", "axum", "/api"),
            ("/api", "/", "actix-web", "/api/"),
            ("/api", "/", "rocket", "/api"),
            ("/api//x/", "", "actix-web", "/api/x/"),
            ("/", "", "actix-web", "/"),
            ("", "/x/", "axum", "/x/"),
            ("api/", "x/:id", "axum", "/api/x/{id}"),
            ("/a", "/<id>/<rest..>?<page>", "rocket", "/a/{id}/{*rest}"),
            ("", "/*path", "axum", "/{*path}"),
            ("", "/{id}", "axum", "/{id}"),
        ] {
            assert_eq!(join(prefix, path, framework), expected);
        }
    }
}
