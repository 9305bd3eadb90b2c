//! Words in identifiers: how they are split, folded, and which say nothing about the business.
//!
//! Takes names as written; gives lower-case words, singular where they were plural. Pure functions and three word lists.

use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

/// Names whose parts belong together, as written; the lower-case form is the word.
static WHOLE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "OAuth2 OAuth OpenId OpenID IPv4 IPv6 GraphQL GitHub GitLab PostgreSQL MySQL SQLite NoSQL YouTube PayPal LinkedIn WebSocket \
     OpenAPI"
        .split_whitespace()
        .collect()
});

/// Words that look plural and are not, or whose plural no rule forms.
static FOLDED: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| {
    "caches=cache indices=index matrices=matrix vertices=vertex people=person children=child news=news series=series \
     species=species movies=movie cookies=cookie aws=aws postgres=postgres axios=axios dns=dns tls=tls https=https sms=sms gps=gps \
     cors=cors axes=axis canvas=canvas alias=alias aliases=alias"
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .collect()
});

/// Names of technical layers: a folder or a part of a name that says how code is written, not what for.
static LAYERS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    list(
        "handler route router controller api service model entity repository repo db database dao dto view middleware domain infra \
         infrastructure application app adapter port usecase http rest grpc web server backend frontend internal endpoint request response \
         persistence presentation sql lib mod main core bin src crate module interface impl rpc graphql postgres mysql sqlite diesel sqlx \
         axum actix rocket bean servlet mapper facade resolver extractor store manager provider payload form viewmodel openapi",
    )
});

/// Folder names that may be a layer or a business; only a layer beside two folders that surely are.
static MAYBE_LAYERS: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| list("job event message queue task worker client resource schema query command listener page template"));

/// Words of programmers that are no layer: they may name what a module does, but hardly what a service is for.
static TECHNICAL: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    list(
        "session token cookie cache queue worker job task thread lock password hash crypto secret credential header url uri path file \
         stream buffer channel socket connection pool client proxy cluster node sync async batch schedule scheduler cron sweep cleanup \
         migration index cursor page pagination filter query schema template event message command listener log trace metric id uuid time \
         date number text json xml csv html css image icon current low high old",
    )
});

/// Words that tell nothing anywhere.
static STOP: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    list(
        "new get set list data add remove delete update create insert find fetch load save read write make build builder from into to as is \
         has with without by for of on in at and or not the a an all any one self item value key id name type kind info state context ctx \
         config configuration setting option param parameter arg args error err result ok util utility helper common shared base default \
         test tests mock run start stop init setup handle process execute exec do check validate parse format display debug clone eq hash \
         iter next len empty some none fn struct enum trait string str int bool vec map object field row record table column prelude macro \
         ext extension constant const factory wrapper inner raw now try should can count per custom root misc support simple generic \
         internal",
    )
});

fn list(words: &'static str) -> FxHashSet<&'static str> {
    words.split_whitespace().collect()
}

/// The words of an identifier, lower-case, in order, plurals kept.
pub(crate) fn split(identifier: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in identifier.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()) {
        let chars: Vec<char> = part.chars().collect();
        let (mut at, mut rest) = (0, part);
        while at < chars.len() {
            let whole = WHOLE.iter().filter(|w| rest.starts_with(**w)).map(|w| w.chars().count()).max();
            let length = whole.unwrap_or_else(|| word_length(&chars[at..]));
            let (word, after) = rest.split_at(chars[at..at + length].iter().map(|c| c.len_utf8()).sum());
            words.push(word.to_lowercase());
            (at, rest) = (at + length, after);
        }
    }
    words
}

/// Length of the first word of a name without separators.
fn word_length(chars: &[char]) -> usize {
    let upper = |i: usize| chars.get(i).is_some_and(|c| c.is_uppercase());
    let lower = |i: usize| chars.get(i).is_some_and(|c| c.is_lowercase());
    let mut end = 1;
    if upper(0) && upper(1) {
        while upper(end) || chars.get(end).is_some_and(char::is_ascii_digit) {
            end += 1;
        }
        // `SKUs`, `PDFs`: an acronym in the plural; else the last capital begins the next word, as in `HTTPServer`.
        if chars.get(end) == Some(&'s') && !lower(end + 1) {
            return end + 1;
        }
        return if lower(end) { end - 1 } else { end };
    }
    while end < chars.len() && !upper(end) {
        end += 1;
    }
    end
}

/// The singular of a lower-case word.
pub(crate) fn fold(word: &str) -> String {
    if let Some(folded) = FOLDED.get(word) {
        return (*folded).into();
    }
    let stem = |ending: &str| word.strip_suffix(ending).filter(|s| s.chars().count() >= 3);
    if let Some(stem) = stem("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "ches", "shes", "xes", "zzes"] {
        if word.len() > ending.len() && word.ends_with(ending) {
            return word[..word.len() - 2].into();
        }
    }
    if let Some(stem) = stem("uses").filter(|s| !s.ends_with(['a', 'o', 'e'])) {
        return format!("{stem}us");
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.chars().count() >= 2 && !stem.ends_with(['s', 'u', 'i']) => stem.into(),
        _ => word.into(),
    }
}

/// Does the (folded) word name a technical layer?
pub(crate) fn is_layer(word: &str) -> bool {
    LAYERS.contains(word)
}

/// Does the (folded) word name a layer in some code bases and a business in others?
pub(crate) fn may_be_layer(word: &str) -> bool {
    MAYBE_LAYERS.contains(word)
}

/// Is the (folded) word one that programmers rather than business people use?
pub(crate) fn is_technical(word: &str) -> bool {
    TECHNICAL.contains(word)
}

/// Does the (folded) word say something about the business?
pub(crate) fn says_something(word: &str) -> bool {
    word.chars().count() > 2 && !word.chars().all(|c| c.is_ascii_digit()) && !STOP.contains(word) && !is_layer(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_split_at_what_people_read_as_words() {
        let check = |name: &str, words: &str| assert_eq!(split(name).join(" "), words, "{name}");
        check("OrderLineItem", "order line item");
        check("order_line2", "order line2");
        check("HTTPServer", "http server");
        check("OAuth2Token", "oauth2 token");
        check("parseIPv4Address", "parse ipv4 address");
        check("SKUs", "skus");
        check("PDFsToMail", "pdfs to mail");
        check("ABTest", "ab test");
        check("kellnr-auth", "kellnr auth");
        check("MAX_ORDERS", "max orders");
        check("Größe", "größe");
    }

    #[test]
    fn plurals_are_folded_and_the_rest_is_left() {
        let pairs = "orders=order categories=category addresses=address boxes=box branches=branch statuses=status databases=database \
            status=status analysis=analysis caches=cache movies=movie bus=bus warehouses=warehouse access=access skus=skus dns=dns";
        for (plural, singular) in pairs.split_whitespace().filter_map(|pair| pair.split_once('=')) {
            assert_eq!(fold(plural), singular);
        }
    }

    #[test]
    fn word_lists_are_folded() {
        assert!(LAYERS.iter().chain(MAYBE_LAYERS.iter()).all(|word| fold(word) == *word));
    }
}
