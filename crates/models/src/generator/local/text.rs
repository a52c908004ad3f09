//! Text out of the bytes of tokens: a letter may be spread over several of them.

/// Bytes that are not yet a whole letter.
#[derive(Debug, Default)]
pub(super) struct Letters {
    waiting: Vec<u8>,
}

impl Letters {
    /// The text that is whole with these further bytes; what can never become a letter is replaced.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.waiting.extend_from_slice(bytes);
        let mut text = String::new();
        loop {
            match std::str::from_utf8(&self.waiting) {
                Ok(all) => {
                    text.push_str(all);
                    self.waiting.clear();
                    return text;
                }
                Err(error) => {
                    let valid = error.valid_up_to();
                    let (good, rest) = self.waiting.split_at(valid);
                    text.push_str(&String::from_utf8_lossy(good));
                    let Some(bad) = error.error_len() else {
                        self.waiting = rest.to_vec();
                        return text;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    self.waiting = rest.get(bad..).unwrap_or_default().to_vec();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Letters;

    #[test]
    fn letters_spread_over_tokens_come_whole() {
        let mut letters = Letters::default();
        let mut text = String::new();
        for byte in "Größe 高い 🙂".bytes() {
            text.push_str(&letters.push(&[byte]));
        }
        assert_eq!(text, "Größe 高い 🙂");
    }

    #[test]
    fn what_is_no_letter_is_replaced_and_holds_nothing_up() {
        let mut letters = Letters::default();
        assert_eq!(letters.push(b"a\xffb\xc3"), "a\u{fffd}b");
        assert_eq!(letters.push(b"x"), "\u{fffd}x");
    }
}
