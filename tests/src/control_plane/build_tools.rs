//! Builds one binary of the control plane from the pinned Go modules in `tests/control-plane`, once per checkout.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::go::{Program, pins};

const ADVICE: &str = "the control plane is built from source with Go (go.dev/dl, 1.26 or later) when it is not on this machine; \
    install Go and let it reach its module proxy, or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver and kubectl";
const MODULE: &str = "control-plane";
/// The module that holds the Kubernetes binaries; its version becomes theirs.
const KUBERNETES: &str = "k8s.io/kubernetes";

/// The path of the binary `name` in `target/control-plane`, built if it is missing or older than the pins. Blocks.
pub(super) fn built(name: &str) -> Result<PathBuf> {
    let linker_flags = linker_flags(&pins(MODULE)?)?;
    Program { name, package: &package_of(name), module: MODULE, linker_flags: &linker_flags, advice: ADVICE }.built()
}

fn package_of(name: &str) -> String {
    match name {
        "etcd" => "go.etcd.io/etcd/server/v3".to_owned(),
        _ => format!("{KUBERNETES}/cmd/{name}"),
    }
}

/// Without these the binaries call themselves v0.0.0, and clients that look at the version are misled.
fn linker_flags(pins: &str) -> Result<String> {
    let unexpected = |reason: &str| Error::Unexpected { what: "tests/control-plane/go.mod".to_owned(), reason: reason.to_owned() };
    let version = pins
        .lines()
        .find_map(|line| {
            let mut words = line.split_whitespace().skip_while(|word| *word == "require");
            words.next().filter(|module| *module == KUBERNETES).and_then(|_| words.next())
        })
        .ok_or_else(|| unexpected("it does not require k8s.io/kubernetes"))?;
    let mut numbers = version.trim_start_matches('v').split('.');
    let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) else {
        return Err(unexpected("the version of k8s.io/kubernetes is not vMAJOR.MINOR.PATCH"));
    };
    let package = "k8s.io/component-base/version";
    Ok(format!("-s -w -X {package}.gitVersion={version} -X {package}.gitMajor={major} -X {package}.gitMinor={minor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_comes_from_the_pins() {
        let flags = linker_flags("require (\n\tk8s.io/kubernetes v1.36.3 // indirect\n)\n").expect("a version");
        assert!(flags.contains("gitVersion=v1.36.3") && flags.contains("gitMajor=1 ") && flags.ends_with("gitMinor=36"), "{flags}");
        assert!(linker_flags("module x\n").is_err());
    }

    #[test]
    fn the_pins_of_this_checkout_can_be_read() {
        let pins = pins(MODULE).expect("go.mod");
        assert!(linker_flags(&pins).is_ok());
        for name in ["etcd", "kube-apiserver", "kubectl", "kube-controller-manager"] {
            assert!(pins.contains(&package_of(name)), "no tool line for {name}");
        }
    }
}
