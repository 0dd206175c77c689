//! XML as a set of lines, so that two documents can be compared however they are written.

use quick_xml::Reader;
use quick_xml::events::Event;

/// One line for each leaf, as `Root/Child=text`, sorted. Namespaces and declarations do not count.
pub(crate) fn leaves(document: &str) -> Vec<String> {
    let mut reader = Reader::from_str(document);
    let (mut path, mut lines): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let (mut text, mut is_leaf) = (String::new(), false);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                path.push(name(start.local_name().as_ref()));
                (text, is_leaf) = (String::new(), true);
            }
            Event::Empty(start) => {
                lines.push(format!("{}/{}=", path.join("/"), name(start.local_name().as_ref())));
                is_leaf = false;
            }
            Event::Text(part) => text.push_str(&part.decode().unwrap()),
            Event::GeneralRef(reference) => text.extend(["&", &reference.decode().unwrap(), ";"]),
            Event::End(_) => {
                if is_leaf {
                    lines.push(format!("{}={text}", path.join("/")));
                }
                path.pop();
                is_leaf = false;
            }
            Event::Eof => break,
            Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    lines.sort_unstable();
    lines
}

fn name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn order_and_space_do_not_count() {
    let one = leaves("<?xml version=\"1.0\"?><A xmlns=\"x\"><B>1</B><C/><D><E>&lt;</E></D></A>");
    assert_eq!(one, leaves("<A><D><E>&lt;</E></D><C></C><B>1</B></A>"));
    assert_eq!(one, ["A/B=1", "A/C=", "A/D/E=&lt;"]);
    assert_ne!(one, leaves("<A><B>1</B><C/></A>"));
}
