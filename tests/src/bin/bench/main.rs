//! The benchmarks: `./dev bench [name]`. Each prints what it measured beside what the
//! machine itself can do in the same run; none judges, except `judge`, which has goals.

#![expect(clippy::print_stdout, reason = "a benchmark speaks to the terminal")]

mod fold;
mod github;
mod judge;
mod overhead;
mod page;
mod record;
mod rollback;
mod sample;
mod schema;
mod target;
mod window;
mod world;

use anyhow::bail;

const NAMES: &[&str] = &[
    "overhead",
    "fold",
    "page",
    "record",
    "target",
    "rollback",
    "schema",
    "github",
    "window",
    "judge-speed",
    "judge",
];

fn main() -> anyhow::Result<()> {
    let (options, wanted): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| word == "--quick");
    for name in &wanted {
        if !NAMES.contains(&name.as_str()) {
            bail!("there is no benchmark `{name}`; there is: {}", NAMES.join(", "));
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    println!("{} build\n", if cfg!(debug_assertions) { "debug" } else { "release" });
    if asked("overhead") {
        runtime.block_on(overhead::measure())?;
    }
    if asked("fold") {
        runtime.block_on(fold::measure())?;
    }
    if asked("page") {
        page::measure();
    }
    if asked("record") {
        runtime.block_on(record::measure())?;
    }
    if asked("target") {
        target::measure();
    }
    if asked("rollback") {
        runtime.block_on(rollback::measure())?;
    }
    if asked("schema") {
        schema::measure()?;
    }
    if asked("github") {
        runtime.block_on(github::measure())?;
    }
    if asked("judge-speed") || asked("judge") {
        judge::speed::measure();
    }
    // It takes minutes and has goals, so it is only run by name.
    if wanted.iter().any(|one| one == "judge") {
        judge::evaluate(!options.is_empty())?;
    }
    if asked("window") {
        window::measure()?;
    }
    Ok(())
}
