//! One fixture for each technology, with exactly what is found.

use crate::evidence::tests::{of, with};

fn check(dependencies: &[&str], files: &str, expected: &str) {
    let found = of(&with(dependencies, files)).channels();
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(found, expected.join("\n"), "\n{found}\n");
}

#[test]
fn topics_and_queues_of_brokers() {
    check(
        &["rdkafka"],
        "//- /src/lib.rs
use rdkafka::producer::FutureRecord;
const TOPIC: &str = \"orders\";
pub async fn placed(p: &rdkafka::producer::FutureProducer) { p.send(FutureRecord::to(TOPIC).payload(\"x\"), 0).await; }
pub async fn listen(c: &rdkafka::consumer::StreamConsumer) { c.subscribe(&[TOPIC, \"mails\"]); }
pub async fn any(c: &rdkafka::consumer::StreamConsumer, topic: &str) { c.subscribe(&[topic]); }
",
        "broker rdkafka mails [] -> [shop::listen:4]
         broker rdkafka orders [shop::placed:3] -> [shop::listen:4]",
    );
    check(
        &["lapin"],
        "//- /src/lib.rs
pub async fn send(c: &lapin::Channel) { c.queue_declare(\"q\", o(), t()); c.basic_publish(\"\", \"q\", o(), b\"x\", p()).await; }
pub async fn take(c: &lapin::Channel) { c.basic_consume(\"q\", \"tag\", o(), t()).await; }
fn o() {} fn t() {} fn p() {}
",
        "broker lapin q [shop::send:1] -> [shop::take:2]",
    );
    check(
        &["async-nats", "redis"],
        "//- /src/nats.rs
pub async fn f(c: async_nats::Client, id: u32) { c.publish(\"a.b\", x).await; c.queue_subscribe(\"a.b\", q).await; c.subscribe(format!(\"user.{}\", id)).await; }
//- /src/red.rs
pub fn f(c: &mut redis::Connection) { c.publish(\"news\", 1); c.xadd(\"log\", \"*\", &[]); c.xread(&[\"log\"], &[\"$\"]); }
//- /src/lib.rs
mod nats; mod red;
",
        "broker async-nats a.b [shop::nats::f:1] -> [shop::nats::f:1]
         broker redis log [shop::red::f:1] -> [shop::red::f:1]
         broker redis news [shop::red::f:1] -> []
         broker async-nats user.{} [] -> [shop::nats::f:1]",
    );
    check(
        &["aws-sdk-sqs", "aws-sdk-sns"],
        "//- /src/lib.rs
pub async fn f(c: &aws_sdk_sqs::Client) { c.send_message().queue_url(\"https://q/orders\").message_body(\"x\").send().await; }
pub async fn g(c: &aws_sdk_sqs::Client) { c.receive_message().queue_url(\"https://q/orders\").send().await; }
pub async fn h(c: &aws_sdk_sns::Client) { c.publish().topic_arn(\"arn:x\").message(\"m\").send().await; }
",
        "broker aws-sdk-sns arn:x [shop::h:3] -> []
         broker aws-sdk-sqs https://q/orders [shop::f:1] -> [shop::g:2]",
    );
}

#[test]
fn channels_are_what_goes_through_them() {
    check(
        &["tokio", "flume"],
        "//- /src/lib.rs
use tokio::sync::{mpsc, broadcast, oneshot};
pub struct Placed; pub struct Seen;
pub struct Shop { tx: mpsc::Sender<Placed>, bell: broadcast::Sender<()> }
impl Shop { pub async fn place(&self) { self.tx.send(Placed).await; self.bell.send(()); } }
pub async fn work(mut rx: mpsc::Receiver<Placed>) { while let Some(x) = rx.recv().await { answer(x).await } }
async fn answer(x: Placed) { let (tx, rx) = oneshot::channel::<u8>(); tx.send(1); rx.await; }
pub fn set_up() { let (tx, rx) = mpsc::channel::<Placed>(8); let (a, b) = flume::unbounded::<Seen>(); a.send(Seen); b.recv(); }
",
        "in-process tokio::broadcast () of Shop.bell [shop::Shop::place:4] -> []
         in-process tokio::mpsc Placed [shop::Shop::place:4] -> [shop::work:5]
         in-process flume Seen [shop::set_up:7] -> [shop::set_up:7]",
    );
}

#[test]
fn mailboxes_of_actors() {
    check(
        &["actix"],
        "//- /src/lib.rs
use actix::prelude::*;
pub mod mail;
pub struct Place; pub enum Note { A(u8), B }
pub struct Orders; pub struct Audit;
pub fn note() -> Note { Note::B }
impl Handler<Place> for Orders { type Result = (); fn handle(&mut self, m: Place, c: &mut Context<Self>) {} }
impl Handler<Note> for Orders { type Result = (); fn handle(&mut self, m: Note, c: &mut Context<Self>) {} }
impl Handler<Note> for Audit { type Result = (); fn handle(&mut self, m: Note, c: &mut Context<Self>) {} }
pub struct App { orders: Addr<Orders>, audit: Option<Addr<Audit>> }
impl App { pub async fn go(&self) { self.orders.send(Place).await; self.orders.do_send(Note::A(1)); if let Some(audit) = self.audit.as_ref() { audit.do_send(Note::B); } } }
//- /src/mail.rs
pub fn all(app: &crate::App, any: T) { any.do_send(crate::Note::B); }
pub async fn one(audit: Option<actix::Addr<crate::Audit>>) { if let Some(to) = audit { to.do_send(crate::note()); } }
pub async fn two(to: Option<actix::Addr<crate::Audit>>) { if let Some(to) = to { to.do_send(crate::note()); } }
",
        "actor actix Audit [shop::App::go:10, shop::mail::one:2, shop::mail::two:3] -> [shop::Audit::handle:8]
         actor actix Orders [shop::App::go:10] -> [shop::Orders::handle:7]
         actor actix Orders [shop::App::go:10] -> [shop::Orders::handle:6]",
    );
}

#[test]
fn buses_and_work_that_is_left_alone() {
    check(
        &["tokio"],
        "//- /src/lib.rs
pub struct Placed; pub struct Bus;
impl Bus { pub fn publish(&self, e: Placed) {} pub fn subscribe(&self, f: fn(Placed)) {} }
pub fn place(bus: &Bus) { bus.publish(Placed); }
pub fn set_up(bus: &Bus) { bus.subscribe(on); tokio::spawn(work(1)); let kept = tokio::spawn(work(2)); std::thread::spawn(move || clean()); }
fn on(e: Placed) {} async fn work(n: u8) {} fn clean() {}
",
        "in-process event bus Bus Placed [shop::place:3] -> [shop::set_up:4]
         spawned std::thread clean [shop::set_up:4] -> [shop::clean:5]
         spawned tokio work [shop::set_up:4] -> [shop::work:5]",
    );
}

#[test]
fn other_actors() {
    check(
        &["kameo"],
        "//- /src/lib.rs
pub struct Counter; pub struct Inc { pub by: u8 }
impl kameo::message::Message<Inc> for Counter { async fn handle(&mut self, m: Inc) {} }
pub async fn f(c: kameo::actor::ActorRef<Counter>) { c.tell(Inc { by: 1 }).await; c.ask(Inc { by: 2 }).await; }
",
        "actor kameo Counter [shop::f:3] -> [shop::Counter::handle:2]",
    );
    check(
        &["ractor"],
        "//- /src/lib.rs
pub struct Counter; pub enum Count { Up }
impl ractor::Actor for Counter { type Msg = Count; async fn handle(&self, m: Self::Msg) {} }
pub fn f(c: ractor::ActorRef<Count>) { c.cast(Count::Up); }
",
        "actor ractor Counter [shop::f:3] -> [shop::Counter::handle:2]",
    );
}

#[test]
fn queues_of_jobs() {
    check(
        &["sqlxmq", "apalis"],
        "//- /src/lib.rs
mod mail;
#[sqlxmq::job(\"orders\")] async fn placed(j: CurrentJob) {}
pub async fn go() { placed.builder().set_json(&1).spawn(pool()).await; JobRegistry::new(&[placed]); }
//- /src/mail.rs
use apalis::prelude::*;
pub struct Email { to: String }
async fn send(job: Email, ctx: JobContext) {}
pub async fn push(storage: &mut PostgresStorage<Email>) { storage.push(Email { to: x }).await; }
pub fn work() { WorkerBuilder::new(\"mail\").build_fn(send); }
",
        "broker apalis Email [shop::mail::push:4] -> [shop::mail::send:3]
         broker sqlxmq placed [shop::go:3] -> [shop::placed:2]",
    );
}

#[test]
fn an_event_is_what_is_published_and_not_how_soon() {
    check(
        &[],
        "//- /src/lib.rs
pub mod shop; pub mod stock;
pub enum Kind { Soon }
pub struct EventQueue<E> { e: E }
impl<E> EventQueue<E> { pub fn schedule<T: Into<E>>(&self, event: T, kind: Kind) {} }
pub struct Effects<E> { queue: EventQueue<E> }
impl<E> Effects<E> {
    fn ask<T, F: FnOnce(u8) -> T>(&self, f: F, kind: Kind) { let (event, wait) = parts(f); self.queue.schedule(event, kind) }
    pub fn reserve(&self) { self.ask(|answer| { log(); stock::Reserve { answer, by: shop::Who::Me } }, Kind::Soon) }
    pub fn reserve_all(&self) { self.reserve(); self.queue.schedule(shop::Placed(1), Kind::Soon) }
    pub fn unused(&self) { self.queue.schedule(stock::Event::Gone, Kind::Soon) }
}
fn log() {} fn parts<F>(f: F) -> (u8, u8) { (1, 2) }
pub mod web { pub enum Event { Came } pub struct Web; impl crate::Part for Web { type Event = Event; fn handle_event(&mut self, event: Self::Event) {} } }
pub enum Main { Placed(shop::Placed), Reserve(stock::Reserve), Again(stock::Again), Web(web::Event), Stock(stock::Event), Stop(Stop) }
pub struct Stop;
pub trait Part { type Event; fn handle_event(&mut self, event: Self::Event); }
pub struct Reactor { web: web::Web, stock: stock::Stock, shop: Box<shop::Shop> }
impl Reactor {
    fn dispatch_event(&mut self, event: Main) {
        match event {
            Main::Placed(placed) => wrap(Main::Placed, self.shop.handle_event(placed)),
            Main::Reserve(reserve) => { self.stock.handle_event(reserve.into()) }
            Main::Again(again) => self.dispatch_event(Main::Reserve(again.into())),
            Main::Stock(event) => self.stock
                .handle_event(event),
            Main::Web(event) => self.web.handle_event(event),
            Main::Stop(_) => {}
        }
    }
}
fn wrap<F>(f: F, x: ()) {}
//- /src/shop.rs
pub enum Who { Me } pub struct Placed(pub u8); pub struct Shop;
impl crate::Part for Shop { type Event = Placed; fn handle_event(&mut self, event: Self::Event) {} }
pub fn place(e: &crate::Effects<u8>) { e.reserve_all(); }
//- /src/stock.rs
use crate::shop::Who;
pub struct Reserve { pub answer: u8, pub by: Who } pub struct Again; pub enum Event { Gone } pub struct Stock;
impl crate::Part for Stock { type Event = Event; fn handle_event(&mut self, event: Self::Event) {} }
pub fn again(q: &crate::EventQueue<u8>) { q.schedule(Again, crate::Kind::Soon) }
",
        "in-process event bus EventQueue Again [shop::stock::again:4] -> [shop::stock::Stock::handle_event:3]
         in-process event bus EventQueue Main [] -> [shop::Reactor::dispatch_event:19]
         in-process event bus EventQueue Placed [shop::shop::place:3] -> [shop::shop::Shop::handle_event:2]
         in-process event bus EventQueue Reserve [shop::shop::place:3] -> [shop::stock::Stock::handle_event:3]
         in-process event bus EventQueue Stop [] -> [shop::Reactor::dispatch_event:27]
         in-process event bus EventQueue stock::Event [shop::Effects::unused:10] -> [shop::stock::Stock::handle_event:3]
         in-process event bus EventQueue web::Event [] -> [shop::web::Web::handle_event:13]",
    );
}

#[test]
fn channels_are_joined_by_types_with_names_and_never_by_bare_ones() {
    check(
        &["tokio", "events"],
        "//- /src/lib.rs
mod a; mod b;
use tokio::sync::mpsc;
pub struct Audit { sender: mpsc::Sender<events::Placed> }
impl Audit { pub async fn note(&self, e: events::Placed) { self.sender.send(e).await; } }
pub fn set_up() { let (tx, rx) = mpsc::channel::<events::Placed>(1); }
pub async fn work(mut rx: mpsc::Receiver<events::Placed>) { rx.recv().await; }
pub struct Tick; pub struct Timer { tick: mpsc::Sender<Tick> }
impl Timer { pub fn poll(self: Pin<&mut Self>) { self.project().tick.try_send(Tick); } pub fn stop(&self) { self.tick.try_send(Tick); } }
//- /src/a.rs
pub async fn serve(mut rx: tokio::sync::watch::Receiver<()>) { rx.changed().await; }
//- /src/b.rs
pub async fn serve(mut rx: tokio::sync::watch::Receiver<()>) { rx.changed().await; }
",
        "in-process tokio::watch () of serve [] -> [shop::a::serve:1]
         in-process tokio::watch () of serve [] -> [shop::b::serve:1]
         in-process tokio::mpsc Tick [shop::Timer::poll:8, shop::Timer::stop:8] -> []
         in-process tokio::mpsc events::Placed [shop::Audit::note:4] -> [shop::work:6]",
    );
}

#[test]
fn work_is_what_is_all_of_a_task() {
    check(
        &["tokio", "actix"],
        "//- /src/lib.rs
use actix::prelude::*;
pub struct Queue; impl Queue { fn push(&self) {} }
pub fn f(q: Queue) {
    tokio::spawn(async move { for x in 1..2 { q.push() } });
    tokio::spawn(async move { more().await; });
    tokio::spawn(async move { let x = 1; more().await; });
    let _handle = tokio::spawn(more());
    let _used = tokio::spawn(less());
    stop(_used);
}
async fn more() {} async fn less() {} fn stop<T>(t: T) {}
pub struct Orders;
impl Orders {
    fn go(&self, ctx: &mut Context<Self>) {
        Self::later().into_actor(self).map(|_, _, _| {}).spawn(ctx);
        async move { less().await }.into_actor(self).spawn(ctx);
    }
    async fn later() {}
}
",
        "spawned actix Orders::later [shop::Orders::go:15] -> [shop::Orders::later:18]
         spawned tokio more [shop::f:5, shop::f:7] -> [shop::more:11]
         spawned actix task of Orders::go [shop::Orders::go:16] -> [shop::Orders::go:16]
         spawned tokio task of f [shop::f:4] -> [shop::f:4]
         spawned tokio task of f [shop::f:6] -> [shop::f:6]",
    );
}

#[test]
fn those_who_use_what_stands_before_a_broker_are_its_ends() {
    check(
        &["omniqueue", "redis"],
        "//- /src/lib.rs
mod queue; mod web; mod worker;
pub enum Task { Mail(Mail) } pub struct Mail;
pub type Tasks = queue::Producer<Task>;
//- /src/queue.rs
pub struct Producer<T> { inner: std::sync::Arc<omniqueue::DynProducer>, t: T }
impl<T> Producer<T> {
    pub async fn send(&self, task: &T) { let task = std::sync::Arc::new(task); retry(|| async { self.inner.send_serde_json(task.as_ref()).await }).await }
}
pub struct Consumer<T> { inner: omniqueue::DynConsumer, t: T }
impl<T> Consumer<T> { pub async fn receive_all(&mut self) -> Vec<T> { self.inner.receive_all(1).await } }
fn retry<F>(f: F) {}
pub fn lists(c: &mut redis::Connection) { c.rpush(\"mails\", 1); c.blpop(\"mails\", 0); }
//- /src/web.rs
pub async fn place(tasks: &crate::Tasks) { tasks.send(&crate::Task::Mail(crate::Mail)).await; }
//- /src/worker.rs
pub async fn run(mut tasks: crate::queue::Consumer<crate::Task>) { tasks.receive_all().await; }
",
        "broker omniqueue Task [shop::web::place:1] -> [shop::worker::run:1]
         broker redis mails [shop::queue::lists:8] -> [shop::queue::lists:8]",
    );
}

#[test]
fn tables_that_hold_messages_are_queues() {
    check(
        &["sqlx"],
        "//- /src/lib.rs
pub async fn put(p: &P) { sqlx::query(\"INSERT INTO mail_queue (id) VALUES (1)\").execute(p).await; }
pub async fn next(p: &P) { sqlx::query(\"SELECT id FROM mail_queue\").fetch_all(p).await; }

pub async fn done(p: &P) { sqlx::query(\"DELETE FROM mail_queue\").execute(p).await; }
pub async fn queued(p: &P) { sqlx::query(\"INSERT INTO queued_people (id) VALUES (1)\").execute(p).await; }
",
        "outbox table mail_queue [shop::put:1] -> [shop::done:4, shop::next:2]",
    );
}
