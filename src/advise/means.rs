//! By what means two candidates should talk, where they should talk at all.
//!
//! Takes the items that cross with how each crosses, the code base and the evidence; gives a [`Means`] for what is asked and one for what is told.
//! Rules, in this order: what the repository already uses is preferred over something new; gRPC is for interfaces that are wide or asked in
//! a loop, REST for the others; a message that several candidates take is published, one that a single candidate works off is queued.
//! Invariant: every name in a sentence is an item of the crossing or a crate of the workspace.

use super::{counted, listed};
use crate::model::codebase::Codebase;
use crate::model::evidence::messages::ChannelKind;
use crate::model::evidence::{Evidence, entry::EntryKind};
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::Partition;
use crate::model::plan::{CrossedItem, Fit, Means, Message, Protocol, Reason, Style};
use std::collections::BTreeSet;

/// From so many items on, an interface is wide.
const WIDE: usize = 6;
/// Crates by which a program is asked and asks; the better one first.
const GRPC: &[&str] = &["tonic", "grpcio", "tarpc", "volo_grpc"];
const HTTP: &[&str] = &["reqwest", "ureq", "awc", "hyper", "isahc", "surf"];
/// Crates of brokers and of job queues on what is there already.
const BROKERS: &[&str] = &[
    "rdkafka",
    "lapin",
    "async_nats",
    "nats",
    "rskafka",
    "pulsar",
    "google_cloud_pubsub",
    "aws_sdk_sqs",
    "aws_sdk_sns",
    "rumqttc",
    "fred",
    "redis",
    "apalis",
    "sqlxmq",
    "fang",
    "graphile_worker",
];
/// First words of names of what only looks.
const LOOKS: &[&str] = &[
    "get",
    "find",
    "list",
    "read",
    "load",
    "fetch",
    "count",
    "is",
    "has",
    "can",
    "check",
    "search",
    "lookup",
    "exists",
    "resolve",
    "query",
    "select",
    "by",
    "all",
    "validate",
    "verify",
    "available",
];

/// What there is to talk by.
pub(super) struct Talk<'a> {
    codebase: &'a Codebase,
    evidence: &'a Evidence,
    partition: &'a Partition,
    crates: BTreeSet<&'a str>,
}

impl<'a> Talk<'a> {
    pub(super) fn new(codebase: &'a Codebase, evidence: &'a Evidence, partition: &'a Partition) -> Self {
        Talk { codebase, evidence, partition, crates: codebase.externals.iter().map(|e| e.1.as_str()).collect() }
    }

    /// The means of one crossing: how it asks, then how it tells. `outbox` says which items are told inside of a transaction.
    pub(super) fn means(&self, ends: (ServiceId, ServiceId), items: &[CrossedItem], outbox: &dyn Fn(&str) -> bool) -> Vec<Means> {
        let of = |style: Style| items.iter().filter(move |i| i.style == style && i.kind.is_some()).collect::<Vec<_>>();
        let (asked, told) = (of(Style::SyncApi), of(Style::Broker));
        let ask = (!asked.is_empty()).then(|| self.ask(ends, &asked));
        let tell = (!told.is_empty()).then(|| self.tell(ends, &told, outbox));
        ask.into_iter().chain(tell).collect()
    }

    fn ask(&self, (_, to): (ServiceId, ServiceId), items: &[&CrossedItem]) -> Means {
        let here = |names: &[&'static str]| names.iter().find(|n| self.crates.contains(**n)).copied();
        let (grpc, http) = (here(GRPC), here(HTTP));
        let routes = self
            .evidence
            .entry_points
            .iter()
            .filter(|e| e.kind == EntryKind::Route && e.handler.as_ref().is_some_and(|h| self.is(h.module, to)))
            .count();
        let wide = items.len() >= WIDE;
        let (protocol, why) = match (grpc, wide, routes) {
            (Some(krate), ..) => (
                Protocol::Grpc,
                format!("`{krate}` is here already: gRPC, with one contract for both sides; taking `{krate}` out would change this"),
            ),
            (None, true, _) => (
                Protocol::Grpc,
                format!(
                    "{} are asked for, {WIDE} or more: gRPC, typed and with less to carry than JSON; a narrower interface would make it REST",
                    counted(items.len(), "item")
                ),
            ),
            (None, false, 1..) => (
                Protocol::Rest,
                format!(
                    "the far side answers {} already: REST beside them; {WIDE} items or more would make it gRPC",
                    counted(routes, "route")
                ),
            ),
            (None, false, 0) => (
                Protocol::Rest,
                format!(
                    "{} asked for: REST is enough; {WIDE} or more would make it gRPC",
                    if items.len() == 1 { "1 item is".to_owned() } else { format!("{} items are", items.len()) }
                ),
            ),
        };
        let with = if protocol == Protocol::Grpc { grpc } else { http };
        let messages: Vec<Message> = items.iter().map(|i| self.message(protocol, to, i, false)).collect();
        let mut because = vec![Reason::new(why)];
        let unsafe_to_repeat: Vec<&&CrossedItem> = items.iter().zip(&messages).filter(|(_, m)| !m.repeatable).map(|(i, _)| i).collect();
        because.push(if unsafe_to_repeat.is_empty() {
            Reason::new("everything that is asked only looks, so a call may be repeated after a timeout; a write among them would change this")
        } else {
            let names: Vec<String> = unsafe_to_repeat.iter().map(|i| i.path.clone()).collect();
            let sites = unsafe_to_repeat.iter().map(|i| i.defined.clone()).collect();
            Reason::at(
                format!("{} may change something: repeat it only with a key by which the far side knows it again; reading only would change this", listed(&names)),
                sites,
            )
        });
        Means { style: Style::SyncApi, protocol, with: with.map(str::to_owned), messages, because }
    }

    fn tell(&self, (from, to): (ServiceId, ServiceId), items: &[&CrossedItem], outbox: &dyn Fn(&str) -> bool) -> Means {
        let last = |path: &str| path.rsplit("::").next().unwrap_or(path).to_owned();
        let takers: BTreeSet<ServiceId> = (self.evidence.channels.iter())
            .filter(|c| c.payload.as_ref().is_some_and(|p| items.iter().any(|i| last(&i.path) == last(p))))
            .flat_map(|c| &c.consumers)
            .filter_map(|spot| self.partition.members[spot.module.index()].service)
            .filter(|s| *s != from)
            .collect();
        let (protocol, why) = if takers.len() > 1 {
            let names: Vec<String> = takers.iter().map(|s| self.partition.names[s.index()].clone()).collect();
            (
                Protocol::PublishSubscribe,
                format!("{} take it: publish it, and let each subscribe; a single taker would make it a work queue", listed(&names)),
            )
        } else {
            let to = &self.partition.names[to.index()];
            (Protocol::WorkQueue, format!("only `{to}` works it off: a work queue; a second taker would make it publish and subscribe"))
        };
        let topic_of = if protocol == Protocol::WorkQueue { to } else { from };
        let messages: Vec<Message> = items.iter().map(|i| self.message(protocol, topic_of, i, outbox(&i.path))).collect();
        let broker = (self.evidence.channels.iter().find(|c| c.kind == ChannelKind::Broker).map(|c| c.technology.as_str()))
            .or_else(|| BROKERS.iter().find(|b| self.crates.contains(**b)).copied());
        let mut because = vec![Reason::new(why)];
        because.push(Reason::new(match broker {
            Some(krate) => format!("`{krate}` is here already and can carry it; taking it out would change this"),
            None => "no broker is here: a table that is read as a queue, beside the data that it tells of, will do; many takers or a rate that the database does not bear would \
                     change this"
                .to_owned(),
        }));
        because.push(Reason::new(if messages.len() > 1 {
            format!("{} messages tell of one another's subjects: keep their order per subject, by its id as the key; a single kind would change this", messages.len())
        } else {
            "one kind of message: no order has to be kept between different subjects; a second kind about the same subject would change this".to_owned()
        }));
        because.push(Reason::new(
            "a message may come twice: the taker has to know it again by its id, or do the same thing twice without harm",
        ));
        let inside: Vec<String> = messages.iter().filter(|m| m.outbox).map(|m| m.item.clone()).collect();
        if !inside.is_empty() {
            because.push(Reason::new(format!(
                "{} is told inside of a transaction: write the message to an outbox table in the same transaction, and send it after the commit; telling it after the commit would change this",
                listed(&inside)
            )));
        }
        Means { style: Style::Broker, protocol, with: broker.map(str::to_owned), messages, because }
    }

    fn message(&self, protocol: Protocol, owner: ServiceId, item: &CrossedItem, outbox: bool) -> Message {
        let last = item.path.rsplit("::").next().unwrap_or(&item.path);
        let owner = &self.partition.names[owner.index()];
        let name = match protocol {
            Protocol::Grpc => format!("{}/{}", pascal(owner), pascal(last)),
            Protocol::Rest => format!("{} /{owner}/{}", if looks(last) { "GET" } else { "POST" }, kebab(last)),
            Protocol::PublishSubscribe | Protocol::WorkQueue => format!("{owner}.{}", kebab(last)),
        };
        Message {
            item: item.path.clone(),
            name,
            repeatable: looks(last),
            needs_dto: item.remote.as_ref().is_some_and(|r| r.fit != Fit::AsIs),
            outbox,
        }
    }

    fn is(&self, module: ModuleId, service: ServiceId) -> bool {
        debug_assert!(module.index() < self.codebase.modules.len());
        self.partition.members[module.index()].service == Some(service)
    }
}

/// Does the name say that it only looks?
fn looks(name: &str) -> bool {
    LOOKS.contains(&name.split('_').next().unwrap_or(name))
}

fn kebab(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.chars().enumerate() {
        if c == '_' {
            out.push('-');
        } else if c.is_uppercase() {
            if i > 0 && !out.ends_with('-') {
                out.push('-');
            }
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}

fn pascal(name: &str) -> String {
    let mut out = String::new();
    for word in name.split(['-', '_']) {
        let mut chars = word.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        out.extend(chars);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::crossings::crossings;
    use crate::advise::crossings::tests::by_crate;
    use crate::model::evidence::Spot;
    use crate::model::evidence::messages::Channel;
    use crate::model::place::Site;
    use crate::model::testing::{codebase, id};

    fn check(text: &str, evidence: &dyn Fn(&Codebase) -> Evidence, expected: &[(Protocol, Option<&str>, &[&str])]) -> Vec<Means> {
        let code = codebase(text);
        let evidence = evidence(&code);
        let found = crossings(&code, &evidence, &by_crate(&code)).remove(0).means;
        let seen: Vec<_> =
            found.iter().map(|m| (m.protocol, m.with.as_deref(), m.messages.iter().map(|m| m.name.as_str()).collect::<Vec<_>>())).collect();
        let expected: Vec<_> = expected.iter().map(|(p, w, m)| (*p, *w, m.to_vec())).collect();
        assert_eq!(seen, expected, "{text}");
        found
    }

    #[test]
    fn what_is_asked_is_rest_or_grpc() {
        let none = |_: &Codebase| Evidence::default();
        let two = "fn b::find_order async\n fn b::place async\n a -> b::find_order call 3 used awaited\n a -> b::place call 1 used awaited";
        let found = check(two, &none, &[(Protocol::Rest, None, &["GET /b/find-order", "POST /b/place"])]);
        assert!(found[0].because[1].text.starts_with("`b::place` may change something"), "{found:?}");
        check(
            &format!("{two}\n extern a tonic 1\n extern a reqwest 1"),
            &none,
            &[(Protocol::Grpc, Some("tonic"), &["B/FindOrder", "B/Place"])],
        );
        let many: String = (0..6).map(|i| format!("fn b::get_{i} async\n a -> b::get_{i} call 1 used awaited\n")).collect();
        assert_eq!(check(&many, &none, &[(Protocol::Grpc, None, &["B/Get0", "B/Get1", "B/Get2", "B/Get3", "B/Get4", "B/Get5"])]).len(), 1);
    }

    #[test]
    fn what_is_told_is_queued_or_published() {
        let none = |_: &Codebase| Evidence::default();
        let text = "struct b::OrderPlacedEvent\n mod c\n a -> b::OrderPlacedEvent path 2";
        check(text, &none, &[(Protocol::WorkQueue, None, &["b.order-placed-event"])]);
        let two = |code: &Codebase| {
            let spot = |module: &str| Spot { module: id(code, module), item: None, site: Site::new("src/lib.rs", 1) };
            let channel = Channel {
                name: "orders".into(),
                kind: ChannelKind::Broker,
                technology: "rdkafka".into(),
                payload: Some("OrderPlacedEvent".into()),
                producers: vec![spot("a")],
                consumers: vec![spot("b"), spot("c")],
            };
            Evidence { channels: vec![channel], ..Evidence::default() }
        };
        check(text, &two, &[(Protocol::PublishSubscribe, Some("rdkafka"), &["a.order-placed-event"])]);
        let found = check(
            "fn b::notify async unit\n a -> b::notify call 1 awaited transaction",
            &none,
            &[(Protocol::WorkQueue, None, &["b.notify"])],
        );
        assert!(found[0].because.iter().any(|r| r.text.contains("outbox table")), "{found:?}");
    }
}
