//! Bytes to text, whatever their encoding: a byte order mark, then UTF-8, then UTF-16 by its zero
//! bytes, then what the bytes look like.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a file is looked at to guess, in bytes.
const GUESS_BYTES_MAX: usize = 256 << 10;

/// The encoding of plain text that carries no label.
pub(crate) fn guess(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = wide(bytes) {
        return encoding;
    }
    if is_utf8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let head = bytes.get(..GUESS_BYTES_MAX).unwrap_or(bytes);
    detector.feed(head, head.len() == bytes.len());
    detector.guess(None, utf8_for(bytes))
}

/// Decodes plain text that carries no label.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    guess(bytes).decode(bytes).0
}

/// Decodes text whose label names an encoding; the bytes win where they contradict it.
pub(crate) fn decode_labelled<'a>(bytes: &'a [u8], label: Option<&str>) -> Cow<'a, str> {
    let labelled = label.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let is_plain = Encoding::for_bom(bytes).is_none() && wide(bytes).is_none();
    match labelled {
        // A label of UTF-16 inside text that can be read byte by byte cannot be true.
        Some(encoding) if is_plain && encoding != UTF_16LE && encoding != UTF_16BE => {
            if encoding != UTF_8 || std::str::from_utf8(bytes).is_ok() || mostly_utf8(bytes) {
                encoding.decode_without_bom_handling(bytes).0
            } else {
                decode(bytes)
            }
        }
        _ => decode(bytes),
    }
}

/// UTF-16 without a mark: in the first kilobytes every other byte is mostly zero, or the bytes of
/// spaces and line ends stand in pairs.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..4096).unwrap_or(bytes);
    let pairs = head.len() / 2;
    if pairs < 2 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let (mut high_first, mut low_first, mut zeros) = (0, 0, 0);
    for pair in head.chunks_exact(2) {
        match pair {
            [0, 0] => zeros += 1,
            [0, _] => high_first += 1,
            [_, 0] => low_first += 1,
            _ => {}
        }
    }
    let enough = pairs / 20 + 1;
    if zeros > 0 {
        return None;
    }
    match (high_first >= enough, low_first >= enough) {
        (true, _) if low_first * 10 < high_first => Some(UTF_16BE),
        (_, true) if high_first * 10 < low_first => Some(UTF_16LE),
        _ => None,
    }
}

/// UTF-8, although the last character may have been cut off with the rest of a file.
fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// UTF-8 with a damaged byte here and there is still UTF-8.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let head = bytes.get(..GUESS_BYTES_MAX).unwrap_or(bytes);
    let broken = head
        .utf8_chunks()
        .filter(|chunk| !chunk.invalid().is_empty())
        .count();
    let wide = head.iter().filter(|byte| **byte >= 0xc2).count();
    broken * 20 <= wide
}

fn utf8_for(bytes: &[u8]) -> Utf8Detection {
    if mostly_utf8(bytes) {
        Utf8Detection::Allow
    } else {
        Utf8Detection::Deny
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{
        BIG5, EUC_JP, EUC_KR, GB18030, KOI8_R, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252,
    };

    #[test]
    fn text_in_every_usual_encoding_is_read() {
        let western = "Größe und Übermut kamen zu Fall; «déjà vu», dit-il, à côté de l'œuvre.";
        let russian = "Все счастливые семьи похожи друг на друга, каждая несчастлива по-своему.";
        let japanese = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。";
        let chinese = "話說天下大勢，分久必合，合久必分。周末七國分爭，并入於秦。";
        let simple = "话说天下大势，分久必合，合久必分。周末七国分争，并入于秦。";
        let korean = "모든 국민은 법 앞에 평등하다. 누구든지 성별에 의하여 차별을 받지 아니한다.";
        for (encoding, text) in [
            (WINDOWS_1252, western),
            (WINDOWS_1251, russian),
            (KOI8_R, russian),
            (SHIFT_JIS, japanese),
            (EUC_JP, japanese),
            (BIG5, chinese),
            (GB18030, simple),
            (EUC_KR, korean),
            (UTF_8, "plain 𝒳 and 😀"),
        ] {
            let (bytes, _, is_lossy) = encoding.encode(text);
            assert!(!is_lossy);
            assert_eq!(decode(&bytes), text, "{}", encoding.name());
        }
        for text in [western, russian, "plain 𝒳 and 😀 text with spaces"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(decode(&[&[0xff, 0xfe], little.as_slice()].concat()), text);
            assert_eq!(decode(&[&[0xfe, 0xff], big.as_slice()].concat()), text);
            assert_eq!(decode(&little), text);
            assert_eq!(decode(&big), text);
            assert_eq!(
                decode(&[&[0xef, 0xbb, 0xbf], text.as_bytes()].concat()),
                text
            );
        }
    }

    #[test]
    fn text_that_ends_within_a_character_keeps_its_encoding() {
        for text in [
            "पुस्तकालय में पाँच पुस्तकें हैं।",
            "ห้องสมุดมีหนังสือห้าเล่ม",
            "图书馆有五本书。",
            "Πέντε βιβλία",
        ] {
            for cut in 1..text.len() {
                let begun = &text.as_bytes()[..cut];
                let whole = text.get(..text.floor_char_boundary(cut)).unwrap();
                assert_eq!(guess(begun), UTF_8, "{text} cut at {cut}");
                assert!(decode(begun).starts_with(whole));
            }
        }
    }

    #[test]
    fn a_wrong_label_does_not_win_against_the_bytes() {
        assert_eq!(decode_labelled(b"caf\xe9 noir", Some("utf-8")), "café noir");
        assert_eq!(
            decode_labelled(b"caf\xe9 noir", Some("latin1")),
            "café noir"
        );
        assert_eq!(decode_labelled("café".as_bytes(), Some("utf-16")), "café");
        assert_eq!(
            decode_labelled("café".as_bytes(), Some("no-such-thing")),
            "café"
        );
    }
}
