use super::*;

fn state(rules: Vec<Rule>) -> State {
    State { rules, seen: Vec::new() }
}

#[test]
fn a_fault_for_the_next_request_is_spent_by_the_first_that_matches() {
    let mut state = state(vec![Rule::next(Method::PATCH, "/deployments/", Fault::LoseReply)]);
    let path = "/apis/apps/v1/namespaces/shop/deployments/checkout?";
    for (method, path, expected) in [
        (Method::GET, path, None),
        (Method::PATCH, "/api/v1/namespaces/shop/pods/checkout-1", None),
        (Method::PATCH, path, Some(Fault::LoseReply)),
        (Method::PATCH, path, None),
    ] {
        assert_eq!(decide(&mut state, &method, path), expected, "{method} {path}");
    }
}

#[test]
fn a_fault_without_a_number_lasts() {
    let mut state = state(vec![Rule::every(Fault::Refuse)]);
    for _ in 0..3 {
        assert_eq!(decide(&mut state, &Method::GET, "/readyz"), Some(Fault::Refuse));
    }
}

/// A server that counts what reaches it, and a proxy in front of it.
async fn proxied() -> (Server, FaultProxy, Arc<Mutex<u32>>, tempfile::TempDir) {
    let reached = Arc::new(Mutex::new(0));
    let count = Arc::clone(&reached);
    let upstream = serve(0, move |_| {
        *count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        async { Ok(Response::new(Body::from("done"))) }
    })
    .await
    .expect("a loopback port is free");
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let kubeconfig = dir.path().join("kubeconfig");
    let text = format!(
        r#"{{"clusters": [{{"name": "c", "cluster": {{"server": "http://127.0.0.1:{}"}}}}]}}"#,
        upstream.port
    );
    std::fs::write(&kubeconfig, text).expect("the folder is writable");
    let proxy = FaultProxy::start(&kubeconfig, dir.path()).await.expect("a loopback port is free");
    (upstream, proxy, reached, dir)
}

#[tokio::test]
async fn a_lost_reply_was_carried_out_and_a_refused_request_was_not() {
    let (_upstream, proxy, reached, _dir) = proxied().await;
    let http = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
    for (fault, arrivals) in [(Fault::LoseReply, 1), (Fault::Refuse, 1)] {
        proxy.inject(Rule::next(Method::POST, "/", fault.clone()));
        let reply = http.post(proxy.url()).body("{}").send().await;
        assert!(reply.is_err(), "{fault:?}: the client hears nothing");
        let reached = *reached.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(reached, arrivals, "{fault:?}: what reached the server so far");
    }
    let seen: Vec<_> = proxy.seen().into_iter().map(|seen| seen.status).collect();
    assert_eq!(seen, [Some(200), None], "the proxy knows what the client does not");
}

#[tokio::test]
async fn an_answer_in_the_servers_place_carries_its_status_and_when_to_retry() {
    let (_upstream, proxy, reached, _dir) = proxied().await;
    proxy.inject(Rule::every(Fault::Answer { status: 429, retry_after: Some(7) }));
    let http = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
    let reply = http.get(proxy.url()).send().await.expect("the proxy answers");
    assert_eq!(reply.status(), 429);
    assert_eq!(reply.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()), Some("7"));
    assert_eq!(*reached.lock().unwrap_or_else(PoisonError::into_inner), 0, "it never arrived");
    proxy.clear();
    let reply = http.get(proxy.url()).send().await.expect("the proxy passes it on");
    assert_eq!(reply.text().await.expect("the body is whole"), "done");
}

#[tokio::test]
async fn a_delayed_request_arrives_late_but_arrives() {
    let (_upstream, proxy, _reached, _dir) = proxied().await;
    let delay = Duration::from_millis(60);
    proxy.inject(Rule::next(Method::GET, "/", Fault::Delay(delay)));
    let http = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
    let began = std::time::Instant::now();
    let reply = http.get(proxy.url()).send().await.expect("it arrives");
    assert_eq!(reply.status(), 200, "nothing else is wrong with it");
    assert!(began.elapsed() >= delay, "it took {:?}", began.elapsed());
}
