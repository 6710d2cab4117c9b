//! Points on the earth and the distance between them.
//!
//! Invariant: a [`Point`] is in range, and what is kept or compared is whole: micro-degrees and
//! metres. Floats live only inside one computation. Knows nothing of names, roads or travel time.

mod disc;
pub mod grid;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

pub use grid::{Found, Grid};

/// The mean radius of the earth (IUGG), in metres.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A place on the earth in whole micro-degrees (WGS84); about 11 cm.
///
/// Printed and read as `LAT,LON` in degrees. The order is by latitude, then longitude.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Micro", into = "Micro")]
pub struct Point {
    lat_e6: i32,
    lon_e6: i32,
}

/// The serialised shape of a point, before its range is checked.
#[derive(Serialize, Deserialize)]
struct Micro {
    lat_e6: i32,
    lon_e6: i32,
}

/// Text or numbers that are no point on the earth.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPoint {
    /// Not two numbers with a comma between.
    #[error("`{text}` is not a point (expected a form like `37.5663,126.9779`)")]
    Form {
        /// What was given, cut to 40 characters.
        text: String,
    },
    /// A latitude beyond a pole, in micro-degrees.
    #[error("latitude {} is not between -90 and 90 degrees", Degrees(*.lat_e6))]
    Latitude {
        /// What was given, micro-degrees.
        lat_e6: i64,
    },
    /// A longitude beyond the date line, in micro-degrees.
    #[error("longitude {} is not between -180 and 180 degrees", Degrees(*.lon_e6))]
    Longitude {
        /// What was given, micro-degrees.
        lon_e6: i64,
    },
}

impl Point {
    /// The point at these micro-degrees.
    ///
    /// # Errors
    /// [`BadPoint`] when a coordinate is out of range.
    pub fn new(lat_e6: i32, lon_e6: i32) -> Result<Self, BadPoint> {
        checked(lat_e6.into(), lon_e6.into())
    }

    /// Latitude in micro-degrees, north positive.
    #[must_use]
    pub const fn lat_e6(self) -> i32 {
        self.lat_e6
    }

    /// Longitude in micro-degrees, east positive.
    #[must_use]
    pub const fn lon_e6(self) -> i32 {
        self.lon_e6
    }

    /// Great-circle distance in metres, rounded to the nearest.
    #[must_use]
    pub fn metres_to(self, other: Self) -> u32 {
        metres(self.unit(), other.unit())
    }

    /// Great-circle distance in millimetres: where many distances are added up and compared, whole metres decide by
    /// their rounding.
    #[must_use]
    pub fn millimetres_to(self, other: Self) -> u64 {
        millimetres(1_000.0 * EARTH_RADIUS_M * angle(self.unit(), other.unit()))
    }

    /// This point on the unit sphere.
    fn unit(self) -> Unit {
        let (sin_lat, cos_lat) = radians(self.lat_e6).sin_cos();
        let (sin_lon, cos_lon) = radians(self.lon_e6).sin_cos();
        [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
    }
}

/// A direction from the earth's centre, of length one.
type Unit = [f64; 3];

/// Micro-degrees as radians.
fn radians(e6: i32) -> f64 {
    (f64::from(e6) / 1e6).to_radians()
}

/// Metres along the sphere between two directions, rounded to the nearest.
///
/// The difference of the vectors keeps nanometres for near points, where the angle's cosine would
/// not; the sum does the same near the antipode.
fn metres(a: Unit, b: Unit) -> u32 {
    whole(EARTH_RADIUS_M * angle(a, b))
}

/// The angle between two directions, in radians.
fn angle(a: Unit, b: Unit) -> f64 {
    let chord = chord(a, b);
    let half = chord / 4.0;
    if half < 0.0025 {
        // asin's series in half the chord: the first dropped term is below 1e-15 here, and no
        // library function is needed for distances under 600 km.
        let series =
            1.0 / 6.0 + half * (3.0 / 40.0 + half * (15.0 / 336.0 + half * (105.0 / 3456.0)));
        chord.sqrt() * (1.0 + half * series)
    } else {
        let sum = square(a[0] + b[0]) + square(a[1] + b[1]) + square(a[2] + b[2]);
        2.0 * chord.sqrt().atan2(sum.sqrt())
    }
}

/// The nearest whole number of millimetres.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "distances on the earth fit; the cast saturates and NaN becomes 0"
)]
fn millimetres(length: f64) -> u64 {
    (length + 0.5) as u64
}

/// The square of the straight line between two directions.
fn chord(a: Unit, b: Unit) -> f64 {
    square(a[0] - b[0]) + square(a[1] - b[1]) + square(a[2] - b[2])
}

fn square(x: f64) -> f64 {
    x * x
}

/// The nearest whole number of metres; half the earth's girth (20,015,114) at most.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "distances on the earth fit; the cast saturates and NaN becomes 0"
)]
fn whole(metres: f64) -> u32 {
    (metres + 0.5) as u32
}

fn checked(lat_e6: i64, lon_e6: i64) -> Result<Point, BadPoint> {
    if lat_e6.abs() > 90_000_000 {
        return Err(BadPoint::Latitude { lat_e6 });
    }
    if lon_e6.abs() > 180_000_000 {
        return Err(BadPoint::Longitude { lon_e6 });
    }
    match (i32::try_from(lat_e6), i32::try_from(lon_e6)) {
        (Ok(lat_e6), Ok(lon_e6)) => Ok(Point { lat_e6, lon_e6 }),
        _ => Err(BadPoint::Longitude { lon_e6 }),
    }
}

/// Decimal degrees as micro-degrees, without a float in between; digits past the sixth round half
/// away from zero. `None` when it is no plain decimal number of at most nine whole digits.
pub(crate) fn micro_degrees(text: &str) -> Option<i64> {
    let (negative, plain) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || part.len() > 20 || !digits(whole) || !digits(part) {
        return None;
    }
    let mut value = whole.parse::<i64>().ok()?;
    let mut rest = part.bytes().map(|b| i64::from(b - b'0'));
    for _ in 0..6 {
        value = value * 10 + rest.next().unwrap_or(0);
    }
    if rest.next().is_some_and(|digit| digit >= 5) {
        value += 1;
    }
    Some(if negative { -value } else { value })
}

impl FromStr for Point {
    type Err = BadPoint;

    /// Reads `LAT,LON` in decimal degrees; spaces around either are allowed.
    fn from_str(text: &str) -> Result<Self, BadPoint> {
        let pair = text
            .split_once(',')
            .and_then(|(lat, lon)| Some((micro_degrees(lat.trim())?, micro_degrees(lon.trim())?)));
        match pair {
            Some((lat_e6, lon_e6)) => checked(lat_e6, lon_e6),
            None => Err(BadPoint::Form { text: text.chars().take(40).collect() }),
        }
    }
}

/// Micro-degrees shown as decimal degrees.
struct Degrees(i64);

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", Degrees(self.lat_e6.into()), Degrees(self.lon_e6.into()))
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Point({self})")
    }
}

impl TryFrom<Micro> for Point {
    type Error = BadPoint;

    fn try_from(micro: Micro) -> Result<Self, BadPoint> {
        Self::new(micro.lat_e6, micro.lon_e6)
    }
}

impl From<Point> for Micro {
    fn from(point: Point) -> Self {
        Self { lat_e6: point.lat_e6, lon_e6: point.lon_e6 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Point {
        text.parse().unwrap()
    }

    #[test]
    fn a_point_reads_degrees_and_prints_them() {
        assert_eq!(at("37.5663,126.9779"), Point::new(37_566_300, 126_977_900).unwrap());
        assert_eq!(at(" -33.5 , +18 ").to_string(), "-33.500000,18.000000");
        assert_eq!(at("0.1234565,-0.0000001").to_string(), "0.123457,0.000000");
        assert_eq!(at("-90,180").to_string(), "-90.000000,180.000000");
    }

    #[test]
    fn a_point_out_of_range_or_form_is_refused_with_its_value() {
        assert_eq!("126.9,37.5".parse::<Point>(), Err(BadPoint::Latitude { lat_e6: 126_900_000 }));
        let east = "37.5,180.000001".parse::<Point>().unwrap_err();
        assert_eq!(east.to_string(), "longitude 180.000001 is not between -180 and 180 degrees");
        for bad in
            ["", "37.5", "37.5 126.9", "37.5,", "a,b", "1e1,2", "37.5,126.9,1", "-,-", ".5,1"]
        {
            assert!(matches!(bad.parse::<Point>(), Err(BadPoint::Form { .. })), "{bad}");
        }
        assert!(matches!("9999999999,1".parse::<Point>(), Err(BadPoint::Form { .. })));
    }

    #[test]
    fn a_point_survives_serialisation_and_a_bad_one_does_not_enter() {
        let text = serde_json::to_string(&at("37.5,127")).unwrap();
        assert_eq!(text, r#"{"lat_e6":37500000,"lon_e6":127000000}"#);
        assert_eq!(serde_json::from_str::<Point>(&text).unwrap(), at("37.5,127"));
        assert!(serde_json::from_str::<Point>(r#"{"lat_e6":90000001,"lon_e6":0}"#).is_err());
    }

    #[test]
    fn known_distances_are_met_to_the_metre() {
        // Arcs of a sphere of radius 6,371,008.8 m.
        assert_eq!(at("0,0").metres_to(at("0,1")), 111_195);
        assert_eq!(at("0,0").metres_to(at("90,0")), 10_007_557);
        assert_eq!(at("90,0").metres_to(at("-90,77")), 20_015_114);
        assert_eq!(at("10,20").metres_to(at("-10,-160")), 20_015_114);
        assert_eq!(at("37,-180").metres_to(at("37,180")), 0);
        assert_eq!(at("37,179.9999").metres_to(at("37,-179.9999")), 18);
        assert_eq!(at("37.5,127").metres_to(at("37.500009,127")), 1);
    }

    proptest! {
        #[test]
        fn distance_agrees_with_the_haversine_formula(
            a in (-90_000_000i32..=90_000_000, -180_000_000i32..=180_000_000),
            b in (-90_000_000i32..=90_000_000, -180_000_000i32..=180_000_000),
            near in (-40_000i32..=40_000, -40_000i32..=40_000),
        ) {
            let close = (
                (a.0 + near.0).clamp(-90_000_000, 90_000_000),
                (a.1 + near.1).clamp(-180_000_000, 180_000_000),
            );
            let p = Point::new(a.0, a.1).unwrap();
            for (lat, lon) in [b, close] {
                let q = Point::new(lat, lon).unwrap();
                let dlat = radians(q.lat_e6) - radians(p.lat_e6);
                let dlon = radians(q.lon_e6) - radians(p.lon_e6);
                let hav = (dlat / 2.0).sin().powi(2)
                    + radians(p.lat_e6).cos() * radians(q.lat_e6).cos() * (dlon / 2.0).sin().powi(2);
                let expect = 2.0 * EARTH_RADIUS_M * hav.sqrt().min(1.0).asin();
                // Near the antipode the formula of the test loses digits, not ours.
                let slack = if expect > 19_900_000.0 { 2.0 } else { 0.51 };
                prop_assert!((f64::from(p.metres_to(q)) - expect).abs() <= slack);
                prop_assert_eq!(p.metres_to(q), q.metres_to(p));
            }
        }

        #[test]
        fn every_point_reads_what_it_prints(
            lat in -90_000_000i32..=90_000_000, lon in -180_000_000i32..=180_000_000,
        ) {
            let p = Point::new(lat, lon).unwrap();
            prop_assert_eq!(p.to_string().parse::<Point>(), Ok(p));
        }
    }
}
