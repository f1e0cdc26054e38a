//! URLs whose format is chosen at each GET.

use rendition_client::{Auto, Client, OutputFormat, Rendition, RenditionRef, Source, Spec, Url, UrlOptions};
use rendition_tests::{
    http_request::{HttpAnswer, http_request},
    pictures::png,
    test_server::{Options, TestServer},
};

use super::ODD_NAMES;

const CARD: &str = "[specs.card]\noperations = [{ resize_to_fit = { width = 40 } }]\n\
                    output = { auto = { formats = [\"avif\", \"webp\", \"jpeg\"] } }\npublic = true\n";

async fn server(media: &str) -> (TestServer, Client) {
    let options = Options::default().config(&format!("{media}{CARD}")).manual_clock();
    let server = TestServer::with(options).await;
    server.put("cat.png", &png(80, 60, 1));
    let client = server.client();
    (server, client)
}

async fn negotiated(client: &Client, rendition: impl Into<RenditionRef>) -> Rendition {
    client.url(Url::new(rendition).url_options(UrlOptions::new().negotiate())).await.unwrap()
}

async fn accepting(url: &str, accept: &str) -> HttpAnswer {
    http_request("GET", url, &[("accept", accept)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_caller_gets_the_best_format_that_it_names() {
    let (server, client) = server("").await;
    let url = negotiated(&client, ("cat.png", "card")).await;
    assert!(url.url().starts_with(&format!("{}/auto/media/cat.png/card.", server.http)), "{}", url.url());
    for (accept, media_type) in [
        ("image/avif,image/webp,image/*,*/*;q=0.8", "image/avif"),
        ("image/webp,*/*", "image/webp"),
        ("image/avif;q=0, image/webp;q=0.5", "image/webp"),
        ("*/*", "image/jpeg"),
        ("text/html", "image/jpeg"),
        ("", "image/jpeg"),
    ] {
        let answer = accepting(url.url(), accept).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type), "{accept}");
        assert_eq!(answer.header("vary"), "Accept", "{accept}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        let again =
            http_request("GET", url.url(), &[("accept", accept), ("if-none-match", answer.header("etag"))])
                .await;
        assert_eq!((again.status, again.header("vary")), (304, "Accept"));
    }
    let mut formats: Vec<String> =
        server.renditions().iter().map(|key| key.rsplit('.').next().unwrap().to_owned()).collect();
    formats.sort();
    assert_eq!(formats, ["avif", "jpg", "webp"]);
    // What is made under it is what the API names.
    let webp =
        client.exists(RenditionRef::new("cat.png", "card").accept([OutputFormat::Webp])).await.unwrap();
    assert!(webp.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn such_urls_are_signed_where_others_are_and_for_specs_of_the_callers() {
    let (signed, client) = server("[media]\naccess = \"signed\"\n").await;
    let inline = Spec::builder()
        .resize_to_fit((20, 0))
        .auto(Auto::new().formats([OutputFormat::Webp, OutputFormat::Png]));
    let named = negotiated(&client, ("cat.png", "card")).await;
    let own = negotiated(&client, ("cat.png", &inline)).await;
    for (url, media_type) in [(&named, "image/jpeg"), (&own, "image/png")] {
        assert!(url.url().contains("/auto/") && url.url().contains("signature="), "{}", url.url());
        let answer = accepting(url.url(), "*/*").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type), "{}", url.url());
        assert_eq!(accepting(url.url(), "image/webp").await.header("content-type"), "image/webp");
        let unsigned = url.url().split('?').next().unwrap();
        assert_eq!(accepting(unsigned, "*/*").await.status, 403);
        assert_eq!(accepting(&url.url().replace("signature=", "signature=A"), "*/*").await.status, 403);
    }
    drop(signed);
    let (open, client) = server("").await;
    let private = negotiated(&client, (Source::new("cat.png").version("mine"), "card")).await;
    assert!(private.url().contains("signature="), "{}", private.url());
    let unsigned = private.url().split('?').next().unwrap();
    assert_eq!(accepting(unsigned, "*/*").await.status, 404);
    let altered = negotiated(&client, ("cat.png", "card")).await.url().replace("card.", "cart.");
    assert_eq!(accepting(&altered, "*/*").await.status, 404);
    assert!(open.renditions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn source_names_of_every_kind_are_served_in_a_chosen_format() {
    let (server, client) = server("").await;
    for (seed, name) in ODD_NAMES.into_iter().enumerate() {
        server.put(name, &png(80, 60, seed as u8));
        let url = negotiated(&client, (name, "card")).await;
        let answer = accepting(url.url(), "image/webp").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "image/webp"), "{}", url.url());
    }
}
