//! A leader that stands still and wakes up later: a node that is paused, a laptop that sleeps. It still believes to be in the middle of
//! its work, and must not go on with it.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tests::s3::{Access, FaultRule};

use super::replica::{Replica, sections, world};
use crate::team::{Outcome, Team};

#[tokio::test]
async fn a_leader_that_wakes_up_too_late_writes_nothing_more() -> Outcome {
    let team = Team::of(world().await, "frozen", &[]).await?;
    let (first, second) = (Replica::of(&team, "a", &[]).await?, Replica::of(&team, "b", &[]).await?);
    first.service.start().await?;
    first.leads(&team, true).await?;
    first.carries_out_exports(&team, true).await?;
    second.service.start().await?;
    // Writes take long enough for the leader to have many of them ahead.
    let slow = FaultRule::delay(Duration::from_secs(1), Duration::ZERO).access(Access::Write).bucket(&format!("{}-*", team.namespace));
    let slow = team.world.s3().faults().add(slow);
    let names: Vec<String> = (0..10).map(|number| format!("b{number}")).collect();
    for name in &names {
        team.apply(name, &sections()).await?;
    }
    let creating = || async { (first.writes(&team).len() >= 4).then_some(()) };
    team.wait("the leader to be at work", creating).await?;

    let pid = first.service.pid().await.and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)).ok_or("it runs")?;
    kill_process(pid, Signal::STOP)?;
    second.leads(&team, true).await?;
    team.world.s3().faults().remove(slow);
    let asleep = first.writes(&team).len();
    kill_process(pid, Signal::CONT)?;
    for name in &names {
        team.ready(name).await?;
    }
    first.leads(&team, false).await?;
    first.carries_out_exports(&team, false).await?;
    let writes = first.writes(&team);
    assert_eq!(writes.len(), asleep, "it went on: {:?}", &writes[asleep.min(writes.len())..]);

    // It is of use again: when the other one ends, it leads.
    second.service.stop().await?;
    first.leads(&team, true).await?;
    first.carries_out_exports(&team, true).await?;
    team.make("more", &sections()).await?;
    assert_eq!(second.calls(&team, "more"), []);
    Ok(())
}
