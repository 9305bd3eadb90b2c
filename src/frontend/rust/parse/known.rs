//! What is known of the derive and attribute macros of others: which of their keys name code, and in what form.
//!
//! Takes: nothing; a table. Gives: [`of_attribute`], [`is_derive`]. To add a macro: a row. A macro that is in neither table may write
//! anything, so it is counted by name. Where a value is a string, what is in the string is meant.

/// What the value of a key names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::frontend::rust) enum Names {
    /// No code.
    Nothing,
    /// A function, which what the macro writes will call.
    Call,
    /// A module or constant.
    Path,
    /// A type.
    Type,
    /// Whatever stands in the expression; a string is only text.
    Expr,
    /// The same, and a string holds the expression.
    Code,
}

/// An attribute.
#[derive(Debug)]
pub(in crate::frontend::rust) struct Attribute {
    /// Its last segment; two where the last alone would say something else.
    name: &'static str,
    /// What arguments without a key name.
    pub bare: Names,
    /// By key; of `key(…)` also what stands in there without one.
    keys: &'static [(&'static str, Names)],
    /// What any other key names.
    other: Names,
}

impl Attribute {
    pub(in crate::frontend::rust) fn key(&self, key: &str) -> Names {
        self.keys.iter().find(|(name, _)| *name == key).map_or(self.other, |(_, names)| *names)
    }
}

use Names::{Call, Code, Expr, Nothing, Path, Type};

const fn row(name: &'static str, bare: Names, keys: &'static [(&'static str, Names)], other: Names) -> Attribute {
    Attribute { name, bare, keys, other }
}

const ROUTE: &[(&str, Names)] = &[("wrap", Code), ("guard", Call)];
const DERIVATIVE: &[(&str, Names)] =
    &[("format_with", Call), ("compare_with", Call), ("hash_with", Call), ("clone_with", Call), ("method", Call), ("value", Code)];

const ATTRIBUTES: &[Attribute] = &[
    row(
        "serde",
        Nothing,
        &[
            ("with", Path),
            ("serialize_with", Call),
            ("deserialize_with", Call),
            ("default", Call),
            ("skip_serializing_if", Call),
            ("getter", Call),
            ("from", Type),
            ("into", Type),
            ("try_from", Type),
            ("remote", Type),
        ],
        Nothing,
    ),
    row("serde_as", Nothing, &[("as", Type)], Nothing),
    row("schemars", Nothing, &[("with", Type), ("schema_with", Call), ("default", Call)], Nothing),
    row("arg", Nothing, &[], Expr),
    row("clap", Nothing, &[], Expr),
    row("command", Nothing, &[], Expr),
    row("group", Nothing, &[], Expr),
    row("structopt", Nothing, &[], Expr),
    row("error", Expr, &[], Expr),
    row("from", Nothing, &[], Nothing),
    row("source", Nothing, &[], Nothing),
    row("backtrace", Nothing, &[], Nothing),
    row("display", Expr, &[], Expr),
    row(
        "diesel",
        Nothing,
        &[
            ("table_name", Path),
            ("belongs_to", Type),
            ("foreign_key", Nothing),
            ("sql_type", Type),
            ("serialize_as", Type),
            ("deserialize_as", Type),
            ("select_expression", Expr),
            ("select_expression_type", Type),
        ],
        Nothing,
    ),
    row("sqlx", Nothing, &[("try_from", Type)], Nothing),
    row(
        "sea_orm",
        Nothing,
        &[
            ("belongs_to", Path),
            ("has_many", Path),
            ("has_one", Path),
            ("entity", Path),
            ("from", Path),
            ("to", Path),
            ("default_value", Expr),
        ],
        Nothing,
    ),
    row("openapi", Nothing, &[("paths", Call), ("schemas", Type), ("responses", Type), ("modifiers", Expr), ("api", Type)], Nothing),
    row(
        "utoipa::path",
        Nothing,
        &[("request_body", Type), ("body", Type), ("content", Type), ("params", Type), ("response", Type)],
        Nothing,
    ),
    row("schema", Nothing, &[("value_type", Type), ("default", Call), ("schema_with", Call), ("with", Call)], Nothing),
    row("param", Nothing, &[("value_type", Type), ("schema_with", Call)], Nothing),
    row("into_params", Nothing, &[], Nothing),
    row(
        "instrument",
        Nothing,
        &[("skip", Nothing), ("level", Nothing), ("name", Nothing), ("target", Nothing), ("err", Nothing), ("ret", Nothing)],
        Expr,
    ),
    row("validate", Nothing, &[("custom", Call), ("function", Call), ("schema", Nothing), ("nested", Nothing)], Expr),
    row("garde", Nothing, &[("custom", Call), ("with", Call)], Expr),
    row("builder", Nothing, &[("default", Code), ("validate", Call), ("error", Type), ("ty", Type)], Nothing),
    row("derivative", Nothing, DERIVATIVE, Nothing),
    row("educe", Nothing, DERIVATIVE, Nothing),
    row("get", Nothing, ROUTE, Nothing),
    row("post", Nothing, ROUTE, Nothing),
    row("put", Nothing, ROUTE, Nothing),
    row("patch", Nothing, ROUTE, Nothing),
    row("delete", Nothing, ROUTE, Nothing),
    row("head", Nothing, ROUTE, Nothing),
    row("options", Nothing, ROUTE, Nothing),
    row("route", Nothing, ROUTE, Nothing),
    row("async_trait", Nothing, &[], Nothing),
    row("async_recursion", Nothing, &[], Nothing),
    row("main", Nothing, &[], Nothing),
    row("test", Nothing, &[], Nothing),
    row("rstest", Nothing, &[], Nothing),
    row("fixture", Nothing, &[], Nothing),
    row("case", Nothing, &[], Nothing),
    row("prost", Nothing, &[], Nothing),
    row("strum", Nothing, &[], Nothing),
    row("pin", Nothing, &[], Nothing),
    row("pin_project", Nothing, &[], Nothing),
];

/// Derives that write impls of traits for the type, of what its fields are and of what its attributes say, and nothing else.
const DERIVES: &[&str] = &[
    // the standard library
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
    // serde, schemars
    "Serialize",
    "Deserialize",
    "JsonSchema",
    // clap, structopt
    "Parser",
    "Args",
    "Subcommand",
    "ValueEnum",
    "StructOpt",
    // thiserror
    "Error",
    // diesel
    "AsChangeset",
    "AsExpression",
    "Associations",
    "FromSqlRow",
    "Identifiable",
    "Insertable",
    "QueryId",
    "Queryable",
    "QueryableByName",
    "Selectable",
    "SqlType",
    "ValidGrouping",
    // sqlx
    "Decode",
    "Encode",
    "FromRow",
    "Type",
    // sea_orm
    "DeriveActiveEnum",
    "DeriveActiveModel",
    "DeriveActiveModelBehavior",
    "DeriveColumn",
    "DeriveEntity",
    "DeriveEntityModel",
    "DeriveIden",
    "DeriveIntoActiveModel",
    "DeriveMigrationName",
    "DeriveModel",
    "DerivePartialModel",
    "DerivePrimaryKey",
    "DeriveRelatedEntity",
    "DeriveRelation",
    "DeriveValueType",
    "FromJsonQueryResult",
    "FromQueryResult",
    "Iden",
    // utoipa
    "IntoParams",
    "IntoResponses",
    "OpenApi",
    "ToResponse",
    "ToSchema",
    // derive_more, strum
    "Add",
    "AddAssign",
    "AsMut",
    "AsRef",
    "AsRefStr",
    "Constructor",
    "Deref",
    "DerefMut",
    "Display",
    "Div",
    "EnumCount",
    "EnumIter",
    "EnumString",
    "From",
    "FromRepr",
    "FromStr",
    "Index",
    "IndexMut",
    "Into",
    "IntoIterator",
    "IntoStaticStr",
    "IsVariant",
    "Mul",
    "Neg",
    "Not",
    "Sub",
    "Sum",
    "TryFrom",
    "TryInto",
    "Unwrap",
    "VariantNames",
    // builders, validation, the rest
    "Builder",
    "Derivative",
    "Educe",
    "Message",
    "Enumeration",
    "Oneof",
    "TypedBuilder",
    "Validate",
    "Zeroize",
    "ZeroizeOnDrop",
];

/// What is known of the attribute with this path.
pub(in crate::frontend::rust) fn of_attribute(path: &[&str]) -> Option<&'static Attribute> {
    let last = path.last()?;
    ATTRIBUTES.iter().find(|a| match a.name.split_once("::") {
        Some((krate, name)) => name == *last && path.first() == Some(&krate),
        None => a.name == *last,
    })
}

/// Is this derive known to write nothing that is not looked at anyway?
pub(in crate::frontend::rust) fn is_derive(name: &str) -> bool {
    DERIVES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_their_last_segment() {
        assert_eq!(of_attribute(&["tracing", "instrument"]).map(|a| a.key("skip")), Some(Nothing));
        assert_eq!(of_attribute(&["serde"]).map(|a| a.key("with")), Some(Path));
        assert!(of_attribute(&["utoipa", "path"]).is_some() && of_attribute(&["path"]).is_none());
        assert!(of_attribute(&["strange"]).is_none());
    }

    #[test]
    fn nothing_stands_twice() {
        let mut names: Vec<&str> = ATTRIBUTES.iter().map(|a| a.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|w| w[0] != w[1]), "{names:?}");
        let mut derives = DERIVES.to_vec();
        derives.sort_unstable();
        assert!(derives.windows(2).all(|w| w[0] != w[1]), "{derives:?}");
    }
}
