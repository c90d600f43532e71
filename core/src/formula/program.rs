//! A formula that fits a table, as steps over a stack of values of 64 rows.

use super::{
    function::Function,
    lanes::{self, LANES, Lanes},
};
use crate::{
    space::{mercator, morton},
    table::{
        values::{Codes, Values},
        view::Table,
    },
    time::{self, Zone},
};
use alloc::vec::Vec;
use core::ops::Range;

/// Steps that leave one value on the stack, or the two sides of a comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Program {
    pub steps: Vec<Step>,
    /// Most values on the stack.
    pub depth: usize,
}

/// A step. Those with two arguments take the upper one off and leave their value in place of the lower one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// The values of a column as doubles.
    Column(usize),
    /// The values of a column of integers or times.
    Wide(usize),
    /// The ranks of a column's texts, by their codes.
    Ranks(usize, Vec<u32>),
    Lon,
    Lat,
    Float(f64),
    Integer(i64),
    /// Whole doubles to integers, so many below the top.
    ToInteger(usize),
    /// Integers to doubles, so many below the top.
    ToFloat(usize),
    /// What is no finite number becomes missing.
    Finite,
    OfOne(Function),
    OfTwo(Function),
    /// Of what is on the stack and a number.
    OfTwoWith(Function, f64),
    IntegerAbs,
    IntegerOfTwo(Function),
    /// Least, greatest or first of two doubles, or of two integers.
    Choose(Function, bool),
    /// What a zone's clock shows at times.
    Shows(Zone),
    /// A part of a time, on a clock so many microseconds ahead of UTC.
    Part(Function, i64),
    Epoch,
}

impl Step {
    /// What it costs for a row, in quarters of a look.
    fn price(&self) -> usize {
        match self {
            Self::Lat => 160,
            Self::OfTwo(Function::Power) => 120,
            Self::OfTwo(Function::Remainder) | Self::OfOne(Function::Ln) | Self::Part(..) => 40,
            Self::IntegerOfTwo(_) | Self::Choose(..) | Self::Lon | Self::Shows(_) => 6,
            _ => 2,
        }
    }
}

impl Program {
    /// What a row costs, in looks at rows.
    pub fn price(&self) -> usize {
        self.steps.iter().map(Step::price).sum::<usize>().div_ceil(4)
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        let lists = self.steps.iter().map(|step| match step {
            Step::Ranks(_, ranks) => ranks.len() * 4,
            Step::Shows(zone) => zone.size(),
            _ => 0,
        });
        lists.sum::<usize>() + self.steps.len() * size_of::<Step>()
    }

    /// Runs over up to 64 rows; what is left is at the bottom of the stack. Rows after the last hold anything.
    pub fn run(&self, table: &Table<'_>, keys: &[u64], rows: &Range<usize>, stack: &mut Vec<Lanes>) {
        if stack.len() < self.depth {
            stack.resize(self.depth, Lanes::NONE);
        }
        let mut top = 0;
        for step in &self.steps {
            match step {
                Step::Column(_) | Step::Wide(_) | Step::Ranks(..) | Step::Lon | Step::Lat => {
                    load(step, table, keys, rows, &mut stack[top]);
                    top += 1;
                }
                Step::Float(number) => {
                    stack[top] = Lanes { bits: [number.to_bits(); LANES], valid: u64::MAX };
                    top += 1;
                }
                Step::Integer(whole) => {
                    stack[top] = Lanes { bits: [whole.cast_unsigned(); LANES], valid: u64::MAX };
                    top += 1;
                }
                Step::OfTwo(_) | Step::IntegerOfTwo(_) | Step::Choose(..) => {
                    top -= 1;
                    let (below, above) = stack.split_at_mut(top);
                    two(step, &mut below[top - 1], &above[0]);
                }
                Step::ToInteger(down) => {
                    stack[top - 1 - down].map(|bits| (f64::from_bits(bits) as i64).cast_unsigned());
                }
                Step::ToFloat(down) => stack[top - 1 - down].map(|bits| (bits.cast_signed() as f64).to_bits()),
                step => one(step, &mut stack[top - 1]),
            }
        }
    }
}

/// A step that needs nothing from the stack.
fn load(step: &Step, table: &Table<'_>, keys: &[u64], rows: &Range<usize>, lanes: &mut Lanes) {
    let (range, start) = (rows.clone(), rows.start);
    let degrees = |lanes: &mut Lanes, of: fn(mercator::World) -> f64| {
        lanes.fill(&keys[rows.clone()], u64::MAX, |key| of(morton::position(key)).to_bits());
    };
    let index = match step {
        Step::Lon => return degrees(lanes, |world| mercator::longitude(world.x)),
        Step::Lat => return degrees(lanes, |world| mercator::latitude(world.y)),
        Step::Column(index) | Step::Wide(index) | Step::Ranks(index, _) => *index,
        _ => return,
    };
    let Some(column) = table.columns().get(index) else { return };
    let valid = column.valid_word(start);
    let rank = |ranks: &[u32], code: usize| f64::from(ranks.get(code).copied().unwrap_or(0)).to_bits();
    match (step, column.values) {
        (Step::Column(_), Values::F64(values)) => lanes.fill(&values[range], valid, f64::to_bits),
        (Step::Column(_), Values::F32(values)) => lanes.fill(&values[range], valid, |v| f64::from(v).to_bits()),
        (Step::Column(_), Values::I32(values)) => lanes.fill(&values[range], valid, |v| f64::from(v).to_bits()),
        (Step::Column(_), Values::I64(values) | Values::Time(values)) => {
            lanes.fill(&values[range], valid, |v| lanes::near(v).to_bits());
        }
        (Step::Column(_), Values::Bool(values)) => {
            let word = values.word(start);
            lanes.valid = valid;
            lanes.bits.iter_mut().enumerate().for_each(|(row, lane)| {
                *lane = if word >> row & 1 == 0 { 0 } else { 1f64.to_bits() };
            });
        }
        (Step::Wide(_), Values::I64(values) | Values::Time(values)) => {
            lanes.fill(&values[range], valid, i64::cast_unsigned);
        }
        (Step::Ranks(_, ranks), Values::Text(codes, _)) => match codes {
            Codes::U8(codes) => lanes.fill(&codes[range], valid, |code| rank(ranks, code.into())),
            Codes::U16(codes) => lanes.fill(&codes[range], valid, |code| rank(ranks, code.into())),
            Codes::U32(codes) => lanes.fill(&codes[range], valid, |code| rank(ranks, code as usize)),
        },
        // For another type: the formula was fitted to another table.
        _ => lanes.valid = 0,
    }
}

fn one(step: &Step, lanes: &mut Lanes) {
    match step {
        Step::Finite => lanes.valid &= lanes.test(|bits| f64::from_bits(bits).is_finite()),
        Step::OfOne(Function::Abs) => lanes.floats(f64::abs),
        Step::OfTwoWith(Function::Add, number) => lanes.floats(|value| value + number),
        Step::OfTwoWith(Function::Multiply, number) => lanes.floats(|value| value * number),
        Step::OfTwoWith(_, number) => lanes.floats(|value| value / number),
        Step::OfOne(function) => {
            if let Some(of) = lanes::float_of_one(*function) {
                lanes.floats(of);
            }
        }
        Step::IntegerAbs => {
            lanes.valid &= lanes.test(|bits| bits != 1 << 63);
            lanes.map(|bits| bits.cast_signed().wrapping_abs().cast_unsigned());
        }
        Step::Shows(zone) => {
            let mut shown = zone.shown();
            lanes.bits.iter_mut().for_each(|lane| *lane = shown(lane.cast_signed()).cast_unsigned());
        }
        Step::Part(function, ahead) => {
            let clock = |bits: u64| time::clock(bits.cast_signed().saturating_add(*ahead));
            lanes.map(|bits| (part(*function, clock(bits)) as f64).to_bits());
        }
        Step::Epoch => lanes.map(|bits| (bits.cast_signed() as f64 / time::SECOND as f64).to_bits()),
        _ => {}
    }
}

fn two(step: &Step, lower: &mut Lanes, upper: &Lanes) {
    let (float, whole) = (f64::from_bits, u64::cast_signed);
    match step {
        // The four that are quick stand here, so that their loops are.
        Step::OfTwo(Function::Add) => lower.with_floats(upper, |a, b| a + b),
        Step::OfTwo(Function::Subtract) => lower.with_floats(upper, |a, b| a - b),
        Step::OfTwo(Function::Multiply) => lower.with_floats(upper, |a, b| a * b),
        Step::OfTwo(Function::Divide) => lower.with_floats(upper, |a, b| a / b),
        Step::OfTwo(function) => {
            if let Some(of) = lanes::float_of_two(*function) {
                lower.with_floats(upper, of);
            }
        }
        Step::IntegerOfTwo(function) => {
            if let Some(of) = lanes::integer_of_two(*function) {
                lower.with_integers(upper, of);
            }
        }
        Step::Choose(Function::Least, false) => lower.choose(upper, |a, b| float(b) < float(a)),
        Step::Choose(Function::Greatest, false) => lower.choose(upper, |a, b| float(b) > float(a)),
        Step::Choose(Function::Least, true) => lower.choose(upper, |a, b| whole(b) < whole(a)),
        Step::Choose(Function::Greatest, true) => lower.choose(upper, |a, b| whole(b) > whole(a)),
        Step::Choose(..) => lower.choose(upper, |_, _| false),
        _ => {}
    }
}

/// A part of what a calendar and a clock show.
const fn part(function: Function, [year, month, day, hour, minute, second, weekday]: [i64; 7]) -> i64 {
    match function {
        Function::Year => year,
        Function::Month => month,
        Function::Day => day,
        Function::Hour => hour,
        Function::Minute => minute,
        Function::Second => second,
        _ => weekday,
    }
}
