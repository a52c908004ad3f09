//! A response as it is made: the events, in the order in which clients expect them.

use alexandria_core::principal::Principal;
use serde_json::{Value, json};

use super::body::{FailureBody, FileCitationBody, OutputBody, ResponseBody, TextBody};
use crate::api::Shared;
use crate::api::events::Told;
use crate::api::openai::error::ErrorBody;
use crate::api::openai::reply::{self, Piece, Reply, Writer};
use crate::api::problem::Problem;

/// Writes a response in events.
pub(super) struct Script {
    app: Shared,
    principal: Principal,
    prompts: Vec<String>,
    response: ResponseBody,
    /// The id of the one message.
    message: String,
    /// Events written so far.
    number: u64,
    /// Citations written so far.
    citations: usize,
}

impl Script {
    pub(super) fn new(
        app: &Shared,
        principal: Principal,
        prompts: Vec<String>,
        response: ResponseBody,
        message: String,
    ) -> Self {
        Self {
            app: Shared::clone(app),
            principal,
            prompts,
            response,
            message,
            number: 0,
            citations: 0,
        }
    }

    /// The next event.
    fn event(&mut self, name: &'static str, mut fields: Value) -> Told {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("type".to_owned(), name.into());
            fields.insert("sequence_number".to_owned(), self.number.into());
        }
        self.number += 1;
        Told::event(name, &fields)
    }

    /// The next event about the response as a whole.
    fn about_response(&mut self, name: &'static str) -> Told {
        let fields = json!({ "response": self.response });
        self.event(name, fields)
    }

    /// The next event about the text.
    fn about_text(&mut self, name: &'static str, mut fields: Value) -> Told {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("item_id".to_owned(), self.message.clone().into());
            fields.insert("output_index".to_owned(), 0.into());
            fields.insert("content_index".to_owned(), 0.into());
        }
        self.event(name, fields)
    }
}

impl Writer for Script {
    fn begin(&mut self) -> Vec<Told> {
        let empty = OutputBody {
            status: "in_progress",
            content: Vec::new(),
            ..OutputBody::new(&self.message, &Reply::default())
        };
        let part = TextBody::new(&Reply::default());
        vec![
            self.about_response("response.created"),
            self.about_response("response.in_progress"),
            self.event(
                "response.output_item.added",
                json!({ "output_index": 0, "item": empty }),
            ),
            self.about_text("response.content_part.added", json!({ "part": part })),
        ]
    }

    fn piece(&mut self, piece: &Piece) -> Vec<Told> {
        let delta = json!({ "delta": piece.text, "logprobs": [] });
        let mut told = vec![self.about_text("response.output_text.delta", delta)];
        for cited in &piece.cited {
            let annotation = json!({ "annotation_index": self.citations,
                "annotation": FileCitationBody::from(cited) });
            self.citations += 1;
            told.push(self.about_text("response.output_text.annotation.added", annotation));
        }
        told
    }

    async fn end(&mut self, reply: &Reply) -> Vec<Told> {
        let counted = reply::count(&self.app, &self.principal, &self.prompts, &reply.text).await;
        let counted = match counted {
            Ok(counted) => counted,
            Err(error) => return self.fail(&error.into()),
        };
        let message = OutputBody::new(&self.message, reply);
        self.response.complete(&self.message, reply, counted);
        let text = json!({ "text": reply.text, "logprobs": [] });
        let part = json!({ "part": TextBody::new(reply) });
        let item = json!({ "output_index": 0, "item": message });
        vec![
            self.about_text("response.output_text.done", text),
            self.about_text("response.content_part.done", part),
            self.event("response.output_item.done", item),
            self.about_response("response.completed"),
        ]
    }

    fn fail(&mut self, problem: &Problem) -> Vec<Told> {
        self.response.status = "failed";
        self.response.error = Some(FailureBody {
            code: "server_error",
            message: ErrorBody::of_stream(problem).message().to_owned(),
        });
        vec![self.about_response("response.failed")]
    }
}
