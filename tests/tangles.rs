//! The shop's tangles, as its README writes them down: each is found, and gets the advice that is argued for there.
//!
//! The boundaries are those of the README's capabilities, so that the advice is on what a reader drew and not on what was proposed.

use seamline::config::Config;
use seamline::host::os::Os;
use seamline::host::store::Store;
use seamline::model::analysis::Analysis;
use seamline::model::data_plan::{Remedy, WayOut};
use seamline::model::evidence::messages::Channel;
use seamline::model::plan::Style;
use std::path::{Path, PathBuf};

fn shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop")
}

fn analysis() -> Analysis {
    let config = Config::load(&Os, &shop(), Some(&shop().join("capabilities.toml"))).expect("the capabilities are sound");
    seamline::pipeline::analyze(&config, &Os, &Store::none(), &shop(), &|_| {}).expect("the shop can be read")
}

/// How the item crosses, where it is called at that place.
fn item(analysis: &Analysis, from: &str, to: &str, path: &str, place: &str) -> Style {
    let name = |s| analysis.service_id(s);
    let crossing = analysis.plan.crossings.iter().find(|c| name(c.from) == from && name(c.to) == to);
    let crossing = crossing.unwrap_or_else(|| panic!("nothing crosses from {from} to {to}"));
    let found = crossing.items.iter().find(|i| i.path == format!("shop::{path}"));
    let found = found.unwrap_or_else(|| panic!("{path} does not cross from {from} to {to}"));
    assert!(found.sites.iter().any(|s| s.file == format!("src/{place}")), "{path}: {:?}", found.sites);
    found.style
}

fn seam(analysis: &Analysis, from: &str, to: &str) -> Style {
    let name = |s| analysis.service_id(s);
    analysis.plan.crossings.iter().find(|c| name(c.from) == from && name(c.to) == to).map(|c| c.style).expect("a seam")
}

#[test]
fn every_tangle_gets_the_advice_that_is_argued_for() {
    let shop = analysis();
    let check = |from: &str, to: &str, path: &str, place: &str, style: Style| {
        assert_eq!(item(&shop, from, to, path, place), style, "{from} -> {to}: {path}");
    };
    use Style::{Broker, KeepTogether, Library, SyncApi};

    // 1: the cycle; two of the ways back run inside of a transaction, one is a read.
    check("sales", "payments", "services::payments::refund_order", "services/orders.rs", SyncApi);
    check("sales", "payments", "services::payments::void_open", "services/orders.rs", SyncApi);
    check("payments", "sales", "services::orders::load_payable", "services/payments.rs", SyncApi);
    check("payments", "sales", "services::orders::mark_paid", "services/payments.rs", KeepTogether);
    check("payments", "sales", "services::orders::note_refund", "services/payments.rs", KeepTogether);
    assert_eq!(seam(&shop, "payments", "sales"), KeepTogether);

    // 2: transactions over several capabilities.
    check("sales", "inventory", "services::stock::reserve_lines", "services/checkout.rs", KeepTogether);
    check("sales", "inventory", "db::stock_repo::release", "services/orders.rs", KeepTogether);
    check("sales", "inventory", "db::stock_repo::consume", "services/order_manager.rs", KeepTogether);
    assert_eq!(seam(&shop, "sales", "inventory"), KeepTogether);
    let remedy = |function: &str| {
        let span = shop.plan.data.spans.iter().find(|s| s.item == format!("shop::services::{function}"));
        span.unwrap_or_else(|| panic!("{function} spans nothing: {:?}", shop.plan.data.spans)).remedy
    };
    assert_eq!(remedy("order_manager::erase_customer"), Remedy::Outbox);
    for function in ["checkout::place_order", "payments::capture", "payments::refund_order", "orders::cancel", "order_manager::ship"] {
        assert!(matches!(remedy(function), Remedy::Merge | Remedy::Saga), "{function}: {:?}", remedy(function));
    }

    // 3: the god module: reads for the screens, letters nobody waits for, and transactions.
    check("sales", "payments", "db::payment_repo::PaymentRepo::of_order", "services/order_manager.rs", SyncApi);
    check("sales", "user-auth", "db::user_repo::UserRepo::find", "services/order_manager.rs", SyncApi);
    check("sales", "notifications", "services::notifier::Notifier::queue", "services/order_manager.rs", Broker);

    // 4: mail inside of a request.
    check("sales", "notifications", "services::mailer::Mailer::send", "routes/orders.rs", Broker);
    check("inventory", "notifications", "services::mailer::Mailer::send", "jobs/low_stock.rs", Broker);

    // 5: the channel inside of the process, with those who tell and those who listen.
    let module = |id: &str| shop.modules.iter().position(|m| m.id == format!("shop::{id}")).expect("a module of the shop");
    let told_by = |c: &Channel| c.producers.iter().any(|p| p.module.index() == module("services::checkout"));
    // What the bus is told and what its receivers hear is one event.
    let all = &shop.evidence.channels;
    let told: Vec<&Channel> = all.iter().filter(|c| c.payload.as_deref() == Some("DomainEvent") && told_by(c)).collect();
    for consumer in ["jobs::order_letters", "jobs::report_feed"] {
        let heard_by = |c: &Channel| c.consumers.iter().any(|p| p.module.index() == module(consumer));
        assert!(told.iter().any(|t| all.iter().any(|c| c.payload == t.payload && heard_by(c))), "{consumer}: {all:?}");
    }

    // 6: the hub is no boundary, and no library.
    assert_eq!(shop.modules[module("state")].service, None);
    assert!(shop.plan.shared.iter().all(|s| s.module.index() != module("state")));

    // 7: reports over foreign tables keep a copy.
    for table in ["orders", "payments", "stock_levels", "products"] {
        let plan = shop.plan.data.tables.iter().find(|t| t.table == table).expect("a table of the shop");
        let reads = plan.uses.iter().find(|u| u.by.is_some_and(|s| shop.service_id(s) == "reporting")).expect("reporting reads it");
        assert!(reads.writes.is_empty() && !reads.reads.is_empty(), "{table}");
        assert!(plan.because.iter().any(|r| r.text.contains("`reporting`")), "{table}: {:?}", plan.because);
        assert_ne!(plan.way, WayOut::Single, "{table}");
    }

    // 8: one call for each line of a cart, one of them through a helper.
    check("sales", "catalog", "services::catalog::CatalogService::price_steps", "services/pricing.rs", KeepTogether);
    let told = |from: &str, to: &str, words: &str| {
        let name = |s| shop.service_id(s);
        let crossing = shop.plan.crossings.iter().find(|c| name(c.from) == from && name(c.to) == to).expect("a seam");
        crossing.because.iter().any(|r| r.text.contains(words))
    };
    assert!(told("sales", "catalog", "product_for_sale` among other calls in a loop"));

    // 9: a cache that both read and write.
    check("sales", "catalog", "services::price_cache::PriceCache", "services/pricing.rs", KeepTogether);
    check("sales", "catalog", "services::price_cache::PriceCache", "services/order_manager.rs", KeepTogether);
    assert_eq!(seam(&shop, "sales", "catalog"), KeepTogether);

    // Seams that are harmless, as a contrast.
    check("reporting", "sales", "services::tax::included", "services/reporting.rs", Library);
    check("sales", "user-auth", "middleware::current_user::CurrentUser", "routes/orders.rs", SyncApi);
    check("catalog", "inventory", "services::stock::StockService::available", "routes/catalog.rs", SyncApi);
    check("sales", "inventory", "db::stock_repo::StockRepo::level", "services/carts.rs", SyncApi);
    check("sales", "user-auth", "services::accounts::AccountService::own_address", "services/checkout.rs", SyncApi);
    check("user-auth", "notifications", "services::notifier::Notifier::queue", "services/accounts.rs", Broker);
}
