//! Configurations as people write them, and what they are told.

use super::*;
use crate::host::memory::Memory;
use crate::model::codebase::{Crate, CrateKind, Module, SourceFile, Visibility};
use crate::model::finding::Level;
use crate::model::ids::{CrateId, FileId, ModuleId};

fn load(fixture: &str) -> Result<Config, ConfigError> {
    Config::load(&Memory::from_fixture(fixture), Path::new("/"), None)
}

fn refused(toml: &str) -> String {
    match load(&format!("//- /seamline.toml\n{toml}")).expect_err(toml) {
        ConfigError::Invalid { line, column, message, help, .. } => format!("{line}:{column} {message} [{}]", help.unwrap_or_default()),
        other => other.to_string(),
    }
}

fn code(ids: &[&str]) -> Codebase {
    let module = |id: &&str| Module {
        id: (*id).into(),
        krate: CrateId(0),
        parent: None,
        file: FileId(0),
        line: 1,
        end_line: 1,
        lines: 1,
        inline: false,
        summary: None,
        visibility: Visibility::Public,
    };
    Codebase {
        crates: vec![Crate {
            name: "shop".into(),
            package: "shop".into(),
            kind: CrateKind::Library,
            root: ModuleId(0),
            dependencies: Vec::new(),
        }],
        files: vec![SourceFile { path: "src/lib.rs".into(), lines: 1 }],
        modules: ids.iter().map(module).collect(),
        ..Codebase::default()
    }
}

const FULL: &str = r#"//- /seamline.toml
stale = "deny"
[[service]]
name = "sales"
include = ["shop::orders::**", "shop::cart"]
owner = "team-sales"
[shared]
include = ["shop::money"]
[glue]
include = ["shop"]
[cluster]
algorithm = "leiden"
resolution = 2
[rules]
new-crossing = "warn"
[tolerance]
propagation-cost = 0.05
efferent = 1
[advice]
lines-service = 500
team-fit = 0.8
[cost]
rtt-ms = 2
availability = 0.9999
"#;

#[test]
fn everything_reaches_its_stage() {
    let config = load(FULL).expect("valid");
    assert_eq!(config.policy.level("new-crossing"), Level::Warn);
    assert_eq!(config.policy.level("new-cycle"), Level::Deny);
    assert_eq!((config.policy.stale, config.policy.propagation_cost_tolerance, config.policy.ce_tolerance), (Level::Deny, 0.05, 1));
    assert_eq!(config.owner("sales"), Some("team-sales"));
    let choices = config.choices(&code(&["shop", "shop::cart", "shop::money", "shop::orders", "shop::orders::line"])).expect("no conflict");
    assert_eq!(choices.cluster.pins[0].name, "sales");
    assert_eq!(choices.cluster.pins[0].modules, [ModuleId(3), ModuleId(4), ModuleId(1)]);
    assert_eq!((choices.cluster.shared, choices.cluster.glue), (vec![ModuleId(2)], vec![ModuleId(0)]));
    assert_eq!(choices.cluster.resolution, Some(2.0));
    assert!(choices.warnings.is_empty());
    let mut thresholds = crate::advise::Thresholds::default();
    thresholds.set("lines-service", 500.0).expect("it is one");
    thresholds.set("team-fit", 0.8).expect("it is one");
    assert_eq!(config.advice.thresholds, thresholds);
    let mut cost = crate::advise::Thresholds::of_cost();
    cost.set("availability", 0.9999).expect("it is one");
    cost.set("rtt-ms", 2.0).expect("it is one");
    assert_eq!(config.advice.cost, cost);
}

#[test]
fn no_configuration_is_the_default() {
    let config = load("").expect("valid");
    assert_eq!((config.file(), &config.policy), (None, &Policy::default()));
}

#[test]
fn it_may_stand_in_four_places_but_not_in_two() {
    let package = "[package]\nname = \"a\"\n";
    for fixture in [
        "//- /seamline.toml\nstale = \"deny\"\n".to_owned(),
        "//- /.config/seamline.toml\nstale = \"deny\"\n".to_owned(),
        format!("//- /Cargo.toml\n{package}[package.metadata.seamline]\nstale = \"deny\"\n"),
        format!("//- /Cargo.toml\n{package}[workspace.metadata.seamline]\nstale = \"deny\"\n"),
    ] {
        assert_eq!(load(&fixture).expect("valid").policy.stale, Level::Deny, "{fixture}");
    }
    let two = format!("//- /seamline.toml\n//- /Cargo.toml\n{package}[workspace.metadata.seamline]\nstale = \"deny\"\n");
    let message = load(&two).expect_err("two").to_string();
    assert!(message.contains("seamline.toml, and [workspace.metadata.seamline] in"), "{message}");
    let message = load("//- /seamline.toml\n//- /.config/seamline.toml\n").expect_err("two").to_string();
    assert!(message.contains(".config/seamline.toml"), "{message}");
    let metadata = format!("//- /Cargo.toml\n{package}[package.metadata.other]\nx = 1\n[package.metadata.seamline]\nstal = \"deny\"\n");
    let message = load(&metadata).expect_err("unknown key").to_string();
    assert!(message.ends_with("Cargo.toml:6:1: unknown key `stal`"), "{message}");
}

#[test]
fn a_named_file_is_taken_wherever_it_is() {
    let host =
        Memory::from_fixture("//- /else/where.toml\nstale = \"deny\"\n//- /app/Cargo.toml\n//- /app/seamline.toml\nstale = \"allow\"\n");
    let config = Config::load(&host, Path::new("/app"), Some(Path::new("/else/where.toml"))).expect("valid");
    assert_eq!(config.policy.stale, Level::Deny);
    let message = Config::load(&host, Path::new("/app"), Some(Path::new("/nowhere.toml"))).expect_err("missing").to_string();
    assert_eq!(message, "/nowhere.toml: there is no such file");
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_the_nearest_known() {
    for (toml, expect) in [
        ("[[servise]]\nname = \"a\"\n", "1:3 unknown key `servise` [did you mean `service`?"),
        ("[cluster]\nresolutoin = 1\n", "2:1 unknown key `resolutoin` [did you mean `resolution`?"),
        ("[[service]]\nname = \"a\"\ninclude = [\"a\"]\nteam = \"x\"\n", "4:1 unknown key `team` [known here: `name`, `include`, `owner`]"),
        ("[[service]]\ninclude = [\"a\"]\n", "missing key `name`"),
        ("[[service]]\nname = \"a\"\ninclude = []\n", "3:11 service `a` includes nothing"),
        ("[[service]]\nname = \"User Auth\"\ninclude = [\"a\"]\n", "2:8 `User Auth` is not a name for a service"),
        ("[shared]\ninclude = [\"src/money.rs\"]\n", "2:12 pattern `src/money.rs`: `/` cannot stand in a module id"),
        ("[rules]\nnew-crosing = \"deny\"\n", "2:1 there is no rule `new-crosing` [did you mean `new-crossing`?"),
        ("[rules]\nnew-cycle = \"dney\"\n", "2:13 there is no level `dney` [did you mean `deny`? Allowed: `allow`, `warn`, `deny`]"),
        ("[rules]\nnew-cycle = 3\n", "2:13 invalid type: integer `3`, expected a string"),
        ("[cluster]\nalgorithm = \"leyden\"\n", "there is no algorithm `leyden` [did you mean `leiden`?"),
        ("[cluster]\nresolution = \"high\"\n", "2:14 invalid type: string \"high\", expected a number"),
        ("[cluster]\nservices = -1\n", "2:12 invalid value: integer `-1`, expected a whole number, 0 or more"),
        ("[cluster]\nservices = 3\nresolution = 1\n", "3:14 `resolution` and `services` both say how fine"),
        ("[evidence]\ntabels = 1\n", "2:1 there is no source of evidence `tabels` [did you mean `tables`?"),
        ("[evidence]\ntables = 11\n", "2:10 the weight of `tables` cannot be this [a weight is a number from 0 to 10"),
        ("[evidence]\ntables = \"much\"\n", "2:10 "),
        ("[tolerance]\npropagation-cost = 5\n", "2:20 tolerance `propagation-cost` is 5 [it is a share"),
        ("[advice]\ntaem-fit = 0.5\n", "2:1 there is no threshold `taem-fit` [did you mean `team-fit`?"),
        ("[advice]\nteam-fit = 5\n", "2:12 threshold `team-fit` is 5 [it is a share, 0 to 1: below this share"),
        ("[advice]\nteam-fit = \"high\"\n", "2:12 "),
        ("[cost]\nrtt-m = 1\n", "2:1 there is no assumption `rtt-m` [did you mean `rtt-ms`?"),
        ("[cost]\nutilisation = 1\n", "2:15 assumption `utilisation` is 1 [it is a share, 0 to 0.99: share of the time"),
        ("[cost]\nservers = 0\n", "2:11 assumption `servers` is 0 [it is a number, 1 to 10000: servers of the whole"),
        ("[cost]\nrtt-ms = 9\n", "2:10 the 99th percentile of the round trip is below its median [most answers"),
        ("stale = true\n", "1:9 invalid type: boolean `true`, expected a string"),
        ("[shared]\ninclude = \"a\"\n", "2:11 invalid type: string \"a\", expected a list"),
        (
            "[[service]]\nname = \"a\"\ninclude = [\"a\"]\n[[service]]\nname = \"a\"\ninclude = [\"b\"]\n",
            "5:8 service `a` is written twice",
        ),
        ("stale = \n", "1:9 "),
    ] {
        let message = refused(toml);
        assert!(message.contains(expect), "{toml}\n{message}");
    }
}

#[test]
fn a_pattern_without_modules_warns_and_one_module_has_one_holder() {
    let config = load("//- /seamline.toml\n[[service]]\nname = \"a\"\ninclude = [\"shop::ordesr\"]\n").expect("valid");
    let choices = config.choices(&code(&["shop", "shop::orders"])).expect("no conflict");
    assert!(choices.cluster.pins.is_empty());
    assert_eq!(choices.warnings[0].message, "pattern `shop::ordesr` of service `a` matches no module");
    assert_eq!(choices.warnings[0].site.as_ref().expect("a place").to_string(), "seamline.toml:3");
    assert_eq!(choices.warnings[0].help.as_deref(), Some("did you mean `shop::orders`?"));

    let toml = "//- /seamline.toml\n[[service]]\nname = \"a\"\ninclude = [\"shop::o*\"]\n[shared]\ninclude = [\"**::orders\"]\n";
    let message = load(toml).expect("valid").choices(&code(&["shop", "shop::orders"])).expect_err("held twice").to_string();
    assert_eq!(message, "/seamline.toml:5:12: module `shop::orders` is in service `a` and in [shared]");
}

fn bonds(toml: &str, ids: &[&str]) -> Result<Choices, String> {
    let config = load(&format!("//- /seamline.toml\n{toml}")).expect(toml);
    config.choices(&code(ids)).map_err(|error| match error {
        ConfigError::Invalid { line, message, .. } => format!("{line} {message}"),
        other => other.to_string(),
    })
}

#[test]
fn bonds_reach_the_clusterer_with_their_modules() {
    let toml = "[[together]]\ninclude = [\"shop::a\", \"shop::b\"]\nreason = \"one screen\"\n[[apart]]\ninclude = [\"shop::b\", \"shop::c*\", \"shop::gone\"]\n";
    let choices = bonds(toml, &["shop", "shop::a", "shop::b", "shop::c1", "shop::c2"]).expect("it can be kept");
    let sides = |bond: &crate::cluster::Bond| bond.sides.iter().map(|s| s.iter().map(|m| m.0).collect()).collect::<Vec<Vec<u32>>>();
    assert_eq!(choices.cluster.together.iter().map(sides).collect::<Vec<_>>(), [[[1], [2]]]);
    assert_eq!(choices.cluster.together[0].reason.as_deref(), Some("one screen"));
    assert_eq!(choices.cluster.apart.iter().map(sides).collect::<Vec<_>>(), [[vec![2], vec![3, 4], vec![]]]);
    assert_eq!(choices.warnings.len(), 1);
    let little = refused("[[apart]]\ninclude = [\"shop::a\"]");
    assert!(little.contains("1 of at least 2 patterns"), "{little}");
}

#[test]
fn bonds_that_cannot_be_kept_are_refused_with_their_line() {
    let ids = ["shop", "shop::a", "shop::b", "shop::c"];
    let pins = "[[service]]\nname = \"x\"\ninclude = [\"shop::a\"]\n[[service]]\nname = \"y\"\ninclude = [\"shop::b\"]\n";
    for (toml, expected) in [
        (
            "[[together]]\ninclude = [\"shop::a\", \"shop::b\"]\n[[apart]]\ninclude = [\"shop::a\", \"shop::b\"]",
            "4 `shop::a` and `shop::b` share",
        ),
        ("[[apart]]\ninclude = [\"shop::a\", \"shop::*\"]", "2 module `shop::a` is on two sides"),
        (&format!("{pins}[[together]]\ninclude = [\"shop::a\", \"shop::b\"]"), "8 `shop::a` of service `x` and `shop::b` of service `y`"),
        (
            &format!("{pins}[[together]]\ninclude = [\"shop::a\", \"shop::c\"]\n[[together]]\ninclude = [\"shop::b\", \"shop::c\"]"),
            "10 `shop::b` of service `y` and `shop::c` of service `x`",
        ),
        (
            "[shared]\ninclude = [\"shop::a\"]\n[[together]]\ninclude = [\"shop::a\", \"shop::b\"]",
            "4 module `shop::a` is in [shared] or [glue]",
        ),
    ] {
        let found = bonds(toml, &ids).expect_err(toml);
        assert!(found.starts_with(expected), "{found}");
    }
}
