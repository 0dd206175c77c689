//! The model as a program.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Region};

/// Ends the program when the test ends, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_program_serves_with_the_keys_that_it_is_given() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_s3-model"));
    let child = command.args(["--key", "111111111111:id:secret"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    let mut line = String::new();
    let mut output = BufReader::new(running.0.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let endpoint = line.split_whitespace().find_map(|word| word.strip_suffix(';')).unwrap();
    let config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
        .force_path_style(true);
    let client = Client::from_conf(config.build());
    client.create_bucket().bucket("made").send().await.unwrap();
    assert_eq!(client.list_buckets().send().await.unwrap().buckets().len(), 1);
}
