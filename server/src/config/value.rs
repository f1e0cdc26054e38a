//! From a value as it was written to a value of the type that a key has.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use toml::de::DeValue;

use super::{
    key::{Kind, duration},
    problem::Complaint,
    quantity::{Interval, Memory, Ttl, format_size, parse_share, parse_size},
    suggestion::nearest,
};
use crate::model::Glob;

/// A type that values are read into.
pub(crate) trait FromValue: Sized {
    /// Reads the value within the bounds of its kind, or says why it does not do.
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint>;
}

/// The complaint about a value of the wrong type.
pub(crate) fn wrong_type(value: &DeValue<'_>, remedy: &str) -> Complaint {
    let article = if value.type_str().starts_with(['a', 'i']) { "an" } else { "a" };
    Complaint::new(format!("{article} {} can't stand here", value.type_str()), remedy)
}

fn text<'v>(value: &'v DeValue<'_>, remedy: &str) -> Result<&'v str, Complaint> {
    value.as_str().ok_or_else(|| wrong_type(value, remedy))
}

fn integer(value: &DeValue<'_>) -> Option<i128> {
    let integer = value.as_integer()?;
    i128::from_str_radix(integer.as_str(), integer.radix()).ok()
}

impl FromValue for bool {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        value.as_bool().ok_or_else(|| wrong_type(value, "write true or false, without quotes"))
    }
}

impl FromValue for String {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        let text = text(value, "write a string in quotes")?;
        if text.is_empty() {
            return Err(Complaint::new("is empty", "write something, or leave the key out"));
        }
        Ok(text.to_owned())
    }
}

impl FromValue for PathBuf {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        String::from_value(value, kind).map(Self::from)
    }
}

impl FromValue for SocketAddr {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        const REMEDY: &str = "write an IP address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"";
        let text = text(value, REMEDY)?;
        let text = match text.strip_prefix("localhost:") {
            Some(port) => format!("127.0.0.1:{port}"),
            None => text.to_owned(),
        };
        text.parse().map_err(|_| Complaint::new("is not an address to listen at", REMEDY))
    }
}

impl FromValue for u64 {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        let (number, min, max, show): (_, _, _, fn(u64) -> String) = match kind {
            Kind::Size { min, max } => (size(value)?, *min, *max, format_size),
            Kind::Count { min, max } => {
                let remedy = "write a whole number, without quotes and without a unit";
                (integer(value).ok_or_else(|| wrong_type(value, remedy))?, *min, *max, |count| {
                    count.to_string()
                })
            }
            _ => (
                integer(value).ok_or_else(|| wrong_type(value, "write a whole number"))?,
                0,
                Self::MAX,
                |count| count.to_string(),
            ),
        };
        match Self::try_from(number) {
            Ok(number) if number < min => {
                Err(Complaint::new("is too small", format!("write at least {}", show(min))))
            }
            Ok(number) if number <= max => Ok(number),
            Err(_) if number < 0 => {
                Err(Complaint::new("is too small", format!("write at least {}", show(min))))
            }
            _ => Err(Complaint::new("is too large", format!("write at most {}", show(max)))),
        }
    }
}

impl FromValue for Vec<u32> {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        let (min, max) = match kind {
            Kind::Counts { min, max } => (*min, *max),
            _ => (0, u64::from(u32::MAX)),
        };
        let items = value.as_array().ok_or_else(|| wrong_type(value, "write a list: [320, 640]"))?;
        let number = |item: &DeValue<'_>| {
            let number = u64::from_value(item, &Kind::Count { min, max })?;
            u32::try_from(number).map_err(|_| Complaint::new("is too large", format!("write at most {max}")))
        };
        items.iter().map(|item| number(item.get_ref())).collect()
    }
}

impl FromValue for f64 {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        let most = match kind {
            Kind::Number { most } => Self::from(*most),
            _ => Self::MAX,
        };
        let remedy = format!("write a number above 0, at most {most}, without quotes");
        let number = match value.as_float() {
            Some(float) => float.as_str().parse().ok(),
            None => integer(value).map(|integer| integer as Self),
        };
        match number {
            None => Err(wrong_type(value, &remedy)),
            Some(number) if number > 0.0 && number <= most => Ok(number),
            Some(_) => Err(Complaint::new("is out of range", remedy)),
        }
    }
}

const SIZE_REMEDY: &str = "write a size such as \"64 MiB\" or \"1.5 GB\", or a number of bytes";

fn size(value: &DeValue<'_>) -> Result<i128, Complaint> {
    if let Some(bytes) = integer(value) {
        return Ok(bytes);
    }
    let bytes =
        parse_size(text(value, SIZE_REMEDY)?).ok_or_else(|| Complaint::new("is not a size", SIZE_REMEDY))?;
    Ok(i128::from(bytes))
}

impl FromValue for Memory {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        const LEAST: u64 = 16 << 20;
        let remedy = "write a share such as \"60%\" (above 0, at most 100), or a size such as \"2 GiB\"";
        if let Some(text) = value.as_str()
            && text.contains('%')
        {
            return parse_share(text)
                .map(Self::Share)
                .ok_or_else(|| Complaint::new("is not a share", remedy));
        }
        let bounds = Kind::Size { min: LEAST, max: Self::MOST };
        u64::from_value(value, &bounds).map(Self::Bytes).map_err(|complaint| {
            match complaint.message.as_str() {
                "is not a size" => Complaint::new("is neither a share nor a size", remedy),
                _ => complaint,
            }
        })
    }
}

impl Memory {
    const MOST: u64 = 1 << 50;
}

const DURATION_REMEDY: &str =
    "write a number with a unit, such as \"500ms\", \"10s\", \"5m\", \"24h\" or \"7d\"";

fn bounded_duration(
    value: &DeValue<'_>,
    min: Duration,
    max: Duration,
    remedy: &str,
) -> Result<Duration, Complaint> {
    let text = text(value, remedy)?;
    let read = humantime::parse_duration(text).map_err(|_| Complaint::new("is not a duration", remedy))?;
    if read < min {
        return Err(Complaint::new("is too short", format!("write at least \"{}\"", duration(min))));
    }
    if read > max {
        return Err(Complaint::new("is too long", format!("write at most \"{}\"", duration(max))));
    }
    Ok(read)
}

impl FromValue for Duration {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        let (min, max) = match kind {
            Kind::Span { min, max } => (*min, *max),
            _ => (Self::ZERO, Self::MAX),
        };
        bounded_duration(value, min, max, DURATION_REMEDY)
    }
}

impl FromValue for Ttl {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        let (min, max) = match kind {
            Kind::Ttl { min, max } => (*min, *max),
            _ => (Duration::ZERO, Duration::MAX),
        };
        if value.as_str() == Some("forever") {
            return Ok(Self::Forever);
        }
        bounded_duration(value, min, max, "write a duration such as \"24h\", or \"forever\"").map(Self::For)
    }
}

impl FromValue for Interval {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        let (min, max) = match kind {
            Kind::Interval { min, max } => (*min, *max),
            _ => (Duration::ZERO, Duration::MAX),
        };
        if value.as_str() == Some("never") {
            return Ok(Self::Never);
        }
        bounded_duration(value, min, max, "write a duration such as \"10m\", or \"never\"").map(Self::Every)
    }
}

impl FromValue for Vec<Glob> {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        const REMEDY: &str = "write a list of globs such as [\"avatars/**\", \"photos/*.jpg\"]";
        let items = value.as_array().ok_or_else(|| wrong_type(value, REMEDY))?;
        items
            .iter()
            .map(|item| {
                let text = text(item.get_ref(), REMEDY)?;
                Glob::new(text)
                    .map_err(|reason| Complaint::new(format!("the glob {text:?} {reason}"), REMEDY))
            })
            .collect()
    }
}

/// Reads one of a few words.
pub(crate) fn choice<T: Copy>(value: &DeValue<'_>, words: &[(&str, T)]) -> Result<T, Complaint> {
    let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
    let mut remedy = format!("write one of \"{}\"", names.join("\", \""));
    let text = text(value, &remedy)?;
    if let Some((_, chosen)) = words.iter().find(|(name, _)| *name == text) {
        return Ok(*chosen);
    }
    if let Some(meant) = nearest(text, names) {
        remedy = format!("did you mean \"{meant}\"? {remedy}");
    }
    Err(Complaint::new("is not one of the words that can stand here", remedy))
}
