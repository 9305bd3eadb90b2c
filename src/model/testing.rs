//! Code bases for tests, from a few lines of text.
//!
//! ```text
//! bin app                                     crate `app` is a binary (libraries need no line)
//! mod shop::orders 120                        a module with its lines; those that are only named have 100
//! fn shop::orders::place async unit           an item: fn, struct, enum, trait, const, static, type, macro
//! fn shop::orders::Order::total &self         a member: the type comes first, its impl block is made
//! extern shop::orders sqlx 3                  three references to an external crate
//! shop::cart -> shop::orders::place call 2 used awaited
//! ```
//!
//! An end of `->` is an item where one of that path was declared before, else a module. Enclosing modules come to be by themselves,
//! with one line. Flags of a function: `async const unit result mut &self &mut-self self generic`; it returns a value unless told.
//! `takes=order:&Order`, `gives=Vec<Order>` and `where=F:Fn(Order)` are types as written, without spaces. Of a type: `field=id:u64`
//! and `derives=Clone,Serialize`. Of any item, and of a module after its lines: `private`, `restricted`. `impl a::x Display for b::Order`
//! is an impl block in module `a::x`, of a trait and a type that may be items.

use super::calls::Member;
use super::codebase::*;
use super::ids::{CrateId, FileId, ItemId, ModuleId};
use std::collections::BTreeMap;

/// The code base that `text` describes; it has passed [`Codebase::verify`].
pub(crate) fn codebase(text: &str) -> Codebase {
    let lines = || text.lines().map(|l| l.split_whitespace().collect::<Vec<_>>()).filter(|w| !w.is_empty() && w[0] != "#");
    let mut b = Builder::default();
    for w in lines() {
        match w[..] {
            ["bin", name] => b.binaries.push(name.into()),
            ["mod", id] => b.module(id, 100),
            ["mod", id, n] => b.module(id, n.parse().expect("lines of a module")),
            ["mod", id, n, reach] => {
                b.module(id, n.parse().expect("lines of a module"));
                b.hidden.insert(id.into(), visibility(&[reach]));
            }
            ["impl", module, of_trait, "for", of_type] => {
                b.module(module, 100);
                b.impls.push([module, of_trait, of_type].map(str::to_owned));
            }
            ["extern", ..] => {}
            [_, "->", ..] => {}
            [kind, path, ref flags @ ..] => b.item(kind, path, flags),
            _ => panic!("cannot read {w:?}"),
        }
    }
    for w in lines() {
        if let [from, "->", to, ..] = w[..] {
            for end in [from, to] {
                if !b.items.iter().any(|i| i.path == end) {
                    b.module(end, 100);
                }
            }
        }
    }
    let references: Vec<Vec<String>> = lines().filter(|w| w[1] == "->").map(|w| w.iter().map(|s| s.to_string()).collect()).collect();
    let externals: Vec<Vec<String>> = lines().filter(|w| w[0] == "extern").map(|w| w.iter().map(|s| s.to_string()).collect()).collect();
    let codebase = b.finish(&references, &externals);
    codebase.verify().expect("a sound code base");
    codebase
}

/// The id of a module that the test knows to be there.
pub(crate) fn id(codebase: &Codebase, name: &str) -> ModuleId {
    codebase.module(name).unwrap_or_else(|| panic!("no module {name}"))
}

fn visibility(flags: &[&str]) -> Visibility {
    match () {
        () if flags.contains(&"private") => Visibility::Private,
        () if flags.contains(&"restricted") => Visibility::Restricted,
        () => Visibility::Public,
    }
}

#[derive(Default)]
struct Builder {
    binaries: Vec<String>,
    modules: BTreeMap<String, u32>,
    hidden: BTreeMap<String, Visibility>,
    items: Vec<Draft>,
    impls: Vec<[String; 3]>,
}

struct Draft {
    path: String,
    module: String,
    owner: Option<String>,
    kind: ItemKind,
    visibility: Visibility,
    derives: Vec<String>,
    members: Vec<Member>,
    signature: Option<Signature>,
}

impl Builder {
    fn module(&mut self, id: &str, lines: u32) {
        let mut at = id;
        while let Some((parent, _)) = at.rsplit_once("::") {
            self.modules.entry(parent.into()).or_insert(1);
            at = parent;
        }
        let own = self.modules.entry(id.into()).or_insert(lines);
        *own = lines.max(*own);
    }

    fn item(&mut self, kind: &str, path: &str, flags: &[&str]) {
        let kind = match kind {
            "fn" => ItemKind::Function,
            "struct" => ItemKind::Struct,
            "enum" => ItemKind::Enum,
            "trait" => ItemKind::Trait,
            "const" => ItemKind::Const,
            "static" => ItemKind::Static,
            "type" => ItemKind::TypeAlias,
            "macro" => ItemKind::Macro,
            other => panic!("no kind of item is called {other:?}"),
        };
        let (outer, _) = path.rsplit_once("::").expect("an item's path has a module");
        let owner = self.items.iter().find(|i| i.path == outer && i.kind.is_type()).map(|i| (i.path.clone(), i.module.clone()));
        let module = owner.as_ref().map_or_else(|| outer.to_string(), |(_, module)| module.clone());
        self.module(&module, 100);
        let has = |flag: &str| flags.contains(&flag);
        let all = |key: &'static str| flags.iter().filter_map(move |f| f.strip_prefix(key)?.strip_prefix('='));
        let pair = |text: &str| text.split_once(':').map(|(name, ty)| (name.to_owned(), ty.to_owned())).expect("NAME:TYPE");
        let parameters = all("takes").map(|text| {
            let (name, ty) = pair(text);
            Parameter { mutable: ty.starts_with("&mut_"), ty: ty.replace("&mut_", "&"), name }
        });
        let unnamed = Parameter { name: "value".into(), ty: "u64".into(), mutable: has("mut") };
        let parameters: Vec<Parameter> = parameters.chain((has("mut") || all("takes").next().is_none()).then_some(unnamed)).collect();
        let members = all("field").map(|text| {
            let (name, types) = pair(text);
            let visibility = if name.starts_with('-') { Visibility::Private } else { Visibility::Public };
            Member { name: name.trim_start_matches('-').into(), types, visibility, attributes: Vec::new() }
        });
        let signature = (kind == ItemKind::Function).then(|| Signature {
            is_async: has("async"),
            is_const: has("const"),
            receiver: match () {
                () if has("&mut-self") => Receiver::Mut,
                () if has("&self") => Receiver::Ref,
                () if has("self") => Receiver::Value,
                () => Receiver::None,
            },
            parameters,
            generics: all("where").map(str::to_owned).collect(),
            output: all("gives").next().unwrap_or_default().into(),
            is_generic: has("generic"),
            returns: match () {
                () if has("unit") => Returns::Unit,
                () if has("result") => Returns::UnitResult,
                () => Returns::Value,
            },
        });
        self.items.push(Draft {
            path: path.into(),
            module,
            owner: owner.map(|(path, _)| path),
            kind,
            visibility: visibility(flags),
            derives: all("derives").flat_map(|list| list.split(',')).map(str::to_owned).collect(),
            members: members.collect(),
            signature,
        });
    }

    fn finish(mut self, references: &[Vec<String>], externals: &[Vec<String>]) -> Codebase {
        let names: Vec<String> = self.modules.keys().cloned().collect();
        let module_id = |name: &str| ModuleId::from(names.iter().position(|n| n == name).unwrap_or_else(|| panic!("no module {name}")));
        let crates: Vec<String> = names.iter().filter(|n| !n.contains("::")).cloned().collect();
        let mut out = Codebase { name: "test".into(), ..Codebase::default() };
        for name in &crates {
            let kind = if self.binaries.contains(name) { CrateKind::Binary } else { CrateKind::Library };
            out.crates.push(Crate { name: name.clone(), package: name.clone(), kind, root: module_id(name), dependencies: Vec::new() });
        }
        for (i, (name, lines)) in self.modules.iter().enumerate() {
            out.files.push(SourceFile { path: format!("{}.rs", name.replace("::", "/")), lines: *lines });
            out.modules.push(Module {
                id: name.clone(),
                krate: CrateId::from(crates.iter().position(|c| name.split("::").next() == Some(c)).expect("its crate")),
                parent: name.rsplit_once("::").map(|(parent, _)| module_id(parent)),
                file: FileId::from(i),
                line: 1,
                end_line: *lines,
                lines: *lines,
                inline: false,
                summary: None,
                visibility: self.hidden.get(name).copied().unwrap_or(Visibility::Public),
            });
        }
        // Types before their members, both in the order of the modules.
        self.items.sort_by(|a, b| (&a.module, a.owner.is_some()).cmp(&(&b.module, b.owner.is_some())));
        let mut at: BTreeMap<String, ItemId> = BTreeMap::new();
        for (i, draft) in self.items.iter().enumerate() {
            let item = |name: String, kind, parent, self_type, signature| Item {
                name,
                kind,
                module: module_id(&draft.module),
                parent,
                self_type,
                implements: None,
                visibility: Visibility::Public,
                line: i as u32 + 1,
                end_line: i as u32 + 1,
                derives: Vec::new(),
                attributes: Vec::new(),
                members: Vec::new(),
                signature,
            };
            let name = draft.path.rsplit("::").next().unwrap_or_default().to_string();
            let mut parent = None;
            if let Some(owner) = &draft.owner {
                let of = at[owner];
                parent = Some(if out.items[of.index()].kind == ItemKind::Trait {
                    of
                } else {
                    out.items.push(item(format!("impl {}", out.items[of.index()].name), ItemKind::Impl, None, Some(of), None));
                    ItemId::from(out.items.len() - 1)
                });
            }
            at.insert(draft.path.clone(), ItemId::from(out.items.len()));
            let (visibility, derives, members) = (draft.visibility, draft.derives.clone(), draft.members.clone());
            out.items.push(Item { visibility, derives, members, ..item(name, draft.kind, parent, None, draft.signature.clone()) });
        }
        for [module, of_trait, of_type] in &self.impls {
            let last = |path: &str| path.rsplit("::").next().unwrap_or_default().to_owned();
            out.items.push(Item {
                name: format!("impl {} for {}", last(of_trait), last(of_type)),
                kind: ItemKind::Impl,
                module: module_id(module),
                parent: None,
                self_type: at.get(of_type).copied(),
                implements: at.get(of_trait).copied(),
                visibility: Visibility::Private,
                line: out.items.len() as u32 + 1,
                end_line: out.items.len() as u32 + 1,
                derives: Vec::new(),
                attributes: Vec::new(),
                members: Vec::new(),
                signature: None,
            });
        }
        let end = |name: &str| match at.get(name) {
            Some(item) => (out.items[item.index()].module, Some(*item)),
            None => (module_id(name), None),
        };
        for (line, words) in references.iter().enumerate() {
            let ((from, from_item), (to, to_item)) = (end(&words[0]), end(&words[2]));
            let kind = words.get(3).map_or(DependencyKind::Call, |k| DependencyKind::from_name(k).expect("a kind"));
            let count: u32 = words.get(4).map_or(1, |n| n.parse().expect("a count"));
            let context = words.iter().skip(5).fold(CallContext::default(), |all, flag| {
                all.with(match flag.as_str() {
                    "used" => CallContext::USED,
                    "awaited" => CallContext::AWAITED,
                    "tried" => CallContext::TRIED,
                    "loop" => CallContext::IN_LOOP,
                    "spawned" => CallContext::SPAWNED,
                    "transaction" => CallContext::IN_TRANSACTION.with(CallContext::GIVEN_TRANSACTION),
                    other => panic!("no context is called {other:?}"),
                })
            });
            for n in 0..count {
                out.references.push(Reference {
                    from,
                    from_item,
                    to,
                    to_item,
                    kind,
                    line: line as u32 + 1,
                    column: n + 1,
                    file: out.modules[from.index()].file,
                    via: None,
                    context,
                    confidence: Confidence::Name,
                    provenance: Provenance::Source,
                });
            }
        }
        out.references.sort();
        out.externals = externals.iter().map(|w| (module_id(&w[1]), w[2].clone(), w[3].parse().expect("a count"))).collect();
        out.externals.sort();
        out
    }
}
