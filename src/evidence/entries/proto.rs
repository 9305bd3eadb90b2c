//! `.proto` files: services, their methods and their packages.
//!
//! Takes: the files below the root, through the host. Gives: [`Service`]s and diagnostics for what cannot be read or is missing. Bounded in
//! the number of files and in the size of a file. Only what names services is read; messages are stepped over.

use crate::evidence::Input;
use crate::model::diagnostic::Diagnostic;
use crate::model::place::Site;
use std::path::PathBuf;

/// Files that are read, at most.
const FILES: usize = 4_000;
/// Of a file that is larger nothing is read.
const SIZE: u64 = 4 << 20;

/// A service that a file describes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Service {
    pub(super) package: String,
    pub(super) name: String,
    /// Names as written, with their lines.
    pub(super) methods: Vec<(String, u32)>,
    pub(super) file: String,
}

/// All services below the root, sorted.
pub(super) fn services(input: &Input<'_>) -> (Vec<Service>, Vec<Diagnostic>) {
    let (files, mut diagnostics) = files(input);
    let mut services = Vec::new();
    for file in &files {
        let path = input.root.join(file);
        match input.host.read(&path, SIZE) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                let (found, imports) = parse(&text, file);
                services.extend(found);
                for (import, line) in imports {
                    let is_there =
                        import.starts_with("google/") || files.iter().any(|f| *f == import || f.ends_with(&format!("/{import}")));
                    if !is_there {
                        let message = format!("`{import}` is imported and not there: what it describes is not known");
                        diagnostics.push(Diagnostic::warning("missing-proto", message).at(Site::new(file.clone(), line)));
                    }
                }
            }
            Err(error) => diagnostics.push(Diagnostic::warning("unreadable-proto", format!("`{file}` cannot be read: {error}"))),
        }
    }
    services.sort();
    (services, diagnostics)
}

/// Paths below the root, with `/`.
fn files(input: &Input<'_>) -> (Vec<String>, Vec<Diagnostic>) {
    let all = input.host.files(input.root, "proto");
    let mut diagnostics = Vec::new();
    if all.len() > FILES {
        let message = "there are more `.proto` files than are looked at: some services may be missing";
        diagnostics.push(Diagnostic::note("many-protos", message));
    }
    let below = |path: &PathBuf| path.strip_prefix(input.root).ok().map(|p| p.to_string_lossy().replace('\\', "/"));
    (all.iter().take(FILES).filter_map(below).collect(), diagnostics)
}

/// Services and imports of one file.
fn parse(text: &str, file: &str) -> (Vec<Service>, Vec<(String, u32)>) {
    let tokens = tokens(text);
    let (mut services, mut imports): (Vec<Service>, Vec<(String, u32)>) = Default::default();
    let mut package = String::new();
    let (mut depth, mut service_depth) = (0_u32, None);
    let word = |at: usize| tokens.get(at).map_or("", |(t, _)| t.as_str());
    for (at, (token, line)) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                service_depth = service_depth.filter(|d| *d < depth + 1 && depth > *d);
            }
            "package" if depth == 0 => package = word(at + 1).to_owned(),
            "import" if depth == 0 => {
                let path = (at + 1..at + 3).map(word).find(|t| t.starts_with('"'));
                imports.extend(path.map(|p| (p.trim_matches('"').to_owned(), *line)));
            }
            "service" if depth == 0 && word(at + 2) == "{" => {
                service_depth = Some(depth);
                let name = word(at + 1).to_owned();
                services.push(Service { package: package.clone(), name, methods: Vec::new(), file: file.to_owned() });
            }
            "rpc" if service_depth == Some(depth.saturating_sub(1)) && depth == 1 => {
                if let Some(service) = services.last_mut() {
                    service.methods.push((word(at + 1).to_owned(), *line));
                }
            }
            _ => {}
        }
    }
    (services, imports)
}

/// Words, strings with their quotes, and signs, with their lines; comments left out.
fn tokens(text: &str) -> Vec<(String, u32)> {
    let mut out: Vec<(String, u32)> = Vec::new();
    let mut chars = text.chars().peekable();
    let mut line = 1;
    while let Some(c) = chars.next() {
        match c {
            '\n' => line += 1,
            '/' if chars.peek() == Some(&'/') => while chars.next_if(|c| *c != '\n').is_some() {},
            '/' if chars.peek() == Some(&'*') => {
                let mut before = ' ';
                for c in chars.by_ref() {
                    line += u32::from(c == '\n');
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            '"' | '\'' => {
                let mut string = String::from('"');
                while let Some(s) = chars.next_if(|s| *s != c && *s != '\n') {
                    string.push(s);
                }
                chars.next_if(|s| *s == c);
                out.push((string + "\"", line));
            }
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = String::from(c);
                while let Some(w) = chars.next_if(|w| w.is_alphanumeric() || matches!(w, '_' | '.')) {
                    word.push(w);
                }
                out.push((word, line));
            }
            c if c.is_whitespace() => {}
            c => out.push((c.to_string(), line)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn services_and_imports_are_read_and_messages_are_not() {
        let text = "syntax = \"proto3\"; // service Not { rpc X (A) returns (B); }
package shop.v1;
import public \"shared/money.proto\";
message Rpc { string service = 1; }
service Orders {
  rpc Place (Rpc) returns (Rpc) { option (x) = { post: \"/v1\" }; }
  /* rpc Gone (A) returns (B); */ rpc Watch (Rpc) returns (stream Rpc);
}
service Empty {}";
        let (services, imports) = parse(text, "a.proto");
        let all: Vec<String> = services.iter().map(|s| format!("{}.{} {:?}", s.package, s.name, s.methods)).collect();
        assert_eq!(all, ["shop.v1.Orders [(\"Place\", 6), (\"Watch\", 7)]", "shop.v1.Empty []"]);
        assert_eq!(imports, [("shared/money.proto".to_owned(), 3)]);
    }
}
