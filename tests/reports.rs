//! `reports/` holds what the program says of the shop and of itself: rendered again here, and compared.
//! `SEAMLINE_UPDATE=1 cargo test --test reports` writes them anew.

use seamline::config::Config;
use seamline::host::os::Os;
use seamline::host::store::Store;
use seamline::pipeline::analyze;
use seamline::report::FORMATS;
use std::path::Path;

fn check(source: &str, folder: &str, files: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join(source);
    let mut config = Config::load(&Os, &path, None).expect("the configuration is right");
    // With the history of this repository, each commit would change what is said.
    config.evidence.of_code_only();
    let analysis = analyze(&config, &Os, &Store::none(), &path, &|_| {}).expect("it can be read");
    for format in FORMATS.iter().filter(|f| files.contains(&f.file())) {
        let bytes = format.render(&analysis).expect("it can be rendered");
        let committed = root.join("reports").join(folder).join(format.file());
        if std::env::var_os("SEAMLINE_UPDATE").is_some() {
            std::fs::create_dir_all(committed.parent().expect("it has a folder")).expect("reports can be written");
            std::fs::write(&committed, &bytes).expect("reports can be written");
        } else {
            let same = std::fs::read(&committed).is_ok_and(|old| old == bytes);
            assert!(same, "reports/{folder}/{} is out of date: SEAMLINE_UPDATE=1 cargo test --test reports", format.file());
        }
    }
}

#[test]
fn of_the_shop() {
    check("fixtures/shop", "shop", &["summary.txt", "report.md", "services.dot", "modules.dot", "analysis.json"]);
}

#[test]
fn of_itself() {
    // Its JSON changes with every line of code and says nothing that the report does not.
    check("", "self", &["summary.txt", "report.md", "services.dot"]);
}
