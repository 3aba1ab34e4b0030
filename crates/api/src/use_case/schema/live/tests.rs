use super::*;
use lastgood_core::ports::VaultError;
use lastgood_core::secret::Secret;
use std::path::Path;

/// A vault with one secret.
struct One(String);

#[async_trait::async_trait]
impl Vault for One {
    async fn secret(&self, name: &str) -> Result<Secret<String>, VaultError> {
        if name == "app" {
            Ok(Secret::new(self.0.clone()))
        } else {
            Err(VaultError::Missing { name: name.to_owned() })
        }
    }
}

fn ask(secret: &str, release: &Path, newest: &Path) -> DatabaseAsk {
    DatabaseAsk {
        secret: secret.to_owned(),
        release: Migrations(vec![release.to_owned()]),
        newest: Migrations(vec![newest.to_owned()]),
        table: None,
    }
}

#[tokio::test]
async fn a_secret_that_nobody_stored_and_a_file_that_is_no_database_are_problems() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("1_a.sql");
    std::fs::write(&file, "CREATE TABLE t (a int);").expect("it is writable");
    let none = look(&One(String::new()), &ask("other", &file, &file)).await;
    assert_eq!(none.expect_err("nobody stored it").code, Code::Unauthorised);
    let url = format!("sqlite:{}", file.display());
    let wrong = look(&One(url.clone()), &ask("app", &file, &file)).await;
    let problem = wrong.expect_err("it is a file of SQL");
    assert!(matches!(problem.code, Code::Unreachable | Code::Rejected), "{problem:?}");
    let away = look(&One("oracle://me:hunter2@h/x".to_owned()), &ask("app", &file, &file)).await;
    let problem = away.expect_err("it is not read");
    assert_eq!(problem.code, Code::InputInvalid);
    assert!(!format!("{problem:?}").contains("hunter2"), "no secret in a problem");
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").expect("it is writable");
    let url = format!("sqlite:{}", empty.display());
    let empty = look(&One(url), &ask("app", &file, &file)).await;
    let problem = empty.expect_err("no record proves nothing");
    assert_eq!(problem.code, Code::NotFound);
}
