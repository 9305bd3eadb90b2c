//! Channels while they are gathered.
//!
//! Takes: ends of channels, as sources meet them. Gives: [`Channel`]s, each once, with its ends sorted. A channel is what has the same kind,
//! technology, name and payload.

use super::words::End;
use crate::model::evidence::Spot;
use crate::model::evidence::messages::{Channel, ChannelKind};
use std::collections::{BTreeMap, BTreeSet};

/// What makes a channel what it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    pub(super) name: String,
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
