//! "Did you mean": the known name that is nearest to one that is not known.

/// The candidate nearest to `word`, if one is near enough to be what was meant.
///
/// Near enough is a Damerau-Levenshtein distance of a third of the word's length, and at least of
/// two for words of four letters or more, so that a slip of the fingers is found in short words too.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let farthest = (length / 3).max(if length >= 4 { 2 } else { 1 });
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| {
            *distance <= farthest || candidate.replace('_', "") == word.replace(['-', '_'], "")
        })
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_fingers_are_understood() {
        let keys = ["max_wait", "max_batch", "memory", "root", "path"];
        for (word, meant) in [
            ("max_wiat", "max_wait"),
            ("maxwait", "max_wait"),
            ("max-batch", "max_batch"),
            ("rot", "root"),
            ("memroy", "memory"),
        ] {
            assert_eq!(nearest(word, keys), Some(meant), "{word}");
        }
    }

    #[test]
    fn what_resembles_nothing_suggests_nothing() {
        assert_eq!(nearest("colour", ["max_wait", "root", "path"]), None);
    }
}
