//! How the commands end where somebody does not wait for them.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tests::binaries::Binaries;
use tests::s3::FaultRule;
use tests::world::{ACCOUNT, REGION};
use tokio::process::Command;

use super::world;
use crate::team::{Failure, Outcome, Team};

/// The export of these buckets, not started yet.
async fn export(team: &Team<'_>, buckets: &[&str]) -> Result<Command, Failure> {
    let mut program = Command::new(&Binaries::build().await?.controller);
    program.arg("export").args(["--allow-unsafe-aws-endpoint-urls", "--aws-endpoint-use-path-style"]);
    program.args(buckets.iter().map(|bucket| team.s3_name(bucket))).envs(team.world.s3().environment(ACCOUNT, REGION));
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    Ok(program)
}

#[tokio::test]
async fn where_nobody_reads_it_ends_without_a_word() -> Outcome {
    let team = Team::of(world().await, "pipe", &[]).await?;
    team.world.s3().create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    let mut child = export(&team, &["b"]).await?.spawn()?;
    drop(child.stdout.take());
    let output = child.wait_with_output().await?;
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(141), ""), "{output:?}");
    Ok(())
}

#[tokio::test]
async fn who_interrupts_it_is_told_how_far_it_came() -> Outcome {
    let team = Team::of(world().await, "signal", &[]).await?;
    let s3 = team.world.s3();
    s3.create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    s3.faults().add(FaultRule::delay(Duration::from_mins(5), Duration::ZERO).on("GetBucketCors").bucket(&team.s3_name("b")));
    let child = export(&team, &["b"]).await?.spawn()?;
    let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed())).ok_or("no process")?;
    team.wait("the bucket to be read", || async { (team.calls("b").len() > 3).then_some(()) }).await?;
    kill_process(pid, Signal::INT)?;
    let output = child.wait_with_output().await?;
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted after 0 of 1"), "{output:?}");
    Ok(())
}
