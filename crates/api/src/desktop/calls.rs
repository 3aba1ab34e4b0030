//! Which moments call a person, and how loudly: what this person wants of the desktop.

use serde::Deserialize;

use super::Going;

/// How often a question calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Often {
    /// When it opens, and again for as long as nobody has answered.
    Again,
    /// When it opens.
    Once,
    /// Not at all.
    Never,
}

/// What calls. The host is told by the page, which keeps it with the other settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calls {
    /// A question behind which something real waits, a drill on a real system included.
    pub real: Often,
    /// A question of a drill in the practice world.
    pub practice: Often,
    /// Whether the end of a run is told, without a sound.
    pub ended: bool,
    /// Whether a call may make a sound.
    pub sound: bool,
}

impl Default for Calls {
    /// Everything that needs a person, and nothing that does not.
    fn default() -> Self {
        Self { real: Often::Again, practice: Often::Again, ended: false, sound: true }
    }
}

impl Calls {
    /// How often a question of `run` calls.
    pub(super) const fn of(self, run: &Going) -> Often {
        if run.simulated { self.practice } else { self.real }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_says_is_read_and_what_it_might_say_one_day_is_refused() {
        let said = r#"{ "real": "once", "practice": "never", "ended": true, "sound": false }"#;
        let read: Calls = serde_json::from_str(said).expect("it is what the page says");
        let expected =
            Calls { real: Often::Once, practice: Often::Never, ended: true, sound: false };
        assert_eq!(read, expected);
        for odd in [
            r#"{ "real": "hourly", "practice": "never", "ended": true, "sound": false }"#,
            r#"{ "real": "once", "practice": "never", "ended": true, "sound": false, "run": 1 }"#,
            r#"{ "real": "once" }"#,
        ] {
            assert!(serde_json::from_str::<Calls>(odd).is_err(), "{odd}");
        }
    }
}
