//! What each service does for its customers, from the request to the end.

use crate::play::play;

#[test]
fn a_washing_machine_is_repaired_by_the_nearest_who_can() {
    play("repair-visit");
}

#[test]
fn a_manual_car_is_driven_by_the_nearest_who_can() {
    play("driver-ride");
}

#[test]
fn a_taxi_member_who_rides_often_pays_less() {
    play("taxi-regular");
}
