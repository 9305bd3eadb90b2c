//! One fixture for each web framework.

use super::check;

#[test]
fn axum_routers_are_nested_merged_and_given_by_functions() {
    check(
        &["axum"],
        "//- /src/lib.rs
pub mod orders;
pub mod users;
use axum::{Router, routing::{get, get_service, any, MethodRouter}};
const API: &str = \"v1\";
async fn health() {}
async fn lost() {}
pub fn app(prefix: &str) -> Router {
    let api = Router::new().nest(\"/orders\", orders::router()).merge(users::router());
    let api = api.route(\"/health\", get(health).with_state(1));
    let mut more = Router::new();
    more = more.route(\"/late\", get(|| async { health().await }));
    Router::new().nest(&format!(\"/{API}\"), api).nest(\"/more\", more).nest(prefix, Router::new().route(\"/x\", any(health))).fallback(lost)
}
//- /src/orders.rs
use axum::{Router, routing::{get, post}, routing::MethodFilter};
pub fn router() -> Router { layered(Router::new().route(\"/:id\", get(show).delete(Api::remove)).route(\"/\", post(place))) }
fn layered(router: Router) -> Router { router.route(\"/stats\", axum::routing::on(MethodFilter::GET.or(MethodFilter::PUT), stats)) }
async fn show() {} async fn place() {} async fn stats() {}
pub struct Api; impl Api { async fn remove() {} }
//- /src/users.rs
use axum::{Router, routing::get};
pub fn router() -> Router { let r = Router::new(); r.route(name(), get(me)).route(\"/users/{id}\", get(me)) }
fn name() -> &'static str { \"/\" }
async fn me() {}
pub enum Group { Orders } impl Group { fn str(&self) -> &str { match self { Group::Orders => \"orders\" } } }
pub fn more() -> Router { Router::new().route(Group::Orders.str(), get(me)) }
",
        "route ANY /{*any} shop::lost axum
         route ANY /{prefix}/x shop::health axum
         route DELETE /v1/orders/{id} shop::orders::Api::remove axum
         route GET /more/late - axum
         route GET /orders shop::users::me axum
         route GET /v1/health shop::health axum
         route GET /v1/orders/stats shop::orders::stats axum
         route GET /v1/orders/{id} shop::orders::show axum
         route GET /v1/users/{id} shop::users::me axum
         route POST /v1/orders shop::orders::place axum
         route PUT /v1/orders/stats shop::orders::stats axum",
    );
}

#[test]
fn utoipa_is_a_second_witness_of_axum_and_the_only_one_of_its_macro() {
    check(
        &["axum", "utoipa", "utoipa_axum"],
        "//- /src/lib.rs
use axum::routing::get;
use utoipa_axum::{router::OpenApiRouter, routes};
#[utoipa::path(get, path = \"/seen\", responses((status = 200)))] async fn seen() {}
#[utoipa::path(post, path = \"/{id}\", tag = \"a, b\")] async fn made() {}
pub fn app() -> OpenApiRouter {
    OpenApiRouter::new().route(\"/seen\", get(seen)).nest(\"/made\", OpenApiRouter::new().routes(routes!(made)))
}
",
        "route GET /seen shop::seen axum
         route POST /made/{id} shop::made utoipa",
    );
}

#[test]
fn aide_has_routes_with_documentation() {
    check(
        &["aide"],
        "//- /src/lib.rs
use aide::axum::{ApiRouter, routing::{get_with, post_with}};
async fn list() {} async fn place() {}
fn doc() {} fn tag() {}
pub fn app() -> ApiRouter {
    let api = ApiRouter::new().api_route_with(\"/orders\", get_with(list, doc).post_with(place, doc), tag(\"x\"));
    ApiRouter::new().nest_api_service(\"/api\", api)
}
",
        "route GET /api/orders shop::list axum
         route POST /api/orders shop::place axum",
    );
}

#[test]
fn actix_scopes_resources_configure_and_attributes() {
    check(
        &["actix-web"],
        "//- /src/lib.rs
pub mod orders;
pub mod admin;
use actix_web::{web, App, HttpServer, get, route};
#[get(\"/hello/{name}\")] async fn hello() {}
#[route(\"/both\", method = \"GET\", method = \"POST\")] async fn both() {}
async fn index() {}
pub async fn serve(limit: u32) {
    HttpServer::new(move || App::new().configure(orders::config).service(web::scope(\"/admin\").configure(|cfg| admin::config(cfg, limit)))
        .service(hello).service(both).route(\"/\", web::get().to(index))
        .configure(|cfg| { cfg.service(web::resource(\"/inner\").to(index)); }));
}
//- /src/orders.rs
use actix_web::{web, guard};
pub fn config(cfg: &mut web::ServiceConfig) {
    cfg.service(web::scope(\"/orders\").service(web::resource(\"/{id}\").route(web::get().to(show)).route(web::delete().to(gone)))
        .service(web::resource(\"\").guard(guard::Post()).route(web::post().to(place::<u8>))).route(\"/list\", web::route().guard(guard::Get()).to(show)));
}
async fn show() {} async fn gone() {} async fn place<T>() {}
//- /src/admin.rs
use actix_web::{web, post};
pub fn config(cfg: &mut web::ServiceConfig, _limit: u32) { cfg.service(stop).service(web::scope(\"/deep\").service(service())); }
fn service() -> actix_web::Scope { web::scope(\"er\").route(\"\", web::put().to(stop2)) }
#[post(\"/stop\")] async fn stop() {}
async fn stop2() {}
",
        "route ANY /inner shop::index actix-web
         route DELETE /orders/{id} shop::orders::gone actix-web
         route GET / shop::index actix-web
         route GET /both shop::both actix-web
         route GET /hello/{name} shop::hello actix-web
         route GET /orders/list shop::orders::show actix-web
         route GET /orders/{id} shop::orders::show actix-web
         route POST /admin/stop shop::admin::stop actix-web
         route POST /both shop::both actix-web
         route POST /orders shop::orders::place actix-web
         route PUT /admin/deep/er shop::admin::stop2 actix-web",
    );
}

#[test]
fn ntex_is_like_actix() {
    check(
        &["ntex"],
        "//- /src/lib.rs
use ntex::web;
#[web::get(\"/hi\")] async fn hi() {}
async fn show() {}
pub fn config(cfg: &mut web::ServiceConfig) { cfg.service(web::scope(\"/a\").service(hi).service(web::resource(\"/b\").route(web::get().to(show)))); }
",
        "route GET /a/b shop::show ntex
         route GET /a/hi shop::hi ntex",
    );
}

#[test]
fn rocket_attributes_are_mounted() {
    check(
        &["rocket"],
        "//- /src/main.rs
#[macro_use] extern crate rocket;
mod orders;
#[get(\"/\")] fn index() {}
#[launch] fn rocket() -> _ { rocket::build().mount(\"/\", routes![index]).mount(\"/orders\", routes![orders::show, orders::place]).mount([base(), \"/all\"].concat(), orders::all()) }
fn base() -> &'static str { \"\" }
//- /src/orders.rs
#[get(\"/<id>?<page>\")] pub fn show() {}
#[post(\"/\", data = \"<order>\")] pub fn place() {}
#[put(\"/<path..>\")] pub fn put() {}
pub fn all() -> Vec<rocket::Route> { routes![put] }
",
        "route GET / shop::index rocket
         route GET /orders/{id} shop::orders::show rocket
         route POST /orders shop::orders::place rocket
         route PUT /{base}/all/{*path} shop::orders::put rocket",
    );
}

#[test]
fn warp_filters_are_put_together() {
    check(
        &["warp"],
        "//- /src/lib.rs
use warp::Filter;
const STATUS: &str = \"status\";
pub fn routes() {
    let list = warp::path!(\"orders\" / u32).and(warp::get()).and(with_db()).and_then(show);
    let made = orders().and(warp::post()).and_then(|x| async move { place(x).await });
    warp::serve(list.or(made).or(status()));
}
fn orders() -> impl Filter { warp::path(\"orders\").and(warp::path::end()) }
fn with_db() -> impl Filter { warp::any() }
fn status() -> impl Filter { warp::get().and(warp::path(STATUS)).and_then(show) }
async fn show() {} async fn place(x: u8) {}
",
        "route GET /orders/{} shop::show warp
         route GET /status shop::show warp
         route POST /orders - warp",
    );
}

#[test]
fn poem_salvo_tide_and_dropshot() {
    check(
        &["poem", "poem_openapi"],
        "//- /src/lib.rs
use poem::{Route, get, post};
use poem_openapi::{OpenApi, OpenApiService};
async fn show() {} async fn place() {}
struct Api;
#[OpenApi] impl Api { #[oai(path = \"/pets\", method = \"get\")] async fn pets(&self) {} }
pub fn app() -> Route {
    let api = OpenApiService::new(Api, \"pets\", \"1\");
    Route::new().at(\"/orders/:id\", get(show).post(place)).nest(\"/api\", api).nest(\"/sub\", Route::new().at(\"/x\", post(place)))
}
",
        "route GET /api/pets shop::Api::pets poem
         route GET /orders/{id} shop::show poem
         route POST /orders/{id} shop::place poem
         route POST /sub/x shop::place poem",
    );
    check(
        &["salvo"],
        "//- /src/lib.rs
use salvo::prelude::*;
#[handler] async fn show() {}
#[handler] async fn place() {}
pub fn app() -> salvo::Router {
    salvo::Router::with_path(\"api\").push(salvo::Router::with_path(\"orders\").get(show).post(place).push(salvo::Router::with_path(\"{id}\").delete(place)))
}
",
        "route DELETE /api/orders/{id} shop::place salvo
         route GET /api/orders shop::show salvo
         route POST /api/orders shop::place salvo",
    );
    check(
        &["tide"],
        "//- /src/lib.rs
async fn show() {}
pub fn app() { let mut app = tide::new(); app.at(\"/orders\").get(show).post(show); }
",
        "route GET /orders shop::show tide
         route POST /orders shop::show tide",
    );
    check(
        &["dropshot"],
        "//- /src/lib.rs
use dropshot::{endpoint, ApiDescription};
#[endpoint { method = GET, path = \"/orders/{id}\" }] async fn show() {}
pub fn api() { let mut api = ApiDescription::new(); api.register(show).unwrap(); }
",
        "route GET /orders/{id} shop::show dropshot",
    );
}

#[test]
fn hyper_services_match_on_method_and_path() {
    check(
        &["hyper"],
        "//- /src/lib.rs
use hyper::{Body, Method, Request, Response};
pub async fn serve(request: Request<Body>) -> Response<Body> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, \"/orders\") => list().await,
        (&Method::POST, \"/orders\") => {
            match x { _ => {} }
            place().await
        }
        (_, \"/health\") => ok(),
        _ => lost(),
    }
}
async fn list() {} async fn place() {} fn ok() {} fn lost() {}
",
        "route ANY /health shop::serve hyper
         route GET /orders shop::serve hyper
         route POST /orders shop::serve hyper",
    );
}

#[test]
fn prefixes_that_are_decided_elsewhere_stay_apart_and_slashes_are_kept() {
    check(
        &["actix-web", "roles"],
        "//- /src/lib.rs
use actix_web::{web, get, post};
use roles::Role;
pub enum Group { Orders } impl Group { fn str(&self) -> &str { match self { Self::Orders => \"orders\" } } }
pub fn config(cfg: &mut web::ServiceConfig, base: &str) {
    cfg.service(web::scope(Role::Guest.str()).service(web::scope(Group::Orders.str()).service(list)))
        .service(web::scope(Role::Owner.str()).service(web::scope(Group::Orders.str()).service(list)))
        .service(web::scope(&format!(\"/v1/{}/{base}\", Role::Owner)).service(add).service(web::resource(\"/deep/\").route(web::get().to(deep))));
}
#[get(\"\")] async fn list() {}
#[post(\"/\")] async fn add() {}
async fn deep() {}
",
        "route GET /v1/{Role::Owner}/{base}/deep/ shop::deep actix-web
         route GET /{Role::Guest}/orders shop::list actix-web
         route GET /{Role::Owner}/orders shop::list actix-web
         route POST /v1/{Role::Owner}/{base}/ shop::add actix-web",
    );
}

#[test]
fn pages_of_documentation_are_routes() {
    check(
        &["actix-web", "utoipa-swagger-ui", "utoipa-redoc"],
        "//- /src/lib.rs
use actix_web::web;
use utoipa_swagger_ui::SwaggerUi;
use utoipa_redoc::{Redoc, Servable};
pub fn config(cfg: &mut web::ServiceConfig) {
    cfg.service(web::scope(\"/doc\").service(SwaggerUi::new(\"/swagger/{_:.*}\").url(\"/openapi.json\", doc()).oauth(x()))).service(Redoc::with_url(\"/redoc\", doc()));
}
fn doc() {} fn x() {}
",
        "route GET /doc/openapi.json - utoipa_swagger_ui
         route GET /doc/swagger/{_:.*} - utoipa_swagger_ui
         route GET /redoc - utoipa_redoc",
    );
}
