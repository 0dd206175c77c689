//! How the access control list is read from and written to S3. It is written by headers; S3 answers it as a list of grants.

use std::collections::BTreeSet;

use aws_sdk_s3::operation::get_bucket_acl::GetBucketAclOutput;
use aws_sdk_s3::types::{BucketCannedAcl, Grant as S3Grant, Grantee as S3Grantee};

use super::Acl;
use super::grants::{Grant, Grantee, Permission};
use crate::admission::Path;
use crate::fault::{Fault, Operation};
use crate::subconfig::remote::{Remote, S3Bucket, fault, unread, unsendable};
use crate::subconfig::{Have, SubConfig};

impl Remote for Acl {
    const GET: Operation = Operation { name: "GetBucketAcl", action: "s3:GetBucketAcl" };
    const PUT: Operation = Operation { name: "PutBucketAcl", action: "s3:PutBucketAcl" };
    const DELETE: Operation = Self::PUT;

    async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
        let call = s3.client.get_bucket_acl().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        match call.send().await {
            Ok(answer) => Ok(Self::from_sdk(answer)),
            Err(error) => unread(Self::GET, &[], error),
        }
    }

    /// Grants in headers replace the whole list, the owner's full control included.
    async fn complete(s3: &S3Bucket, want: &Self) -> Result<Self, Fault> {
        let whole = want.canned().is_some()
            || want.owner.is_some()
            || want.grants().iter().any(|grant| grant.permission == Permission::FullControl);
        let have = if whole { Have::Unread } else { Self::read(s3).await? };
        Ok(match have {
            Have::Value(have) => want.clone().inherit(&have),
            Have::Unread | Have::Unsupported | Have::Empty => want.clone(),
        })
    }

    async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
        let call = s3.client.put_bucket_acl().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        let sent = want.sendable()?;
        let call = match sent.acl {
            Some(name) => call.acl(BucketCannedAcl::from(name.as_str())),
            None => call
                .set_grant_full_control(sent.grant_full_control)
                .set_grant_read(sent.grant_read)
                .set_grant_read_acp(sent.grant_read_acp)
                .set_grant_write(sent.grant_write)
                .set_grant_write_acp(sent.grant_write_acp),
        };
        call.send().await.map(drop).map_err(|error| fault(Self::PUT, error))
    }

    /// Back to what S3 gives a new bucket.
    async fn remove(s3: &S3Bucket, _have: &Self) -> Result<(), Fault> {
        Self::put(s3, &Self { acl: Some("private".to_owned()), ..Self::default() }, None).await
    }
}

impl Acl {
    /// A list without a grant and without an owner holds nothing. A list of which a part cannot be told is no answer to build on.
    fn from_sdk(answer: GetBucketAclOutput) -> Have<Self> {
        let Some(listed) = answer.grants else { return Have::Unsupported };
        let Some(grants) = listed.into_iter().map(Grant::from_sdk).collect::<Option<Vec<_>>>() else { return Have::Unsupported };
        let named = answer.owner.and_then(|owner| owner.id).filter(|id| !id.is_empty());
        // Some stores do not name the owner: its own grant leads the list.
        let owner = named.or_else(|| grants.iter().find_map(Grant::full_user).map(str::to_owned));
        if owner.is_none() && grants.is_empty() {
            return Have::Empty;
        }
        Have::Value(Self::granting(&grants.into_iter().collect::<BTreeSet<_>>(), owner))
    }

    /// Either the canned ACL or the grants, as S3 takes only one of them; a fault where a text fits into no header.
    fn sendable(&self) -> Result<Self, Fault> {
        let sent = match self.canned() {
            Some(name) => Self { acl: Some(name.to_owned()), ..Self::default() },
            None => Self::granting(&self.grants(), None),
        };
        let spec = Path::root("spec");
        let grants = Permission::ALL.into_iter().map(|permission| (permission.field(), sent.field(permission)));
        for (field, text) in grants.chain([(Self::FIELD, sent.acl.as_deref())]) {
            if text.is_some_and(|text| !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())) {
                return Err(unsendable(Self::PUT, &spec.member(field), "only ASCII fits into a header; name users by their canonical id"));
            }
        }
        Ok(sent)
    }
}

impl Grant {
    /// `None` where the grant has no permission that S3 knows.
    fn from_sdk(grant: S3Grant) -> Option<Self> {
        let permission = Permission::parse(grant.permission?.as_str())?;
        Some(Self { permission, grantee: grant.grantee.map_or_else(|| Grantee::Id(String::new()), Grantee::from_sdk) })
    }

    /// The user who has all permissions by this grant.
    fn full_user(&self) -> Option<&str> {
        match &self.grantee {
            Grantee::Id(id) if self.permission == Permission::FullControl => Some(id),
            Grantee::Id(_) | Grantee::Uri(_) | Grantee::Email(_) | Grantee::Other(_) => None,
        }
    }
}

impl Grantee {
    /// A user without an id, as some stores answer the owner, has the empty one.
    fn from_sdk(grantee: S3Grantee) -> Self {
        match (grantee.uri, grantee.email_address) {
            (Some(uri), _) => Self::Uri(uri),
            (None, Some(address)) if grantee.id.is_none() => Self::Email(address),
            (None, _) => Self::Id(grantee.id.unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fault::Class;
    use crate::place::Place;
    use crate::subconfig::Step;
    use crate::subconfig::laws::remote::runtime;
    use crate::subconfig::laws::store::Store;

    fn answered(owner: &str, grants: &str) -> Have<Acl> {
        let list = format!("<AccessControlPolicy>{owner}{grants}</AccessControlPolicy>");
        runtime().block_on(Acl::read(&Store::answering(200, &list).bucket())).unwrap()
    }

    fn full(grantee: &str) -> String {
        let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"";
        let grant = format!("<Grant><Grantee {xsi}>{grantee}</Grantee><Permission>FULL_CONTROL</Permission></Grant>");
        format!("<AccessControlList>{grant}</AccessControlList>")
    }

    fn private(have: &Have<Acl>) -> bool {
        matches!(have, Have::Value(have) if have.clone().normalise().is_none())
    }

    #[test]
    fn an_answer_without_an_owner_is_still_one() {
        let owner = "<Owner><ID>me</ID></Owner>";
        assert!(private(&answered(owner, &full("<ID>me</ID>"))));
        for owner in ["", "<Owner/>", "<Owner><ID/></Owner>", "<Owner><DisplayName>me</DisplayName></Owner>"] {
            assert!(private(&answered(owner, &full("<ID>me</ID>"))), "{owner}");
            assert!(private(&answered(owner, &full("<DisplayName/>"))), "{owner}");
            assert!(private(&answered(
                owner,
                "<AccessControlList><Grant><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>"
            )));
        }
        assert!(!private(&answered(owner, &full("<ID>you</ID>"))), "somebody else has full control");
        let Have::Value(nobody) = answered(owner, "<AccessControlList/>") else { panic!("no answer") };
        assert!(nobody.normalise().is_some(), "not even the owner");
    }

    #[test]
    fn an_answer_without_grants_or_with_an_unknown_permission_is_none() {
        assert_eq!(answered("<Owner><ID>me</ID></Owner>", ""), Have::Unsupported);
        for grant in ["<Grant/>", "<Grant><Permission>ALL</Permission></Grant>"] {
            assert_eq!(answered("", &format!("<AccessControlList>{grant}</AccessControlList>")), Have::Unsupported, "{grant}");
        }
    }

    #[test]
    fn right_after_creation_the_owner_keeps_its_grant() {
        let store = Store::new_bucket();
        let spec = serde_json::from_value(json!({"name": "laws", "grantRead": "id=\"x\""})).unwrap();
        let Step::Put { want, have } = Step::<Acl>::plan(&spec, &Have::Empty, &Place::default()) else { panic!("no put") };
        let s3 = store.bucket();
        let have = runtime().block_on(async {
            Acl::put(&s3, &Acl::complete(&s3, &want).await?, have.as_ref()).await?;
            Acl::read(&s3).await
        });
        let Have::Value(have) = have.unwrap() else { panic!("nothing there") };
        assert_eq!((have.grant_full_control, have.grant_read), (Some("id=\"owner\"".to_owned()), Some("id=\"x\"".to_owned())));
    }

    #[test]
    fn what_fits_into_no_header_is_a_fault_that_names_the_field() {
        let store = Store::new_bucket();
        let want = Acl { grant_read_acp: Some("emailAddress=jörg@example.com".to_owned()), ..Acl::default() };
        let fault = runtime().block_on(Acl::put(&store.bucket(), &want, None)).unwrap_err();
        assert!(fault.class == Class::Terminal && fault.to_string().contains("spec.grantReadACP"), "{fault}");
        assert_eq!(store.calls(), [""; 0]);
    }
}
