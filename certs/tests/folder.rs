//! A folder from its first certificate through an exchange of its CA, as TLS sees it.

#![cfg(test)]

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, Once},
    thread,
};

use certs::{
    Job, Reached, Trust, converge,
    error::Result,
    material::{CA_CERT, CA_KEY, Demand, Edit, Files, Force, NAMES, NEXT_CERT, Scope, Step, TLS_CERT, TLS_KEY, apply, next_step, read},
    store::{Folder, Store},
};
use jiff::{SignedDuration, Timestamp};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
};

const HOST: &str = "cooper-webhook.cooper-system.svc";

fn demand() -> Demand {
    let day = SignedDuration::from_hours(24);
    Demand { hosts: [HOST.to_owned(), "127.0.0.1".to_owned()].into(), ca_life: day * 365, leaf_life: day * 90 }
}

fn job(dir: &Path, trust: Trust, force: Option<Force>, day: i32) -> Job {
    let now = Timestamp::now() + SignedDuration::from_hours(24) * day;
    Job { store: Store::Folder(Folder::new(dir)), demand: demand(), trust, force, clock: Arc::new(move || now) }
}

#[tokio::main(flavor = "current_thread")]
async fn run(job: &Job) -> Result<(Reached, Vec<String>)> {
    let lines = Mutex::new(Vec::new());
    let reached = converge(job, |line| lines.lock().unwrap().push(line)).await?;
    Ok((reached, lines.into_inner().unwrap()))
}

fn mint(dir: &Path) -> Result<(Reached, Vec<String>)> {
    run(&job(dir, Trust::Untouched, None, 0))
}

fn contents(dir: &Path) -> Vec<Option<Vec<u8>>> {
    NAMES.iter().map(|name| fs::read(dir.join(name)).ok()).collect()
}

/// A TLS handshake in memory: a server with this pair, a client that trusts this bundle, for this name.
fn handshake(pair: &Path, bundle: &Path, name: &str) -> Result<(), rustls::Error> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::aws_lc_rs::default_provider().install_default().unwrap());
    let mut roots = RootCertStore::empty();
    for ca in CertificateDer::pem_file_iter(bundle.join(CA_CERT)).unwrap() {
        roots.add(ca.unwrap())?;
    }
    let chain = CertificateDer::pem_file_iter(pair.join(TLS_CERT)).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(pair.join(TLS_KEY)).unwrap();
    let server = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?;
    let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let mut server = ServerConnection::new(Arc::new(server))?;
    let mut client = ClientConnection::new(Arc::new(client), ServerName::try_from(name.to_owned()).unwrap())?;
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets()?;
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets()?;
    }
    Ok(())
}

fn copy(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for name in NAMES {
        let _ = fs::copy(from.join(name), to.path().join(name));
    }
    to
}

#[test]
fn what_is_minted_serves_its_names_and_no_others_and_minting_again_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (_, lines) = mint(dir.path()).unwrap();
    assert_eq!(lines.len(), 1, "{lines:?}");
    handshake(dir.path(), dir.path(), HOST).unwrap();
    handshake(dir.path(), dir.path(), "127.0.0.1").unwrap();
    assert!(handshake(dir.path(), dir.path(), "other.cooper-system.svc").is_err());
    let before = contents(dir.path());
    let (_, lines) = mint(dir.path()).unwrap();
    assert_eq!((lines, contents(dir.path())), (Vec::new(), before));
    let other = tempfile::tempdir().unwrap();
    mint(other.path()).unwrap();
    assert!(handshake(dir.path(), other.path(), HOST).is_err(), "another CA is not trusted");
}

#[test]
fn a_ca_is_exchanged_with_both_trusted_in_between() {
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = |done| Trust::Elsewhere { done };
    mint(dir.path()).unwrap();
    let first = copy(dir.path());
    let (reached, _) = run(&job(dir.path(), elsewhere(false), Some(Force::Ca), 0)).unwrap();
    assert!(reached.next.is_some());
    let overlap = copy(dir.path());
    handshake(first.path(), overlap.path(), HOST).unwrap();
    assert_eq!(fs::read(dir.path().join(TLS_CERT)).unwrap(), fs::read(first.path().join(TLS_CERT)).unwrap(), "the old CA still signs");
    run(&job(dir.path(), elsewhere(false), None, 0)).unwrap();
    assert_eq!(contents(dir.path()), contents(overlap.path()), "nothing happens before the bundle is distributed");

    let (reached, _) = run(&job(dir.path(), elsewhere(true), None, 0)).unwrap();
    assert_eq!((reached.next.is_none(), reached.old), (true, 1));
    handshake(dir.path(), overlap.path(), HOST).unwrap();
    handshake(first.path(), dir.path(), HOST).unwrap();
    assert!(handshake(dir.path(), first.path(), HOST).is_err(), "it is a new CA");
    assert!(!dir.path().join(NEXT_CERT).exists());

    let (reached, lines) = run(&job(dir.path(), elsewhere(true), None, 91)).unwrap();
    assert_eq!(reached.old, 0, "{lines:?}");
    assert!(handshake(first.path(), dir.path(), HOST).is_err(), "the old CA left with its last certificate");
}

#[test]
fn what_cannot_be_read_is_named_and_left_alone_until_force() {
    for broken in [CA_CERT, CA_KEY, TLS_CERT, TLS_KEY] {
        for garbage in ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\nAA"]
        {
            let dir = tempfile::tempdir().unwrap();
            mint(dir.path()).unwrap();
            fs::write(dir.path().join(broken), garbage).unwrap();
            let before = contents(dir.path());
            let error = mint(dir.path()).unwrap_err();
            assert!(error.to_string().contains(broken) && error.to_string().contains("--force"), "{error}");
            assert_eq!((error.exit_code(), contents(dir.path())), (3, before));
            if broken.starts_with("tls") {
                run(&job(dir.path(), Trust::Elsewhere { done: false }, Some(Force::Leaf), 0)).unwrap();
                handshake(dir.path(), dir.path(), HOST).unwrap();
            }
        }
    }
}

#[test]
fn certificates_of_others_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    mint(dir.path()).unwrap();
    fs::remove_file(dir.path().join(CA_KEY)).unwrap();
    let before = contents(dir.path());
    let error = mint(dir.path()).unwrap_err();
    assert!(error.to_string().contains("cert-manager"), "{error}");
    assert_eq!(contents(dir.path()), before);
    let other = tempfile::tempdir().unwrap();
    mint(other.path()).unwrap();
    let mixed = copy(dir.path());
    fs::copy(other.path().join(CA_CERT), mixed.path().join(CA_CERT)).unwrap();
    fs::copy(other.path().join(CA_KEY), mixed.path().join(CA_KEY)).unwrap();
    let error = mint(mixed.path()).unwrap_err();
    assert!(error.to_string().contains(TLS_CERT), "{error}");
}

#[test]
fn a_write_that_was_cut_short_anywhere_is_completed() {
    let now = Timestamp::now();
    let day = |days: i32| now + SignedDuration::from_hours(24) * days;
    let mut files = Files::default();
    let life = [(0, None), (0, Some(Force::Ca)), (0, None), (0, None), (61, None), (92, None)];
    let mut cuts = 0;
    for (on, force) in life {
        let state = read(&files).unwrap();
        let trusted = state.iter().flat_map(|state| state.bundle().into_iter().cloned()).collect();
        let scope = Scope::Rotate { trusted };
        let step = next_step(state.as_ref(), &demand(), &scope, force, day(on)).unwrap();
        let after = apply(state, &step, &demand(), day(on)).unwrap().files();
        let mut cut = files.clone();
        for edit in files.edits(&after) {
            match edit {
                Edit::Put(name) => cut.set(name, after.get(name).unwrap()),
                Edit::Remove(name) => cut.remove(name),
            }
            let dir = tempfile::tempdir().unwrap();
            for name in NAMES {
                if let Some(content) = cut.get(name) {
                    fs::write(dir.path().join(name), content).unwrap();
                }
            }
            run(&job(dir.path(), Trust::Elsewhere { done: false }, None, on)).unwrap_or_else(|error| panic!("{step:?}, {edit:?}: {error}"));
            if on == 0 {
                handshake(dir.path(), dir.path(), HOST).unwrap_or_else(|error| panic!("{step:?}, {edit:?}: {error}"));
            }
            cuts += 1;
        }
        assert_eq!(cut, after);
        files = after;
    }
    assert!(cuts >= 14, "{cuts} cuts");
    assert!(matches!(next_step(read(&files).unwrap().as_ref(), &demand(), &Scope::Mint, None, day(92)), None | Some(Step::Sign(_))));
}

#[test]
fn of_many_at_once_one_mints_and_the_others_see_it() {
    let dir = tempfile::tempdir().unwrap();
    let minted: usize = thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| mint(dir.path()).unwrap().1.len())).collect();
        all.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(minted, 1);
    handshake(dir.path(), dir.path(), HOST).unwrap();
}
