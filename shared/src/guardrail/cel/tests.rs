//! The table of expressions, and what is refused.

use serde_json::{Value as Json, json};

use super::*;
use crate::guardrail::BucketFacts;
use crate::guardrail::facts::NotificationFacts;

/// A request that expressions are asked about.
struct World {
    object: Json,
    old: Option<Json>,
    namespace: Option<Json>,
    params: Option<Json>,
    request: RequestFacts,
    bucket: BucketFacts,
}

impl World {
    fn of(object: Json) -> Self {
        let text = |path: &str| object.pointer(path).and_then(Json::as_str).unwrap_or_default().to_owned();
        let request = RequestFacts {
            operation: "CREATE".to_owned(),
            name: text("/metadata/name"),
            namespace: text("/metadata/namespace"),
            dry_run: false,
            user_info: UserInfo { username: "alice".to_owned(), groups: vec!["team-a".to_owned()] },
        };
        let bucket = BucketFacts { name: text("/spec/name"), ..BucketFacts::default() };
        Self { object, old: None, namespace: None, params: None, request, bucket }
    }

    fn ask<T>(&self, variables: &Variables, question: impl FnOnce(&Scope<'_>) -> T) -> T {
        let subject = Subject::new(&self.object, self.old.as_ref(), self.namespace.as_ref(), &self.request, &self.bucket);
        question(&Scope::new(&subject, self.params.as_ref(), variables))
    }

    fn bool(&self, text: &str) -> Result<bool, CelError> {
        let program = Program::compile(text, Role::Validation)?;
        self.ask(Variables::NONE, |scope| program.evaluate_bool(scope))
    }
}

fn refused(text: &str, role: Role) -> String {
    Program::compile(text, role).map_or_else(|error| error.to_string(), |program| panic!("{text}: {program:?}"))
}

#[test]
fn the_table_holds() {
    let table: Json = serde_json::from_str(include_str!("parity.json")).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() >= 60);
    let mut wrong = Vec::new();
    for case in cases {
        let object = |field: &str| case.get(field).and_then(Json::as_str).map(|name| table["objects"][name].clone());
        let mut world = World::of(object("object").unwrap());
        world.old = object("oldObject");
        if world.old.is_some() {
            world.request.operation = "UPDATE".to_owned();
        }
        world.namespace = Some(table["namespaceObject"].clone());
        world.params = case.get("params").and_then(Json::as_str).map(|name| table[name].clone());
        let text = case["expression"].as_str().unwrap();
        let answer = match world.bool(text) {
            Ok(answer) => json!(answer),
            Err(CelError::Evaluation(_)) => json!("error"),
            Err(error) if error.is_of_expression() => json!("refused"),
            Err(error) => json!(format!("{error:?}")),
        };
        if answer != case["expected"] {
            wrong.push(format!("{text}: {answer}, expected {}", case["expected"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_an_expression_cannot_mean_is_told_with_what_to_write() {
    use Role::{Condition, Message, Validation};
    for (text, role, told) in [
        ("objct.spec.name == 'a'", Validation, "there is no variable objct. Did you mean object?"),
        ("object.spec.versionning.status == 'a'", Validation, "object.spec has no field versionning. Did you mean versioning?"),
        ("has(object.spec.versionning)", Validation, "Did you mean versioning?"),
        ("object.spec['versionning'].status == 'a'", Validation, "Did you mean versioning?"),
        ("object.spec.?versionning.hasValue()", Validation, "Did you mean versioning?"),
        ("object.specc.name == 'a'", Validation, "Did you mean spec?"),
        ("oldObject.spec.nam == 'a'", Validation, "oldObject.spec has no field nam. Did you mean name?"),
        ("object.spec.publicAccessBlock.blockPublicAcls", Validation, "Did you mean blockPublicACLs?"),
        ("object.spec.tagging.tagSet.all(t, t.kee != '')", Validation, "t has no field kee. Did you mean key?"),
        ("object.spec.lifecycle.rules.all(r, r.transitions.all(t, t.storageClas != ''))", Validation, "Did you mean storageClass?"),
        ("object.spec.lifecycle.rules.exists(r, has(r.expirationn))", Validation, "Did you mean expiration?"),
        ("object.spec.lifecycle.rules.filter(r, true)[0].idd == 'a'", Validation, "the list[0] has no field idd."),
        ("object.spec.lifecycle.rules.id == 'a'", Validation, "is a list; it has no field id."),
        ("object.spec.name.x == 'a'", Validation, "object.spec.name is a string and has no field x"),
        ("request.userInfo.user == 'a'", Validation, "request.userInfo has no field user."),
        ("bucket.nam == 'a'", Validation, "Did you mean name?"),
        ("object.spec.name.startWith('a')", Validation, "there is no function startWith. Did you mean startsWith?"),
        ("object.spec.name.startsWith()", Validation, "startsWith takes 1 arguments, not 0"),
        ("startsWith(object.spec.name, 'a')", Validation, "write a.startsWith(…)"),
        ("'1'.int() == 1", Validation, "write int(…)"),
        ("sets.contain([1], [2])", Validation, "Did you mean sets.contains?"),
        ("authorizer.group('').check('get').allowed()", Validation, "API server"),
        ("self.spec.name == 'a'", Validation, "the Bucket is called object"),
        ("cel.bind(x, 1, x == 1)", Validation, "use variables of the guardrail"),
        ("variables.prod", Validation, "there is no variable variables.prod"),
        ("variables.prod", Condition, "matchConditions see no variables"),
        ("variables == null", Validation, "name one"),
        ("sets == null", Validation, "call one of its functions"),
        ("object.spec.name", Validation, "comes to a string; here it has to come to a bool"),
        ("1 + 1", Condition, "comes to an int"),
        ("1 == 1", Message, "here it has to come to a string"),
        ("object.spec.name == 5", Validation, "are never equal: one is a string, the other a int"),
        ("object.spec.lifecycle.rules[0].expiration.days == '30'", Validation, "are never equal"),
        ("object.spec.name.all(c, c == 'a')", Validation, "is a string and no list"),
        ("[1].all(a, [1].all(b, [1].all(c, a == b)))", Validation, "more than 2 loops"),
        ("[1].all(object, object == 1)", Validation, "object has a meaning already"),
        ("[1].all(x, [2].all(x, x == 2))", Validation, "x has a meaning already"),
        ("[1].all(sets, sets == 1)", Validation, "sets has a meaning already"),
        ("v1.Bucket{name: 'a'} == null", Validation, "makes an object of type v1.Bucket"),
        ("object.spec.name.matches('[')", Validation, "the pattern [ is none"),
        ("object.spec.name.matches('(\\\\w{90}){90}')", Validation, "too large"),
        ("lists.range(1000000000).all(x, x > 0)", Validation, "write the list down"),
        ("type(object) == 1", Validation, "has()"),
    ] {
        let error = refused(text, role);
        assert!(error.contains(told), "{text}: {error}");
    }
}

#[test]
fn formats_are_written_down_and_short() {
    assert!(refused("object.spec.name.format([1]) == 'a'", Role::Validation).contains("written down"));
    assert!(refused("'%.60000f'.format([1.0]) == 'a'", Role::Validation).contains("precision"));
    assert!(Program::compile("'%.2f %s'.format([1.0, object.spec.name])", Role::Message).is_ok());
}

#[test]
fn facts_of_the_bucket_are_asked_by_name() {
    let mut world = World::of(json!({"metadata": {"name": "a"}}));
    world.bucket.account = "111122223333".to_owned();
    world.bucket.tags.insert("env".to_owned(), "prod".to_owned());
    world.bucket.notifications = vec![NotificationFacts { account: "444455556666".to_owned(), ..NotificationFacts::default() }];
    for (text, answer) in [
        ("bucket.notifications.all(n, n.account == bucket.account)", false),
        ("bucket.tags[?'env'].orValue('') == 'prod' && bucket.tags.env == 'prod' && 'env' in bucket.tags", true),
        ("bucket.policy.public || bucket.encryption.key.alias.startsWith('alias/') || bucket.publicAccess.blockPublicACLs", false),
        ("bucket.policy.statements.all(s, s.effect == 'Deny' || s.accounts.all(a, a == bucket.account))", true),
        ("bucket.replication.exists(r, r.storageClass == 'GLACIER') || bucket.objectLock.days > 30 || bucket.type == 'Directory'", false),
    ] {
        assert_eq!(world.bool(text), Ok(answer), "{text}");
    }
    assert!(refused("bucket.policy.isPublic", Role::Validation).contains("bucket.policy has no field isPublic"));
    assert!(refused("bucket.notifications.all(n, n.acount == 'a')", Role::Validation).contains("Did you mean account?"));
}

#[test]
fn programs_and_scopes_go_from_thread_to_thread() {
    fn goes<T: Send + Sync>() {}
    goes::<Program>();
    goes::<Variables>();
    goes::<Scope<'_>>();
}

#[test]
fn what_could_take_too_long_is_refused() {
    for text in [
        "object.spec.lifecycle.rules.all(r, object.spec.lifecycle.rules.exists_one(q, q.id == r.id))",
        "object.spec.lifecycle.rules.all(r, object.spec.lifecycle.rules.map(q, q.id).isSorted())",
        "object.spec.lifecycle.rules.all(r, object.spec.policy.matches(r.id))",
        "object.metadata.annotations.all(a, object.metadata.annotations.all(b, a + b != object.spec.policy + object.spec.policy))",
        "object.spec.policy.replace('a', object.spec.policy).replace('b', object.spec.policy).size() > 0",
        "sets.contains(object.spec.lifecycle.rules, object.spec.lifecycle.rules)",
        "object.spec.lifecycle.rules.all(r, object.spec.name.matches(r.id))",
    ] {
        assert!(
            matches!(Program::compile(text, Role::Validation), Err(CelError::TooCostly { .. })),
            "{text}: {:?}",
            Program::compile(text, Role::Validation).map(|program| program.cost())
        );
    }
    // Each variable doubles the one before it.
    let mut variables = Variables::default();
    variables.declare("v0", "object.spec.policy").unwrap();
    let refused = (1..64).find(|n| variables.declare(&format!("v{n}"), &format!("variables.v{m} + variables.v{m}", m = n - 1)).is_err());
    assert!(refused.is_some_and(|n| n < 20), "{refused:?}");
}

#[test]
fn what_people_write_is_not_too_costly() {
    for text in [
        "object.spec.lifecycle.rules.all(r, r.status == 'Enabled')",
        "object.spec.lifecycle.rules.exists(r, has(r.abortIncompleteMultipartUpload) && r.abortIncompleteMultipartUpload.daysAfterInitiation <= 7)",
        "object.spec.lifecycle.rules.all(r, r.?transitions.orValue([]).all(t, t.storageClass in ['STANDARD_IA', 'GLACIER_IR']))",
        "object.spec.replication.rules.all(r, r.destination.bucket.startsWith('arn:aws:s3:::acme-dr-'))",
        "object.spec.cors.corsRules.all(r, r.allowedOrigins.all(o, o != '*'))",
        "object.spec.tagging.tagSet.all(t, object.spec.tagging.tagSet.exists_one(u, u.key == t.key))",
        "object.spec.notification.queueConfigurations.all(q, q.queueARN.split(':')[4] == '111122223333')",
        "object.spec.lifecycle.rules.filter(r, r.status == 'Enabled').size() > 0",
        "object.spec.lifecycle.rules.map(r, r.id).all(id, id.matches('^[a-z-]+$'))",
        "object.metadata.annotations.all(a, !a.startsWith('temp/'))",
        "object.spec.lifecycle.rules.all(r, r.id.matches(params.data.pattern))",
        "request.userInfo.groups.exists(g, g in ['system:masters', 'storage-admins'])",
    ] {
        assert!(Program::compile(text, Role::Validation).is_ok(), "{text}: {:?}", Program::compile(text, Role::Validation));
    }
}

#[test]
fn variables_are_worked_out_when_asked_for_and_once() {
    let world = World::of(json!({"metadata": {"name": "a", "namespace": "n"}, "spec": {"name": "acme-a"}}));
    let mut variables = Variables::default();
    variables.declare("parts", "object.spec.name.split('-')").unwrap();
    variables.declare("last", "variables.parts[variables.parts.size() - 1]").unwrap();
    variables.declare("broken", "object.spec.versioning.status").unwrap();
    for bad in ["last", "1a", "a-b", ""] {
        assert!(variables.declare(bad, "1").is_err(), "{bad:?}");
    }
    assert!(variables.declare("later", "variables.laast").unwrap_err().to_string().contains("Did you mean last?"));
    let ask =
        |text: &str| world.ask(&variables, |scope| Program::compile_with(text, Role::Validation, &variables).unwrap().evaluate_bool(scope));
    assert_eq!(ask("variables.last == 'a' && variables['parts'].size() == 2 && has(variables.last)"), Ok(true));
    assert_eq!(ask("true || variables.broken == 'a'"), Ok(true));
    let broken = CelError::Evaluation("variables.broken: object.spec has no versioning".to_owned());
    assert_eq!(ask("variables.broken == 'a'"), Err(broken));
    let message = Program::compile_with("'name ' + variables.last", Role::Message, &variables).unwrap();
    assert_eq!(world.ask(&variables, |scope| message.evaluate_string(scope)), Ok("name a".to_owned()));
    let never = Program::compile_with("variables.last == 5", Role::Validation, &variables).unwrap_err().to_string();
    assert!(never.contains("variables.last"), "{never}");
}

#[test]
fn an_error_says_where_the_path_ends() {
    let world = World::of(json!({"metadata": {"name": "a"}, "spec": {"name": "b", "tagging": {"tagSet": []}}}));
    for (text, told) in [
        ("object.spec.versioning.status == 'a'", "object.spec has no versioning"),
        ("object.metadata.labels['x'] == 'a'", "object.metadata has no labels"),
        ("object.spec.tagging.tagSet[0].key == 'a'", "object.spec.tagging.tagSet has no item 0"),
        ("oldObject.spec.name == 'a'", "oldObject is null; there is nothing to select in it"),
        ("params.data.x == 'a'", "params is null; there is nothing to select in it"),
        ("namespaceObject.metadata.name == 'a'", "namespaceObject is null; there is nothing to select in it"),
        ("{'a': 1}[object.spec.name] == 1", "there is no key b"),
        ("1 / (size(object.spec.name) - 1) == 1", "divides by zero"),
        ("object.spec.tagging.tagSet.map(t, 1) + [object.spec.name] > 1", "does not take values of this type"),
    ] {
        let error = world.bool(text).unwrap_err();
        assert!(!error.is_of_expression(), "{text}: {error:?}");
        assert!(error.to_string().contains(told), "{text}: {error}");
    }
}

#[test]
fn values_that_are_too_large_are_not_looked_at() {
    let rules: Vec<Json> = (0..1001).map(|id| json!({"id": id.to_string(), "status": "Enabled"})).collect();
    let world = World::of(json!({"metadata": {"name": "a"}, "spec": {"name": "b", "lifecycle": {"rules": rules}}}));
    let error = world.bool("object.spec.lifecycle.rules.all(r, r.status == 'Enabled')").unwrap_err();
    assert!(error.to_string().contains("object.spec.lifecycle.rules holds a list of 1001 items"), "{error}");
    assert_eq!(world.bool("object.spec.name == 'b'"), Ok(true), "what is not asked for may be as large as it likes");
}

#[test]
fn the_engine_may_panic_and_nobody_dies() {
    let world = World::of(json!({"metadata": {"name": "a"}, "spec": {"name": "b"}}));
    for text in [
        "duration('1h') / duration('0s') == null",
        "timestamp('9999-12-31T23:59:59Z') + duration('100000h') > timestamp('2026-01-01T00:00:00Z')",
        "duration('99999999999h') > duration('1h')",
        "-(-9223372036854775807 - 1) > 0",
        "(-9223372036854775807 - 1) / -1 > 0",
        "(-9223372036854775807 - 1) % -1 > 0",
        "'é'.substring(1, 0) == ''",
        "'é'.charAt(-1) == ''",
        "'%s'.format([]) == ''",
        "'%'.format([1]) == ''",
        "'%.99999999999f'.format([1.0]) == ''",
        "quantity('99999999999999999999999999999999999999E99').asInteger() > 0",
        "[1][-1] == 1",
        "{1: 2, true: 3, 'a': 4}[null] == 2",
        "{[1]: 2}.size() == 1",
        "b'\\xff' == b'a'",
        "string(b'\\xff') == ''",
        "optional.none().value() == 1",
        "[optional.none()].map(x, x.value()).size() == 1",
        "semver('1.0').major() == 1",
        "[1, 'a'].isSorted()",
        "[1, 'a'].sum() == 1",
        "url(':::').getHost() == ''",
        "cidr('10.0.0.0/99').prefixLength() == 1",
        "timestamp('2024-02-29T00:00:00Z').getMonth() == 1",
        "'a'.split('', 99999999999999).size() == 1",
        "'a'.replace('', 'b', -5) == ''",
        "math.abs(-9223372036854775807 - 1) > 0",
    ] {
        let _ = world.bool(text);
    }
}
