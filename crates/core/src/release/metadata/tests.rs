use proptest::prelude::*;

use super::*;

/// Any text that is not blank.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[ =%:/&\"{}\n]{1,700}", "[a-z ]{200,900}", "[äöü漢字🙂]{1,300}",]
        .prop_filter("a blank field is not recorded", |text| !text.trim().is_empty())
}

fn maybe<T: std::fmt::Debug + Clone + 'static>(
    of: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Recorded<T>> {
    proptest::option::of(of).prop_map(Recorded::from)
}

fn metadata() -> impl Strategy<Value = Metadata> {
    let one = (
        maybe(text()),
        maybe("[0-9a-f]{7,40}"),
        maybe("[0-9a-f]{64}".prop_map(|hex| format!("sha256:{hex}"))),
        maybe(text()),
        maybe(text()),
    );
    let two = (
        maybe(proptest::collection::btree_map(any::<String>(), any::<String>(), 0..4)),
        maybe(text()),
        maybe(text()),
        maybe(0.0..1e9_f64),
        maybe(text()),
    );
    let versions =
        || proptest::collection::btree_map(any::<String>(), "[0-9]{1,3}(\\.[0-9]{1,3})?", 0..3);
    let seconds = -62_135_596_800_i64..253_402_207_200;
    let three = (
        maybe(versions()),
        maybe(versions()),
        maybe(seconds.prop_map(|at| jiff::Timestamp::from_second(at).expect("in range"))),
    );
    let three =
        three.prop_map(|(provides, requires, expires)| Promises { provides, requires, expires });
    (one, two, three).prop_map(|(one, two, promises)| {
        let (version, commit, digest, changelog, schema_version) = one;
        let (flags, rollback_command, runbook, cost, actor) = two;
        Metadata {
            version,
            commit,
            digest,
            changelog,
            schema_version,
            flags,
            rollback_command,
            runbook,
            cost,
            actor,
            promises,
        }
    })
}

fn exactly(metadata: Metadata) -> Read {
    Read { metadata, doubts: Vec::new() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn annotations_read_back_as_they_were_written(metadata in metadata()) {
        let limits = Limits::kubernetes();
        let entries = encode(&metadata, &limits).expect("there is room");
        prop_assert_eq!(decode(&entries, &limits), exactly(metadata));
    }

    #[test]
    fn tags_keep_to_their_alphabet_and_read_back_as_they_were_written(metadata in metadata()) {
        let limits = Limits { entries: usize::MAX, ..Limits::lambda_tags("42", 3) };
        let entries = encode(&metadata, &limits).expect("there is room");
        for (name, value) in &entries {
            prop_assert!(name.len() <= 128, "a tag's name has 128 characters: {name}");
            prop_assert!(value.chars().count() <= 256, "a tag's value has 256 characters");
            prop_assert_eq!(value.trim(), value, "what stands at an end is not trimmed away");
            for text in [name, value] {
                let fits = |c: char| c.is_ascii_alphanumeric() || " +-=._:/@".contains(c);
                prop_assert!(text.chars().all(fits), "AWS would refuse {text:?}");
            }
        }
        prop_assert_eq!(decode(&entries, &limits), exactly(metadata));
    }

    #[test]
    fn a_payload_reads_back_as_it_was_written_as_an_object_and_as_a_text(metadata in metadata()) {
        let payload = serde_json::json!({ "team": 1, PAYLOAD_KEY: to_payload(&metadata) });
        let text = serde_json::Value::from(payload.to_string());
        let twice = serde_json::Value::from(text.to_string());
        for payload in [payload, text, twice] {
            prop_assert_eq!(from_payload(&payload), exactly(metadata.clone()));
        }
    }

    #[test]
    fn a_line_reads_back_as_it_was_written(metadata in metadata()) {
        let line = to_line(&metadata, usize::MAX).expect("there is room");
        prop_assert!(!line.contains('\n'), "it is one line");
        prop_assert_eq!(from_line(&line), exactly(metadata));
    }

    #[test]
    fn a_part_that_is_lost_is_missed(text in "[a-z ]{600,900}", lose in 0..3_usize) {
        prop_assume!(!text.trim().is_empty());
        let metadata =
            Metadata { changelog: Recorded::Recorded(text), ..Metadata::default() };
        let limits = Limits::aws_tags(0);
        let mut entries = encode(&metadata, &limits).expect("there is room");
        let name = entries.keys().nth(lose).expect("it has three parts or more").clone();
        entries.remove(&name);
        let read = decode(&entries, &limits);
        prop_assert_eq!(read.metadata, Metadata::default(), "half a changelog is none");
        prop_assert_eq!(read.doubts.len(), 1, "and it is said");
    }

    #[test]
    fn whatever_stands_there_is_survived(name in "[a-z]{0,9}", value in any::<String>()) {
        let limits = Limits::aws_tags(0);
        for name in [format!("lastgood.dev/{name}"), "lastgood.dev/flags:1/1".to_owned()] {
            let _ = decode(&BTreeMap::from([(name, value.clone())]), &limits);
        }
        let _ = from_line(&format!("lastgood {value}"));
        let _ = from_payload(&serde_json::Value::from(value));
    }
}

#[test]
fn what_does_not_fit_is_an_error_that_names_the_field() {
    let long = Metadata {
        commit: Recorded::Recorded("8f3c1d0".to_owned()),
        changelog: Recorded::Recorded("x".repeat(20_000)),
        ..Metadata::default()
    };
    let full = encode(&long, &Limits::aws_tags(0)).expect_err("79 tags are more than 50");
    assert_eq!(full.field, "changelog", "{full}");
    let line = to_line(&long, 256).expect_err("a description has 256 characters");
    assert_eq!(line.field, "changelog", "{line}");
    let none = encode(&long, &Limits::aws_tags(50)).expect_err("50 are taken");
    assert_eq!(none.field, "commit", "{none}");
}

#[test]
fn a_blank_field_a_digest_that_is_none_and_a_cost_that_is_none_are_faults() {
    let wrong = Metadata {
        commit: Recorded::Recorded(" ".to_owned()),
        digest: Recorded::Recorded("latest".to_owned()),
        cost: Recorded::Recorded(f64::NAN),
        ..Metadata::default()
    };
    let faults = wrong.faults();
    assert_eq!(faults.len(), 3, "each is named: {faults:?}");
    assert!(Metadata::default().faults().is_empty(), "nothing recorded is no fault");
}

#[test]
fn what_cannot_be_understood_is_not_recorded_and_said() {
    let entries = BTreeMap::from([
        ("lastgood.dev/cost".to_owned(), "cheap".to_owned()),
        ("lastgood.dev/flags".to_owned(), "on".to_owned()),
        ("lastgood.dev/commit".to_owned(), String::new()),
        ("lastgood.dev/effect".to_owned(), "not metadata".to_owned()),
    ]);
    let read = decode(&entries, &Limits::kubernetes());
    assert_eq!(read.metadata, Metadata::default(), "doubt is not recorded");
    assert_eq!(read.doubts.len(), 2, "an empty entry is no doubt: {:?}", read.doubts);
}

#[test]
fn a_release_takes_what_it_does_not_know_itself() {
    let mut release = crate::testing::bare("v1");
    let metadata = Metadata {
        commit: Recorded::Recorded("8f3c1d0".to_owned()),
        runbook: Recorded::Recorded("https://acme.dev/back".to_owned()),
        ..Metadata::default()
    };
    metadata.complete(&mut release);
    assert_eq!(release.commit.or_words(), "8f3c1d0");
    let page = Rollback::Runbook("https://acme.dev/back".to_owned());
    assert_eq!(release.rollback, Recorded::Recorded(page), "the page is the way back");
    assert_eq!(release.cost, Recorded::NotRecorded, "nobody said");
}
