//! How such lists are read page by page and written id by id.

use std::collections::BTreeMap;

use super::Keyed;
use crate::admission::Path;
use crate::fault::{Class, Fault, NO_ANSWER};
use crate::subconfig::remote::{Remote, S3Bucket, unsendable};
use crate::subconfig::{Have, SubConfig};

/// The code of an answer where nothing is held. Source: S3 API reference, GetBucketMetricsConfiguration and its like.
pub(in crate::subconfig) const MISSING: &[&str] = &["NoSuchConfiguration"];

/// Ten times the pages that S3 has: it keeps at most 1,000 configurations of a kind and hands out 100 at a time.
const MOST_PAGES: usize = 100;

/// The calls of one kind of configuration.
pub(in crate::subconfig) trait Calls: Keyed + Send + Sync {
    /// The section of the spec that holds the list.
    type Section: Remote;

    /// Reads one page, the first where there is no token.
    fn page(s3: &S3Bucket, token: Option<String>) -> impl Future<Output = Result<Have<Page<Self>>, Fault>> + Send;

    /// Writes one configuration; `at` is where it stands in the spec.
    fn put(&self, s3: &S3Bucket, id: &str, at: &Path<'_>) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Takes one configuration away.
    fn delete(s3: &S3Bucket, id: &str) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// The calls of a kind, which the SDK names alike: the section and its configuration, what S3 calls the kind, and the SDK's names.
/// The configuration has `from_sdk(..) -> Result<Self, Fault>` and `to_sdk(&self, at) -> Result<_, Fault>`.
macro_rules! calls {
    ($Section:ident of $Item:ident, $kind:literal, list: $list:ident.$items:ident, put: $put:ident.$item:ident, delete: $delete:ident) => {
        impl $crate::subconfig::remote::Remote for $Section {
            const GET: $crate::fault::Operation = $crate::fault::Operation {
                name: concat!("ListBucket", $kind, "Configurations"),
                action: concat!("s3:Get", $kind, "Configuration"),
            };
            const PUT: $crate::fault::Operation = $crate::fault::Operation {
                name: concat!("PutBucket", $kind, "Configuration"),
                action: concat!("s3:Put", $kind, "Configuration"),
            };
            const DELETE: $crate::fault::Operation = $crate::fault::Operation {
                name: concat!("DeleteBucket", $kind, "Configuration"),
                action: concat!("s3:Put", $kind, "Configuration"),
            };

            async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
                $crate::subconfig::keyed::remote::read(s3, Self).await
            }

            async fn put(s3: &S3Bucket, want: &Self, have: Option<&Self>) -> Result<(), Fault> {
                $crate::subconfig::keyed::remote::put(s3, &want.0, have.map_or(&[], |have| &have.0)).await
            }

            async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
                $crate::subconfig::keyed::remote::put(s3, &[], &have.0).await
            }
        }

        impl Calls for $Item {
            type Section = $Section;

            async fn page(s3: &S3Bucket, token: Option<String>) -> Result<Have<Page<Self>>, Fault> {
                let call = s3.client.$list().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
                match call.set_continuation_token(token).send().await {
                    Ok(answer) => {
                        let items = answer.$items.map(|all| all.into_iter().map(Self::from_sdk).collect::<Result<_, _>>());
                        Ok(Page::of(items.transpose()?, answer.is_truncated, answer.next_continuation_token))
                    }
                    Err(error) => $crate::subconfig::remote::unread($Section::GET, $crate::subconfig::keyed::remote::MISSING, error),
                }
            }

            async fn put(&self, s3: &S3Bucket, id: &str, at: &Path<'_>) -> Result<(), Fault> {
                let call = s3.client.$put().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
                let call = call.id(id).$item(self.to_sdk(at)?);
                call.send().await.map(drop).map_err(|error| $crate::subconfig::remote::fault($Section::PUT, error))
            }

            async fn delete(s3: &S3Bucket, id: &str) -> Result<(), Fault> {
                let call = s3.client.$delete().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
                call.id(id).send().await.map(drop).map_err(|error| $crate::subconfig::remote::fault($Section::DELETE, error))
            }
        }
    };
}

pub(in crate::subconfig) use calls;

/// One page of a list.
#[derive(Debug)]
pub(in crate::subconfig) struct Page<C> {
    items: Vec<C>,
    more: bool,
    next: Option<String>,
}

impl<C> Page<C> {
    /// The members of an answer. S3 always says whether it is truncated, so one that holds nothing and does not say is no answer.
    pub(in crate::subconfig) fn of(items: Option<Vec<C>>, is_truncated: Option<bool>, next: Option<String>) -> Have<Self> {
        if items.is_none() && is_truncated.is_none() {
            return Have::Unsupported;
        }
        Have::Value(Self { items: items.unwrap_or_default(), more: is_truncated.unwrap_or_else(|| next.is_some()), next })
    }
}

/// Reads all pages.
pub(in crate::subconfig) async fn read<C: Calls>(s3: &S3Bucket, of: fn(Vec<C>) -> C::Section) -> Result<Have<C::Section>, Fault> {
    let mut all = BTreeMap::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let page = match C::page(s3, token.clone()).await? {
            Have::Value(page) => page,
            Have::Empty if token.is_none() => return Ok(Have::Empty),
            Have::Unsupported | Have::Unread if token.is_none() => return Ok(Have::Unsupported),
            Have::Empty | Have::Unsupported | Have::Unread => return Err(endless::<C>("the list broke off after its first page")),
        };
        for item in page.items {
            let Some(id) = item.id().map(str::to_owned) else { return Ok(Have::Unsupported) };
            // By id: what moved from one page to the next while it was read stands there twice.
            all.insert(id, item);
        }
        if !page.more {
            return Ok(if all.is_empty() { Have::Empty } else { Have::Value(of(all.into_values().collect())) });
        }
        if page.next.is_none() || page.next == token {
            return Err(endless::<C>("the list goes on, and the answer does not say where"));
        }
        token = page.next;
    }
    Err(endless::<C>(&format!("the list has more than {MOST_PAGES} pages")))
}

/// Writes what differs, and takes away what is there and not wanted. An id that fails does not keep the others from being tried.
pub(in crate::subconfig) async fn put<C: Calls>(s3: &S3Bucket, want: &[C], have: &[C]) -> Result<(), Fault> {
    let spec = Path::root("spec");
    let section = spec.member(C::Section::FIELD);
    let want = by_id(want, &section)?;
    let have: BTreeMap<&str, C> = have.iter().filter_map(|item| Some((item.id()?, item.clone().normalise()))).collect();
    // What goes makes room first: S3 keeps at most 1,000.
    let gone = have.keys().filter(|id| !want.contains_key(*id)).map(|id| (*id, None));
    let changed =
        want.iter().filter(|(id, want)| have.get(*id) != Some(&(**want).clone().normalise())).map(|(id, want)| (*id, Some(*want)));
    let mut failed: Option<Fault> = None;
    for (id, want) in gone.chain(changed) {
        let at = section.key(id);
        let Err(fault) = write(s3, id, want, &at).await else { continue };
        if fault.class == Class::Throttled || fault.code == NO_ANSWER {
            return Err(fault);
        }
        // The first one, unless that one waits for a change of the spec and this one does not.
        if failed.as_ref().is_none_or(|first| first.class == Class::Terminal && fault.class != Class::Terminal) {
            failed = Some(fault);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn write<C: Calls>(s3: &S3Bucket, id: &str, want: Option<&C>, at: &Path<'_>) -> Result<(), Fault> {
    let written = match want {
        Some(want) => want.put(s3, id, at).await,
        None => match C::delete(s3, id).await {
            Err(fault) if MISSING.contains(&fault.code.as_str()) => Ok(()),
            deleted => deleted,
        },
    };
    written.map_err(|fault| naming(fault, at))
}

/// The configurations by id. S3 would take the last of two that share one, and the first would differ forever.
fn by_id<'a, C: Calls>(want: &'a [C], section: &Path<'_>) -> Result<BTreeMap<&'a str, &'a C>, Fault> {
    let mut all = BTreeMap::new();
    for (index, item) in want.iter().enumerate() {
        let at = section.index(index);
        let refuse = |why: &str| Err(unsendable(C::Section::PUT, &at.member("id"), why));
        let Some(id) = item.id().filter(|id| !id.is_empty()) else { return refuse("an id is required; choose one") };
        if all.insert(id, item).is_some() {
            return refuse(&format!("{id:?} is the id of two configurations; give each one of its own"));
        }
    }
    Ok(all)
}

/// The fault with the configuration that it is about.
fn naming(fault: Fault, at: &Path<'_>) -> Fault {
    let at = at.to_string();
    let message = match fault.message.as_str() {
        "" => at,
        told if told.starts_with(&at) => told.to_owned(),
        told => format!("{at}: {told}"),
    };
    Fault { message, ..fault }
}

/// The fault of a list that cannot be read to its end; nothing is planned from a part of it.
fn endless<C: Calls>(why: &str) -> Fault {
    let (class, operation, code) = (Class::Transient, C::Section::GET, "UnreadableList".to_owned());
    Fault { class, operation, code, message: format!("{why}; it is read again later"), source: None }
}
