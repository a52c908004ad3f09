//! What the program says of a page: tab-separated values, one row for a page, a block, a line, a word.

use alexandria_core::block::Rect;

use super::super::{Recognised, RecognisedWord};

/// The words of an answer: of every row of level 5, its place, confidence and text.
pub(super) fn words(answer: &str) -> Recognised {
    let mut words: Vec<RecognisedWord> = Vec::new();
    let mut places: Vec<[u32; 3]> = Vec::new();
    let (mut paragraph, mut line) = (0, 0);
    for row in answer.lines() {
        let Some(row) = word_row(row) else { continue };
        if let Some(last) = places.last() {
            let is_new_paragraph = last[..2] != row.place[..2];
            paragraph += u32::from(is_new_paragraph);
            line += u32::from(is_new_paragraph || last[2] != row.place[2]);
        }
        places.push(row.place);
        words.push(RecognisedWord {
            paragraph,
            line,
            ..row.word
        });
    }
    #[expect(clippy::cast_precision_loss, reason = "a page has few words")]
    let count = words.len().max(1) as f32;
    let confidence = words.iter().map(|word| word.confidence).sum::<f32>() / count;
    Recognised { words, confidence }
}

struct WordRow {
    /// Its block, paragraph and line.
    place: [u32; 3],
    word: RecognisedWord,
}

fn word_row(row: &str) -> Option<WordRow> {
    let mut fields = row.splitn(12, '\t');
    let level = fields.next()?;
    let mut number = || fields.next()?.parse::<f32>().ok();
    if level != "5" {
        return None;
    }
    let _page = number()?;
    let places = [number()?, number()?, number()?];
    let _word = number()?;
    let [left, top, width, height] = [number()?, number()?, number()?, number()?];
    let confidence = number()?;
    let text = fields.next()?.trim();
    if text.is_empty() {
        return None;
    }
    let rect = Rect {
        x0: left,
        y0: top,
        x1: left + width,
        y1: top + height,
    };
    let confidence = (confidence / 100.0).clamp(0.0, 1.0);
    let text = text.to_owned();
    let word = RecognisedWord {
        text,
        rect,
        confidence,
        paragraph: 0,
        line: 0,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small whole numbers, as the program wrote them"
    )]
    let place = places.map(|number| number as u32);
    Some(WordRow { place, word })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_lines_paragraphs_and_places() {
        let answer = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\t\
                      height\tconf\ttext\n\
                      4\t1\t1\t1\t1\t0\t10\t10\t90\t20\t-1\t\n\
                      5\t1\t1\t1\t1\t1\t10\t10\t40\t20\t96.5\tTwo\n\
                      5\t1\t1\t1\t1\t2\t60\t10\t40\t20\t90.5\twords\n\
                      5\t1\t1\t1\t2\t1\t10\t40\t40\t20\t80\tnext\n\
                      5\t1\t2\t1\t1\t1\t10\t90\t40\t20\t-1\tother\n\
                      5\t1\t2\t1\t1\t2\t60\t90\t40\t20\t95\t \n\
                      not a row\n";
        let recognised = words(answer);
        let got: Vec<(&str, u32, u32)> = recognised
            .words
            .iter()
            .map(|word| (word.text.as_str(), word.paragraph, word.line))
            .collect();
        assert_eq!(
            got,
            [
                ("Two", 0, 0),
                ("words", 0, 0),
                ("next", 0, 1),
                ("other", 1, 2)
            ]
        );
        assert_eq!(
            recognised.words[1].rect,
            Rect {
                x0: 60.0,
                y0: 10.0,
                x1: 100.0,
                y1: 30.0
            }
        );
        assert!((recognised.confidence - (0.965 + 0.905 + 0.8) / 4.0).abs() < 1e-5);
    }
}
