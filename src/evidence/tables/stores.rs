//! Stores that have no tables: keys of redis by what they begin with, collections of MongoDB by name.
//!
//! Takes: a call. Gives: the key's beginning up to what is only known at run time (`session:*`), or the collection. Redis' commands have
//! names that anyone uses: they count only in modules that name a library of it.

use super::catalog::Family;
use super::sql::HOLE;
use super::touch::{Give, Heard, Scene, Touch, chain};
use crate::model::calls::{Call, CallKind, Value, Word};
use crate::model::evidence::data::Access;

const REDIS: &[&str] = &["redis", "fred", "deadpool_redis", "bb8_redis", "rustis", "mobc_redis", "r2d2_redis"];

/// Commands as methods, and what they do to the keys that they name.
const COMMANDS: &[(&str, &[Access])] = &[
    ("get", &[Access::Read]),
    ("mget", &[Access::Read]),
    ("set", &[Access::Write]),
    ("set_ex", &[Access::Write]),
    ("setex", &[Access::Write]),
    ("pset_ex", &[Access::Write]),
    ("set_nx", &[Access::Write]),
    ("set_options", &[Access::Write]),
    ("mset", &[Access::Write]),
    ("getset", &[Access::Read, Access::Write]),
    ("getdel", &[Access::Read, Access::Write]),
    ("get_del", &[Access::Read, Access::Write]),
    ("get_ex", &[Access::Read]),
    ("del", &[Access::Write]),
    ("unlink", &[Access::Write]),
    ("exists", &[Access::Read]),
    ("expire", &[Access::Write]),
    ("pexpire", &[Access::Write]),
    ("expire_at", &[Access::Write]),
    ("persist", &[Access::Write]),
    ("ttl", &[Access::Read]),
    ("incr", &[Access::Write]),
    ("decr", &[Access::Write]),
    ("append", &[Access::Write]),
    ("hget", &[Access::Read]),
    ("hget_multiple", &[Access::Read]),
    ("hgetall", &[Access::Read]),
    ("hkeys", &[Access::Read]),
    ("hvals", &[Access::Read]),
    ("hexists", &[Access::Read]),
    ("hlen", &[Access::Read]),
    ("hset", &[Access::Write]),
    ("hset_nx", &[Access::Write]),
    ("hset_multiple", &[Access::Write]),
    ("hdel", &[Access::Write]),
    ("hincr", &[Access::Write]),
    ("lpush", &[Access::Write]),
    ("rpush", &[Access::Write]),
    ("lpop", &[Access::Read, Access::Write]),
    ("rpop", &[Access::Read, Access::Write]),
    ("blpop", &[Access::Read, Access::Write]),
    ("brpop", &[Access::Read, Access::Write]),
    ("lrange", &[Access::Read]),
    ("llen", &[Access::Read]),
    ("lrem", &[Access::Write]),
    ("ltrim", &[Access::Write]),
    ("sadd", &[Access::Write]),
    ("srem", &[Access::Write]),
    ("smembers", &[Access::Read]),
    ("sismember", &[Access::Read]),
    ("scard", &[Access::Read]),
    ("spop", &[Access::Read, Access::Write]),
    ("zadd", &[Access::Write]),
    ("zrem", &[Access::Write]),
    ("zincr", &[Access::Write]),
    ("zrange", &[Access::Read]),
    ("zrangebyscore", &[Access::Read]),
    ("zrevrange", &[Access::Read]),
    ("zscore", &[Access::Read]),
    ("zcard", &[Access::Read]),
    ("zremrangebyscore", &[Access::Write]),
    ("zadd_multiple", &[Access::Write]),
    ("zpopmin", &[Access::Read, Access::Write]),
    ("zpopmax", &[Access::Read, Access::Write]),
    ("zrangebyscore_limit", &[Access::Read]),
    ("zcount", &[Access::Read]),
    ("zrank", &[Access::Read]),
    ("xadd", &[Access::Write]),
    ("xlen", &[Access::Read]),
    ("xpending", &[Access::Read]),
    ("xpending_count", &[Access::Read]),
    ("xrange", &[Access::Read]),
    ("xrange_all", &[Access::Read]),
    ("xack", &[Access::Write]),
    ("xdel", &[Access::Write]),
    ("xtrim", &[Access::Write]),
    ("xgroup_create", &[Access::Write]),
    ("xgroup_create_mkstream", &[Access::Write]),
    ("xgroup_destroy", &[Access::Write]),
];

/// Names that any container has.
const COMMON: &[&str] = &["get", "set", "del", "exists", "append", "persist", "expire", "ttl", "unlink"];

/// Methods of a collection.
const COLLECTION: &[(&str, &[Access])] = &[
    ("find", &[Access::Read]),
    ("find_one", &[Access::Read]),
    ("aggregate", &[Access::Read]),
    ("count_documents", &[Access::Read]),
    ("estimated_document_count", &[Access::Read]),
    ("distinct", &[Access::Read]),
    ("watch", &[Access::Read]),
    ("insert_one", &[Access::Write]),
    ("insert_many", &[Access::Write]),
    ("update_one", &[Access::Write]),
    ("update_many", &[Access::Write]),
    ("replace_one", &[Access::Write]),
    ("delete_one", &[Access::Write]),
    ("delete_many", &[Access::Write]),
    ("bulk_write", &[Access::Write]),
    ("find_one_and_update", &[Access::Read, Access::Write]),
    ("find_one_and_replace", &[Access::Read, Access::Write]),
    ("find_one_and_delete", &[Access::Read, Access::Write]),
    ("create_index", &[Access::Ddl]),
    ("create_indexes", &[Access::Ddl]),
    ("drop", &[Access::Ddl]),
];

pub(super) fn words() -> impl Iterator<Item = Word> {
    let commands = COMMANDS.iter().chain(COLLECTION).map(|(name, _)| Word::Outside(name));
    commands.chain([
        Word::Any("collection"),
        Word::Path("redis", "cmd"),
        Word::Function("cmd"),
        Word::Outside("arg"),
        Word::Any("query_async"),
    ])
}

pub(super) fn read(heard: &Heard<'_>, scene: &Scene<'_>, give: &mut Give<'_>) {
    if heard.call.name() == "cmd" && heard.call.kind == CallKind::Function {
        return;
    }
    if scene.names_crate(heard.invocation.from, REDIS).is_some() {
        command(heard, scene, give);
        if heard.is_head {
            named_command(heard, scene, give);
        }
    }
    if heard.is_head && scene.uses(heard.invocation.from, &["mongodb"]).is_some() {
        collection(heard, scene, give);
    }
}

/// `connection.set("key", value)`.
fn command(heard: &Heard<'_>, scene: &Scene<'_>, give: &mut Give<'_>) {
    let call = heard.call;
    let Some((_, accesses)) = COMMANDS.iter().find(|(name, _)| *name == call.name()) else { return };
    let Some(key) = call.args.first().filter(|_| call.kind == CallKind::Method) else { return };
    if COMMON.contains(&call.name()) && !is_connection(heard) {
        return;
    }
    let mut touch = heard.touch("redis");
    keys(heard, scene, key, accesses, &mut touch);
    give(heard.at(), touch);
}

/// `redis::cmd("SET").arg("key")`.
fn named_command(heard: &Heard<'_>, scene: &Scene<'_>, give: &mut Give<'_>) {
    let links = chain(heard.call);
    let Some((root, rest)) = links.split_first() else { return };
    if root.name() != "cmd" || root.kind != CallKind::Function {
        return;
    }
    let Some(Value::Text(name)) = root.args.first() else { return };
    let name = name.to_ascii_lowercase();
    let accesses: &[Access] = match COMMANDS.iter().find(|(command, _)| command.replace('_', "") == name) {
        Some((_, accesses)) => accesses,
        None if name.starts_with('x') && name != "xread" && name != "xrange" => &[Access::Write],
        None => return,
    };
    let Some(key) = rest.iter().find(|l| l.name() == "arg").and_then(|l| l.args.first()) else { return };
    let mut touch = heard.touch("redis");
    keys(heard, scene, key, accesses, &mut touch);
    give((heard.invocation.file, root.line, root.column), touch);
}

fn keys(heard: &Heard<'_>, scene: &Scene<'_>, key: &Value, accesses: &[Access], touch: &mut Touch) {
    let each = match key {
        Value::List(list) => list.as_slice(),
        key => std::slice::from_ref(key),
    };
    for key in each {
        // `(key, value)` of several that are set together.
        let key = if let Value::List(pair) = key { pair.first().unwrap_or(key) } else { key };
        for text in scene.texts.of(key, heard.whence()) {
            let name = match text.split_once(HOLE) {
                Some((before, _)) => format!("{before}*"),
                None => text,
            };
            if name != "*" {
                touch.uses.extend(accesses.iter().map(|access| ((name.clone(), Family::Keys), *access)));
            }
        }
    }
    if touch.uses.is_empty() {
        touch.unknown = Some("the key is decided at run time".into());
    }
}

/// Is it called on something that may be a connection?
fn is_connection(heard: &Heard<'_>) -> bool {
    let call = heard.call;
    if let Some(ty) = &call.receiver_type {
        return ["redis", "fred", "Connection", "Pipeline", "rustis"].iter().any(|word| ty.text.contains(word));
    }
    let is_name = |name: &str| {
        let words = ["con", "redis", "client", "pool", "pipe", "cache"];
        name.split('_').any(|part| words.iter().any(|w| part.starts_with(w)))
    };
    /// Whatever is made of it on the way: `get_connection().map_err(…)?`.
    fn any(value: &Value, is_name: &dyn Fn(&str) -> bool) -> bool {
        match value {
            Value::Local(name, _) | Value::Field(_, name) => is_name(name),
            Value::Call(call) => is_name(call.name()) || call.receiver.as_deref().is_some_and(|r| any(r, is_name)),
            _ => false,
        }
    }
    let named = call.receiver.as_deref().is_some_and(|r| any(r, &is_name));
    call.types.len() >= 2 || heard.is_awaited() || named
}

/// `db.collection::<T>("orders").insert_one(…)`.
fn collection(heard: &Heard<'_>, scene: &Scene<'_>, give: &mut Give<'_>) {
    let links = chain(heard.call);
    let Some(at) = links.iter().position(|l| l.kind == CallKind::Method && l.name() == "collection" && !l.args.is_empty()) else { return };
    let opened = links[at];
    let mut touch = heard.touch("mongodb");
    let names = scene.texts.of(&opened.args[0], heard.whence());
    let done: Vec<(&&Call, &[Access])> = links[at + 1..]
        .iter()
        .filter_map(|l| COLLECTION.iter().find(|(name, _)| *name == l.name()).map(|(_, accesses)| (l, *accesses)))
        .take(1)
        .collect();
    let file = heard.invocation.file;
    let place = done.first().map_or((file, opened.line, opened.column), |(l, _)| (file, l.line, l.column));
    // What is done to it elsewhere may be anything.
    let accesses = done.first().map_or(&[Access::Read][..], |(_, accesses)| *accesses);
    touch.partial = done.is_empty();
    touch.yields = done.is_empty();
    for name in names {
        if name.contains(HOLE) {
            continue;
        }
        touch.uses.extend(accesses.iter().map(|access| ((name.to_lowercase(), Family::Collection), *access)));
    }
    if touch.uses.is_empty() {
        touch.unknown = Some("the collection is decided at run time".into());
    }
    touch.covers = links.iter().map(|l| (file, l.line, l.column)).collect();
    give(place, touch);
}
