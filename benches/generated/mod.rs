//! A workspace to measure with: layered, as monoliths are, and the same on every machine.
//!
//! Takes: a [`Shape`]. Gives: its files by path. Each crate is a domain with models, repositories, events, services and handlers; services
//! reach into a neighbour and, most of them, into another domain. It compiles without a warning and needs nothing but `std`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// How large it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// At most [`DOMAINS`], at least one.
    pub(super) crates: usize,
    /// In each crate: at most [`NOUNS`], at least five.
    pub(super) entities: usize,
}

/// Names of crates, and how their types begin.
const DOMAINS: [(&str, &str); 24] = [
    ("billing", "Billing"),
    ("catalog", "Catalog"),
    ("shipping", "Shipping"),
    ("identity", "Identity"),
    ("warehouse", "Warehouse"),
    ("support", "Support"),
    ("marketing", "Marketing"),
    ("pricing", "Pricing"),
    ("returns", "Returns"),
    ("search", "Search"),
    ("payroll", "Payroll"),
    ("fleet", "Fleet"),
    ("treasury", "Treasury"),
    ("academy", "Academy"),
    ("insurance", "Insurance"),
    ("auction", "Auction"),
    ("booking", "Booking"),
    ("clinic", "Clinic"),
    ("energy", "Energy"),
    ("franchise", "Franchise"),
    ("gallery", "Gallery"),
    ("harbour", "Harbour"),
    ("library", "Library"),
    ("tourism", "Tourism"),
];

/// What there is in each.
const NOUNS: [(&str, &str); 12] = [
    ("account", "Account"),
    ("order", "Order"),
    ("contract", "Contract"),
    ("parcel", "Parcel"),
    ("ticket", "Ticket"),
    ("ledger", "Ledger"),
    ("campaign", "Campaign"),
    ("supplier", "Supplier"),
    ("schedule", "Schedule"),
    ("document", "Document"),
    ("voucher", "Voucher"),
    ("region", "Region"),
];

/// What operations and further fields are called after.
const WORDS: [&str; 16] = [
    "audit", "bonus", "cargo", "debit", "escrow", "fees", "grant", "harvest", "intake", "journey", "kiosk", "lease", "margin", "notice",
    "outlet", "permit",
];

/// Types of further fields, and what they begin with.
const FIELDS: [(&str, &str); 5] = [
    ("u32", "0"),
    ("Option<String>", "None"),
    ("Vec<Money>", "Vec::new()"),
    ("BTreeMap<u64, Money>", "BTreeMap::new()"),
    ("Result<bool, String>", "Ok(false)"),
];

/// The layers of a domain, and what one entity has in each.
const LAYERS: [(&str, &str); 5] = [
    ("model", include_str!("templates/model.rs.in")),
    ("repository", include_str!("templates/repository.rs.in")),
    ("event", include_str!("templates/event.rs.in")),
    ("service", include_str!("templates/service.rs.in")),
    ("handler", include_str!("templates/handler.rs.in")),
];

/// Files of the two crates that all others use.
const SHARED: [(&str, &str); 7] = [
    ("errors/src/lib.rs", include_str!("templates/errors.rs.in")),
    ("kit/src/lib.rs", include_str!("templates/kit.rs.in")),
    ("kit/src/macros.rs", include_str!("templates/kit_macros.rs.in")),
    ("kit/src/money.rs", include_str!("templates/kit_money.rs.in")),
    ("kit/src/page.rs", include_str!("templates/kit_page.rs.in")),
    ("kit/src/run.rs", include_str!("templates/kit_run.rs.in")),
    ("kit/src/store.rs", include_str!("templates/kit_store.rs.in")),
];

/// All files, by path from the root.
pub(super) fn workspace(shape: Shape) -> BTreeMap<String, String> {
    assert!((1..=DOMAINS.len()).contains(&shape.crates) && (5..=NOUNS.len()).contains(&shape.entities), "{shape:?} cannot be made");
    let mut files = BTreeMap::new();
    let domains = || DOMAINS.iter().take(shape.crates).map(|(name, _)| *name);
    let members: Vec<String> = ["errors", "kit", "app"].into_iter().chain(domains()).map(|name| format!("\"{name}\"")).collect();
    files.insert("Cargo.toml".into(), format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", ")));
    files.insert("errors/Cargo.toml".into(), manifest("errors", []));
    files.insert("kit/Cargo.toml".into(), manifest("kit", ["errors"]));
    files.extend(SHARED.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let mut dice = Dice(0x5eed);
    for domain in 0..shape.crates {
        krate(shape, domain, &mut dice, &mut files);
    }
    app(shape, &mut files);
    files.insert("app/Cargo.toml".into(), manifest("app", ["errors", "kit"].into_iter().chain(domains())));
    files
}

/// Writes them below a folder, which is emptied first.
pub(super) fn write(shape: Shape, folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    for (path, text) in workspace(shape) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, text)?;
    }
    Ok(())
}

fn manifest<'a>(name: &str, dependencies: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n");
    for dependency in dependencies {
        let _ = writeln!(text, "{dependency} = {{ path = \"../{dependency}\" }}");
    }
    text
}

/// Numbers that look thrown and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

fn krate(shape: Shape, domain: usize, dice: &mut Dice, files: &mut BTreeMap<String, String>) {
    let (name, prefix) = DOMAINS[domain];
    let before: Vec<&str> = DOMAINS[..domain].iter().map(|(name, _)| *name).collect();
    files.insert(format!("{name}/Cargo.toml"), manifest(name, ["errors", "kit"].into_iter().chain(before)));
    let mut root = format!("//! {prefix}.\n\n");
    for (layer, _) in LAYERS {
        let _ = writeln!(root, "pub mod {layer};");
        let modules: String = NOUNS.iter().take(shape.entities).map(|(noun, _)| format!("pub mod {noun};\n")).collect();
        files.insert(format!("{name}/src/{layer}/mod.rs"), format!("//! {prefix}: {layer}.\n\n{modules}"));
    }
    files.insert(format!("{name}/src/lib.rs"), root);
    for (entity, (noun, _)) in NOUNS.iter().enumerate().take(shape.entities) {
        let values = values(shape, domain, entity, dice);
        for (layer, template) in LAYERS {
            files.insert(format!("{name}/src/{layer}/{noun}.rs"), fill(template, &values));
        }
    }
}

/// What stands for each letter in the templates of one entity.
fn values(shape: Shape, domain: usize, entity: usize, dice: &mut Dice) -> BTreeMap<char, String> {
    let n = shape.entities;
    let peer = (entity + 1 + dice.below(2)) % n;
    // Another noun than its own and its neighbour's, in this domain or one before it.
    let foreign = (entity + 3 + dice.below(n - 4)) % n;
    let other = if domain == 0 || dice.below(4) == 0 { domain } else { dice.below(domain) };
    let kind = |domain: usize, entity: usize| format!("{}{}", DOMAINS[domain].1, NOUNS[entity].1);
    let mut values = BTreeMap::from([
        ('T', kind(domain, entity)),
        ('n', NOUNS[entity].0.to_owned()),
        ('P', kind(domain, peer)),
        ('p', NOUNS[peer].0.to_owned()),
        ('F', kind(other, foreign)),
        ('f', NOUNS[foreign].0.to_owned()),
        ('g', if other == domain { "crate".to_owned() } else { DOMAINS[other].0.to_owned() }),
    ]);
    let (mut fields, mut inits) = (String::new(), String::new());
    for word in WORDS.iter().skip(dice.below(8)).take(1 + dice.below(8)) {
        let (kind, begin) = FIELDS[dice.below(FIELDS.len())];
        let _ = writeln!(fields, "    pub {word}: {kind},");
        let _ = writeln!(inits, "            {word}: {begin},");
    }
    let templates: Vec<&str> = include_str!("templates/operations.rs.in").split("----\n").collect();
    let mut operations = String::new();
    let first = dice.below(templates.len());
    for (i, word) in WORDS.iter().skip(dice.below(4)).take(7 + dice.below(6)).enumerate() {
        values.insert('w', (*word).to_owned());
        values.insert('k', (2 + dice.below(90)).to_string());
        operations += &fill(templates[(first + i) % templates.len()], &values);
    }
    values.extend([('A', fields), ('B', inits), ('O', operations)]);
    values
}

/// The template with `%x` replaced by what stands for `x`.
fn fill(template: &str, values: &BTreeMap<char, String>) -> String {
    let mut parts = template.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let letter = part.chars().next().expect("a letter stands behind each %");
        text += values.get(&letter).unwrap_or_else(|| panic!("nothing stands for %{letter}"));
        text += &part[letter.len_utf8()..];
    }
    text
}

/// The binary that puts everything together: one file for each domain.
fn app(shape: Shape, files: &mut BTreeMap<String, String>) {
    let (mut modules, mut fields, mut inits, mut calls) = (String::new(), String::new(), String::new(), String::new());
    // The same throws as for the crates: whom a service needs is known from there.
    let mut dice = Dice(0x5eed);
    for (domain, (name, prefix)) in DOMAINS.iter().enumerate().take(shape.crates) {
        let (mut uses, mut rows, mut made, mut handlers, mut wired) =
            (String::new(), String::new(), String::new(), String::new(), String::new());
        let mut answers = String::new();
        for (entity, (noun, _)) in NOUNS.iter().enumerate().take(shape.entities) {
            let values = values(shape, domain, entity, &mut dice);
            let of = if values[&'g'] == "crate" { name } else { &*values[&'g'] };
            let (kind, peer, foreign) = (&values[&'T'], &values[&'p'], &values[&'f']);
            let _ = writeln!(uses, "use {name}::{{event::{noun}::{kind}Events, handler::{noun}::*, repository::{noun}::{kind}Rows}};");
            let _ = writeln!(uses, "use {name}::service::{noun}::{kind}Service;");
            let _ = writeln!(rows, "    pub {noun}: {kind}Rows,");
            let _ = writeln!(made, "            {noun}: {kind}Rows::new(Arc::new(MemoryStore::default())),");
            let _ = writeln!(handlers, "    pub {noun}: {kind}Handler,");
            let arguments = format!("rows.{name}.{noun}.clone(), rows.{name}.{peer}.clone(), rows.{of}.{foreign}.clone()");
            let _ = writeln!(wired, "            {noun}: {{");
            let _ = writeln!(wired, "                let (events, _) = {kind}Events::new();");
            let _ = writeln!(wired, "                {kind}Handler::new(Arc::new({kind}Service::new({arguments}, events)))");
            let _ = writeln!(wired, "            }},");
            let request = format!("{kind}Request {{ id: \"1\".into(), name: Some(name.to_owned()), state: None }}");
            let _ = writeln!(answers, "        let (status, body) = self.{noun}.answer({request}).await;");
            let _ = writeln!(answers, "        println!(\"{{status}} {{body}} {{:?}}\", self.{noun}.list(0).await?);");
        }
        let text = format!(
            "//! {prefix}, put together.\n\nuse crate::state::Rows;\nuse kit::MemoryStore;\nuse std::sync::Arc;\n{uses}\n\
             /// Where it keeps what it has.\npub struct {prefix}Rows {{\n{rows}}}\n\n\
             impl Default for {prefix}Rows {{\n    fn default() -> Self {{\n        Self {{\n{made}        }}\n    }}\n}}\n\n\
             /// What it answers.\npub struct {prefix}Handlers {{\n{handlers}}}\n\n\
             impl {prefix}Handlers {{\n    pub fn new(rows: &Rows) -> Self {{\n        Self {{\n{wired}        }}\n    }}\n\n    \
             pub async fn try_all(&self, name: &str) -> errors::Result<()> {{\n{answers}        Ok(())\n    }}\n}}\n"
        );
        files.insert(format!("app/src/{name}_parts.rs"), text);
        let _ = writeln!(modules, "mod {name}_parts;");
        let _ = writeln!(fields, "    pub {name}: crate::{name}_parts::{prefix}Rows,");
        let _ = writeln!(inits, "            {name}: Default::default(),");
        let _ = writeln!(calls, "    {name}_parts::{prefix}Handlers::new(&rows).try_all(\"{name}\").await?;");
    }
    let state = format!(
        "//! All that is kept.\n\n/// By domain.\npub struct Rows {{\n{fields}}}\n\nimpl Rows {{\n    pub fn new() -> Self {{\n        Self {{\n{inits}        }}\n    }}\n}}\n"
    );
    files.insert("app/src/state.rs".into(), state);
    let main = format!(
        "//! All domains in one program.\n\n{modules}mod state;\n\nasync fn run() -> errors::Result<()> {{\n    let rows = state::Rows::new();\n{calls}    Ok(())\n}}\n\n\
         fn main() {{\n    if let Err(error) = kit::run::block_on(run()) {{\n        eprintln!(\"{{error}}\");\n        std::process::exit(1);\n    }}\n}}\n"
    );
    files.insert("app/src/main.rs".into(), main);
}
