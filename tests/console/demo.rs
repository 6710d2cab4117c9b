//! The demonstration.

use crate::sealed::Sealed;
use crate::terminal::Console;

#[test]
fn without_a_screen_it_works_for_a_while_and_verifies() {
    let world = Sealed::new();
    let kept = world.path("kept.redb");
    let keep = kept.to_string_lossy().into_owned();
    let args = ["demo", "--headless", "4s", "--seed", "11", "--keep", &keep, "--lang", "en"];
    let ran = world.run(&args);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    assert!(ran.out.contains("ascall worker add --name=김하나"), "{}", ran.out);
    assert!(ran.out.contains("ascall demo --seed 11"), "{}", ran.out);
    assert!(ran.out.contains("verified, no fault"), "{}", ran.out);
    assert!(!world.store().exists(), "the user's own store was touched");
    let workers = world.json(&["worker", "list", "--store", &keep]);
    assert_eq!(workers.as_array().unwrap().len(), 12);
    let told = world.fails(2, &args);
    assert!(told.contains("exists already") && told.contains("hint: "), "{told}");
    let told = world.fails(2, &["demo", "--lang", "en"]);
    assert!(told.contains("--headless"), "{told}");
}

#[test]
fn on_a_terminal_it_shows_a_desk_at_work_and_says_how_it_is_done_again() {
    let mut world = Sealed::new();
    let temporary = world.path("temporary");
    std::fs::create_dir(&temporary).unwrap();
    world.set("TMPDIR", temporary.to_str().unwrap());
    let mut console = Console::start(world.command(&["demo", "--lang", "en"]), 120, 40);
    console.shows("calls come in from all over Seoul");
    console.shows("C-2");
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 1);
    console.press("q");
    assert_eq!(console.ends(), Some(0), "{}", console.contents());
    console.is_given_back();
    console.shows("ascall demo --seed 7");
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "the store is still there");
    assert!(!world.store().exists());
}
