//! The access control list: canned, by headers, by body, and what stands in its way.

use super::step::{Step, delete, get, put};

const PRIVATE: &[&str] = &["<Owner><ID>", "<Permission>FULL_CONTROL</Permission>"];
const PUBLIC_READ: &[(&str, &str)] = &[("x-amz-acl", "public-read")];
const ENFORCED: &str = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>";
const WRITER: &str = "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";
const BODY: &str = "<AccessControlPolicy><Owner><ID>1</ID></Owner><AccessControlList><Grant>\
     <Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">\
     <URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI></Grantee><Permission>WRITE</Permission></Grant></AccessControlList>\
     </AccessControlPolicy>";

pub(crate) static STEPS: &[Step] = &[
    get("/b?acl").holds(PRIVATE).lacks(&["READ"]),
    delete("/b?acl").refused(405, "MethodNotAllowed"),
    // A new bucket has no ACLs; what says nothing new is taken all the same.
    put("/b?acl", "").with(PUBLIC_READ).refused(400, "AccessControlListNotSupported"),
    put("/b?acl", BODY).refused(400, "AccessControlListNotSupported"),
    put("/b?acl", "").with(&[("x-amz-acl", "private")]),
    put("/b?acl", "").with(&[("x-amz-acl", "bucket-owner-full-control")]),
    // With ACLs, Block Public Access is in the way of public ones.
    put("/b?ownershipControls", WRITER),
    put("/b?acl", "").with(PUBLIC_READ).refused(403, "AccessDenied"),
    put("/b?acl", "").with(&[("x-amz-acl", "authenticated-read")]).refused(403, "AccessDenied"),
    put("/b?acl", "").with(&[("x-amz-acl", "log-delivery-write")]),
    get("/b?acl").holds(&["xsi:type=\"Group\"", "groups/s3/LogDelivery", "<Permission>WRITE<", "<Permission>READ_ACP<"]),
    delete("/b?publicAccessBlock"),
    put("/b?acl", "").with(PUBLIC_READ),
    get("/b?acl").holds(&["groups/global/AllUsers", "<Permission>READ<"]),
    put("/b?acl", "").with(&[("x-amz-grant-read", "uri=\"http://acs.amazonaws.com/groups/global/AuthenticatedUsers\"")]),
    get("/b?acl").holds(&["groups/global/AuthenticatedUsers", "<Permission>READ<"]).lacks(&["FULL_CONTROL"]),
    put("/b?acl", "").with(&[("x-amz-acl", "private"), ("x-amz-grant-read", "id=1")]).refused(400, "InvalidRequest"),
    put("/b?acl", "").with(&[("x-amz-acl", "publicread")]).refused(400, "InvalidArgument"),
    put("/b?acl", "").with(&[("x-amz-grant-read", "id=wrong")]).refused(400, "InvalidArgument"),
    put("/b?acl", "").with(&[("x-amz-grant-read", "uri=http://nobody")]).refused(400, "InvalidArgument"),
    put("/b?acl", "").with(&[("x-amz-grant-read", "fakekey=1")]).refused(400, "InvalidArgument"),
    put("/b?acl", "").with(&[("x-amz-grant-read", "emailAddress=a@b.c")]).refused(405, "MethodNotAllowed"),
    put("/b?acl", "").refused(400, "MalformedXML"),
    put("/b?acl", BODY),
    get("/b?acl").holds(&["groups/s3/LogDelivery", "<Permission>WRITE<"]).lacks(&["FULL_CONTROL"]),
    // ACLs are not taken away while they let somebody in.
    put("/b?ownershipControls", ENFORCED).refused(400, "InvalidBucketAclWithObjectOwnership"),
    put("/b?acl", "").with(&[("x-amz-acl", "private")]),
    put("/b?ownershipControls", ENFORCED),
    get("/b?acl").holds(PRIVATE),
];
