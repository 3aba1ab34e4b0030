//! A rollback on a real control plane, beside `kubectl rollout undo` and
//! `kubectl rollout status` for the same change in the same run.

use lastgood_tests::field::Field;
use lastgood_tests::measure_rollback::measure_rollback;

use crate::sample::Sample;

/// How often each is measured. A rollout takes a different path each time, so few say little.
const TIMES: usize = 7;

pub(crate) async fn measure() -> anyhow::Result<()> {
    println!("a rollback of four replicas on a real control plane");
    let field = match Field::start().await {
        Ok(field) => field,
        Err(error) => {
            println!("  skipped: {error:#}\n");
            return Ok(());
        }
    };
    let (mut plans, mut ours, mut theirs, mut ratios) = (vec![], vec![], vec![], vec![]);
    for _ in 0..TIMES {
        let measured = measure_rollback(&field).await?;
        let steps: Vec<String> = measured
            .steps
            .iter()
            .map(|(step, at)| format!("{step} {:.2} s", at.as_secs_f64()))
            .collect();
        println!("  over after            {}", steps.join(", "));
        plans.push(measured.plan);
        ours.push(measured.lastgood);
        theirs.push(measured.kubectl);
        ratios.push(measured.lastgood.as_secs_f64() / measured.kubectl.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    println!("  making the plan       {}", Sample::new(plans).line());
    println!("  start to serving      {}", Sample::new(ours).line());
    println!("  undo and status       {}", Sample::new(theirs).line());
    println!("  ratio, median         {:.2} (goal: at most 1.20)\n", ratios[TIMES / 2]);
    Ok(())
}
