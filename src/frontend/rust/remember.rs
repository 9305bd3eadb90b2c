//! What reading a text gave, from an earlier run where there was one.
//!
//! Takes: a [`Store`] and what a value is worked out from. Gives: the value, remembered for the next run. The keys hold everything that the
//! value depends on: the bytes of the file; of an expansion, the rules, the invocation and where both stand.

use super::facts::FileFacts;
use super::parse::expand::{Invocation, Root, expand};
use super::parse::{self, Tests};
use crate::host::store::{Key, Store, encoded};

/// The digest of a text, and of how it is read.
pub(super) fn content(text: &str, tests: Tests) -> Key {
    let kind = match tests {
        Tests::Read => "facts",
        Tests::StepOver => "facts without tests",
    };
    Key::of(kind, &[text.as_bytes()])
}

/// The facts of a text, and the text's digest: that of nothing where nobody keeps anything under it.
pub(super) fn facts(store: &Store, text: &str, tests: Tests) -> (FileFacts, Key) {
    let key = content(if store.keeps() { text } else { "" }, tests);
    (store.value(key, || parse::parse(text, tests)), key)
}

/// What an invocation gives, and a digest of all that it depends on.
pub(super) fn expansion(store: &Store, invocation: &Invocation<'_>) -> (Option<(FileFacts, Root)>, Key) {
    let key = Key::of("expansion", &[&encoded(invocation).unwrap_or_default()]);
    (store.value(key, || expand(invocation)), key)
}
