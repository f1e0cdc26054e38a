//! The request and the answer of `Picture`: what an HTML page needs of a source in a family's widths and formats.

use rendition_proto::v1;

use crate::{Error, Failure, PictureHtml, Placeholder, Rendition, Source, UrlOptions};

/// Asks for what an HTML page needs. A pair of a source and a family's name turns into one.
///
/// ```
/// use rendition_client::{PictureOf, Source, UrlOptions};
///
/// let short: PictureOf = ("photos/cat.jpg", "hero").into();
/// let source = Source::new("photos/cat.jpg").dimensions(2000, 1500);
/// let long = PictureOf::new(source, "hero").url_options(UrlOptions::new().path_only());
/// assert_ne!(short, long);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PictureOf(v1::PictureRequest);

impl PictureOf {
    /// The source in the family of this name. With the source's dimensions the server has to read no header.
    pub fn new(source: impl Into<Source>, family: impl Into<String>) -> Self {
        let source = Some(source.into().into_proto());
        Self(v1::PictureRequest { source, family_id: family.into(), url_options: None })
    }

    /// Which kind of URLs.
    pub fn url_options(mut self, options: UrlOptions) -> Self {
        self.0.url_options = Some(options.into_proto());
        self
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::PictureRequest {
        self.0
    }
}

impl<S: Into<Source>, F: Into<String>> From<(S, F)> for PictureOf {
    fn from((source, family): (S, F)) -> Self {
        Self::new(source, family)
    }
}

impl From<&PictureOf> for PictureOf {
    fn from(asked: &PictureOf) -> Self {
        asked.clone()
    }
}

/// What an HTML page needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture(v1::Picture);

impl Picture {
    pub(crate) fn from_proto(response: v1::PictureResponse) -> Result<Self, Error> {
        response.picture.map(Self).ok_or(Error::Malformed("picture"))
    }

    /// One for each media type, the preferred one first. The last one is the fallback, which every browser shows.
    pub fn sources(&self) -> impl DoubleEndedIterator<Item = PictureSource<'_>> + ExactSizeIterator {
        self.0.sources.iter().map(PictureSource)
    }

    /// The URL of the fallback's widest entry.
    pub fn src(&self) -> &str {
        &self.0.src
    }

    /// Width and height of that entry in pixels: the shape of the picture, by which a page keeps its room.
    pub fn dimensions(&self) -> Option<(u32, u32)> {
        (self.0.width > 0 && self.0.height > 0).then_some((self.0.width, self.0.height))
    }

    /// How wide the picture is shown, as the family is configured to say in `sizes`.
    pub fn sizes(&self) -> Option<&str> {
        Some(self.0.sizes.as_str()).filter(|sizes| !sizes.is_empty())
    }

    /// What can be shown until it has been loaded, if the server remembers it.
    pub fn placeholder(&self) -> Option<Placeholder<'_>> {
        self.0.placeholder.as_ref().map(Placeholder)
    }

    /// Why the size of the source is not known.
    pub fn failure(&self) -> Option<Failure<'_>> {
        self.0.failure.as_ref().map(Failure)
    }

    /// Begins the HTML of the picture, with this alternative text.
    pub fn html(&self, alt: impl Into<String>) -> PictureHtml<'_> {
        PictureHtml::new(self, alt.into())
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::Picture {
        self.0
    }
}

/// A picture in one format.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureSource<'a>(&'a v1::PictureSource);

impl<'a> PictureSource<'a> {
    /// The media type, e.g. `image/webp`.
    pub fn media_type(&self) -> &'a str {
        &self.0.media_type
    }

    /// The value of `srcset`; not escaped.
    pub fn srcset(&self) -> &'a str {
        &self.0.srcset
    }

    /// Width, height (if it is known) and rendition of each entry, from the narrowest to the widest.
    pub fn entries(&self) -> impl Iterator<Item = (u32, Option<u32>, Rendition)> + use<'a> {
        self.0.entries.iter().filter_map(|entry| {
            let height = Some(entry.height).filter(|height| *height > 0);
            Some((entry.width, height, entry.rendition.clone()?.into()))
        })
    }
}
