//! Answers that do not arrive as they should: cut short, broken off, byte by byte, or without an end in sight.

use std::io;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::Response;
use hyper::body::{Bytes, Frame};
use hyper::header::{CONTENT_LENGTH, HeaderValue};

use super::rule::Spoil;

/// The body of every answer.
pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// A body that arrives as it is.
pub(crate) fn whole(body: impl Into<Bytes>) -> Body {
    Full::new(body.into()).map_err(|never| match never {}).boxed_unsync()
}

/// The answer as it arrives.
pub(crate) fn spoilt(answer: Response<Body>, body: Bytes, how: &Spoil) -> Response<Body> {
    let (mut head, _) = answer.into_parts();
    let length = body.len();
    let body = match *how {
        Spoil::Shorten { bytes } => whole(body.slice(..bytes.min(length))),
        Spoil::Break { bytes } => {
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
            let part = Ok(body.slice(..bytes.min(length.saturating_sub(1))));
            // The part is on its way before the connection ends.
            let cut = stream::once(async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Err(io::Error::other("the model was told to cut this answer"))
            });
            streamed(stream::iter([part]).chain(cut))
        }
        Spoil::Trickle { milliseconds } => {
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
            streamed(stream::iter(0..length).then(move |at| {
                let byte = body.slice(at..=at);
                async move {
                    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                    Ok(byte)
                }
            }))
        }
        Spoil::Flood { mebibytes } => {
            let space = Bytes::from(vec![b' '; 1 << 20]);
            let spaces = stream::iter((0..mebibytes).map(move |_| Ok(space.clone())));
            streamed(spaces.chain(stream::iter([Ok(body)])))
        }
    };
    Response::from_parts(head, body)
}

fn streamed(chunks: impl futures::Stream<Item = io::Result<Bytes>> + Send + 'static) -> Body {
    StreamBody::new(chunks.map(|chunk| chunk.map(Frame::data))).boxed_unsync()
}
