//! Spans out of a file, one by one.
//!
//! Takes: OTLP JSON (one document, or one a line as the file exporter of the collector writes them) or Jaeger JSON, of any length. Gives:
//! each span as it is met. Invariant: no more than one span is held at a time.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::io::{BufReader, Read};

/// Bytes that are read at once.
const PIECE: usize = 1 << 18;

/// A span as far as it says something here.
#[derive(Debug, Default)]
pub(super) struct Span {
    pub(super) trace: String,
    pub(super) id: String,
    pub(super) parent: Option<String>,
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
}

/// Gives all spans of a file.
///
/// # Errors
/// Where it stops being JSON of either kind: the message names line and column. Spans before that place have been given.
pub(super) fn spans(file: impl Read, give: &mut dyn FnMut(Span)) -> Result<(), String> {
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(PIECE, file));
    let mut known = false;
    let mut documents = 0_u64;
    while json.end().is_err() {
        Node { give, known: &mut known }.deserialize(&mut json).map_err(|error| error.to_string())?;
        documents += 1;
    }
    match (documents, known) {
        (0, _) => Err("the file is empty".into()),
        (_, false) => Err("there is neither `resourceSpans` (OTLP) nor `data` with `spans` (Jaeger) in it".into()),
        _ => Ok(()),
    }
}

/// Whatever holds spans, somewhere inside.
struct Node<'g> {
    give: &'g mut dyn FnMut(Span),
    known: &'g mut bool,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("spans of OTLP or Jaeger")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "spans" => {
                    *self.known = true;
                    map.next_value_seed(Spans(&mut *self.give))?;
                }
                "resourceSpans" | "resource_spans" | "scopeSpans" | "scope_spans" | "instrumentationLibrarySpans" | "data" => {
                    *self.known |= key != "data";
                    map.next_value_seed(Node { give: &mut *self.give, known: &mut *self.known })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Node { give: &mut *self.give, known: &mut *self.known })?.is_some() {}
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// A list of spans.
struct Spans<'g>(&'g mut dyn FnMut(Span));

impl<'de> DeserializeSeed<'de> for Spans<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Spans<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of spans")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(raw) = list.next_element::<Raw>()? {
            (self.0)(raw.span());
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A span in either form.
#[derive(Deserialize)]
#[serde(default, expecting = "a span")]
#[derive(Default)]
struct Raw {
    #[serde(rename = "traceId", alias = "traceID", alias = "trace_id")]
    trace: String,
    #[serde(rename = "spanId", alias = "spanID", alias = "span_id")]
    id: String,
    #[serde(rename = "parentSpanId", alias = "parentSpanID", alias = "parent_span_id")]
    parent: Option<String>,
    #[serde(alias = "operationName")]
    name: String,
    references: Option<Vec<Link>>,
    #[serde(alias = "tags")]
    attributes: Option<Vec<Attribute>>,
}

/// What a span of Jaeger follows.
#[derive(Deserialize)]
struct Link {
    #[serde(rename = "refType", default)]
    kind: String,
    #[serde(rename = "spanID", alias = "spanId", default)]
    span: String,
}

#[derive(Deserialize)]
struct Attribute {
    key: String,
    #[serde(default)]
    value: Text,
}

/// The value of an attribute; what is neither text nor a whole number is empty.
#[derive(Default)]
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of an attribute")
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.to_owned()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_unit<E>(self) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Text, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text::default())
    }

    /// `{"stringValue": "x"}`, `{"intValue": "12"}`
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        let mut text = Text::default();
        while let Some(key) = map.next_key::<String>()? {
            if matches!(key.as_str(), "stringValue" | "string_value" | "intValue" | "int_value") {
                text = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(text)
    }
}

impl Raw {
    fn span(self) -> Span {
        let of_links = self.references.into_iter().flatten().find(|l| l.kind == "CHILD_OF").map(|l| l.span);
        Span {
            trace: self.trace,
            id: self.id,
            parent: self.parent.or(of_links).filter(|p| !p.is_empty() && p.bytes().any(|b| b != b'0')),
            name: self.name,
            attributes: self.attributes.into_iter().flatten().map(|a| (a.key, a.value.0)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Result<(), String>) {
        let mut found = Vec::new();
        let result = spans(text.as_bytes(), &mut |s| {
            let attributes: Vec<String> = s.attributes.iter().map(|(k, v)| format!("{k}={v}")).collect();
            found.push(format!("{}/{} < {} {} [{}]", s.trace, s.id, s.parent.as_deref().unwrap_or("-"), s.name, attributes.join(" ")));
        });
        (found, result)
    }

    const OTLP: &str = r#"{"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"scope": {"name": "x"}, "spans": [
        {"traceId": "t", "spanId": "a", "name": "GET /", "kind": 2, "attributes": [{"key": "code.lineno", "value": {"intValue": "7"}}]},
        {"traceId": "t", "spanId": "b", "parentSpanId": "a", "name": "f", "attributes": [{"key": "code.namespace", "value": {"stringValue": "m"}}, {"key": "l", "value": {"arrayValue": {"values": []}}}]}
    ]}]}]}"#;

    #[test]
    fn otlp_in_one_document_and_by_lines() {
        let expected = ["t/a < - GET / [code.lineno=7]", "t/b < a f [code.namespace=m l=]"];
        assert_eq!(read(OTLP), (expected.map(String::from).to_vec(), Ok(())));
        let line = OTLP.replace('\n', " ");
        assert_eq!(read(&format!("{line}\n{line}\n")).0.len(), 4);
    }

    #[test]
    fn jaeger() {
        let text = r#"{"data": [{"traceID": "t", "processes": {"p1": {"serviceName": "s"}}, "spans": [
            {"traceID": "t", "spanID": "b", "operationName": "f", "references": [{"refType": "CHILD_OF", "traceID": "t", "spanID": "a"}],
             "startTime": 1, "duration": 2, "tags": [{"key": "code.lineno", "type": "int64", "value": 7}, {"key": "error", "type": "bool", "value": true}]},
            {"traceID": "t", "spanID": "c", "operationName": "g", "references": [{"refType": "FOLLOWS_FROM", "traceID": "t", "spanID": "a"}]}
        ]}], "total": 0, "errors": null}"#;
        let expected = ["t/b < a f [code.lineno=7 error=]", "t/c < - g []"];
        assert_eq!(read(text), (expected.map(String::from).to_vec(), Ok(())));
    }

    #[test]
    fn what_is_cut_gives_what_stands_before() {
        let cut = &OTLP[..OTLP.len() - 60];
        let (found, result) = read(cut);
        assert_eq!(found.len(), 1);
        let message = result.expect_err("it is cut");
        assert!(message.contains("line 3 column"), "{message}");
    }

    #[test]
    fn other_json_is_refused() {
        for (text, says) in
            [("", "empty"), ("{\"a\": 1}", "resourceSpans"), ("[1, 2]", "resourceSpans"), ("x", "line 1"), ("{\"spans\": 3}", "line 1")]
        {
            let message = read(text).1.expect_err(text);
            assert!(message.contains(says), "{text}: {message}");
        }
    }
}
