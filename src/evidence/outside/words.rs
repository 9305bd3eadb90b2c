//! What clients of the outside are called: the one place to add another.
//!
//! Takes: nothing. Gives: [`CLIENTS`] and the [`WORDS`] to listen for.

use crate::model::calls::Word::{self, Any, Outside, Path};
use crate::model::evidence::outside::OutboundKind::{self, Grpc, Http, Mail, ObjectStore, Process};

/// Where a call names what it talks to.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// In this argument.
    Argument(usize),
    /// In the argument of the method of this name in the same chain.
    Chained(&'static str),
    /// Nowhere.
    None,
}

/// A family of calls that leave the process.
pub(super) struct Client {
    pub(super) kind: OutboundKind,
    pub(super) technology: &'static str,
    /// The crate of the type or function.
    pub(super) crates: &'static [&'static str],
    /// Functions and methods.
    pub(super) names: &'static [&'static str],
    pub(super) target: Target,
}

const VERBS: &[&str] = &["get", "post", "put", "delete", "patch", "head"];
const MAKES: &[&str] = &["relay", "starttls_relay", "builder_dangerous", "from_url", "unencrypted_localhost"];
const S3: &[&str] = &[
    "put_object",
    "get_object",
    "delete_object",
    "delete_objects",
    "list_objects",
    "list_objects_v2",
    "head_object",
    "copy_object",
    "create_multipart_upload",
    "upload_part",
];
const STORE: &[&str] = &["put", "get", "delete", "list", "head", "copy", "rename", "put_opts", "get_opts", "put_multipart", "get_range"];

const fn row(
    kind: OutboundKind,
    technology: &'static str,
    crates: &'static [&'static str],
    names: &'static [&'static str],
    target: Target,
) -> Client {
    Client { kind, technology, crates, names, target }
}

/// What is around a client that is shared, or handed to a handler by a framework; where nothing is in it, what is in it is not told.
pub(super) const AROUND: &[&str] = &["Arc", "Box", "Rc", "Data", "State", "Extension"];

/// Methods that go on from a verb to a request.
pub(super) const SENDING: &[&str] = &[
    "send",
    "json",
    "header",
    "headers",
    "body",
    "query",
    "form",
    "multipart",
    "bearer_auth",
    "basic_auth",
    "timeout",
    "version",
    "insert_header",
    "append_header",
    "send_json",
    "send_body",
    "build",
];

/// Types that are used like a client and stay on this machine.
pub(super) const LOCAL: &[&str] = &["LocalFileSystem", "InMemory", "Fs", "Memory", "FileTransport", "AsyncFileTransport", "StubTransport"];

pub(super) const CLIENTS: &[Client] = &[
    row(Http, "reqwest", &["reqwest", "reqwest_middleware"], VERBS, Target::Argument(0)),
    row(Http, "reqwest", &["reqwest", "reqwest_middleware"], &["request"], Target::Argument(1)),
    row(Http, "reqwest", &["reqwest", "reqwest_middleware"], &["execute"], Target::None),
    row(Http, "oauth2", &["oauth2", "openidconnect"], &["request_async", "discover_async"], Target::None),
    row(Http, "ureq", &["ureq"], VERBS, Target::Argument(0)),
    row(Http, "ureq", &["ureq"], &["request"], Target::Argument(1)),
    row(Http, "surf", &["surf"], VERBS, Target::Argument(0)),
    row(Http, "isahc", &["isahc"], VERBS, Target::Argument(0)),
    row(Http, "awc", &["awc"], VERBS, Target::Argument(0)),
    row(Http, "awc", &["awc"], &["request_from", "request"], Target::Argument(0)),
    row(Http, "attohttpc", &["attohttpc"], VERBS, Target::Argument(0)),
    row(Http, "hyper", &["hyper", "hyper_util"], &["request"], Target::Chained("uri")),
    row(Grpc, "tonic", &["tonic"], &["from_static", "from_shared"], Target::Argument(0)),
    row(Mail, "lettre", &["lettre"], MAKES, Target::Argument(0)),
    row(Mail, "lettre", &["lettre"], &["send"], Target::None),
    row(ObjectStore, "aws-sdk-s3", &["aws_sdk_s3", "rusoto_s3"], S3, Target::Chained("bucket")),
    row(ObjectStore, "rust-s3", &["s3"], &["put_object", "get_object", "delete_object", "list"], Target::None),
    row(ObjectStore, "object_store", &["object_store"], STORE, Target::Argument(0)),
    row(ObjectStore, "opendal", &["opendal"], &["new", "via_iter", "from_iter"], Target::None),
    row(Process, "std::process", &["std"], &["new"], Target::Argument(0)),
    row(Process, "tokio::process", &["tokio"], &["new"], Target::Argument(0)),
    row(Process, "async-process", &["async_process"], &["new"], Target::Argument(0)),
];

pub(super) const WORDS: &[Word] = &[
    Outside("get"),
    Outside("post"),
    Outside("put"),
    Outside("delete"),
    Outside("patch"),
    Outside("head"),
    Outside("request"),
    Outside("uri"),
    Outside("execute"),
    Outside("request_from"),
    Any("request_async"),
    Any("discover_async"),
    Path("reqwest", "get"),
    Path("blocking", "get"),
    Path("ureq", "get"),
    Path("ureq", "post"),
    Path("ureq", "put"),
    Path("ureq", "delete"),
    Path("surf", "get"),
    Path("surf", "post"),
    Path("isahc", "get"),
    Path("isahc", "post"),
    Path("attohttpc", "get"),
    Path("attohttpc", "post"),
    Any("connect"),
    Path("Channel", "from_static"),
    Path("Channel", "from_shared"),
    Path("Endpoint", "from_static"),
    Path("Endpoint", "from_shared"),
    Path("SmtpTransport", "relay"),
    Path("SmtpTransport", "starttls_relay"),
    Path("SmtpTransport", "builder_dangerous"),
    Path("SmtpTransport", "from_url"),
    Path("AsyncSmtpTransport", "relay"),
    Path("AsyncSmtpTransport", "starttls_relay"),
    Path("AsyncSmtpTransport", "builder_dangerous"),
    Path("AsyncSmtpTransport", "from_url"),
    Any("send"),
    Outside("put_object"),
    Outside("get_object"),
    Outside("delete_object"),
    Outside("delete_objects"),
    Outside("list_objects"),
    Outside("list_objects_v2"),
    Outside("head_object"),
    Outside("copy_object"),
    Outside("create_multipart_upload"),
    Outside("upload_part"),
    Outside("bucket"),
    Outside("list"),
    Outside("put_opts"),
    Outside("get_opts"),
    Outside("put_multipart"),
    Path("Operator", "new"),
    Path("Operator", "via_iter"),
    Path("Operator", "from_iter"),
    Path("Command", "new"),
];
