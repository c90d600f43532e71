//! CQL2 JSON to the tree: the same nodes, by the same builders, that CQL2 text gives.

use super::{
    MAX_DEPTH, MAX_ITEMS, MAX_TERMS,
    ast::{Comparison, Expr, Literal, Place, Property, Value},
    build::{self, Side},
    error,
    json::{Json, Node, read},
};
use crate::small::{error::QueryError, nearest::did_you_mean};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// Operators there are, as the standard writes them.
const OPERATORS: [&str; 15] =
    ["and", "or", "not", "=", "<>", "<", "<=", ">", ">=", "between", "in", "like", "isNull", "casei", "s_intersects"];

impl Expr {
    /// Reads CQL2 JSON, within the limits of [`Expr::parse`].
    ///
    /// # Errors
    /// [`QueryError`] with the character, what stands there and what was expected.
    ///
    /// ```
    /// use duotile_core::filter::Expr;
    /// let filter = Expr::parse_json(r#"{"op":"<","args":[{"property":"fare"},10]}"#).unwrap();
    /// assert_eq!(filter, Expr::parse("fare < 10").unwrap());
    /// ```
    pub fn parse_json(text: &str) -> Result<Self, QueryError> {
        let json = read(text)?;
        Convert { terms: 0 }.expr(&json, 0)
    }
}

struct Convert {
    terms: usize,
}

impl Convert {
    fn expr(&mut self, json: &Json, depth: usize) -> Result<Expr, QueryError> {
        if depth > MAX_DEPTH {
            return Err(build::too_deep(json.place));
        }
        let (op, args) = match &json.node {
            Node::Object(members) if members.iter().any(|(name, _)| name == "op") => operation(json, members)?,
            _ => {
                self.term(json)?;
                return match side(json, depth)? {
                    Side::Property(property) => build::holds(property),
                    Side::Literal(Literal { value: Value::Boolean(constant), .. }) => Ok(Expr::Constant(constant)),
                    Side::Literal(literal) => {
                        Err(error(format!("got {}, expected a condition", literal.value), json.place))
                    }
                };
            }
        };
        let name = op.to_ascii_lowercase();
        if let "and" | "or" = name.as_str() {
            if args.is_empty() {
                return Err(error(format!("got no arguments for {op}, expected conditions"), json.place));
            }
            let list = args.iter().map(|arg| self.expr(arg, depth + 1)).collect::<Result<Vec<_>, _>>()?;
            return Ok(if name == "and" { Expr::And(list) } else { Expr::Or(list) });
        }
        if name == "not" {
            let [inner] = exactly(op, args, json)?;
            return Ok(Expr::Not(Box::new(self.expr(inner, depth + 1)?)));
        }
        self.term(json)?;
        condition(op, &name, args, json, depth)
    }

    fn term(&mut self, json: &Json) -> Result<(), QueryError> {
        self.terms += 1;
        if self.terms > MAX_TERMS { Err(build::too_many(json.place)) } else { Ok(()) }
    }
}

/// A condition from its operator and arguments.
fn condition(op: &str, name: &str, args: &[Json], json: &Json, depth: usize) -> Result<Expr, QueryError> {
    if let Some(comparison) = Comparison::ALL.into_iter().find(|comparison| comparison.symbol() == name) {
        let [left, right] = exactly(op, args, json)?;
        return match (side(left, depth)?, side(right, depth)?) {
            (Side::Property(property), Side::Literal(literal)) => build::compare(property, comparison, literal),
            (Side::Literal(literal), Side::Property(property)) => build::compare(property, comparison.turn(), literal),
            (Side::Property(_), Side::Property(_)) => {
                Err(error("comparing two columns is not supported, expected a value on one side", right.place))
            }
            (Side::Literal(_), Side::Literal(_)) => {
                Err(error("got a value on both sides, expected a column on one", left.place))
            }
        };
    }
    match name {
        "between" => {
            let [of, low, high] = exactly(op, args, json)?;
            build::between(property(of, depth)?, literal(low, depth)?, literal(high, depth)?)
        }
        "in" => {
            let [of, list] = exactly(op, args, json)?;
            let Node::List(items) = &list.node else {
                return Err(error(format!("got {}, expected a list of values", list.describe()), list.place));
            };
            if items.is_empty() || items.len() > MAX_ITEMS {
                let message = format!("got {} values, expected 1 to {MAX_ITEMS}", items.len());
                return Err(error(message, list.place));
            }
            let items = items.iter().map(|item| literal(item, depth)).collect::<Result<_, _>>()?;
            build::among(property(of, depth)?, items)
        }
        "like" => {
            let [of, pattern] = exactly(op, args, json)?;
            build::like(property(of, depth)?, literal(pattern, depth)?)
        }
        "isnull" => {
            let [of] = exactly(op, args, json)?;
            build::is_null(property(of, depth)?)
        }
        "s_intersects" => {
            let [of, shape] = exactly(op, args, json)?;
            build::geometry(side(of, depth)?)?;
            let Node::Object(members) = &shape.node else {
                return Err(error(format!("got {}, expected {{\"bbox\": […]}}", shape.describe()), shape.place));
            };
            let [(key, Json { node: Node::List(sides), .. })] = &members[..] else {
                return Err(error("got another geometry, expected {\"bbox\": [w, s, e, n]}", shape.place));
            };
            if key != "bbox" {
                return Err(error("got another geometry, expected {\"bbox\": [w, s, e, n]}", shape.place));
            }
            let sides = sides.iter().map(|side| match &side.node {
                Node::Number(digits) => build::number(digits, side.place),
                _ => Err(error(format!("got {}, expected degrees", side.describe()), side.place)),
            });
            build::inside(&sides.collect::<Result<Vec<_>, _>>()?, json.place)
        }
        "+" | "-" | "*" | "/" | "%" | "^" | "div" => {
            Err(error("arithmetic is not supported, expected a comparison of a column with a value", json.place))
        }
        _ => {
            Err(error(format!("the operator {op:?} is not supported here"), json.place)
                .hint(did_you_mean(op, OPERATORS)))
        }
    }
}

/// The operator and the arguments of an object that has them and nothing else.
fn operation<'a>(json: &Json, members: &'a [(String, Json)]) -> Result<(&'a str, &'a [Json]), QueryError> {
    let (mut op, mut args) = (None, None);
    for (name, value) in members {
        match (name.as_str(), &value.node) {
            ("op", Node::Text(text)) => op = Some(text.as_str()),
            ("args", Node::List(list)) => args = Some(&list[..]),
            _ => {
                let message = format!(
                    "got {name:?} with {}, expected \"op\" with a text and \"args\" with a list",
                    value.describe()
                );
                return Err(error(message, value.place));
            }
        }
    }
    match (op, args) {
        (Some(op), Some(args)) => Ok((op, args)),
        _ => Err(error("expected both \"op\" and \"args\"", json.place)),
    }
}

/// The arguments, which must be this many.
fn exactly<'a, const N: usize>(op: &str, args: &'a [Json], json: &Json) -> Result<&'a [Json; N], QueryError> {
    args.try_into().map_err(|_| error(format!("got {} arguments for {op}, expected {N}", args.len()), json.place))
}

fn property(json: &Json, depth: usize) -> Result<Property, QueryError> {
    match side(json, depth)? {
        Side::Property(property) => Ok(property),
        Side::Literal(_) => Err(error(
            format!("got {}, expected a column, as in {{\"property\": \"fare\"}}", json.describe()),
            json.place,
        )),
    }
}

fn literal(json: &Json, depth: usize) -> Result<Literal, QueryError> {
    match side(json, depth)? {
        Side::Literal(literal) => Ok(literal),
        Side::Property(property) => {
            Err(error(format!("got the column \"{}\", expected a value", property.name), json.place))
        }
    }
}

/// A column or a value.
fn side(json: &Json, depth: usize) -> Result<Side, QueryError> {
    if depth > MAX_DEPTH {
        return Err(build::too_deep(json.place));
    }
    let place = Place(json.place);
    let value = match &json.node {
        Node::Boolean(boolean) => Value::Boolean(*boolean),
        Node::Number(digits) => build::number(digits, json.place)?,
        Node::Text(text) => Value::Text(text.clone()),
        Node::Null => {
            return Err(
                error("got null, which equals nothing", json.place).hint("use {\"op\": \"isNull\", …}".to_string())
            );
        }
        Node::List(_) => return Err(error("got a list, expected a column or a value", json.place)),
        Node::Object(members) => match &members[..] {
            [(key, Json { node: Node::Text(text), place: at })] => match key.as_str() {
                "property" => return Ok(Side::Property(Property { name: text.clone(), fold: false, place })),
                "date" => Value::Time(build::moment(text, true, *at, 0)?),
                "timestamp" => Value::Time(build::moment(text, false, *at, 0)?),
                _ => {
                    let hint = did_you_mean(key, ["property", "date", "timestamp"]);
                    let message = format!("got {key:?}, expected \"property\", \"date\" or \"timestamp\"");
                    return Err(error(message, json.place).hint(hint));
                }
            },
            members => {
                let (op, args) = operation(json, members)?;
                if !op.eq_ignore_ascii_case("casei") {
                    let message = if "+-*/^%".contains(op) || op.eq_ignore_ascii_case("div") {
                        "arithmetic is not supported, expected a column or a value".to_string()
                    } else {
                        format!("got the operator {op:?}, expected a column, a value or casei")
                    };
                    return Err(error(message, json.place));
                }
                let [inner] = exactly(op, args, json)?;
                return build::fold(side(inner, depth + 1)?);
            }
        },
    };
    Ok(Side::Literal(Literal { value, place }))
}
