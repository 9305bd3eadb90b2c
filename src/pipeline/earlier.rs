//! The analysis of an earlier run, where nothing that it rests on has changed since.
//!
//! Takes: what an analysis is made from. Gives: that of the last run of the same extent, with the same configuration and path, if every question that it asked
//! of the world would be answered in the same way; else a new one, which is remembered.

use super::Extent;
use crate::config::Config;
use crate::host::Host;
use crate::host::store::{Key, Store};
use crate::host::witness::{Testimony, Witness};
use crate::model::analysis::Analysis;
use std::path::Path;

/// The analysis of an earlier run, or of this one.
pub(super) fn analysis<E>(
    extent: Extent,
    config: &Config,
    host: &dyn Host,
    store: &Store,
    path: &Path,
    work: impl FnOnce(&dyn Host) -> Result<Analysis, E>,
) -> Result<Analysis, E> {
    if !store.keeps() {
        return work(host);
    }
    // All that is configured can be seen in it.
    let configured = format!("{extent:?} {config:?}");
    let place = host.canonical(path).unwrap_or_else(|_| path.to_owned());
    let mut parts = vec![configured.as_bytes(), place.as_os_str().as_encoded_bytes()];
    let identity = host.identity();
    parts.extend(identity.as_ref().map(Key::bytes));
    let key = Key::of("analysis", &parts);
    if let Some(known) = remembered(store, &key, host) {
        return Ok(known);
    }
    let witness = Witness::new(host);
    let analysis = work(&witness)?;
    // Nobody need be asked again about what cannot change.
    let testimony = if identity.is_some() { Some(Testimony::default()) } else { witness.testimony() };
    if let Some(bytes) = testimony.and_then(|t| postcard::to_stdvec(&(t, &analysis)).ok()) {
        store.put(key, bytes);
    }
    Ok(analysis)
}

fn remembered(store: &Store, key: &Key, host: &dyn Host) -> Option<Analysis> {
    let kept = store.get(key)?;
    let (testimony, rest) = postcard::take_from_bytes::<Testimony>(&kept).ok()?;
    if !testimony.holds(host) {
        return None;
    }
    postcard::from_bytes::<Analysis>(rest).ok().filter(|analysis| analysis.verify().is_ok())
}
