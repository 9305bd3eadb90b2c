//! Who owns which data: shapes on the wire, and both ways between them and the model.

use super::read::{ReadError, all, known};
use super::wire::{Reason, Site};
use crate::model::data_plan as model;
use crate::model::ids::ServiceId;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Data {
    tables: Vec<Table>,
    keys: Vec<Key>,
    spans: Vec<Span>,
    price: Price,
    compared: Vec<Compared>,
}

#[derive(Serialize, Deserialize)]
struct Table {
    table: String,
    owner: Option<String>,
    way: String,
    uses: Vec<Use>,
    because: Vec<Reason>,
}

#[derive(Serialize, Deserialize)]
struct Use {
    service: Option<String>,
    reads: Vec<Site>,
    writes: Vec<Site>,
}

#[derive(Serialize, Deserialize)]
struct Key {
    table: String,
    owner: String,
    columns: Vec<String>,
    to: String,
    to_owner: String,
    site: Site,
    because: Vec<Reason>,
}

#[derive(Serialize, Deserialize)]
struct Span {
    item: String,
    how: String,
    site: Site,
    services: Vec<String>,
    remedy: String,
    cost: u32,
    steps: Vec<Step>,
    because: Vec<Reason>,
}

#[derive(Serialize, Deserialize)]
struct Step {
    service: String,
    phase: String,
    does: Vec<String>,
    undo: Option<String>,
    sites: Vec<Site>,
}

#[derive(Default, Serialize, Deserialize)]
struct Price {
    transactions: u32,
    known: u32,
    spanning: u32,
    handovers: u32,
    compensations: u32,
    cost: u32,
    because: Vec<Reason>,
}

#[derive(Serialize, Deserialize)]
struct Compared {
    kind: String,
    what: String,
    services: u32,
    spanning: u32,
    cost: u32,
}

impl Data {
    pub(super) fn write(d: &model::DataPlan, service: &dyn Fn(ServiceId) -> String) -> Self {
        let (site, sites, reasons) = (super::write::site, super::write::sites, super::write::reasons);
        let table = |t: &model::TablePlan| Table {
            table: t.table.clone(),
            owner: t.owner.map(service),
            way: t.way.name().into(),
            uses: t.uses.iter().map(|u| Use { service: u.by.map(service), reads: sites(&u.reads), writes: sites(&u.writes) }).collect(),
            because: reasons(&t.because),
        };
        let key = |k: &model::KeyCut| Key {
            table: k.table.clone(),
            owner: service(k.owner),
            columns: k.columns.clone(),
            to: k.to.clone(),
            to_owner: service(k.to_owner),
            site: site(&k.site),
            because: reasons(&k.because),
        };
        let step = |s: &model::SpanStep| Step {
            service: service(s.service),
            phase: s.phase.name().into(),
            does: s.does.clone(),
            undo: s.undo.clone(),
            sites: sites(&s.sites),
        };
        let span = |s: &model::Span| Span {
            item: s.item.clone(),
            how: s.how.clone(),
            site: site(&s.site),
            services: s.services.iter().map(|s| service(*s)).collect(),
            remedy: s.remedy.name().into(),
            cost: s.cost,
            steps: s.steps.iter().map(step).collect(),
            because: reasons(&s.because),
        };
        let compared = |c: &model::Compared| Compared {
            kind: c.kind.name().into(),
            what: c.what.clone(),
            services: c.services,
            spanning: c.spanning,
            cost: c.cost,
        };
        let p = &d.price;
        Self {
            tables: d.tables.iter().map(table).collect(),
            keys: d.keys.iter().map(key).collect(),
            spans: d.spans.iter().map(span).collect(),
            price: Price {
                transactions: p.transactions,
                known: p.known,
                spanning: p.spanning,
                handovers: p.handovers,
                compensations: p.compensations,
                cost: p.cost(),
                because: reasons(&p.because),
            },
            compared: d.compared.iter().map(compared).collect(),
        }
    }

    pub(super) fn read(self, service: &dyn Fn(&String) -> Result<ServiceId, ReadError>) -> Result<model::DataPlan, ReadError> {
        let (site, sites, reasons) = (super::read::site, super::read::sites, super::read::reasons);
        let uses = |u: Use| -> Result<model::TableUse, ReadError> {
            Ok(model::TableUse { by: u.service.as_ref().map(service).transpose()?, reads: sites(u.reads), writes: sites(u.writes) })
        };
        let table = |t: Table| -> Result<model::TablePlan, ReadError> {
            Ok(model::TablePlan {
                table: t.table,
                owner: t.owner.as_ref().map(service).transpose()?,
                uses: all(t.uses, uses)?,
                way: known("way out", &t.way, model::WayOut::from_name(&t.way))?,
                because: reasons(t.because),
            })
        };
        let key = |k: Key| -> Result<model::KeyCut, ReadError> {
            Ok(model::KeyCut {
                table: k.table,
                owner: service(&k.owner)?,
                columns: k.columns,
                to: k.to,
                to_owner: service(&k.to_owner)?,
                site: site(k.site),
                because: reasons(k.because),
            })
        };
        let step = |s: Step| -> Result<model::SpanStep, ReadError> {
            Ok(model::SpanStep {
                service: service(&s.service)?,
                phase: known("phase", &s.phase, model::Phase::from_name(&s.phase))?,
                does: s.does,
                undo: s.undo,
                sites: sites(s.sites),
            })
        };
        let span = |s: Span| -> Result<model::Span, ReadError> {
            Ok(model::Span {
                item: s.item,
                how: s.how,
                site: site(s.site),
                services: s.services.iter().map(service).collect::<Result<_, _>>()?,
                remedy: known("remedy", &s.remedy, model::Remedy::from_name(&s.remedy))?,
                cost: s.cost,
                steps: all(s.steps, step)?,
                because: reasons(s.because),
            })
        };
        let compared = |c: Compared| -> Result<model::Compared, ReadError> {
            Ok(model::Compared {
                kind: known("way to cut", &c.kind, model::ComparedKind::from_name(&c.kind))?,
                what: c.what,
                services: c.services,
                spanning: c.spanning,
                cost: c.cost,
            })
        };
        let p = self.price;
        Ok(model::DataPlan {
            tables: all(self.tables, table)?,
            keys: all(self.keys, key)?,
            spans: all(self.spans, span)?,
            price: model::Price {
                transactions: p.transactions,
                known: p.known,
                spanning: p.spanning,
                handovers: p.handovers,
                compensations: p.compensations,
                because: reasons(p.because),
            },
            compared: all(self.compared, compared)?,
        })
    }
}
