//! The macro behind the list of sub-configurations: plain structs with one named, typed field each, and the loops over them.

macro_rules! subconfigs {
    ($($field:ident: $Type:ident),+ $(,)?) => {
        /// The names of all sub-configurations, in the order of writing.
        pub const NAMES: &[&str] = &[$(<$Type as SubConfig>::NAME),+];

        /// The fields of the spec that they stand in, in the same order.
        pub const FIELDS: &[&[&str]] = &[$(<$Type as SubConfig>::FIELDS),+];

        /// What each sub-configuration has to come after.
        pub const AFTER: &[(&str, &[&str])] = &[$((<$Type as SubConfig>::NAME, <$Type as SubConfig>::AFTER)),+];

        /// Whether each can cost data or access, or give access away, even where it takes the place of nothing.
        pub const ENDANGERING: &[(&str, bool)] = &[$((<$Type as SubConfig>::NAME, <$Type as SubConfig>::ENDANGERS)),+];

        /// The S3 calls of each, in the order of writing.
        #[cfg(feature = "s3")]
        pub const CALLS: &[calls::Calls] = &[$(calls::Calls::of::<$Type>()),+];

        /// What S3 holds.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Observed {
            $(#[doc = concat!("What S3 holds of ", stringify!($field), ".")] pub $field: Have<$Type>,)+
        }

        impl Observed {
            /// A spec that says what S3 holds. What is no sub-configuration is taken over from `base`, and nothing else is.
            #[must_use]
            pub fn export(&self, base: &$crate::BucketSpec, place: &$crate::place::Place) -> $crate::BucketSpec {
                let mut spec = export::frame(base);
                $(if let Some(section) = self.$field.exported(place) {
                    section.declare(&mut spec);
                })+
                spec
            }

            /// The sub-configurations of which nothing is known: not read, or not there to be read.
            #[must_use]
            pub fn unread(&self) -> Vec<&'static str> {
                let mut names = Vec::new();
                $(if matches!(self.$field, Have::Unread | Have::Unsupported) {
                    names.push(<$Type as SubConfig>::NAME);
                })+
                names
            }

            /// What S3 holds of a bucket that is as the spec asks, absent sections included. A directory bucket has but a few of them.
            #[must_use]
            pub fn as_asked(spec: &$crate::BucketSpec, place: &$crate::place::Place) -> Self {
                let is_directory = $crate::name::BucketName::new(&spec.name).is_directory();
                Self {
                    $($field: if is_directory && !<$Type as SubConfig>::DIRECTORY_BUCKETS {
                        Have::Unsupported
                    } else {
                        <$Type as SubConfig>::want(spec, place).into()
                    }),+
                }
            }

            /// Takes the sub-configuration of this name over from another observation.
            pub fn take_over(&mut self, name: &str, from: &Self) {
                $(if name == <$Type as SubConfig>::NAME {
                    self.$field = from.$field.clone();
                })+
            }

            /// Counts the sub-configuration of this name as not read, so that nothing is planned for it.
            pub fn forget(&mut self, name: &str) {
                $(if name == <$Type as SubConfig>::NAME {
                    self.$field = Have::Unread;
                })+
            }
        }

        /// What is to be done, one step per sub-configuration.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Plan {
            $(#[doc = concat!("What is to be done about ", stringify!($field), ".")] pub $field: Step<$Type>,)+
            /// The fields that are ignored and in which S3 differs, by sub-configuration.
            pub ignored: Vec<(&'static str, Vec<Difference>)>,
        }

        /// What S3 holds right after CreateBucket.
        #[must_use]
        pub fn after_create(spec: &$crate::BucketSpec, place: &$crate::place::Place) -> Observed {
            Observed { $($field: <$Type as SubConfig>::after_create(spec, place).into()),+ }
        }

        /// What separates S3 from the spec. `unset` says what is done about sections that the spec leaves out.
        #[must_use]
        pub fn plan(spec: &$crate::BucketSpec, observed: &Observed, place: &$crate::place::Place, unset: $crate::unset::UnsetFields) -> Plan {
            plan_ignoring(spec, observed, place, unset, &$crate::ignore::Ignored::default())
        }

        /// The same where some fields are ignored: nothing is planned that would change them.
        #[must_use]
        pub fn plan_ignoring(
            spec: &$crate::BucketSpec,
            observed: &Observed,
            place: &$crate::place::Place,
            unset: $crate::unset::UnsetFields,
            ignored: &$crate::ignore::Ignored,
        ) -> Plan {
            let mut bound = std::borrow::Cow::Borrowed(spec);
            $(if let Have::Value(have) = &observed.$field && let Some(binding) = have.bind(&bound) {
                bound = std::borrow::Cow::Owned(binding);
            })+
            let (mut unread, mut before): (Vec<&str>, Vec<&str>) = Default::default();
            $(if observed.$field == Have::Unread {
                unread.push(<$Type as SubConfig>::NAME);
                // What is not managed is left as it is, whatever it is.
                if unset == $crate::unset::UnsetFields::Reset || <$Type as SubConfig>::declared(spec).is_some() {
                    before.extend(<$Type as SubConfig>::AFTER);
                }
            })+
            let mut plan = Plan::default();
            $({
                let (step, left) = Step::plan_ignoring(&bound, &observed.$field, place, ignored);
                plan.$field = step.managed(spec, unset).cautious(spec, &unread, &before);
                if !left.is_empty() {
                    plan.ignored.push((<$Type as SubConfig>::NAME, left));
                }
            })+
            plan
        }

        /// What admission says of the sections, declared or left out. Of a directory bucket only those that it can have are asked; that
        /// it cannot have the others is said elsewhere.
        pub fn findings(spec: &$crate::BucketSpec, facts: &$crate::admission::Facts<'_>, to: &mut $crate::admission::Findings) {
            let root = $crate::admission::Path::root("spec");
            let is_directory = $crate::name::BucketName::new(&spec.name).is_directory();
            $(if !is_directory || <$Type as SubConfig>::DIRECTORY_BUCKETS {
                let own = root.member(<$Type as SubConfig>::FIELD);
                let at = if <$Type as SubConfig>::FIELDS.len() > 1 { &root } else { &own };
                to.guarded(<$Type as SubConfig>::NAME, |to| match <$Type as SubConfig>::declared(spec) {
                    Some(section) => section.findings(at, facts, to),
                    None => <$Type as SubConfig>::absent_findings(at, facts, to),
                });
            })+
        }

        /// The rules of all sections, each in a world in which it speaks.
        #[cfg(test)]
        pub(crate) fn cases() -> Vec<$crate::admission::testing::Case> {
            [$($field::cases::all()),+].into_iter().flatten().collect()
        }

        impl Plan {
            /// Whether there is nothing to do and nothing to say.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                true $(&& self.$field.is_none())+
            }

            /// The sub-configurations that are not managed and differ from what an absent section means, each with the fields.
            #[must_use]
            pub fn unmanaged(&self) -> Vec<(&'static str, Vec<Difference>)> {
                let mut all = Vec::new();
                $(if let Step::Unmanaged { .. } = &self.$field {
                    all.push((<$Type as SubConfig>::NAME, self.$field.differences()));
                })+
                all
            }

            /// Whether something is replaced that comes after this one.
            #[cfg(feature = "s3")]
            fn replaces_after(&self, name: &str) -> bool {
                false $(|| self.$field.replaces() && <$Type as SubConfig>::AFTER.contains(&name))+
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

        /// Reads all sub-configurations, [`remote::READS_AT_ONCE`] of them at once. A failed read leaves [`Have::Unread`] and its fault.
        #[cfg(feature = "s3")]
        pub async fn observe(s3: &remote::S3Bucket) -> (Observed, Vec<remote::Failed>) {
            let mut observed = Observed::default();
            let mut failed = Vec::new();
            let gate = tokio::sync::Semaphore::new(remote::READS_AT_ONCE);
            let ($($field,)+) = futures::join!($(Box::pin(remote::read::<$Type>(s3, &gate))),+);
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
                    let waits = plan.replaces_after(<$Type as SubConfig>::NAME) || applied.failed_after(<$Type as SubConfig>::NAME);
                    let first = remote::first::<$Type>(want.as_ref(), have.as_ref()).filter(|_| waits);
                    let last = first.is_some();
                    let want = first.map(Ok).or(want);
                    applied.run(<$Type as SubConfig>::NAME, &plan.$field, may_write, Box::pin(remote::put::<$Type>(s3, want, have.as_ref()))).await;
                    applied.mark_interim(last);
                } else if let Step::Unsupported = &plan.$field {
                    applied.refuse(<$Type as SubConfig>::NAME, $crate::fault::Fault::unsupported(<$Type as remote::Remote>::PUT, <$Type as SubConfig>::FIELD));
                })+
                // What was written in a narrower form at first; nothing depends on the order among these.
                $(if let Step::Put { have, .. } = &plan.$field && applied.is_interim(<$Type as SubConfig>::NAME) {
                    let want = $field.clone().await;
                    applied.finish(<$Type as SubConfig>::NAME, may_write, Box::pin(remote::put::<$Type>(s3, want, have.as_ref()))).await;
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

            #[test]
            fn list_is_sound() {
                crate::subconfig::laws::check_list(super::NAMES, super::AFTER, super::FIELDS);
            }
        }
    };
}

pub(super) use subconfigs;
