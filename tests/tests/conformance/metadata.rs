//! Metadata tables of both versions.

use super::step::{Step, delete, get, post, put};

const V2: &str = "<MetadataConfiguration><JournalTableConfiguration><RecordExpiration><Expiration>ENABLED</Expiration><Days>30</Days>\
                  </RecordExpiration></JournalTableConfiguration><InventoryTableConfiguration>\
                  <ConfigurationState>ENABLED</ConfigurationState></InventoryTableConfiguration></MetadataConfiguration>";
const V1: &str = "<MetadataTableConfiguration><S3TablesDestination>\
                  <TableBucketArn>arn:aws:s3tables:eu-west-1:111111111111:bucket/t</TableBucketArn><TableName>t1</TableName>\
                  </S3TablesDestination></MetadataTableConfiguration>";

pub(crate) static STEPS: &[Step] = &[
    get("/b?metadataConfiguration").refused(404, "MetadataConfigurationNotFound"),
    put("/b?metadataJournalTable", "<JournalTableConfiguration><RecordExpiration><Expiration>DISABLED</Expiration></RecordExpiration></JournalTableConfiguration>")
        .refused(404, "MetadataConfigurationNotFound"),
    post("/b?metadataConfiguration", V2),
    get("/b?metadataConfiguration").holds(&[
        "<MetadataConfigurationResult>",
        "<TableBucketType>aws</TableBucketType>",
        "<JournalTableConfigurationResult><TableStatus>ACTIVE</TableStatus><TableName>journal</TableName>",
        "<Days>30</Days>",
        "<ConfigurationState>ENABLED</ConfigurationState>",
        "<TableName>inventory</TableName>",
    ]),
    post("/b?metadataConfiguration", V2).refused(409, "MetadataConfigurationAlreadyExists"),
    post("/b?metadataTable", V1).refused(409, "MetadataConfigurationAlreadyExists"),
    put("/b?metadataJournalTable", "<JournalTableConfiguration><RecordExpiration><Expiration>ENABLED</Expiration><Days>3</Days></RecordExpiration></JournalTableConfiguration>")
        .refused(400, "InvalidRequest"),
    put("/b?metadataJournalTable", "<JournalTableConfiguration><RecordExpiration><Expiration>ENABLED</Expiration><Days>365</Days></RecordExpiration></JournalTableConfiguration>"),
    put("/b?metadataInventoryTable", "<InventoryTableConfiguration><ConfigurationState>DISABLED</ConfigurationState></InventoryTableConfiguration>"),
    get("/b?metadataConfiguration").holds(&["<Days>365</Days>", "<ConfigurationState>DISABLED<"]).lacks(&["<TableName>inventory<"]),
    get("/b?metadataJournalTable").refused(405, "MethodNotAllowed"),
    delete("/b?metadataInventoryTable").refused(405, "MethodNotAllowed"),
    put("/b?metadataConfiguration", V2).refused(405, "MethodNotAllowed"),
    delete("/b?metadataConfiguration"),
    get("/b?metadataConfiguration").refused(404, "MetadataConfigurationNotFound"),
    get("/b?metadataTable").refused(404, "MetadataConfigurationNotFound"),
    post("/b?metadataTable", V1),
    get("/b?metadataTable").holds(&["<TableName>t1</TableName>", "<TableNamespace>aws_s3_metadata</TableNamespace>", "<Status>ACTIVE</Status>"]),
    delete("/b?metadataTable"),
    get("/b?metadataTable").refused(404, "MetadataConfigurationNotFound"),
];
