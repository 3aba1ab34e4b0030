//! Looks at the window: is there a picture, and can everybody use it?

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::driver::Driver;
use crate::window::picture;

/// Fewer colours than this are no text: its smoothed edges alone have more.
const COLOURS: usize = 32;

/// Takes a picture, keeps it as `name`, and checks that something is on it.
pub(crate) fn photograph(window: &Driver, name: &str) -> Result<()> {
    window.settle()?;
    let taken = window.screenshot()?;
    std::fs::write(picture(name)?, &taken)?;
    let mut reader = png::Decoder::new(Cursor::new(&taken)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("the picture is too large")?];
    let frame = reader.next_frame(&mut pixels)?;

    let inside =
        window.script("return [innerWidth, innerHeight].map((n) => n * devicePixelRatio)")?;
    ensure!(
        inside == serde_json::json!([frame.width, frame.height]),
        "{name}: the picture is {} by {} and the window {inside}",
        frame.width,
        frame.height
    );
    let colours: BTreeSet<&[u8]> =
        pixels[..frame.buffer_size()].chunks(frame.color_type.samples()).collect();
    ensure!(
        colours.len() >= COLOURS,
        "{name}: the window is blank, with {} colours",
        colours.len()
    );
    Ok(())
}

/// What axe finds against the accessibility guidelines, levels A and AA, in this web view.
/// `None` where axe is not installed.
pub(crate) fn violations(window: &Driver) -> Result<Option<Vec<String>>> {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let Ok(axe) = std::fs::read_to_string(axe) else { return Ok(None) };
    window.script(&axe)?;
    let found = window.script_until_done(
        "const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
         axe.run(document, { runOnly: levels }).then(
           (result) => done(result.violations.map((each) =>
             `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`)),
           (error) => done([`axe itself: ${error}`]));",
    )?;
    Ok(Some(serde_json::from_value(found)?))
}
