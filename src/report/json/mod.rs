//! `analysis.json`: the stable form of an analysis, for programs, for `report --from` and for the gate of another day.
//!
//! Takes an [`Analysis`] and gives bytes, or takes bytes and gives an [`Analysis`] that has passed its `verify()`.
//! Invariants: reading what was written gives the same analysis, to the last bit of every figure; things refer to each other by
//! id, never by position; within a schema version there are only additions, so that unknown fields are passed over.

mod choice;
mod cost;
mod data;
mod evidence;
mod extraction;
mod lines;
mod read;
mod traces;
mod wire;
mod write;

pub use read::{ReadError, from_json};
pub use write::{extractions, to_json};

use super::{Format, RenderError};
use crate::model::analysis::Analysis;

/// Version of the format that this writes, and the only one that it reads.
pub const SCHEMA_VERSION: u32 = 1;

/// The published JSON Schema of `analysis.json`.
pub fn schema() -> &'static str {
    include_str!("analysis.schema.json")
}

/// `analysis.json`.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn file(&self) -> &'static str {
        "analysis.json"
    }

    fn media(&self) -> &'static str {
        "application/json"
    }

    fn description(&self) -> &'static str {
        "everything that was found, with a published schema; `report --from` reads it"
    }

    fn render(&self, analysis: &Analysis) -> Result<Vec<u8>, RenderError> {
        to_json(analysis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;
    use crate::report::FORMATS;
    use serde_json::Value;

    #[test]
    fn what_is_written_is_read_back_the_same() {
        for analysis in [Analysis::default(), sample::shop(), sample::hostile(), sample::indexed()] {
            let bytes = to_json(&analysis).expect("writes");
            let back = from_json(&bytes).expect("reads");
            assert_eq!(back, analysis);
            for format in FORMATS {
                assert_eq!(format.render(&back).expect("renders"), format.render(&analysis).expect("renders"), "{}", format.name());
            }
        }
    }

    #[test]
    fn figures_keep_their_last_bit() {
        let mut analysis = sample::shop();
        analysis.quality.sm = 0.1 + 0.2;
        analysis.system.propagation_cost = 1.0 / 3.0;
        analysis.quality.modularity = -5e-324;
        assert_eq!(from_json(&to_json(&analysis).expect("writes")).expect("reads"), analysis);
        analysis.quality.ifn = f64::NAN;
        assert!(to_json(&analysis).is_err(), "JSON has no such number");
    }

    #[test]
    fn the_schema_holds_for_what_is_written() {
        let schema: Value = serde_json::from_str(schema()).expect("the schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
        for analysis in [Analysis::default(), sample::shop(), sample::hostile(), sample::indexed()] {
            let value: Value = serde_json::from_slice(&to_json(&analysis).expect("writes")).expect("JSON");
            let errors: Vec<String> = validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
        let mut broken: Value = serde_json::from_slice(&to_json(&sample::shop()).expect("writes")).expect("JSON");
        broken["modules"][0]["role"] = "boss".into();
        assert!(!validator.is_valid(&broken));
    }

    /// Whoever adds a field adds it to the schema.
    #[test]
    fn the_schema_knows_every_field_that_is_written() {
        fn unknown(value: &Value, schema: &Value, root: &Value, path: &str, out: &mut Vec<String>) {
            let schema = schema.pointer("/anyOf/0").unwrap_or(schema);
            let schema = match schema.get("$ref").and_then(Value::as_str) {
                Some(reference) => root.pointer(reference.trim_start_matches('#')).expect("the reference leads somewhere"),
                None => schema,
            };
            match value {
                Value::Object(fields) => {
                    for (name, field) in fields {
                        match schema.pointer(&format!("/properties/{name}")) {
                            Some(of) => unknown(field, of, root, &format!("{path}.{name}"), out),
                            None => out.push(format!("{path}.{name}")),
                        }
                    }
                }
                Value::Array(values) => values.iter().for_each(|v| unknown(v, &schema["items"], root, &format!("{path}[]"), out)),
                _ => {}
            }
        }
        let schema: Value = serde_json::from_str(schema()).expect("the schema is JSON");
        let value: Value = serde_json::from_slice(&to_json(&sample::indexed()).expect("writes")).expect("JSON");
        let mut out = Vec::new();
        unknown(&value, &schema, &schema, "", &mut out);
        out.dedup();
        assert!(out.is_empty(), "{out:?}");
    }

    #[test]
    fn a_record_is_a_line() {
        let text = String::from_utf8(to_json(&sample::shop()).expect("writes")).expect("UTF-8");
        let line = "    {\"from\": \"shop::catalog\", \"to\": \"shop::money\", \"kind\": \"type\", \"count\": 2, \"sites\": \
                    [{\"file\": \"src/catalog/mod.rs\", \"line\": 14}, {\"file\": \"src/catalog/mod.rs\", \"line\": 15}]},";
        assert!(text.lines().any(|l| l == line), "{text}");
        assert!(text.starts_with("{\n  \"schema_version\": 1,\n"));
    }

    /// An analysis of an older version has less in it, and can still be read.
    #[test]
    fn what_came_later_may_be_missing() {
        let mut value: Value = serde_json::from_slice(&to_json(&sample::shop()).expect("writes")).expect("JSON");
        value.as_object_mut().expect("an object").remove("dispatch");
        value.as_object_mut().expect("an object").remove("extractions");
        for later in ["unresolved_members", "guessed", "guessed_methods", "unknown_macros", "generated", "wide_dispatch"] {
            assert!(value["coverage"].as_object_mut().expect("an object").remove(later).is_some(), "{later}");
        }
        assert!(value["coverage"]["opaque_macros"][0].as_object_mut().expect("an object").remove("tokens").is_some());
        let back = from_json(value.to_string().as_bytes()).expect("reads");
        assert!(back.dispatch.is_empty() && back.coverage.wide_dispatch.is_empty());
        assert_eq!(back.coverage.opaque_macros[0].tokens, 0);
    }

    /// Without an index nothing speaks of one, so that what was written before stays the same to the byte.
    #[test]
    fn an_index_leaves_its_traces_only_where_there_was_one() {
        let text = |analysis: &Analysis| String::from_utf8(to_json(analysis).expect("writes")).expect("UTF-8");
        assert!(!text(&sample::shop()).contains("provenance") && !text(&sample::shop()).contains("scip"));
        let indexed = text(&sample::indexed());
        assert!(indexed.contains("\"provenance\": \"both\"") && indexed.contains("\"agreed\": 380"), "{indexed}");
        assert!(from_json(indexed.replace("\"both\"", "\"neither\"").as_bytes()).is_err());
    }

    #[test]
    fn another_version_is_named() {
        let text = String::from_utf8(to_json(&sample::shop()).expect("writes")).expect("UTF-8");
        let text = text.replace("\"schema_version\": 1", "\"schema_version\": 7");
        let message = from_json(text.as_bytes()).expect_err("another version").to_string();
        assert!(message.contains('7') && message.contains('1'), "{message}");
    }

    #[test]
    fn what_is_no_analysis_is_refused_with_a_reason() {
        let text = String::from_utf8(to_json(&sample::shop()).expect("writes")).expect("UTF-8");
        let refused = |text: &str, expect: &str| {
            let message = from_json(text.as_bytes()).expect_err(expect).to_string();
            assert!(message.contains(expect), "{message}");
        };
        refused("{", "not valid JSON");
        refused("[]", "not valid JSON");
        refused("{\"modules\": []}", "schema_version");
        refused(&text.replace("\"to\": \"shop::money\"", "\"to\": \"shop::gold\""), "shop::gold");
        refused(&text.replace("\"service\": \"notify\"", "\"service\": \"nobody\""), "nobody");
        refused(&text.replace("\"style\": \"broker\"", "\"style\": \"pigeon\""), "pigeon");
        refused(&text.replace("\"count\": 2", "\"count\": 3"), "3 references with 2 sites");
    }
}
