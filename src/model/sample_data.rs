//! Who owns which data of the shop in [`sample`](super::sample): one of each way out, remedy, phase and way to cut.

use super::data_plan::{Compared, ComparedKind, DataPlan, KeyCut, Phase, Price, Remedy, Span, SpanStep, TablePlan, TableUse, WayOut};
use super::ids::ServiceId;
use super::place::Site;
use super::plan::Reason;

/// Services by name come from the sample itself.
pub(super) fn data(service: &dyn Fn(&str) -> Option<ServiceId>) -> DataPlan {
    let at = |id: &str| service(id).expect("a service of the sample");
    let site = |line| Site::new("src/orders/checkout.rs", line);
    let used = |by: Option<ServiceId>, reads: &[u32], writes: &[u32]| TableUse {
        by,
        reads: reads.iter().map(|&l| site(l)).collect(),
        writes: writes.iter().map(|&l| site(l)).collect(),
    };
    let table = |name: &str, owner: Option<&str>, uses: Vec<TableUse>, way, why: &str| TablePlan {
        table: name.into(),
        owner: owner.map(at),
        uses,
        way,
        because: vec![Reason::at(why, vec![site(70)])],
    };
    let (customers, orders, payments, catalog, notify) =
        (service("customers"), service("orders"), service("payments"), service("catalog"), service("notify"));
    let tables = vec![
        table("audit", None, vec![used(None, &[], &[12])], WayOut::Unowned, "only `shop::error` touches it"),
        table("customers", Some("customers"), vec![used(customers, &[51], &[])], WayOut::Single, "`customers` alone touches it"),
        table(
            "orders",
            Some("orders"),
            vec![used(orders, &[], &[70, 81]), used(payments, &[44], &[])],
            WayOut::ReadApi,
            "`payments` reads it in 1 place",
        ),
        table(
            "prices",
            Some("catalog"),
            vec![used(catalog, &[], &[14]), used(orders, &[31, 33], &[])],
            WayOut::Replicate,
            "`orders` reads it in 4 places",
        ),
        table(
            "profiles",
            Some("customers"),
            vec![used(customers, &[], &[15]), used(notify, &[16], &[])],
            WayOut::Split,
            "each uses columns of its own",
        ),
        table(
            "settings",
            Some("catalog"),
            vec![used(catalog, &[], &[17, 18]), used(notify, &[], &[19])],
            WayOut::WriteApi,
            "`notify` writes it in 1 of 3 places",
        ),
        table(
            "stock",
            Some("catalog"),
            vec![used(catalog, &[33], &[60]), used(orders, &[], &[70]), used(None, &[99], &[])],
            WayOut::Keep,
            "`catalog` and `orders` write it in the same transaction",
        ),
    ];
    let keys = vec![KeyCut {
        table: "orders".into(),
        owner: at("orders"),
        columns: vec!["customer_id".into()],
        to: "customers".into(),
        to_owner: at("customers"),
        site: Site::new("migrations/0001_start.sql", 9),
        because: vec![Reason::at("`orders` asks `customers` whether the row of `customers` is there", vec![site(70)])],
    }];
    let step = |of: &str, does: &str, undo: Option<&str>, phase, line| SpanStep {
        service: at(of),
        does: vec![does.into()],
        undo: undo.map(str::to_owned),
        phase,
        sites: vec![site(line)],
    };
    let span = |item: &str, line, services: [&str; 2], remedy, cost, steps: Vec<SpanStep>| Span {
        item: item.into(),
        how: "begin".into(),
        site: site(line),
        services: services.map(at).to_vec(),
        remedy,
        steps,
        cost,
        because: vec![Reason::at("each commits what is its own; a side that only inserts would make it an outbox", vec![site(line)])],
    };
    let spans = vec![
        span(
            "shop::orders::checkout::Checkout::place",
            66,
            ["catalog", "orders"],
            Remedy::Saga,
            2,
            vec![
                step("catalog", "read `prices`", None, Phase::Read, 68),
                step("catalog", "update `stock`", Some("write the old values back to `stock`"), Phase::Compensatable, 70),
                step("orders", "insert into `orders`", None, Phase::Pivot, 71),
                step("catalog", "update `settings`", None, Phase::Retriable, 72),
            ],
        ),
        span("shop::orders::checkout::close", 80, ["catalog", "orders"], Remedy::Merge, 2, Vec::new()),
        span("shop::orders::checkout::tell", 90, ["notify", "orders"], Remedy::Outbox, 2, Vec::new()),
        span("shop::orders::checkout::total", 95, ["catalog", "orders"], Remedy::ReadFirst, 1, Vec::new()),
        span("shop::orders::checkout::count", 99, ["catalog", "orders"], Remedy::Move, 0, Vec::new()),
    ];
    let compared = |kind, what: &str, services, spanning, cost| Compared { kind, what: what.into(), services, spanning, cost };
    DataPlan {
        tables,
        keys,
        spans,
        price: Price {
            transactions: 7,
            known: 6,
            spanning: 4,
            handovers: 4,
            compensations: 3,
            because: vec![Reason::new("4 of 6 transactions with known tables touch tables of several owners")],
        },
        compared: vec![
            compared(ComparedKind::Together, "everything in one", 1, 0, 0),
            compared(ComparedKind::Merged, "`catalog` and `orders` in one", 4, 1, 2),
            compared(ComparedKind::Resolution, "the next coarser resolution", 2, 2, 4),
            compared(ComparedKind::Proposal, "as proposed", 5, 4, 7),
            compared(ComparedKind::Crates, "one candidate for each crate", 2, 5, 9),
        ],
    }
}
