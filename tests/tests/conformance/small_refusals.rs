//! What S3 refuses in documents of a few members.

use super::step::{Step, put};

const HERE: &str = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
const MALFORMED: &str = "MalformedXML";

/// The default encryption of one rule with this content.
macro_rules! encryption {
    ($rule:literal) => {
        put("/b?encryption", concat!("<ServerSideEncryptionConfiguration><Rule>", $rule, "</Rule></ServerSideEncryptionConfiguration>"))
    };
}

/// Object Lock with this retention.
macro_rules! retention {
    ($retention:literal) => {
        put(
            "/b?object-lock",
            concat!(
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>",
                $retention,
                "</DefaultRetention></Rule></ObjectLockConfiguration>"
            ),
        )
    };
}

/// Tags with this content.
macro_rules! tags {
    ($tags:literal) => {
        put("/b?tagging", concat!("<Tagging><TagSet>", $tags, "</TagSet></Tagging>"))
    };
}

pub(crate) static STEPS: &[Step] = &[
    put("/b?abac", "<AbacStatus><Status>on</Status></AbacStatus>").refused(400, MALFORMED),
    put("/b?accelerate", "<AccelerateConfiguration><Status>enabled</Status></AccelerateConfiguration>").refused(400, MALFORMED),
    put("/b?accelerate", "<AccelerateConfiguration/>").refused(400, MALFORMED),
    put("/dotted.name", HERE),
    put("/dotted.name?accelerate", "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>")
        .refused(400, "InvalidRequest"),
    encryption!("<ApplyServerSideEncryptionByDefault><SSEAlgorithm>ROT13</SSEAlgorithm></ApplyServerSideEncryptionByDefault>")
        .refused(400, MALFORMED),
    encryption!("<ApplyServerSideEncryptionByDefault><KMSMasterKeyID>x</KMSMasterKeyID></ApplyServerSideEncryptionByDefault>")
        .refused(400, MALFORMED),
    encryption!(
        "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>x</KMSMasterKeyID>\
         </ApplyServerSideEncryptionByDefault>"
    )
    .refused(400, "InvalidArgument"),
    encryption!("<BlockedEncryptionTypes><EncryptionType>SSE-Q</EncryptionType></BlockedEncryptionTypes>").refused(400, MALFORMED),
    put("/b?encryption", "<ServerSideEncryptionConfiguration><Rule/><Rule/></ServerSideEncryptionConfiguration>").refused(400, MALFORMED),
    put("/b?encryption", "<ServerSideEncryptionConfiguration/>").refused(400, MALFORMED),
    retention!("<Mode>GOVERNANCE</Mode>").refused(400, MALFORMED),
    retention!("<Days>1</Days>").refused(400, MALFORMED),
    retention!("<Mode>governance</Mode><Days>1</Days>").refused(400, MALFORMED),
    retention!("<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>").refused(400, MALFORMED),
    retention!("<Mode>GOVERNANCE</Mode><Days>0</Days>").refused(400, "InvalidArgument"),
    retention!("<Mode>GOVERNANCE</Mode><Days>36501</Days>").refused(400, "InvalidArgument"),
    retention!("<Mode>COMPLIANCE</Mode><Days>1</Days><DefaultEventHold/>").refused(400, MALFORMED),
    retention!("<Mode>COMPLIANCE</Mode><Years>101</Years>").refused(400, "InvalidArgument"),
    put("/b?ownershipControls", "<OwnershipControls><Rule><ObjectOwnership>Nope</ObjectOwnership></Rule></OwnershipControls>")
        .refused(400, MALFORMED),
    put("/b?ownershipControls", "<OwnershipControls/>").refused(400, MALFORMED),
    put("/b?publicAccessBlock", "<PublicAccessBlockConfiguration/>").refused(400, "InvalidRequest"),
    put("/b?publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>yes</BlockPublicAcls></PublicAccessBlockConfiguration>")
        .refused(400, MALFORMED),
    put("/b?requestPayment", "<RequestPaymentConfiguration><Payer>requester</Payer></RequestPaymentConfiguration>").refused(400, MALFORMED),
    tags!("<Tag><Key>a</Key></Tag>").refused(400, MALFORMED),
    tags!("<Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>a</Key><Value>2</Value></Tag>").refused(400, "InvalidTag"),
    tags!("<Tag><Key>AWS:x</Key><Value/></Tag>").refused(400, "InvalidTag"),
    tags!("<Tag><Key>a,b</Key><Value/></Tag>").refused(400, "InvalidTag"),
    tags!("<Tag><Key>a</Key><Value>1;2</Value></Tag>").refused(400, "InvalidTag"),
    tags!("<Tag><Key/><Value/></Tag>").refused(400, "InvalidTag"),
    put("/b?versioning", "<VersioningConfiguration><Status>enabled</Status></VersioningConfiguration>").refused(400, MALFORMED),
    put("/b?versioning", "<VersioningConfiguration/>").refused(400, "IllegalVersioningConfigurationException"),
    put("/b?versioning", "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>")
        .refused(403, "AccessDenied"),
    put("/b?logging", "<BucketLoggingStatus><LoggingEnabled><TargetBucket>b</TargetBucket></LoggingEnabled></BucketLoggingStatus>")
        .refused(400, MALFORMED),
    put(
        "/b?logging",
        "<BucketLoggingStatus><LoggingEnabled><TargetBucket>b</TargetBucket><TargetPrefix/><TargetGrants><Grant><Grantee><ID>1</ID>\
         </Grantee><Permission>READ_ACP</Permission></Grant></TargetGrants></LoggingEnabled></BucketLoggingStatus>",
    )
    .refused(400, MALFORMED),
    put(
        "/b?logging",
        "<BucketLoggingStatus><LoggingEnabled><TargetBucket>b</TargetBucket><TargetPrefix/><TargetGrants><Grant><Grantee>\
         <EmailAddress>a@b.c</EmailAddress></Grantee><Permission>READ</Permission></Grant></TargetGrants></LoggingEnabled>\
         </BucketLoggingStatus>",
    )
    .refused(405, "MethodNotAllowed"),
];
