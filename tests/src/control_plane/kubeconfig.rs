//! Kubeconfig files: who one is towards the API server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::pki::Identity;

/// How one proves who one is.
pub(super) enum Credential<'a> {
    Certificate(&'a Identity),
    Token(&'a str),
}

/// The text of a kubeconfig with one cluster, one user and one context. It is JSON, which every reader of YAML takes.
pub(super) fn text(server: &str, ca: &str, user: &str, credential: &Credential<'_>) -> String {
    let proof = match credential {
        Credential::Certificate(identity) => json!({
            "client-certificate-data": STANDARD.encode(&identity.certificate),
            "client-key-data": STANDARD.encode(&identity.key),
        }),
        Credential::Token(token) => json!({ "token": token }),
    };
    let config: Value = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "cooper", "cluster": { "server": server, "certificate-authority-data": STANDARD.encode(ca) } }],
        "users": [{ "name": user, "user": proof }],
        "contexts": [{ "name": "cooper", "context": { "cluster": "cooper", "user": user } }],
        "current-context": "cooper",
    });
    format!("{config:#}\n")
}

#[cfg(test)]
mod tests {
    use kube::config::Kubeconfig;

    use super::*;

    #[test]
    fn a_client_can_read_it() {
        let text = text("https://127.0.0.1:1", "ca", "alice", &Credential::Token("secret"));
        let config = Kubeconfig::from_yaml(&text).expect("a kubeconfig");
        assert_eq!(config.current_context.as_deref(), Some("cooper"));
        assert_eq!(config.auth_infos[0].name, "alice");
        assert_eq!(config.clusters[0].cluster.as_ref().and_then(|cluster| cluster.server.as_deref()), Some("https://127.0.0.1:1"));
    }
}
