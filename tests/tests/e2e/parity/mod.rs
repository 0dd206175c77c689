//! Expressions of guardrails against those of Kubernetes: every case of the engine's own table, in a ValidatingAdmissionPolicy of a real
//! API server.

mod answers;
mod policies;
mod table;

use std::fmt::Write as _;

use self::answers::Ground;
use self::table::{Expected, Table};
use crate::team::Outcome;

#[tokio::test]
async fn every_expression_means_what_it_means_in_a_policy() -> Outcome {
    let table = Table::read()?;
    let ground = Ground::new(&table).await?;
    let written = ground.write(&table).await?;
    let (mut wrong, mut deviations) = (Vec::new(), String::new());
    for (case, refused) in table.cases.iter().zip(written) {
        let (answer, said) = match refused {
            Some(said) => (Expected::REFUSED, said),
            None => ground.ask(case).await?,
        };
        if answer != case.in_a_policy() {
            wrong.push(format!("{}\n  of {}: {answer}, expected {}; {said}", case.expression, case.object_name, case.in_a_policy()));
        }
        if let Some(policy) = &case.policy {
            let _ = writeln!(deviations, "{}\n  here {}, in a policy {answer}: {}", case.expression, case.expected, policy.why);
        }
    }
    println!("{} expressions in policies of the real API server; on purpose another answer:\n{deviations}", table.cases.len());
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), table.cases.len(), wrong.join("\n"));
    Ok(())
}
