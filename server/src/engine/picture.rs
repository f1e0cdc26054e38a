//! `Picture`: what an HTML page needs to show a source in the widths and formats of a family; and the whole family made at once.

use std::sync::Arc;

use futures_util::future::join_all;
use rendition_imaging::{Format, Placeholder};

use super::{
    Engine, Inner,
    families::{Choice, Chosen},
    request::{Call, Ensure, Ensured, Recipe, RenditionRef, Source, UrlOptions, View},
    settings::PictureFamily,
    target::Target,
    unanswered,
};
use crate::model::{Error, Failure, Reason, SpecId, State, strategy::OnMissing};

/// Asks for a picture.
#[derive(Clone, Debug)]
pub struct PictureRequest {
    /// Of what.
    pub source: Source,
    /// The family.
    pub family: SpecId,
    /// Which kind of URLs.
    pub url: UrlOptions,
}

/// What an HTML page needs.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The family.
    pub family: Arc<PictureFamily>,
    /// The formats, the preferred one first; never empty.
    pub formats: Vec<PictureFormat>,
    /// What can be shown before it is there, if it is known.
    pub placeholder: Option<Arc<Placeholder>>,
    /// Why the size of the source is not known.
    pub failure: Option<Failure>,
}

/// A picture in one format.
#[derive(Clone, Debug)]
pub struct PictureFormat {
    /// The format.
    pub format: Format,
    /// The widths, from the narrowest; never empty.
    pub entries: Vec<PictureEntry>,
}

/// One file to choose from.
#[derive(Clone, Debug)]
pub struct PictureEntry {
    /// Pixels from left to right; at most, where that is not known.
    pub width: u32,
    /// Pixels from top to bottom; 0 if not known.
    pub height: u32,
    /// What is known of the rendition, with its URL.
    pub view: View,
}

/// What came of a request for a rendition or for a family of them.
#[derive(Clone, Debug)]
pub struct EnsuredWhole {
    /// The rendition, or the family's fallback: its widest member in the last format.
    pub ensured: Ensured,
    /// All members of a family, by format and then by width; empty for a single rendition.
    pub members: Vec<Result<Ensured, Error>>,
}

type Whole = Result<EnsuredWhole, Error>;

impl Engine {
    /// The pictures of several sources. BATCH_TOO_LARGE for more than `limits.max_batch`.
    pub async fn pictures(
        &self,
        call: &Call,
        items: &[PictureRequest],
    ) -> Result<Vec<Result<Picture, Error>>, Error> {
        self.check_batch(items.len(), "requests")?;
        let inner = self.now();
        Ok(join_all(items.iter().map(|item| inner.picture(call, item))).await)
    }

    /// The picture of one source.
    pub async fn picture(&self, call: &Call, item: &PictureRequest) -> Result<Picture, Error> {
        self.now().picture(call, item).await
    }

    /// Makes sure that all members of a family exist that are not wider than the source.
    pub async fn ensure_family(&self, call: &Call, item: &Ensure) -> Whole {
        let answers = self.ensure_whole(call, std::slice::from_ref(item)).await?;
        answers.into_iter().next().unwrap_or_else(unanswered)
    }

    /// Makes sure that renditions and whole families exist. Each source is fetched once for all of them. BATCH_TOO_LARGE if
    /// there are more than `limits.max_batch`, the members of families counted one by one.
    pub async fn ensure_whole(&self, call: &Call, items: &[Ensure]) -> Result<Vec<Whole>, Error> {
        self.check_batch(items.len(), "requests")?;
        let inner = self.now();
        if !items.iter().any(|item| matches!(item.rendition.recipe, Recipe::Family(_))) {
            let single = |ensured| EnsuredWhole { ensured, members: Vec::new() };
            return Ok(inner.ensure(call, items).await.into_iter().map(|one| one.map(single)).collect());
        }
        let members = join_all(items.iter().map(|item| inner.members(call, item))).await;
        let all: Vec<Ensure> = members.iter().flatten().flatten().cloned().collect();
        self.check_batch(all.len(), "requests")?;
        let mut answers = inner.ensure(call, &all).await.into_iter();
        let gathered = members.into_iter().zip(items).map(|(members, item)| {
            let mut members: Vec<_> =
                members?.iter().map(|_| answers.next().unwrap_or_else(unanswered)).collect();
            match item.rendition.recipe {
                Recipe::Family(_) => {
                    let ensured = members.last().cloned().unwrap_or_else(unanswered)?;
                    Ok(EnsuredWhole { ensured, members })
                }
                Recipe::Named(_) | Recipe::Inline(_) => {
                    let ensured = members.pop().unwrap_or_else(unanswered)?;
                    Ok(EnsuredWhole { ensured, members: Vec::new() })
                }
            }
        });
        Ok(gathered.collect())
    }
}

impl Inner {
    /// What a page needs of a source. What is wrong with the source is a state of the entries and the picture's failure.
    async fn picture(self: &Arc<Self>, call: &Call, asked: &PictureRequest) -> Result<Picture, Error> {
        self.check_url_options(&asked.url)?;
        let family = self.families.get(&asked.family).map_err(|error| error.field("family_id"))?.clone();
        let target = self.family_target(&family, &asked.source)?;
        let (size, failure) = match self.source_size(call, &target).await {
            Ok(size) => (Some(size), None),
            Err(error) if error.reason().is_state() || is_passing(error.reason()) => {
                let retry_at = self.clock.now().after(self.images.unmeasured_for());
                (None, Some(Failure { error, retry_at, attempts: 0 }))
            }
            Err(error) => return Err(error),
        };
        let source = Source { dimensions: size, ..asked.source.clone() };
        let mut formats = Vec::new();
        for (format, chosen) in family.choose(&self.specs, size)? {
            let entries = join_all(chosen.into_iter().map(|chosen| self.entry(&source, chosen, &asked.url)));
            let entries = entries.await.into_iter().collect::<Result<Vec<_>, _>>()?;
            formats.push(PictureFormat { format, entries });
        }
        let placeholder = self.picture_placeholder(&family, &target, &formats);
        Ok(Picture { family, formats, placeholder, failure })
    }

    async fn entry(
        self: &Arc<Self>,
        source: &Source,
        chosen: Chosen,
        url: &UrlOptions,
    ) -> Result<PictureEntry, Error> {
        let Chosen { id, width, height } = chosen;
        let view = self.url(&member(source, id), url).await?;
        Ok(PictureEntry { width, height, view })
    }

    /// What is remembered of how the picture looks: by a stored member, the widest one first; else by the source itself, if the
    /// family shows all of it.
    fn picture_placeholder(
        &self,
        family: &PictureFamily,
        target: &Target,
        formats: &[PictureFormat],
    ) -> Option<Arc<Placeholder>> {
        let entries = formats.iter().flat_map(|format| &format.entries).rev();
        let ready = entries.filter(|entry| entry.view.state == State::Ready);
        let of_members = ready
            .filter_map(|entry| self.renditions.get(entry.view.key.as_ref()?))
            .find_map(|record| record.placeholder.clone());
        of_members.or_else(|| {
            let whole = family.base.operations.is_empty();
            let tag = whole.then(|| self.tag_from_memory(target, None).ok()).flatten().flatten()?;
            self.images.get(&target.place(), &tag)?.placeholder.clone()
        })
    }

    /// The requests that an item stands for: itself, or one for each member of the family.
    async fn members(self: &Arc<Self>, call: &Call, item: &Ensure) -> Result<Vec<Ensure>, Error> {
        let Recipe::Family(id) = &item.rendition.recipe else { return Ok(vec![item.clone()]) };
        self.check_url_options(&item.url)?;
        let family = self.families.get(id)?.clone();
        let target = self.family_target(&family, &item.rendition.source)?;
        let size = match self.on_missing(item, &target) {
            // Nothing is asked for what is assumed.
            OnMissing::Assume => self.known_size(&target),
            OnMissing::Generate | OnMissing::Queue => Some(self.source_size(call, &target).await?),
        };
        let source = Source { dimensions: size, ..item.rendition.source.clone() };
        let choice: Choice = family.choose(&self.specs, size)?;
        let members = choice.into_iter().flat_map(|(_, chosen)| chosen).map(|chosen| {
            let rendition = member(&source, chosen.id);
            Ensure { rendition, ..item.clone() }
        });
        Ok(members.collect())
    }

    /// A member of the family, to ask about the source by.
    fn family_target(&self, family: &PictureFamily, source: &Source) -> Result<Target, Error> {
        let ids = family.formats.iter().flat_map(|(_, members)| members);
        let (_, id) = ids.last().ok_or_else(|| Error::internal("a family has no members"))?.clone();
        self.target(&member(source, id))
    }
}

/// The rendition of a member.
fn member(source: &Source, id: SpecId) -> RenditionRef {
    RenditionRef { source: source.clone(), recipe: Recipe::Named(id), accept: Vec::new() }
}

/// Whether a source can not be measured for now, but its URLs can be told.
fn is_passing(reason: Reason) -> bool {
    matches!(reason, Reason::StorageUnavailable | Reason::Overloaded)
}
