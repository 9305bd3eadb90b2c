//! What messages travel through: brokers, outbox tables, channels inside the process, mailboxes of actors, and work that is started and
//! left alone.
//!
//! Takes: calls, impl blocks, and tables that an earlier source found. Gives: channels with their producers and consumers. Invariants: a
//! request whose answer is awaited through a channel of its own is no message; an end whose channel is not known is counted, not guessed.
//! To add a broker or channel: its names in `words`.

mod actors;
mod brokers;
mod buses;
mod channels;
mod drafts;
mod queues;
mod spawned;
#[cfg(test)]
mod tests;
mod words;
mod wrapped;

use super::{Gathered, Question, Source, Spec};
use crate::model::evidence::Evidence;

/// What messages travel through.
pub(super) struct Messages;

static SPEC: Spec = Spec {
    name: "messages",
    noun: "channels",
    summary: "topics and queues of brokers, outbox tables, channels inside the process, actors, and tasks that nobody awaits",
    // A message is where two modules are already loose: it says how they may be parted, and not that they belong together.
    weight: 0.0,
    of_code: true,
    reading: "talk by messages, so that a broker can stand between them",
    words: words::WORDS,
    after: &["tables"],
};

impl Source for Messages {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn gather(&self, question: &Question<'_, '_>) -> Gathered {
        let code = question.code();
        let mut drafts = drafts::Drafts::default();
        let mut unknown = brokers::find(code, &mut drafts);
        brokers::outboxes(code, question.earlier, &mut drafts);
        unknown += channels::find(code, &mut drafts);
        spawned::find(code, &mut drafts);
        unknown += actors::find(code, &mut drafts);
        queues::find(code, &mut drafts);
        buses::find(code, &mut drafts);
        let mut channels = drafts.channels();
        channels.sort();
        channels.dedup();
        let note = channels.is_empty().then(|| "nothing is sent through a broker, channel or mailbox that is known".to_owned());
        let found = channels.len();
        let evidence = Evidence { channels, ..Evidence::default() };
        Gathered { evidence, found, unknown, note, ..Gathered::default() }
    }
}
