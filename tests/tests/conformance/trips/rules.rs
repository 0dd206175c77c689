//! Lists of rules: CORS, lifecycle, websites.

use crate::trip::{State, Trip, same};

pub(crate) static RULES: &[Trip] = &[
    Trip {
        query: "cors",
        new: State::Missing("NoSuchCORSConfiguration"),
        first: &[],
        documents: &[
            same(
                "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>\
                 </CORSConfiguration>",
            ),
            same(
                "<CORSConfiguration><CORSRule><ID>r1</ID><AllowedHeader>*</AllowedHeader><AllowedMethod>GET</AllowedMethod>\
                 <AllowedMethod>PUT</AllowedMethod><AllowedMethod>HEAD</AllowedMethod><AllowedMethod>POST</AllowedMethod>\
                 <AllowedMethod>DELETE</AllowedMethod><AllowedOrigin>https://a.example</AllowedOrigin>\
                 <AllowedOrigin>https://*.b.example</AllowedOrigin><ExposeHeader>ETag</ExposeHeader>\
                 <ExposeHeader>x-amz-id-2</ExposeHeader><MaxAgeSeconds>0</MaxAgeSeconds></CORSRule><CORSRule><ID>r2</ID>\
                 <AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin><MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule>\
                 </CORSConfiguration>",
            ),
        ],
        gone: Some(State::Missing("NoSuchCORSConfiguration")),
    },
    Trip {
        query: "lifecycle",
        new: State::Missing("NoSuchLifecycleConfiguration"),
        first: &[],
        documents: &[
            same(
                "<LifecycleConfiguration><Rule><ID>days</ID><Status>Enabled</Status><Filter><Prefix>a/</Prefix></Filter><Expiration>\
                 <Days>400</Days></Expiration><Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>\
                 <Transition><Days>60</Days><StorageClass>INTELLIGENT_TIERING</StorageClass></Transition><Transition><Days>90</Days>\
                 <StorageClass>GLACIER_IR</StorageClass></Transition></Rule><Rule><ID>and</ID><Status>Disabled</Status><Filter><And>\
                 <Prefix>b/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag><ObjectSizeGreaterThan>500</ObjectSizeGreaterThan>\
                 <ObjectSizeLessThan>5000</ObjectSizeLessThan></And></Filter><Expiration><Days>3</Days></Expiration></Rule></LifecycleConfiguration>",
            ),
            same(
                "<LifecycleConfiguration><Rule><ID>versions</ID><Status>Enabled</Status><Filter><Prefix>v/</Prefix></Filter>\
                 <NoncurrentVersionTransition><NoncurrentDays>30</NoncurrentDays><StorageClass>STANDARD_IA</StorageClass>\
                 <NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionTransition><NoncurrentVersionExpiration>\
                 <NoncurrentDays>60</NoncurrentDays><NewerNoncurrentVersions>5</NewerNoncurrentVersions>\
                 </NoncurrentVersionExpiration></Rule><Rule><ID>marker</ID><Status>Enabled</Status><Filter><Prefix>m/</Prefix></Filter>\
                 <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule><Rule><ID>uploads</ID>\
                 <Status>Enabled</Status><Filter/><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>\
                 </AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>",
            ),
            (
                "<LifecycleConfiguration><Rule><ID>date</ID><Status>Enabled</Status><Prefix>z/</Prefix><Expiration>\
                 <Date>2040-01-01</Date></Expiration></Rule></LifecycleConfiguration>",
                "<LifecycleConfiguration><Rule><ID>date</ID><Status>Enabled</Status><Prefix>z/</Prefix><Expiration>\
                 <Date>2040-01-01T00:00:00.000Z</Date></Expiration></Rule></LifecycleConfiguration>",
            ),
        ],
        gone: Some(State::Missing("NoSuchLifecycleConfiguration")),
    },
    Trip {
        query: "website",
        new: State::Missing("NoSuchWebsiteConfiguration"),
        first: &[],
        documents: &[
            same(
                "<WebsiteConfiguration><RedirectAllRequestsTo><HostName>h.example</HostName><Protocol>https</Protocol>\
                 </RedirectAllRequestsTo></WebsiteConfiguration>",
            ),
            same(
                "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument><ErrorDocument><Key>e.html</Key>\
                 </ErrorDocument><RoutingRules><RoutingRule><Condition><KeyPrefixEquals>docs/</KeyPrefixEquals>\
                 <HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals></Condition><Redirect><HostName>h.example</HostName>\
                 <HttpRedirectCode>302</HttpRedirectCode><Protocol>https</Protocol><ReplaceKeyPrefixWith>d/</ReplaceKeyPrefixWith>\
                 </Redirect></RoutingRule><RoutingRule><Redirect><ReplaceKeyWith>y.html</ReplaceKeyWith></Redirect></RoutingRule>\
                 </RoutingRules></WebsiteConfiguration>",
            ),
        ],
        gone: Some(State::Missing("NoSuchWebsiteConfiguration")),
    },
];
