//! A policy document as its author wrote it: members in their order, also those that stand there twice, and where each begins. Other
//! models of JSON lose that. Source: RFC 8259; IAM User Guide, "Grammar of the IAM JSON policy language".
//!
//! The text comes from a stranger: depth and size are bounded, and nothing here panics.

use std::borrow::Cow;

/// How deep lists and objects may lie in one another. A policy needs six levels.
const DEEPEST: usize = 32;
/// How large a document may be that is read at all, in the bytes that [`Document::size`] counts; four times of what S3 takes.
pub const LARGEST: usize = 80 * 1024;

/// A JSON object.
#[derive(Clone, Debug, PartialEq)]
pub struct Document<'a> {
    /// Its members.
    pub members: Vec<Member<'a>>,
    /// The bytes that count for S3's limit: those without the white space between the parts, each character in its shortest spelling.
    pub size: usize,
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its value.
    pub value: Value<'a>,
    /// The byte at which its name begins.
    pub at: usize,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is spelled.
    Number(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Value<'a>>),
    /// An object.
    Object(Vec<Member<'a>>),
}

impl<'a> Value<'a> {
    /// The members, where it is an object.
    #[must_use]
    pub fn members(&self) -> Option<&[Member<'a>]> {
        match self {
            Self::Object(members) => Some(members),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// The text, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The items of a list, or the one value that stands for a list of one.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            one @ (Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Object(_)) => std::slice::from_ref(one),
        }
    }
}

/// Why a text is no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong.
    pub flaw: Flaw,
    /// The byte at which it is.
    pub at: usize,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is no JSON object.
    Syntax(&'static str),
    /// It is deeper than any policy.
    TooDeep,
    /// It is larger than [`LARGEST`].
    TooLarge,
}

/// Reads a JSON object.
///
/// # Errors
/// The text is none, or one that no policy can be.
pub fn parse(text: &str) -> Result<Document<'_>, Malformed> {
    let mut reader = Reader { text, at: 0, size: 0 };
    reader.skip_space();
    if reader.peek() != Some(b'{') {
        return Err(reader.wrong("the first character is not {"));
    }
    let members = reader.object(0)?;
    reader.skip_space();
    if reader.peek().is_some() {
        return Err(reader.wrong("more text after the last }"));
    }
    Ok(Document { members, size: reader.size })
}

/// Line and column of a byte of the text, both from 1; columns count characters.
#[must_use]
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    size: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn wrong(&self, what: &'static str) -> Malformed {
        Malformed { flaw: Flaw::Syntax(what), at: self.at }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Goes on behind the next character, if it is this one.
    fn take(&mut self, wanted: u8) -> bool {
        let taken = self.peek() == Some(wanted);
        if taken {
            self.at += 1;
            self.size += 1;
        }
        taken
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, Malformed> {
        if self.size > LARGEST {
            return Err(Malformed { flaw: Flaw::TooLarge, at: self.at });
        }
        match self.peek() {
            Some(b'{') => self.object(depth).map(Value::Object),
            Some(b'[') => self.list(depth).map(Value::List),
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => Err(self.wrong("no JSON value begins like this; a text stands in double quotes")),
            None => Err(self.wrong("it ends in the middle")),
        }
    }

    fn descend(&self, depth: usize) -> Result<usize, Malformed> {
        if depth < DEEPEST { Ok(depth + 1) } else { Err(Malformed { flaw: Flaw::TooDeep, at: self.at }) }
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Member<'a>>, Malformed> {
        let depth = self.descend(depth)?;
        let mut members = Vec::new();
        self.take(b'{');
        self.skip_space();
        if self.take(b'}') {
            return Ok(members);
        }
        loop {
            self.skip_space();
            let at = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a member's name in double quotes is missing"));
            }
            let name = self.string()?;
            self.skip_space();
            if !self.take(b':') {
                return Err(self.wrong("a colon is missing"));
            }
            self.skip_space();
            let value = self.value(depth)?;
            members.push(Member { name, value, at });
            self.skip_space();
            if self.take(b'}') {
                return Ok(members);
            }
            if !self.take(b',') {
                return Err(self.wrong("a comma or } is missing"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Value<'a>>, Malformed> {
        let depth = self.descend(depth)?;
        let mut items = Vec::new();
        self.take(b'[');
        self.skip_space();
        if self.take(b']') {
            return Ok(items);
        }
        loop {
            self.skip_space();
            items.push(self.value(depth)?);
            self.skip_space();
            if self.take(b']') {
                return Ok(items);
            }
            if !self.take(b',') {
                return Err(self.wrong("a comma or ] is missing"));
            }
        }
    }

    fn word(&mut self, word: &'static str, value: Value<'a>) -> Result<Value<'a>, Malformed> {
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(self.wrong("no JSON value begins like this; a text stands in double quotes"));
        }
        self.at += word.len();
        self.size += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<&'a str, Malformed> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        self.size += self.at - start;
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        if !self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return Err(self.wrong("a digit is missing"));
        }
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    /// A string; borrowed, unless something in it is escaped.
    fn string(&mut self) -> Result<Cow<'a, str>, Malformed> {
        self.take(b'"');
        let mut start = self.at;
        let mut unescaped: Option<String> = None;
        loop {
            match self.peek() {
                None => return Err(self.wrong("a text has no end")),
                Some(b'"') => {
                    let rest = self.text.get(start..self.at).unwrap_or_default();
                    self.take(b'"');
                    return Ok(match unescaped {
                        None => Cow::Borrowed(rest),
                        Some(before) => Cow::Owned(before + rest),
                    });
                }
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(self.text.get(start..self.at).unwrap_or_default());
                    self.at += 1;
                    let char = self.escaped()?;
                    unescaped.get_or_insert_default().push(char);
                    self.size += if matches!(char, '"' | '\\') { 2 } else { char.len_utf8() };
                    start = self.at;
                }
                Some(0..=0x1f) => return Err(self.wrong("a text holds a control character, such as a line break; write \\n")),
                Some(_) => {
                    self.at += 1;
                    self.size += 1;
                }
            }
        }
    }

    /// The character that stands behind a backslash.
    fn escaped(&mut self) -> Result<char, Malformed> {
        let char = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unit().and_then(|unit| self.character(unit)),
            Some(_) | None => return Err(self.wrong("no such escape")),
        };
        self.at += 1;
        Ok(char)
    }

    /// The four digits behind `\u`.
    fn unit(&mut self) -> Result<u32, Malformed> {
        let digits = self.text.get(self.at + 1..self.at + 5).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or_else(|| self.wrong("no such escape"))?;
        self.at += 5;
        Ok(unit)
    }

    /// The character of a unit, or of it and the one that follows. Half of a pair is taken for U+FFFD, as not every reader of JSON
    /// refuses it.
    fn character(&mut self, unit: u32) -> Result<char, Malformed> {
        const HALVES: std::ops::Range<u32> = 0xDC00..0xE000;
        if (0xD800..0xDC00).contains(&unit) && self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
            let before = self.at;
            self.at += 1;
            let second = self.unit()?;
            if HALVES.contains(&second) {
                return Ok(char::from_u32(0x10000 + ((unit - 0xD800) << 10) + (second - HALVES.start)).unwrap_or('\u{FFFD}'));
            }
            self.at = before;
        }
        Ok(char::from_u32(unit).unwrap_or('\u{FFFD}'))
    }
}

#[cfg(test)]
mod tests;
