//! Where the processor's time of a call goes, part by part, beside that of the floor.
//!
//! Processor time of this thread, so that a busy machine changes little. Waiting for the disk is not in it.

use crate::Outcome;
use crate::rates::{floor, written};
use crate::rig::{BATCH, Desk, cpu, finish, median, request, say, start};
use ascall_engine::domain::command::Order;
use std::hint::black_box;
use std::time::Duration;

const CALLS: u64 = 10_000;

pub fn run() -> Outcome<()> {
    let dir = tempfile::tempdir()?;
    let mut desk = Desk::open(&dir.path().join("desk.redb"))?;
    desk.staff(CALLS)?;
    desk.core.maintain(desk.now)?;
    let each = |took: Duration| took.as_secs_f64() * 1e6 / CALLS as f64;
    let orders: Outcome<Vec<Order>> = (0..CALLS).map(request).collect();
    let orders = orders?;

    let begun = cpu()?;
    for order in &orders {
        black_box(order.command.fingerprint());
    }
    let fingerprint = each(cpu()?.checked_sub(begun).unwrap());
    let mut world = desk.core.world().clone();
    let begun = cpu()?;
    let mut records = Vec::new();
    for order in &orders {
        records.extend(world.carry_out(order, desk.now)?.record);
    }
    let decide = each(cpu()?.checked_sub(begun).unwrap());
    let begun = cpu()?;
    for record in &records {
        black_box(rmp_serde::to_vec_named(record)?);
    }
    let encode = each(cpu()?.checked_sub(begun).unwrap());
    drop((world, records));

    let before = desk.core.head().seq;
    let batch = usize::try_from(BATCH)?;
    let begun = cpu()?;
    let mut calls = Vec::new();
    for orders in orders.chunks(batch) {
        for answer in desk.core.run(orders, desk.now)?.answers {
            calls.extend(answer?.call);
        }
    }
    let accepted = each(cpu()?.checked_sub(begun).unwrap());
    let sizes = written(desk.core.store(), before)?;
    let floor_accepted = each(floor(&sizes, batch)?.1);
    let bytes = sizes.records.iter().map(|record| record.body).sum::<usize>();
    let before = desk.core.head().seq;
    let begun = cpu()?;
    for calls in calls.chunks(batch) {
        for verb in [start, finish] {
            let orders: Vec<Order> = calls.iter().copied().map(verb).collect();
            for answer in desk.core.run(&orders, desk.now)?.answers {
                answer?;
            }
        }
    }
    let rest = each(cpu()?.checked_sub(begun).unwrap());
    let sizes = written(desk.core.store(), before)?;
    let floor_rest = each(floor(&sizes, batch)?.1);
    let begun = cpu()?;
    desk.core.maintain(desk.now)?;
    let maintain = each(cpu()?.checked_sub(begun).unwrap());
    say(&format!(
        "  accepted and assigned     {accepted:>6.1} us, floor {floor_accepted:.1}; {:.0} bytes",
        bytes as f64 / CALLS as f64
    ))?;
    say(&format!(
        "    deciding and folding    {decide:>6.1} us, fingerprint of the key's body {fingerprint:.1} of it"
    ))?;
    say(&format!("    encoding the record     {encode:>6.1} us"))?;
    say(&format!("    rows, chain and commit  {:>6.1} us", accepted - decide - encode))?;
    say(&format!("  started and finished      {rest:>6.1} us, floor {floor_rest:.1}"))?;
    say(&format!("  archive, keys, snapshot   {maintain:>6.1} us"))?;
    drop(desk);
    opening()
}

/// The world of 10^5 workers, from its snapshot.
fn opening() -> Outcome<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("desk.redb");
    let mut desk = Desk::open(&path)?;
    desk.staff(100_000)?;
    desk.core.maintain(desk.now)?;
    drop(desk);
    let mut took = Vec::new();
    for _ in 0..5 {
        let begun = cpu()?;
        let desk = Desk::open(&path)?;
        took.push(cpu()?.checked_sub(begun).unwrap().as_secs_f64() * 1e3);
        drop(desk);
    }
    say(&format!("  opening, 10^5 workers     {:>6.1} ms", median(took)))
}
