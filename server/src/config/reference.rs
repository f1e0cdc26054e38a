//! All rows of all sections, and the reference that is written from them.

use std::fmt::Write as _;

use rendition_imaging::{OPERATIONS, OUTPUTS};

use super::{
    auth, cache, defaults, family,
    key::{Key, Kind},
    limits, listen, log, media, on_get, overlay, queue, spec, spec_options, store, store_settings,
};

/// A section of the reference.
struct Chapter {
    /// The name of the table; empty for the top.
    table: &'static str,
    /// What the section is about.
    about: &'static str,
    keys: &'static [&'static [Key]],
    /// How it may look in a file.
    example: &'static str,
}

const TOP: &[Key] = &[Key::without_default(
    "version",
    Kind::Count { min: 1, max: 1 },
    "required",
    "The version of the configuration's form: 1.",
)];

const CHAPTERS: &[Chapter] = &[
    Chapter { table: "", about: "", keys: &[TOP], example: "version = 1\n" },
    Chapter {
        table: "listen",
        about: "Where the server listens.",
        keys: &[listen::KEYS],
        example: "[listen]\ngrpc = \"0.0.0.0:50051\"\nhttp = \"0.0.0.0:8080\"\ninsecure = true            # only behind a network that lets nobody else in\n\
                  tls = { cert_file = \"server.pem\", key_file = \"server.key\" }\n",
    },
    Chapter {
        table: "auth",
        about: "Who may call the gRPC API.",
        keys: &[auth::KEYS],
        example: "[auth]\ntokens = [{ id = \"web\", secret_file = \"/run/secrets/rendition-web\" }]\n",
    },
    Chapter {
        table: "stores",
        about: "The stores, each under a name: a lower case letter, then up to 31 of a-z, 0-9, `_` and `-`. A file without stores has \
                those of the built-in configuration. The folder of one fs store never lies in that of another.",
        keys: &[store_settings::KEYS, store::KEYS],
        example: "[stores.media]\nkind = \"fs\"\nroot = \"/srv/media\"\nsource = true\n\n\
                  [stores.renditions]\nkind = \"s3\"\nbucket = \"renditions\"\nregion = \"eu-central-1\"\nready_ttl = \"forever\"\n\
                  limits = { concurrency = 128, timeout = \"2s\" }\npublic_base = { url = \"https://cdn.example.org\", serves = \"store\" }\n",
    },
    Chapter {
        table: "defaults",
        about: "What holds for a request that does not say otherwise.",
        keys: &[defaults::KEYS],
        example: "[defaults]\nsource_store = \"media\"\nrendition_store = \"renditions\"\nstrategy = \"just_in_time\"\n",
    },
    Chapter {
        table: "cache",
        about: "How long what is known is believed.",
        keys: &[cache::KEYS],
        example: "[cache]\nready_ttl = \"forever\"\nmax_bytes = \"1 GiB\"\n",
    },
    Chapter {
        table: "queue",
        about: "The durable queue of background work.",
        keys: &[queue::KEYS],
        example: "[queue]\npath = \"/var/lib/rendition/queue\"\nworkers = 4\n",
    },
    Chapter {
        table: "media",
        about: "How renditions are handed out over HTTP.",
        keys: &[media::KEYS],
        example: "[media]\naccess = \"signed\"\npublic_url = \"https://images.example.org\"\n\
                  keys = [{ id = \"k2\", secret_file = \"k2.key\" }, { id = \"k1\", secret_file = \"k1.key\" }]\nlifetime = \"1d\"\n",
    },
    Chapter {
        table: "limits",
        about: "The bounds that keep one caller, one image or one outage from taking the server down.",
        keys: &[limits::KEYS],
        example: "[limits]\nmax_source_bytes = \"32 MiB\"\ninline_specs = false\nmemory = \"2 GiB\"\n",
    },
    Chapter {
        table: "log",
        about: "What the server writes about itself.",
        keys: &[log::KEYS],
        example: "[log]\nformat = \"json\"\nlevel = \"info,rendition_server=debug\"\n",
    },
    Chapter {
        table: "overlays",
        about: "The images that the operation `overlay` may lay over others, each under a name: a lower case letter, then up to 31 of a-z, \
                0-9, `_` and `-`.",
        keys: &[overlay::KEYS],
        example: "[overlays.watermark]\nfile = \"watermark.png\"\n\n\
                  [specs.signed]\noperations = [{ overlay = { name = \"watermark\", scale = 0.25, opacity = 0.6, margin = 16 } }]\n\
                  output = { webp = {} }\n",
    },
    Chapter {
        table: "specs",
        about: "The named specs, each under an id: a lower case letter, then up to 47 of a-z, 0-9, `_` and `-`; `inline` is reserved. A \
                file without specs has those of the built-in configuration.",
        keys: &[spec::KEYS, spec_options::KEYS, spec::POLICY_KEYS, on_get::KEYS],
        example: "[specs.card]\noperations = [{ resize_to_fill = { width = 800, height = 600, anchor = \"center\" } }]\n\
                  output = { webp = { quality = 80 } }\nstrategy = \"eager\"\nsources = [\"photos/**\"]\npublic = true\n",
    },
    Chapter {
        table: "families",
        about: "One picture in several widths and formats, for `Picture` and for a recipe's `family_id`. Each under a name: a lower case \
                letter, then up to 36 of a-z, 0-9, `_` and `-`. Each width in each format is a named spec with an id such as \
                `hero-640-webp`, in lists, keys and purges like any other.",
        keys: &[family::KEYS, family::OPTION_KEYS, family::POLICY_KEYS, family::ON_GET_KEYS],
        example: "[families.hero]\nwidths = [320, 640, 1280]\noutputs = [{ avif = {} }, { webp = {} }, { jpeg = {} }]\n\
                  sizes = \"(max-width: 700px) 100vw, 700px\"\nsources = [\"photos/**\"]\npublic = true\n",
    },
];

/// All rows.
pub fn rows() -> impl Iterator<Item = &'static Key> {
    CHAPTERS.iter().flat_map(|chapter| chapter.keys.iter().copied().flatten())
}

/// The row of a key.
pub(crate) fn row(path: &str) -> Option<&'static Key> {
    rows().find(|row| row.path == path)
}

/// The names that can stand below a path, in the order of the rows; `<name>` stands for any.
pub(crate) fn children(path: &str) -> Vec<&'static str> {
    let mut names = Vec::new();
    for row in rows() {
        let below = match path {
            "" => Some(row.path),
            _ => row.path.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')),
        };
        let Some(below) = below else { continue };
        let name = below.split('.').next().unwrap_or(below).trim_end_matches("[]");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

const INTRODUCTION: &str = "\
<!-- Written by `rendition-server config-reference`; a test compares the two. -->
# Configuration

One TOML file, named by `rendition-server --config FILE`. Without one the server runs on its built-in configuration, which keeps
everything under `./rendition-data`. `rendition-server check FILE` says what is wrong with a file, all of it at once: where, which
key, which value, and the way out. The server refuses to start on a file with a problem, and on a key that it does not know.

**Environment.** Every key can be overridden by a variable: `RENDITION_` and the key's path in upper case, with `__` between its
names: `RENDITION_LISTEN__GRPC=0.0.0.0:50051`, `RENDITION_STORES__MEDIA__ROOT=/srv/media`. Names of your own choice are found with
`_` where they have `-`. The value is read as TOML (`[\"avatars/**\"]`, `true`, `{ webp = { quality = 70 } }`), and as text if it is
none. An item of a list is named by its index, from 0. A variable that begins with `RENDITION_` and matches no key is an error, but
for RENDITION_CONFIG, RENDITION_LOG and RENDITION_SERVER.

**Reloading.** On SIGHUP the server reads file and environment again. Named specs and overlays are exchanged as a whole, without a
restart; a call that has begun goes on with those that it began with. Differences in other sections are named in the log: they count
from the next start on. If anything is wrong, it is told in the log and nothing changes.

**Sizes** are written `\"64 MiB\"`, `\"1.5 GB\"`, or as a number of bytes; **durations** `\"500ms\"`, `\"10s\"`, `\"24h\"`, `\"7d\"`. **Paths** are
relative to the folder in which the server is started. **Secrets** lie in files of their own and are never printed.

The built-in configuration:

";

/// The reference in Markdown.
pub fn markdown() -> String {
    let mut out = format!("{INTRODUCTION}```toml\n{}```\n", super::DEFAULT);
    for chapter in CHAPTERS {
        let title = if chapter.table.is_empty() { "The file" } else { chapter.table };
        // Writing to a string can't fail.
        let _ = write!(out, "\n## {title}\n\n");
        if !chapter.about.is_empty() {
            let _ = write!(out, "{}\n\n", chapter.about);
        }
        out.push_str("| key | type | default | meaning |\n|---|---|---|---|\n");
        for row in chapter.keys.iter().copied().flatten() {
            let default = match row.default {
                Some(default) => format!("`{default}`"),
                None => row.absent.to_owned(),
            };
            let _ =
                writeln!(out, "| `{}` | {} | {default} | {} |", row.path, row.kind.describe(), row.meaning);
        }
        let _ = write!(out, "\n```toml\n{}```\n", chapter.example);
    }
    let operations = OPERATIONS.iter().map(|operation| (operation.name, operation.fields));
    let outputs = OUTPUTS.iter().map(|output| (output.name, output.fields));
    parts(&mut out, "operations", operations);
    parts(&mut out, "outputs", outputs);
    out
}

/// A table of what can stand in a spec; the API's files say what each field means.
fn parts<'p>(out: &mut String, title: &str, parts: impl Iterator<Item = (&'p str, &'p [(&'p str, u32)])>) {
    let _ = write!(
        out,
        "\n## {title} of a spec\n\nWhat the fields mean, with their ranges and defaults, stands in \
         `proto/rendition/v1`.\n\n| name | fields |\n|---|---|\n"
    );
    for (name, fields) in parts {
        let fields: Vec<String> = fields.iter().map(|(field, _)| format!("`{field}`")).collect();
        let _ = writeln!(out, "| `{name}` | {} |", fields.join(", "));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_committed_reference_is_the_one_that_the_rows_give() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
        let committed = std::fs::read_to_string(file).unwrap();
        assert!(
            committed == markdown(),
            "docs/configuration.md is not what the rows say: run rendition-server config-reference > docs/configuration.md"
        );
    }

    #[test]
    fn no_key_has_two_rows() {
        let mut seen = BTreeSet::new();
        assert_eq!(rows().find(|row| !seen.insert(row.path)).map(|row| row.path), None);
    }

    #[test]
    fn every_row_says_what_the_key_does_and_what_its_absence_means() {
        for row in rows() {
            assert!(row.meaning.ends_with('.'), "{}", row.path);
            assert!(row.default.is_some() == row.absent.is_empty(), "{}", row.path);
            assert!(!row.meaning.contains('|') && !row.absent.contains('|'), "{}", row.path);
        }
    }

    #[test]
    fn children_are_the_names_on_the_next_level() {
        assert_eq!(children("auth"), ["tokens"]);
        assert_eq!(children("auth.tokens[]"), ["id", "secret_file"]);
        assert_eq!(children("stores"), ["<name>"]);
        assert!(children("").starts_with(&["version", "listen", "auth", "stores"]));
        assert_eq!(children("listen"), ["grpc", "http", "insecure", "tls"]);
    }
}
