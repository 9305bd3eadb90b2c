//! Names of an index, taken apart: `rust-analyzer cargo shop 0.1.0 orders/Order#total().` is the method `total` of the type `Order` in
//! the module `orders` of the package `shop`.
//!
//! Takes the text of a symbol; gives its package and its descriptors, or `None` where it does not follow the grammar of scip.proto.

/// A definition that can be referred to from other files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Symbol {
    /// The package that defines it.
    pub package: String,
    /// From the crate's root down; never empty.
    pub descriptors: Vec<Descriptor>,
}

/// One step of the way to a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub name: String,
    pub suffix: Suffix,
}

/// What a step is, as its last characters say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suffix {
    /// `name/`: a module.
    Namespace,
    /// `name#`: a type, a trait, an alias, a variant; `impl#` for an impl block.
    Type,
    /// `name.`: a constant, a static, a field.
    Term,
    /// `name().`: a function.
    Method,
    /// `[name]`: after `impl#` its type, then its trait.
    TypeParameter,
    /// `(name)`
    Parameter,
    /// `name!`
    Macro,
    /// `name:`: an attribute or a derive.
    Meta,
}

impl Symbol {
    /// Takes a symbol apart. Local ones have no name that would be worth it.
    pub(super) fn parse(text: &str) -> Option<Symbol> {
        if text.starts_with("local ") {
            return None;
        }
        let (_scheme, rest) = word(text)?;
        let (_manager, rest) = word(rest)?;
        let (package, rest) = word(rest)?;
        let (_version, mut rest) = word(rest)?;
        let mut descriptors = Vec::new();
        while !rest.is_empty() {
            let (descriptor, after) = descriptor(rest)?;
            descriptors.push(descriptor);
            rest = after;
        }
        (!descriptors.is_empty()).then_some(Symbol { package, descriptors })
    }

    /// The last step.
    pub(super) fn last(&self) -> &Descriptor {
        &self.descriptors[self.descriptors.len() - 1]
    }

    /// The type or trait of which it is a member, a variant or a field.
    pub(super) fn owner(&self) -> Option<&str> {
        let before = self.descriptors.len().checked_sub(2)?;
        let owner = &self.descriptors[before];
        (owner.suffix == Suffix::Type).then_some(owner.name.as_str())
    }

    /// Is it a member of an impl block of a trait?
    pub(super) fn is_in_trait_impl(&self) -> bool {
        let Some((_, before)) = self.descriptors.split_last() else { return false };
        matches!(before, [.., block, of, by] if is_impl(block) && of.suffix == Suffix::TypeParameter && by.suffix == Suffix::TypeParameter)
    }
}

fn is_impl(descriptor: &Descriptor) -> bool {
    descriptor.suffix == Suffix::Type && descriptor.name == "impl"
}

/// Text up to a single space; two stand for one.
fn word(text: &str) -> Option<(String, &str)> {
    delimited(text, b' ')
}

/// Text up to a single delimiter, which twice in a row stands for itself.
fn delimited(text: &str, delimiter: u8) -> Option<(String, &str)> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut from = 0;
    loop {
        let at = from + bytes[from..].iter().position(|b| *b == delimiter)?;
        out.push_str(&text[from..at]);
        if bytes.get(at + 1) != Some(&delimiter) {
            return Some((out, &text[at + 1..]));
        }
        out.push(char::from(delimiter));
        from = at + 2;
    }
}

fn descriptor(text: &str) -> Option<(Descriptor, &str)> {
    for (open, close, suffix) in [('[', ']', Suffix::TypeParameter), ('(', ')', Suffix::Parameter)] {
        if let Some(inner) = text.strip_prefix(open) {
            let (name, rest) = identifier(inner)?;
            return Some((Descriptor { name, suffix }, rest.strip_prefix(close)?));
        }
    }
    let (name, rest) = identifier(text)?;
    let mut chars = rest.chars();
    let suffix = match chars.next()? {
        '/' => Suffix::Namespace,
        '#' => Suffix::Type,
        '.' => Suffix::Term,
        '!' => Suffix::Macro,
        ':' => Suffix::Meta,
        '(' => {
            // What tells functions of one name apart may stand between the brackets.
            let (_, rest) = chars.as_str().split_once(").")?;
            return Some((Descriptor { name, suffix: Suffix::Method }, rest));
        }
        _ => return None,
    };
    Some((Descriptor { name, suffix }, chars.as_str()))
}

fn identifier(text: &str) -> Option<(String, &str)> {
    if let Some(escaped) = text.strip_prefix('`') {
        return delimited(escaped, b'`');
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '+' | '-' | '$'))).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = Symbol::parse(text).map(|s| {
            let steps = s.descriptors.iter().map(|d| format!("{}:{:?}", d.name, d.suffix));
            format!("{} {}", s.package, steps.collect::<Vec<_>>().join(" "))
        });
        assert_eq!(shown.unwrap_or_default(), expected, "{text}");
    }

    /// The symbols are those of rust-analyzer's own tests.
    #[test]
    fn symbols_of_rust_analyzer() {
        check("rust-analyzer cargo foo 0.1.0 example_mod/func().", "foo example_mod:Namespace func:Method");
        check("rust-analyzer cargo main . foo/Bar#", "main foo:Namespace Bar:Type");
        check("rust-analyzer cargo foo 0.1.0 St#a.", "foo St:Type a:Term");
        check(
            "rust-analyzer cargo main . impl#[S][`AddAssign<Self>`]add_assign().",
            "main impl:Type S:TypeParameter AddAssign<Self>:TypeParameter add_assign:Method",
        );
        check("rust-analyzer cargo foo 0.1.0 crate/", "foo crate:Namespace");
        check("rust-analyzer cargo a  b 1 `x``y`!m:(p)f(+1).", "a b x`y:Macro m:Meta p:Parameter f:Method");
    }

    #[test]
    fn what_is_no_symbol() {
        for text in
            ["", "local 4", "x", "a b c", "a b c d", "a b c d ", "a b c d e", "a b c d e(", "a b c d `e", "a b c d [e", "a b c d ?#"]
        {
            check(text, "");
        }
    }

    #[test]
    fn whose_member_it_is() {
        let symbol = |text: &str| Symbol::parse(&format!("rust-analyzer cargo shop . {text}")).expect("a symbol");
        assert!(symbol("a/impl#[S][T]f().").is_in_trait_impl());
        assert!(!symbol("a/impl#[S]f().").is_in_trait_impl());
        assert_eq!(symbol("a/T#f().").owner(), Some("T"));
        assert_eq!(symbol("a/f().").owner(), None);
        assert_eq!(symbol("f().").owner(), None);
    }
}
