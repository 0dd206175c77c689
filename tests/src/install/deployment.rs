//! What a Deployment runs: arguments, variables and identity of its one container.

use serde_json::Value;

/// The container of a Deployment, as far as a process on this machine can be like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The arguments.
    pub args: Vec<String>,
    /// The variables that have a value in the manifest; those from Secrets and fields are not.
    pub env: Vec<(String, String)>,
    /// The ServiceAccount.
    pub service_account: String,
}

impl Deployment {
    pub(super) fn read(object: &Value) -> Option<Self> {
        let pod = &object["spec"]["template"]["spec"];
        let [container] = pod["containers"].as_array()?.as_slice() else { return None };
        let texts = |value: &Value| value.as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect();
        let args: Vec<String> = texts(&container["args"]);
        let env = container["env"].as_array().into_iter().flatten();
        let env = env.filter_map(|entry| Some((entry["name"].as_str()?.to_owned(), entry["value"].as_str()?.to_owned()))).collect();
        let service_account = pod["serviceAccountName"].as_str().unwrap_or("default").to_owned();
        Some(Self { args, env, service_account })
    }
}

/// The arguments with `flag` (for example `--listen`) set to `value`, wherever and however often it stood before.
#[must_use]
pub fn with_flag(args: &[String], flag: &str, value: &str) -> Vec<String> {
    let assigned = format!("{flag}=");
    let mut rest = Vec::with_capacity(args.len() + 1);
    let mut words = args.iter().peekable();
    while let Some(word) = words.next() {
        if word == flag {
            words.next_if(|next| !next.starts_with("--")); // its value
        } else if !word.starts_with(&assigned) {
            rest.push(word.clone());
        }
    }
    rest.push(format!("{assigned}{value}"));
    rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_flag_is_set_in_both_spellings() {
        assert_eq!(with_flag(&words("--a=1 --listen=x --b"), "--listen", "y"), words("--a=1 --b --listen=y"));
        assert_eq!(with_flag(&words("run --listen x --b"), "--listen", "y"), words("run --b --listen=y"));
        assert_eq!(with_flag(&words("--listen --b"), "--listen", "y"), words("--b --listen=y"));
        assert_eq!(with_flag(&words("--listener=x"), "--listen", "y"), words("--listener=x --listen=y"));
    }

    #[test]
    fn variables_from_elsewhere_are_left_out() {
        let pod = json!({ "serviceAccountName": "me", "containers": [{ "env": [
            { "name": "PLAIN", "value": "1" },
            { "name": "SECRET", "valueFrom": { "secretKeyRef": { "name": "s", "key": "k" } } } ] }] });
        let read = Deployment::read(&json!({ "spec": { "template": { "spec": pod } } })).expect("one container");
        assert_eq!(read, Deployment { args: vec![], env: vec![("PLAIN".into(), "1".into())], service_account: "me".into() });
    }

    #[test]
    fn two_containers_are_too_many() {
        assert!(Deployment::read(&json!({ "spec": { "template": { "spec": { "containers": [{}, {}] } } } })).is_none());
    }
}
