//! What a process uses: memory and CPU time, as Linux tells it. Source: proc(5), `/proc/pid/status` and `/proc/pid/stat`.

use std::fs;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::service::Service;

/// What a process uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Its resident memory now, in bytes.
    pub resident: u64,
    /// Its largest resident memory ever, in bytes.
    pub most_resident: u64,
    /// Its CPU time in user and system mode since it started.
    pub cpu: Duration,
}

impl Usage {
    /// That of a service of the world.
    ///
    /// # Errors
    /// It does not run.
    pub async fn of_service(service: &Service) -> Result<Self> {
        let pid = service.pid().await;
        Self::of(pid.ok_or_else(|| Error::Unexpected { what: service.name().to_owned(), reason: "it does not run".to_owned() })?)
    }

    /// Reads it.
    ///
    /// # Errors
    /// There is no such process, or no Linux.
    pub fn of(pid: u32) -> Result<Self> {
        let page = |name: &str| {
            let path = format!("/proc/{pid}/{name}");
            fs::read_to_string(&path).map_err(Error::file("read", path))
        };
        Self::parse(&page("status")?, &page("stat")?, rustix::param::clock_ticks_per_second()).ok_or_else(|| Error::Unexpected {
            what: format!("/proc/{pid}"),
            reason: "it lacks VmRSS, VmHWM or the CPU times of proc(5); the bench needs Linux".to_owned(),
        })
    }

    fn parse(status: &str, stat: &str, ticks_per_second: u64) -> Option<Self> {
        // The name in brackets may hold anything; fields 14 and 15 are the 12th and 13th after it.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
        let cpu = Duration::from_millis((ticks * 1000).checked_div(ticks_per_second)?);
        Some(Self { resident: kib(status, "VmRSS:")? << 10, most_resident: kib(status, "VmHWM:")? << 10, cpu })
    }
}

fn kib(status: &str, name: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_whose_name_looks_like_fields_is_read() {
        let status = "Name:\ta\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\n";
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 100 0 0 0 150 25 0 0 20 0 1 0 5 100 10";
        let usage = Usage::parse(status, stat, 100).expect("it is whole");
        assert_eq!(usage, Usage { resident: 1 << 20, most_resident: 2 << 20, cpu: Duration::from_millis(1750) });
        assert_eq!(Usage::parse("Name:\ta\n", stat, 100), None);
    }

    #[test]
    fn this_process_uses_something() {
        let usage = Usage::of(std::process::id()).expect("it runs");
        assert!(usage.resident > 0 && usage.most_resident >= usage.resident);
        let fault = Usage::of(u32::MAX).expect_err("no such process");
        assert_eq!(fault.category(), "file");
    }
}
