//! What web frameworks call things: the one place to add a framework's names.
//!
//! Takes: nothing. Gives: [`FRAMEWORKS`], [`REGISTERING`], [`ROUTE_ATTRIBUTES`], [`VERBS`] and the [`WORDS`] to listen for.

use crate::model::calls::Word::{self, Any, Outside, Path};

/// A crate, and the framework that it belongs to.
pub(super) const FRAMEWORKS: &[(&str, &str)] = &[
    ("axum", "axum"),
    ("axum_extra", "axum"),
    ("axum_server", "axum"),
    ("utoipa_axum", "axum"),
    ("aide", "axum"),
    ("actix_web", "actix-web"),
    ("actix_files", "actix-web"),
    ("utoipa_actix_web", "actix-web"),
    ("paperclip", "actix-web"),
    ("ntex", "ntex"),
    ("rocket", "rocket"),
    ("rocket_okapi", "rocket"),
    ("warp", "warp"),
    ("poem", "poem"),
    ("poem_openapi", "poem"),
    ("salvo", "salvo"),
    ("dropshot", "dropshot"),
    ("tide", "tide"),
];

/// The framework of a crate.
pub(super) fn framework(name: &str) -> Option<&'static str> {
    FRAMEWORKS.iter().find(|(of, _)| *of == name).map(|(_, framework)| *framework)
}

/// Frameworks whose routers themselves have a method for each verb.
pub(super) const WITH_VERBS: &[&str] = &["salvo", "tide"];

/// What a call does to the router on which it is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A path, and what answers there.
    Route,
    /// What answers at the router's own path.
    RouteHere,
    /// The handler of one method at the router's own path: the method is the call's name.
    VerbHere,
    /// A path, and routes below it.
    Mount,
    /// Routes that are added as they are.
    Add,
    /// Everything that is called after it is below this path.
    Below,
    /// What answers where no route does.
    Fallback,
}

/// Methods that register something: name, number of arguments, what it does.
pub(super) const REGISTERING: &[(&str, usize, Shape)] = &[
    ("route", 2, Shape::Route),
    ("route", 1, Shape::RouteHere),
    ("api_route", 2, Shape::Route),
    ("api_route_with", 3, Shape::Route),
    ("route_service", 2, Shape::Route),
    ("to", 1, Shape::RouteHere),
    ("to_async", 1, Shape::RouteHere),
    ("at", 2, Shape::Route),
    ("at", 1, Shape::Below),
    ("path", 1, Shape::Below),
    ("nest", 2, Shape::Mount),
    ("nest_no_strip", 2, Shape::Mount),
    ("nest_service", 2, Shape::Mount),
    ("nest_api_service", 2, Shape::Mount),
    ("nest", 1, Shape::Add),
    ("mount", 2, Shape::Mount),
    ("merge", 1, Shape::Add),
    ("service", 1, Shape::Add),
    ("configure", 1, Shape::Add),
    ("push", 1, Shape::Add),
    ("append", 1, Shape::Add),
    ("routes", 1, Shape::Add),
    ("register", 1, Shape::Add),
    ("fallback", 1, Shape::Fallback),
    ("fallback_service", 1, Shape::Fallback),
    ("default_service", 1, Shape::Fallback),
    ("get", 1, Shape::VerbHere),
    ("post", 1, Shape::VerbHere),
    ("put", 1, Shape::VerbHere),
    ("delete", 1, Shape::VerbHere),
    ("patch", 1, Shape::VerbHere),
    ("head", 1, Shape::VerbHere),
    ("options", 1, Shape::VerbHere),
    ("goal", 1, Shape::VerbHere),
];

/// What the call does, if anything.
pub(super) fn registering(name: &str, arguments: usize) -> Option<Shape> {
    REGISTERING.iter().find(|(of, n, _)| *of == name && *n == arguments).map(|(.., shape)| *shape)
}

/// Functions that make a router for the path in their first argument: a name somewhere before, and the last one.
pub(super) const SCOPES: &[(&str, &str)] = &[
    ("web", "scope"),
    ("actix_web", "scope"),
    ("web", "resource"),
    ("actix_web", "resource"),
    ("Router", "with_path"),
    ("Scope", "new"),
    ("Resource", "new"),
    ("utoipa_actix_web", "scope"),
];

/// Is it the path of such a function?
pub(super) fn is_scope(path: &str) -> bool {
    let (before, name) = path.rsplit_once("::").unwrap_or_default();
    SCOPES.iter().any(|(of, last)| *last == name && before.split("::").any(|part| part == *of))
}

/// Functions and methods that say for which method what they are given answers; `ANY` for all.
pub(super) const VERBS: &[(&str, &str)] = &[
    ("get", "GET"),
    ("post", "POST"),
    ("put", "PUT"),
    ("delete", "DELETE"),
    ("patch", "PATCH"),
    ("head", "HEAD"),
    ("options", "OPTIONS"),
    ("trace", "TRACE"),
    ("connect", "CONNECT"),
    ("any", "ANY"),
    ("goal", "ANY"),
    ("Get", "GET"),
    ("Post", "POST"),
    ("Put", "PUT"),
    ("Delete", "DELETE"),
    ("Patch", "PATCH"),
    ("Head", "HEAD"),
    ("Options", "OPTIONS"),
];

/// The method that a function of this name stands for: `get`, `get_service`, `get_with`.
pub(super) fn verb(name: &str) -> Option<&'static str> {
    let bare = ["_service", "_with"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    VERBS.iter().find(|(of, _)| *of == bare).map(|(_, verb)| *verb)
}

/// Attributes of handlers that name a path: last name, the method or empty where its arguments say it.
pub(super) const ROUTE_ATTRIBUTES: &[(&str, &str)] = &[
    ("get", "GET"),
    ("post", "POST"),
    ("put", "PUT"),
    ("delete", "DELETE"),
    ("patch", "PATCH"),
    ("head", "HEAD"),
    ("options", "OPTIONS"),
    ("connect", "CONNECT"),
    ("trace", "TRACE"),
    ("route", ""),
    ("oai", ""),
    ("endpoint", ""),
    ("channel", ""),
];

/// Pages that show what routes there are, by crate: what the call that makes one starts with, whose first argument is its path.
pub(super) const PAGES: &[(&str, &str)] = &[
    ("utoipa_swagger_ui", "new"),
    ("utoipa_redoc", "with_url"),
    ("utoipa_scalar", "with_url"),
    ("utoipa_rapidoc", "new"),
    ("utoipa_rapidoc", "with_openapi"),
];

/// What routes are registered with.
pub(super) const WORDS: &[Word] = &[
    Any("route"),
    Any("api_route"),
    Any("api_route_with"),
    Any("route_service"),
    Any("nest"),
    Any("nest_no_strip"),
    Any("nest_service"),
    Any("nest_api_service"),
    Any("mount"),
    Any("fallback"),
    Any("fallback_service"),
    Any("default_service"),
    Any("configure"),
    Any("routes"),
    Any("scope"),
    Any("resource"),
    Any("with_path"),
    Outside("merge"),
    Outside("service"),
    Outside("register"),
    Outside("push"),
    Outside("append"),
    Outside("at"),
    Outside("to"),
    Outside("get"),
    Outside("post"),
    Outside("put"),
    Outside("delete"),
    Outside("patch"),
    Outside("head"),
    Outside("goal"),
    // warp
    Any("path"),
    Outside("and_then"),
    Outside("and"),
    Outside("or"),
    // pages of documentation
    Path("SwaggerUi", "new"),
    Outside("url"),
    Path("Redoc", "with_url"),
    Path("Redoc", "with_url_and_config"),
    Path("Scalar", "with_url"),
    Path("RapiDoc", "new"),
    Path("RapiDoc", "with_openapi"),
    // tonic
    Any("add_service"),
    // GraphQL
    Path("Schema", "build"),
    Path("Schema", "new"),
    Path("RootNode", "new"),
    // clap
    Path("Command", "new"),
    Path("App", "new"),
    Path("SubCommand", "with_name"),
    Any("subcommand"),
    Any("subcommands"),
    // jobs
    Path("Job", "new"),
    Path("Job", "new_async"),
    Path("Job", "new_async_tz"),
    Path("Job", "new_repeated"),
    Path("Job", "new_repeated_async"),
    Path("JobBuilder", "new"),
    Any("build_fn"),
    Path("WorkerBuilder", "new"),
    Any("run_interval"),
    Any("run_later"),
    Any("sleep"),
    Any("interval"),
    Any("interval_at"),
    Outside("every"),
    Outside("run"),
];
