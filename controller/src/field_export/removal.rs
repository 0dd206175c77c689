//! A key that is not asked for any more is removed: the FieldExport is deleted, or names another key. Only the key goes, and the object
//! stays. That nobody else wrote the key in between is not checked: that would take the right to read Secrets.

use kube::runtime::controller::Action;
use shared::field_export::FieldExport;
use shared::telemetry::Chain;

use super::claims::has_finalizer;
use super::exporter::Exporter;
use super::order::{self, Order, Target};
use super::pass::{finish, uid};
use super::report;
use super::trouble::Trouble;
use crate::events::Note;

/// A pass over a FieldExport that is being deleted.
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

/// A FieldExport that is gone: where another controller took our finalizer off before the key was removed, it is removed now.
pub(super) async fn gone(exporter: &Exporter, export: &FieldExport) {
    let target = order::written(export);
    if let Some(target) = target.as_ref().filter(|_| exporter.memory.written(uid(export)).is_some() && exporter.context.may_write()) {
        if let Err(trouble) = clear(exporter, export, target).await {
            tracing::warn!(export = report::name(export), key = %target, error = %Chain(&trouble), "a FieldExport is gone and its key is not; remove it");
        }
        exporter.metrics.passes.with_label_values(&["removed"]).inc();
    }
    forget(exporter, export, target.as_ref());
}

fn forget(exporter: &Exporter, export: &FieldExport, target: Option<&Target>) {
    exporter.memory.forget(uid(export));
    if let Some(target) = target {
        exporter.freed(target);
    }
}

/// Removes the key. What refuses to let go of it keeps it: that must not hold up a deletion for ever.
async fn clear(exporter: &Exporter, export: &FieldExport, target: &Target) -> Result<(), Trouble> {
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
