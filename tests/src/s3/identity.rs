//! Who calls: access keys and their accounts, roles, and the sessions that STS hands out.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::hex;

/// A role that STS can hand out credentials for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its ARN, such as `arn:aws:iam::222222222222:role/s3`. The 12 digits are the account that the session acts in.
    pub arn: String,
    /// Who may take it on: an account, a user's or role's ARN, or `*`.
    pub trusted: Vec<String>,
    /// The external id that has to be given, if any.
    pub external_id: Option<String>,
}

impl Role {
    /// A role that anybody may take on.
    #[must_use]
    pub fn open(arn: &str) -> Self {
        Self { arn: arn.to_owned(), trusted: vec!["*".to_owned()], external_id: None }
    }
}

/// An access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// The account that it belongs to, 12 digits.
    pub account: String,
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// The caller of a request, once its signature held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: Arc<str>,
    /// The user or session.
    pub(crate) arn: Arc<str>,
    /// The user, or the role behind the session.
    pub(crate) principal: Arc<str>,
    /// The region that the request was signed for.
    pub(crate) region: Arc<str>,
    /// The service that the request was signed for: `s3`, `s3express` or `sts`.
    pub(crate) service: Arc<str>,
}

/// What is known of an access key.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) secret: Arc<str>,
    pub(crate) account: Arc<str>,
    pub(crate) arn: Arc<str>,
    pub(crate) principal: Arc<str>,
    pub(crate) session: Option<Session>,
}

/// What makes a session's key differ from a user's.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) token: Arc<str>,
    pub(crate) expires: Timestamp,
    /// The header that carries the token.
    pub(crate) header: &'static str,
}

/// The credentials of a new session.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) id: String,
    pub(crate) arn: Arc<str>,
    pub(crate) known: Known,
    pub(crate) session: Session,
}

/// Keys and roles.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    keys: HashMap<String, Known>,
    pub(crate) roles: BTreeMap<String, Role>,
    /// How long the session of a role lasts, whatever was asked for.
    pub(crate) lasts: Option<SignedDuration>,
    sessions: u64,
}

impl Identities {
    /// Adds the key of a user who is called as the key's id, and may do all that the administrator may.
    pub(crate) fn add_key(&mut self, key: &AccessKey) {
        let user = if key.id == administrator_id(&key.account) { "admin" } else { &key.id };
        let arn: Arc<str> = format!("arn:aws:iam::{}:user/{user}", key.account).into();
        let account = key.account.as_str().into();
        let known = Known { secret: key.secret.as_str().into(), account, principal: Arc::clone(&arn), arn, session: None };
        self.keys.insert(key.id.clone(), known);
    }

    /// Adds a role, or replaces the one of the same ARN.
    pub(crate) fn add_role(&mut self, role: Role) {
        self.roles.insert(role.arn.clone(), role);
    }

    /// The key of an account's administrator, made when it is first asked for.
    pub(crate) fn administrator(&mut self, account: &str) -> AccessKey {
        let key = AccessKey { account: account.to_owned(), id: administrator_id(account), secret: digest(&format!("secret of {account}")) };
        if !self.keys.contains_key(&key.id) {
            self.add_key(&key);
        }
        key
    }

    /// What is known of a key.
    pub(crate) fn find(&self, id: &str) -> Option<&Known> {
        self.keys.get(id)
    }

    /// A new session of a role.
    pub(crate) fn issue(&mut self, role: &str, name: &str, lasts: SignedDuration) -> Issued {
        let account: Arc<str> = account_of(role).unwrap_or_default().into();
        let short = role.rsplit('/').next().unwrap_or_default();
        let arn: Arc<str> = format!("arn:aws:sts::{account}:assumed-role/{short}/{name}").into();
        let caller = Caller { account, arn, principal: role.into(), ..Caller::default() };
        self.open(&caller, &format!("{role} {name}"), "x-amz-security-token", self.lasts.unwrap_or(lasts))
    }

    /// A new session of a caller on a directory bucket.
    pub(crate) fn issue_for_bucket(&mut self, caller: &Caller, bucket: &str, lasts: SignedDuration) -> Issued {
        self.open(caller, &format!("{} {bucket}", caller.arn), "x-amz-s3session-token", lasts)
    }

    fn open(&mut self, caller: &Caller, seed: &str, header: &'static str, lasts: SignedDuration) -> Issued {
        self.sessions += 1;
        let seed = format!("{seed} {}", self.sessions);
        let id = format!("ASIA{}", &digest(&seed)[..16].to_uppercase());
        let session = Session { token: digest(&format!("token {seed}")).into(), expires: Timestamp::now() + lasts, header };
        let secret = digest(&format!("secret {seed}")).into();
        let (account, arn, principal) = (Arc::clone(&caller.account), Arc::clone(&caller.arn), Arc::clone(&caller.principal));
        let known = Known { secret, account, arn: Arc::clone(&arn), principal, session: Some(session.clone()) };
        self.keys.insert(id.clone(), known.clone());
        Issued { id, arn, known, session }
    }

    /// Ends every session now.
    pub(crate) fn expire_sessions(&mut self) {
        for session in self.keys.values_mut().filter_map(|known| known.session.as_mut()) {
            session.expires = Timestamp::now() - SignedDuration::from_secs(1);
        }
    }
}

fn administrator_id(account: &str) -> String {
    format!("AKIA{account}ROOT")
}

/// The account in an ARN.
pub(crate) fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()))
}

fn digest(text: &str) -> String {
    hex::sha256(text.as_bytes())[..40].to_owned()
}
