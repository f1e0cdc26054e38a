//! URLs that carry their own permission.

use std::time::Duration;

use rendition_server::storage::StorageErrorKind;

use super::{Place, noise, put};
use crate::http_get::http_get;

const A_MINUTE: Duration = Duration::from_secs(60);

pub async fn a_presigned_url_opens_the_object_to_anyone(Place { store, .. }: &Place) {
    if !store.capabilities().presign {
        return;
    }
    let bytes = noise(3000);
    put(store, "ünï/a b+c%.jpg", bytes.clone()).await;
    let presigned = store.presign_read("ünï/a b+c%.jpg", A_MINUTE, None, None).await.unwrap().unwrap();
    assert_eq!(presigned.lifetime, A_MINUTE);
    let url = presigned.url;
    let (status, _, body) = http_get(&url).await;
    assert_eq!((status, body), (200, bytes), "{url}");
    let forged = url.replace("X-Amz-Expires=60", "X-Amz-Expires=61");
    assert_ne!(forged, url);
    assert_eq!(http_get(&forged).await.0, 403);
    let unsigned = url.split('?').next().unwrap();
    assert_eq!(http_get(unsigned).await.0, 403);
    for lifetime in [Duration::ZERO, Duration::from_secs(7 * 24 * 3600 + 1)] {
        let error = store.presign_read("a", lifetime, None, None).await.unwrap_err();
        assert_eq!(error.kind(), StorageErrorKind::Invalid, "{error}");
    }
}

pub async fn a_presigned_url_can_name_a_download(Place { store, .. }: &Place) {
    if !store.capabilities().presign {
        return;
    }
    put(store, "a", "x").await;
    let url = store.presign_read("a", A_MINUTE, Some("für \"dich\".webp"), Some("image/webp")).await.unwrap();
    let (status, headers, _) = http_get(&url.unwrap().url).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "image/webp");
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"f_r _dich_.webp\"; filename*=UTF-8''f%C3%BCr%20%22dich%22.webp"
    );
}

pub async fn a_store_that_cannot_presign_says_so_quietly(Place { store, .. }: &Place) {
    if store.capabilities().presign {
        return;
    }
    assert_eq!(store.presign_read("a", A_MINUTE, None, None).await.unwrap(), None);
}
