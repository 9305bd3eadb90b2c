//! Fixtures with exactly what is found.

use crate::evidence::tests::{of, with};

fn check(dependencies: &[&str], files: &str, expected: &str) {
    let found = of(&with(dependencies, files)).outside();
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(found, expected.join("\n"), "\n{found}\n");
}

#[test]
fn calls_over_http_are_told_with_their_addresses() {
    check(
        &["reqwest", "ureq"],
        "//- /src/lib.rs
const API: &str = \"https://pay.example\";
pub struct Pay { client: reqwest::Client, base: String }
impl Pay {
    pub async fn charge(&self, id: u32, headers: &Headers) {
        self.client.post(format!(\"{API}/charge/{}\", id)).send().await;
        self.client.request(Method::PUT, format!(\"{}/refund\", self.base)).send().await;
        headers.get(\"etag\");
    }
}
pub async fn ping(url: &str) { reqwest::get(\"http://a/ping\").await; reqwest::Client::new().get(url).send().await; ureq::get(\"http://b\").call(); }
",
        "http reqwest https://pay.example/charge/{} shop::Pay::charge:5
         http reqwest {}/refund shop::Pay::charge:6
         http reqwest http://a/ping shop::ping:10
         http ureq http://b shop::ping:10
         http reqwest {url} shop::ping:10",
    );
}

#[test]
fn grpc_mail_stores_and_programs() {
    check(
        &["tonic", "lettre", "aws-sdk-s3", "tokio"],
        "//- /src/lib.rs
pub mod pb { tonic::include_proto!(\"x\"); }
use lettre::{SmtpTransport, Transport};
pub async fn grpc() { pb::orders_client::OrdersClient::connect(\"http://orders:50051\").await; }
pub fn mail() { SmtpTransport::relay(\"smtp.example\").unwrap().build(); }
pub async fn store(s3: &aws_sdk_s3::Client) { s3.put_object().bucket(\"pictures\").key(\"k\").send().await; }
pub fn program() { std::process::Command::new(\"git\").arg(\"x\"); tokio::process::Command::new(\"convert\").spawn(); }
",
        "grpc tonic http://orders:50051 shop::grpc:3
         mail lettre smtp.example shop::mail:4
         process tokio::process convert shop::program:6
         process std::process git shop::program:6
         object-store aws-sdk-s3 pictures shop::store:5",
    );
}

#[test]
fn state_is_told_with_who_touches_it() {
    check(
        &["once_cell", "lazy_static"],
        "//- /src/lib.rs
pub mod user;
use std::sync::{Arc, Mutex, OnceLock, atomic::AtomicU32};
pub static COUNT: AtomicU32 = AtomicU32::new(0);
pub static NAME: &str = \"x\";
static CONFIG: OnceLock<u32> = OnceLock::new();
pub static mut OLD: u32 = 0;
lazy_static::lazy_static! { pub static ref CACHE: Mutex<u32> = Mutex::new(1); }
pub struct State { pub orders: Arc<Mutex<Vec<u32>>>, pub name: String, idle: Mutex<u8> }
pub fn config() -> u32 { *CONFIG.get().unwrap() }
//- /src/user.rs
use crate::{COUNT, State};
pub fn f(s: &State) { COUNT.load(O); s.orders.lock(); println!(\"{}\", s.name); crate::CACHE.lock(); }
",
        "state CACHE static ref Mutex<u32> [shop::user::f]
         state COUNT static AtomicU32 [shop::user::f]
         state OLD static mut u32 []
         state State::orders field Arc<Mutex<Vec<u32>>> [shop::user::f]",
    );
}

#[test]
fn a_verb_of_something_unknown_has_to_be_sent_and_local_stores_are_not_outside() {
    check(
        &["reqwest", "actix-web", "awc", "object_store", "lettre"],
        "//- /src/lib.rs
use actix_web::web;
use object_store::{ObjectStore, local::LocalFileSystem};
mod far;
pub struct Disk { store: LocalFileSystem }
impl Disk { pub async fn read(&self, at: &Path) { self.store.get(at).await; } }
pub fn headers(map: &Map, name: &str) { reqwest::blocking::get(\"http://x\"); map.get(name); map.get(name, 1); }
pub async fn proxy(client: web::Data<awc::Client>, to: String) { client.get(to).send().await; }
pub fn mail() { lettre::FileTransport::new(\"dir\").send(x); }
//- /src/far.rs
pub async fn find(request: reqwest::Request, client: reqwest::Client, settings: crate::Settings) {
    client.execute(request).await; client.get(settings.proxy.index).send().await;
}
",
        "http reqwest http://x shop::headers:6
         http awc {to} shop::proxy:7
         http reqwest - shop::far::find:2
         http reqwest {settings.proxy.index} shop::far::find:2",
    );
}

#[test]
fn what_is_worked_out_once_is_no_state_and_names_are_looked_behind() {
    check(
        &["once_cell", "regex", "moka"],
        "//- /src/lib.rs
pub mod user;
use std::sync::{Arc, Mutex, LazyLock, OnceLock, atomic::AtomicBool};
pub static WORD: LazyLock<regex::Regex> = LazyLock::new(f);
pub static NAME: OnceLock<String> = OnceLock::new();
pub static ALL: LazyLock<Registry> = LazyLock::new(f);
pub struct Registry { inner: Shared }
pub type Shared = Arc<Mutex<u8>>;
pub struct App {
    pub name: String,
    pub flag: Arc<AtomicBool>,
    pub shared: Shared,
    pub cache: moka::Cache<u8, u8>,
}
pub enum Store { Memory(Shared), Disk }
//- /src/user.rs
use crate::{App, Store};
pub fn f(a: &App) { a.flag.load(O); a.shared.lock(); a.cache.get(1); a.name.len(); crate::WORD.find(x); crate::NAME.get(); crate::ALL.get(); }
pub fn g(s: &Store) { if let Store::Memory(m) = s {} }
",
        "state ALL static LazyLock<Registry> [shop::user::f]
         state App::cache field Cache<u8, u8> [shop::user::f]
         state App::flag field Arc<AtomicBool> [shop::user::f]
         state App::shared field Shared [shop::user::f]
         state Store::Memory variant Shared [shop::user::g]",
    );
}
