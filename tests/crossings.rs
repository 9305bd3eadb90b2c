//! The labelled crossings are sound: what they name exists in their boundary, and no style is left out.

use std::collections::BTreeMap;
use std::path::Path;

fn read(file: &Path) -> toml::Table {
    let text = std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    text.parse().unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

fn texts<'a>(table: &'a toml::Value, key: &str) -> &'a str {
    table.get(key).and_then(toml::Value::as_str).unwrap_or_else(|| panic!("{key} is missing in {table}"))
}

#[test]
fn labels_fit_their_boundaries_and_are_balanced() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/crossings");
    let folders = std::fs::read_dir(&root).expect("fixtures/crossings").filter_map(|e| Some(e.ok()?.path())).filter(|p| p.is_dir());
    let (mut styles, mut code_bases): (BTreeMap<String, usize>, usize) = (BTreeMap::new(), 0);
    for folder in folders {
        code_bases += 1;
        let (boundary, labels) = (read(&folder.join("seamline.toml")), read(&folder.join("labels.toml")));
        let services: Vec<&str> = boundary["service"].as_array().expect("services").iter().map(|s| texts(s, "name")).collect();
        let mut seen = Vec::new();
        for label in labels["crossing"].as_array().expect("crossings") {
            let key = (texts(label, "from"), texts(label, "to"));
            assert!(services.contains(&key.0), "{}: no service {}", folder.display(), key.0);
            assert!(!seen.contains(&key), "{}: {key:?} stands twice", folder.display());
            seen.push(key);
            assert!(texts(label, "because").len() > 10 && texts(label, "site").contains(".rs:"), "{label}");
            *styles.entry(texts(label, "style").to_owned()).or_default() += 1;
        }
    }
    let all: usize = styles.values().sum();
    assert!(code_bases >= 4 && all >= 150, "{all} labels of {code_bases} code bases");
    assert_eq!(styles.keys().map(String::as_str).collect::<Vec<_>>(), ["broker", "keep-together", "library", "sync-api"]);
    assert!(styles.values().all(|n| 10 * n >= all), "{styles:?}");
}
