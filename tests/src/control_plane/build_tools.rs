//! Builds one binary of the control plane from the pinned Go modules in `tests/control-plane`, once per checkout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{self, Step};
use crate::error::{Error, Result};
use crate::lock::exclusively;
use crate::places;

const ADVICE: &str = "the control plane is built from source with Go (go.dev/dl, 1.26 or later) when it is not on this machine; \
    install Go and let it reach its module proxy, or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver and kubectl";
/// The module that holds the Kubernetes binaries; its version becomes theirs.
const KUBERNETES: &str = "k8s.io/kubernetes";

/// The path of the binary `name` in `target/control-plane`, built if it is missing or older than the pins. Blocks; processes that
/// want the same thing wait for the first of them.
pub(super) fn built(name: &str) -> Result<PathBuf> {
    let folder = places::target_dir().join("control-plane");
    let binary = folder.join(name);
    let stamp = folder.join(format!("{name}.pins"));
    let source = places::workspace().join("tests/control-plane");
    let pins_file = source.join("go.mod");
    let pins = fs::read_to_string(&pins_file).map_err(Error::file("read", &pins_file))?;

    exclusively(&folder.join("lock"), || {
        let is_current = binary.is_file() && fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == pins);
        if !is_current {
            compile(name, &source, &binary, &pins)?;
            fs::write(&stamp, &pins).map_err(Error::file("write", &stamp))?;
        }
        Ok(())
    })?;
    Ok(binary)
}

fn compile(name: &str, source: &Path, binary: &Path, pins: &str) -> Result<()> {
    let package = package_of(name);
    let unfinished = binary.with_extension("unfinished");
    let mut go = Command::new("go");
    go.arg("-C").arg(source).args(["build", "-v", "-trimpath", "-ldflags", &linker_flags(pins)?, "-o"]).arg(&unfinished).arg(&package);
    let title = format!("building {name} from source, once");
    build::run(&Step { title: &title, lines: count_packages(source, &package)?, advice: ADVICE }, go)?;
    fs::rename(&unfinished, binary).map_err(Error::file("put the new binary at", binary))
}

fn package_of(name: &str) -> String {
    match name {
        "etcd" => "go.etcd.io/etcd/server/v3".to_owned(),
        _ => format!("{KUBERNETES}/cmd/{name}"),
    }
}

/// `go build -v` names each package that it compiles; this many there are at most.
fn count_packages(source: &Path, package: &str) -> Result<Option<u64>> {
    let mut go = Command::new("go");
    go.arg("-C").arg(source).args(["list", "-deps", package]);
    let output = go.output().map_err(|fault| Error::Program { program: "go".to_owned(), source: fault, advice: ADVICE.to_owned() })?;
    if output.status.success() {
        let lines = String::from_utf8_lossy(&output.stdout).lines().count();
        return Ok(u64::try_from(lines).ok());
    }
    Err(Error::Failed {
        command: build::shown(&go),
        status: output.status.to_string(),
        advice: ADVICE.to_owned(),
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
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
        let pins = fs::read_to_string(places::workspace().join("tests/control-plane/go.mod")).expect("go.mod");
        assert!(linker_flags(&pins).is_ok());
        for name in ["etcd", "kube-apiserver", "kubectl", "kube-controller-manager"] {
            assert!(pins.contains(&package_of(name)), "no tool line for {name}");
        }
    }
}
