//! XML as a tree: read from a request, written into an answer.

use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// The namespace of every S3 document.
const S3: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
/// No S3 document is nested deeper.
const DEPTH: usize = 24;

/// One element. Names are without prefix; namespace declarations are dropped and written anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// A text that is no XML document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotXml;

impl Element {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Reads a document.
    pub(crate) fn parse(document: &[u8]) -> Result<Self, NotXml> {
        let text = std::str::from_utf8(document).map_err(|_| NotXml)?;
        Parser::default().run(&mut Reader::from_str(text))
    }

    /// Adds a child.
    pub(crate) fn with(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// Adds a child that holds text.
    pub(crate) fn leaf(self, name: &str, text: impl Into<String>) -> Self {
        self.with(Self { name: name.to_owned(), text: text.into(), ..Self::default() })
    }

    /// Adds children.
    pub(crate) fn with_all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Adds an attribute.
    pub(crate) fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.child(name).is_some()
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the child of this name.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// The number in the child of this name.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.text_of(name).and_then(|text| text.parse().ok())
    }

    /// The descendant at the end of this path.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// The document in S3's namespace.
    pub(crate) fn document(&self) -> String {
        self.document_in(S3)
    }

    /// The document in a namespace.
    pub(crate) fn document_in(&self, namespace: &str) -> String {
        let mut out = DECLARATION.to_owned();
        self.write(&mut out, Some(namespace));
        out
    }

    /// The document without a namespace, as S3 writes errors.
    pub(crate) fn plain_document(&self) -> String {
        let mut out = DECLARATION.to_owned();
        self.write(&mut out, None);
        out
    }

    fn write(&self, out: &mut String, namespace: Option<&str>) {
        out.push('<');
        out.push_str(&self.name);
        if let Some(namespace) = namespace {
            push_attribute(out, "xmlns", namespace);
        }
        if self.attributes.iter().any(|(name, _)| name.starts_with("xsi:")) {
            push_attribute(out, "xmlns:xsi", XSI);
        }
        for (name, value) in &self.attributes {
            push_attribute(out, name, value);
        }
        if self.text.is_empty() && self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        out.push_str(&escape(self.text.as_str()));
        for child in &self.children {
            child.write(out, None);
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    out.push_str(&escape(value));
    out.push('"');
}

/// The elements that are open, and the root once it is closed.
#[derive(Default)]
struct Parser {
    open: Vec<Element>,
    root: Option<Element>,
}

impl Parser {
    fn run(mut self, reader: &mut Reader<&[u8]>) -> Result<Element, NotXml> {
        loop {
            match reader.read_event().map_err(|_| NotXml)? {
                Event::Start(start) => self.start(&start)?,
                Event::Empty(start) => {
                    self.start(&start)?;
                    self.end()?;
                }
                Event::End(_) => self.end()?,
                Event::Text(text) => self.text(&text.xml10_content().map_err(|_| NotXml)?)?,
                Event::CData(text) => self.text(&text.decode().map_err(|_| NotXml)?)?,
                Event::GeneralRef(reference) => {
                    let name = reference.decode().map_err(|_| NotXml)?;
                    match reference.resolve_char_ref().map_err(|_| NotXml)? {
                        Some(char) => self.text(char.encode_utf8(&mut [0; 4]))?,
                        None => self.text(resolve_predefined_entity(&name).ok_or(NotXml)?)?,
                    }
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof if self.open.is_empty() => return self.root.ok_or(NotXml),
                Event::DocType(_) | Event::Eof => return Err(NotXml),
            }
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), NotXml> {
        if self.root.is_some() || self.open.len() >= DEPTH {
            return Err(NotXml);
        }
        let mut element = Element::new(utf8(start.local_name().as_ref())?);
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| NotXml)?;
            let name = utf8(attribute.key.as_ref())?;
            if !name.starts_with("xmlns") {
                let value = quick_xml::escape::unescape(utf8(&attribute.value)?).map_err(|_| NotXml)?;
                element.attributes.push((name.to_owned(), value.into_owned()));
            }
        }
        self.open.push(element);
        Ok(())
    }

    /// Space between elements means nothing; other text beside elements is no S3 document.
    fn end(&mut self) -> Result<(), NotXml> {
        let mut element = self.open.pop().ok_or(NotXml)?;
        if !element.children.is_empty() {
            if !element.text.trim().is_empty() {
                return Err(NotXml);
            }
            element.text.clear();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), NotXml> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(NotXml),
        }
        Ok(())
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, NotXml> {
    std::str::from_utf8(bytes).map_err(|_| NotXml)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let tree = Element::new("Tag").leaf("Key", " a<&>\"é ").leaf("Value", "").with(Element::new("E").attribute("xsi:type", "Group"));
        assert_eq!(Element::parse(tree.document().as_bytes()), Ok(tree));
    }

    #[test]
    fn references_prefixes_and_space_are_understood() {
        let tree = Element::parse(b"<s:A xmlns:s='urn:x'>\n <s:B>x&amp;&#x41;<![CDATA[<]]></s:B>\n</s:A>");
        assert_eq!(tree, Ok(Element::new("A").leaf("B", "x&A<")));
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let deep = "<a>".repeat(40) + &"</a>".repeat(40);
        for text in ["", "<a>", "<a/><b/>", "text", "<a>x<b/></a>", "<!DOCTYPE a><a/>", "<a>&nope;</a>", "<a></b>", &deep] {
            assert_eq!(Element::parse(text.as_bytes()), Err(NotXml), "{text}");
        }
    }
}
