//! Requests and refusals as JSON.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use lastgood_core::problem::{Code, Family, Problem};
use serde_json::{Value, json};

/// A request's body, read within the limit.
pub(super) struct Body(Result<Bytes, BytesRejection>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(Bytes::from_request(request, state).await))
    }
}

impl Body {
    /// What was asked; nothing at all asks for nothing.
    pub(super) fn json(self) -> Result<Value, Problem> {
        let bytes = self.0.map_err(|error| {
            Problem::from_error(Code::InputInvalid, &error).within("the request could not be read")
        })?;
        if bytes.is_empty() {
            return Ok(json!({}));
        }
        serde_json::from_slice(&bytes).map_err(|error| {
            Problem::from_error(Code::InputInvalid, &error).within("the request is not JSON")
        })
    }
}

/// A problem as an answer.
pub(super) fn refused(problem: &Problem) -> Response {
    turned_away(status(problem.code), problem)
}

const fn status(code: Code) -> StatusCode {
    match code.family() {
        Family::Given => StatusCode::BAD_REQUEST,
        Family::Refused => StatusCode::CONFLICT,
        Family::World => StatusCode::BAD_GATEWAY,
        Family::Ours => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A problem of the exchange itself, whatever was asked.
pub(super) fn turned_away(status: StatusCode, problem: &Problem) -> Response {
    (status, Json(json!({ "problem": problem }))).into_response()
}
