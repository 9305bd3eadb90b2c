//! A believable analysis for the tests of reports and of the gate: a small shop with every style of crossing, two tangles,
//! shared modules and glue. [`hostile`] is the same with names that try to break out of every format.

use super::analysis::{Analysis, CrateRow, ModuleRow};
use super::codebase::{Coverage, CrateKind, DependencyKind, DispatchKind, ItemKind, OpaqueMacro, Provenance};
use super::diagnostic::Diagnostic;
use super::extraction::{Action, Extraction, Separable, Step, StepKind, Technique};
use super::graph::{Cycle, Dependency, Dispatched, ModuleMetrics, Pair, SystemMetrics};
use super::ids::{ModuleId, ServiceId};
use super::partition::{Quality, Role};
use super::place::Site;
use super::plan::{
    Criterion, CriterionKind, CrossedItem, Crossing, EdgePolicy, Fit, Means, MeshAdvice, Message, Pain, Plan, Protocol, Reason, Remote,
    Service, SharedModule, Style, SystemAdvice, SystemVerdict, Verdict,
};
use super::scip::{Disagreement, Scip};
use DependencyKind::{Call, Method, Type, Use};
use Role::{Capability, Glue, Shared};
use std::collections::{BTreeMap, BTreeSet};

type Row = (&'static str, &'static str, u32, Role, &'static str, &'static str, &'static [&'static str], u32);

const MODULES: [Row; 17] = [
    ("shop", "src/lib.rs", 24, Glue, "", "", &[], 0),
    ("shop::catalog", "src/catalog/mod.rs", 210, Capability, "catalog", "What is for sale, and at which price.", &["Product", "Price"], 11),
    ("shop::catalog::search", "src/catalog/search.rs", 160, Capability, "catalog", "", &["Query", "Hit"], 7),
    ("shop::catalog::stock", "src/catalog/stock.rs", 130, Capability, "catalog", "How many of each are left.", &["Stock"], 6),
    ("shop::customers", "src/customers/mod.rs", 140, Capability, "customers", "Who buys.", &["Customer", "Address"], 8),
    ("shop::customers::login", "src/customers/login.rs", 190, Capability, "customers", "", &["Session"], 9),
    ("shop::error", "src/error.rs", 60, Shared, "", "", &["Error"], 3),
    ("shop::money", "src/money.rs", 85, Shared, "", "Amounts that never lose a cent.", &["Money", "Currency"], 10),
    ("shop::notify", "src/notify/mod.rs", 95, Capability, "notify", "Tells people what happened.", &["Message"], 4),
    ("shop::notify::mail", "src/notify/mail.rs", 120, Capability, "notify", "", &["Mailer"], 5),
    ("shop::orders", "src/orders/mod.rs", 240, Capability, "orders", "Orders from cart to parcel.", &["Order", "OrderLine"], 14),
    ("shop::orders::cart", "src/orders/cart.rs", 180, Capability, "orders", "", &["Cart"], 9),
    ("shop::orders::checkout", "src/orders/checkout.rs", 260, Capability, "orders", "Turns a cart into an order.", &["Checkout"], 12),
    ("shop::payments", "src/payments/mod.rs", 170, Capability, "payments", "Takes money, once.", &["Payment", "Capture"], 9),
    ("shop::payments::ledger", "src/payments/ledger.rs", 150, Capability, "payments", "", &["Entry"], 6),
    ("shop::payments::refund", "src/payments/refund.rs", 90, Capability, "payments", "", &[], 4),
    ("shopd", "src/bin/shopd.rs", 70, Glue, "", "The server.", &[], 2),
];

type Unnamed = (&'static str, &'static str, DispatchKind, &'static str, &'static [u32]);

const DISPATCH: [Unnamed; 4] = [
    ("shop::customers", "shop::orders", DispatchKind::Attribute, "sea_orm", &[31]),
    ("shop::notify", "shop::notify::mail", DispatchKind::Dispatch, "shop::notify::Channel", &[55, 60]),
    ("shop::orders", "shop::money", DispatchKind::Operator, "std::ops::Add", &[77]),
    ("shop::orders::checkout", "shop::error", DispatchKind::Conversion, "std::convert::From", &[88, 93]),
];

type Edge = (&'static str, &'static str, DependencyKind, &'static [u32], &'static str, ItemKind, Style);

const EDGES: &[Edge] = &[
    ("shop::catalog", "shop::catalog::search", Call, &[40, 77], "run", ItemKind::Function, Style::SyncApi),
    ("shop::catalog::search", "shop::catalog", Type, &[9, 21], "Product", ItemKind::Struct, Style::Library),
    ("shop::catalog::stock", "shop::catalog", Type, &[6], "Product", ItemKind::Struct, Style::Library),
    ("shop::catalog", "shop::money", Type, &[14, 15], "Money", ItemKind::Struct, Style::Library),
    ("shop::customers::login", "shop::customers", Type, &[11, 30, 52], "Customer", ItemKind::Struct, Style::Library),
    ("shop::customers::login", "shop::error", Use, &[3], "Error", ItemKind::Enum, Style::Library),
    ("shop::customers::login", "shop::notify", Call, &[97], "publish", ItemKind::Function, Style::Broker),
    ("shop::notify", "shop::notify::mail", Method, &[55], "send", ItemKind::Function, Style::Broker),
    ("shop::orders", "shop::orders::checkout", Call, &[120], "place", ItemKind::Function, Style::SyncApi),
    ("shop::orders", "shop::money", Type, &[18], "Money", ItemKind::Struct, Style::Library),
    ("shop::orders", "shop::customers", Type, &[25, 26], "Address", ItemKind::Struct, Style::Library),
    ("shop::orders::cart", "shop::catalog", Call, &[41, 58, 58, 90], "price_of", ItemKind::Function, Style::SyncApi),
    ("shop::orders::cart", "shop::catalog", Type, &[12], "Product", ItemKind::Struct, Style::Library),
    ("shop::orders::cart", "shop::orders", Type, &[20], "OrderLine", ItemKind::Struct, Style::Library),
    ("shop::orders::checkout", "shop::orders", Type, &[15, 33, 71], "Order", ItemKind::Struct, Style::Library),
    ("shop::orders::checkout", "shop::orders::cart", Method, &[64], "lines", ItemKind::Function, Style::SyncApi),
    ("shop::orders::checkout", "shop::payments", Call, &[88, 93, 131], "capture", ItemKind::Function, Style::KeepTogether),
    ("shop::orders::checkout", "shop::payments::ledger", Method, &[95], "book", ItemKind::Function, Style::KeepTogether),
    ("shop::orders::checkout", "shop::catalog::stock", Method, &[83], "reserve", ItemKind::Function, Style::SyncApi),
    ("shop::orders::checkout", "shop::notify", Call, &[140, 152], "publish", ItemKind::Function, Style::Broker),
    ("shop::orders::checkout", "shop::error", Use, &[4], "Error", ItemKind::Enum, Style::Library),
    ("shop::payments", "shop::payments::ledger", Method, &[61, 70], "book", ItemKind::Function, Style::SyncApi),
    ("shop::payments", "shop::payments::refund", Call, &[102], "start", ItemKind::Function, Style::SyncApi),
    ("shop::payments", "shop::money", Type, &[8, 19, 40], "Money", ItemKind::Struct, Style::Library),
    ("shop::payments::refund", "shop::orders", Call, &[41], "mark_refunded", ItemKind::Function, Style::SyncApi),
    ("shopd", "shop", Use, &[1], "", ItemKind::Function, Style::Library),
    ("shopd", "shop::orders", Call, &[30], "routes", ItemKind::Function, Style::SyncApi),
    ("shopd", "shop::catalog", Call, &[31], "routes", ItemKind::Function, Style::SyncApi),
    ("shopd", "shop::customers::login", Call, &[32], "routes", ItemKind::Function, Style::SyncApi),
];

const SERVICES: [(&str, &str, Verdict, &[&str], &str); 5] = [
    ("catalog", "Catalog", Verdict::Service, &["product", "price", "stock"], "nothing in it refers to another candidate"),
    ("customers", "Customers", Verdict::Crate, &["customer", "login", "session"], "only 2 modules: a crate parts it as well"),
    ("notify", "Notify", Verdict::Service, &["mail", "message"], "nobody waits for what it does"),
    ("orders", "Orders", Verdict::Keep, &["order", "cart", "checkout"], "it shares a transaction with `payments`"),
    ("payments", "Payments", Verdict::Keep, &["payment", "ledger", "refund"], "it shares a transaction with `orders`"),
];

/// The shop.
pub(crate) fn shop() -> Analysis {
    build(EDGES)
}

/// The shop with more references: (from, to, file line), each a call.
pub(crate) fn shop_with(more: &[(&'static str, &'static str, &'static [u32])]) -> Analysis {
    let mut edges = EDGES.to_vec();
    edges.extend(more.iter().map(|&(from, to, lines)| (from, to, Call, lines, "run", ItemKind::Function, Style::SyncApi)));
    build(&edges)
}

/// The shop without the references from one module to another.
pub(crate) fn shop_without(from: &str, to: &str) -> Analysis {
    build(&EDGES.iter().copied().filter(|e| (e.0, e.1) != (from, to)).collect::<Vec<_>>())
}

/// The shop with an index of another program merged in.
pub(crate) fn indexed() -> Analysis {
    let mut a = shop();
    let provenances = Provenance::ALL.into_iter().cycle();
    a.dependencies.iter_mut().zip(provenances).for_each(|(d, provenance)| d.provenance = provenance);
    let disagreement = |line, column, ours: &str, index: &str| Disagreement {
        file: "src/orders/checkout.rs".into(),
        line,
        column,
        ours: ours.into(),
        index: index.into(),
    };
    a.scip = Some(Scip {
        documents: 21,
        matched: 17,
        outdated: 1,
        references: 391,
        agreed: 380,
        added: 9,
        replaced: 1,
        removed: 1,
        disagreements: vec![
            disagreement(31, 9, "shop::catalog::find", "shop::notify::find"),
            disagreement(44, 20, "shop::money::round", "outside: rust_decimal"),
        ],
    });
    a
}

/// The shop with names that try to break out of every format; still sorted, still valid.
pub(crate) fn hostile() -> Analysis {
    // Begins with a character below `:`, so that a module still sorts before its children.
    const EVIL: &str = "\"|`<b>\u{1b}[31m\r\n\\ --> ]; #&\u{202e}%";
    let mut a = shop();
    let evil = |s: &mut String| s.push_str(EVIL);
    evil(&mut a.name);
    for m in &mut a.modules {
        [&mut m.id, &mut m.file, &mut m.krate, &mut m.role_because].into_iter().for_each(evil);
        m.types.iter_mut().chain(&mut m.summary).for_each(evil);
    }
    for s in &mut a.plan.services {
        [&mut s.id, &mut s.name].into_iter().for_each(evil);
        s.because.iter_mut().for_each(|r| evil(&mut r.text));
    }
    for e in &mut a.plan.cost.entries {
        [&mut e.name, &mut e.at.file].into_iter().chain(e.apart.sites.iter_mut().map(|s| &mut s.file)).for_each(evil);
    }
    a.plan.cost.because.iter_mut().for_each(|r| evil(&mut r.text));
    for c in &mut a.plan.crossings {
        c.because.iter_mut().for_each(|r| evil(&mut r.text));
        for item in &mut c.items {
            evil(&mut item.path);
            item.sites.iter_mut().for_each(|s| evil(&mut s.file));
        }
    }
    let data = &mut a.plan.data;
    for t in &mut data.tables {
        evil(&mut t.table);
        t.because.iter_mut().for_each(|r| evil(&mut r.text));
    }
    for k in &mut data.keys {
        [&mut k.table, &mut k.to, &mut k.site.file].into_iter().chain(&mut k.columns).for_each(evil);
    }
    for s in &mut data.spans {
        [&mut s.item, &mut s.how, &mut s.site.file].into_iter().for_each(evil);
        s.steps.iter_mut().flat_map(|s| s.does.iter_mut().chain(&mut s.undo)).for_each(evil);
    }
    data.compared.iter_mut().for_each(|c| evil(&mut c.what));
    for d in &mut a.dependencies {
        d.sites.iter_mut().for_each(|s| evil(&mut s.file));
    }
    for d in &mut a.dispatch {
        evil(&mut d.of_trait);
        d.sites.iter_mut().for_each(|s| evil(&mut s.file));
    }
    a.orphans.iter_mut().for_each(evil);
    a.diagnostics.iter_mut().for_each(|d| evil(&mut d.message));
    a.coverage.opaque_macros.iter_mut().for_each(|m| evil(&mut m.name));
    let c = &mut a.coverage;
    for names in [&mut c.wide_dispatch, &mut c.unknown_macros, &mut c.guessed_methods] {
        names.iter_mut().for_each(|(name, _)| evil(name));
    }
    a.verify().expect("the hostile sample is valid");
    a
}

fn module(id: &str) -> ModuleId {
    ModuleId::from(MODULES.iter().position(|m| m.0 == id).expect("a module of the sample"))
}

fn service(id: &str) -> Option<ServiceId> {
    SERVICES.iter().position(|s| s.0 == id).map(ServiceId::from)
}

fn build(edges: &[Edge]) -> Analysis {
    let mut grouped: BTreeMap<(ModuleId, ModuleId, DependencyKind), Vec<Site>> = BTreeMap::new();
    for &(from, to, kind, lines, ..) in edges {
        let file = MODULES[module(from).index()].1;
        grouped.entry((module(from), module(to), kind)).or_default().extend(lines.iter().map(|&l| Site::new(file, l)));
    }
    let dependencies: Vec<Dependency> = grouped
        .into_iter()
        .map(|((from, to, kind), sites)| Dependency {
            from,
            to,
            kind,
            count: sites.len() as u32,
            weight: sites.len() as f64,
            sites,
            guessed: Vec::new(),
            provenance: Provenance::Source,
        })
        .collect();
    let reach = reach(&dependencies);
    let cycles = cycles(&dependencies, &reach);
    let connected: usize = reach.iter().map(BTreeSet::len).sum();
    let tangled: usize = cycles.iter().map(|c| c.modules.len()).sum();
    let modules = rows(&dependencies);
    let plan = plan(edges, &modules);
    let analysis = Analysis {
        name: "shop".into(),
        crates: vec![
            CrateRow { name: "shop".into(), package: "shop".into(), kind: CrateKind::Library, dependencies: vec![] },
            CrateRow { name: "shopd".into(), package: "shop".into(), kind: CrateKind::Binary, dependencies: vec!["shop".into()] },
        ],
        modules,
        dependencies,
        dispatch: (DISPATCH.iter())
            .map(|&(from, to, kind, of_trait, lines)| Dispatched {
                from: module(from),
                to: module(to),
                kind,
                of_trait: of_trait.into(),
                count: lines.len() as u32,
                sites: lines.iter().map(|&line| Site::new(MODULES[module(from).index()].1, line)).collect(),
            })
            .collect(),
        cycles,
        system: SystemMetrics {
            cyclicity: tangled as f64 / MODULES.len() as f64,
            propagation_cost: connected as f64 / (MODULES.len() * MODULES.len()) as f64,
        },
        algorithm: "leiden".into(),
        quality: Quality { modularity: 0.412_345_678_9, sm: 0.171, icp: 0.4, ifn: 2.2, ned: 1.0 },
        levels: super::sample_choice::levels(),
        alternatives: super::sample_choice::coarser(&MODULES.map(|m| (m.4, m.3))),
        decisions: super::sample_choice::decisions(),
        plan,
        evidence: super::sample_evidence::evidence(&module, &|m| MODULES[m.index()].1),
        orphans: vec!["src/old/report.rs".into()],
        coverage: Coverage {
            files: 18,
            parsed: 17,
            lines: 2374,
            paths: 1203,
            resolved: 402,
            external: 706,
            unresolved: 95,
            macro_bodies: 12,
            macro_tokens: 340,
            opaque_macros: vec![
                OpaqueMacro { name: "html".into(), count: 9, tokens: 310 },
                OpaqueMacro { name: "lazy".into(), count: 3, tokens: 30 },
            ],
            unresolved_members: 61,
            guessed: 5,
            guessed_methods: vec![("take_out_of_stock".into(), 5)],
            unresolved_methods: vec![("fetch_all".into(), 31), ("get".into(), 14)],
            unknown_macros: vec![("derive(Row)".into(), 6), ("#[rpc]".into(), 2)],
            generated: 1,
            wide_dispatch: vec![("shop::notify::Channel".into(), 4)],
            cfg_off: 2,
            tests: 21,
            targets_out: 3,
        },
        scip: None,
        diagnostics: vec![
            Diagnostic::error("parse-error", "expected `;`").at(Site::new("src/legacy.rs", 7)).help("fix the file, or exclude it"),
            Diagnostic::note("no-history", "the folder is no git repository, so history says nothing"),
        ],
    };
    analysis.verify().expect("the sample is valid");
    analysis
}

fn rows(dependencies: &[Dependency]) -> Vec<ModuleRow> {
    let pairs: BTreeSet<(ModuleId, ModuleId)> = dependencies.iter().map(|d| (d.from, d.to)).collect();
    let row = |(i, &(id, file, lines, role, of, summary, types, functions)): (usize, &Row)| {
        let ca = pairs.iter().filter(|p| p.1.index() == i).count() as u32;
        let ce = pairs.iter().filter(|p| p.0.index() == i).count() as u32;
        let instability = if ca + ce == 0 { 0.0 } else { f64::from(ce) / f64::from(ca + ce) };
        ModuleRow {
            id: id.into(),
            krate: id.split("::").next().unwrap_or(id).into(),
            file: file.into(),
            line: 1,
            lines,
            summary: (!summary.is_empty()).then(|| summary.into()),
            types: types.iter().map(|&t| t.into()).collect(),
            functions,
            role,
            role_because: format!("used by {ca}, uses {ce}"),
            service: service(of),
            pinned: id == "shop::notify",
            cohesion: if role == Capability { 0.75 } else { 0.0 },
            hold: service(of).map(|own| super::sample_choice::hold(id, own)),
            metrics: ModuleMetrics { ca, ce, instability, abstractness: 0.0, distance: (instability - 1.0).abs() },
        }
    };
    MODULES.iter().enumerate().map(row).collect()
}

/// What each module reaches, itself included.
fn reach(dependencies: &[Dependency]) -> Vec<BTreeSet<usize>> {
    let mut reach: Vec<BTreeSet<usize>> = (0..MODULES.len()).map(|i| BTreeSet::from([i])).collect();
    for _ in 0..MODULES.len() {
        for d in dependencies {
            let more = reach[d.to.index()].clone();
            reach[d.from.index()].extend(more);
        }
    }
    reach
}

fn cycles(dependencies: &[Dependency], reach: &[BTreeSet<usize>]) -> Vec<Cycle> {
    let mut groups: BTreeSet<Vec<ModuleId>> = BTreeSet::new();
    for i in 0..MODULES.len() {
        let group: Vec<ModuleId> =
            (0..MODULES.len()).filter(|&j| reach[i].contains(&j) && reach[j].contains(&i)).map(ModuleId::from).collect();
        if group.len() > 1 {
            groups.insert(group);
        }
    }
    let mut cycles: Vec<Cycle> = groups
        .into_iter()
        .map(|modules| {
            // The cheapest pair stands for the cut set: true for the tangles of this sample.
            let inside = |d: &&Dependency| modules.contains(&d.from) && modules.contains(&d.to);
            let cut = dependencies.iter().filter(inside).map(|d| (d.count, std::cmp::Reverse(d.from), d.to)).min().expect("edges");
            let cut = Pair { from: cut.1.0, to: cut.2, count: cut.0 };
            let example = walk(dependencies, &modules, cut);
            Cycle { modules, example, cuts: vec![cut] }
        })
        .collect();
    cycles.sort_by(|a, b| b.modules.len().cmp(&a.modules.len()).then(a.modules.cmp(&b.modules)));
    cycles
}

/// The shortest closed walk over an edge, beginning with its far end.
fn walk(dependencies: &[Dependency], within: &[ModuleId], over: Pair) -> Vec<ModuleId> {
    let mut paths = vec![vec![over.to]];
    loop {
        if let Some(path) = paths.iter().find(|p| p.last() == Some(&over.from)) {
            return path.clone();
        }
        paths = paths
            .iter()
            .flat_map(|p| {
                dependencies
                    .iter()
                    .filter(|d| Some(&d.from) == p.last() && within.contains(&d.to))
                    .map(|d| [p.as_slice(), &[d.to]].concat())
            })
            .collect();
    }
}

/// One that does, one that does not, and one of which nothing tells.
fn criteria() -> Vec<Criterion> {
    let criterion = |kind: CriterionKind, value: Option<f64>, threshold: f64, text: &str| Criterion {
        kind,
        value,
        threshold,
        met: value.map(|v| if kind.is_at_least() { v >= threshold } else { v <= threshold }),
        source: "rule of thumb".into(),
        because: Reason::new(text),
    };
    vec![
        criterion(CriterionKind::Cohesion, Some(0.6), 0.7, "60 % of its references stay inside, at least 70 % is asked"),
        criterion(CriterionKind::Crossings, Some(2.0), 15.0, "it waits for 2 items of other candidates, at most 15 is asked"),
        criterion(CriterionKind::TeamFit, None, 0.5, "nobody is written down as its owner"),
    ]
}

fn plan(edges: &[Edge], modules: &[ModuleRow]) -> Plan {
    let owner = |id: &str| modules[module(id).index()].service;
    let mut crossings: BTreeMap<(ServiceId, ServiceId), BTreeMap<&str, CrossedItem>> = BTreeMap::new();
    for &(from, to, _, lines, name, kind, style) in edges {
        let (Some(a), Some(b)) = (owner(from), owner(to)) else { continue };
        if a != b {
            let path = format!("{to}::{name}");
            let fit = if style == Style::Broker { Fit::Dto } else { Fit::AsIs };
            let because = if fit == Fit::Dto { vec!["`order`: `Order` derives no `Deserialize`".to_owned()] } else { Vec::new() };
            let remote = (style != Style::Library).then_some(Remote { fit, because });
            let defined = Site::new(MODULES[module(to).index()].1, 33);
            let because = "its result decides how the caller goes on; not needing it would make it a broker".to_owned();
            let rule = "result".to_owned();
            let item = CrossedItem { path, kind: Some(kind), style, rule, because, remote, defined, sites: vec![] };
            let sites = lines.iter().map(|&l| Site::new(MODULES[module(from).index()].1, l));
            crossings.entry((a, b)).or_default().entry(name).or_insert(item).sites.extend(sites);
        }
    }
    let crossings: Vec<Crossing> = crossings
        .into_iter()
        .map(|((from, to), items)| {
            let mut items: Vec<CrossedItem> = items.into_values().collect();
            items.sort_by(|a, b| b.sites.len().cmp(&a.sites.len()).then(a.path.cmp(&b.path)));
            let style = items.iter().map(|i| i.style).max_by_key(|s| *s).expect("an item");
            let because = vec![reason(style, &items[0]), Reason::new("one route in front of it would change this")];
            let means = matches!(style, Style::SyncApi | Style::Broker).then(|| means(style, &items));
            let references = items.iter().map(|i| i.sites.len() as u32).sum();
            Crossing { from, to, style, because, means: means.into_iter().collect(), references, items }
        })
        .collect();
    let services = SERVICES.iter().enumerate().map(|(i, &(id, name, verdict, keywords, why))| {
        let own: Vec<ModuleId> =
            (0..modules.len()).filter(|&m| modules[m].service == Some(ServiceId::from(i))).map(ModuleId::from).collect();
        Service {
            id: id.into(),
            name: name.into(),
            lines: own.iter().map(|m| modules[m.index()].lines).sum(),
            modules: own,
            keywords: keywords.iter().map(|&k| k.into()).collect(),
            cohesion: 0.6,
            ca: crossings.iter().filter(|c| c.to.index() == i).count() as u32,
            ce: crossings.iter().filter(|c| c.from.index() == i).count() as u32,
            verdict,
            criteria: criteria(),
            because: vec![
                Reason::at(why, vec![Site::new("src/orders/checkout.rs", 80)]),
                Reason::new("5 or more modules would change this"),
            ],
        }
    });
    let used_by = |id: &str| {
        let users: BTreeSet<ServiceId> = edges.iter().filter(|e| e.1 == id).filter_map(|e| owner(e.0)).collect();
        SharedModule { module: module(id), used_by: users.into_iter().collect() }
    };
    let services: Vec<Service> = services.collect();
    Plan {
        data: super::sample_data::data(&service),
        extractions: (0..services.len()).map(|s| extraction(ServiceId::from(s))).collect(),
        services,
        crossings,
        shared: vec![used_by("shop::error"), used_by("shop::money")],
        mesh: MeshAdvice {
            advised: false,
            because: vec![Reason::new("2 services with 1 synchronous edge: a mesh pays from about 10 services on")],
            edges: vec![EdgePolicy {
                from: ServiceId(0),
                to: ServiceId(1),
                timeout: 400,
                retry: vec!["shop::orders::Orders::find".into()],
                once: 1,
                circuit_breaker: false,
                mutual_tls: true,
                because: vec![Reason::at("`shop::orders::Orders::place` may change something", vec![Site::new("src/customers.rs", 12)])],
            }],
        },
        verdict: SystemVerdict {
            verdict: SystemAdvice::Split,
            because: vec![
                Reason::new("`catalog` and `notify` stand on their own: no crossing leaves them"),
                Reason::at("`orders` and `payments` share a transaction", vec![Site::new("src/orders/checkout.rs", 80)]),
            ],
        },
        cost: super::sample_cost::cost(),
        pains: vec![
            Pain {
                name: "everything redeploys together".into(),
                measure: "share of commits that touch several candidates".into(),
                value: Some(0.25),
                because: vec![Reason::new("75 of 300 commits that touch a candidate touch more than one")],
            },
            Pain {
                name: "only the whole scales".into(),
                measure: "share of all entry points that the busiest candidate handles".into(),
                value: None,
                because: vec![Reason::new("no entry point was found to measure it by")],
            },
        ],
    }
}

fn means(style: Style, items: &[CrossedItem]) -> Means {
    let told = style == Style::Broker;
    let message = |item: &CrossedItem| Message {
        item: item.path.clone(),
        name: if told { "orders.placed".into() } else { "GET /orders/find".into() },
        repeatable: !told,
        needs_dto: told,
        outbox: told,
    };
    Means {
        style,
        protocol: if told { Protocol::WorkQueue } else { Protocol::Rest },
        with: told.then(|| "lapin".to_owned()),
        messages: items.iter().filter(|i| i.style == style).map(message).collect(),
        because: vec![Reason::at("it may change something: repeat it only with a key", vec![Site::new("src/orders/checkout.rs", 33)])],
    }
}

/// The same for each candidate: one thing to do in each other step.
fn extraction(service: ServiceId) -> Extraction {
    let site = |line| Site::new("src/orders/checkout.rs", line);
    let action = |kind: StepKind| {
        let technique = Technique::ALL[kind as usize % Technique::ALL.len()];
        let because = "its result decides how the caller goes on".to_owned();
        Action {
            technique,
            what: "shop::orders::checkout::place".into(),
            defined: Some(site(33)),
            because,
            sites: vec![site(80), site(92)],
            effort: 2.5,
            pull: 1,
        }
    };
    let step = |kind: StepKind| Step { kind, actions: if (kind as usize).is_multiple_of(2) { vec![action(kind)] } else { Vec::new() } };
    Extraction {
        service,
        separable: Separable::ALL[service.index() % 3],
        because: vec![Reason::at("1 call has to be turned around", vec![site(80)])],
        rank: service.index() as u32 + 1,
        rank_because: "worth a crate; nothing holds it; about 12 hours; 1 candidate waits for it".into(),
        steps: StepKind::ALL.into_iter().map(step).collect(),
    }
}

fn reason(style: Style, item: &CrossedItem) -> Reason {
    let text = match style {
        Style::Library => "only types cross",
        Style::SyncApi => "the result is used before the caller goes on",
        Style::Broker => "nobody uses the result, and it happens after the commit",
        Style::KeepTogether => "it happens inside an open transaction",
    };
    Reason::at(text, item.sites.clone())
}
