//! A file without its strings and comments, and what can be told from the brackets that are left: a call's arguments, a match's arms, a
//! function's head.
//!
//! Takes: a [`Text`] and a place in it. Gives: [`Argument`]s, [`Arm`]s and [`Head`]s. Invariant: what is longer than anybody would write is
//! given up.

use super::Place;
use super::extent::Text;

/// More characters than this are not looked at.
const LONGEST: usize = 200_000;

/// An argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::evidence) struct Argument {
    /// Its first character; of a closure that of its body.
    pub(in crate::evidence) from: Place,
    /// Its last.
    pub(in crate::evidence) to: Place,
}

/// An arm of a `match`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::evidence) struct Arm {
    /// Where the pattern and its guard stand.
    pub(in crate::evidence) pattern: (Place, Place),
    /// Where what it does stands.
    pub(in crate::evidence) body: (Place, Place),
}

/// A function up to its body, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::evidence) struct Head {
    /// Names of its type parameters.
    pub(in crate::evidence) generics: Vec<String>,
    /// Names and types of its parameters, `self` left out.
    pub(in crate::evidence) parameters: Vec<(String, String)>,
    /// What it gives back; empty where that is nothing.
    pub(in crate::evidence) returns: String,
    /// Whether it has a body: a declaration in a trait may have none.
    pub(in crate::evidence) has_body: bool,
}

impl Text {
    /// The arguments of the call that begins there.
    pub(super) fn arguments(&self, from: Place) -> Option<Vec<Argument>> {
        let mut marks = self.marks(from).skip_while(|(_, c)| *c != '(');
        marks.next()?;
        let (mut found, mut depth, mut angles) = (Vec::new(), 0_u32, 0_u32);
        let mut at: Option<Argument> = None;
        let (mut before, mut bars) = (' ', Bars::None);
        for (place, c) in marks {
            match c {
                ')' | ']' | '}' if depth == 0 => {
                    found.extend(at);
                    return Some(found);
                }
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                '<' if before == ':' => angles += 1,
                '>' if angles > 0 && !matches!(before, '-' | '=') => angles -= 1,
                ',' if depth == 0 && angles == 0 && bars != Bars::Open => {
                    found.extend(at.take());
                    (before, bars) = (' ', Bars::None);
                    continue;
                }
                '|' if depth == 0 && bars == Bars::Open => {
                    (at, bars) = (None, Bars::Closed);
                    continue;
                }
                '|' if depth == 0 && bars == Bars::None && is_closure_so_far(self, at.as_ref()) => bars = Bars::Open,
                _ => {}
            }
            if !c.is_whitespace() {
                before = c;
                at.get_or_insert(Argument { from: place, to: place }).to = place;
            }
        }
        None
    }

    /// Where the brackets open of the call that is all that stands between two places, but for `async` blocks and braces around it and what
    /// is asked of its result.
    pub(super) fn only_call(&self, from: Place, to: Place) -> Option<Place> {
        let mut all: Vec<(Place, char)> = self.marks(from).take_while(|(place, _)| *place <= to).collect();
        let text = |all: &[(Place, char)]| all.iter().map(|(_, c)| *c).collect::<String>();
        loop {
            let whole = text(&all);
            let start = whole.len() - whole.trim_start().len();
            let word = whole.trim_start();
            let skipped = ["async ", "move ", "{", "("].into_iter().find(|w| word.starts_with(w));
            match skipped {
                Some(word @ ("{" | "(")) => {
                    let last = all.iter().rposition(|(_, c)| *c == if word == "{" { '}' } else { ')' })?;
                    all.truncate(last);
                    all.drain(..=start);
                }
                Some(word) => drop(all.drain(..start + word.len())),
                None => break,
            }
        }
        let open = all.iter().position(|(_, c)| *c == '(')?;
        let callee = text(&all[..open]);
        let is_path = callee.trim().chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '<' | '>' | '&'));
        let rest = text(&all[open + 1..]);
        let rest = rest[closing(&rest, '(', ')')? + 1..].split_whitespace().collect::<String>();
        let rest = rest.trim_end_matches(';');
        let asked = ["", ".await", ".await?", ".await.unwrap()", ".unwrap()", "?"].contains(&rest)
            || rest.starts_with(".instrument(") && !rest.contains(';');
        (is_path && asked).then_some(all[open].0)
    }

    /// The arms of the first `match` block that opens from there on.
    pub(super) fn arms(&self, from: Place) -> Option<Vec<Arm>> {
        let mut marks = self.marks(from).skip_while(|(_, c)| *c != '{').peekable();
        marks.next()?;
        let (mut arms, mut depth) = (Vec::new(), 0_u32);
        let mut pattern: Option<(Place, Place)> = None;
        let mut body: Option<(Place, Place)> = None;
        let (mut in_body, mut is_block, mut before) = (false, false, ' ');
        while let Some((place, c)) = marks.next() {
            let ends_block = depth == 0 && matches!(c, '}' | ')' | ']');
            let ends_arm = in_body && (ends_block || depth == 0 && c == ',');
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth > 0 => depth -= 1,
                _ => {}
            }
            if !in_body && depth == 0 && before == '=' && c == '>' {
                (in_body, before) = (true, ' ');
                continue;
            }
            if ends_arm {
                arms.extend(pattern.take().zip(body.take()).map(|(pattern, body)| Arm { pattern, body }));
                (in_body, is_block) = (false, false);
                if c != ',' {
                    return Some(arms);
                }
                continue;
            }
            if ends_block {
                return Some(arms);
            }
            if !c.is_whitespace() {
                let of = if in_body { &mut body } else { &mut pattern };
                is_block |= in_body && of.is_none() && c == '{';
                of.get_or_insert((place, place)).1 = place;
                before = c;
            }
            // `A => { … }` needs no comma; `A => { … }.b()` goes on.
            if in_body && is_block && depth == 0 && c == '}' {
                while marks.next_if(|(_, c)| c.is_whitespace()).is_some() {}
                if !marks.peek().is_some_and(|(_, c)| matches!(c, '.' | '?' | ',')) {
                    arms.extend(pattern.take().zip(body.take()).map(|(pattern, body)| Arm { pattern, body }));
                    (in_body, is_block) = (false, false);
                }
            }
        }
        None
    }

    /// Where the first block ends that opens from there on.
    pub(super) fn block_end(&self, from: Place) -> Option<Place> {
        let mut depth = 0_u32;
        for (place, c) in self.marks(from) {
            match c {
                '{' => depth += 1,
                '}' if depth <= 1 => return Some(place),
                '}' => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// The head of the function of this name that begins there or soon after.
    pub(super) fn head(&self, from: Place, name: &str) -> Option<Head> {
        let mut text = String::new();
        let mut depth = 0_u32;
        let mut begun = false;
        let mut end = None;
        for (_, c) in self.marks(from) {
            text.push(c);
            if !begun {
                begun = text.ends_with(name) && text[..text.len() - name.len()].trim_end().ends_with("fn");
                if begun {
                    text.clear();
                }
                continue;
            }
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                '{' | ';' if depth == 0 => {
                    end = Some(c);
                    break;
                }
                _ => {}
            }
        }
        text.pop();
        let (generics, rest) = match text.trim_start().strip_prefix('<') {
            Some(rest) => rest.split_at(closing(rest, '<', '>')?),
            None => ("", text.as_str()),
        };
        let inside = &rest[rest.find('(')? + 1..];
        let (parameters, rest) = inside.split_at(closing(inside, '(', ')')?);
        let returns = rest.split_once("->").map_or("", |(_, r)| r);
        let returns = returns.split(" where ").next().unwrap_or_default().trim();
        let name_of = |g: &str| g.split([':', '=']).next().unwrap_or_default().trim().trim_start_matches("const ").to_owned();
        let parameter = |p: &str| {
            let (name, ty) = p.split_once(':')?;
            Some((name.trim().trim_start_matches("mut ").trim().to_owned(), ty.split_whitespace().collect::<Vec<_>>().join(" ")))
        };
        Some(Head {
            generics: pieces(generics).iter().map(|g| name_of(g)).filter(|g| !g.starts_with('\'')).collect(),
            parameters: pieces(parameters).iter().filter_map(|p| parameter(p)).filter(|(name, _)| name != "self").collect(),
            returns: returns.to_owned(),
            has_body: end? == '{',
        })
    }

    /// Characters from a place on, without what is in strings and comments; a line's end is a space.
    fn marks(&self, from: Place) -> impl Iterator<Item = (Place, char)> {
        let start = |n: u32| usize::try_from(n).unwrap_or(1).saturating_sub(1);
        let (mut line, mut column) = (start(from.0), start(from.1));
        let next = move || loop {
            let text = self.lines().get(line)?;
            let here = (u32::try_from(line + 1).ok()?, u32::try_from(column + 1).ok()?);
            let Some(&c) = text.get(column) else {
                (line, column) = (line + 1, 0);
                return Some((here, ' '));
            };
            match c {
                '/' if text.get(column + 1) == Some(&'/') => column = text.len(),
                '/' if text.get(column + 1) == Some(&'*') => {
                    (line, column) = self.after_comment(line, column + 2)?;
                    column += 1;
                }
                '"' => {
                    (line, column) = self.after_string(line, column)?;
                    column += 1;
                    return Some((here, '"'));
                }
                '\'' if text.get(column + 1) == Some(&'\\') => {
                    column += 4 + text.iter().skip(column + 3).position(|c| *c == '\'')?;
                    return Some((here, '"'));
                }
                '\'' if text.get(column + 2) == Some(&'\'') => {
                    column += 3;
                    return Some((here, '"'));
                }
                _ => {
                    column += 1;
                    return Some((here, c));
                }
            }
        };
        std::iter::from_fn(next).take(LONGEST)
    }
}

/// Where a closure's parameters are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bars {
    None,
    Open,
    Closed,
}

/// Is there nothing yet of an argument but what may stand before a closure?
fn is_closure_so_far(text: &Text, at: Option<&Argument>) -> bool {
    let Some(at) = at else { return true };
    let start = |n: u32| usize::try_from(n).unwrap_or(1).saturating_sub(1);
    let (line, from, to) = (start(at.from.0), start(at.from.1), start(at.to.1));
    let word: Option<String> = text.lines().get(line).and_then(|l| l.get(from..=to)).map(|l| l.iter().collect());
    at.from.0 == at.to.0 && word.is_some_and(|w| matches!(w.trim(), "move" | "async" | "async move"))
}

/// Where the bracket closes that was opened before the text.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let (mut depth, mut before) = (0_u32, ' ');
    for (at, c) in text.char_indices() {
        match c {
            c if c == open => depth += 1,
            // `Fn() -> T`
            c if c == close && before != '-' => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some(at),
            },
            _ => {}
        }
        before = c;
    }
    None
}

/// What commas part that stand in no brackets.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let (mut found, mut depth, mut start, mut before) = (Vec::new(), 0_i32, 0, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if before != '-' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    found.push(&text[start..]);
    found.into_iter().filter(|p| !p.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn arguments_are_parted_by_commas_of_their_own() {
        let all = |text: &str| {
            let read = Text::new(text);
            let found = read.arguments((1, 1)).unwrap_or_default();
            let cut = |from: u32, to: u32| text.chars().skip(from as usize - 1).take((to - from + 1) as usize).collect::<String>();
            found.iter().map(|a| cut(a.from.1, a.to.1)).collect::<Vec<_>>()
        };
        assert_eq!(all("f()"), Vec::<String>::new());
        assert_eq!(all("f(a, \")\", g(b, c))"), ["a", "\"", "g(b, c)"]);
        assert_eq!(all("f::<A>(|x, y| A { x, y }, move || b, h::<C, D>(1), e)"), ["A { x, y }", "b", "h::<C, D>(1)", "e"]);
    }

    #[test]
    fn a_block_may_be_one_call() {
        let only = |text: &str| {
            let end = u32::try_from(text.chars().count()).unwrap_or_default();
            Text::new(text).only_call((1, 1), (1, end)).map(|at| at.1)
        };
        assert_eq!(only("f(a).await"), Some(2));
        assert_eq!(only("async move { a::f(b, (c)).await?; }"), Some(18));
        assert_eq!(only("async move { let x = f(); g(x).await }"), None);
        assert_eq!(only("{ f(); g() }"), None);
        assert_eq!(only("for e in f() { g(e) }"), None);
    }

    #[test]
    fn arms_have_patterns_and_bodies() {
        let text = "match e { A::B(x) | A::C { y } if z => f(x, y), A::D => { g() } A::E => { h() }.i(), _ => (), }";
        let cut = |(from, to): (super::Place, super::Place)| {
            text.chars().skip(from.1 as usize - 1).take((to.1 - from.1 + 1) as usize).collect::<String>()
        };
        let arms = Text::new(text).arms((1, 7)).unwrap_or_default();
        let told: Vec<String> = arms.iter().map(|a| format!("{} -> {}", cut(a.pattern).trim_end_matches('='), cut(a.body))).collect();
        assert_eq!(told, ["A::B(x) | A::C { y } if z  -> f(x, y)", "A::D  -> { g() }", "A::E  -> { h() }.i()", "_  -> ()"]);
    }

    #[test]
    fn heads_have_parameters_and_say_whether_a_body_follows() {
        let head = |text: &str, name: &str| {
            let head = Text::new(text).head((1, 1), name).unwrap_or_default();
            let all: Vec<String> = head.parameters.iter().map(|(n, t)| format!("{n}: {t}")).collect();
            format!("<{}>({}) -> {} {}", head.generics.join(" "), all.join(", "), head.returns, head.has_body)
        };
        let text = "pub async fn post<'a, T, F: Fn(T) -> Q>(&self, mut f: F, kind: [u8; 2]) -> Result<T, E> where T: X {";
        assert_eq!(head(text, "post"), "<T F>(f: F, kind: [u8; 2]) -> Result<T, E> true");
        assert_eq!(head("fn on(&mut self,\n e: Self::Event);", "on"), "<>(e: Self::Event) ->  false");
    }
}
