//! Text of others made harmless to read: control, bidirectional and zero-width characters are shown as code points.
//!
//! A right-to-left override can make `ORD-1042` look like `2401-DRO`, and a zero-width space can make two order numbers
//! look alike (Unicode Technical Report 36). An approver must see what will be sent, so nothing invisible stays invisible.

/// Prose of others: every character that a reader cannot see is shown as `<U+202E>`. Line feeds stay, tabs become a space,
/// and what emoji are composed of (joiner, variation selector) and no-break spaces pass, since people type them daily.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\u{FE0F}' | '\u{200D}' | '\u{00A0}' | '\u{202F}' => out.push(c),
            '\t' => out.push(' '),
            c if is_hidden(c) => out.push_str(&code_point(c)),
            c => out.push(c),
        }
    }
    out
}

/// One value that will be sent: nothing invisible passes, a line feed neither, so that a value cannot fake a second line of
/// the card nor look like another value.
pub fn visible_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' => out.push(' '),
            c if is_hidden(c) => out.push_str(&code_point(c)),
            c => out.push(c),
        }
    }
    out
}

/// At most `max` characters; a cut is shown by an ellipsis.
pub fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(max.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// Characters that a reader cannot see or that move other characters: controls (Cc), format characters (Cf), line and
/// paragraph separators, unusual spaces, fillers, variation selectors, tags and private use.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00A0}' | '\u{00AD}' | '\u{034F}' | '\u{0600}'..='\u{0605}' | '\u{061C}' | '\u{06DD}' | '\u{070F}'
            | '\u{0890}'..='\u{0891}' | '\u{08E2}' | '\u{115F}'..='\u{1160}' | '\u{1680}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{2000}'..='\u{200F}' | '\u{2028}'..='\u{202F}' | '\u{205F}'..='\u{206F}'
            | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E000}'..='\u{F8FF}'
            | '\u{E0000}'..='\u{E0FFF}' | '\u{F0000}'..='\u{10FFFF}')
}

fn code_point(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_stays_invisible() {
        assert_eq!(visible_line("ORD-1042\u{202E}2401"), "ORD-1042<U+202E>2401");
        assert_eq!(visible_line("a\u{200B}b\nc\td"), "a<U+200B>b<U+000A>c<U+0009>d");
        assert_eq!(visible("two\nlines\r\u{FEFF}"), "two\nlines<U+000D><U+FEFF>");
        assert_eq!(visible("\u{E0041}\u{2066}"), "<U+E0041><U+2066>");
        assert_eq!(visible("Müller 日本 עברית 🎉"), "Müller 日本 עברית 🎉");
    }

    #[test]
    fn a_cut_is_shown() {
        assert_eq!(shorten("short", 5), "short");
        assert_eq!(shorten("longer than that", 8), "longer…");
    }
}
