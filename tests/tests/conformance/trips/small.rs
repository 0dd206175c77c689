//! Sub-resources of a few members.

use super::encryption::ENCRYPTION;
use crate::trip::{State, Trip, same};

const VERSIONED: (&str, &str) = ("versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");

pub(crate) static SMALL: &[Trip] = &[
    Trip {
        query: "abac",
        new: State::Is("<AbacStatus><Status>Disabled</Status></AbacStatus>"),
        first: &[],
        documents: &[same("<AbacStatus><Status>Enabled</Status></AbacStatus>"), same("<AbacStatus><Status>Disabled</Status></AbacStatus>")],
        gone: None,
    },
    Trip {
        query: "accelerate",
        new: State::Is("<AccelerateConfiguration/>"),
        first: &[],
        documents: &[
            same("<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>"),
            same("<AccelerateConfiguration><Status>Suspended</Status></AccelerateConfiguration>"),
        ],
        gone: None,
    },
    ENCRYPTION,
    Trip {
        query: "object-lock",
        new: State::Missing("ObjectLockConfigurationNotFoundError"),
        first: &[VERSIONED],
        documents: &[
            same("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"),
            same(
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode>\
                 <Days>3</Days></DefaultRetention></Rule></ObjectLockConfiguration>",
            ),
            same(
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode>\
                 <Years>1</Years></DefaultRetention></Rule></ObjectLockConfiguration>",
            ),
            same(
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode>\
                 <Days>3</Days><DefaultEventHold><Days>7</Days></DefaultEventHold></DefaultRetention></Rule>\
                 </ObjectLockConfiguration>",
            ),
        ],
        gone: None,
    },
    Trip {
        query: "ownershipControls",
        new: State::Is("<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>"),
        first: &[],
        documents: &[
            same("<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>"),
            same("<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>"),
            same("<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>"),
        ],
        gone: Some(State::Missing("OwnershipControlsNotFoundError")),
    },
    Trip {
        query: "publicAccessBlock",
        new: State::Is(
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
             <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>\
             </PublicAccessBlockConfiguration>",
        ),
        first: &[],
        documents: &[
            same(
                "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>\
                 <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets>\
                 </PublicAccessBlockConfiguration>",
            ),
            (
                "<PublicAccessBlockConfiguration><BlockPublicAcls>TRUE</BlockPublicAcls></PublicAccessBlockConfiguration>",
                "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>\
                 <BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets>\
                 </PublicAccessBlockConfiguration>",
            ),
        ],
        gone: Some(State::Missing("NoSuchPublicAccessBlockConfiguration")),
    },
    Trip {
        query: "requestPayment",
        new: State::Is("<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"),
        first: &[],
        documents: &[
            same("<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>"),
            same("<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"),
        ],
        gone: None,
    },
    Trip {
        query: "tagging",
        new: State::Missing("NoSuchTagSet"),
        first: &[],
        documents: &[
            same("<Tagging><TagSet><Tag><Key>team</Key><Value>data</Value></Tag></TagSet></Tagging>"),
            same(
                "<Tagging><TagSet><Tag><Key>empty</Key><Value/></Tag><Tag><Key>Weird +-=._:/@ é</Key><Value>x y é</Value></Tag>\
                 <Tag><Key>weird</Key><Value>1</Value></Tag></TagSet></Tagging>",
            ),
        ],
        gone: Some(State::Missing("NoSuchTagSet")),
    },
    Trip {
        query: "versioning",
        new: State::Is("<VersioningConfiguration/>"),
        first: &[],
        documents: &[
            same("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
            same("<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"),
        ],
        gone: None,
    },
];
