//! Tables, the statements on them, and what is committed as one.

use super::Spot;
use crate::model::place::Site;
use serde::{Deserialize, Serialize};

/// Position in `Evidence::tables`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableId(pub u32);

impl TableId {
    /// The position.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// In what kind of store it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StoreKind {
    /// A table of a relational database.
    Table,
    /// A view of one.
    View,
    /// A collection of a document database.
    Collection,
    /// Keys that begin alike in a key-value store.
    Keys,
}

impl StoreKind {
    /// All kinds, in output order.
    pub const ALL: [StoreKind; 4] = [StoreKind::Table, StoreKind::View, StoreKind::Collection, StoreKind::Keys];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            StoreKind::Table => "table",
            StoreKind::View => "view",
            StoreKind::Collection => "collection",
            StoreKind::Keys => "keys",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A table, or what another kind of store has in its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Table {
    /// As the store knows it, in lower case, with a schema where one is written (`audit.events`).
    pub name: String,
    /// In what kind of store.
    pub kind: StoreKind,
    /// Names of its columns, in the order of declaration, as far as they are declared.
    pub columns: Vec<String>,
    /// Where it is declared: migrations, `table!`, entities; sorted. Empty where it is only used.
    pub declared: Vec<Site>,
    /// Rows of it point at rows of others, sorted.
    pub foreign_keys: Vec<ForeignKey>,
}

/// A column that points at another table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The table that is pointed at.
    pub to: TableId,
    /// The columns that point, in order.
    pub columns: Vec<String>,
    /// Where that is declared.
    pub site: Site,
}

/// What is done to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Access {
    /// Rows are read.
    Read,
    /// Rows are inserted, updated or deleted.
    Write,
    /// The table itself is created, altered or dropped by code that runs with the program.
    Ddl,
}

impl Access {
    /// All kinds, in output order.
    pub const ALL: [Access; 3] = [Access::Read, Access::Write, Access::Ddl];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Write => "write",
            Access::Ddl => "ddl",
        }
    }

    /// The access with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.name() == name)
    }
}

/// A statement on tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Statement {
    /// Who runs it, where.
    pub by: Spot,
    /// What it does to which tables, sorted.
    pub tables: Vec<(TableId, Access)>,
    /// By what it is run: `sqlx`, `diesel`, `sea-orm`, …
    pub technology: String,
    /// Parts of the statement are decided at run time: it may touch more than this.
    pub partial: bool,
}

/// A statement of which the tables cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnknownStatement {
    /// Who runs it, where.
    pub by: Spot,
    /// By what it is run.
    pub technology: String,
    /// Why not; a few words.
    pub reason: String,
}

/// What is committed, or rolled back, as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Transaction {
    /// Who opens it, where.
    pub by: Spot,
    /// How it is opened: `begin`, `transaction`, an attribute's name.
    pub how: String,
    /// What happens to which tables inside of it, sorted, with one place of each.
    pub tables: Vec<(TableId, Access, Site)>,
    /// Items that run inside of it, besides the one that opens it, sorted.
    pub reaches: Vec<Spot>,
    /// Something in it could not be followed: a statement or call that is decided at run time.
    pub partial: bool,
}
