//! Which Buckets a guardrail is about.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::core::{Selector, SelectorExt};

use super::globs;
use super::subject::{Source, Subject};
use super::types::{BucketType, ExcludedUser, Match, MatchOperation};
use crate::admission::{Findings, Operation, Path, Reason};
use crate::{Bucket, glob};

/// Which Buckets a guardrail is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matcher {
    namespaces: Option<Vec<String>>,
    excluded: Vec<String>,
    namespace_selector: Option<Selector>,
    object_selector: Option<Selector>,
    types: Option<Vec<BucketType>>,
    operations: Option<Vec<MatchOperation>>,
    users: Vec<String>,
}

/// Whether a guardrail is about a Bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matched {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// The labels of the namespace decide, and they are not known.
    NamespaceUnknown,
}

impl Matcher {
    pub(crate) fn compile(of: Option<&Match>, at: &Path<'_>, to: &mut Findings) -> Self {
        let Some(of) = of else { return Self::default() };
        if let Some(names) = &of.namespaces {
            globs::namespaces(names, &at.member("namespaces"), to);
        }
        if let Some(names) = of.exclude_namespaces.as_ref().filter(|names| !names.is_empty()) {
            globs::namespaces(names, &at.member("excludeNamespaces"), to);
        }
        let empty = [
            ("bucketTypes", of.bucket_types.as_ref().is_some_and(Vec::is_empty)),
            ("operations", of.operations.as_ref().is_some_and(Vec::is_empty)),
        ];
        for (field, _) in empty.iter().filter(|(_, empty)| *empty) {
            to.deny(
                "guardrail-list-empty",
                Reason::Required,
                at.member(field),
                "an empty list fits no Bucket; list some, or leave the field out",
            );
        }
        Self {
            namespaces: of.namespaces.clone(),
            excluded: of.exclude_namespaces.clone().unwrap_or_default(),
            namespace_selector: selector(of.namespace_selector.as_ref(), &at.member("namespaceSelector"), to),
            object_selector: selector(of.object_selector.as_ref(), &at.member("objectSelector"), to),
            types: of.bucket_types.clone(),
            operations: of.operations.clone(),
            users: users(of.exclude_users.as_deref().unwrap_or_default(), &at.member("excludeUsers"), to),
        }
    }

    /// The names of the only namespaces that can fit, where no name has a star.
    pub(crate) fn names(&self) -> Option<&[String]> {
        self.namespaces.as_deref().filter(|names| !names.iter().any(|name| name.contains('*')))
    }

    /// Whether the name of a namespace fits.
    pub(crate) fn fits_namespace(&self, name: &str) -> bool {
        let fits = |pattern: &String| glob::fits(pattern, name, b"");
        self.namespaces.as_ref().is_none_or(|names| names.iter().any(fits)) && !self.excluded.iter().any(fits)
    }

    /// Whether the guardrail is about the Bucket, but for its conditions. In an audit nobody writes, so that neither user nor operation
    /// count. `labels_known` is whether the labels of the namespace are.
    pub(crate) fn matches(&self, subject: &Subject<'_>, labels_known: bool, audit: bool) -> Matched {
        let request = subject.facts.request;
        let operation = |of: &Vec<MatchOperation>| match request.operation {
            Operation::Create => of.contains(&MatchOperation::Create),
            Operation::Update => of.contains(&MatchOperation::Update),
            Operation::Delete => false,
        };
        let writes = audit
            || subject.source != Source::Spec
            || (self.operations.as_ref().is_none_or(operation) && !self.users.iter().any(|user| user == request.user));
        let fits = writes
            && self.fits_namespace(subject.facts.namespace_name())
            && self.types.as_ref().is_none_or(|types| types.contains(&subject.kind()))
            && self.object_selector.as_ref().is_none_or(|selector| fits_labels(selector, subject.bucket()));
        match &self.namespace_selector {
            _ if !fits => Matched::No,
            Some(_) if !labels_known => Matched::NamespaceUnknown,
            Some(selector) if !selector.matches(subject.labels) => Matched::No,
            _ => Matched::Yes,
        }
    }
}

/// Whether the selector fits the Bucket's labels.
pub(crate) fn fits_labels(selector: &Selector, bucket: &Bucket) -> bool {
    match &bucket.metadata.labels {
        Some(labels) => selector.matches(labels),
        None => selector.matches(&std::collections::BTreeMap::new()),
    }
}

/// The selector, ready to be asked. Source: Kubernetes, "Labels and Selectors".
pub(crate) fn selector(of: Option<&LabelSelector>, at: &Path<'_>, to: &mut Findings) -> Option<Selector> {
    let of = of?;
    let list = at.member("matchExpressions");
    for (index, requirement) in of.match_expressions.iter().flatten().enumerate() {
        let values = requirement.values.as_ref().map_or(0, Vec::len);
        let problem = match requirement.operator.as_str() {
            _ if requirement.key.is_empty() => "has no key",
            "In" | "NotIn" if values == 0 => "needs values",
            "Exists" | "DoesNotExist" if values > 0 => "takes no values",
            "In" | "NotIn" | "Exists" | "DoesNotExist" => continue,
            _ => "has an operator that is none of In, NotIn, Exists and DoesNotExist",
        };
        to.deny("guardrail-selector", Reason::Invalid, list.index(index), format!("the expression {problem}; correct it"));
    }
    of.clone().try_into().ok()
}

fn users(of: &[ExcludedUser], at: &Path<'_>, to: &mut Findings) -> Vec<String> {
    let mut names = Vec::new();
    for (index, user) in of.iter().enumerate() {
        match (&user.name, &user.service_account) {
            (Some(name), None) if !name.is_empty() => names.push(name.clone()),
            (None, Some(account)) if !account.name.is_empty() && !account.namespace.is_empty() => {
                names.push(format!("system:serviceaccount:{}:{}", account.namespace, account.name));
            }
            _ => to.deny("guardrail-conflict", Reason::Invalid, at.index(index), "give name or serviceAccount, one of the two"),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::admission::Facts;
    use crate::admission::testing::World;
    use crate::guardrail::testing::from_yaml;
    use crate::unset::UnsetFields;

    fn matched(of: &str, world: &World, labels: Option<&[(&str, &str)]>, audit: bool) -> Matched {
        let mut to = Findings::default();
        let matcher = Matcher::compile(Some(&from_yaml(of)), &Path::root("match"), &mut to);
        assert!(to.as_slice().is_empty(), "{to:?}");
        let request = world.request();
        let facts = Facts::of(&request);
        let known: BTreeMap<String, String> = labels.unwrap_or_default().iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        matcher.matches(&Subject::new(&facts, &known, Source::Spec, UnsetFields::Reset, None), labels.is_some(), audit)
    }

    #[test]
    fn every_part_has_to_fit() {
        let labelled =
            || World::new().bucket(|bucket| bucket.metadata.labels = Some(BTreeMap::from([("tier".to_owned(), "gold".to_owned())])));
        let yes = |of: &str| matched(of, &labelled(), Some(&[("env", "prod")]), false) == Matched::Yes;
        for (of, expected) in [
            ("{}", true),
            ("{namespaces: ['team-*']}", true),
            ("{namespaces: [team-b, team-a]}", true),
            ("{namespaces: [team]}", false),
            ("{namespaces: ['*'], excludeNamespaces: ['*-a']}", false),
            ("{namespaceSelector: {matchLabels: {env: prod}}}", true),
            ("{namespaceSelector: {matchExpressions: [{key: env, operator: NotIn, values: [prod]}]}}", false),
            ("{objectSelector: {matchLabels: {tier: gold}}}", true),
            ("{objectSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}", false),
            ("{bucketTypes: [GeneralPurpose]}", true),
            ("{bucketTypes: [Directory, AccountRegional]}", false),
            ("{operations: [CREATE]}", true),
            ("{operations: [UPDATE]}", false),
            ("{excludeUsers: [{name: alice}]}", false),
            ("{excludeUsers: [{name: bob}, {serviceAccount: {namespace: backup, name: velero}}]}", true),
        ] {
            assert_eq!(yes(of), expected, "{of}");
        }
    }

    #[test]
    fn kinds_of_bucket_go_by_the_name() {
        let kind =
            |of: &str, name: &str| matched(&format!("{{bucketTypes: [{of}]}}"), &World::new().named(name), None, false) == Matched::Yes;
        assert!(
            kind("Directory", "a--euw1-az1--x-s3")
                && kind("AccountRegional", "a-123456789012-eu-west-1-an")
                && kind("GeneralPurpose", "team-an")
        );
    }

    #[test]
    fn an_audit_minds_neither_user_nor_operation() {
        assert_eq!(matched("{operations: [UPDATE], excludeUsers: [{name: alice}]}", &World::new(), None, true), Matched::Yes);
    }

    #[test]
    fn labels_that_are_not_known_decide_nothing() {
        let of = "{namespaceSelector: {matchLabels: {env: prod}}}";
        assert_eq!(matched(of, &World::new(), None, false), Matched::NamespaceUnknown);
        assert_eq!(matched("{namespaces: [x], namespaceSelector: {matchLabels: {env: prod}}}", &World::new(), None, false), Matched::No);
    }

    #[test]
    fn what_fits_nobody_is_refused() {
        let mut to = Findings::default();
        let of = "{namespaces: [], bucketTypes: [], operations: [], excludeUsers: [{}], objectSelector: {matchExpressions: [{key: a, operator: In}]}}";
        Matcher::compile(Some(&from_yaml(of)), &Path::root("match"), &mut to);
        let said: Vec<String> = to.as_slice().iter().map(|finding| format!("{} {}", finding.rule, finding.field)).collect();
        assert_eq!(
            said,
            [
                "guardrail-list-empty match.namespaces",
                "guardrail-list-empty match.bucketTypes",
                "guardrail-list-empty match.operations",
                "guardrail-selector match.objectSelector.matchExpressions[0]",
                "guardrail-conflict match.excludeUsers[0]",
            ]
        );
    }
}
