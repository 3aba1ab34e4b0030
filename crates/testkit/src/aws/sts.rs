//! `GetCallerIdentity` of STS, which every fake answers besides its own actions.

use super::{ACCOUNT, Answer, Asked};

const IDENTITY: &str = "GetCallerIdentity";

/// The action, if it is one of STS: its query protocol names it in the body.
pub(super) fn action(asked: &Asked) -> Option<String> {
    let body = String::from_utf8_lossy(&asked.body);
    body.contains("Action=GetCallerIdentity").then(|| IDENTITY.to_owned())
}

/// The reply of the API reference of AWS STS.
pub(super) fn answer(action: &str) -> Option<Answer> {
    (action == IDENTITY).then(|| Answer {
        status: 200,
        error: None,
        kind: "text/xml",
        body: format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/tester</Arn>\
             <UserId>AIDATESTER</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult>\
             <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>\
             </GetCallerIdentityResponse>"
        ),
    })
}
