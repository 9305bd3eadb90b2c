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
         http reqwest - shop::ping:10
         http reqwest http://a/ping shop::ping:10
         http ureq http://b shop::ping:10",
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
         state CONFIG static OnceLock<u32> [shop::config]
         state COUNT static AtomicU32 [shop::user::f]
         state OLD static mut u32 []
         state State::orders field Arc<Mutex<Vec<u32>>> [shop::user::f]",
    );
}
