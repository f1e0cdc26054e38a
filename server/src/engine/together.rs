//! Awaits the items of a batch together; the batch of one without what many need.

use futures_util::future::join_all;

/// What each of the futures gives, in their order. A single one, which is what an ordinary call brings, is
/// awaited where it is: the bookkeeping of `join_all` costs a cached call a good part of its time.
pub(super) async fn together<F: Future>(mut futures: impl ExactSizeIterator<Item = F>) -> Vec<F::Output> {
    match (futures.len(), futures.next()) {
        (1, Some(only)) => vec![only.await],
        (_, first) => join_all(first.into_iter().chain(futures)).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_and_many_come_back_whole_and_in_their_order() {
        for items in [0_usize, 1, 2, 50] {
            let expected: Vec<usize> = (0..items).collect();
            let futures = (0..items).map(|item| async move {
                tokio::task::yield_now().await;
                item
            });
            assert_eq!(together(futures).await, expected);
        }
    }
}
