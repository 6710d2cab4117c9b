//! The map: where workers and calls are, in braille, as seen from above.
//!
//! Invariant: north is up, a metre is as long to the east as to the north, and what lies outside is counted, not moved.
//! Says nothing that the lists do not say.

use super::{framed, put};
use crate::tui::state::State;
use crate::tui::state::workers::place;
use crate::tui::theme::{self, Role};
use crate::tui::words::Label;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::worker::Availability;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The least that is shown from side to side, in metres.
const LEAST_M: i64 = 1_000;

/// The dots of a cell, from the top left down, then the right column.
const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// From how many points on those at the edges may lie outside.
const MANY: usize = 40;

/// A part of the earth on a screen of dots.
#[derive(Debug, Clone, Copy)]
struct Plane {
    /// The middle, in micro-degrees.
    middle: (i64, i64),
    /// Metres in a million micro-degrees to the east; to the north it is [`NORTH_M`].
    east_m: i64,
    /// Metres from a dot to the next, in thousandths.
    step_mm: i64,
    /// Dots from side to side and from top to bottom.
    dots: (i64, i64),
}

/// Metres in a degree of latitude.
const NORTH_M: i64 = 111_195;

impl Plane {
    /// The least that holds all the points, or all but the outermost of many.
    fn of(points: &[Point], columns: u16, rows: u16) -> Option<Self> {
        let span = |mut all: Vec<i64>| {
            all.sort_unstable();
            let cut = if all.len() >= MANY { all.len() / 40 } else { 0 };
            Some((*all.get(cut)?, *all.get(all.len() - 1 - cut)?))
        };
        let (south, north) = span(points.iter().map(|p| i64::from(p.lat_e6())).collect())?;
        let (west, east) = span(points.iter().map(|p| i64::from(p.lon_e6())).collect())?;
        let middle = (i64::midpoint(south, north), i64::midpoint(west, east));
        let degree = |lon: i64| {
            let (lat, lon) = (i32::try_from(middle.0).ok()?, i32::try_from(lon).ok()?);
            Point::new(lat, lon).ok()
        };
        // Near a pole a degree to the east is nothing.
        let metres = degree(0)?.metres_to(degree(1_000_000)?);
        let east_m = i64::from(metres).max(1);
        let dots = (i64::from(columns) * 2, i64::from(rows) * 4);
        let wide = ((east - west) * east_m / 1_000_000).max(LEAST_M);
        let high = ((north - south) * NORTH_M / 1_000_000).max(LEAST_M);
        // A dot at each side stays free.
        let step = |metres: i64, dots: i64| metres * 1_000 / (dots - 4).max(1);
        let step_mm = step(wide, dots.0).max(step(high, dots.1)).max(1);
        Some(Self { middle, east_m, step_mm, dots })
    }

    /// The dot of a point, from the top left; none: it lies outside.
    fn dot(&self, point: Point) -> Option<(i64, i64)> {
        let east = (i64::from(point.lon_e6()) - self.middle.1) * self.east_m / 1_000_000;
        let south = (self.middle.0 - i64::from(point.lat_e6())) * NORTH_M / 1_000_000;
        let x = self.dots.0 / 2 + (east * 1_000).div_euclid(self.step_mm);
        let y = self.dots.1 / 2 + (south * 1_000).div_euclid(self.step_mm);
        let inside = (0..self.dots.0).contains(&x) && (0..self.dots.1).contains(&y);
        inside.then_some((x, y))
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    dots: u8,
    role: Option<Role>,
    mark: Option<&'static str>,
}

/// Cells side by side.
struct Sheet {
    columns: usize,
    cells: Vec<Cell>,
}

impl Sheet {
    fn cell(&mut self, (x, y): (i64, i64)) -> Option<&mut Cell> {
        let (column, row) = (usize::try_from(x / 2).ok()?, usize::try_from(y / 4).ok()?);
        if column >= self.columns {
            return None;
        }
        self.cells.get_mut(row * self.columns + column)
    }

    fn set(&mut self, (x, y): (i64, i64), role: Role) {
        let (Ok(left), Ok(down)) =
            (usize::try_from(x.rem_euclid(2)), usize::try_from(y.rem_euclid(4)))
        else {
            return;
        };
        if let Some(cell) = self.cell((x, y)) {
            cell.dots |= DOTS[left][down];
            cell.role = Some(role);
        }
    }

    /// A spot that is seen: two by two dots.
    fn spot(&mut self, (x, y): (i64, i64), role: Role) {
        // Within its cell, so that it does not spill into another one's colour.
        let (x, y) = (x - x.rem_euclid(2), y - i64::from(y.rem_euclid(4) == 3));
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            self.set((x + dx, y + dy), role);
        }
    }

    fn mark(&mut self, dot: (i64, i64), mark: &'static str, role: Role) {
        if let Some(cell) = self.cell(dot) {
            cell.mark = Some(mark);
            cell.role = Some(role);
        }
    }

    /// A straight line, as Bresenham draws it.
    fn line(&mut self, from: (i64, i64), to: (i64, i64), role: Role) {
        let (wide, high) = ((to.0 - from.0).abs(), -(to.1 - from.1).abs());
        let (right, down) = ((to.0 - from.0).signum(), (to.1 - from.1).signum());
        let (mut at, mut error) = (from, wide + high);
        loop {
            self.set(at, role);
            if at == to {
                return;
            }
            let twice = error * 2;
            if twice >= high {
                error += high;
                at.0 += right;
            }
            if twice <= wide {
                error += wide;
                at.1 += down;
            }
        }
    }
}

/// Draws it.
pub(super) fn draw(state: &State, area: Rect, focus: bool, buffer: &mut Buffer) {
    if area.width < 10 || area.height < 4 {
        return;
    }
    let theme = state.setting.theme;
    let inside = framed(state, area, state.say(Label::Map), focus, buffer);
    let sheet =
        Rect { x: inside.x + 1, width: inside.width - 2, height: inside.height - 1, ..inside };
    let picture = state.picture();
    let at_work = |worker: &&crate::desk::live::Worker| {
        !matches!(worker.availability, Availability::Off | Availability::Suspended)
    };
    let workers: Vec<_> = picture
        .workers
        .values()
        .filter(at_work)
        .filter_map(|worker| Some((worker, place(worker)?)))
        .collect();
    let calls: Vec<_> =
        picture.calls.values().filter_map(|row| Some((row, row.spot()?.point))).collect();
    let points: Vec<Point> =
        workers.iter().map(|(_, at)| *at).chain(calls.iter().map(|(_, at)| *at)).collect();
    let Some(plane) = Plane::of(&points, sheet.width, sheet.height) else {
        put(buffer, inside, 1, 0, state.say(Label::NoPlaces), theme.style(Role::Dim));
        return;
    };
    let outside = points.iter().filter(|point| plane.dot(**point).is_none()).count();
    let (columns, rows) = (usize::from(sheet.width), usize::from(sheet.height));
    let mut drawn = Sheet { columns, cells: vec![Cell::default(); columns * rows] };
    let chosen = state.worker_here().and_then(|worker| plane.dot(place(worker)?));
    let aim = state.call_aimed_at().and_then(|row| plane.dot(row.spot()?.point));
    if let (Some(from), Some(to)) = (chosen, aim) {
        drawn.line(from, to, Role::Dim);
    }
    for (worker, at) in &workers {
        let (_, role) = theme::availability(worker.availability);
        if let Some(dot) = plane.dot(*at) {
            drawn.spot(dot, role);
        }
    }
    for (row, at) in &calls {
        let (mark, role) = theme::phase(row.phase);
        if let Some(dot) = plane.dot(*at) {
            drawn.mark(dot, mark, role);
        }
    }
    if let (Some(dot), Some(worker)) = (chosen, state.worker_here()) {
        drawn.mark(dot, theme::availability(worker.availability).0, Role::Chosen);
    }
    ink(state, sheet, &drawn, buffer);
    let names = [
        state.call_aimed_at().map(|row| row.call.to_string()).zip(aim),
        state.worker_here().map(|worker| worker.id.to_string()).zip(chosen),
    ];
    for (name, (x, y)) in names.into_iter().flatten() {
        if let (Ok(column), Ok(row)) = (u16::try_from(x / 2 + 1), u16::try_from(y / 4)) {
            put(buffer, sheet, column, row, &name, theme.style(Role::Head));
        }
    }
    legend(state, inside, &plane, (workers.len(), calls.len(), outside), buffer);
}

fn ink(state: &State, sheet: Rect, drawn: &Sheet, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    for (at, cell) in drawn.cells.iter().enumerate() {
        let text = match cell.mark {
            Some(mark) => mark.to_owned(),
            None if cell.dots == 0 => continue,
            None => match char::from_u32(0x2800 + u32::from(cell.dots)) {
                Some(dots) => dots.to_string(),
                None => continue,
            },
        };
        let (column, row) = (at % drawn.columns, at / drawn.columns);
        if let (Ok(column), Ok(row)) = (u16::try_from(column), u16::try_from(row)) {
            put(buffer, sheet, column, row, &text, theme.style(cell.role.unwrap_or(Role::Text)));
        }
    }
}

/// What the signs mean, and how far three columns are.
fn legend(
    state: &State,
    inside: Rect,
    plane: &Plane,
    (workers, calls, outside): (usize, usize, usize),
    buffer: &mut Buffer,
) {
    let look = state.look();
    let far = u32::try_from(plane.step_mm * 6 / 1_000).unwrap_or(u32::MAX);
    let numbers = [workers.to_string(), calls.to_string(), look.metres(far)];
    let mut text = Label::MapLegend.fill(look.lang, &[&numbers[0], &numbers[1], &numbers[2]]);
    if outside > 0 {
        text = format!("{text}  {}", Label::OffMap.fill(look.lang, &[&outside.to_string()]));
    }
    let row = inside.height.saturating_sub(1);
    put(buffer, inside, 1, row, &text, state.setting.theme.style(Role::Dim));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(text: &str) -> Point {
        text.parse().unwrap()
    }

    #[test]
    fn north_is_up_and_east_is_right_and_metres_are_as_long_both_ways() {
        let points = ["37.50,127.00", "37.60,127.00", "37.55,126.95", "37.55,127.05"].map(point);
        let plane = Plane::of(&points, 40, 20).unwrap();
        let [south, north, west, east] = points.map(|point| plane.dot(point).unwrap());
        assert!(north.1 < south.1 && west.0 < east.0, "{points:?}");
        let dots = |a: (i64, i64), b: (i64, i64)| ((a.0 - b.0).abs(), (a.1 - b.1).abs());
        // 11.1 km to the north, 8.8 km to the east: the same dot for the same metre.
        let (high, wide) = (dots(north, south).1, dots(west, east).0);
        assert!((high * 88 - wide * 111).abs() < 111 * 3, "{high} {wide}");
    }

    #[test]
    fn of_many_points_the_outermost_are_outside_and_one_alone_is_in_the_middle() {
        let mut points: Vec<Point> =
            (0..60).map(|i| Point::new(37_500_000 + i * 1_000, 127_000_000).unwrap()).collect();
        let busan = point("35.18,129.07");
        points.push(busan);
        let plane = Plane::of(&points, 40, 20).unwrap();
        assert_eq!(plane.dot(busan), None);
        assert!(plane.dot(points[30]).is_some());
        let alone = Plane::of(&[busan], 10, 5).unwrap();
        assert_eq!(alone.dot(busan), Some((10, 10)));
        assert!(Plane::of(&[], 10, 5).is_none());
    }
}
