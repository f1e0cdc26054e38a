//! What stands behind an operation's flag: the value that matters most, and after commas further
//! fields by the API's names, e.g. `12.5,color=#fff`.

use serde_json::{Map, Number, Value};

use super::size::Size;

/// The fields of one operation, as in JSON.
pub(crate) type Fields = Map<String, Value>;

/// What the first item is, where it has no name before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    /// A width and a height.
    Box,
    /// The same, of which one may be left open.
    OpenBox,
    /// This field.
    Field(&'static str),
    /// This field, if anything at all is written.
    Perhaps(&'static str),
    /// Nothing: all fields are named.
    Named,
    /// Nothing: there are no fields, and so there is no value.
    Nothing,
}

/// Fields that are text, whatever they look like.
const TEXT: &[&str] = &["color", "mat_color", "name"];
/// Fields that are lists.
const LISTS: &[&str] = &["sides"];

impl First {
    /// How the value is shown in the help.
    pub(crate) const fn placeholder(self) -> &'static str {
        match self {
            Self::Box => "WxH",
            Self::OpenBox => "[W]x[H]",
            Self::Field(name) | Self::Perhaps(name) => name,
            Self::Named => "FIELD=VALUE",
            Self::Nothing => "",
        }
    }

    /// Reads the value.
    pub(crate) fn parse(self, text: &str) -> Result<Fields, String> {
        let mut fields = Fields::new();
        for (index, item) in text.split(',').enumerate() {
            match (item.split_once('='), self) {
                (Some((name, value)), _) => {
                    let name = name.trim().replace('-', "_");
                    let value = field(&name, value.trim());
                    if fields.insert(name.clone(), value).is_some() {
                        return Err(format!("{name} is given twice"));
                    }
                }
                (None, Self::Box | Self::OpenBox) if index == 0 => {
                    let size: Size = item.parse()?;
                    if self == Self::Box && !size.is_whole() {
                        return Err("needs both sides, e.g. 300x200".to_owned());
                    }
                    let sides = [("width", size.width), ("height", size.height)];
                    fields.extend(sides.map(|(name, side)| (name.to_owned(), side.into())));
                }
                (None, Self::Perhaps(_)) if text.is_empty() => {}
                (None, Self::Field(name) | Self::Perhaps(name)) if index == 0 => {
                    fields.insert(name.to_owned(), field(name, item.trim()));
                }
                (None, _) => return Err(format!("{item:?} is no field: write FIELD=VALUE")),
            }
        }
        Ok(fields)
    }
}

/// One value: a number or a truth value where it looks like one, and else a word.
fn field(name: &str, text: &str) -> Value {
    if LISTS.contains(&name) {
        return text.split('+').map(|item| Value::from(item.trim())).collect();
    }
    if TEXT.contains(&name) {
        return text.into();
    }
    match (text.parse::<Number>(), text.parse::<bool>()) {
        (Ok(number), _) => number.into(),
        (_, Ok(truth)) => truth.into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_item_needs_no_name() {
        let rows = [
            (First::Box, "3x4,mode=entropy", json!({"width": 3, "height": 4, "mode": "entropy"})),
            (First::OpenBox, "x4", json!({"width": 0, "height": 4})),
            (First::Box, "width-percent=50", json!({"width_percent": 50})),
            (First::Field("angle"), "-12.5,color=#000", json!({"angle": -12.5, "color": "#000"})),
            (First::Field("name"), "7", json!({"name": "7"})),
            (First::Perhaps("radius"), "", json!({})),
            (
                First::Perhaps("tolerance"),
                "3,sides=top+left",
                json!({"tolerance": 3, "sides": ["top", "left"]}),
            ),
        ];
        for (first, text, fields) in rows {
            assert_eq!(Value::from(first.parse(text).unwrap()), fields, "{text}");
        }
    }

    #[test]
    fn what_is_no_value_is_refused() {
        let rows = [
            (First::Box, "3"),
            (First::Box, "3x4,5"),
            (First::Field("angle"), "1,angle=2"),
            (First::Named, "1.5"),
            (First::Nothing, "1"),
        ];
        for (first, text) in rows {
            assert!(first.parse(text).is_err(), "{text}");
        }
    }
}
