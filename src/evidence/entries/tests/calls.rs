//! Remote procedures, GraphQL, commands and jobs.

use super::check;

#[test]
fn tonic_services_are_named_by_their_proto() {
    check(
        &["tonic"],
        "//- /proto/orders.proto
syntax = \"proto3\";
package shop.v1;
import \"gone.proto\";
service Orders { rpc PlaceOrder (A) returns (B); }
//- /src/lib.rs
pub mod pb { tonic::include_proto!(\"shop.v1\"); }
use pb::orders_server::{Orders, OrdersServer};
pub struct Service;
#[tonic::async_trait]
impl Orders for Service { async fn place_order(&self) {} }
impl pb::carts_server::Carts for Service { async fn fill(&self) {} }
impl std::fmt::Display for Service { fn fmt(&self) {} }
pub fn serve() { Server::builder().add_service(OrdersServer::new(Service)).add_service(pb::carts_server::CartsServer::new(Service)); }
",
        "rpc Carts/Fill shop::Service::fill tonic
         rpc shop.v1.Orders/PlaceOrder shop::Service::place_order tonic",
    );
}

#[test]
fn graphql_roots() {
    check(
        &["async-graphql"],
        "//- /src/lib.rs
use async_graphql::*;
pub struct Orders; pub struct Mutations; pub struct Order;
#[derive(MergedObject, Default)] pub struct Roots(Orders, Users);
#[derive(Default)] pub struct Users;
#[Object] impl Orders { async fn open_orders(&self) {} #[graphql(name = \"one\")] async fn order(&self) {} }
#[Object] impl Users { async fn me(&self) {} }
#[Object] impl Mutations { async fn place(&self) {} #[graphql(skip)] async fn hidden(&self) {} }
#[Object] impl Order { async fn id(&self) {} }
pub fn schema() { Schema::build(Roots::default(), Mutations, EmptySubscription).finish(); }
",
        "graphql Mutation.place shop::Mutations::place async-graphql
         graphql Query.me shop::Users::me async-graphql
         graphql Query.one shop::Orders::order async-graphql
         graphql Query.openOrders shop::Orders::open_orders async-graphql",
    );
    check(
        &["juniper"],
        "//- /src/lib.rs
pub struct Query;
#[juniper::graphql_object] impl Query { fn api_version(&self) {} }
",
        "graphql Query.apiVersion shop::Query::api_version juniper",
    );
}

#[test]
fn commands_derived_and_built() {
    check(
        &["clap"],
        "//- /src/main.rs
use clap::{Parser, Subcommand};
mod import;
#[derive(Parser)] struct Cli { #[command(subcommand)] command: Command }
#[derive(Subcommand)] enum Command { ImportAll { file: String }, #[command(name = \"ls\")] List, Db(DbArgs) }
#[derive(clap::Args)] struct DbArgs { #[command(subcommand)] command: Db }
#[derive(Subcommand)] enum Db { Migrate }
fn main() { run(Cli::parse()) }
fn run(cli: Cli) { match cli.command { Command::ImportAll { file } => import::all(file), Command::List => list(), Command::Db(_) => {} } }
fn list() {}
//- /src/import.rs
pub fn all(file: String) {}
",
        "command db migrate - clap
         command import-all shop::run clap
         command ls shop::run clap",
    );
    // Each file has a `Command` of its own.
    check(
        &["clap"],
        "//- /src/main.rs
mod keys;
mod users;
#[derive(clap::Subcommand)] enum Command {
    Keys(keys::Command),
    Users(users::Command),
    Serve,
}
fn main() {}
//- /src/keys.rs
#[derive(clap::Subcommand)] pub enum Command { Add }
//- /src/users.rs
#[derive(clap::Subcommand)] pub enum Command { Add }
",
        "command keys add - clap
         command serve - clap
         command users add - clap",
    );
    check(
        &["clap"],
        "//- /src/main.rs
mod build;
mod command;
fn main() { clap::Command::new(\"shop\").subcommand(clap::Command::new(\"serve\").about(\"x\")).subcommands(all()); }
fn all() -> Vec<clap::Command> { vec![build::cli()] }
//- /src/build.rs
pub fn cli() -> clap::Command { crate::command::subcommand(\"build\").about(\"y\").subcommand(crate::command::subcommand(\"fast\").arg(clap::Arg::new(\"n\"))) }
pub fn exec() {}
//- /src/command.rs
pub fn subcommand(name: &'static str) -> clap::Command { clap::Command::new(name) }
",
        "command build shop::build::exec clap
         command build fast shop::build::exec clap
         command serve - clap",
    );
}

#[test]
fn jobs() {
    check(
        &["tokio-cron-scheduler", "clokwerk", "apalis", "tokio", "sqlxmq"],
        "//- /src/main.rs
use tokio_cron_scheduler::Job;
use clokwerk::{Scheduler, TimeUnits};
use apalis::prelude::WorkerBuilder;
async fn bill() {} fn clean() {} async fn mail() {}
#[sqlxmq::job(\"queue\")] async fn sent() {}
fn main() {
    Job::new_async(\"0 0 * * *\", |_, _| Box::pin(async { bill().await }));
    let mut scheduler = Scheduler::new();
    scheduler.every(1.hour()).run(|| clean());
    WorkerBuilder::new(\"mail\").data(1).build_fn(mail);
    tokio::spawn(watch());
    serve();
}
fn serve() { more() }
fn more() { tokio::spawn(each()); }
async fn each() { let mut t = tokio::time::interval(D); }
async fn watch() { let mut t = tokio::time::interval(D); loop { t.tick().await; clean(); } }
",
        "job bill (0 0 * * *) - tokio-cron-scheduler
         job clean - clokwerk
         job mail shop::mail apalis
         job sent shop::sent sqlxmq
         job watch shop::watch tokio",
    );
}

#[test]
fn commands_of_the_parser_itself_and_who_handles_each() {
    check(
        &["structopt", "clap"],
        "//- /src/main.rs
use structopt::StructOpt;
mod cli;
const BUILD: &str = \"doc-build\";
#[derive(StructOpt)] pub enum Cli { Serve, #[structopt(name = BUILD)] Docs, Migrate }
fn main() { let cli = Cli::from_args(); early(&cli); cli::run(cli) }
fn early(cli: &Cli) { if let Cli::Docs = cli { docs() } }
fn docs() {}
//- /src/cli.rs
use crate::Cli;
pub fn run(cli: Cli) { match cli { Cli::Serve => serve(), Cli::Docs => unreachable!(), Cli::Migrate => {} } }
fn serve() {}
",
        "command doc-build shop::early clap
         command migrate shop::cli::run clap
         command serve shop::cli::run clap",
    );
}

#[test]
fn each_loop_that_a_clock_keeps_going_is_a_job() {
    check(
        &["tokio", "actix_rt", "actix"],
        "//- /src/main.rs
fn main() { start(); }
fn start() {
    tokio::spawn(async move { let mut t = tokio::time::interval(D); loop { t.tick().await; flush(); } });
    actix_rt::spawn(async move {
        loop {
            clean();
            actix_rt::time::sleep(D).await;
        }
    });
    tokio::spawn(async move { for x in [1, 2] { tokio::time::sleep(x).await; clean() } });
}
fn flush() {} fn clean() {}
pub struct Cache;
impl Cache {
    fn started(&mut self, ctx: &mut actix::Context<Self>) { ctx.run_interval(D, |act, ctx| act.drop_old()); }
    fn beat(&mut self, ctx: &mut actix::Context<Self>) { ctx.run_later(D, |act, ctx| { act.beat(ctx); }); ctx.run_later(D, |act, ctx| act.drop_old()); }
    fn drop_old(&mut self) {}
}
",
        "job Cache::beat shop::Cache::beat actix
         job Cache::drop_old - actix
         job clean - actix
         job flush - tokio",
    );
}

#[test]
fn procedures_are_called_as_the_generated_code_calls_them() {
    check(
        &["tonic"],
        "//- /src/lib.rs
mod pb;
pub struct Service;
impl pb::request_server::Request for Service { async fn bi_stream(&self) {} }
pub fn serve() { pb::request_server::RequestServer::new(Service); }
//- /src/pb.rs
pub mod request_server {
    pub trait Request { async fn bi_stream(&self); }
    pub struct RequestServer<T> { inner: T }
    impl<T: Request> RequestServer<T> { pub fn new(t: T) {} fn call(&mut self, path: &str) { match path {
        \"/shop.Request/biStream\" => {}
        _ => {}
    } } }
}
",
        "rpc shop.Request/biStream shop::Service::bi_stream tonic",
    );
}
