//! Rows with outlines, as they are given: flat arrays of lines and rings become what core keeps of them.

use super::{Dataset, Given, bad::BadInput, order::Order};
use alloc::{format, vec};
use duotile_core::{Built, Carried, Gather, Landmarks, Role, Sizes, Told, Work, mercator, point_inside};

/// Lines and rings of rows, each row and each part as the place after its last.
#[derive(Clone, Copy, Debug)]
pub struct GivenOutlines<'a> {
    /// For each row, the part after its last.
    pub rows: &'a [u32],
    /// For each part, the position after its last.
    pub parts: &'a [u32],
    /// What each part is: 0 positions, 1 a line, 2 the outer ring of a polygon, 3 a hole in the polygon before it.
    pub kinds: &'a [u8],
    /// Degrees.
    pub lon: &'a [f64],
    /// Degrees.
    pub lat: &'a [f64],
}

impl Dataset {
    /// Takes outlines in degrees, and sorts their rows by a point of each. Rows without an outline are left out and counted.
    ///
    /// # Errors
    /// [`BadInput`] when arrays do not fit one another, or are too long.
    pub fn of_outlines(name: &str, given: GivenOutlines<'_>) -> Result<Self, BadInput> {
        given.check()?;
        let mut gather = Gather::default();
        let (mut part, mut at) = (0, 0);
        for &end in given.rows {
            let start = part;
            while part < end as usize {
                let run = at..given.parts[part] as usize;
                at = run.end;
                let role = Role::ALL[usize::from(given.kinds[part])];
                if end as usize == start + 1 && run.len() == 1 && role == Role::Points {
                    // A row that is a point lies where it does in data of points.
                    let place = mercator::project(given.lon[run.start], given.lat[run.start]);
                    gather.part(role, [place.map_or((f64::NAN, f64::NAN), mercator::unproject)]);
                } else {
                    let positions = given.lon[run.clone()].iter().zip(&given.lat[run]).map(|(&lon, &lat)| (lon, lat));
                    gather.part(role, positions);
                }
                part += 1;
            }
            gather.end_row();
        }
        let (flat, told) = gather.finish();
        let order = Order::of_positions((0..given.rows.len()).map(|row| point_inside(&flat.view(), row)))?;
        let picked = flat.pick(&order.rows);
        drop(flat);
        let landmarks = Landmarks::new(&order.landmarks, order.keys.len());
        let shapes =
            Built::of(picked, landmarks, &Work::free()).map_err(|stopped| BadInput::outlines(format!("{stopped}")))?;
        let mut dataset = Self::of(name, order);
        dataset.shapes = Some((shapes, told));
        Ok(dataset)
    }

    /// Takes the outlines of rows whose keys are known, as a server carries them: bytes of all rows, and for each where they end.
    ///
    /// # Errors
    /// [`BadInput`] when they are not those of as many rows, or no outlines.
    pub fn carry(&mut self, bytes: &[u8], ends: &[u32]) -> Result<(), BadInput> {
        let fits = ends.len() == self.order.given && ends.is_sorted();
        if !fits || ends.last().map_or(0, |&last| last as usize) != bytes.len() {
            return Err(BadInput::outlines(format!(
                "{} ends of outlines up to byte {} of {}, expected {} up to the last in ascending order",
                ends.len(),
                ends.last().unwrap_or(&0),
                bytes.len(),
                self.order.given
            )));
        }
        let mut carried = Carried::default();
        let mut push = |row: usize| {
            let start = row.checked_sub(1).map_or(0, |before| ends[before] as usize);
            carried.push(&bytes[start..ends[row] as usize])
        };
        match self.order.places() {
            Some(places) => places.iter().try_for_each(|&row| push(row as usize)),
            None => (0..ends.len()).try_for_each(&mut push),
        }
        .map_err(|bad| BadInput::outlines(format!("{bad}")))?;
        let landmarks = Landmarks::new(&self.order.landmarks, self.order.keys.len());
        let built = carried.build(landmarks, &Work::free());
        self.shapes = Some((built.map_err(|stopped| BadInput::outlines(format!("{stopped}")))?, Told::default()));
        Ok(())
    }

    /// Adds columns of the sizes of rows on the ground: square metres of polygons, metres of lines and of the rings of polygons.
    ///
    /// # Errors
    /// [`BadInput`] when there are no outlines, or a name is taken.
    pub fn add_sizes(&mut self, area: Option<&str>, length: Option<&str>) -> Result<(), BadInput> {
        let Some((shapes, _)) = &self.shapes else { return Err(BadInput::outlines("there are none to be measured")) };
        let sizes =
            Sizes::of(&shapes.outlines(), &Work::free()).map_err(|stopped| BadInput::outlines(format!("{stopped}")))?;
        for (name, sorted) in [(area, &sizes.areas), (length, &sizes.lengths)] {
            let Some(name) = name else { continue };
            // As columns are given, in the order of the positions.
            let mut values = vec![f64::NAN; self.order.given];
            self.order.rows.iter().zip(sorted).for_each(|(&row, &size)| values[row as usize] = size);
            self.add(name, Given::F64(&values), None)?;
            let column = self.find(name)?;
            self.columns[column].held.measured = true;
        }
        Ok(())
    }

    /// What was met while outlines were taken.
    #[must_use]
    pub fn gathered(&self) -> Option<&Told> {
        self.shapes.as_ref().map(|(_, told)| told)
    }
}

impl GivenOutlines<'_> {
    /// Looks whether arrays fit one another.
    fn check(&self) -> Result<(), BadInput> {
        let Self { rows, parts, kinds, lon, lat } = *self;
        if lon.len() != lat.len() {
            return Err(BadInput::Positions { names: ["longitudes", "latitudes"], got: [lon.len(), lat.len()] });
        }
        if kinds.len() != parts.len() {
            return Err(BadInput::Positions { names: ["kinds", "parts"], got: [kinds.len(), parts.len()] });
        }
        let ends = [("rows", rows, "parts", parts.len()), ("parts", parts, "positions", lon.len())];
        for (name, ends, of, expected) in ends {
            let last = ends.last().map_or(0, |&last| last as usize);
            if !ends.is_sorted() || last != expected {
                return Err(BadInput::outlines(format!(
                    "the ends of {name} go up to {last} of {expected} {of}, expected all of them in ascending order"
                )));
            }
        }
        match kinds.iter().find(|&&kind| usize::from(kind) >= Role::ALL.len()) {
            Some(kind) => Err(BadInput::outlines(format!(
                "a part is of kind {kind}, expected 0 (positions), 1 (a line), 2 (an outer ring) or 3 (a hole)"
            ))),
            None => Ok(()),
        }
    }
}
