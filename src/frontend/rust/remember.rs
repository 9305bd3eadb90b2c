//! What reading a text gave, from an earlier run where there was one.
//!
//! Takes: a [`Store`] and what a value is worked out from. Gives: the value, remembered for the next run. The keys hold everything that the
//! value depends on: the bytes of the file; of an expansion, the rules, the invocation and where both stand.

use super::facts::FileFacts;
use super::parse;
use super::parse::expand::{Invocation, Root, expand};
use crate::host::store::{Key, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The digest of a text.
pub(super) fn content(text: &str) -> Key {
    Key::of("facts", &[text.as_bytes()])
}

/// The facts of a text, and the text's digest: that of nothing where nobody keeps anything under it.
pub(super) fn facts(store: &Store, text: &str) -> (FileFacts, Key) {
    let key = content(if store.keeps() { text } else { "" });
    (value(store, key, || parse::parse(text)), key)
}

/// What an invocation gives, and a digest of all that it depends on.
pub(super) fn expansion(store: &Store, invocation: &Invocation<'_>) -> (Option<(FileFacts, Root)>, Key) {
    let key = Key::of("expansion", &[&encoded(invocation).unwrap_or_default()]);
    (value(store, key, || expand(invocation)), key)
}

/// A value by its key, or worked out.
pub(super) fn value<T: Serialize + DeserializeOwned>(store: &Store, key: Key, work: impl FnOnce() -> T) -> T {
    if let Some(known) = store.get(&key).and_then(|bytes| postcard::from_bytes(bytes).ok()) {
        return known;
    }
    let value = work();
    if store.keeps()
        && let Some(bytes) = encoded(&value)
    {
        store.put(key, bytes);
    }
    value
}

/// `None` is nothing that our own types give; the value is then worked out again next time.
fn encoded(value: &impl Serialize) -> Option<Vec<u8>> {
    postcard::to_stdvec(value).ok()
}
