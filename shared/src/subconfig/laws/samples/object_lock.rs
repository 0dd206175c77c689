//! Samples of [`ObjectLock`]. A spec that says no to the lock is none of them: beside a lock it cannot be sent.

use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::{int32, one_of};
use crate::subconfig::laws::Sample;
use crate::subconfig::object_lock::{DefaultRetention, EventHold, ObjectLockConfiguration, ObjectLockRule};
use crate::subconfig::{ObjectLock, SubConfig};

impl Sample for ObjectLock {
    fn samples() -> BoxedStrategy<Self> {
        let hold = (of(int32()), of(int32())).prop_map(|(days, years)| EventHold { days, years });
        let retention = (of(int32()), of(hold), of(one_of(&["", "GOVERNANCE", "COMPLIANCE"])), of(int32()));
        let retention =
            retention.prop_map(|(days, default_event_hold, mode, years)| DefaultRetention { days, default_event_hold, mode, years });
        let rule = of(retention).prop_map(|default_retention| ObjectLockRule { default_retention });
        let configuration = of(of(rule).prop_map(|rule| ObjectLockConfiguration { rule }));
        (configuration, select(vec![None, Some(true)]))
            .prop_map(|(object_lock_configuration, object_lock_enabled_for_bucket)| Self {
                object_lock_configuration,
                object_lock_enabled_for_bucket,
            })
            .boxed()
    }

    fn rides_on_create(&self) -> bool {
        self.clone().normalise().is_some_and(|section| section.object_lock_configuration.is_none())
    }
}
