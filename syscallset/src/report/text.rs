//! The text of a report.

/// Text in a buffer on the stack; what does not fit is cut.
pub(super) struct Text {
    buffer: [u8; 1024],
    length: usize,
}

impl Text {
    pub(super) fn new() -> Self {
        Self {
            buffer: [0; 1024],
            length: 0,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    pub(super) fn push(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        let count = bytes.len().min(self.buffer.len() - self.length);
        self.buffer[self.length..self.length + count].copy_from_slice(&bytes[..count]);
        self.length += count;
    }

    /// Pushes at most `most` bytes, ending in `…` where something is missing.
    pub(super) fn push_cut(&mut self, text: &str, most: usize) {
        if text.len() <= most {
            return self.push(text);
        }
        let end = (0..=most)
            .rev()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or(0);
        self.push(&text[..end]);
        self.push("…");
    }

    /// Pushes what the kernel reads of a register: so many bits, perhaps with a sign.
    pub(super) fn push_argument(&mut self, register: u64, bits: u32, signed: bool) {
        let unused = 64_u32.wrapping_sub(bits) & 63;
        let value = register << unused >> unused;
        #[allow(clippy::cast_possible_wrap, reason = "the sign is in the first bit")]
        let number = (register << unused) as i64 >> unused;
        if signed && number < 0 {
            self.push("-");
            self.push_decimal(number.unsigned_abs());
        } else if value < 10_000 {
            // Small numbers are domains, options and descriptors, large ones flags and addresses.
            self.push_decimal(value);
        } else {
            self.push("0x");
            self.push_hexadecimal(value);
        }
    }

    pub(super) fn push_decimal(&mut self, number: u64) {
        self.push_digits(number, 10);
    }

    pub(super) fn push_hexadecimal(&mut self, number: u64) {
        self.push_digits(number, 16);
    }

    fn push_digits(&mut self, mut number: u64, radix: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            #[allow(clippy::cast_possible_truncation, reason = "less than the radix")]
            let digit = (number % radix) as u8;
            digits[at] = if digit < 10 {
                b'0' + digit
            } else {
                b'a' + digit - 10
            };
            number /= radix;
            if number == 0 {
                break;
            }
        }
        self.push_bytes(&digits[at..]);
    }
}
