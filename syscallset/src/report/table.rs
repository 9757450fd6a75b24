//! The table of refused calls, read field by field.

use super::text::Text;

/// What is left of a text of fields.
pub(super) struct Fields(pub(super) &'static str);

impl Fields {
    /// The next field, up to a byte that ends it; empty behind the last one.
    #[cfg_attr(not(debug_assertions), inline)]
    pub(super) fn next(&mut self, end: u8) -> &'static str {
        let bytes = self.0.as_bytes();
        let mut length = 0;
        while length < bytes.len() && bytes[length] != end {
            length += 1;
        }
        let (field, rest) = self.0.split_at(length);
        self.0 = if rest.is_empty() { rest } else { &rest[1..] };
        field
    }
}

/// A number without a sign.
#[cfg_attr(not(debug_assertions), inline)]
pub(super) fn parse(digits: &str) -> Option<i32> {
    let mut number = 0_i32;
    for digit in digits.as_bytes() {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number
            .wrapping_mul(10)
            .wrapping_add(i32::from(digit - b'0'));
    }
    Some(number)
}

/// A line of the table.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) remedy: &'static str,
    pub(super) parameters: &'static str,
}

impl Line {
    /// The arguments that the filter looks at, as the kernel reads them: `(domain=2)`.
    #[cfg_attr(not(debug_assertions), inline)]
    pub(super) fn push_arguments(&self, arguments: &[u64; 6], text: &mut Text) {
        if self.parameters == "-" {
            return;
        }
        let mut separator = "(";
        let mut parameters = Fields(self.parameters);
        loop {
            let index = parse(parameters.next(b':')).and_then(|index| usize::try_from(index).ok());
            // Negative where they have a sign.
            let bits = parameters.next(b':');
            let signed = bits.starts_with('-');
            let bits = parse(if signed { &bits[1..] } else { bits });
            let name = parameters.next(b',');
            let Some(value) = index.and_then(|index| arguments.get(index)) else {
                break;
            };
            if name.is_empty() {
                break;
            }
            text.push(separator);
            text.push(name);
            text.push("=");
            text.push_argument(*value, bits.unwrap_or(64).unsigned_abs(), signed);
            separator = ",";
        }
        text.push(")");
    }
}
