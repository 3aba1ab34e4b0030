//! The control plane of a folder with the programs themselves, started one by one.
//!
//! The options are those that API servers from 1.24 on know; 1.20 knows them too.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::{READY_WITHIN, log_end};
use crate::error::BedError;
use crate::peer::Program;
use crate::process::ProcessGroup;

const TOKENS: &str = "admin-token,admin,1,\"system:masters\"\nviewer-token,viewer,2\n";

pub(super) async fn start(
    folder: &Path,
    dir: &Path,
    port: u16,
) -> Result<Vec<ProcessGroup>, BedError> {
    let pki = dir.join("pki");
    let write = |path: &Path, text: &str| fs::write(path, text).map_err(BedError::file(path));
    fs::create_dir_all(&pki).map_err(BedError::file(&pki))?;
    write(&dir.join("tokens.csv"), TOKENS)?;
    write(&dir.join("kubeconfig"), &kubeconfig("admin", port))?;
    write(&dir.join("kubeconfig-viewer"), &kubeconfig("viewer", port))?;
    signing_key(&pki.join("sa.key")).await?;

    let etcd = run(folder, dir, "etcd", &etcd_options(dir, port))?;
    let mut api = run(folder, dir, "kube-apiserver", &api_options(dir, port))?;
    ready(&mut api, dir, port).await?;
    let controllers = run(folder, dir, "kube-controller-manager", &controller_options(dir))?;
    Ok(vec![controllers, api, etcd])
}

fn etcd_options(dir: &Path, port: u16) -> Vec<String> {
    let (clients, peers) = (port + 1, port + 2);
    vec![
        format!("--data-dir={}", dir.join("etcd").display()),
        "--unsafe-no-fsync".to_owned(),
        format!("--listen-client-urls=http://127.0.0.1:{clients}"),
        format!("--advertise-client-urls=http://127.0.0.1:{clients}"),
        format!("--listen-peer-urls=http://127.0.0.1:{peers}"),
    ]
}

fn api_options(dir: &Path, port: u16) -> Vec<String> {
    let key = dir.join("pki/sa.key").display().to_string();
    vec![
        format!("--etcd-servers=http://127.0.0.1:{}", port + 1),
        format!("--secure-port={port}"),
        "--bind-address=127.0.0.1".to_owned(),
        format!("--cert-dir={}", dir.join("pki").display()),
        format!("--token-auth-file={}", dir.join("tokens.csv").display()),
        "--authorization-mode=RBAC".to_owned(),
        format!("--service-account-key-file={key}"),
        format!("--service-account-signing-key-file={key}"),
        "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
        "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
        // Pods would wait for a token that nothing in the bed reads.
        "--disable-admission-plugins=ServiceAccount".to_owned(),
        "--allow-privileged=true".to_owned(),
    ]
}

fn controller_options(dir: &Path) -> Vec<String> {
    vec![
        format!("--kubeconfig={}", dir.join("kubeconfig").display()),
        "--leader-elect=false".to_owned(),
        "--secure-port=0".to_owned(),
        format!("--service-account-private-key-file={}", dir.join("pki/sa.key").display()),
        // The bed's node has no kubelet whose silence should mean anything.
        "--controllers=*,-nodelifecycle,-nodeipam,-cloud-node-lifecycle".to_owned(),
    ]
}

fn run(
    folder: &Path,
    dir: &Path,
    name: &str,
    options: &[String],
) -> Result<ProcessGroup, BedError> {
    let log = dir.join(format!("{name}.log"));
    let output = fs::File::create(&log).map_err(BedError::file(&log))?;
    let errors = output.try_clone().map_err(BedError::file(&log))?;
    let mut command = Command::new(folder.join(name));
    command.args(options).current_dir(dir);
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    ProcessGroup::spawn(name, command)
}

async fn signing_key(path: &Path) -> Result<(), BedError> {
    if path.is_file() {
        return Ok(());
    }
    let mut command = Command::new(Program::OpenSsl.find()?);
    command.args(["genrsa", "-out"]).arg(path).arg("2048");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = |source| BedError::Start { program: "openssl".to_owned(), source };
    let status = ProcessGroup::spawn("openssl", command)?.ended().await.map_err(start)?;
    if status.success() { Ok(()) } else { Err(start(std::io::Error::other(status.to_string()))) }
}

async fn ready(api: &mut ProcessGroup, dir: &Path, port: u16) -> Result<(), BedError> {
    let http = reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .no_proxy()
        .timeout(Duration::from_secs(2))
        .build()
        .map_err(BedError::HttpClient)?;
    let url = format!("https://127.0.0.1:{port}/readyz");
    let answers = async {
        let mut pace = tokio::time::interval(Duration::from_millis(200));
        loop {
            pace.tick().await;
            let reply = http.get(&url).bearer_auth("admin-token").send().await;
            if reply.is_ok_and(|reply| reply.status().is_success()) {
                return;
            }
        }
    };
    tokio::select! {
        () = answers => Ok(()),
        _ = api.ended() => Err(not_ready(dir)),
        () = tokio::time::sleep(READY_WITHIN) => Err(not_ready(dir)),
    }
}

fn not_ready(dir: &Path) -> BedError {
    BedError::NotReady {
        program: "kube-apiserver".to_owned(),
        after: READY_WITHIN,
        log: log_end(&dir.join("kube-apiserver.log")),
    }
}

fn kubeconfig(user: &str, port: u16) -> String {
    format!(
        r#"apiVersion: v1
kind: Config
clusters: [{{name: testbed, cluster: {{server: "https://127.0.0.1:{port}", insecure-skip-tls-verify: true}}}}]
users: [{{name: {user}, user: {{token: {user}-token}}}}]
contexts: [{{name: testbed, context: {{cluster: testbed, user: {user}, namespace: default}}}}]
current-context: testbed
"#
    )
}
