//! The name under which a process stands for election.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// Where Linux says what the machine is called; in a Pod, the Pod's name.
const HOSTNAME: &str = "/proc/sys/kernel/hostname";

/// The host's name and an id of this process, as client-go users write it. With the uid of the Pod as the id, a container that is
/// started again in its Pod goes on with its own Lease at once: the kubelet starts it only after the one before has ended.
#[must_use]
pub fn identity(pod_uid: &str) -> String {
    let id = if pod_uid.is_empty() { random() } else { pod_uid.to_owned() };
    format!("{}_{id}", host())
}

fn host() -> String {
    let named = std::env::var("HOSTNAME").ok().or_else(|| std::fs::read_to_string(HOSTNAME).ok());
    let named = named.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    named.unwrap_or_else(|| "cooper-controller".to_owned())
}

/// 128 bits that the standard library takes from the system for the keys of its maps.
fn random() -> String {
    let bits = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", bits(), bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_processes_have_two_names_and_a_pod_has_one() {
        assert_ne!(identity(""), identity(""));
        assert_eq!(identity("7c9"), identity("7c9"));
        assert!(identity("7c9").ends_with("_7c9") && identity("7c9").len() > "_7c9".len());
        assert_eq!(random().len(), 32);
    }
}
