//! A bug of our own is said to be one.

use crate::report::escape::plain;
use std::io::Write;

/// Replaces the message of a panic by one that asks for a report. The process then ends with 101.
pub(super) fn explain() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), |l| format!("{}:{}", l.file(), l.line()));
        let what = plain(panic.payload_as_str().unwrap_or("no message"));
        let text = format!(
            "seamline {version} has a bug: {what} ({place})\n  help: please report this line with the command that you ran; \
             RUST_BACKTRACE=1 adds where it came from\n",
            version = env!("CARGO_PKG_VERSION"),
        );
        // Standard error may be what is broken.
        let _ = anstream::stderr().write_all(text.as_bytes());
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|v| v != "0") {
            usual(panic);
        }
    }));
}
