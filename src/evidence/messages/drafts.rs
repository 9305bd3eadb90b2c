//! Channels while they are gathered.
//!
//! Takes: ends of channels, as sources meet them. Gives: [`Channel`]s, each once, with its ends sorted. A channel is what has the same kind,
//! technology, name and payload, and is at the same
//! place, where names alone do not tell one from another.

use super::words::End;
use crate::model::evidence::Spot;
use crate::model::evidence::messages::{Channel, ChannelKind};
use std::collections::{BTreeMap, BTreeSet};

/// What makes a channel what it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    pub(super) name: String,
    /// Tells it from others that are called the same; shown to nobody.
    pub(super) key: String,
    pub(super) kind: ChannelKind,
    pub(super) technology: &'static str,
    pub(super) payload: Option<String>,
}

/// All channels so far.
#[derive(Default)]
pub(super) struct Drafts {
    all: BTreeMap<Identity, (BTreeSet<Spot>, BTreeSet<Spot>)>,
}

impl Drafts {
    pub(super) fn add(&mut self, identity: Identity, end: End, spot: Spot) {
        let ends = self.all.entry(identity).or_default();
        match end {
            End::Producer => {
                ends.0.insert(spot);
            }
            End::Consumer => {
                ends.1.insert(spot);
            }
            End::Neither => {}
        }
    }

    /// The only channel of a kind that carries such messages.
    pub(super) fn only(&self, kind: ChannelKind, payload: &str) -> Option<Identity> {
        let mut all = self.all.keys().filter(|identity| identity.kind == kind && identity.payload.as_deref() == Some(payload));
        let first = all.next()?;
        if all.next().is_some() { None } else { Some(first.clone()) }
    }

    pub(super) fn channels(self) -> Vec<Channel> {
        let channel = |(identity, (producers, consumers)): (Identity, (BTreeSet<Spot>, BTreeSet<Spot>))| Channel {
            name: identity.name,
            kind: identity.kind,
            technology: identity.technology.into(),
            payload: identity.payload,
            producers: producers.into_iter().collect(),
            consumers: consumers.into_iter().collect(),
        };
        self.all.into_iter().map(channel).collect()
    }
}
