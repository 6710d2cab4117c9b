//! The disc of a search on the flat grid of micro-degrees: which rectangles hold it.
//!
//! Invariant: a rectangle may be too large, never too small, at the poles and the date line too.
//! Knows nothing of cells or keys.

use super::{EARTH_RADIUS_M, Point, Unit, radians, square};

/// The width of the grid, micro-degrees of longitude.
const LON_SPAN: i32 = 360_000_000;
/// The height of the grid, micro-degrees of latitude.
const LAT_SPAN: i32 = 180_000_000;

/// A ring of a search: nearer than `metres`, inclusive, and farther than what was seen `beyond`.
pub(super) struct Disc {
    pub at: Point,
    pub unit: Unit,
    pub metres: u32,
    pub beyond: Option<u32>,
}

/// A rectangle on the grid, sides included.
pub(super) struct Window {
    pub west: i32,
    pub east: i32,
    pub south: i32,
    pub north: i32,
}

impl Window {
    /// Whether a point lies in it, by its longitude.
    pub(super) fn holds(&self, point: Point) -> bool {
        (self.west..=self.east).contains(&place(point).0)
    }
}

impl Disc {
    /// The angle the disc spans from its centre, in radians, with room for rounded metres.
    fn angle(&self) -> f64 {
        (f64::from(self.metres) + 0.51) / EARTH_RADIUS_M
    }

    /// No point of the disc has a greater squared chord to its centre.
    pub(super) fn chord_max(&self) -> f64 {
        let half = (self.angle() / 2.0).min(std::f64::consts::FRAC_PI_2);
        square(2.0 * half.sin()) * (1.0 + 1e-12)
    }

    /// Whether a square cell surely has nothing for this ring: all of it is too far, or all was seen.
    ///
    /// Both bounds are the haversine formula (a quarter of the squared chord) with the least, or
    /// the greatest, gaps and cosines the cell allows, so they hold at poles and date line too.
    pub(super) fn misses(&self, west: i32, south: i32, width: i32) -> bool {
        let (x, y) = place(self.at);
        let (east, north) = (west + width - 1, south + width - 1);
        let lat_gap = (south - y).max(y - north).max(0);
        let lon_gap = if (west..=east).contains(&x) || east >= LON_SPAN {
            0
        } else {
            (west - x).rem_euclid(LON_SPAN).min((x - east).rem_euclid(LON_SPAN))
        };
        let (low, high) = (south - LAT_SPAN / 2, north.min(LAT_SPAN) - LAT_SPAN / 2);
        let here = radians(self.at.lat_e6()).cos().max(0.0);
        let least = square(sine_below(lat_gap))
            + here * cosine_below(low.abs().max(high.abs())) * square(sine_below(lon_gap));
        if 4.0 * least > self.chord_max() {
            return true;
        }
        let Some(seen) = self.beyond else { return false };
        let most = square(radians(lat_gap + width) / 2.0)
            + here * square(radians((lon_gap + width).min(LON_SPAN / 2)) / 2.0);
        let seen = (f64::from(seen) - 0.51).max(0.0) / EARTH_RADIUS_M;
        4.0 * most < square(2.0 * (seen / 2.0).min(std::f64::consts::FRAC_PI_2).sin())
    }

    /// Rectangles that hold the whole disc; two when it lies across the date line.
    ///
    /// From the haversine formula: within angle `d`, between latitudes whose least cosine is `c`,
    /// the sine of half the longitude gap is at most `sin(d/2) / c`. Near a pole that says nothing,
    /// and the rectangle goes round the earth.
    pub(super) fn windows(&self) -> [Option<Window>; 2] {
        let (x, y) = place(self.at);
        let rise = micro(self.angle());
        let (south, north) = ((y - rise).max(0), (y + rise).min(LAT_SPAN));
        let widest = (south - LAT_SPAN / 2).abs().max((north - LAT_SPAN / 2).abs());
        let sine = (self.angle() / 2.0) / radians(widest).cos().max(1e-12);
        let span = if sine < 0.99 { micro(2.0 * sine.asin()) } else { LON_SPAN };
        let window = |west, east| Some(Window { west, east, south, north });
        let (west, east) = (x - span, x + span);
        if span >= LON_SPAN / 2 {
            [window(0, LON_SPAN), None]
        } else if west <= 0 {
            [window(0, east), window(west + LON_SPAN, LON_SPAN)]
        } else if east >= LON_SPAN {
            [window(west, LON_SPAN), window(0, east - LON_SPAN)]
        } else {
            [window(west, east), None]
        }
    }
}

/// The point on the grid: micro-degrees counted from the south-west, never negative.
pub(super) fn place(point: Point) -> (i32, i32) {
    (point.lon_e6() + LON_SPAN / 2, point.lat_e6() + LAT_SPAN / 2)
}

/// Radians as micro-degrees, rounded up with one to spare.
#[expect(clippy::cast_possible_truncation, reason = "at most 360 million; the cast saturates")]
fn micro(angle: f64) -> i32 {
    (angle.to_degrees() * 1e6).min(f64::from(LON_SPAN)) as i32 + 2
}

/// At most the sine of half of `gap` micro-degrees (0 to 180 degrees).
fn sine_below(gap: i32) -> f64 {
    let half = radians(gap) / 2.0;
    (half * (1.0 - half * half / 6.0)).max(0.0) * (1.0 - 1e-12)
}

/// At most the cosine of `lat` micro-degrees (0 to 90 degrees): its series up to a negative term.
fn cosine_below(lat: i32) -> f64 {
    let s = square(radians(lat));
    (1.0 - s * (0.5 - s * (1.0 / 24.0 - s / 720.0))).max(0.0) * (1.0 - 1e-12)
}
