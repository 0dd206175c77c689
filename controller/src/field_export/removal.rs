//! A key that is not asked for any more is removed: the FieldExport is deleted, or names another key. Only the key goes, and the object
//! stays. That nobody else wrote the key in between is not checked: that would take the right to read Secrets.

use kube::runtime::controller::Action;
use shared::field_export::FieldExport;
use shared::telemetry::Chain;

use super::claims::{self, has_finalizer};
use super::exporter::Exporter;
use super::order::{self, Order, Target};
use super::pass::{again, finish, uid};
use super::report;
use super::trouble::Trouble;
use crate::events::Note;

/// A pass over a FieldExport that is being deleted, or is for another controller from now on.
pub(super) async fn run(exporter: &Exporter, export: &FieldExport) -> Action {
    if !has_finalizer(export) {
        return Action::await_change();
    }
    let target = order::written(export);
    let removed = async {
        if let Some(target) = &target {
            clear(exporter, export, target).await?;
        }
        exporter.records.release(export).await?;
        Ok::<(), Trouble>(())
    };
    if let Err(trouble) = removed.await {
        if !order::is_ours(export) {
            tracing::warn!(error = %Chain(&trouble), "the key of a FieldExport that is for another controller now is not removed yet");
            // The status is not ours to write any more.
            return again(exporter, export, &trouble);
        }
        return finish(exporter, export, None, Err(trouble)).await;
    }
    exporter.metrics.passes.with_label_values(&["removed"]).inc();
    forget(exporter, export, target.as_ref());
    Action::await_change()
}

/// Removes the key that was written before the FieldExport named another one, and notes that. The FieldExport as it is then; `None`
/// where nothing is left behind.
pub(super) async fn left_behind(exporter: &Exporter, export: &FieldExport, order: &Order) -> Result<Option<FieldExport>, Trouble> {
    let Some(old) = order::written(export).filter(|old| *old != order.target) else { return Ok(None) };
    clear(exporter, export, &old).await?;
    let noted = exporter.records.unclaim(export).await?;
    forget(exporter, export, Some(&old));
    Ok(Some(noted))
}

/// A FieldExport that is gone: where another controller took our finalizer off before the key was removed, it is removed now. One whose
/// labels changed looks gone as well, and belongs to whoever watches for those.
pub(super) async fn gone(exporter: &Exporter, export: &FieldExport) {
    let target = order::written(export);
    if let Some(target) = target.as_ref().filter(|_| exporter.memory.written(uid(export)).is_some() && exporter.context.may_write()) {
        let cleared = match exporter.records.is_there(export).await {
            Ok(true) => {
                exporter.memory.forget(uid(export));
                return;
            }
            Ok(false) => clear(exporter, export, target).await,
            Err(error) => Err(Trouble::Object(error)),
        };
        if let Err(trouble) = cleared {
            tracing::warn!(export = report::name(export), key = %target, error = %Chain(&trouble), "a FieldExport is gone and its key is not; remove it");
        }
        exporter.metrics.passes.with_label_values(&["removed"]).inc();
    }
    forget(exporter, export, target.as_ref());
}

fn forget(exporter: &Exporter, export: &FieldExport, target: Option<&Target>) {
    exporter.memory.forget(uid(export));
    if let Some(target) = target {
        exporter.call_others(export, target);
    }
}

/// Removes the key, unless another FieldExport has it by now. What refuses to let go of it keeps it: that must not hold up a deletion for ever.
async fn clear(exporter: &Exporter, export: &FieldExport, target: &Target) -> Result<(), Trouble> {
    if claims::is_passed_on(export, target, &exporter.exports.state(), &exporter.reach) {
        return Ok(());
    }
    let cleared = match exporter.reach.permits(export, target) {
        Ok(()) => exporter.targets.clear(target).await,
        Err(forbidden) => Err(forbidden),
    };
    let why = match cleared {
        Err(refused @ (Trouble::TargetRefused { .. } | Trouble::OtherNamespace { .. } | Trouble::Guarded { .. })) => refused,
        other => return other,
    };
    tracing::warn!(key = %target, "the key stays: {why}");
    let text = format!("key {} of {} stays: {why}", target.key, target.object());
    exporter.context.events.publish(export, vec![Note::warning("KeyLeft", "Remove", &text)]);
    Ok(())
}
