//! In what the named specs of two configurations differ.

use std::{collections::BTreeSet, sync::Arc};

use rendition_imaging::Format;
use serde_json::Value;

use crate::{
    config::{Config, NamedSpec},
    engine::{Registered, ResolvedSpec, Specs},
    model::{Digest, Error, Glob, SpecId, Timestamp},
    settings,
};

/// How a spec differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not there before.
    New,
    /// It is there no more.
    Removed,
    /// It makes something else, under other keys.
    Changed,
    /// It makes the same under the same keys, by other policies, or by other words.
    Policy,
}

impl Change {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Policy => "policy",
        }
    }
}

/// A spec that differs.
#[derive(Debug)]
pub struct SpecDifference {
    /// Its id.
    pub id: SpecId,
    /// How.
    pub change: Change,
    /// The fields that differ, by their paths in the configuration.
    pub fields: Vec<String>,
    /// The formats in which its keys differ.
    pub forms: Vec<FormDifference>,
    /// The sources that it is meant for now; empty: nobody has said so.
    pub globs: Vec<Glob>,
    /// Whether renditions by what it was before stand in at first.
    pub stands_in: bool,
}

/// A spec in one format that differs.
#[derive(Debug)]
pub struct FormDifference {
    /// The format.
    pub format: Format,
    /// The digest before; none: it was not written so.
    pub old: Option<Digest>,
    /// What it is after; none: it is written so no more.
    pub new: Option<Arc<ResolvedSpec>>,
}

/// The named specs that differ, by their ids.
pub(super) fn between(old: &Config, new: &Config) -> Result<Vec<SpecDifference>, Error> {
    let (before, after) = (registry(old)?, registry(new)?);
    let ids: BTreeSet<&SpecId> = old.specs.keys().chain(new.specs.keys()).collect();
    let differences = ids.into_iter().filter_map(|id| {
        let forms = forms(before.get(id).ok(), after.get(id).ok());
        let (change, fields) = match (old.specs.get(id), new.specs.get(id)) {
            (None, None) => return None,
            (None, Some(_)) => (Change::New, Vec::new()),
            (Some(_), None) => (Change::Removed, Vec::new()),
            (Some(old), Some(new)) => {
                let fields = fields(old, new);
                match (forms.is_empty(), fields.is_empty()) {
                    (true, true) => return None,
                    (true, false) => (Change::Policy, fields),
                    // The same words, but an overlay has other bytes.
                    (false, true) => (Change::Changed, vec!["the image of an overlay".to_owned()]),
                    (false, false) => (Change::Changed, fields),
                }
            }
        };
        let present = new.specs.get(id);
        Some(SpecDifference {
            id: id.clone(),
            change,
            fields,
            forms,
            globs: present.map(|spec| spec.sources.clone()).unwrap_or_default(),
            stands_in: present.is_some_and(|spec| spec.previous_for.is_some()),
        })
    });
    Ok(differences.collect())
}

fn registry(config: &Config) -> Result<Specs, Error> {
    // Since when a spec has its form is nothing that digests know of.
    Specs::new(settings::specs(config), settings::overlays(config), |_| Timestamp::from_millis(0))
}

fn forms(old: Option<&Arc<Registered>>, new: Option<&Arc<Registered>>) -> Vec<FormDifference> {
    let resolutions =
        |spec: Option<&Arc<Registered>>| spec.map_or_else(Vec::new, |spec| spec.resolutions().to_vec());
    let (old, new) = (resolutions(old), resolutions(new));
    let gone = old
        .iter()
        .filter(|spec| new.iter().all(|after| after.format != spec.format))
        .map(|spec| FormDifference { format: spec.format, old: Some(spec.digest), new: None });
    let present = new.iter().filter_map(|spec| {
        let before = old.iter().find(|before| before.format == spec.format).map(|before| before.digest);
        (before != Some(spec.digest)).then(|| FormDifference {
            format: spec.format,
            old: before,
            new: Some(spec.clone()),
        })
    });
    present.chain(gone).collect()
}

/// The fields that differ, pixels and policies.
fn fields(old: &NamedSpec, new: &NamedSpec) -> Vec<String> {
    let mut fields = Vec::new();
    // A spec is plain data: it always has a JSON form.
    let json = |spec: &NamedSpec| serde_json::to_value(&spec.spec).unwrap_or_default();
    compare("", &json(old), &json(new), &mut fields);
    let policies = [
        ("strategy", old.strategy != new.strategy),
        ("sources", old.sources != new.sources),
        ("public", old.public != new.public),
        ("stale_while_revalidate", old.stale_while_revalidate != new.stale_while_revalidate),
        ("previous_for", old.previous_for != new.previous_for),
        ("on_get", old.on_get != new.on_get),
    ];
    fields.extend(policies.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()));
    fields
}

/// Notes the paths of the innermost values that differ.
fn compare(path: &str, old: &Value, new: &Value, fields: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let none = Value::Null;
                compare(&path, old.get(name).unwrap_or(&none), new.get(name).unwrap_or(&none), fields);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                compare(&format!("{path}[{index}]"), old, new, fields);
            }
        }
        (old, new) if old == new => {}
        _ => fields.push(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn config(specs: &str) -> Config {
        Config::parse(&format!("version = 1\n{specs}"), std::iter::empty()).unwrap()
    }

    fn spec(id: &str, width: u32, more: &str) -> String {
        format!(
            "[specs.{id}]\noperations = [{{ resize_to_fit = {{ width = {width} }} }}]\noutput = {{ webp = {{}} }}\n{more}"
        )
    }

    #[test]
    fn each_spec_that_differs_is_told_with_its_fields() {
        let old = spec("a", 1, "") + &spec("b", 2, "") + &spec("c", 3, "") + &spec("same", 4, "");
        let new = spec("b", 9, "public = true\n")
            + &spec("c", 3, "strategy = \"eager\"\n")
            + &spec("d", 5, "")
            + &spec("same", 4, "");
        let told: Vec<_> = between(&config(&old), &config(&new))
            .unwrap()
            .into_iter()
            .map(|one| (one.id.as_str().to_owned(), one.change, one.fields.join(" "), one.forms.len()))
            .collect();
        let row = |id: &str, change, fields: &str, forms| (id.to_owned(), change, fields.to_owned(), forms);
        assert_eq!(
            told,
            [
                row("a", Change::Removed, "", 1),
                row("b", Change::Changed, "operations[0].resize_to_fit.width public", 1),
                row("c", Change::Policy, "strategy", 0),
                row("d", Change::New, "", 1),
            ]
        );
    }

    #[test]
    fn a_spec_that_is_written_otherwise_and_makes_the_same_has_the_same_keys() {
        let plain = "[specs.a]\noutput = { webp = { quality = 60 } }\n";
        let same = "[specs.a]\noperations = []\noutput.webp.quality = 60\n";
        assert!(between(&config(plain), &config(same)).unwrap().is_empty());
        let with_default = "[specs.a]\noutput = { webp = { quality = 60, method = 4 } }\n";
        let told = between(&config(plain), &config(with_default)).unwrap();
        assert!(told.iter().all(|one| one.change == Change::Policy && one.forms.is_empty()), "{told:?}");
    }

    #[test]
    fn formats_of_an_auto_output_come_and_go_one_by_one() {
        let auto = |formats: &str| {
            config(&format!("[specs.a]\noutput = {{ auto = {{ formats = [{formats}] }} }}\n"))
        };
        let differences = between(&auto("\"webp\", \"jpeg\""), &auto("\"webp\", \"png\"")).unwrap();
        let forms: Vec<_> = differences[0]
            .forms
            .iter()
            .map(|form| (form.format.extension(), form.old.is_some(), form.new.is_some()))
            .collect();
        assert_eq!(forms, [("png", false, true), ("jpg", true, false)]);
    }
}
