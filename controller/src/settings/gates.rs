//! Features that can be turned on and off by name, as in the ACK controllers.

use super::{SettingsError, problem};

/// The features and whether each is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Gates {
    /// Existing buckets may be adopted.
    pub resource_adoption: bool,
    /// Buckets may be looked at only.
    pub read_only_resources: bool,
    /// Roles are looked up by the team of the namespace.
    pub team_level_carm: bool,
    /// Keys of the ConfigMaps may begin with the service.
    pub service_level_carm: bool,
    /// Roles are chosen by IAMRoleSelectors.
    pub iam_role_selector: bool,
    /// Drift of some fields may be left alone.
    pub ignore_field_drift: bool,
}

impl Default for Gates {
    /// The peer's, but for `IgnoreFieldDrift`, which is on: an annotation that does nothing would be worse.
    fn default() -> Self {
        Self {
            resource_adoption: true,
            read_only_resources: true,
            team_level_carm: false,
            service_level_carm: false,
            iam_role_selector: false,
            ignore_field_drift: true,
        }
    }
}

impl Gates {
    /// Their names.
    pub const NAMES: [&'static str; 6] =
        ["ResourceAdoption", "ReadOnlyResources", "TeamLevelCARM", "ServiceLevelCARM", "IAMRoleSelector", "IgnoreFieldDrift"];

    /// Reads `Name=bool` entries.
    ///
    /// # Errors
    /// A name is not known, or its value is neither true nor false.
    pub fn parse(entries: &[String]) -> Result<Self, SettingsError> {
        let mut gates = Self::default();
        for entry in entries.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty()) {
            let wrong = |text: &str| problem("feature-gates", format!("{entry:?}: {text}"));
            let (name, value) = entry.split_once('=').ok_or_else(|| wrong("write Name=true or Name=false"))?;
            let on = value.trim().to_ascii_lowercase().parse().map_err(|_| wrong("write Name=true or Name=false"))?;
            let gate = gates.gate(name.trim()).ok_or_else(|| wrong(&format!("unknown; write one of {}", Self::NAMES.join(", "))))?;
            *gate = on;
        }
        Ok(gates)
    }

    fn gate(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "ResourceAdoption" => &mut self.resource_adoption,
            "ReadOnlyResources" => &mut self.read_only_resources,
            "TeamLevelCARM" => &mut self.team_level_carm,
            "ServiceLevelCARM" => &mut self.service_level_carm,
            "IAMRoleSelector" => &mut self.iam_role_selector,
            "IgnoreFieldDrift" => &mut self.ignore_field_drift,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_turns_its_own_gate() {
        for name in Gates::NAMES {
            let of = |value| Gates::parse(&[format!("{name}={value}")]).unwrap();
            assert_ne!(of(true), of(false), "{name}");
            assert!(of(true) == Gates::default() || of(false) == Gates::default(), "{name}");
        }
    }

    #[test]
    fn an_unknown_name_and_a_bad_value_are_told() {
        for bad in ["Nothing=true", "IAMRoleSelector", "IAMRoleSelector=yes"] {
            let error = Gates::parse(&[bad.to_owned()]).unwrap_err();
            assert!(error.to_string().contains(bad) && error.flag == "feature-gates", "{error}");
        }
    }
}
