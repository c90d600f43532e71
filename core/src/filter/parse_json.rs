//! CQL2 JSON to the tree: the same nodes, by the same builders, that CQL2 text gives.

use super::{
    MAX_DEPTH, MAX_ITEMS, MAX_TERMS,
    ast::{Comparison, Expr},
    build, error,
    json::{Json, Node, read},
    parser::Side,
    relation::Relation,
    shape_json,
    spatial::{self, Operand},
    temporal::{self, End, Span},
};
use crate::{
    formula::{self, Function, Literal, Place, Property, Term, Value},
    small::{error::QueryError, fold::Fold, nearest::did_you_mean},
};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// Operators there are, beside functions, as the standard writes them.
const OPERATORS: [&str; 16] = [
    "and",
    "or",
    "not",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "between",
    "in",
    "like",
    "isNull",
    "casei",
    "accenti",
    "s_intersects",
];

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
        Convert { terms: 0 }.side(&json, 0)?.condition()
    }
}

struct Convert {
    terms: usize,
}

impl Convert {
    /// One more condition or operation, within the limit.
    fn count(&mut self, json: &Json) -> Result<(), QueryError> {
        self.terms += 1;
        if self.terms > MAX_TERMS { Err(build::too_many(json.place)) } else { Ok(()) }
    }

    /// A condition.
    fn expr(&mut self, json: &Json, depth: usize) -> Result<Expr, QueryError> {
        if !json.is_operation() {
            self.count(json)?;
        }
        self.side(json, depth)?.condition()
    }

    /// A column, a value, or what is made of them.
    fn term(&mut self, json: &Json, depth: usize) -> Result<Term, QueryError> {
        self.side(json, depth)?.term(json.place)
    }

    fn terms(&mut self, list: &[Json], depth: usize) -> Result<Vec<Term>, QueryError> {
        list.iter().map(|item| self.term(item, depth)).collect()
    }

    /// A condition or a term.
    fn side(&mut self, json: &Json, depth: usize) -> Result<Side, QueryError> {
        if depth > MAX_DEPTH {
            return Err(build::too_deep(json.place));
        }
        let place = Place(json.place);
        let value = match &json.node {
            Node::Boolean(boolean) => Value::Boolean(*boolean),
            Node::Number(digits) => build::number(digits, json.place)?,
            Node::Text(text) => Value::Text(text.clone()),
            Node::Null => {
                let hint = "use {\"op\": \"isNull\", …}".to_string();
                return Err(error("got null, which equals nothing", json.place).hint(hint));
            }
            Node::List(_) => return Err(error("got a list, expected a column or a value", json.place)),
            Node::Object(members) => match &members[..] {
                [(key, Json { node: Node::Text(text), place: at })] if key != "op" => match key.as_str() {
                    "property" => {
                        let property = Property { name: text.clone(), fold: Fold::NONE, place };
                        return Ok(Side::Term(Term::Column(property)));
                    }
                    "date" => Value::Time(build::moment(text, true, *at)?),
                    "timestamp" => Value::Time(build::moment(text, false, *at)?),
                    _ => {
                        let hint = did_you_mean(key, ["property", "date", "timestamp"]);
                        let message = format!("got {key:?}, expected \"property\", \"date\" or \"timestamp\"");
                        return Err(error(message, json.place).hint(hint));
                    }
                },
                members => {
                    let (op, args) = operation(json, members)?;
                    return self.operation(op, args, json, depth);
                }
            },
        };
        Ok(Side::Term(Term::Value(Literal { value, place })))
    }

    fn operation(&mut self, op: &str, args: &[Json], json: &Json, depth: usize) -> Result<Side, QueryError> {
        let name = op.to_ascii_lowercase();
        let below = depth + 1;
        if let "and" | "or" = name.as_str() {
            if args.is_empty() {
                return Err(error(format!("got no arguments for {op}, expected conditions"), json.place));
            }
            let list = args.iter().map(|arg| self.expr(arg, below)).collect::<Result<Vec<_>, _>>()?;
            return Ok(Side::Condition(if name == "and" { Expr::And(list) } else { Expr::Or(list) }));
        }
        if name == "not" {
            let [inner] = exactly(op, args, json)?;
            return Ok(Side::Condition(Expr::Not(Box::new(self.expr(inner, below)?))));
        }
        if let "casei" | "accenti" = name.as_str() {
            let [inner] = exactly(op, args, json)?;
            let fold = Fold { case: name == "casei", accents: name == "accenti" };
            return build::fold(self.term(inner, below)?, fold).map(Side::Term);
        }
        self.count(json)?;
        if let Some(function) = Function::of(&name) {
            let arguments = self.terms(args, below)?;
            return formula::call(function, arguments, Place(json.place)).map(Side::Term);
        }
        self.condition(op, &name, args, json, below).map(Side::Condition)
    }

    /// A condition from its operator and arguments.
    fn condition(
        &mut self,
        op: &str,
        name: &str,
        args: &[Json],
        json: &Json,
        depth: usize,
    ) -> Result<Expr, QueryError> {
        if let Some(comparison) = Comparison::ALL.into_iter().find(|comparison| comparison.symbol() == name) {
            let [left, right] = exactly(op, args, json)?;
            return build::compare(self.term(left, depth)?, comparison, self.term(right, depth)?);
        }
        if let Some(predicate) = temporal::predicate(name) {
            let [first, second] = exactly(op, args, json)?;
            return temporal::build(predicate, &self.span(first, depth)?, &self.span(second, depth)?);
        }
        if let Some(relation) = Relation::of(name) {
            let [first, second] = exactly(op, args, json)?;
            let first = self.place_or_shape(first, depth)?;
            return spatial::build(relation, first, self.place_or_shape(second, depth)?, json.place);
        }
        match name {
            "between" => {
                let [of, low, high] = exactly(op, args, json)?;
                build::between(self.term(of, depth)?, self.term(low, depth)?, self.term(high, depth)?)
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
                let items = self.terms(items, depth)?;
                build::among(&self.term(of, depth)?, items)
            }
            "like" => {
                let [of, pattern] = exactly(op, args, json)?;
                build::like(self.term(of, depth)?, self.term(pattern, depth)?)
            }
            "isnull" => {
                let [of] = exactly(op, args, json)?;
                build::is_null(self.term(of, depth)?)
            }
            "a_equals" | "a_contains" | "a_containedby" | "a_overlaps" => Err(build::no_arrays(op, json.place)),
            _ => {
                let known =
                    OPERATORS.into_iter().chain(temporal::names()).chain(Relation::names()).chain(Function::called());
                Err(error(format!("the operator {op:?} is not supported here"), json.place)
                    .hint(did_you_mean(op, known)))
            }
        }
    }

    /// A side of a spatial predicate.
    fn place_or_shape(&mut self, json: &Json, depth: usize) -> Result<Operand, QueryError> {
        match shape_json::shape(json) {
            Some(shape) => spatial::shape(shape?, json.place),
            None => spatial::rows(&self.term(json, depth)?),
        }
    }

    /// An instant, or `{"interval": [start, end]}`.
    fn span(&mut self, json: &Json, depth: usize) -> Result<Span, QueryError> {
        match &json.node {
            Node::Object(members) => match &members[..] {
                [(key, Json { node: Node::List(ends), .. })] if key == "interval" => {
                    let [start, end] = exactly("interval", ends, json)?;
                    Span::interval(self.end(start, depth)?, self.end(end, depth)?, Place(json.place))
                }
                _ => Span::instant(self.term(json, depth)?),
            },
            _ => Span::instant(self.term(json, depth)?),
        }
    }

    fn end(&mut self, json: &Json, depth: usize) -> Result<End, QueryError> {
        match &json.node {
            Node::Text(text) => temporal::end(text, json.place),
            _ => temporal::at(self.term(json, depth)?),
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
