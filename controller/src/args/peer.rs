//! The flags of the ACK S3 controller: all are taken, their defaults are ours or told in the README.

use clap::CommandFactory;

use super::Args;

const README: &str = include_str!("../../README.md");

/// Its flags (release 1.10) and their defaults, in the words of ours.
const THEIRS: &[(&str, &str)] = &[
    ("aws-region", ""),
    ("aws-endpoint-url", ""),
    ("aws-identity-endpoint-url", ""),
    ("allow-unsafe-aws-endpoint-urls", "false"),
    ("aws-endpoint-use-path-style", "false"),
    ("http-client-timeout", "60s"),
    ("metrics-addr", "0.0.0.0:8080"),
    ("healthz-addr", "0.0.0.0:8081"),
    ("enable-webhook-server", "false"),
    ("webhook-server-addr", "0.0.0.0:9433"),
    ("enable-leader-election", "false"),
    ("leader-election-namespace", ""),
    ("enable-development-logging", "false"),
    ("log-level", "info"),
    (
        "resource-tags",
        "services.k8s.aws/controller-version=%CONTROLLER_SERVICE%-%CONTROLLER_VERSION% services.k8s.aws/namespace=%K8S_NAMESPACE%",
    ),
    ("watch-namespace", ""),
    ("watch-selectors", ""),
    ("deletion-policy", "delete"),
    ("reconcile-default-resync-seconds", "0"),
    ("reconcile-resource-resync-seconds", ""),
    ("reconcile-default-max-concurrent-syncs", "1"),
    ("reconcile-resource-max-concurrent-syncs", ""),
    ("reconcile-resources", ""),
    ("enable-carm", "true"),
    ("enable-cross-namespace", "true"),
    ("enable-field-export-reconciler", "true"),
    ("feature-gates", ""),
];

/// Our flags and their defaults.
fn ours() -> Vec<(String, String)> {
    let command = Args::command();
    let flags = command.get_arguments().filter_map(|arg| {
        let values: Vec<String> = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        Some((arg.get_long()?.to_owned(), values.join(" ")))
    });
    flags.filter(|(flag, _)| !matches!(flag.as_str(), "help" | "version")).collect()
}

#[test]
fn each_of_their_flags_is_taken_with_their_default_or_one_that_is_told() {
    let ours = ours();
    for (flag, theirs) in THEIRS {
        let Some((_, default)) = ours.iter().find(|(name, _)| name == flag) else { panic!("--{flag} is not taken") };
        let row = format!("| `--{flag}` | {theirs} | {default} |");
        assert_eq!(theirs != default, README.contains(&row), "--{flag}: {theirs:?} there, {default:?} here; the README row would be {row}");
    }
}

#[test]
fn the_readme_has_every_flag() {
    let table = README.split("### Flags").nth(1).and_then(|rest| rest.split("### ").next()).unwrap_or_default();
    for (flag, _) in ours() {
        assert!(table.contains(&format!("`--{flag}`")), "--{flag} is not in the table of flags");
    }
    for word in table.split('`').filter_map(|word| word.strip_prefix("--")).map(|word| word.split('=').next().unwrap_or_default()) {
        let known = ours().iter().any(|(flag, _)| flag == word) || matches!(word, "dir" | "readme");
        assert!(known, "the table has --{word}, which is no flag");
    }
}

#[test]
fn gates_that_differ_are_told() {
    let theirs =
        ["ResourceAdoption=true", "ReadOnlyResources=true", "TeamLevelCARM=false", "ServiceLevelCARM=false", "IAMRoleSelector=false"];
    let theirs: Vec<String> = theirs.iter().map(|gate| (*gate).to_owned()).collect();
    let only = crate::settings::gates::Gates::parse(&[theirs, vec!["IgnoreFieldDrift=false".to_owned()]].concat()).unwrap();
    assert_eq!(crate::settings::gates::Gates { ignore_field_drift: false, ..Default::default() }, only);
    assert!(README.contains("| `--feature-gates` `IgnoreFieldDrift` | false | true |"));
}
