//! Our own source, parsed: modules as `mod` reaches them, and everything that they mention by path.

use proc_macro2::{TokenStream, TokenTree};
use std::path::Path;
use syn::visit::{self, Visit};

/// One file, without its test code.
pub(crate) struct Source {
    /// From the root of the package, such as `src/graph/mod.rs`.
    pub(crate) path: String,
    /// Path of its module below the crate's root.
    pub(crate) module: Vec<String>,
    /// Itself, and the files that its test-only modules name.
    pub(crate) reached: Vec<String>,
    file: syn::File,
}

/// A path that stands somewhere in the code, resolved to `crate::…` where it is relative. Macros end in `!`.
pub(crate) struct Mention {
    pub(crate) path: String,
    pub(crate) line: usize,
}

/// All files of the library.
pub(crate) fn library() -> Vec<Source> {
    let mut sources = Vec::new();
    follow("src/lib.rs".into(), Vec::new(), "src".into(), &mut sources);
    sources
}

/// The files of the programs.
pub(crate) fn programs() -> Vec<Source> {
    ["src/main.rs", "src/bin/cargo-seamline.rs"].map(|path| parse(path.into(), Vec::new(), &read(path))).into()
}

/// All Rust files below some folders with their text, sorted.
pub(crate) fn files(folders: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut todo: Vec<String> = folders.iter().map(|f| (*f).to_owned()).collect();
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).expect("a folder") {
            let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
            let path = format!("{folder}/{name}");
            if root().join(&path).is_dir() {
                todo.push(path);
            } else if path.ends_with(".rs") {
                files.push((path.clone(), read(&path)));
            }
        }
    }
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn parse(path: String, module: Vec<String>, text: &str) -> Source {
    let file = syn::parse_file(text).unwrap_or_else(|e| panic!("{path}: {e}"));
    Source { reached: vec![path.clone()], path, module, file }
}

/// A file and those that its `mod` items name; `folder` is where they are.
fn follow(path: String, module: Vec<String>, folder: String, sources: &mut Vec<Source>) {
    let mut source = parse(path.clone(), module.clone(), &read(&path));
    let mut children = Vec::new();
    for item in &source.file.items {
        if let syn::Item::Mod(declared) = item
            && declared.content.is_none()
        {
            let name = declared.ident.to_string();
            if is_test(&declared.attrs) {
                source.reached.extend([format!("{folder}/{name}.rs"), format!("{folder}/{name}")]);
            } else {
                children.push(name);
            }
        }
    }
    sources.push(source);
    for name in children {
        let flat = format!("{folder}/{name}.rs");
        let path = if root().join(&flat).is_file() { flat } else { format!("{folder}/{name}/mod.rs") };
        let module = module.iter().cloned().chain([name.clone()]).collect();
        follow(path, module, format!("{folder}/{name}"), sources);
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    let cfg_test = |a: &syn::Attribute| match &a.meta {
        syn::Meta::List(list) => a.path().is_ident("cfg") && list.tokens.to_string() == "test",
        other => other.path().is_ident("test"),
    };
    attributes.iter().any(cfg_test)
}

impl Source {
    /// A file of the module `module` with this text.
    pub(crate) fn of(module: &str, text: &str) -> Self {
        let segments = module.split("::").map(str::to_owned).collect();
        parse(format!("src/{}.rs", module.replace("::", "/")), segments, text)
    }

    /// Everything that is mentioned by path.
    pub(crate) fn mentions(&self) -> Vec<Mention> {
        let mut visitor = Visitor { module: self.module.clone(), found: Vec::new() };
        visitor.visit_file(&self.file);
        visitor.found
    }
}

struct Visitor {
    module: Vec<String>,
    found: Vec<Mention>,
}

impl Visitor {
    fn mention(&mut self, segments: &[String], line: usize) {
        let mut at: Vec<&str> = std::iter::once("crate").chain(self.module.iter().map(String::as_str)).collect();
        let relative = segments.iter().take_while(|s| *s == "self" || *s == "super").count();
        for segment in &segments[..relative] {
            if segment == "super" {
                at.pop();
            }
        }
        let rest = segments[relative..].iter().map(String::as_str);
        let path = if relative > 0 { at.into_iter().chain(rest).collect::<Vec<_>>() } else { rest.collect() };
        self.found.push(Mention { path: path.join("::"), line });
    }

    fn tree(&mut self, tree: &syn::UseTree, prefix: &[String]) {
        let with = |name: &syn::Ident| prefix.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) => self.mention(&with(&name.ident), name.ident.span().start().line),
            syn::UseTree::Rename(name) => self.mention(&with(&name.ident), name.ident.span().start().line),
            syn::UseTree::Glob(glob) => self.mention(prefix, glob.star_token.spans[0].start().line),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, prefix)),
        }
    }

    /// Paths among the tokens of a macro or an attribute, which have no syntax tree.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens.into_iter().chain([TokenTree::Punct(proc_macro2::Punct::new(';', proc_macro2::Spacing::Alone))]) {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) if colons == 2 && !path.is_empty() => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                other => {
                    if path.len() > 1 {
                        self.mention(&path, line);
                    }
                    path.clear();
                    colons = 0;
                    match other {
                        TokenTree::Ident(ident) => {
                            line = ident.span().start().line;
                            path.push(ident.to_string());
                        }
                        TokenTree::Group(group) => self.tokens(group.stream()),
                        _ => {}
                    }
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Visitor {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(i) => &i.attrs,
            syn::Item::Fn(i) => &i.attrs,
            syn::Item::Use(i) => &i.attrs,
            syn::Item::Impl(i) => &i.attrs,
            syn::Item::Struct(i) => &i.attrs,
            syn::Item::Enum(i) => &i.attrs,
            syn::Item::Const(i) => &i.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        // A single name is something local, or was imported by a `use` that is looked at itself.
        if segments.len() > 1 {
            self.mention(&segments, path.segments[0].ident.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'ast syn::Macro) {
        if let Some(last) = invoked.path.segments.last() {
            self.mention(&[format!("{}!", last.ident)], last.ident.span().start().line);
        }
        self.tokens(invoked.tokens.clone());
        visit::visit_macro(self, invoked);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.tokens(list.tokens.clone());
        visit::visit_meta_list(self, list);
    }
}
