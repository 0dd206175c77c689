//! Grants, and the text that they stand in: `id="<canonical user>", uri="<group>", emailAddress="<address>"`.

/// What a grant allows. Source: S3 API reference, Grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Permission {
    FullControl,
    Read,
    ReadAcp,
    Write,
    WriteAcp,
}

impl Permission {
    pub(super) const ALL: [Self; 5] = [Self::FullControl, Self::Read, Self::ReadAcp, Self::Write, Self::WriteAcp];

    /// The permission by S3's name of it.
    #[cfg(feature = "s3")]
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "FULL_CONTROL" => Some(Self::FullControl),
            "READ" => Some(Self::Read),
            "READ_ACP" => Some(Self::ReadAcp),
            "WRITE" => Some(Self::Write),
            "WRITE_ACP" => Some(Self::WriteAcp),
            _ => None,
        }
    }

    /// The field of the spec.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::FullControl => "grantFullControl",
            Self::Read => "grantRead",
            Self::ReadAcp => "grantReadACP",
            Self::Write => "grantWrite",
            Self::WriteAcp => "grantWriteACP",
        }
    }
}

/// Who is granted something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grantee {
    /// A user by its canonical id.
    Id(String),
    /// A group by its URI.
    Uri(String),
    /// A user by an e-mail address. S3 refuses these since October 2025; other stores may not.
    Email(String),
    /// A text of another shape, kept so that S3 says no to it.
    Other(String),
}

/// One grant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grant {
    pub(super) permission: Permission,
    pub(super) grantee: Grantee,
}

impl Grant {
    /// All permissions for a user.
    pub(super) fn full_control(user: &str) -> Self {
        Self { permission: Permission::FullControl, grantee: Grantee::Id(user.to_owned()) }
    }
}

/// The grantees of a text. Space, quotes and order mean nothing.
pub(super) fn grantees(text: &str) -> Vec<Grantee> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(grantee).collect()
}

/// The text of grantees; `None` for none.
pub(super) fn text<'g>(grantees: impl Iterator<Item = &'g Grantee>) -> Option<String> {
    let parts: Vec<String> = grantees.map(part).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn grantee(part: &str) -> Grantee {
    let Some((key, value)) = part.split_once('=') else { return Grantee::Other(part.to_owned()) };
    let value = value.trim();
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value).trim().to_owned();
    match key.trim() {
        "id" => Grantee::Id(value),
        "uri" => Grantee::Uri(value),
        "emailAddress" => Grantee::Email(value),
        _ => Grantee::Other(part.to_owned()),
    }
}

fn part(grantee: &Grantee) -> String {
    match grantee {
        Grantee::Id(id) => format!("id=\"{id}\""),
        Grantee::Uri(uri) => format!("uri=\"{uri}\""),
        Grantee::Email(address) => format!("emailAddress=\"{address}\""),
        Grantee::Other(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_space_mean_nothing() {
        let plain = grantees("id=a,uri=http://x,emailAddress=b@c.de");
        assert_eq!(plain, [Grantee::Id("a".to_owned()), Grantee::Uri("http://x".to_owned()), Grantee::Email("b@c.de".to_owned())]);
        assert_eq!(grantees(" id = \" a \" , , uri=\"http://x\",\temailAddress=\"b@c.de\","), plain);
        assert_eq!(grantees(&text(plain.iter()).unwrap()), plain);
        assert_eq!((grantees(" , "), text([].iter())), (Vec::new(), None));
    }

    #[test]
    fn another_shape_is_kept_as_it_is() {
        for odd in ["fakekey=\"1\"", "somebody", "ID=a"] {
            assert_eq!(grantees(odd), [Grantee::Other(odd.to_owned())]);
            assert_eq!(text(grantees(odd).iter()).as_deref(), Some(odd));
        }
    }
}
