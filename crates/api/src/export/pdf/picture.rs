//! Attached pictures as figures: as large as there is room for, and never larger than they are.

use krilla::Data;
use krilla::geom::Rect;
use krilla::image::Image;
use krilla::tagging::{BBox, Tag};

use super::flow::{BODY, Flow, LEADING, SMALL};
use super::sheet::{Ink, MARGIN, Shape};
use super::tags::NodeId;
use crate::export::outline::{Picture, Span};

/// Points of paper for a dot of a screen: 96 dots are an inch.
const POINTS: f32 = 0.75;
/// The share of a sheet's height that one takes, so that what is said of it stands with it.
const TALLEST: f32 = 0.8;
/// What one may have in dots; three screens side by side have 25 million. A small file can
/// claim any number, and each dot takes memory.
const MOST_DOTS: u64 = 60_000_000;

pub(super) fn lay_out(flow: &mut Flow<'_>, of: Option<NodeId>, picture: &Picture) {
    let words = [Span::Text(picture.words())];
    let image = match read(picture) {
        Ok(image) => image,
        Err(why) => {
            let told = format!("{} is not shown: {why}.", picture.words());
            flow.paragraph(of, &[Span::Text(told)], SMALL, Ink::Soft);
            return;
        }
    };
    let (width, height) = fitted(image.size(), flow.sheets.width(), flow.sheets.whole() * TALLEST);
    flow.sheets.gap(6.0);
    flow.sheets.need(height + 2.0 * BODY * LEADING);
    let (x, y) = (MARGIN, flow.sheets.y);
    let area = Rect::from_xywh(x, y, width, height);
    let bounds = area.map(|area| BBox::new(flow.sheets.number(), area));
    let figure = Tag::Figure(Some(picture.words())).with_bbox(bounds);
    let figure = flow.sheets.tags.add(of, figure);
    flow.sheets.put(Some(figure), Ink::Text, Shape::Picture { x, y, width, height, image });
    flow.sheets.y = y + height + 4.0;
    let caption = flow.sheets.tags.add(Some(figure), Tag::Caption);
    flow.paragraph_in(caption, &words, SMALL, Ink::Soft);
    flow.sheets.gap(6.0);
}

fn read(picture: &Picture) -> Result<Image, String> {
    let data = Data::from(picture.bytes.to_vec());
    let image = match picture.media_type.as_str() {
        "image/png" => Image::from_png(data, false),
        "image/jpeg" => Image::from_jpeg(data, false),
        "image/gif" => Image::from_gif(data, false),
        "image/webp" => Image::from_webp(data, false),
        other => Err(format!("nothing here reads {other}")),
    }
    .map_err(|_| format!("the file cannot be read as {}", picture.media_type))?;
    let (wide, high) = image.size();
    match u64::from(wide) * u64::from(high) {
        0 => Err("it is empty".to_owned()),
        dots if dots > MOST_DOTS => Err(format!("it has {wide} by {high} dots")),
        _ => Ok(image),
    }
}

/// Width and height in points: the size on a screen, made smaller until it fits.
fn fitted((wide, high): (u32, u32), width: f32, height: f32) -> (f32, f32) {
    #[expect(clippy::cast_precision_loss, reason = "a place on a page")]
    let (wide, high) = (wide as f32 * POINTS, high as f32 * POINTS);
    let scale = (width / wide).min(height / high).min(1.0);
    (wide * scale, high * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_its_shape_and_grows_no_larger_than_it_is() {
        assert_eq!(fitted((100, 40), 480.0, 600.0), (75.0, 30.0));
        assert_eq!(fitted((1280, 640), 480.0, 600.0), (480.0, 240.0));
        assert_eq!(fitted((100, 8000), 480.0, 600.0), (7.5, 600.0));
    }

    #[test]
    fn what_claims_to_be_huge_is_not_read() {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(60_000_u32.to_be_bytes());
        bytes.extend(60_000_u32.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0]);
        let picture = Picture {
            name: "bomb.png".to_owned(),
            caption: String::new(),
            media_type: "image/png".to_owned(),
            bytes: bytes.into(),
        };
        read(&picture).expect_err("sixty thousand by sixty thousand");
    }
}
