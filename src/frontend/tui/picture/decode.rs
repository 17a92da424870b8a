//! Pixels of a PNG or JPEG file. Bounded: a picture that is too large is refused before it is read.

use std::io::Cursor;

use png::{ColorType, Limits, Transformations};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::exif;
use super::pixels::Pixels;

/// Most pixels of a picture; a large camera makes 24 million.
const PIXELS_AT_MOST: u64 = 32_000_000;

/// Longest side.
const SIDE_AT_MOST: usize = 16_384;

/// Bytes that a PNG may need besides its pixels.
const BYTES_AT_MOST: usize = 64 << 20;

/// Behind what is transparent: drawings are made for paper.
const PAPER: u32 = 255;

/// Reads a file's bytes; the error is a reason for the operator.
pub(super) fn decode(bytes: &[u8]) -> Result<Pixels, String> {
    if bytes.starts_with(b"\x89PNG") {
        png(bytes)
    } else if bytes.starts_with(b"\xff\xd8") {
        jpeg(bytes)
    } else if bytes.is_empty() {
        Err("the file is empty".to_owned())
    } else {
        Err("it is neither PNG nor JPEG".to_owned())
    }
}

fn png(bytes: &[u8]) -> Result<Pixels, String> {
    let broken = |error: png::DecodingError| format!("broken PNG: {error}");
    let limits = Limits {
        bytes: BYTES_AT_MOST,
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(broken)?;
    let (width, height) = (reader.info().width, reader.info().height);
    check(width as usize, height as usize)?;
    let size = reader.output_buffer_size().ok_or("it is too large")?;
    let mut raw = vec![0; size];
    let frame = reader.next_frame(&mut raw).map_err(broken)?;
    raw.truncate(frame.buffer_size());
    let data: Vec<[u8; 3]> = match frame.color_type {
        ColorType::Rgb => raw.as_chunks().0.to_vec(),
        ColorType::Rgba => {
            let (whole, _) = raw.as_chunks::<4>();
            whole
                .iter()
                .map(|&[r, g, b, a]| over([r, g, b], a))
                .collect()
        }
        ColorType::Grayscale => raw.iter().map(|&grey| [grey; 3]).collect(),
        ColorType::GrayscaleAlpha => {
            let (whole, _) = raw.as_chunks::<2>();
            whole.iter().map(|&[grey, a]| over([grey; 3], a)).collect()
        }
        ColorType::Indexed => return Err("broken PNG: no palette".to_owned()),
    };
    Ok(Pixels {
        width,
        height,
        data,
    })
}

fn jpeg(bytes: &[u8]) -> Result<Pixels, String> {
    let options = DecoderOptions::default()
        .set_max_width(SIDE_AT_MOST)
        .set_max_height(SIDE_AT_MOST)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let broken = |error| format!("broken JPEG: {error}");
    decoder.decode_headers().map_err(broken)?;
    let (width, height) = decoder.dimensions().ok_or("broken JPEG: no size")?;
    check(width, height)?;
    let raw = decoder.decode().map_err(broken)?;
    let orientation = decoder.exif().and_then(|exif| exif::orientation(exif));
    let pixels = Pixels {
        width: width as u32,
        height: height as u32,
        data: raw.as_chunks().0.to_vec(),
    };
    Ok(pixels.turned(orientation.unwrap_or(1)))
}

fn check(width: usize, height: usize) -> Result<(), String> {
    let is_small =
        width.max(height) <= SIDE_AT_MOST && width as u64 * height as u64 <= PIXELS_AT_MOST;
    if is_small {
        return Ok(());
    }
    let most = PIXELS_AT_MOST / 1_000_000;
    Err(format!(
        "{width} x {height} is too large: {most} million pixels and {SIDE_AT_MOST} on a side at most"
    ))
}

/// A colour over paper.
fn over(color: [u8; 3], alpha: u8) -> [u8; 3] {
    let alpha = u32::from(alpha);
    color.map(|value| ((u32::from(value) * alpha + PAPER * (255 - alpha)) / 255) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(color: ColorType, size: (u32, u32), data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, size.0, size.1);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(data).unwrap();
        writer.finish().unwrap();
        bytes
    }

    #[test]
    fn every_kind_of_png_is_read() {
        let red = [255, 0, 0];
        for (color, data, expected) in [
            (ColorType::Rgb, vec![255, 0, 0], red),
            (ColorType::Rgba, vec![255, 0, 0, 255], red),
            (ColorType::Rgba, vec![0, 0, 0, 0], [255; 3]),
            (ColorType::Grayscale, vec![9], [9; 3]),
            (ColorType::GrayscaleAlpha, vec![9, 255], [9; 3]),
        ] {
            let pixels = decode(&written(color, (1, 1), &data)).unwrap();
            assert_eq!(pixels.data, [expected], "{color:?} {data:?}");
        }
    }

    #[test]
    fn reason_is_told_for_what_is_no_picture() {
        let whole = written(ColorType::Rgb, (2, 2), &[1; 12]);
        for (bytes, reason) in [
            (&b""[..], "empty"),
            (b"GIF89a", "neither PNG nor JPEG"),
            (b"\xff\xd8\xff\xe0 and so on", "broken JPEG"),
            (&whole[..whole.len() - 20], "broken PNG"),
            (&whole[..20], "broken PNG"),
        ] {
            let told = decode(bytes).unwrap_err();
            assert!(told.contains(reason), "{told}");
        }
    }

    #[test]
    fn huge_picture_is_refused_by_its_size_alone() {
        let mut bytes = written(ColorType::Grayscale, (1, 1), &[1]);
        // Width and height of the header, and its checksum.
        bytes[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        let mut decoder = png::Decoder::new(Cursor::new(&bytes));
        decoder.ignore_checksums(true);
        assert!(check(65_535, 65_535).unwrap_err().contains("65535 x 65535"));
        assert!(check(6_000, 4_000).is_ok());
        assert!(decode(&bytes).is_err());
    }
}
