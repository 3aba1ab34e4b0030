use super::*;

#[test]
fn every_moment_of_a_window_is_in_exactly_one_interval() {
    for (window, scrape) in [
        (300_000, 15_000),
        (300_001, 15_000),
        (5_000, 1_000),
        (86_400_000, 15_000),
        (90_000, 60_000),
    ] {
        let (from, to) = (EpochMs(7_777), EpochMs(7_777 + window));
        let grid = Grid::new(from, to, Millis(scrape));
        let number = grid.number();
        assert_eq!(grid.end(number - 1), to, "the last one ends with the window");
        let mut begins = from.0;
        for index in 0..number {
            let end = grid.end(index);
            assert!(end.0 > begins, "no interval is empty");
            for at in [begins + 1, end.0] {
                assert_eq!(grid.index(EpochMs(at)), index, "{at} of {window} every {scrape}");
            }
            begins = end.0;
        }
    }
}

#[test]
fn intervals_are_as_long_as_the_source_looks_within_limits() {
    for (window, scrape, number) in [
        (300_000, 15_000, 20),
        (300_000, 1_000, 30),
        (300_000, 60_000, 5),
        (30_000, 1_000, 12),
        (30_000, 15_000, 2),
        (6_000, 1_000, 3),
        (120_000, 1_000, 12),
        (0, 15_000, 0),
        (86_400_000, 10_000, 2_880),
    ] {
        let grid = Grid::new(EpochMs(0), EpochMs(window), Millis(scrape));
        assert!(grid.number().abs_diff(number) <= 1, "{window} every {scrape}: {}", grid.number());
    }
    let empty = Grid::new(EpochMs(5), EpochMs(5), Millis(15_000));
    assert_eq!(empty.index(EpochMs(9)), 0, "and an empty window is no reason to fail");
    let odd = Grid::new(EpochMs(i64::MAX), EpochMs(i64::MIN), Millis(u64::MAX));
    assert_eq!((odd.number(), odd.index(EpochMs(0))), (0, 0));
}
