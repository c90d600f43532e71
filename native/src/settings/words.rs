//! Words that people write about files, on the command line and in the configuration alike: coordinate systems, types of
//! columns, the order of axes, quotes.

use crate::read::{Area, Crs, Type};
use anyhow::{Context as _, Error, Result, anyhow, bail};
use duotile_core::Let;
use serde::{Deserialize, Deserializer, de};
use std::str::FromStr;

/// A coordinate system by its EPSG number, or as a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrsName(pub Crs);

impl FromStr for CrsName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Crs::parse(text).map(Self)
    }
}

/// Which comes first of two numbers: whether it is the latitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axes(pub bool);

impl FromStr for Axes {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "lat-lon" | "lat,lon" => Ok(Self(true)),
            "lon-lat" | "lon,lat" => Ok(Self(false)),
            _ => bail!("expected lat-lon or lon-lat"),
        }
    }
}

/// A box of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoxOf(pub Area);

impl FromStr for BoxOf {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        text.parse().map(Self)
    }
}

/// What columns become, each by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypesOf(pub Vec<(String, Type)>);

impl FromStr for TypesOf {
    type Err = Error;

    /// Commas stand between, or in a name: one ends a part only behind a type.
    fn from_str(text: &str) -> Result<Self> {
        let mut types = Vec::new();
        let mut from = 0;
        for to in text.match_indices(',').map(|(at, _)| at).chain([text.len()]) {
            match Self::one(&text[from..to]) {
                Ok(one) => types.push(one),
                Err(error) if to == text.len() => return Err(error),
                Err(_) => continue,
            }
            from = to + 1;
        }
        Ok(Self(types))
    }
}

impl TypesOf {
    fn one(text: &str) -> Result<(String, Type)> {
        const EXPECTED: &str = "expected COLUMN=TYPE with text, integer, number, boolean or time";
        let (column, kind) = text.rsplit_once('=').context(EXPECTED)?;
        let kind = match kind {
            "text" => Type::Text,
            "integer" => Type::Integer,
            "number" => Type::Number,
            "boolean" => Type::Boolean,
            "time" => Type::Time,
            other => bail!("{other:?} is no type, {EXPECTED}"),
        };
        Ok((column.to_owned(), kind))
    }
}

/// A column made of others: a name, `=` and a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewColumn(pub String);

impl FromStr for NewColumn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Let::parse(text).map(|_| Self(text.to_owned())).map_err(|error| match error.position {
            Some(at) => anyhow!("{} (at character {})", error.message, at + 1),
            None => anyhow!("{}", error.message),
        })
    }
}

/// What stands around fields that hold anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote(pub Option<u8>);

impl FromStr for Quote {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.as_bytes() {
            b"none" | b"off" => Ok(Self(None)),
            &[byte] if byte.is_ascii_punctuation() => Ok(Self(Some(byte))),
            _ => bail!("expected one sign such as \" or ', or none"),
        }
    }
}

/// What stands between thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thousands(pub Option<char>);

impl FromStr for Thousands {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut letters = text.chars();
        match (text, letters.next(), letters.next()) {
            ("none" | "off", ..) => Ok(Self(None)),
            ("space", ..) => Ok(Self(Some(' '))),
            (_, Some(letter), None) if !letter.is_alphanumeric() => Ok(Self(Some(letter))),
            _ => bail!("expected one sign such as , or ', space, or none"),
        }
    }
}

/// In the configuration they are the same texts; a number may be one, too.
macro_rules! read_as_text {
    ($($word:ident),*) => {$(
        impl<'de> Deserialize<'de> for $word {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(untagged)]
                enum Said {
                    Number(u32),
                    Text(String),
                }
                let text = match Said::deserialize(from)? {
                    Said::Number(number) => number.to_string(),
                    Said::Text(text) => text,
                };
                text.parse().map_err(|error: Error| de::Error::custom(format!("{text:?}: {error:#}")))
            }
        }
    )*};
}

read_as_text!(CrsName, Axes, BoxOf, TypesOf, NewColumn, Quote, Thousands);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_what_is_none_says_what_was_expected() {
        assert_eq!("EPSG:25832".parse::<CrsName>().expect("known"), CrsName(Crs::Epsg(25832)));
        let of = |text: &str| text.parse::<TypesOf>().map(|said| said.0);
        assert_eq!(of("a=b=number").expect("a type"), [("a=b".into(), Type::Number)]);
        assert_eq!(of("x,y=text").expect("a type"), [("x,y".into(), Type::Text)]);
        let two = [("a".into(), Type::Text), ("x,y".into(), Type::Time)];
        assert_eq!(of("a=text,x,y=time").expect("two types"), two);
        assert!(of("a=text,").is_err() && of("").is_err());
        assert!(of("fare=float").expect_err("none").to_string().contains("integer, number"));
        assert!(of("fare").is_err());
        assert_eq!("none".parse::<Quote>().expect("none"), Quote(None));
        assert_eq!("'".parse::<Quote>().expect("a sign"), Quote(Some(b'\'')));
        assert!("ab".parse::<Quote>().is_err() && "a".parse::<Quote>().is_err());
        assert_eq!("space".parse::<Thousands>().expect("a sign"), Thousands(Some(' ')));
        assert!("x".parse::<Thousands>().is_err());
        assert!("up".parse::<Axes>().is_err());
        assert!("-180,-10, 20.5,10".parse::<BoxOf>().is_ok() && "170,-10,-170,10".parse::<BoxOf>().is_ok());
        for text in ["1,2,3", "1,2,3,4,5", "a,b,c,d", "1,20,3,10", "1,2,3,inf", "", "500,0,1,1"] {
            assert!(text.parse::<BoxOf>().is_err(), "{text}");
        }
        assert!("rate = fare / distance".parse::<NewColumn>().is_ok());
        let error = "rate = fare //".parse::<NewColumn>().expect_err("no formula").to_string();
        assert!(error.contains("expected a column or a value (at character 14)"), "{error}");
    }

    #[test]
    fn the_configuration_says_the_same() {
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        struct Table {
            crs: CrsName,
            types: Vec<TypesOf>,
        }
        let table: Table = toml::from_str("crs = 25832\ntypes = [\"a=text\"]").expect("read");
        assert_eq!((table.crs, table.types[0].0[0].1), (CrsName(Crs::Epsg(25832)), Type::Text));
        let error = toml::from_str::<Table>("crs = \"x\"\ntypes = []").err().expect("refused").to_string();
        assert!(error.contains("expected 4326"), "{error}");
    }
}
