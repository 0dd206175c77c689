//! Where jq queries run: each in a process of its own, which the kernel ends when it takes more time or memory than a query needs.
//! jq is a whole programming language, so a query may loop for ever, double a string forty times or recurse until the stack ends; none of
//! that can be told beforehand. The process is this same program, started with nothing in its environment.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::jq::{self, Answer};

/// The word of the command line that starts such a process.
pub const COMMAND: &str = "answer-query";
/// The CPU time of one query, in seconds.
const CPU_SECONDS: u64 = 1;
/// The memory of one query beside its stack, in bytes. Together, the queries that run have to fit below the memory limit of the container
/// beside the controller: a kernel that runs short there ends all processes of the container at once.
const MEMORY: u64 = 24 * 1024 * 1024;
/// How long a query may take where the machine is busy.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many queries run at the same time.
const AT_ONCE: usize = 2;
/// The longest answer that is read, in bytes; the longest value, written as JSON, is shorter.
const LONGEST: u64 = 1024 * 1024;

/// A query and what it is asked of.
#[derive(Debug, Serialize, Deserialize)]
struct Question {
    query: String,
    object: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The process could not be started, or spoken to.
    #[error("the query could not be run; check that the controller may start processes and has memory left")]
    NotRun(#[source] io::Error),
    /// The query took too much of something, and was ended.
    #[error("it took more than {CPU_SECONDS} s or {} MiB and was ended; ask for less", MEMORY / 1024 / 1024)]
    TooMuch,
}

impl QueryError {
    /// The kind of error, as one word.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::NotRun(_) => "QueryNotRun",
            Self::TooMuch => "QueryTooLarge",
        }
    }
}

/// Runs queries.
#[derive(Debug)]
pub struct Sandbox {
    program: PathBuf,
    args: Vec<String>,
    permits: Semaphore,
}

impl Sandbox {
    /// Runs queries by this program.
    ///
    /// # Errors
    /// The system does not say where this program is.
    pub fn new() -> io::Result<Self> {
        Ok(Self::by(std::env::current_exe()?, &[COMMAND]))
    }

    fn by(program: PathBuf, args: &[&str]) -> Self {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        Self { program, args, permits: Semaphore::new(AT_ONCE) }
    }

    /// Asks the query of the object (JSON text).
    ///
    /// # Errors
    /// The query took too much, or could not be run at all.
    pub async fn ask(&self, query: &str, object: String) -> Result<Answer, QueryError> {
        let question =
            serde_json::to_vec(&Question { query: query.to_owned(), object }).map_err(|error| QueryError::NotRun(error.into()))?;
        let _permit = self.permits.acquire().await.map_err(|error| QueryError::NotRun(io::Error::other(error)))?;
        match tokio::time::timeout(PATIENCE, self.answer(&question)).await {
            Ok(answer) => answer,
            Err(_) => Err(QueryError::TooMuch),
        }
    }

    /// One process from start to end; it is killed where this is given up on.
    async fn answer(&self, question: &[u8]) -> Result<Answer, QueryError> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().map_err(QueryError::NotRun)?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(QueryError::NotRun(io::Error::other("no pipe")));
        };
        // A process that ends early does not read to the end; how it ended says more than that.
        let asked = stdin.write_all(question).await;
        drop(stdin);
        let mut answer = Vec::new();
        stdout.take(LONGEST).read_to_end(&mut answer).await.map_err(QueryError::NotRun)?;
        let ended = child.wait().await.map_err(QueryError::NotRun)?;
        if ended.success() {
            asked.map_err(QueryError::NotRun)?;
            return serde_json::from_slice(&answer).map_err(|error| QueryError::NotRun(error.into()));
        }
        match ended.code() {
            Some(code) => Err(QueryError::NotRun(io::Error::other(format!("it ended with code {code}")))),
            None => Err(QueryError::TooMuch),
        }
    }
}

/// What the process does: it takes a question from stdin, under limits, and writes the answer to stdout.
///
/// # Errors
/// The limits cannot be set, or there is no question.
pub fn answer() -> io::Result<()> {
    confine()?;
    let mut question = Vec::new();
    io::stdin().lock().read_to_end(&mut question)?;
    let Question { query, object } = serde_json::from_slice(&question)?;
    drop(question);
    let answer = serde_json::to_vec(&jq::evaluate(&query, object.as_bytes()))?;
    io::stdout().lock().write_all(&answer)
}

/// Limits this process. What goes beyond them ends it by a signal, and leaves no core file.
fn confine() -> io::Result<()> {
    for (resource, limit) in
        [(Resource::Cpu, CPU_SECONDS), (Resource::Data, MEMORY), (Resource::Core, 0), (Resource::Fsize, 0), (Resource::Nproc, 0)]
    {
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stand-in for the program: a shell script.
    async fn says(script: &str) -> Result<Answer, QueryError> {
        Sandbox::by(PathBuf::from("/bin/sh"), &["-c", script]).ask(".", "{}".to_owned()).await
    }

    #[tokio::test]
    async fn the_answer_of_the_process_is_the_answer() {
        assert_eq!(says(r#"cat > /dev/null; echo '{"text":"a"}'"#).await.unwrap(), Answer::Text("a".to_owned()));
        let asked = says(r#"test "$(cat)" = '{"query":".","object":"{}"}' && echo '{"other":"null"}'"#).await.unwrap();
        assert_eq!(asked, Answer::Other("null".to_owned()));
    }

    #[tokio::test]
    async fn a_process_that_the_kernel_ends_asked_for_too_much() {
        for signal in ["KILL", "ABRT", "XCPU", "SEGV"] {
            let error = says(&format!("kill -{signal} $$")).await.unwrap_err();
            assert!(matches!(error, QueryError::TooMuch), "{signal}: {error}");
        }
    }

    #[tokio::test]
    async fn a_process_that_cannot_work_is_no_fault_of_the_query() {
        assert!(matches!(says("exit 1").await, Err(QueryError::NotRun(_))));
        assert!(matches!(says("cat > /dev/null; echo nonsense").await, Err(QueryError::NotRun(_))));
        let nowhere = Sandbox::by(PathBuf::from("/nowhere/at/all"), &[]).ask(".", String::new()).await;
        assert!(matches!(nowhere, Err(QueryError::NotRun(_))));
    }

    #[tokio::test]
    async fn the_environment_stays_outside() {
        let answer = says(r#"cat > /dev/null; printf '{"text":"%s%s"}' "$HOME" "$AWS_SECRET_ACCESS_KEY""#).await.unwrap();
        assert_eq!(answer, Answer::Text(String::new()));
    }
}
