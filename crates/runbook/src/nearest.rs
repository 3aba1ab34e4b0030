//! "Did you mean": the known word that is closest to what was written.

/// Longer words are not compared: nobody mistypes into them, and a hostile file could
/// make the comparison slow.
const LONGEST: usize = 48;

/// How many words are compared; a list of names from a file can be long.
const MOST: usize = 500;

/// The word among `known` that `written` is most likely meant to be, if any is close.
pub(crate) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if written.chars().count() > LONGEST {
        return None;
    }
    let written = fold(written);
    known
        .into_iter()
        .take(MOST)
        .filter(|word| word.len() <= LONGEST)
        .map(|word| (distance(&written, &fold(word)), word))
        // A third of the letters may differ; in a short word that is one.
        .filter(|(distance, word)| *distance <= (word.chars().count().max(3) / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The same as a sentence for a suggestion, followed by what there is.
pub(crate) fn did_you_mean<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    what: &str,
) -> Option<String> {
    let all: Vec<&str> = known.clone().into_iter().take(MOST).collect();
    let guess = nearest(written, known).map(|word| format!("did you mean `{word}`?"));
    // A long list hides the answer.
    let list = (!all.is_empty() && all.len() <= 24).then(|| {
        let names: Vec<String> = all.iter().map(|one| format!("`{one}`")).collect();
        format!("{what}: {}", names.join(", "))
    });
    match (guess, list) {
        (Some(guess), Some(list)) => Some(format!("{guess} {list}")),
        (guess, list) => guess.or(list),
    }
}

/// `Faster_Than` and `faster-than` are the same to a tired person.
fn fold(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).map(|c| if c == '_' { '-' } else { c }).collect()
}

/// Edit distance with neighbours that changed places counted once (optimal string
/// alignment; Damerau 1964, Levenshtein 1966).
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; width];
        for j in 1..width {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row[j] = best;
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        let known = ["judge", "act", "check", "decide", "wait", "verify", "manual", "note"];
        for (written, meant) in [
            ("jugde", Some("judge")),
            ("Verify", Some("verify")),
            ("verfy", Some("verify")),
            ("atc", Some("act")),
            ("command", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }

    #[test]
    fn a_huge_word_costs_nothing() {
        assert_eq!(nearest(&"a".repeat(1 << 20), ["act"]), None, "it is not compared at all");
    }
}
