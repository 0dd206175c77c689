//! What every sub-configuration is, and how one of them is compared. Pure.

use std::borrow::Cow;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::diff::{self, Difference};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};
use crate::ignore::Ignored;
use crate::name::BucketName;
use crate::place::Place;
use crate::unset::UnsetFields;

/// One sub-configuration. The type itself is the CRD's own fragment, so that what is wanted, what S3 holds, a difference between
/// them and a finding all speak one language.
pub trait SubConfig: Clone + PartialEq + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name in metrics, Events, status and logs.
    const NAME: &'static str;
    /// The field of the spec; the leading one where the section has several.
    const FIELD: &'static str;
    /// All its fields of the spec. Where there are several they stand in the spec itself, and the type holds them by these names.
    const FIELDS: &'static [&'static str] = &[Self::FIELD];
    /// What an absent section means, for people.
    const ABSENT: &'static str;
    /// The sub-configurations that S3 wants written before this one.
    const AFTER: &'static [&'static str] = &[];
    /// The sub-configurations that say what a bucket has to keep of this one. While one of them could not be read, nothing is taken
    /// away that the spec does not name.
    const HINGES_ON: &'static [&'static str] = &[];
    /// Whether directory buckets have it.
    const DIRECTORY_BUCKETS: bool = false;
    /// Whether it can cost data or access, or give access away, even where it takes the place of nothing.
    const ENDANGERS: bool = false;

    /// Whether its fields are different spellings of one thing, so that who ignores one ignores all.
    const INDIVISIBLE: bool = false;

    /// The section of the spec, if it is there.
    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>>;

    /// Puts the section into the spec.
    fn declare(self, spec: &mut BucketSpec);

    /// What a spec is to say of it that is filled in from S3, which holds this; `None` where there is nothing to say. Planned against
    /// S3 it gives no difference but the controller's own tags.
    #[must_use]
    fn exported(have: Option<Self>, _place: &Place) -> Option<Self> {
        have.filter(|have| have.clone().shown().is_some())
    }

    /// The one spelling of all that mean the same to S3; `None` where it says nothing at all.
    #[must_use]
    fn normalise(self) -> Option<Self>;

    /// What shall be where the spec says nothing; `None` is nothing.
    #[must_use]
    fn absent(_spec: &BucketSpec) -> Option<Self> {
        None
    }

    /// What S3 shall hold; `None` is nothing.
    #[must_use]
    fn want(spec: &BucketSpec, _place: &Place) -> Option<Self> {
        Self::declared(spec).map(Cow::into_owned).filter(|section| section.clone().normalise().is_some()).or_else(|| Self::absent(spec))
    }

    /// What S3 holds right after CreateBucket, with all that rides on that call.
    #[must_use]
    fn after_create(_spec: &BucketSpec, _place: &Place) -> Option<Self> {
        None
    }

    /// What the spec leaves to S3 (the id of a rule, a member that the API does not show), taken over from what S3 holds, so that it
    /// is neither a difference nor lost when the section is written.
    #[must_use]
    fn inherit(self, _have: &Self) -> Self {
        self
    }

    /// What S3 never takes back, carried over into the spec that all sub-configurations are planned from; `None` where the spec says
    /// it already, or where there is no such thing.
    #[must_use]
    fn bind(&self, _spec: &BucketSpec) -> Option<BucketSpec> {
        None
    }

    /// What to write first where something that comes after it is written too: no wider than what is there and what is wanted, so
    /// that no moment in between is. What is wanted follows once all that comes after it is written. `None` where one write does.
    #[must_use]
    fn interim(&self, _have: &Self) -> Option<Self> {
        None
    }

    /// What a bucket does that holds nothing, where that is what an absent section means: nothing is written then.
    #[must_use]
    fn nothing() -> Option<Self> {
        None
    }

    /// Whether the spec leaves out what differs from what S3 holds.
    #[must_use]
    fn is_left_out(spec: &BucketSpec, _have: Option<&Self>) -> bool {
        Self::declared(spec).is_none()
    }

    /// What people are shown of it where it differs: the normal form, unless that says nothing where S3 says something.
    #[must_use]
    fn shown(self) -> Option<Self> {
        self.normalise()
    }

    /// What differences are looked for in.
    #[must_use]
    fn compared(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Where differences lie: the section, or the spec where the section has several fields.
    #[must_use]
    fn root() -> String {
        if Self::FIELDS.len() > 1 { "spec".to_owned() } else { format!("spec.{}", Self::FIELD) }
    }

    /// The fields in which what is there differs from what is wanted.
    #[must_use]
    fn differences(want: Option<&Self>, have: Option<&Self>) -> Vec<Difference> {
        // The members of a section with several fields stand in the spec itself, which is there.
        let absent = || if Self::FIELDS.len() > 1 { Value::Object(Map::new()) } else { Value::Null };
        let value = |side: Option<&Self>| side.cloned().and_then(Self::shown).map_or_else(absent, |shown| shown.compared());
        diff::between(&Self::root(), &value(want), &value(have))
    }

    /// What admission says of the section, which stands at this path (the spec's own where it has several fields).
    fn findings(&self, _at: &Path<'_>, _facts: &Facts<'_>, _to: &mut Findings) {}

    /// What admission says where the spec leaves the section out: because it was removed, say, or because something else needs it.
    fn absent_findings(_at: &Path<'_>, _facts: &Facts<'_>, _to: &mut Findings) {}
}

/// What S3 holds of one sub-configuration.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Have<S> {
    /// It was not read, or the read failed: nothing is planned from it.
    #[default]
    Unread,
    /// The store does not implement it.
    Unsupported,
    /// It was read and holds nothing.
    Empty,
    /// It was read and holds this.
    Value(S),
}

impl<S: SubConfig> Have<S> {
    /// What a spec is to say of it that is filled in from S3: nothing of what was not read, or is not there to be read.
    #[must_use]
    pub fn exported(&self, place: &Place) -> Option<S> {
        match self {
            Self::Unread | Self::Unsupported => None,
            Self::Empty => S::exported(None, place),
            Self::Value(value) => S::exported(Some(value.clone()), place),
        }
    }
}

impl<S> From<Option<S>> for Have<S> {
    fn from(value: Option<S>) -> Self {
        value.map_or(Self::Empty, Self::Value)
    }
}

/// What is to be done about one sub-configuration.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Step<S> {
    /// Nothing.
    #[default]
    None,
    /// Write it.
    Put {
        /// What to write.
        want: S,
        /// What is there now.
        have: Option<S>,
    },
    /// Take it away; only ever planned after a read returned it whole.
    Remove {
        /// What is there now.
        have: S,
    },
    /// The spec declares it and the store does not implement it.
    Unsupported,
    /// It differs from what an absent section means, and absent sections are not managed: it is shown and never written.
    Unmanaged {
        /// What would be written.
        want: Option<S>,
        /// What is there.
        have: Option<S>,
    },
}

impl<S: SubConfig> Step<S> {
    /// What separates S3 from the spec, as far as it was read.
    #[must_use]
    pub fn plan(spec: &BucketSpec, have: &Have<S>, place: &Place) -> Self {
        Self::plan_ignoring(spec, have, place, &Ignored::default()).0
    }

    /// The same where some fields are ignored: what S3 holds in them is wanted there. Besides the step, the fields that are left
    /// alone although S3 differs.
    #[must_use]
    pub fn plan_ignoring(spec: &BucketSpec, have: &Have<S>, place: &Place, ignored: &Ignored) -> (Self, Vec<Difference>) {
        if BucketName::new(&spec.name).is_directory() && !S::DIRECTORY_BUCKETS {
            return (Self::None, Vec::new());
        }
        let declared = S::declared(spec).is_some_and(|section| section.into_owned().normalise().is_some());
        let have = match have {
            Have::Unsupported if declared && !ignored.covers::<S>() => return (Self::Unsupported, Vec::new()),
            Have::Unsupported | Have::Unread => return (Self::None, Vec::new()),
            Have::Empty => None,
            Have::Value(have) => Some(have),
        };
        let normal = match have {
            Some(have) => have.clone().normalise(),
            None if declared => None,
            None => S::nothing().and_then(S::normalise),
        };
        let want = S::want(spec, place).map(|want| match have {
            Some(have) => want.inherit(have),
            None => want,
        });
        let plain = Self::between(want.clone(), have, normal.as_ref());
        let left = ignored.leave(want.clone(), have);
        if plain.is_none() || left == want {
            return (plain, Vec::new());
        }
        let nothing = S::nothing();
        let differences = S::differences(want.as_ref().or(nothing.as_ref()), left.as_ref());
        (Self::between(left, have, normal.as_ref()), differences)
    }

    fn between(want: Option<S>, have: Option<&S>, normal: Option<&S>) -> Self {
        let wanted = want.clone().and_then(S::normalise);
        match (want, have) {
            (Some(_), _) if wanted.as_ref() == normal => Self::None,
            // With what S3 knows of it, it may turn out to say nothing (grants to nobody but the owner).
            (Some(want), have) if wanted.is_some() || have.is_none() => Self::Put { want, have: have.cloned() },
            // The value as it was read, not its normal form: what is not compared (`aws:` tags) still has to survive.
            (_, have) => have.filter(|_| normal.is_some()).map_or(Self::None, |have| Self::Remove { have: have.clone() }),
        }
    }

    /// The same step, only shown where the spec says nothing and absent sections are not managed.
    #[must_use]
    pub fn managed(self, spec: &BucketSpec, unset: UnsetFields) -> Self {
        if unset == UnsetFields::Reset || !S::is_left_out(spec, self.have()) {
            return self;
        }
        match self {
            Self::None | Self::Unsupported => Self::None,
            Self::Put { want, have } => Self::Unmanaged { want: Some(want), have },
            Self::Remove { have } => Self::Unmanaged { want: None, have: Some(have) },
            Self::Unmanaged { .. } => self,
        }
    }

    /// The same step as far as it may be taken while some sub-configurations could not be read (`unread`). `before` are those that
    /// come before one of them: they open the bucket no wider than it is, as nobody knows to what.
    #[must_use]
    pub fn cautious(self, spec: &BucketSpec, unread: &[&str], before: &[&str]) -> Self {
        let named = || S::declared(spec).and_then(|section| section.into_owned().shown()).is_some();
        match self {
            Self::Remove { .. } if S::HINGES_ON.iter().any(|name| unread.contains(name)) && !named() => Self::None,
            Self::Put { want, have: Some(have) } if before.contains(&S::NAME) => {
                let want = want.interim(&have).unwrap_or(want);
                let is_there = want.clone().normalise() == have.clone().normalise();
                if is_there { Self::None } else { Self::Put { want, have: Some(have) } }
            }
            other @ (Self::None | Self::Put { .. } | Self::Remove { .. } | Self::Unsupported | Self::Unmanaged { .. }) => other,
        }
    }

    fn have(&self) -> Option<&S> {
        match self {
            Self::None | Self::Unsupported => None,
            Self::Put { have, .. } | Self::Unmanaged { have, .. } => have.as_ref(),
            Self::Remove { have } => Some(have),
        }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None | Self::Unmanaged { .. })
    }

    /// Whether it writes over something.
    #[must_use]
    pub fn replaces(&self) -> bool {
        matches!(self, Self::Put { have: Some(have), .. } if have.clone().normalise().is_some())
    }

    /// The fields in which S3 differs from what is wanted.
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        let nothing = S::nothing();
        let (want, have) = match self {
            Self::None | Self::Unsupported => return Vec::new(),
            Self::Put { want, have } => (Some(want), have.as_ref()),
            Self::Remove { have } => (nothing.as_ref(), Some(have)),
            Self::Unmanaged { want, have } => (want.as_ref().or(nothing.as_ref()), have.as_ref()),
        };
        S::differences(want, have)
    }
}
