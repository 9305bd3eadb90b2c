//! What a value is to whoever wants to send it.
//!
//! Takes the code base and types as written; gives a [`Carry`] for each. Names inside a type are looked up among what the item around them
//! mentions. Invariant: bounded in depth, so that types that contain themselves end.

use super::written::{Written, pieces, written};
use super::{CONVERTED, has_fields, mentioned};
use crate::model::codebase::{Codebase, ItemKind};
use crate::model::ids::ItemId;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Types within types that are looked into.
const DEPTH: u32 = 4;
/// Fields and types named in a sentence.
const NAMED: usize = 8;

/// How a value crosses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Carry {
    /// It can be sent.
    Plain,
    /// The far side has one of its own.
    Own(String),
    /// Its data can be sent, in another type.
    Dto(String),
    /// It cannot be sent.
    Stuck(String),
}

/// Ends of names of what gives access to a store, to the outside, or to what the program was started with.
const OWN: &[&str] = &[
    "Pool",
    "Conn",
    "Connection",
    "DbConn",
    "Executor",
    "Database",
    "Db",
    "Client",
    "Context",
    "State",
    "Config",
    "Configuration",
    "Settings",
    "Env",
    "Environment",
    "Acquire",
    "ConnectionTrait",
    "Repository",
    "Repo",
    "Store",
    "Storage",
    "Service",
    "Provider",
    "Manager",
    "Mailer",
    "Ctx",
];
/// Of those, names that mean a connection.
const CONNECTION: &[&str] = &["Pool", "Conn", "Connection", "DbConn", "Executor", "Database", "Db", "Acquire", "ConnectionTrait"];
/// Memory with a lock or a cell around it.
const SHARED: &[&str] = &[
    "Mutex",
    "RwLock",
    "RefCell",
    "Cell",
    "Rc",
    "AtomicBool",
    "AtomicU32",
    "AtomicU64",
    "AtomicUsize",
    "AtomicI64",
    "AtomicI32",
    "DashMap",
    "DashSet",
    "ArcSwap",
    "Cache",
    "LruCache",
    "ParkingMutex",
];
/// What lives in this process and is written to or read from as it goes.
const HANDLES: &[&str] = &[
    "Sender",
    "Receiver",
    "UnboundedSender",
    "UnboundedReceiver",
    "SyncSender",
    "JoinHandle",
    "AbortHandle",
    "CancellationToken",
    "Notify",
    "Semaphore",
    "File",
    "TcpStream",
    "UnixStream",
    "Stream",
    "BoxStream",
    "Sink",
    "AsyncRead",
    "AsyncWrite",
    "Read",
    "Write",
    "BufRead",
    "Request",
    "Payload",
    "Multipart",
    "Body",
    "Iterator",
    "Child",
    "Addr",
    "Recipient",
    "Framed",
    "WebSocket",
];
/// Of those, names of what gives one value after the other.
const STREAMS: &[&str] = &["Stream", "BoxStream", "Iterator", "Body", "Payload"];
/// What arrived with a request, without its body: what is read of it can be sent on.
const REQUESTS: &[&str] = &["HttpRequest", "RequestHead", "Parts", "HeaderMap"];
/// A transaction that is open.
const OPEN: &[&str] = &["Transaction", "DatabaseTransaction", "Tx", "PgTransaction"];

/// Types of the workspace and what becomes of them on a wire.
pub(in crate::advise) struct Types<'a> {
    pub(super) codebase: &'a Codebase,
    mentioned: Vec<(ItemId, ItemId)>,
    /// Traits with a function that acts.
    ports: BTreeSet<ItemId>,
    known: RefCell<BTreeMap<ItemId, Carry>>,
}

impl<'a> Types<'a> {
    /// Of this code base, in which items have effects as told.
    pub(in crate::advise) fn new(codebase: &'a Codebase, effects: &[bool]) -> Self {
        let acting = codebase.items.iter().zip(effects).filter(|(item, acts)| **acts && item.signature.is_some());
        let ports = acting.filter_map(|(item, _)| item.parent).filter(|p| codebase.items[p.index()].kind == ItemKind::Trait).collect();
        Types { codebase, mentioned: mentioned(codebase), ports, known: RefCell::default() }
    }

    /// The workspace's type that a parameter is, behind references and pointers.
    pub(super) fn head(&self, item: ItemId, text: &str) -> Option<ItemId> {
        let mut ty = &written(text);
        loop {
            match ty {
                Written::Ref(inner) => ty = inner,
                Written::Path("Arc" | "Box" | "Rc" | "Option", arguments) => ty = arguments.first()?,
                Written::Path(name, _) => return self.named(item, name),
                _ => return None,
            }
        }
    }

    /// Does the type keep memory with a lock around it, and nothing that leads out of the process?
    pub(in crate::advise) fn is_shared_memory(&self, item: ItemId) -> bool {
        let own = &self.codebase.items[item.index()];
        let mut shared = false;
        for member in &own.members {
            for ty in pieces(&member.types, ',') {
                match self.carry_in(item, &written(ty), &[], 1) {
                    Carry::Own(_) => return false,
                    Carry::Stuck(why) if why.starts_with(MEMORY) => shared = true,
                    _ => {}
                }
            }
        }
        shared
    }

    /// Is it, by its name or by what it holds, something that the far side has itself?
    pub(super) fn carry_item(&self, item: ItemId) -> Carry {
        self.workspace(item, 1)
    }

    /// Is the type data, as opposed to behaviour or a way to something?
    pub(in crate::advise) fn is_data(&self, item: ItemId) -> bool {
        matches!(self.workspace(item, 1), Carry::Plain | Carry::Dto(_))
    }

    /// The type of a parameter or result of `item`.
    pub(super) fn carry(&self, item: ItemId, text: &str, generics: &[(&str, &str)], mutable: bool) -> Carry {
        match self.carry_in(item, &written(text), generics, 0) {
            plain @ (Carry::Plain | Carry::Dto(_)) if mutable => {
                let name = name(&written(text)).to_owned();
                // A buffer that is filled is a result.
                if matches!(plain, Carry::Plain) && matches!(name.as_str(), "Vec" | "String" | "HashMap" | "BTreeMap") {
                    Carry::Stuck(format!("fills the caller's own `{name}` through `&mut`: give it back instead"))
                } else {
                    Carry::Stuck(format!("changes the caller's own `{name}` through `&mut`: give the changed value back instead"))
                }
            }
            other => other,
        }
    }

    fn carry_in(&self, item: ItemId, ty: &Written<'_>, generics: &[(&str, &str)], depth: u32) -> Carry {
        let inner = |ty: &Written<'_>| self.carry_in(item, ty, generics, depth);
        match ty {
            Written::Nothing => Carry::Plain,
            Written::Ref(inside) => inner(inside),
            Written::List(list) => worst(list.iter().map(inner)),
            Written::Function => Carry::Stuck("a function pointer".into()),
            Written::Pointer => Carry::Stuck("a raw pointer".into()),
            Written::Impl(bounds) => self.bound(item, "", bounds),
            Written::Dyn(bounds) => match self.bound(item, "", bounds) {
                Carry::Stuck(why) if why.starts_with("any") => {
                    let of = bounds.first().map_or("", name);
                    Carry::Stuck(format!("`dyn {of}` brings its implementation along, which stays here"))
                }
                other => other,
            },
            Written::Path(name, arguments) => {
                if let Some((_, bounds)) = generics.iter().find(|(generic, _)| generic == name) {
                    let bounds: Vec<Written<'_>> = pieces(bounds, '+').into_iter().map(written).collect();
                    return self.bound(item, name, &bounds);
                }
                match self.named(item, name) {
                    Some(of) => self.workspace(of, depth),
                    None => self.foreign(name).unwrap_or_else(|| worst(arguments.iter().map(inner))),
                }
            }
        }
    }

    /// Of a type of which only bounds are known.
    fn bound(&self, item: ItemId, generic: &str, bounds: &[Written<'_>]) -> Carry {
        let names: Vec<&str> = bounds.iter().map(name).collect();
        if let Some(port) = names.iter().find(|n| self.named(item, n).is_some_and(|of| self.ports.contains(&of))) {
            return Carry::Own(format!("`{port}` is a way to something that the far side reaches itself"));
        }
        if names.iter().any(|n| matches!(*n, "Fn" | "FnMut" | "FnOnce" | "AsyncFn" | "AsyncFnMut" | "AsyncFnOnce")) {
            return Carry::Stuck("a closure runs where it was written".into());
        }
        if let Some(found) = names.iter().find_map(|n| self.foreign(n).filter(|c| *c != Carry::Plain)) {
            return found;
        }
        if names.iter().any(|n| CONVERTED.contains(n) || matches!(*n, "Serialize" | "DeserializeOwned" | "Future")) {
            return Carry::Plain;
        }
        match names.iter().find(|n| !matches!(**n, "Send" | "Sync" | "Sized" | "Unpin")) {
            Some(of) if generic.is_empty() => Carry::Stuck(format!("any type that is `{of}`: a wire needs one type")),
            Some(of) => Carry::Stuck(format!("any `{generic}` that is `{of}`: a wire needs one type")),
            None => Carry::Plain,
        }
    }

    /// What `name` means where `item` is written.
    fn named(&self, item: ItemId, name: &str) -> Option<ItemId> {
        if name == "Self" {
            let items = &self.codebase.items;
            return items[items[item.index()].parent?.index()].self_type;
        }
        let first = self.mentioned.partition_point(|(from, _)| *from < item);
        let own = self.mentioned[first..].iter().take_while(|(from, _)| *from == item);
        own.map(|(_, to)| *to).find(|to| self.codebase.items[to.index()].name == name)
    }

    /// A type of another library, where its name tells.
    fn foreign(&self, name: &str) -> Option<Carry> {
        if OPEN.contains(&name) {
            return Some(Carry::Stuck("an open transaction lives in one database session".into()));
        }
        if SHARED.contains(&name) {
            return Some(Carry::Stuck(format!("{MEMORY} (`{name}`)")));
        }
        if REQUESTS.contains(&name) {
            return Some(Carry::Dto(format!("what it reads of the request (`{name}`) is sent along: method, path, headers")));
        }
        if HANDLES.contains(&name) {
            let instead = if STREAMS.contains(&name) {
                "pages, or a streamed answer, take its place"
            } else {
                "a message or a request takes its place"
            };
            return Some(Carry::Stuck(format!("a live handle (`{name}`): {instead}")));
        }
        own(name)
    }

    fn workspace(&self, item: ItemId, depth: u32) -> Carry {
        if let Some(known) = self.known.borrow().get(&item) {
            return known.clone();
        }
        let carry = self.workspace_anew(item, depth);
        // What was cut off at the depth may be seen whole from elsewhere.
        if depth <= 1 {
            self.known.borrow_mut().insert(item, carry.clone());
        }
        carry
    }

    fn workspace_anew(&self, item: ItemId, depth: u32) -> Carry {
        let own_item = &self.codebase.items[item.index()];
        let name = &own_item.name;
        // What can be compared, stored or sent is data, whatever it is called.
        let is_data = DATA.iter().any(|derive| derives(own_item, derive));
        if let Some(own) = own(name).filter(|_| !is_data) {
            return own;
        }
        if own_item.kind == ItemKind::Trait {
            return Carry::Stuck(format!("any type that is `{name}`: a wire needs one type"));
        }
        if !has_fields(own_item.kind) || depth >= DEPTH {
            return Carry::Plain;
        }
        let (serialize, deserialize) = (derives(own_item, "Serialize"), derives(own_item, "Deserialize"));
        if serialize && deserialize {
            return Carry::Plain;
        }
        let (mut below, mut stuck) = (Vec::new(), None);
        for member in &own_item.members {
            for ty in pieces(&member.types, ',') {
                match self.carry_in(item, &written(ty), &[], depth + 1) {
                    Carry::Plain => {}
                    Carry::Own(_) => return Carry::Own(format!("`{name}` holds what the far side has itself (`{}`)", member.name)),
                    Carry::Dto(why) => below.push(why),
                    Carry::Stuck(why) => stuck = stuck.or(Some(format!("`{name}` holds `{}`: {why}", member.name))),
                }
            }
        }
        if let Some(why) = stuck {
            // Told from the outside in: the memory is what matters, however deep it lies.
            return Carry::Stuck(if why.contains(MEMORY) { format!("{MEMORY} ({why})") } else { why });
        }
        let missing = match (serialize, deserialize) {
            (true, _) => format!("`{name}` derives no `Deserialize`"),
            (_, true) => format!("`{name}` derives no `Serialize`"),
            _ => format!("`{name}` derives neither `Serialize` nor `Deserialize`"),
        };
        let members: Vec<String> = own_item.members.iter().map(|m| format!("`{}`", m.name)).collect();
        let fields = listed(&members);
        let heads: Vec<String> = below.iter().map(|why| why.split(':').next().unwrap_or(why).to_owned()).collect();
        let below = if heads.is_empty() { String::new() } else { format!(" ({})", listed(&heads)) };
        Carry::Dto(match own_item.kind {
            _ if own_item.members.is_empty() => missing,
            ItemKind::Enum => format!("{missing}: a transfer object with the variants {fields}{below}"),
            _ => format!("{missing}: a transfer object with {fields}{below}"),
        })
    }
}

/// Derives of what is data.
const DATA: &[&str] = &[
    "Serialize",
    "Deserialize",
    "PartialEq",
    "Eq",
    "Hash",
    "Queryable",
    "Selectable",
    "Insertable",
    "AsChangeset",
    "FromRow",
    "DeriveEntityModel",
];

/// How sentences about shared memory begin.
const MEMORY: &str = "memory that both sides share";

fn own(name: &str) -> Option<Carry> {
    if CONNECTION.iter().any(|end| name.ends_with(end)) {
        return Some(Carry::Own("the far side has a connection of its own".into()));
    }
    OWN.iter().any(|end| name.ends_with(end)).then(|| Carry::Own(format!("`{name}` is of what the far side has itself")))
}

fn derives(item: &crate::model::codebase::Item, name: &str) -> bool {
    // `serde_with`'s attributes derive both.
    item.derives.iter().any(|d| d.ends_with(name))
        || item.attributes.iter().any(|a| a.path.ends_with("_display") || a.path.ends_with("_repr"))
}

fn name<'a>(ty: &Written<'a>) -> &'a str {
    match ty {
        Written::Path(name, _) => name,
        Written::Ref(inner) => name(inner),
        Written::Impl(bounds) | Written::Dyn(bounds) => bounds.first().map_or("", name),
        Written::List(_) => "list",
        _ => "",
    }
}

fn worst(all: impl Iterator<Item = Carry>) -> Carry {
    let rank = |carry: &Carry| match carry {
        Carry::Plain => 0,
        Carry::Dto(_) => 1,
        Carry::Own(_) => 2,
        Carry::Stuck(_) => 3,
    };
    all.reduce(|a, b| if rank(&b) > rank(&a) { b } else { a }).unwrap_or(Carry::Plain)
}

fn listed(names: &[String]) -> String {
    let mut text = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        text += &format!(" and {} more", names.len() - NAMED);
    }
    text
}
