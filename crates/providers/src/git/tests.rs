use super::*;

/// A history `a - b - c` with a branch `d` from `a`; gives the four commits.
fn history(folder: &Path) -> Option<[String; 4]> {
    let git = |args: &[&str]| {
        let output = std::process::Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(["-c", "user.name=t", "-c", "user.email=t@example", "-c", "commit.gpgsign=false"])
            .args(args)
            .env_remove("GIT_DIR")
            .output()
            .ok()?;
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    git(&["init", "-q", "-b", "main"])?;
    let commit = |name: &str| {
        git(&["commit", "-q", "--allow-empty", "-m", name])?;
        git(&["rev-parse", "HEAD"])
    };
    let (a, b, c) = (commit("a")?, commit("b")?, commit("c")?);
    git(&["checkout", "-q", "-b", "other", &a])?;
    Some([a, b, c, commit("d")?])
}

#[tokio::test]
async fn a_checkout_tells_whether_a_fix_is_inside() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // A machine without git has nothing to test here.
    let Some([a, b, c, d]) = history(folder.path()) else { return };
    for (fix, candidate, inside) in [
        (&a, &c, true),
        (&b, &c, true),
        (&c, &c, true),
        (&c, &b, false),
        (&b, &d, false),
        (&d, &c, false),
    ] {
        let found = is_inside(folder.path(), fix, candidate).await;
        assert_eq!(matches!(found, Ancestry::Inside { .. }), inside, "{found:?}");
        assert_eq!(found == Ancestry::NotInside, !inside, "{found:?}");
    }
}

#[tokio::test]
async fn what_git_cannot_say_is_unknown() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some([a, ..]) = history(folder.path()) else { return };
    let nowhere = folder.path().join("nowhere");
    let absent = "0123456789012345678901234567890123456789";
    for (checkout, fix) in [
        (folder.path(), absent),
        (folder.path(), "--all"),
        (folder.path(), "a..b"),
        (folder.path(), ""),
        (&nowhere, a.as_str()),
    ] {
        let found = is_inside(checkout, fix, &a).await;
        assert!(matches!(found, Ancestry::Unknown { .. }), "{fix}: {found:?}");
    }
}

#[tokio::test]
async fn a_shallow_clone_never_says_no() {
    let here = Path::new("/src");
    assert_eq!(read(Some(1), false, here), Ancestry::NotInside);
    assert!(matches!(read(Some(1), true, here), Ancestry::Unknown { .. }));
    assert!(matches!(read(Some(0), true, here), Ancestry::Inside { .. }));
    assert!(matches!(read(Some(128), false, here), Ancestry::Unknown { .. }));
    assert!(matches!(read(None, false, here), Ancestry::Unknown { .. }));
}
