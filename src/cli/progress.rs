//! What is being done, on a terminal only.

use super::terminal::Terminal;
use crate::pipeline::Stage;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// One thing that is being done, however far it has come.
const GATHER: &str = "looking at data, entry points, messages and history";

/// A line that says what is being done and vanishes afterwards. Not drawn where standard error is no terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    /// What was begun, and when.
    begun: Mutex<Vec<(String, Instant)>>,
}

impl Progress {
    pub(super) fn new(terminal: &Terminal) -> Self {
        let target = if terminal.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, begun: Mutex::default() }
    }

    /// A stage begins, or has come further.
    pub(super) fn stage(&self, stage: Stage) {
        match stage {
            Stage::Compare => self.begin("looking for changes since the last run"),
            Stage::Read(files) => self.say("reading", &format!("reading: {files} files")),
            Stage::Resolve => self.begin("resolving names"),
            Stage::Infer => self.begin("inferring types, finding references"),
            Stage::Assemble => self.begin("putting the code base together"),
            Stage::Graph => self.begin("measuring dependencies"),
            Stage::Gather => self.begin(GATHER),
            Stage::History(commits) => self.say(GATHER, &format!("{GATHER}: {commits} commits")),
            Stage::Cluster => self.begin("gathering modules into service candidates"),
            Stage::Advise => self.begin("judging boundaries"),
        }
    }

    /// Something else begins.
    pub(super) fn begin(&self, what: &str) {
        self.say(what, what);
    }

    fn say(&self, what: &str, message: &str) {
        self.bar.set_message(message.to_owned());
        let mut begun = self.begun.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if begun.last().is_none_or(|(last, _)| last != what) {
            begun.push((what.to_owned(), Instant::now()));
        }
    }

    /// Takes the line away; where the user wants to know much, says how long everything took.
    pub(super) fn end(self, terminal: &Terminal) {
        self.bar.finish_and_clear();
        if terminal.verbose {
            let begun = self.begun.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            for (i, (what, start)) in begun.iter().enumerate() {
                let end = begun.get(i + 1).map_or_else(Instant::now, |(_, next)| *next);
                terminal.note(&format!("{:>8.2} s  {what}", (end - *start).as_secs_f64()));
            }
        }
    }
}
