//! What an operator writes, read and checked as a whole.
//!
//! A [`Config`] exists only if nothing is wrong with it: it is built once, before any port is bound,
//! and never changes. Reading goes on after a problem, so that [`ConfigErrors`] names as many as
//! can be found. Nothing here opens a store or a port; of files, it reads the configuration, the
//! secrets and the overlays, and looks whether those named for others can be read.
//!
//! Each section is a file: its type, its rows of the reference ([`Key`]) and its reader. The rows
//! are the one source of defaults and bounds, and the reference in `docs/configuration.md` is
//! written from them.

mod auth;
mod base_url;
mod cache;
mod check;
mod credential;
mod crosscheck;
mod defaults;
mod document;
mod environment;
mod family;
mod key;
mod limits;
mod listen;
mod log;
mod media;
mod on_get;
mod overlay;
mod problem;
mod quantity;
mod queue;
pub mod reference;
mod secret;
mod section;
mod spec;
mod spec_options;
mod store;
mod store_settings;
mod suggestion;
mod unknown;
mod value;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::Path};

use toml::{Spanned, de::DeString};

use crate::model::{SpecId, StoreName};

use document::{Origin, Source, Sources, Table};
use section::{Reader, Section};

pub use self::{
    auth::Auth,
    cache::Cache,
    check::{Report, check},
    credential::Credential,
    defaults::Defaults,
    family::{Family, Member},
    key::{Key, Kind},
    limits::Limits,
    listen::{Listen, Tls, is_loopback},
    log::{Log, LogFormat},
    media::{Access, Media},
    on_get::OnGet,
    overlay::Overlay,
    problem::{ConfigErrors, Place, Problem},
    quantity::{Interval, Memory, Ttl, format_size, parse_size},
    queue::Queue,
    secret::{SHORTEST_SECRET, Secret},
    spec::NamedSpec,
    store::{PublicBase, Serves, StoreConfig, VersionPolicy},
};

/// The configuration of a server that is given no file, as TOML.
pub const DEFAULT: &str = include_str!("default.toml");

/// A server's configuration, sound as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where the server listens.
    pub listen: Listen,
    /// Who may call.
    pub auth: Auth,
    /// The stores.
    pub stores: BTreeMap<StoreName, StoreConfig>,
    /// What holds where a request says nothing; the stores named are among `stores`.
    pub defaults: Defaults,
    /// How long what is known is believed.
    pub cache: Cache,
    /// The queue of background work.
    pub queue: Queue,
    /// How renditions are handed out over HTTP.
    pub media: Media,
    /// The bounds of the server's work.
    pub limits: Limits,
    /// What the server writes about itself.
    pub log: Log,
    /// The images that specs may lay over others, by their names.
    pub overlays: BTreeMap<String, Overlay>,
    /// The named specs, the families' members among them; the overlays in them are among `overlays`.
    pub specs: BTreeMap<SpecId, NamedSpec>,
    /// The families, by their names.
    pub families: BTreeMap<SpecId, Family>,
}

impl Config {
    /// Reads a configuration file, or takes the built-in configuration, and applies the variables
    /// whose names begin with `RENDITION_`. All problems that can be found are told at once.
    pub fn load(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigErrors> {
        let Some(path) = file else { return Self::read(None, env) };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::read(Some((Origin::File(Some(path.to_owned())), text)), env),
            Err(error) => Err(ConfigErrors::new(vec![Problem {
                place: None,
                key: String::new(),
                value: None,
                message: format!("the configuration file {} can't be read: {error}", path.display()),
                remedy: "name a TOML file that the server may read, or none for the built-in configuration"
                    .to_owned(),
            }])),
        }
    }

    /// As [`Config::load`], of a text that is in no file.
    pub fn parse(text: &str, env: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigErrors> {
        Self::read(Some((Origin::File(None), text.to_owned())), env)
    }

    fn read(
        text: Option<(Origin, String)>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigErrors> {
        let mut sources = Sources::default();
        if let Some((origin, text)) = text {
            sources.add(origin, text);
        }
        sources.add(Origin::BuiltIn, DEFAULT.to_owned());
        for (name, value) in env.filter(|(name, _)| environment::concerns(name)) {
            sources.add(Origin::Environment(name), value);
        }
        let reader = Reader::new(&sources);
        let root = tree(&reader).map_err(ConfigErrors::new)?;
        let config = Self::from_tree(&reader, &root);
        let problems = reader.into_problems();
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(ConfigErrors::new(problems)),
        }
    }

    /// Reads the tree, noting problems in the reader; what has one is replaced by its default, or left
    /// out. None only if a row lacks its default.
    fn from_tree(reader: &Reader<'_>, root: &Table<'_>) -> Option<Self> {
        unknown::refuse(reader, root);
        let root = Section::root(reader, root);
        root.require::<u64>("version", "write version = 1 at the top");
        let listen = Listen::read(&root.section("listen"))?;
        let queue = Queue::read(&root.section("queue"))?;
        let media = Media::read(&root.section("media"), &listen, &queue);
        let limits = Limits::read(&root.section("limits"));
        let families = family::read(&root, &limits);
        let config = Self {
            listen,
            auth: Auth::read(&root.section("auth")),
            stores: store::read(&root),
            defaults: Defaults::read(&root.section("defaults"))?,
            cache: Cache::read(&root.section("cache"), &queue),
            queue,
            media,
            log: Log::read(&root.section("log")),
            overlays: overlay::read(&root, &limits),
            specs: family::join(&root, spec::read(&root, &limits), families.specs),
            families: families.by_name,
            limits,
        };
        crosscheck::run(&root, &config);
        Some(config)
    }
}

/// The tree of all that is written: the file's values (stores and specs of the built-in
/// configuration where the file has none), overridden by the environment's.
fn tree<'i>(reader: &Reader<'i>) -> Result<Table<'i>, Vec<Problem>> {
    let sources = reader.sources;
    let of =
        |wanted: fn(&Origin) -> bool| sources.iter().filter(move |source: &&Source| wanted(&source.origin));
    let mut built_in = Table::default();
    for source in of(|origin| *origin == Origin::BuiltIn) {
        built_in = source.parse(sources)?;
    }
    let mut root = match of(|origin| matches!(origin, Origin::File(_))).next() {
        None => built_in,
        Some(file) => {
            let mut root = file.parse(sources)?;
            for name in ["stores", "specs"] {
                if let Some(node) = built_in.remove(name).filter(|_| !root.contains_key(name)) {
                    let key = Spanned::new(node.span(), DeString::Borrowed(name));
                    root.insert(key, node);
                }
            }
            root
        }
    };
    for variable in of(|origin| matches!(origin, Origin::Environment(_))) {
        environment::apply(reader, &mut root, variable);
    }
    Ok(root)
}
