//! The routes together with their description: what a handler takes and gives is read off its own types, so that neither
//! can say anything that the other does not.
//!
//! Invariant: a route that is here is in the description, with every answer it can give. Knows no resource.
//! The form is that of `OpenAPI` 3.1: <https://spec.openapis.org/oas/v3.1.1.html>.

use super::caller::{Caller, Scope};
use super::gate::Gate;
use super::problem::{PROBLEM_JSON, Problem};
use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::future::Future;

/// What any request may be answered with, whatever it asks: by the listener, or because the desk cannot be asked.
const ALWAYS: [StatusCode; 6] = [
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::INTERNAL_SERVER_ERROR,
    StatusCode::SERVICE_UNAVAILABLE,
    StatusCode::GATEWAY_TIMEOUT,
];

/// Routes and what is written about them.
pub(super) struct Api {
    routes: Router<Gate>,
    paths: BTreeMap<String, Map<String, Value>>,
    tags: Vec<Value>,
    schemas: Schemas,
}

/// The schemas of what comes in and what goes out, with their named parts.
pub(super) struct Schemas {
    asked: SchemaGenerator,
    given: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        Self {
            asked: settings().for_deserialize().into_generator(),
            given: settings().for_serialize().into_generator(),
        }
    }

    /// The schema of what is sent to the desk.
    pub(super) fn asked<T: JsonSchema>(&mut self) -> Schema {
        self.asked.subschema_for::<T>()
    }

    /// The members of an object that is sent to the desk: name, schema, and whether it must be there.
    fn members<T: JsonSchema>(&mut self) -> Vec<(String, Value, bool)> {
        let whole = T::json_schema(&mut self.asked);
        let required = whole.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let members = whole.get("properties").and_then(Value::as_object).cloned();
        let member = |(name, schema): (String, Value)| {
            let must = required.contains(&Value::String(name.clone()));
            (name, schema, must)
        };
        members.unwrap_or_default().into_iter().map(member).collect()
    }

    /// The schema of what the desk sends.
    pub(super) fn given<T: JsonSchema>(&mut self) -> Schema {
        self.given.subschema_for::<T>()
    }

    fn parts(mut self) -> Map<String, Value> {
        let mut all = self.asked.take_definitions(true);
        all.extend(self.given.take_definitions(true));
        all
    }
}

/// One route while it is being described.
pub(super) struct Operation<'a> {
    path: &'a str,
    schemas: &'a mut Schemas,
    path_members: Vec<String>,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: BTreeMap<String, Value>,
}

impl Operation<'_> {
    /// It has a member in its path: the next one that was not described.
    pub(super) fn path_member<T: JsonSchema>(&mut self, what: &str) {
        let name = self.path_members.pop().unwrap_or_default();
        let schema = self.schemas.asked::<T>();
        self.parameters.push(json!({
            "name": name, "in": "path", "required": true, "description": what, "schema": schema,
        }));
        self.refuses(StatusCode::NOT_FOUND);
    }

    /// Whether its path names one of these.
    pub(super) fn names(&self, member: &str) -> bool {
        self.path.contains(&format!("{{{member}}}"))
    }

    /// It has a query of these members.
    pub(super) fn query<T: JsonSchema>(&mut self) {
        for (name, mut schema, required) in self.schemas.members::<T>() {
            let said = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let mut parameter =
                json!({ "name": name, "in": "query", "required": required, "schema": schema });
            if let (Some(said), Some(parameter)) = (said, parameter.as_object_mut()) {
                parameter.insert("description".to_owned(), said);
            }
            self.parameters.push(parameter);
        }
        // What it names may not be there, or make no sense together.
        for status in
            [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY]
        {
            self.refuses(status);
        }
    }

    /// It heeds a header.
    pub(super) fn header(&mut self, name: &str, what: &str, schema: &Value) {
        self.parameters.push(json!({
            "name": name, "in": "header", "required": false, "description": what, "schema": schema,
        }));
    }

    /// It heeds a header that is one of these.
    pub(super) fn header_of<T: JsonSchema>(&mut self, name: &str, what: &str) {
        let schema = self.schemas.asked::<T>().to_value();
        self.header(name, what, &schema);
    }

    /// It takes a body of JSON.
    pub(super) fn body<T: JsonSchema>(&mut self) {
        let required = self.schemas.members::<T>().iter().any(|(_, _, must)| *must);
        let schema = self.schemas.asked::<T>();
        self.takes(required, &json!({ "application/json": { "schema": schema } }));
    }

    /// It takes a body of many of these: a list in JSON, or in `lines` one a line.
    pub(super) fn rows<T: JsonSchema>(&mut self, lines: &str) {
        let schema = self.schemas.asked::<T>();
        // A row that is none of these is refused by itself, and not the whole.
        let list = json!({ "type": "array", "items": { "anyOf": [schema, {}] } });
        self.takes(true, &json!({
            "application/json": { "schema": list },
            lines: { "schema": { "type": "string", "description": "One object of the list a line." } },
        }));
    }

    fn takes(&mut self, required: bool, content: &Value) {
        self.body = Some(json!({ "required": required, "content": content }));
        for status in [
            StatusCode::BAD_REQUEST,
            StatusCode::NOT_FOUND,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            StatusCode::UNPROCESSABLE_ENTITY,
        ] {
            self.refuses(status);
        }
    }

    /// It may answer with JSON and these headers.
    pub(super) fn gives<T: JsonSchema>(
        &mut self,
        status: StatusCode,
        what: &str,
        headers: &[&str],
    ) {
        let schema = self.schemas.given::<T>();
        let content = json!({ "application/json": { "schema": schema } });
        self.answers.insert(key(status), answer(what, headers, Some(content)));
    }

    /// It answers with pieces of this, one after the other, in any of these media.
    pub(super) fn streams<T: JsonSchema>(&mut self, what: &str, media: &[&str]) {
        let schema = self.schemas.given::<T>();
        let of = |media: &&str| ((*media).to_owned(), json!({ "schema": schema }));
        let content = Value::Object(media.iter().map(of).collect());
        self.answers.insert(key(StatusCode::OK), answer(what, &[], Some(content)));
    }

    /// It may answer without a body.
    pub(super) fn gives_nothing(&mut self, status: StatusCode, what: &str, headers: &[&str]) {
        self.answers.insert(key(status), answer(what, headers, None));
    }

    /// It may answer with a problem of this status.
    pub(super) fn refuses(&mut self, status: StatusCode) {
        let schema = self.schemas.given::<Problem>();
        let content = json!({ PROBLEM_JSON: { "schema": schema } });
        let what = status.canonical_reason().unwrap_or_default();
        self.answers.insert(key(status), answer(what, &[], Some(content)));
    }
}

fn key(status: StatusCode) -> String {
    status.as_u16().to_string()
}

fn answer(what: &str, headers: &[&str], content: Option<Value>) -> Value {
    let mut answer = Map::from_iter([("description".to_owned(), Value::from(what))]);
    if !headers.is_empty() {
        let text = json!({ "schema": { "type": "string" } });
        let headers = headers.iter().map(|name| ((*name).to_owned(), text.clone()));
        answer.insert("headers".to_owned(), Value::Object(headers.collect()));
    }
    answer.extend(content.map(|content| ("content".to_owned(), content)));
    Value::Object(answer)
}

/// Something that a handler takes.
pub(super) trait Part {
    /// Says what it takes from the request, and how a request may fail there.
    fn describe(operation: &mut Operation<'_>);
}

impl Part for State<Gate> {
    fn describe(_: &mut Operation<'_>) {}
}

/// Something that a handler gives.
pub(super) trait Answer: IntoResponse {
    /// Says what it is.
    fn describe(operation: &mut Operation<'_>);
}

impl<T: Answer> Answer for Result<T, Problem> {
    fn describe(operation: &mut Operation<'_>) {
        T::describe(operation);
    }
}

/// A handler whose types say what it takes and gives.
pub(super) trait Described<Parts> {
    /// Says it.
    fn describe(operation: &mut Operation<'_>);
}

macro_rules! described {
    ($($part:ident)*) => {
        impl<F, Given, Out, $($part),*> Described<($($part,)*)> for F
        where
            F: FnOnce($($part),*) -> Given,
            Given: Future<Output = Out>,
            Out: Answer,
            $($part: Part,)*
        {
            fn describe(operation: &mut Operation<'_>) {
                $($part::describe(operation);)*
                Out::describe(operation);
            }
        }
    };
}

described!(A);
described!(A B);
described!(A B C);
described!(A B C D);
described!(A B C D E);
described!(A B C D E G);

impl Api {
    /// No routes yet.
    pub(super) fn new() -> Self {
        Self {
            routes: Router::new(),
            paths: BTreeMap::new(),
            tags: Vec::new(),
            schemas: Schemas::new(),
        }
    }

    /// What comes next is about these resources.
    pub(super) fn about(mut self, name: &str, what: &str) -> Self {
        self.tags.push(json!({ "name": name, "description": what }));
        self
    }

    /// Something to be looked at.
    pub(super) fn get<F, H, D>(self, path: &str, what: &str, handler: F) -> Self
    where
        F: Handler<H, Gate> + Described<D>,
        H: 'static,
    {
        self.route(MethodFilter::GET, "get", path, Scope::Read, what, handler)
    }

    /// Something that is looked for by what must not stand in an address.
    pub(super) fn search<F, H, D>(self, path: &str, what: &str, handler: F) -> Self
    where
        F: Handler<H, Gate> + Described<D>,
        H: 'static,
    {
        self.route(MethodFilter::POST, "post", path, Scope::Read, what, handler)
    }

    /// Something that changes the desk.
    pub(super) fn post<F, H, D>(self, path: &str, scope: Scope, what: &str, handler: F) -> Self
    where
        F: Handler<H, Gate> + Described<D>,
        H: 'static,
    {
        self.route(MethodFilter::POST, "post", path, scope, what, handler)
    }

    fn route<F, H, D>(
        mut self,
        filter: MethodFilter,
        method: &str,
        path: &str,
        scope: Scope,
        what: &str,
        handler: F,
    ) -> Self
    where
        F: Handler<H, Gate> + Described<D>,
        H: 'static,
    {
        let mut operation = Operation {
            path,
            path_members: members_of(path),
            schemas: &mut self.schemas,
            parameters: Vec::new(),
            body: None,
            answers: BTreeMap::new(),
        };
        for status in ALWAYS {
            operation.refuses(status);
        }
        F::describe(&mut operation);
        let Operation { parameters, body, answers, .. } = operation;
        let tag = self.tags.last().map(|tag| tag["name"].clone());
        let mut said = json!({
            "operationId": name_of(method, path),
            "summary": what,
            "tags": tag.into_iter().collect::<Vec<_>>(),
            "security": [{}, { "token": [scope.name()] }],
            "parameters": parameters,
            "responses": answers,
        });
        if let (Some(body), Some(said)) = (body, said.as_object_mut()) {
            said.insert("requestBody".to_owned(), body);
        }
        self.paths.entry(path.to_owned()).or_default().insert(method.to_owned(), said);
        let way: MethodRouter<Gate> = on(filter, handler);
        let guard = from_fn(move |request: Request, next: Next| guarded(scope, request, next));
        self.routes = self.routes.route(path, way.route_layer(guard));
        self
    }

    /// The routes, and their description.
    pub(super) fn finish(self) -> (Router<Gate>, Value) {
        let document = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "ascall",
                "version": env!("CARGO_PKG_VERSION"),
                "summary": "The dispatch desk of a service business",
                "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            },
            "servers": [{ "url": "/" }],
            "tags": self.tags,
            "paths": self.paths,
            "components": {
                "schemas": self.schemas.parts(),
                "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            },
        });
        (self.routes, document)
    }
}

/// Refuses a caller who may not.
async fn guarded(scope: Scope, request: Request, next: Next) -> Response {
    let allowed = request.extensions().get::<Caller>().map(|caller| caller.may(scope));
    match allowed {
        Some(Err(problem)) => problem.into_response(),
        _ => next.run(request).await,
    }
}

/// The members of a path, the last one first.
fn members_of(path: &str) -> Vec<String> {
    let members = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    members.map(str::to_owned).rev().collect()
}

/// A name for what is done there: `post_calls_call_cancel`.
fn name_of(method: &str, path: &str) -> String {
    let words = path.split(['/', '{', '}', '-']).filter(|word| !word.is_empty() && *word != "v1");
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}
