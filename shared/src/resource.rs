//! What the three resources have in common. They are written by hand because `spec` may be absent in the peer's schemas, which
//! kube's derive cannot say.

/// What the API server answers to a change of a field that cannot change; the peer's words.
pub(crate) const IMMUTABLE: &str = "Value is immutable once set";

/// Makes a resource of a struct with the fields `api_version`, `kind` and `metadata`: `kube::Resource`, and the functions
/// `api_version` and `kind` that the first two fields are serialised with.
macro_rules! resource {
    ($Type:ident, kind $kind:literal, plural $plural:literal, group $group:expr, version $version:expr, scope $Scope:ty) => {
        impl kube::Resource for $Type {
            type DynamicType = ();
            type Scope = $Scope;

            fn kind((): &()) -> std::borrow::Cow<'_, str> {
                $kind.into()
            }
            fn group((): &()) -> std::borrow::Cow<'_, str> {
                $group.into()
            }
            fn version((): &()) -> std::borrow::Cow<'_, str> {
                $version.into()
            }
            fn plural((): &()) -> std::borrow::Cow<'_, str> {
                $plural.into()
            }
            fn meta(&self) -> &k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta {
                &self.metadata
            }
            fn meta_mut(&mut self) -> &mut k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta {
                &mut self.metadata
            }
        }

        fn api_version<S: serde::Serializer>((): &(), to: S) -> Result<S::Ok, S::Error> {
            to.serialize_str(&<$Type as kube::Resource>::api_version(&()))
        }

        fn kind<S: serde::Serializer>((): &(), to: S) -> Result<S::Ok, S::Error> {
            to.serialize_str($kind)
        }
    };
}

pub(crate) use resource;
