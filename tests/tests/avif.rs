//! AVIF by every way: as a source, as what a spec asks for, and as what `auto` chooses.
#![allow(clippy::unwrap_used)]

use rendition_client::{Avif, Jpeg, OutputFormat, RenditionRef, Spec};
use rendition_imaging::{SourceFormat, inspect};
use rendition_tests::{
    pictures::png,
    test_server::{Options, TestServer},
};

const SPECS: &str = "[specs.best]\noperations = [{ resize_to_fit = { width = 40 } }]\n\
                     output = { auto = { formats = [\"avif\", \"jpeg\"] } }\n\
                     [limits]\nmax_avif_pixels = 5000\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_avif_is_made_read_and_chosen() {
    let server = TestServer::with(Options::default().config(SPECS)).await;
    server.put("cat.png", &png(80, 60, 1));
    let client = server.client();
    let avif = client.read_to_vec(("cat.png", &Spec::builder().avif(Avif::new().speed(9)))).await.unwrap();
    assert_eq!(inspect(&avif).unwrap().format, SourceFormat::Avif);
    server.put("cat.avif", &avif);
    let jpeg = client.read_to_vec(("cat.avif", &Spec::builder().jpeg(Jpeg::new()))).await.unwrap();
    assert_eq!(inspect(&jpeg).unwrap().size, inspect(&avif).unwrap().size);
    for (accept, format) in
        [(OutputFormat::Avif, SourceFormat::Avif), (OutputFormat::Png, SourceFormat::Jpeg)]
    {
        let rendition = RenditionRef::from(("cat.png", "best")).accept([accept]);
        let made = client.read_to_vec(rendition).await.unwrap();
        assert_eq!(inspect(&made).unwrap().format, format);
    }
    server.put("large.png", &png(100, 60, 1));
    let refused = client.read_to_vec(("large.png", &Spec::builder().avif(Avif::new()))).await.unwrap_err();
    assert!(refused.to_string().contains("5000"), "{refused}");
}
