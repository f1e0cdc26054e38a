//! Who may call: tokens on gRPC, signatures and openness on the media endpoint.

use rendition_client::{Client, Code, Source, Spec};
use rendition_tests::{
    http_get::http_get,
    pictures::{SMALL, png},
    refusals::refused,
    test_server::TestServer,
};

use super::{CAT, options};

const TOKEN: &str = "correct horse battery staple";

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_tokens_takes_callers_with_one_of_them_only() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("token");
    std::fs::write(&secret, format!("{TOKEN}\n")).unwrap();
    let config = format!(
        "[auth]\ntokens = [{{ id = \"web\", secret_file = {secret:?} }}]\n[media]\naccess = \"open\"\n{SMALL}"
    );
    let server = TestServer::with(options().root(folder.path(), "queue").config(&config)).await;
    server.put(CAT.0, &png(80, 60, 1));
    let with = |token: &str| Client::builder(server.grpc.as_str()).bearer_token(token).build().unwrap();
    for client in [server.client(), with("correct horse"), with(&format!("{TOKEN}r"))] {
        let (code, reason) = (Code::Unauthenticated, "UNAUTHENTICATED");
        refused(client.ensure_generated(CAT).await, code, reason, None);
        refused(client.exists(CAT).await, code, reason, None);
        refused(client.url(CAT).await, code, reason, None);
        refused(client.read_to_vec(CAT).await, code, reason, None);
        refused(client.watch([CAT]).await.map(|_| ()), code, reason, None);
        refused(client.batch_url([CAT]).await, code, reason, None);
        refused(client.list_specs().await, code, reason, None);
        refused(client.get_spec("small").await, code, reason, None);
    }
    assert_eq!(server.serving_calls(), 0);
    let client = with(TOKEN);
    let url = client.ensure_generated(CAT).await.unwrap().into_rendition();
    assert_eq!(client.list_specs().await.unwrap().len(), 1);
    assert_eq!(http_get(url.url()).await.0, 200, "URLs are for browsers, which have no token");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_access_is_open_public_specs_at_the_servers_versions_need_no_signature_and_all_else_does() {
    let private = SMALL.replace("specs.small", "specs.private").replace("public = true", "public = false");
    let server =
        TestServer::with(options().config(&format!("[media]\naccess = \"open\"\n{SMALL}{private}"))).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    let open = client.url(CAT).await.unwrap();
    assert!(!open.url().contains('?') && open.url_expire_time().is_none());
    let inline = Spec::builder().resize_to_fit((12, 0)).png(());
    let signed = [
        client.url((CAT.0, "private")).await.unwrap(),
        client.url((CAT.0, &inline)).await.unwrap(),
        client.url((Source::new(CAT.0).version("mine"), CAT.1)).await.unwrap(),
    ];
    for url in signed {
        assert!(url.url().contains("signature=") && url.url_expire_time().is_some());
        assert_eq!(http_get(url.url()).await.0, 200, "{}", url.url());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_access_is_signed_every_url_is_signed_and_every_key_checks_while_the_first_one_signs() {
    let folder = tempfile::tempdir().unwrap();
    let key = |id: &str| {
        let file = folder.path().join(format!("{id}.key"));
        std::fs::write(&file, format!("a secret of sixteen bytes and more: {id}")).unwrap();
        format!("{{ id = {id:?}, secret_file = {file:?} }}")
    };
    let config = |keys: &str| format!("[media]\naccess = \"signed\"\nkeys = [{keys}]\n{SMALL}");
    let (old, new) = (key("old"), key("new"));
    let before = TestServer::with(options().root(folder.path(), "queue-1").config(&config(&old))).await;
    before.put(CAT.0, &png(80, 60, 1));
    let by_old = before.client().url(CAT).await.unwrap().url().to_owned();
    assert!(by_old.contains("&key=old&"));
    assert_eq!(http_get(&by_old).await.0, 200);

    // The keys are replaced one after the other.
    let at = |server: &TestServer, url: &str| format!("{}{}", server.http, &url[url.find("/r/").unwrap()..]);
    let both = config(&format!("{new}, {old}"));
    let between = TestServer::with(options().root(folder.path(), "queue-2").config(&both)).await;
    assert_eq!(http_get(&at(&between, &by_old)).await.0, 200);
    let by_new = between.client().url(CAT).await.unwrap().url().to_owned();
    assert!(by_new.contains("&key=new&"));
    let after = TestServer::with(options().root(folder.path(), "queue-3").config(&config(&new))).await;
    assert_eq!(http_get(&at(&after, &by_new)).await.0, 200);
    assert_eq!(http_get(&at(&after, &by_old)).await.0, 403);
}
