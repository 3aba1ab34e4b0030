//! What a window or a terminal shows of a run.
