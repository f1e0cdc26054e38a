//! What a new configuration would come to, before it is rolled out: which named specs differ and in what, how many renditions
//! would be made, and what that would cost.
//!
//! The method: both configurations are read here, by the very code that the server reads them with, so that digests are those
//! of keys. The stores of the new one are walked and listed, and nothing is written. Processor's time and bytes are measured on
//! a sample of the sources that concern a spec, spread evenly over their names: each is made in memory by the imaging crate, one
//! decode for each rendition, on one thread. Times are those of the thread, so that a busy machine falsifies them little. The
//! error that is told is twice the standard error of the mean; what it does not know of is a few sources that are far larger
//! than the sample's. Requests for several renditions of one source share a decode, and take less than was measured.

mod difference;
mod estimate;
mod report;
mod stock;
mod walk;

use std::{collections::BTreeMap, sync::Arc};

use rendition_imaging::Limits;

pub use self::{
    difference::{Change, SpecDifference},
    estimate::Estimate,
    report::{json, text},
    stock::Tally,
};
use crate::{
    config::Config,
    engine::storage_error,
    model::{Digest, Error, Glob, SpecId, StoreName},
    reload,
    storage::{self, Store},
};

/// How much is looked at.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only these sources; none: all.
    pub sources: Option<Glob>,
    /// How many sources are made into each rendition, to measure it.
    pub sample: usize,
    /// How many sources' folders are listed at the most. Beyond, an even share of them is, and counts are scaled up.
    pub most_listed: usize,
}

impl Options {
    /// Of sources under a prefix, by a glob, or all of them.
    pub fn new(sources: Option<&str>, sample: usize) -> Result<Self, Error> {
        const MOST_LISTED: usize = 20_000;
        let sources = sources.map(walk::glob).transpose()?;
        Ok(Self { sources, sample, most_listed: MOST_LISTED })
    }
}

/// What a new configuration would come to.
#[derive(Debug)]
pub struct Rollout {
    /// The named specs that differ.
    pub specs: Vec<SpecRollout>,
    /// How many sources there are, of those that are looked at.
    pub sources: usize,
    /// How many of their folders were listed.
    pub listed: usize,
    /// The sections other than specs and overlays that differ: a reload does not take them.
    pub restart_needed: Vec<&'static str>,
}

/// What one spec would come to.
#[derive(Debug)]
pub struct SpecRollout {
    /// In what it differs.
    pub difference: SpecDifference,
    /// What is to be made, by format.
    pub forms: Vec<FormRollout>,
}

/// What a spec in one format would come to.
#[derive(Debug)]
pub struct FormRollout {
    /// The format's extension.
    pub format: &'static str,
    /// The digest in the present keys, if there are such keys.
    pub old: Option<Digest>,
    /// The digest in the new keys; none: it is written so no more.
    pub new: Option<Digest>,
    /// How many renditions.
    pub tally: Tally,
    /// What one of them costs; none: nothing of it is to be made, or none of the sample could be.
    pub estimate: Option<Estimate>,
}

/// The stores that a plan reads.
struct Stores {
    sources: BTreeMap<StoreName, Arc<dyn Store>>,
    renditions: Arc<dyn Store>,
}

/// What cannot be done without.
struct Setting<'config> {
    stores: Stores,
    options: &'config Options,
    limits: Limits,
    max_source_bytes: u64,
}

/// Plans the change from one configuration to the other, on the stores of the new one.
pub async fn plan(old: &Config, new: &Config, options: &Options) -> Result<Rollout, Error> {
    let differences = difference::between(old, new)?;
    let setting = Setting {
        stores: open(new)?,
        options,
        limits: new.limits.imaging(),
        max_source_bytes: new.limits.max_source_bytes,
    };
    let restart_needed = reload::differences(old, new);
    // Where only policies differ, every key stays.
    if differences.iter().all(|difference| difference.forms.is_empty()) {
        let specs = differences.into_iter().map(|difference| SpecRollout { difference, forms: Vec::new() });
        return Ok(Rollout { specs: specs.collect(), sources: 0, listed: 0, restart_needed });
    }
    let sources = walk::sources(&setting).await?;
    let stock = stock::take(&setting, &sources, &differences).await?;
    let mut specs = Vec::new();
    for difference in differences {
        let mut forms = Vec::new();
        for form in &difference.forms {
            let (tally, wanted) = stock.tally(&difference, form);
            let estimate = match &form.new {
                Some(spec) => estimate::of(&setting, &spec.spec, &wanted).await?,
                None => None,
            };
            forms.push(FormRollout {
                format: form.format.extension(),
                old: form.old,
                new: form.new.as_ref().map(|spec| spec.digest),
                tally,
                estimate,
            });
        }
        specs.push(SpecRollout { difference, forms });
    }
    Ok(Rollout { specs, sources: sources.len(), listed: stock.listed(), restart_needed })
}

fn open(config: &Config) -> Result<Stores, Error> {
    let mut sources = BTreeMap::new();
    let mut renditions = None;
    for (name, store) in &config.stores {
        let is_renditions = *name == config.defaults.rendition_store;
        if !store.source && !is_renditions {
            continue;
        }
        let opened = storage::open(name.as_str(), &store.settings, &store.limits)
            .map_err(|error| storage_error(&error))?;
        if is_renditions {
            renditions = Some(opened.clone());
        }
        if store.source {
            sources.insert(name.clone(), opened);
        }
    }
    let renditions =
        renditions.ok_or_else(|| Error::internal("the store of renditions is not configured"))?;
    Ok(Stores { sources, renditions })
}

impl Rollout {
    /// How many renditions would be made in all.
    pub fn renditions(&self) -> u64 {
        self.forms().map(|form| form.tally.makes()).sum()
    }

    /// Seconds of one processor's time in all, and twice the standard error of that.
    pub fn seconds(&self) -> (f64, f64) {
        let of = |form: &FormRollout| {
            let estimate = form.estimate.as_ref()?;
            let makes = form.tally.makes() as f64;
            Some((makes * estimate.seconds, makes * estimate.error))
        };
        // Errors of samples that have nothing to do with each other add up as squares.
        let (sum, squares) = self
            .forms()
            .filter_map(of)
            .fold((0.0, 0.0), |(sum, squares), (seconds, error)| (sum + seconds, squares + error * error));
        (sum, f64::sqrt(squares))
    }

    /// Bytes that would be written in all.
    pub fn bytes(&self) -> f64 {
        let of = |form: &FormRollout| Some(form.tally.makes() as f64 * form.estimate.as_ref()?.bytes);
        self.forms().filter_map(of).sum()
    }

    /// The calls to stores that making them one by one, as they are asked for, would take.
    pub fn calls(&self) -> Calls {
        let mut calls = Calls::default();
        for spec in &self.specs {
            for form in &spec.forms {
                let makes = form.tally.makes();
                // The source's version; whether another server made it meanwhile.
                calls.stats += 2 * makes;
                calls.reads += makes;
                calls.writes += makes;
                if spec.difference.stands_in {
                    // The folder is listed for older renditions; the source and the one that stands in are looked at.
                    calls.lists += form.tally.replaces;
                    calls.stats += 2 * form.tally.replaces;
                }
            }
        }
        calls
    }

    fn forms(&self) -> impl Iterator<Item = &FormRollout> {
        self.specs.iter().flat_map(|spec| &spec.forms)
    }

    /// The ids of the specs that differ in a way.
    pub fn ids(&self, change: Change) -> Vec<&SpecId> {
        let of =
            self.specs.iter().map(|spec| &spec.difference).filter(|difference| difference.change == change);
        of.map(|difference| &difference.id).collect()
    }
}

/// Calls to stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Looks at one object.
    pub stats: u64,
    /// Reads of sources.
    pub reads: u64,
    /// Writes of renditions.
    pub writes: u64,
    /// Listings of one folder.
    pub lists: u64,
}
