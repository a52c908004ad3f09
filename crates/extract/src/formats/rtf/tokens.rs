//! Cuts RTF into braces, control words, control symbols and bytes of text.

/// The longest control word, in letters.
const WORD_LETTERS_MAX: usize = 32;

/// The longest number behind a control word, with its sign.
const NUMBER_BYTES_MAX: usize = 11;

/// The smallest part of a file that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'r> {
    /// A group begins.
    Open,
    /// A group ends.
    Close,
    /// A control word, with its number.
    Word(&'r str, Option<i32>),
    /// A control symbol: one character behind a backslash.
    Symbol(u8),
    /// A byte of text, as it stands or as `\'hh`.
    Byte(u8),
}

/// The tokens of a file, in order.
#[derive(Debug)]
pub(super) struct Tokens<'r> {
    rest: &'r [u8],
}

impl<'r> Tokens<'r> {
    /// Reads these bytes.
    pub(super) const fn new(bytes: &'r [u8]) -> Self {
        Self { rest: bytes }
    }

    fn take(&mut self, length: usize) -> &'r [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, most: usize, fits: impl Fn(&u8) -> bool) -> &'r [u8] {
        let length = self.rest.iter().take(most).take_while(|byte| fits(byte));
        self.take(length.count())
    }

    /// What follows a backslash; none for what says nothing.
    fn control(&mut self) -> Option<Token<'r>> {
        let first = self.rest.first()?;
        if !first.is_ascii_alphabetic() {
            self.take(1);
            return match *first {
                b'\'' => self.code().map(Token::Byte),
                escaped @ (b'{' | b'}' | b'\\') => Some(Token::Byte(escaped)),
                symbol => Some(Token::Symbol(symbol)),
            };
        }
        let word = self.take_while(WORD_LETTERS_MAX, u8::is_ascii_alphabetic);
        let word = std::str::from_utf8(word).ok()?;
        let number = self.number();
        if self.rest.first() == Some(&b' ') {
            self.take(1);
        }
        if word == "bin" {
            let length = number.and_then(|number| usize::try_from(number).ok());
            self.take(length.unwrap_or_default());
            return None;
        }
        Some(Token::Word(word, number))
    }

    /// The two digits of a byte written as `\'hh`.
    fn code(&mut self) -> Option<u8> {
        let digits = std::str::from_utf8(self.rest.get(..2)?).ok()?;
        let code = u8::from_str_radix(digits, 16).ok()?;
        self.take(2);
        Some(code)
    }

    fn number(&mut self) -> Option<i32> {
        let sign = usize::from(self.rest.first() == Some(&b'-'));
        let all = self.rest;
        self.take(sign);
        let digits = self.take_while(NUMBER_BYTES_MAX - sign, u8::is_ascii_digit);
        let written = all.get(..sign + digits.len())?;
        std::str::from_utf8(written).ok()?.parse().ok()
    }
}

impl<'r> Iterator for Tokens<'r> {
    type Item = Token<'r>;

    fn next(&mut self) -> Option<Token<'r>> {
        loop {
            let token = match *self.take(1).first()? {
                b'{' => Some(Token::Open),
                b'}' => Some(Token::Close),
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => None,
                byte => Some(Token::Byte(byte)),
            };
            if token.is_some() {
                return token;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, Tokens};

    #[test]
    fn words_end_at_a_space_and_binary_data_is_passed_over() {
        let rtf = b"{\\rtf1\\u-10179 ?a\\'e9\\bin3 {}}\\{\\~\\*\r\n\\fs24b}\\'zz\\";
        let found: Vec<_> = Tokens::new(rtf).collect();
        let expected = [
            Token::Open,
            Token::Word("rtf", Some(1)),
            Token::Word("u", Some(-10_179)),
            Token::Byte(b'?'),
            Token::Byte(b'a'),
            Token::Byte(0xe9),
            Token::Byte(b'{'),
            Token::Symbol(b'~'),
            Token::Symbol(b'*'),
            Token::Word("fs", Some(24)),
            Token::Byte(b'b'),
            Token::Close,
            Token::Byte(b'z'),
            Token::Byte(b'z'),
        ];
        assert_eq!(found, expected);
    }
}
