use super::*;

#[test]
fn every_field_of_the_table_is_a_sentence_that_a_person_can_use() {
    for ground in Ground::ALL {
        for deed in Deed::ALL {
            for state in State::ALL {
                let (Rung::Offered(text) | Rung::Refused(text)) = rung(ground, deed, state);
                assert!(text.contains(' '), "{}, {}", ground.title(), deed.as_str());
                assert!(!text.contains('|'), "it must fit into a table: {text}");
            }
        }
    }
}

#[test]
fn every_ground_that_is_ours_to_move_offers_a_way_back_in_every_state() {
    let ours = Ground::ALL.into_iter().filter(|ground| *ground != Ground::EcsElsewhere);
    for ground in ours {
        for state in State::ALL {
            let rung = rung(ground, Deed::Restore, state);
            assert!(matches!(rung, Rung::Offered(_)), "{} {}", ground.title(), state.as_str());
        }
    }
}

#[test]
fn what_the_table_refuses_is_refused_with_its_sentence_and_the_operation() {
    let shift = Operation::ShiftTraffic { release: "v1".into(), percent: 0 };
    let refused = allow(Ground::Deployment, &shift, &RolloutState::Settled);
    let Err(Refusal::Unsupported { what, why }) = refused else { panic!("{refused:?}") };
    assert_eq!(what, "traffic.shift");
    assert!(why.contains("no weights"), "{why}");
    assert_eq!(allow(Ground::DeploymentPair, &shift, &RolloutState::Progressing), Ok(()));
}
