//! A picture as HTML.

use std::fmt::{self, Write as _};

use crate::Picture;

/// The HTML of a picture: a `<picture>` element that lets the browser choose format and width. Everything in it is escaped.
///
/// ```no_run
/// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
/// let picture = client.picture(("photos/cat.jpg", "hero")).await?;
/// println!("{}", picture.html("a cat").class("hero").lazy());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PictureHtml<'a> {
    picture: &'a Picture,
    alt: String,
    sizes: Option<String>,
    class: Option<String>,
    lazy: bool,
}

impl<'a> PictureHtml<'a> {
    pub(crate) fn new(picture: &'a Picture, alt: String) -> Self {
        Self { picture, alt, sizes: None, class: None, lazy: false }
    }

    /// How wide the picture is shown, instead of what the family says.
    pub fn sizes(mut self, sizes: impl Into<String>) -> Self {
        self.sizes = Some(sizes.into());
        self
    }

    /// The classes of the `<img>`.
    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.class = Some(class.into());
        self
    }

    /// Lets the browser load the picture only when it is about to be seen.
    pub fn lazy(mut self) -> Self {
        self.lazy = true;
        self
    }
}

impl fmt::Display for PictureHtml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let picture = self.picture;
        let sizes = self.sizes.as_deref().or(picture.sizes());
        let mut sources: Vec<_> = picture.sources().collect();
        let fallback = sources.pop();
        f.write_str("<picture>")?;
        for source in sources {
            f.write_str("<source")?;
            attribute(f, "type", source.media_type())?;
            attribute(f, "srcset", source.srcset())?;
            sizes.map_or(Ok(()), |sizes| attribute(f, "sizes", sizes))?;
            f.write_char('>')?;
        }
        f.write_str("<img")?;
        attribute(f, "src", picture.src())?;
        if let Some(fallback) = fallback {
            attribute(f, "srcset", fallback.srcset())?;
            sizes.map_or(Ok(()), |sizes| attribute(f, "sizes", sizes))?;
        }
        if let Some((width, height)) = picture.dimensions() {
            write!(f, " width=\"{width}\" height=\"{height}\"")?;
        }
        attribute(f, "alt", &self.alt)?;
        self.class.as_deref().map_or(Ok(()), |class| attribute(f, "class", class))?;
        if self.lazy {
            f.write_str(" loading=\"lazy\" decoding=\"async\"")?;
        }
        if let Some(placeholder) = picture.placeholder() {
            attribute(f, "style", &format!("background-color:{}", placeholder.dominant_color()))?;
        }
        f.write_str("></picture>")
    }
}

/// Writes ` name="value"` with everything escaped that could end the value.
fn attribute(f: &mut fmt::Formatter<'_>, name: &str, value: &str) -> fmt::Result {
    write!(f, " {name}=\"")?;
    for character in value.chars() {
        match character {
            '&' => f.write_str("&amp;")?,
            '"' => f.write_str("&quot;")?,
            '\'' => f.write_str("&#39;")?,
            '<' => f.write_str("&lt;")?,
            '>' => f.write_str("&gt;")?,
            character => f.write_char(character)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rendition_proto::v1;

    use super::*;

    fn picture(change: impl FnOnce(&mut v1::Picture)) -> Picture {
        let source = |media_type: &str| v1::PictureSource {
            media_type: media_type.into(),
            srcset: format!("https://a/r/x?key=1&s={media_type} 320w"),
            entries: Vec::new(),
        };
        let mut message = v1::Picture {
            sources: vec![source("image/webp"), source("image/jpeg")],
            src: "https://a/r/x?a=1&b=2".into(),
            width: 320,
            height: 240,
            sizes: "(max-width: 700px) 100vw, 700px".into(),
            ..Default::default()
        };
        change(&mut message);
        Picture::from_proto(v1::PictureResponse { picture: Some(message) }).unwrap()
    }

    #[test]
    fn the_browser_is_given_every_format_and_the_last_one_as_the_image() {
        let html = picture(|_| {}).html("a cat").to_string();
        assert_eq!(
            html,
            "<picture><source type=\"image/webp\" srcset=\"https://a/r/x?key=1&amp;s=image/webp 320w\" \
             sizes=\"(max-width: 700px) 100vw, 700px\"><img src=\"https://a/r/x?a=1&amp;b=2\" \
             srcset=\"https://a/r/x?key=1&amp;s=image/jpeg 320w\" sizes=\"(max-width: 700px) 100vw, 700px\" \
             width=\"320\" height=\"240\" alt=\"a cat\"></picture>"
        );
    }

    #[test]
    fn nothing_that_is_put_into_it_can_end_an_attribute() {
        let hostile = "\"><script>alert('x & y')</script>";
        let picture = picture(|message| {
            message.src = hostile.into();
            message.sources[0].media_type = hostile.into();
            message.sources[1].srcset = hostile.into();
            let dominant_color = hostile.into();
            message.placeholder = Some(v1::Placeholder { thumbhash: Vec::new(), dominant_color });
        });
        let html = picture.html(hostile).class(hostile).sizes(hostile).to_string();
        let escaped = "&quot;&gt;&lt;script&gt;alert(&#39;x &amp; y&#39;)&lt;/script&gt;";
        assert_eq!(html.matches(escaped).count(), 8, "{html}");
        assert!(!html.contains("<script"));
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let html = picture(|message| {
            (message.width, message.height) = (0, 0);
            message.sizes.clear();
            message.sources.remove(0);
        })
        .html("")
        .lazy()
        .to_string();
        assert_eq!(
            html,
            "<picture><img src=\"https://a/r/x?a=1&amp;b=2\" srcset=\"https://a/r/x?key=1&amp;s=image/jpeg 320w\" \
             alt=\"\" loading=\"lazy\" decoding=\"async\"></picture>"
        );
    }
}
