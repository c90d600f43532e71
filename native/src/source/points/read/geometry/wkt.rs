//! Well-known text: all parts of a geometry of any kind.
//!
//! Also with an SRID before it, with `Z`, `M` or `ZM` beside the name or at it, and with `EMPTY` anywhere.

use super::sketch::{DEPTH, Sketch};
use duotile_core::Role;

/// Reads all parts of a geometry. `None` where it is damaged.
pub(super) fn sketch(text: &str, out: &mut Sketch) -> Option<()> {
    let bare = text.split_once(';').filter(|(srid, _)| srid.trim_start().starts_with("SRID=")).map(|(_, rest)| rest);
    let mut text = Text { rest: bare.unwrap_or(text) };
    text.geometry(out, DEPTH)?;
    text.rest.trim().is_empty().then_some(())
}

/// What is left of a text.
struct Text<'t> {
    rest: &'t str,
}

impl<'t> Text<'t> {
    fn geometry(&mut self, out: &mut Sketch, depth: u32) -> Option<()> {
        let name = self.word().to_ascii_uppercase();
        let kind = name.trim_end_matches(['Z', 'M']);
        out.deep |= kind != name;
        let before = self.rest;
        if matches!(self.word().to_ascii_uppercase().as_str(), "Z" | "M" | "ZM") {
            out.deep = true;
        } else {
            self.rest = before;
        }
        match kind {
            "POINT" => self.list(|text| text.point(out))?,
            "LINESTRING" => self.line(out)?,
            "POLYGON" => self.polygon(out)?,
            "MULTIPOINT" => {
                // With brackets around each point or without.
                self.list(|text| if text.begins('(') { text.list(|text| text.point(out)) } else { text.point(out) })?;
            }
            "MULTILINESTRING" => self.list(|text| text.line(out))?,
            "MULTIPOLYGON" => self.list(|text| text.polygon(out))?,
            "GEOMETRYCOLLECTION" => {
                let depth = depth.checked_sub(1)?;
                self.list(|text| text.geometry(out, depth))?;
            }
            _ => return None,
        }
        Some(())
    }

    /// A point is a part: one without a place takes no other with it.
    fn point(&mut self, out: &mut Sketch) -> Option<()> {
        self.position(out)?;
        out.end(Role::Points);
        Some(())
    }

    fn line(&mut self, out: &mut Sketch) -> Option<()> {
        self.list(|text| text.position(out))?;
        out.end(Role::Line);
        Some(())
    }

    fn polygon(&mut self, out: &mut Sketch) -> Option<()> {
        let mut shell = false;
        self.list(|text| {
            text.list(|text| text.position(out))?;
            shell |= out.end_ring(!shell);
            Some(())
        })
    }

    /// What stands between brackets with commas between; nothing where it is `EMPTY`.
    fn list(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if !self.begins('(') {
            return self.word().eq_ignore_ascii_case("EMPTY").then_some(());
        }
        self.skip(1);
        loop {
            each(self)?;
            let more = self.begins(',');
            if !more && !self.begins(')') {
                return None;
            }
            self.skip(1);
            if !more {
                return Some(());
            }
        }
    }

    /// Two numbers or more.
    fn position(&mut self, out: &mut Sketch) -> Option<()> {
        if !self.rest.trim_start().starts_with(|letter: char| letter.is_ascii_digit() || "+-.nN".contains(letter)) {
            return self.word().eq_ignore_ascii_case("EMPTY").then_some(());
        }
        let end = self.rest.find([',', '(', ')'])?;
        let mut numbers = self.rest[..end].split_ascii_whitespace().map(str::parse::<f64>);
        let (x, y) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        for number in numbers {
            number.ok()?;
            out.deep = true;
        }
        out.push(x, y);
        self.skip(end);
        Some(())
    }

    /// The letters that come next.
    fn word(&mut self) -> &'t str {
        let rest = self.rest.trim_start();
        let end = rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(rest.len());
        self.rest = &rest[end..];
        &rest[..end]
    }

    fn begins(&mut self, letter: char) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.starts_with(letter)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part with its positions.
    type Part = (Role, Vec<(f64, f64)>);

    fn read(text: &str) -> Option<Vec<Part>> {
        let mut out = Sketch::default();
        sketch(text, &mut out)?;
        Some(out.parts().map(|(role, positions)| (role, positions.to_vec())).collect())
    }

    #[test]
    fn every_kind_of_geometry_is_read_however_it_is_written() {
        let (a, b, c) = ((1.0, 2.0), (3.0, 4.5), (-5e-1, 6.0));
        for (text, expected) in [
            ("POINT (1 2)", vec![(Role::Points, vec![a])]),
            ("POINT EMPTY", vec![]),
            ("linestring zm(1 2 7 8,3 4.5 7 8)", vec![(Role::Line, vec![a, b])]),
            ("SRID=4326;LINESTRINGZ (1 2 0, 3 4.5 0)", vec![(Role::Line, vec![a, b])]),
            ("MULTIPOINT (1 2, 3 4.5)", vec![(Role::Points, vec![a]), (Role::Points, vec![b])]),
            ("MULTIPOINT ((1 2), (3 4.5), EMPTY)", vec![(Role::Points, vec![a]), (Role::Points, vec![b])]),
            (
                "MULTILINESTRING((1 2,3 4.5),EMPTY,(3 4.5,-.5 6))",
                vec![(Role::Line, vec![a, b]), (Role::Line, vec![b, c])],
            ),
            (
                "MULTIPOLYGON (((1 2, 3 4.5, -0.5 6, 1 2), (3 4.5, 1 2, -5e-1 6)), EMPTY, ((-0.5 6, 1 2, 3 4.5)))",
                vec![(Role::Shell, vec![a, b, c, a]), (Role::Hole, vec![b, a, c]), (Role::Shell, vec![c, a, b])],
            ),
            (
                "GEOMETRYCOLLECTION (POINT (1 2), GEOMETRYCOLLECTION(LINESTRING(1 2,3 4.5)), POLYGON EMPTY)",
                vec![(Role::Points, vec![a]), (Role::Line, vec![a, b])],
            ),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_damaged_is_nothing() {
        for text in [
            "",
            "LINESTRING",
            "LINESTRING (1 2, 3 4",
            "LINESTRING (1 2, 3)",
            "LINESTRING (1 2, 3 4))",
            "POLYGON (1 2, 3 4, 5 6)",
            "CIRCULARSTRING (0 0, 1 1, 2 0)",
            "LINESTRING (1 2, ä 4)",
            "Äpfel",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"GEOMETRYCOLLECTION(".repeat(1000)), None);
    }
}
