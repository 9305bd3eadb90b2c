//! What earlier runs worked out, by what they worked it out from: one file.
//!
//! Takes: a file that [`Store::save`] wrote, or none. Gives: values by [`Key`], the digest of everything that a value depends on; so a
//! value that is found is right, and what is not found is worked out again.
//!
//! Invariants: a file that is damaged, cut short or of another build counts as empty, and [`Store::note`] says so. A value is handed out
//! only where its own checksum holds. The file is replaced whole, so that processes that save at the same time leave the work of one of
//! them, and never half of it. Values that no run asks for any more are forgotten after eight savings.

use super::Host;
use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many savings a value is kept for which nobody asked: branches that are switched between share a cache.
const AGE: u8 = 8;
/// A larger file is begun anew. That of two million lines of Rust is a quarter of this.
const LIMIT: u64 = 1 << 30;
/// What the file begins with: its kind, and the build that made it.
const HEADER: &[u8] = concat!("seamline cache ", env!("CARGO_PKG_VERSION"), " ", env!("SEAMLINE_BUILD"), "\n").as_bytes();
/// A key, the position and length of its value, the checksum of its value, its age.
const ROW: usize = 32 + 8 + 8 + 8 + 1;

/// The digest of everything that a value depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of a kind of value that depends on `parts`, in their order.
    #[must_use]
    pub fn of(kind: &str, parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in std::iter::once(kind.as_bytes()).chain(parts.iter().copied()) {
            // With their lengths: what is in one part cannot pass for what is in the next.
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Key(*hasher.finalize().as_bytes())
    }

    /// The key of what can be read, however much that is.
    ///
    /// # Errors
    /// Where reading fails.
    pub fn of_stream(mut stream: impl io::Read) -> io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        io::copy(&mut stream, &mut hasher)?;
        Ok(Key(*hasher.finalize().as_bytes()))
    }

    /// As a part of another key.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A value as it is kept. `None` is nothing that our own types give; the value is then worked out again next time.
pub fn encoded(value: &impl Serialize) -> Option<Vec<u8>> {
    postcard::to_stdvec(value).ok()
}

/// Values by key.
#[derive(Debug, Default)]
pub struct Store {
    /// Where it is saved; `None`: nowhere, and nothing is kept.
    path: Option<PathBuf>,
    bytes: Vec<u8>,
    known: FxHashMap<Key, Row>,
    added: Mutex<BTreeMap<Key, Arc<[u8]>>>,
    note: Option<String>,
}

#[derive(Debug)]
struct Row {
    start: usize,
    length: usize,
    sum: u64,
    age: u8,
    used: AtomicBool,
}

/// A value that a store has.
#[derive(Debug)]
pub enum Kept<'s> {
    /// From an earlier run.
    Before(&'s [u8]),
    /// From this one.
    Added(Arc<[u8]>),
}

impl std::ops::Deref for Kept<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Kept::Before(bytes) => bytes,
            Kept::Added(bytes) => bytes,
        }
    }
}

impl Store {
    /// One that keeps nothing.
    #[must_use]
    pub fn none() -> Self {
        Store::default()
    }

    /// What is in a file, and will be saved there.
    pub fn open(host: &dyn Host, path: &Path) -> Self {
        let mut store = Store { path: Some(path.to_owned()), ..Store::default() };
        match host.read(path, LIMIT) {
            Ok(bytes) => match rows(&bytes) {
                Ok(known) => {
                    store.bytes = bytes;
                    store.known = known;
                }
                Err(reason) => store.note = Some(format!("{}: {reason}; it is begun anew", path.display())),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                store.note = Some(format!("{}: the cache cannot be read: {error}; everything is worked out again", path.display()))
            }
        }
        store
    }

    /// Why what is in the file was of no use.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Does it keep anything at all?
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.path.is_some()
    }

    /// The value of a key, where it is known from an earlier run, or from earlier in this one: two trees share what they have in common.
    pub fn get(&self, key: &Key) -> Option<Kept<'_>> {
        self.known_before(key).map(Kept::Before).or_else(|| self.added().get(key).cloned().map(Kept::Added))
    }

    fn added(&self) -> MutexGuard<'_, BTreeMap<Key, Arc<[u8]>>> {
        self.added.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known_before(&self, key: &Key) -> Option<&[u8]> {
        let row = self.known.get(key)?;
        let value = self.bytes.get(row.start..row.start + row.length)?;
        // The disk may have changed a bit of it.
        (checksum(value) == row.sum).then(|| {
            row.used.store(true, Ordering::Relaxed);
            value
        })
    }

    /// Remembers a value.
    pub fn put(&self, key: Key, value: Vec<u8>) {
        if self.keeps() {
            self.added().insert(key, value.into());
        }
    }

    /// A value by its key, or worked out and remembered.
    pub fn value<T: Serialize + DeserializeOwned>(&self, key: Key, work: impl FnOnce() -> T) -> T {
        if let Some(known) = self.get(&key).and_then(|bytes| postcard::from_bytes(&bytes).ok()) {
            return known;
        }
        let value = work();
        if self.keeps()
            && let Some(bytes) = encoded(&value)
        {
            self.put(key, bytes);
        }
        value
    }

    /// Writes what is new, beside what has been asked for of late. Without anything new, the file stays as it is.
    ///
    /// # Errors
    /// Where the file cannot be written. What was worked out is right all the same.
    pub fn save(&self, host: &dyn Host) -> io::Result<()> {
        let added = self.added();
        let Some(path) = self.path.as_ref().filter(|_| !added.is_empty()) else { return Ok(()) };
        let mut values: BTreeMap<Key, Value<'_>> = BTreeMap::new();
        for (key, row) in sorted(&self.known) {
            let age = if row.used.load(Ordering::Relaxed) { 0 } else { row.age + 1 };
            if let Some(bytes) = self.bytes.get(row.start..row.start + row.length).filter(|_| age <= AGE) {
                values.insert(*key, Value { bytes, sum: row.sum, age });
            }
        }
        values.extend(added.iter().map(|(key, bytes)| (*key, Value { bytes, sum: checksum(bytes), age: 0 })));
        host.write(path, &written(&values))
    }
}

fn sorted(known: &FxHashMap<Key, Row>) -> Vec<(&Key, &Row)> {
    let mut rows: Vec<(&Key, &Row)> = known.iter().collect();
    rows.sort_unstable_by_key(|(key, _)| **key);
    rows
}

fn checksum(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(first)
}

/// What is to be written of a value.
struct Value<'a> {
    bytes: &'a [u8],
    sum: u64,
    age: u8,
}

/// The file: header, number of rows, rows by key, checksum of all that, values.
fn written(values: &BTreeMap<Key, Value<'_>>) -> Vec<u8> {
    let start = HEADER.len() + 8 + values.len() * ROW + 8;
    let mut out = Vec::with_capacity(start + values.values().map(|v| v.bytes.len()).sum::<usize>());
    out.extend_from_slice(HEADER);
    out.extend_from_slice(&(values.len() as u64).to_le_bytes());
    let mut position = start;
    for (key, value) in values {
        out.extend_from_slice(&key.0);
        out.extend_from_slice(&(position as u64).to_le_bytes());
        out.extend_from_slice(&(value.bytes.len() as u64).to_le_bytes());
        out.extend_from_slice(&value.sum.to_le_bytes());
        out.push(value.age);
        position += value.bytes.len();
    }
    out.extend_from_slice(&checksum(&out).to_le_bytes());
    for value in values.values() {
        out.extend_from_slice(value.bytes);
    }
    out
}

/// Reads the rows back; an error says what is wrong with the file.
fn rows(bytes: &[u8]) -> Result<FxHashMap<Key, Row>, &'static str> {
    const DAMAGED: &str = "the cache is damaged or cut short";
    if !bytes.starts_with(HEADER) {
        return Err(if bytes.starts_with(b"seamline cache ") {
            "the cache is another version's"
        } else {
            "this is no cache of seamline's"
        });
    }
    let number = |at: usize| -> Result<u64, &'static str> {
        let bytes = at.checked_add(8).and_then(|end| bytes.get(at..end)).ok_or(DAMAGED)?;
        Ok(u64::from_le_bytes(bytes.try_into().map_err(|_| DAMAGED)?))
    };
    let size = |at: usize| number(at).and_then(|n| usize::try_from(n).map_err(|_| DAMAGED));
    let count = size(HEADER.len())?;
    let first = HEADER.len() + 8;
    let end = count.checked_mul(ROW).and_then(|n| n.checked_add(first)).filter(|end| *end <= bytes.len()).ok_or(DAMAGED)?;
    if number(end)? != checksum(&bytes[..end]) {
        return Err(DAMAGED);
    }
    let mut known = FxHashMap::default();
    for row in bytes[first..end].chunks_exact(ROW).enumerate().map(|(i, row)| (first + i * ROW, row)) {
        let (at, row) = row;
        let (start, length, sum) = (size(at + 32)?, size(at + 40)?, number(at + 48)?);
        if start.checked_add(length).is_none_or(|end| end > bytes.len()) {
            return Err(DAMAGED);
        }
        let mut key = [0; 32];
        key.copy_from_slice(&row[..32]);
        known.insert(Key(key), Row { start, length, sum, age: row[56], used: AtomicBool::new(false) });
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::memory::Memory;

    fn key(name: &str) -> Key {
        Key::of("test", &[name.as_bytes()])
    }

    /// A host with a saved store of these values.
    fn saved(values: &[(&str, &str)]) -> Memory {
        let host = Memory::default();
        let store = Store::open(&host, Path::new("/c"));
        for (name, value) in values {
            store.put(key(name), value.as_bytes().to_vec());
        }
        store.save(&host).unwrap();
        host
    }

    #[test]
    fn what_is_put_is_found_by_the_next_run() {
        let host = saved(&[("a", "1"), ("b", ""), ("c", "three")]);
        let store = Store::open(&host, Path::new("/c"));
        assert_eq!(store.get(&key("a")).as_deref(), Some(b"1".as_slice()));
        assert_eq!(store.get(&key("b")).as_deref(), Some(b"".as_slice()));
        assert_eq!(store.get(&key("c")).as_deref(), Some(b"three".as_slice()));
        assert_eq!(store.get(&key("d")).as_deref(), None);
        assert_eq!(store.note(), None);
    }

    #[test]
    fn what_is_put_is_found_in_the_same_run() {
        let store = Store::open(&Memory::default(), Path::new("/c"));
        store.put(key("a"), b"1".to_vec());
        assert_eq!(store.get(&key("a")).as_deref(), Some(b"1".as_slice()));
        let none = Store::none();
        none.put(key("a"), b"1".to_vec());
        assert!(none.get(&key("a")).is_none(), "it keeps nothing");
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(Key::of("k", &[b"ab", b"c"]), Key::of("k", &[b"a", b"bc"]));
        assert_ne!(Key::of("k", &[b"a"]), Key::of("ka", &[]));
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten() {
        let host = saved(&[("old", "x"), ("kept", "y")]);
        for run in 0..=AGE {
            let store = Store::open(&host, Path::new("/c"));
            assert!(store.get(&key("kept")).is_some());
            assert!(store.known.contains_key(&key("old")), "run {run}");
            store.put(key(&run.to_string()), Vec::new());
            store.save(&host).unwrap();
        }
        let store = Store::open(&host, Path::new("/c"));
        assert!(store.get(&key("kept")).is_some());
        assert!(store.get(&key("old")).is_none());
    }

    /// Cut at any place, or with any byte changed, a file gives the right value or none.
    #[test]
    fn damage_never_gives_a_wrong_value() {
        let host = saved(&[("a", "first"), ("b", "second")]);
        let good = host.read(Path::new("/c"), LIMIT).unwrap();
        let look = |bytes: &[u8]| {
            host.write(Path::new("/c"), bytes).unwrap();
            let store = Store::open(&host, Path::new("/c"));
            for (name, value) in [("a", "first"), ("b", "second")] {
                assert!(store.get(&key(name)).is_none_or(|found| &*found == value.as_bytes()));
            }
            store.known.len()
        };
        assert_eq!(look(&good), 2);
        for cut in 0..good.len() {
            assert_eq!(look(&good[..cut]), 0, "cut at {cut}");
        }
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x41;
            look(&bad);
        }
    }

    #[test]
    fn another_version_is_begun_anew() {
        let host = Memory::default();
        host.write(Path::new("/c"), b"seamline cache 0.0.1 0123456789abcdef\n").unwrap();
        let store = Store::open(&host, Path::new("/c"));
        assert_eq!(store.note(), Some("/c: the cache is another version's; it is begun anew"));
        host.write(Path::new("/c"), b"something else").unwrap();
        assert_eq!(Store::open(&host, Path::new("/c")).note(), Some("/c: this is no cache of seamline's; it is begun anew"));
    }
}
