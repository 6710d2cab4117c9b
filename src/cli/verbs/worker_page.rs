//! `ascall worker show`: a worker's page, with what the worker has before them.

use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Show as _, Ui};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::call::CallCard;
use crate::front::show::worker::WorkerPage;
use crate::front::words::Word;
use ascall_engine::domain::ids::WorkerId;
use ascall_engine::domain::refusal::Refusal;

/// Shows it.
pub(super) async fn run(cx: &mut Cx, worker: WorkerId) -> Result<Exit, UserError> {
    cx.must_exist()?;
    let page = cx
        .with_desk("worker show", async |cx: &mut Cx, desk| {
            let veils = (cx.ui.veil_of_one(), cx.ui.veil());
            let known = desk.worker(worker).await?.ok_or(Refusal::NoSuchWorker(worker))?;
            let offers = desk.offers(Some(worker)).await?;
            WorkerPage::read(&desk.book(), &known, &offers, veils, &cx.ui.look)
        })
        .await?;
    if cx.ui.format == Format::Table {
        at_length(&mut cx.ui, &page)?;
    } else {
        cx.ui.one(&page, "")?;
    }
    Ok(Exit::Done)
}

fn at_length(ui: &mut Ui, page: &WorkerPage) -> Result<(), UserError> {
    let look = &ui.look;
    let worker = &page.worker;
    let person = [Some(&worker.id), worker.name.as_ref(), worker.tel.as_ref()];
    let seen = worker
        .seen
        .zip(worker.seen_time)
        .map(|(point, at)| format!("{:.4},{:.4} ({})", point.lat, point.lon, look.clock.short(at)));
    let rating = page.rating.map(|rating| {
        let stars = look.say(Word::Stars, &[&format!("{:.1}", rating.average)]);
        format!("{stars} ({})", rating.count)
    });
    let visits =
        page.reservations.iter().map(|r| format!("{} {}", r.call, look.clock.short(r.time)));
    let offers = page.offers.iter().map(|o| {
        format!("{} {} ({} {})", o.id, o.call, look.word(Word::Until), look.clock.exact(o.until))
    });
    let pairs = [
        (Word::Worker, person.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")),
        (Word::State, look.availability(&worker.availability)),
        (Word::Call, worker.call.clone().unwrap_or_default()),
        (Word::Skills, worker.skills.join(",")),
        (Word::Services, worker.services.join(",")),
        (Word::Seen, seen.unwrap_or_default()),
        (Word::Rating, rating.unwrap_or_default()),
        (Word::Visit, visits.collect::<Vec<_>>().join(" · ")),
        (Word::Offers, offers.collect::<Vec<_>>().join(" · ")),
    ];
    let rows: Vec<Vec<String>> = page.today.iter().map(|call| call.cells(look)).collect();
    ui.pairs(&pairs)?;
    if !rows.is_empty() {
        ui.raw("\n")?;
        ui.table(CallCard::HEADS, &rows)?;
    }
    Ok(())
}
