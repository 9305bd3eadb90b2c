//! What brokers, channels and actors call things: the one place to add another's names.
//!
//! Takes: nothing. Gives: [`BROKERS`], [`CHANNELS`], [`ACTORS`], [`BUSES`] and the [`WORDS`] to listen for.

use crate::model::calls::Word::{self, Any, Begins, Outside, Path};

/// Which end of a channel a call is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Producer,
    Consumer,
    /// It only says that the channel is there.
    Neither,
}

/// Where a call names its topic.
#[derive(Clone, Copy)]
pub(super) enum Topic {
    /// In this argument.
    Argument(usize),
    /// In the second argument, or the first where that is empty: an exchange and a routing key.
    Routing,
    /// In the argument of the method of this name in the same chain.
    Chained(&'static str),
    /// Nowhere: it is known by what goes through it.
    Payload,
}

/// A call that sends to a broker or receives from it.
pub(super) struct Broker {
    pub(super) technology: &'static str,
    pub(super) crates: &'static [&'static str],
    /// The type before the name, where it is called by its path; else empty.
    pub(super) of: &'static str,
    pub(super) name: &'static str,
    pub(super) end: End,
    pub(super) topic: Topic,
}

const fn row(
    technology: &'static str,
    crates: &'static [&'static str],
    of: &'static str,
    name: &'static str,
    end: End,
    topic: Topic,
) -> Broker {
    Broker { technology, crates, of, name, end, topic }
}

use End::{Consumer, Neither, Producer};
use Topic::{Argument, Chained, Payload, Routing};

const KAFKA: &[&str] = &["rdkafka"];
const RABBIT: &[&str] = &["lapin", "amqprs"];
const NATS: &[&str] = &["async_nats", "nats"];
const REDIS: &[&str] = &["redis", "deadpool_redis", "bb8_redis", "fred"];
const SQS: &[&str] = &["aws_sdk_sqs", "rusoto_sqs"];
const SNS: &[&str] = &["aws_sdk_sns"];
const OMNI: &[&str] = &["omniqueue"];
const PUBSUB: &[&str] = &["google_cloud_pubsub", "gcloud_pubsub"];

pub(super) const BROKERS: &[Broker] = &[
    row("rdkafka", KAFKA, "FutureRecord", "to", Producer, Argument(0)),
    row("rdkafka", KAFKA, "BaseRecord", "to", Producer, Argument(0)),
    row("rdkafka", KAFKA, "", "subscribe", Consumer, Argument(0)),
    row("lapin", RABBIT, "", "basic_publish", Producer, Routing),
    row("lapin", RABBIT, "", "basic_consume", Consumer, Argument(0)),
    row("lapin", RABBIT, "", "basic_get", Consumer, Argument(0)),
    row("lapin", RABBIT, "", "queue_declare", Neither, Argument(0)),
    row("lapin", RABBIT, "", "exchange_declare", Neither, Argument(0)),
    row("lapin", RABBIT, "", "queue_bind", Neither, Argument(0)),
    row("async-nats", NATS, "", "publish", Producer, Argument(0)),
    row("async-nats", NATS, "", "publish_with_headers", Producer, Argument(0)),
    row("async-nats", NATS, "", "publish_with_reply", Producer, Argument(0)),
    row("async-nats", NATS, "", "request", Producer, Argument(0)),
    row("async-nats", NATS, "", "subscribe", Consumer, Argument(0)),
    row("async-nats", NATS, "", "queue_subscribe", Consumer, Argument(0)),
    row("redis", REDIS, "", "publish", Producer, Argument(0)),
    row("redis", REDIS, "", "subscribe", Consumer, Argument(0)),
    row("redis", REDIS, "", "psubscribe", Consumer, Argument(0)),
    row("redis", REDIS, "", "xadd", Producer, Argument(0)),
    row("redis", REDIS, "", "xadd_map", Producer, Argument(0)),
    row("redis", REDIS, "", "xadd_maxlen", Producer, Argument(0)),
    row("redis", REDIS, "", "xread", Consumer, Argument(0)),
    row("redis", REDIS, "", "xread_options", Consumer, Argument(0)),
    row("redis", REDIS, "", "xgroup_create", Neither, Argument(0)),
    row("redis", REDIS, "", "xgroup_create_mkstream", Neither, Argument(0)),
    row("redis", REDIS, "", "lpush", Producer, Argument(0)),
    row("redis", REDIS, "", "rpush", Producer, Argument(0)),
    row("redis", REDIS, "", "lpop", Consumer, Argument(0)),
    row("redis", REDIS, "", "rpop", Consumer, Argument(0)),
    row("redis", REDIS, "", "blpop", Consumer, Argument(0)),
    row("redis", REDIS, "", "brpop", Consumer, Argument(0)),
    row("aws-sdk-sqs", SQS, "", "send_message", Producer, Chained("queue_url")),
    row("aws-sdk-sqs", SQS, "", "send_message_batch", Producer, Chained("queue_url")),
    row("aws-sdk-sqs", SQS, "", "receive_message", Consumer, Chained("queue_url")),
    row("aws-sdk-sns", SNS, "", "publish", Producer, Chained("topic_arn")),
    row("omniqueue", OMNI, "", "send_serde_json", Producer, Payload),
    row("omniqueue", OMNI, "", "send_serde_json_scheduled", Producer, Payload),
    row("omniqueue", OMNI, "", "send_raw", Producer, Payload),
    row("omniqueue", OMNI, "", "send_raw_scheduled", Producer, Payload),
    row("omniqueue", OMNI, "", "send_bytes", Producer, Payload),
    row("omniqueue", OMNI, "", "send_bytes_scheduled", Producer, Payload),
    row("omniqueue", OMNI, "", "receive", Consumer, Payload),
    row("omniqueue", OMNI, "", "receive_all", Consumer, Payload),
    row("google-pubsub", PUBSUB, "", "topic", Producer, Argument(0)),
    row("google-pubsub", PUBSUB, "", "subscription", Consumer, Argument(0)),
];

/// Channels inside the process: what stands in the type or path, and what they are called.
pub(super) const CHANNELS: &[(&str, &str)] = &[
    ("tokio::sync::mpsc::", "tokio::mpsc"),
    ("tokio::sync::broadcast::", "tokio::broadcast"),
    ("tokio::sync::watch::", "tokio::watch"),
    ("tokio::mpsc::", "tokio::mpsc"),
    ("tokio::broadcast::", "tokio::broadcast"),
    ("tokio::watch::", "tokio::watch"),
    ("std::sync::mpsc::", "std::mpsc"),
    ("std::mpsc::", "std::mpsc"),
    ("crossbeam_channel::", "crossbeam"),
    ("crossbeam::channel::", "crossbeam"),
    ("flume::", "flume"),
    ("async_channel::", "async-channel"),
    ("futures::mpsc::", "futures::mpsc"),
    ("futures::channel::mpsc::", "futures::mpsc"),
    ("futures_channel::mpsc::", "futures::mpsc"),
];

/// Methods of the ends of channels.
pub(super) const ENDS: &[(&str, End)] = &[
    ("send", Producer),
    ("try_send", Producer),
    ("blocking_send", Producer),
    ("send_async", Producer),
    ("send_timeout", Producer),
    ("send_replace", Producer),
    ("send_modify", Producer),
    ("send_if_modified", Producer),
    ("unbounded_send", Producer),
    ("start_send", Producer),
    ("recv", Consumer),
    ("recv_async", Consumer),
    ("recv_many", Consumer),
    ("recv_timeout", Consumer),
    ("try_recv", Consumer),
    ("blocking_recv", Consumer),
    ("poll_recv", Consumer),
    ("next", Consumer),
    ("changed", Consumer),
    ("borrow_and_update", Consumer),
    ("wait_for", Consumer),
];

/// Functions that make both ends.
pub(super) const MAKERS: &[&str] = &["channel", "unbounded_channel", "sync_channel", "bounded", "unbounded"];

/// Streams that are made of a receiver.
pub(super) const STREAMS: &[&str] = &["ReceiverStream", "UnboundedReceiverStream", "BroadcastStream", "WatchStream"];

/// Traits by whose implementation an actor takes messages of a type: the trait, the crates that have it, what it is called.
pub(super) const ACTORS: &[(&str, &[&str], &str)] = &[
    ("Handler", &["actix", "actix_derive"], "actix"),
    ("Handler", &["xtra"], "xtra"),
    ("Message", &["kameo"], "kameo"),
    ("Actor", &["ractor"], "ractor"),
];

/// Methods that put a message into a mailbox.
pub(super) const POSTS: &[&str] =
    &["send", "do_send", "try_send", "notify", "notify_later", "cast", "send_message", "call", "tell", "ask", "issue_async", "issue_sync"];

/// Methods by which a type of the workspace shows that it is an event bus: one of the first and one of the second.
pub(super) const BUSES: (&[&str], &[&str]) = (
    &["publish", "emit", "dispatch", "notify", "fire", "raise", "schedule", "enqueue", "push_event", "send_event"],
    &["subscribe", "add_listener", "add_handler", "register_handler", "register_listener", "subscribe_to", "on_event", "next_event"],
);

/// Parts of names of types that are buses with the first kind of method alone.
pub(super) const BUS_NAMES: &[&str] =
    &["EventBus", "EventQueue", "MessageBus", "CommandBus", "EventEmitter", "EventDispatcher", "EventPublisher", "EventSender"];

/// Functions to which such a bus gives what it holds.
pub(super) const DISPATCHED_TO: &[&str] = &["dispatch_event", "handle_event", "on_event"];

/// Functions that start work nobody has to wait for: crate, name.
pub(super) const SPAWNS: &[(&str, &str, &str)] = &[
    ("tokio", "spawn", "tokio"),
    ("tokio", "spawn_blocking", "tokio"),
    ("tokio", "spawn_local", "tokio"),
    ("std", "spawn", "std::thread"),
    ("async_std", "spawn", "async-std"),
    ("smol", "spawn", "smol"),
    ("actix_rt", "spawn", "actix"),
    ("actix_web", "spawn", "actix"),
    ("actix", "spawn", "actix"),
    ("rayon", "spawn", "rayon"),
];

/// Types with a method `spawn` that starts work, whose handle may be dropped.
pub(super) const SPAWNERS: &[(&str, &str)] = &[
    ("actix::Context", "actix"),
    ("actix_web_actors::WebsocketContext", "actix"),
    ("tokio::Runtime", "tokio"),
    ("tokio::Handle", "tokio"),
    ("tokio::runtime::Runtime", "tokio"),
    ("tokio::runtime::Handle", "tokio"),
    ("rayon::ThreadPool", "rayon"),
    ("rayon_core::ThreadPool", "rayon"),
];

pub(super) const WORDS: &[Word] = &[
    Path("FutureRecord", "to"),
    Path("BaseRecord", "to"),
    Any("basic_publish"),
    Any("basic_consume"),
    Any("basic_get"),
    Any("queue_declare"),
    Any("exchange_declare"),
    Any("queue_bind"),
    Any("xgroup_create"),
    Any("xgroup_create_mkstream"),
    Any("lpush"),
    Any("rpush"),
    Any("lpop"),
    Any("rpop"),
    Any("blpop"),
    Any("brpop"),
    Any("send_serde_json"),
    Any("send_serde_json_scheduled"),
    Any("send_raw"),
    Any("send_raw_scheduled"),
    Any("send_bytes"),
    Any("send_bytes_scheduled"),
    Any("receive"),
    Any("receive_all"),
    Any("publish"),
    Any("publish_with_headers"),
    Any("publish_with_reply"),
    Any("subscribe"),
    Any("psubscribe"),
    Any("queue_subscribe"),
    Outside("request"),
    Any("xadd"),
    Any("xadd_map"),
    Any("xadd_maxlen"),
    Any("xread"),
    Any("xread_options"),
    Any("send_message"),
    Any("send_message_batch"),
    Any("receive_message"),
    Any("queue_url"),
    Any("topic_arn"),
    Outside("topic"),
    Outside("subscription"),
    Any("send"),
    Any("try_send"),
    Any("blocking_send"),
    Any("send_async"),
    Any("send_timeout"),
    Any("send_replace"),
    Any("send_modify"),
    Any("send_if_modified"),
    Any("unbounded_send"),
    Any("start_send"),
    Any("recv"),
    Any("recv_async"),
    Any("recv_many"),
    Any("recv_timeout"),
    Any("try_recv"),
    Any("blocking_recv"),
    Any("poll_recv"),
    Outside("next"),
    Any("changed"),
    Any("borrow_and_update"),
    Any("wait_for"),
    Any("channel"),
    Any("unbounded_channel"),
    Any("sync_channel"),
    Any("bounded"),
    Any("unbounded"),
    Path("ReceiverStream", "new"),
    Path("UnboundedReceiverStream", "new"),
    Path("BroadcastStream", "new"),
    Path("WatchStream", "new"),
    Any("do_send"),
    Any("notify"),
    Any("notify_later"),
    Any("cast"),
    Any("tell"),
    Any("ask"),
    Outside("call"),
    Any("issue_async"),
    Any("issue_sync"),
    Any("emit"),
    Any("dispatch"),
    Any("fire"),
    Any("raise"),
    Any("schedule"),
    Any("enqueue"),
    // Functions that send one kind of message: the advice looks at what they are given.
    Begins("send_"),
    Begins("publish_"),
    Begins("emit_"),
    Begins("enqueue_"),
    Begins("broadcast_"),
    Begins("dispatch_"),
    Any("push_event"),
    Any("send_event"),
    Any("spawn"),
    Any("spawn_blocking"),
    Any("spawn_local"),
];
