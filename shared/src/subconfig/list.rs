//! The macro behind the list of sub-configurations: plain structs with one named, typed field each, and the loops over them.

macro_rules! subconfigs {
    ($($field:ident: $Type:ident),+ $(,)?) => {
        /// The names of all sub-configurations, in the order of writing.
        pub const NAMES: &[&str] = &[$(<$Type as SubConfig>::NAME),+];

        /// The fields of the spec that they stand in.
        pub const FIELDS: &[&str] = &[$(<$Type as SubConfig>::FIELD),+];

        /// What each sub-configuration has to come after.
        pub const AFTER: &[(&str, &[&str])] = &[$((<$Type as SubConfig>::NAME, <$Type as SubConfig>::AFTER)),+];

        /// What S3 holds.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Observed {
            $(#[doc = concat!("What S3 holds of ", stringify!($field), ".")] pub $field: Have<$Type>,)+
        }

        /// What is to be done, one step per sub-configuration.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Plan {
            $(#[doc = concat!("What is to be done about ", stringify!($field), ".")] pub $field: Step<$Type>,)+
        }

        /// What S3 holds right after CreateBucket.
        #[must_use]
        pub fn after_create(spec: &$crate::BucketSpec, place: &$crate::place::Place) -> Observed {
            Observed { $($field: <$Type as SubConfig>::after_create(spec, place).into()),+ }
        }

        /// What separates S3 from the spec.
        #[must_use]
        pub fn plan(spec: &$crate::BucketSpec, observed: &Observed, place: &$crate::place::Place) -> Plan {
            Plan { $($field: Step::plan(spec, &observed.$field, place)),+ }
        }

        /// What admission says of the declared sections.
        pub fn findings(spec: &$crate::BucketSpec, facts: &$crate::admission::Facts<'_>, to: &mut $crate::admission::Findings) {
            let root = $crate::admission::Path::root("spec");
            $(if let Some(section) = <$Type as SubConfig>::declared(spec) {
                section.findings(&root.member(<$Type as SubConfig>::FIELD), facts, to);
            })+
        }

        impl Plan {
            /// Whether there is nothing to do and nothing to say.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                true $(&& self.$field.is_none())+
            }

            /// The sub-configurations with a step, each with the fields that differ.
            #[must_use]
            pub fn differences(&self) -> Vec<(&'static str, Vec<Difference>)> {
                let mut all = Vec::new();
                $(if !self.$field.is_none() {
                    all.push((<$Type as SubConfig>::NAME, self.$field.differences()));
                })+
                all
            }
        }

        /// Reads all sub-configurations at once. A failed read leaves [`Have::Unread`] and its fault.
        #[cfg(feature = "s3")]
        pub async fn observe(s3: &remote::S3Bucket) -> (Observed, Vec<remote::Failed>) {
            let mut observed = Observed::default();
            let mut failed = Vec::new();
            let ($($field,)+) = futures::join!($(Box::pin(remote::read::<$Type>(s3))),+);
            $(match $field {
                Ok(have) => observed.$field = have,
                Err(fault) => failed.push(remote::Failed { config: <$Type as SubConfig>::NAME, fault }),
            })+
            (observed, failed)
        }

        /// Carries the plan out, one write after the other: removals in reverse order, then puts in order. A failed step holds back
        /// only what comes after it. `may_write` is asked before each write; once it says no, nothing more is written.
        #[cfg(feature = "s3")]
        pub async fn apply(s3: &remote::S3Bucket, plan: &Plan, may_write: &(dyn Fn() -> bool + Sync)) -> remote::Applied {
            use futures::FutureExt;

            $(let $field = remote::complete::<$Type>(s3, &plan.$field).boxed().shared();)+
            let completing = async { futures::join!($($field.clone()),+) };
            let writing = async {
                let mut applied = remote::Applied::default();
                for name in NAMES.iter().rev() {
                    $(if *name == <$Type as SubConfig>::NAME && let Step::Remove { have } = &plan.$field {
                        applied.run(<$Type as SubConfig>::NAME, &plan.$field, may_write, Box::pin(<$Type as remote::Remote>::remove(s3, have))).await;
                    })+
                }
                $(if let Step::Put { have, .. } = &plan.$field {
                    let want = $field.clone().await;
                    applied.run(<$Type as SubConfig>::NAME, &plan.$field, may_write, Box::pin(remote::put::<$Type>(s3, want, have.as_ref()))).await;
                } else if let Step::Unsupported = &plan.$field {
                    applied.refuse(<$Type as SubConfig>::NAME, $crate::fault::Fault::unsupported(<$Type as remote::Remote>::PUT, <$Type as SubConfig>::FIELD));
                })+
                applied
            };
            let (_, applied) = futures::join!(completing, writing);
            applied
        }

        /// The laws, for each of them.
        #[cfg(test)]
        mod lawful {
            $(mod $field {
                #[test]
                fn keeps_the_laws() {
                    crate::subconfig::laws::keep::<crate::subconfig::$Type>();
                }

                #[cfg(feature = "s3")]
                #[test]
                fn converges() {
                    crate::subconfig::laws::remote::converge::<crate::subconfig::$Type>();
                }

                #[cfg(feature = "s3")]
                #[test]
                fn takes_no_other_answer_for_its_own() {
                    crate::subconfig::laws::remote::tell_answers_apart::<crate::subconfig::$Type>();
                }
            })+

            const FIELDS: &[&str] = &[$(<super::$Type as super::SubConfig>::FIELD),+];

            #[test]
            fn list_is_sound() {
                crate::subconfig::laws::check_list(super::NAMES, super::AFTER, FIELDS);
            }
        }
    };
}

pub(super) use subconfigs;
